"""What numbers stand in a row and a column: how plausible a value is in a cell, before any sum is looked at.

A cell's neighbours along its row and its column say of what size it is, whether it may be negative, nil or
broken by a decimal mark. An age group does not become -9,542 because one change elsewhere is negative, and
a 3 among threes is no copy of one of them.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from amyqa.diagnosis.printed import Printed

LEAST = 3
"""Numbers of a line from which on it says what is usual."""
LEAST_SPREAD = 0.15
LONE_SPREAD = 1.0
"""Spread (of the logarithm to base 10) that is assumed where no line says anything."""
UNSEEN = 0.3
"""What a sign, a nil or a decimal that a line never prints counts as."""
REPEATED = 0.05
"""Share of numbers that are equal to another one of the table."""
MOST = 9.0
"""No two values differ in plausibility by more than this, as a natural logarithm: neighbours are no proof."""
ROUND_DIGIT = 0.1
"""Share of whole numbers that end in a nought though nothing was rounded, and of these that end in two …"""
ENOUGH = 8
"""Other numbers of a line, beyond the first two, that tell all that a line can; fewer tell so much less."""


@dataclass(frozen=True)
class SizeLine:
    """The numbers of one row or column."""

    numbers: tuple[Decimal, ...]
    decimals: tuple[int, ...]

    def finest(self, without: int) -> int:
        """Most decimals of the others."""
        most = max(self._often)
        if most > without or self._often[most] > 1:
            return most
        return max((d for d in self._often if d < most), default=0)

    def finer(self, decimals: int) -> int:
        """How many of them are printed with so many decimals or more."""
        return sum(often for d, often in self._often.items() if d >= decimals)

    @cached_property
    def _often(self) -> Counter[int]:
        return Counter(self.decimals)

    @cached_property
    def roundness(self) -> Counter[int]:
        """How many of its numbers end in so many noughts."""
        return Counter(noughts(n) for n in self.numbers if n)

    @cached_property
    def logs(self) -> list[float]:
        """Sizes on a logarithmic scale, ascending."""
        return sorted(math.log10(abs(float(n))) for n in self.numbers if n)

    @cached_property
    def negative(self) -> int:
        """Numbers below zero."""
        return sum(n < 0 for n in self.numbers)

    @cached_property
    def nil(self) -> int:
        """Noughts and dashes."""
        return sum(not n for n in self.numbers)

    def usual(self, without: Decimal) -> tuple[float, float] | None:
        """Centre and spread of the sizes of the other numbers; None where there are too few."""
        logs = self.logs
        left = len(logs) - bool(without)
        if left < LEAST:
            return None
        own = bisect_left(logs, math.log10(abs(float(without)))) if without else len(logs)

        def at(share: float) -> float:
            i = min(left - 1, int(share * left))
            return logs[i + (i >= own)]

        return (at(0.5) + at(0.4999)) / 2, max(LEAST_SPREAD, (at(0.84) - at(0.16)) / 2)

    def share(self, count: int) -> float:
        """Of so many of its numbers, never nothing."""
        return (count + UNSEEN) / (len(self.numbers) + 2 * UNSEEN)


def _any(value: Decimal) -> float:
    """How rare a number is where nothing is known: one among all of so many digits, as a logarithm."""
    return math.log(10) * max(0, value.adjusted())


def noughts(value: Decimal) -> int:
    """How many noughts a whole number ends in."""
    return max(0, int(value.normalize().as_tuple().exponent)) if value else 0


class Sizes:
    """The lines of a table, made when they are asked for.

    Args:
        summed: how many cells of a cell's own sums print a number: what a sum makes equal says nothing.
    """

    def __init__(self, printed: Mapping[int, Printed], summed: Callable[[int, Decimal], int]) -> None:
        self._printed = printed
        self._summed = summed
        self._known: dict[tuple[int, Decimal], float] = {}

    @cached_property
    def _lines(self) -> dict[tuple[int, int], SizeLine]:
        lines: dict[tuple[int, int], list[Printed]] = {}
        for each in self._printed.values():
            for axis in (0, 1):
                lines.setdefault((axis, each.place[axis]), []).append(each)
        return {
            key: SizeLine(tuple(e.value for e in each), tuple(e.decimals for e in each))
            for key, each in lines.items()
        }

    @cached_property
    def _often(self) -> Counter[Decimal]:
        return Counter(each.value for each in self._printed.values())

    def gain(self, cell: int, proposed: Decimal) -> float:
        """Natural logarithm of how much more plausible a value is in a cell than the printed one."""
        key = (cell, proposed)
        if key not in self._known:
            printed = self._printed[cell]
            difference = self._log(cell, proposed) - self._log(cell, printed.value)
            telling = self._telling(cell)
            by_size = _any(printed.value) - _any(proposed)
            gain = telling * difference + (1 - telling) * by_size
            self._known[key] = max(-MOST, min(MOST, gain))
        return self._known[key]

    def _telling(self, cell: int) -> float:
        """How much the neighbours of a cell tell, from nothing to 1: two other numbers show no custom."""
        place = self._printed[cell].place
        others = max(len(self._lines[axis, place[axis]].numbers) - 1 for axis in (0, 1))
        return min(1.0, max(0, others - 2) / ENOUGH)

    def _log(self, cell: int, value: Decimal) -> float:
        printed = self._printed[cell]
        lines = [self._lines[axis, printed.place[axis]] for axis in (0, 1)]
        telling = [line for line in lines if len(line.numbers) > LEAST] or lines
        own = printed.value
        nil = math.prod(line.share(line.nil - (not own)) for line in telling) ** (1 / len(telling))
        if not value:
            return math.log(nil)
        negative = min(line.share(line.negative - (own < 0)) for line in telling)
        sign = negative if value < 0 else 1 - negative
        decimals = max(0, -int(value.normalize().as_tuple().exponent))
        finest = max(line.finest(printed.decimals) for line in telling)
        broken = 1.0
        if decimals:
            mine = printed.decimals >= decimals
            broken = min(line.share(line.finer(decimals) - mine) for line in telling)
        usual = [u for line in lines if (u := line.usual(own)) is not None]
        centre, spread = min(usual, key=lambda u: u[1], default=(None, LONE_SPREAD))
        step = 10.0 ** -max(decimals, finest)
        size = abs(float(value))
        # Student's t with three degrees of freedom: heavy tails, for tables are heterogeneous
        distance = 0.0 if centre is None else (math.log10(size) - centre) / spread
        density = 0.3675 / spread / (1 + distance * distance / 3) ** 2
        chance = min(1.0, density * step / (size * math.log(10)))
        again = self._often[value] - (value == own)
        if again:
            again = max(0, again - self._summed(cell, value))
        repeated = again / max(1, len(self._printed) - 1)
        if not finest and not decimals:
            chance = min(1.0, chance * self._round(lines, own, value))
        return math.log((1 - nil) * sign * broken * ((1 - REPEATED) * chance + REPEATED * repeated) + 1e-300)

    @staticmethod
    def _round(lines: list[SizeLine], own: Decimal, value: Decimal) -> float:
        """How much likelier a whole number is for its noughts: 8,000 among thousands, 8,100 hardly."""
        ends = noughts(value)
        mine = len(lines) * bool(own and noughts(own) == ends)
        counted = sum(line.roundness[ends] for line in lines) - mine
        others = sum(line.roundness.total() for line in lines) - len(lines) * bool(own)
        usual = (1 - ROUND_DIGIT) * ROUND_DIGIT**ends
        return (counted + usual) / (others + 1) / usual
