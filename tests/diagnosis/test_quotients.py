"""Printed shares, averages and changes say which cell is wrong, and what it should be."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from amyqa import pipeline
from amyqa.model import TableDiagnosis
from tests.yearbooks import STATED, write_family, write_table

TOTAL, MEN, WOMEN, SHARE, GROWTH = range(1, 6)
HEAD = ["Year", "Total", "Men", "Women", "Share", "Growth"]
ROW = 6


def rows(number: int, seed: int = 4) -> list[list[str]]:
    """Year, total, men, women, the women's share, and how much the total grew since the year before."""
    chance = random.Random(seed)
    told: list[list[str]] = []
    last = 0
    for year in range(2001, 2001 + number):
        men, women = chance.randrange(3000, 9000), chance.randrange(3000, 9000)
        total = men + women
        growth = f"{100 * (total / last - 1):.1f}" if last else ".."
        told.append([str(year), str(total), str(men), str(women), f"{100 * women / total:.1f}", growth])
        last = total
    return told


def diagnosed(root: Path, table: list[list[str]], *kept: int) -> list[TableDiagnosis]:
    """What a check says whose YAML states one sum and nothing of shares and growth."""
    columns = [0, TOTAL, MEN, WOMEN, *kept]
    lines = [[row[i] for i in columns] for row in [HEAD, *table]]
    write_family(root, entries=[{"type": STATED, "kwargs": {}}])
    spec = {"rows": {"dimension": "year"}, "identities": {"in every row": ["Total = Men + Women"]}}
    write_table(root, "table", lines, spec)
    return list(pipeline.check([root], "duckdb").diagnoses)


def off(table: list[list[str]], column: int, amount: int = 1973) -> str:
    """Print another number than is right, which no slip of a digit explains; returns the right one."""
    right = table[ROW][column]
    table[ROW][column] = str(int(right) + amount)
    return right


@pytest.mark.parametrize(("column", "kept"), [(WOMEN, SHARE), (TOTAL, SHARE), (TOTAL, GROWTH), (MEN, SHARE)])
def test_a_share_or_a_growth_beside_a_sum_says_which_cell_is_wrong(
    tmp_path: Path, column: int, kept: int
) -> None:
    table = rows(12)
    right = off(table, column)
    [told] = diagnosed(tmp_path, table, kept)
    likeliest = told.changes or told.alternatives[0].changes
    assert [(change.cell.column, str(change.proposed)) for change in likeliest] == [(HEAD[column], right)]


def test_the_sentence_names_the_share_that_agrees(tmp_path: Path) -> None:
    table = rows(12)
    right = off(table, WOMEN)
    [told] = diagnosed(tmp_path, table, SHARE)
    share, printed = table[ROW][SHARE], table[ROW][WOMEN]
    assert f"{share} (2007, Share) agrees with {right} and not with {printed}." in told.message


def test_without_the_share_the_same_break_is_not_located(tmp_path: Path) -> None:
    table = rows(12)
    off(table, WOMEN)
    [told] = diagnosed(tmp_path, table)
    assert not told.located


def test_a_share_that_is_wrong_itself_does_not_move_a_sum_that_holds(tmp_path: Path) -> None:
    table = rows(12)
    table[ROW][SHARE] = "3.4"
    assert diagnosed(tmp_path, table, SHARE) == []


def test_four_rows_prove_no_share(tmp_path: Path) -> None:
    table = rows(ROW + 1)[3:]
    right = table[3][WOMEN]
    table[3][WOMEN] = str(int(right) + 1973)
    [told] = diagnosed(tmp_path, table, SHARE)
    assert "agrees with" not in told.message
