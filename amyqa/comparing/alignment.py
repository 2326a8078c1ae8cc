"""Cells of two tables that stand for the same: by their coordinates, or by their labels."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from amyqa.errors import AmyqaError
from amyqa.model import Cell, Table
from amyqa.reading.tokens import normalise
from amyqa.rules.columns import Integers, Words
from amyqa.rules.observations import observe
from amyqa.rules.reference_tables import PREVIOUS, ReferenceTable


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two tables, cell by cell.

    Args:
        pairs: cells that stand for the same, the old one first.
        added, removed: those that only one of the tables has.
        by: ``coordinates`` or ``labels``.
    """

    pairs: tuple[tuple[Cell, Cell], ...]
    added: tuple[Cell, ...]
    removed: tuple[Cell, ...]
    by: str


def align(old: Table, new: Table) -> Alignment:
    """The cells of two tables that stand for the same.

    By their coordinates, as the rules on revisions compare them, so that a row or column that was moved or
    renamed is the same; by their labels where these tell more, or the tables cannot be aligned so.
    """
    placed, labelled = _by_coordinates(old, new), _by_labels(old, new)
    found, by = (placed, "coordinates") if len(placed) >= len(labelled) else (labelled, "labels")
    old_ids = set(found.values())
    return Alignment(
        tuple((old.cell(before), new.cell(now)) for now, before in sorted(found.items())),
        tuple(new.cell(id) for id in range(1, new.size + 1) if id not in found),
        tuple(old.cell(id) for id in range(1, old.size + 1) if id not in old_ids),
        by,
    )


def _by_coordinates(old: Table, new: Table) -> Mapping[int, int]:
    """Cells of the new table to those of the old one; none where the two cannot be aligned."""
    if new.spec.fields is not None or old.spec.fields is not None:
        return {}
    try:
        ours = observe(new, {}, [ReferenceTable(PREVIOUS, old)])
    except AmyqaError:
        return {}
    if not ours.others.tables:
        return {}
    dimensions = ours.shape.dimensions
    here = _placed(ours.integers, ours.texts, dimensions)
    there = _placed(ours.others.integers, ours.others.texts, dimensions)
    return _paired(here, there)


def _placed(
    integers: Mapping[str, Integers], texts: Mapping[str, Words], dimensions: tuple[str, ...]
) -> list[tuple[Hashable, int]]:
    """Coordinates and cells of all records that have both."""
    columns = [texts[name] for name in dimensions]
    cells = integers["OBS_CELL"].values.tolist()
    found: list[tuple[Hashable, int]] = []
    for at, cell in enumerate(cells):
        place = tuple(column[at] for column in columns)
        if cell > 0 and any(code is not None for code in place):
            found.append((place, cell))
    return found


def _by_labels(old: Table, new: Table) -> Mapping[int, int]:
    """Cells by the labels of their rows and columns."""
    return _paired(_labelled(new), _labelled(old))


def _labelled(table: Table) -> list[tuple[Hashable, int]]:
    columns = [normalise(label) for label in table.columns]
    return [
        ((normalise(row.label), column), table.cell_id(r, c))
        for r, row in enumerate(table.rows)
        for c, column in enumerate(columns)
    ]


def _paired(here: list[tuple[Hashable, int]], there: list[tuple[Hashable, int]]) -> dict[int, int]:
    """Cells with the same key, each once; a key that several cells have leads nowhere."""
    known, pairs, taken = _unique(there), dict[int, int](), set[int]()
    for key, cell in _unique(here).items():
        other = known.get(key)
        if other is not None and cell not in pairs and other not in taken:
            pairs[cell] = other
            taken.add(other)
    return pairs


def _unique(found: list[tuple[Hashable, int]]) -> dict[Hashable, int]:
    kept: dict[Hashable, int] = {}
    several = set()
    for key, cell in found:
        if kept.setdefault(key, cell) != cell:
            several.add(key)
    return {key: cell for key, cell in kept.items() if key not in several}
