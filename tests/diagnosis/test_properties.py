"""What holds for any table with crossing sums, whatever its numbers and whatever is misprinted in it."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import amyqa
from amyqa.diagnosis.causes import Kind as CauseKind
from amyqa.diagnosis.diagnose import diagnose
from amyqa.diagnosis.grid import Diagnosis, Position, Sum
from benchmarks.wrong_kinds import KINDS, Kind
from benchmarks.wrong_specs import pages, plant
from tests.diagnosis import brute
from tests.diagnosis.grids import Grid, case, crossing, printed, replaced, residuals, with_totals
from tests.diagnosis.test_search import found, parts, quick, systems


@st.composite
def tables(draw: st.DrawFn, least: int = 2) -> Grid:
    height, width = draw(st.integers(least, 5)), draw(st.integers(least, 5))
    most = draw(st.sampled_from([9, 99, 9999, 10**7]))
    line = st.lists(st.integers(0, most), min_size=width, max_size=width)
    return with_totals(draw(st.lists(line, min_size=height, max_size=height)))


def sums_of(grid: Grid) -> list[Sum]:
    return crossing(len(grid) - 1, len(grid[0]) - 1)


@st.composite
def corrupted(draw: st.DrawFn, errors: int = 1) -> tuple[Grid, Grid, set[tuple[int, int]]]:
    """A table, the same with wrong cells, and which they are."""
    grid = draw(tables())
    height, width = len(grid), len(grid[0])
    place = st.tuples(st.integers(0, height - 1), st.integers(0, width - 1))
    chosen = draw(st.sets(place, min_size=errors, max_size=errors))
    wrong = {(r, c): draw(st.integers(0, 10 * grid[r][c] + 9)) for r, c in sorted(chosen)}
    assume(all(value != grid[r][c] for (r, c), value in wrong.items()))
    return grid, replaced(grid, wrong), chosen


def answers(told: Diagnosis) -> list[object]:
    """All that a diagnosis says, but for the time it took."""
    return [told.changes, told.verdicts, told.positions]


@quick(100)
@given(corrupted())
def test_one_wrong_cell_is_found_or_an_explanation_as_small(
    made: tuple[Grid, Grid, set[tuple[int, int]]],
) -> None:
    grid, wrong, chosen = made
    told = amyqa.diagnose(printed(wrong), sums_of(grid))
    [verdict] = told.verdicts
    assert (verdict.smallest, verdict.proven, verdict.search_truncated) == (1, True, False)
    explanations = [
        {told.positions[c.cell]: c.proposed for c in alternative.changes}
        for alternative in verdict.alternatives
    ]
    [(r, c)] = chosen
    assert {(r, c): Decimal(grid[r][c])} in explanations
    # both sums that cross in a cell are broken, and no other cell stands in both
    assert verdict.ties == 1
    assert set(told.changes) == chosen or verdict.alternatives[0].likelihood < 1


@quick(60)
@given(corrupted(errors=2))
def test_the_corrected_table_satisfies_every_identity(
    made: tuple[Grid, Grid, set[tuple[int, int]]],
) -> None:
    grid, wrong, _ = made
    sums = sums_of(grid)
    told = amyqa.diagnose(printed(wrong), sums)
    assert bool(told.verdicts) == any(residuals(wrong, sums))
    if any(not verdict.alternatives and verdict.cause for verdict in told.verdicts):
        return  # a cause that is no misprint corrects nothing
    assert not any(residuals(wrong, sums, told.changes))
    for verdict in told.verdicts:
        assert verdict.smallest <= 2
        assert verdict.smallest == min(len(a.changes) for a in verdict.alternatives)


@quick(60)
@given(corrupted(errors=2))
def test_likelihoods_add_up_to_one(made: tuple[Grid, Grid, set[tuple[int, int]]]) -> None:
    grid, wrong, _ = made
    for verdict in amyqa.diagnose(printed(wrong), sums_of(grid)).verdicts:
        likelihoods = [a.likelihood for a in verdict.alternatives]
        # of a cause that is told by itself, what is left is not laid on any cell
        assert not likelihoods or abs(sum(likelihoods) + verdict.missing - 1) < 1e-9
        assert likelihoods == sorted(likelihoods, reverse=True)
        for change in verdict.located:
            assert verdict.marginal(change) > 0.5


@quick(50)
@given(corrupted(errors=2), st.randoms(use_true_random=False))
def test_the_order_of_identities_never_changes_the_answer(
    made: tuple[Grid, Grid, set[tuple[int, int]]], rng: random.Random
) -> None:
    grid, wrong, _ = made
    sums = sums_of(grid)
    shuffled = rng.sample(sums, len(sums))
    first, second = amyqa.diagnose(printed(wrong), sums), amyqa.diagnose(printed(wrong), shuffled)
    assert alike(first) == pytest.approx(alike(second), abs=1e-6)


def alike(told: Diagnosis) -> dict[object, float]:
    """Every explanation as cells and proposals, with its likelihood."""
    return {
        frozenset((told.positions[c.cell], c.proposed) for c in alternative.changes): alternative.likelihood
        for verdict in told.verdicts
        for alternative in verdict.alternatives
    }


@quick(60)
@given(corrupted(errors=3))
def test_what_is_claimed_mends_the_sums_it_is_claimed_for(
    made: tuple[Grid, Grid, set[tuple[int, int]]],
) -> None:
    _, wrong, _ = made
    sums = sums_of(wrong)
    told = amyqa.diagnose(printed(wrong), sums)
    assert not left_broken(told, lambda changes: residuals(wrong, sums, changes))


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind.family in ("part", "definition")], ids=lambda kind: kind.name
)
@pytest.mark.parametrize("seed", [3, 8])
def test_what_is_claimed_beside_a_cause_mends_the_sums_it_is_claimed_for(kind: Kind, seed: int) -> None:
    [(_, drawn)] = pages([kind], 1, seed)
    page, _ = plant(drawn, random.Random(seed))
    numbers = [[page.number((r, c)) for c in range(len(row))] for r, row in enumerate(page.tokens)]
    told = page.diagnose()
    assert not left_broken(told, lambda changes: residuals(numbers, page.sums, changes))


def left_broken(
    told: Diagnosis, after: Callable[[dict[Position, Decimal]], list[Decimal]]
) -> list[tuple[int, Decimal]]:
    """Sums that still do not hold though likely explanations were followed, and what they are off by."""
    if any(verdict.cause and verdict.cause.kind is CauseKind.ROUNDING for verdict in told.verdicts):
        return []  # what rounding leaves stays
    likely = [v for v in told.verdicts if v.best is not None and v.best.likelihood > 0.5]
    made = {told.positions[c.cell]: c.proposed for v in likely if v.best is not None for c in v.best.changes}
    residual = after(made)
    return [(row, residual[row]) for verdict in likely for row in verdict.rows if residual[row]]


@quick(60)
@given(corrupted(), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_changes_the_answer(
    made: tuple[Grid, Grid, set[tuple[int, int]]], rng: random.Random
) -> None:
    grid, wrong, _ = made
    height, width = len(grid) - 1, len(grid[0]) - 1
    # the total row may come first, too; order[new] is a row's number in the table as it was
    order = rng.sample(range(height + 1), height + 1)
    at = {old: new for new, old in enumerate(order)}
    moved = [wrong[old] for old in order]
    sums = [
        Sum((at[r], c), [(at[r_], c_) for r_, c_ in each.parts])
        for each in crossing(height, width)
        if not isinstance(each.total, Decimal)
        for r, c in [each.total]
    ]
    before = amyqa.diagnose(printed(wrong), crossing(height, width))
    after = amyqa.diagnose(printed(moved), sums)
    expected = {(r, c): value for (r, c), value in before.changes.items()}
    assert {(order[r], c): value for (r, c), value in after.changes.items()} == expected


@quick(40)
@given(corrupted(errors=2))
def test_the_same_input_gives_the_same_output(made: tuple[Grid, Grid, set[tuple[int, int]]]) -> None:
    grid, wrong, _ = made
    told = (amyqa.diagnose(printed(wrong), sums_of(grid), certify=True) for _ in range(2))
    first, second = map(answers, told)
    assert first == second


@quick(60)
@given(tables(least=1))
def test_a_clean_table_makes_no_claim(grid: Grid) -> None:
    told = amyqa.diagnose(printed(grid), sums_of(grid))
    assert (told.verdicts, told.changes, told.likelihood) == ((), {}, 0.0)


@quick(60)
@given(tables(least=1), st.sampled_from([1, 2]), st.sampled_from([1, 3]))
def test_rounding_after_adding_up_is_no_misprint(grid: Grid, places: int, more: int) -> None:
    # exact numbers with more digits than are printed, each rounded on its own
    unit = Decimal(1).scaleb(-places)
    tokens = [
        [str(Decimal(value).scaleb(-places - more).quantize(unit, rounding=ROUND_HALF_EVEN)) for value in row]
        for row in grid
    ]
    assert amyqa.diagnose(tokens, sums_of(grid)).verdicts == ()


@quick(40)
@given(tables(least=1), st.sampled_from([10, 1000]))
def test_rounding_to_tens_or_thousands_is_no_misprint_where_it_is_declared(grid: Grid, unit: int) -> None:
    tokens = [[str(round(value / unit) * unit) for value in row] for row in grid]
    height, width = len(grid) - 1, len(grid[0]) - 1
    # half a unit for each number of the longest sum
    declared = Decimal(unit) / 2 * (1 + max(height, width))
    assert amyqa.diagnose(tokens, crossing(height, width, declared)).verdicts == ()


@quick(40)
@given(corrupted(), st.sampled_from([1, 2]))
def test_a_misprint_beyond_the_rounding_is_found_in_a_rounded_table(
    made: tuple[Grid, Grid, set[tuple[int, int]]], places: int
) -> None:
    grid, wrong, chosen = made
    [(r, c)] = chosen
    assume(abs(grid[r][c] - wrong[r][c]) > 2 * max(len(grid), len(grid[0])) + 2)
    tokens = [[f"{Decimal(value).scaleb(-places):f}" for value in row] for row in wrong]
    told = amyqa.diagnose(tokens, sums_of(grid))
    explained = [
        {told.positions[change.cell] for change in a.changes} for v in told.verdicts for a in v.alternatives
    ]
    assert chosen in explained
    # the number is known but for its rounding
    tolerance = Decimal(max(len(grid), len(grid[0])) + 1).scaleb(-places)
    meant = Decimal(grid[r][c]).scaleb(-places)
    for verdict in told.verdicts:
        for alternative in verdict.alternatives:
            for change in alternative.changes:
                if told.positions[change.cell] == (r, c) and len(alternative.changes) == 1:
                    assert abs(change.proposed - meant) <= tolerance


@quick(40)
@given(systems())
def test_the_next_best_explanation_has_as_many_cells_as_is_said(system: object) -> None:
    from amyqa.diagnosis.system import System

    assert isinstance(system, System)
    rows, differences = parts(system)
    assume(len(system.broken) > 0)
    # one group: all cells zero but those that leave the residuals, one cell of its own to each row
    values = dict.fromkeys({cell for row in rows for cell in row}, 0)
    assume(brute.smallest(rows, differences, 4) <= 4)
    constants = {100 + i: -r for i, r in enumerate(differences)}
    identities = [{**row, 100 + i: -1} for i, row in enumerate(rows)]
    made = case({**values, **constants}, identities, fixed=constants)
    verdicts = diagnose(made)
    if len(verdicts) != 1:
        return
    [verdict] = verdicts
    if verdict.cause is not None and not verdict.alternatives:
        return  # rounded, or defined otherwise: no cell was looked for
    least = brute.smallest(rows, differences, 4)
    assert verdict.smallest == least
    assert verdict.ties == len(brute.of_size(rows, differences, least))
    if verdict.next_best is not None and verdict.next_best <= 6:
        assert verdict.next_best == brute.next_best(rows, differences, 6)
    assert len(found([{c.cell: 1 for c in a.changes} for a in verdict.alternatives])) >= verdict.ties
