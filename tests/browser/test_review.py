"""What a reviewer sees and does, in a real browser, with the keyboard alone."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from amyqa import pipeline
from amyqa.model import Severity
from tests.browser.conftest import DESK, MISSING
from tests.browser.machine import chromium
from tests.review.conftest import Served, served

pytestmark = pytest.mark.slow
if chromium() is None and not os.environ.get("CI"):
    pytest.skip(MISSING, allow_module_level=True)

Visit = Callable[..., Page]


@pytest.fixture
def review(book: Callable[..., Path]) -> Iterator[Served]:
    """The shipped chapter, on the desk."""
    with served(book()) as made:
        yield made


@pytest.fixture
def visit(browser: Browser, review: Served) -> Iterator[Visit]:
    """``visit(viewport=…)``: another reviewer, in a browser of their own."""
    contexts = []
    complaints: list[str] = []

    def come(name: str = "A. Editor", **settings: object) -> Page:
        context = browser.new_context(**({"viewport": DESK} | settings))  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"http://{review.host}/?token={review.keys.token}")
        page.locator("#who").fill(name)
        page.locator("#who").blur()
        page.locator("article").wait_for()
        return page

    yield come
    for context in contexts:
        context.close()
    assert [each for each in complaints if "409" not in each and "422" not in each] == []


def settled(page: Page, told: str) -> None:
    expect(page.locator("#told")).to_contain_text(told)
    expect(page.locator("body")).not_to_have_class(re.compile("busy"))


def test_the_chapters_four_causes_are_decided_by_keyboard_alone_in_under_20_presses(
    visit: Visit, review: Served
) -> None:
    page = visit()
    started, presses = time.monotonic(), 0
    for key, told in (("c", "corrected"), ("c", "corrected"), ("c", "corrected"), ("a", "ask the source")):
        page.keyboard.press(key)
        expect(page.locator("#reason")).to_be_focused()
        page.keyboard.press("Enter")
        settled(page, f"Saved. {told}")
        presses += 2
    assert presses < 20
    assert time.monotonic() - started < 30
    report = pipeline.check([review.root], "duckdb")
    assert [f for f in report.findings if f.severity is Severity.ERROR and f.is_open] == []
    assert sum(f.severity is Severity.ERROR for f in report.findings) == 13
    expect(page.locator("#done")).to_have_text("4 of 7 decided")


def test_the_address_has_no_token_and_reloading_stays(visit: Visit, review: Served) -> None:
    page = visit()
    assert "token" not in page.url
    page.keyboard.press("j")
    expect(page.locator("#causes [aria-current] .rank")).to_have_text("2")
    told = page.locator("#heading").inner_text()
    page.reload()
    expect(page.locator("#heading")).to_have_text(told)


def test_every_key_does_what_the_help_says(visit: Visit, review: Served) -> None:
    page = visit()
    current = page.locator("#causes li:has([aria-current]) .rank")
    page.keyboard.press("j")
    expect(current).to_have_text("2")
    page.keyboard.press("k")
    expect(current).to_have_text("1")
    page.keyboard.press("x")
    expect(page.locator("#sums .chosen")).to_have_count(1)
    page.keyboard.press("e")
    page.keyboard.press("Enter")
    settled(page, "needs a reason")
    page.keyboard.type("note a")
    page.keyboard.press("Enter")
    settled(page, "explained: 1 finding.")
    expect(current).to_have_text("1")  # the rest of it is open
    page.keyboard.press("p")
    page.keyboard.press("Escape")
    expect(page.locator("#reasoning")).to_be_hidden()
    page.keyboard.press("e")
    expect(page.locator("#reason")).to_have_value("note a")  # remembered
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    settled(page, "Taken back")
    assert "note a" not in review.decisions
    page.keyboard.press("m")
    page.keyboard.type("who knows?")
    page.keyboard.press("Enter")
    expect(page.locator(".events")).to_contain_text("who knows?")
    page.locator("#heading").focus()
    page.keyboard.press("/")
    page.keyboard.type("population")
    expect(page.locator("#causes li:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#heading")).to_contain_text("Population")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_two_reviewers_see_each_other_and_overwrite_nothing(visit: Visit, review: Served) -> None:
    one, two = visit("One"), visit("Two")
    two.keyboard.press("e")
    two.keyboard.type("of two")
    one.keyboard.press("p")
    one.keyboard.type("of one")
    one.keyboard.press("Enter")
    settled(one, "kept as printed: ")
    two.keyboard.press("Enter")  # perhaps before, perhaps after it has learned of it
    expect(two.locator("#card")).to_contain_text("One, ")
    expect(two.locator("#reason")).to_have_value("of two")
    expect(two.locator("#causes li").first).to_contain_text("kept as printed")
    assert "of one" in review.decisions


def test_tables_that_change_underneath_are_told_and_half_a_reason_stays(visit: Visit, review: Served) -> None:
    page = visit()
    page.locator("#search").fill("895")
    page.locator("#search").press("Enter")
    expect(page.locator("#heading")).to_contain_text("895")
    page.locator("#search").fill("")
    page.locator("#heading").focus()
    page.keyboard.press("e")
    page.keyboard.type("half a rea")
    file = review.root / "data/2005/cambodia/deployed-to-south-korea.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("516", "519"), encoding="utf-8")
    expect(page.locator("#told")).to_contain_text("checked again")
    expect(page.locator("#causes li")).to_have_count(6)
    expect(page.locator("#heading")).to_contain_text("895")
    expect(page.locator("#reason")).to_have_value("half a rea")


def test_questions_can_be_sent_out(visit: Visit) -> None:
    page = visit()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    settled(page, "ask the source")
    page.get_by_role("button", name="Questions").press("Enter")
    expect(page.locator("#letter")).to_have_value(re.compile("Which number is right"))
    with page.expect_download() as told:
        page.get_by_role("link", name="Download").press("Enter")
    assert "cambodia-2005.txt" in told.value.path().read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_card_is_accessible_in_both_colour_schemes(visit: Visit, review: Served, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    for number in range(len(review.desk.state.items)):
        page.locator("#outcome .quiet:has-text('…')").wait_for(state="detached")
        page.keyboard.press("e" if number % 2 else "x")
        result = Axe().run(page)
        assert result.violations_count == 0, result.generate_report()
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        page.wait_for_timeout(300)
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    settled(page, "Saved")
    page.keyboard.press("?")
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()


@pytest.mark.parametrize("width", [390, 768, 1280, 1920])
def test_it_fits_every_screen(visit: Visit, review: Served, width: int) -> None:
    page = visit(viewport={"width": width, "height": 800})
    for _ in review.desk.state.items:
        page.keyboard.press("a")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for button in page.locator("#ruling button:visible").all():
            box = button.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        page.wait_for_timeout(200)
