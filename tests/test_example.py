"""The example yearbook: two editions, two countries, and the discrepancies that its README names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from amyqa import pipeline
from amyqa.model import Report

EXAMPLE = Path(__file__).parent.parent / "docs" / "examples" / "yearbook"
PLANTED = [
    ("2005/arcadia/indicators", "parts", ["62,400", "312,000"]),
    ("2005/arcadia/indicators", "ratios", ["46.8", "505", "1,070"]),
    ("2005/arcadia/indicators", "shares", ["18.7", "83.1"]),
    ("2005/arcadia/workers-by-country", "mirror", ["655", "400"]),
    ("2005/arcadia/workers-sent", "consistency", ["4"]),
    ("2005/arcadia/workers-sent", "consistency", ["4"]),  # the year, and the total row
    ("2005/arcadia/workers-sent", "revised", ["1070", "1010"]),
    ("2005/arcadia/workers-sent", "revisions", ["153", "133"]),
]
LISTED = [
    ("2004/arcadia/workers-sent", "revised", "no earlier edition has arcadia/workers-sent"),
    ("2004/arcadia/workers-sent", "revisions", "no earlier edition has arcadia/workers-sent"),
    ("2005/arcadia/workers-by-country", "mirror", "there is no table 2005/syldavia/workers-received"),
]


@pytest.fixture(scope="module", params=["gx", "duckdb"])
def report(request: pytest.FixtureRequest) -> Report:
    return pipeline.check([EXAMPLE], request.param)


def test_what_was_planted_is_found_and_nothing_else(report: Report) -> None:
    found = [(f.table, f.rule, [cell.token for cell in f.cells]) for f in report.findings]
    assert sorted(found) == PLANTED


def test_every_finding_across_tables_names_both_sources(report: Report) -> None:
    for finding in report.findings:
        if finding.rule in ("mirror", "revised", "revisions"):
            here, there = (cell.table for cell in finding.cells)
            assert here == finding.table != there
            assert f"{there}[" in finding.message


def test_what_cannot_be_compared_is_listed(report: Report) -> None:
    assert sorted((n.table, n.rule, n.reason) for n in report.not_evaluated) == LISTED


def test_its_readme_names_what_was_planted() -> None:
    rows = [line.split("|") for line in (EXAMPLE / "README.md").read_text().splitlines() if "|" in line][2:]
    named = {(row[1].split(",")[0].strip(), row[3].split()[0]) for row in rows}
    assert named == {(table, rule) for table, rule, _ in PLANTED}


def test_its_figures_say_that_they_are_invented() -> None:
    specs = list(EXAMPLE.glob("data/**/*.yaml"))
    assert len(specs) == 5
    for spec in specs:
        assert re.search(
            r"^title: .*\(an example; the figures are invented\)$", spec.read_text(), re.MULTILINE
        )
