"""What the rest of a table says about a correction: relations that hold elsewhere without being rules.

In eight of nine years the men are just the men of one sector: nobody states it, but a correction that
makes the ninth year agree is the likelier for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from amyqa.diagnosis.case import Case
from amyqa.diagnosis.system import LinearRow, System

LEAST_ROWS = 4
LEAST_SHARE = 0.7
UNUSUAL = 0.01
"""Probability of what no rounding leaves."""
MAX_LINES = 150
"""Rows and columns of a table beyond which comparing all with all costs more than it tells."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two cells of a row (or column) that print the same number in nearly all the others.

    Args:
        first, second: the two cells.
        odds: of their being equal, judged by the other rows.
    """

    first: int
    second: int
    odds: float


def agreements(case: Case, cells: frozenset[int]) -> list[Agreement]:
    """Agreements that any of `cells` takes part in, column against column and row against row."""
    found = []
    for cell in sorted(cells):
        for axis in (0, 1):
            place = case.printed[cell].place
            if len(case.across[axis]) <= MAX_LINES:
                for other in case.across[axis]:
                    if other != place[axis]:
                        found += _between(case, axis, cell, other)
    return found


def _between(case: Case, axis: int, cell: int, other: int) -> list[Agreement]:
    place = case.printed[cell].place
    at = place[1 - axis]
    mine, theirs = case.across[axis][place[axis]], case.across[axis][other]
    if at not in theirs:
        return []
    shared, same, telling = _counted(case, axis, place[axis], other)
    agree = _value(case, cell) == _value(case, theirs[at])
    # the other rows are to tell
    others, same = shared - 1, same - agree
    telling -= agree and bool(_value(case, mine[at]))
    if shared <= LEAST_ROWS or same < LEAST_SHARE * others or telling < LEAST_ROWS:
        return []
    return [Agreement(cell, theirs[at], (same + 1) / (others - same + 1))]


def _counted(case: Case, axis: int, one: int, other: int) -> tuple[int, int, int]:
    """Places that two lines share, those where they agree, and those where they agree on more than nought."""
    key = ("agreement", axis, min(one, other), max(one, other))
    if key not in case.memory:
        mine, theirs = case.across[axis][one], case.across[axis][other]
        shared = [at for at in mine if at in theirs]
        same = [at for at in shared if _value(case, mine[at]) == _value(case, theirs[at])]
        case.memory[key] = (len(shared), len(same), sum(1 for at in same if _value(case, mine[at])))
    counted: tuple[int, int, int] = case.memory[key]
    return counted


def _value(case: Case, cell: int) -> Decimal:
    return case.printed[cell].value


def weight(found: list[Agreement], case: Case, changes: Mapping[int, int]) -> float:
    """Log-likelihood of the agreements after changes, against none of them being kept.

    Of a cell only the most telling agreement counts, before and after: lines that agree with one another
    say the same thing several times.
    """
    best: dict[int, float] = {}
    for agreement in found:
        first = case.values[agreement.first] + changes.get(agreement.first, 0)
        second = case.values[agreement.second] + changes.get(agreement.second, 0)
        if first == second:
            best[agreement.first] = max(best.get(agreement.first, 0.0), math.log(agreement.odds))
    return sum(best.values())


# --- sums of rounded numbers ------------------------------------------------------------------


def kept(case: Case, system: System, changes: Mapping[int, int]) -> float:
    """Log-likelihood of what the sums of rounded numbers are off by after changes, against before.

    A tolerance bounds what rounding may leave of a sum; most leave little of it. Of two corrections that
    keep all sums within their tolerances, the one that makes them add up better is the likelier.
    """
    weight = 0.0
    for number in {i for cell in changes for i in system.of_cell.get(cell, ())}:
        row = system.rows[number]
        if row.tolerance:
            weight += _left(case, row, system.after(number, changes))
            if not row.broken:
                weight -= _left(case, row, row.residual)
    return weight


def _left(case: Case, row: LinearRow, residual: int) -> float:
    """Logarithm of how likely it is that rounding leaves so much of a sum, against nothing at all."""
    if not residual or row.tolerance > case.widest:
        return 0.0
    exact = case.exactly
    rounded = (1 - exact) * row.nothing_left
    spread = residual * residual * 3 * len(row.terms) / (2 * row.tolerance * row.tolerance)
    return math.log((rounded * math.exp(-spread) + UNUSUAL) / (exact + rounded + UNUSUAL))
