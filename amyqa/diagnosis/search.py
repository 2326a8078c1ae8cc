"""Every smallest explanation of a table's broken identities, by exact search.

Some cell of every broken row is wrong. The search takes the broken row with the fewest cells, declares
each of them wrong in turn (and right in the turns that follow, so that no set is met twice), and goes
on with the reduced system. Rows without a cell in common each need a cell of their own, which bounds
what can still be reached. The search is complete: what it does not find is not there, unless it says
that it ran out of steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from amyqa.diagnosis.system import LinearRow, Reduction, System

MAX_STEPS = 20_000
MAX_FOUND = 400
WIDE = 200
"""Cells of a row that take as long as one step more."""

Explanation = dict[int, int]
"""Cell to the difference that must be added to it, scaled."""


@dataclass
class Search:
    """A search over one system.

    Args:
        system: the identities.
        fixed: cells that cannot be wrong (other tables' cells, constants).
        allowed: whether a cell may take a difference (its value may not fall below zero, …).
        steps: how many reductions may be tried in all.
    """

    system: System
    fixed: frozenset[int] = frozenset()
    allowed: Callable[[int, int], bool] = lambda cell, difference: True
    steps: int = MAX_STEPS
    exhausted: bool = field(default=False, init=False)
    explored: float = field(default=0.0, init=False)
    """Share of the last search's tree that was visited or cut: what was not keeps its share of doubt."""

    def smallest(
        self, rows: Iterable[int] | None = None, most: int = 8, excluding: frozenset[int] = frozenset()
    ) -> tuple[int, list[Explanation]]:
        """The smallest explanations.

        Args:
            rows: the broken rows to explain (all by default).
            most: largest number of wrong cells to try.
            excluding: cells taken to be right.

        Returns:
            Their number of cells, and all of them; (most + 1, []) where there is none.
        """
        start = Reduction.start(self.system, rows)
        if not start.broken:
            return 0, [{}]
        for size in range(self.bound(start.broken, excluding | self.fixed), most + 1):
            found = self.of_size(size, rows, excluding)
            if found:
                return size, found
            if self.exhausted:
                break
        return most + 1, []

    def of_size(
        self, size: int, rows: Iterable[int] | None = None, excluding: frozenset[int] = frozenset()
    ) -> list[Explanation]:
        """All explanations of exactly `size` cells, none of which can be spared."""
        found: list[Explanation] = []
        self.explored = 0.0
        start = Reduction.start(self.system, rows)
        for explanation in self._descend(start, size, excluding | self.fixed, 1.0):
            found.append(explanation)
            if len(found) >= MAX_FOUND:
                self.exhausted = True
                break
        return found

    def bound(self, broken: Mapping[int, LinearRow], right: frozenset[int]) -> int:
        """A number of cells that no explanation can do without: broken rows with no cell in common."""
        used: set[int] = set()
        count = 0
        for row in sorted(broken.values(), key=lambda row: len(row.terms)):
            cells = [cell for cell in row.terms if cell not in right]
            if not cells:
                return 10**6
            if used.isdisjoint(cells):
                used.update(cells)
                count += 1
        return count

    def _descend(
        self, node: Reduction, left: int, right: frozenset[int], share: float
    ) -> Iterator[Explanation]:
        open_rows = node.broken
        if not open_rows:
            if left == 0 and (explanation := self._checked(node)) is not None:
                yield explanation
            if left == 0 or not (open_rows := self._strained(node)):
                self.explored += share
                return
        if left == 0 or self.bound(open_rows, right) > left:
            self.explored += share
            return
        number, row = min(
            open_rows.items(), key=lambda item: (sum(c not in right for c in item[1].terms), item[0])
        )
        choices = [cell for cell in sorted(row.terms) if cell not in right]
        for cell in choices:
            # a wide row takes longer: so does its step
            self.steps -= 1 + len(row.terms) // WIDE
            if self.steps < 0:
                self.exhausted = True
                return
            right = right | {cell}
            yield from self._descend(node.eliminate(cell, number), left - 1, right, share / len(choices))

    def _strained(self, node: Reduction) -> dict[int, LinearRow]:
        """Rows that no choice of differences keeps, though added tolerances hide it in the reduction."""
        differences = node.solve()
        if differences is None or self._checked(node) is not None:
            return {}
        strained = {}
        for number in {i for cell in differences for i in self.system.of_cell[cell]}:
            row = self.system.rows[number]
            reduced = node.row(number)
            if (
                reduced is not None
                and row.tolerance
                and abs(self.system.after(number, differences)) > row.tolerance
            ):
                strained[number] = reduced
        return strained

    def _checked(self, node: Reduction) -> Explanation | None:
        """The explanation of a node, if its differences are whole, allowed, and really mend the table."""
        differences = node.solve()
        if differences is None or not all(differences.values()):
            return None
        if not self.system.holds(differences, node.mended):
            settled = self._settled(differences, node.mended)
            # what settles at no change at all is a smaller explanation's affair
            if settled is None or not all(settled.values()):
                return None
            differences = settled
        if not all(self.allowed(cell, difference) for cell, difference in differences.items()):
            return None
        return differences

    def _settled(self, differences: Explanation, mended: frozenset[int]) -> Explanation | None:
        """Differences shifted one by one into what the tolerances of all rows leave."""
        settled = dict(differences)
        for _ in range(3):
            for cell in differences:
                if (interval := self.system.interval(cell, settled)) is None:
                    continue
                settled[cell] = min(max(settled[cell], interval[0]), interval[1])
            if self.system.holds(settled, mended):
                return settled
        return None
