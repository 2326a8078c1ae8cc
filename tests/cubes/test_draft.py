"""The YAML of a cube, drafted from its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from amyqa import pipeline
from amyqa.errors import BadInput
from amyqa.starting.cubes import is_cube, new_cube
from tests.cubes.cubebooks import ID, book, landings


def test_a_draft_names_dimensions_value_and_the_totals_that_hold(tmp_path: Path) -> None:
    yaml = book(tmp_path)
    yaml.unlink()
    made = new_cube(yaml.with_suffix(".parquet"), None)
    text = made.yaml.read_text("utf-8")
    assert "port: {column: PORT, total: ALL}  # 12 of 12 sums" in text
    assert "gear: {column: GEAR, total: ALL}  # 16 of 16 sums" in text
    assert "year: TIME\nvalue: TONNES" in text
    report = pipeline.check([made.yaml], "duckdb")
    assert (report.counts[ID].evaluated, report.counts[ID].broken) == (28, 0)


def test_signs_and_names_beside_codes_are_told_apart(tmp_path: Path) -> None:
    names = {"ALL": "All ports", "P0": "North", "P1": "South", "P2": "West"}
    rows = [
        [row[0], names[row[0]], *row[1:3], ".." if at == 7 else str(row[3])]
        for at, row in enumerate(landings())
    ]
    columns = ("PORT", "PORT_NAME", "GEAR", "TIME_PERIOD", "OBS_VALUE")
    yaml = book(tmp_path, rows, columns=columns, ending=".csv.gz")
    yaml.unlink()
    text = new_cube(yaml.with_name("landings.csv.gz"), None).yaml.read_text("utf-8")
    assert "missing: ['..']" in text
    assert "PORT_NAME" not in text
    assert pipeline.check([yaml], "duckdb").counts[ID].not_evaluated > 0


def test_a_file_elsewhere_is_copied_to_where_it_is_wanted(tmp_path: Path) -> None:
    book(tmp_path / "book")
    file = tmp_path / "catch.parquet"
    file.write_bytes((tmp_path / "book" / "data" / f"{ID}.parquet").read_bytes())
    with pytest.raises(BadInput):
        new_cube(file, None)
    made = new_cube(file, tmp_path / "book" / "data" / "2022" / "vessels")
    assert made.copied == "data/2022/vessels/catch.parquet"
    with pytest.raises(BadInput, match="is there already"):
        new_cube(file, tmp_path / "book" / "data" / "2022" / "vessels")


def test_a_csv_is_a_table_unless_it_is_compressed() -> None:
    assert not is_cube(Path("a.csv"))
    assert is_cube(Path("a.csv.gz"))
    assert is_cube(Path("a.parquet"))
