"""What the evaluator says of a table, and whether that is what the oracle says."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from amyqa.engines.session import Session
from amyqa.rules import identities, totals
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import IdentityResult, Outcome
from amyqa.rules.rule import Rule
from amyqa.rules.shape import Arguments
from amyqa.rules.suite import bind
from tests.oracle import Described, Identity, Place

Key = tuple[str, Place]


def says_something(identity: Identity) -> bool:
    """Whether the evaluator judges it: one part beside absent ones only where it is too large."""
    alone = identity.absent and len(identity.terms) == 1
    return bool(identity.terms) and not (alone and identity.state != "broken")


def outcome(rule: Rule, arguments: Arguments, observations: Observations) -> Outcome:
    """What a rule yields on one table."""
    with Session() as session:
        [batch] = session.load([observations])
        return session.ask(batch, rule, {0: arguments})[0]


def sums_of(observations: Observations) -> dict[Key, IdentityResult]:
    """What the evaluator says of every sum along every dimension."""
    found: dict[Key, IdentityResult] = {}
    for dimension in observations.shape.dimensions:
        arguments, reason = bind(totals.RULE, {"dimension": dimension}, observations)
        if reason:
            continue
        for judged in outcome(totals.RULE, arguments, observations).judged:
            record = totals.record_of(judged)
            found[dimension, frozenset(observations.place(record).items())] = judged
    return found


def formulas_of(observations: Observations) -> dict[Key, IdentityResult]:
    """What the evaluator says of every stated formula."""
    arguments, reason = bind(identities.STATED, {}, observations)
    if reason:
        return {}
    found = {}
    for judged in outcome(identities.STATED, arguments, observations).judged:
        stated = observations.table.stated[judged.key]
        found[stated.relation, frozenset(stated.where.items())] = judged
    return found


def compare(
    table: Described, scale: int, found: dict[Key, IdentityResult], expected: Iterable[Identity]
) -> None:
    """Same identities; same states, intervals, tolerances and terms."""
    wanted = {(i.along.replace('"', ""), i.where): i for i in expected if says_something(i)}
    assert set(found) == set(wanted)
    for key, identity in wanted.items():
        judged = found[key]
        assert judged.state == identity.state, key
        ends = [judged.low, judged.high, judged.tolerance]
        exactly = [None if end is None else Fraction(end, 10**scale) for end in ends]
        assert exactly == [identity.low, identity.high, identity.tolerance], key
        if identity.state != "holds":
            width = len(table.columns)
            cells = {divmod(cell - 1, width): c for cell, c in judged.terms if cell > 0}
            assert cells == identity.terms, key
