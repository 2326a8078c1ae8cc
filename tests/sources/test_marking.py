"""Workbooks with cells marked: what was to be seen is, and nothing else has changed."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill

from amyqa.errors import BadInput
from amyqa.sources.marking import Mark, marked
from tests.sources.packed import OFFICE, RELATIONS, SHEET, packed, workbook

RED, NOTE = "FF9999", "Misprint.\nProposed: 31 → 13. <&> _x0041_"
MARKS = {"Landed": {(3, 2): Mark(RED, NOTE), (4, 2): Mark("FFF2B3")}}

FIRST = "xl/worksheets/sheet1.xml"
ONE = "<sheetData><row><c><v>1</v></c></row></sheetData>"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
    'PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
    'sheet.main+xml"/></Types>'
)
DRAWING = (
    f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r9" Type="{OFFICE}/vmlDrawing" Target="v.vml"/>'
    "</Relationships>"
)


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A workbook with all that a library might lose: a chart, macros, formats by condition, notes, others."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Landed"
    for row in (["Port", "Tons"], ["Ash", 12], ["Bay", 31], ["Total", "=SUM(B2:B3)"]):
        sheet.append(row)
    sheet["B3"].number_format, sheet["B3"].font = "#,##0.0", Font(bold=True, name="Courier")
    sheet["A1"].comment = Comment("all ports", "an editor")
    sheet.conditional_formatting.add("B2:B3", CellIsRule("greaterThan", ["20"], fill=PatternFill("solid")))
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3))
    sheet.add_chart(chart, "D2")
    book.create_sheet("Notes")["A1"] = "words"
    path = tmp_path / "ports.xlsm"
    book.save(path)
    parts = {name: zipfile.ZipFile(path).read(name) for name in zipfile.ZipFile(path).namelist()}
    return packed(path, {**parts, "xl/vbaProject.bin": b"\xcc\x61macros"})


def test_marked_cells_are_coloured_and_noted_and_all_else_is_as_it_was(full: Path) -> None:
    content = marked(full, "ports.xlsm", MARKS)
    old, new = (openpyxl.load_workbook(f, keep_vba=True) for f in (full, io.BytesIO(content)))
    for sheet in old.worksheets:
        for cell in (cell for row in sheet for cell in row):
            copy = new[sheet.title][cell.coordinate]
            place = MARKS.get(sheet.title, {}).get((cell.row or 0, cell.column or 0))
            assert (copy.value, copy.number_format) == (cell.value, cell.number_format)
            assert (repr(copy.font), repr(copy.border)) == (repr(cell.font), repr(cell.border))
            assert copy.fill.fgColor.rgb == (f"FF{place.color}" if place else cell.fill.fgColor.rgb)
    note = new["Landed"]["B3"].comment
    assert note is not None
    assert (note.text, note.author) == (NOTE, "amyqa")
    assert new["Landed"]["A1"].comment.text == "all ports"
    assert len(new["Landed"].conditional_formatting) == 1


def test_parts_that_are_not_marked_are_copied_byte_for_byte(full: Path) -> None:
    before, after = (zipfile.ZipFile(f) for f in (full, io.BytesIO(marked(full, "ports.xlsm", MARKS))))
    changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
    notes = {"xl/comments/comment1.xml", "xl/drawings/commentsDrawing1.vml"}
    assert changed == {"xl/styles.xml", FIRST, *notes}
    # of the sheet only the two cells' styles are others
    plain = [
        re.sub(rb'(<c r="B[34]") s="\d+"|(<c r="B[34]")', rb"\1\2", z.read(FIRST)) for z in (before, after)
    ]
    assert plain[0] == plain[1]


def test_a_note_goes_below_the_one_that_is_there(full: Path) -> None:
    content = marked(full, "ports.xlsm", {"Landed": {(1, 1): Mark(RED, "Wrong.")}})
    comment = openpyxl.load_workbook(io.BytesIO(content))["Landed"]["A1"].comment
    assert comment is not None
    assert comment.text == "all ports\nWrong."


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_sheet_as_another_program_writes_it_is_marked(tmp_path: Path, prefix: str, encoding: str) -> None:
    space = f'xmlns{":x" if prefix else ""}="{SHEET}"'
    body = (
        "<sheetData><!-- <c r='A1'/> --><row><c t='inlineStr'><is><t>é > ï</t></is></c><c><v>1</v></c></row>"
        "<row r='5'><c  r = 'B5'\n s='0'><v>2</v></c></row></sheetData>"
        "<tableParts count='0'/>"
    )
    body = re.sub(r"<(/?)(?=\w)", rf"<\1{prefix}", body)
    sheet = (
        f"<?xml version='1.0' encoding='{encoding}'?><{prefix}worksheet {space}>{body}</{prefix}worksheet>"
    )
    more: dict[str, str | bytes] = {FIRST: sheet.encode(encoding), "[Content_Types].xml": TYPES}
    path = workbook(tmp_path / "t.xlsx", "", **more)
    content = marked(path, "t.xlsx", {"T": {(1, 2): Mark(RED, "one"), (5, 2): Mark(RED, "two")}})
    written = zipfile.ZipFile(io.BytesIO(content)).read(FIRST).decode()
    assert written.index("legacyDrawing") < written.index("tableParts")
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [book["T"][name] for name in ("A1", "B1", "B5")]
    assert [cell.value for cell in cells] == ["é > ï", 1, 2]
    assert [cell.fill.fgColor.rgb for cell in cells] == ["00000000", f"FF{RED}", f"FF{RED}"]
    assert [cell.comment.text if cell.comment else "" for cell in cells] == ["", "one", "two"]


def test_what_a_file_says_about_itself_cannot_break_a_note(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", ONE, **{"[Content_Types].xml": TYPES})
    content = marked(path, "t.xlsx", {"T": {(1, 1): Mark(RED, "a\x00b\x1b[31m\ud800 </t>" + "x" * 9000)}})
    comment = openpyxl.load_workbook(io.BytesIO(content))["T"]["A1"].comment
    assert comment is not None
    assert comment.text.startswith(r"a\x00b\x1b[31m\ud800 </t>x")
    assert len(comment.text) <= 2_000


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"_xmlsignatures/origin.sigs": ""}, "is signed"),
        ({FIRST: "<!DOCTYPE x [<!ENTITY e 'e'>]><worksheet>&e;</worksheet>"}, "damaged"),
        ({FIRST: "<worksheet><row"}, "damaged"),
        ({"xl/worksheets/_rels/sheet1.xml.rels": DRAWING, "xl/worksheets/v.vml": "<br><b>"}, "has notes"),
    ],
)
def test_a_workbook_that_cannot_be_marked_is_refused(tmp_path: Path, more: dict[str, str], told: str) -> None:
    path = workbook(tmp_path / "t.xlsx", ONE, **more)
    with pytest.raises(BadInput, match=told):
        marked(path, "t.xlsx", {"T": {(1, 1): Mark(RED, "wrong")}})


def test_other_formats_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"only \.xlsx and \.xlsm are"):
        marked(tmp_path / "t.ods", "t.ods", {"T": {(1, 1): Mark(RED)}})


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
def test_libreoffice_opens_a_marked_copy(full: Path, tmp_path: Path) -> None:
    copy = tmp_path / "marked.xlsm"
    copy.write_bytes(marked(full, "ports.xlsm", MARKS))
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "fods", "--outdir", str(tmp_path), str(copy)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    text = (tmp_path / "marked.fods").read_text(encoding="utf-8")
    assert text.count("<office:annotation ") == 2
    assert "Proposed: 31 → 13. &lt;&amp;&gt;" in text
    assert "of:=SUM([.B2:.B3])" in text
    assert "#ff9999" in text
