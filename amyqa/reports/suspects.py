"""What a report says of single printed cells: misprint, inherited, perhaps wrong, a broken sum's total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from amyqa.model import Change, Finding, Report, Table
from amyqa.reports.certainty import INHERITED, ROOT, candidates, proposed_as_printed

CANDIDATE, BROKEN, RULED = "candidate", "broken", "ruled"
ROLES: Mapping[str, str] = {
    ROOT: "misprint",
    INHERITED: "carried over from a misprint",
    CANDIDATE: "perhaps the misprint",
    BROKEN: "breaks a rule",
    RULED: "decided by an editor",
}
"""What to call a suspicious cell, the most telling first."""

Address = tuple[str, int]
"""A table's id and a cell's id in it."""


@dataclass(slots=True)
class Suspect:
    """A suspicious cell.

    Args:
        role: one of :data:`ROLES`.
        change: what a diagnosis says of it; what it proposes counts unless the role is ``candidate``.
        findings: those that compare this cell with others, by their numbers in the report, from 1.
    """

    role: str
    change: Change | None = None
    findings: dict[int, Finding] = field(default_factory=dict)


def suspects(report: Report) -> dict[Address, Suspect]:
    """The suspicious cells of all tables; the most certain diagnosis of a cell counts."""
    found: dict[Address, Suspect] = {}
    for role, change in _changes(report):
        found.setdefault((change.cell.table, change.cell.id), Suspect(role, change))
    for number, finding in enumerate(report.findings, 1):
        for cell in finding.cells[:1]:
            suspect = found.setdefault((cell.table, cell.id), Suspect(RULED))
            suspect.findings[number] = finding
            if suspect.role == RULED and finding.is_open:
                suspect.role = BROKEN
    return found


def _changes(report: Report) -> Iterator[tuple[str, Change]]:
    """What is proposed outdoes what is only possible."""
    for diagnosis in report.diagnoses:
        for change in diagnosis.changes:
            yield (INHERITED if change.role == INHERITED else ROOT), change
    for diagnosis in report.diagnoses:
        if not diagnosis.located:
            for alternative in diagnosis.alternatives:
                yield from ((CANDIDATE, change) for change in candidates(alternative))


def proposal(suspect: Suspect, table: Table | None) -> str:
    """``895 → 859``, where something is proposed."""
    if suspect.change is None or suspect.role == CANDIDATE:
        return ""
    return f"{suspect.change.cell.token.strip()} → {proposed_as_printed(suspect.change, table)}"


def remarks(suspect: Suspect, table: Table) -> Iterator[str]:
    """The sentences of a cell's comment."""
    yield f"{ROLES[suspect.role].capitalize()}."
    if better := proposal(suspect, table):
        yield f"Proposed: {better}."
        if suspect.change and suspect.change.message:
            yield suspect.change.message
    elif suspect.role == CANDIDATE:
        yield "Which cell is wrong cannot be told."
    for number, finding in suspect.findings.items():
        status = "" if finding.is_open else f" ({finding.status})"
        yield f"{finding.severity.capitalize()} {number}{status}: {finding.message}"
