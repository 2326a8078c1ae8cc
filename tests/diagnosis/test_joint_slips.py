"""Several wrong cells that are one slip: exchanged neighbours, a row or column moved by one."""

from __future__ import annotations

import amyqa

YEARS = [[120, 340, 560, 780, 90], [231, 452, 673, 894, 115], [300, 21, 402, 503, 604]]


def printed(rows: list[list[int]]) -> list[list[str]]:
    """Rows with their totals, and a row of totals, as they should be."""
    totals = [sum(column) for column in zip(*rows, strict=True)]
    return [[str(n) for n in (*row, sum(row))] for row in (*rows, totals)]


def sums(rows: int, columns: int) -> list[amyqa.Sum]:
    across = [amyqa.Sum((r, columns), [(r, c) for c in range(columns)]) for r in range(rows + 1)]
    down = [amyqa.Sum((rows, c), [(r, c) for r in range(rows)]) for c in range(columns + 1)]
    return [*across, *down]


def test_a_row_that_slipped_by_one_cell_is_found_and_called_so() -> None:
    grid = printed(YEARS)
    grid[1][:5] = ["0", *grid[1][:4]]
    told = amyqa.diagnose(grid, sums(3, 5))
    assert {position: int(value) for position, value in told.changes.items()} == {
        (1, c): YEARS[1][c] for c in range(5)
    }
    assert told.likelihood > 0.9
    [verdict] = told.verdicts
    assert [c.kind for c in verdict.located].count("row shifted by one cell") == 5


def test_a_column_that_slipped_by_one_cell_is_called_so() -> None:
    turned = [list(column) for column in zip(*YEARS, strict=True)]
    grid = printed(turned)
    for r in (4, 3, 2, 1):
        grid[r][1] = grid[r - 1][1]
    grid[0][1] = "0"
    told = amyqa.diagnose(grid, sums(5, 3))
    [verdict] = told.verdicts
    assert {c.kind for c in verdict.located if c.printed} == {"column shifted by one cell"}


def test_two_neighbours_that_were_exchanged_are_called_so() -> None:
    grid = printed(YEARS)
    grid[0][1], grid[1][1] = grid[1][1], grid[0][1]
    told = amyqa.diagnose(grid, sums(3, 5))
    assert {position: int(value) for position, value in told.changes.items()} == {(0, 1): 340, (1, 1): 452}
    [verdict] = told.verdicts
    assert {c.kind for c in verdict.located} == {"swapped with a neighbouring cell"}
