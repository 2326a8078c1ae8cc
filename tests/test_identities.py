"""Every identity with its arithmetic, as a page for people asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from amyqa import pipeline
from amyqa.model import Cell, Report
from amyqa.pipeline import identities

ROOT = Path(__file__).resolve().parent.parent
MALAYSIA = "2005/cambodia/deployed-to-malaysia"


@pytest.fixture(scope="module")
def chapter() -> Report:
    return pipeline.check([ROOT], "duckdb", identities=True)


def test_every_identity_that_is_counted_is_told(chapter: Report) -> None:
    for table in chapter.tables:
        counts, told = chapter.counts[table.id], chapter.identities[table.id]
        states = [each.state for each in told]
        assert (states.count("broken"), states.count("unknown")) == (counts.broken, counts.not_evaluated)
        assert states.count("broken") + states.count("holds") == counts.evaluated


def test_broken_ones_come_first_and_those_that_hold_last(chapter: Report) -> None:
    order = ("broken", "unknown", "holds")
    for told in chapter.identities.values():
        states = [order.index(each.state) for each in told]
        assert states == sorted(states)


def test_an_identity_is_told_term_by_term_with_its_total_first(chapter: Report) -> None:
    [told] = [
        each
        for each in chapter.identities[MALAYSIA]
        if each.where == "Total row" and each.terms[1].name == "male"
    ]
    assert [(term.name, term.amount, term.coefficient) for term in told.terms] == [
        ("total", "6,619", 1),
        ("male", "1,807", -1),
        ("female", "4,908", -1),
    ]
    assert (told.state, told.computed, told.remark) == ("broken", "6,715", "96 too few")
    assert told.difference == -96


def test_a_sum_that_holds_is_what_its_parts_make(chapter: Report) -> None:
    holding = [each for each in chapter.identities[MALAYSIA] if each.state == "holds" and len(each.terms) > 2]
    assert len(holding) > 40
    for each in holding:
        total, *parts = (int(term.amount.replace(",", "").replace("-", "0")) for term in each.terms)
        assert total == sum(parts) == int(each.computed.replace(",", ""))


def test_a_claim_names_the_cell_of_the_other_table(chapter: Report) -> None:
    cells = [
        term.cell
        for each in chapter.identities["2005/cambodia/claims"]
        for term in each.terms
        if isinstance(term.cell, Cell)
    ]
    assert ("2005/cambodia/annual-indicators", "4.0") in {(cell.table, cell.token) for cell in cells}


def test_nothing_is_told_that_was_not_asked_for() -> None:
    assert pipeline.check([ROOT / f"data/{MALAYSIA}.csv"], "duckdb").identities == {}


def test_of_a_very_large_table_the_broken_ones_are_told_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identities, "MOST", 10)
    report = pipeline.check([ROOT / f"data/{MALAYSIA}.csv"], "duckdb", identities=True)
    told = report.identities[MALAYSIA]
    assert [each.state for each in told] == ["broken"] * 8 + ["holds"] * 2
    assert report.counts[MALAYSIA].evaluated == 57
