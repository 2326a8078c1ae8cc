"""Two writers at once, killed at any moment: no file is damaged, and nothing acknowledged is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.decisions.builder import decision, told, unplaced
from tests.yearbooks import ROOT

ROUNDS = 4
EACH = 100
"""Decisions of a writer in a round; two of them would write 200."""


def start(root: Path, first: int, number: int = EACH) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.decisions.writer", str(root), str(first), str(first + number)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def killed(writers: list[subprocess.Popen[str]], pauses: Iterator[float]) -> set[int]:
    """What the writers have acknowledged before each was killed, one after the other."""
    acknowledged = set()
    for writer in writers:
        assert writer.stdout is not None
        acknowledged.add(int(writer.stdout.readline()))  # it is at work
    for writer in writers:
        time.sleep(next(pauses))
        writer.send_signal(signal.SIGKILL)
        out, _ = writer.communicate()
        # half a line may be left of what was being said
        acknowledged |= {int(line) for line in out.splitlines(keepends=True) if line.endswith("\n")}
    return acknowledged


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a process cannot be killed so here")
def test_nothing_acknowledged_is_lost_when_two_writers_are_killed(tmp_path: Path) -> None:
    dice = random.Random(5)
    pauses = iter(lambda: dice.uniform(0, 0.8), None)
    kept: set[int] = set()
    cut_short = 0
    for turn in range(ROUNDS):
        first = turn * 2 * EACH
        acknowledged = killed([start(tmp_path, first), start(tmp_path, first + EACH)], pauses)
        cut_short += len(acknowledged) < 2 * EACH
        kept |= acknowledged
        there = unplaced(told(tmp_path))  # every file can be read
        assert len({each.finding for each in there}) == len(there)
        assert {decision(number).finding for number in kept} <= {each.finding for each in there}
        # and each decision is whole, acknowledged or not
        possible = {made.finding: made for made in map(decision, range(first + 2 * EACH))}
        assert all(each == possible[each.finding] for each in there)
    assert cut_short, "every writer had ended before it was killed"
    last = start(tmp_path, ROUNDS * 2 * EACH, 5)  # what the dead left behind stops nobody
    out, _ = last.communicate(timeout=60)
    assert len(out.splitlines()) == 5
    assert sorted(path.name for path in (tmp_path / "decisions").rglob("*")) == ["2005", "cambodia.yaml"]
