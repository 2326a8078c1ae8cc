from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from amyqa.model import Report, Severity, Span
from amyqa.reports.ci import sarif
from amyqa.rules.vocabulary import RULES
from tests.reports import builder, rogues
from tests.reports.published import SARIF

VERSION = "1.2.3"
VALIDATOR = Draft202012Validator(SARIF, format_checker=FormatChecker())


def rendered(report: Report) -> str:
    return sarif.render(report, VERSION)


def read(report: Report) -> dict[str, Any]:
    """The one run of the log."""
    log = json.loads(rendered(report))
    VALIDATOR.validate(log)
    [run] = log["runs"]
    assert isinstance(run, dict)
    return run


def region(result: dict[str, Any]) -> dict[str, int]:
    found: dict[str, int] = result["locations"][0]["physicalLocation"]["region"]
    return found


def test_the_chapters_results_stand_at_the_characters_of_their_fields(
    chapter_report: Report, chapter: Path
) -> None:
    run = read(chapter_report)
    assert len(run["results"]) == len(chapter_report.findings) > 15
    for result, finding in zip(run["results"], chapter_report.findings, strict=True):
        for told, cell in zip(
            [*result["locations"], *result.get("relatedLocations", [])], finding.cells, strict=True
        ):
            physical = told["physicalLocation"]
            file = chapter / unquote(physical["artifactLocation"]["uri"])
            where = physical["region"]
            line = file.read_text(encoding="utf-8").splitlines()[where["startLine"] - 1]
            field = line[where["startColumn"] - 1 : where["endColumn"] - 1]
            assert field.strip('"') == cell.token


def test_a_result_names_its_rule_its_level_and_its_fingerprint(chapter_report: Report) -> None:
    run = read(chapter_report)
    rules = run["tool"]["driver"]["rules"]
    for result, finding in zip(run["results"], chapter_report.findings, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.rule
        assert result["partialFingerprints"] == {
            "amyqa/v1": finding.id,
            "primaryLocationLineHash": f"{finding.id}:1",
        }
        assert result["level"] == {"error": "error", "warning": "warning", "info": "note"}[finding.severity]
    assert [rule["id"] for rule in rules] == [rule.name for rule in RULES]
    assert {rule["properties"]["ess"] for rule in rules} == {rule.ess for rule in RULES}


def test_the_likeliest_correction_is_a_fix_in_the_fields_own_spelling(chapter_report: Report) -> None:
    fixes = [fix for result in read(chapter_report)["results"] for fix in result.get("fixes", [])]
    texts = [
        c["insertedContent"]["text"] for f in fixes for a in f["artifactChanges"] for c in a["replacements"]
    ]
    assert {'"6,620"', "859", "172", '"2,915"', "519"} <= set(texts)


def test_a_number_in_a_notation_of_its_own_gets_no_fix() -> None:
    table = builder.table("t", ["A"], {"x": ["1e3"]})
    finding = builder.finding(table, ("x", "A"))
    wrong = builder.diagnosis(table, builder.change(table, "x", "A", "7"), explains=(finding.id,))
    report = builder.report(table, findings=(finding,), diagnoses=(wrong,))
    spans = {(table.file, 2, 2): Span(2, 3, 2, 6, "1e3")}
    [result] = read(dataclasses.replace(report, spans=spans))["results"]
    assert "fixes" not in result


def test_paths_are_relative_to_the_repository_and_percent_encoded() -> None:
    table = dataclasses.replace(builder.malaysia(), file="data/c:ôte d'Ivoire/100%.csv")
    report = builder.report(table, findings=(builder.finding(table, ("2006", "Total")),), folder="books/2005")
    run = read(report)
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {
        "uri": "books/2005/data/c%3A%C3%B4te%20d%27Ivoire/100%25.csv",
        "uriBaseId": "%SRCROOT%",
    }
    assert "uri" not in run["originalUriBaseIds"]["%SRCROOT%"]
    assert region(run["results"][0]) == {"startLine": 10}  # without spans, the line


def test_a_finding_without_a_cell_stands_at_the_first_line_of_its_table() -> None:
    table = builder.malaysia()
    finding = dataclasses.replace(builder.finding(table, ("2006", "Total")), cells=())
    [result] = read(builder.report(table, findings=(finding,)))["results"]
    assert region(result) == {"startLine": 1}


def test_a_decided_finding_is_suppressed_with_its_ruling() -> None:
    run = read(rogues.report("why"))
    suppressed = [result for result in run["results"] if "suppressions" in result]
    assert [result["partialFingerprints"]["amyqa/v1"] for result in suppressed] == ["3"]
    assert suppressed[0]["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "explained: why (why, 2026-01-31)"}
    ]


def test_with_a_baseline_results_are_new_or_unchanged() -> None:
    states = {
        r["partialFingerprints"]["amyqa/v1"]: r["baselineState"] for r in read(rogues.report("x"))["results"]
    }
    assert states == {"1x": "new", "4": "new", "2x": "new", "5": "unchanged", "3": "new"}
    assert all("baselineState" not in result for result in read(builder.cambodia())["results"])


def test_what_was_not_evaluated_is_a_notification(chapter_report: Report) -> None:
    notes = read(chapter_report)["invocations"][0]["toolExecutionNotifications"]
    assert any("TOTAL is '–'" in note["message"]["text"] for note in notes)
    assert {note["level"] for note in notes} == {"note"}


def test_more_results_than_github_takes_are_left_out_the_least_serious_first_and_counted() -> None:
    table = builder.malaysia()
    finding = builder.finding(table, ("2006", "Total"))
    errors = [dataclasses.replace(finding, id=str(i)) for i in range(sarif.MAX_RESULTS)]
    warnings = [dataclasses.replace(finding, id=f"w{i}", severity=Severity.WARNING) for i in range(7)]
    log = json.loads(rendered(builder.report(table, findings=(*errors, *warnings))))
    [run] = log["runs"]
    assert len(run["results"]) == 25_000
    assert {result["level"] for result in run["results"]} == {"error"}
    [note] = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("7 findings left out")


@pytest.mark.parametrize("text", rogues.ROGUES)
def test_hostile_text_stays_text(text: str) -> None:
    told = rendered(rogues.report(text))
    assert told.isascii()
    read(rogues.report(text))


def test_a_message_has_no_link_and_no_placeholder_of_a_stranger() -> None:
    [result, *_] = read(rogues.report("[0](1) {0}"))["results"]
    assert result["message"]["text"].startswith(r"\[0\](1) {{0}} Cause 1")
    links = re.findall(r"(?<!\\)\[(?:[^\[\]\\]|\\.)*\]\(([^)]*)\)", result["message"]["text"])
    assert links == [str(place["id"]) for place in result["relatedLocations"]]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert rendered(builder.diagnosed()) == rendered(builder.diagnosed())
