"""One evaluator serves many callers: threads, and frames one inside the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from amyqa import pipeline
from amyqa.engines.evaluate import evaluate, frame
from amyqa.engines.session import Session
from amyqa.model import Counts
from amyqa.rules import structure, totals
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import IdentityState
from amyqa.rules.vocabulary import DECIMAL
from tests.yearbooks import CHAPTER, ROOT, observations

SPEC: dict[str, Any] = {
    "rows": {"dimension": "year"},
    "columns": {"T": {"sex": "total"}, "M": {"sex": "male"}},
}
BY_SEX = {"dimension": "sex", "total": "total", "parts": ["male"]}


@pytest.fixture
def right(tmp_path: Path) -> Observations:
    return observations(tmp_path, "Year,T,M\n2003,5,5\n", SPEC)


@pytest.fixture
def wrong(tmp_path: Path) -> Observations:
    return observations(tmp_path, "Year,T,M\n2003,5,6\n", SPEC)


def state(table: Observations, data: pd.DataFrame) -> IdentityState:
    [judged] = evaluate(totals.RULE, BY_SEX, data, table.shape).judged
    return judged.state


def test_tables_may_be_checked_in_several_threads() -> None:
    tables = ["deployed-to-malaysia", "deployed-to-south-korea"] * 6

    def counts(name: str) -> Counts:
        return pipeline.check([ROOT / "data" / CHAPTER / f"{name}.csv"], "duckdb").total

    alone = [counts(name) for name in tables[:2]] * 6
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(counts, tables)) == alone


def test_one_frame_may_be_judged_after_the_other(right: Observations, wrong: Observations) -> None:
    first, second = frame(right), frame(wrong)
    judged = [state(right, first), state(wrong, second), state(right, first)]
    assert judged == [IdentityState.HOLDS, IdentityState.BROKEN, IdentityState.HOLDS]


def test_a_session_may_be_open_while_another_is(right: Observations, wrong: Observations) -> None:
    with Session() as outer, Session() as inner:
        [first], [second] = outer.load([right]), inner.load([wrong])
        for session, batch, holds in ((outer, first, True), (inner, second, False), (outer, first, True)):
            [outcome] = session.ask(batch, totals.RULE, {0: BY_SEX}).values()
            assert outcome.success is holds


def test_a_frame_is_left_as_it_is(wrong: Observations) -> None:
    data = frame(wrong)
    before = data.copy(deep=True)
    state(wrong, data)
    pd.testing.assert_frame_equal(data, before)


def test_numbers_and_words_are_never_objects(right: Observations) -> None:
    assert {str(kind) for kind in frame(right).dtypes} == {"Int64", "str"}


def test_a_rule_that_reading_does_cannot_be_evaluated(right: Observations) -> None:
    with pytest.raises(ValueError, match="has no definition"):
        evaluate(DECIMAL, {}, frame(right), right.shape)


@pytest.mark.parametrize("name", ["record", "records", "cell", "code", "low", "o", 'se"x', "it's", "{terms}"])
def test_a_dimension_may_have_any_name_and_its_codes_too(tmp_path: Path, name: str) -> None:
    columns = {"T": {name: "total"}, "A": {name: "a'b"}, "B": {name: "{subjects}"}}
    table = observations(
        tmp_path, "Year,T,A,B\n2003,5,3,3\n2004,6,3,3\n2004,6,3,3\n", {**SPEC, "columns": columns}
    )
    data = frame(table)
    arguments = {"dimension": name, "total": "total", "parts": ["a'b", "{subjects}"]}
    judged = evaluate(totals.RULE, arguments, data, table.shape).judged
    assert [identity.state for identity in judged] == [
        IdentityState.BROKEN,
        IdentityState.UNKNOWN,
        IdentityState.UNKNOWN,
    ]
    repeated = evaluate(structure.KEYS, {}, data, table.shape)
    assert (repeated.subjects, len(repeated.violations)) == (6, 3)
