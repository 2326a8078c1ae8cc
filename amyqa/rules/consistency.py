"""Codes that may not occur together: who is counted under one code is counted under certain others."""

from __future__ import annotations

from amyqa.rules.observations import Observations
from amyqa.rules.rule import KNOWN, Parameter, Pointwise, Rule, RuleRun, ViolationMessage, matching, name
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import of_record


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Printed numbers with the codes of ``if`` and without those of ``then``."""
    del shape
    then = arguments["then"]
    said = " AND ".join(f"o.{name(dimension)} IS NOT NULL" for dimension in then)
    return (
        f"SELECT o.OBS_TABLE, o.OBS_RECORD AS record, "
        f"CASE WHEN {matching(then)} THEN 1 ELSE 0 END AS allowed, "
        "o.OBS_LOW AS low, o.OBS_HIGH AS high FROM observations o "
        f"WHERE o.OBS_KIND = 'printed' AND {KNOWN} AND {matching(arguments['if'])} AND {said}"
    )


def violation(arguments: Arguments, shape: Shape) -> str:
    """Something is counted where nothing may be; a zero is nothing."""
    del arguments, shape
    return "allowed = 0 AND (low > 0 OR high < 0)"


def unjudged(arguments: Arguments, shape: Shape) -> str:
    """A bound that leaves room for zero."""
    del arguments, shape
    return (
        "CASE WHEN allowed = 0 AND NOT COALESCE(low > 0 OR high < 0, FALSE) AND COALESCE(low <> high, TRUE) "
        "THEN 'it is not known whether anything is counted there' END"
    )


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """The number, and the codes it would have to have."""
    where, cells, spoken = of_record(violation, observations)
    given, then = (_spoken(ran.arguments[key]) for key in ("if", "then"))
    message = (
        f"{spoken}: {cells[0].token.strip()} is printed, but {given} goes with {then} only{ran.because}."
    )
    return ViolationMessage(
        where, f"{given} goes with {then}", cells, message, printed=cells[0].reading.value
    )


def _spoken(codes: dict[str, str | list[str]]) -> str:
    """``sector domestic work``."""
    named = {d: [given] if isinstance(given, str) else given for d, given in codes.items()}
    return " and ".join(f"{dimension} {' or '.join(given)}" for dimension, given in named.items())


RULE = Rule(
    name="consistency",
    ess="COC",
    level="1b",
    title="codes that stand together are consistent with each other",
    done_by="suite",
    expectation="expect_codes_to_be_consistent",
    definition=Pointwise(subjects, violation, unjudged, together=True),
    tell=tell,
    parameters=(
        Parameter("if", "where", "numbers that have these codes, as {sector: domestic work}", required=True),
        Parameter("then", "where", "have one of these as well, as {sex: [total, female]}", required=True),
    ),
)
