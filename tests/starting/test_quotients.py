"""Shares, rates, averages and changes are found in numbers alone, and nothing where these say nothing."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal

import pytest

import amyqa
from amyqa.starting.relations import Kind, Relation

POPULATION = [48_210, 9_731, 120_455, 33_018, 7_264, 61_902, 15_377, 88_640]
SCHOOLED = [11_502, 1_988, 40_713, 6_120, 1_405, 17_777, 4_902, 20_011]
LATER = [50_873, 9_412, 131_009, 32_777, 8_150, 66_430, 15_118, 97_304]


def of_kind(relations: list[Relation], kind: Kind) -> list[tuple[str, object, tuple[int, ...], Decimal]]:
    return [(r.across, r.total, r.parts, r.factor) for r in relations if r.kind == kind]


def rows_of(*columns: Sequence[object]) -> list[list[str]]:
    return [[str(value) for value in row] for row in zip(*columns, strict=True)]


@pytest.mark.parametrize(("factor", "decimals"), [(1, 3), (100, 1), (1000, 0)])
def test_a_share_is_found_with_its_factor(factor: int, decimals: int) -> None:
    share = [f"{factor * a / b:.{decimals}f}" for a, b in zip(SCHOOLED, POPULATION, strict=True)]
    found = amyqa.infer(rows_of(POPULATION, SCHOOLED, share))
    assert of_kind(found, "ratio") == [("columns", 2, (1, 0), Decimal(factor))]
    [ratio] = [r for r in found if r.kind == "ratio"]
    assert (ratio.agree, ratio.of, ratio.lines, ratio.sums()) == (8, 8, tuple(range(8)), [])


def test_a_misprinted_share_is_one_line_that_does_not_agree() -> None:
    share = [f"{100 * a / b:.1f}" for a, b in zip(SCHOOLED, POPULATION, strict=True)]
    share[3] = share[3][::-1]
    [ratio] = [r for r in amyqa.infer(rows_of(POPULATION, SCHOOLED, share)) if r.kind == "ratio"]
    assert (ratio.agree, ratio.of, 3 in ratio.lines) == (7, 8, True)


def test_shares_between_rows_are_found() -> None:
    share = [f"{100 * a / b:.1f}" for a, b in zip(SCHOOLED, POPULATION, strict=True)]
    found = amyqa.infer([[str(v) for v in row] for row in (POPULATION, SCHOOLED, share)])
    assert of_kind(found, "ratio") == [("rows", 2, (1, 0), Decimal(100))]


def test_growth_is_a_change_and_no_ratio() -> None:
    growth = [f"{100 * (b - a) / a:.1f}" for a, b in zip(POPULATION, LATER, strict=True)]
    found = amyqa.infer(rows_of(POPULATION, LATER, growth))
    assert of_kind(found, "change") == [("columns", 2, (1, 0), Decimal(100))]
    assert of_kind(found, "ratio") == []


def test_an_average_leaves_blanks_out() -> None:
    random.seed(12)
    marks = [[str(random.randint(20, 99)) for _ in range(5)] for _ in range(14)]
    marks[4][2] = marks[9][0] = ""
    known = [[int(mark) for mark in column if mark] for column in zip(*marks, strict=True)]
    average = [f"{sum(column) / len(column):.2f}" for column in known]
    found = amyqa.infer([*marks, average])
    assert of_kind(found, "average") == [("rows", 14, tuple(range(14)), Decimal(1))]


def test_a_total_beside_its_parts_is_averaged_by_nobody() -> None:
    """A quarter of a total is the average of three parts and their total."""
    random.seed(13)
    rows = []
    for _ in range(9):
        parts = [random.randint(100, 999) for _ in range(3)]
        rows.append([*map(str, parts), str(sum(parts)), f"{sum(parts) / 4:.2f}"])
    assert of_kind(amyqa.infer(rows), "average") == []


def test_a_price_times_a_quantity_is_told_once() -> None:
    random.seed(14)
    sold = [(random.randint(2, 90), random.randint(1_000, 99_999) / 100) for _ in range(12)]
    rows = [[str(n), f"{price:.2f}", f"{n * price:.2f}"] for n, price in sold]
    assert len(of_kind(amyqa.infer(rows), "ratio")) == 1


@pytest.mark.parametrize("seed", range(6))
def test_random_numbers_are_no_quotients(seed: int) -> None:
    random.seed(seed)
    rows = [
        [
            *(str(random.randint(1, 5_000)) for _ in range(6)),
            *(f"{random.uniform(0, 100):.1f}" for _ in range(3)),
        ]
        for _ in range(10)
    ]
    assert [r for r in amyqa.infer(rows) if r.kind != "sum"] == []


@pytest.mark.parametrize("column", [["1.0"] * 8, ["0.0"] * 8, ["100.0", "0.0"] * 4])
def test_a_column_of_ones_is_no_share_of_anything(column: list[object]) -> None:
    assert of_kind(amyqa.infer(rows_of(POPULATION, POPULATION, column)), "ratio") == []


def test_numbers_that_count_up_are_no_averages() -> None:
    rows = [[str(n), str(1990 + n), str(10 * n), f"{n / 2}"] for n in range(1, 15)]
    assert of_kind(amyqa.infer(rows), "average") == []


def test_what_was_divided_by_its_number_has_a_mean_and_not_the_other_way_round() -> None:
    awards = [4_187_215, 3_959_442, 4_610_028, 5_254_395, 6_003_713, 7_140_385]
    number = [3_361, 3_030, 3_085, 3_247, 3_303, 3_451]
    mean = [str(round(a / n)) for a, n in zip(awards, number, strict=True)]
    rows = [list(map(str, awards)), list(map(str, number)), mean]
    assert of_kind(amyqa.infer(rows), "ratio") == [("rows", 2, (0, 1), Decimal(1))]


def test_marks_of_one_to_five_are_averages_of_nothing() -> None:
    random.seed(15)
    rows = [[str(random.randint(3, 5)) for _ in range(20)] for _ in range(24)]
    assert of_kind(amyqa.infer(rows), "average") == []


def test_what_a_share_was_worked_out_of_is_no_change() -> None:
    tested = [231_215, 198_403, 240_118, 225_007, 187_964, 236_551]
    passed = [149_386, 151_210, 160_044, 170_913, 139_555, 190_027]
    rows = rows_of(tested, passed, [f"{a / b:.5f}" for a, b in zip(passed, tested, strict=True)])
    assert [(r.kind, r.total) for r in amyqa.infer(rows)] == [("ratio", 2)]
