from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys
from base64 import b64encode
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amyqa.characters import visible
from amyqa.model import Report, Severity
from amyqa.reports.html import render as html
from amyqa.reports.html import telling
from amyqa.reports.html.page import anchor
from tests.reports import builder
from tests.reports.tree import parsed, section

MALAYSIA = "2005/cambodia/deployed-to-malaysia"


def test_the_page_begins_with_the_verdict_and_the_flagship() -> None:
    page = parsed(builder.cambodia())
    assert page.one("h1").text == "Not ready to print: 2 errors and 1 warning in 1 of 2 tables."
    body = page.one("body").text
    first, second = (finding.message for finding in builder.cambodia().findings[:2])
    assert (
        body.index("Not ready") < body.index(first) < body.index(second) < body.index("Every table checked")
    )


def test_what_was_checked_is_told_in_five_numbers() -> None:
    told = parsed(builder.cambodia()).one("dl", cls="tally")
    assert told.text == "tables2 cells74 identities evaluated57 broken3 not evaluated3"


def test_causes_at_the_top_stand_in_their_order() -> None:
    report = builder.cambodia()
    at_once, folded = (part.all("li") for part in parsed(report).all("ol", cls="top"))
    told = [item.all("bdi")[0].text for item in (*at_once, *folded)]
    assert told == [
        "total = male + female: not so in 2 places, 59 to 96 too few.",
        report.findings[2].message,
    ]
    assert [item.one(cls="number").text for item in (*at_once, *folded)] == ["1", "2"]
    assert [item.one(cls="severity").text for item in at_once] == ["Other problem"]


def test_a_table_stands_as_printed() -> None:
    table = builder.malaysia()
    printed = section(parsed(builder.report(table)), MALAYSIA).one("table")
    head, *rows = ([cell.text for cell in row.all("th") + row.all("td")] for row in printed.all("tr"))
    assert head == ["year", *table.columns]
    assert rows == [[row.label, *row.tokens] for row in table.rows]


def test_the_total_row_is_told_from_the_others() -> None:
    rows = section(parsed(builder.cambodia()), MALAYSIA).one("tbody").all("tr")
    assert [row.all("th")[0].text for row in rows if row.has(cls="total")] == ["Total"]


def test_a_broken_cell_is_marked_by_class_number_and_words() -> None:
    page = parsed(builder.cambodia())
    cell = page.one("td", id="cell-1-64")
    assert cell.has(cls="broken")
    assert cell.has(cls="error")
    assert cell.text == "1,2 6,619"
    assert [link.attributes["href"] for link in cell.all("a")] == ["#cause-1", "#cause-2"]
    assert [link.attributes["aria-label"] for link in cell.all("a")] == ["Cause 1", "Cause 2"]


def test_a_cell_that_nothing_is_said_of_is_only_what_is_printed() -> None:
    cell = parsed(builder.cambodia()).one("td", id="cell-1-70")
    assert cell.attributes == {"id": "cell-1-70"}
    assert cell.text == "1,203"


def test_every_link_leads_somewhere_and_no_id_is_given_twice() -> None:
    for report in (builder.cambodia(), builder.diagnosed(), builder.hostile()):
        page = parsed(report)
        ids = [node.attributes["id"] for node in page.below() if "id" in node.attributes]
        links = [node.attributes["href"] for node in page.all("a")]
        assert len(ids) == len(set(ids))
        assert links
        assert {unquote(link.removeprefix("#")) for link in links} <= set(ids)


def test_a_finding_and_its_cells_point_at_each_other() -> None:
    report = builder.cambodia()
    page = parsed(report)
    for finding in report.findings:
        told = page.one("li", id=f"finding-{finding.id}")
        targets = {link.attributes["href"].removeprefix("#") for link in told.all("a")}
        assert targets == {f"finding-{finding.id}", *(f"cell-1-{cell.id}" for cell in finding.cells)}
        marks = page.one("td", id=f"cell-1-{finding.cells[0].id}").all("a")
        causes = [page.one("article", id=link.attributes["href"].removeprefix("#")) for link in marks]
        assert [cause for cause in causes if cause.all("li", id=f"finding-{finding.id}")]


def test_the_arithmetic_stands_beside_the_sentence() -> None:
    report = builder.cambodia()
    told = parsed(report).one("li", id=f"finding-{report.findings[0].id}")
    assert told.one(cls="sum").text == (
        "Male 1,807 Female + 4,908 added up = 6,715 Total ≠ 6,619 difference −96"
    )
    assert f"data/{MALAYSIA}.csv:11" in told.text
    assert "printed source: line 608" in told.text


def test_a_dash_that_counts_as_zero_is_added_as_zero() -> None:
    table = builder.table("t", ["Total", "Male", "Female"], {"x": ["5", "-", "4"]})
    found = builder.finding(table, *(("x", column) for column in table.columns))
    told = parsed(builder.report(table, findings=(found,))).one("ol", cls="told")
    assert told.one(cls="sum").text.startswith("Male 0 Female + 4 added up = 4")


def test_no_sum_is_shown_that_does_not_add_up() -> None:
    table = builder.table("t", ["Balance", "In", "Out"], {"x": ["5", "9", "3"]})
    found = builder.finding(
        table,
        *(("x", c) for c in table.columns),
        printed=Decimal(5),
        computed=Decimal(6),
        difference=Decimal(-1),
        relation="B = In - Out",
    )
    told = parsed(builder.report(table, findings=(found,))).one("ol", cls="told")
    assert not told.all(cls="sum")
    assert told.one(cls="cells").text == "Balance: 5 In: 9 Out: 3 difference: −1"
    assert "B = In - Out" in told.text


def test_a_number_is_written_as_the_table_writes_numbers() -> None:
    table = builder.table("t", ["A", "B"], {"x": ["1234", "1235"]}, decimal=",", thousands=".")
    found = builder.finding(table, ("x", "A"), ("x", "B"), ("x", "B"))
    told = parsed(builder.report(table, findings=(found,))).one("ol", cls="told")
    assert "added up = 2.470" in told.text
    assert "difference −1.236" in told.text


def test_a_claim_names_the_tables_of_its_cells_and_links_to_both() -> None:
    claims = builder.table(
        "claims", ["Claim", "Value"], [["GDP grew", "13.4"]], title="Claims", fields={"Claim": "text"}
    )
    facts = builder.table("facts", ["2005"], {"GDP": ["4.0"]}, title="Facts")
    cells = (*builder.cells(claims, ("1", "Value")), *builder.cells(facts, ("GDP", "2005")))
    found = dataclasses.replace(builder.finding(claims, ("1", "Value")), cells=cells)
    page = parsed(builder.report(claims, facts, findings=(found,)))
    told = page.one("ol", cls="told")
    assert told.one(cls="cells").text == "Claims: row 1, Value: 13.4 Facts: GDP, 2005: 4.0"
    assert [link.attributes["href"] for link in told.all("a")[1:]] == ["#cell-1-2", "#cell-2-1"]


def test_records_are_a_plain_table_with_their_numbers() -> None:
    events = builder.table(
        "events",
        ["Year", "Event"],
        [["2004", "one"], ["2005", "two"]],
        fields={"Year": "year", "Event": "text"},
    )
    rows = section(parsed(builder.report(events)), "events").one("table").all("tr")
    texts = [[cell.text for cell in row.all("th") + row.all("td")] for row in rows]
    assert texts == [["No.", "Year", "Event"], ["1", "2004", "one"], ["2", "2005", "two"]]


def test_numbers_stand_flush_right_and_words_flush_left() -> None:
    fields = {"Month": "month", "Year": "year"}
    events = builder.table("events", list(fields), [["July", "2004"]], fields=fields)
    mixed = builder.table("t", ["A", "B"], {"x": ["1", "word"], "y": ["<a note>", "word"]})
    page = parsed(builder.report(events, mixed))
    kinds = {id: [not cell.has(cls="text") for cell in section(page, id).all("td")] for id in ("events", "t")}
    assert kinds == {"events": [False, True], "t": [True, False, True, False]}


def test_several_key_columns_stand_side_by_side() -> None:
    table = builder.table(
        "t", ["A"], {"x | y": ["1"]}, rows={"dimensions": {"Region": "region", "Year": "year"}}
    )
    row = dataclasses.replace(table.rows[0], keys=("x", "y"))
    printed = section(
        parsed(builder.report(dataclasses.replace(table, rows=(row,), key_columns=("Region", "Year")))), "t"
    ).one("table")
    assert [cell.text for cell in printed.all("th")] == ["Region", "Year", "A", "x", "y"]


def test_an_uncertain_row_is_marked_and_its_reason_given() -> None:
    table = builder.table("t", ["A"], {"debt": ["1"], "trade": ["2"]}, uncertain={"debt": "five of six"})
    part = section(parsed(builder.report(table)), "t")
    [row] = part.all("tr", cls="uncertain")
    assert row.text == "debt uncertain1"
    assert "Uncertain debt: five of six" in part.text


def test_notes_assumptions_and_the_source_stand_under_the_table() -> None:
    table = builder.table(
        "t",
        ["A"],
        {"x": ["1"]},
        notes={"a": "seven agencies"},
        assumptions=["all are women"],
        source={"document": "seeds/c.txt", "lines": "1-3, 7"},
    )
    text = section(parsed(builder.report(table)), "t").text
    for words in ("a seven agencies", "Assumed all are women", "Printed in seeds/c.txt, lines 1-3, 7"):
        assert words in text


def test_what_was_not_evaluated_is_listed_in_full() -> None:
    part = parsed(builder.cambodia()).one("section", id="not-evaluated")
    assert "3 identities could not be evaluated" in part.text
    assert "Migrants abroad" in part.text
    assert [term.text for term in part.all("dt")] == [
        "2 identities the total is not known",
        "1 identity no line is known",
    ]
    assert "total = visa status – column Persons" in part.text


def test_nothing_is_said_about_findings_or_gaps_where_there_are_none() -> None:
    page = parsed(builder.report(builder.malaysia()))
    assert not page.all("ol")
    assert not page.all("section", id="not-evaluated")
    assert parsed(builder.report()).one("h1").text == "Nothing was checked: there is no table."


def test_a_finding_of_a_table_that_was_not_read_is_told_all_the_same() -> None:
    lost = dataclasses.replace(builder.cambodia().findings[0], table="not/read")
    page = parsed(builder.report(findings=(lost,)))
    told = page.one("li", id=f"finding-{lost.id}")
    assert lost.message in told.text
    assert [link.text for link in told.all("a")] == ["Error 1"]


def test_an_explained_finding_says_so_and_loses_its_colour() -> None:
    table = builder.malaysia()
    explained = builder.finding(table, ("2006", "Total"), status="explained")
    page = parsed(builder.report(table, findings=(explained,)))
    told = page.one("li", id=f"finding-{explained.id}")
    assert told.has(cls="ruled")
    assert told.one(cls="severity").text == "Error 1 (explained)"
    assert page.one("td", cls="broken").has(cls="ruled")
    assert page.one("section", id="decided").all("li", id=f"finding-{explained.id}")


def test_of_a_long_table_the_rows_with_a_finding_are_kept_and_the_others_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(html, "MAX_ROWS", 10)
    table = builder.table("t", ["A"], {f"r{i}": [str(i)] for i in range(100)}, rows={"total": "r99"})
    found = builder.finding(table, ("r70", "A"), ("r80", "A"))
    part = section(parsed(builder.report(table, findings=(found,))), "t")
    shown = [row.all("th")[0].text for row in part.one("tbody").all("tr")]
    assert shown == [*(f"r{i}" for i in range(10)), "r70", "r99"]
    assert "88 more rows are not shown here; they stand in data/t.csv" in part.text
    assert [link.text for link in part.one("ol", cls="told").all("a")] == ["Error 1", "70"]


def test_of_a_long_sum_the_terms_left_out_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "MAX_TERMS", 3)
    table = builder.table("t", ["A"], {f"r{i}": ["1"] for i in range(11)})
    found = builder.finding(table, *((f"r{i}", "A") for i in range(11)))
    told = parsed(builder.report(table, findings=(found,))).one("ol", cls="told")
    assert told.one(cls="sum").text.startswith("r1 1 r2 + 1 r3 + 1 + 7 more added up = 10 r0 ≠ 1")


def test_of_very_many_findings_the_rest_is_counted_at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MAX_FOLDED", 1)
    page = parsed(builder.cambodia())
    assert [len(part.all("li")) for part in page.all("ol", cls="top")] == [1, 0]
    assert "And 1 more next to their tables below." in page.text
    assert [len(part.all("li")) for part in page.all("ol", cls="told")] == [2, 1]


def test_a_cell_with_very_many_causes_shows_three_numbers_and_says_all() -> None:
    table = builder.malaysia()
    found = tuple(
        builder.finding(table, ("2006", "Total"), id=str(i), message=f"Reason {i}.", relation=str(i))
        for i in range(5)
    )
    cell = parsed(builder.report(table, findings=found)).one("td", cls="broken")
    assert cell.text == "1,2,3… 895"


@pytest.mark.parametrize("severity", list(Severity))
def test_a_cell_takes_the_colour_of_its_most_serious_finding(severity: Severity) -> None:
    table = builder.malaysia()
    found = builder.finding(table, ("2006", "Total"), severity=severity)
    page = parsed(builder.report(table, findings=(found,)))
    assert page.one("td", cls="broken").has(cls=severity.value)


def test_hostile_text_makes_no_element_no_attribute_and_no_style() -> None:
    page = parsed(builder.hostile())
    [program] = [node for node in page.all("script") if "type" not in node.attributes]
    assert program.text == parsed(builder.report()).all("script")[-1].text
    assert len(page.all("style")) == 2  # the page's, and the foot of the printed one, all of it escapes
    ordinary = {node.tag for node in parsed(builder.diagnosed()).below()} | {"em", "sup"}
    assert {node.tag for node in page.below()} <= ordinary
    names = {name for node in page.below() for name in node.attributes}
    assert not [name for name in names if name.startswith("on") or name == "style"]
    known = {name for node in parsed(builder.diagnosed()).below() for name in node.attributes}
    assert names <= known


def test_hostile_text_is_shown_as_text_wherever_it_stands() -> None:
    page = parsed(builder.hostile())
    shown = " ".join(visible(builder.HOSTILE).split())
    part = section(page, anchor("table", builder.HOSTILE).removeprefix("table-"))
    for node in (
        part.one("h2"),
        part.one("tr", cls="total").all("td")[1],
        page.one("section", id="decided").one(cls="told").one(cls="sentence"),
        page.one("p", cls="imprint"),
    ):
        assert shown in node.text
    assert "{{ 7*7 }}" in shown
    assert r"\u202egnp.exe\u2066" in shown


@pytest.mark.parametrize("report", [builder.cambodia(), builder.diagnosed()])
def test_the_page_asks_nothing_of_the_network_and_runs_only_its_own_script(report: Report) -> None:
    rendered = html.render(report)
    page = parsed(report)
    assert not re.search(r"https?:|//\w|url\((?!#)|@import", rendered)
    assert {node.attributes["href"] for node in page.all("link")} == {"data:,"}
    assert not [node for node in page.below() if "src" in node.attributes]
    policy = page.one("meta", **{"http-equiv": "Content-Security-Policy"}).attributes["content"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        [allowed] = re.findall(rf"{tag}-src ([^;]*)", policy)
        texts = re.findall(rf"<{tag}>(.*?)</{tag}>", rendered, re.DOTALL)
        digests = [b64encode(sha256(text.encode()).digest()).decode() for text in texts]
        assert allowed.split() == [f"'sha256-{digest}'" for digest in digests]


def test_wide_tables_scroll_in_a_place_of_their_own_that_a_keyboard_reaches() -> None:
    for place in parsed(builder.cambodia()).all(cls="scroll"):
        assert place.attributes["tabindex"] == "0"
        assert place.attributes["role"] == "region"
        assert place.attributes["aria-label"]
        assert len(place.all("table")) == 1


def test_the_same_report_gives_the_same_bytes_in_every_process() -> None:
    code = (
        "from hashlib import sha256; from amyqa.reports.formats import FORMATS, Options\n"
        "from tests.reports import builder\n"
        "for report in (builder.cambodia(), builder.diagnosed(), builder.hostile()):\n"
        "    for kind in ('html', 'json', 'text'):\n"
        "        print(sha256(FORMATS[kind].render(report, Options()).encode()).hexdigest())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    [hashes] = printed
    assert len(set(hashes.split())) == 9


@given(st.text(), st.text())
def test_two_names_never_share_an_anchor(one: str, other: str) -> None:
    assert (anchor("cell", one) == anchor("cell", other)) == (one == other)
    assert re.fullmatch(r"cell-[A-Za-z0-9./_-]*", anchor("cell", one))
