"""Every explanation of a small system, by algebra over all sets of cells; shares no code with amyqa."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from itertools import combinations

Terms = Mapping[int, int]


def solution(rows: Sequence[Terms], residuals: Sequence[int], cells: Sequence[int]) -> list[Fraction] | None:
    """The only differences of some cells that mend all rows; None where there is none, or more than one."""
    matrix = [
        [*(Fraction(row.get(cell, 0)) for cell in cells), Fraction(-residual)]
        for row, residual in zip(rows, residuals, strict=True)
    ]
    rank = 0
    for column in range(len(cells)):
        pivot = next((i for i in range(rank, len(matrix)) if matrix[i][column]), None)
        if pivot is None:
            return None
        matrix[rank], matrix[pivot] = matrix[pivot], matrix[rank]
        head = matrix[rank][column]
        matrix[rank] = [value / head for value in matrix[rank]]
        for i, line in enumerate(matrix):
            if i != rank and line[column]:
                factor = line[column]
                matrix[i] = [a - factor * b for a, b in zip(line, matrix[rank], strict=True)]
        rank += 1
    if any(line[-1] for line in matrix[rank:]):
        return None
    return [matrix[i][-1] for i in range(rank)]


def of_size(
    rows: Sequence[Terms], residuals: Sequence[int], size: int, without: Collection[int] = ()
) -> set[frozenset[tuple[int, int]]]:
    """All explanations of exactly so many cells, none of which can be spared, in whole numbers."""
    cells = sorted({cell for row in rows for cell in row} - set(without))
    found = set()
    for chosen in combinations(cells, size):
        differences = solution(rows, residuals, chosen)
        if differences is not None and all(d and d.denominator == 1 for d in differences):
            found.add(frozenset(zip(chosen, map(int, differences), strict=True)))
    return found


def smallest(
    rows: Sequence[Terms], residuals: Sequence[int], most: int, without: Collection[int] = ()
) -> int:
    """Least number of cells that explain all rows; most + 1 where there is none."""
    if not any(residuals):
        return 0
    sizes = range(1, most + 1)
    return next((size for size in sizes if of_size(rows, residuals, size, without)), most + 1)


def next_best(rows: Sequence[Terms], residuals: Sequence[int], most: int) -> int | None:
    """Least size of an explanation that contains none of the smallest."""
    least = smallest(rows, residuals, most)
    # none of those found can be spared a cell, so that a larger one contains no smaller one
    return next((s for s in range(least + 1, most + 1) if of_size(rows, residuals, s)), None)
