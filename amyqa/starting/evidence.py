"""What a table's numbers say about how to read it: which marks count as zero, how it was rounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from amyqa.starting.computed import joined
from amyqa.starting.inferring import Studied, study
from amyqa.starting.intake import Taken
from amyqa.starting.relations import NumberGrid, Readings
from amyqa.starting.rounding import rounding
from amyqa.starting.steps import Steps
from amyqa.starting.zeros import Zero, marks_in, zeros

_SURE = 0.95


@dataclass(frozen=True)
class Evidence:
    """What was found.

    Args:
        nil: marks that count as zero, and where.
        readings: the cells, read so.
        unknown: marks of absence that no sum speaks of.
        rounded: the unit that whole numbers were rounded to, None for exact counts.
        near: sums that miss by no more than rounding, of how many.
        studied: how the table adds up, read so.
        columns: the numbers, column by column.
    """

    nil: dict[str, Zero]
    readings: Readings
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
    columns = [taken.said.heard(taken.labels[i]) for i in taken.amounts]
    rows = [taken.said.heard(label) for label in taken.rows]
    marks = marks_in(taken)
    filled = taken.readings(marks)
    kinds = [[line[i].strip() for line in taken.lines] for i in taken.texts]
    steps = Steps()

    def found_in(readings: Readings, unit: Decimal | None = None) -> Studied:
        if taken.unsummed:
            return Studied([])
        return study(readings, columns, rows, unit, kinds, steps=steps)

    exact = found_in(filled)
    nil = zeros(taken, filled, exact.found, marks)
    readings = filled
    if len(nil) < len(marks) or any(zero.elsewhere or zero.apart for zero in nil.values()):
        readings = taken.readings_by_cell(
            lambda r, c: frozenset(mark for mark, zero in nil.items() if zero.is_at(r, c))
        )
        exact = found_in(readings)
    rounded, near, found = None, (0, 0), exact
    if not exact.stopped and (
        not exact.relations or any(each.agree < _SURE * each.of for each in exact.relations)
    ):
        rounded, near, found = rounding(readings, exact, found_in)
    if rounded is None and taken.shows_rounded:
        rounded, found = Decimal(1), found_in(readings, Decimal(1))
    found = replace(found, relations=joined(found.relations, taken.computed, readings))
    unknown = tuple(mark for mark in marks if mark not in nil)
    down = NumberGrid([list(column) for column in zip(*readings, strict=True)], rounded)
    return Evidence(nil, readings, unknown, rounded, near, found, down)
