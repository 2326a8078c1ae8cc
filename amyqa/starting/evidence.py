"""What a table's numbers say about how to read it: which marks count as zero, how it was rounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from amyqa.model import Status
from amyqa.reading.tokens import fold
from amyqa.starting.inferring import Studied, study
from amyqa.starting.intake import Taken
from amyqa.starting.relations import NumberGrid, Readings, Relation
from amyqa.starting.rounding import rounding
from amyqa.starting.steps import Steps

UNAVAILABLE = frozenset({"..", "n/a", "na", "n.a.", "n.a", "not available", "unknown"})
"""Marks that say "there is one, and we do not have it": never zero, whatever the sums say."""
_SURE = 0.95
_MOSTLY, _GENERAL = 0.8, 0.5
"""Of a column's cells with a mark so many are zero by sums of theirs; fewer where it is the table's habit."""


@dataclass(frozen=True, slots=True)
class Zero:
    """A mark that counts as zero: the sums that hold one, how many keep, and 0-based columns of amounts.

    Args:
        columns: where it is zero by the column's own sums.
        elsewhere: where it stands too, and nothing says that it is zero.
    """

    keep: int
    of: int
    columns: frozenset[int]
    elsewhere: frozenset[int]


@dataclass(frozen=True)
class Evidence:
    """What was found.

    Args:
        nil: marks that count as zero, and where.
        unknown: marks of absence that no sum speaks of.
        rounded: the unit that whole numbers were rounded to, None for exact counts.
        near: sums that miss by no more than rounding, of how many.
        studied: how the table adds up, read so.
        columns: the numbers, column by column.
    """

    nil: dict[str, Zero]
    unknown: tuple[str, ...]
    rounded: Decimal | None
    near: tuple[int, int]
    studied: Studied
    columns: NumberGrid

    def agreement(self, total: int, parts: Sequence[int]) -> tuple[int, int]:
        """In how many rows columns add up to another, of how many without unknown numbers."""
        terms = [(total, 1), *((part, -1) for part in parts)]
        judged = self.columns.judge(terms, self.columns.lines)
        return (judged.agree, judged.of) if judged is not None else (0, 0)


def weigh(taken: Taken) -> Evidence:
    """Judge marks of absence and rounding by the sums that a table keeps."""
    columns = [taken.labels[i] for i in taken.amounts]
    marks = _marks(taken)
    filled = taken.readings(marks)
    kinds = [[line[i].strip() for line in taken.lines] for i in taken.texts]
    steps = Steps()

    def found_in(readings: Readings, unit: Decimal | None = None) -> Studied:
        if taken.unsummed:
            return Studied([])
        return study(readings, columns, taken.rows, unit, kinds, steps=steps)

    exact = found_in(filled)
    nil = _zeros(taken, filled, exact.found, marks)
    readings = filled
    if len(nil) < len(marks) or any(zero.elsewhere for zero in nil.values()):
        readings = taken.readings_by_column(
            [frozenset(mark for mark, zero in nil.items() if c in zero.columns) for c in range(len(columns))]
        )
        exact = found_in(readings)
    rounded, near, found = None, (0, 0), exact
    if not exact.stopped and (
        not exact.relations or any(each.agree < _SURE * each.of for each in exact.relations)
    ):
        rounded, near, found = rounding(readings, exact, found_in)
    if rounded is None and taken.shows_rounded:
        rounded, found = Decimal(1), found_in(readings, Decimal(1))
    unknown = tuple(mark for mark in marks if mark not in nil)
    down = NumberGrid([list(column) for column in zip(*readings, strict=True)], rounded)
    return Evidence(nil, unknown, rounded, near, found, down)


def _marks(taken: Taken) -> tuple[str, ...]:
    """Tokens among the amounts that stand for no number, as blanks, dashes and dots do."""
    seen: dict[str, None] = {}
    for row, tokens in zip(taken.readings(()), taken.tokens, strict=True):
        for reading, token in zip(row, tokens, strict=True):
            if reading is not None and reading.status is Status.MISSING and not reading.mark:
                seen.setdefault(fold(token))
    return tuple(seen)


def _zeros(
    taken: Taken, filled: Readings, found: Sequence[Relation], marks: Sequence[str]
) -> dict[str, Zero]:
    """Marks with which sums hold when they are taken for zero, and the columns that say so themselves.

    A blank is none in one column and unknown in the next: a column is never believed on the word of
    another. Where a mark is zero in the table at large, one sum of its own is enough.
    """
    tokens = [[fold(token) for token in row] for row in taken.tokens]
    sums: dict[str, dict[tuple[int, int], list[bool]]] = {mark: {} for mark in marks}
    keep: Counter[str] = Counter()
    hold: Counter[str] = Counter()
    refuted: set[tuple[str, int]] = set()
    for terms, held in _lines(filled, found):
        r, c = terms[0]
        if not held and tokens[r][c] in sums:
            refuted.add((tokens[r][c], c))  # a total of parts that are not zero is not known yet
        for mark in {tokens[r][c] for r, c in terms} & set(marks):
            hold[mark] += 1
            keep[mark] += held
        for r, c in terms:
            if tokens[r][c] in sums:
                sums[tokens[r][c]].setdefault((r, c), []).append(held)
    zeros = {}
    for mark in marks:
        if mark.casefold() in UNAVAILABLE or hold[mark] < (1 if mark == "-" else 2):
            continue
        least = _GENERAL if keep[mark] >= _MOSTLY * hold[mark] else _MOSTLY
        standing = {c for row in tokens for c, token in enumerate(row) if token == mark}
        columns = {
            c
            for c in standing
            if (mark, c) not in refuted
            and _is_zero([h for (_, at), h in sums[mark].items() if at == c], least)
        }
        if columns:
            zeros[mark] = Zero(keep[mark], hold[mark], frozenset(columns), frozenset(standing - columns))
    return zeros


def _is_zero(cells: Sequence[Sequence[bool]], least: float) -> bool:
    """Whether a sum holds for enough of a column's cells with a mark, among those in any sum."""
    borne_out = sum(any(held) for held in cells)
    return borne_out > 0 and borne_out >= least * len(cells)


def _lines(
    readings: Readings, found: Sequence[Relation], rounded: Decimal | None = None
) -> Iterator[tuple[list[tuple[int, int]], bool]]:
    """Every sum of relations that has no unknown number and some that is not zero: cells, and if it holds."""
    down = [list(column) for column in zip(*readings, strict=True)]
    across_columns, across_rows = NumberGrid(down, rounded), NumberGrid(readings, rounded)
    for relation in found:
        if isinstance(relation.total, Decimal):
            continue
        items = [(relation.total, 1), *((i, -1) for i in relation.parts), *((i, 1) for i in relation.minus)]
        numbers = across_columns if relation.across == "columns" else across_rows
        for line in relation.lines:
            judged = numbers.judge(items, misses=1, lines=[line])
            if judged is not None and judged.of_telling:
                places = [(line, i) if relation.across == "columns" else (i, line) for i, _ in items]
                yield places, judged.agree == 1
