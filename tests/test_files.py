"""From the file that an editor has to a report: workbooks and text taken in, checked, and proved."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import yaml

from amyqa.errors import Untraced
from amyqa.pipeline import trace_yearbook
from tests.conftest import Run
from tests.sources.packed import packed

ROWS: list[list[str | float]] = [
    ["Port", "All", "Boats", "Ships"],
    ["Ash", 1204.00000000001, 204, 1000],
    ["Bay", 96, 90, 6],
    ["Cove", 351, 301, 50],
    ["Dune", 77, 70, 7],
    ["Total", 1782, 665, 1063],
]
TEXT = """
TONS LANDED, BY PORT

 Port All Boats Ships
 Ash 1,204 204 1,000
 Bay 96 90 6
 Cove 315 301 50
 Dune 77 70 7
 Total 1,728 665 1,063
"""


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Two sheets, in the first of which a number is misprinted (351) and carried into its total."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Table 4"
    for number, row in enumerate(ROWS):
        for column, value in enumerate(row):
            sheet.cell(number + 3, column + 2, value).number_format = "#,##0"
    sheet["B1"] = "Table 4. Tons landed, by port"
    sheet["D6"] = 310
    notes = book.create_sheet("Notes")
    notes["A1"] = "words"
    path = tmp_path / "Chapter 4.xlsx"
    book.save(path)
    return path


def test_a_workbook_is_checked_as_it_is(run: Run, workbook: Path, tmp_path: Path) -> None:
    before = workbook.read_bytes(), sorted(tmp_path.rglob("*"))
    told = run("check", workbook, "--engine", "duckdb")
    assert told.code == 1
    assert "Chapter 4.xlsx: 1 table found" in told.err
    assert "Notes: no table" in told.err
    assert "Chapter 4.xlsx 'Table 4'!" in told.out.replace("\n", " ")
    assert (workbook.read_bytes(), sorted(tmp_path.rglob("*"))) == before


def test_a_report_holds_the_workbook_with_its_misprints_marked(
    run: Run, workbook: Path, tmp_path: Path
) -> None:
    before = workbook.read_bytes()
    told = run("check", workbook, "--engine", "duckdb", "--report", tmp_path / "report")
    copy = tmp_path / "report/Chapter 4.marked.xlsx"
    assert "Chapter 4.marked.xlsx" in told.err
    cells = [cell for row in openpyxl.load_workbook(copy)["Table 4"] for cell in row]
    wrong = {c.coordinate: c.comment.text for c in cells if c.comment and c.fill.fgColor.rgb == "FFFF9999"}
    assert wrong.keys() == {"C8", "D6"}
    assert wrong["D6"].startswith("Misprint.\nProposed: 310 → 301.")
    assert workbook.read_bytes() == before


def test_a_workbook_that_cannot_be_marked_has_its_report_all_the_same(
    run: Run, workbook: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(workbook, "a") as package:
        package.writestr("_xmlsignatures/origin.sigs", "")
    told = run("check", workbook, "--engine", "duckdb", "--report", tmp_path / "report")
    assert (told.code, "no marked copy: is signed" in told.err) == (1, True)
    assert {path.suffix for path in (tmp_path / "report").iterdir()} >= {".html", ".json"}


def test_a_workbook_is_corrected_in_a_copy_that_keeps_its_formulas(
    run: Run, workbook: Path, tmp_path: Path
) -> None:
    before = workbook.read_bytes()
    told = run("fix", workbook, "--to", tmp_path / "to", "--at-least", "0.5", "--engine", "duckdb")
    assert told.code == 0, told.err
    assert "Cove, Boats: 310 → 301" in told.out
    copy = openpyxl.load_workbook(tmp_path / "to/Chapter 4.xlsx")
    assert copy["Table 4"]["D6"].value == 301
    assert (copy["Table 4"]["D6"].number_format, copy["Notes"]["A1"].value) == ("#,##0", "words")
    assert "Chapter-4,Cove,Boats" in (tmp_path / "to/changes.csv").read_text()
    assert workbook.read_bytes() == before
    again = run("fix", workbook, "--to", tmp_path / "to", "--at-least", "0.5", "--engine", "duckdb")
    assert again.code == 0, again.err
    (tmp_path / "to/Chapter 4.xlsx").write_bytes(b"mine")
    refused = run("fix", workbook, "--to", tmp_path / "to", "--at-least", "0.5", "--engine", "duckdb")
    assert (refused.code, "is not overwritten" in refused.err) == (2, True)


def test_a_misprint_that_a_formula_gives_is_told_and_not_overwritten(
    run: Run, workbook: Path, tmp_path: Path
) -> None:
    file = tmp_path / "computed.xlsx"
    parts = {name: zipfile.ZipFile(workbook).read(name) for name in zipfile.ZipFile(workbook).namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    cell = re.compile(rb'(<c r="D6"[^>]*>)(<v>310)')
    packed(file, {**parts, sheet: cell.sub(rb"\1<f>300+10</f>\2", parts[sheet])})
    told = run("fix", file, "--to", tmp_path / "to", "--at-least", "0.5", "--engine", "duckdb")
    assert told.code == 0, told.err
    assert "'Table 4'!D6 is computed: its formula is what to correct" in " ".join(told.out.split())


def test_what_cannot_be_written_to_is_told_and_the_others_are_corrected(
    run: Run, workbook: Path, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    run("init", book)
    catch = "Port,Boats,Ships,All\nAsh,120,80,200\nBay,310,45,355\nCove,52,68,102\nTotal,482,193,675\n"
    rows = "".join(
        f"<tr><td>{port}<td>{boats}<td>{ships}<td>{both}"
        for port, boats, ships, both in (row.split(",") for row in catch.splitlines())
    )
    page = book / "data/2024/example/catch.html"
    page.write_text(f"<table>{rows}</table>")
    spec = {
        "title": "Tons landed", "family": "general", "rows": {"dimension": "port", "total": "Total"},
        "identities": {"in every row": ["All = Boats + Ships"],
                       "in every column": {"Total": ["Ash", "Bay", "Cove"]}},
    }  # fmt: skip
    page.with_suffix(".yaml").write_text(yaml.safe_dump(spec))
    csv = book / "data/2024/example/port.csv"
    csv.write_text(
        "Port,Boats,Ships,All\nAsh,120,80,200\nBay,310,45,355\nCove,52,68,102\nTotal,482,193,675\n"
    )
    csv.with_suffix(".yaml").write_text(yaml.safe_dump(spec))
    told = run("fix", "--to", tmp_path / "to", "--at-least", "0.5", "--engine", "duckdb", cwd=book)
    assert told.code == 0, told.err
    said = " ".join(told.out.split())
    assert "catch.html is not written to, as no .html file is: correct the cell there by hand" in said
    assert "102" not in (tmp_path / "to/data/2024/example/port.csv").read_text()


@pytest.mark.parametrize(("name", "told"), [("a.txt", "only .xlsx and .xlsm"), ("a.xlsx", "with --to")])
def test_what_is_of_no_yearbook_is_corrected_only_in_copies_of_workbooks(
    run: Run, workbook: Path, tmp_path: Path, name: str, told: str
) -> None:
    file = tmp_path / name
    file.write_bytes(workbook.read_bytes())
    said = run("fix", file, *(["--in-place"] if name.endswith("x") else ["--to", tmp_path / "to"]))
    assert (said.code, told in said.err) == (2, True)


def test_a_copied_text_is_checked_as_it_is(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "chapter.txt"
    path.write_text(TEXT)
    told = run("check", path, "--engine", "duckdb", "--format", "json")
    assert told.code == 1
    assert '"line": 7' in told.out
    assert "chapter.txt: 1 table found" in told.err


def test_a_folder_of_files_is_checked_and_what_cannot_be_read_is_told(
    run: Run, workbook: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK")
    told = run("check", tmp_path, "--engine", "duckdb")
    assert told.code == 2
    assert "is not a whole workbook: the file is damaged" in " ".join(told.out.split())


def test_files_have_no_commit_to_compare_with(run: Run, workbook: Path) -> None:
    told = run("check", workbook, "--since", "HEAD")
    assert told.code == 2
    assert "--since compares yearbooks" in told.err


def test_the_tables_of_a_workbook_become_part_of_a_yearbook_and_are_proved(
    run: Run, workbook: Path, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    assert run("init", book).code == 0
    told = run("new", workbook, "--edition", "2024", "--chapter", "ports", cwd=book)
    assert told.code == 0, told.err
    csv = book / "data/2024/ports/Chapter-4.csv"
    assert csv.read_text().splitlines()[:2] == ["Port,All,Boats,Ships", 'Ash,"1,204",204,"1,000"']
    said = yaml.safe_load(csv.with_suffix(".yaml").read_text())
    assert said["title"] == "Table 4. Tons landed, by port"
    source = said["source"]
    assert (source["document"], source["sheet"]) == ("seeds/Chapter 4.xlsx", "Table 4")
    assert (source["columns"], source["lines"], source["header"]) == ("B-E", "4-8", "3")
    assert (book / "seeds/Chapter 4.xlsx").read_bytes() == workbook.read_bytes()
    assert trace_yearbook(book)[0] == {"2024/ports/Chapter-4": 15}
    csv.write_text(csv.read_text().replace("96", "69"))
    with pytest.raises(Untraced, match=r"'69' is not what seeds/Chapter 4\.xlsx holds at 'Table 4'!C5: '96'"):
        trace_yearbook(book)


def test_a_document_that_was_exchanged_is_told(run: Run, workbook: Path, tmp_path: Path) -> None:
    book = tmp_path / "book"
    run("init", book)
    run("new", workbook, "--edition", "2024", "--chapter", "ports", cwd=book)
    (book / "seeds/Chapter 4.xlsx").write_bytes(b"another")
    with pytest.raises(Untraced, match="is not the document that 2024/ports/Chapter-4 was taken from"):
        trace_yearbook(book)
    again = run("new", workbook, "--edition", "2025", "--chapter", "ports", cwd=book)
    assert (again.code, "is there already, and is another file" in again.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--lines", "a-b"), "--lines a-b is no range of numbers"),
        (("--sheet", "Table 5"), "has no sheet 'Table 5'"),
        (("--table", "2"), "has no table 2: 1 found"),
    ],
)
def test_a_choice_of_nothing_is_told(
    run: Run, workbook: Path, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    book = tmp_path / "book"
    run("init", book)
    said = run("new", workbook, *arguments, cwd=book)
    assert (said.code, told in said.err) == (2, True)


def test_a_workbook_may_stand_in_the_place_of_a_csv(run: Run, workbook: Path, tmp_path: Path) -> None:
    book = tmp_path / "book"
    run("init", book)
    place = book / "data/2024/example/catch.xlsx"
    place.write_bytes(workbook.read_bytes())
    other = book / "data/2024/example/picture.xlsx"
    other.write_bytes(b"of no table")
    spec = {
        "title": "Tons landed", "family": "general", "sheet": "Table 4", "range": "B3:E8",
        "rows": {"dimension": "port", "total": "Total"},
        "identities": {"in every row": ["All = Boats + Ships"]},
    }  # fmt: skip
    place.with_suffix(".yaml").write_text(yaml.safe_dump(spec))
    told = run("check", place, "--engine", "duckdb", "--format", "json", cwd=book)
    assert told.code == 1, told.err
    [cell] = [
        finding["cells"][0]
        for finding in json.loads(told.out)["findings"]
        if finding["cells"][0]["row"] == "Cove"
    ]
    assert (cell["file"], cell["address"]) == ("data/2024/example/catch.xlsx", "'Table 4'!C6")
    run("check", place, "--engine", "duckdb", "--report", tmp_path / "report", cwd=book)
    copy = openpyxl.load_workbook(tmp_path / "report/catch.marked.xlsx")
    cells = [cell for row in copy["Table 4"] for cell in row if cell.fill.fgColor.rgb != "00000000"]
    assert [cell.coordinate for cell in cells] == ["D6", "C8"]
    told = run("fix", place, "--to", tmp_path / "to", "--at-least", "0.5", "--engine", "duckdb", cwd=book)
    assert told.code == 0, told.err
    corrected = openpyxl.load_workbook(tmp_path / "to/data/2024/example/catch.xlsx")
    assert corrected["Table 4"]["D6"].value == 301
    place.with_suffix(".html").write_text("<table><tr><td>Port<td>All<tr><td>Ash<td>1</table>")
    told = run("check", book, "--engine", "duckdb")
    assert (told.code, "are both the CSV of one table" in " ".join(told.out.split())) == (2, True)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("sheet", "Table 5", "has no sheet 'Table 5'"),
        ("range", "B3", "has a header and no rows"),
        ("range", "3B:E8", "is no range of cells"),
    ],
)
def test_a_sheet_or_range_that_is_not_there_is_told(
    run: Run, workbook: Path, tmp_path: Path, key: str, value: str, told: str
) -> None:
    book = tmp_path / "book"
    run("init", book)
    place = book / "data/2024/example/catch.xlsx"
    place.write_bytes(workbook.read_bytes())
    spec = {"title": "Tons landed", "family": "general", "sheet": "Table 4", "range": "B3:E8", key: value}
    place.with_suffix(".yaml").write_text(yaml.safe_dump(spec))
    said = run("check", place, "--engine", "duckdb", cwd=book)
    assert said.code == 2
    assert told in " ".join((said.err + said.out).split())


def test_a_misprint_in_a_workbook_is_corrected_and_all_else_of_it_kept(
    run: Run, workbook: Path, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    run("init", book)
    place = book / "data/2024/example/catch.xlsx"
    place.write_bytes(workbook.read_bytes())
    spec = {
        "title": "Tons landed", "family": "general", "sheet": "Table 4", "range": "B3:E8",
        "rows": {"dimension": "port", "total": "Total"},
        "columns": {"All": {"kind": "all"}, "Boats": {"kind": "boats"}, "Ships": {"kind": "ships"}},
        "identities": {
            "in every row": ["All = Boats + Ships"],
            "in every column": {"Total": ["Ash", "Bay", "Cove", "Dune"]},
        },
    }  # fmt: skip
    place.with_suffix(".yaml").write_text(yaml.safe_dump(spec))
    told = run("fix", "--to", tmp_path / "out", cwd=book)
    assert told.code == 0, told.err
    copy = tmp_path / "out/data/2024/example/catch.xlsx"
    before, after = openpyxl.load_workbook(place), openpyxl.load_workbook(copy)
    changed = {
        cell.coordinate: (cell.value, after["Table 4"][cell.coordinate].value)
        for row in before["Table 4"].iter_rows()
        for cell in row
        if cell.value != after["Table 4"][cell.coordinate].value
    }
    assert changed, told.out
    assert all(after["Table 4"][cell].number_format == "#,##0" for cell in changed)
    with zipfile.ZipFile(place) as old, zipfile.ZipFile(copy) as new:
        same = [name for name in old.namelist() if old.read(name) == new.read(name)]
        assert set(old.namelist()) - set(same) == {"xl/worksheets/sheet1.xml"}
