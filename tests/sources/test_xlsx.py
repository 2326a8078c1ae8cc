"""Workbooks: tokens as a reader sees them, and nothing that a stranger sends does harm."""

from __future__ import annotations

import time
from pathlib import Path

import openpyxl
import pytest

from amyqa.errors import BadInput
from amyqa.sources import Part, Sheet, xlsx
from tests.sources.packed import SHEET, packed, workbook


def first(path: Path) -> Sheet:
    [sheet] = xlsx.sheets(path, "t.xlsx")
    return sheet


def rows(sheet: Sheet) -> list[tuple[int, tuple[str, ...]]]:
    return [(line.number, line.fields) for line in sheet.lines]


def refused(path: Path) -> str:
    with pytest.raises(BadInput) as told:
        xlsx.sheets(path, "t.xlsx")
    return str(told.value)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Two tables and a hidden sheet, as Excel writes them."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Table 4"
    sheet["B2"] = "Workers, by sex"
    sheet.merge_cells("B2:D2")
    for column, label in zip("BCD", ("Year", "Men", "Share"), strict=True):
        sheet[f"{column}4"] = label
    for row, (year, men, share) in enumerate([(2004, 38891.00000000001, 0.3577), (2005, -12, 1)], 5):
        sheet[f"B{row}"], sheet[f"C{row}"], sheet[f"D{row}"] = year, men, share
        sheet[f"C{row}"].number_format = "#,##0;(#,##0)"
        sheet[f"D{row}"].number_format = "0.0%"
    sheet.row_dimensions[6].hidden = True
    sheet.column_dimensions["D"].hidden = True
    more = book.create_sheet("Notes")
    more["A1"] = "only words"
    secret = book.create_sheet("Work")
    secret.sheet_state = "hidden"
    secret["A1"] = 5
    book.create_sheet("Empty")
    path = tmp_path / "t.xlsx"
    book.save(path)
    return path


def test_tokens_are_what_a_reader_sees(book: Path) -> None:
    table, notes, work = xlsx.sheets(book, "t.xlsx")
    assert rows(table) == [
        (2, ("Workers, by sex", "", "")),
        (4, ("Year", "Men", "Share")),
        (5, ("2004", "38,891", "35.8%")),
        (6, ("2005", "(12)", "100.0%")),
    ]
    assert (table.name, notes.name, work.is_hidden) == ("Table 4", "Notes", True)
    assert [str(box) for box in table.merged] == ["B2:D2"]
    assert table.origin.address(6, 2) == "'Table 4'!C6"
    assert notes.origin.address(1, 1) == "Notes!A1"


def test_what_is_hidden_or_rounded_is_told(book: Path) -> None:
    table, _, work = xlsx.sheets(book, "t.xlsx")
    assert table.notes == (
        "row is hidden in the file, and taken in: 6",
        "column is hidden in the file, and taken in: D",
        "1 cell holds more digits than they show; what they show is taken in",
    )
    assert work.notes == ("the sheet is hidden",)


def test_a_sheet_and_cells_of_it_are_named(book: Path) -> None:
    sheet = xlsx.read(book, "t.xlsx", Part(sheet="table 4", range="B4:C5"))
    assert rows(sheet) == [(4, ("Year", "Men")), (5, ("2004", "38,891"))]
    assert sheet.origin.address(5, 2) == "'Table 4'!C5"
    with pytest.raises(BadInput, match=r"has no sheet 'Table 5' .did you mean 'Table 4'"):
        xlsx.read(book, "t.xlsx", Part(sheet="Table 5"))
    with pytest.raises(BadInput, match="'4B' is no range of cells"):
        xlsx.read(book, "t.xlsx", Part(range="4B"))


def test_formulas_are_kept_with_their_results(tmp_path: Path) -> None:
    cells = (
        '<sheetData><row r="1"><c r="A1"><v>1</v></c><c r="B1"><f t="shared" ref="B1:B2" si="0">A1+$A$1</f>'
        '<v>2</v></c></row><row r="2"><c r="A2"><v>4</v></c><c r="B2"><f t="shared" si="0"/><v>5</v></c>'
        '<c r="C2"><f>SUM(A1:A2)</f></c></row></sheetData>'
    )
    sheet = first(workbook(tmp_path / "t.xlsx", cells))
    assert rows(sheet) == [(1, ("1", "2")), (2, ("4", "5"))]
    assert sheet.formulas == {(1, 2): "A1+$A$1", (2, 2): "A2+$A$1"}
    assert "1 formula has no stored result" in sheet.notes[0]


def test_every_kind_of_cell_is_read(tmp_path: Path) -> None:
    cells = (
        '<sheetData><row><c t="s"><v>0</v></c>'
        '<c t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c>'
        '<c t="b"><v>1</v></c><c t="e"><v>#DIV/0!</v></c>'
        '<c t="str"><v>text</v></c><c s="9"><v>7</v></c></row></sheetData>'
    )
    strings = f'<sst xmlns="{SHEET}"><si><t>a_x000D_b</t><rPh><t>said</t></rPh></si></sst>'
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="r2" Type="x/sharedStrings" Target="/xl/s.xml"/>'
        '<Relationship Id="r3" Type="x/worksheet" TargetMode="External" Target="http://example.org/t"/>'
        "</Relationships>"
    )
    path = workbook(
        tmp_path / "t.xlsx", cells, **{"xl/s.xml": strings, "xl/_rels/workbook.xml.rels": relations}
    )
    assert rows(first(path)) == [(1, ("a\rb", "inline", "TRUE", "#DIV/0!", "text", "7"))]


def test_a_number_is_replaced_in_its_format_and_nothing_else(book: Path) -> None:
    raw = book.read_bytes()
    edits = {(5, 2): ("38,891", "38,819"), (6, 2): ("(12)", "(21)"), (5, 3): ("35.8%", "38.5%")}
    book.write_bytes(xlsx.replace(raw, "t.xlsx", Part(sheet="Table 4"), edits))
    assert rows(xlsx.sheets(book, "t.xlsx")[0])[2:] == [
        (5, ("2004", "38,819", "38.5%")),
        (6, ("2005", "(21)", "100.0%")),
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("38,890", "5", "t.xlsx 'Table 4'!C5: no longer holds '38,890'"),
        ("38,891", "5.5", "cannot show '5.5' in its format"),
        ("38,891", "five", "cannot show 'five' in its format"),
    ],
)
def test_a_number_that_cannot_be_replaced_is_told(book: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(BadInput) as error:
        xlsx.replace(book.read_bytes(), "t.xlsx", Part(sheet="Table 4"), {(5, 2): (old, new)})
    assert told in str(error.value)


# --- what a stranger sends ---


def test_a_damaged_file_is_told(book: Path, tmp_path: Path) -> None:
    whole = book.read_bytes()
    path = tmp_path / "cut.xlsx"
    path.write_bytes(whole[: len(whole) // 2])
    assert "is not a whole workbook: the file is damaged or cut off" in refused(path)
    path.write_bytes(b"Year,Men\n")
    assert "is not a workbook" in refused(path)
    path.write_bytes(b"")
    assert "is not a workbook" in refused(path)
    assert "lacks its part xl/workbook.xml" in refused(packed(path, {"other": "x"}))
    assert "is no XML" in refused(workbook(path, "<sheetData><row>"))
    bad = workbook(path, '<sheetData><row r="x"><c><v>1</v></c></row></sheetData>')
    assert "is not as a workbook's should be" in refused(bad)


def test_a_file_with_a_password_or_of_before_2007_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    path.write_bytes(old + "EncryptedPackage".encode("utf-16-le"))
    assert "is protected by a password (save a copy without one)" in refused(path)
    path.write_bytes(old)
    assert "one of before 2007" in refused(path)


def test_entities_are_not_read(tmp_path: Path) -> None:
    bomb = (
        '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        f'<worksheet xmlns="{SHEET}"><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>'
    )
    path = workbook(tmp_path / "t.xlsx", "", **{"xl/worksheets/sheet1.xml": bomb})
    assert "declares entities" in refused(path)


def test_what_unpacks_to_too_much_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", "<sheetData>" + " " * 40_000_000 + "</sheetData>")
    begin = time.process_time()
    assert "unpacks to 40,0" in refused(path)
    assert time.process_time() - begin < 2


def test_formatted_rows_and_columns_without_content_cost_nothing(tmp_path: Path) -> None:
    empty = "".join(
        f'<row r="{n}" s="1" customFormat="1"><c r="XFD{n}" s="1"/></row>' for n in range(2, 60_000)
    )
    cells = f'<sheetData><row r="1"><c r="A1"><v>1</v></c></row>{empty}</sheetData>'
    assert rows(first(workbook(tmp_path / "t.xlsx", cells))) == [(1, ("1",))]


def test_few_cells_far_apart_are_no_table_of_millions(tmp_path: Path) -> None:
    far = "".join(
        f'<row r="{n}"><c r="{"A" if n % 2 else "XFD"}{n}"><v>1</v></c></row>' for n in range(1, 400)
    )
    path = workbook(tmp_path / "t.xlsx", f"<sheetData>{far}</sheetData>")
    assert "spans 399 rows and 16,384 columns" in refused(path)
