"""Whatever a file holds, there is a report or an error with advice (more: python -m tests.fuzzing)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.fuzzing import TABLES, fuzzed
from tests.yearbooks import shipped

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no alarm ends what hangs there")


@pytest.mark.parametrize("cases", [40, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_mutated_file_is_read_or_refused(tmp_path: Path, cases: int) -> None:
    book = shipped(tmp_path / "book", *TABLES)
    assert [told for seed in range(cases) if (told := fuzzed(seed, book))] == []
