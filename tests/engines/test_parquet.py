from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from amyqa.engines.parquet import parquet
from amyqa.model import Report
from amyqa.reports.rows import COLUMNS, rows
from tests.reports import rogues

KINDS = {"name": "text", "line": "whole", "sum": "decimal", "new": "yes or no", "day": "date"}


def read(content: bytes, folder: Path) -> tuple[dict[str, str], list[tuple[object, ...]]]:
    """Types of the columns, and the rows."""
    file = folder / "read.parquet"
    file.write_bytes(content)
    found = duckdb.connect(":memory:").from_parquet(str(file))
    types = dict(zip(found.columns, map(str, found.types), strict=True))
    return types, found.fetchall()


def test_every_kind_comes_back_as_its_type(tmp_path: Path) -> None:
    given = [
        ("Khmer កម្ពុជា \"';", 7, Decimal("-1.50"), True, datetime.date(2026, 1, 31)),
        ("", None, Decimal("1000"), False, None),
        (None, 2**40, None, None, None),
    ]
    types, found = read(parquet(KINDS, given), tmp_path)
    assert list(types.values()) == ["VARCHAR", "BIGINT", "DECIMAL(18,2)", "BOOLEAN", "DATE"]
    assert found == given


@pytest.mark.parametrize(
    ("numbers", "type"),
    [
        (["1", "2"], "DECIMAL(18,0)"),
        ([], "DECIMAL(18,0)"),
        (["0.000", "0"], "DECIMAL(18,3)"),
        (["99999999999999999999.99", "0.123456789012345"], "DECIMAL(35,15)"),
        (["1E+30", "0.12345678"], "VARCHAR"),
        (["1E+3", "-0.001"], "DECIMAL(18,3)"),
    ],
)
def test_decimals_are_exact_whatever_their_size(numbers: list[str], type: str, tmp_path: Path) -> None:
    given = [(Decimal(number),) for number in numbers]
    types, found = read(parquet({"sum": "decimal"}, given), tmp_path)
    assert types["sum"] == type
    assert [Decimal(str(value)) for (value,) in found] == [value for (value,) in given]


def test_the_chapters_findings_are_the_rows_of_the_csv(chapter_report: Report, tmp_path: Path) -> None:
    columns = {column.name: column.kind for column in COLUMNS}
    types, found = read(parquet(columns, rows(chapter_report)), tmp_path)
    assert list(types) == list(columns)
    assert types["difference"].startswith("DECIMAL")
    assert found == list(rows(chapter_report))


@pytest.mark.parametrize("text", rogues.ROGUES)
def test_hostile_text_comes_back(text: str, tmp_path: Path) -> None:
    columns = {column.name: column.kind for column in COLUMNS}
    given = list(rows(rogues.report(text)))
    assert read(parquet(columns, given), tmp_path)[1] == given
