"""What there is to look at: causes, of which each finding has one, and floods that are one line."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from amyqa.model import Finding, Report, Severity, Table
from amyqa.reports.causes import causes, headline
from amyqa.reports.ci import github, markdown
from amyqa.reports.text import render as text
from tests.reports import builder
from tests.reports.tree import parsed

PARISHES = {f"Parish {i}": (str(700 + i % 9 + 1), "300", "400") for i in range(30)}


def parishes() -> tuple[Table, tuple[Finding, ...]]:
    table = builder.table("parishes", ("Souls", "Men", "Women"), PARISHES)
    found = tuple(
        builder.finding(
            table, *((label, column) for column in table.columns),
            relation="Souls = Men + Women", coefficients=(1, -1, -1), message=f"{label} is off.",
        )
        for label in PARISHES
    )  # fmt: skip
    return table, found


def flood() -> Report:
    table, found = parishes()
    return builder.report(table, findings=found)


def words(text: str) -> str:
    return " ".join(text.split())


def test_every_finding_belongs_to_one_cause() -> None:
    report = builder.diagnosed()
    ids = [finding.id for cause in causes(report) for finding in cause.findings]
    assert sorted(ids) == sorted(finding.id for finding in report.findings)


def test_the_chapter_has_four_things_to_look_at(chapter_report: Report) -> None:
    assert headline(chapter_report) == (
        "4 things to look at: 3 likely misprints (7 cells) and 1 claim of the text; "
        "13 broken checks behind them; 2 warnings besides."
    )
    kinds = [cause.noun for cause in causes(chapter_report)]
    assert kinds[:4] == ["likely misprint"] * 3 + ["claim of the text"]


def test_the_headline_leads_page_terminal_markdown_and_summary() -> None:
    report = flood()
    said = "1 thing to look at: 1 broken relation; 30 broken checks behind it."
    assert headline(report) == said
    assert said in words(text.render(report))
    assert f"\n\n{said}\n\n" in markdown.render(report)
    assert parsed(report).one(cls="headline").text == said
    assert said in github.render(report)


def test_nothing_open_is_nothing_to_look_at() -> None:
    table, found = parishes()
    decided = tuple(dataclasses.replace(finding, status="explained") for finding in found)
    assert headline(builder.report(table, findings=decided)) == ""


def test_warnings_alone_are_things_to_look_at() -> None:
    table, found = parishes()
    warned = tuple(dataclasses.replace(finding, severity=Severity.WARNING) for finding in found)
    assert headline(builder.report(table, findings=warned)) == (
        "1 thing to look at: 1 broken relation; 30 warnings behind it."
    )


def test_a_flood_is_spelled_out_three_times_and_told_with_its_size() -> None:
    told = words(text.render(flood(), detail="normal"))
    assert told.count(" is off.") == 3
    line = "Souls = Men + Women does not hold in 30 places, 1 to 9 too many; 27 more like these."
    assert line in told
    assert text.render(flood()).count(" is off.") == 30


def test_sizes_in_both_directions_are_told_so() -> None:
    table, found = parishes()
    first = dataclasses.replace(found[0], difference=Decimal(-4))
    told = words(text.render(builder.report(table, findings=(first, *found[1:])), detail="normal"))
    assert "4 too few to 9 too many" in told


def test_brief_is_a_line_for_each_thing_and_the_verdict() -> None:
    told = words(text.render(flood(), detail="brief"))
    assert told.startswith("ERROR parishes: Souls = Men + Women does not hold in 30 places, 1 to 9 too many.")
    assert "Not ready to print: 30 errors in 1 of 1 table." in told
    assert "is off" not in told


def test_what_was_not_evaluated_is_one_line_a_table_unless_asked(chapter_report: Report) -> None:
    short, full = (words(text.render(chapter_report, detail=detail)) for detail in ("normal", "full"))
    assert "Not evaluated: 7 identities and 15 rules (unknown is never a pass)" in short
    assert "stock-abroad: 3 identities (" in short
    assert "TOTAL = Male + Female (column Number)" not in short
    assert "TOTAL = Male + Female (column Number)" in full


def test_no_summary_says_passed_under_not_ready_to_print() -> None:
    assert "PASSED" not in markdown.render(flood(), None)
    assert "The gate lets it through: nothing fails this check." in markdown.render(flood(), None)


def test_the_page_folds_a_flood_and_draws_its_sizes() -> None:
    table, found = parishes()
    lost = builder.diagnosis(
        table, message="Souls = Men + Women fails.", explains=tuple(f.id for f in found), missing=0.9
    )
    page = parsed(builder.report(table, findings=found, diagnoses=(lost,)))
    [fold] = page.all("details", cls="alike")
    assert len(fold.all("li", cls="finding")) == 27
    assert (
        fold.one("summary").text == "Souls = Men + Women does not hold in 30 places, 1 to 9 too many: 27 more"
    )
    [picture] = page.all("figure", cls="sizes")
    assert len(picture.all("rect")) == 9
    assert "30 broken checks" in page.one("article", cls="cause").text
