"""Told to leave, amyqa leaves: one line, the exit code that shells know, nothing half done."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.yearbooks import ROOT

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no process can be forked here")
SAID = {"SIGINT": (130, "Interrupted."), "SIGTERM": (143, "Terminated.")}


@pytest.fixture(autouse=True)
def in_the_foreground() -> Iterator[None]:
    """What a shell starts in the background ignores SIGINT, and so would all that these tests start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupted(root: Path, times: int, name: str, longest: float, *arguments: str) -> list[tuple[int, str]]:
    """Exit codes and what was said of so many runs, each told to leave after at most so many seconds."""
    command = [sys.executable, "-m", "tests.interrupting", root, times, name, longest, *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run([*map(str, command)], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert len(told) == times
    slow = [each for each in told if each[3] > 6]
    assert not slow
    return [(code, said) for _, code, said, _ in told]


def assert_left(told: list[tuple[int, str]], name: str, *, ended: tuple[int, ...] = (0, 1)) -> int:
    """Each left as told, or had done its work already; how many left."""
    code, line = SAID[name]
    left = 0
    for ran, said in told:
        lines = said.splitlines()
        if ran in ended:
            assert "Traceback" not in said, said
            continue
        assert ran == code, said
        assert lines[-1] == line, said
        assert all(each.startswith(("The report is in", "FAILED")) for each in lines[:-1]), said
        left += 1
    return left


@pytest.mark.parametrize("name", SAID)
def test_a_signal_ends_a_run_with_one_line_and_its_code(chapter: Path, name: str) -> None:
    told = interrupted(chapter, 8, name, 0.8, "check", "--engine", "duckdb")
    assert assert_left(told, name)


@pytest.mark.slow
def test_a_signal_at_any_of_60_times_ends_a_run_with_one_line(chapter: Path, tmp_path: Path) -> None:
    report = ("--report", str(tmp_path / "report"))
    told = interrupted(chapter, 60, "SIGINT", 2.0, "check", "--engine", "duckdb", *report)
    assert assert_left(told, "SIGINT") > 15


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["gx", "duckdb"])
def test_a_signal_while_libraries_are_imported_or_run_ends_with_one_line(chapter: Path, engine: str) -> None:
    dice = random.Random(3)
    told = []
    for _ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-m", "amyqa", "check", "--engine", engine],
            cwd=chapter, env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        time.sleep(dice.uniform(0.5, 6))
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        # before the interpreter handles signals, the system ends it; on a busy machine that may be late
        if (process.returncode, said) != (-signal.SIGINT, ""):
            told.append((process.returncode, said))
    assert assert_left(told, "SIGINT")


def test_an_interrupt_that_a_library_turns_into_its_own_error_is_still_one(tmp_path: Path) -> None:
    for swallowed in ("raise ImportError('broken') from None", "time.sleep(30)"):
        program = (
            "import os, signal, time\nimport amyqa.cli.commands as commands\n"
            "def run():\n    try:\n        os.kill(os.getpid(), signal.SIGINT)\n        time.sleep(30)\n"
            f"    except BaseException:\n        {swallowed}\n"
            "commands.run = run\nfrom amyqa.cli import main\nmain()\n"
        )
        start = time.monotonic()
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
        assert (ran.returncode, ran.stderr) == (130, "Interrupted.\n")
        assert time.monotonic() - start < 20


def test_signals_that_are_ignored_stay_ignored(chapter: Path) -> None:
    program = (
        "import os, signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "import amyqa.cli.commands as commands\n"
        "commands.run = lambda: os.kill(os.getpid(), signal.SIGINT) or 7\n"
        "from amyqa.cli import main\nmain()\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (7, "")
