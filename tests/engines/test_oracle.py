"""The engines judge as a plain-Python oracle does, which shares no code with them."""

from __future__ import annotations

import dataclasses
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amyqa import pipeline
from amyqa.model import Finding, Report
from amyqa.pipeline import Engine
from tests import oracle
from tests.engines.judging import compare, formulas_of, says_something, sums_of
from tests.engines.tables import examples, tables
from tests.oracle import Described, Identity
from tests.yearbooks import STATED, TOTALS, as_files, described, row_label, write_family, write_table

THIRDS = Fraction(1, 10**20)
"""A third has no exact decimal."""


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


# --- one rule at a time, in DuckDB ---------------------------------------------------------------


@given(tables())
@examples(100)
def test_every_sum_of_a_table_is_judged_as_the_oracle_judges_it(folder: Path, table: Described) -> None:
    observations = described(folder, table)
    compare(table, observations.shape.scale, sums_of(observations), oracle.sums(table))


@given(tables(formulas=True))
@examples(80)
def test_every_formula_of_a_table_is_judged_as_the_oracle_judges_it(folder: Path, table: Described) -> None:
    observations = described(folder, table)
    compare(table, observations.shape.scale, formulas_of(observations), oracle.stated(table))


# --- whole yearbooks, on every engine ------------------------------------------------------------


def checked(root: Path, table: Described, engine: Engine, schema: bool = False) -> Report:
    """A yearbook of one table, with sums along every dimension in its suite, or in its schema."""
    lines, spec = as_files(table)
    write_table(root, "table", lines, spec)
    along = table.dimensions
    entries: list[dict[str, Any]] = [{"type": TOTALS, "kwargs": {"dimension": name}} for name in along]
    checks = ", ".join(f"pa.Check.totals(dimension={name!r})" for name in along)
    stated = [{"type": STATED}] if table.formulas else []
    if schema:
        write_family(root, entries=stated, checks=checks)
    else:
        write_family(root, entries=[*entries, *stated])
    return pipeline.check([root], engine)


def cells_of(table: Described, finding: Finding) -> dict[oracle.Address, int]:
    """The printed cells of a broken sum, the total first, with their coefficients."""
    rows = {row_label(table, r): r for r in range(len(table.rows))}
    cells = [(rows[cell.row], int(cell.column[1:])) for cell in finding.cells]
    return dict(zip(cells, finding.coefficients, strict=True))


def equation(terms: Mapping[oracle.Address, int]) -> frozenset[tuple[oracle.Address, int]]:
    """The same for terms of turned signs."""
    sign = 1 if terms[min(terms)] > 0 else -1
    return frozenset((cell, sign * coefficient) for cell, coefficient in terms.items())


def agrees(table: Described, report: Report) -> None:
    """The report has the oracle's counts and its broken identities, with their differences."""
    judged = [i for i in oracle.identities(table) if says_something(i)]
    counted = report.counts["table"]
    assert (counted.evaluated, counted.broken, counted.not_evaluated) == oracle.counts(judged)
    assert sum(item.identity for item in report.not_evaluated) == counted.not_evaluated
    broken = [identity for identity in judged if identity.state == "broken"]
    found = [cells_of(table, finding) for finding in report.findings]
    assert Counter(map(equation, found)) == Counter(equation(identity.terms) for identity in broken)
    for finding, terms in zip(report.findings, found, strict=True):
        assert finding.difference is not None
        total = next(iter(terms))
        differences = {
            end if identity.terms[total] > 0 else -end
            for identity in broken
            if equation(identity.terms) == equation(terms) and (end := nearest_end(identity)) is not None
        }
        if finding.printed is not None:
            assert min(abs(Fraction(finding.difference) - d) for d in differences) < THIRDS
            # over 5 is at least 6 in whole numbers: what is missing counts from there
            strict = any(table.tokens[r][c].kind in ("above", "below") for r, c in terms)
            assert strict or finding.computed == finding.printed - finding.difference
        else:  # the total is unknown, or zero without being printed
            assert min(abs(abs(Fraction(finding.difference)) - abs(d)) for d in differences) < THIRDS


def nearest_end(identity: Identity) -> Fraction | None:
    """The least that a broken identity is off by."""
    return identity.low if identity.low is not None and identity.low > 0 else identity.high


@given(tables(formulas=True))
@examples(25)
def test_duckdb_counts_and_finds_what_the_oracle_does(folder: Path, table: Described) -> None:
    agrees(table, checked(folder, table, "duckdb"))


@given(tables())
@examples(25)
def test_pandera_counts_and_finds_what_the_oracle_does(folder: Path, table: Described) -> None:
    agrees(table, checked(folder, table, "duckdb", schema=True))


@pytest.mark.usefixtures("great_expectations")
@given(tables(formulas=True))
@examples(20)
def test_great_expectations_counts_and_finds_what_the_oracle_does(folder: Path, table: Described) -> None:
    agrees(table, checked(folder, table, "gx"))


@given(tables(), st.randoms(use_true_random=False))
@examples(15)
def test_the_order_of_rows_and_columns_changes_no_count_and_no_fingerprint(
    folder: Path, table: Described, random: Random
) -> None:
    before = checked(folder, table, "duckdb")
    after = checked(folder, shuffled(table, random), "duckdb")
    assert after.counts == before.counts
    # columns are named by their number, which shuffling changes
    assert sorted(finding.difference or 0 for finding in after.findings) == sorted(
        finding.difference or 0 for finding in before.findings
    )


def shuffled(table: Described, random: Random) -> Described:
    """The same table, printed in another order."""
    rows = random.sample(range(len(table.rows)), len(table.rows))
    columns = random.sample(range(len(table.columns)), len(table.columns))
    return dataclasses.replace(
        table,
        rows=tuple(table.rows[r] for r in rows),
        columns=tuple(table.columns[c] for c in columns),
        tokens=tuple(tuple(table.tokens[r][c] for c in columns) for r in rows),
        uncertain=frozenset(rows.index(r) for r in table.uncertain),
    )
