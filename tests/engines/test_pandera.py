"""In anybody's Pandera schema a broken sum is one failure case, which says what is wrong."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pandera.pandas as pa
import pandera.polars as pap
import polars as pl
import pytest

from amyqa.engines.pandera_checks import CHECKS
from amyqa.rules.vocabulary import BY_EXPECTATION

PARTS = {"dimension": "sex", "total": "T", "parts": ["M", "F"], "value": "ferries"}
SENTENCE = "2020: T 220; M 130 + F 97 = 227; 7 too few"


def ferries(*numbers: Any) -> pd.DataFrame:
    """Ferry hands by year and sex; 2020 does not add up unless other numbers are given."""
    given = list(numbers) or [110, 60, 50, 220, 130, 97]
    years = [2019 + i // 3 for i in range(len(given))]
    return pd.DataFrame({"year": years, "sex": ["T", "M", "F"] * (len(given) // 3), "ferries": given})


def cases(data: Any, *checks: pa.Check, library: Any = pa) -> list[tuple[Any, str]]:
    """Index and sentence of each failure case."""
    try:
        library.DataFrameSchema(checks=list(checks)).validate(data, lazy=True)
    except pa.errors.SchemaErrors as errors:
        found = errors.failure_cases
        found = found.to_pandas() if isinstance(found, pl.DataFrame) else found
        return list(zip(found["index"], found["failure_case"], strict=True))
    return []


def test_a_broken_sum_is_one_failure_case_with_its_arithmetic() -> None:
    assert cases(ferries(), pa.Check.totals(**PARTS)) == [(3, SENTENCE)]


def test_several_broken_sums_are_a_case_each() -> None:
    told = cases(ferries(110, 60, 55, 220, 130, 97), pa.Check.totals(**PARTS))
    assert [index for index, _ in told] == [0, 3]
    assert told[0][1] == "2019: T 110; M 60 + F 55 = 115; 5 too few"


def test_a_tolerance_and_a_rounding_are_allowed_for() -> None:
    assert cases(ferries(), pa.Check.totals(**PARTS, tolerance=7)) == []
    assert cases(ferries(), pa.Check.totals(**PARTS, tolerance=6)) == [(3, SENTENCE)]
    assert cases(ferries(), pa.Check.totals(**PARTS, rounded=5)) == []  # 3 numbers, half of 5 each: 7.5
    assert cases(ferries(), pa.Check.totals(**PARTS, rounded=4)) == [(3, SENTENCE)]
    [(_, told)] = cases(ferries(), pa.Check.totals(**PARTS, tolerance="much"))
    assert "tolerance='much' is no number" in told


def test_levels_of_an_index_are_dimensions() -> None:
    data = ferries().set_index(["year", "sex"])
    [(index, told)] = cases(data, pa.Check.totals(**PARTS))
    assert told == SENTENCE
    assert "2020" in str(index)


@pytest.mark.parametrize(("year", "broken"), [(2020, 1), (2019, 0), (2020.0, 1), ([2019, 2020], 1)])
def test_codes_may_be_numbers(year: Any, broken: int) -> None:
    assert len(cases(ferries(), pa.Check.totals(**PARTS, where={"year": year}))) == broken


def test_a_model_takes_several_checks_of_a_rule() -> None:
    class Ferries(pa.DataFrameModel):
        year: int
        sex: str
        ferries: int

        class Config:
            totals = ({**PARTS, "where": {"year": 2019}}, {**PARTS, "where": {"year": 2020}})

    with pytest.raises(pa.errors.SchemaErrors) as failed:
        Ferries.validate(ferries(110, 60, 55, 220, 130, 97), lazy=True)
    assert len(failed.value.failure_cases) == 2


def test_polars_is_told_the_same() -> None:
    told = cases(pl.from_pandas(ferries()), pap.Check.totals(**PARTS), library=pap)
    assert [sentence for _, sentence in told] == [SENTENCE]
    assert cases(pl.from_pandas(ferries(110, 60, 50)), pap.Check.totals(**PARTS), library=pap) == []


def test_every_rule_is_a_check() -> None:
    assert {rule.name for rule in CHECKS.values()} >= {rule.name for rule in BY_EXPECTATION.values()}
    for name in CHECKS:
        assert getattr(pa.Check, name) is not None
    assert cases(ferries(), pa.Check.range(value="ferries", max=200))[0][0] == 3


def test_a_missing_argument_is_told_where_the_check_is_written() -> None:
    with pytest.raises(TypeError, match="missing a required argument: 'dimension'"):
        pa.Check.totals(value="ferries")
    with pytest.raises(TypeError, match="unexpected argument 'totla'"):
        pa.Check.totals(**PARTS, totla="T")


def test_a_missing_part_fails_with_advice() -> None:
    [(_, told)] = cases(ferries(), pa.Check.totals(**{**PARTS, "parts": ["M", "Fe"]}))
    assert "the frame has no 'Fe' in 'sex'" in told
