"""The yearbook that the cost of many small tables is measured on."""

from __future__ import annotations

from pathlib import Path

import amyqa
from benchmarks.scale import misprint
from benchmarks.yearbooks import BROKEN, write


def test_a_yearbook_has_small_tables_that_add_up_but_for_a_few(tmp_path: Path) -> None:
    write(tmp_path, 12, misprint)
    report = amyqa.check(tmp_path, engine="duckdb")
    assert len(report.tables) == 12
    assert all(60 <= table.size <= 100 for table in report.tables)
    assert {table.spec.family for table in report.tables} == {"deployment", "general"}
    assert all(report.counts[table.id].evaluated > 40 for table in report.tables)
    wrong = {finding.table for finding in report.findings if finding.rule in ("totals", "identities")}
    assert len(wrong) == max(1, 12 // BROKEN)
    assert not report.failures


def test_it_is_the_same_for_everyone(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write(tmp_path / name, 4, misprint)
    files = [
        sorted(path.relative_to(tmp_path / name) for path in (tmp_path / name).rglob("*.*"))
        for name in ("one", "other")
    ]
    assert files[0] == files[1]
    for path in files[0]:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "other" / path).read_bytes()
