"""What is called a total and is the sum of nothing: how it compares with the other lines together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from statistics import median

from amyqa.reading.labels import SHARE, holds
from amyqa.rules.coverage import called_totals
from amyqa.starting.relations import Across, Readings

_LEAST = 2
_ALIKE = Decimal("0.5")
"""Sums that are less than this share of the total, or more than its double, are no sums of its parts."""


def compared(
    total: int, readings: Readings, columns: Sequence[str], rows: Sequence[str], across: Across
) -> Iterator[str]:
    """A sentence where a total misses what the other lines make in every line that crosses it.

    It may count what is not printed, or less than all; or the draft took it for no total because all of it
    is wrong. Only an editor knows.
    """
    grid = readings if across == "rows" else [list(column) for column in zip(*readings, strict=True)]
    labels, others = (rows, columns) if across == "rows" else (columns, rows)
    apart = called_totals(labels) | {total} | {i for i, label in enumerate(labels) if holds(label, SHARE)}
    parts = [line for i, line in enumerate(grid) if i not in apart]
    found = []
    for i, cell in enumerate(grid[total]):
        known = [one.value for one in (cell, *(part[i] for part in parts)) if one is not None]
        if len(known) == len(parts) + 1 and None not in known and not holds(others[i], SHARE):
            printed, *rest = [value for value in known if value is not None]
            found.append((i, printed, sum(rest, Decimal(0))))
    found = [each for each in found if each[1] and each[2]]
    if len(parts) < _LEAST or len(found) < _LEAST or any(printed == made for _, printed, made in found):
        return
    if not _ALIKE <= median(made / printed for _, printed, made in found) <= 1 / _ALIKE:
        return
    side = {printed > made for _, printed, made in found}
    said = "not the sum of" if len(side) > 1 else "more than" if side == {True} else "less than"
    noun, crossing = ("rows", "column") if across == "rows" else ("columns", "row")
    at, printed, made = found[0]
    shown = f"{others[at]}: printed {printed:,f}, they make {made:,f}"
    where = f"{'all' if len(side) == 1 else 'any of'} {len(found)} {crossing}s ({shown})"
    told = f"{labels[total]} is {said} the other {noun} together in {where}"
    yield f"{told}; if it is meant to be their sum, state it"
