"""Judged identities become findings, or entries of what is not evaluated, told with their arithmetic."""

from __future__ import annotations

from decimal import Decimal

from amyqa.model import Finding, NotEvaluated, Status
from amyqa.rules import findings
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import IdentityResult
from amyqa.rules.rule import Linear, RuleRun
from amyqa.rules.shape import ABSENT, SLACK_VARIABLE, ZERO
from amyqa.rules.wording import IdentityDescription, Terms, excess, format_number, place, plain


def told(ran: RuleRun, judged: IdentityResult, observations: Observations) -> IdentityDescription:
    """An identity with the names of its cells, as its rule tells it."""
    assert isinstance(ran.rule.definition, Linear)
    return ran.rule.definition.tell(ran, judged, observations)


def broken(ran: RuleRun, judged: IdentityResult, observations: Observations) -> Finding:
    """The finding of a broken identity."""
    about = told(ran, judged, observations)
    terms, table = about.terms, observations.table
    low, high = judged.low, judged.high
    # of an interval, the end that is nearest to holding
    residual = low if low is not None and low > 0 else high
    assert residual is not None  # a broken identity is bounded on the side it breaks on
    unequal = any(cell == SLACK_VARIABLE for cell, _ in terms.terms)
    exact = low == high or (unequal and not terms.unknown())
    difference = observations.decimal(residual) * (1 if terms.factor > 0 else -1)
    left = _left(terms)
    computed = (
        _summed(_nearest(left, residual == low, terms) - difference, terms) if left is not None else None
    )
    printed = left if terms.cell(terms.total) is not None else None
    message = about.sentence
    if not message:
        sum_of_parts = _arithmetic(terms, computed, difference, exact=exact, unequal=unequal)
        message = f"{_said(terms, left)}; {sum_of_parts}; {excess(difference, table, at_least=not exact)}."
        if where := place(about.where, table):
            message = f"{where}: {message}"
    return findings.make(
        ran, observations, about.where, about.relation, terms.cells(), message, about.along,
        printed=printed, computed=computed, difference=difference,
        coefficients=tuple(c for id, c in terms.terms if terms.cell(id) is not None), verbatim=about.verbatim,
    )  # fmt: skip


def _left(terms: Terms) -> Decimal | None:
    """The left side of an identity: the total, as often as it counts."""
    value = Decimal(0) if terms.total == ZERO else terms.observations.constants.get(terms.total)
    if (total := terms.cell(terms.total)) is not None:
        value = total.reading.value
    return None if value is None else value * abs(terms.factor)


def _nearest(left: Decimal, low: bool, terms: Terms) -> Decimal:
    """The left side at the end from which a residual was taken: fewer than 5 are at most 4."""
    cell = terms.cell(terms.total)
    if cell is None or cell.reading.status is not Status.BOUND:
        return left
    observations = terms.observations
    ends = observations.integers["OBS_LOW" if low == (terms.factor > 0) else "OBS_HIGH"]
    end = ends[observations.record_of(terms.total) - 1]
    return left if end is None else observations.decimal(end) * abs(terms.factor)


def _said(terms: Terms, left: Decimal | None) -> str:
    """What the left side says: ``total is printed 6,619``."""
    name, times = terms.name(terms.total), abs(terms.factor)
    if terms.total == ZERO:
        return f"{name or 'the total'} is zero by the table's YAML"
    if left is not None and terms.cell(terms.total) is None:
        return f"the formula says {format_number(left, terms.table)}"
    if times > 1 and left is not None:
        return f"{times} × {name} {terms.amount(terms.total)} = {format_number(left, terms.table)}"
    return f"{name} is printed {terms.amount(terms.total)}"


def _summed(value: Decimal, terms: Terms) -> Decimal:
    """A sum with the decimals of its parts: 4 + 5 is 9, though the total is printed 9.5."""
    cells = [cell for id, _ in terms.parts if (cell := terms.cell(id)) is not None]
    decimals = max((cell.reading.decimals for cell in cells), default=0)
    rounded = round(value, decimals)
    return rounded if rounded == value else plain(value)


def _arithmetic(
    terms: Terms, computed: Decimal | None, difference: Decimal, *, exact: bool, unequal: bool
) -> str:
    """``male 1,807 + female 4,908 = 6,715``, with what is known of sums that are not equal or not whole."""
    right = format_number(computed, terms.table) if computed is not None else "?"
    listed = terms.sum()
    if not listed:  # what else the formula names cancels out
        side = f"at {'least' if difference < 0 else 'most'} " if unequal or not exact else ""
        return f"it must be {side}{right}"
    verb = "add up to" if listed.startswith("the ") else "="
    if unequal:
        return f"it must be at {'least' if difference < 0 else 'most'} {listed} {verb} {right}"
    if exact:
        return f"{listed} {verb} {right}"
    if verb == "=":
        return f"{listed} {'already make' if difference < 0 else 'make at most'} {right}"
    return f"{listed} add up to at {'least' if difference < 0 else 'most'} {right}"


def unknown(ran: RuleRun, judged: IdentityResult, observations: Observations) -> NotEvaluated:
    """The entry of an identity with an unknown part, and why it is unknown."""
    about = told(ran, judged, observations)
    reasons = list(about.unknown) or about.terms.unknown()
    if ABSENT in about.terms.names and (named := about.terms.names[ABSENT]):
        reasons = [f"{named} is not printed" if r == "a part is not printed" else r for r in reasons]
    return NotEvaluated(observations.table.id, ran.rule.name, about.relation, about.where, "; ".join(reasons))
