"""What there is to look at: each cause with the findings behind it, the most serious and certain first.

A cause is a diagnosis, or what no diagnosis explains of one rule and relation in a table. Every finding of a
report belongs to exactly one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from amyqa.model import Finding, Report, Severity, Table, TableDiagnosis
from amyqa.reports.certainty import LIKELIHOODS, likelihood_phrase, likelihood_rank, reasons
from amyqa.reports.phrases import counted
from amyqa.rules.wording import format_number

MAX_ALIKE = 10
"""Of more findings of one relation in one cause, lists spell out only the first."""
FIRST_ALIKE = 3
"""So many."""

MISPRINT, UNLOCATED, RELATION, OTHER = (
    "likely misprint",
    "unlocated error",
    "broken relation",
    "other problem",
)
_PLURALS = {
    "claim of the text": "claims of the text",
    "value out of range": "values out of range",
    "misplaced row": "misplaced rows",
    "gap in a series": "gaps in series",
    "disagreement with the other side": "disagreements with the other side",
}
_NOUNS = {
    "claims": "claim of the text",
    "measures": "claim of the text",
    "range": "value out of range",
    "placement": "misplaced row",
    "gaps": "gap in a series",
    "outliers": "outlier",
    "ratios": "wrong ratio",
    "revised": "revised number",
    "revisions": "revised number",
    "mirror": "disagreement with the other side",
}
_APART = ("claims", "measures")
"""Rules that say something else each time."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing to look at.

    Args:
        noun: what it is, as ``likely misprint``.
        findings: those behind it, in the order of the report.
        diagnosis, number: the diagnosis and its number in the report; None and 0 where there is none.
    """

    noun: str
    findings: tuple[Finding, ...]
    diagnosis: TableDiagnosis | None = None
    number: int = 0

    @property
    def id(self) -> str:
        """That of the first of its findings, by which people and programs can name it."""
        return self.findings[0].id if self.findings else f"diagnosis-{self.number}"

    @property
    def table(self) -> str:
        """Id of the table it is about."""
        return self.diagnosis.table if self.diagnosis else self.findings[0].table

    @property
    def open(self) -> tuple[Finding, ...]:
        """Those of its findings that nobody has ruled on."""
        return tuple(finding for finding in self.findings if finding.is_open)

    @property
    def is_open(self) -> bool:
        """Whether there is something left to rule on."""
        return bool(self.open) or not (self.findings or (self.diagnosis and self.diagnosis.settled))

    @property
    def known(self) -> bool:
        """Whether all that is open of it was there at the commit compared with."""
        return bool(self.open) and all(finding.known for finding in self.open)

    @property
    def severity(self) -> Severity:
        """Of its gravest open finding."""
        found = (finding.severity for finding in self.open or self.findings)
        return min(found, key=lambda each: each.rank, default=Severity.ERROR)

    @property
    def located(self) -> bool:
        """Whether it names cells, with what they should have been."""
        return self.diagnosis is not None and self.diagnosis.located

    @property
    def certainty(self) -> str:
        """How likely it is, in words; "" where nothing was weighed."""
        if self.diagnosis is None:
            return ""
        return likelihood_phrase(self.diagnosis.likelihood) if self.located else "not located"

    @property
    def cells(self) -> int:
        """How many cells it calls wrong."""
        return len(self.diagnosis.changes) if self.diagnosis else 0

    def sentence(self, table: Table | None) -> str:
        """What to look at: the diagnosis's sentence, the finding's, or the number of many findings."""
        if self.diagnosis is not None:
            return self.diagnosis.message
        first = self.findings[0]
        if len(self.findings) == 1 or not first.relation:
            return first.message
        size = size_phrase(self.findings, table)
        return f"{alike_phrase(self.findings)}{f', {size}' if size else ''}."


def causes(report: Report) -> list[Cause]:
    """All causes: what is open and new first, then by severity, by certainty, and by how much they explain.

    A diagnosis is a cause even where an earlier one explains its findings; each finding has one cause.
    """
    belongs = reasons(report.diagnoses)
    explained: dict[int, list[Finding]] = {}
    grouped: dict[tuple[str, ...], list[Finding]] = {}
    for finding in report.findings:
        if reason := belongs.get(finding.id):
            explained.setdefault(reason.number, []).append(finding)
        else:
            apart = finding.where.values() if finding.rule in _APART else ()
            grouped.setdefault((finding.table, finding.rule, finding.relation, *apart), []).append(finding)
    found = [
        Cause(_noun(diagnosis), tuple(explained.get(number, ())), diagnosis, number)
        for number, diagnosis in enumerate(report.diagnoses, 1)
    ]
    for members in grouped.values():
        noun = _NOUNS.get(members[0].rule) or (RELATION if members[0].coefficients else OTHER)
        found.append(Cause(noun, tuple(members)))
    return sorted(found, key=_urgency)


def _urgency(cause: Cause) -> tuple[bool, bool, int, int, int]:
    """What is open and new first; then by severity, by certainty in words, and by how much it explains."""
    doubt = len(LIKELIHOODS) + 1
    if cause.diagnosis is not None:
        doubt = likelihood_rank(cause.diagnosis.likelihood) if cause.located else len(LIKELIHOODS)
    return (not cause.is_open, cause.known, cause.severity.rank, doubt, -len(cause.open))


def _noun(diagnosis: TableDiagnosis) -> str:
    if diagnosis.located:
        return MISPRINT
    return RELATION if diagnosis.missing > 0.5 else UNLOCATED


def by_cause(report: Report) -> Mapping[str, tuple[int, Cause]]:
    """The place (from 1) and the cause of each finding, by its id."""
    return {
        finding.id: (place, cause)
        for place, cause in enumerate(causes(report), 1)
        for finding in cause.findings
    }


def headline(report: Report) -> str:
    """What there is to look at, counted by kind, and the broken checks behind it.

    ``4 things to look at: 3 likely misprints (7 cells) and 1 claim of the text; 13 broken checks behind
    them.``; "" where no error and no warning is open. What was there before is counted apart.
    """
    serious = [c for c in causes(report) if c.is_open and c.severity is not Severity.INFO]
    if not serious:
        return ""
    known = [cause for cause in serious if cause.known]
    fresh = [cause for cause in serious if not cause.known]
    if not fresh:
        return (
            f"Nothing new since {report.since}; {counted(len(known), 'thing')} to look at {_known(report)}."
        )
    gravest = min((cause.severity for cause in fresh), key=lambda each: each.rank)
    first = [cause for cause in fresh if cause.severity is gravest]
    behind = sum(f.severity is gravest for cause in first for f in cause.open)
    what = "broken check" if gravest is Severity.ERROR else str(gravest)
    them = "them" if len(first) > 1 else "it"
    rest = sum(f.severity is Severity.WARNING for c in fresh if c not in first for f in c.open)
    beside = f"; {counted(rest, 'warning')} besides" if rest else ""
    if known:
        beside += f"; {counted(len(known), 'thing')} {_known(report)}"
    new = "new thing" if report.since else "thing"
    return (
        f"{counted(len(first), new)} to look at: {kinds(first)}; "
        f"{counted(behind, what)} behind {them}{beside}."
    )


def _known(report: Report) -> str:
    return f"known since {report.since}"


def kinds(found: Iterable[Cause]) -> str:
    """``3 likely misprints (7 cells) and 1 claim of the text``: causes counted by kind, as they come."""
    known = list(found)
    parts = []
    for noun, number in Counter(cause.noun for cause in known).items():
        cells = sum(cause.cells for cause in known if cause.noun == noun)
        parts.append(_counted(number, noun) + (f" ({counted(cells, 'cell')})" if cells else ""))
    *most, last = parts or [""]
    return f"{', '.join(most)} and {last}" if most else last


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {_PLURALS[noun]}" if noun in _PLURALS and number != 1 else counted(number, noun)


def checks_phrase(findings: Iterable[Finding]) -> str:
    """``8 broken checks``, ``1 broken check and 2 warnings``."""
    numbers = Counter(finding.severity for finding in findings)
    words = {Severity.ERROR: "broken check", Severity.WARNING: "warning", Severity.INFO: "remark"}
    return " and ".join(counted(numbers[each], words[each]) for each in Severity if numbers[each])


def alike_phrase(findings: Iterable[Finding]) -> str:
    """``Total = Male + Female does not hold in 200 places``, of findings of one relation."""
    members = list(findings)
    places = f"{len(members):,} {'place' if len(members) == 1 else 'places'}"
    verb = " does not hold" if members[0].coefficients else ": not so"
    return f"{members[0].relation or members[0].rule}{verb} in {places}"


def size_phrase(findings: Iterable[Finding], table: Table | None) -> str:
    """``1 to 9 too many``, ``always 900 too few``; "" where the rule has no differences."""
    differences = [finding.difference for finding in findings]
    known = [difference for difference in differences if difference is not None]
    if not known or len(known) < len(differences):
        return ""
    low, high = min(known, key=abs), max(known, key=abs)
    if min(known) < 0 < max(known):
        return f"{_excess(min(known), table)} to {_excess(max(known), table)}"
    if low == high:
        return f"always {_excess(low, table)}"
    return f"{format_number(abs(low), table)} to {_excess(high, table)}"


def _excess(difference: Decimal, table: Table | None) -> str:
    return f"{format_number(abs(difference), table)} too {'few' if difference < 0 else 'many'}"


def floods(cause: Cause) -> Mapping[str, list[Finding]]:
    """The open findings of a cause by rule and relation, where there are more than are spelled out."""
    alike: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in cause.open:
        alike.setdefault((finding.table, finding.rule, finding.relation), []).append(finding)
    many = [members for members in alike.values() if len(members) > MAX_ALIKE]
    return {member.id: members for members in many for member in members}
