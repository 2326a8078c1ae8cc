"""A report in a notebook: the causes with their sums, and of the tables what is broken, struck out.

It is short whatever the size of the report, needs no script, and reads well where styles are taken away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from amyqa.model import Report, Severity, Table
from amyqa.reports.causes import Cause, causes, headline
from amyqa.reports.certainty import instead, likelihood_phrase, proposed_as_printed
from amyqa.reports.html.corrections import compared
from amyqa.reports.html.page import Piece
from amyqa.reports.html.render import filled_in
from amyqa.reports.phrases import counted, tally, verdict
from amyqa.reports.places import is_total
from amyqa.reports.proofs import Address, Proof, proofs
from amyqa.reports.showing import MOST, not_checked
from amyqa.reports.suspects import CANDIDATE, ROLES, Suspect, suspects

MAX_ROWS, MAX_COLUMNS, MAX_TABLES = 20, 12, 3
_AROUND = 1
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class CauseView:
    """One thing to look at.

    Args:
        before, after: the broken sum as printed and as corrected, or "".
        sums: sentences of broken sums, where nothing is located.
    """

    sentence: str
    likelihood: str
    before: str = ""
    after: str = ""
    sums: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CellView:
    """A cell: its token, or the token struck out and what is proposed."""

    token: str
    role: str = ""
    about: str = ""
    printed: tuple[Piece, ...] = ()
    proposed: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class RowView:
    """A row, or (`skipped`) the number of rows that are left out there."""

    keys: tuple[str, ...] = ()
    cells: tuple[CellView | None, ...] = ()
    total: bool = False
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class TableView:
    """What is shown of a table; a column without a label stands for those that are left out."""

    title: str
    keys: tuple[str, ...]
    columns: tuple[str | None, ...]
    rows: tuple[RowView, ...]
    hidden: str


def render(report: Report) -> str:
    """The report as a piece of HTML."""
    marked: dict[str, dict[int, Suspect]] = {}
    for (table, cell), suspect in suspects(report).items():
        marked.setdefault(table, {})[cell] = suspect
    proven = proofs(report)
    found = [each for each in causes(report) if each.open and each.severity is not Severity.INFO]
    tables = {table.id: table for table in report.tables}
    several = len(report.tables) > 1
    shown = [table for table in report.tables if table.id in marked or _is_small(table)]
    shown.sort(key=lambda table: table.id not in marked)
    return filled_in(
        "notebook.html.j2",
        look="failed" if report.failures or report.at(Severity.ERROR) else "fine",
        headline=headline(report),
        verdict=verdict(report),
        causes=[_cause(each, tables, proven, several=several) for each in found[:MOST]],
        more=f"… and {counted(len(found) - MOST, 'more')}" if len(found) > MOST else "",
        tables=[_table(table, marked.get(table.id, {})) for table in shown[:MAX_TABLES]],
        untold=counted(len(shown) - MAX_TABLES, "more table") if len(shown) > MAX_TABLES else "",
        unchecked=list(not_checked(report)),
        tally=tally(report),
    )


def _cause(
    cause: Cause,
    tables: Mapping[str, Table],
    proven: Mapping[tuple[int, Address], Proof],
    *,
    several: bool,
) -> CauseView:
    table = tables.get(cause.open[0].table)
    named = f"{table.spec.title}: " if several and table else ""
    sentence, diagnosis = f"{named}{cause.sentence(table)}", cause.diagnosis
    sums = tuple(dict.fromkeys(finding.message for finding in cause.open[:3]))
    if diagnosis is None:
        return CauseView(sentence, "", sums=tuple(each for each in sums if each not in sentence))
    if not diagnosis.located:
        return CauseView(sentence, "not located", sums=sums)
    first = diagnosis.changes[0].cell
    proof = proven.get((cause.number, (first.table, first.id)))
    also = instead(diagnosis)
    said = f"{likelihood_phrase(diagnosis.likelihood)}{f'. {also}' if also else ''}"
    if proof is None or not proof.after:
        return CauseView(sentence, said, sums=sums)
    return CauseView(sentence, said, proof.before, proof.after)


def _is_small(table: Table) -> bool:
    return len(table.rows) <= MAX_ROWS and len(table.columns) <= MAX_COLUMNS


def _table(table: Table, marked: Mapping[int, Suspect]) -> TableView:
    width = len(table.columns)
    at = [divmod(cell - 1, width) for cell in marked]
    totals = [i for i, row in enumerate(table.rows) if is_total(table, row.codes, row.label)]
    sums = {
        divmod(cell.id - 1, width)[1]
        for suspect in marked.values()
        for finding in suspect.findings.values()
        for cell in finding.cells[: MAX_COLUMNS + 1]
        if cell.table == table.id
    }
    rows = _picked(len(table.rows), [row for row, _ in at], totals, MAX_ROWS)
    columns = _picked(width, [column for _, column in at], sums, MAX_COLUMNS)
    left = (len(table.rows) - len(rows), "row"), (width - len(columns), "column")
    hidden = " and ".join(counted(number, noun) for number, noun in left if number)
    return TableView(
        title=table.spec.title,
        keys=table.key_columns or ("",),
        columns=tuple(None if c is None else table.columns[c] for c in _with_gaps(columns)),
        rows=tuple(_row(table, r, rows, columns, marked) for r in _with_gaps(rows)),
        hidden=f"{hidden} more not shown here" if hidden else "",
    )


def _row(
    table: Table,
    number: int | None,
    rows: Sequence[int],
    columns: Sequence[int],
    marked: Mapping[int, Suspect],
) -> RowView:
    if number is None:
        return RowView(skipped=1)
    row = table.rows[number]
    cells = tuple(
        None if c is None else _cell(table, row.tokens[c], marked.get(table.cell_id(number, c)))
        for c in _with_gaps(columns)
    )
    return RowView(tuple(map(_short, row.codes)), cells, is_total(table, row.codes, row.label))


def _cell(table: Table, token: str, suspect: Suspect | None) -> CellView:
    token = _short(token.strip())
    if suspect is None:
        return CellView(token)
    about = ROLES[suspect.role]
    if suspect.change is None or suspect.role == CANDIDATE:
        return CellView(token, suspect.role, about)
    printed, proposed = compared(token, proposed_as_printed(suspect.change, table))
    return CellView(token, suspect.role, about, printed, proposed)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _picked(size: int, wanted: Iterable[int], also: Collection[int], most: int) -> list[int]:
    """Which lines are shown: all of few; else those that are wanted with their neighbours, and some more."""
    if size <= most:
        return list(range(size))
    found: dict[int, None] = {}
    first = sorted(set(wanted))[: most // 2]
    for line in (*first, *sorted(also), *(n + d for n in first for d in (-_AROUND, _AROUND))):
        if 0 <= line < size and len(found) < most:
            found[line] = None
    return sorted(found)


def _with_gaps(lines: Sequence[int]) -> Iterator[int | None]:
    """The lines, with None where some between them are left out."""
    last = -1
    for line in lines:
        if line > last + 1:
            yield None
        yield line
        last = line
