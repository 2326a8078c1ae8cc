"""In a table too large to be diagnosed whole, a relation still counts all of its lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from amyqa import pipeline
from amyqa.pipeline import diagnosing

SPEC = """\
title: Goats and sheep
family: general
rows: {dimension: place}
columns: {All: {}, Goats: {}, Sheep: {}}
"""
IN_ROWS = SPEC + 'identities: {in every row: ["All = Goats + Sheep"]}\n'


def told(root: Path, lines: list[list[object]], spec: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said of the causes, diagnosed whole and around what is broken; they must not differ."""
    folder = root / "data/2001/farms"
    folder.mkdir(parents=True)
    (folder / "animals.csv").write_text("\n".join(",".join(map(str, line)) for line in lines) + "\n")
    (folder / "animals.yaml").write_text(spec)
    whole: list[str] = []
    around: list[str] = []
    for found, limit in ((whole, 10_000), (around, 5)):
        monkeypatch.setattr(diagnosing, "WHOLE", limit)
        found += [each.message for each in pipeline.check([root], "duckdb").diagnoses]
    assert whole == around
    return whole


def test_a_definition_is_told_with_all_lines_of_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[list[object]] = [["Place", "All", "Goats", "Sheep"]]
    for at in range(60):
        goats, sheep = 113 + 17 * at, 409 + 29 * at
        lines.append([f"p{at}", goats + sheep + (3 if at % 6 == 0 else 0), goats, sheep])
    [message] = told(tmp_path, lines, IN_ROWS, monkeypatch)
    assert "fails in 10 of 60 lines" in message


def test_relations_of_rows_count_the_columns_that_they_hold_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"c{at}" for at in range(40)]
    up, down = ([200 + 31 * at + by for at in range(40)] for by in (0, 77))
    sums = [a + b + (2 if at % 5 == 0 else 0) for at, (a, b) in enumerate(zip(up, down, strict=True))]
    lines: list[list[object]] = [["Place", *names], ["Up", *up], ["Down", *down], ["All", *sums]]
    columns = "columns: {" + ", ".join(f"{name}: {{}}" for name in names) + "}\n"
    spec = SPEC.splitlines(keepends=True)
    identity = "identities: {in every column: {All: [Up, Down]}}\n"
    [message] = told(tmp_path, lines, "".join([*spec[:3], columns, identity]), monkeypatch)
    assert "fails in 8 of 40 lines" in message
