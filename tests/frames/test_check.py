"""A frame goes in, its misprints come out: by its own labels, in its own kind."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import amyqa
from amyqa.errors import AmyqaError

YEARS = ["2011", "2012", "2013", "2014", "2015", "2016"]
MEN = [210, 233, 251, 268, 312, 340]
WOMEN = [118, 127, 149, 163, 171, 198]
WRONG, RIGHT = 438, 483
"""2015's total as printed, and what it should have been: two digits swapped."""


def licences(total: str = "Total") -> pd.DataFrame:
    """Fishing licences by year and sex, with one misprint."""
    totals = [m + w for m, w in zip(MEN, WOMEN, strict=True)]
    frame = pd.DataFrame(
        {
            total: [*totals, sum(totals)],
            "Men": [*MEN, sum(MEN)],
            "Women": [*WOMEN, sum(WOMEN)],
        },
        index=pd.Index([*YEARS, total], name="year"),
    )
    assert frame.loc["2015", total] == RIGHT
    frame.loc["2015", total] = WRONG
    return frame


def located(run: Any) -> list[tuple]:
    """What is proposed, as the library of the frame gives it."""
    corrections = run.corrections
    if isinstance(corrections, pl.DataFrame | pa.Table):
        corrections = corrections.to_pandas()
    told = corrections[["row", "column", "printed", "proposed"]]
    return [tuple(row) for row in told.itertuples(index=False)]


EXPECTED = [("2015", "Total", WRONG, RIGHT)]


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        pytest.param(licences(), {}, id="labels in the index"),
        pytest.param(licences().reset_index(), {}, id="labels in a column"),
        pytest.param(
            licences().reset_index()[["Total", "Men", "year", "Women"]], {"rows": "year"}, id="said"
        ),
        pytest.param(licences().astype(float), {}, id="floats"),
        pytest.param(licences().astype("Int64"), {}, id="Int64"),
        pytest.param(
            licences().reset_index().melt("year", var_name="sex", value_name="licences"), {}, id="tidy"
        ),
        pytest.param(pd.DataFrame({"licences": licences().stack()}), {}, id="tidy with a MultiIndex"),
        pytest.param(pl.from_pandas(licences().reset_index()), {}, id="polars"),
        pytest.param(pl.from_pandas(licences().reset_index()).lazy(), {}, id="lazy polars"),
        pytest.param(pa.Table.from_pandas(licences().reset_index()), {"rows": "year"}, id="pyarrow"),
    ],
)
def test_a_misprint_is_located_in_any_kind_of_frame(frame: object, said: dict) -> None:
    assert located(amyqa.check(frame, **said)) == EXPECTED


def test_a_total_in_another_word_is_one_when_it_is_said() -> None:
    run = amyqa.check(licences("Yhteismäärä"), total="Yhteismäärä")
    assert located(run) == [("2015", "Yhteismäärä", WRONG, RIGHT)]
    assert run.total.evaluated == 10


def test_printed_tokens_come_back_as_they_are_printed() -> None:
    frame = licences().map(lambda number: f"{number:,}")
    frame.loc["2013", "Women"] = "149a"
    run = amyqa.check(frame)
    assert located(run) == [("2015", "Total", "438", "483")]
    assert run.corrected().loc["2015", "Total"] == "483"


def test_levels_of_columns_and_rows_are_labels() -> None:
    frame = licences()
    frame.columns = pd.MultiIndex.from_product([["Licences"], ["Total", "Men", "Women"]])
    frame.index = pd.MultiIndex.from_product([["Coast"], frame.index], names=["area", "year"])
    [(row, column, *numbers)] = located(amyqa.check(frame))
    assert (row, column, numbers) == ("Coast | 2015", "Licences – Total", [WRONG, RIGHT])


def test_a_frame_that_numbers_its_rows_is_told_by_these_numbers() -> None:
    frame = licences().iloc[:-1].reset_index(drop=True)
    assert located(amyqa.check(frame)) == [("row 4", "Total", WRONG, RIGHT)]


def test_sentences_name_the_labels_of_the_frame() -> None:
    run = amyqa.check(licences(), title="Fishing licences")
    text = run.to_text()
    assert "2015, Total: printed 438, its parts sum to 483" in text
    assert "Fishing licences row 2015, Total" in text
    assert "csv" not in text


def test_the_corrected_frame_is_of_the_same_kind_and_the_given_one_stays() -> None:
    for frame in (licences(), pl.from_pandas(licences().reset_index()), pa.table(licences().reset_index())):
        run = amyqa.check(frame)
        corrected = run.corrected()
        assert type(corrected) is type(frame)
        again = amyqa.check(corrected)
        assert not again.findings
        again.assert_passing()
        assert amyqa.check(frame).findings
        assert type(run.corrections) is type(frame)


def test_corrections_that_are_not_likely_enough_are_left() -> None:
    run = amyqa.check(licences())
    assert run.corrected(at_least=1.0).equals(licences())
    with pytest.raises(AmyqaError, match="no likelihood"):
        run.corrected(at_least=7)


def test_a_tidy_frame_is_corrected_at_its_own_row() -> None:
    tidy = licences().reset_index().melt("year", var_name="sex", value_name="licences")
    shuffled = tidy.sample(frac=1, random_state=4)
    corrected = amyqa.check(shuffled, rows="year", value="licences").corrected()
    changed = corrected[corrected["licences"] != shuffled["licences"]]
    assert changed[["year", "sex", "licences"]].values.tolist() == [["2015", "Total", RIGHT]]
    assert list(corrected.index) == list(shuffled.index)


def test_missing_numbers_are_unknown_and_listed() -> None:
    frame = licences().astype(float)
    frame.loc["2012", "Men"] = np.nan
    frame.loc["2013", "Women"] = None
    run = amyqa.check(frame)
    assert located(run) == EXPECTED
    assert run.total.not_evaluated == 4
    assert "4 not evaluated" in repr(run)
    assert "4 not evaluated" in run._repr_html_()


def test_what_no_sum_checks_is_said_wherever_a_run_is_shown() -> None:
    rng = np.random.default_rng(3)
    frame = licences().iloc[:-1].assign(Boats=rng.integers(100, 999, 6))
    run = amyqa.check(frame)
    for shown in (repr(run), run._repr_html_()):
        assert "checked by no sum: column Boats" in shown
    nothing = amyqa.check(frame[["Boats"]])
    assert "no sum checks this table" in repr(nothing)
    with pytest.raises(AssertionError, match="no sum checks this table"):
        nothing.assert_passing()


def test_a_run_is_shown_in_a_few_lines() -> None:
    run = amyqa.check(licences())
    assert "2015, Total: printed 438, its parts sum to 483" in repr(run).splitlines()[1]
    assert len(repr(run)) < 500


def test_a_notebook_shows_the_misprint_struck_out_with_its_sum() -> None:
    shown = amyqa.check(licences())._repr_html_()
    assert "<del>4<b>38</b></del> <ins>4<b>83</b></ins>" in shown
    assert "Men 312 + Women 171 = 483, not Total 438" in shown
    assert len(shown) < 5_000


def test_a_notebook_shows_what_is_broken_of_a_large_frame_alone() -> None:
    rng = np.random.default_rng(8)
    parts = rng.integers(0, 10_000, (900, 20))
    frame = pd.DataFrame(parts, columns=[f"Part {n}" for n in range(20)])
    frame.insert(0, "Total", parts.sum(axis=1))
    frame.index = pd.Index([f"Parish {n}" for n in range(900)], name="parish")
    frame.loc["Parish 500", "Total"] = parts[500].sum() + 1_000
    shown = amyqa.check(frame)._repr_html_()
    assert "Parish 500" in shown
    assert "Parish 501" in shown
    assert "Parish 700" not in shown
    assert "more not shown here" in shown
    assert len(shown) < 12_000


def test_labels_and_tokens_cannot_write_html() -> None:
    frame = licences().rename(index={"2015": "<img src=x onerror=alert(1)>"})
    shown = amyqa.check(frame, title="<script>alert(2)</script>")._repr_html_()
    assert "<img" not in shown
    assert "<script" not in shown


def test_findings_are_a_frame_with_exact_numbers() -> None:
    told = amyqa.check(licences()).findings.to_pandas()
    assert sorted(told["difference"]) == [Decimal(-45), Decimal(45)]
    assert set(told["column"]) == {"Total"}
    assert type(amyqa.check(licences()).findings.to_frame("polars")) is pl.DataFrame


def test_a_run_is_saved_in_any_format(tmp_path) -> None:
    run = amyqa.check(licences())
    run.save(tmp_path / "licences.html")
    run.save(tmp_path / "licences.json")
    assert "438" in (tmp_path / "licences.html").read_text(encoding="utf-8")


def test_assert_passing_says_what_is_wrong() -> None:
    with pytest.raises(AssertionError, match="printed 438, its parts sum to 483"):
        amyqa.check(licences()).assert_passing()


@pytest.mark.parametrize(
    ("frame", "said", "message"),
    [
        (licences(), {"rows": "yaer"}, r"no column 'yaer'.*did you mean 'year'"),
        (licences(), {"total": "Totl"}, r"no row or column 'Totl'.*did you mean 'Total'"),
        (licences(), {"value": "Boats"}, "no column 'Boats'"),
        (licences().iloc[:0], {}, "0 rows and 3 columns"),
        (pd.DataFrame({"a": ["x", "y"], "b": ["u", "v"]}), {}, "no column of numbers"),
        (pd.DataFrame({"a": [np.arange(3)] * 2, "b": [1, 2]}), {}, "no single value"),
        ([[1, 2], [3, 4]], {}, "cannot check a list"),
        ("data", {"rows": "year"}, "rows= is said of a frame"),
        (licences(), {"engine": "spark"}, "no engine 'spark'"),
    ],
)
def test_what_is_no_table_is_told_with_advice(frame: object, said: dict, message: str) -> None:
    with pytest.raises(AmyqaError, match=message):
        amyqa.check(frame, **said)


def test_two_rows_of_a_tidy_frame_for_one_number_are_told() -> None:
    tidy = licences().reset_index().melt("year", var_name="sex", value_name="licences")
    twice = pd.concat([tidy, tidy.iloc[:1]], ignore_index=True)
    with pytest.raises(AmyqaError, match="rows 0 and 21 both stand for year 2011, sex Total"):
        amyqa.check(twice, value="licences")


def test_an_infinite_number_is_told_and_the_rest_is_checked() -> None:
    frame = licences().astype(float)
    frame.loc["2012", "Men"] = np.inf
    run = amyqa.check(frame)
    assert located(run) == EXPECTED
    assert "row 2012, Men" in repr(run)


def test_a_file_outside_a_yearbook_is_checked_too(tmp_path) -> None:
    licences().to_csv(tmp_path / "licences.csv")
    report = amyqa.check(tmp_path / "licences.csv")
    assert list(report.corrections["proposed"]) == ["483"]


# --- numbers without a run ---


@pytest.mark.parametrize("data", [licences(), licences().values, licences().map(str).values.tolist()])
def test_infer_takes_frames_arrays_and_tokens(data: object) -> None:
    [across] = [r for r in amyqa.infer(data) if r.across == "columns"]
    assert (across.total, across.parts) == (0, (1, 2))


def test_diagnose_takes_a_frame_and_finds_its_sums() -> None:
    assert amyqa.diagnose(licences()).located == {(4, 0): RIGHT}
    assert amyqa.diagnose(licences().reset_index()).located == {(4, 1): RIGHT}
    sums = [amyqa.Sum((4, 0), [(4, 1), (4, 2)]), amyqa.Sum((6, 0), [(r, 0) for r in range(6)])]
    assert amyqa.diagnose(licences().values, sums).located == {(4, 0): RIGHT}


# --- large frames ---


def parishes(rows: int) -> pd.DataFrame:
    """A long frame: three parts and their total."""
    parts = np.random.default_rng(5).integers(10, 4_000, (rows, 3))
    frame = pd.DataFrame(parts, columns=["Owned", "Rented", "Other"])
    frame.insert(0, "Total", parts.sum(axis=1))
    frame.insert(0, "parish", [f"P{n}" for n in range(rows)])
    return frame


def test_a_hundred_thousand_rows_are_judged_each_though_sums_are_found_in_a_sample() -> None:
    frame = parishes(100_000)
    frame["Total"] += 45 * (frame["parish"] == "P70123")
    run = amyqa.check(frame)
    assert [finding.cells[0].row for finding in run.findings] == ["P70123"]
    assert (run.total.evaluated, run.total.broken, run.cells) == (100_000, 1, 400_000)
    for shown in (repr(run), run._repr_html_()):
        assert "found in a sample of 240 of 100,000 rows and judged in every row" in shown
        assert "P70123" in shown


def test_more_broken_sums_than_are_told_are_counted() -> None:
    frame = parishes(9_000)
    frame["Total"] += 500 * frame.index.isin(range(1_000, 1_300))
    run = amyqa.check(frame)
    assert run.total.broken == 300
    assert "100 more rows with broken sums are counted, and not told" in repr(run)


def test_unknown_numbers_of_a_long_frame_are_counted() -> None:
    frame = parishes(9_000).astype({"Rented": float})
    frame.loc[2_000:2_049, "Rented"] = np.nan
    run = amyqa.check(frame)
    assert not run.findings
    assert (run.total.evaluated, run.total.not_evaluated) == (8_950, 50)


def test_a_long_frame_without_sums_says_so() -> None:
    frame = parishes(6_000)[["parish", "Owned", "Rented"]]
    assert "no sum checks this table" in repr(amyqa.check(frame))
