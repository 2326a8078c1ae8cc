"""Printed shares, rates, averages and changes as witnesses: which cell is wrong, and what it should be.

No sum holds 12.4% beside 859, and no rule may state it. But where a column is the quotient of two others in
nearly all lines, or says how much one changed from line to line, a correction after which it is so here as
well is the likelier, and one that spoils it the less likely. What is a quotient is learned from the table.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from amyqa.diagnosis.case import Case

FACTORS = (1.0, 100.0, 1000.0, 10_000.0, 100_000.0)
LEAST_LINES = 4
"""Other lines that must tell."""
LEAST_SHARE = 0.7
SPARE = 7.0
"""Natural logarithm of how much less than once a relation is to be met by chance among all that are tried."""
PROBES = 3
SMALL = 200
"""A whole number beyond this is no percentage, rate or average."""
MAX_RESULTS, MAX_TRIED, LEAST_NEAR = 24, 30_000, 8
"""Items that may be quotients, pairs of items tried for all of them, and items tried beside each."""
WORKED_OUT = math.log(0.05)
"""How often a quotient is printed that was worked out of a misprint, as a logarithm."""
MOST_TELLING = 100.0
"""Numbers that might stand in a quotient's place count up to here: a wrong one is near the right."""
MAX_CELLS = 20_000
"""Cells beyond which looking for quotients costs more than it tells."""
_EXACT = 1e-9

Line = Mapping[int, int]
"""Cell at each place along a row or column."""
Divisor = Callable[[int], int | None]
"""The cell that the number at a place is divided by."""


@dataclass(frozen=True, slots=True)
class Quotient:
    """A printed number that is the quotient of two others, or how much more than its divisor one is.

    Args:
        factor: what the quotient is multiplied by: 100 for a percentage.
        less: what is taken off: the factor, of a change.
        odds: of just this number, if it is one, against any number: by the other lines, and by how many
            numbers might stand there.
    """

    printed: int
    above: int
    below: int
    factor: float
    less: float
    odds: float

    @property
    def cells(self) -> frozenset[int]:
        """The three cells."""
        return frozenset((self.printed, self.above, self.below))

    def holds(self, case: Case, changes: Mapping[int, int]) -> bool:
        """Whether it is so, as finely as it is printed, after changes."""
        return _agrees(case, (self.printed, self.above, self.below), self.factor, self.less, changes)


def gain(case: Case, changes: Mapping[int, int]) -> float:
    """Log-likelihood of the quotients around some cells after changes, against before.

    What agrees with a wrong number may have been worked out of it: that costs less than what agrees is worth.
    """
    told: dict[int, tuple[float, float]] = {}
    for each in _around(case, changes):
        before, after = told.get(each.printed, (0.0, 0.0))
        worth = math.log(each.odds)
        # what says the same of one printed number counts once
        told[each.printed] = (
            max(before, worth * each.holds(case, {})),
            max(after, worth * each.holds(case, changes)),
        )
    return sum(max(after - before, WORKED_OUT) for before, after in told.values())


def witness(case: Case, cell: int, changes: Mapping[int, int]) -> Quotient | None:
    """The quotient that tells most for a correction, among others: it holds after it, and not before."""
    own = [each for each in mended(case, changes) if cell in each.cells]
    return max(own, key=lambda each: each.odds, default=None)


def mended(case: Case, changes: Mapping[int, int]) -> list[Quotient]:
    """The quotients that hold after changes, and not before."""
    around = _around(case, changes)
    return [each for each in around if each.holds(case, changes) and not each.holds(case, {})]


def _around(case: Case, cells: Mapping[int, int]) -> list[Quotient]:
    known = _learned(case)
    found = {id(each): each for cell in cells for each in known.get(cell, ())}
    return list(found.values())


def _learned(case: Case) -> Mapping[int, Sequence[Quotient]]:
    """Every quotient of the table, by the cells that take part in it."""
    key = "quotients"
    if key not in case.memory:
        of: dict[int, list[Quotient]] = {}
        if len(case.printed) <= MAX_CELLS:
            for axis in (1, 0):
                for each in _of_axis(case, axis):
                    for cell in each.cells:
                        of.setdefault(cell, []).append(each)
        case.memory[key] = of
    known: Mapping[int, Sequence[Quotient]] = case.memory[key]
    return known


def _of_axis(case: Case, axis: int) -> Iterator[Quotient]:
    items = {
        at: own
        for at, line in case.across[axis].items()
        if len(own := {p: c for p, c in line.items() if c not in case.fixed}) > LEAST_LINES
    }
    results = [at for at, line in items.items() if _may_be_quotient(case, line)]
    if not results:
        return
    near = max(LEAST_NEAR, math.isqrt(MAX_TRIED // len(results)))
    for at in results[:MAX_RESULTS]:
        line = items[at]
        others = sorted(
            (other for other in items if other != at), key=lambda other: (abs(other - at), other)
        )[:near]
        needed = SPARE + math.log(2 * len(FACTORS) * (len(others) + 4) ** 2)
        places = [place for place, cell in line.items() if case.values[cell]]
        probes = places[:: max(1, len(places) // PROBES)][:PROBES]
        for above in others:
            for below in _divisors(items, above, others):
                yield from _fitting(case, line, items[above], below, probes, needed)


def _may_be_quotient(case: Case, line: Line) -> bool:
    """Whether numbers are printed as quotients are: with decimals, or small ones that stand in no sum."""
    printed = [case.printed[cell] for cell in line.values()]
    if 2 * sum(each.decimals > 0 for each in printed) > len(printed):
        return True
    small = sum(abs(each.value) <= SMALL for each in printed)
    return small > 0.9 * len(printed) and not any(cell in case.system.of_cell for cell in line.values())


def _divisors(items: Mapping[int, Line], above: int, others: Sequence[int]) -> Iterator[Divisor]:
    """What an item may have been divided by: another one, its own number a line before, or of one line."""
    for other in others:
        if other != above:
            yield items[other].get
    own = items[above]
    places = sorted(own)
    before = {place: own[last] for last, place in pairwise(places)}
    after = {place: own[following] for place, following in pairwise(places)}
    yield before.get
    yield after.get
    for end in (places[0], places[-1]):
        yield {place: own[end] for place in places if place != end}.get


def _fitting(
    case: Case, line: Line, above: Line, below: Divisor, probes: Sequence[int], needed: float
) -> Iterator[Quotient]:
    """The quotients of a relation, if it holds in so many lines that it is hardly chance."""
    for factor, less in _scales(case, line, above, below, probes):
        cells = [
            (cell, above[place], by)
            for place, cell in line.items()
            if place in above and (by := below(place)) is not None and case.values[by]
        ]
        told = [each for each in cells if case.values[each[0]] and case.values[each[1]]]
        same = [each for each in told if _agrees(case, each, factor, less, {})]
        if len(same) < LEAST_SHARE * len(told) or _surprise(case, line, same) < needed:
            continue
        held, many = set(same), min(MOST_TELLING, _spread(case, line))
        for each in cells:
            # the other lines are to tell
            agreeing, others = len(same) - (each in held), len(told) - (each in told)
            if agreeing >= max(LEAST_LINES, LEAST_SHARE * others):
                yield Quotient(*each, factor, less, many * (agreeing + 1) / (others - agreeing + 1))


def _scales(
    case: Case, line: Line, above: Line, below: Divisor, probes: Sequence[int]
) -> list[tuple[float, float]]:
    """Factors, and what is taken off, with which most of the probes are quotients."""
    often: Counter[tuple[float, float]] = Counter()
    for place in probes:
        over, under = above.get(place), below(place)
        if over is None or under is None or not (divided := case.values[over]) or not case.values[under]:
            continue
        quotient = divided / case.values[under]
        result = case.values[line[place]] / 10.0**case.scale
        for less, share in ((0, quotient), (1, quotient - 1)):
            # nothing else is near enough for the coarsest print
            if share and 0.5 < (times := result / share) < 2 * FACTORS[-1]:
                for factor in FACTORS:
                    if 0.5 < times / factor < 2 and _agrees(
                        case, (line[place], over, under), factor, less * factor, {}
                    ):
                        often[factor, less * factor] += 1
    return [scale for scale, times in often.items() if times >= PROBES - 1]


def _agrees(
    case: Case, cells: tuple[int, int, int], factor: float, less: float, changes: Mapping[int, int]
) -> bool:
    result, above, below = (case.values[cell] + changes.get(cell, 0) for cell in cells)
    if not below:
        return False
    scale = 10.0**case.scale
    quotient = factor * above / below
    margin = 0.5 * 10.0 ** -case.printed[cells[0]].decimals
    # what was divided may itself be rounded, if it is printed with decimals
    for value, cell in ((above, cells[1]), (below, cells[2])):
        decimals = case.printed[cell].decimals
        if decimals and value:
            margin += abs(quotient) * 0.5 * 10.0**-decimals * scale / abs(value)
    return abs(quotient - less - result / scale) <= margin * (1 + _EXACT) + _EXACT * abs(quotient)


def _surprise(case: Case, line: Line, same: Sequence[tuple[int, int, int]]) -> float:
    """How improbable so many agreements are by chance, as a natural logarithm; each number counts once."""
    return len({case.values[cell] for cell, _, _ in same} - {0}) * math.log(_spread(case, line))


def _spread(case: Case, line: Line) -> float:
    """How many numbers, as finely as they are printed, lie between the least and the greatest of a line."""
    values = sorted(case.values[cell] for cell in line.values())
    # a tenth at either end may be misprints
    few = len(values) // 10
    unit = 10.0 ** (case.scale - max(case.printed[cell].decimals for cell in line.values()))
    return 1 + (values[-1 - few] - values[few]) / unit
