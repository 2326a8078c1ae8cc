"""Taking stock of one table: what all rules together found, each identity once."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass, field

from amyqa.model import Counts, Finding, NotEvaluated, RanRule, Severity
from amyqa.rules import sums, violations
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import Cells, IdentityResult, IdentityState, RuleRun, Signature


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An identity that was evaluated, by the rule that judged it first; its finding, if it is broken."""

    ran: RuleRun
    judged: IdentityResult
    finding: Finding | None


@dataclass
class ResultCollector:
    """What all rules together yielded on one table.

    An identity that two rules state is judged once, by the first, and is as grave as the graver one says.
    ``covered`` are the cells that stand in some identity, ``totals`` those that are the total of one.
    """

    observations: Observations
    findings: list[Finding] = field(default_factory=list)
    not_evaluated: list[NotEvaluated] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    evaluated: list[Evaluated] = field(default_factory=list)
    violated: list[tuple[RuleRun, Finding]] = field(default_factory=list)
    covered: Cells = field(default_factory=Cells)
    totals: Cells = field(default_factory=Cells)
    _seen: dict[Signature, int | None] = field(default_factory=dict)
    _at: dict[str, int] = field(default_factory=dict)
    _broken_at: dict[int, int] = field(default_factory=dict)
    _violated_at: dict[str, int] = field(default_factory=dict)
    _looked: Counter[str] = field(default_factory=Counter)
    _broken: Counter[str] = field(default_factory=Counter)

    def add(self, ran: RuleRun) -> None:
        """Take one rule's outcome into the account."""
        self.covered |= ran.outcome.covered
        self.totals |= ran.outcome.totals
        for judged in ran.outcome.judged:
            if judged.signature in self._seen:
                self._again(self._seen[judged.signature], ran.severity)
                continue
            self._seen[judged.signature] = (
                None if judged.state is IdentityState.UNKNOWN else len(self.evaluated)
            )
            if judged.state is IdentityState.UNKNOWN:
                self.counts += Counts(not_evaluated=1)
                self.not_evaluated.append(sums.unknown(ran, judged, self.observations))
                continue
            broken = judged.state is IdentityState.BROKEN
            self._looked[ran.rule.name] += 1
            self._broken[ran.rule.name] += broken
            finding = sums.broken(ran, judged, self.observations) if broken else None
            if finding is not None:
                self._broken_at[len(self.evaluated)] = self._found(finding)
            self.evaluated.append(Evaluated(ran, judged, finding))
            self.counts += Counts(evaluated=1, broken=int(broken))
        if not ran.outcome.judged:
            self._looked[ran.rule.name] += ran.outcome.subjects
            self._broken[ran.rule.name] += len(ran.outcome.violations)
        for finding in violations.found(ran, self.observations):
            if (at := self._at.get(finding.id)) is None:
                self._found(finding)
                self._violated_at[finding.id] = len(self.violated)
                self.violated.append((ran, finding))
            elif finding.severity.rank < self.findings[at].severity.rank:
                # two entries with other limits: the graver one
                self.findings[at] = finding
                if (number := self._violated_at.get(finding.id)) is not None:
                    self.violated[number] = ran, finding
        self.not_evaluated += violations.unjudged(ran, self.observations)

    def _found(self, finding: Finding) -> int:
        """List a finding; returns where."""
        at = len(self.findings)
        self._at.setdefault(finding.id, at)
        self.findings.append(finding)
        return at

    def _again(self, number: int | None, severity: Severity) -> None:
        """An identity that was judged before is stated once more, perhaps as a graver matter."""
        if number is None or (first := self.evaluated[number]).finding is None:
            return
        if first.finding.severity.rank <= severity.rank:
            return
        graver = dataclasses.replace(first.finding, severity=severity)
        self.findings[self._broken_at[number]] = graver
        self.evaluated[number] = dataclasses.replace(first, finding=graver)

    @property
    def ran(self) -> tuple[RanRule, ...]:
        """The rules that looked at something, with how much."""
        table = self.observations.table.id
        return tuple(RanRule(table, rule, n, self._broken[rule]) for rule, n in self._looked.items() if n)

    def idle(self, rule: str, relation: str, reason: str) -> None:
        """A rule of the suite that had nothing to judge in this table."""
        item = NotEvaluated(self.observations.table.id, rule, relation, {}, reason, identity=False)
        self.not_evaluated.append(item)
