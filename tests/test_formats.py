"""The formats as the command line gives them: printed, refused, and in a report's folder."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from amyqa.cli.formats import PRINTED
from amyqa.reports.formats import FORMATS
from tests.conftest import Run, run_here
from tests.yearbooks import ROOT

KOREA = "data/2005/cambodia/deployed-to-south-korea.csv"
FAST = ("--engine", "duckdb")
FILES = [format.file for format in FORMATS.values() if format.file]


@pytest.mark.parametrize("format", [name for name in PRINTED if FORMATS[name].text])
def test_every_format_is_printed_and_fails_for_findings(format: str, chapter: Path, run: Run) -> None:
    ran = run("check", KOREA, *FAST, "--format", format, cwd=chapter)
    assert ran.code == 1
    assert "674" in ran.out


def test_a_program_reads_utf8_whatever_the_encoding_of_stdout(chapter: Path, run: Run) -> None:
    tables = "data/2005/cambodia/stock-abroad.csv"
    for format in ("junit", "markdown"):
        ran = run_here("check", tables, *FAST, "--format", format, cwd=chapter, encoding="latin-1")
        assert "TOTAL is '–'" in ran.out.encode("latin-1").decode("utf-8")
    told = run("check", tables, *FAST, "--format", "junit", cwd=chapter).out
    assert ET.fromstring(told).tag == "testsuites"  # noqa: S314


def test_a_csv_has_the_line_ends_of_a_csv(chapter: Path, run: Run) -> None:
    told = run("check", KOREA, *FAST, "--format", "csv", cwd=chapter).out
    assert told.count("\r\n") == told.count("\n") == 4
    assert len(list(csv.DictReader(io.StringIO(told, newline="")))) == 3


def test_what_is_not_text_is_refused_on_a_terminal_before_anything_is_checked(
    tmp_path: Path, chapter: Path, start: Callable[..., object]
) -> None:
    ran = run_here("check", "nowhere", "--format", "parquet", cwd=tmp_path, terminal=True)
    assert ran.problems == [
        "parquet cannot be shown on a terminal (send it to a file: --format parquet > findings.parquet)"
    ]
    with (tmp_path / "findings.parquet").open("wb") as file:
        start("check", KOREA, *FAST, "--format", "parquet", cwd=chapter, stdout=file)
    content = (tmp_path / "findings.parquet").read_bytes()
    assert content.startswith(b"PAR1")
    assert content.endswith(b"PAR1")


@pytest.mark.parametrize("name", ["jnuit", "html", "xlsx"])
def test_a_format_that_cannot_be_printed_is_refused(name: str, chapter: Path, run: Run) -> None:
    ran = run("check", KOREA, "--format", name, cwd=chapter)
    assert ran.code == 2
    assert f"there is no {name!r}" in ran.err


def test_a_reports_folder_holds_every_format(chapter: Path, tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "report"
    run("check", KOREA, *FAST, "--report", folder, cwd=chapter)
    assert {file.name for file in folder.iterdir()} == set(FILES)
    assert len(set(FILES)) == len(FILES) == 10
    assert all(file.stat().st_size > 500 for file in folder.iterdir())
    sarif = json.loads((folder / "report.sarif").read_text(encoding="utf-8"))
    assert len(sarif["runs"][0]["results"]) == 3


@pytest.mark.parametrize("file", FILES)
def test_a_folder_in_the_place_of_a_file_is_told_before_anything_is_checked(
    file: str, tmp_path: Path, chapter: Path, run: Run
) -> None:
    (tmp_path / file).mkdir()
    ran = run("check", "nowhere", "--report", tmp_path, cwd=chapter)
    assert "is a folder, but the report needs a file there" in ran.problems[0]


@pytest.mark.parametrize(("fail_on", "word"), [("error", "FAILED"), ("never", "The gate lets it through")])
def test_the_gate_that_is_told_is_the_one_asked_for(fail_on: str, word: str, chapter: Path, run: Run) -> None:
    ran = run("check", KOREA, *FAST, "--format", "markdown", "--fail-on", fail_on, cwd=chapter)
    assert ran.code == (word == "FAILED")
    assert f"\n{word}: " in ran.out


def test_a_build_may_say_what_time_it_is(chapter: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1769898600")
    [first, *_] = json.loads(run("check", KOREA, *FAST, "--format", "essnet", cwd=chapter).out)
    assert first["event"]["time"] == "20260131T223000+0000"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    [first, *_] = json.loads(run("check", KOREA, *FAST, "--format", "essnet", cwd=chapter).out)
    assert first["event"]["time"][:4].isdigit()


def test_the_guide_names_every_format_and_its_file() -> None:
    guide = (ROOT / "docs/how-to/gate-in-ci.md").read_text(encoding="utf-8")
    for name, format in FORMATS.items():
        assert (
            f"| {f'`{name}`' if format.printed else '–'} | {f'`{format.file}`' if format.file else '–'} |"
            in guide
        )
