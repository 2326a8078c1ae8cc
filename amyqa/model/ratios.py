"""Ratios that a table's YAML states: what is printed of a division, and the numbers that were divided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

CellTerm = tuple[int, int, int]
"""A printed cell's id, its coefficient, and how far the cell of the next instance is from it."""


@dataclass(frozen=True, slots=True)
class RatioCells:
    """One instance of a stated ratio, over ids of cells of its table.

    Args:
        result: the printed ratio.
        top, bottom: cells and coefficients; no bottom is 1.
    """

    result: int
    top: tuple[tuple[int, int], ...]
    bottom: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class StatedRatio:
    """``result = factor * top / bottom + offset`` with all its instances; soft, as results are rounded.

    Args:
        relation: as written.
        result, top, bottom: of the first instance; no bottom is 1.
        factor: 100 for a percentage, 1/3 for an average of three.
        offset: -100 for a change in per cent.
        along: ``row`` or ``column``, where it has one instance for each of `labels`.
        where: of its only instance, where it has one.
        unknown: why it cannot be judged, when that is known from the start.
        line: of the YAML.
    """

    relation: str
    result: CellTerm
    top: tuple[CellTerm, ...]
    bottom: tuple[CellTerm, ...] = ()
    factor: Fraction = Fraction(1)
    offset: int = 0
    along: str = ""
    labels: Sequence[str] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    unknown: str = ""
    line: int = 0

    @property
    def times(self) -> int:
        """Number of its instances."""
        return len(self.labels) if self.along else 1

    @property
    def is_average(self) -> bool:
        """Whether its numbers are added up and divided by how many they are."""
        return not self.bottom and not self.offset and self.factor == Fraction(1, len(self.top))

    def instances(self) -> Iterator[RatioCells]:
        """All of them, in order."""
        return map(self.instance, range(self.times))

    def instance(self, number: int) -> RatioCells:
        """One of them, counted from 0."""

        def there(terms: Sequence[CellTerm]) -> tuple[tuple[int, int], ...]:
            return tuple((cell + number * step, coefficient) for cell, coefficient, step in terms)

        return RatioCells(there((self.result,))[0][0], there(self.top), there(self.bottom))
