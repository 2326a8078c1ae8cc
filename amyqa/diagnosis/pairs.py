"""Two slips where one sum tells: what arithmetic leaves open is settled by what slips there are.

If two cells of one line are wrong and nothing else crosses them, no elimination determines their values.
But slips are few: of each cell only some dozens of numbers could have been meant, and two of them that
together make up for what the line is off by are found at once. Without them an improbable single number
would look certain.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from amyqa.diagnosis import misprints, weighing
from amyqa.diagnosis.case import Case
from amyqa.diagnosis.search import Explanation
from amyqa.diagnosis.system import System
from amyqa.diagnosis.weighing import Weighed

MAX_CELLS = 60
MAX_MATCHED = 5_000
"""Pairs that make up for what a line is off by, of which the likeliest are looked for."""
MAX_PAIRS = 300
MAX_TIED = 8
LEAST_SHARE = 1e-4


def pairs(case: Case, system: System, weighed: Sequence[Weighed], rows: tuple[int, ...]) -> list[Explanation]:
    """Explanations in which two slips of one line take the place of a change that no slip explains.

    Args:
        weighed: the explanations found so far, likeliest first.
        rows: the broken identities to explain.
    """
    if not weighed:
        return []
    found: dict[frozenset[tuple[int, int]], Explanation] = {}
    for best in weighed[:MAX_TIED]:
        if best.weight < weighed[0].weight - 1e-6:
            break
        for explanation in _instead(case, system, best, rows):
            found.setdefault(frozenset(explanation.items()), explanation)
    return list(found.values())


def _instead(case: Case, system: System, best: Weighed, rows: tuple[int, ...]) -> Iterator[Explanation]:
    changes = {c.cell: case.scaled(c.proposed) - case.values[c.cell] for c in best.changes}
    for change in best.changes:
        if change.inherited:
            continue
        least = best.weight + math.log(LEAST_SHARE)
        rest = sum(
            math.log(case.shares.rate) + misprints.log(c.slip)
            if not c.inherited
            else math.log(case.shares.inherited)
            for c in best.changes
            if c.cell != change.cell
        )
        for pair in _of_line(case, system, change.cell, changes[change.cell], least - rest):
            if pair.keys().isdisjoint(changes.keys() - {change.cell}):
                whole = {cell: d for cell, d in changes.items() if cell != change.cell} | pair
                if system.holds(whole, rows):
                    yield whole


def _of_line(case: Case, system: System, cell: int, difference: int, least: float) -> list[Explanation]:
    """Two slips of cells that stand just where a cell stands, which together change what it would.

    Args:
        difference: what the cell would have to change by.
        least: log-weight of a pair that is worth while.
    """
    numbers = system.of_cell[cell]
    first = numbers[0]
    own = system.rows[first].terms[cell]
    need = own * difference
    tolerance = min(system.rows[i].tolerance for i in numbers)
    slips: list[tuple[int, int, int]] = []
    for other, coefficient in system.rows[first].terms.items():
        if other in case.fixed or list(system.of_cell[other]) != list(numbers):
            continue
        if any(
            system.rows[i].terms[other] * own != system.rows[i].terms[cell] * coefficient for i in numbers
        ):
            continue
        slips += [(coefficient * d, other, d) for d in weighing.nearby(case, other) if case.allowed(other, d)]
        if len(slips) > MAX_CELLS * 80:
            return []
    pairs: list[tuple[float, Explanation]] = []
    for (_, *one), (_, *two) in _matched(slips, need, tolerance):
        cost = weighing.cost(case, *one) + weighing.cost(case, *two)
        if cost > least:
            pairs.append((cost, {one[0]: one[1], two[0]: two[1]}))
    pairs.sort(key=lambda pair: (-pair[0], sorted(pair[1].items())))
    return [pair for _, pair in pairs[:MAX_PAIRS]]


def _matched(
    slips: list[tuple[int, int, int]], need: int, tolerance: int
) -> Iterator[tuple[tuple[int, int, int], tuple[int, int, int]]]:
    """Slips of two cells that together change their line by what it needs.

    Args:
        slips: what each changes the line by, its cell, and what it changes that by.
    """
    # what mends the line alone needs no second slip
    slips = sorted(slip for slip in slips if abs(slip[0] - need) > tolerance)
    amounts = [amount for amount, _, _ in slips]
    left = MAX_MATCHED
    for first in slips:
        rest = need - first[0]
        for at in range(bisect_left(amounts, rest - tolerance), bisect_right(amounts, rest + tolerance)):
            if first[1] < slips[at][1]:
                yield first, slips[at]
                left -= 1
        if left < 0:
            return
