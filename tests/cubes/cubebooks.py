"""Yearbooks with a cube, written from a few observations."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import yaml

ID = "2021/vessels/landings"
SPEC: dict[str, Any] = {
    "title": "Landings by port, gear and year",
    "family": "general",
    "dimensions": {
        "port": {"column": "PORT", "total": "ALL"},
        "gear": {"column": "GEAR", "total": "ALL"},
        "year": "TIME",
    },
    "value": "TONNES",
    "unit": "tonnes",
}
COLUMNS = ("PORT", "GEAR", "TIME", "TONNES")


def landings(ports: int = 3, gears: int = 2, years: int = 4) -> list[list[Any]]:
    """Observations that add up by port and by gear."""
    parts = {
        (p, g, y): 100 + 37 * p + 11 * g + 5 * y + p * g * y
        for p, g, y in product(range(ports), range(gears), range(years))
    }
    rows = []
    for p, g, y in product([None, *range(ports)], [None, *range(gears)], range(years)):
        value = sum(v for (a, b, c), v in parts.items() if p in (None, a) and g in (None, b) and c == y)
        port, gear = "ALL" if p is None else f"P{p}", "ALL" if g is None else f"G{g}"
        rows.append([port, gear, str(2000 + y), value])
    return rows


def book(
    root: Path,
    rows: Sequence[Sequence[Any]] | None = None,
    spec: Mapping[str, Any] | None = None,
    *,
    columns: Sequence[str] = COLUMNS,
    ending: str = ".parquet",
    lists: Mapping[str, Sequence[Sequence[str]]] | None = None,
) -> Path:
    """A yearbook with one cube, and its path."""
    folder = root / "data" / Path(ID).parent
    folder.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump({**SPEC, **(spec or {})}, sort_keys=False)
    (folder / "landings.yaml").write_text(text, "utf-8")
    for name, listed in (lists or {}).items():
        with (folder / name).open("w", newline="") as file:
            csv.writer(file).writerows(listed)
    frame = pd.DataFrame([list(row) for row in (landings() if rows is None else rows)], columns=list(columns))
    save(frame, folder / f"landings{ending}")
    return folder / "landings.yaml"


def save(frame: pd.DataFrame, path: Path) -> None:
    """A frame as a file of the format that the ending says."""
    if path.name.endswith(".csv.gz"):
        with gzip.open(path, "wt", newline="") as file:
            frame.to_csv(file, index=False)
    elif path.suffix == ".csv":
        frame.to_csv(path, index=False)
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path)) as connection:
            connection.register("frame", frame)
            connection.execute("CREATE TABLE landings AS SELECT * FROM frame")
    elif path.suffix == ".parquet":
        with duckdb.connect() as connection:
            connection.register("frame", frame)
            connection.sql("SELECT * FROM frame").write_parquet(str(path))
    else:  # a folder of two
        path.mkdir()
        half = len(frame) // 2
        save(frame.iloc[:half], path / "part-0.parquet")
        save(frame.iloc[half:], path / "part-1.parquet")
