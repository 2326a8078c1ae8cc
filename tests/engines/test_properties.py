"""What must stay true of the shipped chapter when one of its files is changed."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amyqa import pipeline
from amyqa.model import Report
from amyqa.rules.observations import observe
from tests import oracle
from tests.engines.judging import compare, sums_of
from tests.engines.tables import examples
from tests.yearbooks import CHAPTER, ROOT, read_back, shipped, to_csv

DATA = ROOT / "data" / CHAPTER
TOTALS = {"year": "Total", "sector": "all", "sex": "total"}
SUMS = {
    "deployed-to-malaysia": (57, 8, 0),
    "deployed-to-south-korea": (47, 3, 0),
    "deployed-to-saudi-arabia": (1, 0, 0),
}
Lines = list[list[str]]


def described(name: str) -> oracle.Described:
    return oracle.read(DATA / f"{name}.csv", DATA / f"{name}.yaml", TOTALS)


@pytest.mark.parametrize("name", SUMS)
def test_the_oracle_finds_the_answer_keys_counts_too(name: str) -> None:
    assert oracle.counts(oracle.identities(described(name))) == SUMS[name]


def broken(table: oracle.Described) -> dict[tuple[object, ...], object]:
    judged = oracle.identities(table)
    return {identity.equation: identity.low for identity in judged if identity.state == "broken"}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@st.composite
def digits(draw: Callable) -> tuple[str, int, int, str]:
    """A table, a row and a column of it, and the token there with one digit changed."""
    name = draw(st.sampled_from(sorted(SUMS)))
    lines = read(DATA / f"{name}.csv")
    cells = [
        (r, c)
        for r, line in enumerate(lines)
        for c, token in enumerate(line)
        if r and c and token[-1:].isdigit()
    ]
    r, c = draw(st.sampled_from(cells))
    token = lines[r][c]
    at = draw(st.sampled_from([i for i, char in enumerate(token) if char.isdigit()]))
    other = draw(st.sampled_from([digit for digit in "0123456789" if digit != token[at]]))
    return name, r, c, token[:at] + other + token[at + 1 :]


@given(digits())
@examples(50)
def test_one_changed_digit_changes_what_is_broken_as_the_oracle_says(
    folder: Path, change: tuple[str, int, int, str]
) -> None:
    name, r, c, token = change
    lines = read(DATA / f"{name}.csv")
    lines[r][c] = token
    target = folder / "data" / f"{name}.csv"
    target.parent.mkdir(exist_ok=True)
    target.write_text(to_csv(lines))
    target.with_suffix(".yaml").write_text((DATA / f"{name}.yaml").read_text())
    table = oracle.read(target, target.with_suffix(".yaml"), TOTALS)
    # every cell is part of an exact identity, so that no change goes unnoticed
    assert broken(table) != broken(described(name))
    compare(table, 0, sums_of(observe(read_back(folder, name))), oracle.sums(table))


def read(path: Path) -> Lines:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def facts(report: Report) -> dict[str, object]:
    """What must not depend on the order of rows and columns."""
    return {
        "findings": {finding.id for finding in report.findings},
        "counts": report.counts,
        "severities": sorted(finding.severity for finding in report.findings),
        "not evaluated": sorted((n.table, n.rule, sorted(n.where.items())) for n in report.not_evaluated),
        "changes": {
            (change.cell.row, change.cell.column, change.proposed, change.role)
            for diagnosis in report.diagnoses
            for change in diagnosis.changes
        },
    }


# Events stand in order of time: their rows may not be swapped.
TABLES = [path.stem for path in sorted(DATA.glob("*.csv"))]
ROWS = [name for name in TABLES if name != "events"]
RECORDS = ("claims", "events")


def rows_shuffled(lines: Lines, random: Random, name: str) -> Lines:
    del name
    return [lines[0], *random.sample(lines[1:], len(lines) - 1)]


def columns_shuffled(lines: Lines, random: Random, name: str) -> Lines:
    """Any order; the labels of the rows stay in the first column, a claim before its remark."""
    first = 0 if name in RECORDS else 1
    order = [*range(first), *random.sample(range(first, len(lines[0])), len(lines[0]) - first)]
    if name == "claims":
        order.remove(len(order) - 1)
        order.append(len(order))
    return [[line[i] for i in order] for line in lines]


@pytest.mark.parametrize(
    ("name", "shuffled"),
    [*((name, rows_shuffled) for name in ROWS), *((name, columns_shuffled) for name in TABLES)],
)
def test_the_order_of_a_files_rows_or_columns_changes_no_fingerprint_and_no_count(
    tmp_path: Path, name: str, shuffled: Callable[[Lines, Random, str], Lines]
) -> None:
    root = shipped(tmp_path) if name == "claims" else shipped(tmp_path, name)
    path = root / "data" / CHAPTER / f"{name}.csv"
    before = facts(pipeline.check([path], "duckdb"))
    lines = read(path)
    for seed in range(3):
        path.write_text(to_csv(shuffled(lines, Random(seed), name)), encoding="utf-8")
        assert read(path) != lines or len(lines) < 3 or len(lines[0]) < 3
        assert facts(pipeline.check([path], "duckdb")) == before


@pytest.mark.parametrize("name", ["deployed-to-malaysia", "deployed-to-south-korea"])
def test_any_two_rows_may_be_swapped(tmp_path: Path, name: str) -> None:
    root = shipped(tmp_path, name)
    path = root / "data" / CHAPTER / f"{name}.csv"
    lines = read(path)
    before = facts(pipeline.check([path], "duckdb"))
    pairs = [(i, j) for i in range(1, len(lines)) for j in range(i)]
    for i, j in Random(name).sample([pair for pair in pairs if 0 not in pair], 5):
        path.write_text(to_csv(swapped(lines, i, j)), encoding="utf-8")
        assert facts(pipeline.check([path], "duckdb")) == before


def swapped(lines: Sequence[list[str]], i: int, j: int) -> Lines:
    other = list(lines)
    other[i], other[j] = other[j], other[i]
    return other
