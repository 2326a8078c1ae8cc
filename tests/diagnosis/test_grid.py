"""``amyqa.diagnose``: any grid of printed cells, and the sums that should hold in it."""

from __future__ import annotations

from decimal import Decimal

import pytest

import amyqa
from amyqa import Sum
from amyqa.diagnosis.grid import Diagnosis, pattern
from amyqa.errors import BadInput
from tests.diagnosis.grids import crossing
from tests.yearbooks import problems_of

# a row of three years, their sums, and one wrong cell: 519 printed 516
TOKENS = [["443", "76", "516"], ["120", "35", "155"], ["563", "111", "674"]]
SUMS = crossing(2, 2)


def test_the_wrong_cell_its_number_and_how_sure_that_is() -> None:
    told = amyqa.diagnose(TOKENS, SUMS)
    assert told.changes == {(0, 2): Decimal(519)}
    assert 0.9 < told.likelihood <= 1
    [verdict] = told.verdicts
    assert [c.kind for c in verdict.located] == ["one digit wrong"]
    assert verdict.next_best is None


def test_the_next_best_is_determined_when_asked_for() -> None:
    [verdict] = amyqa.diagnose(TOKENS, SUMS, certify=True).verdicts
    assert (verdict.smallest, verdict.ties, verdict.next_best) == (1, 1, 3)


def test_a_grid_that_holds_has_no_verdict() -> None:
    told = amyqa.diagnose([["1", "2", "3"]], [Sum((0, 2), [(0, 0), (0, 1)])])
    assert (told.verdicts, told.changes, told.likelihood) == ((), {}, 0.0)


@pytest.mark.parametrize("position", [(3, 0), (0, 3), (-1, 0), (0, -1)])
def test_a_position_outside_the_grid_is_told(position: tuple[int, int]) -> None:
    with pytest.raises(BadInput) as caught:
        amyqa.diagnose(TOKENS, [Sum(position, [(0, 0)])])
    [problem] = problems_of(caught.value)
    assert f"an identity names the cell {position}, which is not in the grid" in problem


def test_rows_may_be_of_any_length() -> None:
    told = amyqa.diagnose([["3"], ["1", "2"]], [Sum((0, 0), [(1, 0), (1, 1)])])
    assert told.verdicts == ()
    with pytest.raises(BadInput):
        amyqa.diagnose([["3"], ["1", "2"]], [Sum((0, 0), [(0, 1)])])


def test_a_token_that_cannot_be_read_is_told_with_its_place() -> None:
    with pytest.raises(BadInput) as caught:
        amyqa.diagnose([["5", "l2"]], [Sum((0, 0), [(0, 1)])])
    [problem] = problems_of(caught.value)
    assert "cannot read 'l2' as a number, at (0, 1)" in problem


def test_tokens_in_no_identity_are_not_read() -> None:
    assert amyqa.diagnose([["5", "5", "what?!"]], [Sum((0, 0), [(0, 1)])]).verdicts == ()


def test_numbers_already_read_go_before_the_tokens() -> None:
    sums = [Sum((0, 0), [(0, 1)])]
    given = {(0, 1): Decimal("5.0")}
    assert amyqa.diagnose([["5", "what?!"]], sums, values=given).verdicts == ()
    assert amyqa.diagnose([["5", ".."]], sums, values=given).verdicts == ()
    assert amyqa.diagnose([["5", "-"]], sums, values={(0, 1): Decimal(4)}).verdicts != ()


@pytest.mark.parametrize("unknown", ["", "..", "n/a", "100 up", "<5", "<a note>"])
def test_a_sum_with_an_unknown_cell_is_left_out(unknown: str) -> None:
    sums = [Sum((0, 0), [(0, 1), (0, 2)]), Sum((1, 0), [(1, 1), (1, 2)])]
    tokens = [["100", unknown, "1"], ["895", "497", "362"]]
    [verdict] = amyqa.diagnose(tokens, sums).verdicts
    assert verdict.rows == (0,)
    assert amyqa.diagnose(tokens[:1], sums[:1]).verdicts == ()


def test_a_dash_is_nought_or_unknown_as_is_said() -> None:
    sums = [Sum((0, 0), [(0, 1), (0, 2)])]
    tokens = [["5", "-", "4"]]
    assert len(amyqa.diagnose(tokens, sums).verdicts) == 1
    assert amyqa.diagnose(tokens, sums, nil=()).verdicts == ()
    assert amyqa.diagnose([["5", "nil", "5"]], sums, nil=["nil"]).verdicts == ()


def test_a_dash_may_stand_for_a_number() -> None:
    told = amyqa.diagnose([["443", "-", "519"], ["120", "35", "155"], ["563", "111", "674"]], SUMS)
    assert told.changes == {(0, 1): Decimal(76)}
    assert [c.kind for c in told.verdicts[0].located] == ["nil printed for a number"]


def test_numbers_are_written_as_is_said() -> None:
    sums = [Sum((0, 0), [(0, 1), (0, 2)])]
    tokens = [["1.234,5", "1.000,0", "234,5"]]
    assert amyqa.diagnose(tokens, sums, decimal=",", thousands=".").verdicts == ()
    with pytest.raises(BadInput):
        amyqa.diagnose(tokens, sums)


def test_parts_may_be_taken_off() -> None:
    sums = [Sum((0, 0), [(0, 1)], minus=[(0, 2)])]
    assert amyqa.diagnose([["7", "10", "3"]], sums).verdicts == ()
    assert len(amyqa.diagnose([["13", "10", "3"]], sums).verdicts) == 1


def test_a_cell_named_on_both_sides_cancels_and_one_named_twice_counts_twice() -> None:
    assert amyqa.diagnose([["7"]], [Sum((0, 0), [(0, 0)])]).verdicts == ()
    twice = [Sum((0, 0), [(0, 1), (0, 1)])]
    assert amyqa.diagnose([["8", "4"]], twice).verdicts == ()
    [verdict] = amyqa.diagnose([["9", "4"]], twice).verdicts
    # half a person would have to be counted
    assert [[c.cell for c in a.changes] for a in verdict.alternatives] == [[0]]


def test_without_a_negative_number_none_is_proposed() -> None:
    sums = [Sum((0, 0), [(0, 1), (0, 2)])]
    tokens = [["5", "3", "9"]]

    def places(told: Diagnosis) -> set[tuple[int, int]]:
        return {told.positions[c.cell] for v in told.verdicts for a in v.alternatives
                if len(a.changes) == 1 for c in a.changes}  # fmt: skip

    assert places(amyqa.diagnose(tokens, sums)) == {(0, 0), (0, 2)}
    assert places(amyqa.diagnose(tokens, sums, negative=True)) == {(0, 0), (0, 1), (0, 2)}


def test_a_negative_number_shows_that_there_are_some() -> None:
    told = amyqa.diagnose([["5", "(3)", "9"], ["1", "1", "2"]], [Sum((0, 0), [(0, 1), (0, 2)])])
    assert any(told.positions[c.cell] == (0, 1) for a in told.verdicts[0].alternatives for c in a.changes)


def test_a_lost_minus_is_named() -> None:
    tokens = [["7", "(3)", "4"], ["5", "2", "7"], ["12", "1", "11"]]
    told = amyqa.diagnose(tokens, SUMS)
    assert told.changes == {(2, 1): Decimal(-1)}
    assert [c.kind for c in told.verdicts[0].located] == ["sign lost"]


def test_tolerance_is_half_a_unit_for_each_rounded_number_unless_it_is_given() -> None:
    tokens = [["10.2", "5.1", "5.0"]]
    default, strict = (Sum((0, 0), [(0, 1), (0, 2)], tolerance=t) for t in (None, Decimal(0)))
    assert amyqa.diagnose(tokens, [default]).verdicts == ()
    assert len(amyqa.diagnose(tokens, [strict]).verdicts) == 1


def test_a_figure_of_another_table_may_be_the_odd_one_out() -> None:
    tokens = [["443", "76", "519"], ["120", "35", "155"], ["563", "111", "674"]]
    told = amyqa.diagnose(tokens, [*SUMS, Sum(Decimal(647), [(2, 2)])])
    [(place, proposed)] = told.changes.items()
    assert place[0] == -1
    assert proposed == Decimal(674)


def test_figures_of_other_tables_have_no_neighbours_on_the_page() -> None:
    tokens = [["2345", "1", "2346"]]
    alone = Sum((0, 2), [(0, 0), (0, 1)])
    told = amyqa.diagnose(tokens, [Sum(Decimal(777), [(0, 0)]), Sum(Decimal(777), [(0, 0)]), alone])
    kinds = {c.kind for v in told.verdicts for a in v.alternatives for c in a.changes}
    assert "copied from a neighbouring cell" not in kinds


def test_the_same_relation_elsewhere_has_the_same_pattern() -> None:
    row, below = ({(r, 2): 1, (r, 0): -1, (r, 1): -1} for r in (0, 4))
    assert pattern(row) == pattern(below) is not None
    column, beside = ({(2, c): 1, (0, c): -1, (1, c): -1} for c in (0, 4))
    assert pattern(column) == pattern(beside) != pattern(row)
    assert pattern({(0, 0): 1, (1, 1): -1}) is None
