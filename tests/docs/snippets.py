"""Runs a page of the documentation as a reader would: its files, its commands, its Python.

A fenced block says in its first line what it is:

    ```yaml title="data/2005/x.yaml"     is written to that file (any language)
    ```console exit=1                    commands after "$ " and what each prints; the last one's exit code
    ```python                            is run; all blocks of a page share their names
    ```text prints                       what the block before it prints
    ```yaml, json, toml                  must be well-formed
    ```text                              is shown, not run

A line "…" in what is printed stands for any lines. ``<!-- start: FOLDER -->`` says what the page begins
with, ``<!-- folder: NAME -->`` that the reader goes into a folder.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import run_here
from tests.yearbooks import ROOT

_FENCE = re.compile(
    r"^(?P<ticks>`{3,})(?P<info>[^`\n]*)\n(?P<text>.*?)^(?P=ticks)\s*$", re.MULTILINE | re.DOTALL
)
_FOLDER = re.compile(r"<!-- folder: (\S+) -->")
_START = re.compile(r"<!-- start: (\S+) -->")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Args:
        line: where it begins.
        folder: where the reader is by then, below where the page begins.
    """

    line: int
    folder: str
    language: str
    words: tuple[str, ...]
    text: str

    def option(self, name: str) -> str:
        """The value of ``name=value``, or ""."""
        return next((w.partition("=")[2] for w in self.words if w.startswith(f"{name}=")), "")


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    for match in _FENCE.finditer(text):
        language, *words = shlex.split(match["info"]) or [""]
        folder = "/".join(_FOLDER.findall(text, 0, match.start()))
        line = text.count("\n", 0, match.start()) + 1
        yield Block(line, folder, language, tuple(words), match["text"])


def start(page: Path) -> str:
    """What the page begins with: a folder of this repository ("" for an empty one)."""
    match = _START.search(page.read_text(encoding="utf-8"))
    return match[1] if match else ""


def run(page: Path, begin: Path, installed: Path | None = None) -> int:
    """Run a page in a folder; returns how many blocks were run or read.

    Raises:
        AssertionError: something is not as the page says.

    Args:
        installed: the folder of the ``amyqa`` to run, instead of the one in this process.
    """
    names: dict[str, Any] = {"__name__": "__page__"}
    printed = ""
    done = 0
    for block in blocks(page):
        folder = begin / block.folder
        where = f"{page.name}:{block.line}"
        if file := block.option("title"):
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            _console(block, folder, where, installed)
        elif block.language == "python":
            printed = _python(block, folder, names, where)
        elif "prints" in block.words:
            assert same(block.text, printed), f"{where}: prints\n{printed}"
        elif block.language in _READ:
            _READ[block.language](block.text)
        else:
            assert block.language in ("text", "diff") or block.language.startswith("{"), f"{where}: run how?"
            continue
        done += 1
    return done


_READ: Mapping[str, Callable[[str], object]] = {
    "yaml": lambda text: list(yaml.safe_load_all(text)),
    "json": json.loads,
    "toml": tomllib.loads,
}


def _console(block: Block, folder: Path, where: str, installed: Path | None) -> None:
    code = 0
    for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE):
        code, printed = shell(command, folder, installed)
        assert same(expected, printed), f"{where}: {command}\nprints\n{printed}"
    assert code == int(block.option("exit") or 0), f"{where}: exit code {code}\n{printed}"


def shell(command: str, folder: Path, installed: Path | None = None) -> tuple[int, str]:
    """Exit code and all that a command prints; ``amyqa`` runs in this process, which is quicker."""
    words = shlex.split(command)
    if installed is None and words[0] == "amyqa" and not set(words) & {"|", ">", "&&", ";"}:
        here = run_here(*words[1:], cwd=folder)
        return here.code, here.out + here.err
    path = os.pathsep.join([str(installed or Path(sys.executable).parent), os.environ["PATH"]])
    source = "" if installed else str(ROOT)
    environment = {**os.environ, "PATH": path, "PYTHONPATH": source, "PYTHONUTF8": "1"}
    words = ["sh", "-c", command]
    ran = subprocess.run(words, cwd=folder, env=environment, capture_output=True, encoding="utf-8")
    return ran.returncode, ran.stdout + ran.stderr


def _python(block: Block, folder: Path, names: dict[str, Any], where: str) -> str:
    out = io.StringIO()
    with chdir(folder), redirect_stdout(out):
        exec(compile(block.text, where, "exec"), names)  # noqa: S102  our own pages
    return out.getvalue()


def same(expected: str, printed: str) -> bool:
    """Whether this was printed; a line "…" stands for any lines."""
    lines = [
        ".*" if line.strip() == "…" else re.escape(line.rstrip()) for line in expected.strip("\n").split("\n")
    ]
    found = "\n".join(line.rstrip() for line in printed.strip("\n").split("\n"))
    return re.fullmatch("\n".join(lines), found, re.DOTALL) is not None
