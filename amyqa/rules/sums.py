"""Judged identities become findings, or entries of what is not evaluated, told with their arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from amyqa.model import Finding, NotEvaluated
from amyqa.rules import findings, identities, totals
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import Judged, Ran
from amyqa.rules.rule import ABSENT, SPARE, ZERO
from amyqa.rules.wording import Terms, excess, figure, passage, place, plain


@dataclass(frozen=True)
class Told:
    """An identity with its names: where it stands, what it is called, its terms."""

    terms: Terms
    where: Mapping[str, str]
    relation: str
    along: str


def told(ran: Ran, judged: Judged, observations: Observations) -> Told:
    """An identity with the names of its cells, as its rule tells it."""
    if ran.rule is totals.RULE:
        return _told_total(ran, judged, observations)
    stated = observations.table.stated[judged.key]
    shown = {"row": "column", "column": "row"}
    inside = next(iter(stated.where), "") if ran.rule is identities.STATED else ""
    names: dict[int, str] = {}
    for id, _ in judged.terms:
        if id > 0:
            cell = observations.table.cell(id)
            names[id] = {"row": cell.row, "column": cell.column}.get(
                shown.get(inside, ""), f"{cell.row}, {cell.column}"
            )
    if ran.rule is identities.CLAIMS:
        names = dict.fromkeys(names, "the text's figure")
    order = {id: i for i, (number, id, _) in enumerate(observations.stated) if number == judged.key}
    arranged = _arranged(judged, order)
    return Told(Terms(observations, arranged, names), stated.where, stated.relation, stated.relation)


def _told_total(ran: Ran, judged: Judged, observations: Observations) -> Told:
    dimension = ran.arguments["dimension"]
    partitions = totals.pairs(ran.arguments)
    record, partition = divmod(judged.key, len(partitions))
    total, parts, optional = partitions[partition]
    where = observations.place(record)
    where.pop(dimension)
    names, order = _names_of_parts(observations, dimension, where, [total, *parts, *optional], 1 + len(parts))
    arranged = _arranged(judged, order)
    if total.casefold() == "all":
        names[arranged.terms[0][0]] = f"all {dimension}s"
    terms = Terms(observations, arranged, names)
    return Told(terms, where, terms.relation(), dimension)


def _names_of_parts(
    observations: Observations,
    dimension: str,
    where: Mapping[str, str],
    codes: Sequence[str],
    required: int,
) -> tuple[dict[int, str], dict[int, int]]:
    """What each cell of an identity is called along its dimension, and in which order they stand."""
    names: dict[int, str] = {}
    order: dict[int, int] = {}
    missing = []
    for number, code in enumerate(codes):
        place = tuple(
            code if name == dimension else where.get(name) for name in observations.shape.dimensions
        )
        cells = observations.at.get(place, ())
        for cell in cells:
            names[cell] = (
                f"{names[cell]} and {code}" if cell in names and cell == ZERO else names.get(cell, code)
            )
            order.setdefault(cell, number)
        if not cells and number < required:
            missing.append(code)
    if missing:
        names[ABSENT] = " and ".join(missing)
    return names, order


def _arranged(judged: Judged, order: Mapping[int, int]) -> Judged:
    """The same identity with its terms as printed, the total first and positive."""
    terms = sorted(judged.terms, key=lambda term: order.get(term[0], len(order)))
    return Judged(
        judged.key, judged.state, judged.signature, judged.low, judged.high, judged.slack, tuple(terms)
    )


def broken(ran: Ran, judged: Judged, observations: Observations) -> Finding:
    """The finding of a broken identity."""
    about = told(ran, judged, observations)
    terms, table = about.terms, observations.table
    low, high = judged.low, judged.high
    # of an interval, the end that is nearest to holding
    residual = low if low is not None and low > 0 else high
    assert residual is not None  # a broken identity is bounded on the side it breaks on
    unequal = any(cell == SPARE for cell, _ in terms.terms)
    exact = low == high or (unequal and not terms.unknown())
    difference = observations.decimal(residual) * (1 if terms.factor > 0 else -1) / abs(terms.factor)
    total = terms.cell(terms.total)
    printed = total.reading.value if total is not None else None
    computed = _summed(printed - difference, terms) if printed is not None else None
    name = terms.name(terms.total)
    if ran.rule is identities.CLAIMS:
        message = _claim_sentence(about, observations)
    else:
        sum_of_parts = _arithmetic(terms, computed, difference, exact=exact, unequal=unequal)
        message = f"{name} is printed {terms.amount(terms.total)}; {sum_of_parts}; "
        message += excess(difference, table, at_least=not exact) + "."
        if where := place(about.where, table):
            message = f"{where}: {message}"
    return findings.make(
        ran, observations, about.where, about.relation, terms.cells(), message, about.along,
        printed=printed, computed=computed, difference=difference,
        coefficients=tuple(c for id, c in terms.terms if terms.cell(id) is not None),
    )  # fmt: skip


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
    right = figure(computed, terms.table) if computed is not None else "?"
    listed = terms.sum()
    verb = "add up to" if listed.startswith("the ") else "="
    if unequal:
        return f"it must be at {'least' if difference < 0 else 'most'} {listed} {verb} {right}"
    if exact:
        return f"{listed} {verb} {right}"
    if verb == "=":
        return f"{listed} {'already make' if difference < 0 else 'make at most'} {right}"
    return f"{listed} add up to at {'least' if difference < 0 else 'most'} {right}"


def _claim_sentence(told: Told, observations: Observations) -> str:
    terms = told.terms
    (quoted, *_) = [id for id, _ in terms.parts if id in observations.afar] or [0]
    cell = observations.afar[quoted]
    return (
        f"{passage(told.where)}: the text says {terms.amount(terms.total)} ({told.where['claim']}), but "
        f"{cell.table} prints {cell.token.strip()} for {cell.row}, {cell.column}."
    )


def unknown(ran: Ran, judged: Judged, observations: Observations) -> NotEvaluated:
    """The entry of an identity with an unknown part, and why it is unknown."""
    about = told(ran, judged, observations)
    reasons = about.terms.unknown()
    if ABSENT in about.terms.names and (named := about.terms.names[ABSENT]):
        reasons = [f"{named} is not printed" if r == "a part is not printed" else r for r in reasons]
    if ran.rule is not totals.RULE:
        stated = observations.table.stated[judged.key]
        reasons = [stated.unknown] if stated.unknown else reasons or ["it names a cell that is not there"]
    return NotEvaluated(observations.table.id, ran.rule.name, about.relation, about.where, "; ".join(reasons))
