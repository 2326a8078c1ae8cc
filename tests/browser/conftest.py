"""A browser for all tests here, and pages that must do without the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, Request, Route

from amyqa import pipeline
from amyqa.model import Report
from amyqa.reports.html import render as html
from tests.browser.machine import chromium, launched

MISSING = "there is no Chromium (install it, or name it with AMYQA_CHROMIUM): the browser tests were not run"
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, one for each worker; where CI is set it must be there."""
    if chromium() is None:
        pytest.fail(MISSING)
    with launched() as started:
        yield started


@dataclass
class Opened:
    """A page opened from disk, and all that it should not have done."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Refuse every request but those for files, and note what goes wrong."""

        def judged(route: Route, request: Request) -> None:
            self.requests.append(request.url)
            if request.url.startswith("file:"):
                route.continue_()
            else:
                route.abort()

        def dismissed(dialog: Dialog) -> None:
            self.complaints.append(dialog.message)
            dialog.dismiss()

        self.page.route("**/*", judged)
        self.page.on("console", lambda said: self.complaints.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", dismissed)


Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """``opened(report, "#finding-…", viewport=PHONE)``: a report in a new profile, with the network off."""
    contexts = []

    def load(report: Report | Path, fragment: str = "", **settings: object) -> Opened:
        path = report if isinstance(report, Path) else tmp_path / "a report.html"
        if isinstance(report, Report):
            path.write_text(html.render(report), encoding="utf-8")
        context = browser.new_context(**({"offline": True, "viewport": DESK} | settings))  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(10_000)
        seen = Opened(context.new_page())
        seen.listen()
        seen.page.goto(path.as_uri() + fragment, wait_until="load")
        return seen

    yield load
    for context in contexts:
        context.close()


@pytest.fixture
def show(opened: Callable[..., Opened]) -> Open:
    """The page alone."""
    return lambda *report, **settings: opened(*report, **settings).page


@pytest.fixture(scope="session")
def cambodia(chapter: Path) -> Report:
    """The shipped chapter, checked."""
    return pipeline.check([chapter], "duckdb", identities=True)


@pytest.fixture(scope="session")
def cambodias_page(cambodia: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its report."""
    path = tmp_path_factory.mktemp("cambodia") / "report.html"
    path.write_text(html.render(cambodia), encoding="utf-8")
    return path
