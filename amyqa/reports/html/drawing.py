"""Small pictures for the HTML page: where every line and letter of an SVG stands, and what it says."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from amyqa.model import Cell, Counts, Table
from amyqa.rules.wording import format_number

# --- a heat map of tables ---------------------------------------------------------------------

WIDTH = 420
_SIZES = ((30, 48, 32), (200, 24, 24), (10**9, 10, 12))
"""Up to so many tables, a tile is so wide and high."""
_GAP, _HEADING = 4, 15
_STEPS = (Decimal(0), Decimal("0.02"), Decimal("0.05"), Decimal("0.1"))
_MAX_CHAPTERS = 40


@dataclass(frozen=True, slots=True)
class Tile:
    """One table: where its tile stands, how far it is filled, and what it says.

    Args:
        fill: height of what is filled, from the bottom.
        step: 0 (nothing broken) to 4 (more than a tenth), or ``none`` where nothing was evaluated.
        label: what is written on it: ``8/57``, or ``–``; "" on small tiles.
    """

    x: int
    y: int
    fill: int
    step: int | str
    label: str
    words: str
    anchor: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The yearbook's tables by share of broken identities, chapter by chapter."""

    width: int
    height: int
    tile: tuple[int, int]
    headings: tuple[tuple[int, str], ...]
    tiles: tuple[Tile, ...]


_Table = tuple[str, str, Counts, str, str, bool]


def heat_map(tables: Iterable[_Table]) -> HeatMap | None:
    """The picture of the tables.

    Args:
        tables: chapter, title, counts, outcome in words and anchor of each, and whether anything in it is
            open, in the order of the book.
    """
    known = list(tables)
    if not known:
        return None
    wide, high = next((w, h) for most, w, h in _SIZES if len(known) <= most)
    by_chapter: dict[str, list[_Table]] = {}
    for each in known:
        by_chapter.setdefault(each[0], []).append(each)
    named = len(by_chapter) <= _MAX_CHAPTERS
    chapters = list(by_chapter.values()) if named else [known]
    headings, tiles, y = [], [], 0
    across = (WIDTH + _GAP) // (wide + _GAP)
    for members in chapters:
        if named:
            headings.append((y + _HEADING - 5, members[0][0]))
            y += _HEADING
        for i, (_, title, counts, outcome, anchor, is_open) in enumerate(members):
            x, row = (i % across) * (wide + _GAP), i // across
            tile = _tile(x, y + row * (high + _GAP), (wide, high), title, counts, outcome, anchor)
            tiles.append(tile if is_open or not tile.fill else replace(tile, fill=0, step=0))
        y += math.ceil(len(members) / across) * (high + _GAP)
    return HeatMap(WIDTH, y, (wide, high), tuple(headings), tuple(tiles))


def _tile(x: int, y: int, size: tuple[int, int], title: str, counts: Counts, outcome: str, to: str) -> Tile:
    wide, high = size
    if not counts.evaluated:
        said = "no identity could be evaluated" if counts.not_evaluated else "it has no identities"
        return Tile(x, y, 0, "none", "–" if wide > 12 else "", f"{title}: {said}; {outcome}", to)
    share = Decimal(counts.broken) / counts.evaluated
    step = sum(share > least for least in _STEPS)
    words = f"{title}: {counts.broken:,} of {counts.evaluated:,} identities broken; {outcome}"
    label = f"{counts.broken}/{counts.evaluated}" if wide > 40 else str(counts.broken) if wide > 12 else ""
    return Tile(x, y, high * step // 4, step, label if len(label) < 8 else str(counts.broken), words, to)


# --- a series with its outlier ----------------------------------------------------------------

_SERIES = (440, 130)
_LEFT, _RIGHT, _TOP, _BOTTOM = 26, 26, 30, 22
YEAR = re.compile(r"\b(1[89]|20)\d\d\b")
_MIN = 3
_OUTSIDE = 1.5


@dataclass(frozen=True, slots=True)
class Point:
    """One number of the series; `label` is the time, `text` what is printed."""

    x: float
    y: float
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers around one cell, in the order of time.

    Args:
        lines: points to connect, piece by piece (a number that is not known is a gap).
        printed: where the printed number stands; at the edge where it is `off` the scale.
        off: ``above`` or ``below``, where the printed number does not fit into the picture.
        proposed: where the proposed one would stand.
        guess: the proposed point with its nearest neighbours, to be connected.
        axis: where each time stands.
    """

    width: int
    height: int
    title: str
    words: str
    lines: tuple[tuple[Point, ...], ...]
    printed: Point
    off: str
    proposed: Point | None
    guess: tuple[Point, ...]
    axis: tuple[tuple[float, str], ...]


def series(cell: Cell, table: Table, proposed: Decimal | None, better: str) -> Series | None:
    """The picture of a cell among its neighbours in time; None where there is no such series.

    Args:
        proposed, better: what it should have been, as a number and as it would be printed.
    """
    line = _in_time(cell, table)
    value = cell.reading.value
    if line is None or value is None:
        return None
    others = [v for label, id, v, _ in line if v is not None and id != cell.id]
    if len(others) < _MIN:
        return None
    inside = [*others, *([proposed] if proposed is not None else [])]
    low, high = min(inside), max(inside)
    reach = Decimal(str(_OUTSIDE)) * ((high - low) or abs(high) or Decimal(1))
    off = "above" if value > high + reach else "below" if value < low - reach else ""
    scale = _Scale(inside if off else [*inside, value], len(line))
    points: list[list[Point]] = [[]]
    for i, (label, id, v, token) in enumerate(line):
        if id == cell.id or v is None:
            points.append([])
        else:
            points[-1].append(Point(scale.x(i), scale.y(v), label, token))
    at = next(i for i, (_, id, _, _) in enumerate(line) if id == cell.id)
    edge = {"above": 10.0, "below": _SERIES[1] - _BOTTOM + 4.0}
    token = cell.token.strip()
    here = Point(scale.x(at), edge[off] if off else scale.y(value), line[at][0], token)
    fits = None if proposed is None else Point(scale.x(at), scale.y(proposed), line[at][0], better)
    before = [point for piece in points for point in piece if point.x < here.x]
    after = [point for piece in points for point in piece if point.x > here.x]
    told = ", ".join(f"{label}: {text}" for label, id, v, text in line if v is not None and id != cell.id)
    said = f"{line[at][0]} is printed {token}{f'; {better} is proposed' if better else ''}. {told}."
    return Series(
        *_SERIES,
        title=f"{cell.row}, {cell.column} among its neighbours"
        + (f", {format_number(low, table)} to {format_number(high, table)}"),
        words=said,
        lines=tuple(tuple(piece) for piece in points if piece),
        printed=here,
        off=off,
        proposed=fits,
        guess=(*before[-1:], fits, *after[:1]) if fits else (),
        axis=tuple((scale.x(i), label) for i, (label, *_) in enumerate(line)),
    )


class _Scale:
    def __init__(self, values: Sequence[Decimal], count: int) -> None:
        self.low, self.span, self.count = min(values), max(values) - min(values), count

    def x(self, i: int) -> float:
        return round(_LEFT + i * (_SERIES[0] - _LEFT - _RIGHT) / max(1, self.count - 1), 1)

    def y(self, value: Decimal) -> float:
        share = float((value - self.low) / self.span) if self.span else 0.5
        return round(_SERIES[1] - _BOTTOM - 8 - share * (_SERIES[1] - _TOP - _BOTTOM - 8), 1)


_Step = tuple[str, int, Decimal | None, str]


def _in_time(cell: Cell, table: Table) -> list[_Step] | None:
    """Label, cell, value and token along the side of the table that runs over years, the earliest first."""
    if table.spec.fields is not None:
        return None
    r, c = divmod(cell.id - 1, len(table.columns))
    across = [
        (label, table.cell_id(r, i), table.rows[r].readings[i].value, table.rows[r].tokens[i])
        for i, label in enumerate(table.columns)
    ]
    down = [
        (row.label, table.cell_id(i, c), row.readings[c].value, row.tokens[c])
        for i, row in enumerate(table.rows)
    ]
    for line in (across, down):
        years = [(match[0], *step[1:]) for step in line if (match := YEAR.search(step[0]))]
        if len(years) > _MIN and any(step[1] == cell.id for step in years):
            return sorted(years, key=lambda step: step[0])
    return None
