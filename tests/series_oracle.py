"""What rules over time must say of a series, worked out the long way: lists and fractions, no SQL.

A series is a list of (period, value) in any order; a value of None is blank. Nothing here is amyqa's.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from statistics import median

Series = Sequence[tuple[int, Fraction | None]]


def known(series: Series) -> list[tuple[int, Fraction]]:
    return sorted((period, value) for period, value in series if value is not None)


def holes(periods: Sequence[int], step: int | None = None, *, blank: bool = False) -> set[int] | None:
    """Periods before which others are left out; None where their step is not regular.

    Args:
        blank: they are printed, and blank: no years of reference that a table begins with.
    """
    ordered = sorted(periods)
    steps = [b - a for a, b in itertools.pairwise(ordered)]
    if step is not None:
        return {b for b, gap in zip(ordered[1:], steps, strict=True) if gap > step}
    if len(ordered) < 3:
        return None
    usual, number = Counter(steps).most_common(1)[0]
    if 2 * number <= len(steps):
        return None
    found = set()
    for i, gap in enumerate(steps):
        before = i > 0 and steps[i - 1] == usual
        after = i + 1 < len(steps) and steps[i + 1] == usual
        reference = not blank and i > 0 and set(steps[:i]) == {gap}
        single = gap == 2 * usual and (before or after) and not reference
        if gap > usual and ((before and after) or single):
            found.add(ordered[i + 1])
    return found


def blank_holes(series: Series, step: int | None = None) -> set[int] | None:
    """Known periods before which printed ones are blank, where the series is regular without them."""
    found = holes([period for period, _ in known(series)], step, blank=True)
    if found is None:
        return None
    ordered = [period for period, _ in known(series)]
    blanks = {period for period, value in series if value is None}
    before = dict(zip(ordered[1:], ordered, strict=False))
    return {p for p in found if any(before[p] < blank < p for blank in blanks)}


def outliers(
    series: Series, unit: Fraction, *, share: bool = False, factor: Fraction = Fraction(2),
    points: Fraction = Fraction(15), usual: Fraction = Fraction(5), least: Fraction = Fraction(30),
) -> dict[int, float] | None:  # fmt: skip
    """For each period that is judged how far it is beyond what is allowed (above zero: an outlier)."""
    values = [(p, v) for p, v in known(series) if v or share]
    if len(values) < 4:
        return None
    differs = share or any(value < 0 for _, value in values)
    levels = [float(v) if differs else math.log(v / unit + least) for _, v in values]
    size = float(sum(abs(value) for _, value in values) / len(values))
    floor = float(points) if share else float(factor) * size if differs else math.log(factor)
    last = len(values) - 1
    beyond = {}
    for i, (period, _) in enumerate(values):
        near = {0: (1, 2), last: (last - 1, last - 2)}.get(i, (i - 1, i + 1))
        low, high = sorted(levels[j] for j in near)
        off = max(levels[i] - high, low - levels[i], 0.0)
        steps = [abs(levels[j] - levels[j - 1]) for j in range(1, len(levels)) if i not in (j, j - 1)]
        if 0 < i < last:
            steps.append(abs(levels[i - 1] - levels[i + 1]))
        else:
            off *= 2 / 3
        beyond[period] = min(off - float(usual) * median(steps), off - floor)
    return beyond


def ess_outliers(series: Series) -> set[int]:
    """Twice the MAD about the median of the five before, plus their average growth."""
    values = known(series)
    found = set()
    for i in range(5, len(values)):
        window = [value for _, value in values[i - 5 : i]]
        centre = median(window)
        mad = median(abs(value - centre) for value in window)
        growth = (window[-1] - window[0]) / 4
        if abs(values[i][1] - (centre + growth)) > 2 * mad:
            found.add(values[i][0])
    return found


def grown(series: Series, unit: Fraction, factor: Fraction, least: Fraction = Fraction(30)) -> set[int]:
    """Periods whose value is more than a factor from the one before, where that is next to it."""
    values = known(series)
    pairs = list(itertools.pairwise(values))
    usual = min((b[0] - a[0] for a, b in pairs), default=0)
    found = set()
    for (before, earlier), (period, later) in pairs:
        if 2 * (period - before) > 3 * usual or earlier <= 0 or later <= 0:
            continue
        one, other = earlier / unit + least, later / unit + least
        if max(one, other) > factor * min(one, other):
            found.add(period)
    return found


def fallen(series: Series) -> set[int]:
    """Periods whose value is below the last known one before it."""
    return {p for (_, earlier), (p, later) in itertools.pairwise(known(series)) if later < earlier}
