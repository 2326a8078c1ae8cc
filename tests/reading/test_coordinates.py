"""Which coordinates each printed cell has, and which are zero without being printed."""

from __future__ import annotations

from pathlib import Path

from amyqa.reading.coordinates import Coordinates, Grid
from tests.reading.tables import HEAD, YAML, table_of

YEARS = "rows: {dimension: year}\n"


def grid_of(folder: Path, yaml: str, csv: str) -> Grid:
    return Grid(table_of(folder, HEAD + yaml, csv))


def places(grid: Grid) -> list[list[Coordinates]]:
    """The coordinates of every cell, row by row."""
    columns, across = grid.across()
    pairs = list(zip(columns, across, strict=True))
    return [
        [{**row, **place} if place else {} for at, place in pairs if at == column]
        for row in grid.rows
        for column in range(len(grid.table.columns))
    ]


def test_a_cell_has_the_codes_of_its_row_and_of_its_column(tmp_path):
    grid = Grid(table_of(tmp_path))
    assert grid.dimensions == ("year", "sex")
    assert places(grid)[:2] + places(grid)[-1:] == [
        [{"year": "2004", "sex": "total"}],
        [{"year": "2004", "sex": "male"}],
        [{"year": "Total", "sex": "female"}],
    ]


def test_the_dimensions_of_the_rows_come_first(tmp_path):
    yaml = "rows: {dimensions: {Sex: sex, Year: year}}\ncolumns: {N: {age: all, group: x}, M: {group: y}}\n"
    grid = grid_of(tmp_path, yaml, "Year,N,M,Sex\n2004,1,2,male\n")
    assert grid.dimensions == ("sex", "year", "age", "group")
    assert places(grid) == [
        [{"sex": "male", "year": "2004", "age": "all", "group": "x"}],
        [{"sex": "male", "year": "2004", "group": "y"}],
    ]


def test_one_printed_cell_may_stand_for_several_coordinates(tmp_path):
    yaml = YEARS + "columns: {DW: {sector: [DW, all], sex: [total, female]}}\n"
    assert places(grid_of(tmp_path, yaml, "Year,DW\n2004,1\n")) == [
        [
            {"year": "2004", "sector": "DW", "sex": "total"},
            {"year": "2004", "sector": "DW", "sex": "female"},
            {"year": "2004", "sector": "all", "sex": "total"},
            {"year": "2004", "sector": "all", "sex": "female"},
        ]
    ]


def test_a_column_outside_any_sum_has_no_coordinates(tmp_path):
    yaml = YEARS + "columns: {N: {sex: total}, M: {}, Remark: text}\n"
    assert places(grid_of(tmp_path, yaml, "Year,N,M,Remark\n2004,1,2,x\n")) == [
        [{"year": "2004", "sex": "total"}],
        [{}],
        [{}],
    ]


def test_rows_without_a_dimension_are_codes_of_one_called_row(tmp_path):
    grid = grid_of(tmp_path, "columns: {N: {sex: total}, M: {}}\n", "Group,N,M\na,1,2\na,3,4\n")
    assert grid.dimensions == ("row", "sex")
    assert places(grid) == [[{"row": "a", "sex": "total"}], [{}], [{"row": "a#2", "sex": "total"}], [{}]]


def test_columns_that_are_not_described_are_codes_of_one_called_column(tmp_path):
    grid = grid_of(tmp_path, YEARS + "identities: {in every row: [N = M]}\n", "Year,N,M\n2004,1,1\n")
    assert grid.dimensions == ("year", "column")
    assert places(grid) == [[{"year": "2004", "column": "N"}], [{"year": "2004", "column": "M"}]]


def test_with_formulas_alone_there_are_no_coordinates(tmp_path):
    grid = grid_of(tmp_path, "identities: {in every row: [N = M]}\n", "Group,N,M\na,1,1\n")
    assert grid.dimensions == ()
    assert places(grid) == [[{}], [{}]]
    assert list(grid.zeros()) == []


def test_rows_with_a_dimension_and_no_column_in_any_sum_keep_it(tmp_path):
    grid = grid_of(tmp_path, YEARS + "columns: {N: {}}\n", "Year,N\n2004,1\n")
    assert grid.dimensions == ("year",)
    assert places(grid) == [[{}]]


def test_labels_and_codes_have_one_form(tmp_path):
    yaml = YEARS + "columns: {'DW  Total': {sex: total}}\nzero: [{year: '２００４', sex: male}]\n"
    grid = grid_of(tmp_path, yaml, "Year,DW\u00a0Total\n ２００４ ,1\n2005,1\n")
    assert places(grid) == [[{"year": "2004", "sex": "total"}], [{"year": "2005", "sex": "total"}]]
    assert list(grid.zeros()) == [{"year": "2004", "sex": "male"}]


# --- structural zeros -------------------------------------------------------------------------------

SECTORS = """\
columns:
  Total: {sector: all, sex: total}
  DW: {sector: DW, sex: [total, female]}
  HRD: {sector: HRD, sex: total}
  HRD men: {sector: HRD, sex: male}
"""
CSV = "Year,Total,DW,HRD,HRD men\n2004,3,1,2,1\n2005,3,1,2,1\n"


def zeros(folder: Path, zero: str, yaml: str = YEARS + SECTORS, csv: str = CSV) -> list[Coordinates]:
    return list(grid_of(folder, f"{yaml}zero: {zero}\n", csv).zeros())


def test_without_a_declaration_nothing_is_zero(tmp_path):
    assert zeros(tmp_path, "[]") == []


def test_a_zero_holds_in_every_row(tmp_path):
    assert zeros(tmp_path, "[{sector: DW, sex: male}]") == [
        {"year": "2004", "sector": "DW", "sex": "male"},
        {"year": "2005", "sector": "DW", "sex": "male"},
    ]


def test_a_zero_of_a_row_holds_in_that_row_only(tmp_path):
    assert zeros(tmp_path, "[{sector: DW, sex: male, year: '2005'}, {year: '2006', sex: male}]") == [
        {"year": "2005", "sector": "DW", "sex": "male"}
    ]


def test_a_dimension_left_open_is_zero_for_every_code_of_the_columns(tmp_path):
    places = zeros(tmp_path, "[{sex: female, year: '2004'}]")
    assert [place["sector"] for place in places] == ["all", "DW", "HRD"]
    assert {place["sex"] for place in places} == {"female"}


def test_a_zero_may_name_a_code_that_no_column_prints(tmp_path):
    assert zeros(tmp_path, "[{sector: fishing, sex: total, year: '2004'}]") == [
        {"year": "2004", "sector": "fishing", "sex": "total"}
    ]


def test_a_zero_that_is_declared_twice_stands_once(tmp_path):
    places = zeros(tmp_path, "[{sector: DW, sex: male}, {sex: male, sector: DW}, {sector: DW}]")
    assert len(places) == len({tuple(sorted(place.items())) for place in places}) == 6


def test_a_zero_may_hold_in_rows_without_a_dimension(tmp_path):
    assert zeros(tmp_path, "[{sex: male}]", "columns: {N: {sex: total}}\n", "Group,N\na,1\n") == [
        {"row": "a", "sex": "male"}
    ]


def test_the_shown_example_has_its_zeros(tmp_path):
    grid = Grid(table_of(tmp_path, YAML + "zero: [{sex: other}]\n"))
    assert [place["year"] for place in grid.zeros()] == ["2004", "2005", "Total"]
