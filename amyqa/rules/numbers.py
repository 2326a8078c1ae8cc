"""Printed numbers as whole numbers of a table's smallest unit: exact, with the interval of each.

A value is a point, a bound a half-line, a missing one the whole line (from zero up, where the
table's measure cannot be negative). Rounded values carry half their printed unit as slack.

The scale is that of the cells that stand in sums, where all of them cannot be held: a rate with ten
decimals beside the counts is then an interval of the last digit that is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from amyqa.errors import BadInput, Problem
from amyqa.model import Cell, Reading, Reference, Status, Table
from amyqa.reading.signs import BELOW_HALF, UNREAD
from amyqa.reading.tokens import normalise

LARGEST = 10**15
"""No scaled value is larger, so that a coefficient of 1,000 stays within 64 bits."""
_USUAL = 6
"""More decimals than these are the work of a spreadsheet rather than of an editor."""


@dataclass(frozen=True, slots=True)
class ExternalCell:
    """A cell of another table, and what that table measures ("" where it does not say)."""

    cell: Cell
    measure: str = ""


@dataclass(frozen=True, slots=True)
class Palette:
    """The readings of a table, each once, since most tokens stand in it many times.

    Args:
        readings: in order of first appearance.
        codes: which of them each cell has; int32, rows by columns.
    """

    readings: Sequence[Reading]
    codes: NDArray[np.int32]

    def of_columns(self, columns: Sequence[int]) -> Iterable[Reading]:
        """The readings that stand in some columns."""
        if len(columns) == self.codes.shape[1]:
            return self.readings
        return [self.readings[code] for code in np.unique(self.codes[:, columns])]


def palette(table: Table) -> Palette:
    """The readings of a table, each once."""
    flat = list(chain.from_iterable(row.readings for row in table.rows))
    distinct = {id(reading): reading for reading in flat}
    places = {key: place for place, key in enumerate(distinct)}
    codes = np.fromiter(map(places.__getitem__, map(id, flat)), np.int32, len(flat))
    return Palette(tuple(distinct.values()), codes.reshape(len(table.rows), len(table.columns)))


@dataclass(frozen=True)
class ScaledNumbers:
    """The numbers of one table, and of the cells it names of other tables.

    Args:
        finest: the scale is no smaller, for tables that are compared.
    """

    table: Table
    external: Mapping[Reference, ExternalCell]
    finest: int = 0

    @property
    def quoting(self) -> bool:
        """A list of claims quotes figures: rounding one when quoting it is allowed."""
        return self.table.spec.fields is not None

    @cached_property
    def palette(self) -> Palette:
        """The table's readings."""
        return palette(self.table)

    @cached_property
    def scale(self) -> int:
        """Decimals that hold every value, every constant and half of every rounding unit exactly."""
        return self._scale_of(self.summed) if self._cut else self._whole_scale

    @cached_property
    def _whole_scale(self) -> int:
        return self._scale_of(range(len(self.table.columns)))

    @cached_property
    def _cut(self) -> bool:
        """Whether not all digits can be held, and those outside all sums are left."""
        too_long = self._largest.scaleb(self._whole_scale) > LARGEST
        return too_long and not self.quoting and bool(self.summed)

    @cached_property
    def _largest(self) -> Decimal:
        return max((abs(r.value) for r in self.palette.readings if r.value), default=Decimal())

    @cached_property
    def summed(self) -> frozenset[int]:
        """Columns whose cells may stand in sums: by a formula, or by the coordinates of the column."""
        width = len(self.table.columns)
        stated = (
            term.cell + number * term.step
            for formula in self.table.stated.formulas
            for term in formula.terms
            if isinstance(term.cell, int)
            for number in range(formula.times if term.step % width else 1)
        )
        placed = {normalise(label) for label, place in (self.table.spec.columns or {}).items() if place}
        return frozenset((cell - 1) % width for cell in stated) | {
            c for c, label in enumerate(self.table.columns) if label in placed
        }

    def _scale_of(self, columns: Iterable[int]) -> int:
        spec = self.table.spec
        readings = list(self.palette.of_columns(sorted(columns)))
        readings += [far.cell.reading for far in self.external.values()]
        decimals = max((reading.decimals for reading in readings), default=0)
        if self.quoting or (decimals and not spec.exact and "" not in spec.units):
            decimals += 1
        cells = (term.cell for formula in self.table.stated.formulas for term in formula.terms)
        numbers = [cell for cell in cells if isinstance(cell, Decimal)]
        numbers += [unit / 2 for unit in spec.units.values()]
        exponents = [int(number.normalize().as_tuple().exponent) for number in numbers]
        return max([self.finest, decimals, *(-exponent for exponent in exponents)])

    @cached_property
    def open_below(self) -> bool:
        """Whether unknown values may lie below zero: said so, printed so, or the result of a deduction."""
        if self.table.spec.negative or self.quoting:
            return True
        if any(map(_is_negative, self.palette.readings)):
            return True
        return any(formula.deducts for formula in self.table.stated.formulas)

    def interval(self, reading: Reading, cell: Cell | None = None) -> tuple[int | None, int | None]:
        """Least and greatest value (None: open).

        Args:
            cell: where it is printed, for the message.

        Raises:
            BadInput: too large to be added up exactly.
        """
        lowest = None if self.open_below or reading.note == UNREAD else 0
        if reading.status is Status.MISSING and reading.note == BELOW_HALF:
            half = self._shown_half(cell)
            return (-half if lowest is None else lowest), half
        if reading.status in (Status.MISSING, Status.TEXT) or reading.value is None:
            return lowest, None
        if cell is not None and self._is_coarse(reading.value, cell):
            return self._around(reading)
        value = self.scaled(reading.value, cell)
        if reading.status is not Status.BOUND:
            return value, value
        inside = self._inside(reading, cell)
        if reading.at_least:
            return value + inside, None
        return (None if lowest is None else min(lowest, value - inside)), value - inside

    def anywhere(self, reading: Reading) -> tuple[int | None, int | None] | None:
        """The interval of a reading that means the same wherever it stands; None where its cell counts."""
        if self._cut or reading.strict or reading.note == BELOW_HALF:
            return None
        if reading.value is None:
            return self.interval(reading)
        scaled = int(reading.value.scaleb(self.scale) if self.scale else reading.value)
        if abs(scaled) > LARGEST:
            return None  # told with its place
        return (scaled, scaled) if reading.status is Status.VALUE else self.interval(reading)

    def _inside(self, reading: Reading, cell: Cell | None) -> int:
        """How far the nearest number is that a bound includes: fewer than 5 persons are at most 4."""
        if not reading.strict:
            return 0
        whole = reading.decimals == 0 and self._unit(cell) is None and self._counts(cell)
        return int(10**self.scale) if whole else 1

    def _counts(self, cell: Cell | None) -> bool:
        """Whether all numbers of a cell's row, or of its column, are whole."""
        if cell is None or cell.table != self.table.id:
            return False
        r, c = divmod(cell.id - 1, len(self.table.columns))
        lines = (self.table.rows[r].readings, [row.readings[c] for row in self.table.rows])
        return any(all(reading.decimals == 0 for reading in line) for line in lines)

    def _shown_half(self, cell: Cell | None) -> int:
        """Half the unit that a column shows, rounded up."""
        if (unit := self._unit(cell)) is not None:
            return int((unit / 2).scaleb(self.scale))
        if cell is None or cell.table != self.table.id:
            return int(10**self.scale)
        c = (cell.id - 1) % len(self.table.columns)
        return self._half(max(row.readings[c].decimals for row in self.table.rows))

    def _is_coarse(self, value: Decimal, cell: Cell) -> bool:
        """Whether a cell outside all sums has more digits than the scale holds."""
        if not self._cut or cell.table != self.table.id:
            return False
        exact = value.scaleb(self.scale)
        if exact == exact.to_integral_value() and abs(exact) <= LARGEST:
            return False
        return (cell.id - 1) % len(self.table.columns) not in self.summed

    def _around(self, reading: Reading) -> tuple[int | None, int | None]:
        """The interval of a number with more digits than are held."""
        assert reading.value is not None
        exact = reading.value.scaleb(self.scale)
        if abs(exact) > LARGEST:
            return (LARGEST, None) if exact > 0 else (None, -LARGEST)
        low, high = (int(exact.to_integral_value(how)) for how in (ROUND_FLOOR, ROUND_CEILING))
        if reading.status is not Status.BOUND:
            return low, high
        return (low, None) if reading.at_least else (None, high)

    def scaled(self, value: Decimal, cell: Cell | None = None) -> int:
        """A value in whole units of 10**-scale.

        Raises:
            BadInput: too large to be added up exactly.
        """
        scaled = int(value.scaleb(self.scale))
        if abs(scaled) > LARGEST:
            raise BadInput([self._too_long(value, cell)])
        return scaled

    def _too_long(self, value: Decimal, cell: Cell | None) -> Problem:
        """The number with the most decimals is named: it is what a spreadsheet leaves, or a slip."""
        hint = "split the table, or state it in a larger unit"
        message = f"{value:,} has too many digits to add up with {self.scale} decimals"
        width = len(self.table.columns)
        ids = (r * width + c + 1 for r in range(len(self.table.rows)) for c in self.summed or range(width))
        longest = max((self.table.cell(id) for id in ids), key=lambda c: c.reading.decimals, default=None)
        if longest is not None and longest.reading.decimals > _USUAL:
            digits = longest.reading.decimals
            message = f"{longest.token.strip()} has {digits} decimals, too many to add up beside {value:,}"
            hint, cell = "where a spreadsheet left them, round it: 6 are enough", longest
        place = (cell.file, cell.line, cell.position) if cell else (self.table.file, None, None)
        return Problem(message, hint, *place)

    def tolerance(self, reading: Reading, cell: int) -> int:
        """Half the unit a printed cell is rounded to; 0 for an exact one."""
        if self.quoting:
            return self._quoted(reading, cell)
        width = len(self.table.columns)
        labels = self.table.rows[(cell - 1) // width].label, self.table.columns[(cell - 1) % width]
        return self.half_unit(reading, *labels)

    def _unit(self, cell: Cell | None) -> Decimal | None:
        """What a cell was rounded to, as far as it is said."""
        own = cell is not None and cell.table == self.table.id
        return self.table.spec.rounded_to(*((cell.row, cell.column) if cell is not None and own else ()))

    def step(self, reading: Reading) -> int | None:
        """A unit of the last printed digit (as far as 64 bits hold it); None without a number."""
        return None if reading.value is None else 10 ** min(max(self.scale - reading.decimals, 0), 18)

    def half_unit(self, reading: Reading, *labels: str) -> int:
        """Half the printed unit, by what is said of rounding in the row and column of these labels."""
        if reading.value is None or reading.status is Status.NIL or self.table.spec.exact:
            return 0
        if (unit := self.table.spec.rounded_to(*labels)) is not None:
            return int((unit / 2).scaleb(self.scale))
        return self._half(reading.decimals) if reading.decimals else 0

    def _half(self, decimals: int) -> int:
        places = self.scale - decimals - 1
        return 5 * int(10**places) if places >= 0 else 1

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
                self.external[term.cell].cell.reading.decimals
                for term in claim.terms
                if isinstance(term.cell, Reference) and term.cell in self.external
            ]
            for term in claim.terms:
                if isinstance(term.cell, int):
                    found.setdefault(term.cell, []).extend(quoted)
        return found


def _is_negative(reading: Reading) -> bool:
    """Whether it says of a number that it is below zero, as "-3" and "<0" do."""
    if reading.value is None or reading.value > 0:
        return False
    return reading.value < 0 or (reading.strict and reading.at_least is False)
