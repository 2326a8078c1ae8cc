"""Fixtures of several tests: the shipped yearbook, and ``amyqa`` as it is called in a shell."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from amyqa.model import Report
from tests.yearbooks import ROOT, shipped


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first: left to the end, one of them keeps a single worker busy for a minute."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@dataclass(frozen=True)
class Ran:
    """What a run of ``amyqa`` left behind."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """stdout as JSON."""
        told: dict[str, Any] = json.loads(self.out)
        return told

    @property
    def problems(self) -> list[str]:
        """Every line of stderr but the last, which counts them."""
        last = self.err.splitlines()[-1]  # others, or the rest, were checked
        if match := re.fullmatch(r"(.* could not be (?:checked|read whole)): .*", last):
            return self._told(2, f"{match[1]}: fix {{}}.")
        return self._told(2, "amyqa failed: fix {} first.")

    @property
    def strays(self) -> list[str]:
        """The same of a trace that found what is not as printed."""
        return self._told(1, "The trace failed: {}.")

    def _told(self, code: int, closing: str) -> list[str]:
        *lines, last = [line for line in self.err.splitlines() if not line.startswith("FAILED: ")]
        assert self.code == code, self
        assert last == closing.format("1 problem" if len(lines) == 1 else f"{len(lines)} problems")
        return lines


Run = Callable[..., Ran]


class _Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def run_here(
    *arguments: str | Path, cwd: Path | None = None, encoding: str = "utf-8", terminal: bool = False
) -> Ran:
    """Call the program's entry point in this process."""
    from amyqa.cli import main

    written = io.BytesIO(), io.BytesIO()
    kind = _Terminal if terminal else io.TextIOWrapper
    out, err = (kind(bytes_, encoding=encoding, newline="") for bytes_ in written)
    before, given = Path.cwd(), sys.argv
    hook = sys.unraisablehook
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    code: object = 0
    try:
        os.chdir(cwd or before)
        sys.argv = ["amyqa", *map(str, arguments)]
        with redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as leave:
        code = leave.code or 0
    finally:
        os.chdir(before)
        sys.argv = given
        sys.unraisablehook = hook
        for number, handler in handlers.items():
            signal.signal(number, handler)
    out.flush()
    err.flush()
    assert isinstance(code, int)
    return Ran(code, *(bytes_.getvalue().decode(encoding) for bytes_ in written))


@pytest.fixture(scope="session")
def run() -> Run:
    """``run("check", path, cwd=folder)``: amyqa in this process, so that hundreds of runs cost little."""
    return run_here


@pytest.fixture(scope="session")
def start() -> Callable[..., subprocess.CompletedProcess[str]]:
    """``start("check", cwd=folder, LANG="C")``: amyqa in a process of its own, where that matters."""

    def started(
        *arguments: str | Path, cwd: Path, stdout: Any = subprocess.PIPE, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON"))}
        return subprocess.run(
            [sys.executable, "-m", "amyqa", *map(str, arguments)],
            cwd=cwd,
            env=kept | {"PYTHONPATH": str(ROOT)} | environment,
            stdout=stdout,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    return started


@pytest.fixture(scope="session")
def chapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped yearbook, to be read only."""
    return shipped(tmp_path_factory.mktemp("shipped"))


@pytest.fixture(scope="session")
def chapter_report(chapter: Path) -> Report:
    """The report of the shipped yearbook."""
    from amyqa import pipeline

    return pipeline.check([chapter], "duckdb")


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """``book("claims")``: a copy of the shipped yearbook, or of some of its tables, to be changed."""
    return lambda *tables: shipped(tmp_path / "yearbook", *tables)
