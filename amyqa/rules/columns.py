"""Columns of a relation as arrays: whole numbers with what is missing, and words by their codes.

A single entry is looked at as in a list; whoever wants all of them takes the arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FEW = 10_000
"""So many entries are gone through faster one by one."""


class Integers:
    """A column of whole numbers.

    Args:
        values: int64; anything where a number is missing.
        missing: True where there is none; None: there is one everywhere.
    """

    __slots__ = ("missing", "values")

    def __init__(self, values: NDArray[np.int64], missing: NDArray[np.bool_] | None = None) -> None:
        self.values = values
        self.missing = missing if missing is not None and missing.any() else None

    @classmethod
    def of(cls, numbers: Sequence[int | None]) -> Integers:
        """A column of numbers, None where one is missing."""
        if None not in numbers:
            return cls(np.array(numbers, np.int64))
        missing = np.fromiter((number is None for number in numbers), bool, len(numbers))
        return cls(np.fromiter((number or 0 for number in numbers), np.int64, len(numbers)), missing)

    @classmethod
    def same(cls, number: int | None, size: int) -> Integers:
        """The same number in every record, held once: its values cannot be written to."""
        values = np.broadcast_to(np.int64(number or 0), size)
        return cls(values, None if number is not None else np.ones(size, bool))

    def compact(self) -> Integers:
        """The same column, held once where one number stands in every record."""
        if self.missing is None and len(self.values) and (self.values == self.values[0]).all():
            return Integers.same(int(self.values[0]), len(self.values))
        return self

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, at: int) -> int | None:
        return None if self.missing is not None and self.missing[at] else int(self.values[at])

    def __iter__(self) -> Iterator[int | None]:
        if self.missing is None:
            return iter(self.values.tolist())
        pairs = zip(self.values.tolist(), self.missing.tolist(), strict=True)
        return (None if missing else value for value, missing in pairs)

    @property
    def mask(self) -> NDArray[np.bool_]:
        """True where a number is missing."""
        return np.zeros(self.values.shape, bool) if self.missing is None else self.missing

    def take(self, at: NDArray[np.integer[Any]]) -> Integers:
        """The numbers at these places."""
        return Integers(self.values[at], None if self.missing is None else self.missing[at])


class Words:
    """A column of words.

    Args:
        codes: int32 places in `words`; -1 where there is none.
        words: each once.
    """

    def __init__(self, codes: NDArray[np.int32], words: Sequence[str]) -> None:
        self.codes, self.words = codes, words

    @classmethod
    def of(cls, words: Iterable[str | None]) -> Words:
        """A column of words, None where there is none."""
        listed = list(words)
        known: dict[str | None, int] = dict.fromkeys(listed, -1)
        known.pop(None, None)
        known = {word: code for code, word in enumerate(known)}
        known[None] = -1
        codes = np.fromiter(map(known.__getitem__, listed), np.int32, len(listed))
        return cls(codes, [word for word in known if word is not None])

    @classmethod
    def same(cls, word: str | None, size: int) -> Words:
        """The same word in every record, held once: its codes cannot be written to."""
        code = np.int32(-1 if word is None else 0)
        return cls(np.broadcast_to(code, size), [] if word is None else [word])

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, at: int) -> str | None:
        code = self.codes[at]
        return None if code < 0 else self.words[code]

    def __iter__(self) -> Iterator[str | None]:
        return iter(self.objects().tolist())

    def objects(self) -> NDArray[Any]:
        """The words themselves, None where there is none."""
        palette = np.empty(len(self.words) + 1, object)
        palette[: len(self.words)] = self.words  # the last one, at -1, is None
        return palette[self.codes]

    def take(self, at: NDArray[np.integer[Any]]) -> Words:
        """The words at these places."""
        return Words(self.codes[at], self.words)

    def code_of(self, word: str) -> int:
        """The code of a word, which is made known where it is not yet."""
        if word not in self.words:
            self.words = [*self.words, word]
        return self.words.index(word)

    @cached_property
    def index_of(self) -> dict[str, int]:
        """The codes of all words."""
        return {word: code for code, word in enumerate(self.words)}

    def there(self) -> tuple[str, ...]:
        """The words that stand in some record, in order of first appearance."""
        if len(self.codes) <= _FEW:
            return tuple(self.words[code] for code in dict.fromkeys(self.codes.tolist()) if code >= 0)
        codes, first = np.unique(self.codes, return_index=True)
        return tuple(self.words[code] for code in codes[np.argsort(first)] if code >= 0)


def joined(parts: Sequence[Words]) -> Words:
    """Columns of words one below the other."""
    known: dict[str, int] = {}
    codes = []
    for part in parts:
        places = np.array([*(known.setdefault(word, len(known)) for word in part.words), -1], np.int32)
        codes.append(places[part.codes])
    return Words(np.concatenate(codes) if codes else np.empty(0, np.int32), list(known))


def stacked(parts: Sequence[Integers]) -> Integers:
    """Columns of whole numbers one below the other."""
    values = np.concatenate([part.values for part in parts]) if parts else np.empty(0, np.int64)
    if all(part.missing is None for part in parts):
        return Integers(values)
    return Integers(values, np.concatenate([part.mask for part in parts]))
