"""The corrected number in the cell's own notation: separators, brackets, marks and spaces as printed.

What is written is read back with the table's own notation; what would not say the same is not written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from amyqa.model import Cell, Change, Reading, Status, Table
from amyqa.reading.signs import MINUS
from amyqa.reading.tokens import Notation, UnreadableToken

_GROUPED = 1000


def spell(change: Change, table: Table) -> str | None:
    """The proposed number as the cell would print it; None where it cannot be told how."""
    spec, cell = table.spec, change.cell
    if not cell.token.strip():
        return None  # a blank says that nothing is there, or nothing known: no number is put in its place
    notation = spec.notation(cell.column, cell.row)
    tokens = (token for row in table.rows for token in row.tokens)
    brackets = change.proposed < 0 and any(
        re.fullmatch(r"\s*\(\s*\d.*\)\W*", token, re.DOTALL) for token in tokens
    )
    group = _separator(cell, table) if abs(change.proposed) >= _GROUPED else ""
    return respell(cell.token, cell.reading, change.proposed, notation, group, brackets)


def respell(
    token: str,
    reading: Reading,
    proposed: Decimal,
    notation: Notation,
    group: str = "",
    brackets: bool = False,
) -> str | None:
    """A token with another number in it, its marks, brackets, percent sign and white space kept.

    Args:
        group: the thousands separator for a token too short to show its own.
        brackets: whether the table prints a minus as brackets, for a token without one.
    """
    decimals = max(reading.decimals, -int(proposed.normalize().as_tuple().exponent), 0)
    negative = proposed < 0
    for start, end in _figures(token, reading, notation.decimal):
        figure = _figure(token[start:end], f"{abs(proposed):.{decimals}f}", notation.decimal, group)
        was = reading.value is not None and reading.value < 0
        for before, after in _signed(token[:start], token[end:], was, negative, brackets):
            new = f"{before}{figure}{after}"
            try:
                read = notation.read(new)
            except UnreadableToken:
                continue
            if (read.status, read.value, read.mark) == (Status.VALUE, proposed, reading.mark):
                return new
    return None


def _figures(token: str, reading: Reading, decimal: str) -> Iterator[tuple[int, int]]:
    """Where the number may stand in a token: figures that read as its value, the longest first."""
    if reading.status is not Status.VALUE or reading.value is None:
        bare = token.strip()
        start, end, mark = token.index(bare), token.index(bare) + len(bare), len(reading.mark)
        yield from ((start, end - mark), (start + mark, end), (start, end))
        return
    for match in re.finditer(rf"(?:{re.escape(decimal)})?\d(?:\W?\d)*", token):
        for end in range(match.end(), match.start(), -1):
            text = token[match.start() : end]
            digits = "".join(c for c in text.replace(decimal, "\0") if c.isdigit() or c == "\0")
            plain = digits.replace("\0", ".", 1)
            if text[-1].isdigit() and "\0" not in plain and Decimal(plain) == abs(reading.value):
                yield match.start(), end


def _figure(old: str, digits: str, decimal: str, group: str) -> str:
    """Plain digits written as the old figure was: separators, lakhs, no zero before the point."""
    printed = old.partition(decimal)[0] if any(c.isdigit() for c in old) else ""  # a dash
    whole, _, fraction = digits.partition(".")
    separators = re.findall(r"\D", printed)
    if separators or len(printed) < len(str(_GROUPED)):
        parts = re.split(r"\D", printed)
        step = 2 if len(parts) > 2 and len(parts[1]) == 2 else 3
        head, tail = whole[:-3], whole[-3:]
        groups = [head[max(i - step, 0) : i] for i in range(len(head), 0, -step)][::-1]
        whole = (separators[0] if separators else group).join([*groups, tail])
    if old.startswith(decimal) and whole == "0":
        whole = ""
    figure = f"{whole}{decimal}{fraction}" if fraction else whole
    script = next((ord(c) - unicodedata.decimal(c) for c in old if c.isdecimal()), ord("0"))
    return figure.translate({ord(str(digit)): chr(script + digit) for digit in range(10)})


def _signed(before: str, after: str, was: bool, negative: bool, brackets: bool) -> Iterator[tuple[str, str]]:
    """What may stand around the figure for it to have the sign."""
    if was == negative:
        yield before, after
    elif was:
        if "(" in before and ")" in after:
            yield "".join(before.rsplit("(", 1)), after.replace(")", "", 1)
        for i, sign in enumerate(before):
            if _is_minus(sign):  # beside the figure, or before its currency
                yield before[:i] + before[i + 1 :].lstrip(), after
        if after and _is_minus(after[0]):
            yield before, after[1:]
    else:
        bare = before.rstrip().removesuffix("+") if before.rstrip().endswith("+") else before
        if brackets:
            yield f"{bare}(", f"){after}"
        yield f"{bare}-", after


def _is_minus(sign: str) -> bool:
    return unicodedata.category(sign) == "Pd" or sign in ("\u2212", *MINUS)


def _separator(cell: Cell, table: Table) -> str:
    """The thousands separator of the numbers around: of the row, else the column, else the table."""
    r, c = divmod(cell.id - 1, len(table.columns))
    everywhere = [(i, j) for i in range(len(table.rows)) for j in range(len(table.columns))]
    near = ([p for p in everywhere if p[0] == r], [p for p in everywhere if p[1] == c], everywhere)
    for places in near:
        found = {
            sign
            for i, j in places
            if (i, j) != (r, c)
            and (sign := _separates(table.rows[i].tokens[j], table.rows[i].readings[j], table.spec.decimal))
            is not None
        }
        if len(found) == 1:
            return found.pop()
    return ""


def _separates(token: str, reading: Reading, decimal: str) -> str | None:
    if reading.status is not Status.VALUE or reading.value is None or abs(reading.value) < _GROUPED:
        return None
    for start, end in _figures(token, reading, decimal):
        return "".join(re.findall(r"\D", token[start:end].partition(decimal)[0])[:1])
    return None
