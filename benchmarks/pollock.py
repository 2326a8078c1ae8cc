"""Polluted CSV files: read right, refused, or silently wrong?

usage: python -m benchmarks.pollock DIR

DIR holds csv/ (polluted files), clean/ (what each should be read as, under the same name) and parameters/
(NAME_parameters.json: header_lines, delimiter), as the Pollock benchmark has them. Each file goes through the
intake of `amyqa new` and through the reader behind `check`. Prints for each of both how many were read
right (the same rows), refused with the line and without, silently wrong, and ended in a traceback;
the slowest file and the largest process.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import resource
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from amyqa.errors import AmyqaError, Problems
from amyqa.reading.sheet import read_sheet
from amyqa.sources import Part, source_of
from amyqa.starting.intake import take

Rows = list[list[str]]


def intake(path: Path, _: str) -> Rows:
    """The rows below the header, as `amyqa new` takes them in."""
    return [list(line) for line in take(source_of(path).sheets(path, path.name)[0]).lines]


def reader(path: Path, delimiter: str) -> Rows:
    """The rows below the header, as `check` reads them with the delimiter that is declared."""
    problems = Problems()
    sheet = read_sheet(path, path.name, Part(delimiter), problems)
    problems.raise_if_any()
    assert sheet is not None
    return [list(line.fields) for line in sheet.lines]


def expected(path: Path, header_lines: int) -> Rows:
    """The clean rows, blank ones left out."""
    text = path.read_bytes().decode("utf-8")
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if any(field.strip() for field in row)]
    return rows[min(header_lines, 1) :]  # the clean files have their header in one line


def stripped(rows: Sequence[Sequence[str]]) -> Rows:
    """Fields without the blanks around them."""
    return [[field.strip() for field in row] for row in rows]


def judge(read: Callable[[Path, str], Rows], path: Path, delimiter: str, clean: Rows) -> str:
    """What becomes of one file."""
    try:
        rows = read(path, delimiter)
    except AmyqaError as error:
        return (
            "refused, with its line"
            if any(each.line for each in error.problems)
            else "refused without a line"
        )
    except Exception as error:
        return f"traceback: {type(error).__name__}"
    return "right" if stripped(rows) == stripped(clean) else "silently wrong"


def main() -> None:
    """Read all files and print what became of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    folder = parser.parse_args().folder
    paths = sorted((folder / "csv").iterdir())
    for name, read in (("amyqa new", intake), ("check", reader)):
        became: Counter[str] = Counter()
        wrong: list[str] = []
        slowest = (0.0, "")
        for path in paths:
            known = json.loads((folder / "parameters" / f"{path.name}_parameters.json").read_text("utf-8"))
            clean = expected(folder / "clean" / path.name, int(known["header_lines"]))
            delimiter = known["delimiter"] if len(known["delimiter"]) == 1 else ","
            begin = time.perf_counter()
            verdict = judge(read, path, delimiter, clean)
            slowest = max(slowest, (time.perf_counter() - begin, path.name))
            became[verdict] += 1
            if verdict != "right" and not verdict.startswith("refused, "):
                wrong.append(f"{path.name}: {verdict}")
        print(f"{name}: {len(paths):,} files")
        for verdict, times in became.most_common():
            print(f"  {times:6,}  {verdict}")
        print(f"  slowest {slowest[0]:.2f} s ({slowest[1]})")
        print("".join(f"  {each}\n" for each in wrong[:20]), end="")
    print(f"largest {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
