"""What rules read, as frames: the observations of several tables below each other, and what stands beside.

The records, cells and stated identities of a table are numbered from its ``first``, so that each number
is one table's. OBS_TABLE is that ``first``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from amyqa.rules.columns import Integers, Words, joined, stacked
from amyqa.rules.observations import FIRST_EXTRA, Observations
from amyqa.rules.rule import Relation
from amyqa.rules.rule import name as quoted
from amyqa.rules.shape import ZERO
from amyqa.rules.stated import StatedTerms

TABLE = "OBS_TABLE"
_NARROW = 2**31


def frame(*tables: Observations, only: Collection[str] | None = None) -> pd.DataFrame:
    """Observations as a frame: whole numbers as Int64, words as str, never as objects.

    Args:
        tables: with the same columns.
        only: these columns, where not all are needed.
    """
    names = [name for name in _names(tables[0]) if only is None or name in only]
    numbers = {name: _nullable(_numbers(tables, name)) for name in names}
    words = [name for name in tables[0].texts if only is None or name in only]
    columns = {**numbers, **{name: _words([each.texts[name] for each in tables]) for name in words}}
    return pd.DataFrame(columns, index=pd.Index(_numbers(tables, "OBS_RECORD").values - 1), copy=False)


def compact(tables: Sequence[Observations]) -> tuple[pd.DataFrame, str]:
    """Observations as an engine holds them in little room: none twice, and none that is always the same.

    Returns:
        The columns, words by their codes, and what is selected of them to have the relation that rules read.
    """
    kept: dict[str, Integers] = {}
    stored: dict[str, Any] = {}
    selected = []
    for name in _names(tables[0]):
        column = _numbers(tables, name)
        number = _only(column)
        if number is not None:
            selected.append(f"CAST({number} AS BIGINT) AS {name}")
            continue
        same = next((other for other, known in kept.items() if _equal(known, column)), name)
        if same == name:
            kept[name], stored[name] = column, _nullable(column, narrow=True)
        selected.append(f"CAST({same} AS BIGINT) AS {name}")
    for name in tables[0].texts:
        stored[name] = _coded([each.texts[name] for each in tables])
        selected.append(quoted(name))
    return pd.DataFrame(stored, copy=False), ", ".join(selected)


def _only(column: Integers) -> str | None:
    """The number that stands in every record, in SQL; None where there are several."""
    if column.missing is not None:
        return "NULL" if column.missing.all() else None
    first = column.values[0] if len(column) else 0
    return str(first) if (column.values == first).all() else None


def _equal(column: Integers, other: Integers) -> bool:
    if (column.missing is None) != (other.missing is None):
        return False
    if column.missing is None:
        return np.array_equal(column.values, other.values)
    there = ~column.missing
    return np.array_equal(column.mask, other.mask) and bool(
        (column.values[there] == other.values[there]).all()
    )


def _names(table: Observations) -> list[str]:
    """The columns of whole numbers."""
    return [TABLE, *table.integers, "OBS_HASH"]


def _numbers(tables: Sequence[Observations], name: str) -> Integers:
    """A column of whole numbers, of all tables."""
    if name == TABLE:
        return _numbered(tables, [len(table.texts["OBS_KIND"]) for table in tables])
    if name == "OBS_HASH":
        return Integers(cell_hashes(np.concatenate([each.integers["OBS_CELL"].values for each in tables])))
    return _joined([_shifted(name, each.integers[name], each.first) for each in tables])


def others(tables: Sequence[Observations]) -> pd.DataFrame | None:
    """The cells of other tables that tables are compared with; None where there is none."""
    some = [table for table in tables if table.others.tables]
    if not some:
        return None
    sizes = [len(table.others.texts["OBS_KIND"]) for table in some]
    columns: dict[str, Any] = {TABLE: _nullable(_numbered(some, sizes))}
    for name in some[0].others.integers:
        parts = [each.others.integers[name] for each in some]
        if name == "OBS_RECORD":
            parts = [Integers(part.values + each.first) for part, each in zip(parts, some, strict=True)]
        columns[name] = _nullable(_joined(parts))
    for name in some[0].others.texts:
        columns[name] = _words([each.others.texts[name] for each in some])
    return pd.DataFrame(columns)


def stated(tables: Iterable[Observations]) -> pd.DataFrame:
    """The terms of the formulas of tables, each pattern unrolled."""
    none = np.empty(0, dtype=np.int64)
    columns: dict[str, list[Any]] = {name: [none] for name in ("identity", "cell", "coefficient", "result")}
    for table in tables:
        terms = _unrolled(table.stated)
        if terms:
            terms["identity"] += table.first
            terms["cell"] = global_cells(terms["cell"], table.first)
        for name, part in terms.items():
            columns[name].append(part)
    return pd.DataFrame({name: np.concatenate(parts) for name, parts in columns.items()})


def _unrolled(terms: StatedTerms) -> dict[str, Any]:
    parts: dict[str, list[Any]] = {name: [] for name in ("identity", "cell", "coefficient", "result")}
    for pattern in terms.patterns:
        numbers = np.arange(pattern.times, dtype=np.int64)
        cells, steps, coefficients = np.array(pattern.terms, dtype=np.int64).reshape(-1, 3).T
        parts["identity"].append(np.repeat(numbers + pattern.first, len(cells)))
        parts["cell"].append((cells + numbers[:, None] * steps).ravel())
        parts["coefficient"].append(np.tile(coefficients, pattern.times))
        parts["result"].append(np.tile(np.arange(len(cells)) == 0, pattern.times).astype(np.int64))
    return {name: np.concatenate(part) for name, part in parts.items()} if terms.patterns else {}


def arguments(relation: Relation, rows: Iterable[tuple[int, Iterable[Sequence[Any]]]]) -> pd.DataFrame:
    """What a rule is told of each table, as a relation.

    Args:
        rows: of each table, by its number.
    """
    listed = [(table, *row) for table, of_table in rows for row in of_table]
    columns: dict[str, Any] = {TABLE: np.array([row[0] for row in listed], np.int64)}
    for place, (name, kind) in enumerate(relation.columns.items(), 1):
        values = [row[place] for row in listed]
        columns[name] = np.array(values, np.int64) if kind is int else pd.array(values, dtype="str")
    return pd.DataFrame(columns)


def global_cells(cells: Any, first: int) -> Any:
    """Cells of a table as those of all tables: printed ones above zero, others of its own far below."""
    return np.where(cells > 0, cells + first, np.where(cells <= FIRST_EXTRA, cells - first, cells))


def local_cells(cells: Any, first: Any) -> Any:
    """Cells as their own table numbers them."""
    return np.where(cells > 0, cells - first, np.where(cells <= FIRST_EXTRA, cells + first, cells))


def owner(cells: Any) -> Any:
    """A number that lies between the ``first`` of a cell's table and that of the next."""
    return np.where(cells > 0, cells, FIRST_EXTRA - cells)


def cell_hashes(cells: Any) -> Any:
    """:func:`amyqa.rules.observations.cell_hash` of many cells."""
    z = cells.astype(np.int64).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.where(cells == ZERO, 0, ((z ^ (z >> np.uint64(31))) >> np.uint64(14)).view(np.int64))


def _shifted(name: str, numbers: Integers, first: int) -> Integers:
    if name == "OBS_RECORD":
        return Integers(numbers.values + first)
    return Integers(global_cells(numbers.values, first)) if name == "OBS_CELL" else numbers


def _numbered(tables: Sequence[Observations], sizes: Sequence[int]) -> Integers:
    firsts = np.array([table.first for table in tables], np.int64)
    return Integers(np.repeat(firsts, sizes))


def _joined(parts: Sequence[Integers]) -> Integers:
    return stacked(parts) if len(parts) > 1 else parts[0]


def _nullable(column: Integers, *, narrow: bool = False) -> Any:
    """A column as Pandas holds one, in 32 bits where it may be narrow and they are enough."""
    values, mask = column.values, column.mask
    if narrow:
        values = np.where(mask, 0, values) if column.missing is not None else values
        if values.min(initial=0) > -_NARROW and values.max(initial=0) < _NARROW:
            values = values.astype(np.int32)
    return pd.arrays.IntegerArray(np.ascontiguousarray(values), mask)


def _coded(parts: Sequence[Words]) -> Any:
    column = joined(parts) if len(parts) > 1 else parts[0]
    if not column.words:
        return pd.array(column.objects(), dtype="str")
    # in the order of their letters, since an engine compares codes by their places
    order = sorted(range(len(column.words)), key=column.words.__getitem__)
    places = np.empty(len(order) + 1, np.int32)
    places[order] = np.arange(len(order))
    places[-1] = -1
    words = pd.Index([column.words[code] for code in order], dtype="str")
    return pd.Categorical.from_codes(places[column.codes], words)


def _words(parts: Sequence[Words]) -> Any:
    if len(parts) > 1:
        return pd.array(np.concatenate([part.objects() for part in parts]), dtype="str")
    return pd.array(parts[0].objects(), dtype="str")
