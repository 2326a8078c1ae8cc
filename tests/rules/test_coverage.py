"""Which cells stand in some identity, and which are the total of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from amyqa.rules.account import Account
from amyqa.rules.outcome import Cells
from tests.rules.judged import heard

CSV = "Kind,All,Boats,Carts,Rent\nnorth,9,4,5,1\nsouth,7,3,..,2\n"
COLUMNS = {"All": {"mode": "all"}, "Boats": {"mode": "boats"}, "Carts": {"mode": "carts"}, "Rent": {}}


def account(root: Path, table: dict[str, Any], entries: list[dict[str, Any]] | None = None) -> Account:
    spec = {"rows": {"dimension": "shore"}, **table}
    case = {"tables": {"quays": {"csv": CSV, "spec": spec}}, "suite": entries or []}
    return heard(root, case)[1].account


@pytest.mark.parametrize(
    ("formula", "covered", "totals"),
    [
        ("All = Boats + Carts", {1, 2, 3, 5, 6, 7}, {1, 5}),
        ("Boats + Carts = All", {1, 2, 3, 5, 6, 7}, {1, 5}),
        ("Carts = All - Boats", {1, 2, 3, 5, 6, 7}, {1, 5}),
        ("All >= Boats", {1, 2, 5, 6}, set()),
        ("Boats = 4", {2, 6}, {2, 6}),
        ("All - All + Boats = 2 * Rent", {2, 4, 6, 8}, {2, 4, 6, 8}),
    ],
)
def test_a_formula_covers_the_cells_that_it_does_not_cancel(
    tmp_path: Path, formula: str, covered: set[int], totals: set[int]
) -> None:
    found = account(tmp_path, {"identities": {"in every row": [formula]}})
    assert (set(found.covered), set(found.totals)) == (covered, totals)


def test_all_rules_cover_together_and_what_nothing_speaks_of_stays_out(tmp_path: Path) -> None:
    totals = {"type": "expect_totals_to_equal_the_sum_of_their_parts", "kwargs": {"dimension": "mode"}}
    stated = {"cells": ["[south, Rent] = [north, Rent] + 1"]}
    found = account(tmp_path, {"columns": COLUMNS, "identities": stated}, [totals])
    assert set(found.covered) == {1, 2, 3, 5, 6, 7, 4, 8}
    assert set(found.totals) == {1, 5, 8}
    assert set(account(tmp_path / "alone", {"columns": COLUMNS}, [totals]).covered) == {1, 2, 3, 5, 6, 7}


def test_a_total_whose_parts_are_not_printed_is_not_covered(tmp_path: Path) -> None:
    nested = {"mode": {"all": ["rafts", "ferries"]}}
    totals = {"type": "expect_totals_to_equal_the_sum_of_their_parts", "kwargs": {"dimension": "mode"}}
    found = account(tmp_path, {"columns": {**COLUMNS, "Rent": {"mode": "rafts"}}, "codes": nested}, [totals])
    assert set(found.covered) == {1, 4, 5, 8}
    lone = {"mode": {"all": ["ferries", "trams"]}}
    found = account(tmp_path / "lone", {"columns": COLUMNS, "codes": lone}, [totals])
    assert not found.covered


def test_sets_of_cells_are_sets() -> None:
    few, more = Cells(b"\0\1\0\1"), Cells(b"\0\0\0\1\0\0\1")
    assert list(few | more) == list(more | few) == [1, 3, 6]
    assert len(few | Cells()) == 2
    assert 3 in few
    assert 7 not in more
    assert 2 not in few
    assert not Cells()
