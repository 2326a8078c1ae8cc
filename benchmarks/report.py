"""How long a report of many tables takes to make and to open, and how big it is.

usage: python -m benchmarks.report [YEARBOOK] [--tables N] [--findings N] [--repeat N] [--keep DIR]

Two reports are measured: a drawn yearbook of 1,000 tables with 5,000 findings, and the check of a real
one (by default this repository's). For each: seconds to render each format, its size, and, where there is
a Chromium, seconds from opening the page, from disk and without a network, until it is interactive: until
a key pressed in its search has been answered. Medians; each page is opened in a new browser profile.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from amyqa import pipeline
from amyqa.model import Report
from amyqa.reports.data import json
from amyqa.reports.html import render as html
from amyqa.reports.text import render as text
from amyqa.reports.xlsx import render as xlsx
from tests.browser.machine import chromium, launched
from tests.reports.large import yearbook

GOALS = {"html": 4.0, "bytes": 6_000_000, "interactive": 1.5}
ROOT = Path(__file__).resolve().parent.parent


def timed(work: Callable[[], object], repeat: int) -> tuple[float, float, object]:
    """Median seconds of the clock and of the processor, and what the work gave."""
    times, result = [], None
    for _ in range(repeat):
        start = time.perf_counter(), time.process_time()
        result = work()
        times.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    clock, processor = (statistics.median(column) for column in zip(*times, strict=True))
    return clock, processor, result


def interactive(page: Path, repeat: int) -> list[tuple[float, float]]:
    """Seconds until the page is loaded, and until it has answered a search, for each opening."""
    times = []
    with launched() as browser:
        for _ in range(repeat):
            context = browser.new_context(offline=True, viewport={"width": 1280, "height": 800})
            tab = context.new_page()
            start = time.perf_counter()
            tab.goto(page.as_uri(), wait_until="load")
            loaded = time.perf_counter() - start
            if tab.locator("#search").count():
                before = tab.locator("#shown").inner_text()
                tab.locator("#search").fill("no such thing")
                tab.wait_for_function("before => shown.textContent !== before", arg=before)
            tab.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
            times.append((loaded, time.perf_counter() - start))
            context.close()
    return times


def measure(name: str, report: Report, repeat: int, folder: Path) -> None:
    """Print what one report takes."""
    print(f"{name}: {len(report.tables):,} tables, {report.cells:,} cells, {len(report.findings):,} findings")
    for kind, render in (
        ("html", html.render), ("xlsx", xlsx.render), ("json", json.render), ("text", text.render),
    ):  # fmt: skip
        seconds, busy, content = timed(lambda render=render: render(report), repeat)  # type: ignore[misc]
        data = content if isinstance(content, bytes) else str(content).encode()
        (folder / f"{name}.{kind}").write_bytes(data)
        goal = f" (goals {GOALS['html']:.0f} s, {GOALS['bytes']:,} bytes)" if kind == "html" else ""
        print(f"  {kind:<5} {seconds:6.2f} s ({busy:.2f} s of the processor) {len(data):12,} bytes{goal}")
    if chromium() is None:
        print("  no Chromium: how soon the page is interactive was not measured")
        return
    times = interactive(folder / f"{name}.html", repeat)
    loaded, answered = (statistics.median(column) for column in zip(*times, strict=True))
    print(
        f"  loaded after {loaded:.2f} s, interactive after {answered:.2f} s (goal {GOALS['interactive']} s)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("yearbook", nargs="?", type=Path, default=ROOT)
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--findings", type=int, default=5000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="a folder that gets the reports")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        measure("drawn", yearbook(given.tables, given.findings), given.repeat, folder)
        real = pipeline.check([given.yearbook], "duckdb", identities=True)
        measure("real", real, given.repeat, folder)


if __name__ == "__main__":
    main()
