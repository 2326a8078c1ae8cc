from __future__ import annotations

import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amyqa.characters import visible
from amyqa.model import Explanation, Report
from amyqa.reports.html import render as html
from amyqa.reports.html.corrections import compared
from amyqa.reports.html.page import Piece
from tests.reports import builder
from tests.reports.tree import Node, parsed, section

MALAYSIA = "2005/cambodia/deployed-to-malaysia"
LAOS = "2005/laos/by-sex"


def cell(page: Node, row: str, column: str, table: str = MALAYSIA) -> Node:
    of = next(t for t in builder.diagnosed().tables if t.id == table)
    [found] = builder.cells(of, (row, column))
    number = [each.id for each in builder.diagnosed().tables].index(table) + 1
    return page.one("td", id=f"cell-{number}-{found.id}")


def only(*proposed: str) -> Report:
    """One diagnosis of 2006's total: a proposal, and the others as its alternatives."""
    table = builder.malaysia()
    first, *others = (builder.change(table, "2006", "Total", number) for number in proposed)
    alternatives = tuple(Explanation((change,), 0.01) for change in others)
    return builder.report(table, diagnoses=(builder.diagnosis(table, first, alternatives=alternatives),))


def test_diagnoses_lead_one_sentence_each_with_the_sum_that_proves_it() -> None:
    report = builder.diagnosed()
    page = parsed(report)
    items = page.one("section", cls="likeliest").all("li")
    assert [item.one(cls="sentence").text for item in items] == [d.message for d in report.diagnoses]
    assert [item.one(cls="pair").text for item in items] == ["895 859", "?"]
    assert [item.one(cls="of").text.split(" · ")[1] for item in items] == [
        "virtually certain, over 99.9%",
        "not located",
    ]
    assert items[0].one("p", cls="proof").one("a").text == report.findings[1].message  # it holds 895
    assert not items[1].all("p", cls="proof")
    body = page.one("main").text
    places = [
        body.index(words) for words in ("With 4 more cells", "without a proposed correction", "HRD Female")
    ]
    assert places == sorted(places)


def test_the_sentence_leads_to_its_cell_or_to_the_diagnosis_where_there_is_none() -> None:
    page = parsed(builder.diagnosed())
    first, second = (
        item.one(cls="sentence").one("a") for item in page.one("section", cls="likeliest").all("li")
    )
    assert first.attributes["href"] == f"#{cell(page, '2006', 'Total').attributes['id']}"
    assert second.attributes["href"] == "#cause-2"


def test_of_very_many_diagnoses_the_rest_is_counted_at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MAX_AT_TOP", 1)
    page = parsed(builder.diagnosed())
    at_once, folded = page.one("section", cls="likeliest").all("ol")
    assert [len(part.all("li")) for part in (at_once, folded)] == [1, 1]
    assert page.one("section", cls="likeliest").one("summary").text == "1 more"
    assert len(page.all("article", cls="cause")) == 3


def test_root_and_inherited_are_told_apart_by_a_word_and_by_the_frame() -> None:
    page = parsed(builder.diagnosed())
    root, inherited = cell(page, "2006", "Total"), cell(page, "Total", "Total")
    assert (root.one(cls="word").text, inherited.one(cls="word").text) == ("misprint", "carried over")
    assert root.has(cls="root")
    assert inherited.has(cls="inherited")
    assert not inherited.has(cls="root")
    style = "\n".join(each.text for each in page.all("style"))
    assert re.search(r"td\.role \{[^}]*outline: \dpx solid", style)
    assert re.search(r"td\.role\.inherited \{ outline-style: dashed", style)
    legend = section(page, MALAYSIA).one(cls="legend").text
    assert legend == "misprint with what it should have been carried over added up from a misprint"


def test_the_printed_number_is_struck_and_the_proposed_one_stands_beside_it() -> None:
    wrong = cell(parsed(builder.diagnosed()), "2006", "Total")
    assert wrong.text == "1 895 859 misprint"
    assert (wrong.one("del").text, wrong.one("ins").text) == ("895", "859")
    assert [digits.text for digits in wrong.all("b")] == ["95", "59"]
    assert [link.attributes["href"] for link in wrong.all("a")][1:] == ["#cause-1"]


def test_a_corrected_cell_that_no_finding_compares_is_framed_as_well() -> None:
    wrong = cell(parsed(builder.diagnosed()), "Total", "HRD Total")
    assert wrong.text == "2,914 2,915 misprint"
    assert not wrong.has(cls="broken")


def test_a_diagnosis_is_told_in_full_between_its_table_and_the_findings() -> None:
    part = section(parsed(builder.diagnosed()), MALAYSIA)
    told = part.one("article", id="cause-1")
    assert told.one("h3").text == "1 Likely misprint virtually certain, over 99.9%"
    roles = [item.one(cls="frame").text for item in told.one(cls="changes").all("li")]
    assert roles == ["misprint", "misprint", "misprint", "carried over", "carried over"]
    assert "The only explanation with 5 cells; the next best needs 6." in told.text
    assert "Assumes every domestic worker is a woman" in told.text
    assert told.one("details", cls="behind").one("summary").text == "2 broken checks behind it"
    order = [part.text.index(words) for words in ("HRD Female", "Likely misprint", "2006 prints 895")]
    assert order == sorted(order)


def test_every_finding_stands_in_the_card_of_its_cause() -> None:
    report = builder.diagnosed()
    page = parsed(report)
    flagship, year, sum_of_2005, years = (f"finding-{finding.id}" for finding in report.findings)
    stand = {
        cause.attributes["id"]: {item.attributes["id"] for item in cause.all("li", cls="finding")}
        for cause in page.all("article", cls="cause")
    }
    assert stand == {"cause-1": {flagship, year}, "cause-2": {sum_of_2005}, "cause-3": {years}}


def test_alternatives_are_folded_away_with_their_likelihood() -> None:
    folded = parsed(builder.diagnosed()).one("article", id="cause-1").one("details", cls="others")
    assert "open" not in folded.attributes
    assert folded.one("summary").text == "Other explanations (1)"
    [other] = folded.all("li")
    assert other.text.startswith("2006, Female 687 592; Total, HRD Total 2,914 2,915;")
    assert other.text.endswith("1,807 1,712 under 0.1%")


def test_without_alternatives_nothing_is_folded() -> None:
    assert not parsed(only("859")).one("article").all("details")
    assert len(parsed(only("859", "1", "2")).one("article").one("details").all("li")) == 2


def test_what_was_not_located_marks_its_candidates_and_proposes_nothing() -> None:
    page = parsed(builder.diagnosed())
    part = section(page, LAOS)
    assert not part.all("ins")
    assert not part.all("del")
    assert [c.one(cls="word").text for c in part.all("td", cls="candidate")] == ["candidate"] * 3
    told = part.one("article", id="cause-2")
    assert not any(proposal in told.text.split("about it")[0] for proposal in ("420", "190", "250"))
    assert "Cannot be located: 3 cells tie" in told.text
    assert "By arithmetic alone, any of 3 cells would do." in told.text
    assert "Rounding, a missing part or another definition, and no misprint: very unlikely, 2%." in told.text
    assert "open" in told.one("details", cls="others").attributes
    items = [item.text for item in told.one("details", cls="others").all("li")]
    assert items == ["2005, Total 430 41%", "2005, Male 180 33%", "2005, Female 240 24%"]


def test_a_diagnosis_of_a_table_that_was_not_read_is_told_all_the_same() -> None:
    report = dataclasses.replace(only("859"), tables=())
    told = parsed(report).one("article", id="cause-1")
    assert (told.one("del").text, told.one("ins").text) == ("895", "859")
    assert [a.attributes["href"] for a in told.all("a")] == ["#cause-1"]


def test_a_cell_without_a_sentence_gets_one() -> None:
    table = builder.malaysia()
    silent = dataclasses.replace(builder.change(table, "2006", "Total", "859"), message="")
    page = parsed(builder.report(table, diagnoses=(builder.diagnosis(table, silent, message="It is 859."),)))
    assert "2006, Total: printed 895, not 859." in page.one(cls="changes").text


def test_of_a_long_table_the_rows_of_a_diagnosis_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MAX_ROWS", 2)
    table = builder.table("t", ["A"], {f"r{i}": [str(i)] for i in range(9)})
    located = builder.diagnosis(table, builder.change(table, "r7", "A", "1"))
    rival = Explanation((builder.change(table, "r5", "A", "1"),), 0.4)
    lost = builder.diagnosis(table, alternatives=(rival,))
    rows = section(parsed(builder.report(table, diagnoses=(located, lost))), "t").one("tbody").all("tr")
    assert [row.all("th")[0].text for row in rows] == ["r0", "r1", "r5", "r7"]


def test_a_proposal_outdoes_a_candidate_of_another_diagnosis() -> None:
    table = builder.malaysia()
    change = builder.change(table, "2006", "Total", "859")
    lost = builder.diagnosis(table, alternatives=(Explanation((change,), 0.4),))
    located = builder.diagnosis(table, change)
    wrong = cell(parsed(builder.report(table, diagnoses=(lost, located))), "2006", "Total")
    assert wrong.one(cls="word").attributes["href"] == "#cause-1"


def unsettled(report: Report) -> Report:
    """The same report, before any finding was ruled on."""
    return dataclasses.replace(
        report, findings=tuple(dataclasses.replace(finding, status="open") for finding in report.findings)
    )


def test_hostile_text_in_a_diagnosis_is_shown_as_text() -> None:
    page = parsed(builder.hostile())
    shown = " ".join(visible(builder.HOSTILE).split())
    top = parsed(unsettled(builder.hostile())).one("section", cls="likeliest").all("li")[0]
    told = page.one("article", id="cause-1")
    parts = (told.all("del")[0], told.one(cls="changes"), told.one("details"), told.all(cls="note")[0])
    for node in (top, *parts):
        assert shown in node.text
    assert not [node for node in page.below() if any(name.startswith("on") for name in node.attributes)]


def marked(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"[{piece.text}]" if piece.differs else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("printed", "proposed", "one", "other"),
    [
        ("895", "859", "8[95]", "8[59]"),
        ("516", "519", "51[6]", "51[9]"),
        ("1,807", "1,712", "1,[807]", "1,[712]"),
        ("58", "568", "58", "5[6]8"),
        ("999", "1,049", "[99]9", "[1],[04]9"),
        ("1223", "123", "12[2]3", "123"),
        ("6,619", "6619", "6[,]619", "6619"),
        ("5", "-5", "5", "[-]5"),
        ("14,144.00", "14.144", "14[,]144[.00]", "14[.]144"),
        ("125.0", "12.50", "125[.]0", "12[.]50"),
        ("1,000", "100", "1[,]00[0]", "100"),
        ("13.4", "4.0", "[13].[4]", "[4].[0]"),
        ("0.05", "0.5", "0.[0]5", "0.5"),
        ("-", "12", "-", "[12]"),
    ],
)
def test_the_digits_that_differ_are_emphasised(printed: str, proposed: str, one: str, other: str) -> None:
    assert tuple(map(marked, compared(printed, proposed))) == (one, other)


@given(st.text("0123456789,.- ", min_size=1), st.text("0123456789,.-", min_size=1))
def test_emphasis_changes_no_character(printed: str, proposed: str) -> None:
    one, other = compared(printed, proposed)
    assert "".join(piece.text for piece in one) == printed
    assert "".join(piece.text for piece in other) == proposed
