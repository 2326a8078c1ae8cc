"""Equations over the same printed cells count once; tautologies do not count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from amyqa import pipeline
from amyqa.model import Counts
from tests.yearbooks import STATED, TOTALS, write_family, write_table

SPEC: dict[str, Any] = {
    "rows": {"dimension": "year"},
    "columns": {"T": {"sex": "total"}, "M": {"sex": "male"}, "F": {"sex": "female"}},
}


def counts(root: Path, *formulas: str, sums: bool = False, lines: str = "Year,T,M,F\n2003,9,4,6\n") -> Counts:
    by_sex = [{"type": TOTALS, "kwargs": {"dimension": "sex"}}] if sums else []
    write_family(root, entries=[*by_sex, {"type": STATED}])
    write_table(root, "table", lines, {**SPEC, "identities": {"in every row": list(formulas)}})
    return pipeline.check([root], "duckdb").counts["table"]


@pytest.mark.parametrize(
    "again",
    ["T = M + F", "T = F + M", "F + M = T", "M = T - F", "T - F - M = T - T", "T + T = M + T + F"],
)
def test_an_equation_counts_once_however_it_is_written(tmp_path: Path, again: str) -> None:
    assert counts(tmp_path, "T = M + F", again) == Counts(1, 1, 0)
    assert counts(tmp_path, again, sums=True) == Counts(1, 1, 0)


@pytest.mark.parametrize("other", ["T = M", "T = M + 2 * F", "T = M - F", "T = M + F + 1", "M = F"])
def test_another_equation_over_the_same_cells_counts_too(tmp_path: Path, other: str) -> None:
    assert counts(tmp_path, "T = M + F", other) == Counts(2, 2, 0)


@pytest.mark.parametrize("nothing", ["T = T", "M + F = F + M", "T - M = T - M"])
def test_a_tautology_does_not_count(tmp_path: Path, nothing: str) -> None:
    assert counts(tmp_path, nothing) == Counts(0, 0, 0)
    assert counts(tmp_path, "T = M + F", nothing) == Counts(1, 1, 0)


def test_an_equation_counts_once_for_each_row(tmp_path: Path) -> None:
    lines = "Year,T,M,F\n2003,9,4,6\n2004,9,4,5\n2005,..,4,5\n"
    assert counts(tmp_path, "T = M + F", sums=True, lines=lines) == Counts(2, 1, 1)


@pytest.mark.parametrize(
    ("formulas", "evaluated", "broken"),
    [
        (["T <= M", "T >= M"], 2, 1),
        (["T >= M", "T <= M"], 2, 1),
        (["T >= M", "M <= T"], 1, 0),
        (["T <= M + 0", "T = M + 0"], 2, 2),
        (["T >= M + 1", "T = M + 1", "M + 1 <= T"], 2, 1),
    ],
)
def test_relations_that_differ_in_their_sign_are_not_the_same(
    tmp_path: Path, formulas: list[str], evaluated: int, broken: int
) -> None:
    assert counts(tmp_path, *formulas) == Counts(evaluated, broken, 0)


def test_an_equation_with_and_without_a_structural_zero_counts_once(tmp_path: Path) -> None:
    spec = {
        "rows": {"dimension": "year"},
        "columns": {"T": {"sex": "total"}, "F": {"sex": "female"}},
        "zero": [{"sex": "male"}],
        "identities": {"in every row": ["T = F"]},
    }
    write_family(tmp_path, entries=[{"type": TOTALS, "kwargs": {"dimension": "sex"}}, {"type": STATED}])
    write_table(tmp_path, "table", "Year,T,F\n2003,5,7\n", spec)
    assert pipeline.check([tmp_path], "duckdb").total == Counts(1, 1, 0)


def test_a_sum_may_stand_on_the_left_of_its_total(tmp_path: Path) -> None:
    lines = "Year,T,M,F\n2003,5,7,\n"
    for formula in ("T = M + F", "M + F = T"):
        assert counts(tmp_path, formula, lines=lines) == Counts(1, 1, 0), formula


def test_the_result_of_a_deduction_may_be_negative_on_whichever_side_it_stands(tmp_path: Path) -> None:
    lines = "Year,T,M,F\n2003,5,7,\n"
    for formula in ("F = T - M", "T - M = F"):
        assert counts(tmp_path, formula, lines=lines) == Counts(0, 0, 1), formula


def test_two_cells_of_other_tables_are_compared_too(tmp_path: Path) -> None:
    for name, number in (("a", 1), ("b", 2)):
        write_table(tmp_path, f"2004/{name}", f"K,N\nx,{number}\n", {"columns": {"N": {}}})
    spec = {"identities": {"other tables": ["2004/a[x, N] = 2004/b[x, N]"]}}
    write_family(tmp_path, entries=[{"type": STATED}])
    write_table(tmp_path, "table", "K,N\nx,1\n", spec)
    assert pipeline.check([tmp_path], "duckdb").counts["table"] == Counts(1, 1, 0)


def test_a_bound_that_leaves_one_value_is_a_value(tmp_path: Path) -> None:
    assert counts(tmp_path, sums=True, lines="Year,T,M,F\n2003,5,<1,5\n") == Counts(1, 0, 0)
    assert counts(tmp_path, sums=True, lines="Year,T,M,F\n2003,5,<1,4\n") == Counts(1, 1, 0)


def table_counts(root: Path, lines: str, spec: dict[str, Any], *entries: dict[str, Any]) -> Counts:
    write_family(root, entries=entries)
    write_table(root, "table", lines, spec)
    return pipeline.check([root], "duckdb").counts["table"]


def test_a_sum_with_a_part_that_is_not_printed_does_not_hide_the_formula_without_it(tmp_path: Path) -> None:
    by_year: dict[str, Any] = {"rows": {"dimension": "year"}}
    columns = {"T": {"sex": "total"}, "M": {"sex": "male"}}
    write_table(tmp_path, "other", "Year,F\n2003,1\n", {**by_year, "columns": {"F": {"sex": "female"}}})
    spec = {**by_year, "columns": columns, "identities": {"in every row": ["T = M"]}}
    entry = {"type": TOTALS, "kwargs": {"dimension": "sex", "parts": ["male", "female"]}}
    assert table_counts(tmp_path, "Year,T,M\n2003,9,5\n", spec, entry, {"type": STATED}) == Counts(1, 1, 1)


def test_a_formula_with_a_cell_that_is_not_there_does_not_hide_the_one_without_it(tmp_path: Path) -> None:
    formulas = {"other tables": ["[x, T] = [x, M] + 2004/gone[x, N]"], "in every row": ["T = M"]}
    spec = {"identities": formulas}
    assert table_counts(tmp_path, "K,T,M\nx,9,5\n", spec, {"type": STATED}) == Counts(1, 1, 1)


def test_one_part_that_exceeds_its_total_is_broken_though_another_is_not_printed(tmp_path: Path) -> None:
    by_year: dict[str, Any] = {"rows": {"dimension": "year"}}
    columns = {"All": {"sex": ["total", "male"]}, "Unknown": {"sex": "not stated"}}
    write_table(tmp_path, "other", "Year,F\n2003,1\n", {**by_year, "columns": {"F": {"sex": "female"}}})
    entry = {"type": TOTALS, "kwargs": {"dimension": "sex", "parts": ["male", "female", "not stated"]}}
    # all are men, so that nobody is of unknown sex; five are
    assert (
        table_counts(tmp_path, "Year,All,Unknown\n2003,9,5\n", {**by_year, "columns": columns}, entry).broken
        == 1
    )


@pytest.mark.parametrize("severities", [("info", "critical"), ("critical", "info")])
def test_what_two_entries_find_is_as_grave_as_the_graver_one_says(
    tmp_path: Path, severities: tuple[str, str]
) -> None:
    first, second = severities
    growth = "expect_values_to_change_little_between_periods"

    def graded(severity: str, **kwargs: Any) -> dict[str, Any]:
        return {"type": growth, "kwargs": kwargs, "severity": severity, "meta": {"reason": "graded"}}

    entries = [
        {"type": TOTALS, "kwargs": {"dimension": "sex"}, "severity": first},
        {"type": TOTALS, "kwargs": {"dimension": "sex", "where": {"year": "2004"}}, "severity": second},
        graded(first, factor=3),
        graded(second, factor=50, where={"sex": "male"}),
    ]
    write_family(tmp_path, entries=entries)
    lines = "Year,T,M,F\n2003,1009,400,600\n2004,45009,40000,5000\n2005,50000,45000,5000\n"
    write_table(tmp_path, "table", lines, SPEC)
    report = pipeline.check([tmp_path], "duckdb")
    found = {(f.rule, f.where["year"], f.where.get("sex")): str(f.severity) for f in report.findings}
    word = {"info": "info", "critical": "error"}
    assert found == {
        ("totals", "2003", None): word[first],
        ("totals", "2004", None): "error",
        ("growth", "2004", "total"): word[first],
        ("growth", "2004", "male"): "error",
        ("growth", "2004", "female"): word[first],
    }
    assert report.total == Counts(3, 2, 0)
