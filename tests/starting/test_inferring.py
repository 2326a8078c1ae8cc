"""What is found in numbers alone: the sums they keep, and nothing else."""

from __future__ import annotations

import random
import time
from decimal import Decimal

import pytest

import amyqa
from amyqa.starting.relations import Relation
from tests.starting.tables import by_sex_and_group, misprinted, nested, take


def told(relations: list[Relation]) -> set[tuple[str, object, tuple[int, ...], tuple[int, ...]]]:
    return {(r.across, r.total, r.parts, r.minus) for r in relations}


def test_totals_of_neighbouring_columns_and_of_all_rows_are_found_without_labels() -> None:
    tokens, _, _ = by_sex_and_group()
    found = amyqa.infer(tokens)
    assert ("columns", 0, (1, 2, 3, 4), ()) in told(found)
    assert ("rows", 12, tuple(range(12)), ()) in told(found)
    assert all(r.agree == r.of for r in found if r.across == "columns")


def test_shares_that_make_a_hundred_are_found() -> None:
    tokens, columns, rows = by_sex_and_group()
    found = amyqa.infer(tokens, columns=columns, rows=rows)
    assert ("columns", Decimal(100), (5, 6, 7, 8), ()) in told(found)


def test_rows_of_shares_are_not_said_to_add_up() -> None:
    tokens, columns, rows = by_sex_and_group()
    [down] = [r for r in amyqa.infer(tokens, columns=columns, rows=rows) if r.across == "rows"]
    assert down.lines == (0, 1, 2, 3, 4)


def test_a_country_is_the_sum_of_its_regions_and_each_region_of_its_districts() -> None:
    tokens, rows = nested()
    assert told(amyqa.infer(tokens, rows=rows)) == {
        ("rows", 0, (1, 6, 10), ()),
        ("rows", 1, (2, 3, 4, 5), ()),
        ("rows", 6, (7, 8, 9), ()),
        ("rows", 10, (11, 12, 13, 14, 15), ()),
    }


@pytest.mark.parametrize("cells", [[(3, 1)], [(3, 1), (7, 2)], [(0, 0), (12, 3)], [(12, 0)]])
def test_misprints_hide_no_relation_and_are_counted(cells: list[tuple[int, int]]) -> None:
    tokens, columns, rows = by_sex_and_group()
    found = amyqa.infer(misprinted(tokens, cells), columns=columns, rows=rows)
    [across] = [r for r in found if (r.across, r.total) == ("columns", 0)]
    [down] = [r for r in found if r.across == "rows"]
    assert (across.parts, across.of, down.parts) == ((1, 2, 3, 4), 13, tuple(range(12)))
    assert across.agree == 13 - len({row for row, _ in cells})
    assert down.agree == down.of - len({column for _, column in cells})


def test_what_holds_in_fewer_than_four_rows_of_five_is_not_found() -> None:
    tokens, _, _ = by_sex_and_group(rows=9)
    changed = misprinted(tokens, [(row, 1 + row % 4) for row in range(5)])
    assert not [r for r in amyqa.infer(changed) if r.across == "columns" and r.total == 0]


def test_every_second_column_may_be_a_part() -> None:
    random.seed(3)
    rows = []
    for _ in range(8):
        men, women = ([random.randint(10, 9_000) for _ in range(3)] for _ in range(2))
        years = [number for pair in zip(men, women, strict=True) for number in pair]
        rows.append([*map(str, years), str(sum(men)), str(sum(women))])
    assert {("columns", 6, (0, 2, 4), ()), ("columns", 7, (1, 3, 5), ())} <= told(amyqa.infer(rows))


def test_a_balance_is_told_as_a_difference() -> None:
    random.seed(4)
    pairs = [(random.randint(5_000, 9_000), random.randint(1_000, 12_000)) for _ in range(7)]
    tokens = [[str(a), str(b), str(a - b)] for a, b in pairs]
    [relation] = amyqa.infer(tokens, columns=["Receipts", "Payments", "Balance"])
    assert (relation.total, relation.parts, relation.minus) == (2, (0,), (1,))


def test_a_total_with_something_taken_off_is_found() -> None:
    random.seed(5)
    tokens = []
    for _ in range(9):
        wages, sales, taxes = (random.randint(1_000, 50_000) for _ in range(3))
        tokens.append([str(wages), str(sales), str(taxes), str(wages + sales - taxes)])
    [relation] = amyqa.infer(tokens)
    sides = {frozenset((relation.total, *relation.minus)), frozenset(relation.parts)}
    assert sides == {frozenset({3, 2}), frozenset({0, 1})}


def test_what_follows_from_other_relations_is_not_told() -> None:
    random.seed(6)
    tokens = []
    for _ in range(10):
        a, b, c, d = (random.randint(100, 9_999) for _ in range(4))
        tokens.append([str(n) for n in (a + b + c + d, a + b, a, b, c + d, c, d)])
    assert told(amyqa.infer(tokens)) == {
        ("columns", 0, (1, 4), ()),
        ("columns", 1, (2, 3), ()),
        ("columns", 4, (5, 6), ()),
    }


@pytest.mark.parametrize("most", [1, 3, 9, 50, 10_000])
def test_random_numbers_add_up_to_nothing(most: int) -> None:
    random.seed(most)
    tokens = [[str(random.randint(0, most)) for _ in range(7)] for _ in range(12)]
    assert amyqa.infer(tokens) == []


def test_columns_of_zeros_and_of_one_number_make_no_relation() -> None:
    assert amyqa.infer([["5", "0", "5", "-"]] * 6) == []
    assert amyqa.infer([["100.0", "100.0", "0.1", "0.0"]] * 6) == []


def test_the_same_numbers_once_more_are_no_more_evidence() -> None:
    """Rents from the month of moving in: 36 months of the same are one coincidence, not 36."""
    rents = {310: 0, 450: 4, 760: 7, 915: 9, 1365: 12, 620: 15, 1235: 21}
    rows = [["0"] * start + [str(rent)] * (36 - start) for rent, start in rents.items()]
    assert amyqa.infer(rows) == []


def test_of_sums_with_overlapping_parts_the_one_that_more_lines_keep_is_stated() -> None:
    lines = [[5, 0, 0], [7, 0, 1], [14, 0, 0], [8, 0, 3], [6, 0, 0], [9, 2, 0], [12, 0, 4], [11, 0, 0]] * 2
    stock = [[a + n, b, c, a + n + b + c, a + n] for n, (a, b, c) in enumerate(lines)]
    rows = [[str(number) for number in row] for row in stock]
    assert [(r.total, r.parts) for r in amyqa.infer(rows)] == [(3, (0, 1, 2))]


def test_rounded_shares_add_up_within_their_rounding() -> None:
    tokens = [
        ["100.0", "33.3", "33.3", "33.3"],
        ["100.0", "66.7", "16.7", "16.7"],
        ["100.0", "12.5", "80.1", "7.4"],
    ]
    found = amyqa.infer(tokens, columns=["Total", "A", "B", "C"])
    assert ("columns", 0, (1, 2, 3), ()) in told(found)


def test_that_whole_numbers_were_rounded_is_found_from_their_sums() -> None:
    random.seed(8)
    tokens = []
    for _ in range(20):
        parts = [random.uniform(20, 900) for _ in range(5)]
        tokens.append([f"{sum(parts):.0f}", *(f"{part:.0f}" for part in parts)])
    assert ("columns", 0, (1, 2, 3, 4, 5), ()) not in told(amyqa.infer(tokens, rounded=Decimal(0)))
    [found] = amyqa.infer(tokens)
    assert (found.total, found.parts, found.rounded) == (0, (1, 2, 3, 4, 5), Decimal(1))
    assert not amyqa.diagnose(tokens, found.sums()).verdicts  # a sum that is off by one is not broken


def test_words_and_headings_among_the_cells_are_unknown() -> None:
    tokens, _, _ = by_sex_and_group()
    grid = [["Total", *"abcdefgh"], *tokens[:6], ["By district"] + [""] * 8, *tokens[6:]]
    found = amyqa.infer(grid)
    assert ("columns", 0, (1, 2, 3, 4), ()) in told(found)
    assert ("rows", 14, (*range(1, 7), *range(8, 14)), ()) in told(found)


def test_headings_and_lines_without_a_total_hold_no_sum() -> None:
    tokens, _, _ = by_sex_and_group()
    half = [row[:5] for row in tokens[:6]]
    half[2][0] = ""
    heading = ["Total", "1", "2", "3", "4"]
    [across] = [r for r in amyqa.infer([heading, *half]) if r.across == "columns"]
    assert across.lines == (1, 2, 4, 5, 6)


def test_a_total_that_is_printed_twice_is_told_beside_its_parts() -> None:
    tokens, _, _ = by_sex_and_group()
    twice = [[*row[1:5], row[0], "7", row[0]] for row in tokens]
    assert [(r.total, r.parts) for r in amyqa.infer(twice) if r.across == "columns"] == [(4, (0, 1, 2, 3))]


def test_multiples_of_one_line_are_one_coincidence() -> None:
    """Fees for income steps: every district charges the same fees times a rate of its own."""
    fees = [310, 450, 915, 760, 1365, 1130, 1675, 2045, 2380, 2535, 2840, 3295]
    rows = [[f"{fee * rate // 100}" for fee in fees] for rate in (100, 104, 97, 112, 95, 108, 101, 99, 106)]
    assert amyqa.infer(rows) == []


def test_a_dash_counts_as_zero_unless_it_is_said_not_to() -> None:
    tokens = [
        ["7,010", "7,010", "-"],
        ["5,300", "-", "5,300"],
        ["900", "400", "500"],
        ["1,200", "700", "500"],
    ]
    [relation] = amyqa.infer(tokens, columns=["Total", "Male", "Female"])
    assert (relation.agree, relation.of) == (4, 4)
    [relation] = amyqa.infer(tokens, columns=["Total", "Male", "Female"], nil=())
    assert (relation.agree, relation.of) == (2, 2)


@pytest.mark.parametrize("tokens", [[], [[]], [["a"]], [["1"]], [["1", "2"], ["3"]], [["1"], ["2"], ["3"]]])
def test_grids_with_nothing_in_them_have_no_relations(tokens: list[list[str]]) -> None:
    assert amyqa.infer(tokens) == []


def test_what_is_found_can_be_diagnosed() -> None:
    tokens, columns, rows = by_sex_and_group()
    printed = [list(row) for row in tokens]
    right = printed[4][2]
    printed[4][2] = right[:-2] + right[-1] + right[-2]
    assert printed[4][2] != right
    sums = [each for r in amyqa.infer(printed, columns=columns, rows=rows) for each in r.sums()]
    assert amyqa.diagnose(printed, sums).changes == {(4, 2): Decimal(right)}


def test_the_same_numbers_yield_the_same_relations_in_the_same_order() -> None:
    tokens, columns, rows = by_sex_and_group(seed=9)
    first = amyqa.infer(tokens, columns=columns, rows=rows)
    assert all(amyqa.infer(tokens, columns=columns, rows=rows) == first for _ in range(3))


def test_a_hundred_rows_of_thirty_columns_take_a_moment() -> None:
    tokens, _, _ = by_sex_and_group(rows=99, groups=8)
    wide = [[*row, *row[1:9], *(str(int(row[0]) * 3 + i) for i in range(5))] for row in tokens]
    start = time.process_time()
    assert amyqa.infer(wide)
    assert time.process_time() - start < 4  # a second, on a machine that has nothing else to do


def test_numbers_that_are_steps_of_one_another_are_no_sums() -> None:
    """Fees by hours: each is so many times the first, and sums of them prove nothing."""
    random.seed(8)
    rates = [random.randint(1000, 9000) for _ in range(20)]
    tokens = [[str(rate * hours) for hours in (19, 7, 45, 26, 52, 33)] for rate in rates]
    assert amyqa.infer(tokens, columns=["Some", "Few", "Many", "More", "Most", "Half"]) == []


def test_equal_differences_are_no_deduction() -> None:
    random.seed(9)
    tokens = [[str(start + 13 * n) for n in (0, 2, 5, 7)] for start in random.sample(range(300, 9000), 7)]
    assert amyqa.infer(tokens, columns=["A", "B", "C", "D"]) == []


def test_numbers_of_rows_are_not_added_up() -> None:
    lines = [f"{name},{n}.0,{n * 37 % 101},{n * 53 % 89}" for n, name in enumerate("abcdefghijkl", 1)]
    taken = take("Name,Line,Cats,Dogs\n" + "\n".join(lines) + "\n", "t.csv")
    assert [taken.labels[i] for i in taken.amounts] == ["Cats", "Dogs"]


def test_whole_numbers_that_a_program_wrote_with_decimals_are_no_rates() -> None:
    random.seed(10)
    body = [[random.randint(100, 900), random.randint(100, 900)] for _ in range(5)]
    body.append([sum(column) for column in zip(*body, strict=True)])
    shares = [random.random() for _ in range(5)]
    tokens = [[*(f"{n:.5f}" for n in row), f"{s:.5f}"] for row, s in zip(body, [*shares, 0.41], strict=True)]
    rows = ["Ash", "Elm", "Fir", "Oak", "Yew", "Total"]
    [found] = amyqa.infer(tokens, columns=["2001", "2002", "Part sold"], rows=rows)
    assert found.lines == (0, 1)
