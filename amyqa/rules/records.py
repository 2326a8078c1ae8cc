"""A table has as many records as it should: at least one, unless the suite says otherwise."""

from __future__ import annotations

from decimal import Decimal

from amyqa.rules.observations import Observations
from amyqa.rules.rule import WHERE, Parameter, Pointwise, Rule, RuleRun, ViolationMessage, where
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import count, format_number

MIN = Parameter(
    "min", "number", "fewest rows", default=Decimal(1),
    source="Eurostat, Main types of validation rules for ESS data (2018), RNR",
)  # fmt: skip
MAX = Parameter("max", "number", "most rows [any number]")


def subjects(arguments: Arguments, shape: Shape) -> str:
    """The number of printed rows that have a cell of these codes; two of one label are two."""
    del shape
    return (
        "SELECT COALESCE(SUM(copies), 0) AS records FROM (SELECT MAX(cells) AS copies FROM ("
        "SELECT o.OBS_ROW, COUNT(DISTINCT o.OBS_CELL) AS cells FROM observations o "
        f"WHERE o.OBS_KIND = 'printed' AND {where(arguments)} GROUP BY o.OBS_ROW, o.OBS_COLUMN"
        ") AS columns_of_rows GROUP BY OBS_ROW) AS labels"
    )


def violation(arguments: Arguments, shape: Shape) -> str:
    """Fewer or more."""
    del shape
    few = f"records < {MIN.number(arguments):f}"
    return few if arguments.get("max") is None else f"{few} OR records > {MAX.number(arguments):f}"


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """How many there are, and how many there should be."""
    table, arguments = observations.table, ran.arguments
    found, fewest = int(violation["records"]), MIN.number(arguments)
    codes = [code for given in (arguments.get("where") or {}).values() for code in given]
    named = f" of {', '.join(codes)}" if codes else ""
    if found < fewest:
        bounds = f"at least {format_number(fewest, table)}"
    else:
        bounds = f"at most {format_number(MAX.number(arguments), table)}"
    message = f"The table has {count(found, 'row')}{named}, not {bounds}{ran.because}."
    return ViolationMessage({}, f"{bounds} rows{named}", (), message, printed=Decimal(found))


RULE = Rule(
    name="records",
    ess="RNR",
    level="1c",
    title="a table has as many records as it should",
    done_by="suite",
    expectation="expect_number_of_records_to_be_in_range",
    definition=Pointwise(subjects, violation),
    parameters=(MIN, MAX, WHERE),
    tell=tell,
)
