"""Unrelated slips do not hide each other; what many lines share is one cause and claims no cell."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

import amyqa
from amyqa.diagnosis.causes import Kind
from amyqa.diagnosis.grid import Diagnosis, Position
from amyqa.diagnosis.verdict import Verdict
from benchmarks.scale import draw
from tests.diagnosis.grids import Grid, crossing, printed, replaced, with_totals


def by_sex(rows: int, seed: int = 7, least: int = 300, most: int = 3000) -> Grid:
    """Rows of total, men and women that add up, without a row of totals."""
    rng = random.Random(seed)
    pairs = [(rng.randrange(least, most), rng.randrange(least, most)) for _ in range(rows)]
    return [[men + women, men, women] for men, women in pairs]


def sums(rows: int) -> list[amyqa.Sum]:
    return [amyqa.Sum((r, 0), [(r, 1), (r, 2)]) for r in range(rows)]


def diagnosed(grid: Grid) -> Diagnosis:
    return amyqa.diagnose(printed(grid), sums(len(grid)))


def claimed(told: Diagnosis) -> dict[Position, Decimal]:
    return told.located


def of(told: Diagnosis, row: int) -> Verdict:
    [verdict] = [v for v in told.verdicts if row in v.rows]
    return verdict


def swapped(number: int) -> int:
    """The last two digits exchanged."""
    return number // 100 * 100 + number % 10 * 10 + number // 10 % 10


def test_an_unrelated_slip_in_another_row_takes_nothing_from_a_sure_one() -> None:
    grid = by_sex(12)
    grid[8][0] = 4172
    grid[8][1:] = [2011, 2161]
    one = replaced(grid, {(8, 0): swapped(4172)})
    other = replaced(one, {(3, 0): grid[3][0] - 6})
    alone, both = of(diagnosed(one), 8), of(diagnosed(other), 8)
    assert alone.best is not None
    assert both.best is not None
    assert (alone.located, both.located) == (alone.best.changes, both.best.changes)
    assert both.best.likelihood > alone.best.likelihood - 0.1
    assert len(diagnosed(other).verdicts) == 2


def test_many_unrelated_slips_are_all_found() -> None:
    grid = by_sex(60, most=90_000, least=20_000)
    chosen = [r for r in range(2, 60, 9) if grid[r][0] % 10 != grid[r][0] // 10 % 10]
    wrong = replaced(grid, {(r, 0): swapped(grid[r][0]) for r in chosen})
    told = diagnosed(wrong)
    assert len(told.verdicts) == len(chosen)
    assert claimed(told) == {(r, 0): Decimal(grid[r][0]) for r in chosen}


def test_a_part_that_is_not_printed_is_told_once_and_claims_no_cell() -> None:
    rng = random.Random(3)
    grid = [[total + rng.randrange(1, 10), men, women] for total, men, women in by_sex(40)]
    told = diagnosed([*grid, *by_sex(4, seed=9)])
    [verdict] = told.verdicts
    assert verdict.cause is not None
    assert (verdict.cause.kind, verdict.cause.lines) == (Kind.MISSING, 44)
    assert 1 <= verdict.cause.low < verdict.cause.high <= 9
    assert len(verdict.rows) == 40
    assert verdict.missing > 0.99
    assert not told.located


def test_a_slip_among_lines_that_lack_a_part_is_still_a_slip() -> None:
    rng = random.Random(3)
    grid = [[total + rng.randrange(1, 10), men, women] for total, men, women in by_sex(40)]
    grid[20] = [41_728, 20_111, 21_617]
    wrong = replaced(grid, {(20, 0): 417_728})
    told = diagnosed(wrong)
    assert claimed(told) == {(20, 0): Decimal(41_728)}
    assert of(told, 3).cause is not None


def test_a_definition_that_changed_with_a_period_is_one_cause() -> None:
    grid = by_sex(50)
    later = [[total - total // 50, men, women] for total, men, women in grid[30:]]
    told = diagnosed([*grid[:30], *later])
    [verdict] = told.verdicts
    assert verdict.rows == tuple(range(30, 50))
    assert not told.located


@pytest.mark.parametrize(("factor", "named"), [(1000, "1000"), (2, "2")])
def test_one_factor_in_every_row_is_a_unit(factor: int, named: str) -> None:
    told = diagnosed([[total * factor, men, women] for total, men, women in by_sex(9)])
    [verdict] = told.verdicts
    assert verdict.cause is not None
    assert (verdict.cause.kind, verdict.cause.factor) == (Kind.UNIT, Decimal(named))
    assert not told.located


def test_what_is_counted_twice_is_named_by_its_cell() -> None:
    grid = [[*row, 0] for row in by_sex(14)]
    for r, amount in ((4, 57), (9, 213), (11, 8)):
        grid[r][3] = amount
    told = amyqa.diagnose(printed(grid), [amyqa.Sum((r, 0), [(r, 1), (r, 2), (r, 3)]) for r in range(14)])
    assert not told.located
    [verdict] = told.verdicts
    assert verdict.cause is not None
    assert verdict.cause.kind is Kind.COUNTED_TWICE
    assert told.positions[verdict.cause.cell or 0] == (4, 3)


@pytest.mark.parametrize("lines", [2, 3])
def test_a_part_that_is_not_counted_from_a_period_on_is_no_nil(lines: int) -> None:
    rng = random.Random(11)
    grid = [
        [0, rng.randrange(900, 3000), rng.randrange(100, 900), rng.randrange(100, 900)] for _ in range(12)
    ]
    for r, row in enumerate(grid):
        row[0] = sum(row[1:]) - (row[3] if r >= 12 - lines else 0)
    told = amyqa.diagnose(printed(grid), [amyqa.Sum((r, 0), [(r, 1), (r, 2), (r, 3)]) for r in range(12)])
    assert not told.located
    [verdict] = told.verdicts
    assert verdict.cause is not None
    assert (verdict.cause.kind, verdict.rows) == (Kind.COUNTED_TWICE, tuple(range(12 - lines, 12)))


CROSSED = with_totals([[1204, 1310, 877], [987, 1022, 41], [1953, 1961, 1108], [880, 801, 764]])


@pytest.mark.parametrize("token", ["3118", "-", "0"])
def test_what_may_be_revised_or_suppressed_is_never_nearly_certain(token: str) -> None:
    # no slip makes 3118, or nothing, of 41: two sums alone may both be of another release
    tokens = printed(CROSSED)
    tokens[1][2] = token
    told = amyqa.diagnose(tokens, crossing(4, 3))
    assert told.changes == {(1, 2): Decimal(41)}
    assert 0.5 < told.likelihood < 0.95


def test_a_row_in_another_unit_is_no_row_of_misprints() -> None:
    rng = random.Random(4)
    grid = with_totals([[rng.randrange(40_000, 90_000), rng.randrange(20_000, 70_000)] for _ in range(9)])
    grid[4] = [1000 * number for number in grid[4]]
    told = amyqa.diagnose(printed(grid), crossing(9, 2))
    assert all(verdict.marginal(change) < 0.5 for verdict in told.verdicts for change in verdict.located)


@pytest.mark.parametrize(("total", "part"), [("59", "95"), ("95", "59"), ("31", "13")])
def test_of_two_slips_of_one_kind_a_short_line_prefers_none(total: str, part: str) -> None:
    told = amyqa.diagnose([["120", "80", "40"], [total, "-", part]], [amyqa.Sum((1, 0), [(1, 1), (1, 2)])])
    assert not told.located


def rounded(unit: int, seed: int) -> Grid:
    """Crossing sums of numbers that were rounded one by one."""
    rng = random.Random(seed)
    true = with_totals([[rng.randrange(10 * unit, 900 * unit) for _ in range(5)] for _ in range(7)])
    return [[(value + unit // 2) // unit * unit for value in row] for row in true]


@pytest.mark.parametrize("unit", [10, 1000])
@pytest.mark.parametrize("seed", range(4))
def test_rounding_that_nobody_declared_is_no_misprint(unit: int, seed: int) -> None:
    told = amyqa.diagnose(printed(rounded(unit, seed)), crossing(7, 5, Decimal(0)))
    assert all(verdict.marginal(change) < 0.5 for verdict in told.verdicts for change in verdict.located)
    assert any(v.cause is not None and v.cause.kind is Kind.ROUNDING for v in told.verdicts)


def test_crossing_whole_numbers_off_by_one_are_never_nearly_certain() -> None:
    grid = with_totals([[1204, 1310, 877], [987, 1022, 941], [1953, 1961, 1108], [880, 801, 764]])
    told = amyqa.diagnose(printed(replaced(grid, {(1, 2): 942})), crossing(4, 3))
    assert told.changes == {(1, 2): Decimal(941)}
    assert 0.5 < told.likelihood < 0.95


def test_a_small_number_among_its_like_is_no_copy_of_one_of_them() -> None:
    # 3 stands in many cells; that one of them should be 18,251 is not shown by its neighbours
    grid = [[9, 3, 3, 3], [8, 3, 2, 3], [18257, 3, 3, 3], [7, 3, 1, 3]]
    lines = [amyqa.Sum((r, 0), [(r, 1), (r, 2), (r, 3)]) for r in range(4)]
    told = amyqa.diagnose(printed(grid), lines)
    assert all(verdict.marginal(change) < 0.5 for verdict in told.verdicts for change in verdict.located)


def test_a_change_below_zero_elsewhere_lets_no_age_group_become_negative() -> None:
    grid = by_sex(9)
    grid.append([-5, -3, -2])
    wrong = replaced(grid, {(4, 0): grid[4][0] - 7001})
    told = diagnosed(wrong)
    best = [c for v in told.verdicts for a in v.alternatives if a.likelihood > 0.01 for c in a.changes]
    assert best
    assert all(change.proposed > 0 for change in best)


def test_two_slips_in_one_line_are_weighed_against_one_that_nothing_explains() -> None:
    grid = by_sex(10, least=2000, most=9000)
    men, women = grid[5][1], grid[5][2]
    wrong = replaced(grid, {(5, 1): men * 1000, (5, 2): swapped(women)})
    told = diagnosed(wrong)
    proposals = [
        {told.positions[c.cell]: int(c.proposed) for c in alternative.changes}
        for alternative in of(told, 5).alternatives
    ]
    assert {(5, 1): men, (5, 2): women} in proposals


def test_a_few_lines_of_a_lost_column_and_their_total_are_no_misprints() -> None:
    # what two rows lack, the row of totals lacks as well
    grid = with_totals([[rng, 3 * rng + 11, 500 - rng, 77] for rng in (61, 254, 118, 399, 33, 201, 75, 310)])
    short = [[*row[:3], row[4]] for row in grid]
    for r, row in enumerate(grid[:-1]):
        short[r][3] -= 0 if r in (2, 6) else row[3]
    short[-1][3] -= 77 * 6
    lines = [amyqa.Sum((r, 3), [(r, c) for c in range(3)]) for r in range(9)]
    told = amyqa.diagnose(
        printed(short), [*lines, *(amyqa.Sum((8, c), [(r, c) for r in range(8)]) for c in range(4))]
    )
    assert not told.located
    assert all(verdict.missing > 0.5 for verdict in told.verdicts)


def test_many_lines_that_lack_a_part_take_the_doubtful_ones_with_them() -> None:
    rng = random.Random(5)
    grid = [[total + rng.choice((1, 2, 3, 4, 6, 9, 10, 20)), men, women] for total, men, women in by_sex(150)]
    told = diagnosed(grid)
    [verdict] = told.verdicts
    assert len(verdict.rows) == 150


@pytest.mark.parametrize("seed", range(2))
def test_one_cell_in_twenty_wrong_in_a_large_table_is_put_right(seed: int) -> None:
    # 300 cells in years by sectors by sex, each in three sums; more errors than an exact search can try
    drawn = draw(20, 5, 15, seed)
    lines = [amyqa.Sum(total, parts) for total, parts in drawn.sums]
    told = amyqa.diagnose(printed(drawn.printed), lines)
    assert {place: int(value) for place, value in told.located.items()} == drawn.truth


def test_the_hundred_of_a_row_of_hundreds_is_no_copy_of_its_neighbour() -> None:
    parts = [["35.32", "33.83", "38.18", "35.79", "34.58"], ["29.45", "26.85", "29.26", "30.38", "28.11"]]
    grid = [["100.00"] * 5, *parts]
    told = amyqa.diagnose(grid, [amyqa.Sum((0, c), [(1, c), (2, c)], tolerance=Decimal(0)) for c in range(5)])
    kinds = {change.kind for verdict in told.verdicts for a in verdict.alternatives for change in a.changes}
    assert "copied from a neighbouring cell" not in kinds
    assert not told.located


def test_rounding_that_nobody_declared_is_told_beside_a_misprint() -> None:
    grid = rounded(100, 2)
    # one number that is no multiple of the unit
    grid[2][1] += 5021
    told = amyqa.diagnose(printed(grid), crossing(7, 5, Decimal(0)))
    assert any(v.cause is not None and v.cause.kind is Kind.ROUNDING for v in told.verdicts)
    assert {place for place in told.located if told.likelihood > 0.95} <= {(2, 1)}


def test_a_total_that_equals_its_only_part_is_no_evidence_which_of_them_is_wrong() -> None:
    # the part's print is the total's number because the sum makes it so, not because it is repeated
    grid = [[418_273 + 31_111 * r, 418_273 + 31_111 * r] for r in range(6)]
    grid[3][0] += 1
    told = amyqa.diagnose(printed(grid), [amyqa.Sum((r, 0), [(r, 1)]) for r in range(6)])
    [verdict] = told.verdicts
    both = [a.likelihood for a in verdict.alternatives if len(a.changes) == 1]
    assert max(both) < 0.7


def test_two_lost_signs_in_one_line_are_weighed_against_one_other_slip() -> None:
    rows = [[211, 97, 36, 12, 40, 26], [245, 101, 44, 18, 43, 39], [223, 92, 51, 16, 38, 26]]
    rows += [[259, 120, 38, 25, 47, 29], [248, 107, 49, 22, 31, 39], [266, 118, 47, 27, 41, 33]]
    grid = [list(row) for row in rows]
    grid[4][2], grid[4][4] = -49, -31
    told = amyqa.diagnose(printed(grid), [amyqa.Sum((r, 0), [(r, c) for c in range(1, 6)]) for r in range(6)])
    [verdict] = told.verdicts
    pair = next(
        a for a in verdict.alternatives if {told.positions[c.cell] for c in a.changes} == {(4, 2), (4, 4)}
    )
    assert [int(change.proposed) for change in pair.changes] == [49, 31]
    assert pair.likelihood > 0.1


def test_among_round_numbers_a_number_with_more_digits_is_less_likely_meant() -> None:
    grid = [[9000 + r * 2000, 3000 + r * 1000, 6000 + r * 1000] for r in range(7)]
    grid[2] = [13_300, 5_000, 8_000]
    told = amyqa.diagnose(printed(grid), sums(7))
    # a digit of any of the three may be wrong; 5,300 and 8,300 are odd among thousands
    assert told.located.get((2, 0)) == 13_000


def test_rounded_shares_in_columns_that_agree_are_rounding_all_the_same() -> None:
    rng = random.Random(4)
    grid: Grid = []
    for _ in range(16):
        shares = [8, 16, 15, 16, 32, 10, 3]
        for at in rng.sample(range(1, 6), 2):
            shares[at] += rng.choice((-1, 1, 1))
        grid.append([100, *shares])
    told = amyqa.diagnose(
        printed(grid), [amyqa.Sum((r, 0), [(r, c) for c in range(1, 8)]) for r in range(16)]
    )
    assert told.verdicts
    assert not told.located


@pytest.mark.parametrize("seed", range(4))
def test_parts_rounded_to_tens_beside_exact_totals_are_rounding(seed: int) -> None:
    rng = random.Random(seed)
    true = [[rng.randrange(2000, 40_000) for _ in range(5)] for _ in range(7)]
    shown = with_totals(true)
    for r in range(7):
        for c in range(5):
            shown[r][c] = round(true[r][c] / 10) * 10
    told = amyqa.diagnose(printed(shown), crossing(7, 5, Decimal(0)))
    assert not told.located
    assert any(v.cause is not None and v.cause.kind is Kind.ROUNDING for v in told.verdicts)


def test_crossing_sums_of_tens_that_are_off_by_ten_are_never_nearly_certain() -> None:
    rng = random.Random(11)
    grid = with_totals([[rng.randrange(200, 3000) * 10 for _ in range(2)] for _ in range(9)])
    grid[4][1] += 10
    told = amyqa.diagnose(printed(grid), crossing(9, 2, Decimal(0)))
    assert told.verdicts
    assert all(likely <= 0.94 for v in told.verdicts for likely in [v.best.likelihood if v.best else 0.0])
