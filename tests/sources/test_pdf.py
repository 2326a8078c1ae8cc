"""Tables of PDFs: by the places of the characters, whatever the order in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from amyqa.errors import BadInput
from amyqa.sources import Part, Sheet, pdf
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
    assert "has 301 pages; at most 300 are searched for tables (--pages 12-14 chooses)" in refused(path)
