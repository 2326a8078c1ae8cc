"""Which decision is about which finding, and whether it is in force today."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Sequence
from typing import TypeAlias

from amyqa.model import Decision, DecisionStatus, Finding, NotEvaluated

Standings: TypeAlias = tuple[tuple[Decision, DecisionStatus], ...]
_Place: TypeAlias = tuple[str, str, str, frozenset[tuple[str, str]]]


def matched(
    findings: Sequence[Finding],
    not_evaluated: Sequence[NotEvaluated],
    decisions: Sequence[Decision],
    today: datetime.date,
    failed: Collection[str] = (),
) -> tuple[tuple[Finding, ...], Standings]:
    """Findings with what was ruled on them, and what each decision does.

    A decision is about the finding with its fingerprint. Where that is gone, but the same rule is broken
    at the same place by other numbers, it is about that one, and has reopened. One about a table that could
    not be checked (`failed`) is neither stale nor in force.
    """
    exact = {decision.finding: decision for decision in decisions}
    found = {finding.id for finding in findings}
    left = [finding for finding in findings if finding.id not in exact]
    reopened = _reopened(left, [decision for decision in decisions if decision.finding not in found])
    standings: dict[str, DecisionStatus] = {}
    told = []
    for finding in findings:
        decision = exact.get(finding.id) or reopened.get(finding.id)
        if decision is None:
            told.append(finding)
            continue
        if finding.id in reopened:
            standing = DecisionStatus.REOPENED
        elif decision.expires is not None and today > decision.expires:
            standing = DecisionStatus.EXPIRED
        else:
            standing = DecisionStatus.APPLIES
        standings[decision.finding] = standing
        status = decision.ruling.value if standing is DecisionStatus.APPLIES else "open"
        told.append(dataclasses.replace(finding, status=status, decision=decision, standing=standing))
    for decision in decisions:
        if decision.finding not in standings:
            idle = decision.table in failed or any(_is_about(decision, item) for item in not_evaluated)
            standings[decision.finding] = DecisionStatus.IDLE if idle else DecisionStatus.STALE
    return tuple(told), tuple((each, standings[each.finding]) for each in decisions)


def _reopened(findings: Iterable[Finding], decisions: Iterable[Decision]) -> dict[str, Decision]:
    """By a finding's id, the decision that was about it before a number changed; each decision once."""
    waiting: dict[_Place, list[Decision]] = {}
    for decision in decisions:
        waiting.setdefault(_place(decision), []).append(decision)
    taken: dict[str, Decision] = {}
    for finding in findings:
        if candidates := waiting.get(_place(finding)):
            now = finding.tokens.items()
            # where several are about one place, the one with most of the tokens
            nearest = max(candidates, key=lambda each: len(now & each.printed.items()))
            candidates.remove(nearest)
            taken[finding.id] = nearest
    return taken


def _is_about(decision: Decision, item: NotEvaluated) -> bool:
    """Whether what the decision is about could not be judged: an identity, or a check that only GX runs."""
    if (item.table, item.relation) != (decision.table, decision.relation):
        return False
    return not item.identity or (item.rule, item.where) == (decision.rule, decision.where)


def _place(about: Finding | Decision) -> _Place:
    return about.table, about.rule, about.relation, frozenset(about.where.items())
