"""Great Expectations' own expectations in a suite: data only, and every one that is allowed does run."""

from __future__ import annotations

import socket
import time
from copy import deepcopy
from pathlib import Path
from typing import Any, NoReturn

import pytest

from amyqa import pipeline
from amyqa.engines.patterns import matching
from amyqa.errors import BadRule
from amyqa.rules.builtin import ALLOWED, converted, known_arguments
from amyqa.rules.suite import builtin_expectations
from tests.yearbooks import problems_of, shipped, write_family, write_table

pytestmark = pytest.mark.usefixtures("great_expectations")

EXAMPLES: dict[str, Any] = {
    "column": "OBS_VALUE", "column_A": "OBS_VALUE", "column_B": "OBS_CELL", "mostly": "0.1",
    "min_value": "0", "max_value": "1000000", "strict_min": "false", "strict_max": "false",
    "value_set": ["4", "9"], "ties_okay": "true", "column_index": "0", "value": "1", "threshold": "9",
    "double_sided": "true", "strictly": "false", "or_equal": "true", "value_pairs_set": [["4", "2"]],
    "regex": "[0-9]", "regex_list": ["4", "[0-9]"], "match_on": "any", "strftime_format": "%Y",
    "method": "iqr", "multiplier": "3", "column_list": ["OBS_VALUE", "OBS_CELL"],
    "column_set": ["OBS_VALUE", "sex"], "exact_match": "false", "sum_total": "5",
    "where": {"sex": ["male", "female"]},
}  # fmt: skip
NEEDS_TEXT = ("value_lengths", "strftime")


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket may be opened, and no name looked up."""

    def refused(*given: object, **named: object) -> NoReturn:
        raise AssertionError(f"a socket was asked for: {given} {named}")

    for name in ("socket", "create_connection", "getaddrinfo", "socketpair"):
        monkeypatch.setattr(socket, name, refused)


def parish(root: Path, *entries: dict[str, Any]) -> Path:
    write_family(root, entries=list(entries))
    lines = [["year", "men", "women"], ["1901", "4", "9"], ["1902", "6", "5"]]
    columns = {"men": {"sex": "male"}, "women": {"sex": "female"}}
    write_table(root, "parish", lines, {"rows": {"dimension": "year"}, "columns": columns})
    return root


def refused(root: Path, **entry: Any) -> list[str]:
    with pytest.raises(BadRule) as error:
        pipeline.check([parish(root, entry)], "gx")
    return problems_of(error.value)


def example(kind: str) -> dict[str, Any]:
    kwargs = {name: deepcopy(EXAMPLES[name]) for name in known_arguments(kind) if name != "ignore_row_if"}
    if any(word in kind for word in NEEDS_TEXT):
        kwargs["column"] = "year"
    if kind == "expect_column_to_exist":
        del kwargs["column_index"]
    return {"type": kind, "kwargs": kwargs}


@pytest.mark.usefixtures("offline")
def test_every_allowed_expectation_runs_with_all_its_arguments_and_without_a_socket(tmp_path: Path) -> None:
    report = pipeline.check([parish(tmp_path, *map(example, ALLOWED))], "gx")
    assert report.not_evaluated == ()
    assert {finding.rule for finding in report.findings} <= {"values"}


@pytest.mark.usefixtures("offline")
def test_the_shipped_suites_run_without_a_socket(tmp_path: Path) -> None:
    root = shipped(tmp_path)
    rows = [["place", "a", "b"], ["North", "1", "2"], ["South", "3", "4"], ["Total", "4", "6"]]
    write_table(
        root, "ports", rows, {"rows": {"dimension": "place", "total": "Total"}, "columns": {"a": {}, "b": {}}}
    )
    families = {path.stem for path in root.glob("checks/*.yaml")}
    report = pipeline.check([root], "gx")
    assert {table.spec.family for table in report.tables} == families
    assert report.total.evaluated


def test_what_is_allowed_is_known_to_great_expectations() -> None:
    assert not ALLOWED.keys() - builtin_expectations()


def test_a_condition_in_pandas_words_is_refused_with_its_line_and_never_run(tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    problems = refused(
        tmp_path,
        type="expect_column_values_to_be_between",
        kwargs={
            "column": "OBS_VALUE",
            "min_value": 0,
            "row_condition": f"@pd.io.common.os.system('touch {proof}') == 0",
            "condition_parser": "pandas",
        },
    )
    assert not proof.exists()
    assert len(problems) == 2
    for problem, argument in zip(problems, ("row_condition", "condition_parser"), strict=True):
        assert problem.startswith("checks/general.yaml:")
        assert f"takes no '{argument}' in a suite (write where: with dimensions and codes" in problem


@pytest.mark.parametrize(
    ("kind", "kwargs", "instead"),
    [
        ("match_json_schema", {"json_schema": {"$ref": "http://localhost:9/x"}}, "schemas/"),
        ("match_like_pattern", {"like_pattern": "4%"}, "expect_column_values_to_match_regex"),
        ("be_of_type", {"type_": "int"}, "schemas/"),
        ("be_dateutil_parseable", {}, "expect_column_values_to_match_strftime_format"),
    ],
)
def test_an_expectation_that_is_not_data_only_is_refused_with_what_to_use(
    tmp_path: Path, kind: str, kwargs: dict[str, Any], instead: str
) -> None:
    kwargs = {"column": "OBS_VALUE", **kwargs}
    [problem] = refused(tmp_path, type=f"expect_column_values_to_{kind}", kwargs=kwargs)
    assert problem.startswith("checks/general.yaml:")
    assert "is not run from a suite" in problem
    assert instead in problem


@pytest.mark.parametrize(
    "value",
    [{"$PARAMETER": "urn:great_expectations:stores:x"}, {"pass_through_filter": "x"}, "inf", "1_0", "nan"],
)
def test_a_number_is_a_number_and_no_parameter_to_be_worked_out(tmp_path: Path, value: Any) -> None:
    kwargs = {"column": "OBS_VALUE", "max_value": value}
    [problem] = refused(tmp_path, type="expect_column_values_to_be_between", kwargs=kwargs)
    assert "kwargs.max_value: must be a number" in problem


def test_a_condition_in_our_own_words_picks_the_records(tmp_path: Path) -> None:
    entry = {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "OBS_VALUE", "min_value": 5, "where": {"sex": "male"}},
    }
    [finding] = pipeline.check([parish(tmp_path, entry)], "gx").findings
    assert [(cell.row, cell.column) for cell in finding.cells] == [("1901", "men")]


def test_a_condition_that_no_record_meets_is_not_evaluated(tmp_path: Path) -> None:
    entry = {
        "type": "expect_column_values_to_not_be_null",
        "kwargs": {"column": "OBS_VALUE", "where": {"sex": "male", "year": "1903"}},
    }
    [problem] = refused(tmp_path, **entry)
    assert "unknown code '1903' of the dimension 'year'" in problem


def test_words_that_look_like_numbers_are_compared_as_their_column_has_them(tmp_path: Path) -> None:
    kind = "expect_column_values_to_be_in_set"
    years = {"type": kind, "kwargs": {"column": "year", "value_set": [1901, 1902]}}
    values = {"type": kind, "kwargs": {"column": "OBS_VALUE", "value_set": [4, 5, 6]}}
    [finding] = pipeline.check([parish(tmp_path, years, values)], "gx").findings
    assert [cell.token for cell in finding.cells] == ["9"]


@pytest.mark.parametrize(
    "differs",
    [
        [{"column": "OBS_VALUE", "min_value": 50}, {"column": "OBS_ROW", "min_value": 9}],
        [{"column": "OBS_VALUE", "min_value": 50}, {"column": "OBS_VALUE", "max_value": 1}],
        [{"column": "OBS_VALUE", "min_value": 50, "where": {"sex": sex}} for sex in ("male", "female")],
    ],
    ids=["columns", "limits", "records"],
)
def test_expectations_of_one_type_that_fail_as_a_whole_are_findings_each(
    tmp_path: Path, differs: list[dict[str, Any]]
) -> None:
    kind = "expect_column_unique_value_count_to_be_between"
    report = pipeline.check([parish(tmp_path, *({"type": kind, "kwargs": each} for each in differs))], "gx")
    assert len({finding.id for finding in report.findings}) == len(report.findings) == 2


def test_limits_of_one_type_on_one_cell_are_findings_each(tmp_path: Path) -> None:
    kind = "expect_column_values_to_be_between"
    entries = [
        {"type": kind, "kwargs": {"column": "OBS_VALUE", "where": {"year": "1902"}, "min_value": least}}
        for least in (6, 7, 7)
    ]
    report = pipeline.check([parish(tmp_path, *entries)], "gx")
    assert sorted(finding.cells[0].token for finding in report.findings) == ["5", "5", "6"]


@pytest.mark.parametrize(
    ("kind", "given", "fails"),
    [
        ("match_regex", {"regex": "^[4-6]$"}, ["9"]),
        ("not_match_regex", {"regex": "^[5-9]"}, ["9", "6", "5"]),
        ("match_regex_list", {"regex_list": ["4", "9"]}, ["6", "5"]),
        ("match_regex_list", {"regex_list": ["[4-5]", "[5-6]"], "match_on": "all"}, ["4", "9", "6"]),
        ("not_match_regex_list", {"regex_list": ["4", "9"]}, ["4", "9"]),
        ("match_regex", {"regex": "x"}, ["4", "9", "6", "5"]),
    ],
)
def test_regular_expressions_find_what_they_match(
    tmp_path: Path, kind: str, given: dict[str, Any], fails: list[str]
) -> None:
    entry = {"type": f"expect_column_values_to_{kind}", "kwargs": {"column": "OBS_TOKEN", **given}}
    report = pipeline.check([parish(tmp_path, entry)], "gx")
    assert sorted(cell.token for f in report.findings for cell in f.cells) == sorted(fails)


def test_an_expression_that_engines_hang_on_is_matched_at_once() -> None:
    start = time.process_time()
    assert matching(["a" * 5000 + "!", "aa"], "^(a+)+$") == {"aa"}
    assert time.process_time() - start < 5


def test_an_expression_that_only_backtracking_could_match_is_refused_with_its_line(tmp_path: Path) -> None:
    kwargs = {"column": "OBS_TOKEN", "regex": r"(4)\1"}
    [problem] = refused(tmp_path, type="expect_column_values_to_match_regex", kwargs=kwargs)
    assert problem.startswith("checks/general.yaml:")
    assert "is no expression of RE2" in problem


@pytest.mark.parametrize("kind", ["number", "share", "truth", "scalars", "pairs", "regex", "where"])
@pytest.mark.parametrize("value", [None, "", [], {}, [[]], {"a": []}, {"a": {}}, "9" * 2000, [["a"]]])
def test_an_argument_is_of_its_kind_or_refused(kind: Any, value: Any) -> None:
    with pytest.raises(ValueError, match=r"^must be "):
        converted(kind, value)
