"""A claim compares like with like: a stock with a stock, a flow with a flow."""

from __future__ import annotations

from decimal import Decimal

from amyqa.rules.observations import Observations
from amyqa.rules.rule import Pointwise, Rule, RuleRun, ViolationMessage
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import of_record, passage


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Claims that say what they measure, about a table that says it too."""
    del arguments, shape
    return (
        "SELECT o.OBS_TABLE, o.OBS_RECORD AS record, o.measure AS said, o.OBS_MEASURE AS counted "
        "FROM observations o "
        "WHERE o.OBS_KIND = 'printed' AND o.measure <> '' AND o.OBS_MEASURE <> ''"
    )


def violation(arguments: Arguments, shape: Shape) -> str:
    """The two differ."""
    del arguments, shape
    return "said <> counted"


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """What the text speaks of, and what the table counts."""
    del ran
    _, cells, _ = of_record(violation, observations)
    stated = observations.table.stated[observations.number(int(violation["record"])) - 1]
    words = {"flow": "a flow (counted over a period)", "stock": "a stock (at a date)"}
    said, counted = words[str(violation["said"])], words[str(violation["counted"])]
    table = next(iter(t.cell.table for t in stated.terms if not isinstance(t.cell, int | Decimal)), "")
    claim = f"the text speaks of {said} ({stated.where['claim']})"
    message = f"{passage(stated.where)}: {claim}, but {table} counts {counted}."
    return ViolationMessage(stated.where, "a claim compares like with like", cells, message)


RULE = Rule(
    name="measures",
    ess="COC",
    level="2",
    title="a claim about a stock speaks of a table of stocks, one about a flow of flows",
    done_by="suite",
    expectation="expect_claims_to_compare_like_with_like",
    definition=Pointwise(subjects, violation, together=True),
    tell=tell,
    reads="measure",
)
