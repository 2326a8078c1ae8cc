"""Which source reads a file: by its ending, amyqa's own or another package's."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from amyqa import sources
from amyqa.errors import BadInput
from amyqa.sources import csv, is_source, source_of


@pytest.fixture
def dbf(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Another package that reads .dbf."""
    module = SimpleNamespace(read=None, sheets=None, replace=None)
    entry = SimpleNamespace(name=".DBF", load=lambda: module)
    found = {sources.GROUP: [entry]}
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: found.get(group, []))
    sources._others.cache_clear()
    yield module
    sources._others.cache_clear()


@pytest.mark.parametrize("name", ["t.csv", "T.CSV", "t.tsv"])
def test_a_csv_is_read_by_its_module(name: str) -> None:
    assert source_of(Path(name)) is csv
    assert is_source(Path(name))


def test_what_has_another_name_is_taken_for_a_csv_when_it_is_given() -> None:
    assert source_of(Path("t.dat")) is csv
    assert not is_source(Path("t.dat"))


def test_another_package_adds_a_format(dbf: object) -> None:
    assert is_source(Path("t.dbf"))
    assert source_of(Path("t.dbf")) is dbf
    assert source_of(Path("t.csv")) is csv


def test_what_is_no_text_is_refused_as_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "t.dat"
    path.write_bytes(b"\x89PNG\0")
    with pytest.raises(BadInput, match="NUL byte"):
        source_of(path).sheets(path, "t.dat")


def test_a_format_that_is_known_and_not_read_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"is a \.doc file, which amyqa cannot read .save it as \.docx"):
        source_of(tmp_path / "chapter.doc")
