"""The exact search: its reduction keeps what is implied, and what it does not find is not there."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amyqa.diagnosis.search import Explanation, Search
from amyqa.diagnosis.system import LinearRow, Reduction, System
from tests.diagnosis import brute

CELLS = range(6)
COEFFICIENTS = st.sampled_from([1, -1, 1, -1, 1, -1, 2, -3])
MOST = 4


def quick(number: int = 100) -> settings:
    return settings(max_examples=number, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def systems(draw: st.DrawFn, *, most_rows: int = 5, tolerance: int = 0) -> System:
    """Rows of two cells or more, misprinted in up to three cells, so that there is something to explain."""
    term = st.dictionaries(st.sampled_from(CELLS), COEFFICIENTS, min_size=2, max_size=5)
    rows = draw(st.lists(term, min_size=1, max_size=most_rows))
    wrong = draw(st.dictionaries(st.sampled_from(CELLS), st.integers(-9, 9), max_size=3))
    noise = [draw(st.integers(-tolerance, tolerance)) if tolerance else 0 for _ in rows]
    return System(
        [
            LinearRow(
                dict(sorted(row.items())), sum(k * wrong.get(c, 0) for c, k in row.items()) + extra, tolerance
            )
            for row, extra in zip(rows, noise, strict=True)
        ]
    )


def found(explanations: list[Explanation]) -> list[frozenset[tuple[int, int]]]:
    return [frozenset(explanation.items()) for explanation in explanations]


def parts(system: System) -> tuple[list[dict[int, int]], list[int]]:
    return [dict(row.terms) for row in system.rows], [row.residual for row in system.rows]


def rank(vectors: list[list[int]]) -> int:
    """Rank of whole vectors, by Fractions."""
    rows = [[Fraction(v) for v in vector] for vector in vectors]
    done = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(done, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        for i in range(done + 1, len(rows)):
            factor = rows[i][column] / rows[done][column]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[done], strict=True)]
        done += 1
    return done


# --- the reduction --------------------------------------------------------------------------


def test_a_row_is_freed_of_a_cell_by_another_row_that_holds_it() -> None:
    total = LinearRow({1: 1, 2: -1, 3: -1}, 5)
    other = LinearRow({3: 1, 4: -1}, -2, 1)
    assert total.without(3, other) == LinearRow({1: 1, 2: -1, 4: -1}, 3, 1)


def test_cells_that_cancel_are_gone() -> None:
    assert LinearRow({1: 1, 2: -1}, 3).without(1, LinearRow({1: 1, 2: -1}, 3)) == LinearRow({}, 0)


def test_coefficients_stay_whole() -> None:
    freed = LinearRow({1: 4, 2: 1}, 10, 1).without(1, LinearRow({1: -6, 3: 5}, 1, 2))
    assert 1 not in freed.terms
    assert {abs(k) for k in freed.terms.values()} == {3, 10}
    assert abs(freed.residual) == 3 * 10 + 2 * 1
    assert freed.tolerance == 3 * 1 + 2 * 2


@quick(100)
@given(systems(), st.sampled_from(CELLS), st.integers(0, 4))
def test_eliminating_a_cell_keeps_exactly_the_relations_implied_without_it(
    system: System, cell: int, choice: int
) -> None:
    holding = system.of_cell.get(cell, ())
    if not holding:
        return
    pivot = holding[choice % len(holding)]
    start = Reduction.start(system)
    assert sorted(start.holding(cell)) == list(holding)
    reduced = start.eliminate(cell, pivot)
    assert reduced.cells == (cell,)
    assert reduced.row(pivot) is None
    assert reduced.holding(cell) == []
    kept = {i: row for i in range(len(system.rows)) if (row := reduced.row(i)) is not None}
    broken = {i for i, row in kept.items() if row.broken}
    assert set(reduced.broken) == broken
    columns = [c for c in CELLS if c != cell]

    def vector(row: LinearRow) -> list[int]:
        return [*(row.terms.get(c, 0) for c in columns), row.residual]

    # implied: a combination of the rows in which the cell cancels; with it, that is one dimension less
    whole = [[row.terms.get(cell, 0), *vector(row)] for row in system.rows]
    without = [[0, *vector(row)] for row in kept.values()]
    assert rank(whole + without) == rank(whole) == rank(without) + 1


def test_differences_follow_from_the_rows_set_aside() -> None:
    system = System([LinearRow({1: 1, 2: -1}, 5), LinearRow({2: 1, 3: -2}, -6)])
    reduced = Reduction.start(system).eliminate(1, 0).eliminate(2, 1)
    assert reduced.broken == {}
    assert reduced.solve() == {1: 1, 2: 6}


def test_a_cell_that_would_have_to_change_by_a_fraction_is_no_explanation() -> None:
    system = System([LinearRow({1: 2, 2: -1}, 5)])
    assert Reduction.start(system).eliminate(1, 0).solve() is None
    assert Search(system).of_size(1) == [{2: 5}]


# --- completeness ---------------------------------------------------------------------------


@quick(60)
@given(systems())
def test_the_search_finds_every_explanation_and_no_other(system: System) -> None:
    rows, residuals = parts(system)
    for size in range(1, MOST):
        search = Search(system)
        told = found(search.of_size(size)) if system.broken else []
        assert len(told) == len(set(told))
        assert set(told) == (brute.of_size(rows, residuals, size) if system.broken else set())
        assert not search.exhausted
        assert all(system.holds(dict(explanation)) for explanation in told)


@quick(40)
@given(systems(), st.frozensets(st.sampled_from(CELLS), max_size=2))
def test_the_smallest_are_the_smallest_and_fixed_cells_never_change(
    system: System, fixed: frozenset[int]
) -> None:
    rows, residuals = parts(system)
    size, explanations = Search(system, fixed).smallest(most=MOST)
    assert size == brute.smallest(rows, residuals, MOST, fixed)
    if 0 < size <= MOST:
        assert set(found(explanations)) == brute.of_size(rows, residuals, size, fixed)
    assert not any(fixed & set(explanation) for explanation in explanations)
    assert (size, explanations) == Search(system).smallest(most=MOST, excluding=fixed)


@quick(40)
@given(systems(), st.frozensets(st.sampled_from(CELLS), max_size=2))
def test_the_bound_never_exceeds_the_least_number_of_cells(system: System, right: frozenset[int]) -> None:
    rows, residuals = parts(system)
    start = Reduction.start(system)
    assert Search(system).bound(start.broken, right) <= brute.smallest(rows, residuals, 6, right) or (
        brute.smallest(rows, residuals, 6, right) == 7
    )


def test_broken_rows_without_a_cell_in_common_need_a_cell_each() -> None:
    system = System([LinearRow({1: 1, 2: -1}, 5), LinearRow({3: 1, 4: -1}, 6), LinearRow({1: 1, 3: -1}, 7)])
    assert Search(system).bound(dict(enumerate(system.rows)), frozenset()) == 2


def test_a_broken_row_whose_cells_are_all_right_cannot_be_explained() -> None:
    system = System([LinearRow({1: 1, 2: -1}, 5)])
    assert Search(system, frozenset({1, 2})).smallest() == (9, [])


def test_a_system_that_holds_needs_no_change() -> None:
    assert Search(System([LinearRow({1: 1, 2: -1}, 0)])).smallest() == (0, [{}])


def test_what_a_cell_may_not_become_is_no_explanation() -> None:
    system = System([LinearRow({1: 1, 2: -1}, 5)])
    search = Search(system, allowed=lambda cell, difference: difference > 0)
    assert search.of_size(1) == [{2: 5}]


def test_only_the_rows_asked_for_are_mended_and_no_other_gets_worse() -> None:
    # the second row is broken too, but another's affair: whoever touches it must leave it as it is
    system = System([LinearRow({1: 1, 2: -1}, 5), LinearRow({2: 1, 3: -1}, 4)])
    assert Search(system).smallest([0]) == (1, [{1: -5}])
    assert Search(system).smallest([1]) == (1, [{3: 4}])


def test_a_change_may_mend_a_row_nobody_asked_for() -> None:
    system = System([LinearRow({1: 1, 2: -1}, 5), LinearRow({2: 1, 3: -1}, -5)])
    assert {2: 5} in Search(system).smallest([0])[1]


# --- limits ---------------------------------------------------------------------------------


def grid(size: int) -> System:
    """Crossing rows, each broken."""
    lines = [{100 + i: 1, **{i * size + j: -1 for j in range(size)}} for i in range(size)]
    lines += [{200 + j: 1, **{i * size + j: -1 for i in range(size)}} for j in range(size)]
    return System([LinearRow(line, 3 * number + 1) for number, line in enumerate(lines)])


def test_a_search_that_runs_out_of_steps_says_so() -> None:
    search = Search(grid(6), steps=50)
    size, explanations = search.smallest(most=8)
    assert search.exhausted
    assert (size, explanations) == (9, [])


def test_a_search_with_steps_enough_does_not() -> None:
    search = Search(grid(2))
    assert search.smallest()[1]
    assert not search.exhausted


def test_more_explanations_than_can_be_listed_are_cut_and_said_to_be() -> None:
    # one long row: any pair of its cells would do if the second row did not need another
    row = dict.fromkeys(range(30), 1)
    other = dict.fromkeys(range(30, 60), 1)
    search = Search(System([LinearRow(row, 5), LinearRow(other, 7)]))
    explanations = search.of_size(2)
    assert search.exhausted
    assert 0 < len(explanations) < 900


# --- tolerances -----------------------------------------------------------------------------


@quick(100)
@given(systems(tolerance=2))
def test_with_tolerances_what_is_found_holds_and_every_cell_of_it_changes(system: System) -> None:
    for size in range(1, 4):
        for explanation in Search(system).of_size(size) if system.broken else []:
            assert system.holds(explanation)
            assert len(explanation) == size
            assert all(explanation.values())


def test_a_difference_within_the_tolerance_is_not_broken() -> None:
    assert System([LinearRow({1: 1, 2: -1}, 2, 2), LinearRow({1: 1, 3: -1}, -3, 2)]).broken == (1,)


def test_a_difference_is_shifted_into_what_all_rows_leave() -> None:
    # the first row alone asks for -10, which the second does not allow: -9 suits both
    system = System([LinearRow({1: 1, 2: -1}, 10, 1), LinearRow({1: 1, 3: -1}, 8, 1)])
    [explanation] = [e for e in Search(system).of_size(1) if 1 in e]
    assert explanation == {1: -9}


def test_rows_that_leave_no_common_value_are_no_explanation_of_one_cell() -> None:
    system = System([LinearRow({1: 1, 2: -1}, 10, 1), LinearRow({1: 1, 3: -1}, 2, 1)])
    assert all(1 not in e for e in Search(system).of_size(1))
    assert system.interval(1, {}) is None


def test_a_coefficient_that_does_not_divide_leaves_the_nearest_whole_number() -> None:
    system = System([LinearRow({1: 3, 2: -1}, 10, 1)])
    assert {1: -3} in Search(system).of_size(1)
    assert system.interval(1, {}) == (-3, -3)


def test_no_row_leaves_a_cell_free() -> None:
    assert System([LinearRow({1: 1, 2: -1}, 0)]).interval(9, {}) is None


@pytest.mark.parametrize("k", [2, -3, 5])
def test_an_interval_holds_exactly_what_its_rows_allow(k: int) -> None:
    system = System([LinearRow({1: k, 2: -1}, 17, 8)])
    interval = system.interval(1, {})
    assert interval is not None
    inside = [d for d in range(-40, 41) if abs(17 + k * d) <= 8]
    assert (inside[0], inside[-1]) == interval
