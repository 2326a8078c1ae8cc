"""Whatever is in a file, it is sheets or an error in words: never a traceback, never a wait."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amyqa.errors import BadInput
from amyqa.sources import source_of
from tests.sources.packed import old_workbook, open_document, pdf, word, workbook
from tests.sources.test_pdf import LINES, placed

ENDINGS = [".xlsx", ".xls", ".ods", ".html", ".docx", ".txt", ".pdf", ".csv"]


@cache
def whole(ending: str) -> bytes:
    """A small file that can be read."""
    path = Path(mkdtemp()) / f"t{ending}"
    if ending == ".xlsx":
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        rows: list[list[str | float]] = [["Port", "In"], ["Ash", 1.5], ["Bay", "=A1"]]
        for row in rows:
            sheet.append(row)
        sheet.merge_cells("A2:A3")
        sheet["B2"].number_format = "#,##0.00;(0.0)"
        book.save(path)
    elif ending == ".xls":
        old_workbook(path, [["Port", "In"], ["Ash", 1.5]], ["0.0"])
    elif ending == ".ods":
        cells = "<table:table-cell><text:p>5</text:p></table:table-cell>" * 2
        open_document(path, f"<table:table><table:table-row>{cells}</table:table-row></table:table>")
    elif ending == ".html":
        path.write_text("<meta charset=utf-8><table><tr><td rowspan=2>a<td colspan=3>b<tr><td>1</table>")
    elif ending == ".docx":
        word(path, "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>5</w:t></w:r></w:p></w:tc></w:tr></w:tbl>")
    elif ending == ".pdf":
        pdf(path, [placed(LINES)])
    else:
        path.write_text("\n".join(LINES) if ending == ".txt" else "Port,In\nAsh,1\nBay,2\n")
    return path.read_bytes()


def read(folder: Path, ending: str, content: bytes) -> None:
    path = folder / f"hostile{ending}"
    path.write_bytes(content)
    with suppress(BadInput):
        for sheet in source_of(path).sheets(path, "t"):
            assert sheet.lines


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_beginning_of_a_file_is_read_or_refused(tmp_path: Path, ending: str) -> None:
    content = whole(ending)
    for size in range(0, len(content), max(len(content) // 40, 1)):
        read(tmp_path, ending, content[:size])


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_with_some_bytes_changed_is_read_or_refused(
    tmp_path: Path, ending: str, data: st.DataObject
) -> None:
    content = bytearray(whole(ending))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    read(tmp_path, ending, bytes(content))


PARTS = {
    ".xlsx": '<sheetData><row r="1"><c r="A1" t="s" s="0"><f t="shared" si="0">A2+1</f><v>1</v></c></row>'
    '</sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells>'
    '<cols><col min="1" max="2" hidden="1"/></cols>',
    ".ods": '<table:table table:name="T"><table:table-row table:number-rows-repeated="2"><table:table-cell '
    'table:number-columns-spanned="2" office:value="1"><text:p>5</text:p></table:table-cell>'
    "</table:table-row></table:table>",
    ".docx": '<w:tbl><w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr><w:tc><w:tcPr><w:gridSpan w:val="2"/>'
    '<w:vMerge w:val="restart"/></w:tcPr><w:p><w:r><w:t>5</w:t></w:r></w:p></w:tc></w:tr></w:tbl>',
}


@pytest.mark.parametrize("ending", PARTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_xml_with_some_characters_changed_is_read_or_refused(
    tmp_path: Path, ending: str, data: st.DataObject
) -> None:
    text = PARTS[ending]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text) - 1))
        text = text[:at] + data.draw(st.sampled_from('0123456789-AZ"<>/= x')) + text[at + 1 :]
    path = tmp_path / f"t{ending}"
    if ending == ".xlsx":
        workbook(path, text)
    else:
        (open_document if ending == ".ods" else word)(path, text)
    read(tmp_path, ending, path.read_bytes())


@pytest.mark.parametrize("ending", ENDINGS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(tmp_path: Path, ending: str, content: bytes) -> None:
    read(tmp_path, ending, content)
