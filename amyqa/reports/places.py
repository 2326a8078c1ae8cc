"""Where a cell stands on the HTML page: which rows are shown, and the links to their cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from amyqa.model import Cell, Report, Status, Table
from amyqa.reports.certainty import candidates, cell_name


@dataclass(frozen=True, slots=True)
class CellLink:
    """A printed cell named beside a finding; no anchor when its row is not shown."""

    label: str
    text: str
    anchor: str


class Places:
    """The cells that can be linked to.

    Args:
        most_rows: rows of a table that are shown in any case.
    """

    def __init__(self, report: Report, most_rows: int) -> None:
        self.tables = {table.id: table for table in report.tables}
        self.numbers = {table.id: number for number, table in enumerate(report.tables, 1)}
        concerned: defaultdict[str, set[int]] = defaultdict(set)
        for cell in _concerned(report):
            concerned[cell.table].add(cell.id)
        self.shown = {
            table.id: frozenset(_shown(table, concerned[table.id], most_rows)) for table in report.tables
        }

    def title(self, table: str) -> str:
        """A table's title, or its id where it was not read."""
        return self.tables[table].spec.title if table in self.tables else table

    def link(self, cell: Cell, label: str = "") -> CellLink:
        """A link to a cell."""
        return CellLink(
            label=label or cell_name(cell),
            text="0" if cell.reading.status is Status.NIL else cell.token or "blank",
            anchor=self.anchor(cell),
        )

    def anchor(self, cell: Cell) -> str:
        """The id of a cell on the page, ``cell-3-64``; "" where it is not shown."""
        table = self.tables.get(cell.table)
        shown = table is not None and self.is_shown(table, cell.id)
        return f"cell-{self.numbers[cell.table]}-{cell.id}" if shown else ""

    def links(self, cells: Sequence[Cell]) -> tuple[CellLink, ...]:
        """Links to cells, each named by what tells it from the others."""
        labels = distinct_labels(cells)
        if len({cell.table for cell in cells}) > 1:
            labels = [f"{self.title(cell.table)}: {label}" for cell, label in zip(cells, labels, strict=True)]
        return tuple(self.link(cell, label) for cell, label in zip(cells, labels, strict=True))

    def is_shown(self, table: Table, cell: int) -> bool:
        """Whether the row of this cell is on the page."""
        return _row_of(table, cell) in self.shown[table.id]


def distinct_labels(cells: Sequence[Cell]) -> list[str]:
    """What tells each cell from the others: its column, its row, or both."""
    one_table = len({cell.table for cell in cells}) == 1
    one_row = len({cell.row for cell in cells}) == 1
    one_column = len({cell.column for cell in cells}) == 1
    if len(cells) > 1 and one_table and one_row != one_column:
        return [cell.column if one_row else cell.row for cell in cells]
    return [cell_name(cell) for cell in cells]


def is_total(table: Table, keys: Iterable[str], label: str) -> bool:
    """Whether this row is the table's total."""
    return table.spec.rows.total is not None and table.spec.rows.total in (label, *keys)


def _concerned(report: Report) -> Iterator[Cell]:
    """Cells that must be seen: those that a finding compares, and those that a diagnosis is about."""
    for finding in report.findings:
        yield from finding.cells[:1]
    for diagnosis in report.diagnoses:
        yield from (change.cell for change in diagnosis.changes)
        if not diagnosis.located:
            for alternative in diagnosis.alternatives:
                yield from (change.cell for change in candidates(alternative))


def _shown(table: Table, concerned: Iterable[int], most_rows: int) -> Iterator[int]:
    """The first rows, and those with a finding, a misprint, a total or a doubt."""
    yield from range(min(len(table.rows), most_rows))
    yield from (_row_of(table, id) for id in concerned)
    for i, row in enumerate(table.rows):
        if is_total(table, row.codes, row.label) or row.label in table.spec.uncertain:
            yield i


def _row_of(table: Table, cell: int) -> int:
    return (cell - 1) // len(table.columns)
