from __future__ import annotations

import base64
import json
import re
import zlib

import pytest

from amyqa.reports.html import folding
from amyqa.reports.html import render as html
from tests.reports import builder, large
from tests.reports.tree import parsed, section


def test_a_table_with_open_findings_comes_first_and_stands_open() -> None:
    page = parsed(builder.diagnosed())
    told = [
        (part.one("h2").text, "open" in part.all("details")[0].attributes)
        for part in page.all("section", cls="table")
    ]
    assert told == [
        ("Khmer migrants deployed to Malaysia, 1998-2006", True),
        ("Workers by sex", True),
        ("Migrants abroad", False),
    ]


def test_an_ordinary_report_is_whole_without_a_script() -> None:
    report = builder.diagnosed()
    page = html.render(report)
    assert 'id="pack-' not in page
    for finding in report.findings:
        assert f'id="finding-{finding.id}"' in page
    for table in report.tables:
        assert section(parsed(report), table.id).all("td")


def test_a_packed_table_is_all_there(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = html.render(builder.diagnosed())
    monkeypatch.setattr(folding, "MAX_UNPACKED", 100)
    monkeypatch.setattr(folding, "MAX_OPEN_OF_MANY", 1)
    page = html.render(builder.diagnosed())
    [pack] = re.findall(r'<script type="text/plain" id="pack-1">(.*?)</script>', page)
    bodies = zlib.decompress(base64.b64decode(pack), wbits=-15).decode().split(folding.BETWEEN)
    assert re.findall(r'data-pack="pack-1" data-at="(\d)"', page) == ["0", "1"]
    assert all(body.strip() in whole for body in bodies)
    assert len(re.findall("<noscript>", page)) == 1


def test_the_findings_and_diagnoses_of_packed_tables_are_listed_for_the_filters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(folding, "MAX_UNPACKED", 100)
    monkeypatch.setattr(folding, "MAX_OPEN_OF_MANY", 0)
    report = builder.diagnosed()
    index = json.loads(parsed(report).one("script", id="index").text)
    listed = {id: rest for *_, findings in index for id, *rest in findings}
    assert set(listed) == {f"finding-{finding.id}" for finding in report.findings}
    first = report.findings[0]
    assert listed[f"finding-{first.id}"] == ["error", "totals", "VAD", "open", first.message, 1]
    assert sorted(number for _, causes, _ in index for number in causes) == [1, 2, 3]


def test_a_yearbook_of_a_thousand_tables_is_told_in_a_file_that_can_be_sent() -> None:
    """A quarter of it; the browser's tests open the whole."""
    report = large.yearbook(250, 1250)
    assert (len(report.tables), len(report.findings)) >= (250, 1125)
    assert len(html.render(report).encode()) < 6_000_000 / 4
