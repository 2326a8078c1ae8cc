"""Rulings teach: corrections are counted and become a yearbook's own shares of slips."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from amyqa import pipeline
from amyqa.diagnosis.learning import ASSUMED
from amyqa.model import Report, Ruling
from amyqa.pipeline import deciding, learning
from amyqa.project import open_yearbook
from tests.conftest import run_here
from tests.yearbooks import write_family, write_table

SPEC: dict[str, Any] = {
    "rows": {"dimension": "year"},
    "columns": {"T": {"kind": "t"}, "M": {"kind": "m"}, "F": {"kind": "f"}},
    "identities": {"in every row": ["T = M + F"]},
}
RULED = deciding.Ruled(Ruling.CORRECTED, "the office says so", "A. Editor")


def lines(table: int) -> list[tuple[int, int, int]]:
    return [(400 + 13 * i + table, 231 + 7 * i, 1990 + i) for i in range(14)]


def write(root: Path, *, swapped: bool) -> None:
    """Two tables; where swapped, the last digits of some totals have changed places."""
    for table in (1, 2):
        told = ["Year,T,M,F"]
        for i, (male, female, year) in enumerate(lines(table)):
            total = str(male + female)
            if swapped and i % 2 and total[-1] != total[-2]:
                total = total[:-2] + total[-1] + total[-2]
            told.append(f"{year},{total},{male},{female}")
        write_table(root, f"table{table}", "\n".join(told) + "\n", SPEC)


def check(root: Path) -> Report:
    return pipeline.check([root], "duckdb")


@pytest.fixture
def ruled(tmp_path: Path) -> Path:
    """A yearbook whose misprints are ruled corrected, and still there."""
    write_family(tmp_path)
    write(tmp_path, swapped=True)
    deciding.decide(check(tmp_path), tmp_path, (), RULED)
    return tmp_path


def test_a_decision_keeps_what_was_proposed(ruled: Path) -> None:
    decisions = [decision for decision, _ in check(ruled).decisions]
    proposed = [(d.printed[place], value) for d in decisions for place, value in d.proposed.items()]
    assert len(proposed) == len(decisions)
    assert all(sorted(before) == sorted(value) for before, value in proposed)


def test_what_is_not_corrected_yet_teaches_nothing(ruled: Path) -> None:
    rulings = learning.learn(check(ruled))
    assert set(rulings.counts) == {learning.NOT_YET}
    assert (rulings.misprints, rulings.learned) == (0, None)


def test_corrections_become_a_yearbooks_own_shares(ruled: Path) -> None:
    write(ruled, swapped=False)
    rulings = learning.learn(check(ruled))
    assert rulings.counts[learning.AS_PROPOSED] > rulings.misprints / 2
    assert rulings.misprints == sum(rulings.counts.values()) >= learning.LEAST_CORRECTIONS
    assert rulings.learned is not None
    assert rulings.learned.shares["transposed"] > ASSUMED["transposed"]
    assert rulings.better


def test_a_correction_to_another_number_is_counted_as_one(ruled: Path) -> None:
    write(ruled, swapped=False)
    before = learning.learn(check(ruled)).counts.get(learning.OTHERWISE, 0)
    path = ruled / "data/table1.csv"
    totals = [
        place
        for decision, _ in check(ruled).decisions
        for place in decision.proposed
        if decision.table == "table1" and place.endswith(", T")
    ]
    year = totals[0].partition(",")[0]
    text = [f"{year},1,1,0" if line.startswith(year) else line for line in path.read_text().splitlines()]
    path.write_text("\n".join(text) + "\n")
    assert learning.learn(check(ruled)).counts[learning.OTHERWISE] == before + 1


def test_the_command_shows_their_effect_and_a_check_uses_them(ruled: Path) -> None:
    write(ruled, swapped=False)
    told = run_here("decisions", "--learn", "--engine", "duckdb", cwd=ruled)
    assert told.code == 0, told.err
    assert "transposed" in told.out
    assert "times as likely" in told.out
    assert "decisions/error-shares.json" in told.err
    root = open_yearbook(ruled)
    assert learning.read_shares(root).transposed > ASSUMED["transposed"]
    write(ruled, swapped=True)
    assert check(ruled).findings


@pytest.mark.parametrize("content", ["", "[]", '{"shares": {"digit": 2}}', '{"shares": 1}', "[" * 100_000])
def test_a_broken_file_of_shares_is_told_and_the_tables_are_checked_all_the_same(
    ruled: Path, content: str
) -> None:
    write(ruled, swapped=True)
    before = check(ruled)
    (ruled / "decisions/error-shares.json").write_text(content)
    told = run_here("check", "--engine", "duckdb", cwd=ruled)
    assert told.code == 2
    assert "error-shares.json" in told.out + told.err
    assert "amyqa decisions --learn" in told.out + told.err
    after = check(ruled)
    assert after.findings == before.findings
    assert after.diagnoses == before.diagnoses
    assert [failure.file for failure in after.failures] == ["decisions/error-shares.json"]


def test_a_broken_file_of_shares_is_written_anew_as_it_advises(ruled: Path) -> None:
    (ruled / "decisions/error-shares.json").write_text("{")
    write(ruled, swapped=False)
    run_here("decisions", "--learn", "--engine", "duckdb", cwd=ruled)
    assert learning.read_shares(open_yearbook(ruled)).transposed > ASSUMED["transposed"]


def test_too_few_corrections_change_nothing(tmp_path: Path) -> None:
    write_family(tmp_path)
    write(tmp_path, swapped=False)
    told = run_here("decisions", "--learn", "--engine", "duckdb", cwd=tmp_path)
    assert told.code == 0
    assert "Nothing is learned" in told.err
    assert not (tmp_path / "decisions").exists()


def test_shares_are_kept_as_they_were_learned(ruled: Path) -> None:
    write(ruled, swapped=False)
    rulings = learning.learn(check(ruled))
    name = learning.write_shares(open_yearbook(ruled), rulings)
    assert sum(json.loads((ruled / name).read_text())["shares"].values()) == pytest.approx(1, abs=0.001)
