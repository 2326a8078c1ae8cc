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

LEAST_ROWS = 4
LEAST_SHARE = 0.7
MOST_LINES = 150
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
    lines: dict[tuple[int, int], dict[int, int]] = {}
    for cell, printed in case.printed.items():
        for axis in (0, 1):
            lines.setdefault((axis, printed.place[axis]), {})[printed.place[1 - axis]] = cell
    if len(lines) > MOST_LINES:
        return []
    wanted = {(axis, case.printed[cell].place[axis]) for cell in cells for axis in (0, 1)}
    for axis, number in sorted(wanted):
        mine = lines[axis, number]
        for (other_axis, other), theirs in lines.items():
            if other_axis == axis and other != number:
                found += _between(case, mine, theirs, cells)
    return found


def _between(
    case: Case, mine: Mapping[int, int], theirs: Mapping[int, int], cells: frozenset[int]
) -> list[Agreement]:
    shared = [at for at in mine if at in theirs]
    if len(shared) <= LEAST_ROWS:
        return []
    equal = {at: _value(case, mine[at]) == _value(case, theirs[at]) for at in shared}
    found = []
    for at in shared:
        if mine[at] not in cells:
            continue
        others = [same for place, same in equal.items() if place != at]
        same = sum(others)
        # columns of noughts agree with each other and say nothing
        telling = sum(
            1 for place, agree in equal.items() if agree and place != at and _value(case, mine[place])
        )
        if same >= LEAST_SHARE * len(others) and telling >= LEAST_ROWS:
            found.append(Agreement(mine[at], theirs[at], (same + 1) / (len(others) - same + 1)))
    return found


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
