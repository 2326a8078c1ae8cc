"""Figures that were made from each other: judged by fractions, on any printed figures."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amyqa.engines.evaluate import evaluate, frame
from amyqa.rules import ratios, shares
from amyqa.rules.observations import Observations
from amyqa.rules.rule import Rule
from amyqa.rules.shape import Arguments
from amyqa.rules.suite import bind
from tests.engines.tables import examples
from tests.rules import judging
from tests.rules.judging import Figure
from tests.yearbooks import observations

COLUMNS = {"N": {"measure": "number"}, "D": {"measure": "whole"}, "R": {"measure": "ratio"}}
SPEC: dict[str, Any] = {"rows": {"dimension": "year"}, "columns": COLUMNS, "negative": True}
SIDES: Arguments = {
    "ratio": {"measure": ["ratio"]},
    "numerator": {"measure": ["number"]},
    "denominator": {"measure": ["whole"]},
}

whole_numbers = st.one_of(st.integers(0, 12), st.integers(0, 10**6))


@st.composite
def figures(draw: st.DrawFn, decimals: int = 2, lowest: int = 0) -> Figure:
    digits = draw(st.integers(0, decimals))
    kind = draw(st.sampled_from(["value"] * 6 + ["missing", "at least", "at most"]))
    value = Fraction(draw(st.one_of(st.integers(lowest, 200), st.integers(lowest, 10**7))), 10**digits)
    return Figure(kind, Fraction(0), 0) if kind == "missing" else Figure(kind, value, digits)


def table(rows: list[list[Figure]], labels: list[str], spec: dict[str, Any]) -> Observations:
    lines = [["Year", *labels]] + [[str(1000 + i), *(f.printed for f in row)] for i, row in enumerate(rows)]
    with TemporaryDirectory() as folder:
        return observations(Path(folder), lines, spec)


def states(rule: Rule, arguments: Arguments, observed: Observations, rows: int) -> list[str]:
    """What a rule says of each row; "" where it is no subject."""
    bound, reason = bind(rule, arguments, observed)
    assert not reason
    outcome = evaluate(rule, bound, frame(observed), observed.shape)
    found = {}
    for state, subjects in (("broken", outcome.violations), ("unknown", outcome.unjudged)):
        for subject in subjects:
            found[int(observed.place(int(str(subject["record"])))["year"]) - 1000] = state
    held = outcome.subjects - len(found)
    told = [found.get(i, "") for i in range(rows)]
    assert held <= told.count("")
    return told


@examples(30)
@given(
    rows=st.lists(
        st.tuples(figures(lowest=-50), figures(lowest=-50), figures(3, -50)), min_size=1, max_size=8
    ),
    factor=st.sampled_from(["1", "100", "1000", "0.0001", "2.5"]),
    relation=st.sampled_from(["=", "<=", ">="]),
    tolerance=st.sampled_from(["0", "0.1"]),
)
def test_ratios_are_judged_as_fractions_judge_them(rows, factor, relation, tolerance) -> None:
    arguments = {**SIDES, "factor": factor, "relation": relation, "tolerance": tolerance}
    observed = table([list(row) for row in rows], list(COLUMNS), SPEC)
    told = states(ratios.RULE, arguments, observed, len(rows))
    for (numerator, denominator, printed), state in zip(rows, told, strict=True):
        if printed.kind == "missing":
            assert state == ""
            continue
        expected = judging.ratio(
            printed, numerator, denominator, Fraction(factor), relation,
            tolerance=Fraction(tolerance), negative=True,
        )  # fmt: skip
        assert state == ("" if expected == "holds" else expected)


@examples(30)
@given(
    numerator=whole_numbers, denominator=st.integers(1, 10**9), decimals=st.integers(0, 4),
    factor=st.sampled_from([1, 100, 1000]), up=st.booleans(),
)  # fmt: skip
def test_a_ratio_made_from_its_numbers_and_rounded_is_never_broken(
    numerator, denominator, decimals, factor, up
) -> None:
    exact = Fraction(factor * numerator, denominator) * 10**decimals
    # a half may be rounded either way
    half = exact.denominator == 2
    rounded = exact.__floor__() + (int(up) if half else int(exact - exact.__floor__() > Fraction(1, 2)))
    row = [
        Figure("value", Fraction(numerator)),
        Figure("value", Fraction(denominator)),
        Figure("value", Fraction(rounded, 10**decimals), decimals),
    ]
    rows, expected = [row], [""]
    for off in (-1, 1):
        rows.append([*row[:2], Figure("value", Fraction(rounded + off, 10**decimals), decimals)])
        expected.append("" if half and abs(exact - rounded - off) <= Fraction(1, 2) else "broken")
    observed = table(rows, list(COLUMNS), SPEC)
    assert states(ratios.RULE, {**SIDES, "factor": factor}, observed, 3) == expected


@examples(30)
@given(
    rows=st.lists(st.tuples(figures(), figures()), min_size=1, max_size=8),
    whole=st.sampled_from(["100", "1"]),
)
def test_shares_are_judged_as_fractions_judge_them(rows, whole) -> None:
    spec = {"rows": {"dimension": "year"}, "columns": {"A": {"area": "urban"}, "B": {"area": "rural"}}}
    told = states(
        shares.RULE,
        {"dimension": "area", "whole": whole},
        table([*map(list, rows)], ["A", "B"], spec),
        len(rows),
    )
    for row, state in zip(rows, told, strict=True):
        expected = judging.shares(row, Fraction(whole))
        if all(each.kind == "missing" for each in row):
            assert state == ""  # nothing is printed that could be held against the whole
        else:
            assert state == ("" if expected == "holds" else expected)


@pytest.mark.parametrize(
    ("row", "state"),
    [
        # ratio and denominator of 15 digits, and a factor of 14 decimals: more than 38 digits
        (("3", "999999999999999", "999999999999999"), "unknown"),
        (("3", "999999999999999", "1"), "broken"),
    ],
)
def test_numbers_too_large_to_be_multiplied_exactly_are_not_evaluated(tmp_path: Path, row, state) -> None:
    observed = observations(tmp_path, [["Year", *COLUMNS], ["1000", *row]], SPEC)
    arguments = {**SIDES, "factor": "0.00000000000001"}
    assert states(ratios.RULE, arguments, observed, 1) == [state]


@pytest.mark.parametrize("tolerance", ["0", "0.00000000000001"])
@pytest.mark.parametrize(
    "row",
    [("0", "0.0000000000000001", "0"), ("0.00000000000001", "1", "0.0"), ("1", "3", "0.3333333333333")],
)
def test_numbers_of_many_decimals_are_judged_or_listed(tmp_path: Path, row, tolerance: str) -> None:
    observed = observations(tmp_path, [["Year", *COLUMNS], ["1000", *row]], SPEC)
    [state] = states(ratios.RULE, {**SIDES, "tolerance": tolerance}, observed, 1)
    assert state in ("", "unknown")


def test_two_cells_for_one_numerator_are_none(tmp_path: Path) -> None:
    spec = {"rows": {"dimension": "measure"}, "columns": {"A": {"year": "1000"}}}
    lines = [["", "A"], ["number", "1"], ["number", "1"], ["whole", "2"], ["ratio", "50"]]
    observed = observations(tmp_path, lines, spec)
    assert states(ratios.RULE, {**SIDES, "factor": 100}, observed, 1) == ["unknown"]


def test_a_side_that_is_several_cells_is_refused() -> None:
    assert "one code" in ratios.accept({"ratio": {"sex": ["male", "female"]}})
    assert "above zero" in ratios.accept({"factor": "-1"})
