"""Editions and mirrors: aligned by coordinates, judged by fractions; a side that is not there is no pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amyqa import pipeline
from amyqa.engines.tidy import filled, observed
from amyqa.errors import BadRule, BadSpec
from amyqa.model import Report
from amyqa.pipeline.reference_tables import last_edition
from amyqa.rules import revisions
from tests.engines.tables import examples
from tests.rules import judging
from tests.rules.judging import Figure
from tests.rules.test_ratios import figures
from tests.yearbooks import problems_of, write_family, write_table

REVISIONS = {"type": "expect_revisions_to_be_small", "severity": "warning"}
REVISED = {"type": "expect_few_figures_to_be_revised", "severity": "warning"}
MIRROR = {"type": "expect_mirror_figures_to_agree", "severity": "warning"}
SEXES = {"Male": {"sex": "male"}, "Female": {"sex": "female"}}
BY_YEAR: dict[str, Any] = {"rows": {"dimension": "year"}, "columns": SEXES}
HERE, THERE = "2005/arcadia/workers", "2004/arcadia/workers"


def checked(root: Path, tables: Mapping[str, tuple[str, dict[str, Any]]], *entries: dict[str, Any]) -> Report:
    """The first table checked by these entries; the others belong to a family that checks nothing."""
    for i, (id, (lines, spec)) in enumerate(tables.items()):
        write_table(root, id, lines, {**spec, **({"family": "other"} if i else {})})
    write_family(root, entries=entries)
    write_family(root, "other")
    return pipeline.check([root / "data" / f"{next(iter(tables))}.csv"], "duckdb")


def reasons(report: Report) -> list[str]:
    return [item.reason for item in report.not_evaluated]


def csv_of(rows: Sequence[tuple[Figure, Figure]], *, turned: bool = False) -> str:
    """Rows of a year, male and female; turned: other rows first, and the columns exchanged."""
    lines = [[str(2000 + i), *(f.printed for f in row)] for i, row in enumerate(rows)]
    if turned:
        lines = [[year, female, male] for year, male, female in reversed(lines)]
    head = ["Year", "Female", "Male"] if turned else ["Year", "Male", "Female"]
    return "\n".join(",".join(line) for line in [head, *lines]) + "\n"


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Figure, Figure]:
    """A figure and an older one, often near it."""
    new = draw(figures(1))
    off = draw(st.sampled_from([None, 0, 1, 5, 6, 10, 20]))
    if off is None:
        return new, draw(figures(1))
    return new, Figure("value", new.value + Fraction(off, 10**new.decimals), new.decimals)


PAIRS = st.lists(st.tuples(pairs(), pairs()), min_size=1, max_size=6)


@examples(30)
@given(rows=PAIRS, percent=st.sampled_from(["10", "2.5", "0"]), mirrored=st.booleans())
def test_pairs_are_judged_as_fractions_judge_them(tmp_path: Path, rows, percent, mirrored) -> None:
    entry = {**(MIRROR if mirrored else REVISIONS), "kwargs": {"tolerance": percent}, "meta": {"reason": "x"}}
    spec = {**BY_YEAR, **({"mirrors": [{"table": THERE}]} if mirrored else {})}
    tables = {
        HERE: (csv_of([(male[0], female[0]) for male, female in rows]), spec),
        THERE: (csv_of([(male[1], female[1]) for male, female in rows], turned=True), BY_YEAR),
    }
    report = checked(tmp_path, tables, entry)
    found = {(f.where["year"], f.where["sex"]) for f in report.findings}
    listed = 0
    for i, (male, female) in enumerate(rows):
        for sex, (new, old) in (("male", male), ("female", female)):
            if new.kind == "missing":
                continue
            expected = judging.change(new, old, Fraction(percent), of_larger=mirrored)
            assert ((str(2000 + i), sex) in found) is (expected == "broken")
            listed += expected == "unknown"
    told = [int(reason.split()[0]) for reason in reasons(report) if "figures is not known" in reason]
    assert sum(told) == listed


@pytest.mark.parametrize(
    ("id", "last"),
    [
        ("2005/a/t", "2004/a/t"),
        ("2004/a/t", "1999/a/t"),
        ("1999/a/t", None),
        ("2005/b/t", None),
        ("10/a/t", "9/a/t"),
        ("2005-06/a/t", "2005/a/t"),
        ("t", None),
    ],
)
def test_the_last_edition_is_the_greatest_before_that_has_the_table(id: str, last: str | None) -> None:
    known = [
        "1999/a/t",
        "2004/a/t",
        "2005/a/t",
        "2005-06/a/t",
        "2004/b/u",
        "2006/b/t",
        "9/a/t",
        "10/a/t",
        "t",
    ]
    known = (
        [k for k in known if not k.startswith(("9/", "10/"))] if not id.startswith("10") else ["9/a/t", id]
    )
    assert last_edition(id, known) == last


def test_a_finding_names_both_cells_and_both_sources(tmp_path: Path) -> None:
    tables = {
        HERE: ("Year,Male,Female\n2004,900,80\n", BY_YEAR),
        THERE: ("Year,Male,Female\n2004,700,80\n", BY_YEAR),
    }
    [finding] = checked(tmp_path, tables, REVISIONS).findings
    assert [(cell.table, cell.row, cell.column, cell.token) for cell in finding.cells] == [
        (HERE, "2004", "Male", "900"),
        (THERE, "2004", "Male", "700"),
    ]
    assert (finding.ess, finding.level) == ("VRT", "2")
    assert (finding.printed, finding.computed) == (Decimal(900), Decimal(700))


def test_a_dimension_that_only_one_edition_has_stands_for_all(tmp_path: Path) -> None:
    by_sector = {"All": {"sector": "all", "sex": "male"}, "Farm": {"sector": "farm", "sex": "male"}}
    spec = {"rows": {"dimension": "year"}, "columns": by_sector}
    old = {"rows": {"dimension": "year"}, "columns": {"Male": {"sex": "male"}}}
    tables = {HERE: ("Year,All,Farm\n2004,900,100\n", spec), THERE: ("Year,Male\n2004,500\n", old)}
    report = checked(tmp_path, tables, REVISIONS)
    assert [finding.where["sector"] for finding in report.findings] == ["all"]


@pytest.mark.parametrize(
    ("old", "reason"),
    [
        ({**BY_YEAR, "unit": "thousand persons"}, "counts thousand persons, not persons"),
        (
            {
                "rows": {"dimension": "year"},
                "columns": {"M": {"sex": "male", "age": "old"}, "F": {"sex": "female"}},
            },
            "has 'age', 2005/arcadia/workers has not, and there is no total of it",
        ),
        ({**BY_YEAR, "exakt": True}, "cannot be read"),
    ],
)
def test_an_edition_that_cannot_be_compared_is_no_pass(tmp_path: Path, old: dict, reason: str) -> None:
    head = ",".join(["Year", *old["columns"]])
    tables = {
        HERE: ("Year,Male,Female\n2004,900,80\n", {**BY_YEAR, "unit": "persons"}),
        THERE: (f"{head}\n2004,700,80\n", old),
    }
    report = checked(tmp_path, tables, REVISIONS)
    assert not report.findings
    assert reason in "; ".join(reasons(report))


def test_a_table_that_had_another_name_says_what_it_revises(tmp_path: Path) -> None:
    tables = {
        HERE: ("Year,Male,Female\n2004,900,80\n", {**BY_YEAR, "revises": "2003/old/people"}),
        "2003/old/people": ("Year,Male,Female\n2004,700,80\n", BY_YEAR),
    }
    assert len(checked(tmp_path, tables, REVISIONS).findings) == 1


def test_a_table_that_its_neighbours_know_nothing_of_is_a_mistake_with_the_nearest_name(
    tmp_path: Path,
) -> None:
    tables = {
        HERE: (
            "Year,Male,Female\n2004,900,80\n",
            {**BY_YEAR, "mirrors": [{"table": "2005/borduria/arivals"}]},
        ),
        "2005/borduria/arrivals": ("Year,Male,Female\n2004,700,80\n", BY_YEAR),
    }
    with pytest.raises(BadSpec) as error:
        checked(tmp_path, tables, MIRROR)
    [problem] = problems_of(error.value)
    assert "there is no table 2005/borduria/arivals (did you mean '2005/borduria/arrivals'?)" in problem


@pytest.mark.parametrize(
    ("mirror", "problem"),
    [
        (
            {"here": {"sx": "male"}},
            "mirrors.here: 2005/arcadia/workers has no dimension 'sx' (did you mean 'sex'?)",
        ),
        ({"there": {"sex": "males"}}, "mirrors.there: 2004/arcadia/workers has no code 'males' of 'sex'"),
        (
            {"codes": {"sex": {"male": "man"}}},
            "mirrors.codes: 2004/arcadia/workers has no code 'man' of 'sex'",
        ),
        ({"tabel": "x"}, "mirrors.0.tabel: unknown key 'tabel' (did you mean 'table'?)"),
    ],
)
def test_a_mirror_that_names_what_is_not_there_is_a_mistake(
    tmp_path: Path, mirror: dict, problem: str
) -> None:
    tables = {
        HERE: ("Year,Male,Female\n2004,900,80\n", {**BY_YEAR, "mirrors": [{"table": THERE, **mirror}]}),
        THERE: ("Year,Male,Female\n2004,700,80\n", BY_YEAR),
    }
    with pytest.raises(BadSpec) as error:
        checked(tmp_path, tables, MIRROR)
    assert problem in "\n".join(problems_of(error.value)).replace("[0]", ".0")


def test_codes_of_the_other_side_may_have_other_names(tmp_path: Path) -> None:
    theirs = {"rows": {"dimension": "year"}, "columns": {"M": {"sex": "men"}, "W": {"sex": "women"}}}
    mirror = {"table": THERE, "codes": {"sex": {"male": "men", "female": "women"}}}
    tables = {
        HERE: ("Year,Male,Female\n2004,900,80\n", {**BY_YEAR, "mirrors": [mirror]}),
        THERE: ("Year,W,M\n2004,81,500\n", theirs),
    }
    [finding] = checked(tmp_path, tables, MIRROR).findings
    assert [cell.column for cell in finding.cells] == ["Male", "M"]


def test_a_figure_printed_once_for_two_coordinates_is_compared_once(tmp_path: Path) -> None:
    spec = {"rows": {"dimension": "year"}, "columns": {"Women": {"sex": ["total", "female"]}}}
    tables = {HERE: ("Year,Women\n2004,900\n", spec), THERE: ("Year,Women\n2004,500\n", spec)}
    assert len(checked(tmp_path, tables, REVISIONS).findings) == 1


def test_what_is_beside_a_table_is_not_part_of_it(tmp_path: Path) -> None:
    total = {"type": "expect_totals_to_equal_the_sum_of_their_parts", "kwargs": {"dimension": "year"}}
    spec = {"rows": {"dimension": "year", "total": "Total"}, "columns": SEXES}
    old = "Year,Male,Female\n2003,5,5\n2004,9,9\nTotal,14,14\n"
    new = "Year,Male,Female\n2004,9,9\n2005,8,8\nTotal,17,17\n"
    report = checked(tmp_path, {HERE: (new, spec), THERE: (old, spec)}, total, REVISIONS, REVISED)
    assert (report.total.evaluated, report.total.broken) == (2, 0)


def test_a_frame_alone_has_nothing_to_be_compared_with_and_is_no_pass() -> None:
    frame, dimensions = observed(pd.DataFrame({"year": ["2004"], "persons": [7]}), "persons", None)
    with pytest.raises(BadRule, match="expect_revisions_to_be_small: a frame has no other table beside it"):
        filled(revisions.REVISIONS, {}, frame, dimensions)
