"""Identities with their arithmetic, whether they hold, are broken or cannot be evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from amyqa.model import Cell, IdentityArithmetic, Summand
from amyqa.rules import identities
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import IdentityResult, IdentityState
from amyqa.rules.rule import Linear, RuleRun
from amyqa.rules.shape import SLACK_VARIABLE, UNKNOWN
from amyqa.rules.sums import told as described_terms
from amyqa.rules.sums import unknown
from amyqa.rules.wording import Terms, excess, passage, place
from amyqa.rules.wording import format_number as figure_of

WORDS = {
    IdentityState.BROKEN: "broken",
    IdentityState.UNKNOWN: "not evaluated",
    IdentityState.HOLDS: "holding",
}
_MAX_PARTS = 24  # longer sums are told by their first and last part
_SENSES = {"<=": "≤", ">=": "≥"}
_BROKEN = {"=": "≠", "<=": ">", ">=": "<"}


@dataclass(frozen=True, slots=True)
class SumLine:
    """One identity with its arithmetic.

    Args:
        where: its place in words, as ``2006`` or ``Total row, HRD factory``.
        arithmetic: ``all sectors 895 = domestic work 497 + HRD factory 362 = 859``.
        remark: ``36 too many``, or why it was not evaluated.
    """

    state: IdentityState
    where: str
    arithmetic: str
    remark: str = ""

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        remark = f", {self.remark}" if self.remark else ""
        return f"{where}{self.arithmetic}: {WORDS[self.state]}{remark}"


def relation(ran: RuleRun, judged: IdentityResult, observations: Observations) -> str:
    """The relation that an identity is an instance of, as ``total = male + female``."""
    assert isinstance(ran.rule.definition, Linear)
    return ran.rule.definition.relation(ran, judged, observations)


def about(cell: Cell, judged: IdentityResult, observations: Observations) -> bool:
    """Whether the cell stands in an identity of its own or of another table."""
    if observations.table.id == cell.table:
        return any(id == cell.id for id, _ in judged.terms)
    external = (observations.external.get(id) for id, _ in judged.terms)
    return any(each is not None and (each.table, each.id) == (cell.table, cell.id) for each in external)


def tell(ran: RuleRun, judged: IdentityResult, observations: Observations) -> SumLine:
    """An identity (with its terms) in words."""
    described = described_terms(ran, judged, observations)
    terms = described.terms
    where = _where(ran, described.where, observations)
    if any(id == UNKNOWN for id, _ in terms.terms):  # what it names is not here to be added up
        arithmetic = described.relation
    else:
        parts = [(id, c) for id, c in terms.parts if id != SLACK_VARIABLE]
        right = terms.written(parts, terms.amount) if len(parts) <= _MAX_PARTS else terms.sum()
        left = _named(terms, terms.total)
        factor = "" if abs(terms.factor) == 1 else f"{abs(terms.factor)} × "
        arithmetic = f"{factor}{left} {_sign(judged, terms, observations)} {right}".rstrip()
        if made := _computed(terms, judged, observations):
            arithmetic += f", {made}" if made.startswith("at ") else f" = {made}"
    return SumLine(judged.state, where, arithmetic, _remark(ran, judged, terms, observations))


def identity(ran: RuleRun, judged: IdentityResult, observations: Observations) -> IdentityArithmetic:
    """An identity (with its terms), term by term."""
    described = described_terms(ran, judged, observations)
    terms = described.terms
    broken = judged.state is IdentityState.BROKEN
    return IdentityArithmetic(
        rule=ran.rule.name,
        relation=described.relation,
        where=_where(ran, described.where, observations),
        terms=tuple(_summand(terms, id, c, observations) for id, c in terms.terms if id != SLACK_VARIABLE),
        state=str(judged.state),
        sense=_sense(terms),
        computed=_computed(terms, judged, observations),
        difference=_difference(judged, terms, observations) if broken else None,
        remark=_remark(ran, judged, terms, observations),
    )


def _summand(terms: Terms, id: int, coefficient: int, observations: Observations) -> Summand:
    constant = observations.constants.get(id)
    if constant is not None:
        return Summand(None, coefficient, "", figure_of(constant, terms.table))
    if id == UNKNOWN:
        return Summand(None, coefficient, "a cell that does not exist", "unknown")
    cell = id if id > 0 else terms.cell(id)
    return Summand(cell, coefficient, terms.name(id) or "structural zero", terms.amount(id))


def _where(ran: RuleRun, where: Mapping[str, str], observations: Observations) -> str:
    return passage(where) if ran.rule is identities.CLAIMS else place(where, observations.table)


def _sense(terms: Terms) -> str:
    """Whether the total equals its parts, or is at most or at least so much: what may be left tells."""
    spare = [coefficient for id, coefficient in terms.parts if id == SLACK_VARIABLE]
    if not spare:
        return "="
    return "<=" if (spare[0] > 0) == (terms.factor > 0) else ">="


def _sign(judged: IdentityResult, terms: Terms, observations: Observations) -> str:
    """What stands between total and parts as they are printed: no equation that is false."""
    sense = _sense(terms)
    if judged.state is IdentityState.BROKEN:
        return _BROKEN[sense]
    if sense == "=" and judged.low == judged.high and _difference(judged, terms, observations):
        return "≈"
    return _SENSES.get(sense, sense)


def _named(terms: Terms, id: int) -> str:
    """``all sectors 895``; ``6,619 (Total of 2006)`` where the two numbers would run together."""
    name, amount = terms.name(id), terms.amount(id)
    return f"{amount} ({name})" if name[-1:].isdigit() else f"{name} {amount}".strip()


def _residual(judged: IdentityResult) -> int | None:
    """The end of the interval that matters: of a broken one, the end nearest to holding."""
    if judged.low is not None and (judged.low > 0 or judged.high is None):
        return judged.low
    return judged.high


def _difference(judged: IdentityResult, terms: Terms, observations: Observations) -> Decimal | None:
    """Printed minus computed, of an interval the end that matters."""
    residual = _residual(judged)
    if residual is None:
        return None
    return observations.decimal(residual) * (1 if terms.factor > 0 else -1)


def _computed(terms: Terms, judged: IdentityResult, observations: Observations) -> str:
    """What the parts make, as ``859``; ``at least 859`` where they are not all known."""
    parts = [(id, c) for id, c in terms.parts if id != SLACK_VARIABLE]
    alone = len(parts) < 2 and all(abs(c) == abs(terms.factor) for _, c in parts)
    difference, total = _difference(judged, terms, observations), terms.cell(terms.total)
    if alone or judged.state is IdentityState.UNKNOWN or difference is None:
        return ""
    if total is None or total.reading.value is None or any(id == UNKNOWN for id, _ in terms.terms):
        return ""
    made = figure_of(total.reading.value * abs(terms.factor) - difference, observations.table)
    if judged.low == judged.high or any(id == SLACK_VARIABLE for id, _ in terms.terms):
        return made
    return f"at {'least' if difference < 0 else 'most'} {made}"


def _remark(ran: RuleRun, judged: IdentityResult, terms: Terms, observations: Observations) -> str:
    if judged.state is IdentityState.UNKNOWN:
        return unknown(ran, judged, observations).reason
    difference = _difference(judged, terms, observations)
    if difference is None:
        return ""
    unequal = any(id == SLACK_VARIABLE for id, _ in terms.terms)
    if judged.state is IdentityState.BROKEN:
        return excess(difference, observations.table, at_least=judged.low != judged.high and not unequal)
    if unequal or not difference:
        return ""
    return f"{figure_of(abs(difference), observations.table)} off is within the rounding"
