"""Identities with their arithmetic, whether they hold, are broken or cannot be evaluated."""

from __future__ import annotations

from dataclasses import dataclass

from amyqa.model import Cell
from amyqa.reports.phrases import figure
from amyqa.rules import identities, totals
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import Judged, Ran, State
from amyqa.rules.rule import SPARE, UNKNOWN
from amyqa.rules.sums import told as described_terms
from amyqa.rules.sums import unknown
from amyqa.rules.wording import Terms, excess, passage, place

WORDS = {State.BROKEN: "broken", State.UNKNOWN: "not evaluated", State.HOLDS: "holding"}
_MOST_PARTS = 24  # longer sums are told by their first and last part
_MOST_NAMES = 6
_SENSES = {"<=": "≤", ">=": "≥"}


@dataclass(frozen=True, slots=True)
class Sum:
    """One identity with its arithmetic.

    Args:
        where: its place in words, as ``2006`` or ``Total row, HRD factory``.
        arithmetic: ``all sectors 895 = domestic work 497 + HRD factory 362 = 859``.
        remark: ``36 too many``, or why it was not evaluated.
    """

    state: State
    where: str
    arithmetic: str
    remark: str = ""

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        remark = f", {self.remark}" if self.remark else ""
        return f"{where}{self.arithmetic}: {WORDS[self.state]}{remark}"


def relation(ran: Ran, judged: Judged, observations: Observations) -> str:
    """The relation that an identity is an instance of, as ``total = male + female``."""
    if ran.rule is not totals.RULE:
        return observations.table.stated[judged.key].relation
    partitions = totals.pairs(ran.arguments)
    total, parts, optional = partitions[judged.key % len(partitions)]
    dimension = ran.arguments["dimension"]
    printed = [*parts, *(code for code in optional if code in observations.codes(dimension))]
    shown = printed if len(printed) <= _MOST_NAMES else [printed[0], "…", printed[-1]]
    name = f"all {dimension}s" if total.casefold() == "all" else total
    return f"{name} = {' + '.join(shown)} ({dimension})"


def about(cell: Cell, judged: Judged, observations: Observations) -> bool:
    """Whether the cell stands in an identity of its own or of another table."""
    if observations.table.id == cell.table:
        return any(id == cell.id for id, _ in judged.terms)
    afar = (observations.afar.get(id) for id, _ in judged.terms)
    return any(each is not None and (each.table, each.id) == (cell.table, cell.id) for each in afar)


def tell(ran: Ran, judged: Judged, observations: Observations) -> Sum:
    """An identity (with its terms) in words."""
    described = described_terms(ran, judged, observations)
    terms, table = described.terms, observations.table
    where = place(described.where, table)
    if ran.rule is identities.CLAIMS:
        where = passage(described.where)
    sense = "=" if ran.rule is totals.RULE else table.stated[judged.key].sense
    if any(id == UNKNOWN for id, _ in terms.terms):  # what it names is not here to be added up
        arithmetic = described.relation
    else:
        parts = [(id, c) for id, c in terms.parts if id != SPARE]
        right = terms.written(parts, terms.amount) if len(parts) <= _MOST_PARTS else terms.sum()
        left = _named(terms, terms.total)
        factor = "" if abs(terms.factor) == 1 else f"{abs(terms.factor)} × "
        arithmetic = f"{factor}{left} {_SENSES.get(sense, '=')} {right}".rstrip()
        if len(parts) > 1 or any(abs(c) != abs(terms.factor) for _, c in parts):
            arithmetic += _computed(terms, judged, observations)
    return Sum(judged.state, where, arithmetic, _remark(ran, judged, terms, observations))


def _named(terms: Terms, id: int) -> str:
    """``all sectors 895``; ``6,619 (Total of 2006)`` where the two numbers would run together."""
    name, amount = terms.name(id), terms.amount(id)
    return f"{amount} ({name})" if name[-1:].isdigit() else f"{name} {amount}".strip()


def _residual(judged: Judged) -> int | None:
    """The end of the interval that matters: of a broken one, the end nearest to holding."""
    if judged.low is not None and (judged.low > 0 or judged.high is None):
        return judged.low
    return judged.high


def _computed(terms: Terms, judged: Judged, observations: Observations) -> str:
    """What the parts make, where they are all known, or already make too much."""
    residual, total = _residual(judged), terms.cell(terms.total)
    if judged.state is State.UNKNOWN or residual is None or total is None or total.reading.value is None:
        return ""
    sign = 1 if terms.factor > 0 else -1
    difference = observations.decimal(residual) * sign / abs(terms.factor)
    spec = observations.table.spec
    made = figure(total.reading.value - difference, spec.decimal, spec.thousands)
    if judged.low == judged.high or any(id == SPARE for id, _ in terms.terms):
        return f" = {made}"
    return f", at {'least' if difference < 0 else 'most'} {made}"


def _remark(ran: Ran, judged: Judged, terms: Terms, observations: Observations) -> str:
    if judged.state is State.UNKNOWN:
        return unknown(ran, judged, observations).reason
    residual = _residual(judged)
    if residual is None:
        return ""
    difference = observations.decimal(residual) * (1 if terms.factor > 0 else -1) / abs(terms.factor)
    unequal = any(id == SPARE for id, _ in terms.terms)
    if judged.state is State.BROKEN:
        return excess(difference, observations.table, at_least=judged.low != judged.high and not unequal)
    if unequal or not difference:
        return ""
    spec = observations.table.spec
    return f"{figure(abs(difference), spec.decimal, spec.thousands)} off is within the rounding"
