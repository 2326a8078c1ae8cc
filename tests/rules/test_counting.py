"""Equations over the same printed cells count once; tautologies do not count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from amyqa import pipeline
from amyqa.model import Counts
from tests.yearbooks import STATED, TOTALS, write_family, write_table

SPEC: dict[str, Any] = {
    "rows": {"dimension": "year"},
    "columns": {"T": {"sex": "total"}, "M": {"sex": "male"}, "F": {"sex": "female"}},
}


def counts(root: Path, *formulas: str, sums: bool = False, lines: str = "Year,T,M,F\n2003,9,4,6\n") -> Counts:
    by_sex = [{"type": TOTALS, "kwargs": {"dimension": "sex"}}] if sums else []
    write_family(root, entries=[*by_sex, {"type": STATED}])
    write_table(root, "table", lines, {**SPEC, "identities": {"in every row": list(formulas)}})
    return pipeline.check([root], "duckdb").counts["table"]


@pytest.mark.parametrize(
    "again",
    ["T = M + F", "T = F + M", "F + M = T", "M = T - F", "T - F - M = T - T", "T + T = M + T + F"],
)
def test_an_equation_counts_once_however_it_is_written(tmp_path: Path, again: str) -> None:
    assert counts(tmp_path, "T = M + F", again) == Counts(1, 1, 0)
    assert counts(tmp_path, again, sums=True) == Counts(1, 1, 0)


@pytest.mark.parametrize("other", ["T = M", "T = M + 2 * F", "T = M - F", "T = M + F + 1", "M = F"])
def test_another_equation_over_the_same_cells_counts_too(tmp_path: Path, other: str) -> None:
    assert counts(tmp_path, "T = M + F", other) == Counts(2, 2, 0)


@pytest.mark.parametrize("nothing", ["T = T", "M + F = F + M", "T - M = T - M"])
def test_a_tautology_does_not_count(tmp_path: Path, nothing: str) -> None:
    assert counts(tmp_path, nothing) == Counts(0, 0, 0)
    assert counts(tmp_path, "T = M + F", nothing) == Counts(1, 1, 0)


def test_an_equation_counts_once_for_each_row(tmp_path: Path) -> None:
    lines = "Year,T,M,F\n2003,9,4,6\n2004,9,4,5\n2005,..,4,5\n"
    assert counts(tmp_path, "T = M + F", sums=True, lines=lines) == Counts(2, 1, 1)
