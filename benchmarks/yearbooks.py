"""What a yearbook of many small tables costs: CPU time and memory, beside Great Expectations' import.

Run by ``python -m benchmarks.scale --yearbook N``. Tables have 60 to 100 cells: years by sectors by sex,
with a row and a sector of totals. One half says so by coordinates, the other by formulas; 2% have a misprint.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import amyqa

SECTORS = ("domestic work", "construction", "farming", "services", "factories", "fishing")
SEXES = ("Total", "Male", "Female")
BROKEN = 50
"""One table in so many has a misprint."""
A_CHAPTER = 50
"""Tables of one folder."""
_IMPORT = "import great_expectations"


@dataclass(frozen=True)
class Cost:
    """What a program used.

    Args:
        seconds: of CPU, its own and the system's for it.
        megabytes: the most memory that it held.
    """

    seconds: float
    megabytes: float


def write(folder: Path, tables: int, misprint: Callable[[int, random.Random], int]) -> None:
    """Write a yearbook.

    Args:
        misprint: another number for one.
    """
    chance = random.Random(14)  # the same tables for everyone
    broken = set(chance.sample(range(tables), max(1, tables // BROKEN)))
    for number in range(tables):
        labels, heads, numbers = _draw(chance)
        if number in broken:
            row, column = chance.randrange(len(numbers)), chance.randrange(len(heads))
            numbers[row][column] = misprint(numbers[row][column], chance)
        lines = [
            ("Year", *heads),
            *((label, *map(str, row)) for label, row in zip(labels, numbers, strict=True)),
        ]
        path = folder / "data" / "2005" / f"chapter-{number // A_CHAPTER:03}" / f"table-{number:05}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(",".join(line) + "\n" for line in lines), encoding="utf-8")
        spec = _coordinates(heads) if number % 2 else _formulas(labels, heads)
        text = "".join(f"{line}\n" for line in (f"title: Workers deployed, table {number}", *spec))
        path.with_suffix(".yaml").write_text(text, encoding="utf-8")


def _draw(chance: random.Random) -> tuple[list[str], list[str], list[list[int]]]:
    """Labels of rows and columns, and numbers that add up."""
    years, sectors = chance.randrange(5, 8), ["all", *chance.sample(SECTORS, 3)]
    sizes = [10 ** chance.uniform(2, 4) for _ in sectors]
    numbers = []
    for _ in range(years):
        parts = [[round(size * chance.uniform(0.9, 1.1)) for _ in SEXES[1:]] for size in sizes[1:]]
        groups = [[sum(each) for each in zip(*parts, strict=True)], *parts]
        numbers.append([number for group in groups for number in (sum(group), *group)])
    numbers.append([sum(column) for column in zip(*numbers, strict=True)])
    labels = [*(str(2000 + year) for year in range(years)), "Total"]
    return labels, [f"{sector} {sex}" for sector in sectors for sex in SEXES], numbers


def _coordinates(heads: Sequence[str]) -> list[str]:
    places = (head.rsplit(" ", 1) for head in heads)
    columns = [
        f"  {head}: {{sector: {s}, sex: {x.lower()}}}" for head, (s, x) in zip(heads, places, strict=True)
    ]
    rows = "rows: {dimension: year, total: Total}"
    return ["family: deployment", "unit: persons", "exact: true", rows, "columns:", *columns]


def _formulas(labels: Sequence[str], heads: Sequence[str]) -> list[str]:
    sectors = list(dict.fromkeys(head.rsplit(" ", 1)[0] for head in heads))
    down = [f"{sector} Total = {sector} Male + {sector} Female" for sector in sectors]
    across = [f"all {sex} = {' + '.join(f'{sector} {sex}' for sector in sectors[1:])}" for sex in SEXES]
    years = ", ".join(f'"{label}"' for label in labels[:-1])
    return [
        "family: general", "unit: persons", "exact: true", "identities:", "  in every row:",
        *(f"    - {formula}" for formula in (*down, *across)), "  in every column:", f"    Total: [{years}]",
    ]  # fmt: skip


def cost(arguments: Sequence[str], folder: Path) -> Cost:
    """What a Python program costs, in a process of its own.

    Raises:
        RuntimeError: it could not do its job.
    """
    with subprocess.Popen([sys.executable, *arguments], cwd=folder, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        said = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(arguments)} ended with {child.returncode}: {said.decode()[-500:]}")
    unit = 1024 if sys.platform == "darwin" else 1
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024 / unit)


def measure(tables: int, repeat: int, misprint: Callable[[int, random.Random], int]) -> None:
    """Write a yearbook, check it with both engines, and print what it costs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, tables, misprint)
        report = amyqa.check(folder, engine="duckdb")
        cells = sum(table.size for table in report.tables)
        print(f"{tables:,} tables, {cells:,} cells, {report.total.evaluated:,} identities: "
              f"{report.total.broken} broken, {len(report.diagnoses)} diagnoses")  # fmt: skip
        imported = _median([cost(["-c", _IMPORT], folder) for _ in range(repeat)])
        print(f"import great_expectations  {imported.seconds:6.2f} s of CPU")
        for engine in ("duckdb", "gx"):
            program = ["-m", "amyqa", "check", ".", "--engine", engine]
            used = _median([cost(program, folder) for _ in range(repeat)])
            times = used.seconds / imported.seconds
            print(f"check --engine {engine:<6}      {used.seconds:6.2f} s of CPU, {times:.2f} times as much, "
                  f"{used.seconds / tables * 1000:.1f} ms a table, peak {used.megabytes:.0f} MB")  # fmt: skip


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(statistics.median(each.seconds for each in costs), max(each.megabytes for each in costs))
