"""Corrections at the corners of a rectangle are weighed against other corners, which mend the same sums."""

from __future__ import annotations

from amyqa.diagnosis.rectangles import Rectangles
from amyqa.diagnosis.system import LinearRow, System

SIDE = 4


def cell(row: int, column: int) -> int:
    return row * SIDE + column


def table() -> System:
    """A square whose last row and column are the totals of the others."""
    rows = [{cell(r, c): -1 for c in range(SIDE - 1)} | {cell(r, SIDE - 1): 1} for r in range(SIDE)]
    rows += [{cell(r, c): -1 for r in range(SIDE - 1)} | {cell(SIDE - 1, c): 1} for c in range(SIDE)]
    return System([LinearRow(terms, 0) for terms in rows])


def rectangles(likely: dict[tuple[int, int], float]) -> Rectangles:
    """Moves where some corrections are likelier than any other, at -10."""
    return Rectangles(table(), frozenset(), lambda _, __: True, lambda c, d: likely.get((c, d), -10.0), 0.0)


def test_three_corners_become_the_one_that_is_wrong() -> None:
    three = {cell(0, 0): 7, cell(0, 1): -7, cell(1, 0): -7}
    assert rectangles({}).improved(three) == {cell(1, 1): -7}


def test_two_corners_as_likely_as_the_other_two_are_a_doubt() -> None:
    two = {cell(0, 0): 7, cell(1, 1): 7}
    doubts = rectangles({}).doubts(two)
    assert abs(doubts[cell(0, 0)]) < 1e-9
    assert abs(doubts[cell(1, 1)]) < 1e-9


def test_corners_that_slips_explain_stay() -> None:
    two = {cell(0, 0): 7, cell(1, 1): 7}
    likely = {(at, 7): -2.0 for at in two}
    assert rectangles(likely).improved(two) == two
    assert rectangles(likely).doubts(two) == {}


def test_a_correction_of_totals_moves_with_its_rows_as_well() -> None:
    # the row's total and the table's, wrong by what its first number is wrong by
    three = {cell(0, 0): 5, cell(0, SIDE - 1): 5, cell(SIDE - 1, SIDE - 1): 5}
    assert rectangles({}).improved(three) == {cell(SIDE - 1, 0): -5}
