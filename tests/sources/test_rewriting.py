"""Workbooks with other numbers in some cells: formulas, formats and all else are kept."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from amyqa.errors import BadInput
from amyqa.sources import Part
from amyqa.sources.rewriting import stored
from amyqa.sources.xlsx import corrected, replace
from tests.sources.packed import workbook


@pytest.mark.parametrize(
    ("token", "code", "number"),
    [
        ("1,204", "#,##0", "1204"), ("35.8%", "0.0%", "0.358"), ("(12)", "#,##0;(#,##0)", "-12"),
        ("1,204", "#,##0,", "1204000"), ("-7", "General", "-7"), ("1.50", "0.00", "1.5"),
        ("1.55", "0.0", None), ("n.a.", "0", None), ("300", "General", "300"),
    ],
)  # fmt: skip
def test_the_number_that_shows_a_token_in_its_format(token: str, code: str, number: str | None) -> None:
    assert stored(token, code) == number


SHEET = (
    '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>31</t></is></c><c r="B1"><v>31</v></c>'
    '<c r="C1"><f>SUM(B1:B1)</f><v>31</v></c><c r="D1" t="b"><v>1</v></c></row></sheetData>'
)


def test_a_formula_is_kept_and_worked_out_again_by_whoever_opens_the_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", SHEET)
    edits = {(1, column): ("31", "13") for column in (1, 2, 3)}
    package = zipfile.ZipFile(io.BytesIO(corrected(path.read_bytes(), "t.xlsx", {"T": edits})))
    sheet = package.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>SUM(B1:B1)</f><v>13</v>" in sheet
    assert '<c r="B1"><v>13</v></c>' in sheet
    assert '<c r="A1" t="inlineStr"><is><t xml:space="preserve">13</t></is></c>' in sheet
    assert 'fullCalcOnLoad="1"' in package.read("xl/workbook.xml").decode()


def test_places_are_counted_from_the_range_that_was_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", SHEET)
    copy = replace(path.read_bytes(), "t.xlsx", Part(sheet="T", range="B1:D9"), {(1, 1): ("31", "13")})
    assert (
        '<c r="B1"><v>13</v></c>'
        in zipfile.ZipFile(io.BytesIO(copy)).read("xl/worksheets/sheet1.xml").decode()
    )


@pytest.mark.parametrize(
    ("column", "old", "new", "told"),
    [
        (2, "30", "13", "T!B1: no longer holds '30'"),
        (4, "TRUE", "13", "T!D1: cannot show '13' in its format"),
        (2, "31", "many", "T!B1: cannot show 'many' in its format"),
        (5, "", "13", "has no cell E1"),
    ],
)
def test_what_cannot_be_corrected_is_told(tmp_path: Path, column: int, old: str, new: str, told: str) -> None:
    path = workbook(tmp_path / "t.xlsx", SHEET)
    with pytest.raises(BadInput, match=told):
        corrected(path.read_bytes(), "t.xlsx", {"T": {(1, column): (old, new)}})


def test_a_text_that_begins_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", SHEET)
    copy = corrected(path.read_bytes(), "t.xlsx", {"T": {(1, 1): ("31", "=1+<1>")}})
    sheet = zipfile.ZipFile(io.BytesIO(copy)).read("xl/worksheets/sheet1.xml").decode()
    assert 't="inlineStr"><is><t xml:space="preserve">=1+&lt;1&gt;</t>' in sheet
