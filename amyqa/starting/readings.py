"""Readers are judged by sums: of several ways to read a page, the one whose sums agree is taken.

A column cut one too far to the left, or a number split in two, breaks what a right reading keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from amyqa.errors import AmyqaError
from amyqa.sources import Sheet
from amyqa.starting.inferring import study
from amyqa.starting.intake import Taken, take

_MAX_CELLS = 100_000


class _Held(NamedTuple):
    """How many sums agree in a reading, and of how many."""

    agree: int = 0
    of: int = 0

    @property
    def merit(self) -> int:
        """What speaks for a reading: its sums that agree, less those that do not."""
        return 2 * self.agree - self.of


def best(sheet: Sheet) -> Sheet:
    """A table as the reading has it in which more sums agree; where none tells, as it was read first.

    The notes say how many agree, and in how many the other readings do.
    """
    if not sheet.others:
        return sheet
    readings = [replace(sheet, others=()), *sheet.others]
    held = [_held(each) for each in readings]
    at = max(range(len(readings)), key=lambda i: (held[i].merit, -i))
    chosen, others = held[at], [each for i, each in enumerate(held) if i != at]
    most = max(others, key=lambda each: each.merit)
    if chosen.merit > most.merit:
        told = (
            f"{chosen.agree} of {chosen.of} sums agree in the one taken, {most.agree} of {most.of} in another"
        )
    elif _same_numbers(readings[at], [each for i, each in enumerate(readings) if held[i] == chosen]):
        return readings[at]
    else:
        told = f"no sum tells which is right ({chosen.agree} of {chosen.of} agree); check it against the page"
    note = f"can be read in {len(readings)} ways: {told}"
    return replace(readings[at], notes=(*readings[at].notes, note))


def _held(sheet: Sheet) -> _Held:
    if sum(len(line.fields) for line in sheet.lines) > _MAX_CELLS:
        return _Held()
    try:
        taken = take(sheet)
    except AmyqaError:
        return _Held()
    found = study(taken.readings(["-"]), [taken.labels[i] for i in taken.amounts], taken.rows).relations
    return _Held(sum(each.agree for each in found), sum(each.of for each in found))


def _same_numbers(sheet: Sheet, others: Sequence[Sheet]) -> bool:
    """Whether readings differ in words alone."""
    return len({_numbers(each) for each in (sheet, *others)}) == 1


def _numbers(sheet: Sheet) -> tuple[tuple[str, ...], ...]:
    try:
        taken: Taken = take(sheet)
    except AmyqaError:
        return ()
    return tuple(tuple(row) for row in taken.tokens)
