"""Tables in text: placed by position where that survives, counted where it does not, never guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from amyqa.errors import BadInput
from amyqa.sources import Part, Sheet, txt

COPIED = """Some words of the chapter, which go on
over 2 lines and name 1,204 people.

          Everywhere          Ports a
 Year Total Men Women Total Men Women
 2003 10 4 6 5 - 5
 2004 12 5 7 6 3 3
 2005 14 5
 Total 22 9 13 11 3 8

WORKERS SENT ABROAD,
YEARS 2003-2004
"""
PRINTED = """
Table 7. Catch by port and year

Port              2003     2004     2005
Ash Point        1,204       17    2,000
Bay                 96                31
Islands
  Cove           1,300       17    2,031
"""


def tables(folder: Path, text: str) -> list[Sheet]:
    path = folder / "t.txt"
    path.write_text(text, encoding="utf-8")
    return txt.sheets(path, "t.txt")


def rows(sheet: Sheet) -> list[tuple[int, tuple[str, ...]]]:
    return [(line.number, line.fields) for line in sheet.lines]


def test_tokens_copied_from_a_page_are_counted(tmp_path: Path) -> None:
    [sheet] = tables(tmp_path, COPIED)
    assert rows(sheet) == [
        (4, ("", "Everywhere", "", "", "Ports a", "", "")),
        (5, ("Year", "Total", "Men", "Women", "Total", "Men", "Women")),
        (6, ("2003", "10", "4", "6", "5", "-", "5")),
        (7, ("2004", "12", "5", "7", "6", "3", "3")),
        (9, ("Total", "22", "9", "13", "11", "3", "8")),
    ]
    assert sheet.title == "WORKERS SENT ABROAD, YEARS 2003-2004"
    assert sheet.name == "lines 4-9"


def test_a_line_with_too_few_tokens_is_left_out_and_told(tmp_path: Path) -> None:
    [sheet] = tables(tmp_path, COPIED)
    [note] = sheet.notes
    assert note.startswith("line 8 is left out: it holds 3 tokens where others hold 6")


def test_tokens_printed_in_columns_keep_their_places(tmp_path: Path) -> None:
    [sheet] = tables(tmp_path, PRINTED)
    assert rows(sheet) == [
        (4, ("Port", "2003", "2004", "2005")),
        (5, ("Ash Point", "1,204", "17", "2,000")),
        (6, ("Bay", "96", "", "31")),
        (7, ("Islands", "", "", "")),
        (8, ("Cove", "1,300", "17", "2,031")),
    ]
    assert sheet.title == "Table 7. Catch by port and year"


def test_the_lines_of_a_table_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text(COPIED + PRINTED)
    assert len(txt.sheets(path, "t.txt")) == 2
    assert txt.read(path, "t.txt", Part(lines=(4, 9))).name == "lines 4-9"
    with pytest.raises(BadInput, match="holds 2 tables: lines 4-9, lines"):
        txt.read(path, "t.txt", Part())
    with pytest.raises(BadInput, match="holds no table at its lines 1-3"):
        txt.read(path, "t.txt", Part(lines=(1, 3)))


def test_prose_with_numbers_is_no_table(tmp_path: Path) -> None:
    prose = "In 2003 some 10 4 6\npeople of 12 5 7\nand so on, as table 3 says: 4 5 6\n"
    with pytest.raises(BadInput, match="holds no table"):
        tables(tmp_path, prose)


def test_a_header_may_stand_below_its_rows(tmp_path: Path) -> None:
    [sheet] = tables(tmp_path, "Ash 10 4 6\nBay 12 5 7\nPort 2003 2004 2005\n")
    assert rows(sheet)[0] == (3, ("Port", "2003", "2004", "2005"))
    assert rows(sheet)[1:] == [(1, ("Ash", "10", "4", "6")), (2, ("Bay", "12", "5", "7"))]


def test_a_text_with_delimiters_is_a_csv(tmp_path: Path) -> None:
    [sheet] = tables(tmp_path, "Port;2003;2004\nAsh;10;4\nBay;12;5\n")
    assert sheet.delimiter == ";"
    assert rows(sheet)[1] == (2, ("Ash", "10", "4"))
