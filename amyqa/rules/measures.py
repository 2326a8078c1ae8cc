"""A claim compares like with like: a stock with a stock, a flow with a flow."""

from __future__ import annotations

from amyqa.rules.rule import Arguments, Pointwise, Rule, Shape


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Claims that say what they measure, about a table that says it too."""
    del arguments, shape
    return (
        "SELECT o.OBS_RECORD AS record, o.measure AS said, o.OBS_MEASURE AS counted FROM observations o "
        "WHERE o.OBS_KIND = 'printed' AND o.measure <> '' AND o.OBS_MEASURE <> ''"
    )


def violation(arguments: Arguments, shape: Shape) -> str:
    """The two differ."""
    del arguments, shape
    return "said <> counted"


RULE = Rule(
    name="measures",
    ess="COC",
    level="2",
    title="a claim about a stock speaks of a table of stocks, one about a flow of flows",
    done_by="suite",
    expectation="expect_claims_to_compare_like_with_like",
    definition=Pointwise(subjects, violation),
    reads="measure",
)
