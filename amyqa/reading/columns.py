"""The tokens of a table's columns, each read once where it means the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from amyqa.model import Reading, Status
from amyqa.reading.records import read_field
from amyqa.reading.signs import UNREAD
from amyqa.reading.spec import TEXT_COLUMN, Spec
from amyqa.reading.tokens import Notation, UnreadableToken, normalise

Known = dict[str, "Reading | UnreadableToken"]
Unread = list[tuple[int, UnreadableToken]]


class Columns:
    """Reads the columns of one table.

    Args:
        spec: says how numbers are written, in a column and in a row.
        rows: labels of the rows, in normal form.
    """

    def __init__(self, spec: Spec, rows: Sequence[str]) -> None:
        self.spec = spec
        self.rows = rows
        own = {label for signs in spec.signs for label in signs}
        self.apart = [r for r, label in enumerate(rows) if label in own] if own else []
        self.fields = {normalise(name): kind for name, kind in (spec.fields or {}).items()}
        self.named = {normalise(name): value for name, value in (spec.columns or {}).items()}
        self._known: dict[tuple[str, Notation | None], Known] = {}
        self._usual = spec.notation()
        self._own = frozenset(label for signs in spec.signs for label in signs if label)

    def read(
        self, label: str, tokens: Sequence[str]
    ) -> tuple[list[Reading], list[tuple[int, UnreadableToken]]]:
        """A column's readings, and why some of its tokens cannot be read, by their 0-based row.

        Args:
            label: the column's, in normal form.
            tokens: as printed, along the rows.
        """
        if self.spec.fields is None and self._is_text(label):
            texts = {token: Reading(Status.TEXT, note=token.strip()) for token in dict.fromkeys(tokens)}
            return [texts[token] for token in tokens], []
        kind = self.fields.get(label, "text") if self.spec.fields is not None else ""
        notation = self.spec.notation(label) if label in self._own else self._usual
        known = self._known.setdefault((kind, notation), {})

        def read(token: str) -> Reading:
            return read_field(kind, token, notation) if kind else notation.read(token)

        apart = self.apart if not kind else []
        usual = dict.fromkeys(tokens)
        if apart:
            own = frozenset(apart)
            usual = dict.fromkeys(token for r, token in enumerate(tokens) if r not in own)
        for token in usual:
            if token not in known:
                known[token] = _attempt(read, token)
        found: list[Any] = list(map(known.get, tokens))
        for r in apart:
            found[r] = _attempt(self.spec.notation(label, self.rows[r]).read, tokens[r])
        if apart or any(isinstance(known[token], UnreadableToken) for token in usual):
            return _told_apart(found)
        return found, []

    def _is_text(self, label: str) -> bool:
        """Whether a column is outside all numbers: called text, or not named where others are."""
        return self.named.get(label) == TEXT_COLUMN or bool(self.named and label not in self.named)


_UNREAD = Reading(Status.MISSING, note=UNREAD)


def _attempt(read: Callable[[str], Reading], token: str) -> Reading | UnreadableToken:
    try:
        return read(token)
    except UnreadableToken as error:
        return error


def _told_apart(found: list[Reading | UnreadableToken]) -> tuple[list[Reading], Unread]:
    wrong = [(r, each) for r, each in enumerate(found) if isinstance(each, UnreadableToken)]
    readings = [_UNREAD if isinstance(each, UnreadableToken) else each for each in found]
    return readings, wrong
