"""Mirror data: what one country reports sending to another, and the other receiving from it."""

from __future__ import annotations

from decimal import Decimal

from amyqa.rules import across
from amyqa.rules.observations import Observations
from amyqa.rules.reference_tables import MIRROR
from amyqa.rules.rule import WHERE, Parameter, Pointwise, Rule, RuleRun, ViolationMessage
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import format_number

_TOLERANCE = Parameter(
    "tolerance", "number", "how far the two sides may differ, in per cent of the larger one",
    default=Decimal(10), source=across.SOURCE,
)  # fmt: skip


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Every figure with that of the other side."""
    return across.pairs(MIRROR, arguments, shape)


def violation(arguments: Arguments, shape: Shape) -> str:
    """The two sides differ by more than is tolerated."""
    del shape
    larger = "CASE WHEN size > other_size THEN size WHEN size <= other_size THEN other_size END"
    return f"gap > small AND {across.share_over('gap', larger, _TOLERANCE.number(arguments))}"


def unjudged(arguments: Arguments, shape: Shape) -> str:
    """There is no other side, or one of the two figures is not known."""
    return across.unjudged(MIRROR, violation(arguments, shape))


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """Both figures with their sources, and the difference."""
    pair = across.pair(violation, observations)
    percent = format_number(_TOLERANCE.number(ran.arguments), pair.table)
    here, there = pair.here.token.strip(), pair.there.token.strip()
    message = (
        f"{pair.spoken}: {here} is printed here, and {there} by the other side, {pair.source()}: "
        f"{pair.more(of_larger=True)}; the two may differ by {percent}% of the larger."
    )
    relation = f"both sides agree to {percent}%"
    values = (pair.here.reading.value, pair.there.reading.value)
    return ViolationMessage(pair.where, relation, (pair.here, pair.there), message, *values, pair.difference)


RULE = Rule(
    name="mirror",
    ess="VMP",
    level="3",
    title="what one country reports agrees with what the other side of the same flow reports",
    done_by="suite",
    expectation="expect_mirror_figures_to_agree",
    definition=Pointwise(subjects, violation, unjudged),
    references=MIRROR,
    tell=tell,
    bind=across.bind(MIRROR),
    parameters=(_TOLERANCE, across.LEAST, WHERE, across.COVERS, across.LACKING),
)
