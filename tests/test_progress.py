"""The bar of a long check: only on a terminal, only after a while, and gone at the end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from amyqa import pipeline
from tests.conftest import Run
from tests.yearbooks import ROOT

pty = pytest.importorskip("pty", reason="pseudo-terminals are not to be had here")

WORK = """
import sys, time
from amyqa.cli.output import progress
with progress(after={after}) as tell:
    print("nothing to tell" if tell is None else "telling")
    for done in range(4):
        if tell:
            tell(done, 3, "2005/\\x1b[31mlaos")
        time.sleep(0.2)
print("done", file=sys.stderr)
"""


def seen(
    command: list[str], environment: Mapping[str, str] | None = None, cwd: Path = ROOT
) -> tuple[int, str, str]:
    """Exit code, stdout, and what a terminal on stderr gets."""
    ours, theirs = pty.openpty()
    kept = {k: v for k, v in os.environ.items() if k not in ("CI", "NO_COLOR", "TERM", "COLUMNS")}
    added = {"PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100"} | dict(environment or {})
    process = subprocess.Popen(command, cwd=cwd, env=kept | added, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    said = b""
    try:
        while chunk := os.read(ours, 65536):
            said += chunk
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    out, _ = process.communicate()
    return process.returncode, out.decode(), said.decode()


def work(environment: Mapping[str, str] | None = None, after: float = 0.1) -> tuple[str, str]:
    code, out, err = seen([sys.executable, "-c", WORK.format(after=after)], environment)
    assert code == 0, err
    return out, err


def test_on_a_terminal_long_work_shows_how_many_are_done_and_which_is_next() -> None:
    out, err = work()
    assert out == "telling\n"
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", err)
    assert "Checking" in plain
    assert re.search(r"[12]/3", plain)
    assert r"2005/\x1b[31mlaos" in plain


def test_the_bar_is_gone_at_the_end() -> None:
    _, err = work()
    shown, _, after = err.rpartition("done")
    assert "\x1b[2K" in shown[-40:]
    assert after.strip() == ""
    assert err.count("\x1b[?25h") >= err.count("\x1b[?25l") > 0  # the cursor is back


def test_short_work_shows_nothing() -> None:
    assert work(after=30.0) == ("telling\n", "done\r\n")


def test_no_color_leaves_the_bar_without_colour() -> None:
    _, err = work({"NO_COLOR": "1"})
    assert "Checking" in err
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", err)


@pytest.mark.parametrize("environment", [{"CI": "true"}, {"TERM": "dumb"}])
def test_where_a_bar_would_be_noise_there_is_none(environment: dict[str, str]) -> None:
    assert work(environment) == ("nothing to tell\n", "done\r\n")


def test_a_pipe_gets_no_bar() -> None:
    command = [sys.executable, "-c", WORK.format(after=0.0)]
    ran = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert (ran.stdout, ran.stderr) == ("nothing to tell\n", "done\n")


def test_results_are_the_same_with_a_bar_as_without(
    run: Run, book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1769898600")  # the time of a check is its own
    root = book("deployed-to-malaysia")
    options = ["check", "--engine", "duckdb", "--format", "json"]
    code, out, _ = seen([sys.executable, "-m", "amyqa", *options], cwd=root)
    plain = run(*options, cwd=root)
    assert (code, out) == (plain.code, plain.out)


def test_a_check_tells_how_many_tables_are_done(chapter: Path) -> None:
    told: list[tuple[int, int, str]] = []
    report = pipeline.check([chapter], "duckdb", progress=lambda *at: told.append(at))
    ids = [table.id for table in report.tables]
    assert told == [*((i, len(ids), id) for i, id in enumerate(ids)), (len(ids), len(ids), "")]
