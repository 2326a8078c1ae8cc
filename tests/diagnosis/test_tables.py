"""Diagnoses of a yearbook's tables: stated sums, other tables' cells, roles and reasons in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from amyqa import pipeline
from amyqa.model import TableDiagnosis
from tests.yearbooks import write_family, write_table

STATED: dict[str, Any] = {"in every row": ["T = M + F"], "cells": ["[Total, T] = [2003, T] + [2004, T]"]}
COLUMNS = {"T": {"kind": "t"}, "M": {"kind": "m"}, "F": {"kind": "f"}}


def told(root: Path, *lines: str, **identities: list[str]) -> list[TableDiagnosis]:
    write_family(root)
    spec = {"rows": {"dimension": "year"}, "columns": COLUMNS, "identities": {**STATED, **identities}}
    write_table(root, "table", "\n".join(["Year,T,M,F", *lines]) + "\n", spec)
    return list(pipeline.check([root], "duckdb").diagnoses)


def test_a_sum_that_the_table_states_is_diagnosed(tmp_path: Path) -> None:
    [diagnosis] = told(tmp_path, "2003,895,497,362", "2004,700,300,400", "Total,1559,797,762")
    assert diagnosis.located
    [change] = diagnosis.changes
    assert (change.cell.row, change.cell.column, str(change.proposed)) == ("2003", "T", "859")
    assert (
        diagnosis.message == "2003, T: printed 895, its parts sum to 859; the last two digits look swapped."
    )


def test_a_constant_is_not_corrected(tmp_path: Path) -> None:
    lines = ["2003,859,497,362", "2004,700,300,400", "Total,1559,797,762"]
    [diagnosis] = told(tmp_path, *lines, cells=["[2003, M] + [2004, M] = 779"])
    changes = [*diagnosis.changes, *(c for e in diagnosis.alternatives for c in e.changes)]
    assert changes
    assert {c.cell.row for c in changes} <= {"2003", "2004"}
    told_so = " ".join(c.message for c in changes)
    assert "the formula leaves room for" in told_so
    assert "another table" not in told_so


def test_a_cell_of_another_table_is_not_corrected(tmp_path: Path) -> None:
    write_family(tmp_path)
    other = {"rows": {"dimension": "year"}, "columns": {"N": {"kind": "n"}}}
    write_table(tmp_path, "afar/other", "Year,N\n2003,859\n", other)
    lines = ["2003,895,497,362", "2004,700,300,400", "Total,1559,797,762"]
    diagnoses = told(tmp_path, *lines, **{"other tables": ["[2003, T] = afar/other[2003, N]"]})
    mine = [d for d in diagnoses if d.table == "table"]
    assert [str(c.proposed) for d in mine for c in d.changes] == ["859"]
    assert not [d for d in diagnoses if d.table == "afar/other"]
