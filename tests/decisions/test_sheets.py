"""Rulings filled into a report's workbook are read back; what cannot be followed is told."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Run

KOREA = "deployed-to-south-korea"


@pytest.fixture
def korea(book: Callable[..., Path], run: Run) -> Path:
    """A table with three findings, and its report."""
    root = book(KOREA)
    assert run("check", "--engine", "duckdb", "--report", "out", "--fail-on", "never", cwd=root).code == 0
    return root


def fill(root: Path, *rows: dict[str, str], sheet: str = "Findings") -> None:
    """Write into the lines of the findings, from the first on."""
    path = root / "out/report.xlsx"
    book = openpyxl.load_workbook(path)
    columns = [cell.value for cell in book["Findings"][1]]
    for number, row in enumerate(rows, 2):
        for name, value in row.items():
            book["Findings"].cell(number, columns.index(name) + 1, value)
    book["Findings"].title = sheet
    book.save(path)


def decide(run: Run, root: Path, *options: str) -> tuple[int, str, str]:
    ran = run("decide", "--from", "out/report.xlsx", "--engine", "duckdb", *options, cwd=root)
    return ran.code, ran.out, ran.err


def test_what_is_filled_in_is_decided_and_the_rest_stays_open(run: Run, korea: Path) -> None:
    fill(
        korea,
        {"Ruling": "Corrected", "Reason": "the ministry's letter", "Who": "B. Editor"},
        {"Ruling": "ask the source", "Reason": "  two\nlines ", "Expires": "2099-01-31"},
    )
    code, out, err = decide(run, korea, "--who", "A. Editor")
    assert (code, out.count("\n")) == (0, 2)
    assert "Decided: 2 findings in decisions/2005/cambodia.yaml." in err
    kept = (korea / "decisions/2005/cambodia.yaml").read_text(encoding="utf-8")
    for said in ("corrected", "the ministry's letter", "B. Editor", "two lines", "A. Editor", "2099-01-31"):
        assert said in kept
    again = decide(run, korea, "--who", "A. Editor")
    assert again[0] == 0
    assert "nothing new is filled in" in again[2]
    assert (korea / "decisions/2005/cambodia.yaml").read_text(encoding="utf-8") == kept


def test_a_report_made_after_the_rulings_is_read_back_unchanged(run: Run, korea: Path) -> None:
    fill(korea, {"Ruling": "explained", "Reason": "see note a"})
    assert decide(run, korea, "--who", "A. Editor")[0] == 0
    run("check", "--engine", "duckdb", "--report", "out", cwd=korea)
    assert "nothing new is filled in" in decide(run, korea)[2]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"Ruling": "fine", "Reason": "x"}, "there is no ruling 'fine'"),
        ({"Ruling": "=1+1", "Reason": "x"}, "the column Ruling holds a formula"),
        ({"Ruling": "explained"}, "a decision without a reason is refused"),
        ({"Ruling": "explained", "Reason": "x" * 3000}, "more than 2,000 characters"),
        ({"Ruling": "explained", "Reason": "x", "Id": "../../etc"}, "is not a finding's id"),
        ({"Ruling": "explained", "Reason": "x", "Id": "0" * 16}, "there is no finding 0000000000000000"),
        ({"Ruling": "explained", "Reason": "x", "Expires": "soon"}, "'soon' is not a date"),
        ({"Ruling": "explained", "Reason": "x", "Expires": "2001-01-01"}, "is in the past"),
    ],
)
def test_a_line_that_cannot_be_followed_is_told_and_nothing_is_written(
    run: Run, korea: Path, row: dict[str, str], said: str
) -> None:
    fill(korea, row, {"Ruling": "explained", "Reason": "this one is right"})
    code, _, err = decide(run, korea, "--who", "A. Editor")
    assert code == 2
    assert said in " ".join(err.split())
    assert not (korea / "decisions").exists()


def test_one_finding_has_one_ruling(run: Run, korea: Path) -> None:
    book = openpyxl.load_workbook(korea / "out/report.xlsx")
    id = [cell.value for cell in book["Findings"][2]][-1]
    fill(
        korea,
        {"Ruling": "explained", "Reason": "a"},
        {"Ruling": "corrected", "Reason": "b", "Id": str(id)},
    )
    code, _, err = decide(run, korea, "--who", "A. Editor")
    assert code == 2
    assert "has a ruling already, at" in " ".join(err.split())


def test_what_is_no_report_is_refused(run: Run, korea: Path) -> None:
    fill(korea, sheet="Other")
    assert "has no sheet Findings" in " ".join(decide(run, korea)[2].split())
    (korea / "out/report.xlsx").write_bytes(b"PK not a workbook")
    assert decide(run, korea)[0] == 2
    with zipfile.ZipFile(korea / "out/report.xlsx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b" " * 300_000_000)
    assert decide(run, korea)[0] == 2
    assert not (korea / "decisions").exists()


def test_rulings_come_from_the_workbook_or_from_the_options(run: Run, korea: Path) -> None:
    assert decide(run, korea, "--ruling", "explained")[0] == 2
    assert run("decide", "--all-open", "--reason", "x", cwd=korea).code == 2
