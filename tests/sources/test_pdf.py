"""Tables of PDFs: by the places of the characters, whatever the order in the file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pypdf import PdfWriter

from amyqa.errors import BadInput, Untraced
from amyqa.pipeline import trace_yearbook
from amyqa.sources import Part, Sheet, pdf
from amyqa.sources.pages import Pages
from tests.conftest import Run
from tests.sources.packed import Placed
from tests.sources.packed import pdf as written

LINES = [
    "TABLE 7: CATCH BY PORT AND YEAR",
    "",
    "                      North           South",
    "Port               2003    2004    2003    2004",
    "Ash Point         1,204      17   2,000       -",
    "Bay                  96              31       5",
    "Islands",
    "Cove (2 quays)    1,300      17   2,031      12",
    "Source: the ports of the year 2004, as they told it",
]


def placed(lines: list[str], top: float = 560) -> list[Placed]:
    """Lines as they stand on a page: a character is 5.4 points wide; the last words are written first."""
    found: list[Placed] = []
    for number, line in enumerate(lines):
        at = 0
        for word in line.split(" "):
            if word:
                found.append((40 + 5.4 * at, top - 12 * number, word))
            at += len(word) + 1
    return found[::-1]


def rows(sheet: Sheet) -> list[tuple[str, ...]]:
    return [line.fields for line in sheet.lines]


def refused(path: Path, within: tuple[int, int] | None = None) -> str:
    with pytest.raises(BadInput) as told:
        pdf.sheets(path, "t.pdf", within)
    return str(told.value)


@pytest.mark.parametrize("turned", [False, True])
def test_a_table_is_read_by_the_places_of_its_characters(tmp_path: Path, turned: bool) -> None:
    [sheet] = pdf.sheets(written(tmp_path / "t.pdf", [placed(LINES)], turned=turned), "t.pdf")
    assert rows(sheet)[1:] == [
        ("Ash Point", "1,204", "17", "2,000", "-"),
        ("Bay", "96", "", "31", "5"),
        ("Islands", "", "", "", ""),
        ("Cove (2 quays)", "1,300", "17", "2,031", "12"),
    ]
    assert rows(sheet)[0][0] == "Port"
    assert [label[-4:] for label in rows(sheet)[0][1:]] == ["2003", "2004", "2003", "2004"]
    assert sheet.title == "TABLE 7: CATCH BY PORT AND YEAR"
    assert (sheet.name, sheet.origin.address(sheet.lines[1].number, 2)) == ("page 1, table 1", "page 1")


def test_a_table_goes_on_over_a_page_where_its_header_stands_again(tmp_path: Path) -> None:
    more = [
        *LINES[2:4],
        "Dune                  7       8       9      10",
        "Elm                  11      12       -      13",
    ]
    [sheet] = pdf.sheets(written(tmp_path / "t.pdf", [placed(LINES), placed(more)]), "t.pdf")
    assert [fields[0] for fields in rows(sheet)] == [
        "Port", "Ash Point", "Bay", "Islands", "Cove (2 quays)", "Dune", "Elm",
    ]  # fmt: skip
    assert [sheet.origin.address(line.number, 1) for line in sheet.lines[4:6]] == ["page 1", "page 2"]


def test_pages_can_be_chosen_and_keep_their_numbers(tmp_path: Path) -> None:
    path = written(tmp_path / "t.pdf", [placed(["words"]), placed(LINES), placed(["words"])])
    [whole], [chosen] = pdf.sheets(path, "t.pdf"), pdf.sheets(path, "t.pdf", (2, 2))
    assert whole == chosen
    assert rows(pdf.read(path, "t.pdf", Part(sheet="page 2, table 1"))) == rows(whole)
    assert "has no pages 2-4: it has 3" in refused(path, (2, 4))


def test_a_label_over_two_lines_is_one_and_a_number_of_a_list_is_none(tmp_path: Path) -> None:
    lines = [
        *LINES[3:5], "Fish of the sea", "and of rivers        300      17   2,031      12", "1",
        "Salt                 301      18   2,032      13", "of the sea", LINES[7],
    ]  # fmt: skip
    [sheet] = pdf.sheets(written(tmp_path / "t.pdf", [placed(lines)]), "t.pdf")
    assert [fields[:2] for fields in rows(sheet)[1:]] == [
        ("Ash Point", "1,204"), ("Fish of the sea and of rivers", "300"), ("Salt of the sea", "301"),
        ("Cove (2 quays)", "1,300"),
    ]  # fmt: skip


def test_what_has_no_text_or_no_table_is_told(tmp_path: Path) -> None:
    scan = written(tmp_path / "t.pdf", [placed(LINES)], font=False)
    assert "has no text layer" in refused(scan)
    assert "OCRmyPDF" in refused(scan)
    assert "holds no table" in refused(written(tmp_path / "t.pdf", [placed(["In 2003 some 10 4 6"])]))


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.pdf"
    for content in (b"", b"Port,Tons", b"%PDF-1.4\n%%EOF"):
        path.write_bytes(content)
        assert "is not a whole PDF" in refused(path)


def test_of_many_pages_some_must_be_chosen(tmp_path: Path) -> None:
    path = written(tmp_path / "t.pdf", [placed(["words"])] * (pdf.MAX_PAGES + 1))
    assert "has 101 pages; at most 100 are searched for tables (--pages 12-14 chooses)" in refused(path)


def test_a_page_that_cannot_be_believed_is_told_beside_the_tables_of_others(tmp_path: Path) -> None:
    garbled = [(40.0, 500.0 - 12 * at, f"Port {at}lj2 It,77{at} 3O{at}") for at in range(8)]
    [table, told] = pdf.sheets(written(tmp_path / "t.pdf", [placed(LINES), garbled]), "t.pdf")
    assert (table.name, told.name, told.lines) == ("page 1, table 1", "page 2", ())
    assert "its text layer is broken" in told.notes[0]
    assert "ABBYY" in refused(written(tmp_path / "t.pdf", [garbled]))


def test_a_table_knows_its_box_on_each_of_its_pages(tmp_path: Path) -> None:
    for turn in (False, True):
        [table] = pdf.sheets(written(tmp_path / "t.pdf", [placed(LINES)] * 2, turned=turn), "t.pdf")
        assert isinstance(table.origin, Pages)
        assert list(table.origin.boxes) == [1, 2]
        left, bottom, right, top = table.origin.boxes[1]
        if turn:  # texts run up the page
            left, bottom, right, top = bottom, 600 - right, top, 600 - left
        assert (round(left), round(right)) == (40, 294)
        assert bottom == pytest.approx(560 - 12 * 7, abs=4)
        assert top == pytest.approx(560 - 12 * 3 + 9, abs=16)


def test_groups_of_columns_are_named_only_where_the_name_stands_amid_them(tmp_path: Path) -> None:
    lines = [
        "              Actual            Projected",
        "Port       2001   2002   2003   2004   2005",
        "Ash          11     72     93     14     45",
        "Bay          10     20     30     40     50",
    ]
    [table] = pdf.sheets(written(tmp_path / "t.pdf", [placed(lines)]), "t.pdf")
    assert not any("Projected 2001" in label or "Projected 2002" in label for label in rows(table)[0])


def test_the_tokens_of_a_pdf_are_proved_by_its_words(run: Run, tmp_path: Path) -> None:
    path, book = written(tmp_path / "ports.pdf", [placed(LINES)]), tmp_path / "book"
    run("init", book)
    told = run(
        "new", path, "--edition", "2024", "--chapter", "ports", "--pages", "1", "--table", "1", cwd=book
    )
    assert told.code == 0, told.err
    csv = book / "data/2024/ports/ports.csv"
    said = csv.with_suffix(".yaml").read_text()
    assert 'boxes: {page 1: "40, ' in said
    assert trace_yearbook(book)[0] == {"2024/ports/ports": 11}
    before = csv.read_text()
    csv.write_text(before.replace("2,031", "2,013"))
    with pytest.raises(Untraced, match=r"'2,013' is not on its line of seeds/ports\.pdf"):
        trace_yearbook(book)
    csv.write_text(before.replace("31,5", "5,31"))
    with pytest.raises(Untraced, match="or not in this order"):
        trace_yearbook(book)


def test_without_the_library_what_to_install_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    assert "pip install 'amyqa[pdf]'" in refused(written(tmp_path / "t.pdf", [placed(LINES)]))


def test_a_password_is_told(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=written(tmp_path / "t.pdf", [placed(LINES)]))
    writer.encrypt("a secret", algorithm="RC4-128")
    writer.write(tmp_path / "locked.pdf")
    assert "is protected by a password" in refused(tmp_path / "locked.pdf")
