"""Four cells that keep all their sums while two of them gain what the other two lose.

Where errors are many, corrections that are right together may be wrong at the corners of a rectangle: each is
sure given the others, and another choice of corners mends the same sums. These choices are weighed here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from amyqa.diagnosis import misprints, weighing
from amyqa.diagnosis.case import Case
from amyqa.diagnosis.search import Explanation
from amyqa.diagnosis.system import System
from amyqa.diagnosis.weighing import added

MAX_MOVES = 40
MAX_RECTANGLES = 4_000
LEAST_GAIN = 1e-6
LEAST_DOUBT = math.log(1e-3)


@dataclass(frozen=True)
class Move:
    """Another choice of corners.

    Args:
        changes: what each corner is corrected by then.
        gain: how much likelier that is, as a logarithm.
    """

    changes: Explanation
    gain: float


class Rectangles:
    """The moves of a table.

    Args:
        system: the identities, as printed.
        fixed: cells that cannot be wrong.
        allowed: whether a cell may take a difference.
        cost: logarithm of the probability of a correction.
        again: what is to be added to it where many errors are known to be.
    """

    def __init__(
        self, system: System, fixed: frozenset[int], allowed: Callable[[int, int], bool],
        cost: Callable[[int, int], float], again: float,
    ) -> None:  # fmt: skip
        self.system, self.fixed, self.allowed = system, fixed, allowed
        self._cost, self._again = cost, again

    @classmethod
    def of(cls, case: Case, errors: int) -> Rectangles:
        """The moves of a case of which so many errors are known."""
        again = misprints.again(errors, len(case.printed))
        return cls(case.system, case.fixed, case.allowed, partial(weighing.cost, case), again)

    def improved(self, changes: Explanation) -> Explanation:
        """Corrections after every move that makes them likelier."""
        now = dict(changes)
        for _ in range(MAX_MOVES):
            best = max(self.moves(now), key=lambda move: move.gain, default=None)
            if best is None or best.gain <= LEAST_GAIN:
                break
            now = {cell: difference for cell, difference in (now | best.changes).items() if difference}
        return now

    def doubts(self, changes: Explanation) -> dict[int, float]:
        """Of each correction that a move would change, the log-odds of all such moves against none."""
        gains: dict[int, dict[frozenset[tuple[int, int]], float]] = {}
        for move in self.moves(changes):
            key = frozenset(move.changes.items())
            for cell, difference in move.changes.items():
                if changes.get(cell, 0) != difference:
                    gains.setdefault(cell, {})[key] = move.gain
        return {cell: added(each.values()) for cell, each in gains.items()}

    def moves(self, changes: Explanation) -> Iterator[Move]:
        """Other choices of corners, where two of them or more are corrected."""
        seen: set[frozenset[int]] = set()
        for one in sorted(changes):
            for corners in self._corners(one, changes):
                key = frozenset(corners)
                if key in seen:
                    continue
                seen.add(key)
                if len(seen) > MAX_RECTANGLES:
                    return
                yield from self._moves(corners, changes)

    def _moves(self, corners: dict[int, int], changes: Explanation) -> Iterator[Move]:
        steps = {-sign * changes[cell] for cell, sign in corners.items() if cell in changes}
        for step in sorted(steps):
            after = {cell: changes.get(cell, 0) + sign * step for cell, sign in corners.items()}
            if all(not d or self.allowed(cell, d) for cell, d in after.items()):
                gain = sum(self._weight(c, d) - self._weight(c, changes.get(c, 0)) for c, d in after.items())
                if gain > LEAST_DOUBT:
                    yield Move(after, gain)

    def _weight(self, cell: int, difference: int) -> float:
        return self._cost(cell, difference) + self._again if difference else 0.0

    def _corners(self, one: int, changes: Explanation) -> Iterator[dict[int, int]]:
        """Corners, one of them given and one or more others corrected, with the signs that keep all sums."""
        system = self.system
        for row in system.of_cell[one]:
            for two in system.rows[row].terms.keys() - {one} - self.fixed:
                for crossing in system.of_cell[two]:
                    terms = system.rows[crossing].terms
                    if crossing == row or one in terms:
                        continue
                    # the corner across, if it is corrected; any where the second one is
                    for across in terms.keys() if two in changes else terms.keys() & changes.keys():
                        if across not in (one, two) and across not in self.fixed:
                            yield from self._closed((one, two, across), row, crossing)

    def _closed(self, three: tuple[int, int, int], row: int, crossing: int) -> Iterator[dict[int, int]]:
        one, two, across = three
        rows = self.system.rows
        signs = {one: 1, two: self._against(row, one, two)}
        signs[across] = signs[two] * self._against(crossing, two, across)
        for back in self.system.of_cell[one]:
            for closing in self.system.of_cell[across]:
                if len({row, crossing, back, closing}) < 4:
                    continue
                for last in rows[back].terms.keys() & rows[closing].terms.keys() - {one, across}:
                    corners = signs | {last: self._against(back, one, last)}
                    if len(corners) == 4 and last not in self.fixed and self._keeps(corners):
                        yield corners

    def _against(self, row: int, cell: int, other: int) -> int:
        """What one cell of a sum must change by where another one changes by 1, if both count once."""
        terms = self.system.rows[row].terms
        return -1 if terms[cell] == terms[other] else 1

    def _keeps(self, corners: dict[int, int]) -> bool:
        rows = self.system.rows
        touched = {row for cell in corners for row in self.system.of_cell[cell]}
        return all(
            not sum(rows[row].terms.get(cell, 0) * sign for cell, sign in corners.items()) for row in touched
        )
