"""A relation that was found in numbers, and the numbers it was found in."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import log2
from typing import Literal

from amyqa.diagnosis.grid import Position, Sum
from amyqa.model import Reading, Status

Across = Literal["columns", "rows"]

Kind = Literal["sum", "ratio", "average", "change"]

What = Literal["leaves out", "may leave out", "typed over", "typed", "not worked out anew"]
"""What is wrong with a formula."""

Readings = list[list[Reading | None]]

Terms = tuple[tuple[int, int], ...]
"""Items with their coefficients, the total first."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A total and its parts, the same in many lines of a grid.

    Args:
        across: ``columns``: total and parts are columns, and the relation holds in every row;
            ``rows``: they are rows, and it holds in every column.
        total: 0-based column (or row), or the number that the parts add up to, as 100.
        parts: what is added.
        minus: what is taken off.
        lines: 0-based rows (or columns) in which it is meant to hold.
        agree: lines in which it does hold, among those that hold no unknown number.
        of: lines that hold no unknown number.
        called: the total is called one, and its parts were read off the layout: few lines need agree.
        special: in these lines the total has other parts than in most.
        at_least: the total may be larger, as where a part is not printed.
        why: it is stated of its lines alone, for this reason.
        rounded: the unit its whole numbers were rounded to, None for exact ones.
        kind: ``sum``; ``ratio``: the first of two parts, divided by the second, times the factor;
            ``change``: how much the first is more than the second, as a share of the second, times the
            factor; ``average``: of the parts that are known.
        factor: 1, or 100 for percent, and so on.
        computed: formulas of a workbook state it.
    """

    across: Across
    total: int | Decimal
    parts: tuple[int, ...]
    minus: tuple[int, ...] = ()
    lines: tuple[int, ...] = ()
    agree: int = 0
    of: int = 0
    called: bool = False
    special: bool = False
    at_least: bool = False
    why: str = ""
    rounded: Decimal | None = None
    kind: Kind = "sum"
    factor: Decimal = Decimal(1)
    computed: bool = False

    def places(self, line: int) -> tuple[Position | Decimal, list[Position]]:
        """The total's place in a line, or the number it is, and those of its parts."""

        def place(item: int) -> Position:
            return (line, item) if self.across == "columns" else (item, line)

        total = self.total if isinstance(self.total, Decimal) else place(self.total)
        return total, [place(part) for part in (*self.parts, *self.minus)]

    def sums(self) -> list[Sum]:
        """A sum in each of its lines, as :func:`amyqa.diagnose` takes it; of other kinds, none."""
        if self.kind != "sum":
            return []
        terms, added = 1 + len(self.parts) + len(self.minus), len(self.parts)
        tolerance = None if self.rounded is None else self.rounded * terms / 2
        every = [self.places(line) for line in self.lines]
        return [Sum(total, parts[:added], parts[added:], tolerance) for total, parts in every]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A cell that is not as its formula, or its neighbours' formulas, have it: 0-based row and column."""

    row: int
    column: int
    shows: str
    what: What
    told: str


@dataclass(frozen=True)
class Computed:
    """What a workbook's formulas state of a table.

    Args:
        sums, ratios: relations; their lines are those with such a formula.
        doubts: what is wrong, or may be, with formulas.
        remarks: what could not be stated, in sentences.
    """

    sums: tuple[Relation, ...] = ()
    ratios: tuple[Relation, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RelationFit:
    """How well a relation agrees with the numbers.

    Args:
        agree, of: lines, among those without unknown numbers.
        telling, of_telling: the same among lines that are not all zero.
        distinct: agreeing lines that differ from each other; ``crossed`` and ``bits`` count these alone,
            since the same numbers once more are no more evidence.
        crossed: agreeing lines in which at least two parts are not zero.
        bits: how surprising the agreement would be by chance: in each agreeing line, the total's
            size over the width that counts as agreement, as a logarithm.
        own: the same where a line counts only as far as it is no multiple of an earlier one: what one
            line keeps, all of its multiples keep.
    """

    agree: int
    of: int
    telling: int
    of_telling: int
    distinct: int
    crossed: int
    bits: float
    own: float


_UNKNOWN: tuple[None, int] = (None, 0)
_MAX_BITS = 20.0
_MAX_SHAPES = 16
"""With so many earlier lines a line is compared."""


class NumberGrid:
    """Items (columns, say) by lines (rows): values as scaled integers, None where unknown.

    Args:
        readings: of each item, line by line; None for a token that is no number.
        rounded: the unit whole numbers were rounded to; None: whole numbers are exact.
        hundred: also have an item that is 100 in every line, the last one.
    """

    def __init__(
        self,
        readings: Sequence[Sequence[Reading | None]],
        rounded: Decimal | None = None,
        *,
        hundred: bool = False,
    ) -> None:
        decimals = [r.decimals for item in readings for r in item if r is not None and r.value is not None]
        unit_decimals = 0 if rounded is None else max(0, -int(rounded.normalize().as_tuple().exponent))
        self.scale = max([*decimals, unit_decimals], default=0) + 1
        self.rounded = 0 if rounded is None else int(rounded.scaleb(self.scale)) // 2
        distinct = {id(reading): reading for item in readings for reading in item}
        scaled = {key: self._scaled(reading) for key, reading in distinct.items()}  # most stand there often
        pairs = [[scaled[id(reading)] for reading in item] for item in readings]
        self.values: list[list[int | None]] = [[value for value, _ in item] for item in pairs]
        self.tolerance: list[list[int]] = [[tolerance for _, tolerance in item] for item in pairs]
        if hundred:
            lines = len(readings[0]) if readings else 0
            self.values.append([100 * 10**self.scale] * lines)
            self.tolerance.append([0] * lines)

    def only(self, lines: Sequence[int]) -> NumberGrid:
        """The same items in these lines alone."""
        part = copy(self)
        part.values = [[item[line] for line in lines] for item in self.values]
        part.tolerance = [[item[line] for line in lines] for item in self.tolerance]
        part.__dict__.pop("probes", None)
        return part

    def _scaled(self, reading: Reading | None) -> tuple[int | None, int]:
        """A value, and half the unit it was rounded to."""
        if reading is None or reading.value is None or reading.status not in (Status.VALUE, Status.NIL):
            return _UNKNOWN
        value = int(reading.value.scaleb(self.scale))
        if reading.status is Status.NIL:
            return value, 0
        if reading.decimals:
            return value, max(self.rounded, 5 * 10 ** (self.scale - reading.decimals - 1))
        return value, self.rounded

    @cached_property
    def probes(self) -> list[int]:
        """Lines from the most telling on: those with the most numbers that are not zero."""
        filled = [sum(1 for item in self.values if item[line]) for line in range(self.lines)]
        return sorted(range(self.lines), key=lambda line: (-filled[line], line))

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return len(self.values[0]) if self.values else 0

    def judge(
        self, terms: Sequence[tuple[int, int]], misses: float = 0, lines: Sequence[int] | None = None
    ) -> RelationFit | None:
        """How well a relation agrees.

        Args:
            terms: items with their coefficients, the total first.
            misses: more disagreeing lines than that, and it is not followed further.
            lines: where to look; None: everywhere.

        Returns:
            None where it misses too often.
        """
        agree = of = telling = of_telling = crossed = 0
        bits = own = 0.0
        seen, shapes = set[tuple[int, ...]](), list[list[float]]()
        for line in self.probes if lines is None else lines:
            values = [v for item, _ in terms if (v := self.values[item][line]) is not None]
            if len(values) < len(terms):
                continue
            tolerance = sum(self.tolerance[item][line] for item, _ in terms)
            nonzero = any(values)
            of += 1
            of_telling += nonzero
            if abs(sum(c * v for (_, c), v in zip(terms, values, strict=True))) > tolerance:
                if of - agree > misses:
                    return None
                continue
            agree += 1
            telling += nonzero
            # what is no more than the rounding of the others tells nothing
            if (numbers := tuple(values)) in seen or not nonzero:
                continue
            seen.add(numbers)
            crossed += sum(abs(value) > tolerance for value in values[1:]) > 1
            width = max(2 * tolerance, 10**self.scale // (10 if tolerance else 1))
            told = min(_MAX_BITS, log2(max(1.0, abs(values[0]) / width)))
            bits += told
            reach = min(abs(values[0]), _departure(values, shapes))
            own += min(told, log2(max(1.0, reach / width)))
        return RelationFit(agree, of, telling, of_telling, len(seen), crossed, bits, own)


def _departure(values: Sequence[int], shapes: list[list[float]]) -> float:
    """How far a line's numbers are from being a multiple of an earlier line's; adds them to these."""
    size = max(map(abs, values))
    shape = [value / size for value in values]
    nearest = min((max(abs(a - b) for a, b in zip(shape, other, strict=True)) for other in shapes), default=1)
    if len(shapes) < _MAX_SHAPES:
        shapes.append(shape)
    return 2 * nearest * size
