"""The shape of a printed table on the page: which rows are folded, how large a sheet of paper it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from amyqa.model import Table
from amyqa.reports.html.page import PageRow, RowGroup

AROUND = 2
"""So many rows around what is broken stay in sight."""
LEAST_FOLDED = 5
LEAST_ROWS = 30
"""Of tables with fewer rows nothing is folded."""

_SHEETS = (
    (95, ""), (145, "a4-landscape"), (210, "a3"), (300, "a2"), (430, "a1"), (620, "a0"),
)  # fmt: skip
"""The widths of sheets in characters of the print's type, with what the style calls them."""


def groups(rows: Sequence[PageRow]) -> tuple[RowGroup, ...]:
    """The rows in runs: those to look at with what is around them, and those in which nothing is broken."""
    marked = [i for i, row in enumerate(rows) if any(cell for *_, cell in row.cells)]
    if len(rows) < LEAST_ROWS or not marked:
        return (RowGroup(False, tuple(rows)),)
    seen = {0}
    for i in marked:
        seen.update(range(i - AROUND, i + AROUND + 1))
    seen.update(i for i, row in enumerate(rows) if row.total or row.uncertain)
    runs = [
        (held, [row for _, row in run])
        for held, run in groupby(enumerate(rows), lambda at: at[0] not in seen)
    ]
    return tuple(_joined((held and len(run) >= LEAST_FOLDED, run) for held, run in runs))


def _joined(runs: Iterable[tuple[bool, list[PageRow]]]) -> Iterable[RowGroup]:
    """Runs too short to fold are part of those around them."""
    for held, members in groupby(runs, key=lambda run: run[0]):
        yield RowGroup(held, tuple(row for _, run in members for row in run))


def sheet(table: Table, keys: int) -> str:
    """The smallest sheet that holds the table in a type that can be read; "" for an ordinary page."""
    width = 0
    for column, label in enumerate(table.columns):
        tokens = max((len(row.tokens[column]) for row in table.rows[:500]), default=0)
        word = max((len(part) for part in label.split()), default=0)
        width += 2 + max(min(tokens, 30), word, 3)
    labels = max((len(row.label) for row in table.rows[:500]), default=0)
    width += min(labels, 30 * max(1, keys)) + 2
    return next((name for most, name in _SHEETS if width <= most), _SHEETS[-1][1])
