"""Columns of print, by where the figures of its rows stand: three ways to cut them, none sure by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

Span = tuple[float, float]
"""From where to where something stands on its line."""
Rows = Sequence[Sequence[Span]]
Cut = Callable[[Rows], "list[Span] | None"]
"""How columns are cut: from the figures of each row, left to right; None where they cannot be so."""

_ALIKE = 1.2
"""Right edges that are closer are of one column, in points, or characters of a text."""


def by_full_rows(rows: Rows) -> list[Span] | None:
    """By the rows that have most figures: their first is of the first column, and so on."""
    counts = Counter(map(len, rows))
    least = 2 if len(rows) > 3 else 1
    width = max((count for count, times in counts.items() if times >= least), default=max(counts))
    full = [figures for figures in rows if len(figures) == width]
    columns = [(min(a for a, _ in column), max(b for _, b in column)) for column in zip(*full, strict=True)]
    apart = all(a[1] <= b[0] for a, b in pairwise(columns))
    return columns if width and apart else None


def by_overlap(rows: Rows) -> list[Span] | None:
    """By what stands below each other: a row need not be full."""
    columns: list[Span] = []
    for start, end in sorted(span for row in rows for span in row):
        if columns and start < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], end))
        else:
            columns.append((start, end))
    return columns if _is_sound(rows, columns) else None


def by_right_edges(rows: Rows) -> list[Span] | None:
    """By the right edges, at which numbers are aligned, however wide they are."""
    edges: list[list[Span]] = []
    for span in sorted((span for row in rows for span in row), key=lambda span: span[1]):
        if edges and span[1] - edges[-1][-1][1] < _ALIKE:
            edges[-1].append(span)
        else:
            edges.append([span])
    columns: list[Span] = []
    for column in edges:
        left = columns[-1][1] if columns else float("-inf")
        columns.append((max(left, min(a for a, _ in column)), max(b for _, b in column)))
    return columns if _is_sound(rows, columns) else None


def _is_sound(rows: Rows, columns: Sequence[Span]) -> bool:
    """Whether each figure has a column of its own, and no column stands in a single row of many."""
    placed = [[column_of(span, columns) for span in row] for row in rows]
    often = Counter(at for row in placed for at in row)
    return (
        all(len(set(row)) == len(row) for row in placed)
        and len(columns) <= max(map(len, rows)) * 2
        and (len(rows) < 4 or min(often.values()) > 1)
    )


def column_of(span: Span, columns: Sequence[Span]) -> int | None:
    """The column in which most of a figure stands."""
    shared = [max(0.0, min(span[1], b) - max(span[0], a)) for a, b in columns]
    best = max(range(len(columns)), key=lambda i: shared[i])
    return best if shared[best] > 0 else None


CUTS: tuple[Cut, ...] = (by_full_rows, by_overlap, by_right_edges)
"""From the one that is right most often."""
