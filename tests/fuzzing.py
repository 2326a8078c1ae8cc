"""A fuzz target: tables, YAMLs, suites and decisions, mutated at random, are read and checked.

    python -m tests.fuzzing 60 found/     an hour; what breaks, or takes long, is kept in found/

Whatever a file holds, there is a report, or an error with advice; never a traceback, never a hang.
"""

from __future__ import annotations

import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from amyqa import pipeline
from amyqa.decisions.files import read_file
from amyqa.errors import AmyqaError, Problems
from amyqa.project import open_yearbook
from amyqa.rules.suite import builtin_expectations, read_suite
from tests.decisions.builder import decision
from tests.yearbooks import CHAPTER, read_back, shipped

SECONDS = 20
"""Of the processor; a case that takes longer hangs."""
TABLES = ("deployed-to-malaysia", "annual-indicators", "claims", "events", "stock-abroad")
WORDS = (
    *b"-|..|n/a|1,234|1.234,5|(0.6)|150,000 up|<note>|2003/04|1e400|-0".split(b"|"),
    *b"{|}|[|]|: |- |&a |*a|<<: |>|'|#|? ".split(b"|"),
    *b"null|true|=| = |sum of | + |total|all".split(b"|"),
    *b"where: {sex: male}|regex: '(a+)+$'|row_condition: x|2024-02-30".split(b"|"),
    *b'!!python/name:os.system|$PARAMETER|exact: true\n|rounded: 1000\n'.split(b"|"),
    *b'\0|\x1b[2J|"|""|,|;|\t|\r|\n|\r\n'.split(b"|"),
    *"\u202e|é|\u0661|\ufeff".encode().split(b"|"),
    b"|", b"\xff\xfe", b"9" * 40, b"0." + b"9" * 40, b"(" * 30, b"a" * 300, b"1 " * 50, b" " * 500,
)  # fmt: skip


def mutated(content: bytes, dice: random.Random, others: list[bytes]) -> bytes:
    """The content with a few random changes."""
    for _ in range(dice.choice((1, 1, 2, 3, 6))):
        lines = content.splitlines(keepends=True) or [b""]
        at, end = sorted((dice.randrange(len(content) + 1), dice.randrange(len(content) + 1)))
        end = min(end, at + dice.choice((1, 3, 20)))
        line = dice.randrange(len(lines))
        change = dice.randrange(8)
        if change <= 2:
            content = content[:at] + dice.choice(WORDS) + content[dice.choice((at, end)) :]
        elif change == 3:
            content = content[:at] + content[end:]
        elif change == 4:
            lines[line : line + 1] = [lines[line]] * dice.choice((2, 2, 5))
            content = b"".join(lines)
        elif change == 5:
            del lines[line]
            content = b"".join(lines)
        elif change == 6:
            other = dice.choice(others).splitlines(keepends=True)
            lines.insert(line, dice.choice(other or [b""]))
            content = b"".join(lines)
        else:
            content = content[:at] + bytes([dice.randrange(256)]) + content[at + 1 :]
    return content[:200_000]


def table(root: Path, dice: random.Random) -> None:
    """A table: read alone, and sometimes checked whole."""
    name = dice.choice(TABLES)
    files = [root / "data" / CHAPTER / f"{name}.{ending}" for ending in ("csv", "yaml")]
    _mutate(files, dice)
    if dice.random() < 0.3:
        pipeline.check([files[0]], "duckdb")
    else:
        read_back(root, f"{CHAPTER}/{name}")


def suite(root: Path, dice: random.Random) -> None:
    """A suite of a family."""
    path = dice.choice(sorted((root / "checks").glob("*.yaml")))
    _mutate([path], dice)
    problems = Problems()
    read_suite(path, path.name, path.stem, builtin_expectations, problems)
    problems.raise_if_any()


def decisions(root: Path, dice: random.Random) -> None:
    """A file of decisions."""
    from amyqa.decisions import store

    yearbook = open_yearbook(root)
    made = [decision(number) for number in range(3)]
    store.write(yearbook, made)
    [path] = (root / "decisions").rglob("*.yaml")
    _mutate([path], dice)
    problems = Problems()
    read_file(yearbook, yearbook.shown(path), problems)
    store.write(yearbook, [decision(7)])


def seeds(root: Path, dice: random.Random) -> None:
    """The printed source, with its table traced."""
    _mutate(sorted((root / "seeds").glob("*.txt")), dice)
    pipeline.check([root / "data" / CHAPTER / f"{TABLES[0]}.csv"], "duckdb")


def _mutate(files: list[Path], dice: random.Random) -> None:
    contents = [path.read_bytes() for path in files]
    chosen = dice.randrange(len(files))
    files[chosen].write_bytes(mutated(contents[chosen], dice, contents))


TARGETS: tuple[Callable[[Path, random.Random], None], ...] = (table, table, suite, decisions, seeds)


@contextmanager
def limited(seconds: int) -> Iterator[None]:
    """Raise an error in what takes longer."""

    def late(*_: object) -> None:
        raise TimeoutError(f"it took over {seconds} s")

    before = signal.signal(signal.SIGPROF, late)  # a busy machine makes nothing hang
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def fuzzed(seed: int, book: Path) -> str:
    """One case on a copy of a yearbook; what broke, or ""."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        root = shutil.copytree(book, Path(folder) / "book")
        target = dice.choice(TARGETS)
        try:
            with limited(SECONDS):
                target(root, dice)
        except AmyqaError:
            return ""
        except Exception:
            return f"{target.__name__}, seed {seed}\n{traceback.format_exc()}"
    return ""


def main(minutes: str, found: str, first: str = "0") -> None:
    """Fuzz for so many minutes; each kind of failure is kept once."""
    kept = Path(found)
    kept.mkdir(parents=True, exist_ok=True)
    end, seed, known = time.monotonic() + 60 * float(minutes), int(first), set()
    with tempfile.TemporaryDirectory() as folder:
        book = shipped(Path(folder) / "book", *TABLES)
        while time.monotonic() < end:
            if told := fuzzed(seed, book):
                frames = [line.strip() for line in told.splitlines() if line.startswith("  File")]
                kind = (frames[-1], told.splitlines()[-1].partition(":")[0])
                if kind not in known:
                    known.add(kind)
                    (kept / f"{seed}.txt").write_text(told, encoding="utf-8", errors="backslashreplace")
            seed += 1
            if seed % 100 == 0:
                (kept / "cases").write_text(f"{seed - int(first)} cases, {len(known)} kinds of failure\n")
    sys.stdout.write(f"{seed - int(first)} cases, {len(known)} kinds of failure\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
