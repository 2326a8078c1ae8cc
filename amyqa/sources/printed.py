"""Tables in print whose columns kept their places: in text as it was printed, and on pages.

A word has a place on its line, in characters or in points. Words near each other are a cell; figures that
stand below each other are a column. What a line holds elsewhere is told, never moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from amyqa.sources.printedcolumns import CUTS, Cut, Span, column_of
from amyqa.sources.sheet import Line, Sheet

FIGURE = re.compile(
    r"\(?[-–—−+]?[$€£¥₹]?\d(?:[\d.,'’]*\d)?%?\)?[a-z*†‡§]?[¹²³⁰⁴-⁹]{0,2}|[-–—−]{1,3}|\.{2,3}|…|(?i:n/?a|n\.a\.)|:"
)
YEAR = re.compile(r"(?:1[89]|20)\d\d(?:[-–/](?:\d\d|\d{4}))?[a-z*]?")
_TITLE = re.compile(r"(?:Table|TABLE|Tab\.|Statement|STATEMENT)\s+[\w.]+")
_NOTE = re.compile(r"(?i)(?:sources?|notes?)\s*[.:–—-]")
_NUMBERING = re.compile(r"\d{1,2}[.)]?")
_RANGE = re.compile(r"\d{1,4}[-–]\d{1,4}")
_THOUSANDS = re.compile(r"\d{1,3}(?: \d{3})+")
_NEAR, _APART, _EDGE, _AMID = 1.7, 1.9, 0.7, 0.4
_MAX_GAP = 4
_MAX_ABOVE = 9
_FITTING = 0.6
_WIDE = 0.6
_WORDY = 6
_AROUND = 14
_PLAIN_ROWS = 5


class Word(NamedTuple):
    """A word, from where to where it stands."""

    start: float
    end: float
    text: str

    @property
    def middle(self) -> float:
        """The middle of it."""
        return (self.start + self.end) / 2

    @property
    def is_figure(self) -> bool:
        """Whether it is a number, or stands for one that is absent."""
        text = self.text
        if text.count("(") != text.count(")"):
            return False
        return FIGURE.fullmatch(text) is not None or _THOUSANDS.fullmatch(text) is not None


@dataclass(frozen=True)
class PrintedLine:
    """A line of print.

    Args:
        number: 1-based.
        words: left to right.
        blank: how wide a blank is.
        joins: whether a blank may stand between thousands: ``12 345``.
        base: its height on its page, in points from below.
    """

    number: int
    words: tuple[Word, ...]
    blank: float = 1.0
    joins: bool = True
    base: float = 0.0

    @cached_property
    def cells(self) -> tuple[Word, ...]:
        """Words that belong together; figures are cells of their own, but for blanks between thousands."""
        cells: list[Word] = []
        for word in self.words:
            last = cells[-1] if cells else None
            near = last is not None and word.start - last.end < _NEAR * self.blank
            if last is not None and near:
                joined = Word(last.start, word.end, f"{last.text} {word.text}")
                figures = last.is_figure, word.is_figure
                if figures == (False, False) or (self._joins_thousands and _THOUSANDS.fullmatch(joined.text)):
                    cells[-1] = joined
                    continue
                if figures == (False, True) and not self._ends(word):
                    cells[-1] = joined
                    continue
                if figures == (True, False):
                    cells[-1] = joined
                    continue
            cells.append(word)
        return tuple(cells)

    @cached_property
    def parts(self) -> tuple[Word, ...]:
        """Words with no more than one blank between them, together."""
        parts: list[Word] = []
        for word in self.words:
            if parts and word.start - parts[-1].end < _NEAR * self.blank:
                parts[-1] = Word(parts[-1].start, word.end, f"{parts[-1].text} {word.text}")
            else:
                parts.append(word)
        return tuple(parts)

    def _ends(self, word: Word) -> bool:
        """Whether nothing but figures follows."""
        return all(other.is_figure for other in self.words if other.start >= word.start)

    @property
    def _joins_thousands(self) -> bool:
        return self.joins and self.is_spread

    @cached_property
    def is_spread(self) -> bool:
        """Whether blanks wider than one stand between words."""
        words = self.words
        return any(b.start - a.end > _APART * self.blank for a, b in pairwise(words))

    @cached_property
    def figures(self) -> tuple[Word, ...]:
        """The figures at its end."""
        cells = self.cells
        first = len(cells)
        while first and _is_cell(cells[first - 1], first > 1):
            first -= 1
        return cells[first:]

    def data(self, labelled: bool) -> tuple[Word, ...]:
        """Its figures, but for the first where a figure stands for the label: a year, a number of a list."""
        return self.figures[1:] if labelled and self.is_bare else self.figures

    @property
    def is_bare(self) -> bool:
        """Whether it holds nothing but figures."""
        return len(self.figures) == len(self.cells) > 0

    @property
    def counts(self) -> bool:
        """Whether its figures number the columns: (1), (2), (3)."""
        numbers = [word.text.strip("()") for word in self.figures]
        begin = int(numbers[0]) if numbers and numbers[0].isdigit() and len(numbers[0]) < 3 else -1
        return (
            len(numbers) > 2 and 0 <= begin < 3 and numbers == [str(begin + i) for i in range(len(numbers))]
        )

    @property
    def is_years(self) -> bool:
        """Whether all its figures are years, as a header's are."""
        return len(self.figures) > 1 and all(YEAR.fullmatch(word.text) for word in self.figures)

    @property
    def text(self) -> str:
        """What it says."""
        return " ".join(word.text for word in self.words)


def _is_cell(word: Word, inside: bool) -> bool:
    """Whether a word is a number, or, where it does not begin a line, pages from and to."""
    return word.is_figure or (inside and _RANGE.fullmatch(word.text) is not None)


def tables(lines: Sequence[PrintedLine], shown: str, cuts: Sequence[Cut] = CUTS) -> list[Sheet]:
    """The tables whose columns can be told, top to bottom.

    Args:
        cuts: ways to cut columns; the first that can is taken.
    """
    found = []
    for block in _blocks(lines):
        if (sheet := _table(block, lines, shown, cuts)) is not None:
            found.append(sheet)
    return found


def _blocks(lines: Sequence[PrintedLine]) -> Iterator[list[PrintedLine]]:
    """Runs of spread lines with figures; headings and blank lines may stand between them."""
    block: list[PrintedLine] = []
    gap: list[PrintedLine] = []
    for line in lines:
        is_row = len(line.figures) > 1 and line.is_spread and not line.counts
        if is_row:
            worded = [each for each in gap if each.words]
            if block and len(worded) < _MAX_GAP and not any(_is_title(each) for each in worded):
                block += [*gap, line]
            else:
                if block:
                    yield block
                block = [line]
            gap = []
        elif block:
            gap.append(line)
    if block:
        yield block


def _table(
    block: Sequence[PrintedLine], lines: Sequence[PrintedLine], shown: str, cuts: Sequence[Cut]
) -> Sheet | None:
    begin = next((i for i, line in enumerate(block) if len(line.figures) > 1 and not line.is_years), 0)
    head, rows = list(block[:begin]), block[begin:]
    body = [line for line in rows if len(line.figures) > 1 and not line.counts]
    if len(body) < 2 or (columns := _columns(body, cuts)) is None:
        return None
    placed = [(line, _placed(line, columns)) for line in rows if line.words]
    fitting = sum(fields is not None for line, fields in placed if len(line.figures) > 1)
    if fitting < _FITTING * len(body):
        return None
    above = [line for line in lines if line.number < block[0].number and line.words][-_MAX_ABOVE:]
    headed = any(fields is not None and not any(fields[1:]) for _, fields in placed)
    goes_on = rows[0].text[:1].islower()  # the label of the first row begins above it
    over = head if head and goes_on else above
    if (goes_on or (headed and not head)) and over and _is_heading(over[-1], columns):
        placed.insert(0, (over[-1], [over.pop().text, *[""] * len(columns)]))
    header, title = _header([*above, *head], columns)
    if sum(bool(label) for label in header[1:]) < _FITTING * len(columns) and len(body) < _PLAIN_ROWS:
        return None  # a few numbers below each other, and nothing says of what
    kept = _joined([Line(line.number, tuple(fields)) for line, fields in placed if fields is not None])
    notes = [
        f"line {line.number} is left out: what it holds stands in no column, or two in one: {line.text[:60]}"
        for line, fields in placed
        if fields is None
    ]
    first = head[0].number if head else kept[0].number - 1
    return Sheet(
        shown,
        (Line(first, tuple(header)), *kept),
        name=f"lines {min(first, kept[0].number)}-{kept[-1].number}",
        otherwise="columns of a print",
        notes=tuple(notes),
        title=title,
    )


def _joined(rows: Sequence[Line]) -> list[Line]:
    """Rows whose labels go on over several lines, each in one: what begins with a small letter goes on.

    A short number alone, as lists have them beside a group of rows, is the label of none.
    """
    joined: list[Line] = []
    for row in rows:
        label, *cells = row.fields
        if not any(cells) and _NUMBERING.fullmatch(label):
            continue
        if joined and label[:1].islower():
            before, *there = joined[-1].fields
            if not any(cells) or not any(there):
                number = row.number if any(cells) else joined[-1].number
                name = f"{before[:-1]}{label}" if before.endswith("-") else f"{before} {label}"
                joined[-1] = Line(number, (name, *(cells if any(cells) else there)))
                continue
        joined.append(row)
    return joined


def _columns(body: Sequence[PrintedLine], cuts: Sequence[Cut]) -> list[Span] | None:
    """From where to where the figures of each column stand, by the first way that cuts them."""
    labelled = sum(line.is_bare for line in body) * 2 > len(body)
    rows = [[(word.start, word.end) for word in line.data(labelled)] for line in body]
    return next((columns for cut in cuts if (columns := cut(rows)) is not None), None)


def _placed(line: PrintedLine, columns: Sequence[Span]) -> list[str] | None:
    """A line's label and cells; None where a figure cannot be placed."""
    cells = [""] * len(columns)
    label: list[str] = []
    for cell in line.cells:
        at = column_of((cell.start, cell.end), columns) if _is_cell(cell, cell is not line.cells[0]) else None
        if at is None or (not label and cell is line.cells[0] and cell.end < columns[0][0]):
            if cell.start > columns[0][1] and cell.is_figure:
                return None
            if cell.start <= columns[0][1]:
                label.append(cell.text)
            elif any(cells) or not label:
                return None  # words among the figures
            else:
                label.append(cell.text)
            continue
        if cells[at]:
            return None
        cells[at] = cell.text
    if not any(cells):
        return [" ".join(label), *cells] if label else None
    return [" ".join(label), *cells]


# --- above the rows ---


def _header(above: Sequence[PrintedLine], columns: Sequence[Span]) -> tuple[list[str], str]:
    """The label of each column, from the lines above its figures; and the title above them."""
    labels: list[list[str]] = [[] for _ in range(len(columns) + 1)]
    reach = _reach(columns)
    title: list[str] = []
    for line in reversed(above):
        if not line.words or line.counts:
            continue
        if title or _is_title(line) or _is_wide(line, columns) or _NOTE.match(line.text):
            if _is_title(line) or not title:
                title.insert(0, line.text)
            if _is_title(line) or _NOTE.match(line.text):
                break
            continue
        if len(line.figures) > 1 and not line.is_years:
            break
        for at, text in _named(line, columns, reach):
            if text not in labels[at][:1]:
                labels[at].insert(0, text)
    return [" ".join(parts) for parts in labels], " ".join(title)


def _reach(columns: Sequence[Span]) -> list[Span]:
    """From where to where words name a column: half way to its neighbours."""
    edges = [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    wide = columns[-1][1] - columns[-1][0]
    first = columns[0][0] - (edges[0] - columns[0][1] if edges else wide)
    return list(zip([first, *edges], [*edges, columns[-1][1] + wide], strict=True))


def _named(line: PrintedLine, columns: Sequence[Span], reach: Sequence[Span]) -> Iterator[tuple[int, str]]:
    """The columns that the cells of a line name: 0 for that of the labels, then 1 and so on."""
    spread = _spread(line, columns)
    for cell in line.cells:
        if cell.end <= reach[0][0]:
            yield 0, cell.text
            continue
        if cell in spread:
            yield from ((i + 1, cell.text) for i in spread[cell])
            continue
        over = [i for i, (a, b) in enumerate(columns) if min(cell.end, b) - max(cell.start, a) > 0]
        if not over:
            over = [i for i, (a, b) in enumerate(reach) if a <= cell.middle < b]
        for i in over:
            yield i + 1, cell.text


def _spread(line: PrintedLine, columns: Sequence[Span]) -> Mapping[Word, range]:
    """The columns below each name of a group, where all groups are as wide, each name amid its columns."""
    names = [cell for cell in line.cells if cell.end > columns[0][0]]
    wide, rest = divmod(len(columns), max(len(names), 1))
    groups = {name: range(i * wide, (i + 1) * wide) for i, name in enumerate(names)}
    near = _AMID * (columns[-1][1] - columns[0][0]) / len(columns)
    within = wide > 1 and all(
        abs(name.middle - (columns[group[0]][0] + columns[group[-1]][1]) / 2) < near
        for name, group in groups.items()
    )
    aligned = all(any(abs(name.end - end) < _EDGE * line.blank for _, end in columns) for name in names)
    return groups if len(names) > 1 and not rest and within and not aligned else {}


def _is_wide(line: PrintedLine, columns: Sequence[Span]) -> bool:
    """Whether a line is one sentence over most of the table, or stands left of its columns alone."""
    cells = line.cells
    width = columns[-1][1] - columns[0][0]
    return len(cells) == 1 and (
        cells[0].end - cells[0].start > _WIDE * width or len(cells[0].text.split()) > 6
    )


def _is_heading(line: PrintedLine, columns: Sequence[Span]) -> bool:
    """Whether a line heads rows: words where the rows' labels stand."""
    return (
        not line.figures
        and all(cell.start < columns[0][0] for cell in line.cells[:1])
        and len(line.cells) < 3
    )


def _is_title(line: PrintedLine) -> bool:
    capitals = line.text.isupper() and len(line.words) > 4 and len(line.cells) < 3 and not line.figures
    return bool(_TITLE.match(line.text)) or capitals


def title_near(lines: Sequence[PrintedLine], block: Sequence[PrintedLine]) -> str:
    """The nearest line in capitals, or that says that it is a table's title, with those it goes on in."""
    first, last = block[0].number, block[-1].number
    near = [line for line in lines if first - _AROUND <= line.number <= last + _AROUND and line not in block]
    titles = {line.number: line.text for line in near if _TITLE.match(line.text) or _is_capital(line)}
    best = min(titles, key=lambda number: first - number if number < first else number - last, default=None)
    if best is None:
        return ""
    while best - 1 in titles:
        best -= 1
    said = []
    while best in titles:
        said.append(titles[best])
        best += 1
    return " ".join(said)


def _is_capital(line: PrintedLine) -> bool:
    return line.text.isupper() and len(line.words) > 1 and len(line.figures) < 2
