"""A review killed at any moment: every file is the old or the new one, and no lock is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.yearbooks import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a process cannot be killed so here"),
]


@pytest.mark.parametrize(("apply", "rounds"), [("", 150), ("apply", 50)], ids=["ruling", "correcting"])
def test_a_review_killed_at_200_random_moments_damages_nothing(
    book: Callable[..., Path], apply: str, rounds: int
) -> None:
    root = book("deployed-to-south-korea", "deployed-to-malaysia")
    command = [sys.executable, "-W", "ignore", "-m", "tests.review.killed", str(root), apply, str(rounds)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout) >= 1, "no ruling was acknowledged before it was killed"
    left = [path.name for path in root.rglob(".*") if path.is_file() and not path.name.startswith(".changes")]
    assert len(left) <= 3, left  # of the last round, cleared by the next writer
