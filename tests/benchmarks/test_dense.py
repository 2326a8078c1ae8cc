"""Tables drawn for the benchmark of dense errors are wrong just where it says."""

from __future__ import annotations

import random

import pytest

from benchmarks.dense import (
    ERROR_MECHANISMS,
    SHAPES,
    Score,
    Table,
    digit_slip,
    draw,
    judge,
    slip_row,
    spoil,
    unconnected,
)


def holding(table: Table, numbers: list[list[int]]) -> int:
    """How many sums hold."""
    return sum(
        numbers[s.total[0]][s.total[1]] == sum(numbers[r][c] for r, c in s.parts)  # type: ignore[index]
        for s in table.sums
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_all_sums_of_the_true_table_hold(shape: tuple[tuple[int, int], tuple[int, int]]) -> None:
    table = draw(shape, random.Random(1))
    assert holding(table, table.true) == len(table.sums)
    crossing = {place for s in table.sums for place in s.parts}
    assert len(crossing) == len(table.true) * len(table.true[0]) - 1  # all but the grand total are parts


@pytest.mark.parametrize("mixed", [False, True])
def test_just_as_many_cells_are_wrong_as_asked_for(mixed: bool) -> None:
    table = draw(SHAPES[0], random.Random(2))
    spoil(table, 10, random.Random(3), mixed=mixed)
    assert len(table.wrong) == 10
    assert holding(table, table.printed) < len(table.sums)


@pytest.mark.parametrize("how", ERROR_MECHANISMS)
def test_a_slip_of_a_row_breaks_sums_and_stays_in_one_row_or_two(how: str) -> None:
    table = draw(SHAPES[1], random.Random(4))
    slip_row(table, how, SHAPES[1][0], random.Random(5))
    assert len({r for r, _ in table.wrong}) == (2 if how == "exchanged" else 1)
    assert holding(table, table.printed) < len(table.sums)


def test_slips_of_digits_keep_the_sign() -> None:
    chance = random.Random(6)
    assert all(digit_slip(-4711, chance) <= 0 <= digit_slip(4711, chance) for _ in range(200))


def test_what_is_put_right_and_what_is_spoilt_is_counted() -> None:
    table = draw(SHAPES[0], random.Random(7))
    table.printed[2][3] += 30
    score = Score()
    judge(table, score)
    assert (score.wrong, score.mended, score.spoilt, score.spoilt_surely) == (1, 1, 0, 0)


def test_unconnected_rows_break_one_by_one() -> None:
    table = unconnected(200, 0.05, 8)
    assert len(table.sums) - holding(table, table.printed) == len(table.wrong) == 10
