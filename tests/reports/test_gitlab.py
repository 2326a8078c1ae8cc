from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from amyqa.model import Report
from amyqa.reports.ci import gitlab
from tests.reports import builder, rogues
from tests.reports.published import CODE_QUALITY


def read(report: Report) -> list[dict[str, Any]]:
    issues = json.loads(gitlab.render(report))
    Draft202012Validator(CODE_QUALITY).validate(issues)
    prints = [issue["fingerprint"] for issue in issues]
    assert len(prints) == len(set(prints))
    return list(issues)


def test_the_chapters_open_findings_stand_at_their_lines(chapter_report: Report) -> None:
    first, *rest = read(chapter_report)
    assert len(rest) == len(chapter_report.findings) - 1
    assert first == {
        "description": f"{chapter_report.findings[0].message} (2005/cambodia/deployed-to-malaysia) "
        "Cause 1, likely misprint (virtually certain, over 99.9%): Total, Total: 6,619 → 6,620; "
        "Total, Male: 1,807 → 1,712. Id b4757b01.",
        "check_name": "amyqa/totals",
        "fingerprint": chapter_report.findings[0].id,
        "severity": "critical",
        "location": {"path": "data/2005/cambodia/deployed-to-malaysia.csv", "lines": {"begin": 11}},
    }
    severities = {finding.id: finding.severity for finding in chapter_report.findings}
    words = {"error": "critical", "warning": "minor", "info": "info"}
    assert all(words[severities[issue["fingerprint"]]] == issue["severity"] for issue in rest)
    assert set(severities.values()) == set(words)


def test_what_was_ruled_on_is_left_out() -> None:
    assert [issue["fingerprint"] for issue in read(rogues.report("x"))] == ["1x", "4", "2x", "5"]


def test_two_findings_of_one_fingerprint_are_one_issue() -> None:
    report = builder.cambodia()
    twice = dataclasses.replace(report, findings=report.findings[:1] * 2)
    assert len(read(twice)) == 1


def test_a_path_begins_at_the_repository() -> None:
    report = dataclasses.replace(builder.cambodia(), folder="books/2005")
    assert read(report)[0]["location"]["path"].startswith("books/2005/data/")


@pytest.mark.parametrize("text", rogues.ROGUES)
def test_hostile_text_stays_text(text: str) -> None:
    assert len(read(rogues.report(text))) == 4


def test_a_clean_report_is_an_empty_list() -> None:
    assert read(builder.report(builder.malaysia())) == []
