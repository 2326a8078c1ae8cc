"""A report from Python: in every format, saved by its name, and in the formats of other packages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import amyqa
from amyqa.errors import BadInput
from amyqa.model import Report
from amyqa.reports import formats
from amyqa.reports.formats import FORMATS, Content, Format, Options, format_of
from amyqa.reports.saving import SavableReport, savable
from tests.conftest import Run
from tests.reports import builder
from tests.yearbooks import ROOT


def titles(report: Report, options: Options) -> Content:
    del options
    return "".join(f"{table.spec.title}\n" for table in report.tables)


TITLES_FORMAT = Format(titles, "titles.lst")


@pytest.fixture
def report() -> SavableReport:
    return savable(builder.cambodia())


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """``installed(name=object)``: formats as other packages would bring them."""

    def install(**objects: object) -> None:
        class Point(EntryPoint):
            def load(self) -> object:
                if isinstance(objects[self.name], Exception):
                    raise objects[self.name]  # type: ignore[misc]
                return objects[self.name]

        points = [Point(name, "elsewhere:FORMAT", formats.GROUP) for name in objects]
        monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: points)
        formats.formats.cache_clear()

    yield install
    formats.formats.cache_clear()


def test_what_python_gets_from_a_check_has_every_format() -> None:
    report = amyqa.check(ROOT / "data/2005/cambodia/deployed-to-malaysia.csv", engine="duckdb")
    assert isinstance(report, amyqa.Report)
    for name, format in FORMATS.items():
        assert isinstance(report.render(name), str) is (format.text or name == "essnet")


def test_the_usual_formats_have_methods_of_their_own(report: SavableReport) -> None:
    assert report.to_html().startswith("<!doctype html>")
    assert json.loads(report.to_json())["version"] == 1
    assert report.to_markdown().startswith("### Not ready to print")
    narrow, wide = (max(map(len, report.to_text(width).splitlines())) for width in (60, 200))
    assert narrow < wide


@pytest.mark.parametrize(
    ("file", "format"),
    [
        ("any.json", "json"), ("page.HTML", "html"), ("book.xlsx", "xlsx"), ("r.sarif", "sarif"),
        ("junit.xml", "junit"), ("cases.xml", "junit"), ("code-quality.json", "gitlab"),
        ("validation-report.json", "essnet"), ("x.md", "markdown"), ("x.csv", "csv"),
        ("x.parquet", "parquet"), ("x.txt", "text"),
    ],
)  # fmt: skip
def test_a_files_name_says_its_format(file: str, format: str) -> None:
    assert format_of(Path(file)) is FORMATS[format]


def test_a_report_is_saved_as_its_name_or_format_says(report: SavableReport, tmp_path: Path) -> None:
    report.save(tmp_path / "new folder" / "report.sarif")
    assert json.loads((tmp_path / "new folder" / "report.sarif").read_text())["version"] == "2.1.0"
    report.save(str(tmp_path / "notes"), format="markdown")
    assert (tmp_path / "notes").read_text(encoding="utf-8") == report.to_markdown()


def test_a_name_that_stands_for_no_format_is_refused(report: SavableReport, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"does not say which format.*\.sarif"):
        report.save(tmp_path / "report.docx")
    with pytest.raises(BadInput, match=r"there is no format 'jsn'.*did you mean 'json'"):
        report.render("jsn")
    assert list(tmp_path.iterdir()) == []


def test_what_fails_is_the_callers_to_say(report: SavableReport) -> None:
    assert "<failure" in str(report.render("junit"))
    assert "Not ready to print" in str(report.render("markdown", Options(fail_on=None)))
    assert "The gate lets it through" in str(report.render("markdown", Options(fail_on=None)))


def test_another_package_adds_a_format(
    report: SavableReport, installed: Callable[..., None], tmp_path: Path
) -> None:
    installed(titles=TITLES_FORMAT, json=TITLES_FORMAT)
    report.save(tmp_path / "all.lst")
    assert "Khmer migrants" in (tmp_path / "all.lst").read_text(encoding="utf-8")
    assert json.loads(report.to_json())["version"] == 1  # amyqa's own are not replaced


def test_the_command_line_has_the_formats_of_other_packages(
    run: Run, installed: Callable[..., None], tmp_path: Path
) -> None:
    installed(titles=TITLES_FORMAT)
    table = ROOT / "data/2005/cambodia/claims.csv"
    ran = run("check", table, "--engine", "duckdb", "--format", "titles", "--report", tmp_path, cwd=ROOT)
    assert ran.out == (tmp_path / "titles.lst").read_text(encoding="utf-8") != ""
    assert (tmp_path / "report.html").exists()


@pytest.mark.parametrize("found", [ImportError("no module named tides"), "a string"])
def test_a_format_that_cannot_be_used_is_told_by_its_name(
    installed: Callable[..., None], found: object
) -> None:
    installed(tides=found)
    with pytest.raises(BadInput, match="the format 'tides'"):
        formats.format_named("tides")
