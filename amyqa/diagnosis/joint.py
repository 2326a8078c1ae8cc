"""Several wrong cells that are one slip: exchanged neighbours, a row, column or block moved by one cell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from amyqa.diagnosis.case import Case
from amyqa.diagnosis.verdict import ProposedChange

LEAST_SHIFTED = 2


def together(
    case: Case, changes: Sequence[ProposedChange], costs: Mapping[int, float]
) -> tuple[float, dict[int, str]]:
    """What several roots gain by being one slip, and what to call each of them then.

    Args:
        costs: what each change costs alone.
    """
    return max(_swapped(case, changes, costs), _slipped(case, changes, costs), key=lambda found: found[0])


def _slipped(
    case: Case, changes: Sequence[ProposedChange], costs: Mapping[int, float]
) -> tuple[float, dict[int, str]]:
    """A row or column that slipped by one cell: each number stands where the next should."""
    roots = {case.printed[change.cell].place: change for change in changes if not change.inherited}
    best: tuple[float, dict[int, str]] = (0.0, {})
    for down, right in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        slipped = [
            change
            for (r, c), change in roots.items()
            if (before := roots.get((r - down, c - right))) is not None and change.printed == before.proposed
        ]
        if len(slipped) >= LEAST_SHIFTED:
            once = math.log(case.shares.rate) + math.log(case.shares.shifted / 4)
            gain = once - sum(costs[change.cell] for change in slipped)
            kind = f"{'row' if right else 'column'} shifted by one cell"
            best = max(best, (gain, {c.cell: kind for c in slipped}), key=lambda found: found[0])
    return best


def _swapped(
    case: Case, changes: Sequence[ProposedChange], costs: Mapping[int, float]
) -> tuple[float, dict[int, str]]:
    """Two neighbouring cells that were exchanged are one slip, not two."""
    gain = 0.0
    names: dict[int, str] = {}
    roots = [change for change in changes if not change.inherited]
    for first in roots:
        for second in roots:
            if first.cell >= second.cell or {first.cell, second.cell} & names.keys():
                continue
            exchanged = first.printed == second.proposed and second.printed == first.proposed
            (r1, c1), (r2, c2) = case.printed[first.cell].place, case.printed[second.cell].place
            if exchanged and abs(r1 - r2) + abs(c1 - c2) <= 2:
                once = math.log(case.shares.rate) + math.log(case.shares.copied / 4)
                gain += max(0.0, once - costs[first.cell] - costs[second.cell])
                names |= dict.fromkeys((first.cell, second.cell), "swapped with a neighbouring cell")
    return gain, names
