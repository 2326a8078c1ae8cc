"""Slips of whole rows and columns: each is one slip, told as one, and hides no other."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

import amyqa
from amyqa.diagnosis.verdict import Verdict
from tests.diagnosis.grids import Grid, printed, with_totals

SUMS = [amyqa.Sum((r, 6), [(r, c) for c in range(6)]) for r in range(8)]
SUMS += [amyqa.Sum((t, c), [(t - k, c) for k in (1, 2, 3)]) for t in (3, 7) for c in range(7)]


def groups(seed: int) -> Grid:
    """Two groups of three rows, each with its total below it and all rows with theirs behind."""
    rng = random.Random(seed)
    return [
        row
        for _ in range(2)
        for row in with_totals([[rng.randrange(100, 9999) for _ in range(6)] for _ in range(3)])
    ]


def turned(grid: Grid) -> Grid:
    return [list(column) for column in zip(*grid, strict=True)]


def turned_sums() -> list[amyqa.Sum]:
    return [
        amyqa.Sum((each.total[1], each.total[0]), [(c, r) for r, c in each.parts])
        for each in SUMS
        if not isinstance(each.total, Decimal)
    ]


def wrong(true: Grid, wrong: Grid) -> dict[tuple[int, int], Decimal]:
    return {
        (r, c): Decimal(value)
        for r, row in enumerate(true)
        for c, value in enumerate(row)
        if wrong[r][c] != value
    }


def slipped(how: str, seed: int = 8) -> tuple[Grid, Grid]:
    """A grid as it should be, and with one slip of a row."""
    true = groups(seed)
    grid = [list(row) for row in true]
    if how == "exchanged with another":
        grid[1], grid[5] = grid[5], grid[1]
    elif how == "printed twice":
        grid[1] = list(grid[5])
    else:
        grid[1] = [*grid[1][:2], grid[1][2], *grid[1][2:6]]
    return true, grid


def kinds(verdicts: tuple[Verdict, ...]) -> set[str]:
    return {change.kind for verdict in verdicts for change in verdict.located}


@pytest.mark.parametrize("how", ["exchanged with another", "printed twice", "shifted by one cell"])
@pytest.mark.parametrize("line", ["row", "column"])
def test_a_line_that_slipped_is_put_right_and_told_as_one_slip(how: str, line: str) -> None:
    true, grid = slipped(how)
    sums = SUMS
    if line == "column":
        true, grid, sums = turned(true), turned(grid), turned_sums()
    told = amyqa.diagnose(printed(grid), sums)
    assert told.located == wrong(true, grid)
    assert kinds(told.verdicts) == {f"{line} {how}"}
    assert told.likelihood > 0.9


@pytest.mark.parametrize("how", ["exchanged with another", "printed twice", "shifted by one cell"])
def test_a_misprint_elsewhere_is_found_beside_a_line_that_slipped(how: str) -> None:
    true, grid = slipped(how)
    grid[6][4] = true[6][4] + 4000
    told = amyqa.diagnose(printed(grid), SUMS)
    assert told.located.get((6, 4)) == true[6][4]
    assert all(told.located[place] == value for place, value in wrong(true, grid).items() if place[1] != 4)


def test_a_misprint_in_a_line_that_slipped_is_told_as_seen_from_the_print() -> None:
    true, grid = slipped("exchanged with another")
    grid[1][2] += 30
    told = amyqa.diagnose(printed(grid), SUMS)
    assert told.located == wrong(true, grid)
    [change] = [c for v in told.verdicts for c in v.located if told.positions[c.cell] == (1, 2)]
    assert change.printed == grid[1][2]


def test_a_part_that_is_not_printed_is_no_slip_of_a_line() -> None:
    grid = groups(3)
    del grid[1]
    sums = [amyqa.Sum((r, 6), [(r, c) for c in range(6)]) for r in range(7)]
    sums += [
        amyqa.Sum((t, c), [(t - k, c) for k in parts])
        for t, parts in ((2, (1, 2)), (6, (1, 2, 3)))
        for c in range(7)
    ]
    told = amyqa.diagnose(printed(grid), sums)
    assert not told.located


def test_two_equal_rows_are_no_row_printed_twice_where_the_sums_hold() -> None:
    rows = [[140, 250, 360, 470, 580, 690], [140, 250, 360, 470, 580, 690], [915, 826, 737, 648, 559, 461]]
    grid = [*with_totals(rows), *groups(5)[4:]]
    assert amyqa.diagnose(printed(grid), SUMS).verdicts == ()


def test_rows_of_small_numbers_that_are_alike_by_chance_are_no_row_printed_twice() -> None:
    # percentages rounded one by one: their columns are off by a unit here and there
    grid = [
        [45, 44, 43, 46, 45, 44, 46, 45, 44, 45],
        [3, 3, 3, 3, 3, 3, 3, 3, 3, 3],
        [2, 3, 3, 3, 3, 3, 3, 3, 3, 3],
        [31, 30, 31, 30, 31, 31, 30, 31, 30, 31],
        [20, 19, 20, 19, 19, 19, 19, 18, 19, 19],
    ]
    total = [[100] * 10]
    sums = [amyqa.Sum((0, c), [(r, c) for r in range(1, 6)]) for c in range(10)]
    told = amyqa.diagnose(printed(total + grid), sums)
    assert told.verdicts
    kinds = {change.kind for verdict in told.verdicts for a in verdict.alternatives for change in a.changes}
    assert "row printed twice" not in kinds


@pytest.mark.parametrize("seed", range(6))
def test_a_misprint_in_a_column_of_a_row_printed_twice_is_found_and_the_row_put_right(seed: int) -> None:
    # the column's sum needs the lost number; the misprint breaks its own row's sum and the lost row's
    true, grid = slipped("printed twice", seed)
    grid[2][3] //= 10
    told = amyqa.diagnose(printed(grid), SUMS)
    located = told.located
    assert located[2, 3] == true[2][3]
    row = {place: value for place, value in wrong(true, grid).items() if place[0] == 1}
    assert {place: located.get(place) for place in row} == row
