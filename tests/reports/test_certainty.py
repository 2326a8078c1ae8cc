from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amyqa.model import Explanation
from amyqa.reports import certainty
from tests.reports import builder

TABLE = builder.malaysia()
FIVE = tuple(builder.change(TABLE, year, "Total", "1") for year in builder.YEARS[:5])
STOPPED = "the search stopped at its limit"


@pytest.mark.parametrize(
    ("likelihood", "words"),
    [
        (1.0, "virtually certain, over 99.9%"),
        (0.9999999995, "virtually certain, over 99.9%"),
        (0.9931, "virtually certain, 99.3%"),
        (0.97, "very likely, 97%"),
        (0.7, "likely, 70%"),
        (0.51, "more likely than not, 51%"),
        (0.4, "about as likely as not, 40%"),
        (0.2, "unlikely, 20%"),
        (0.02, "very unlikely, 2%"),
        (0.0049, "exceptionally unlikely, 0.5%"),
        (0.0, "exceptionally unlikely, under 0.1%"),
    ],
)
def test_a_likelihood_is_said_in_words_and_percent(likelihood: float, words: str) -> None:
    assert certainty.likelihood_phrase(likelihood) == words


@given(st.floats(0, 1))
def test_nothing_is_ever_sure_or_impossible(likelihood: float) -> None:
    said = certainty.percent(likelihood)
    assert "100" not in said
    assert said not in ("0%", "0.0%")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"next_best": 6}, "the only explanation with 5 cells; the next best needs 6"),
        ({}, "the only explanation with 5 cells"),
        (
            {"ties": 3, "unique": False},
            "by arithmetic alone, any of 3 sets of 5 cells would do; this is the likeliest of them",
        ),
        (
            {"ties": 3, "unique": False, "search_truncated": True},
            "by arithmetic alone, any of at least 3 sets of 5 cells would do; "
            f"this is the likeliest of them; not all were listed: {STOPPED}",
        ),
        (
            {"proven": False, "unique": False, "search_truncated": True, "next_best": 6},
            f"an explanation with 5 cells; not proven: {STOPPED}",
        ),
        ({"search_truncated": True}, f"an explanation with 5 cells; not all were listed: {STOPPED}"),
        ({"smallest": 4, "ties": 2}, "2 explanations with only 4 cells, but less likely"),
    ],
)
def test_the_certificate_claims_what_was_proven_and_no_more(given: dict[str, Any], words: str) -> None:
    assert certainty.certificate(builder.diagnosis(TABLE, *FIVE, **given)) == words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"ties": 9},
            "what else is wrong is not located; by arithmetic alone, any of 9 sets of 5 cells would do",
        ),
        ({"next_best": 6}, "what else is wrong is not located; no explanation has fewer than 5 cells"),
        ({"proven": False}, f"what else is wrong is not located; not proven: {STOPPED}"),
    ],
)
def test_a_part_of_an_explanation_is_not_certified_as_the_whole(given: dict[str, Any], words: str) -> None:
    whole = (Explanation(FIVE, 0.4),)
    given = {"smallest": 5, "alternatives": whole, **given}
    part = builder.diagnosis(TABLE, *FIVE[:1], explains=("a",), **given)
    assert certainty.certificate(part) == words
    assert not certainty.explains(part)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"ties": 3, "smallest": 5, "unique": False},
            "by arithmetic alone, any of 3 sets of 5 cells would do",
        ),
        ({"smallest": 0, "ties": 0, "unique": False}, "no explanation was found"),
        ({"smallest": 0, "ties": 0, "unique": False, "search_truncated": True}, f"not proven: {STOPPED}"),
    ],
)
def test_without_a_place_the_certificate_says_why(given: dict[str, Any], words: str) -> None:
    assert certainty.certificate(builder.diagnosis(TABLE, **given)) == words


@pytest.mark.parametrize(
    ("printed", "spec", "better", "written"),
    [
        ("6,619", {}, "6620", "6,620"),
        ("1049", {}, "1149", "1149"),
        ("895", {}, "1859", "1,859"),
        ("2.40", {"decimal": ",", "thousands": "."}, "2.45", "2,45"),
    ],
)
def test_a_proposal_is_written_as_its_table_writes_numbers(
    printed: str, spec: dict[str, Any], better: str, written: str
) -> None:
    table = builder.table("t", ["A"], {"x": [printed]}, **spec)
    assert certainty.proposed_as_printed(builder.change(table, "x", "A", better), table) == written


def test_of_an_explanation_the_roots_are_the_candidates_unless_there_are_none() -> None:
    root = builder.change(TABLE, "2006", "Male", "1")
    total = builder.change(TABLE, "Total", "Male", "1", "inherited")
    assert certainty.candidates(Explanation((root, total), 0.1)) == (root,)
    assert certainty.candidates(Explanation((total,), 0.1)) == (total,)
