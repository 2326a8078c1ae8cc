"""A CSV as people have it: which delimiter, which lines are the header, which columns are what."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from amyqa.errors import BadInput, Problem
from amyqa.model import Reading
from amyqa.reading.sheet import MAX_COLUMNS, MAX_FIELD
from amyqa.reading.tokens import Notation, UnreadableToken, normalise
from amyqa.starting.inferring import KEYS, Readings, read
from amyqa.starting.words import NUMBERING, holds, is_month, is_total, is_year

DELIMITERS = (",", ";", "\t", "|")
NOTATIONS = ((".", ","), (",", "."), (",", " "))
_LOOKED_AT = 200
_MOST_HEADERS = 4
_MOST_FILLED = 1_000_000
_ABSENT_MARK = re.compile(r"[^\w\s]{0,3}|[A-Za-z./]{1,4}")
_DOTTED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_MARKED = re.compile(r"(?P<number>.*\d)\s?(?P<mark>[^\d\s.,()%]{1,2})")


@dataclass(frozen=True)
class Taken:
    """A table taken in.

    Args:
        labels: of the columns, one line, each its own.
        lines: the fields of each row.
        delimiter: what separates them.
        decimal, thousands: how numbers are written.
        rewritten: whether the header had to be brought into one line.
        caption: what stands above the header, or "".
        keys: 0-based columns that hold the rows' labels.
        texts: columns without numbers, or with numbers that count nothing.
        numbering: of these the latter (codes, pages).
        missing: tokens, used again and again, that can only mean unknown.
        marks: footnote marks glued to numbers.
    """

    labels: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    delimiter: str
    decimal: str = "."
    thousands: str = ","
    rewritten: bool = False
    caption: str = ""
    keys: tuple[int, ...] = (0,)
    texts: tuple[int, ...] = ()
    numbering: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    @cached_property
    def amounts(self) -> tuple[int, ...]:
        """Columns of numbers."""
        return tuple(i for i in range(len(self.labels)) if i not in self.keys and i not in self.texts)

    @cached_property
    def rows(self) -> tuple[str, ...]:
        """Labels of the rows as formulas name them: repeats get ``#2``, ``#3`` and so on."""
        seen: Counter[str] = Counter()
        labels = []
        for label in self.row_labels:
            seen[label] += 1
            labels.append(label if seen[label] == 1 else f"{label}#{seen[label]}")
        return tuple(labels)

    @cached_property
    def row_labels(self) -> tuple[str, ...]:
        """Labels of the rows as printed."""
        return tuple(KEYS.join(normalise(line[i]) for i in self.keys) for line in self.lines)

    @property
    def tokens(self) -> list[list[str]]:
        """The cells, without labels and texts."""
        return [[line[i] for i in self.amounts] for line in self.lines]

    def readings(self, nil: Sequence[str]) -> Readings:
        """The cells, read."""
        notation = Notation(self.decimal, self.thousands, frozenset(nil), frozenset(self.missing), self.marks)
        return read(self.tokens, notation)

    def csv(self) -> str:
        """The table as CSV, its header in one line."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator="\n")
        writer.writerows([self.labels, *self.lines])
        return out.getvalue()


def take(text: str, shown: str) -> Taken:
    """Take in a CSV.

    Raises:
        BadInput: it is empty, no CSV, or has no row or no column of cells.
    """
    delimiter, lines = _split(text, shown)
    above = _caption_lines(lines)
    caption = " ".join(normalise(line[0]) for line in lines[:above])
    lines = lines[above:]
    first = _header_lines(lines)
    labels, rewritten = _labels(lines[:first])
    body = tuple(tuple(line) for line in lines[first:])
    if not body or len(labels) < 2:
        what = "no row below its header" if not body else "one column only"
        raise BadInput([Problem(f"has {what}", "a table is a header, rows, and columns of cells", shown)])
    rewritten = rewritten or above > 0
    return described(Taken(labels, body, delimiter, rewritten=rewritten, caption=caption))


def described(taken: Taken) -> Taken:
    """The same with all that its tokens tell."""
    taken = replace(taken, keys=(), texts=(), numbering=())
    decimal, thousands = _notation([token for line in taken.lines for token in line])
    notation = Notation(decimal, thousands)
    texts = [i for i in range(len(taken.labels)) if _is_text(taken, i, notation)]
    numbering = [i for i in range(len(taken.labels)) if i not in texts and _is_numbering(taken, i)]
    keys = _keys(taken, texts, numbering)
    rest = tuple(i for i in sorted({*texts, *numbering}) if i not in keys)
    codes = tuple(i for i in numbering if i not in keys)
    taken = replace(taken, decimal=decimal, thousands=thousands, keys=keys, texts=rest, numbering=codes)
    if not taken.amounts:  # better cells that cannot be read, which the check tells, than none
        taken = replace(taken, texts=(), numbering=())
    missing, marks = _words_for_nothing(taken, notation)
    return replace(taken, missing=missing, marks=marks)


def _split(text: str, shown: str) -> tuple[str, list[list[str]]]:
    """The delimiter that makes the most columns of one width, and the lines, filled to that width."""
    csv.field_size_limit(MAX_FIELD)
    best: tuple[int, str, list[list[str]]] = (0, ",", [])
    reason = "is empty"
    for delimiter in DELIMITERS:
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
            lines = [fields for fields in reader if any(field.strip() for field in fields)]
        except csv.Error as error:
            reason = f"is not CSV: {error}"
            continue
        widths = Counter(len(line) for line in lines[:_LOOKED_AT] if len(line) > 1)
        if widths and (fit := max(widths.values())) * max(widths) > best[0]:
            best = (fit * max(widths), delimiter, lines)
        elif lines and not best[2]:
            best = (0, ",", lines)
    if not best[2]:
        raise BadInput([Problem(reason, "the first line names the columns", shown)])
    width = max(map(len, best[2]))
    if width > MAX_COLUMNS or width * len(best[2]) - sum(map(len, best[2])) > _MOST_FILLED:
        message = f"is no table: a line of {width:,} fields among {len(best[2]):,} lines"
        raise BadInput([Problem(message, "take the table alone out of the file", shown)])
    return best[1], [line + [""] * (width - len(line)) for line in best[2]]


def _caption_lines(lines: Sequence[Sequence[str]]) -> int:
    """How many lines above the header have a first field alone, where a header does follow."""
    for number, line in enumerate(lines[: _MOST_HEADERS + 1]):
        if filled := [field for field in line[1:] if field.strip()]:
            return number if all(is_year(f) or not _is_number(f) for f in filled) else 0
    return 0


def _header_lines(lines: Sequence[Sequence[str]]) -> int:
    """How many lines the header has: further ones have no label of their own and no number, or years."""
    for number, line in enumerate(lines[1:_MOST_HEADERS], 1):
        filled = [field for field in line[1:] if field.strip()]
        if not filled:
            return number
        heading = not line[0].strip() and all(is_year(f) or not _is_number(f) for f in filled)
        if not heading and not _counts_columns(line):
            return number
    return min(len(lines), _MOST_HEADERS)


def _counts_columns(line: Sequence[str]) -> bool:
    """A line that numbers the columns: ``1, 2=(3 to 6)+14, 3, 4``."""
    numbers = [match[0] for field in line if (match := re.match(r"\(?\d{1,2}(?=\D|$)", field.strip()))]
    plain = [int(number.lstrip("(")) for number in numbers]
    return len(plain) == len(line) > 2 and plain == list(range(plain[0], plain[0] + len(plain)))


def _is_number(token: str) -> bool:
    return any(_read(token, Notation(*marks)) is not None for marks in NOTATIONS)


def _read(token: str, notation: Notation) -> Reading | None:
    try:
        reading = notation.read(token)
    except UnreadableToken:
        return None
    return reading if reading.value is not None else None


def _labels(header: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], bool]:
    """One label a column: lines joined, merged cells filled to the right, repeats numbered."""
    several = len(header) > 1
    header = [line for number, line in enumerate(header) if not number or not _counts_columns(line)] or header
    spread = [list(_spread(line)) if i < len(header) - 1 else list(line) for i, line in enumerate(header)]
    labels, seen = [], Counter[str]()
    for at, fields in enumerate(zip(*spread, strict=True)):
        parts = dict.fromkeys(part for field in fields if (part := normalise(field)))
        label = " – ".join(parts) or ("" if at == 0 else f"Column {at + 1}")
        seen[label] += 1
        labels.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    same = not several and [normalise(field) for field in header[0]] == labels
    return tuple(labels), not same


def _spread(line: Sequence[str]) -> Iterator[str]:
    """A line of merged cells: a blank one belongs to the one before it."""
    last = ""
    for at, field in enumerate(line):
        last = field if field.strip() or at == 0 else last
        yield last


def _notation(tokens: Sequence[str]) -> tuple[str, str]:
    """How numbers are written: what reads most of them; dots that always group three digits group."""
    figures = [token.strip() for token in dict.fromkeys(tokens) if re.search(r"\d", token)]
    pointed = [f for f in figures if re.fullmatch(r"[\d.]*\.[\d.]*", f)]
    plain = [int(f) for f in figures if f.isdigit() and len(f) < 6 and not is_year(f)]
    dotted = len(pointed) > 2 and all(_DOTTED.fullmatch(figure) for figure in pointed)
    grouping = dotted and max(plain, default=0) < 1000
    order = NOTATIONS[1:] + NOTATIONS[:1] if grouping else NOTATIONS

    def unread(marks: tuple[str, str]) -> int:
        return sum(_read(figure, Notation(*marks)) is None for figure in figures)

    return min(order, key=unread)


def _is_text(taken: Taken, column: int, notation: Notation) -> bool:
    """Whether fewer than half of a column's tokens are numbers; blanks and dashes tell nothing."""
    tokens = [line[column] for line in taken.lines if _tells(line[column], notation)]
    figures = sum(_read(token, notation) is not None or bool(_mark(token, notation)) for token in tokens)
    return bool(tokens) and figures * 2 < len(tokens)


def _mark(token: str, notation: Notation) -> str:
    """The footnote mark that keeps a token from being a number, or ""."""
    match = _MARKED.fullmatch(token.strip())
    return match["mark"] if match and _read(match["number"], notation) is not None else ""


def _tells(token: str, notation: Notation) -> bool:
    """Whether a token is more than a blank, a dash or a mark of absence."""
    try:
        return notation.read(token).value is not None
    except UnreadableToken:
        return True


def _is_numbering(taken: Taken, column: int) -> bool:
    """Whether a column's numbers name rows rather than count anything: 1, 2, 3 …, codes, pages."""
    tokens = [line[column].strip() for line in taken.lines]
    if column == 0 and [t.rstrip(".)") for t in tokens] == [str(i) for i in range(1, len(tokens) + 1)]:
        return len(tokens) > 2
    label = taken.labels[column]
    return holds(label, NUMBERING) and len(label.split()) < 3 and not is_total(label)


def _keys(taken: Taken, texts: Sequence[int], numbering: Sequence[int]) -> tuple[int, ...]:
    """Columns that label the rows: the first of its own, or as many as tell the rows apart."""
    leading = []
    for i in range(len(taken.labels)):
        column = [line[i] for line in taken.lines]
        names = all(is_year(t) or is_month(t) or is_total(t) for t in column if t.strip()) and any(column)
        if i in texts or i in numbering or (names and i < 2) or i == 0:
            leading.append(i)
        else:
            break
    filled = [i for i in leading if sum(not line[i].strip() for line in taken.lines) * 10 < len(taken.lines)]
    wordy = [i for i in filled if i not in numbering]
    choices: list[tuple[int, ...]] = []
    for candidates in (wordy, filled):
        choices += sorted(((i,) for i in candidates), key=lambda keys: _is_code(taken, keys[0]))
        choices += (tuple(candidates[:n]) for n in range(2, len(candidates) + 1))
    return max(choices, key=lambda keys: _apart(taken, keys), default=(0,))  # the first of the best


def _apart(taken: Taken, keys: Sequence[int]) -> int:
    """How many rows these columns tell apart."""
    return len({tuple(normalise(line[i]) for i in keys) for line in taken.lines})


def _is_code(taken: Taken, column: int) -> bool:
    """Whether a column holds codes (LK-11) rather than names; years are names."""
    tokens = [line[column] for line in taken.lines]
    return sum(any(c.isdigit() for c in t) and not is_year(t) for t in tokens) * 2 > len(tokens)


def _words_for_nothing(taken: Taken, notation: Notation) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Unreadable tokens that stand again and again for an absent number; marks glued to numbers."""
    absent: Counter[str] = Counter()
    marks: Counter[str] = Counter()
    for token in (token.strip() for row in taken.tokens for token in row):
        try:
            notation.read(token)
        except UnreadableToken:
            if mark := _mark(token, notation):
                marks[mark] += 1
            elif _ABSENT_MARK.fullmatch(token):
                absent[token] += 1
    return tuple(t for t, times in sorted(absent.items()) if times > 1), tuple(sorted(marks))
