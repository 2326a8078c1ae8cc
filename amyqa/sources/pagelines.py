"""Lines of a page, from characters that each have a place: words, raised marks, labels over several lines.

What a file says of blanks and of reading order is not believed; only where a character stands is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from amyqa.sources.printed import PrintedLine, Word

_TYPED = 0.98
_BLANK, _LEVEL = 0.28, 0.4  # between words, between lines; in sizes of the font
INSIDE = 0.13
"""What is farther apart than this, in sizes of the font, is two words."""
_SMALL, _RAISED, _LIFTED = 0.8, 0.08, 0.6
_MAX_RAISED = 3
_CLEAR, _ENOUGH, _SURE = 1.25, 1.05, 5
_RAISE = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Character(NamedTuple):
    """A character on a page: from where to where, on which line, how large; in points."""

    left: float
    right: float
    base: float
    size: float
    text: str


def lines_of(characters: Sequence[Character], first: int, inside: float = INSIDE) -> list[PrintedLine]:
    """The lines of a page, top to bottom, numbered from `first`; rows of a table in one line each.

    Args:
        inside: how far apart the characters of a word may stand.
    """
    lines: list[PrintedLine] = []
    for number, row in enumerate(_with_marks(_rows(characters)), first):
        size = sorted(each.size for each in row)[len(row) // 2]
        widths = sorted(each.right - each.left for each in row)
        typed = len(row) > 3 and widths[0] > _TYPED * widths[-1]  # each character as wide as any, a blank too
        words = tuple(_words(sorted(row), inside * size))
        base = median(each.base for each in row)
        lines.append(PrintedLine(number, words, widths[0] if typed else _BLANK * size, base=base))
    return _whole_rows(lines)


def _rows(characters: Sequence[Character]) -> list[list[Character]]:
    """Characters that stand on one line, top to bottom."""
    rows: list[list[Character]] = []
    for each in sorted(characters, key=lambda c: (-c.base, c.left)):
        if rows and abs(rows[-1][0].base - each.base) < _LEVEL * min(rows[-1][0].size, each.size):
            rows[-1].append(each)
        else:
            rows.append([each])
    return rows


def _with_marks(rows: Sequence[Sequence[Character]]) -> Iterator[list[Character]]:
    """The same with small raised digits as such: a footnote's mark is no digit of the number before it."""
    above: list[Character] = []
    for row, below in zip(rows, [*rows[1:], []], strict=False):
        size, base = median(each.size for each in row), median(each.base for each in row)
        marked = [
            each._replace(text=each.text.translate(_RAISE))
            if each.size < _SMALL * size and each.base > base + _RAISED * size
            else each
            for each in row
        ]
        if below and len(row) <= _MAX_RAISED * 4 and _is_raised(row, below):
            above = [each._replace(text=each.text.translate(_RAISE)) for each in row]
            continue
        yield [*marked, *above]
        above = []


def _is_raised(row: Sequence[Character], below: Sequence[Character]) -> bool:
    """Whether a line holds nothing but marks of the line right below it."""
    size = median(each.size for each in below)
    lift = row[0].base - median(each.base for each in below)
    glued = [
        any(-0.1 * size < mark.left - each.right < 0.3 * size for each in (*below, *row)) for mark in row
    ]
    return all(each.size < _SMALL * size for each in row) and lift < _LIFTED * size and all(glued)


def _words(row: Sequence[Character], inside: float) -> Iterator[Word]:
    word: Word | None = None
    for each in row:
        if word is not None and each.left - word.end < inside:
            if each.left > word.start or each.text != word.text[-1:]:  # printed twice to look bold
                word = Word(word.start, max(word.end, each.right), word.text + each.text)
            continue
        if word is not None:
            yield word
        word = Word(each.left, each.right, each.text)
    if word is not None:
        yield word


# --- rows over several lines ---


def _whole_rows(lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    """The same with labels that stand over several lines, closer to each other than rows are, in one each."""
    whole: list[PrintedLine] = []
    for first, last in _runs(lines):
        groups = _groups(lines[first:last])
        for group in groups:
            whole += [_one(group)] if sum(map(_is_data, group)) == 1 and len(group) > 1 else group
    return whole


def _is_data(line: PrintedLine) -> bool:
    return bool(line.figures) and not line.is_years and (len(line.figures) > 1 or line.is_spread)


def _runs(lines: Sequence[PrintedLine]) -> Iterator[tuple[int, int]]:
    """Stretches of lines that are rows or words left of all their numbers; any other line is its own."""
    begin = 0
    left = float("inf")
    for i, line in enumerate(lines):
        starts = min((word.start for word in line.figures), default=left) if _is_data(line) else left
        within = _is_data(line) or bool(line.words and not line.figures and line.words[-1].end < left)
        ahead = any(
            _is_data(each) and line.words[-1].end < each.figures[0].start for each in lines[i : i + 4]
        )
        if line.words and (within or (not line.figures and ahead)):
            left = min(left, starts) if not line.is_bare else left
            continue
        if begin < i:
            yield begin, i
        yield i, i + 1
        begin, left = i + 1, float("inf")
    if begin < len(lines):
        yield begin, len(lines)


def _groups(lines: Sequence[PrintedLine]) -> list[list[PrintedLine]]:
    """Lines that are closer to each other than to others; each by itself where no distance tells rows apart.

    A distance tells them apart where none but lone headings is without numbers, none has those of two.
    """
    gaps = [a.base - b.base for a, b in pairwise(lines)]
    levels = sorted({round(gap, 1) for gap in gaps})
    best: tuple[int, list[list[PrintedLine]]] = (0, [[line] for line in lines])
    for level, above in pairwise(levels):
        groups = [[lines[0]]]
        for line, gap in zip(lines[1:], gaps, strict=True):
            if gap < (level + above) / 2:
                groups[-1].append(line)
            else:
                groups.append([line])
        rows = [sum(map(_is_data, group)) for group in groups]
        joined = sum(count == 1 and len(group) > 1 for count, group in zip(rows, groups, strict=True))
        headings = rows[rows.index(1) :].count(0) if 1 in rows else len(rows)  # above them stands a header
        whole = max(rows) == 1 and headings * 5 <= len(rows)
        clear = _CLEAR if headings or joined < _SURE else _ENOUGH
        if whole and joined > max(1, best[0]) and above > clear * level:
            best = joined, groups
    return best[1]


def _one(group: Sequence[PrintedLine]) -> PrintedLine:
    """A row's lines as one, its label first."""
    row = next(line for line in group if _is_data(line))
    figures = row.figures
    labels = [word for line in group for word in line.words if word.start < figures[0].start]
    if not labels:
        return row
    label = Word(
        min(word.start for word in labels),
        max(word.end for word in labels),
        " ".join(word.text for word in labels),
    )
    rest = tuple(word for word in row.words if word.start >= figures[0].start)
    return replace(row, words=(label, *rest))
