"""Where tokens stand in what they were read from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

Field = tuple[int, int]
"""The 1-based line (of a worksheet: row) that a token stands in, and its 1-based position there."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a field stands in its file, in lines and characters from 1; the end is behind its last one.

    Args:
        text: the field as it stands there, quotes included.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class Origin(Protocol):
    """What a table was read from: it names the places of its fields, and knows where they are."""

    def address(self, line: int, position: int) -> str:
        """What people call a field's place where the line's number does not say it; else ""."""

    def spans(self, wanted: Collection[Field]) -> Mapping[Field, Span]:
        """Where fields stand in a text, character by character; none in what is no text."""

    def written(self, token: str, span: Span) -> str:
        """A token as it must be written to stand at a span."""


@dataclass(frozen=True)
class Original:
    """What a table's file was made of, line by line and field by field.

    Args:
        file: its name for people.
        lines: of the table's rows.
        positions: of the file's columns, from 1, in the lines there.
        origin: what names the places there.
    """

    file: str
    lines: tuple[int, ...]
    positions: tuple[int, ...]
    origin: Origin

    def place(self, line: int, position: int) -> Field | None:
        """The place there of a field of the table's own file, whose first line is the header."""
        if 1 < line <= len(self.lines) + 1 and 0 < position <= len(self.positions):
            return self.lines[line - 2], self.positions[position - 1]
        return None


class _Nowhere:
    """The origin of what has no other: its lines have numbers, and that is all."""

    def address(self, line: int, position: int) -> str:
        return ""

    def spans(self, wanted: Collection[Field]) -> Mapping[Field, Span]:
        return {}

    def written(self, token: str, span: Span) -> str:
        return token


NOWHERE = _Nowhere()
