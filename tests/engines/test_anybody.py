"""Our checks work in schemas and suites that know nothing of yearbooks, on anybody's tidy frame."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import amyqa.pandera  # noqa: F401  registers the checks
from amyqa import pipeline
from amyqa.errors import BadRule
from amyqa.model import Severity
from tests.engines.tables import examples
from tests.yearbooks import TOTALS, problems_of, write_family, write_table

SEXES = ("total", "male", "female")


def people(*numbers: Any, dtype: Any = None) -> pd.DataFrame:
    """A stranger's tidy frame: total, male and female of one year after the other."""
    years = [str(2003 + i // 3) for i in range(len(numbers))]
    sexes = [SEXES[i % 3] for i in range(len(numbers))]
    persons = pd.array(list(numbers), dtype=dtype) if dtype else list(numbers)
    return pd.DataFrame({"year": years, "sex": sexes, "persons": persons})


def failing(data: pd.DataFrame, **changed: Any) -> list[Any]:
    """Indexes of the rows that fail in a schema of the stranger's own."""
    arguments = {"dimension": "sex", "total": "total", "parts": ["male", "female"], "value": "persons"}
    schema = pa.DataFrameSchema(
        {"sex": pa.Column(str, pa.Check.isin(SEXES)), "year": pa.Column(str)},
        checks=[pa.Check.totals(**{**arguments, **changed})],
    )
    try:
        schema.validate(data, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        assert set(cases["check"].str.partition("(")[0]) == {"totals"}
        if cases["index"].isna().any():
            raise ValueError(cases["failure_case"].iloc[0]) from errors
        [failed] = errors.schema_errors
        return sorted(failed.check_output.index[~failed.check_output])
    return []


def test_only_the_rows_of_a_broken_sum_fail() -> None:
    assert failing(people(10, 4, 6, 9, 4, 6, 7, 3, 4)) == [3, 4, 5]


@pytest.mark.parametrize("kind", ["int64", "int32", "uint8", "Int64", "float64", "Float64"])
def test_numbers_of_any_type_are_added_up(kind: str) -> None:
    assert failing(people(10, 4, 6, 9, 4, 6, dtype=kind)) == [3, 4, 5]


def test_decimals_and_floats_are_added_up_with_the_digits_they_are_written_with() -> None:
    assert failing(people(0.3, 0.1, 0.2, 0.3, 0.1, 0.1)) == [3, 4, 5]
    tenths = [Decimal(text) for text in ("0.3", "0.1", "0.2", "1E+2", "99.9", "0.10")]
    assert failing(people(*tenths)) == []
    assert failing(people(*tenths[:5], Decimal("0.11"))) == [3, 4, 5]


@pytest.mark.parametrize("missing", [None, math.nan, pd.NA, np.nan])
def test_a_missing_number_is_unknown_and_never_zero(missing: Any) -> None:
    assert failing(people(10, missing, 6, 9, 4, 6)) == [3, 4, 5]


def test_parts_that_exceed_the_total_already_are_broken_where_nothing_is_negative() -> None:
    assert failing(people(5, None, 6)) == [0, 1, 2]
    assert failing(people(5, None, 6, -1, 0, -1)) == []


def test_an_index_of_the_strangers_own_is_kept() -> None:
    data = people(10, 4, 6, 9, 4, 6).set_axis(list("abcdef"))
    assert failing(data) == ["d", "e", "f"]


def test_rows_in_any_order_and_dimensions_of_any_type_will_do() -> None:
    data = people(10, 4, 6, 9, 4, 6).sample(frac=1, random_state=1)
    assert failing(data) == [3, 4, 5]
    assert failing(data.astype({"sex": "object", "year": "object"})) == [3, 4, 5]


def test_the_frame_itself_is_left_alone() -> None:
    data = people(10, 4, None, 9, 4, 6)
    before = data.copy(deep=True)
    failing(data)
    pd.testing.assert_frame_equal(data, before)


def test_total_and_parts_may_be_left_to_the_codes_of_the_frame() -> None:
    assert failing(people(10, 4, 6, 9, 4, 6), total=None, parts=None) == [3, 4, 5]


def test_a_part_that_only_some_tables_have_counts_where_it_is_there() -> None:
    data = people(10, 4, 6, 9, 4, 4)
    unknown = pd.DataFrame({"year": ["2004"], "sex": ["not stated"], "persons": [1]})
    with_it = pd.concat([data, unknown], ignore_index=True)
    schema = pa.DataFrameSchema(
        checks=[
            pa.Check.totals(
                dimension="sex", total="total", parts=["male", "female"], optional=["not stated"],
                value="persons",
            )
        ]
    )  # fmt: skip
    schema.validate(with_it)
    with pytest.raises(pa.errors.SchemaError):
        schema.validate(data)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"value": "person"}, "the frame has no column 'person' (did you mean 'persons'?)"),
        ({"dimension": "sx"}, "the frame has no column 'sx' (did you mean 'sex'?)"),
        ({"value": None}, 'name its values: value="persons"'),
    ],
)
def test_a_wrong_column_is_told_with_the_nearest_one(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        failing(people(10, 4, 6), **changed)


def test_a_check_takes_every_argument_of_its_rule() -> None:
    data = people(10, 4, 5, 9, 4, 6)
    assert failing(data, where={"year": "2004"}) == [3, 4, 5]
    assert failing(data, total=None, parts=None, hierarchy={"male": ["female"]}) == [1, 2, 4, 5]


def test_a_code_that_is_expected_and_missing_fails_a_frame_as_a_whole() -> None:
    expected = pa.Check.expected_codes(dimension="sex", codes=[*SEXES, "not stated"], value="persons")
    with pytest.raises(pa.errors.SchemaError, match="expected_codes"):
        pa.DataFrameSchema(checks=[expected]).validate(people(10, 4, 6))


FAILS = [
    ({"total": "totel"}, "the frame has no 'totel' in 'sex' (did you mean 'total'?)"),
    ({"parts": ["male", "femal"]}, "the frame has no 'femal' in 'sex' (did you mean 'female'?)"),
    ({"parts": ["male"], "optional": ["femal"]}, "no 'femal' in 'sex' (did you mean 'female'?)"),
    ({"parts": ["male", "female", "unknown"]}, "one that only some frames have is optional=['unknown']"),
    ({"total": None, "parts": None, "hierarchy": {"totl": ["male"]}}, "(did you mean 'total'?)"),
    ({"where": {"yaer": ["2003"]}}, "the frame has no column 'yaer' (did you mean 'year'?)"),
    ({"where": {"year": ["1950"]}}, "nothing could be evaluated, which is no pass: no row has 1950"),
]
"""A misspelt word, or a rule that judges nothing, in a frame whose sums hold."""


@pytest.mark.parametrize(("changed", "told"), FAILS)
def test_a_misspelt_word_or_a_check_that_judged_nothing_fails_with_a_sentence(
    changed: dict[str, Any], told: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        failing(people(10, 4, 6, 9, 4, 5), **changed)


def test_a_frame_without_rows_or_without_known_numbers_does_not_pass() -> None:
    with pytest.raises(ValueError, match="the frame has no rows"):
        failing(people(10, 4, 6).iloc[:0])
    with pytest.raises(ValueError, match="in every sum a number is missing"):
        failing(people(10, None, None, 9, None, None))


def test_a_filter_and_codes_that_only_some_frames_have_are_no_slips() -> None:
    data = people(10, 4, 6, 9, 4, 5)
    assert failing(data, where={"year": ["2003", "1950"]}) == []
    assert failing(data, optional=["not stated"]) == []
    assert failing(data, where={"year": ["1950"]}, optional=["1950"]) == []
    with pytest.raises(ValueError, match="no row has 1950"):
        failing(data, where={"year": ["1950"]}, optional=["not stated"])


# --- which columns tell the sums apart -----------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        {"note": list("abcdef")},
        {"households": [5, 2, 3, 4, 2, 3]},
        {"share": [1.0, 0.4, 0.6, 1.0, 0.4, 0.6]},
        {"status": ["final", "revised", "final", "final", "final", "revised"]},
        {"note": list("abcdef"), "country": ["KH"] * 6},
        {"label": ["All", "Men", "Women"] * 2},
    ],
)
def test_columns_of_notes_or_of_another_measure_do_not_hide_a_broken_sum(more: dict[str, Any]) -> None:
    assert failing(people(10, 4, 6, 9, 4, 6).assign(**more)) == [3, 4, 5]


def test_years_that_were_read_as_floats_are_years() -> None:
    check = pa.Check.totals(dimension="sex", total="total", parts=["male", "female"], value="persons")
    with pytest.raises(pa.errors.SchemaErrors) as errors:
        pa.DataFrameSchema(checks=[check]).validate(
            people(10, 4, 6, 9, 4, 6).astype({"year": float}), lazy=True
        )
    assert list(errors.value.failure_cases["index"]) == [3]


def test_several_dimensions_tell_sums_apart_together() -> None:
    data = pd.concat([people(10, 4, 6, 9, 4, 5), people(3, 1, 2, 3, 1, 1)], ignore_index=True)
    assert failing(data.assign(region=["north"] * 6 + ["south"] * 6)) == [9, 10, 11]


def test_columns_that_would_make_different_sums_are_told_and_can_be_named() -> None:
    data = people(10, 4, 6, 9, 4, 6).assign(rank=[1, 2, 1, 2, 1, 2])
    with pytest.raises(ValueError, match="'year' or 'rank' may tell them apart"):
        failing(data)
    assert failing(data, by=["year"]) == [3, 4, 5]
    assert failing(data, by=["rank"]) == [1, 3, 5]
    with pytest.raises(ValueError, match="no column 'yaer'"):
        failing(data, by=["yaer"])


def test_rows_that_stand_twice_are_added_twice() -> None:
    data = people(10, 4, 6)
    assert failing(pd.concat([data, data.iloc[1:2]], ignore_index=True)) == [0, 1, 2, 3]


@pytest.mark.parametrize("number", ["1,000", "x", math.inf, True, 10**17])
def test_what_is_no_number_that_can_be_added_up_exactly_is_refused(number: Any) -> None:
    with pytest.raises(ValueError, match=r"is not a number|too many digits"):
        failing(people(number, 4, 6))


@given(st.lists(st.tuples(*[st.one_of(st.none(), st.integers(0, 12))] * 3), min_size=1, max_size=6))
@examples(25)
def test_a_row_fails_exactly_where_its_years_sum_cannot_hold(numbers: list[tuple[int | None, ...]]) -> None:
    flat = [number for year in numbers for number in year]
    broken = []
    judged = False
    for start in range(0, len(flat), 3):
        total, *parts = flat[start : start + 3]
        known = sum(part for part in parts if part is not None)
        if total is not None and (known > total if None in parts else known != total):
            broken += [start, start + 1, start + 2]
        judged |= None not in (total, *parts)
    if judged or broken:
        assert failing(people(*flat, dtype="Int64")) == broken
    else:
        with pytest.raises(ValueError, match="nothing could be evaluated, which is no pass"):
            failing(people(*flat, dtype="Int64"))


# --- Great Expectations --------------------------------------------------------------------------

Validate = Callable[..., Any]


@pytest.fixture(scope="module")
def validate(great_expectations: None) -> Validate:
    """``validate(frame, expectation, …)`` as a GX user does it."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("hers").add_dataframe_asset("people")
    whole = asset.add_batch_definition_whole_dataframe("whole")

    def run(data: pd.DataFrame, *expectations: Any, **options: Any) -> Any:
        suite = gx.ExpectationSuite(name="hers", expectations=list(expectations))
        return whole.get_batch({"dataframe": data}).validate(suite, **options)

    return run


def expectation(type: str = TOTALS, **changed: Any) -> Any:
    from amyqa.great_expectations import EXPECTATIONS

    arguments: dict[str, Any] = {"value": "persons"}
    if type == TOTALS:
        arguments |= {"dimension": "sex", "total": "total", "parts": ["male", "female"]}
    return EXPECTATIONS[type](**{**arguments, **changed})


RANGE = "expect_values_to_be_in_range"


def test_a_suite_of_the_strangers_own_succeeds_and_fails(validate: Validate) -> None:
    assert validate(people(10, 4, 6), expectation()).success
    result = validate(people(10, 4, 6, 9, 4, 6), expectation(), expectation(RANGE, min=0, max=20))
    assert [each.success for each in result.results] == [False, True]
    details = result.results[0].result["details"]
    assert (details["evaluated"], details["not_evaluated"], len(details["broken"])) == (2, 0, 1)
    assert details["broken"][0]["cells"] == [[4, 1], [5, -1], [6, -1]]
    assert details["broken"][0]["residual"] == ["-1", "-1"]


def test_a_result_tells_residuals_in_the_frames_own_unit(validate: Validate) -> None:
    [result] = validate(people(1, 0.4, 0.5), expectation()).results
    assert result.result["details"]["broken"][0]["residual"] == ["0.1", "0.1"]


def test_a_result_is_json(validate: Validate) -> None:
    result = validate(people(10, 4, 6, 9, 4, None), expectation(), expectation(RANGE, min="0.5", max=8))
    told = json.loads(json.dumps(result.to_json_dict()))
    assert told["statistics"]["evaluated_expectations"] == 2
    assert told["results"][1]["result"]["observed_value"] == 2


def test_severity_and_meta_are_kept(validate: Validate) -> None:
    given_meta = {"reason": "they are all the sexes there are", "source": "the census"}
    [result] = validate(people(9, 4, 6), expectation(severity="warning", meta=given_meta)).results
    assert result.expectation_config.severity == "warning"
    assert result.expectation_config.meta == given_meta


def test_our_expectations_stand_beside_gxs_own(validate: Validate) -> None:
    import great_expectations as gx

    own = gx.expectations.ExpectColumnValuesToNotBeNull(column="persons")
    result = validate(people(10, 4, 6, 9, 4, 6), own, expectation())
    assert sorted(each.success for each in result.results) == [False, True]


def test_two_expectations_of_one_type_are_both_run(validate: Validate) -> None:
    narrow, wide = expectation(RANGE, max=5), expectation(RANGE, max=50)
    result = validate(people(10, 4, 6), narrow, wide)
    assert [each.success for each in result.results] == [False, True]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"value": "person"}, "the frame has no column 'person' (did you mean 'persons'?)"),
        ({"dimension": "sx"}, "the frame has no column 'sx' (did you mean 'sex'?)"),
        ({"value": None}, 'name its values: value="persons"'),
    ],
)
def test_gx_tells_a_wrong_column_with_the_nearest_one(
    validate: Validate, changed: dict[str, Any], told: str
) -> None:
    [result] = validate(people(10, 4, 6), expectation(**changed)).results
    assert not result.success
    raised = [info for info in result.exception_info.values() if info["raised_exception"]]
    assert told in raised[0]["exception_message"]


@pytest.mark.parametrize(("changed", "told"), FAILS)
def test_gx_fails_a_misspelt_word_and_a_rule_that_judged_nothing_with_a_sentence(
    validate: Validate, changed: dict[str, Any], told: str
) -> None:
    result = validate(people(10, 4, 6, 9, 4, 5), expectation(**changed))
    assert not result.success
    raised = [info for info in result.results[0].exception_info.values() if info["raised_exception"]]
    assert told in raised[0]["exception_message"]


@pytest.mark.parametrize("wrong", [{"dimensions": "sex"}, {"severity": "fatal"}, {"dimension": None}])
@pytest.mark.usefixtures("great_expectations")
def test_an_argument_that_does_not_exist_is_refused_at_once(wrong: dict[str, Any]) -> None:
    with pytest.raises(Exception, match=next(iter(wrong))):
        expectation(**wrong)


def test_an_expectation_is_kept_in_a_context_and_run_by_a_checkpoint(great_expectations: None) -> None:
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("hers").add_dataframe_asset("people")
    whole = asset.add_batch_definition_whole_dataframe("whole")
    suite = context.suites.add(gx.ExpectationSuite(name="hers"))
    suite.add_expectation(expectation())
    definition = gx.ValidationDefinition(name="hers", data=whole, suite=context.suites.get("hers"))
    checkpoint = gx.Checkpoint(
        name="hers", validation_definitions=[context.validation_definitions.add(definition)]
    )
    for data, succeeds in ((people(10, 4, 6), True), (people(9, 4, 6), False)):
        assert context.checkpoints.add_or_update(checkpoint).run({"dataframe": data}).success is succeeds


REOPEN = """\
import sys
import great_expectations as gx
import pandas as pd

context = gx.get_context(mode="file", project_root_dir=sys.argv[1])
people = pd.DataFrame({"year": ["2003"] * 3, "sex": ["total", "male", "female"], "persons": [9, 4, 6]})
result = context.validation_definitions.get("hers").run(batch_parameters={"dataframe": people})
print(result.success, len(result.results))
"""


@pytest.mark.usefixtures("great_expectations")
def test_a_context_of_files_keeps_our_expectations_only_where_they_are_imported(tmp_path: Path) -> None:
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="file", project_root_dir=tmp_path)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    context.variables.save()
    asset = context.data_sources.add_pandas("hers").add_dataframe_asset("people")
    whole = asset.add_batch_definition_whole_dataframe("whole")
    suite = context.suites.add(gx.ExpectationSuite(name="hers"))
    suite.add_expectation(expectation())
    context.validation_definitions.add(gx.ValidationDefinition(name="hers", data=whole, suite=suite))
    # what the how-to warns of: GX drops the expectation and calls the rest a success
    program = [sys.executable, "-W", "ignore", "-c", REOPEN, str(tmp_path)]
    ran = subprocess.run(program, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["True", "0"]
    assert f"{TOTALS} not found" in ran.stderr
    again = gx.get_context(mode="file", project_root_dir=tmp_path).validation_definitions.get("hers")
    result = again.run(batch_parameters={"dataframe": people(9, 4, 6)})
    assert (result.success, len(result.results)) == (False, 1)


# --- GX's own expectations in a yearbook's suite -------------------------------------------------

OWN = [
    {"type": TOTALS, "kwargs": {"dimension": "sex"}},
    {
        "type": "expect_column_values_to_be_between",
        "kwargs": {"column": "OBS_VALUE", "min_value": 0, "max_value": 5},
        "severity": "warning",
        "meta": {"reason": "a small village"},
    },
    {"type": "expect_column_to_exist", "kwargs": {"column": "sex"}},
]


def village(root: Path, *more: dict[str, Any]) -> Path:
    write_family(root, entries=[*OWN, *more])
    columns = {sex: {"sex": sex} for sex in SEXES}
    lines = [["year", *SEXES], ["2003", "5", "2", "3"], ["2004", "7", "3", "4"]]
    write_table(root, "village", lines, {"rows": {"dimension": "year"}, "columns": columns})
    return root


@pytest.mark.usefixtures("great_expectations")
def test_gxs_own_expectations_in_a_yearbooks_suite_run_under_gx(tmp_path: Path) -> None:
    report = pipeline.check([village(tmp_path)], "gx")
    [finding] = report.findings
    assert (finding.rule, finding.severity) == ("values", Severity.WARNING)
    assert [(cell.row, cell.column, cell.token) for cell in finding.cells] == [("2004", "total", "7")]
    assert finding.message == "2004: 7 fails expect_column_values_to_be_between (a small village)."
    assert report.not_evaluated == ()


def test_gxs_own_expectations_are_listed_as_not_evaluated_by_the_other_engines(tmp_path: Path) -> None:
    report = pipeline.check([village(tmp_path)], "duckdb")
    assert report.findings == ()
    assert [(n.rule, n.reason, n.identity) for n in report.not_evaluated] == [
        (type, "only Great Expectations runs it (not --engine duckdb)", False)
        for type in ("expect_column_values_to_be_between", "expect_column_to_exist")
    ]
    assert report.total.evaluated == 2


@pytest.mark.usefixtures("great_expectations")
@pytest.mark.parametrize(
    ("kwargs", "told"),
    [
        ({"column": "OBS_WRONG"}, "could not run expect_column_values_to_not_be_null"),
        ({"column": "OBS_VALUE", "columns": "OBS_VALUE"}, "takes no 'columns' in a suite"),
    ],
)
def test_one_of_gxs_own_that_cannot_run_stops_the_check(
    tmp_path: Path, kwargs: dict[str, str], told: str
) -> None:
    entry = {"type": "expect_column_values_to_not_be_null", "kwargs": kwargs}
    with pytest.raises(BadRule) as error:
        pipeline.check([village(tmp_path, entry)], "gx")
    [problem] = problems_of(error.value)
    assert problem.startswith("checks/general.yaml")
    assert told in problem


def test_series_of_a_frame_are_judged_and_a_frame_without_years_does_not_pass() -> None:
    from amyqa.engines.evaluate import evaluate, shape_of
    from amyqa.engines.tidy import filled, observed
    from amyqa.rules import outliers

    years = pd.DataFrame(
        {"year": ["2000", "2001", "2002", "2003", "2004"], "persons": [1200, 1250, 13000, 1300, 1350]}
    )
    data, dimensions = observed(years, "persons", None)
    arguments = filled(outliers.RULE, {}, data, dimensions)
    outcome = evaluate(outliers.RULE, arguments, data, shape_of(data, dimensions))
    assert [violation["record"] for violation in outcome.violations] == [3]
    places = pd.DataFrame({"place": ["North", "South"], "persons": [1, 2]})
    with pytest.raises(BadRule, match="the frame has no two years"):
        filled(outliers.RULE, {}, *observed(places, "persons", None))
