"""Tables in text (.txt): printed by a program, or copied from a page.

Where the columns' positions survive, a token belongs to the column that it stands in. Where they do not,
the tokens are counted from the right; a line with fewer than the others leaves open which are missing, and
is left out and told rather than placed by a guess. A header may stand above its rows or, in text copied
from a page, below them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from amyqa.errors import BadInput, Problem
from amyqa.sources.dialects import guess
from amyqa.sources.files import read_text
from amyqa.sources.sheet import Edits, Line, Part, Sheet

_FIGURE = re.compile(
    r"\(?[-–—−+]?[$€£¥₹]?\d(?:[\d.,'’]*\d)?%?\)?[a-z*†‡§]?|[-–—−]{1,3}|\.{2,3}|…|(?i:n/?a|n\.a\.)|:"
)
_YEAR = re.compile(r"(?:1[89]|20)\d\d[a-z*]?")
_PLAIN = re.compile(r"\d{1,4}")
_TITLE = re.compile(r"(?:Table|TABLE|Tab\.)\s+[\w.]+")
_APART = re.compile(r"\S+(?: \S+)*")
_WORD = re.compile(r"\S+")
_MAX_LINES = 200_000
_MAX_ABOVE = 6
_MAX_HEADING = 8
_NEAR = 14
_FITTING = 0.6
_DELIMITED = 0.8


class _Word(NamedTuple):
    start: int
    end: int
    text: str

    @property
    def middle(self) -> float:
        """The middle of its characters."""
        return (self.start + self.end) / 2


@dataclass(frozen=True)
class _Row:
    """A line with its words; the last `count` of them are figures."""

    number: int
    text: str
    words: tuple[_Word, ...]
    count: int

    @property
    def figures(self) -> tuple[_Word, ...]:
        """The figures at its end."""
        return self.words[len(self.words) - self.count :]

    @property
    def is_bare(self) -> bool:
        """Whether there is nothing but figures."""
        return self.count == len(self.words)

    @property
    def is_years(self) -> bool:
        """Whether its figures are years in order, as a header's are."""
        years = [int(word.text[:4]) for word in self.figures if _YEAR.fullmatch(word.text)]
        steps = {b - a for a, b in pairwise(years)}
        return len(years) == self.count > 1 and (min(steps) > 0 or max(steps) < 0)


def read(path: Path, shown: str, part: Part) -> Sheet:
    """The table in the lines that are named, or the only one.

    Raises:
        BadInput: there is none, or there are several.
    """
    found = _tables(path, shown, part.lines)
    if len(found) > 1:
        names = ", ".join(sheet.name for sheet in found)
        raise BadInput([Problem(f"holds {len(found)} tables: {names}", "say which lines", shown)])
    return found[0]


def sheets(path: Path, shown: str) -> list[Sheet]:
    """All tables of a text; or what it holds with delimiters.

    Raises:
        BadInput: it holds none.
    """
    with suppress(BadInput):
        sheet = guess(read_text(path, shown), shown)
        wide = sum(len(line.fields) == sheet.width for line in sheet.lines)
        if not sheet.otherwise and wide >= _DELIMITED * len(sheet.lines):
            return [sheet]
    return _tables(path, shown, None)


def replace(raw: bytes, shown: str, part: Part, edits: Edits) -> bytes:
    """A print is not corrected.

    Raises:
        BadInput: always.
    """
    raise BadInput([Problem("is a print, which is not corrected", "correct the CSV made from it", shown)])


def _tables(path: Path, shown: str, within: tuple[int, int] | None) -> list[Sheet]:
    text = read_text(path, shown)
    lines = re.split(r"\r\n|\r|\n", text.replace("\f", ""))
    if len(lines) > _MAX_LINES:
        message = f"has {len(lines):,} lines; at most {_MAX_LINES:,} are searched for tables"
        raise BadInput([Problem(message, "copy the table alone into a new file", shown)])
    first, last = within or (1, len(lines))
    rows = [_row(n, line.expandtabs(8)) for n, line in enumerate(lines, 1) if first <= n <= last]
    found = [sheet for block in _blocks(rows) if (sheet := _sheet(block, rows, shown)) is not None]
    if not found:
        where = f"holds no table at its lines {first}-{last}" if within else "holds no table"
        hint = "a table has a header and lines of numbers; --lines 597-608 says where it stands"
        raise BadInput([Problem(where, hint, shown, first)])
    return found


def _row(number: int, text: str) -> _Row:
    words = tuple(_Word(match.start(), match.end(), match[0]) for match in _WORD.finditer(text))
    count = 0
    while count < len(words) and _FIGURE.fullmatch(words[-1 - count].text):
        count += 1
    return _Row(number, text, words, count)


def _blocks(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Runs of lines with several figures; a blank line and a short heading may stand between them."""
    block: list[_Row] = []
    gap: list[_Row] = []
    for row in rows:
        if row.count > 1:
            near = len([r for r in gap if r.words]) < 2 and len(gap) < 4
            block, begun = ([*block, *gap, row], []) if block and near else ([row], block)
            if begun:
                yield begun
            gap = []
        elif block:
            gap.append(row)
    if block:
        yield block


# --- one table ---


def _sheet(block: Sequence[_Row], rows: Sequence[_Row], shown: str) -> Sheet | None:
    """The table that a block of lines is; None where it is none."""
    years = next((row for row in (block[0], block[-1]) if row.is_years and len(block) > 1), None)
    body = [row for row in block if row.count > 1 and row is not years]
    if not body:
        return None
    before = [row for row in rows if block[0].number - _MAX_ABOVE - 4 <= row.number < block[0].number]
    after = [row for row in rows if block[-1].number < row.number <= block[-1].number + _MAX_ABOVE]
    columns = _columns(body)
    width = len(columns) if columns else _width(body)
    found: tuple[_Row, list[_Row]] | None
    if years is not None:
        found = years, before if years is block[0] else after
    else:
        found = _header(before, after, width)
    if found is None or (leaf := _leaf(found[0], width)) is None:
        return None
    labels, around = found
    placed = [(row, _placed(row, columns, width)) for row in block if row is not years]
    fitting = [row for row, fields in placed if fields is not None and row.count > 1]
    if len(fitting) < _FITTING * len(body):
        return None
    header = [line for row in around if (line := _groups(row, leaf, columns)) is not None]
    lines = [Line(row.number, tuple(fields)) for row, fields in placed if fields is not None]
    named = [*(Line(number, fields) for number, fields in header), Line(labels.number, tuple(leaf))]
    numbers = [line.number for line in (*named, *lines)]
    notes = [
        f"line {row.number} is left out: it holds {row.count} tokens where others hold {width}, "
        "and which are missing cannot be told"
        for row, fields in placed
        if fields is None and row.count > 1
    ]
    return Sheet(
        shown,
        (*named, *lines),
        name=f"lines {min(numbers)}-{max(numbers)}",
        otherwise="columns of a text",
        notes=tuple(notes),
        title=_title(rows, block),
    )


def _width(body: Sequence[_Row]) -> int:
    """How many cells a row has, where they are counted: without the label, which may be a figure too."""
    counts = Counter(row.count - row.is_bare for row in body)
    return max(counts, key=lambda count: (counts[count], count))


def _columns(body: Sequence[_Row]) -> list[tuple[int, int]] | None:
    """From where to where the figures of each column stand; None where no columns survive.

    Figures that stand below each other are of one column. Where a line has two in one column, or none has
    one in each, lines were not printed in columns.
    """
    if sum("  " in row.text.strip() for row in body) * 2 < len(body):
        return None
    bare = all(row.is_bare for row in body)
    spans = sorted((word.start, word.end) for row in body for word in row.figures[bare:])
    columns: list[tuple[int, int]] = []
    for start, end in spans:
        if columns and start < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], end))
        else:
            columns.append((start, end))
    full = max(row.count - bare for row in body)
    return columns if len(columns) == full and len(body) > 1 else None


def _placed(row: _Row, columns: Sequence[tuple[int, int]] | None, width: int) -> list[str] | None:
    """A line's label and cells; None where a cell cannot be placed."""
    if row.count < 2:
        return [row.text.strip()] if 0 < len(row.words) <= _MAX_HEADING else None
    if columns is not None:
        cells = [""] * width
        for word in row.figures:
            if (at := _column(word, columns)) is not None:
                cells[at] = word.text
        inside = sum(_column(word, columns) is not None for word in row.figures)
        return [" ".join(word.text for word in row.words[: len(row.words) - inside]), *cells]
    label = row.words[: len(row.words) - width]
    if row.count < width or not label:
        return None
    extra = row.words[len(row.words) - row.count : len(label)]  # figures that must be of the label: a year
    if any(not _PLAIN.fullmatch(word.text) for word in extra):
        return None
    return [" ".join(word.text for word in label), *_last(row, width)]


def _column(word: _Word, columns: Sequence[tuple[int, int]]) -> int | None:
    """The column that a figure stands in."""
    return next((i for i, (start, end) in enumerate(columns) if start < word.end and word.start < end), None)


# --- its header ---


def _header(before: Sequence[_Row], after: Sequence[_Row], width: int) -> tuple[_Row, list[_Row]] | None:
    """The line of the columns' labels, and those among which the names of groups may stand.

    The line nearest above the rows that has as many words, or parts set apart, as there are columns.
    """
    for rows in (list(reversed(before)), list(after)):
        for at, row in enumerate(rows[:_MAX_ABOVE]):
            if _leaf(row, width) is not None:
                return row, rows[at + 1 : at + 4] if rows and rows[0] in before else []
    return None


def _leaf(row: _Row, width: int) -> list[str] | None:
    """The labels of the columns, the first of them that of the rows' labels; None where a line holds none."""
    if row.is_years and row.count == width:
        return [" ".join(word.text for word in row.words[: len(row.words) - width]), *_last(row, width)]
    apart = [match[0] for match in _APART.finditer(row.text)]
    for parts in ([word.text for word in row.words], apart):
        if not all(map(_is_label, parts)):
            continue
        if len(parts) == width + 1:
            return parts
        if len(parts) == width and not row.text[:1].strip():
            return ["", *parts]
    return None


def _is_label(part: str) -> bool:
    """Whether a part of a line can name a column: it begins as names do, and is no figure but a year."""
    first = part.lstrip("(*")[:1]
    figures = [word for word in part.split() if _FIGURE.fullmatch(word) and not _YEAR.fullmatch(word)]
    return not figures and not first.islower() and part[-1] not in ".,;:"


def _last(row: _Row, width: int) -> list[str]:
    """The last words of a line."""
    return [word.text for word in row.words[len(row.words) - width :]]


def _groups(
    row: _Row, leaf: Sequence[str], columns: Sequence[tuple[int, int]] | None
) -> tuple[int, tuple[str, ...]] | None:
    """A line that names groups of columns, each name over its first column; None where it does not."""
    parts = [_Word(m.start(), m.end(), m[0]) for m in _APART.finditer(row.text)]
    labels = leaf[1:]
    starts = [i for i, label in enumerate(labels) if label == labels[0]]
    if not parts or len(parts) >= len(labels) or any(_FIGURE.fullmatch(part.text) for part in parts):
        return None
    if len(parts) == len(starts) > 1:
        names = dict(zip(starts, (part.text for part in parts), strict=True))
        return row.number, ("", *(names.get(i, "") for i in range(len(labels))))
    if columns is None or len(parts) < 2:
        return None
    middles = [(a + b) / 2 for a, b in columns]
    nearest = [min(parts, key=lambda part: abs(part.middle - m)).text for m in middles]
    return row.number, (
        "",
        *(name if i == 0 or name != nearest[i - 1] else "" for i, name in enumerate(nearest)),
    )


def _title(rows: Sequence[_Row], block: Sequence[_Row]) -> str:
    """The nearest line in capitals, or that says that it is a table's title, with those it goes on in."""
    first, last = block[0].number, block[-1].number
    near = [row for row in rows if first - _NEAR <= row.number <= last + _NEAR and row not in block]
    titles = {row.number: " ".join(row.text.split()) for row in near if _is_title(row)}
    best = min(titles, key=lambda number: first - number if number < first else number - last, default=None)
    if best is None:
        return ""
    while best - 1 in titles:
        best -= 1
    lines = []
    while best in titles:
        lines.append(titles[best])
        best += 1
    return " ".join(lines)


def _is_title(row: _Row) -> bool:
    text = row.text.strip()
    return bool(_TITLE.match(text)) or (text.isupper() and len(row.words) > 1 and row.count < 2)
