from __future__ import annotations

import json
from typing import Any

import pytest

from amyqa.model import Counts, IdentityArithmetic, Report, Summand, Table
from amyqa.reports.html import cellcases
from amyqa.reports.html.cellcases import embedded, told_for_cells
from amyqa.reports.places import Places
from tests.reports import builder


def cases(report: Report, most_rows: int = 1000) -> dict[str, Any]:
    return {id: json.loads(text) for id, text in told_for_cells(report, Places(report, most_rows)).items()}


def summed(
    table: Table, *addresses: tuple[str, str], state: str = "holds", **given: Any
) -> IdentityArithmetic:
    cells = builder.cells(table, *addresses)
    terms = tuple(
        Summand(cell.id, -1 if i else 1, cell.column, "0" if cell.token == "-" else cell.token)
        for i, cell in enumerate(cells)
    )
    return IdentityArithmetic("totals", "total = male + female", addresses[0][0], terms, state, **given)


TABLE = builder.table("t", ["Total", "Male", "Female"], {"2005": ["5", "-", "4"], "2006": ["9", "4", "5"]})
ROW = [("2005", column) for column in TABLE.columns]


def test_a_sum_is_its_state_its_place_and_its_cells_with_their_names() -> None:
    row = [("2006", column) for column in TABLE.columns]
    told = cases(builder.report(TABLE, identities={"t": (summed(TABLE, *row, computed="9"),)}))["t"]
    [[state, where, terms]] = told["sums"]  # nothing more is said of a sum that holds
    assert (state, told["words"][where]) == (2, "2006")
    assert terms[::2] == [4, 5, 6]
    assert [told["words"][name] for name in terms[1::2]] == ["Total", "Male", "Female"]


def test_what_a_broken_sum_makes_and_how_far_it_is_off_are_told() -> None:
    broken = summed(TABLE, *ROW, state="broken", computed="4", remark="1 too many")
    told = cases(builder.report(TABLE, identities={"t": (broken,)}))["t"]
    [[state, _, _, more]] = told["sums"]
    assert state == 0
    assert told["words"][more["computed"]] == "4"
    assert told["words"][more["remark"]] == "1 too many"
    assert {i: told["words"][word] for i, word in more["amounts"].items()} == {"1": "0"}  # the dash


def test_coefficients_are_told_as_the_sum_is_read() -> None:
    first, second, third = summed(TABLE, *ROW).terms
    turned = (
        Summand(first.cell, -2, first.name, first.amount),
        Summand(second.cell, 1, second.name, second.amount),
        Summand(third.cell, -3, third.name, third.amount),
    )
    identity = IdentityArithmetic("identities", "2 A = B - 3 C", "", turned, "holds", sense="<=")
    [[*_, more]] = cases(builder.report(TABLE, identities={"t": (identity,)}))["t"]["sums"]
    assert more["factors"] == [2, 1, -3]
    assert more["sense"] == "≤"


def test_a_cell_of_another_table_stands_in_the_sum_seen_from_both_sides() -> None:
    claims = builder.table("claims", ["Figure"], [["6"]], title="Claims", fields={"Figure": "number"})
    [quoted] = builder.cells(TABLE, ("2005", "Total"))
    identity = IdentityArithmetic(
        "claims",
        "the text's figure = t[2005, Total]",
        "Lines 3-4",
        (Summand(1, 1, "the text's figure", "6"), Summand(quoted, -1, "t[2005, Total]", "5")),
        "broken",
    )
    told = cases(builder.report(claims, TABLE, identities={"claims": (identity,)}))
    here, there = told["claims"], told["t"]
    [[_, _, terms, more]] = here["sums"]
    assert terms[::2] == [1, 0]
    assert here["words"][terms[3]] == "t: 2005, Total"
    assert more["links"] == {"1": "cell-2-1"}
    [[_, where, terms, more]] = there["sums"]
    assert there["words"][where] == "Claims: Lines 3-4"
    assert terms[::2] == [0, 1]
    assert more["links"] == {"0": "cell-1-1"}
    assert there["words"][more["amounts"]["0"]] == "6"


def test_a_cell_whose_row_is_not_shown_is_told_by_its_amount() -> None:
    table = builder.table("t", ["A"], {f"r{i}": [str(i)] for i in range(9)})
    report = builder.report(table, identities={"t": (summed(table, ("r1", "A"), ("r7", "A")),)})
    told = cases(report, most_rows=2)["t"]
    [[_, _, terms, more]] = told["sums"]
    assert terms[::2] == [2, 0]
    assert told["words"][more["amounts"]["1"]] == "7"


def test_what_is_not_listed_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cellcases, "MOST", 1)
    monkeypatch.setattr(cellcases, "FEWEST", 1)
    report = builder.report(
        TABLE, identities={"t": (summed(TABLE, *ROW),) * 3}, counts={"t": Counts(5, 0, 2)}
    )
    told = cases(report)["t"]
    assert (len(told["sums"]), told["rest"]) == (1, 6)


def test_of_a_very_long_sum_the_terms_left_out_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cellcases, "MAX_LONG", 1)
    [[_, _, terms, more]] = cases(builder.report(TABLE, identities={"t": (summed(TABLE, *ROW),)}))["t"][
        "sums"
    ]
    assert len(terms) == 4
    assert more["left"] == 1


def test_how_an_unusual_cell_is_read_is_told() -> None:
    assert cases(builder.report(TABLE))["t"]["readings"] == [["printed -, counts as 0", 2]]


@pytest.mark.parametrize(
    "text", ["</script><script>alert(1)</script>", "<!--", "&lt;", "\u2028\u2029", '"\\']
)
def test_nothing_ends_the_element_that_the_json_stands_in(text: str) -> None:
    told = embedded([text])
    assert not set("<>&\u2028\u2029") & set(told)
    assert json.loads(told) == [text]
