"""A value lies in a plausible range."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from amyqa.rules.observations import Observations
from amyqa.rules.rule import WHERE, Parameter, Pointwise, Rule, RuleRun, ViolationMessage, where
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import format_number, of_record


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Printed cells with the interval each is known to lie in."""
    del shape
    return (
        "SELECT o.OBS_TABLE, o.OBS_RECORD AS record, o.OBS_LOW AS low, o.OBS_HIGH AS high "
        "FROM observations o "
        f"WHERE o.OBS_KIND = 'printed' AND o.OBS_STATUS IN ('value', 'nil', 'bound') AND {where(arguments)}"
    )


def violation(arguments: Arguments, shape: Shape) -> str:
    """The whole interval lies outside the range."""
    conditions = []
    if arguments.get("min") is not None:
        lowest = Decimal(str(arguments["min"])).scaleb(shape.scale).to_integral_value(ROUND_CEILING)
        conditions.append(f"high < {lowest:f}")
    if arguments.get("max") is not None:
        highest = Decimal(str(arguments["max"])).scaleb(shape.scale).to_integral_value(ROUND_FLOOR)
        conditions.append(f"low > {highest:f}")
    return " OR ".join(conditions) or "FALSE"


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """The value and its bounds, with the suite's reason for them."""
    place, cells, spoken = of_record(violation, observations)
    table = observations.table
    low, high = ran.arguments.get("min"), ran.arguments.get("max")
    if low is not None and high is not None:
        bounds = f"between {format_number(low, table)} and {format_number(high, table)}"
    elif low is not None:
        bounds = f"at least {format_number(low, table)}"
    else:
        bounds = f"at most {format_number(high or Decimal(0), table)}"
    message = f"{spoken}: {cells[0].token.strip()} is not {bounds}{ran.because}."
    return ViolationMessage(place, bounds, cells, message, printed=cells[0].reading.value)


def accept(arguments: Arguments) -> str:
    """A range has an end."""
    return "" if {"min", "max"} & arguments.keys() else "a range needs min: or max:"


RULE = Rule(
    name="range",
    ess="VIR",
    level="1a",
    title="a value lies in a plausible range",
    done_by="schema, suite",
    expectation="expect_values_to_be_in_range",
    definition=Pointwise(subjects, violation, together=True),
    tell=tell,
    accept=accept,
    parameters=(
        Parameter("min", "number", "least plausible value, in the table's unit"),
        Parameter("max", "number", "greatest plausible value, in the table's unit"),
        WHERE,
    ),
)
