"""The series of a table side by side, each as a small line: a number that leaves the others is seen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from amyqa.model import Table
from amyqa.reports.html.drawing import YEAR

WIDTH, HEIGHT = 128, 36
MOST = 12
"""Of a table so many series are drawn, those with something broken first."""
_LEAST = 4
_EDGE = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One series: its label, its points from left to right, and those of them that are odd."""

    label: str
    words: str
    lines: tuple[str, ...]
    odd: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Multiples:
    """The series that are drawn, the time they run over, and how many more there are."""

    span: str
    lines: tuple[Line, ...]
    more: int


_Step = tuple[str, int, Decimal | None, str]


def multiples(table: Table, odd: Collection[int], *, only_odd: bool = False) -> Multiples | None:
    """The series of a table that runs over years; None where it does not.

    Args:
        odd: ids of the cells that something is said of.
        only_odd: draw no other series.
    """
    if table.spec.fields is not None or not table.rows:
        return None
    found = list(_series(table))
    marked = [each for each in found if any(id in odd for _, id, _, _ in each[1])]
    chosen = [*marked, *([] if only_odd else [each for each in found if each not in marked])][:MOST]
    if not chosen:
        return None
    order = {id(each): n for n, each in enumerate(found)}
    chosen.sort(key=lambda each: order[id(each)])
    years = [year for year, *_ in chosen[0][1]]
    lines = tuple(_line(label, steps, odd) for label, steps in chosen)
    return Multiples(f"{years[0]}–{years[-1]}", lines, len(found) - len(chosen))


def _series(table: Table) -> Iterator[tuple[str, list[_Step]]]:
    """Each line of the table along the side that runs over years, with its label."""
    rows = _years([row.label for row in table.rows])
    if rows:
        for c, label in enumerate(table.columns):
            yield from _worth(label, [(y, *_at(table, r, c)) for y, r in rows])
        return
    columns = _years(table.columns)
    for r, row in enumerate(table.rows if columns else ()):
        yield from _worth(row.label, [(y, *_at(table, r, c)) for y, c in columns])


def _years(labels: Sequence[str]) -> list[tuple[str, int]]:
    """The years among the labels with their places, earliest first; none where few, or one twice."""
    found = sorted((match[0], i) for i, label in enumerate(labels) if (match := YEAR.search(label)))
    apart = len({year for year, _ in found}) == len(found)
    return found if len(found) >= _LEAST and apart and 2 * len(found) > len(labels) else []


def _at(table: Table, row: int, column: int) -> tuple[int, Decimal | None, str]:
    line = table.rows[row]
    return table.cell_id(row, column), line.readings[column].value, line.tokens[column].strip()


def _worth(label: str, steps: list[_Step]) -> Iterator[tuple[str, list[_Step]]]:
    if sum(value is not None for _, _, value, _ in steps) >= _LEAST:
        yield label, steps


def _line(label: str, steps: Sequence[_Step], odd: Collection[int]) -> Line:
    values = [value for _, _, value, _ in steps if value is not None]
    low, span = min(values), max(values) - min(values)
    pieces: list[list[str]] = [[]]
    marked = []
    for i, (_, id, value, _) in enumerate(steps):
        if value is None:
            pieces.append([])
            continue
        share = float((value - low) / span) if span else 0.5
        x = round(_EDGE + i * (WIDTH - 2 * _EDGE) / (len(steps) - 1), 1)
        y = round(HEIGHT - _EDGE - share * (HEIGHT - 2 * _EDGE), 1)
        pieces[-1].append(f"{x:g},{y:g}")
        if id in odd:
            marked.append((x, y))
    words = ", ".join(f"{year}: {token}" for year, _, _, token in steps if token)
    return Line(label, words, tuple(" ".join(piece) for piece in pieces if piece), tuple(marked))
