"""A table's identities as a sparse linear system in whole numbers, and its reduction.

A row says that the weighted sum of its cells is zero within a tolerance; its residual is that sum as
printed. Saying that a cell is wrong eliminates it: one row that holds it is set aside to determine
its value, and the others are freed of it. What is left must hold without it (Fellegi and Holt's
implied edits, made one at a time), so that a choice of wrong cells explains a table exactly when no
row of the reduced system is broken.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import gcd


@dataclass(frozen=True, slots=True)
class LinearRow:
    """One identity, or an implied one.

    Args:
        terms: coefficient of each cell, none of them zero.
        residual: weighted sum of the printed values, scaled.
        tolerance: how far the sum may be from zero, scaled.
    """

    terms: Mapping[int, int]
    residual: int
    tolerance: int = 0

    @property
    def broken(self) -> bool:
        """The sum is not zero within its tolerance."""
        return abs(self.residual) > self.tolerance

    @property
    def nothing_left(self) -> float:
        """Probability that a sum of rounded numbers, each off by half a unit at most, adds up exactly."""
        return min(1.0, math.sqrt(6 / (math.pi * len(self.terms))))

    def without(self, cell: int, pivot: LinearRow) -> LinearRow:
        """This row freed of a cell by means of another row that holds it."""
        own, other = self.terms[cell], pivot.terms[cell]
        divisor = gcd(own, other)
        mine, theirs = other // divisor, own // divisor
        terms = {c: k * mine for c, k in self.terms.items()}
        for c, k in pivot.terms.items():
            value = terms.get(c, 0) - k * theirs
            if value:
                terms[c] = value
            else:
                terms.pop(c, None)
        residual = self.residual * mine - pivot.residual * theirs
        return LinearRow(terms, residual, self.tolerance * abs(mine) + pivot.tolerance * abs(theirs))


@dataclass(frozen=True)
class System:
    """The identities of a table.

    Args:
        rows: all evaluated identities.
        of_cell: rows that each cell stands in.
    """

    rows: Sequence[LinearRow]
    of_cell: Mapping[int, Sequence[int]] = field(init=False)

    def __post_init__(self) -> None:
        of_cell: dict[int, list[int]] = {}
        for i, row in enumerate(self.rows):
            for cell in row.terms:
                of_cell.setdefault(cell, []).append(i)
        object.__setattr__(self, "of_cell", of_cell)

    @cached_property
    def broken(self) -> tuple[int, ...]:
        """Numbers of the broken rows."""
        return tuple(i for i, row in enumerate(self.rows) if row.broken)

    def holds(self, changes: Mapping[int, int], mended: Iterable[int] | None = None) -> bool:
        """Whether the rows to be mended hold after changes, and no other row is the worse for them.

        Args:
            changes: cell to difference, scaled.
            mended: the rows that must hold; all broken ones by default.
        """
        wanted = set(self.broken if mended is None else mended)
        touched = {i for cell in changes for i in self.of_cell.get(cell, ())}
        for i in wanted | touched:
            after = self.after(i, changes)
            if abs(after) > self.rows[i].tolerance and (i in wanted or after != self.rows[i].residual):
                return False
        return True

    def after(self, row: int, changes: Mapping[int, int]) -> int:
        """A row's residual after changes."""
        terms = self.rows[row].terms
        return self.rows[row].residual + sum(terms[c] * d for c, d in changes.items() if c in terms)

    def off_by(self, residuals: Mapping[int, int]) -> System:
        """The same identities, some of them off by something else."""
        rows = [
            LinearRow(row.terms, residuals[i], row.tolerance) if i in residuals else row
            for i, row in enumerate(self.rows)
        ]
        other = object.__new__(System)
        object.__setattr__(other, "rows", rows)
        object.__setattr__(other, "of_cell", self.of_cell)
        return other

    def mended(self, changes: Mapping[int, int]) -> System:
        """The identities after changes."""
        touched = {i for cell in changes for i in self.of_cell.get(cell, ())}
        return self.off_by({i: self.after(i, changes) for i in touched})

    def interval(self, cell: int, changes: Mapping[int, int]) -> tuple[int, int] | None:
        """Differences of one cell, all others changed as given, for which all its rows hold.

        Returns:
            Least and greatest whole difference, or None where there is none.
        """
        low: int | None = None
        high: int | None = None
        others = {c: d for c, d in changes.items() if c != cell}
        for i in self.of_cell.get(cell, ()):
            row = self.rows[i]
            coefficient, rest = row.terms[cell], self.after(i, others)
            ends = sorted(((-row.tolerance - rest) * coefficient, (row.tolerance - rest) * coefficient))
            square = coefficient * coefficient
            least, most = -(-ends[0] // square), ends[1] // square
            low = least if low is None else max(low, least)
            high = most if high is None else min(high, most)
        return None if low is None or high is None or low > high else (low, high)


class Reduction:
    """A system with some cells declared wrong; immutable, made from its parent by one more cell."""

    __slots__ = ("_changed", "_pivots", "broken", "mended", "system")

    def __init__(
        self,
        system: System,
        changed: Mapping[int, LinearRow | None],
        pivots: tuple[tuple[int, LinearRow], ...],
        broken: Mapping[int, LinearRow],
        mended: frozenset[int],
    ) -> None:
        self.system, self._changed, self._pivots, self.broken = system, changed, pivots, broken
        self.mended = mended

    @classmethod
    def start(cls, system: System, rows: Iterable[int] | None = None) -> Reduction:
        """Nothing declared wrong yet.

        Args:
            rows: the broken rows to explain; all of them by default.
        """
        numbers = system.broken if rows is None else rows
        return cls(system, {}, (), {i: system.rows[i] for i in numbers}, frozenset(numbers))

    @property
    def cells(self) -> tuple[int, ...]:
        """The cells declared wrong, in the order in which they were."""
        return tuple(cell for cell, _ in self._pivots)

    def holding(self, cell: int) -> list[int]:
        """Numbers of the rows that hold a cell now."""
        numbers = [i for i in self.system.of_cell.get(cell, ()) if i not in self._changed]
        return numbers + [i for i, row in self._changed.items() if row is not None and cell in row.terms]

    def row(self, number: int) -> LinearRow | None:
        """A row as it is now; None where it was set aside."""
        return self._changed[number] if number in self._changed else self.system.rows[number]

    def eliminate(self, cell: int, pivot: int) -> Reduction:
        """Declare a cell wrong, its value to be determined by the row `pivot`, which holds it."""
        by = self.row(pivot)
        assert by is not None  # a row that was set aside is never broken again
        changed = dict(self._changed)
        broken = dict(self.broken)
        changed[pivot] = None
        broken.pop(pivot, None)
        for number in self.holding(cell):
            row = self.row(number)
            if number == pivot or row is None:
                continue
            reduced = row.without(cell, by)
            changed[number] = reduced
            if reduced.broken:
                broken[number] = reduced
            else:
                broken.pop(number, None)
        return Reduction(self.system, changed, (*self._pivots, (cell, by)), broken, self.mended)

    def solve(self) -> dict[int, int] | None:
        """Differences of the wrong cells for which every row holds, or None where they are not whole.

        Where rows have tolerances, the differences are those nearest to the exact sums.
        """
        differences: dict[int, int] = {}
        for cell, row in reversed(self._pivots):
            rest = row.residual + sum(k * differences[c] for c, k in row.terms.items() if c in differences)
            whole, remainder = divmod(-rest, row.terms[cell])
            if remainder:
                if row.tolerance == 0:
                    return None
                whole = round(-rest / row.terms[cell])
            differences[cell] = whole
        return differences
