"""Tables of a workbook: where they begin, groups over their columns, and what is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from amyqa import pipeline
from amyqa.errors import BadInput
from amyqa.starting import founding
from amyqa.starting.finding import Choice, find
from amyqa.starting.intake import take
from amyqa.starting.opening import new_tables
from tests.starting.workbooks import Cell, book

ROWS: list[list[Cell]] = [
    ["Table 7. Canals by basin"],
    [],
    [None, "Basin", "Locks", None, "Weirs", "All"],
    [None, None, "old", "new", None, None],
    [None, "Aar", 4, 9, 3, 16],
    [None, "Bode", 11, 2, 5, 81],
    [None, "Elde", 6, 6, 1, 13],
    [None, "Total", 21, 17, 9, 47],
    ["Source: the Board of Canals"],
]
MERGED = ["C3:D3", "B3:B4", "E3:E4", "F3:F4"]


def test_a_title_left_of_a_table_makes_no_blank_column(tmp_path: Path) -> None:
    [table] = find(book(tmp_path / "canals.xlsx", ROWS, MERGED), "canals.xlsx").tables
    taken = take(table)
    assert table.title == "Table 7. Canals by basin"
    assert taken.labels == ("Basin", "Locks – old", "Locks – new", "Weirs", "All")
    assert taken.left_out == ((9, "Source: the Board of Canals"),)


def test_a_group_reaches_as_far_as_its_merged_cells_and_no_further(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["Basin", "Locks", None, None, "All"],
        [None, "old", "new", "Weirs", None],
        ["Aar", 4, 9, 3, 16],
        ["Bode", 11, 2, 5, 18],
    ]
    [table] = find(book(tmp_path / "canals.xlsx", rows, ["B1:C1"]), "canals.xlsx").tables
    assert take(table).labels == ("Basin", "Locks – old", "Locks – new", "Weirs", "All")


def test_a_finding_in_a_copy_names_the_cell_of_its_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    founding.found(tmp_path / "book", ())
    path = book(tmp_path / "canals.xlsx", ROWS, MERGED)
    monkeypatch.chdir(tmp_path / "book")
    [(_, made)] = new_tables(path, edition="2012", chapter="ruritania").made
    [diagnosis] = pipeline.check([made.csv], "duckdb").diagnoses
    assert diagnosis.changes[0].cell.source_address == "seeds/canals.xlsx T!F6"


def test_the_report_of_a_folder_is_no_data_of_it(tmp_path: Path) -> None:
    path = book(tmp_path / "canals.xlsx", ROWS, MERGED)
    for name in ("canals.marked.xlsx", "canals.marked-2.xlsx"):
        book(tmp_path / name, ROWS, MERGED)
    report = tmp_path / "report"
    report.mkdir()
    for name in ("report.html", "report.json", "findings.csv", "report.xlsx"):
        (report / name).write_text("a,b\nc,1\n", encoding="utf-8")
    assert pipeline.outside([tmp_path]) == [path]


def test_rows_that_an_editor_leaves_out_are_none_and_the_draft_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    founding.found(tmp_path / "book", ())
    path = book(tmp_path / "canals.xlsx", ROWS, MERGED)
    monkeypatch.chdir(tmp_path / "book")
    choice = Choice(without=(6,))
    [(_, made)] = new_tables(path, choice=choice, edition="2012", chapter="ruritania").made
    assert "Bode" not in made.csv.read_text(encoding="utf-8")
    text = made.yaml.read_text(encoding="utf-8")
    assert re.search("# left out, line 6 of the file: .*Bode", text)
    assert 'lines: "5, 7-8"' in text
    with pytest.raises(BadInput, match="holds no line 44 in a table"):
        find(path, "canals.xlsx", Choice(without=(44,)))
