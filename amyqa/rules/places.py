"""Coordinates as numbers: which records stand at a place, and which places stand twice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from amyqa.rules.columns import Words

_LARGEST = 2**62


class Places:
    """The places of a relation's records.

    Args:
        columns: the codes in each dimension, record by record.
        size: number of records.
    """

    def __init__(self, columns: Sequence[Words], size: int) -> None:
        self.columns = columns
        self.places = np.zeros(size, np.int64)
        room = 1
        self.folded = False
        for column in columns:
            room *= len(column.words) + 1
            if room > _LARGEST:  # so many dimensions that their product overflows: only places that occur
                self.places = np.unique(self.places, return_inverse=True)[1]
                room, self.folded = size * (len(column.words) + 1), True
            self.places = self.places * (len(column.words) + 1) + column.codes + 1

    def repeated(self) -> NDArray[np.bool_]:
        """True for the records whose place is another's too; without any coordinate, a record has none."""
        found, times = np.unique(self.places, return_counts=True)
        if len(found) == len(self.places):
            return np.zeros(len(self.places), bool)
        nowhere = np.ones(len(self.places), bool)
        for column in self.columns:
            nowhere &= column.codes < 0
        return np.isin(self.places, found[times > 1]) & ~nowhere

    @cached_property
    def _order(self) -> NDArray[np.int64]:
        return np.argsort(self.places, kind="stable")

    @cached_property
    def _sorted(self) -> NDArray[np.int64]:
        return self.places[self._order]

    def records(self, place: Sequence[str | None]) -> NDArray[np.int64]:
        """The 0-based records at a place, in their order."""
        codes = [_code(column, word) for column, word in zip(self.columns, place, strict=True)]
        if None in codes:
            return np.empty(0, np.int64)
        if self.folded:
            there = np.ones(len(self.places), bool)
            for column, code in zip(self.columns, codes, strict=True):
                there &= column.codes == code
            return np.flatnonzero(there)
        number = 0
        for column, code in zip(self.columns, codes, strict=True):
            number = number * (len(column.words) + 1) + (code or 0) + 1 if code is not None else number
        first, last = (np.searchsorted(self._sorted, number, side) for side in ("left", "right"))
        return self._order[first:last]


def _code(column: Words, word: str | None) -> int | None:
    """The code of a word; None where the column has no such word."""
    if word is None:
        return -1
    return column.index_of.get(word)
