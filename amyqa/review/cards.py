"""A cause as a card: what is printed and where, what is proposed and why, what was said about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from amyqa.decisions.history import Event
from amyqa.fixing import Fixed
from amyqa.model import Cell, Change, Finding, Report, Ruling, Table, TableDiagnosis
from amyqa.project import Yearbook
from amyqa.reports.causes import size_phrase
from amyqa.reports.certainty import (
    candidates,
    cell_name,
    certificate,
    instead,
    likelihood_phrase,
    percent,
    proposed_as_printed,
    sentence,
)
from amyqa.reports.html.corrections import compared
from amyqa.reports.html.histogram import Histogram, histogram
from amyqa.reports.html.page import Piece
from amyqa.reports.phrases import counted, short
from amyqa.reports.proofs import BeforeAndAfter, before_and_after
from amyqa.reports.rulings import standing_phrase
from amyqa.review.desk import Item, State
from amyqa.review.excerpt import Excerpt, excerpt
from amyqa.review.printed import PrintedLine, printed_lines

MAX_LINES = 4
MAX_SUMS = 200
"""So many of a cause's findings are on its card; of more than `SPELLED` alike ones the first."""
SPELLED = 8
FIRST = 3
MAX_ALTERNATIVES = 8

KEYS = {
    Ruling.CORRECTED: ("c", "Corrected as proposed"),
    Ruling.EXPLAINED: ("e", "Explained"),
    Ruling.KEPT: ("p", "Kept as printed"),
    Ruling.ASKED: ("a", "Ask the source"),
}
"""The key of each ruling, and what its button says."""


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A cell with what is printed and what is proposed, digit by digit."""

    role: str
    word: str
    place: str
    printed: tuple[Piece, ...]
    proposed: tuple[Piece, ...]
    message: str


@dataclass(frozen=True, slots=True)
class SumView:
    """A finding of the card.

    Args:
        status: what was ruled on it alone; "" while it is open.
        ruled: that ruling with its reason, or what has become of an earlier one.
    """

    id: str
    name: str
    message: str
    told: BeforeAndAfter
    status: str
    ruled: str


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """What a correction would do.

    Args:
        words: how many broken sums would hold.
        broken: sentences of what would be broken by it, in this table and others.
        failed: why nothing can be said.
    """

    words: str
    broken: tuple[tuple[str, str], ...]
    failed: str = ""


@dataclass(frozen=True, slots=True)
class CardView:
    """A card; see :func:`card`."""

    key: str
    number: int
    total: int
    noun: str
    sentence: str
    title: str
    table: str
    severity: str
    label: str
    certificate: str
    instead: str
    assumptions: tuple[str, ...]
    changes: tuple[ChangeView, ...]
    lines: tuple[PrintedLine, ...]
    excerpts: tuple[Excerpt, ...]
    sums: tuple[SumView, ...]
    spelled: int
    more: int
    sizes: Histogram | None
    alternatives: tuple[tuple[str, tuple[ChangeView, ...]], ...]
    ruling: str
    earlier: tuple[str, ...]
    events: tuple[Event, ...]
    assignee: str
    version: str
    proposes: bool
    reasons: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ListItem:
    """A cause in the list."""

    key: str
    number: int
    noun: str
    sentence: str
    title: str
    severity: str
    ruling: str
    assignee: str
    findings: int


def listed(state: State) -> tuple[ListItem, ...]:
    """All causes, in their order."""
    tables = {table.id: table for table in state.report.tables}
    return tuple(
        ListItem(
            item.key,
            number,
            item.cause.noun,
            item.cause.sentence(tables.get(_table(item))),
            _title(_table(item), tables),
            item.cause.severity.value,
            item.ruling,
            item.assignee,
            len(item.findings),
        )
        for number, item in enumerate(state.items, 1)
    )


def card(state: State, key: str, home: Yearbook) -> CardView:
    """One cause with everything that a ruling needs.

    Raises:
        BadInput: there is no such cause.
    """
    item = state.item(key)
    tables = {table.id: table for table in state.report.tables}
    diagnosis, id = item.cause.diagnosis, _table(item)
    table = tables.get(id)
    sums = [_sum(finding, diagnosis, tables) for finding in item.findings]
    sums.sort(key=lambda each: not each.told.touched)
    located = diagnosis is not None and diagnosis.located
    changes = tuple(_change(each, tables) for each in diagnosis.changes) if diagnosis else ()
    told = item.cause.sentence(table)
    return CardView(
        key=key,
        number=state.items.index(item) + 1,
        total=len(state.items),
        noun=item.cause.noun,
        sentence=told,
        title=_title(id, tables),
        table=id,
        severity=item.cause.severity.value,
        label=likelihood_phrase(diagnosis.likelihood) if diagnosis and located else "",
        certificate=sentence(certificate(diagnosis)) if diagnosis else size_phrase(item.findings, table),
        instead=instead(diagnosis) if diagnosis else "",
        assumptions=diagnosis.assumptions if diagnosis else (),
        changes=changes,
        lines=printed_lines(_cells(item), tables, home)[:MAX_LINES],
        excerpts=tuple(
            excerpt(tables[each], item.findings, diagnosis)
            for each in dict.fromkeys((id, *(cell.table for f in item.findings for cell in f.cells)))
            if each in tables
        )[:3],
        sums=tuple(sums[:MAX_SUMS]),
        spelled=len(sums) if len(sums) <= SPELLED else FIRST,
        more=max(0, len(sums) - MAX_SUMS),
        sizes=histogram(item.cause.findings, table) if len(sums) > SPELLED and not located else None,
        alternatives=tuple(_alternatives(diagnosis, tables)) if diagnosis else (),
        ruling=item.ruling,
        earlier=tuple(dict.fromkeys(filter(None, map(standing_phrase, item.findings)))),
        events=tuple(reversed(item.events)),
        assignee=item.assignee,
        version=item.version,
        proposes=located,
        reasons=_reasons(item, told, changes, table),
    )


def outcome(fixed: Fixed | str, state: State, key: str) -> OutcomeView:
    """What correcting a cause would mend and break."""
    if isinstance(fixed, str):
        return OutcomeView("", (), fixed)
    if not fixed.corrections:
        return OutcomeView("", (), fixed.held[0].reason if fixed.held else "nothing is proposed")
    tables = {table.id: table for table in state.report.tables}
    mine = [each for each in fixed.mended if each.table in fixed.tables]
    before, mended = sum(each.before for each in mine), sum(each.mended for each in mine)
    others = sum(each.mended for each in fixed.mended if each not in mine)
    if mended < before:
        words = f"{mended} of the table's {counted(before, 'broken sum')} would hold"
    else:
        sums = "The table's broken sum" if before == 1 else f"All {before} broken sums of the table"
        words = f"{sums} would hold"
    words += f", and {counted(others, 'broken sum')} of tables that refer to it" if others else ""
    broken = tuple((_title(each.table, tables), new.message) for each in fixed.mended for new in each.new)
    return OutcomeView(f"{words}.", broken)


def _table(item: Item) -> str:
    return item.cause.diagnosis.table if item.cause.diagnosis else item.cause.findings[0].table


def _title(id: str, tables: Mapping[str, Table]) -> str:
    return tables[id].spec.title if id in tables else id


def _sum(finding: Finding, diagnosis: TableDiagnosis | None, tables: Mapping[str, Table]) -> SumView:
    return SumView(
        id=finding.id,
        name=f"{finding.severity.capitalize()} {short(finding.id)}",
        message=finding.message,
        told=before_and_after(finding, diagnosis, tables),
        status="" if finding.is_open else finding.status,
        ruled=standing_phrase(finding),
    )


def _change(change: Change, tables: Mapping[str, Table]) -> ChangeView:
    better = proposed_as_printed(change, tables.get(change.cell.table))
    printed, proposed = compared(change.cell.token.strip() or "blank", better)
    return ChangeView(
        change.role, change.role_word, cell_name(change.cell), printed, proposed, change.message
    )


def _cells(item: Item) -> list[Cell]:
    """The cells called wrong, or else what the findings are about."""
    diagnosis = item.cause.diagnosis
    if diagnosis is not None and diagnosis.changes:
        roots = [change.cell for change in diagnosis.changes if change.role == "root"]
        cells = roots or [change.cell for change in diagnosis.changes]
    elif diagnosis is not None and diagnosis.alternatives:
        cells = [c.cell for each in diagnosis.alternatives[:MAX_LINES] for c in candidates(each)]
    else:
        cells = [finding.cells[0] for finding in item.findings if finding.cells]
    return list(dict.fromkeys(cells))[: 3 * MAX_LINES]


def _alternatives(
    diagnosis: TableDiagnosis, tables: Mapping[str, Table]
) -> Iterator[tuple[str, tuple[ChangeView, ...]]]:
    for each in diagnosis.alternatives[:MAX_ALTERNATIVES]:
        yield percent(each.likelihood), tuple(_change(change, tables) for change in each.changes)


def _reasons(item: Item, told: str, changes: Iterable[ChangeView], table: Table | None) -> dict[str, str]:
    """What is suggested as a reason; it can be changed before it is kept."""
    found = {}
    corrections = "; ".join(
        f"{each.place}: {''.join(p.text for p in each.printed)} → {''.join(p.text for p in each.proposed)}"
        for each in changes
    )
    if corrections:
        found[Ruling.CORRECTED.value] = f"as proposed: {corrections}"
    cells = item.cause.diagnosis.changes if item.cause.diagnosis else ()
    first = cells[0].cell if cells else next((c for f in item.findings for c in f.cells), None)
    if first is not None:
        found[Ruling.ASKED.value] = f"Which number is right? {told}"
    return found


def progress(state: State) -> tuple[int, int]:
    """How many causes are decided, of how many; those that were mended in this review count."""
    done = sum(not item.open for item in state.items) + len(state.mended)
    return done, len(state.items) + len(state.mended)


def questions(state: State, report: Report) -> str:
    """What is to be asked, by source: for a letter, as plain text."""
    tables = {table.id: table for table in report.tables}
    by_source: dict[str, list[str]] = {}
    for item in state.items:
        asked = [f for f in item.findings if f.status == Ruling.ASKED.value]
        if not asked:
            continue
        table = tables.get(_table(item))
        source = table.spec.source if table is not None else None
        name = source.document if source is not None else (table.file if table is not None else _table(item))
        reasons = dict.fromkeys(f.decision.reason for f in asked if f.decision is not None)
        lines = [_title(_table(item), tables)]
        for cell in list(dict.fromkeys(f.cells[0] for f in asked if f.cells))[:MAX_LINES]:
            line = f" (line {cell.source_line})" if cell.source_line else ""
            lines.append(f"   {cell_name(cell)}: {cell.token.strip() or 'blank'}{line}")
        lines += [f"   {reason}" for reason in reasons]
        who = dict.fromkeys(f.decision.who for f in asked if f.decision is not None)
        lines.append(f"   (asked by {', '.join(who)}; findings {', '.join(short(f.id) for f in asked[:10])})")
        lines.append("   Answer: ")
        by_source.setdefault(name, []).append("\n".join(lines))
    parts = []
    for name, entries in sorted(by_source.items()):
        numbered = "\n\n".join(f"{number}. {text}" for number, text in enumerate(entries, 1))
        parts.append(f"Questions on {name}\n{'=' * (13 + len(name))}\n\n{numbered}\n")
    return "\n\n".join(parts)
