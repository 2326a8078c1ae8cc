"""Shares, changes and averages in a draft: found in the numbers, stated, and then checked."""

from __future__ import annotations

import random

import yaml

from amyqa import pipeline
from tests.starting.conftest import Make


def said(text: str) -> dict[str, object]:
    content = yaml.safe_load(text)
    assert isinstance(content, dict)
    return content


def pupils(share: str = "47.4") -> str:
    return f"""District,Girls,Boys,Pupils,Girls in %,Pupils 2010,Growth
Ost,"12,480","12,733","25,213",49.5,"24,870",1.4
West,"8,077","8,963","17,040",{share},"17,350",-1.8
Sud,905,906,"1,811",50.0,"1,640",10.4
Nord,"1,011",997,"2,008",50.3,"2,101",-4.4
Mitte,"4,402","4,518","8,920",49.3,"8,777",1.6
All,"26,875","28,117","54,992",48.9,"54,738",0.5
"""


def test_a_draft_states_shares_and_changes_that_the_numbers_keep(make: Make) -> None:
    new = make(pupils())
    assert said(new.yaml.read_text(encoding="utf-8"))["ratios"] == {
        "in every row": [
            "Girls in % = 100 * Girls / Pupils",
            "Growth = 100 * (Pupils - Pupils 2010) / Pupils 2010",
        ]
    }
    report = pipeline.check([new.csv], "duckdb")
    assert not report.findings
    assert "Girls in %" not in str(report.unchecked)


def test_a_misprinted_share_is_found_and_the_counts_are_not_accused(make: Make) -> None:
    report = pipeline.check([make(pupils("74.4")).csv], "duckdb")
    [finding] = report.findings
    assert (finding.rule, finding.severity) == ("quotients", "error")
    assert "74.4 is printed; 8,077 of 17,040 is 47.40" in finding.message
    assert not report.diagnoses


def test_numbers_that_have_nothing_to_do_with_each_other_make_no_ratio(make: Make) -> None:
    rng = random.Random(7)
    rows = [
        f"R{i},{rng.randint(100, 9999)},{rng.randint(100, 9999)},{rng.uniform(1, 99):.1f},{rng.random():.2f}"
        for i in range(12)
    ]
    new = make("Region,Births,Cars,Rain in %,Rate of wind\n" + "\n".join(rows) + "\n")
    assert "ratios" not in said(new.yaml.read_text(encoding="utf-8"))
