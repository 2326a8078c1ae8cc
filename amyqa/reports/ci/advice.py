"""What whoever reads CI is to do about a finding: its cause, what is proposed, and its id."""

from __future__ import annotations

from collections.abc import Iterable

from amyqa.model import Finding, Report
from amyqa.reports.causes import by_cause
from amyqa.reports.certainty import likelihood_phrase
from amyqa.reports.phrases import short
from amyqa.reports.proofs import proofs
from amyqa.reports.rows import corrected, likeliest

_MAX_CHANGES = 3


class Advice:
    """The causes of a report, ready to be told finding by finding."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.causes = by_cause(report)
        self._likely = likeliest(report)
        self._tables = {table.id: table for table in report.tables}
        proven = proofs(report)
        self._first: dict[int, str] = {}
        for place, cause in self.causes.values():
            if place in self._first:
                continue
            changes = cause.diagnosis.changes[:1] if cause.diagnosis else ()
            shown = [proven.get((cause.number, (c.cell.table, c.cell.id))) for c in changes]
            self._first[place] = next(
                (p.finding.id for p in shown if p), (cause.open or cause.findings)[0].id
            )

    def cause(self, finding: Finding) -> str:
        """``cause 2, likely misprint (virtually certain, over 99.9%)``."""
        place, cause = self.causes[finding.id]
        sure = ""
        if cause.diagnosis is not None and cause.diagnosis.located:
            sure = f" ({likelihood_phrase(cause.diagnosis.likelihood)})"
        return f"cause {place}, {cause.noun}{sure}"

    def proposal(self, finding: Finding) -> str:
        """``2006, Total: 895 → 859``: for its own cells, or else for those of its cause; "" without one."""
        _, cause = self.causes[finding.id]
        changes, _likelihood = self._likely.get(finding.id, ((), 0.0))
        if not changes and cause.diagnosis is not None and cause.diagnosis.located:
            changes = cause.diagnosis.changes
        told = [corrected(change, self._tables.get(change.cell.table)) for change in changes[:_MAX_CHANGES]]
        more = [f"and {len(changes) - _MAX_CHANGES:,} more"] if len(changes) > _MAX_CHANGES else []
        return "; ".join([*told, *more])

    def sentence(self, finding: Finding) -> str:
        """``Cause 2, likely misprint (…): 2006, Total: 895 → 859. Id de2b7ad7.``."""
        cause, proposal = self.cause(finding), self.proposal(finding)
        return f"{cause[:1].upper()}{cause[1:]}{f': {proposal}' if proposal else ''}. Id {short(finding.id)}."

    def in_order(self, findings: Iterable[Finding]) -> list[Finding]:
        """One finding of each cause first, that which shows it best; then the others, cause by cause."""
        known = list(findings)
        leading: dict[int, str] = {}
        for finding in known:
            place = self.causes[finding.id][0]
            if place not in leading or finding.id == self._first[place]:
                leading[place] = finding.id
        return sorted(known, key=lambda f: (leading[self.causes[f.id][0]] != f.id, self.causes[f.id][0]))
