"""Spreadsheets of LibreOffice and of old, tables of web pages and of Word files."""

from __future__ import annotations

from pathlib import Path

import pytest

from amyqa.errors import BadInput
from amyqa.sources import Part, Sheet, docx, html, ods, source_of, xls
from tests.sources.packed import old_workbook, open_document, packed, word


def rows(sheet: Sheet) -> list[tuple[int, tuple[str, ...]]]:
    return [(line.number, line.fields) for line in sheet.lines]


def pages(folder: Path, content: str | bytes) -> list[Sheet]:
    path = folder / "t.html"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return html.sheets(path, "t.html")


# --- OpenDocument ---


def cell(text: str, more: str = "") -> str:
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


def test_a_spreadsheets_cells_are_their_texts(tmp_path: Path) -> None:
    repeated = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/></table:table-row>'
    wide, spaced = 'table:number-columns-spanned="2"', 'Ash<text:s text:c="2"/>Bay'
    formula, twice = 'table:formula="of:=SUM([.A1])"', 'table:number-columns-repeated="2"'
    table = (
        '<table:table table:name="Trade"><table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:visibility="collapse"/>'
        f"<table:table-header-rows><table:table-row>{cell('Port')}"
        f"{cell('Tons', wide)}<table:covered-table-cell/></table:table-row>"
        f"</table:table-header-rows>{repeated}<table:table-row>{cell(spaced)}"
        f"{cell('1,204', formula)}"
        f"{cell('5', twice)}</table:table-row></table:table>"
    )
    [sheet] = ods.sheets(open_document(tmp_path / "t.ods", table), "t.ods")
    assert rows(sheet) == [(1, ("Port", "Tons", "", "")), (1_048_002, ("Ash  Bay", "1,204", "5", "5"))]
    assert [str(box) for box in sheet.merged] == ["B1:C1"]
    assert sheet.formulas == {(1_048_002, 2): "SUM(A1)"}
    assert sheet.notes == ("column is hidden in the file, and taken in: C",)


def test_a_spreadsheets_cell_that_shows_less_than_it_holds_is_told(tmp_path: Path) -> None:
    held = [("12", "12.4"), ("1,204", "1204"), ("5", "5.00000000000001"), ("(3)", "-3")]
    cells = "".join(cell(token, f'office:value="{value}"') for token, value in held)
    table = f"<table:table><table:table-row>{cells}</table:table-row></table:table>"
    [sheet] = ods.sheets(open_document(tmp_path / "t.ods", table), "t.ods")
    assert sheet.rounded == {(1, 1)}


def test_a_row_repeated_a_million_times_is_refused(tmp_path: Path) -> None:
    row = f'<table:table-row table:number-rows-repeated="1000000">{cell("5") * 6}</table:table-row>'
    with pytest.raises(BadInput, match="more than 2,000,000 cells"):
        ods.sheets(open_document(tmp_path / "t.ods", f"<table:table>{row}</table:table>"), "t.ods")


def test_a_spreadsheet_with_a_password_is_told(tmp_path: Path) -> None:
    parts: dict[str, str | bytes] = {
        "META-INF/manifest.xml": "<m><encryption-data/></m>",
        "content.xml": b"\x01",
    }
    with pytest.raises(BadInput, match="protected by a password"):
        ods.sheets(packed(tmp_path / "t.ods", parts | {"content.xml": b"\x01"}), "t.ods")


# --- Excel before 2007 ---


def test_an_old_workbooks_numbers_are_in_their_formats(tmp_path: Path) -> None:
    cells: list[list[str | float]] = [["Port", "Tons"], ["Ash", 38891.00000000001], ["Bay", 0.3577]]
    [sheet] = xls.sheets(old_workbook(tmp_path / "t.xls", cells, ["#,##0", "0.0%"]), "t.xls")
    assert rows(sheet) == [(1, ("Port", "Tons")), (2, ("Ash", "38,891")), (3, ("Bay", "35.8%"))]
    assert sheet.rounded == {(3, 2)}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "damaged, cut off, or no workbook"),
        (b"Port,Tons", "damaged, cut off, or no workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "damaged, cut off, or no workbook"),
        (b"PK\3\4", "give it its own ending: .xlsx"),
    ],
)
def test_what_is_no_old_workbook_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "t.xls"
    path.write_bytes(content)
    with pytest.raises(BadInput) as error:
        xls.sheets(path, "t.xls")
    assert told in str(error.value)


# --- pages ---


def test_cells_that_span_rows_and_columns_leave_the_others_in_their_places(tmp_path: Path) -> None:
    [sheet] = pages(
        tmp_path,
        "<h2>Ports</h2><table><tr><th rowspan=2>Port<th colspan=2>Tons<tr><th>In<th>Out"
        "<tr><td>Ash<br>Bay<td>1<sup>a</sup><td>&nbsp;2<tfoot><tr><td>All<td>1<td>2</tfoot></table>",
    )
    assert rows(sheet) == [
        (1, ("Port", "Tons", "")),
        (2, ("", "In", "Out")),
        (3, ("Ash Bay", "1a", "2")),
        (4, ("All", "1", "2")),
    ]
    assert [str(box) for box in sheet.merged] == ["A1:A2", "B1:C1"]
    assert sheet.title == "Ports"


def test_a_table_inside_a_cell_is_a_table_of_its_own(tmp_path: Path) -> None:
    outer, inner = pages(
        tmp_path,
        "<table><caption>All</caption><tr><td>a<table><tr><td>x<td>y</table><td>b<script>7</script></table>",
    )
    assert (rows(outer), rows(inner)) == ([(1, ("a", "b"))], [(1, ("x", "y"))])
    assert (outer.name, outer.title, inner.name) == ("table 1", "All", "table 2")
    assert rows(html.read(tmp_path / "t.html", "t.html", Part(sheet="table 2"))) == [(1, ("x", "y"))]


@pytest.mark.parametrize(
    ("content", "token"),
    [
        ('<meta charset="windows-1251"><table><tr><td>Город'.encode("cp1251"), "Город"),
        ("<table><tr><td>Ciudad año".encode(), "Ciudad año"),
        ("<table><tr><td>Ciudad".encode("utf-16"), "Ciudad"),
    ],
)
def test_a_page_is_read_as_it_says_that_it_is_written(tmp_path: Path, content: bytes, token: str) -> None:
    [sheet] = pages(tmp_path, content)
    assert rows(sheet) == [(1, (token,))]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<table>\n<tr><td>a\xf1o", "t.html:2: is not UTF-8, and does not say what it is"),
        (b'<meta charset="klingon"><table>', "says that it is written in 'klingon'"),
        (b"<p>no table</p>", "holds no table"),
        (b"", "holds no"),
    ],
)
def test_a_page_that_cannot_be_read_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(BadInput) as error:
        pages(tmp_path, content)
    assert told in str(error.value)


def test_a_cell_that_says_that_it_spans_a_billion_columns_does_no_harm(tmp_path: Path) -> None:
    [sheet] = pages(tmp_path, "<table><tr><td colspan=999999999>a<td>b<tr><td>c<td>d</table>")
    assert sheet.lines[0].fields[0] == "a"


# --- Word ---


def tc(text: str, properties: str = "") -> str:
    runs = f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{runs}</w:tc>"


def test_a_word_files_tables_are_read(tmp_path: Path) -> None:
    nine = "<w:p><w:r><w:t>9</w:t></w:r></w:p>"
    nested = f"<w:tc><w:tbl><w:tr>{tc('x')}{tc('y')}</w:tr></w:tbl>{nine}</w:tc>"
    begins, goes_on, wide = '<w:vMerge w:val="restart"/>', "<w:vMerge/>", '<w:gridSpan w:val="2"/>'
    struck = (
        "<w:tc><w:p><w:del><w:r><w:delText>8</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>7</w:t></w:r></w:ins></w:p></w:tc>"
    )
    body = (
        "<w:p><w:r><w:t>Table 3: Ports</w:t></w:r></w:p><w:tbl>"
        f"<w:tr>{tc('Port', begins)}{tc('Tons', wide)}</w:tr>"
        f"<w:tr>{tc('', goes_on)}{tc('In')}{tc('Out')}</w:tr>"
        f"<w:tr>{tc('Ash')}{nested}{struck}</w:tr></w:tbl>"
    )
    outer, inner = docx.sheets(word(tmp_path / "t.docx", body), "t.docx")
    assert rows(outer) == [(1, ("Port", "Tons", "")), (2, ("", "In", "Out")), (3, ("Ash", "9", "7"))]
    assert sorted(str(box) for box in outer.merged) == ["A1:A2", "B1:C1"]
    assert (outer.title, rows(inner)) == ("Table 3: Ports", [(1, ("x", "y"))])


def test_a_word_file_without_a_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no table"):
        docx.sheets(word(tmp_path / "t.docx", "<w:p/>"), "t.docx")


@pytest.mark.parametrize("name", ["t.xls", "t.ods", "t.html", "t.docx", "t.txt"])
def test_nothing_is_written_into_what_is_no_csv_and_no_workbook_of_today(name: str) -> None:
    with pytest.raises(BadInput):
        source_of(Path(name)).replace(b"", name, Part(), {(1, 1): ("a", "b")})
