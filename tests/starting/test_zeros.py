"""Signs that are zero in some rows and unknown in others: what sums say, row by row and column by column."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from amyqa.starting.draft import draft
from tests.starting.tables import take

HEADER = "Port,All,Sail,Steam,Oar,Tow\n"
FULL = "Arne,140,50,40,30,20\nBrek,61,21,,40,\nCalm,55,,30,25,\nDove,72,,36,,36\n"
"""Ports in which a blank is zero."""
OPEN = "Elde,97,31,,,10\nFurn,88,22,,,15\n"
"""Ports in which it must be more."""


def said(csv: str) -> dict[str, Any]:
    spec = yaml.safe_load(draft(take(csv, "ports.csv"), "ports").text)
    return {key: spec[key] for key in ("nil", "missing") if key in spec}


@pytest.mark.parametrize(
    ("csv", "says"),
    {
        "few rows are unknown": (
            HEADER + FULL + OPEN, {"nil": {"every column": [""]}, "missing": {"Elde": [""], "Furn": [""]}},
        ),
        "few rows are zero": (
            HEADER + "Arne,140,50,40,30,20\nHook,60,10,20,20,10\nBrek,61,21,,40,\n" + OPEN
            + "Gale,93,21,,,12\n",
            {"nil": {"Brek": [""]}},
        ),
        "a total row counts what is unknown": (
            HEADER + FULL + OPEN + "All,513,124,135,173,81\n",
            {"nil": {"every column": [""]}, "missing": {"Elde": [""], "Furn": [""]}},
        ),
        "rows tell, and one column is in no sum": (
            HEADER.replace("Tow", "Tow,Cargo")
            + "Arne,140,50,40,30,20,7\nBrek,61,21,,40,,\nCalm,55,,30,25,,9\nDove,72,,36,,36,\n"
            + "Elde,97,31,,,10,3\nFurn,88,22,,,15,\n",
            {"nil": {"every column": [""]}, "missing": {"Elde": [""], "Furn": [""], "Cargo": [""]}},
        ),
        "columns tell as much": (
            "Port,All,Sail,Steam,Cargo\nArne,90,50,40,7\nBrek,21,21,,5\nCalm,47,17,30,3\nDove,36,,36,8\nElde,58,27,31,\n"
            "Fix,61,38,23,4\n",
            {"nil": {"Sail": [""], "Steam": [""]}},
        ),
    }.values(),
)  # fmt: skip
def test_a_blank_is_zero_in_the_rows_whose_sums_say_so(csv: str, says: dict[str, Any]):
    found = said(csv)
    nil = found.get("nil")
    assert {**found, "nil": {"every column": nil} if isinstance(nil, list) else nil} == says


@pytest.mark.parametrize("printed", ["75", "27", "45"])
def test_a_misprint_beside_a_blank_does_not_make_the_blank_unknown(printed):
    csv = HEADER + FULL.replace("Dove,72", f"Dove,{printed}") + "Gale,43,,22,,21\n"
    assert said(csv) == {"nil": [""]}


def test_rows_of_one_name_are_not_told_apart_by_it():
    csv = HEADER + FULL + OPEN.replace("Elde", "Calm")
    assert "missing" not in said(csv)
