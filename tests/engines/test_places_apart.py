"""A table that plainly has no place twice is not searched for one, and the report is the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from amyqa import pipeline
from amyqa.rules import structure
from amyqa.rules.observations import Observations


def told(root: Path) -> object:
    report = pipeline.check([root], "duckdb")
    return dataclasses.replace(report, imprint=None)


@pytest.mark.parametrize("again", ["", "2005,1,1,-\n"])
def test_the_search_for_places_that_stand_twice_is_left_out_only_where_it_finds_none(
    book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    root = book("deployed-to-saudi-arabia", "deployed-to-malaysia")
    table = root / "data/2005/cambodia/deployed-to-saudi-arabia.csv"
    table.write_text(table.read_text(encoding="utf-8") + again, encoding="utf-8")
    found: list[int | None] = []
    apart = structure.places_apart

    def seen(table: Observations) -> int | None:
        found.append(apart(table))
        return found[-1]

    monkeypatch.setattr(structure, "places_apart", seen)
    quickly = told(root)
    assert (None in found) is bool(again)
    assert any(found)
    monkeypatch.setattr(structure, "places_apart", lambda _: None)
    assert told(root) == quickly
