"""Which marks of absence count as zero, and where: by the sums that hold when they do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from amyqa.model import Status
from amyqa.reading.tokens import fold, normalise
from amyqa.starting.intake import Taken
from amyqa.starting.relations import NumberGrid, Readings, Relation
from amyqa.starting.totals import is_slip

UNAVAILABLE = frozenset({"..", "n/a", "na", "n.a.", "n.a", "not available", "unknown"})
"""Marks that say "there is one, and we do not have it": never zero, whatever the sums say."""
_MOSTLY, _GENERAL = 0.8, 0.5
"""Of a line's cells with a mark so many are zero by sums of theirs; fewer where it is the table's habit."""
_WRONG = 3
"""A cell that is read otherwise than its sums say weighs as much as so many lines that are named."""
_LITTLE = 0.05

_Place = tuple[int, int]
_Said = Literal["holds", "short", "little", "slip"]
"""What a sum says when its marks are zero: it holds; they stand for much of it; for little; neither."""
_Judged = Mapping[_Place, Collection[_Said]]
_Told = Mapping[_Place, bool | None]


@dataclass(frozen=True, slots=True)
class Zero:
    """A mark that counts as zero: the sums that hold one, how many keep, and where.

    Args:
        lines: where it is zero by its own sums: 0-based columns of amounts, or rows.
        elsewhere: where it stands too, and nothing says that it is zero.
        by_rows: they are rows.
        apart: then, columns in which it is unknown all the same: no sum speaks of it there.
    """

    keep: int
    of: int
    lines: frozenset[int]
    elsewhere: frozenset[int]
    by_rows: bool = False
    apart: frozenset[int] = frozenset()

    def is_at(self, row: int, column: int) -> bool:
        """Whether the mark is zero in this cell."""
        return (row if self.by_rows else column) in self.lines and column not in self.apart


def marks_in(taken: Taken) -> tuple[str, ...]:
    """Tokens among the amounts that stand for no number, as blanks, dashes and dots do."""
    seen: dict[str, None] = {}
    for row, tokens in zip(taken.readings(()), taken.tokens, strict=True):
        for reading, token in zip(row, tokens, strict=True):
            if reading is not None and reading.status is Status.MISSING and not reading.mark:
                seen.setdefault(fold(token))
    return tuple(seen)


def zeros(taken: Taken, filled: Readings, found: Sequence[Relation], marks: Sequence[str]) -> dict[str, Zero]:
    """Marks with which sums hold when they are taken for zero, and the columns or rows that say so.

    A blank is none in one column and unknown in the next, or so row by row: no line is believed on the word
    of another. Where a mark is zero in the table at large, one sum of its own is enough.

    Args:
        filled: the cells, all marks taken for zero.
        found: sums that hold so.
    """
    tokens = [[fold(token) for token in row] for row in taken.tokens]
    sums: dict[str, dict[_Place, set[_Said]]] = {mark: {} for mark in marks}
    keep: Counter[str] = Counter()
    hold: Counter[str] = Counter()
    refuted: dict[str, set[_Place]] = {mark: set() for mark in marks}
    for terms, said in _lines(filled, found):
        r, c = terms[0]
        if said != "holds" and tokens[r][c] in sums:
            refuted[tokens[r][c]].add((r, c))  # a total of parts that are not zero is not known yet
        for mark in {tokens[r][c] for r, c in terms} & set(marks):
            hold[mark] += 1
            keep[mark] += said == "holds"
        for r, c in terms:
            if tokens[r][c] in sums:
                sums[tokens[r][c]].setdefault((r, c), set()).add(said)
    labels = taken.row_labels
    shared = {label for label, n in Counter(labels).items() if n > 1}
    shared |= {normalise(taken.labels[i]) for i in taken.amounts}
    result = {}
    for mark in marks:
        if mark.casefold() in UNAVAILABLE or hold[mark] < (1 if mark == "-" else 2):
            continue
        places = [(r, c) for r, row in enumerate(tokens) for c, token in enumerate(row) if token == mark]
        least = _GENERAL if keep[mark] >= _MOSTLY * hold[mark] else _MOSTLY
        axes = (1, 0) if shared.isdisjoint(labels[r] for r, _ in places) else (1,)
        told = _told(sums[mark], refuted[mark])
        read = [_zero_lines(axis, told, least) for axis in axes]
        _, axis, lines = min(read, key=lambda each: each[:1])  # columns, where both tell as much
        if lines:
            standing = frozenset(place[axis] for place in places)
            silent = {c for r, c in places if r in lines} - {c for (_, c), zero in told.items() if zero}
            apart = frozenset(silent) if axis == 0 else frozenset()
            result[mark] = Zero(keep[mark], hold[mark], lines, standing - lines, axis == 0, apart)
    return result


def _told(sums: _Judged, refuted: Collection[_Place]) -> _Told:
    """Whether a mark is zero in each cell of a sum; None where a misprint may stand beside it."""
    doubted = any("short" in said and "holds" not in said for said in sums.values())
    told: dict[_Place, bool | None] = {}
    for place, said in sums.items():
        if place in refuted:
            told[place] = False
        elif "holds" in said:
            told[place] = True
        else:
            told[place] = False if "short" in said or ("little" in said and doubted) else None
    return told


def _zero_lines(axis: int, told: _Told, least: float) -> tuple[int, int, frozenset[int]]:
    """Columns (axis 1) or rows (0) where a mark is zero, and what saying it so costs.

    The cost is that of cells which are then read otherwise than their sums say, and of rows to be named.
    """
    certain = [zero for zero in told.values() if zero is not None]
    usual = 2 * sum(certain) > len(certain)
    cells: dict[int, list[bool]] = defaultdict(list)
    for place, zero in told.items():
        if zero is not None or (axis == 0 and usual):  # of rows the misprint is to be told
            cells[place[axis]].append(zero is not False)
    lines = frozenset(line for line, zero in cells.items() if 0 < sum(zero) >= least * len(zero))
    wrong = sum(zero is not None and zero != (place[axis] in lines) for place, zero in told.items())
    named = min(len(lines), len(cells) - len(lines)) if axis == 0 else 0
    return _WRONG * wrong + named, axis, lines


def _said(printed: int, computed: int, unit: int) -> _Said:
    """What a sum says that does not hold, its total with the numbers that are printed."""
    if printed <= computed or is_slip(printed, computed, unit):
        return "slip"
    return "short" if printed - computed > _LITTLE * abs(computed) else "little"


def _lines(readings: Readings, found: Sequence[Relation]) -> Iterator[tuple[list[_Place], _Said]]:
    """Every sum without unknown numbers, of which some are not zero: its cells, and what it says."""
    down = [list(column) for column in zip(*readings, strict=True)]
    across_columns, across_rows = NumberGrid(down, None), NumberGrid(readings, None)
    for relation in found:
        if isinstance(relation.total, Decimal):
            continue
        items = [(relation.total, 1), *((i, -1) for i in relation.parts), *((i, 1) for i in relation.minus)]
        numbers = across_columns if relation.across == "columns" else across_rows
        for line in relation.lines:
            judged = numbers.judge(items, misses=1, lines=[line])
            if judged is not None and judged.of_telling:
                places = [(line, i) if relation.across == "columns" else (i, line) for i, _ in items]
                values = [(numbers.values[i][line] or 0) * sign for i, sign in items]
                said = _said(values[0], -sum(values[1:]), 10**numbers.scale)
                yield places, "holds" if judged.agree else said
