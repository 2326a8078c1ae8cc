from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from amyqa.model import Report
from amyqa.reports.data import csv as findings
from amyqa.reports.rows import COLUMNS
from tests.reports import builder, rogues


def read(report: Report) -> list[dict[str, str]]:
    text = findings.render(report)
    assert text.encode()
    assert text.endswith("\r\n")
    lines = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert all(None not in line and None not in line.values() for line in lines)
    return lines


def test_the_chapters_findings_one_a_line(chapter_report: Report) -> None:
    lines = read(chapter_report)
    assert [line["finding"] for line in lines] == [finding.id for finding in chapter_report.findings]
    flagship = lines[0]
    assert flagship["message"] == chapter_report.findings[0].message
    numbers = [
        flagship[name] for name in ("printed", "computed", "difference", "line", "field", "source_line")
    ]
    assert numbers == ["6619", "6715", "-96", "11", "2", "608"]
    assert flagship["likeliest"] == "Total, Total: 6,619 → 6,620; Total, Male: 1,807 → 1,712"
    assert (flagship["likelihood"], flagship["new"], flagship["who"]) == ("over 99.9%", "", "")


def test_a_ruling_stands_beside_its_finding() -> None:
    decided = read(rogues.report("why"))[1]
    assert [decided[name] for name in ("status", "reason", "who", "ruled_on", "expires")] == [
        "explained", "why", "why", "2026-01-31", "",
    ]  # fmt: skip


def test_what_is_known_since_a_commit_is_not_new() -> None:
    assert [line["new"] for line in read(rogues.report("x"))] == ["yes", "yes", "yes", "yes", "no"]


@pytest.mark.parametrize("text", rogues.ROGUES)
def test_no_text_is_a_formula_or_a_line_of_its_own(text: str) -> None:
    lines = read(rogues.report(text))
    assert len(lines) == 5
    numbers = {column.name for column in COLUMNS if column.kind != "text"}
    for line in lines:
        for name, value in line.items():
            assert name in numbers or not value.startswith(("=", "+", "-", "@", "\t", "\r"))
            assert "\n" not in value


def test_negative_numbers_stay_numbers_with_all_their_digits() -> None:
    table = builder.table("t", ["A", "B"], {"x": ["-0.10", "12,345,678,901,234,567,890.12"]})
    lines = read(builder.report(table, findings=(builder.finding(table, ("x", "A"), ("x", "B")),)))
    assert lines[0]["printed"] == "-0.10"
    assert lines[0]["token"] == "'-0.10"
    assert Decimal(lines[0]["difference"]) == Decimal("-0.10") - Decimal("12345678901234567890.12")
