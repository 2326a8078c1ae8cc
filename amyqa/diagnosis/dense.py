"""Many errors at once: what an exact search cannot try, found by peeling.

A correction that two or more broken rows ask for alike is hardly chance: it is made, which frees those rows
of it, and what they then lack may be another correction that several rows ask for. So an error is peeled
off after the other, the likeliest first, as a decoder of sparse codes does it. What is left over when
nothing crossing is found is a small system again, for the exact search. Nothing that is found here is
proven to be smallest.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable

from amyqa.diagnosis.search import Explanation
from amyqa.diagnosis.system import System

MAX_PEELED = 2_000
LEAST_GAIN = 0.0
LEAST_PAIRED = 9.0
"""What two corrections must gain that a line asks for together: of many pairs some fit by chance."""
MAX_LOOKED_AT = 400_000
"""Cells of broken rows that are looked at in all."""


class Peeling:
    """Corrections made one by one.

    Args:
        system: the identities.
        rows: the broken rows to mend.
        fixed: cells that cannot be wrong.
        allowed: whether a cell may take a difference.
        cost: logarithm of the probability of a correction.
        surprise: logarithm of how improbable it is that a row is off by just so much by chance.
        start: corrections to begin with.
    """

    def __init__(
        self,
        system: System,
        rows: Iterable[int],
        fixed: frozenset[int],
        allowed: Callable[[int, int], bool],
        cost: Callable[[int, int], float],
        surprise: Callable[[int], float],
        start: Explanation | None = None,
    ) -> None:
        self.system, self.fixed, self.allowed = system, fixed, allowed
        self.cost, self.surprise = cost, surprise
        self.residuals: dict[int, int] = {}
        self.changes: Explanation = {}
        self.rows = set(rows)
        self.left = MAX_LOOKED_AT
        for cell, difference in (start or {}).items():
            self._make(cell, difference, quiet=True)
        self._queue: list[tuple[float, int, int]] = []

    def residual(self, row: int) -> int:
        """What a row is off by now."""
        return self.residuals.get(row, self.system.rows[row].residual)

    def off(self, row: int, residual: int) -> bool:
        """Whether so much is more than the row's tolerance."""
        return abs(residual) > self.system.rows[row].tolerance

    def run(self) -> Explanation:
        """Corrections to the cells, as far as they are asked for by what crosses."""
        for row in sorted(self.rows | self.residuals.keys()):
            if self.off(row, self.residual(row)):
                self._suggest(row)
        self._peel()
        while self.left > 0 and (self._paired() or self._moved()):
            self._peel()
        return {cell: difference for cell, difference in self.changes.items() if difference}

    @property
    def open(self) -> bool:
        """Whether something is still broken."""
        touched = {row for cell in self.changes for row in self.system.of_cell[cell]} | self.rows
        return any(self.off(row, self.residual(row)) for row in touched)

    def _peel(self) -> None:
        while self._queue and len(self.changes) < MAX_PEELED and self.left > 0:
            gain, cell, difference = heapq.heappop(self._queue)
            now = self._gain(cell, difference)
            if now <= LEAST_GAIN:
                continue
            if now < -gain - 1e-9:
                heapq.heappush(self._queue, (-now, cell, difference))
                continue
            self._make(cell, difference)

    def _paired(self) -> bool:
        """Whether two corrections were made that a row asks for together, and one more row each.

        Where two cells of one row are wrong, each breaks a row that crosses it, and these tell.
        """
        found: list[tuple[float, int, int, int, int]] = []
        for row in sorted(self.rows | self.residuals.keys()):
            if self.off(row, self.residual(row)) and self.left > 0:
                asked = self._asked_across(row)
                for one, whole in asked:
                    rest = -self.residual(row) - self.system.rows[row].terms[one] * whole
                    for two, other in asked:
                        if one < two and self.system.rows[row].terms[two] * other == rest:
                            found.append((self._gain_of_two(one, whole, two, other), one, whole, two, other))
        best = max(found, default=None)
        if best is None or best[0] <= LEAST_PAIRED:
            return False
        self._make(best[1], best[2])
        self._make(best[3], best[4])
        return True

    def _asked_across(self, row: int) -> list[tuple[int, int]]:
        """Corrections of a row's cells that other broken rows ask for."""
        asked: set[tuple[int, int]] = set()
        for cell in self.system.rows[row].terms.keys() - self.fixed:
            for other in self.system.of_cell[cell]:
                if other != row and self.off(other, self.residual(other)):
                    whole, remainder = divmod(-self.residual(other), self.system.rows[other].terms[cell])
                    if not remainder and whole:
                        asked.add((cell, whole))
        self.left -= len(self.system.rows[row].terms)
        return sorted(asked)

    def _gain_of_two(self, one: int, whole: int, two: int, other: int) -> float:
        gain = self._gain(one, whole)
        if gain == -math.inf:
            return gain
        self._make(one, whole, quiet=True)
        gain += self._gain(two, other)
        self._make(one, -whole, quiet=True)
        return gain

    def _moved(self) -> bool:
        """Whether a correction was better made of another cell: what is left over tells which.

        Of a short row each cell may be the wrong one; only the rows that cross it tell, and other errors may
        have hidden what they say.
        """
        touched = {row for cell in self.changes for row in self.system.of_cell[cell]} | self.rows
        for row in sorted(touched):
            if not self.off(row, self.residual(row)):
                continue
            for cell in sorted(self.changes.keys() & self.system.rows[row].terms.keys()):
                difference = self.changes[cell]
                if not difference:
                    continue
                undone = self._gain(cell, -difference)
                self._make(cell, -difference, quiet=True)
                best = self._best(cell, difference)
                if best is not None and undone + best[0] > 1e-6:
                    self._make(best[1], best[2])
                    return True
                self._make(cell, difference, quiet=True)
                if self.left < 0:
                    return False
        return False

    def _best(self, undone: int, difference: int) -> tuple[float, int, int] | None:
        """The best correction of a cell beside one whose own was undone."""
        found: list[tuple[float, int, int]] = []
        for row in self.system.of_cell[undone]:
            terms = self.system.rows[row].terms
            rest = self.residual(row)
            self.left -= len(terms)
            for cell, coefficient in terms.items():
                whole, remainder = divmod(-rest, coefficient)
                if cell in self.fixed or not whole or remainder or (cell, whole) == (undone, difference):
                    continue
                if (
                    len(terms) > 3
                    and sum(self._mends(other, cell, whole) for other in self.system.of_cell[cell]) < 2
                ):
                    continue
                found.append((self._gain(cell, whole), cell, whole))
        return max(found, key=lambda each: (each[0], -each[1]), default=None)

    def _mends(self, row: int, cell: int, difference: int) -> bool:
        now = self.residual(row)
        return self.off(row, now) and not self.off(row, now + self.system.rows[row].terms[cell] * difference)

    def _make(self, cell: int, difference: int, *, quiet: bool = False) -> None:
        self.changes[cell] = self.changes.get(cell, 0) + difference
        touched = self.system.of_cell[cell]
        for row in touched:
            self.residuals[row] = self.residual(row) + self.system.rows[row].terms[cell] * difference
        for row in () if quiet else touched:
            if self.off(row, self.residuals[row]):
                self._suggest(row)

    def _suggest(self, row: int) -> None:
        rest = self.residual(row)
        terms = self.system.rows[row].terms
        self.left -= len(terms)
        for cell, coefficient in terms.items():
            whole, remainder = divmod(-rest, coefficient)
            if cell in self.fixed or not whole or remainder:
                continue
            mended = sum(self._mends(other, cell, whole) for other in self.system.of_cell[cell])
            if mended < 2 and len(terms) > 3:
                continue
            gain = self._gain(cell, whole)
            if gain > LEAST_GAIN:
                heapq.heappush(self._queue, (-gain, cell, whole))

    def _gain(self, cell: int, difference: int) -> float:
        """How much likelier the table gets by a correction."""
        before = self.changes.get(cell, 0)
        after = before + difference
        if after and not self.allowed(cell, after):
            return -math.inf
        gain = 0.0
        for row in self.system.of_cell[cell]:
            old = self.residual(row)
            new = old + self.system.rows[row].terms[cell] * difference
            if self.off(row, old):
                gain += self.surprise(old)
            if self.off(row, new):
                gain -= self.surprise(new)
        if before:
            gain -= self.cost(cell, before)
        return gain + (self.cost(cell, after) if after else 0.0)
