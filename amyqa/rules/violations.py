"""Violations of pointwise rules become findings; subjects that no rule could judge are listed.

What is said of a violation is its rule's own (``Rule.tell``, beside its definition); nothing here
knows one rule from another.
"""

from __future__ import annotations

from collections.abc import Iterable

from amyqa.model import Finding, NotEvaluated
from amyqa.rules import findings
from amyqa.rules.observations import Observations
from amyqa.rules.rule import RuleRun
from amyqa.rules.structure import tell_value
from amyqa.rules.wording import count, of_record, place

_SHOWN = 5


def found(ran: RuleRun, observations: Observations) -> Iterable[Finding]:
    """A finding for each violation of a rule that ran."""
    tell = ran.rule.tell or tell_value
    for violation in ran.outcome.violations:
        told = tell(ran, violation, observations)
        yield findings.make(
            ran, observations, told.where, told.relation, told.cells, told.message,
            told.along or told.relation,
            printed=told.printed, computed=told.computed, difference=told.difference, severity=told.severity,
        )  # fmt: skip


def unjudged(ran: RuleRun, observations: Observations) -> Iterable[NotEvaluated]:
    """What a rule could not judge: an entry for each reason, with the places it holds for."""
    places: dict[str, dict[str, None]] = {}
    numbers: dict[str, int] = {}
    along = ran.arguments.get("along") or ()
    for subject in ran.outcome.unjudged:
        reason = str(subject["unjudged"])
        where, _, _ = of_record(subject, observations)
        # a series is named once, not period by period
        spoken = place({d: code for d, code in where.items() if d not in along}, observations.table)
        places.setdefault(reason, {})[spoken] = None
        numbers[reason] = numbers.get(reason, 0) + (subject.get("record") is not None)
    for reason, named in places.items():
        shown = [spoken for spoken in named if spoken]
        more = f" and {len(shown) - _SHOWN:,} more" if len(shown) > _SHOWN else ""
        listed = f" ({'; '.join(shown[:_SHOWN])}{more})" if shown else ""
        why = f"{count(numbers[reason], 'value')}: {reason}{listed}" if numbers[reason] else reason
        yield NotEvaluated(observations.table.id, ran.rule.name, ran.rule.title, {}, why, identity=False)
