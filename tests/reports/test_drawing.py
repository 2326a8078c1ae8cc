from __future__ import annotations

from decimal import Decimal

import pytest

from amyqa.model import Counts, Table
from amyqa.reports.html.drawing import HeatMap, Series, heat_map, series
from tests.reports import builder


def mapped(*counts: Counts, chapters: int = 1) -> HeatMap:
    found = heat_map(
        (f"chapter {i % chapters}", f"Table {i}", c, "none", f"table-{i}", True) for i, c in enumerate(counts)
    )
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("counts", "step"),
    [
        (Counts(57, 0), 0),
        (Counts(1000, 1), 1),
        (Counts(100, 3), 2),
        (Counts(100, 10), 3),
        (Counts(57, 8), 4),
        (Counts(0, 0, 3), "none"),
        (Counts(), "none"),
    ],
)
def test_a_tile_is_fuller_the_larger_the_share_of_broken_identities(counts: Counts, step: int | str) -> None:
    [tile] = mapped(counts).tiles
    assert tile.step == step
    assert tile.fill == (0 if step == "none" else mapped(counts).tile[1] * int(step) // 4)


def test_nothing_broken_and_nothing_evaluated_are_told_apart_in_words() -> None:
    fine, unknown, empty = mapped(Counts(57, 0), Counts(0, 0, 3), Counts()).tiles
    assert fine.words == "Table 0: 0 of 57 identities broken; none"
    assert unknown.words == "Table 1: no identity could be evaluated; none"
    assert empty.words == "Table 2: it has no identities; none"
    assert (fine.label, unknown.label) == ("0/57", "–")


@pytest.mark.parametrize(("number", "chapters"), [(1, 1), (8, 3), (200, 1), (1000, 25), (1000, 500)])
def test_tiles_stay_inside_the_picture_and_never_cover_each_other(number: int, chapters: int) -> None:
    picture = mapped(*[Counts(10, i % 3) for i in range(number)], chapters=chapters)
    wide, high = picture.tile
    assert len({(tile.x, tile.y) for tile in picture.tiles}) == number
    assert all(tile.x % (wide + 4) == 0 for tile in picture.tiles)
    assert max(tile.x + wide for tile in picture.tiles) <= picture.width
    assert max(tile.y + high for tile in picture.tiles) <= picture.height
    assert len(picture.headings) == (chapters if chapters <= 40 else 0)


def test_without_tables_there_is_no_picture() -> None:
    assert heat_map([]) is None


def yearly(*tokens: str) -> Table:
    return builder.table("t", [str(2000 + i) for i in range(len(tokens))], {"x": tokens})


def drawn(table: Table, year: str, proposed: str = "") -> Series | None:
    [cell] = builder.cells(table, ("x", year))
    return series(cell, table, Decimal(proposed) if proposed else None, proposed)


def test_the_proposed_number_stands_among_its_neighbours_and_the_printed_one_outside() -> None:
    picture = drawn(yearly("12.20", "12.49", "14,144.00", "12.78", "13.6"), "2002", "14.144")
    assert picture is not None
    assert picture.off == "above"
    assert picture.proposed is not None
    heights = [point.y for line in picture.lines for point in line]
    assert picture.proposed.y < min(heights)  # 14.144 is the largest
    assert picture.printed.y < picture.proposed.y
    assert [point.label for point in picture.guess] == ["2001", "2002", "2003"]


@pytest.mark.parametrize(("token", "off"), [("10", ""), ("14", ""), ("900", "above"), ("-900", "below")])
def test_only_what_does_not_fit_is_off_the_scale(token: str, off: str) -> None:
    picture = drawn(yearly("10", "12", token, "11", "13"), "2002")
    assert picture is not None
    assert picture.off == off


def test_a_number_that_is_not_known_is_a_gap_in_the_line() -> None:
    picture = drawn(yearly("10", "11", "", "12", "13", "900"), "2005")
    assert picture is not None
    assert [[point.text for point in line] for line in picture.lines] == [["10", "11"], ["12", "13"]]


def test_years_run_from_left_to_right_however_they_are_printed() -> None:
    table = builder.table("t", ["2003", "2002", "2001", "2000"], {"x": ["4", "3", "2", "900"]})
    picture = drawn(table, "2000")
    assert picture is not None
    assert [label for _, label in picture.axis] == ["2000", "2001", "2002", "2003"]


def test_years_may_run_down_a_table() -> None:
    table = builder.table("t", ["A"], {str(year): [str(year - 1990)] for year in range(2000, 2006)})
    [cell] = builder.cells(table, ("2003", "A"))
    assert series(cell, table, None, "") is not None


@pytest.mark.parametrize(
    "table",
    [
        builder.table("t", ["North", "South", "2002"], {"x": ["1", "2", "3"]}),  # not years
        yearly("1", "2", "900"),  # too few
        yearly("", "", "900", "", ""),
        yearly("1", "2", "word", "3", "4"),
        builder.table("t", ["2000", "2002"], [["1", "2"]] * 5, fields={"2000": "year", "2002": "number"}),
    ],
)
def test_without_a_series_in_time_there_is_no_picture(table: Table) -> None:
    cell = table.cell(table.columns.index("2002") + 1)
    assert series(cell, table, None, "") is None
