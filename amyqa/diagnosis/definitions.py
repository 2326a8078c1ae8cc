"""Relations that do not hold as they are stated: a part not printed, another definition, another unit.

Misprints are independent; a definition is not. It breaks many lines of one relation, or all of one period,
and breaks them alike: always short, by the same share, by the number of one column. Each way of being alike
is a model of what the lines are off by, and is weighed as a whole against the slips that would explain them
one by one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from amyqa.diagnosis import weighing
from amyqa.diagnosis.causes import PRIORS, Cause, Kind
from amyqa.diagnosis.relations import RelationLines

FACTORS = tuple(
    Decimal(f) for f in ("2", "0.5", "10", "100", "1000", "1000000", "0.1", "0.01", "0.001", "0.000001")
)
MAX_BESIDE = 400
"""Cells beside a line that are looked through for the part that was left out."""
MANY, PLAIN = 10, 5.0
LEAST_SHIFTED = 2
_EQUAL = math.log(0.9)


@dataclass(frozen=True)
class Model:
    """One way in which the lines of a relation may be off.

    Args:
        prior: logarithm of its share among definitions.
        lines: log-probability of what each broken line is off by.
        exceptions: lines that hold though by this model they should not.
        every: it leaves no choice of which lines break.
    """

    kind: Kind
    prior: float
    lines: Mapping[int, float]
    exceptions: int = 0
    every: bool = False
    factor: Decimal | None = None
    role: tuple[int, int] | None = None


@dataclass(frozen=True)
class Hypothesis:
    """A cause of some broken lines: its log-weight without what the rest of the table costs then."""

    cause: Cause
    weight: float
    rows: frozenset[int]


def hypotheses(relation: RelationLines, slips: Callable[[int], float]) -> Iterator[Hypothesis]:
    """Definitions that may be behind the broken lines of a relation.

    Args:
        slips: log-weight of all that may otherwise explain a broken line.
    """
    for model in _models(relation):
        chosen = _chosen(relation, model, slips)
        if not chosen:
            continue
        held = relation.count - len(chosen)
        which = 0.0 if model.every else _which(relation, chosen)
        weight = math.log(PRIORS.definition) + model.prior + which + sum(model.lines[line] for line in chosen)
        weight += model.exceptions * math.log(PRIORS.lone) if held else 0.0
        yield Hypothesis(_cause(relation, model, chosen), weight, frozenset(chosen))


def _chosen(relation: RelationLines, model: Model, slips: Callable[[int], float]) -> list[int]:
    """The broken lines that the model explains better than slips of their own would."""
    chosen = [line for line in relation.broken if line in model.lines]
    if model.every:
        return chosen
    for _ in range(2):
        rate = math.log((len(chosen) + 0.5) / (relation.count + 1))
        sizes = sorted(abs(relation.residual(line)) for line in chosen)
        usual = sizes[-2] if len(sizes) > MANY else 0
        chosen = [
            line
            for line in relation.broken
            if line in model.lines
            # where many lines are off alike, one more of their size is no misprint unless that is plain
            and model.lines[line] + rate + (PLAIN if abs(relation.residual(line)) <= usual else 0)
            > slips(line)
        ]
    return chosen


def _which(relation: RelationLines, chosen: Sequence[int]) -> float:
    """Log-probability that just these lines break: any so many of all, or an unbroken run (a period)."""
    n, k = relation.count, len(chosen)
    anywhere = -math.log(n + 1) - (math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1))
    at = [i for i, line in enumerate(relation.lines) if line in set(chosen)]
    if at[-1] - at[0] + 1 == k:
        return weighing.added([anywhere, math.log(2 / (n * (n + 1)))]) + math.log(0.5)
    return anywhere + math.log(0.5)


def _models(relation: RelationLines) -> Iterator[Model]:
    yield from _sized(relation)
    if len(relation.broken) > 1:
        yield from _same(relation)
        yield from _shares(relation)
    yield from _factors(relation)
    yield from _counted_twice(relation)
    yield from _left_out(relation)
    yield from _shifted(relation)


def _sized(relation: RelationLines) -> Iterator[Model]:
    """Off by anything, but by numbers of like sizes, on one side or on both."""
    for sign, share in ((1, 0.5), (-1, 0.15), (0, 0.35)):
        lines = [line for line in relation.broken if not sign or relation.residual(line) * sign > 0]
        above = sum(relation.residual(line) > 0 for line in lines)
        if not lines or (not sign and above in (0, len(lines))):
            continue
        lengths = {line: weighing.size(relation.case, relation.residual(line)) for line in lines}
        often = Counter(lengths.values())
        told = {}
        for line, length in lengths.items():
            # the other lines say how long these numbers are
            length_share = (often[length] - 1 + 0.1) / (len(lines) - 1 + 0.6)
            told[line] = (
                math.log(length_share / 9) - (length - 1) * math.log(10) - (0 if sign else math.log(2))
            )
        if sign and (carried := _carried(relation, lines)) is not None:
            told[carried] = _EQUAL
        kind = Kind.MISSING if sign > 0 or relation.case.signed else Kind.DEFINITION
        yield Model(kind, math.log(0.4 * share), told)


def _carried(relation: RelationLines, lines: Sequence[int]) -> int | None:
    """A line that is off by what all the others are off by together: their total."""
    if len(lines) < 3:
        return None
    total = weighing.carried(relation.case, [relation.residual(n) for n in lines], len(relation.lines) // 4)
    return next((line for line in lines if relation.residual(line) == total), None)


def _same(relation: RelationLines) -> Iterator[Model]:
    """Off by the same number in every broken line."""
    amount, often = Counter(relation.residual(line) for line in relation.broken).most_common(1)[0]
    if often > 1:
        first = -math.log(2) - weighing.size(relation.case, amount) * math.log(10)
        told = {
            line: _EQUAL + (first / often) for line in relation.broken if relation.residual(line) == amount
        }
        yield Model(Kind.MISSING if amount > 0 else Kind.DEFINITION, math.log(0.1), told)


def _shares(relation: RelationLines) -> Iterator[Model]:
    """Off by the same share of the total in every broken line."""
    usable = [line for line in relation.broken if relation.total(line)]
    if len(usable) < 2:
        return
    ranked = sorted(usable, key=lambda line: Decimal(relation.residual(line)) / relation.total(line))
    middle = ranked[len(ranked) // 2]
    base, off = relation.total(middle), relation.residual(middle)
    told = {}
    for line in usable:
        total, amount = relation.total(line), relation.residual(line)
        width = (abs(total) + abs(base)) / 2 * relation.case.unit
        if abs(amount * base - off * total) <= width and line != middle:
            told[line] = -math.log(2 + abs(total / base))
    if told:
        told[middle] = -math.log(2) - weighing.size(relation.case, off) * math.log(10)
        yield Model(Kind.DEFINITION, math.log(0.1), told)


def _factors(relation: RelationLines) -> Iterator[Model]:
    """The total in another unit, or twice the sum."""
    for factor in FACTORS:
        told = {}
        for line in relation.broken:
            total = relation.total(line)
            parts = total - relation.residual(line)
            width = (
                max(Decimal(1), factor) * relation.case.unit * len(relation.case.identities[line].terms) / 2
            )
            if (
                total
                and parts
                and abs(total - factor * parts) <= (width if factor not in (2, Decimal("0.5")) else 0)
            ):
                told[line] = _EQUAL
        if told:
            held = sum(
                1 for n in relation.lines if n not in told and relation.total(n) and n not in relation.broken
            )
            yield Model(Kind.UNIT, math.log(0.1 / len(FACTORS)), told, held, True, factor)


def _counted_twice(relation: RelationLines) -> Iterator[Model]:
    """Each broken line is off by just one of its own parts: an "of which" that is not to be added."""
    for role, cells in relation.roles.items():
        told, held = {}, 0
        for line in relation.lines:
            cell = cells.get(line)
            amount = relation.case.values[cell] if cell is not None else 0
            if not amount:
                continue
            assert cell is not None
            row = relation.case.system.rows[line]
            if line not in relation.broken:
                held += not row.broken
            elif abs(row.residual - row.terms[cell] * amount) <= row.tolerance:
                told[line] = _EQUAL
        share = math.log(0.2 / len(relation.roles))
        if told and held <= len(told):
            yield Model(Kind.COUNTED_TWICE, share, told, held, True, role=role)
        elif len(told) > 1:
            # from a period on: two lines off by just the same column's number are no chance
            yield Model(Kind.COUNTED_TWICE, share, told, role=role)


def _left_out(relation: RelationLines) -> Iterator[Model]:
    """Each broken line is off by just the number of a cell beside it, always the same one's."""
    case, first = relation.case, relation.broken[0]
    r, c = relation.place(first)
    own = {case.printed[cell].place for cell in case.identities[first].terms}
    along = len({row for row, _ in own}) == 1
    places = [(r, at) for at in case.across[0][r]] if along else [(at, c) for at in case.across[1][c]]
    beside = [(row - r, column - c) for row, column in places if (row, column) not in own]
    if len(beside) > MAX_BESIDE:
        return
    for down, right in beside:
        told, held = {}, 0
        for line in relation.lines:
            row, column = relation.place(line)
            cell = case.grid.get((row + down, column + right))
            amount = case.values[cell] if cell is not None else 0
            if not amount:
                continue
            if line not in relation.broken:
                held += not case.system.rows[line].broken
            elif abs(abs(relation.residual(line)) - abs(amount)) <= case.system.rows[line].tolerance:
                told[line] = _EQUAL
        if told and held <= len(told):
            yield Model(Kind.LEFT_OUT, math.log(0.2 / len(beside)), told, held, True, role=(down, right))


def _shifted(relation: RelationLines) -> Iterator[Model]:
    """Each total is that of the line before it, or after it; what stands at the end may be any number."""
    made = [relation.total(line) - relation.residual(line) for line in relation.lines]
    for step in (-1, 1):
        beside = {line: at + step for at, line in enumerate(relation.lines) if 0 <= at + step < len(made)}
        told = {
            line: _EQUAL
            for line in relation.broken
            if line in beside
            and abs(relation.total(line) - made[beside[line]]) <= relation.case.system.rows[line].tolerance
        }
        if len(told) < LEAST_SHIFTED:
            continue
        for line in relation.broken:
            if line not in told and _follows(relation, line, told, -step):
                told[line] = -weighing.size(relation.case, relation.total(line)) * math.log(10)
        yield Model(Kind.SHIFTED, math.log(0.1 / 2), told, every=len(told) == relation.count)


def _follows(relation: RelationLines, line: int, told: Container[int], step: int) -> bool:
    """Whether a line stands beside one of these."""
    at = relation.lines.index(line) + step
    return 0 <= at < len(relation.lines) and relation.lines[at] in told


def _cause(relation: RelationLines, model: Model, chosen: Sequence[int]) -> Cause:
    case = relation.case
    amounts = [case.decimal(relation.residual(line)) for line in chosen]
    cell = None
    if model.role is not None:
        r, c = relation.place(chosen[0])
        cell = case.grid.get((r + model.role[0], c + model.role[1]))
    return Cause(
        model.kind, tuple(sorted(chosen)), relation.count, min(amounts), max(amounts), model.factor, cell
    )
