"""Addresses of cells in worksheets: ``B4``, ranges as ``B4:N30``, formulas that name them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_LETTERS = 26
_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")


def letters(column: int) -> str:
    """A 1-based column's letters: 28 is AB."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, _LETTERS)
        name = chr(ord("A") + rest) + name
    return name


def column_number(name: str) -> int:
    """The 1-based column that letters name."""
    number = 0
    for letter in name.upper():
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number


def address(row: int, column: int) -> str:
    """``B4``."""
    return f"{letters(column)}{row}"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of cells, 1-based, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{address(self.top, self.left)}:{address(self.bottom, self.right)}"

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell is inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


def box(text: str) -> Box:
    """The cells that ``B4:N30`` names, or ``B4`` alone.

    Raises:
        ValueError: it names none.
    """
    first, _, last = text.strip().partition(":")
    corners = [_ADDRESS.fullmatch(corner) for corner in (first, last or first)]
    if not (corners[0] and corners[1]):
        raise ValueError("is no range of cells, as B4:N30 is")
    (left, top), (right, bottom) = [(column_number(m[1]), int(m[2])) for m in corners if m]
    return Box(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


_NAMED = re.compile(
    r"""(?P<kept>"[^"]*"|'(?:[^']|'')*'!?)|(?<![\w.$])(\$?)([A-Z]{1,3})(\$?)([1-9]\d{0,6})(?![\w(.])"""
)


def moved(formula: str, rows: int, columns: int) -> str:
    """A formula as it is when it is copied so far down and to the right."""

    def there(match: re.Match[str]) -> str:
        if match["kept"]:
            return match[0]
        column = match[3] if match[2] else letters(column_number(match[3]) + columns)
        row = match[5] if match[4] else str(int(match[5]) + rows)
        return f"{match[2]}{column}{match[4]}{row}"

    return _NAMED.sub(there, formula)


def qualified(sheet: str, row: int, column: int) -> str:
    """``'Table 4'!D11``, as a workbook's formulas name a cell of another sheet."""
    return f"{sheet_prefix(sheet)}{address(row, column)}"


def sheet_prefix(sheet: str) -> str:
    """``'Table 4'!``."""
    plain = re.fullmatch(r"[^\W\d]\w*", sheet) and not _ADDRESS.fullmatch(sheet)
    name = sheet if plain else "'" + sheet.replace("'", "''") + "'"
    return f"{name}!"


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Numbers in runs: 5, 6, 7, 9 are 5 to 7 and 9 to 9."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
