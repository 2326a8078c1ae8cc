"""What a draft leaves out, told in words: numbers in no sum, relations that too few lines keep."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from decimal import Decimal

import numpy as np

from amyqa.reading.tokens import shorten
from amyqa.reports.unchecked import sentences
from amyqa.rules.coverage import Matrix, Sums, called_totals, uncovered
from amyqa.starting.additive import is_known
from amyqa.starting.compared import compared
from amyqa.starting.inferring import Studied
from amyqa.starting.intake import Taken
from amyqa.starting.relations import Across, Readings, Relation
from amyqa.starting.stating import agreement, formula

_MAX_NAMED, _MAX_MISSED = 12, 5
_MAX_LEFT_OUT = 30
_Place = tuple[int, int]


def leftover(
    readings: Readings,
    columns: Sequence[str],
    rows: Sequence[str],
    studied: Studied,
    stated: Sequence[Relation],
    implied: Collection[tuple[int, frozenset[int]]],
    total_row: int | None,
) -> Iterator[str]:
    """Sentences on what no sum checks, and on what was not stated though most lines keep it.

    Args:
        stated: relations that the draft states or implies.
        implied: sums of columns that follow from their coordinates: total and parts.
        total_row: the row that is the total of all others by its coordinates.
    """
    sums = _sums(readings, columns, rows, stated, implied, total_row)
    if unchecked := uncovered(sums, whole=not (implied or any(r.kind == "sum" for r in stated))):
        yield from sentences(unchecked)
    for axis, said in (("column", columns), ("row", rows)):
        totals = [
            said[r.total] for r in stated
            if r.at_least and r.across.startswith(axis) and isinstance(r.total, int)
        ]  # fmt: skip
        if named := _named(totals, axis):
            yield f"often larger than its parts, so stated with >= and not as a sum: {named}"
    for across, unread in studied.unread.items():
        for total in unread[:_MAX_MISSED]:
            yield from compared(total, readings, columns, rows, across)
    for each in studied.missed[:_MAX_MISSED]:
        yield _missed(each, readings, columns, rows)
    for where in studied.stopped:
        yield f"the search for sums was stopped {where}, after so many steps: there may be more of them"


def _sums(
    readings: Readings,
    columns: Sequence[str],
    rows: Sequence[str],
    stated: Sequence[Relation],
    implied: Collection[tuple[int, frozenset[int]]],
    total_row: int | None,
) -> Sums:
    """The numbers, and which of them stand in the sums of a draft: row and column."""
    made_columns = {total for total, _ in implied}
    in_columns = made_columns.union(*(parts for _, parts in implied))
    covered: set[_Place] = set()
    totals: set[_Place] = set()
    for each in stated:
        made = [each.total] if isinstance(each.total, int) else []
        for line in each.lines:
            covered |= {_place(each.across, line, i) for i in made}
            if each.kind != "sum":
                continue  # the last digits of what was divided may be anything
            covered |= {_place(each.across, line, i) for i in (*each.parts, *each.minus)}
            totals |= {_place(each.across, line, i) for i in made}
    return Sums(
        columns,
        rows,
        is_number=_matrix(columns, rows, lambda r, c: is_known(readings[r][c])),
        is_covered=_matrix(
            columns, rows, lambda r, c: (r, c) in covered or c in in_columns or total_row is not None
        ),
        is_total=_matrix(columns, rows, lambda r, c: (r, c) in totals or c in made_columns or r == total_row),
        total_columns=called_totals(columns),
        total_rows=called_totals(rows),
    )


def _matrix(columns: Sequence[str], rows: Sequence[str], holds: Callable[[int, int], bool]) -> Matrix:
    return np.array([[holds(r, c) for c in range(len(columns))] for r in range(len(rows))], bool).reshape(
        len(rows), len(columns)
    )


def _place(across: Across, line: int, item: int) -> _Place:
    return (line, item) if across == "columns" else (item, line)


def _missed(relation: Relation, readings: Readings, columns: Sequence[str], rows: Sequence[str]) -> str:
    """A relation that is not stated, with the lines that break it."""
    down = relation.across == "rows"
    labels, lines = (rows, columns) if down else (columns, rows)

    def off(line: int) -> bool:
        signs = [(i, -1) for i in relation.parts] + [(i, 1) for i in relation.minus]
        signs += [(relation.total, 1)] if isinstance(relation.total, int) else []
        cells = [(readings[i][line] if down else readings[line][i], sign) for i, sign in signs]
        values = [one.value * sign for one, sign in cells if one is not None and one.value is not None]
        return len(values) == len(cells) and sum(values, Decimal(0)) != 0

    breaking = _named([lines[line] for line in relation.lines if off(line)], "")
    told = agreement(relation, "column" if down else "row")
    return f"not stated: {formula(relation, labels)} ({told}; not {breaking})"


def _named(labels: Sequence[str], what: str) -> str:
    """``columns A, B and 3 more``."""
    if not labels:
        return ""
    shown = ", ".join(labels[:_MAX_NAMED])
    more = f" and {len(labels) - _MAX_NAMED} more" if len(labels) > _MAX_NAMED else ""
    kind = f"{what}{'' if len(labels) == 1 else 's'} " if what else ""
    return f"{kind}{shown}{more}"


def taken_otherwise(taken: Taken) -> list[str]:
    """What the CSV in the yearbook has otherwise than the file, line by line."""
    told = [f"the copy differs from the file: {repair}" for repair in taken.repairs]
    left = [f"left out, line {number} of the file: {shorten(text, 100)}" for number, text in taken.left_out]
    more = len(left) - _MAX_LEFT_OUT
    return told + left[:_MAX_LEFT_OUT] + ([f"left out: {more} more lines"] if more > 0 else [])
