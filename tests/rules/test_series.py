"""Rules over time, on series of any kind, against what the oracle says."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from amyqa.engines.evaluate import evaluate, frame
from amyqa.rules import cumulative, gaps, growth, outliers, periods, records
from amyqa.rules.observations import Observations
from amyqa.rules.rule import Rule
from tests import series_oracle as oracle
from tests.engines.tables import examples
from tests.yearbooks import observations

Values = dict[int, Fraction | None]
ROW: dict[str, Any] = {"negative": True, "rows": {"dimension": "year"}, "columns": {"N": {"item": "persons"}}}


@st.composite
def series(draw: Any, least: int = 0, decimals: int = 0) -> Values:
    """Up to nine years, some left out, some blank, mostly alike and sometimes ten times as much."""
    years = draw(st.lists(st.integers(1990, 2003), min_size=1, max_size=9, unique=True))
    level = draw(st.sampled_from([8, 60, 900, 25000]))
    found: Values = {}
    for year in years:
        if draw(st.integers(0, 9)) == 0:
            found[year] = None
            continue
        number = draw(st.integers(max(least, level // 2) if least >= 0 else -level, 2 * level))
        number *= draw(st.sampled_from([1, 1, 1, 1, 10]))
        found[year] = Fraction(number, 10**decimals)
    return found


def written(values: Values, decimals: int = 0) -> str:
    def token(value: Fraction | None) -> str:
        return "" if value is None else f"{float(value):.{decimals}f}"

    return "Year,N\n" + "".join(f"{year},{token(value)}\n" for year, value in values.items())


def judged(
    folder: Path,
    rule: Rule,
    values: Values,
    spec: dict[str, Any] = ROW,
    decimals: int = 0,
    **given: Any,
) -> tuple[set[int], set[int], Observations] | None:
    """Years that violate, years that are not judged; None where there is nothing to judge."""
    table = observations(folder, written(values, decimals), spec)
    assert rule.bind is not None
    arguments, reason = rule.bind(given, table)
    if reason:
        return None
    outcome = evaluate(rule, arguments, frame(table), table.shape)

    def years(subjects: Any) -> set[int]:
        return {int(table.place(int(subject["record"]))["year"]) for subject in subjects}

    return years(outcome.violations), years(outcome.unjudged), table


@given(series())
@examples(25)
def test_holes_are_those_of_the_oracle(folder: Path, values: Values) -> None:
    found = judged(folder, gaps.RULE, values)
    assume(found is not None and any(value is not None for value in values.values()))
    assert found is not None
    left_out = oracle.holes(list(values))
    blank = oracle.blank_holes(list(values.items()))
    assert found[0] == (left_out or set()) | (blank or set())


@given(series(), st.integers(1, 3))
@examples(30)
def test_a_given_step_is_taken_at_its_word(folder: Path, values: Values, step: int) -> None:
    found = judged(folder, gaps.RULE, values, step=step)
    assume(found is not None)
    assert found is not None
    blank = oracle.blank_holes(list(values.items()), step) if oracle.known(list(values.items())) else set()
    assert found[0] == (oracle.holes(list(values), step) or set()) | (blank or set())


@pytest.mark.parametrize(
    ("item", "least", "decimals"),
    [("persons", 0, 0), ("persons", -1, 0), ("literate (%)", 0, 1), ("price", 0, 2)],
)
def test_outliers_are_those_of_the_oracle(folder: Path, item: str, least: int, decimals: int) -> None:
    spec = {**ROW, "columns": {"N": {"item": item}}}

    @given(series(least, decimals))
    @examples(25)
    def agrees(values: Values) -> None:
        found = judged(folder, outliers.RULE, values, spec, decimals)
        if found is None:
            assert len(values) < 2
            return
        beyond = oracle.outliers(list(values.items()), Fraction(1, 10**decimals), share="%" in item)
        # a tie is decided by the last bit of a logarithm
        assume(beyond is None or all(abs(distance) > 1e-9 for distance in beyond.values()))
        assert found[0] == {year for year, distance in (beyond or {}).items() if distance > 0}
        printed = {year for year, value in values.items() if value is not None}
        assert found[1] == printed - set(beyond or {})

    agrees()


@given(series(-1))
@examples(25)
def test_eurostats_default_is_the_oracles(folder: Path, values: Values) -> None:
    found = judged(folder, outliers.RULE, values, method="ess")
    assume(found is not None)
    assert found is not None
    assert found[0] == oracle.ess_outliers(list(values.items()))
    judgeable = {year for year, _ in oracle.known(list(values.items()))[5:]}
    assert found[1] == {year for year, value in values.items() if value is not None} - judgeable


@given(series(-1), st.sampled_from(["1.5", "3", "10"]))
@examples(25)
def test_growth_is_the_oracles(folder: Path, values: Values, factor: str) -> None:
    found = judged(folder, growth.RULE, values, factor=factor)
    assume(found is not None)
    assert found is not None
    assert found[0] == oracle.grown(list(values.items()), Fraction(1), Fraction(factor))


@given(series(-1))
@examples(25)
def test_what_counts_all_to_date_falls_where_the_oracle_says(folder: Path, values: Values) -> None:
    stated = {**ROW, "cumulative": ["N"]}
    ways = [judged(folder, cumulative.RULE, values, stated)]
    ways.append(judged(folder, cumulative.RULE, values, dimension="year"))
    for found in ways:
        if found is not None:
            assert found[0] == oracle.fallen(list(values.items()))
            assert found[1] == {year for year, value in values.items() if value is None}


@given(st.integers(1, 9), st.integers(0, 9), st.integers(0, 9))
@examples(20)
def test_records_are_counted(folder: Path, number: int, fewest: int, most: int) -> None:
    table = observations(folder, written({2000 + i: Fraction(i) for i in range(number)}), ROW)
    outcome = evaluate(records.RULE, {"min": fewest, "max": most}, frame(table), table.shape)
    assert outcome.success is (fewest <= number <= most)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


# --- periods ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "frequency", "ordinal"),
    [
        ("2003", "year", 2003),
        ("2004*", "year", 2004),
        ("2004p", "year", 2004),
        ("2004 (R)", "year", 2004),
        ("2004/05", "fiscal year", 2004),
        ("1999-00", "fiscal year", 1999),
        ("2004–2005", "fiscal year", 2004),
        ("FY 2004/05", "fiscal year", 2004),
        ("2005 Q1", "quarter", 8020),
        ("Q4 2005", "quarter", 8023),
        ("2005 H2", "half", 4011),
        ("2005-11", "month", 24070),
        ("January 2005", "month", 24060),
        ("2005 Sept.", "month", 24068),
        ("2006 (Jan.-Oct.)", "part of a year", 2006),
    ],
)
def test_a_period_is_read_as_it_is_printed(code: str, frequency: str, ordinal: int) -> None:
    read = periods.read(code)
    assert read is not None
    assert (read.frequency, read.ordinal) == (frequency, ordinal)


@pytest.mark.parametrize(
    "code", ["Total", "1998-2002", "North", "1234", "Marching", "Q5 2004", "2004-13", "Decile 1", ""]
)
def test_what_is_no_period_is_none(code: str) -> None:
    assert periods.read(code) is None


@pytest.mark.parametrize(
    ("frequency", "ordinal", "name"),
    [
        ("year", 2003, "2003"),
        ("fiscal year", 1999, "1999/00"),
        ("quarter", 8021, "2005 Q2"),
        ("month", 24064, "May 2005"),
    ],
)
def test_a_period_that_is_not_printed_has_a_name(frequency: str, ordinal: int, name: str) -> None:
    assert periods.written(frequency, ordinal) == name
    assert periods.read(name) == periods.Period(
        frequency, ordinal, ordinal // {"quarter": 4, "month": 12}.get(frequency, 1)
    )


def test_months_of_years_are_one_series(tmp_path: Path) -> None:
    lines = "Year,Month,N\n" + "".join(
        f"{year},{month},{100 + i}\n"
        for i, (year, month) in enumerate((y, m) for y in (2003, 2004) for m in ("Oct", "Nov", "Dec"))
    )
    spec = {"rows": {"dimensions": {"Year": "year", "Month": "month"}}, "columns": {"N": {"item": "persons"}}}
    table = observations(tmp_path, lines, spec)
    arguments, _ = periods.bind({"dimension": "month"}, table)
    assert arguments["along"] == ["month", "year"]
    assert [row[3] for row in arguments["periods"]][:2] == [24045, 24046]
    years, _ = periods.bind({"dimension": "year"}, table)
    assert years["along"] == ["year"]
