"""A suite is checked entry by entry before anything runs; the cases are in suites.yaml."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from amyqa.errors import BadRule, Problems
from amyqa.model import Severity
from amyqa.rules.observations import Observations
from amyqa.rules.suite import Suite, bind, builtin_expectations, check_codes, read_suite
from amyqa.rules.vocabulary import BY_EXPECTATION, RULES
from tests.yearbooks import STATED, TOTALS, observations, problems_of, suite_of

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "suites.yaml").read_text())
COLUMNS = {
    "Total": {"sex": "total", "sector": "all"},
    "Male": {"sex": "male", "sector": "all"},
    "Female": {"sex": "female", "sector": "all"},
    "Farm": {"sex": "total", "sector": "farm"},
}
SPEC: dict[str, Any] = {"rows": {"dimension": "year"}, "columns": COLUMNS}


def table(tmp_path: Path, **changed: Any) -> Observations:
    return observations(tmp_path, [["Year", *COLUMNS], ["2003", "3", "1", "2", "3"]], {**SPEC, **changed})


@pytest.mark.parametrize("case", CASES, ids=[case["shows"] for case in CASES])
def test_every_mistake_of_a_suite_is_reported(tmp_path: Path, case: dict[str, Any]) -> None:
    path = tmp_path / "general.yaml"
    path.write_text(case["suite"], encoding="utf-8")
    problems = Problems()
    suite = read_suite(path, "checks/general.yaml", "general", builtin_expectations, problems)
    if suite is not None:
        check_codes(suite, [table(tmp_path)], problems)
    if not case["problems"]:
        assert len(problems) == 0
        return
    with pytest.raises(BadRule) as error:
        problems.raise_if_any()
    assert problems_of(error.value) == case["problems"]


def test_with_no_table_there_is_nothing_to_hold_codes_against(tmp_path: Path) -> None:
    suite = suite_of(tmp_path, f"expectations:\n  - {{type: {TOTALS}, kwargs: {{dimension: sexes}}}}\n")
    problems = Problems()
    check_codes(suite, [], problems)
    assert len(problems) == 0


def test_a_code_may_be_that_of_any_table_of_the_family(tmp_path: Path) -> None:
    kwargs = "{dimension: sex, total: total, parts: [men, women]}"
    suite = suite_of(tmp_path, f"expectations:\n  - {{type: {TOTALS}, kwargs: {kwargs}}}\n")
    other = {"rows": {"dimension": "year"}, "columns": {"A": {"sex": "men"}, "B": {"sex": "women"}}}
    tables = [table(tmp_path), observations(tmp_path, "Year,A,B\n2003,1,2\n", other)]
    problems = Problems()
    check_codes(suite, tables, problems)
    assert len(problems) == 0


def test_an_entry_is_read_with_exact_numbers_its_severity_and_its_reasons(tmp_path: Path) -> None:
    suite = suite_of(
        tmp_path,
        """\
        expectations:
          - type: expect_values_to_be_in_range
            kwargs: {min: 0.10, max: 1e3, where: {sex: male, year: [2003, 2004]}}
            severity: info
            meta: {reason: no more, source: "a census: 2003"}
          - type: expect_stated_identities_to_hold
        """,
    )
    first, second = suite.entries
    assert first.kwargs == {
        "min": Decimal("0.10"),
        "max": Decimal(1000),
        "where": {"sex": ["male"], "year": ["2003", "2004"]},
    }
    assert str(first.kwargs["min"]) == "0.10"
    assert (first.severity, first.meta["source"]) == (Severity.INFO, "a census: 2003")
    assert (second.severity, dict(second.kwargs)) == (Severity.ERROR, {})


def test_arguments_of_gxs_own_are_the_numbers_and_truth_values_they_look_like(tmp_path: Path) -> None:
    path = tmp_path / "general.yaml"
    path.write_text(
        "expectations:\n  - type: expect_column_values_to_be_between\n"
        "    kwargs: {column: OBS_VALUE, min_value: 0, max_value: 1.5, strict_max: true, mostly: 0.9}\n"
    )
    problems = Problems()
    suite = read_suite(path, "general.yaml", "general", builtin_expectations, problems)
    assert isinstance(suite, Suite)
    [entry] = suite.entries
    assert entry.rule is None
    assert entry.kwargs == {
        "column": "OBS_VALUE",
        "min_value": 0,
        "max_value": 1.5,
        "strict_max": True,
        "mostly": 0.9,
    }


# --- what the table fills in ---------------------------------------------------------------------


def bound(observations: Observations, **kwargs: Any) -> tuple[dict[str, Any], str]:
    arguments, reason = bind(BY_EXPECTATION[TOTALS], kwargs, observations)
    return dict(arguments), reason


def test_parts_are_the_tables_own_codes_and_its_total_a_word_that_means_all(tmp_path: Path) -> None:
    arguments, reason = bound(table(tmp_path), dimension="sex")
    assert (arguments["total"], arguments["parts"], reason) == ("total", ["male", "female"], "")
    arguments, reason = bound(table(tmp_path), dimension="sector")
    assert (arguments["total"], arguments["parts"], reason) == ("all", ["farm"], "")


def test_the_declared_total_row_is_the_total_whatever_it_is_called(tmp_path: Path) -> None:
    lines = "Year,A\n2003,1\nAltogether,1\n2004,0\n"
    rows = {"dimension": "year", "total": "Altogether"}
    arguments, _ = bound(
        observations(tmp_path, lines, {"rows": rows, "columns": {"A": {"sex": "male"}}}), dimension="year"
    )
    assert (arguments["total"], arguments["parts"]) == ("Altogether", ["2003", "2004"])


@pytest.mark.parametrize(
    ("kwargs", "reason"),
    [
        ({"dimension": "place"}, "the table has no dimension 'place'"),
        ({"dimension": "year"}, "the table has no total along 'year'"),
        ({"dimension": "sex", "total": "everybody"}, "the table has no total 'everybody' along 'sex'"),
        ({"dimension": "sex", "where": {"place": ["Asia"]}}, "the table has no dimension 'place'"),
        (
            {"dimension": "sector", "optional": ["farm"]},
            "the table has a total and no parts along 'sector'",
        ),
    ],
)
def test_a_rule_with_nothing_to_judge_says_why(tmp_path: Path, kwargs: dict[str, Any], reason: str) -> None:
    assert bound(table(tmp_path), **kwargs)[1] == reason


def test_codes_that_nest_add_up_as_the_table_says(tmp_path: Path) -> None:
    nested = {"sector": {"all": ["farm"]}}
    arguments, reason = bound(table(tmp_path, codes=nested), dimension="sector")
    assert (arguments["hierarchy"], reason) == (nested["sector"], "")


def test_stated_relations_are_filled_in_from_the_table(tmp_path: Path) -> None:
    rule = BY_EXPECTATION[STATED]
    assert bind(rule, {}, table(tmp_path))[1] == "the table states no such relation"
    stated = table(tmp_path, identities={"in every row": ["Total = Male + Female"]})
    arguments, reason = bind(rule, {}, stated)
    assert (arguments, reason) == ({}, "")
    assert stated.stated.of(0) == [(1, 1), (2, -1), (3, -1)]


# --- the vocabulary ------------------------------------------------------------------------------


def test_every_rule_has_a_name_a_title_an_ess_code_and_a_level() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.name.isidentifier()
        assert rule.title
        assert len(rule.ess) == 3
        assert rule.ess.isupper()
        assert rule.level in ("0", "1a", "1b", "1c", "1d", "1e", "2", "3", "4", "5")
        assert {word.strip() for word in rule.done_by.split(",")} <= {"reading", "schema", "suite"}


def test_what_stands_in_a_suite_has_a_definition_and_a_type_in_gxs_manner() -> None:
    for rule in RULES:
        if rule.expectation:
            assert rule.expectation.startswith("expect_")
            assert rule.definition is not None
            assert "suite" in rule.done_by
