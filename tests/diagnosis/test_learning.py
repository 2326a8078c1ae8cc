"""Shares of slips estimated from known misprints, on tables of their own."""

from __future__ import annotations

import random

import pytest

from amyqa.diagnosis.learning import ASSUMED, Ways, estimate, fold_of, learn, mean_log


def drawn(shares: Ways, number: int, chance: random.Random) -> list[Ways]:
    """Misprints of known kinds; the likelihoods of other kinds are there as well."""
    names = list(shares)
    kinds = chance.choices(names, [shares[name] for name in names], k=number)
    return [{name: 0.5 if name == kind else 0.001 for name in names} for kind in kinds]


TRUE = dict.fromkeys(ASSUMED, 0.02) | {"digit": 0.1, "transposed": 0.7}


def test_shares_approach_those_that_the_misprints_were_drawn_with() -> None:
    shares = estimate(drawn(TRUE, 3_000, random.Random(1)), 10)
    whole = sum(TRUE.values())
    assert shares["transposed"] == pytest.approx(0.7 / whole, abs=0.05)
    assert sum(shares.values()) == pytest.approx(1)


def test_without_misprints_the_assumed_shares_stay() -> None:
    whole = sum(ASSUMED.values())
    assert estimate([], 10) == {name: pytest.approx(share / whole) for name, share in ASSUMED.items()}


def test_a_table_is_never_judged_by_shares_that_it_had_a_part_in() -> None:
    odd = {"digit": 1.0}
    tables = {f"table {i}": [{"sign": 1.0}] * 50 for i in range(20)} | {"odd": [odd] * 50}
    told = learn(tables, 5, 1)
    without = [
        ways for name, found in tables.items() if fold_of(name, 5) != fold_of("odd", 5) for ways in found
    ]
    assert told.folds[fold_of("odd", 5)] == estimate(without, 1)
    assert told.after["odd"] < told.before["odd"]
    assert told.after["odd"] == pytest.approx(mean_log([odd], estimate(without, 1)))
