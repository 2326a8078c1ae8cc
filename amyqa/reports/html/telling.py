"""A finding as the HTML page tells it: its sum, its links, what was ruled on it, its picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal, localcontext

from amyqa.model import Change, DecisionStatus, Finding, Report
from amyqa.reports.certainty import proposed_as_printed
from amyqa.reports.html.drawing import Series, series
from amyqa.reports.html.page import Filter, FindingView, RulingView, anchor
from amyqa.reports.phrases import counted, place, printed_at, short, where_phrase
from amyqa.reports.places import Places
from amyqa.reports.rulings import UNMATCHED, overrides, ruling_phrase, standing_phrase
from amyqa.rules.wording import format_number

MAX_TERMS = 40
"""So many terms of a sum stand on the page, and the others are counted."""


def chapter(table: str) -> str:
    """The folder of a table, as ``2005/cambodia``."""
    return table.rpartition("/")[0]


class Teller:
    """Tells the findings of a report, each with its place in it."""

    def __init__(self, report: Report, places: Places) -> None:
        self.report, self.places = report, places
        self.changes = {
            (change.cell.table, change.cell.id): change
            for diagnosis in reversed(report.diagnoses)
            for change in diagnosis.changes
        }

    def tell(self, number: int, finding: Finding) -> FindingView:
        """One finding, the `number`-th of the report."""
        adds_up = _is_addition(finding)
        links = self.places.links(finding.cells[: MAX_TERMS + 1])
        table = self.places.tables.get(finding.table)
        difference = (
            "" if finding.difference is None else format_number(finding.difference, table, signed=True)
        )
        return FindingView(
            number=number,
            anchor=anchor("finding", finding.id),
            severity=finding.severity,
            rule=finding.rule,
            ess=finding.ess,
            statuses=_statuses(finding, self.report.since),
            message=finding.message,
            title=self.places.title(finding.table),
            chapter=chapter(finding.table),
            details=tuple(_details(finding, adds_up)),
            total=links[0] if adds_up else None,
            parts=links[1:] if adds_up else (),
            computed=format_number(finding.computed, table)
            if adds_up and finding.computed is not None
            else "",
            difference=difference.replace("-", "−"),
            cells=() if adds_up else links,
            more=len(finding.cells) - len(links),
            known=f"known since {self.report.since}" if finding.known and self.report.since else "",
            ruled=standing_phrase(finding),
            series=self._series(finding),
            is_open=finding.is_open,
        )

    def _series(self, finding: Finding) -> Series | None:
        """A picture for a number that is odd beside its neighbours, not for one that does not add up."""
        if len(finding.cells) != 1 or finding.coefficients or finding.table not in self.places.tables:
            return None
        [cell] = finding.cells
        table = self.places.tables[finding.table]
        change: Change | None = self.changes.get((cell.table, cell.id))
        better = proposed_as_printed(change, table) if change else ""
        return series(cell, table, change.proposed if change else None, better)


def _details(finding: Finding, adds_up: bool) -> Iterable[str]:
    found = [where_phrase(finding.where), "" if adds_up else finding.relation, f"rule {finding.rule}"]
    found.append(" ".join(filter(None, ("ESS", finding.ess, finding.level))))
    if finding.cells:
        found.append(place(finding.cells[0]))
        found.append(printed_at(finding.cells[0]))
    found.append(f"id {short(finding.id)}")
    return filter(None, found)


def _statuses(finding: Finding, since: str) -> tuple[str, ...]:
    """What a filter finds it under: its status first, then what is special about it."""
    found = [finding.status]
    if finding.is_open and finding.standing in (DecisionStatus.EXPIRED, DecisionStatus.REOPENED):
        found.append(str(finding.standing))
    if finding.is_open and since:
        found.append("known" if finding.known else "new")
    return tuple(found)


def stale(report: Report) -> tuple[RulingView, ...]:
    """Decisions that nothing is found for any more, or that could not be judged."""
    return tuple(
        RulingView(
            finding=f"{decision.table}: {decision.message}",
            words=f"{UNMATCHED[standing]}; {ruling_phrase(decision)}",
            place=f"{decision.file}:{decision.line}",
        )
        for decision, standing in report.decisions
        if standing in UNMATCHED
    )


def override_phrases(report: Report) -> tuple[str, ...]:
    """``totals: 3 of 12 findings`` for each rule whose findings were ruled on, most first."""
    found = Counter(finding.rule for finding in report.findings)
    return tuple(
        f"{rule}: {n:,} of {counted(found[rule], 'finding')}" for rule, n in overrides(report).items()
    )


def filters(told: Iterable[FindingView]) -> tuple[Filter, ...]:
    """What findings can be sifted by, with how many each choice would leave."""
    known = list(told)
    severities = sorted({each.severity for each in known}, key=lambda severity: severity.rank)
    counts = Counter(each.severity for each in known)
    return (
        Filter("severity", "Severity", "All severities", tuple((s.value, counts[s]) for s in severities)),
        Filter("rule", "Rule", "All rules", _options(each.rule for each in known)),
        Filter("ess", "ESS code", "All ESS codes", _options(each.ess for each in known)),
        Filter("chapter", "Chapter", "All chapters", _options(each.chapter for each in known)),
        Filter("status", "Status", "Any status", _options(s for each in known for s in each.statuses)),
    )


def _options(words: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((word, number) for word, number in Counter(words).items() if word))


def _is_addition(finding: Finding) -> bool:
    """Whether the table's other cells, added up, are the number computed: then it is shown as a sum."""
    if {cell.table for cell in finding.cells} != {finding.table}:
        return False
    values = [cell.reading.value for cell in finding.cells]
    known = [value for value in values if value is not None]
    if len(known) < 2 or len(known) < len(values) or finding.computed is None:
        return False
    with localcontext(prec=400):
        return known[0] == finding.printed and sum(known[1:], Decimal(0)) == finding.computed
