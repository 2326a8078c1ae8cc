"""Printed numbers as whole numbers of a table's smallest unit: exact, with the interval of each.

A value is a point, a bound a half-line, a missing one the whole line (from zero up, where the
table's measure cannot be negative). Rounded values carry half their printed unit as slack.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from amyqa.errors import BadInput, Problem
from amyqa.model import Cell, Reading, Reference, Status, Table

LARGEST = 10**15
"""No scaled value is larger, so that a coefficient of 1,000 stays within 64 bits."""


@dataclass(frozen=True, slots=True)
class Afar:
    """A cell of another table, and what that table measures ("" where it does not say)."""

    cell: Cell
    measure: str = ""


@dataclass(frozen=True)
class Numbers:
    """The numbers of one table, and of the cells it names from afar.

    Args:
        finest: the scale is no smaller, for tables that are compared.
    """

    table: Table
    afar: Mapping[Reference, Afar]
    finest: int = 0

    @property
    def quoting(self) -> bool:
        """A list of claims quotes figures: rounding one when quoting it is allowed."""
        return self.table.spec.fields is not None

    @cached_property
    def scale(self) -> int:
        """Decimals that hold every value, every constant and half of every rounding unit exactly."""
        spec = self.table.spec
        readings = [reading for row in self.table.rows for reading in row.readings]
        readings += [far.cell.reading for far in self.afar.values()]
        decimals = max((reading.decimals for reading in readings), default=0)
        if self.quoting or (decimals and not spec.exact and spec.rounded is None):
            decimals += 1
        cells = (term.cell for formula in self.table.stated.formulas for term in formula.terms)
        numbers = [cell for cell in cells if isinstance(cell, Decimal)]
        if spec.rounded is not None:
            numbers.append(spec.rounded / 2)
        exponents = [int(number.normalize().as_tuple().exponent) for number in numbers]
        return max([self.finest, decimals, *(-exponent for exponent in exponents)])

    @cached_property
    def open_below(self) -> bool:
        """Whether unknown values may lie below zero: said so, printed so, or the result of a deduction."""
        if self.table.spec.negative or self.quoting:
            return True
        if any(r.value is not None and r.value < 0 for row in self.table.rows for r in row.readings):
            return True
        return any(formula.deducts for formula in self.table.stated.formulas)

    def interval(self, reading: Reading, cell: Cell | None = None) -> tuple[int | None, int | None]:
        """Least and greatest value (None: open).

        Args:
            cell: where it is printed, for the message.

        Raises:
            BadInput: too large to be added up exactly.
        """
        lowest = None if self.open_below else 0
        if reading.status in (Status.MISSING, Status.TEXT) or reading.value is None:
            return lowest, None
        value = self.scaled(reading.value, cell)
        if reading.status is not Status.BOUND:
            return value, value
        if reading.at_least:
            return value, None
        return (None if lowest is None else min(lowest, value)), value

    def scaled(self, value: Decimal, cell: Cell | None = None) -> int:
        """A value in whole units of 10**-scale.

        Raises:
            BadInput: too large to be added up exactly.
        """
        scaled = int(value.scaleb(self.scale))
        if abs(scaled) > LARGEST:
            message = f"{value:,} has too many digits to add up with {self.scale} decimals"
            place = (cell.file, cell.line, cell.position) if cell else (self.table.file, None, None)
            raise BadInput([Problem(message, "split the table, or state it in a larger unit", *place)])
        return scaled

    def slack(self, reading: Reading, cell: int) -> int:
        """Half the unit a printed cell is rounded to; 0 for an exact one."""
        if self.quoting:
            return self._quoted(reading, cell)
        return self.half_unit(reading)

    def step(self, reading: Reading) -> int | None:
        """A unit of the last printed digit (as far as 64 bits hold it); None without a number."""
        return None if reading.value is None else min(10 ** (self.scale - reading.decimals), 10**18)

    def half_unit(self, reading: Reading) -> int:
        """Half the printed unit, by what the spec says of rounding."""
        if reading.value is None or self.table.spec.exact:
            return 0
        if self.table.spec.rounded is not None:
            return int((self.table.spec.rounded / 2).scaleb(self.scale))
        return self._half(reading.decimals) if reading.decimals else 0

    def _half(self, decimals: int) -> int:
        return int(5 * 10 ** (self.scale - decimals - 1))

    def _quoted(self, reading: Reading, cell: int) -> int:
        """Half a unit of the coarser of a claim's figure and the cell it quotes."""
        if reading.value is None:
            return 0
        return self._half(min([reading.decimals, *self._decimals_quoted.get(cell, ())]))

    @cached_property
    def _decimals_quoted(self) -> Mapping[int, Sequence[int]]:
        """Printed decimals of the cells that a claim's figure quotes, by the figure's cell."""
        found: dict[int, list[int]] = {}
        for claim in self.table.stated.formulas:
            quoted = [
                self.afar[term.cell].cell.reading.decimals
                for term in claim.terms
                if isinstance(term.cell, Reference) and term.cell in self.afar
            ]
            for term in claim.terms:
                if isinstance(term.cell, int):
                    found.setdefault(term.cell, []).extend(quoted)
        return found
