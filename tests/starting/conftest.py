"""A CSV taken into a yearbook."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from amyqa.starting.new import New, new_table

Make = Callable[..., New]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """``make(text, "name.csv")``: a CSV outside a yearbook, taken into one."""
    root = tmp_path / "yearbook"
    (root / "data").mkdir(parents=True)
    monkeypatch.chdir(root)

    def made(text: str, name: str = "table.csv", **options: Any) -> New:
        source = tmp_path / name
        source.write_text(text, encoding="utf-8")
        return new_table(source, **{"edition": "2005", "chapter": "here", **options})

    return made
