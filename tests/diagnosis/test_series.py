"""A single value out of its range: a shift of its unit explains it, or nothing does."""

from __future__ import annotations

import math
from decimal import Decimal
from pathlib import Path
from statistics import median, pstdev
from typing import Any

import pytest

from amyqa import pipeline
from amyqa.diagnosis.series import SeriesLine
from amyqa.model import TableDiagnosis
from tests.yearbooks import write_family, write_table

RANGE = "expect_values_to_be_in_range"


def told(
    root: Path, *lines: str, columns: str = "Item,2003,2004,2005,2006", **limits: Any
) -> list[TableDiagnosis]:
    write_family(root, entries=[{"type": RANGE, "kwargs": limits}])
    heads = columns.split(",")[1:]
    spec = {"rows": {"dimension": "item"}, "columns": {head: {"year": head} for head in heads}}
    write_table(root, "table", "\n".join([columns, *lines]) + "\n", spec)
    return list(pipeline.check([root], "duckdb").diagnoses)


@pytest.mark.parametrize(
    ("printed", "proposed", "kind"),
    [
        ("14144", "14.144", "a thousand times too large"),
        ("0.014144", "14.144", "a thousand times too small"),
        ("14144000", "14.144", "a million times too large"),
        ("0.000014144", "14.144", "a million times too small"),
        ("141.44", "14.144", "decimal point displaced"),
        ("0.14144", "14.144", "decimal point displaced"),
    ],
)
def test_the_unit_that_fits_the_neighbours_is_proposed(
    tmp_path: Path, printed: str, proposed: str, kind: str
) -> None:
    [diagnosis] = told(tmp_path, f"population,13.607,{printed},12.78,14.9", min=5, max=50)
    [change] = diagnosis.changes
    assert (str(change.proposed), change.kind, change.role) == (proposed, kind, "root")
    assert diagnosis.located
    assert 0.5 < diagnosis.likelihood <= 1
    assert "neighbouring values" in diagnosis.message


def test_the_numbers_above_and_below_serve_where_they_are_more_alike(tmp_path: Path) -> None:
    # along the row anything fits, down the column only tens do
    lines = ["a,13.6,400,2", "b,14144,90000,0.5", "c,12.8,4100,70", "d,14.9,4050,6"]
    diagnoses = told(tmp_path, *lines, columns="Item,2003,2004,2005", max=14000)
    [change] = [c for d in diagnoses for c in d.changes if c.cell.token == "14144"]
    assert str(change.proposed) == "14.144"


def test_without_two_neighbours_nothing_is_said(tmp_path: Path) -> None:
    assert told(tmp_path, "population,14144,13.6", columns="Item,2003,2004", max=100) == []


def test_nought_out_of_its_range_has_no_unit(tmp_path: Path) -> None:
    assert told(tmp_path, "population,0,13,12,14", min=5) == []


def test_a_value_that_no_shift_brings_into_its_range_is_not_diagnosed(tmp_path: Path) -> None:
    assert told(tmp_path, "share,77,2.1,2.2,2.3", min=2, max=3) == []


def test_a_shift_that_is_not_likely_enough_is_named_and_not_proposed(tmp_path: Path) -> None:
    # a hundredth fits the range, but is as far from the numbers around as what is printed
    [diagnosis] = told(tmp_path, "flow,90000,10,11,10", min=5, max=900)
    assert not diagnosis.located
    assert diagnosis.changes == ()
    assert "No shift of its unit is likely enough." in diagnosis.message
    assert diagnosis.alternatives
    assert diagnosis.likelihood == diagnosis.alternatives[0].likelihood


def test_a_negative_value_keeps_its_sign(tmp_path: Path) -> None:
    [diagnosis] = told(tmp_path, "balance,-2.1,-2200,-2.3,-2.4", min=-100, max=100)
    [change] = diagnosis.changes
    assert str(change.proposed) == "-2.2"


def of_outliers(root: Path, *lines: str) -> list[TableDiagnosis]:
    outliers = {"type": "expect_values_to_be_no_outliers_of_their_series"}
    by_sex = {"type": "expect_totals_to_equal_the_sum_of_their_parts", "kwargs": {"dimension": "sex"}}
    write_family(root, entries=[outliers, by_sex])
    columns = {"T": {"sex": "total"}, "M": {"sex": "male"}, "F": {"sex": "female"}}
    years = [f"{year},{line}" for year, line in enumerate(lines, 2001)]
    spec = {"rows": {"dimension": "year"}, "columns": columns}
    write_table(root, "table", "\n".join(["Year,T,M,F", *years]) + "\n", spec)
    return list(pipeline.check([root], "duckdb").diagnoses)


def test_a_leap_that_the_sums_confirm_is_no_slip_of_the_unit(tmp_path: Path) -> None:
    rows = ("1100,600,500", "12000,7000,5000", "1200,640,560", "1250,650,600")
    assert of_outliers(tmp_path, *rows) == []


def test_an_outlier_is_held_against_its_neighbours_in_time(tmp_path: Path) -> None:
    # the numbers of its row are all a hundred times as large, and no sum speaks of it
    rows = ("..,600,40000", "..,620,41000", "..,6300,42000", "..,650,43000")
    [diagnosis] = of_outliers(tmp_path, *rows)
    assert [(c.cell.column, str(c.proposed)) for c in diagnosis.changes] == [("M", "630")]


def test_an_outlier_in_a_broken_sum_is_mended_as_the_sum_needs(tmp_path: Path) -> None:
    diagnoses = of_outliers(tmp_path, "1100,600,500", "12000,650,550", "1200,640,560", "1250,650,600")
    assert {str(c.proposed) for d in diagnoses for c in d.changes} == {"1200"}


def test_whole_numbers_among_whole_numbers_get_no_decimals(tmp_path: Path) -> None:
    for diagnosis in told(tmp_path, "persons,845,210,190,205", max=300):
        alternatives = [c for e in diagnosis.alternatives for c in e.changes]
        assert all(c.proposed % 1 == 0 for c in [*diagnosis.changes, *alternatives])


def test_a_line_asked_without_one_of_its_numbers_tells_what_the_others_are_like() -> None:
    numbers = [Decimal(n) for n in ("3", "14.5", "0", "700", "21", "21", "0.4", "90")]
    line = SeriesLine(numbers)
    for number in filter(None, numbers):
        others = [math.log10(n) for n in numbers if n]
        others.remove(math.log10(number))
        around = line.without(number)
        assert around is not None
        assert around.centre == pytest.approx(median(others))
        assert around.spread == pytest.approx(pstdev(others))
    assert SeriesLine(numbers[:3]).without(Decimal(3)) is None
