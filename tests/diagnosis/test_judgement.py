"""When to judge, and when not: a confident wrong diagnosis is worse than none."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import amyqa
from amyqa import Sum, pipeline
from amyqa.diagnosis.grid import Diagnosis, Position
from amyqa.model import TableDiagnosis as Told
from tests.diagnosis.grids import case, crossing, printed, replaced, residuals, with_totals
from tests.yearbooks import TOTALS, write_family, write_table

TABLE = with_totals([[4117, 256, 9034], [733, 8812, 61], [1590, 42, 377], [268, 1905, 5546], [94, 3163, 820]])
SUMS = crossing(5, 3)


def places(told: Diagnosis) -> set[Position]:
    return {told.positions[c.cell] for verdict in told.verdicts for c in verdict.located}


def diagnosed(root: Path, *lines: str, total: bool = True) -> list[Told]:
    """A table of total, men and women by year, checked as part of a yearbook."""
    columns = {"T": {"sex": "total"}, "M": {"sex": "male"}, "F": {"sex": "female"}}
    along = ("sex", "year") if total else ("sex",)
    entries = [{"type": TOTALS, "kwargs": {"dimension": dimension}} for dimension in along]
    write_family(root, entries=entries)
    rows = {"dimension": "year", "total": "Total"} if total else {"dimension": "year"}
    spec = {"rows": rows, "columns": columns}
    write_table(root, "table", "\n".join(["Year,T,M,F", *lines]) + "\n", spec)
    return list(pipeline.check([root], "duckdb").diagnoses)


def test_a_lost_row_is_no_misprint() -> None:
    # the sums of every column break, and what each lacks can be anything
    tokens = printed([row for number, row in enumerate(TABLE) if number != 3])
    told = amyqa.diagnose(tokens, crossing(4, 3))
    assert places(told) == set()
    assert all(verdict.missing > 0.5 for verdict in told.verdicts)
    assert len(told.verdicts) == 1


def test_a_lost_row_is_told_as_a_missing_part(tmp_path: Path) -> None:
    lines = ["2003,9151,4117,5034", "2004,2573,1733,840", "2005,1967,1590,377", "Total,17405,8708,8697"]
    [told] = diagnosed(tmp_path, *lines)
    assert (told.located, told.changes) == (False, ())
    assert told.missing > 0.5
    assert told.message.endswith("a part that is not printed?")


def test_parts_that_make_more_than_their_total_lack_none(tmp_path: Path) -> None:
    lines = [
        f"{2003 + i},{m + f},{m},{f}" for i, (m, f) in enumerate([(4117, 5034), (1733, 840), (1590, 377)] * 3)
    ]
    [told] = diagnosed(tmp_path, *lines, "2012,1978,1022,961", total=False)
    assert not told.located
    assert "More likely another definition than a misprint" in told.message


def test_two_cells_swapped_in_a_column_are_found_as_two_cells() -> None:
    wrong = replaced(TABLE, {(0, 1): TABLE[1][1], (1, 1): TABLE[0][1]})
    told = amyqa.diagnose(printed(wrong), SUMS)
    assert told.changes == {(0, 1): Decimal(TABLE[0][1]), (1, 1): Decimal(TABLE[1][1])}
    assert len(told.verdicts) == 1
    assert told.likelihood > 0.5


def test_a_tie_of_equally_likely_cells_proposes_nothing_and_names_them(tmp_path: Path) -> None:
    # one digit of any of the three may be wrong, and only one sum tells
    [told] = diagnosed(tmp_path, "2003,8990,4444,4446", total=False)
    assert not told.located
    assert told.changes == ()
    assert told.ties == 3
    assert not told.unique
    assert told.message.startswith("Cannot be located")
    named = {(c.cell.row, c.cell.column) for a in told.alternatives for c in a.changes if len(a.changes) == 1}
    assert named == {("2003", "T"), ("2003", "M"), ("2003", "F")}


def test_a_certain_change_beside_an_undecidable_one_is_proposed_alone() -> None:
    # the corner of two crossing sums is sure; which number of the sum beside is wrong is not
    tokens = [["443", "76", "516", "4444"], ["120", "35", "155", "4446"], ["563", "111", "674", "8990"]]
    told = amyqa.diagnose(tokens, [*crossing(2, 2), Sum((2, 3), [(0, 3), (1, 3)])])
    assert places(told) == {(0, 2)}
    assert len(told.changes) == 2


def test_what_explanations_agree_on_is_proposed_without_the_rest(tmp_path: Path) -> None:
    verdicts = amyqa.diagnose(
        [["895", "267", "687"], ["497", "", ""], ["362", "172", "190"]],
        [Sum((0, 0), [(0, 1), (0, 2)]), Sum((0, 0), [(1, 0), (2, 0)]), Sum((2, 0), [(2, 1), (2, 2)])],
    )
    [verdict] = verdicts.verdicts
    assert verdict.best is not None
    for change in verdict.located:
        assert verdict.marginal(change) > 0.5
    assert set(verdict.located) < set(verdict.best.changes) or verdict.best.likelihood > 0.5


def test_many_unconnected_breaks_are_no_misprints() -> None:
    # forty sums each off by a little: they count something otherwise
    tokens = [[str(1000 + 17 * i + 3 + i % 5), str(600 + 9 * i), str(400 + 8 * i)] for i in range(40)]
    sums = [Sum((i, 0), [(i, 1), (i, 2)]) for i in range(40)]
    told = amyqa.diagnose(tokens, sums)
    assert places(told) == set()
    few = amyqa.diagnose(tokens[:1], sums[:1])
    assert few.verdicts[0].missing < min(verdict.missing for verdict in told.verdicts)


def equal_columns(*last: int) -> Diagnosis:
    """Total = men + women; the men are just the factory's men: no rule, but true in the first six rows."""
    rows = [[507, 307, 200], [846, 342, 504], [1049, 246, 803], [573, 73, 500], [809, 105, 704]]
    rows.append([1776, 467, 1309])
    tokens = printed([*([*row, row[1], row[1]] for row in rows), [*last, last[-1]]])
    by_sex = [Sum((r, 0), [(r, 1), (r, 2)]) for r in range(7)]
    # a cell that stands in no sum is not read
    factory = [Sum((r, 3), [(r, 4)]) for r in range(7)]
    return amyqa.diagnose(tokens, [*by_sex, *factory])


def likelihood_of(told: Diagnosis, position: Position) -> float:
    """That one cell alone is wrong."""
    return sum(
        alternative.likelihood
        for verdict in told.verdicts
        for alternative in verdict.alternatives
        if {told.positions[c.cell] for c in alternative.changes} == {position}
    )


def test_columns_equal_in_all_other_rows_tip_the_balance() -> None:
    # 272 + 687 is not 859: the men may be 172, the women 587, the total 959, one digit each
    men, women, total = (6, 1), (6, 2), (6, 0)
    for_men, against = equal_columns(859, 272, 687, 172), equal_columns(859, 272, 687, 272)
    assert likelihood_of(for_men, men) > max(likelihood_of(for_men, p) for p in (women, total))
    assert likelihood_of(against, men) < min(likelihood_of(against, p) for p in (women, total))
    assert likelihood_of(for_men, men) > 5 * likelihood_of(against, men)


def test_noughts_and_few_rows_are_no_evidence() -> None:
    sums = [Sum((r, 0), [(r, 1), (r, 2)]) for r in range(7)]
    rows = [[7 + r, 0, 7 + r, 0] for r in range(6)]
    tokens = printed([*rows, [859, 267, 687, 0]])
    assert (6, 1) not in places(amyqa.diagnose(tokens, [*sums, *(Sum((r, 3), [(r, 3)]) for r in range(7))]))


def test_a_total_added_up_from_a_wrong_part_is_inherited() -> None:
    wrong = replaced(TABLE, {(0, 1): 265, (5, 1): TABLE[5][1] + 9})
    [verdict] = amyqa.diagnose(printed(wrong), SUMS).verdicts
    assert verdict.best is not None
    roles = {change.cell: (change.inherited, change.kind) for change in verdict.best.changes}
    assert sorted(roles.values()) == [(False, "transposed digits"), (True, "added up from a wrong part")]


def test_a_cell_of_another_table_is_not_this_ones_to_correct() -> None:
    from amyqa.diagnosis.diagnose import diagnose

    [verdict] = diagnose(case({1: 859, 2: 895}, [{1: 1, 2: -1}], fixed=[1]))
    assert [[c.cell for c in a.changes] for a in verdict.alternatives] == [[2]]
    [stuck] = diagnose(case({1: 859, 2: 895}, [{1: 1, 2: -1}], fixed=[1, 2]))
    assert (stuck.alternatives, stuck.located, stuck.best) == ((), (), None)
    assert stuck.missing == 0


def test_a_bound_that_leaves_one_value_does_not_stand_in_the_way(tmp_path: Path) -> None:
    told = diagnosed(tmp_path, "2003,5,<0,5", "2004,5,3,1", "Total,9,3,6")
    assert all(change.cell.token != "<0" for each in told for change in each.changes)


def test_every_located_diagnosis_mends_its_sums() -> None:
    wrong = replaced(TABLE, {(2, 2): 337, (4, 0): 49})
    told = amyqa.diagnose(printed(wrong), SUMS)
    assert not any(residuals(wrong, SUMS, told.changes))
    assert places(told) == {(2, 2), (4, 0)}
