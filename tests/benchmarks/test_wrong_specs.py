"""Tables drawn for the benchmark of wrong specs are what their kinds say."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from benchmarks.drafts import Page
from benchmarks.wrong_kinds import KINDS, Kind
from benchmarks.wrong_specs import judge, pages, plant


def off(page: Page) -> list[Decimal]:
    """What each stated sum is off by, read from the tokens alone."""

    value = page.number
    return [
        value(s.total) - sum(map(value, s.parts)) + sum(map(value, s.minus))  # type: ignore[arg-type]
        for s in page.sums
    ]


def drawn(kind: Kind, number: int) -> Page:
    return kind.page(random.Random(f"{kind.name} {number}"))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_breaks_sums_just_where_it_is_not_clean(kind: Kind) -> None:
    for number in range(5):
        page = drawn(kind, number)
        assert page.sums
        assert any(off(page)) == (kind.family != "clean")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_table_has_the_size_of_a_yearbooks(kind: Kind) -> None:
    page = drawn(kind, 1)
    height, width = sorted((len(page.tokens), len(page.tokens[0])))
    assert 2 <= height <= width <= 31


def test_there_are_thirty_kinds_and_more_each_with_a_name_of_its_own() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 32


def test_the_same_seed_draws_the_same_tables_whatever_else_is_drawn() -> None:
    alone = [page.tokens for _, page in pages(KINDS[3:4], 2, 7)]
    among = [page.tokens for kind, page in pages(KINDS, 2, 7) if kind is KINDS[3]]
    assert alone == among


def test_a_clean_table_gets_no_claim() -> None:
    clean = next(kind for kind in KINDS if kind.family == "clean")
    told, _ = judge(clean, drawn(clean, 1))
    assert not told.broken
    assert told.likelihood == 0


def test_a_planted_misprint_that_is_found_is_no_claim() -> None:
    clean = KINDS[0]
    page, misprint = plant(drawn(clean, 3), random.Random(5))
    assert page.number(misprint.place) == misprint.printed != misprint.true
    told, _ = judge(clean, page, misprint)
    assert told.found
    assert told.likelihood == 0
