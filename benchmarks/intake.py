"""How well originals are taken in: workbooks, pages and PDFs against what was published.

usage: python -m benchmarks.intake DIR

DIR holds a folder for each table: `original.xlsx` (or of another format that there is a source for),
`table.csv` as published, and `meta.json` with `header_rows` and `key_columns` (0-based). The tables of each
original are found and taken in as `amyqa new` does it, and the one that has most cells in common, or all of
them together, is held against table.csv, row by row in order; numbers are compared by value. Prints for each
the share of cells and of labels that are equal, the cells that were read as something else, the tables found,
and the time.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
import unicodedata
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from amyqa.errors import AmyqaError
from amyqa.sources import is_source
from amyqa.starting.finding import find
from amyqa.starting.intake import take

Rows = list[list[str]]


class Score(NamedTuple):
    """Cells and labels that are equal, those there are, and cells that were read as something else."""

    cells: int
    labels: int
    of_cells: int
    of_labels: int
    wrong: int


def plain(token: str) -> str:
    """A token without what formats add: separators of thousands, white space, the kind of dash, ``.0``."""
    text = "".join(unicodedata.normalize("NFKC", token).split()).casefold()
    number = text.replace(",", "")
    try:
        return str(Decimal(number).normalize())
    except InvalidOperation:
        return "" if text in ("-", "–", "—", "..", "…") else text


def score(read: Rows, published: Rows, keys: Sequence[int]) -> Score:
    """Hold rows that were read against those that were published: their cells, which are the last of each."""
    whole = max(map(len, published))
    digits = [sum(any(map(str.isdigit, row[i])) for row in published) for i in range(whole)]
    texts = {i for i, count in enumerate(digits) if count * 2 < len(published)}
    keys = sorted({*keys, *texts})
    theirs = [[plain(token) for i, token in enumerate(row) if i not in keys] for row in published]
    labels = [[plain(row[i]) for i in keys] for row in published]
    width = max(map(len, theirs))
    mine = [[plain(token) for token in row] for row in read if len(row) > width]
    cells = [
        [token for i, token in enumerate(row) if i not in keys] if len(row) == whole else row[-width:]
        for row in mine
    ]
    same = named = wrong = 0
    matcher = SequenceMatcher(None, list(map(_key, cells)), list(map(_key, theirs)), autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        for i, j in zip(range(a, b), range(c, d), strict=False) if kind in ("equal", "replace") else ():
            equal = sum(x == y != "" for x, y in zip(cells[i], theirs[j], strict=True))
            if kind == "replace" and equal * 2 < sum(map(bool, theirs[j])):
                continue  # another row
            same += equal
            wrong += sum(x != y and bool(x) for x, y in zip(cells[i], theirs[j], strict=True))
            named += any(label and label in mine[i] for label in labels[j])
    return Score(same, named, sum(bool(token) for row in theirs for token in row), len(theirs), wrong)


def _key(row: Sequence[str]) -> str:
    return "|".join(row)


def published(folder: Path) -> tuple[Rows, list[int]]:
    """The rows of table.csv, and which of its columns are labels."""
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    with (folder / "table.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return rows[meta.get("header_rows", 1) :], list(meta.get("key_columns", [0]))


def main() -> None:
    """Take in all originals and print how well."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    folders = sorted(path for path in parser.parse_args().folder.iterdir() if path.is_dir())
    print(f"{'table':38} {'cells':>15} {'labels':>13} {'wrong':>6} {'found':>5} {'s':>6}")
    sums: dict[str, list[Score]] = {}
    for folder in folders:
        for original in sorted(folder.glob("original.*")):
            if not is_source(original) or not (folder / "table.csv").exists():
                continue
            rows, keys = published(folder)
            begin, best, found = time.process_time(), Score(0, 0, 0, 0, 0), 0
            told = ""
            try:
                tables = find(original, original.name).tables
                found = len(tables)
                together: Rows = []
                for table in tables:
                    try:
                        taken = take(table)
                    except AmyqaError as error:
                        told = str(error).splitlines()[0]
                        continue
                    read = [list(line) for line in taken.lines]
                    together += read
                    best = max(best, score(read, rows, keys))
                best = max(best, score(together, rows, keys))  # a table that goes on over pages
            except AmyqaError as error:
                told = str(error).splitlines()[0]
            if not best.of_cells:
                best = score([], rows, keys)
            spent = time.process_time() - begin
            print(
                f"{folder.name[:38]:38} {best.cells:7,}/{best.of_cells:<7,}"
                f" {best.labels:6,}/{best.of_labels:<6,} "
                f"{best.wrong:6,} {found:5} {spent:6.1f}  {told[:120]}"
            )
            sums.setdefault(original.suffix, []).append(best)
    for suffix, scores in sums.items():
        cells, of = sum(each.cells for each in scores), sum(each.of_cells for each in scores)
        labels = sum(each.labels for each in scores)
        of_labels = sum(each.of_labels for each in scores)
        wrong = sum(each.wrong for each in scores)
        print(
            f"{suffix}: {cells / of:.1%} of cells, {labels / of_labels:.1%} of labels, "
            f"{wrong:,} read as another"
        )


if __name__ == "__main__":
    main()
