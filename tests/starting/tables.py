"""Made-up tables with sums that are known, for tests of what is found in them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from amyqa.sources.dialects import guess
from amyqa.starting import intake
from amyqa.starting.intake import Taken

Grid = list[list[str]]


def take(text: str, shown: str, **options: Any) -> Taken:
    """Take in a table that stands in a text."""
    return intake.take(guess(text, shown), **options)


def by_sex_and_group(rows: int = 12, groups: int = 4, seed: int = 1) -> tuple[Grid, list[str], list[str]]:
    """Total, groups, then shares of the groups; a total row at the end: tokens, columns, rows."""
    random.seed(seed)
    body = [[random.randint(200, 90_000) for _ in range(groups)] for _ in range(rows)]
    body.append([sum(column) for column in zip(*body, strict=True)])
    tokens = [
        [str(sum(row)), *map(str, row), *(f"{100 * part / sum(row):.1f}" for part in row)] for row in body
    ]
    names = [f"Group {letter}" for letter in "ABCDEFGH"[:groups]]
    columns = ["All groups", *names, *(f"{name} %" for name in names)]
    return tokens, columns, [*(f"District {n}" for n in range(1, rows + 1)), "Country"]


def nested(seed: int = 2) -> tuple[Grid, list[str]]:
    """A country, its regions, each followed by its districts; three columns."""
    random.seed(seed)
    rows: list[tuple[str, list[int]]] = []
    country = [0, 0, 0]
    for region, districts in (("North", 4), ("East", 3), ("South", 5)):
        members = [[random.randint(1_000, 60_000) for _ in range(3)] for _ in range(districts)]
        total = [sum(column) for column in zip(*members, strict=True)]
        country = [a + b for a, b in zip(country, total, strict=True)]
        rows.append((region, total))
        rows += [(f"{region} district {n}", member) for n, member in enumerate(members, 1)]
    whole = [("Whole country", country), *rows]
    return [[f"{value:,}" for value in values] for _, values in whole], [label for label, _ in whole]


def misprinted(tokens: Grid, cells: Sequence[tuple[int, int]]) -> Grid:
    """The same with some numbers changed."""
    changed = [list(row) for row in tokens]
    for row, column in cells:
        value = int(changed[row][column].replace(",", ""))
        changed[row][column] = str(value + 4_000 + 17 * row + column)
    return changed


def csv_of(tokens: Grid, columns: Sequence[str], rows: Sequence[str], corner: str = "District") -> str:
    """A table as CSV."""
    lines = [[corner, *columns], *([label, *row] for label, row in zip(rows, tokens, strict=True))]
    return "".join(
        ",".join(f'"{field}"' if "," in field else field for field in line) + "\n" for line in lines
    )
