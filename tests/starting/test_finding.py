"""Tables found on a sheet: below each other, beside each other, with what stands around them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from amyqa.errors import BadInput
from amyqa.sources import Sheet
from amyqa.starting.finding import Choice, area, find

Cells = list[list[object]]
FIRST: Cells = [
    ["Table 1. Catch by port", None, None],
    ["(tons)", None, None],
    [None, None, None],
    ["Port", 2003, 2004],
    ["Ash", 10, 12],
    ["Bay", 4, 5],
    ["Source: the ports", None, None],
]
SECOND: Cells = [
    ["Table 2. Boats", None, None],
    ["Port", "Large", "Small"],
    ["Ash", 1, 7],
    ["Cove", 3, 2],
]


def saved(folder: Path, **sheets: Cells) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = folder / "Ports.xlsx"
    book.save(path)
    return path


def tables(path: Path, **choice: object) -> list[Sheet]:
    return list(find(path, path.name, Choice(**choice)).tables)  # type: ignore[arg-type]


def rows(sheet: Sheet) -> list[tuple[str, ...]]:
    return [line.fields for line in sheet.lines]


def test_a_table_begins_at_its_header_and_its_title_stands_above(tmp_path: Path) -> None:
    [table] = tables(saved(tmp_path, A=FIRST))
    assert rows(table)[:2] == [("Port", "2003", "2004"), ("Ash", "10", "12")]
    assert (table.title, area(table)) == ("Table 1. Catch by port (tons)", "A4:C7")


def test_tables_below_each_other_are_told_apart(tmp_path: Path) -> None:
    blank: Cells = [[None], [None]]
    first, second = tables(saved(tmp_path, A=[*FIRST, *blank, *SECOND]))
    assert (area(first), area(second)) == ("A4:C7", "A11:C13")
    assert (rows(second)[0], second.title) == (("Port", "Large", "Small"), "Table 2. Boats")


def test_tables_beside_each_other_are_told_apart(tmp_path: Path) -> None:
    beside = [[*left, None, *right] for left, right in zip(FIRST[3:6], SECOND[1:], strict=True)]
    first, second = tables(saved(tmp_path, A=beside))
    assert (area(first), area(second)) == ("A1:C3", "E1:G3")
    assert second.origin.address(2, 3) == "A!G2"


def test_a_column_left_blank_does_not_split_a_table(tmp_path: Path) -> None:
    spaced: Cells = [["Port", 2003, None, 2004], ["Ash", 10, None, 12], ["Bay", 4, None, 5]]
    [table] = tables(saved(tmp_path, A=spaced))
    assert area(table) == "A1:D3"


def test_a_header_that_is_repeated_goes_on_with_its_table(tmp_path: Path) -> None:
    again: Cells = [[None], ["Port", 2003, 2004], ["Cove", 1, 2]]
    [table] = tables(saved(tmp_path, A=[*FIRST[3:6], *again]))
    assert rows(table)[-1] == ("Cove", "1", "2")


def test_a_gap_between_groups_of_rows_does_not_split_a_table(tmp_path: Path) -> None:
    grouped: Cells = [*FIRST[3:5], [None], ["Islands", None, None], ["Bay", 4, 5]]
    [table] = tables(saved(tmp_path, A=grouped))
    assert len(table.lines) == 4


def test_a_group_of_columns_belongs_to_the_header(tmp_path: Path) -> None:
    grouped: Cells = [[None, None, "of which"], *FIRST[3:6]]
    [table] = tables(saved(tmp_path, A=grouped))
    assert rows(table)[0] == ("", "", "of which")


def test_words_above_all_columns_of_numbers_name_the_table(tmp_path: Path) -> None:
    [centred] = tables(saved(tmp_path, A=[[None, "Catch by port", None], *FIRST[3:6]]))
    [beside] = tables(saved(tmp_path, A=[["Table 5", None, "tons"], *FIRST[3:6]]))
    assert (centred.title, beside.title) == ("Catch by port", "Table 5 tons")
    assert rows(centred)[0] == rows(beside)[0] == ("Port", "2003", "2004")


def test_words_in_merged_rows_stand_in_each_of_them(tmp_path: Path) -> None:
    path = saved(
        tmp_path, A=[["Sea", "Port", "Tons"], ["North", "Ash", 1], [None, "Bay", 2], ["South", "Cove", 3]]
    )
    book = openpyxl.load_workbook(path)
    book["A"].merge_cells("A2:A3")
    book.save(path)
    [table] = tables(path)
    assert [fields[0] for fields in rows(table)] == ["Sea", "North", "North", "South"]


def test_what_is_wanted_can_be_chosen(tmp_path: Path) -> None:
    path = saved(tmp_path, One=FIRST, Two=SECOND, Notes=[["only words", "and more"]])
    found = find(path, "Ports.xlsx")
    assert [table.name for table in found.tables] == ["One", "Two"]
    assert found.left == ("Notes: no table",)
    assert [table.name for table in tables(path, sheet="two")] == ["Two"]
    assert [table.name for table in tables(path, table=2)] == ["Two"]
    assert rows(tables(path, sheet="One", range="A4:B5")[0]) == [("Port", "2003"), ("Ash", "10")]
    with pytest.raises(BadInput, match="has no table 3: 2 found"):
        tables(path, table=3)
    with pytest.raises(BadInput, match="has no sheet 'Tow'"):
        tables(path, sheet="Tow")
    with pytest.raises(BadInput, match="holds no table: Notes: no table"):
        tables(path, sheet="Notes")
