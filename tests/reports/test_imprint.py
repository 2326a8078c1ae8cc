"""Every report says which check of what it is; rulings that contradict each other are told by each."""

from __future__ import annotations

import dataclasses
import datetime
import json

from amyqa import fixing
from amyqa.model import Imprint, Report
from amyqa.reports.ci import markdown
from amyqa.reports.data import json as data
from amyqa.reports.html import render as html
from amyqa.reports.rulings import contradictions, gate
from amyqa.reports.text import render as text
from amyqa.reports.xlsx import render as xlsx
from tests.reports import builder
from tests.reports.test_xlsx import opened, texts
from tests.reports.tree import parsed

TIME = datetime.datetime(2026, 5, 8, 9, 30, tzinfo=datetime.UTC)
SAID = "Harbour book · 2005 edition · data at 0123abcd, changed since · 8 May 2026, 09:30 UTC · amyqa 7.1"


def signed() -> Report:
    imprint = Imprint("Harbour book", ("2005",), TIME, "7.1", "0123abcd" * 5, changed=True)
    return dataclasses.replace(builder.diagnosed(), imprint=imprint)


def test_page_workbook_and_json_say_which_check_of_what_they_are() -> None:
    assert parsed(signed()).one("p", cls="imprint").text == f"{SAID} · engine duckdb"
    assert f"{SAID} · engine duckdb" in texts(opened(signed())["Summary"])
    assert json.loads(data.render(signed()))["imprint"] == {
        "yearbook": "Harbour book", "editions": ["2005"], "commit": "0123abcd" * 5, "changed": True,
        "time": "2026-05-08T09:30:00+00:00", "version": "7.1",
    }  # fmt: skip
    assert xlsx.render(signed()) == xlsx.render(signed())


def test_the_foot_of_printed_pages_is_made_of_escapes_alone() -> None:
    hostile = Imprint(builder.HOSTILE, (builder.HOSTILE,), TIME, builder.HOSTILE)
    [_, foot] = parsed(dataclasses.replace(signed(), imprint=hostile)).all("style")
    inside = foot.text.split('"')[1]
    assert foot.text.count('"') == 2
    assert set(inside) <= set("\\0123456789abcdef")


def torn() -> Report:
    """Of the first diagnosis's findings, one is corrected and one is kept as printed."""
    plain = builder.diagnosed()
    first, second, *rest = plain.findings
    ruled = (
        dataclasses.replace(first, status="corrected"),
        dataclasses.replace(second, status="kept as printed"),
    )
    diagnoses = (dataclasses.replace(plain.diagnoses[0], settled=True), *plain.diagnoses[1:])
    return dataclasses.replace(plain, findings=(*ruled, *rest), diagnoses=diagnoses)


def test_rulings_that_contradict_each_other_are_told() -> None:
    report = torn()
    [cause] = contradictions(report)
    assert cause.noun == "likely misprint"
    said = "1 corrected and 1 kept as printed: one number cannot be wrong and stand"
    assert said in " ".join(text.render(report).split())
    card = next(each for each in parsed(report).all("article", cls="cause") if each.all(cls="doubt"))
    assert said in card.text
    assert "1 cause with rulings that contradict each other." in gate(report, None)
    assert contradictions(builder.diagnosed()) == []


def test_fix_leaves_a_cause_with_contradictory_rulings_alone_and_says_what_was_ruled() -> None:
    told = "\n".join(fixing.told(fixing.plan(torn(), 0.5)))
    assert "its findings are decided to be" in told
    assert "corrected and kept as printed" in told or "kept as printed and corrected" in told
    plain = torn()
    alike = tuple(
        dataclasses.replace(each, status="corrected") if not each.is_open else each for each in plain.findings
    )
    agreed = "\n".join(fixing.told(fixing.plan(dataclasses.replace(plain, findings=alike), 0.5)))
    assert "2005/cambodia/deployed-to-malaysia: 5 cells corrected" in agreed
    assert "2005/cambodia/deployed-to-malaysia: decided: corrected" in agreed


def test_a_table_that_is_fully_ruled_is_not_red_and_what_is_asked_is_not_nothing() -> None:
    plain = builder.diagnosed()
    findings = tuple(dataclasses.replace(each, status="ask the source") for each in plain.findings)
    diagnoses = tuple(dataclasses.replace(each, settled=True) for each in plain.diagnoses)
    report = dataclasses.replace(plain, findings=findings, diagnoses=diagnoses)
    page = parsed(report)
    outcomes = [node for node in page.all("span", cls="outcome") if "asked" in node.text]
    assert [node.text for node in outcomes] == ["3 asked of the source", "1 asked of the source"]
    assert all(node.has(cls="fine") for node in outcomes)
    assert not page.all("rect", cls="fill")
    assert page.one("h1").text == "No error or warning is open, but 4 findings asked of the source."
    assert "Overrides" not in page.text
    assert "asked of the source" in markdown.render(report)


def test_foreign_labels_in_a_sentence_are_isolated() -> None:
    table = builder.table("t", ["المجموع", "ذكور"], {"بغداد": ["5", "4"], "東京": ["1", "1"]}, title="السكان")
    found = builder.finding(
        table, ("بغداد", "المجموع"), ("بغداد", "ذكور"),
        message="بغداد, المجموع: printed 5, but ذكور 4 + 東京 1.",
    )  # fmt: skip
    page = html.render(builder.report(table, findings=(found,)))
    assert (
        '<bdi dir="ltr"><bdi>بغداد</bdi>, <bdi>المجموع</bdi>: printed 5, but '
        "<bdi>ذكور</bdi> 4 + <bdi>東京</bdi> 1.</bdi>"
    ) in page
    assert '<table dir="rtl">' in page
