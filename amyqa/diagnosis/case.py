"""What a diagnosis works on: printed numbers, identities over them, and what else is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from math import gcd
from typing import Any

from amyqa.diagnosis.misprints import ERROR_MECHANISMS, ErrorMechanisms
from amyqa.diagnosis.printed import Printed
from amyqa.diagnosis.sizes import Sizes
from amyqa.diagnosis.system import LinearRow, System

LEAST_ALIKE = 3
"""Other cells of a line that print the same number, from which on that is what the line prints."""
WIDEST = 10**6
"""Units beyond which a tolerance is no rounding's."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One evaluated identity.

    Args:
        terms: coefficient of each cell, total first, in "total minus parts".
        tolerance: how far the weighted sum may be from zero, in the table's unit.
        pattern: equal for the same relation in other rows or columns (the same parts missing there).
        lines: how many its relation has in the table, where not all of them are identities of the case.
    """

    terms: Mapping[int, int]
    tolerance: Decimal = Decimal(0)
    pattern: object = None
    lines: int = 0

    @property
    def total(self) -> int:
        """The cell on the left."""
        return next(iter(self.terms))


@dataclass(frozen=True)
class Case:
    """A table to diagnose.

    Args:
        printed: every cell that stands in an identity.
        identities: the evaluated ones.
        fixed: cells that cannot be misprints here (another table's).
        negative: whether values may be below zero; None: in rows and columns that print such a value.
        shares: how often each kind of slip happens where the table was made.
    """

    printed: Mapping[int, Printed]
    identities: Sequence[Identity]
    fixed: frozenset[int] = frozenset()
    negative: bool | None = None
    shares: ErrorMechanisms = ERROR_MECHANISMS
    scale: int = field(init=False)
    system: System = field(init=False)
    values: Mapping[int, int] = field(init=False)
    grid: Mapping[tuple[int, int], int] = field(init=False)
    memory: dict[object, Any] = field(init=False, default_factory=dict, compare=False)

    def loosened(self, identities: Sequence[Identity]) -> Case:
        """The same numbers with other tolerances, and what is known of the numbers."""
        other = replace(self, identities=identities)
        if other.scale == self.scale:
            other.memory.update(self.memory)
            other.__dict__["sizes"] = self.sizes
        return other

    def __post_init__(self) -> None:
        numbers = [p.value for p in self.printed.values()] + [i.tolerance for i in self.identities]
        scale = max((-int(n.as_tuple().exponent) for n in numbers), default=0)
        scale = max(scale, 0)
        values = {cell: int(p.value.scaleb(scale)) for cell, p in self.printed.items()}
        rows = []
        for identity in self.identities:
            residual = sum(k * values[cell] for cell, k in identity.terms.items())
            rows.append(LinearRow(dict(identity.terms), residual, int(identity.tolerance.scaleb(scale))))
        object.__setattr__(self, "scale", scale)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "system", System(rows))
        object.__setattr__(self, "grid", {p.place: cell for cell, p in self.printed.items()})

    def proposed(self, cell: int, difference: int) -> Decimal:
        """What a cell should have been, in the table's unit."""
        return self.decimal(self.values[cell] + difference)

    def decimal(self, scaled: int) -> Decimal:
        """A scaled number in the table's unit, without superfluous zeros."""
        value = Decimal(scaled).scaleb(-self.scale)
        return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()

    def scaled(self, value: Decimal) -> int:
        """A number in whole units of 10**-scale."""
        return int(value.scaleb(self.scale))

    def allowed(self, cell: int, difference: int) -> bool:
        """Whether a cell may have been meant so: not below zero, not finer than what is printed around."""
        value = self.values[cell] + difference
        if value < 0 <= self.values[cell] and not self.below_zero(cell):
            return False
        return value % self._step == 0

    def below_zero(self, cell: int) -> bool:
        """Whether the number of a cell may be negative, as far as its row and its column tell."""
        if self.negative is not None:
            return self.negative
        return any((axis, at) in self._signed for axis, at in enumerate(self.printed[cell].place))

    @cached_property
    def signed(self) -> bool:
        """Whether any number may be negative."""
        return bool(self._signed) if self.negative is None else self.negative

    @cached_property
    def _signed(self) -> frozenset[tuple[int, int]]:
        """Rows and columns that print a negative number."""
        negative = [p for cell, p in self.printed.items() if p.value < 0 and cell not in self.fixed]
        return frozenset((axis, at) for p in negative for axis, at in enumerate(p.place))

    @cached_property
    def _step(self) -> int:
        return int(10 ** (self.scale - self.finest))

    @cached_property
    def finest(self) -> int:
        """Most decimals printed anywhere."""
        return max((p.decimals for p in self.printed.values()), default=0)

    @cached_property
    def widest(self) -> int:
        """Beyond this a tolerance is not what rounding leaves, scaled."""
        return WIDEST * self.unit

    @cached_property
    def exactly(self) -> float:
        """Share of the sums that add up without needing their tolerance, beyond what rounding leaves."""
        rows = [row for row in self.system.rows if 0 < row.tolerance <= self.widest and not row.broken]
        expected = sum(row.nothing_left for row in rows)
        exact = sum(not row.residual for row in rows)
        return max(0.0, (exact - expected) / (len(rows) - expected + 2))

    @property
    def unit(self) -> int:
        """The last printed digit of the table, scaled."""
        return self._step

    @cached_property
    def grain(self) -> int:
        """What all numbers that stand in sums are multiples of, scaled: the last digit, tens or more."""
        cells = {cell for row in self.system.rows for cell in row.terms}
        common = gcd(*(self.values[cell] for cell in cells))
        grain = self.unit
        while common and common % (grain * 10) == 0:
            grain *= 10
        return grain

    @cached_property
    def across(self) -> tuple[Mapping[int, Mapping[int, int]], Mapping[int, Mapping[int, int]]]:
        """The rows, and the columns: the cell at each place of each."""
        lines: tuple[dict[int, dict[int, int]], dict[int, dict[int, int]]] = ({}, {})
        for (r, c), cell in self.grid.items():
            lines[0].setdefault(r, {})[c] = cell
            lines[1].setdefault(c, {})[r] = cell
        return lines

    @cached_property
    def sizes(self) -> Sizes:
        """What numbers are usual where a cell stands."""
        own = {cell: p for cell, p in self.printed.items() if cell not in self.fixed}
        return Sizes(own, self._summed)

    def _summed(self, cell: int, value: Decimal) -> int:
        """Other cells of a cell's sums that print a number."""
        beside = {c for row in self.system.of_cell.get(cell, ()) for c in self.system.rows[row].terms}
        return sum(self.printed[c].value == value for c in beside - {cell} - self.fixed)

    @cached_property
    def totals(self) -> frozenset[int]:
        """Cells that parts determine."""
        return frozenset(identity.total for identity in self.identities if len(identity.terms) > 2)

    def _often(self, axis: int, at: int) -> Counter[Decimal]:
        """How often a line prints each number."""
        key = ("often", axis, at)
        if key not in self.memory:
            self.memory[key] = Counter(self.printed[cell].value for cell in self.across[axis][at].values())
        often: Counter[Decimal] = self.memory[key]
        return often

    def neighbours(self, cell: int) -> list[Decimal]:
        """What is printed left, right, above and below; nothing where most of a line is that number anyway.

        The 100 of a row of hundreds is no copy of its neighbour.
        """
        r, c = self.printed[cell].place
        own = self.printed[cell].value
        for axis, at in enumerate((r, c)):
            same = self._often(axis, at)[own] - 1
            if same >= LEAST_ALIKE and same > len(self.across[axis][at]) / 2:
                return []
        around = (self.grid.get(place) for place in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)))
        return [self.printed[other].value for other in around if other is not None]
