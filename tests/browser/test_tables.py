"""Long, wide and many tables: what is seen of them at once, what is printed, what an address keeps."""

from __future__ import annotations

import dataclasses
import io
import os
import random

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from amyqa.model import Report
from amyqa.reports.html import folding
from tests.browser.conftest import MISSING, Open
from tests.browser.machine import chromium
from tests.browser.test_report import violations
from tests.reports import builder
from tests.reports.large import yearbook

pytestmark = pytest.mark.slow
if chromium() is None and not os.environ.get("CI"):
    pytest.skip(MISSING, allow_module_level=True)

COLUMNS = ["All", *(f"Port {number}" for number in range(1, 40))]
ROWS = [f"Ware {number:03}" for number in range(300)]


def wares() -> Report:
    """40 columns and 300 rows, of which one number is wrong: Port 30 of Ware 150."""
    chance = random.Random(9)
    numbers = {row: [chance.randrange(100, 9_000) for _ in COLUMNS[1:]] for row in ROWS}
    table = builder.table(
        "2024/trade/wares", COLUMNS,
        {row: [f"{sum(cells):,}", *(f"{cell:,}" for cell in cells)] for row, cells in numbers.items()},
        title="Wares by port", rows={"dimension": "ware"},
    )  # fmt: skip
    wrong = builder.change(table, "Ware 150", "Port 30", "42")
    found = builder.finding(table, *(("Ware 150", column) for column in COLUMNS), message="Ware 150 is off.")
    return builder.report(
        table, findings=(found,), diagnoses=(builder.diagnosis(table, wrong, explains=(found.id,)),)
    )


def seen(page: Page, selector: str) -> bool:
    """Whether it is in the window and not covered."""
    return bool(
        page.evaluate(
            """selector => {
                const node = document.querySelector(selector), at = node.getBoundingClientRect();
                const top = document.elementFromPoint(at.left + at.width / 2, at.top + at.height / 2);
                return top === node || node.contains(top);
            }""",
            selector,
        )
    )


def test_of_three_hundred_rows_those_around_the_misprint_are_seen_and_its_column_is_in_view(
    show: Open,
) -> None:
    page = show(wares())
    rows = [text.split("\t")[0] for text in page.locator("section.table tbody tr:visible").all_inner_texts()]
    assert rows == [
        "Ware 000", "147 rows with nothing broken", "Ware 148", "Ware 149", "Ware 150", "Ware 151",
        "Ware 152", "147 rows with nothing broken",
    ]  # fmt: skip
    page.locator("td.root").scroll_into_view_if_needed()
    assert seen(page, "td.root ins")
    label = page.locator("tr:has(td.root) th").bounding_box()
    place = page.locator(".scroll").first.bounding_box()
    assert label is not None
    assert place is not None
    assert abs(label["x"] - place["x"]) < 6  # it has not been scrolled away


def test_folded_rows_unfold_and_headers_stay_in_sight(show: Open) -> None:
    page = show(wares())
    page.locator("tbody.fold button").first.click()
    assert page.locator("section.table tbody tr:visible").count() == 300 - 147 + 1
    page.locator(".scroll").first.evaluate("node => { node.scrollTop = 2000 }")
    head, place = page.locator("thead").first.bounding_box(), page.locator(".scroll").first.bounding_box()
    assert head is not None
    assert place is not None
    assert abs(head["y"] - place["y"]) < 4


def test_an_address_unfolds_the_row_and_centres_the_cell(show: Open) -> None:
    report = wares()
    [cell] = builder.cells(report.tables[0], ("Ware 020", "Port 35"))
    page = show(report, f"#cell-1-{cell.id}")
    page.wait_for_timeout(800)
    place = page.locator(f"#cell-1-{cell.id}")
    expect(place).to_be_in_viewport()
    box = place.bounding_box()
    assert box is not None
    assert 200 < box["y"] < 600


def test_print_has_every_row_and_column_on_a_sheet_that_is_large_enough(show: Open) -> None:
    page = show(wares())
    pages = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    text = " ".join(each.extract_text() for each in pages)
    assert [row for row in ROWS if row not in text] == []
    tokens = [row.tokens[-1] for row in wares().tables[0].rows]
    assert [token for token in tokens if token not in text] == []
    assert all(f"{number} / {len(pages)}" in " ".join(each.extract_text().split())
               for number, each in enumerate(pages, 1))  # fmt: skip


def test_print_has_the_tables_that_are_compressed(show: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "MAX_UNPACKED", 1000)
    report = yearbook(46, 92)
    page = show(report)
    assert page.locator("section.table table").count() == folding.MAX_OPEN_OF_MANY
    text = " ".join(each.extract_text() for each in PdfReader(io.BytesIO(page.pdf())).pages)
    for table in report.tables:
        assert table.rows[-1].tokens[0] in text, table.id
    assert page.locator("section.table table").count() == 46


def test_filters_and_search_live_in_the_address(show: Open) -> None:
    page = show(wares())
    page.locator("#search").fill("ware 150")
    page.select_option("#filter-severity", "error")
    assert "severity=error" in page.url
    assert "q=ware+150" in page.url
    page.goto(page.url.replace("ware+150", "nothing+such"))
    assert page.locator("#search").input_value() == "nothing such"
    expect(page.locator("#none")).to_be_visible()


def test_a_command_to_rule_on_a_cause_can_be_copied(show: Open) -> None:
    report = wares()
    page = show(report, permissions=["clipboard-read", "clipboard-write"])
    page.locator("button.copy").click()
    expect(page.get_by_text("copied")).to_be_visible()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == f'amyqa decide {report.findings[0].id[:8]} --ruling corrected --reason ""'


@pytest.mark.parametrize("width", [390, 820, 1280, 1920])
def test_at_every_width_nothing_runs_out_of_the_page(show: Open, width: int) -> None:
    known = dataclasses.replace(wares(), since="HEAD~1")
    page = show(known, viewport={"width": width, "height": 900})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_nothing_against_a_wide_table(show: Open, scheme: str) -> None:
    page = show(wares(), color_scheme=scheme)
    assert violations(page) == []
