"""A sheet of the workbook: one table as printed, its suspicious cells marked and told."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import islice

from amyqa.model import ROLE_WORDS, Row, Status, Table
from amyqa.reports.certainty import cell_name
from amyqa.reports.phrases import counted
from amyqa.reports.suspects import ROLES, Address, Suspect, proposal, remarks
from amyqa.reports.xlsx.workbook import MAX_COLUMNS, MAX_ROWS, BookSheet, lossless

_HEADER = 5
"""The row of a table's column labels; above it stand its title, facts, legend and what is left out."""


class TableSheet:
    """The sheet of one table.

    Args:
        shown: 0-based numbers of its rows that are shown, in order.
    """

    def __init__(self, sheet: BookSheet, table: Table, shown: Sequence[int]) -> None:
        self.sheet, self.table = sheet, table
        self.shown = shown[: MAX_ROWS // 2]  # what is found is told below the table
        self.keys = ("No.",) if table.spec.fields is not None else table.key_columns
        if not self.keys and table.rows:
            widest = max(len(row.keys) for row in table.rows) or 1
            self.keys = (table.spec.rows.dimension or "", *[""] * (widest - 1))
        self.columns = table.columns[: MAX_COLUMNS - len(self.keys) - 1]
        self.top = sheet.at(1)

    def place(self, id: int) -> str:
        """Where a link to this cell leads; nowhere if it is left out."""
        index, column = divmod(id - 1, len(self.table.columns))
        at = bisect_left(self.shown, index)
        if at == len(self.shown) or self.shown[at] != index or column >= len(self.columns):
            return ""
        return self.sheet.at(_HEADER + 1 + at, len(self.keys) + 1 + column)

    def write(self, suspects: Mapping[Address, Suspect], summary: str) -> None:
        """The whole sheet."""
        table, sheet = self.table, self.sheet
        source = table.spec.source.document if table.spec.source else ""
        sheet.put(1, 1, table.spec.title, "title", measured=False)
        facts = " · ".join(filter(None, (table.id, table.spec.unit, table.file, source)))
        sheet.put(2, 1, facts, measured=False)
        sheet.put(3, 1, "Summary", "link", link=summary, measured=False)
        if said := self._left_out():
            sheet.put(4, 1, said, "strong", measured=False)
        sheet.row(_HEADER, (*self.keys, *self.columns), "header")
        marked: dict[str, tuple[str, Suspect]] = {}
        for at, index in enumerate(self.shown, _HEADER + 1):
            row = table.rows[index]
            sheet.row(at, row.codes or (row.label,), "strong")
            for column, token in enumerate(row.tokens[: len(self.columns)]):
                id = table.cell_id(index, column)
                suspect = suspects.get((table.id, id))
                self._cell(at, len(self.keys) + 1 + column, row, column, token, suspect)
                if suspect:
                    marked[self.place(id)] = cell_name(table.cell(id)), suspect
        self._below(_HEADER + len(self.shown) + 2, marked)
        sheet.head(_HEADER, len(self.keys))
        sheet.finish(_HEADER, one_page=True)

    def _cell(
        self, row: int, at: int, printed: Row, column: int, token: str, suspect: Suspect | None
    ) -> None:
        """One printed cell: a number where a spreadsheet shows just what is printed, otherwise text."""
        reading = printed.readings[column]
        style = suspect.role if suspect else ""
        format = number_format(token, reading.value) if reading.status is Status.VALUE else ""
        if format:
            self.sheet.put(row, at, reading.value, style, format=format)
        elif token or style:
            self.sheet.put(row, at, token, style, right=reading.status is not Status.TEXT)
        if suspect:
            self.sheet.comment(row, at, remarks(suspect, self.table))

    def _left_out(self) -> str:
        rows, columns = (
            len(self.table.rows) - len(self.shown),
            len(self.table.columns) - len(self.columns),
        )
        parts = [counted(number, noun) for number, noun in ((rows, "row"), (columns, "column")) if number]
        return f"Not shown here: {' and '.join(parts)}; the file has them." if parts else ""

    def _below(self, row: int, marked: Mapping[str, tuple[str, Suspect]]) -> None:
        """The table's notes, what its sums take for granted, and what was found in its cells.

        Args:
            row: the first one that is free.
            marked: the suspicious cells by their addresses, with their names.
        """
        spec, sheet = self.table.spec, self.sheet
        notes = [f"{mark}  {said}" for mark, said in spec.notes.items()]
        notes += [f"Assuming that {assumption}." for assumption in spec.assumptions]
        notes += [f"{label} cannot be placed: {reason}" for label, reason in spec.uncertain.items()]
        for note in notes:
            sheet.put(row, 1, note, measured=False)
            row += 1
        row += 1
        used = {suspect.role for _, suspect in marked.values()}
        for role in (role for role in ROLES if role in used):
            sheet.put(row, 1, ROLE_WORDS.get(role, role), role)
            sheet.put(row, 2, ROLES[role], measured=False)
            row += 1
        for address, (name, suspect) in islice(marked.items(), MAX_ROWS - row):
            row += 1
            said = f"{name}: {_remark(suspect, self.table)}"
            sheet.put(row, 1, said, "link", link=address, measured=False)


def number_format(token: str, value: Decimal | None) -> str:
    """The format in which a spreadsheet shows the number just as the token does; "" where none can.

    Spreadsheets in another language show their own marks for ``,`` and ``.``, as for every number.
    """
    printed = token.strip()
    if value is None or not lossless(value):
        return ""
    for grouping in ("", ","):
        plain = printed.strip("()-")
        decimals = len(plain.rpartition(".")[2]) if "." in plain else 0
        if plain != f"{abs(value):{grouping}.{decimals}f}" or value != round(value, decimals):
            continue
        pattern = ("#,##0" if grouping else "0") + (f".{'0' * decimals}" if decimals else "")
        if printed == ("-" if value < 0 else "") + plain:
            return pattern
        if printed == f"({plain})" and value < 0:
            return f"{pattern};({pattern})"
    return ""


def _remark(suspect: Suspect, table: Table) -> str:
    """``root misprint, 895 → 859, transposed digits (findings 1, 3)``."""
    said = [ROLES[suspect.role]]
    if better := proposal(suspect, table):
        said += filter(None, (better, suspect.change.kind if suspect.change else ""))
    numbers = ", ".join(map(str, suspect.findings))
    word = "finding" if len(suspect.findings) == 1 else "findings"
    return ", ".join(said) + (f" ({word} {numbers})" if numbers else "")
