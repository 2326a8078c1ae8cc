"""Small tables for tests: numbers in rows and columns, and the sums that cross in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from amyqa.diagnosis.case import Case, Identity
from amyqa.diagnosis.grid import Position, Sum
from amyqa.diagnosis.printed import Printed

Grid = list[list[int]]


def with_totals(inner: Sequence[Sequence[int]]) -> Grid:
    """Numbers with their total column (last) and their total row (last)."""
    rows = [[*row, sum(row)] for row in inner]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def crossing(height: int, width: int, tolerance: Decimal | None = None) -> list[Sum]:
    """Row totals in the last column and column totals in the last row, the corner in both."""
    across = [Sum((r, width), [(r, c) for c in range(width)], tolerance=tolerance) for r in range(height + 1)]
    down = [Sum((height, c), [(r, c) for r in range(height)], tolerance=tolerance) for c in range(width + 1)]
    return [*across, *down]


def printed(grid: Sequence[Sequence[object]]) -> list[list[str]]:
    """The tokens of a grid."""
    return [[str(value) for value in row] for row in grid]


def replaced(grid: Sequence[Sequence[int]], changes: Mapping[Position, int]) -> Grid:
    """The grid with other numbers in some cells."""
    return [[changes.get((r, c), value) for c, value in enumerate(row)] for r, row in enumerate(grid)]


def residuals(
    grid: Sequence[Sequence[object]], sums: Iterable[Sum], changes: Mapping[Position, Decimal] | None = None
) -> list[Decimal]:
    """What each sum is off by after changes: total minus parts."""

    def value(position: Position) -> Decimal:
        r, c = position
        return (changes or {}).get(position, Decimal(str(grid[r][c])))

    found = []
    for each in sums:
        total = each.total if isinstance(each.total, Decimal) else value(each.total)
        less = sum(map(value, each.minus), Decimal(0))
        found.append(total - sum(map(value, each.parts), Decimal(0)) + less)
    return found


def case(
    values: Mapping[int, int | str],
    identities: Iterable[Mapping[int, int]],
    tolerance: int | str = 0,
    *,
    fixed: Iterable[int] = (),
    negative: bool = True,
) -> Case:
    """A case whose cells stand one below the other, far apart."""
    cells = {}
    for cell, value in values.items():
        number = Decimal(value)
        decimals = max(0, -int(number.as_tuple().exponent))
        cells[cell] = Printed(number, decimals, (3 * cell, 3 * cell))
    rows = [Identity(dict(terms), Decimal(tolerance)) for terms in identities]
    return Case(cells, rows, frozenset(fixed), negative)
