"""What is known to be wrong, each with its smallest example.

Every test here says what should be and fails; it complains as soon as it passes, and then belongs
among the others.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa
import pytest

import amyqa.pandera  # noqa: F401  registers the checks
from amyqa import pipeline
from amyqa.engines.evaluate import evaluate
from amyqa.engines.expectations import summary
from amyqa.engines.tidy import observed
from amyqa.errors import BadRule
from amyqa.model import Counts, Finding, Report
from amyqa.rules import totals
from tests.yearbooks import (
    CHAPTER,
    STATED,
    TOTALS,
    shipped,
    write_family,
    write_table,
)

gap = pytest.mark.xfail(strict=True)

BY_YEAR: dict[str, Any] = {"rows": {"dimension": "year"}}
BY_SEX = {"type": TOTALS, "kwargs": {"dimension": "sex"}}


def checked(root: Path, lines: str, spec: dict[str, Any], *entries: dict[str, Any]) -> Report:
    write_family(root, entries=entries)
    write_table(root, "table", lines, spec)
    return pipeline.check([root], "duckdb")


def stated(root: Path, lines: str, *formulas: str, **spec: Any) -> Report:
    return checked(root, lines, {"identities": {"in every row": list(formulas)}, **spec}, {"type": STATED})


def only(report: Report) -> Finding:
    [finding] = report.findings
    return finding


# --- which identities there are ------------------------------------------------------------------


@gap  # ABSENT weighs nothing: their signatures are equal, and the first, unknown, is all that is told
def test_a_sum_with_a_part_that_is_not_printed_does_not_hide_the_formula_without_it(tmp_path: Path) -> None:
    columns = {"T": {"sex": "total"}, "M": {"sex": "male"}}
    write_table(tmp_path, "other", "Year,F\n2003,1\n", {**BY_YEAR, "columns": {"F": {"sex": "female"}}})
    spec = {**BY_YEAR, "columns": columns, "identities": {"in every row": ["T = M"]}}
    entry = {"type": TOTALS, "kwargs": {"dimension": "sex", "parts": ["male", "female"]}}
    report = checked(tmp_path, "Year,T,M\n2003,9,5\n", spec, entry, {"type": STATED})
    assert report.counts["table"] == Counts(1, 1, 1)


@gap  # UNKNOWN weighs nothing either
def test_a_formula_with_a_cell_that_is_not_there_does_not_hide_the_one_without_it(tmp_path: Path) -> None:
    formulas = {"other tables": ["[x, T] = [x, M] + 2004/gone[x, N]"], "in every row": ["T = M"]}
    report = checked(tmp_path, "K,T,M\nx,9,5\n", {"identities": formulas}, {"type": STATED})
    assert report.counts["table"] == Counts(1, 1, 1)


@gap  # evaluate.py: WHERE printed > 1 OR printed = 1 AND absent = 0
def test_one_part_that_exceeds_its_total_is_broken_though_another_is_not_printed(tmp_path: Path) -> None:
    columns = {"All": {"sex": ["total", "male"]}, "Unknown": {"sex": "not stated"}}
    write_table(tmp_path, "other", "Year,F\n2003,1\n", {**BY_YEAR, "columns": {"F": {"sex": "female"}}})
    entry = {"type": TOTALS, "kwargs": {"dimension": "sex", "parts": ["male", "female", "not stated"]}}
    report = checked(tmp_path, "Year,All,Unknown\n2003,9,5\n", {**BY_YEAR, "columns": columns}, entry)
    # all are men, so that nobody is of unknown sex; five are
    assert report.counts["table"].broken == 1


# --- one evaluator, many callers -----------------------------------------------------------------


# --- anybody's frames ----------------------------------------------------------------------------


def people(*numbers: Any, **more: Sequence[Any]) -> pd.DataFrame:
    years = ["2003"] * 3 + ["2004"] * 3
    return pd.DataFrame({"year": years, "sex": ["total", "male", "female"] * 2, "persons": numbers, **more})


def failing(data: pd.DataFrame, **changed: Any) -> list[int]:
    arguments = {"dimension": "sex", "total": "total", "parts": ["male", "female"], "value": "persons"}
    try:
        pa.DataFrameSchema(checks=[pa.Check.totals(**{**arguments, **changed})]).validate(data, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return sorted(set(errors.failure_cases["index"].dropna()))
    return []


@pytest.mark.parametrize("more", [{"note": list("abcdef")}, {"households": [5, 2, 3, 4, 2, 3]}])
@gap  # every column that holds no floats is taken for a dimension: no two rows belong together
def test_a_column_of_notes_or_of_another_measure_does_not_hide_a_broken_sum(more: dict[str, Any]) -> None:
    assert failing(people(10, 4, 6, 9, 4, 6, **more)) == [3, 4, 5]


@gap  # a column of floats is never a dimension: the years are thrown together
def test_years_that_were_read_as_floats_are_years() -> None:
    data = people(10, 4, 6, 9, 4, 6).astype({"year": float})
    assert failing(data) == [3, 4, 5]


@gap  # residuals are whole numbers of a unit that the result does not tell
def test_a_gx_result_tells_residuals_in_the_frames_own_unit() -> None:
    data, dimensions = observed(people(1, 0.4, 0.5, 2, 1, 1), "persons", "sex")
    del dimensions
    from amyqa.engines.evaluate import shape_of

    arguments = {"dimension": "sex", "total": "total", "parts": ["male", "female"]}
    told = json.dumps(summary(evaluate(totals.RULE, arguments, data, shape_of(data, ["year", "sex"]))))
    assert "0.1" in told


# --- suites and schemas --------------------------------------------------------------------------


SCHEMA = "import pandera.pandas as pa\nimport amyqa.pandera\n\nschema = pa.DataFrameSchema(checks=[{}])\n"


@gap  # silently never run; a suite's misspelt dimension is exit 2
def test_a_misspelt_dimension_of_a_schemas_check_does_not_go_unnoticed(tmp_path: Path) -> None:
    write_family(tmp_path, schema=SCHEMA.format("pa.Check.totals(dimension='sexx')"))
    spec = {**BY_YEAR, "columns": {"T": {"sex": "total"}, "M": {"sex": "male"}}}
    write_table(tmp_path, "table", "Year,T,M\n2003,5,6\n", spec)
    assert pipeline.check([tmp_path], "duckdb").not_evaluated  # or a BadRule


@gap  # it names the table's CSV, and no line
def test_a_check_that_raises_is_told_with_the_schemas_file_and_line(tmp_path: Path) -> None:
    write_family(tmp_path, schema=SCHEMA.format("pa.Check(lambda data: 1 / 0)"))
    write_table(tmp_path, "table", "Year,T\n2003,5\n", {**BY_YEAR, "columns": {"T": {"sex": "total"}}})
    with pytest.raises(BadRule) as error:
        pipeline.check([tmp_path], "duckdb")
    assert str(error.value).startswith("schemas/general.py:4: ")


# --- fingerprints --------------------------------------------------------------------------------

EVENTS = {"Year": "year", "Event": "text"}


def events(root: Path, *rows: str, fields: dict[str, str] = EVENTS) -> set[str]:
    root = shipped(root, "events") if not root.exists() else root
    for file in (root / "data" / CHAPTER).iterdir():
        file.unlink()
    lines = "\n".join([",".join(fields), *rows]) + "\n"
    write_table(root, "events", lines, {"family": "events", "fields": fields})
    return {finding.id for finding in pipeline.check([root], "duckdb").findings}


@gap  # where: {row: 2}
def test_the_fingerprint_of_an_event_without_words_holds_no_number_of_a_row(tmp_path: Path) -> None:
    before = events(tmp_path / "yearbook", "2003,war", "2004,")
    assert events(tmp_path / "yearbook", "2002,peace", "2003,war", "2004,") == before


@gap  # the first column of text is taken for the claim
def test_a_remark_may_stand_before_its_claim(tmp_path: Path) -> None:
    root = shipped(tmp_path)
    path = root / "data" / CHAPTER / "claims.csv"
    before = {finding.id for finding in pipeline.check([path], "duckdb").findings}
    data = pd.read_csv(path, dtype=str, keep_default_na=False)
    data[["Remark", *(name for name in data if name != "Remark")]].to_csv(path, index=False)
    assert {finding.id for finding in pipeline.check([path], "duckdb").findings} == before


# --- words ---------------------------------------------------------------------------------------

WOMEN = {"T": {"sex": "total"}, "F": {"sex": "female"}}


@gap  # total is printed 0; … = ?
def test_a_total_that_is_zero_without_being_printed_is_told_as_that(tmp_path: Path) -> None:
    spec = {**BY_YEAR, "columns": {"F": {"sex": "female"}}, "zero": [{"sex": "total"}]}
    finding = only(checked(tmp_path, "Year,F\n2003,4\n", spec, BY_SEX))
    assert "is printed" not in finding.message
    assert "?" not in finding.message


@gap  # 2.666666666666666666666666667; 0.6666666666666666666666666667 too few
def test_a_sum_of_multiples_is_told_in_whole_numbers(tmp_path: Path) -> None:
    assert "666" not in only(stated(tmp_path, "K,A,B\nx,4,2\n", "3 * B = 2 * A")).message


@gap  # S is printed 0.1;  = 0.0
def test_a_formula_of_which_one_cell_is_left_is_told_in_words(tmp_path: Path) -> None:
    assert ";  =" not in only(stated(tmp_path, "K,R,S\nx,5,0.1\n", "R = S + R")).message


@gap  # x, N is printed 5; −y, N 4 + 2004/a[x, N] 1 = -3
def test_the_printed_total_is_the_single_term_of_its_formula(tmp_path: Path) -> None:
    write_table(tmp_path, "2004/a", "K,N\nx,1\n", {"columns": {"N": {}}})
    spec = {"identities": {"other tables": ["sum of N = 2004/a[x, N]"]}}
    finding = only(checked(tmp_path, "K,N\nx,5\ny,4\n", spec, {"type": STATED}))
    assert (finding.printed, finding.computed) == (Decimal(1), Decimal(9))


@gap  # 2: 2004 fails str_length
def test_a_field_without_words_is_told_in_words(tmp_path: Path) -> None:
    events(tmp_path / "yearbook", "2003,war", "2004,")
    [finding] = pipeline.check([tmp_path / "yearbook"], "duckdb").findings
    assert "str_length" not in finding.message


# --- reading and diagnosing ----------------------------------------------------------------------
