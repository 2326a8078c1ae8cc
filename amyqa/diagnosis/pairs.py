"""Two slips where one sum tells: what arithmetic leaves open is settled by what slips there are.

If two cells of one line are wrong and nothing else crosses them, no elimination determines their values.
But slips are few: of each cell only some dozens of numbers could have been meant, and two of them that
together make up for what the line is off by are found at once. Without them an improbable single number
would look certain.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from amyqa.diagnosis import misprints, weighing
from amyqa.diagnosis.case import Case
from amyqa.diagnosis.search import Explanation
from amyqa.diagnosis.system import System
from amyqa.diagnosis.weighing import Weighed

WEAK = math.log(0.03)
"""A slip less probable than this is no good explanation of a line: two may be better."""
MAX_CELLS = 60
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
        if change.inherited or change.slip > math.exp(WEAK):
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
    slips: list[tuple[int, int, int, float]] = []
    for other, coefficient in system.rows[first].terms.items():
        if other in case.fixed or list(system.of_cell[other]) != list(numbers):
            continue
        if any(
            system.rows[i].terms[other] * own != system.rows[i].terms[cell] * coefficient for i in numbers
        ):
            continue
        slips += _slips(case, other, coefficient)
        if len(slips) > MAX_CELLS * 80:
            return []
    slips.sort()
    amounts = [slip[0] for slip in slips]
    pairs: list[tuple[float, Explanation]] = []
    for amount, one, difference_one, cost_one in slips:
        at = bisect_left(amounts, need - amount - tolerance)
        while at < len(slips) and amounts[at] <= need - amount + tolerance:
            _, two, difference_two, cost_two = slips[at]
            if one < two and cost_one + cost_two > least:
                pairs.append((cost_one + cost_two, {one: difference_one, two: difference_two}))
            at += 1
    pairs.sort(key=lambda pair: (-pair[0], sorted(pair[1].items())))
    return [pair for _, pair in pairs[:MAX_PAIRS]]


def _slips(case: Case, cell: int, coefficient: int) -> list[tuple[int, int, int, float]]:
    """What each slip of a cell would change its line by, with its cost."""
    found = {d: weighing.cost(case, cell, d) for d in weighing.nearby(case, cell) if case.allowed(cell, d)}
    return [(coefficient * d, cell, d, cost) for d, cost in found.items()]
