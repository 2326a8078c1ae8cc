"""The part of a table that a card shows: what is wrong, the lines around it, and the totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from amyqa.model import Change, Finding, Status, Table, TableDiagnosis
from amyqa.reports.certainty import candidates, proposed_as_printed
from amyqa.reports.html.corrections import compared
from amyqa.reports.html.headers import Heading, levels
from amyqa.reports.html.page import Piece
from amyqa.reports.places import is_total
from amyqa.reports.suspects import CANDIDATE

WHOLE = 14
"""A table of so many rows is shown whole."""
AROUND = 2
MAX_CONCERNED = 12
"""So many of the rows concerned are shown with what is around them."""


@dataclass(frozen=True, slots=True)
class CellView:
    """A printed cell.

    Args:
        role: ``root``, ``inherited``, ``candidate`` or ``broken``; "" for any other.
        better: what it should have been, digit by digit.
    """

    token: str
    role: str
    printed: tuple[Piece, ...] = ()
    better: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class RowView:
    """A row; or, where `hidden` is not 0, so many rows that are left out."""

    keys: tuple[str, ...]
    cells: tuple[CellView, ...]
    total: bool
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Part of a table.

    Args:
        texts: of each column, whether it holds words.
        roles: those that occur in it.
    """

    title: str
    place: str
    keys: tuple[str, ...]
    levels: tuple[tuple[Heading, ...], ...]
    columns: tuple[str, ...]
    texts: tuple[bool, ...]
    rows: tuple[RowView, ...]
    roles: tuple[str, ...]


def excerpt(table: Table, findings: Iterable[Finding], diagnosis: TableDiagnosis | None) -> Excerpt:
    """What a cause is about in a table."""
    roles, changes = _marks(table, findings, diagnosis)
    width = len(table.columns)
    concerned = list(dict.fromkeys((id - 1) // width for id in roles))[:MAX_CONCERNED]
    if len(table.rows) <= WHOLE:
        shown = list(range(len(table.rows)))
    else:
        near = {r + step for r in concerned for step in range(-AROUND, AROUND + 1)}
        totals = {r for r, row in enumerate(table.rows) if is_total(table, row.codes, row.label)}
        near |= {
            r for r in range(len(table.rows)) if r - 1 in near and r + 1 in near
        }  # no gap of a single row
        shown = sorted(r for r in near | totals if 0 <= r < len(table.rows))
    rows, last = [], -1
    for r in [*shown, len(table.rows)]:
        if r > last + 1:
            rows.append(RowView((), (), False, r - last - 1))
        if r < len(table.rows):
            rows.append(_row(table, r, roles, changes))
        last = r
    return Excerpt(
        title=table.spec.title,
        place=table.file,
        keys=("No.",)
        if table.spec.fields is not None
        else table.key_columns or (table.spec.rows.dimension or "",),
        levels=levels(table),
        columns=table.columns,
        texts=tuple(_is_text(table, c) for c in range(width)),
        rows=tuple(rows),
        roles=tuple(role for role in ("root", "inherited", CANDIDATE) if role in roles.values()),
    )


def _marks(
    table: Table, findings: Iterable[Finding], diagnosis: TableDiagnosis | None
) -> tuple[dict[int, str], dict[int, Change]]:
    """The cells to mark: what is wrong first, so that it is seen first."""
    roles: dict[int, str] = {}
    changes: dict[int, Change] = {}
    for change in diagnosis.changes if diagnosis else ():
        if change.cell.table == table.id:
            roles[change.cell.id] = "inherited" if change.role == "inherited" else "root"
            changes[change.cell.id] = change
    for alternative in diagnosis.alternatives if diagnosis and not diagnosis.located else ():
        for change in candidates(alternative):
            if change.cell.table == table.id:
                roles.setdefault(change.cell.id, CANDIDATE)
    for finding in findings:
        for cell in finding.cells[:1] if finding.table == table.id else finding.cells:
            if cell.table == table.id:
                roles.setdefault(cell.id, "broken")
    return roles, changes


def _row(table: Table, r: int, roles: Mapping[int, str], changes: Mapping[int, Change]) -> RowView:
    row, cells = table.rows[r], []
    for c, token in enumerate(row.tokens):
        id = table.cell_id(r, c)
        if (change := changes.get(id)) is not None:
            printed, better = compared(token.strip() or "blank", proposed_as_printed(change, table))
            cells.append(CellView(token, roles[id], printed, better))
        else:
            cells.append(CellView(token, roles.get(id, "")))
    return RowView(row.codes or (row.label,), tuple(cells), is_total(table, row.codes, row.label))


def _is_text(table: Table, column: int) -> bool:
    read = {row.readings[column].status for row in table.rows}
    return Status.TEXT in read and not read & {Status.VALUE, Status.NIL}
