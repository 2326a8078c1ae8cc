"""Which lines of a file are the header and which are rows, and what stands above, between and below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from amyqa.errors import BadInput, Problem
from amyqa.model import Reading
from amyqa.reading.labels import is_total
from amyqa.reading.tokens import Notation, UnreadableToken, normalise
from amyqa.sources import Line, Sheet
from amyqa.starting.widths import of_one_width, padded
from amyqa.starting.words import is_note, is_title, is_year

NOTATIONS = ((".", ","), (",", "."), (",", " "))
_NOTATIONS = tuple(Notation(*marks) for marks in NOTATIONS)  # each prepares its patterns once
_MAX_ABOVE = 30
_MAX_HEADERS = 4
_SENTENCE = 5
_PROSE = 1.5
_MARKED = re.compile(r"[*†‡§¶#¹²³⁴⁵⁶⁷⁸⁹]|\(?[a-z1-9]{1,2}[)/.]\s|[a-z]\s+\w")
_UNIT = re.compile(r"[(\[{].*[)\]}]")
_CONTINUED = re.compile(  # each repetition can end in one place only: a long line costs no time
    r"(?i)\W*+(?:continued|contd?\.?|page\s*+\d[^\n]*+)\W*+|[^\n]*\((?:continued|contd?\.?)\)\W*+"
)


@dataclass(frozen=True)
class Layout:
    """The lines of a file, told apart.

    Args:
        header: its lines, each as wide as the table.
        rows: the table's own lines.
        caption: what stands above the header, in one line.
        left_out: lines that are no rows: titles, sources, notes, headers that are repeated.
        missing_header: the first line holds numbers as the others do.
        repairs: lines that are read otherwise than they stand, each in a few words.
    """

    header: tuple[tuple[str, ...], ...]
    rows: tuple[Line, ...]
    caption: str
    left_out: tuple[Line, ...]
    missing_header: Line | None
    repairs: tuple[str, ...] = ()


def lay_out(sheet: Sheet, header_lines: int | None = None, *, accept_repairs: bool = False) -> Layout:
    """Tell a file's lines apart.

    Args:
        header_lines: of the header, where that is known; 0 for none.
        accept_repairs: read a line of another width in the one way that there is.

    Raises:
        BadInput: lines of another width than the header; a second table below the first; prose.
    """
    lines, width, shown = sheet.lines, sheet.width, sheet.shown
    above = _above(lines, width)
    count = _header_lines(lines[above:]) if header_lines is None else header_lines
    header, below = lines[above : above + count], lines[above + count :]
    rows, left_out = _rows(below, header, lines[:above], width)
    _refuse_second_table(rows, header, below, shown)
    wide, rows, repairs = of_one_width(header, rows, width, sheet, accept=accept_repairs)
    caption = " ".join(text for line in lines[:above] if not is_note(text := text_of(line)))
    doubtful = header[-1] if header and header_lines is None and _holds_numbers(header[-1], rows) else None
    return Layout(
        tuple(padded(line.fields, wide) for line in header),
        tuple(Line(line.number, padded(line.fields, wide)) for line in rows),
        caption,
        (*lines[:above], *left_out),
        doubtful,
        repairs,
    )


def text_of(line: Line) -> str:
    """What a line says, its fields joined."""
    return normalise(", ".join(field.strip() for field in line.fields if field.strip()))


def shows_rounded(sheet: Sheet, rows: Sequence[Line]) -> bool:
    """Whether whole numbers of a table hold more digits than they show, in one of ten cells or more."""
    if not sheet.rounded:
        return False
    whole = [
        (row.number, position) in sheet.rounded
        for row in rows
        for position, token in enumerate(row.fields, 1)
        if token.strip() and not any(mark in token for mark in ".%") and token.strip()[-1].isdigit()
    ]
    return sum(whole) * 10 >= len(whole) > 0


def is_number(token: str) -> bool:
    """Whether a token is a number, however numbers are written."""
    return any(read(token, notation) is not None for notation in _NOTATIONS)


def read(token: str, notation: Notation) -> Reading | None:
    """A token's reading where it has a value."""
    try:
        reading = notation.read(token)
    except UnreadableToken:
        return None
    return reading if reading.value is not None else None


def counts_columns(line: Sequence[str]) -> bool:
    """A line that numbers the columns: ``1, 2=(3 to 6)+14, 3, 4``."""
    numbers = [match[0] for field in line if (match := re.match(r"\(?\d{1,2}(?=\D|$)", field.strip()))]
    plain = [int(number.lstrip("(")) for number in numbers]
    return len(plain) == len(line) > 2 and plain == list(range(plain[0], plain[0] + len(plain)))


def _filled(line: Line) -> list[int]:
    return [i for i, field in enumerate(line.fields) if field.strip()]


def _is_label(field: str) -> bool:
    """Whether a field can name a column: words or a year, no number and no mark of absence."""
    return is_year(field) or (any(c.isalpha() or c in "%$" for c in field) and not is_number(field))


def _is_prose(line: Line, width: int, most: int) -> bool:
    """Whether a line is a sentence that holds delimiters: words, in at most so many fields."""
    fields = [field.strip() for field in line.fields]
    if len(fields) == width or not any(fields):
        return False
    figures = [field for field in fields[1:] if is_number(field) and not is_year(field)]
    if is_note(fields[0]) or (is_title(fields[0]) and not figures):
        return True
    counted = [len(field.split()) for field in fields]
    words = all(
        n > 2 or (n and not any(c.isdigit() for c in f)) for f, n in zip(fields, counted, strict=True)
    )
    return words and len(fields) <= most and sum(counted) > _PROSE * len(fields)


# --- above ---


def _above(lines: Sequence[Line], width: int) -> int:
    """How many lines stand above the header: titles and units, each in a field of its own."""
    for number, line in enumerate(lines[:_MAX_ABOVE]):
        filled = _filled(line)
        alone = filled == [0] or (len(filled) == 1 and _UNIT.fullmatch(line.fields[filled[0]].strip()))
        if not alone and not _is_prose(line, width, width // 2) and not _is_title(lines, number, width):
            row = any(is_number(f) and not is_year(f) for f in line.fields[1:])
            labels = row and number == 1 and len(lines[0].fields) == width  # all but the first left blank
            return 0 if labels and not _is_sentence(text_of(lines[0])) else number
    return 0


def _is_title(lines: Sequence[Line], number: int, width: int) -> bool:
    """Whether a line that holds delimiters is a title: a blank line or a whole header follows."""
    line, after = lines[number], lines[number + 1 : number + 2]
    figures = any(is_number(field) and not is_year(field.strip()) for field in line.fields)
    if not after or len(line.fields) == width or figures or not line.fields[0].strip():
        return False
    apart = after[0].number - line.number > 1 + sum(field.count("\n") for field in line.fields)
    whole = len(after[0].fields) == width and all(map(_is_label, after[0].fields[1:]))
    numeric = any(is_number(field) for row in lines[number + 2 :] for field in row.fields[1:])
    return apart or (whole and numeric)


# --- the header ---


def _header_lines(lines: Sequence[Line]) -> int:
    """How many lines the header has: further ones hold no number but years, and no row's label.

    A field in the first column is the column's own label where the lines above left that free, or
    where the line fills what the merged cells above left blank.
    """
    number = 1
    while number < min(len(lines), _MAX_HEADERS):
        above, line = lines[number - 1], lines[number]
        others = [line.fields[i] for i in _filled(line) if i > 0]
        same = list(map(normalise, line.fields)) == list(map(normalise, above.fields))
        if not others or not (same or counts_columns(line.fields) or all(map(_is_label, others))):
            break
        first = line.fields[0].strip()
        if is_number(first) and len(others) == 1 and not (same or is_year(first)):
            break  # it numbers what is said there
        gaps = any(not above.fields[i].strip() for i in _filled(line) if 0 < i < len(above.fields))
        if first and not (same or counts_columns(line.fields) or gaps or _tells_apart(lines[:number], line)):
            break
        number += 1
    return number


def _tells_apart(above: Sequence[Line], line: Line) -> bool:
    """Whether words under a free corner tell columns apart that the lines above name alike: 2019, 2019."""
    if any(each.fields[0].strip() for each in above) or is_number(line.fields[0]):
        return False
    words = [normalise(field) for field in line.fields[1:]]
    names = list(map(normalise, above[-1].fields[1:]))
    pairs = list(zip(names, words, strict=False))
    return all(words) and not any(map(is_year, words)) and len(set(names)) < len(names) == len(set(pairs))


def _holds_numbers(line: Line, rows: Sequence[Line]) -> bool:
    """Whether a header's last line is a row: numbers that are no years and do not count on.

    It is none where its first field is blank or a word, and those of all rows are labels, or numbers.
    """
    numbers = [i for i in _filled(line) if is_number(line.fields[i]) and not is_year(line.fields[i])]
    below = [i for i in numbers if any(i < len(row.fields) and is_number(row.fields[i]) for row in rows)]
    if not below or counts_columns(line.fields) or (below == [0] and len(_filled(line)) > 1):
        return False
    numbered = [i for i in below if i > 0]
    if is_total(line.fields[0]) or (numbered and all(_adds_up(line, rows, i) for i in numbered)):
        return True
    corner, first = line.fields[0].strip(), [row.fields[0].strip() for row in rows]
    if len(rows) > 1 and all(first) and not is_number(corner) and (not corner or all(map(is_number, first))):
        return False
    plain = [line.fields[i].strip() for i in numbered]
    if len(plain) > 1 and all(field.isdigit() for field in plain):  # ages, hours, classes
        steps = [int(b) - int(a) for a, b in pairwise(plain)]
        even = len(plain) > 2 and len(set(steps)) == 1 and steps[0] != 0
        rising = len(plain) > 3 and min(steps) > 0
        return not (even or rising or (set(steps) == {1} and int(plain[0]) < 2))
    return True


def _adds_up(line: Line, rows: Sequence[Line], column: int) -> bool:
    """Whether a line's number is the sum of those below it."""
    found = [read(row.fields[column], Notation()) for row in (line, *rows) if column < len(row.fields)]
    total, *parts = [one.value or 0 if one is not None else 0 for one in found]
    return len(parts) > 1 and bool(total) and total == sum(parts)


# --- the rows ---


def _rows(
    lines: Sequence[Line], header: Sequence[Line], above: Sequence[Line], width: int
) -> tuple[list[Line], list[Line]]:
    """The table's rows, and what stands between and below them."""
    repeated = {tuple(map(normalise, line.fields)) for line in (*header, *above)}
    titles = {text_of(line) for line in above}
    kept: list[Line] = []
    left_out: list[Line] = []
    for line in lines:
        filled = _filled(line)
        alone = filled == [0]
        again = tuple(map(normalise, line.fields)) in repeated or text_of(line) in titles
        between = alone and (_CONTINUED.fullmatch(line.fields[0]) or is_note(line.fields[0].strip()))
        (left_out if again or between else kept).append(line)
    below = _below(kept, width)
    return kept[: len(kept) - below], [*left_out, *kept[len(kept) - below :]]


def _below(lines: Sequence[Line], width: int) -> int:
    """How many lines at the end are sources and notes."""
    numeric = [any(_tells(line.fields[i]) for i in _filled(line) if i > 0) for line in lines]
    mostly = sum(numeric) * 2 > len(lines)
    start = len(lines)
    while start and (
        _filled(lines[start - 1]) == [0]
        or _is_prose(lines[start - 1], width, width - 1)
        or is_note(lines[start - 1].fields[0].strip())
        or (mostly and not numeric[start - 1] and _is_padded_note(lines[start - 1], width))
    ):
        start -= 1
    for number in range(start, len(lines)):
        if _is_note(lines[number], lines[number - 1] if number else None, width):
            return len(lines) - number
    return 0


def _tells(field: str) -> bool:
    """A number, or a mark that one is absent: what a row has and a note has not."""
    return (
        is_number(field) or not any(c.isalnum() for c in field) or field.strip().casefold() in ("n/a", "na")
    )


def _is_sentence(text: str) -> bool:
    return len(text.split()) >= _SENTENCE or text.endswith(".") or ":" in text


def _is_padded_note(line: Line, width: int) -> bool:
    return len(line.fields) == width and _is_sentence(text_of(line))


def _is_note(line: Line, before: Line | None, width: int) -> bool:
    """Whether a line without numbers is a note rather than a row whose cells are blank."""
    text = text_of(line)
    apart = before is not None and line.number - before.number > 1 + sum(f.count("\n") for f in before.fields)
    padded = len(line.fields) == width
    return bool(
        not padded
        or apart
        or is_note(text)
        or _MARKED.match(text)
        or _is_sentence(text)
        or (before is not None and is_total(before.fields[0]))
    )


def _refuse_second_table(
    rows: Sequence[Line], header: Sequence[Line], below: Sequence[Line], shown: str
) -> None:
    """Refuse a table that begins anew: its header stands again, and the same rows below it."""
    names = tuple(map(normalise, header[-1].fields)) if header else ()
    again = next((line for line in below if tuple(map(normalise, line.fields)) == names), None)
    if again is None:
        return
    first = {tuple(map(normalise, row.fields)) for row in rows if row.number < again.number}
    second = [tuple(map(normalise, row.fields)) for row in rows if row.number > again.number]
    if second and sum(row in first for row in second) * 2 > len(second):
        message = "the table begins anew: its header stands here again, and the same rows below it"
        raise BadInput([Problem(message, "give each table a file of its own", shown, again.number)])
