"""What a report knows of places: characters of the files, the folder in the repository, rules that ran."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from amyqa import pipeline
from amyqa.model import RanRule, Report
from amyqa.pipeline.locating import located
from amyqa.project import open_yearbook
from amyqa.reports.ci.locations import in_repository
from tests import yearbooks

KOREA = "deployed-to-south-korea"


def test_every_cell_that_a_finding_names_has_its_span(chapter_report: Report, chapter: Path) -> None:
    cells = {cell for finding in chapter_report.findings for cell in finding.cells}
    assert cells
    for cell in cells:
        span = chapter_report.spans[cell.file, cell.line, cell.position]
        lines = (chapter / cell.file).read_text(encoding="utf-8").splitlines()
        assert span.line == cell.line
        assert lines[cell.line - 1][span.column - 1 : span.end_column - 1] == span.text
        assert cell.token in span.text


def test_places_are_those_of_the_files_that_were_read(book: Callable[..., Path]) -> None:
    root = book(KOREA)
    report = pipeline.check([root], "duckdb")
    file = root / "data" / yearbooks.CHAPTER / f"{KOREA}.csv"
    file.write_text("another table by now")
    assert located(report, open_yearbook(root)).spans == report.spans != {}


def test_the_yearbooks_folder_in_its_repository_begins_every_path(book: Callable[..., Path]) -> None:
    root = book(KOREA)
    alone = pipeline.check([root], "duckdb")
    assert (alone.folder, in_repository("data/x.csv", alone)) == ("", "data/x.csv")
    repository = root.parent / "repository"
    (repository / ".git").mkdir(parents=True)
    shutil.move(root, repository / "books" / "2005")
    within = pipeline.check([repository / "books" / "2005" / "data"], "duckdb")
    assert within.folder == "books/2005"
    assert in_repository("data/x.csv", within) == "books/2005/data/x.csv"
    assert in_repository("", within) == ""
    assert [finding.id for finding in within.findings] == [finding.id for finding in alone.findings]


def test_every_rule_that_looked_at_something_is_told_with_how_much(tmp_path: Path) -> None:
    totals = {"type": yearbooks.TOTALS, "kwargs": {"dimension": "sex"}, "severity": "critical"}
    again = {**totals, "kwargs": {"dimension": "sex", "total": "total"}}
    yearbooks.write_family(tmp_path, entries=[totals, again])
    lines = [
        ["Year", "T", "M", "F"],
        ["2004", "9", "4", "5"],
        ["2005", "9", "4", "6"],
        ["2006", "", "4", "6"],
    ]
    spec = {
        "rows": {"dimension": "year"},
        "columns": {"T": {"sex": "total"}, "M": {"sex": "male"}, "F": {"sex": "female"}},
    }
    yearbooks.write_table(tmp_path, "t", lines, spec)
    report = pipeline.check([tmp_path], "duckdb")
    ran = {each.rule: each for each in report.ran}
    # the same sums stated twice count once; an unknown one is no pass
    assert ran["totals"] == RanRule("t", "totals", 2, 1)
    # Pandera's own checks are told of, too, where all is well
    assert ran["types"].broken == 0
    assert ran["types"].looked_at > 0
