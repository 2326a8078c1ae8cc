from __future__ import annotations

import dataclasses
from xml.etree import ElementTree as ET

import pytest

from amyqa.model import NotEvaluated, RanRule, Report, Severity
from amyqa.reports.ci import junit
from tests.reports import builder, rogues
from tests.reports.published import junit_problems


def read(report: Report, fail_on: Severity | None = Severity.ERROR) -> ET.Element:
    text = junit.render(report, fail_on)
    assert junit_problems(text) == []
    return ET.fromstring(text)  # noqa: S314


def case(root: ET.Element, table: str, rule: str) -> ET.Element:
    [found] = root.findall(f"testsuite[@name='{table}']/testcase[@name='{rule}']")
    return found


def outcomes(root: ET.Element) -> dict[str, str]:
    """What each case of the first suite comes to."""
    kinds = {"failure", "skipped"}
    return {
        found.attrib["name"]: next((child.tag for child in found if child.tag in kinds), "passed")
        for found in root[0]
    }


def test_the_chapter_has_a_suite_for_each_table_and_a_case_for_each_rule_that_ran(
    chapter_report: Report,
) -> None:
    root = read(chapter_report)
    assert [suite.attrib["name"] for suite in root] == [table.id for table in chapter_report.tables]
    passed = case(root, "2005/cambodia/deployed-to-malaysia", "keys")
    assert list(passed) == []
    [failure] = case(root, "2005/cambodia/deployed-to-malaysia", "totals")
    assert failure.attrib["message"].startswith(
        "8 errors of 57 looked at: Total row: total is printed 6,619;"
    )
    assert len((failure.text or "").splitlines()) == 8
    assert "data/2005/cambodia/deployed-to-malaysia.csv:11 (printed source: line 608)" in (failure.text or "")


def test_what_could_not_be_evaluated_is_skipped_with_the_reason_and_never_passes(
    chapter_report: Report,
) -> None:
    root = read(chapter_report)
    [skipped] = case(root, "2005/cambodia/stock-abroad", "identities")
    assert skipped.tag == "skipped"
    assert "TOTAL is '–'" in skipped.attrib["message"]
    # a rule that could judge a part has a case for the rest
    assert case(root, "2005/cambodia/annual-indicators", "range")[0].tag == "failure"
    assert case(root, "2005/cambodia/annual-indicators", "range (not evaluated)")[0].tag == "skipped"


def test_the_numbers_of_a_suite_are_those_of_its_cases(chapter_report: Report) -> None:
    root = read(chapter_report)
    for suite in root:
        told = [int(suite.attrib[name]) for name in ("tests", "failures", "skipped")]
        assert told == [len(suite), len(suite.findall("*/failure")), len(suite.findall("*/skipped"))]
    assert int(root.attrib["tests"]) == sum(len(suite) for suite in root)
    failed = {(f.table, f.rule) for f in chapter_report.failing(Severity.ERROR)}
    assert int(root.attrib["failures"]) == len(root.findall("*/*/failure")) == len(failed) > 3


@pytest.mark.parametrize(
    ("severity", "known", "decided", "fail_on", "outcome"),
    [
        ("error", False, False, "error", "failure"),
        ("warning", False, False, "error", "passed"),
        ("warning", False, False, "warning", "failure"),
        ("error", False, False, None, "failure"),
        ("warning", False, False, None, "passed"),
        ("error", True, False, "error", "passed"),
        ("error", False, True, "error", "skipped"),
        ("warning", False, True, "error", "passed"),
    ],
)
def test_a_case_fails_for_what_fails_the_check(
    severity: str, known: bool, decided: bool, fail_on: str | None, outcome: str
) -> None:
    table = builder.malaysia()
    finding = builder.finding(
        table, ("2006", "Total"), severity=Severity(severity), known=known,
        status="explained" if decided else "open",
    )  # fmt: skip
    report = builder.report(table, findings=(finding,), ran=(RanRule(table.id, "totals", 57, 1),))
    root = read(report, Severity(fail_on) if fail_on else None)
    assert outcomes(root) == {"totals": outcome}
    assert finding.message in ET.tostring(root, "unicode")


def test_a_ruling_is_told_with_its_reason() -> None:
    report = rogues.report("totals")
    decided = dataclasses.replace(report, findings=report.findings[1:2])
    [skipped] = case(read(decided), "totals", "totals")
    assert skipped.attrib["message"] == "1 finding decided: explained: totals (totals, 2026-01-31)"
    failed = case(read(report), "totals", "totals")[0]
    assert "Reopened by a changed number" in (failed.text or "")


def test_a_rule_that_evaluated_nothing_has_one_case() -> None:
    table = builder.malaysia()
    gaps = (NotEvaluated(table.id, "totals", "a = b", {}, "b is blank"),)
    assert outcomes(read(builder.report(table, not_evaluated=gaps))) == {"totals": "skipped"}


@pytest.mark.parametrize("text", rogues.ROGUES)
def test_hostile_text_stays_text(text: str) -> None:
    root = read(rogues.report(text))
    assert outcomes(root).pop("range") == "passed"
    assert len(root) == 1
    assert {child.tag for child in root.iter()} <= {
        "testsuites", "testsuite", "testcase", "failure", "skipped", "system-out",
    }  # fmt: skip


def test_the_same_report_gives_the_same_bytes() -> None:
    assert junit.render(builder.cambodia()) == junit.render(builder.cambodia())
