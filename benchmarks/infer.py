"""Which sums, ratios, averages and changes a table keeps: are those found that people marked in it?

usage: python -m benchmarks.infer GOLD.jl[.gz] [--predictions OUT] [--limit N]

GOLD holds a table a line: file_name, table_id, table_array (cells as printed), number_format, and
aggregation_annotations (operator, aggregator_index, aggregatee_indices). Prints precision, recall and F1
over cells (the same total and the same parts) of each kind, how many tables took how long, and with
--predictions writes what was inferred, in the same words.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import amyqa
from amyqa.diagnosis.grid import Position

NUMBER = re.compile(r"[0-9]")
NOTHING = ("", "-", "0", "0.00000")
OPERATORS = {"sum": "Sum", "ratio": "Division", "average": "Average", "change": "RelativeChange"}
Aggregation = tuple[str, Position, frozenset[Position]]


def tables(gold: Path, limit: int | None) -> Iterator[dict[str, Any]]:
    """The tables of a file, one JSON a line."""
    with gzip.open(gold, "rt") if gold.suffix == ".gz" else gold.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if limit is not None and number >= limit:
                return
            if line.strip():
                yield json.loads(line)


def marked(table: dict[str, Any]) -> set[Aggregation]:
    """What people marked; a difference a - b = c is the sum b + c = a."""
    found = set()
    for each in table["aggregation_annotations"]:
        total: Position = tuple(each["aggregator_index"])
        parts: list[Position] = [tuple(cell) for cell in each["aggregatee_indices"]]
        if each["operator"] in ("Difference", "Subtract", "Subtraction") and len(parts) == 2:
            found.add(("Sum", parts[0], frozenset([total, parts[1]])))
        else:
            found.add((each["operator"], total, frozenset(parts)))
    return found


def inferred(table: dict[str, Any]) -> set[Aggregation]:
    """What amyqa finds, each as the cells it is worked out of."""
    grid = table["table_array"]
    decimal, thousands = notation(str(table.get("number_format", "")))
    found = set()
    for relation in amyqa.infer(grid, decimal=decimal, thousands=thousands):
        blank = blanks(grid, relation)
        for line in relation.lines:
            total, parts = relation.places(line)
            if not isinstance(total, tuple) or not printed(grid, [total]) or not printed(grid, parts):
                continue  # an empty line keeps every relation
            r, c = total
            if not relation.minus:
                more = [(r, i) if relation.across == "columns" else (i, c) for i in blank]
                found.add((OPERATORS[relation.kind], total, frozenset([*parts, *more])))
            elif len(relation.parts) == 1:  # a total that something is taken off is the sum of all else
                found.add(("Sum", parts[0], frozenset([total, *parts[1:]])))
    return found


def notation(number_format: str) -> tuple[str, str]:
    """Decimal and thousands separator of a format: *Space Comma* is 1 234,5."""
    names = {"Comma": ",", "Point": ".", "Space": " "}
    thousands, _, decimal = number_format.partition(" ")
    point = names.get(decimal, ".")
    return point, names.get(thousands, "," if point == "." else ".")


def blanks(grid: list[list[str]], relation: amyqa.Relation) -> list[int]:
    """Blank items within a run of parts, as a formula's range has them: a quiz not yet taken.

    An item with neither a heading nor a number keeps groups apart and is none of them.
    """
    if relation.minus or relation.kind in ("ratio", "change") or not isinstance(relation.total, int):
        return []
    columns = relation.across == "columns"
    first, last = min(relation.parts), max(relation.parts)
    inner = range(first, last + 1)
    if relation.total < first:
        first = relation.total + 1
    elif relation.total > last:
        last = relation.total - 1
    every = range(len(grid) if columns else max(map(len, grid)))

    def cells(item: int, lines: Iterable[int]) -> list[str]:
        places = [(line, item) if columns else (item, line) for line in lines]
        return [grid[r][c].strip() for r, c in places if r < len(grid) and c < len(grid[r])]

    def belongs(item: int) -> bool:
        filled = [cell for cell in cells(item, every) if cell]
        return any(NUMBER.search(cell) for cell in filled) or (bool(filled) and (columns or item in inner))

    between = [item for item in range(first, last + 1) if item not in (relation.total, *relation.parts)]
    if not all(cell in NOTHING for item in between for cell in cells(item, relation.lines)):
        return []
    return [item for item in between if belongs(item)]


def printed(grid: list[list[str]], cells: Iterable[Position]) -> bool:
    """Whether anything stands in some of the cells."""
    return any(grid[r][c].strip() for r, c in cells if r < len(grid) and c < len(grid[r]))


def main(arguments: Iterable[str] | None = None) -> None:
    """Infer, compare, and write down."""
    parser = argparse.ArgumentParser(description="Are the sums found that people marked?")
    parser.add_argument("gold", type=Path)
    parser.add_argument("--predictions", type=Path)
    parser.add_argument("--limit", type=int)
    given = parser.parse_args(arguments)
    seconds, lines = [], []
    counts = {operator: [0, 0, 0] for operator in OPERATORS.values()}
    for table in tables(given.gold, given.limit):
        start = time.perf_counter()
        found = inferred(table)
        seconds.append(time.perf_counter() - start)
        gold = marked(table)
        for at, some in enumerate((found & gold, found, gold)):
            for operator, _, _ in some:
                counts[operator][at] += 1
        told = [
            {"operator": operator, "aggregator_index": total, "aggregatee_indices": sorted(parts)}
            for operator, total, parts in sorted(found, key=lambda each: (*each[:2], sorted(each[2])))
        ]
        known = {key: table[key] for key in ("file_name", "table_id")}
        lines.append(json.dumps({**known, "aggregations": told}))
    if given.predictions:
        given.predictions.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(seconds)} tables")
    for operator, count in counts.items():
        print(f"{operator:15}{scores(*count)}")
    print(f"{'all':15}{scores(*(sum(count[at] for count in counts.values()) for at in range(3)))}")
    print(f"seconds: {sum(seconds):.0f}, median {statistics.median(seconds):.3f}, most {max(seconds):.1f}")


def scores(right: int, told: int, wanted: int) -> str:
    """Precision, recall and F1 of so many right among those told, of those wanted."""
    precision, recall = right / max(told, 1), right / max(wanted, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"{wanted:7,} marked: precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f}"


if __name__ == "__main__":
    main()
