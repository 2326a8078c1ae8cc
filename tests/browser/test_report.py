"""What a reader of the page can see and do, in a real browser."""

from __future__ import annotations

import dataclasses
import io
import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from amyqa.characters import visible
from amyqa.model import Report, Severity
from amyqa.reports.html import render as html
from tests.browser.conftest import MISSING, PHONE, Open, Opened
from tests.browser.machine import chromium
from tests.reports import builder
from tests.reports.large import yearbook

pytestmark = pytest.mark.slow
if chromium() is None and not os.environ.get("CI"):
    pytest.skip(MISSING, allow_module_level=True)  # one line, whatever the number of tests

MALAYSIA = "Khmer migrants deployed to Malaysia, 1998-2006"
FINDINGS = ".finding"
CELL = "td[id^='cell-']"
IN_VIEW = """node => {
    const { top, left, bottom, right, width, height } = node.getBoundingClientRect();
    return width > 0 && height > 0 && top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
}"""
FOCUSED = """() => {
    const at = document.activeElement;
    return { id: at.id, tag: at.tagName, href: at.getAttribute("href"), finding: at.closest(".finding")?.id };
}"""
NOTHING = "zzz no such thing"


def visible_findings(page: Page) -> list[str]:
    """Ids of the findings that the filters leave."""
    ids: list[str] = page.eval_on_selector_all(FINDINGS, "all => all.filter(n => !n.hidden).map(n => n.id)")
    return ids


def shown(page: Page) -> str:
    return page.locator("#shown").inner_text()


# --- from disk, without a network ---------------------------------------------------------------


def test_it_opens_from_disk_with_the_network_off_and_nothing_goes_wrong(
    opened: Callable[..., Opened], cambodias_page: Path
) -> None:
    seen = opened(cambodias_page)
    seen.page.locator("#search").fill("2006")
    seen.page.wait_for_timeout(200)
    assert seen.requests == [cambodias_page.as_uri()]
    assert seen.complaints == []


def test_the_script_parses_and_a_mistake_in_it_would_be_noticed(browser: Browser) -> None:
    script = Path(html.__file__).with_name("report.js").read_text(encoding="utf-8")
    parses = "text => { try { new Function(text); return true; } catch { return false; } }"
    page = browser.new_page()
    assert [page.evaluate(parses, text) for text in (script, script + "const =")] == [True, False]
    page.close()


def test_nothing_in_the_file_names_another_place(cambodias_page: Path) -> None:
    text = cambodias_page.read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href|action|poster|data)=["']?(?!#|data:)[^"'\s>]""", text)
    assert not re.search(r"@import|url\((?!['\"]?(?:data:|#))", text)


def test_the_malaysian_total_row_and_the_misprint_are_seen_without_scrolling(
    show: Open, cambodias_page: Path
) -> None:
    page = show(cambodias_page)
    row = page.locator("tr.total").filter(has_text="6,619").filter(has_text="1,203")
    for cell in row.locator("th, td").all():
        assert cell.evaluate(IN_VIEW), cell.inner_text()
    said = page.get_by_text(re.compile(r"2006, Total: printed 895, its parts sum to 859"))
    assert any(each.evaluate(IN_VIEW) for each in said.all())
    proof = page.get_by_text("domestic work 497 + HRD factory 362 = 859")
    assert any(each.evaluate(IN_VIEW) for each in proof.all())


def test_without_javascript_the_page_is_complete(show: Open, cambodias_page: Path, cambodia: Report) -> None:
    page = show(cambodias_page, java_script_enabled=False)
    expect(page.locator("#filters")).to_be_hidden()
    assert page.locator(FINDINGS).count() == len(cambodia.findings)
    text = " ".join(page.locator("body").text_content().split())  # type: ignore[union-attr]
    for finding in cambodia.findings:
        assert " ".join(finding.message.split()) in text
    for table in cambodia.tables:
        cells = page.locator(f"section:has(summary code:text-is('{table.id}')) {CELL}")
        assert cells.count() == table.size


# --- keyboard ------------------------------------------------------------------------------------


def tabbed(page: Page, most: int = 3000) -> list[dict[str, Any]]:
    """Everything that Tab reaches, in order, from the top to the end."""
    stops: list[dict[str, Any]] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at["tag"] in ("BODY", "HTML"):
            return stops
        stops.append(at)
    raise AssertionError("Tab never comes to an end")


def open_all(page: Page) -> None:
    """Unfold everything."""
    page.evaluate("() => document.querySelectorAll('details').forEach(node => { node.open = true; })")


def open_by_keyboard(page: Page) -> None:
    """The same with the Enter key alone."""
    folded = page.locator("details:not([open]) > summary").locator("visible=true")
    while folded.count():
        folded.first.focus()
        page.keyboard.press("Enter")


def test_tab_reaches_every_finding_and_a_cell_of_every_table(
    show: Open, cambodias_page: Path, cambodia: Report
) -> None:
    page = show(cambodias_page)
    open_by_keyboard(page)
    page.reload()  # the next stop of Tab is the first again
    open_all(page)
    stops = tabbed(page)
    search_truncated = {stop["finding"] for stop in stops if stop["finding"]}
    assert search_truncated == {f"finding-{finding.id}" for finding in cambodia.findings}
    tables = {stop["id"].rpartition("-")[0] for stop in stops if stop["id"].startswith("cell-")}
    assert len(tables) == len(cambodia.tables)


def test_the_first_stop_of_tab_skips_to_the_tables(show: Open, cambodias_page: Path) -> None:
    page = show(cambodias_page)
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["href"] == "#tables"


def test_what_has_the_focus_is_seen_to_have_it(show: Open, cambodias_page: Path) -> None:
    page = show(cambodias_page)
    for selector in ("#search", "#filter-severity", f"{CELL}[tabindex='0']", "summary", ".finding a"):
        page.locator(selector).locator("visible=true").first.focus()
        page.keyboard.press("Shift")  # the keyboard is in use, so that :focus-visible counts
        style = page.evaluate("""() => {
            const s = getComputedStyle(document.activeElement);
            return [s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0, s.boxShadow !== "none"];
        }""")
        assert any(style), selector


def test_arrows_go_from_cell_to_cell(show: Open, cambodias_page: Path) -> None:
    page = show(cambodias_page)
    cell = page.locator(f"tr.total:has-text('6,619') {CELL}").first
    cell.click()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => document.activeElement.textContent").find("1,807") >= 0
    page.keyboard.press("ArrowUp")
    assert page.evaluate("() => document.activeElement.textContent").find("267") >= 0


# --- the panel of a cell -------------------------------------------------------------------------


def malaysian_cell(page: Page, row: str, column: int) -> Any:
    table = page.locator("section.table").filter(has_text=MALAYSIA)
    return table.locator(f"tr:has(th:text-is('{row}')) {CELL}").nth(column)


@pytest.mark.parametrize("by", ["click", "Enter"])
def test_a_chosen_cell_tells_every_identity_it_stands_in_and_escape_closes(
    show: Open, cambodias_page: Path, cambodia: Report, by: str
) -> None:
    page = show(cambodias_page)
    panel = page.locator("#panel")
    expect(panel).to_be_hidden()
    cell = malaysian_cell(page, "2006", 0)
    if by == "click":
        cell.click(position={"x": 2, "y": 2})
    else:
        cell.focus()
        page.keyboard.press("Enter")
    expect(panel).to_be_visible()
    told = panel.inner_text()
    assert "2006, Total" in told
    assert "data/2005/cambodia/deployed-to-malaysia.csv:10" in told
    [table] = [table for table in cambodia.tables if table.id.endswith("deployed-to-malaysia")]
    id = table.cell_id([row.label for row in table.rows].index("2006"), 0)
    mine = [i for i in cambodia.identities[table.id] if any(term.cell == id for term in i.terms)]
    assert len(mine) > 1
    assert f"It is part of {len(mine)} identities" in told
    assert panel.locator(".sum").count() == len(mine)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert page.evaluate(FOCUSED)["id"] == cell.get_attribute("id")


def test_a_cell_named_in_the_panel_can_be_gone_to(show: Open, cambodias_page: Path) -> None:
    page = show(cambodias_page)
    malaysian_cell(page, "2006", 0).click(position={"x": 2, "y": 2})
    link = page.locator("#panel a[href^='#cell-']").first
    target = str(link.get_attribute("href"))[1:]
    link.click()
    expect(page.locator("#panel")).to_be_visible()
    assert page.evaluate(FOCUSED)["id"] == target


# --- filters, search, addresses ------------------------------------------------------------------


def options(page: Page, name: str) -> list[str]:
    values: list[str] = page.eval_on_selector_all(f"#filter-{name} option", "all => all.map(o => o.value)")
    return values


@pytest.mark.parametrize("name", ["severity", "rule", "ess", "chapter", "status"])
def test_each_filter_leaves_just_what_it_says(
    show: Open, cambodias_page: Path, cambodia: Report, name: str
) -> None:
    page = show(cambodias_page)
    everything, *values = options(page, name)
    assert everything == ""
    assert values
    for value in values:
        page.select_option(f"#filter-{name}", value)
        left = visible_findings(page)
        expected = [
            f"finding-{f.id}"
            for f in cambodia.findings
            if name in ("chapter", "status") or getattr(f, name) == value
        ]
        assert sorted(left) == sorted(expected), value
        assert shown(page).startswith(f"{len(expected)} of {len(cambodia.findings)} findings in ")
    page.select_option(f"#filter-{name}", "")
    assert len(visible_findings(page)) == len(cambodia.findings)


def test_filters_add_up_and_what_nothing_matches_says_none(
    show: Open, cambodias_page: Path, cambodia: Report
) -> None:
    page = show(cambodias_page)
    page.select_option("#filter-severity", "error")
    page.select_option("#filter-rule", "totals")
    both = [f for f in cambodia.findings if f.severity is Severity.ERROR and f.rule == "totals"]
    assert len(visible_findings(page)) == len(both) < len(cambodia.findings)
    page.locator("#search").fill(NOTHING)
    assert visible_findings(page) == []
    assert shown(page).startswith(f"0 of {len(cambodia.findings)} findings in 0 of ")
    expect(page.locator("#none")).to_be_visible()
    page.locator("#none button").click()
    expect(page.locator("#none")).to_be_hidden()
    assert len(visible_findings(page)) == len(cambodia.findings)


def test_search_finds_words_of_the_sentence_in_any_case(
    show: Open, cambodias_page: Path, cambodia: Report
) -> None:
    page = show(cambodias_page)
    page.locator("#search").fill("TOO FEW")
    left = visible_findings(page)
    expected = {f"finding-{f.id}" for f in cambodia.findings if "too few" in f.message.casefold()}
    assert expected
    assert expected <= set(left)
    assert len(left) < len(cambodia.findings)
    page.locator("#search").fill("")
    assert len(visible_findings(page)) == len(cambodia.findings)


def test_a_finding_that_is_left_can_be_seen_even_where_its_table_was_folded(
    show: Open, cambodias_page: Path
) -> None:
    page = show(cambodias_page)
    page.select_option("#filter-severity", "info")
    left = visible_findings(page)
    assert left
    for id in left:
        expect(page.locator(f"#{id}")).to_be_visible()


def test_every_finding_has_an_address_that_shows_it(
    show: Open, cambodias_page: Path, cambodia: Report
) -> None:
    for finding in cambodia.findings[:: max(1, len(cambodia.findings) // 4)]:
        page = show(cambodias_page, f"#finding-{finding.id}")
        expect(page.locator(f"#finding-{finding.id}")).to_be_in_viewport()


def test_an_address_shows_a_finding_that_a_filter_hides(
    show: Open, cambodias_page: Path, cambodia: Report
) -> None:
    page = show(cambodias_page)
    page.locator("#search").fill(NOTHING)
    page.evaluate("hash => { location.hash = hash }", f"finding-{cambodia.findings[0].id}")
    expect(page.locator(f"#finding-{cambodia.findings[0].id}")).to_be_in_viewport()


def test_the_sentence_of_the_misprint_leads_to_its_cell(show: Open, cambodias_page: Path) -> None:
    page = show(cambodias_page)
    link = page.locator(".likeliest a[href^='#cell-']", has_text=re.compile("895|2006")).first
    link.click()
    expect(page.locator(f"[id='{str(link.get_attribute('href'))[1:]}']")).to_be_in_viewport()


# --- for everybody -------------------------------------------------------------------------------


def violations(page: Page) -> list[str]:
    """What axe-core calls serious or worse."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{each['id']}: {each['help']}: {[node['target'] for node in each['nodes']][:3]}"
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("look", ["cambodia", "decided", "hostile"])
def test_axe_finds_no_serious_violation_in_either_colour_scheme(
    show: Open, cambodias_page: Path, scheme: str, look: str
) -> None:
    report = {"cambodia": cambodias_page, "decided": decided(), "hostile": builder.hostile()}[look]
    page = show(report, color_scheme=scheme)
    open_all(page)
    assert violations(page) == []
    page.locator(CELL).first.click(position={"x": 2, "y": 2})
    expect(page.locator("#panel")).to_be_visible()
    assert violations(page) == []


def test_light_and_dark_differ(show: Open, cambodias_page: Path) -> None:
    grounds = {
        show(cambodias_page, color_scheme=scheme).evaluate(
            "() => getComputedStyle(document.body).backgroundColor"
        )
        for scheme in ("light", "dark")
    }
    assert len(grounds) == 2


def decided() -> Report:
    """Diagnoses, alternatives, and findings of every status."""
    plain = builder.diagnosed()
    first, second, *rest = plain.findings
    return dataclasses.replace(
        plain,
        since="abc1234",
        findings=(
            dataclasses.replace(first, status="explained"), dataclasses.replace(second, known=True), *rest,
        ),
    )  # fmt: skip


@pytest.mark.parametrize("look", ["cambodia", "decided", "hostile"])
def test_on_a_phone_nothing_runs_out_of_the_page_and_all_can_be_read(
    show: Open, cambodias_page: Path, look: str
) -> None:
    report = {"cambodia": cambodias_page, "decided": decided(), "hostile": builder.hostile()}[look]
    page = show(report, viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)
    open_all(page)
    sizes = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth, visualViewport.scale]")
    assert sizes[0] <= PHONE["width"]
    assert sizes[1] <= PHONE["width"]
    small = page.evaluate("""() => [...document.querySelectorAll("body *")].filter(node =>
        [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())
        && node.checkVisibility() && !node.closest("svg, sup, script, style")
        && parseFloat(getComputedStyle(node).fontSize) < 11).map(node => node.outerHTML.slice(0, 80))""")
    assert small == []
    page.locator(CELL).locator("visible=true").first.click(position={"x": 2, "y": 2})
    expect(page.locator("#panel")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


# --- print ---------------------------------------------------------------------------------------


def test_printed_tables_stay_whole_and_filters_stay_away(
    show: Open, cambodias_page: Path, cambodia: Report
) -> None:
    page = show(cambodias_page)
    pages = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    texts = [" ".join(each.extract_text().split()) for each in pages]
    for table in cambodia.tables:
        if table.spec.fields is not None or len(table.rows) > 16:
            continue  # a long list may run over a page
        rows = [" ".join([row.label, row.tokens[0].strip()]).strip() for row in table.rows]
        assert any(all(row.split(" ")[0] in text for row in rows) for text in texts), table.id
    malaysia = next(text for text in texts if "HRD" in text and "1,203" in text)
    for year in range(1998, 2007):
        assert str(year) in malaysia
    page.emulate_media(media="print")
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#panel")).to_be_hidden()
    for rule in page.eval_on_selector_all(
        "table tr", "all => [...new Set(all.map(row => getComputedStyle(row).breakInside))]"
    ):
        assert rule in ("avoid", "avoid-page")


def letters(text: str) -> str:
    """Without spaces and marks; the ligatures of print as letters."""
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text))


def test_print_has_what_is_folded_on_the_screen(show: Open, cambodias_page: Path, cambodia: Report) -> None:
    page = show(cambodias_page)
    text = " ".join(each.extract_text() for each in PdfReader(io.BytesIO(page.pdf(format="A4"))).pages)
    said = letters(text)
    assert [f.message for f in cambodia.findings if letters(f.message) not in said] == []


# --- strangers' words ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "<script>document.title = 'run'</script>",
        "</script><script>document.title = 'run'</script>",
        "\"'><img src=x onerror=\"document.title='run'\">",
        "</td></table><h1>run</h1>",
        "<!-- ",
        "]]>",
        "&lt;b&gt;",
        "${document.title='run'}",
        "{{ 7*7 }}",
        "\u202egnp.exe",
        "שלום עולם",
        "👩\u200d🌾 កម្ពុជា",
        "javascript:alert(1)",
        "</style><style>body{display:none}",
        "<base href='http://example.invalid/'>",
        "a\u2028b\u2029c",
        "<svg onload=run()>",
    ],
)
def test_a_hostile_name_comes_out_as_text(opened: Callable[..., Opened], name: str) -> None:
    seen = opened(named(name))
    page = seen.page
    title = page.title()
    table = page.locator("section.table").first
    assert " ".join(visible(name).split()) in " ".join(str(table.text_content()).split())
    open_all(page)
    for cell in page.locator(CELL).all():
        cell.click(position={"x": 2, "y": 2})
        expect(page.locator("#panel")).to_be_visible()
    page.locator("#search").fill(name[:10])
    page.keyboard.press("Escape")
    assert page.title() == title
    assert seen.complaints == []
    assert len(seen.requests) == 1
    assert page.locator("h1").count() == 1
    assert page.locator("img, base, iframe, object, embed, body svg[onload]").count() == 0


def named(name: str) -> Report:
    """A report in which that name is a table's, a row's, a column's, a token's and in every sentence."""
    table = builder.table(
        "2005/x/y", [name, "Other"], {name: [name, "5"], "Total": ["2", "7"]}, title=name, unit=name,
        rows={"dimension": "year", "total": "Total"}, notes={"a": name}, uncertain={name: name},
    )  # fmt: skip
    found = builder.finding(
        table, ("Total", "Other"), (name, "Other"), message=name, rule=name, relation=name, where={name: name}
    )
    wrong = dataclasses.replace(builder.change(table, name, "Other", "6"), message=name, kind=name)
    said = builder.diagnosis(table, wrong, explains=(found.id,), message=name, assumptions=(name,))
    return builder.report(
        table,
        findings=(found,),
        diagnoses=(said,),
        not_evaluated=(builder.gap(table.id, name, name, place=name),),
    )


# --- many ----------------------------------------------------------------------------------------


def test_a_yearbook_of_a_thousand_tables_works(opened: Callable[..., Opened], tmp_path: Path) -> None:
    report = yearbook(1000, 5000)
    path = tmp_path / "large.html"
    path.write_text(html.render(report), encoding="utf-8")
    assert path.stat().st_size < 6_000_000
    seen = opened(path)
    page = seen.page
    assert shown(page).startswith("5,000 of 5,000 findings")
    page.locator("#search").fill("table 0,777")
    page.wait_for_function("() => !shown.textContent.startsWith('5,000')", timeout=30_000)
    page.locator("#search").fill("")
    last = report.findings[-1]
    page.evaluate("hash => { location.hash = hash }", f"finding-{last.id}")
    expect(page.locator(f"[id='finding-{last.id}']").first).to_be_in_viewport(timeout=30_000)
    assert seen.complaints == []


def test_a_report_about_nothing_opens(opened: Callable[..., Opened], browser: Browser) -> None:
    seen = opened(builder.report())
    assert seen.complaints == []
    expect(seen.page.locator("h1")).to_be_visible()
