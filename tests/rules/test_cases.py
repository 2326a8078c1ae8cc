"""Every rule's cases, on both engines: what passes, what fails, and the sentence an editor reads.

The cases are data, ``cases/<rule>.yaml``; the reference shows them as examples.

    title: what it shows
    passes: true or false
    tables: id -> csv, and spec (its YAML; without one the file is not there); the first is judged
    suite: entries of the family's suite
    schema: a shipped family's, or Python; without one a schema that checks nothing
    finding: the sentence, or a list of them
    error: a part of the message with which a file is refused
    not_evaluated: a part of the reason why something is not judged
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from amyqa import pipeline
from amyqa.errors import AmyqaError
from amyqa.model import Report
from amyqa.pipeline import ENGINES
from amyqa.rules.rule import Rule
from amyqa.rules.vocabulary import RULES
from tests.rules.judged import CASES, FILES, runs, written
from tests.yearbooks import problems_of

KEYS = {"title", "passes", "tables", "suite", "schema", "finding", "error", "not_evaluated"}


def listed(said: str | list[str] | None) -> list[str]:
    return [said] if isinstance(said, str) else said or []


def sentences(report: Report, rule: str) -> list[str]:
    return [finding.message for finding in report.findings if finding.rule == rule]


def reasons(report: Report, rule: str) -> str:
    return "; ".join(item.reason for item in report.not_evaluated if item.rule == rule)


@pytest.mark.parametrize(("rule", "case"), CASES, ids=[f"{name}: {case['title']}" for name, case in CASES])
def test_a_case_is_judged_as_it_says(tmp_path: Path, rule: str, case: dict[str, Any]) -> None:
    path = written(tmp_path, case)
    if case.get("error"):
        with pytest.raises(AmyqaError) as error:
            pipeline.check([path], "duckdb")
        assert case["error"] in "\n".join(problems_of(error.value))
        return
    engines = ENGINES if case.get("suite") else ENGINES[-1:]  # only suites are run by several
    reports = [pipeline.check([path], engine) for engine in engines]
    first, *others = reports
    assert sorted(sentences(first, rule)) == sorted(listed(case.get("finding")))
    assert case.get("not_evaluated", "") in reasons(first, rule)
    for other in others:
        assert (other.findings, other.not_evaluated) == (first.findings, first.not_evaluated)
        assert other.counts == first.counts


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_cases_is_in_form(name: str) -> None:
    assert FILES[name]["rule"] == name
    for case in FILES[name]["cases"]:
        assert set(case) <= KEYS, case["title"]
        said = bool(case.get("finding") or case.get("error"))
        assert case["passes"] is not said, case["title"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_a_case_that_passes_and_one_that_fails(rule: Rule) -> None:
    assert {case["passes"] for name, case in CASES if name == rule.name} == {True, False}
    if rule.expectation:
        types = {
            entry["type"] for name, case in CASES if name == rule.name for entry in case.get("suite", ())
        }
        assert rule.expectation in types


def test_the_cases_are_those_of_rules() -> None:
    assert set(FILES) == {rule.name for rule in RULES}


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.definition], ids=lambda rule: rule.name)
def test_what_passes_was_judged(tmp_path: Path, rule: Rule) -> None:
    """A case that passes because the rule had nothing to judge shows nothing."""
    passing = [case for name, case in CASES if name == rule.name and case["passes"]]
    for number, case in enumerate(case for case in passing if not case.get("not_evaluated")):
        _, each = runs(tmp_path / str(number), case)
        outcomes = [ran.outcome for ran in each.rans if ran.rule is rule]
        assert any(outcome.subjects > len(outcome.unjudged) for outcome in outcomes), case["title"]
