"""What a rule's statement yields, as the outcome of each table that was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from amyqa.engines import statements
from amyqa.engines.database import Engine
from amyqa.engines.relations import cell_hashes, local_cells, owner
from amyqa.rules.columns import Integers
from amyqa.rules.outcome import Cells, Identities, Outcome, Terms
from amyqa.rules.rule import Linear, Pointwise, name
from amyqa.rules.shape import Arguments, Shape


@dataclass(frozen=True)
class Asked:
    """The tables that are asked a linear rule.

    Args:
        firsts: of the tables; int64, ascending.
        sizes: how many cells each has; none for anybody's frame.
        net: the relation that is to keep the netted terms.
    """

    firsts: Any
    sizes: Sequence[int]
    net: str

    def places(self, cells: Any) -> Any:
        """Which table each cell is one of."""
        return np.searchsorted(self.firsts, owner(cells), side="right") - 1


def linear(
    engine: Engine, rule: Linear, arguments: Arguments, shape: Shape, asked: Asked
) -> dict[int, Outcome]:
    """Run a rule over sums."""
    engine.define(asked.net, statements.NET.replace("{terms}", rule.terms(arguments, shape)))
    engine.define("verdicts", statements.VERDICTS.replace("{net}", asked.net))
    found = engine.columns(statements.JUDGED)
    identity, state = _whole(found, "identity", "state")
    ends = {each: Integers(np.ma.getdata(found[each]), np.ma.getmaskarray(found[each])) for each in _ENDS}
    if np.any(found["large"]):
        ends = _exact_ends(engine)
    hashes, printed, first_cells, last_cells = _whole(found, "hash", "printed", "first_cell", "last_cell")
    tables = asked.places(last_cells)
    assert np.all(np.diff(tables) >= 0)  # identities are numbered in the order of their tables
    cells = [local_cells(each, asked.firsts[tables]) for each in (first_cells, last_cells)]
    signatures = _mixed([hashes, printed, *cells])
    terms = _told_terms(engine, asked) if np.any(state != statements.HOLDS) else {}
    covered = _covered(engine, rule.results, asked)
    outcomes = {}
    for at, first in enumerate(asked.firsts.tolist()):
        mine = slice(*np.searchsorted(tables, (at, at + 1)).tolist())
        keys, (low, high, tolerances) = identity[mine], (_cut(ends[each], mine) for each in _ENDS)
        told = terms.get(at, {})
        judged = Identities(keys, state[mine], signatures[mine], low, high, tolerances, told)
        stand, totals = covered.get(at, (Cells(), Cells()))
        outcomes[first] = Outcome(
            len(keys), judged, scale=shape.scale, covered=stand, totals=totals, netted=asked.net
        )
    return outcomes


_ENDS = ("low", "high", "tolerance")


def _cut(column: Integers, part: slice) -> Integers:
    return Integers(column.values[part], None if column.missing is None else column.missing[part])


def _exact_ends(engine: Engine) -> dict[str, Integers]:
    """The intervals where some do not fit in 64 bits: whole numbers of any size."""
    _, rows = engine.rows(statements.ENDS)
    found = {}
    for at, each in enumerate(_ENDS):
        values = np.empty(len(rows), object)
        values[:] = [int(row[at]) if row[at] is not None else 0 for row in rows]
        found[each] = Integers(values, np.array([row[at] is None for row in rows], bool))
    return found


def _mixed(columns: Sequence[Any]) -> Any:
    """One number for several: equal for equal ones, and by all chance for no others."""
    mixed = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        z = (mixed ^ column.view(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed = z ^ (z >> np.uint64(31))
    return mixed.view(np.int64)


def _told_terms(engine: Engine, asked: Asked) -> dict[int, dict[int, Terms]]:
    """Terms of what does not hold, by table and identity, the total first."""
    identity, cell, coefficient = _whole(
        engine.columns(statements.TOLD_TERMS.replace("{net}", asked.net)), *_TERMS
    )
    if not len(identity):
        return {}
    starts = np.flatnonzero(np.diff(identity, prepend=identity[0] - 1))
    # a total, a printed part: what is a cell of no table lies before the first
    tables = np.maximum.reduceat(asked.places(cell), starts)
    sizes = np.diff(starts, append=len(identity))
    local = local_cells(cell, np.repeat(asked.firsts[tables], sizes))
    pairs = list(zip(local.tolist(), coefficient.tolist(), strict=True))
    told: dict[int, dict[int, Terms]] = {}
    for start, size, table in zip(starts.tolist(), sizes.tolist(), tables.tolist(), strict=True):
        told.setdefault(table, {})[int(identity[start])] = tuple(pairs[start : start + size])
    return told


_TERMS = ("identity", "cell", "coefficient")


def _whole(found: Mapping[str, Any], *names: str) -> list[Any]:
    return [np.asarray(found[name], np.int64) for name in names]


def _covered(engine: Engine, results: str, asked: Asked) -> dict[int, tuple[Cells, Cells]]:
    """The cells that stand in a judged identity, and those that are the total of one, by table."""
    sql = statements.COVERED.replace("{results}", results).replace("{net}", asked.net)
    found = engine.columns(sql)
    cells, totals = _whole(found, "cell", "total")
    sizes = asked.sizes or [int(cells.max(initial=0))]
    bounds = np.searchsorted(cells, np.append(asked.firsts, np.iinfo(np.int64).max), side="right")
    covered = {}
    for at, (first, size) in enumerate(zip(asked.firsts.tolist(), sizes, strict=True)):
        part = slice(bounds[at], bounds[at + 1])
        flags = np.zeros((2, size + 1), dtype=np.uint8)
        flags[0, cells[part] - first] = 1
        flags[1, cells[part] - first] = totals[part]
        covered[at] = Cells(flags[0].tobytes()), Cells(flags[1].tobytes())
    return covered


def terms(
    engine: Engine, net: str, keys: tuple[int, int], first: int, cells: Any = None
) -> dict[int, dict[int, int]]:
    """Kept terms of the identities between two keys, by identity; of a table's own cells."""
    sql = statements.ALL_TERMS if cells is None else statements.NEAR_TERMS
    listed = ", ".join(map(str, cells.tolist())) if cells is not None and len(cells) else "NULL"
    found = engine.columns(sql.format(net=net, least=keys[0], most=keys[1], cells=listed))
    identity, cell, coefficient = _whole(found, *_TERMS)
    local = local_cells(cell, first).tolist()
    terms: dict[int, dict[int, int]] = {}
    for key, of_cell, times in zip(identity.tolist(), local, coefficient.tolist(), strict=True):
        terms.setdefault(key, {})[of_cell] = times
    return terms


def lines_alike(
    engine: Engine, net: str, keys: tuple[int, int], first: int, width: int, asked: Sequence[int]
) -> dict[int, int]:
    """How many lines the relation of each identity has: the same columns in any row, or rows in any column.

    Args:
        keys: between which the table's identities lie.
        width: columns of the table.
        asked: the identities, by their keys; others, as of blocks, count for themselves.
    """
    found = engine.columns(statements.ALL_TERMS.format(net=net, least=keys[0], most=keys[1]))
    identity, cell, coefficient = _whole(found, *_TERMS)
    rows, columns = np.divmod(local_cells(cell, first) - 1, width)
    starts = np.flatnonzero(np.diff(identity, prepend=identity[0] - 1))
    numbers = identity[starts]
    of = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(identity)))
    top, bottom = np.minimum.reduceat(rows, starts), np.maximum.reduceat(rows, starts)
    left, right = np.minimum.reduceat(columns, starts), np.maximum.reduceat(columns, starts)
    along = np.where((top == bottom)[of], columns, top[of] - rows - 1)  # the two never meet
    shapes = np.add.reduceat(cell_hashes(along) * coefficient.view(np.uint64), starts)
    whole = (np.minimum.reduceat(cell, starts) > 0) & ((top == bottom) | (left == right))
    kinds, which, number = np.unique(shapes[whole], return_inverse=True, return_counts=True)
    lines = dict(zip(numbers[whole].tolist(), number[which].tolist(), strict=True)) if len(kinds) else {}
    return {key: lines.get(key, 1) for key in asked}


def pointwise(
    engine: Engine, rule: Pointwise, arguments: Arguments, shape: Shape, firsts: Any, *, many: bool = False
) -> dict[int, Outcome]:
    """Run any other rule.

    Args:
        firsts: of the tables that are asked.
        many: there are so many records that what is said of each is held before it is counted.
    """
    # in one go: a suite's words may hold braces
    judged = statements.SUBJECTS.format(
        subjects=rule.subjects(arguments, shape),
        unjudged=rule.unjudged(arguments, shape),
        violation=rule.violation(arguments, shape),
    )
    subjects: dict[int, int] = {}
    if many:
        table = "OBS_TABLE" if rule.together else str(firsts[0])
        engine.define("judged", f"{judged} SELECT * FROM judged")
        _, counts = engine.rows(statements.NUMBERS.format(table=table))
        subjects |= {int(first): int(number) for first, number in counts}
        names, rows = engine.rows(statements.TOLD_ONLY)
        engine.drop("judged")
    else:
        apart = "PARTITION BY OBS_TABLE" if rule.together else ""
        names, rows = engine.rows(judged + statements.TOLD.format(apart=apart))
    found = [dict(zip(names, row, strict=True)) for row in rows]
    found.sort(key=lambda row: row.get("record") or 0)
    told: dict[int, tuple[list[Mapping[str, object]], list[Mapping[str, object]]]] = {}
    for row in found:  # joins keep no order, and engines must say the same
        violated, first = row.pop("violated"), int(row.pop("OBS_TABLE", firsts[0]))
        if not many:
            subjects[first] = row.pop("subjects")
            del row["subject_number"]
        violations, unjudged = told.setdefault(first, ([], []))
        if violated:
            violations.append({key: value for key, value in row.items() if key != "unjudged"})
        if row["unjudged"] is not None:
            unjudged.append(row)
    return {
        first: Outcome(subjects.get(first, 0), violations=tuple(v), unjudged=tuple(u))
        for first in firsts.tolist()
        for v, u in [told.get(first, ((), ()))]
    }


def with_coordinates(shape: Shape) -> str:
    """The condition that a record has coordinates, or its table has none at all."""
    stated = " OR ".join(f"{name(dimension)} IS NOT NULL" for dimension in shape.dimensions)
    return f"OBS_KIND IN ('printed', 'zero') AND ({stated or 'TRUE'})"
