"""Taking stock of one table: what all rules together found, each identity once."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from amyqa.model import Counts, Finding, NotEvaluated, RanRule, Severity
from amyqa.rules import sums, violations
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import STATES, Cells, Identities, IdentityResult, IdentityState
from amyqa.rules.rule import RuleRun

_BROKEN, _UNKNOWN = STATES.index(IdentityState.BROKEN), STATES.index(IdentityState.UNKNOWN)


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
    broken: list[Evaluated] = field(default_factory=list)
    violated: list[tuple[RuleRun, Finding]] = field(default_factory=list)
    covered: Cells = field(default_factory=Cells)
    totals: Cells = field(default_factory=Cells)
    _holding: int = 0
    _unknown: int = 0
    _seen: set[int] = field(default_factory=set)
    _first: list[tuple[RuleRun, list[int]]] = field(default_factory=list)
    _broken_of: dict[int, tuple[int, int]] = field(default_factory=dict)
    _at: dict[str, int] = field(default_factory=dict)
    _violated_at: dict[str, int] = field(default_factory=dict)
    _looked: Counter[str] = field(default_factory=Counter)
    _broken: Counter[str] = field(default_factory=Counter)

    def add(self, ran: RuleRun) -> None:
        """Take one rule's outcome into the account."""
        self.covered |= ran.outcome.covered
        self.totals |= ran.outcome.totals
        if ran.outcome.judged:
            self._add_identities(ran, ran.outcome.judged)
        else:
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

    def _add_identities(self, ran: RuleRun, judged: Identities) -> None:
        """Those that no rule has judged before; what holds is only counted."""
        first: list[int] = []
        pairs = zip(judged.signatures.tolist(), judged.states.tolist(), strict=True)
        for at, (signature, state) in enumerate(pairs):
            if signature in self._seen:
                if signature in self._broken_of:
                    self._again(signature, ran.severity)
                continue
            self._seen.add(signature)
            first.append(at)
            if state == _UNKNOWN:
                self._unknown += 1
                self.not_evaluated.append(sums.unknown(ran, judged[at], self.observations))
            elif state == _BROKEN:
                finding = sums.broken(ran, judged[at], self.observations)
                self._broken_of[signature] = len(self.broken), self._found(finding)
                self.broken.append(Evaluated(ran, judged[at], finding))
            else:
                self._holding += 1
        self._first.append((ran, first))
        evaluated = int((judged.states[first] != _UNKNOWN).sum())
        if evaluated:
            self._looked[ran.rule.name] += evaluated
            self._broken[ran.rule.name] += int((judged.states[first] == _BROKEN).sum())

    def _found(self, finding: Finding) -> int:
        """List a finding; returns where."""
        at = len(self.findings)
        self._at.setdefault(finding.id, at)
        self.findings.append(finding)
        return at

    def _again(self, signature: int, severity: Severity) -> None:
        """An identity that was found to be broken is stated once more, perhaps as a graver matter."""
        number, at = self._broken_of[signature]
        first = self.broken[number]
        assert first.finding is not None  # what is broken has one
        if first.finding.severity.rank > severity.rank:
            graver = dataclasses.replace(first.finding, severity=severity)
            self.findings[at] = graver
            self.broken[number] = dataclasses.replace(first, finding=graver)

    @property
    def counts(self) -> Counts:
        """Identities, each once."""
        return Counts(self._holding + len(self.broken), len(self.broken), self._unknown)

    def judged_once(self) -> Iterator[tuple[RuleRun, IdentityResult]]:
        """Every identity, by the rule that judged it first."""
        for ran, places in self._first:
            for at in places:
                yield ran, ran.outcome.judged[at]

    def evaluated(self, known: Mapping[int, Collection[int]] | None = None) -> Iterator[Evaluated]:
        """The identities that hold or are broken, by the rule that judged them first.

        Args:
            known: by the id of a rule's run the keys of those that are asked for; None: all.
        """
        broken = {(id(each.ran), each.judged.key): each for each in self.broken}
        for ran, places in self._first:
            judged, asked = ran.outcome.judged, None if known is None else known.get(id(ran), ())
            for at in places:
                key = int(judged.keys[at])
                if judged.states[at] != _UNKNOWN and (asked is None or key in asked):
                    yield broken.get((id(ran), key)) or Evaluated(ran, judged[at], None)

    @property
    def ran(self) -> tuple[RanRule, ...]:
        """The rules that looked at something, with how much."""
        table = self.observations.table.id
        return tuple(RanRule(table, rule, n, self._broken[rule]) for rule, n in self._looked.items() if n)

    def idle(self, rule: str, relation: str, reason: str) -> None:
        """A rule of the suite that had nothing to judge in this table."""
        item = NotEvaluated(self.observations.table.id, rule, relation, {}, reason, identity=False)
        self.not_evaluated.append(item)
