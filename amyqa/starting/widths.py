"""Lines of a table that are of one width, and lines of another: refused, or repaired where that is said."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from amyqa.errors import BadInput, Problem
from amyqa.reading.tokens import shorten
from amyqa.sources import Line, Sheet

_MAX_TOLD = 20
_WORDS_OF_A_LABEL = 2.5
_CLAUSE = 5
_LONGEST_HEADING = 60
_MAX_SHOWN = 80
_MAX_WAYS = 2


def of_one_width(
    header: Sequence[Line], rows: Sequence[Line], width: int, sheet: Sheet, *, accept: bool
) -> tuple[int, list[Line], tuple[str, ...]]:
    """The table's width, its rows in it, and what was repaired, each in a few words.

    The width is that of all rows and of the header, but for blank fields at the header's end.

    Args:
        accept: read a line of another width in the one way that there is.

    Raises:
        BadInput: a line has another width, and cannot be repaired, or should not be; prose.
    """
    shown = sheet.shown
    last = _width(header, rows, width, shown)
    problems = [
        _other_width(line, last, "the last line of the header has", shown)
        for line in header[:-1]
        if len(_trimmed(line, last)) > last
    ]
    whose = "the header has" if header else "most lines have"
    kept, repairs = [], list[str]()
    for row in rows:
        if len(row.fields) == last:
            kept.append(row)
            continue
        ways = list(_ways(row, last, sheet.delimiter))
        repaired = ways[0] if len(ways) == 1 else None
        if repaired is not None:
            told = f"{_shown(row)} is read as {_shown(repaired)}"
        if repaired is None or not (accept or _is_heading(row)):
            advice = f"--accept-repairs: {told}" if repaired is not None else ""
            problems.append(_other_width(row, last, whose, shown, advice))
            continue
        repairs.append(f"line {row.number}: {told}")
        kept.append(repaired)
    if header and (blank := len(header[-1].fields) - last) > 0:
        noun = "blank field" if blank == 1 else "blank fields"
        repairs.insert(0, f"line {header[-1].number}: without {blank} {noun} at its end")
    if (more := len(problems) - _MAX_TOLD) > 0:
        rest = f"{more:,} more lines have another number of fields"
        problems = [*problems[:_MAX_TOLD], Problem(rest, "", shown, problems[_MAX_TOLD].line)]
    if problems:
        raise BadInput(problems)
    if last == 2 and _is_listing_of_prose([*header, *rows]):
        _refuse_prose([*header, *rows], shown)
    return last, kept, tuple(repairs)


def padded(fields: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Fields of a width, blank ones added at the end."""
    return (*fields, *[""] * (width - len(fields)))[:width]


def _width(header: Sequence[Line], rows: Sequence[Line], width: int, shown: str) -> int:
    widths = {len(row.fields) for row in rows if not _is_heading(row)}
    if header and widths != {len(header[-1].fields)}:
        _refuse_prose([*header, *rows], shown)
    if not header or not widths:
        return width
    if (last := len(_trimmed(header[-1], width))) != width and not (
        len(widths) > 1 or any(map(_splits_thousands, rows))
    ):
        raise BadInput([_other_width(header[-1], width, "the lines below have", shown)])
    return last


# --- repairs ---


def _ways(row: Line, width: int, delimiter: str) -> Iterator[Line]:
    """The ways to read a line of another width in this one without losing a character, two at most.

    A heading, blank fields at the end or one blank field too many among numbers, and numbers cut at their
    thousands marks. A field that is missing is none of these: nobody knows where.
    """
    found: dict[tuple[str, ...], None] = {}
    if _is_heading(row):
        found[padded(row.fields, width)] = None
    elif len(row.fields) > width and not any(field.strip() for field in row.fields[width:]):
        found[row.fields[:width]] = None
    elif len(row.fields) > width:
        blank = [i for i, field in enumerate(row.fields) if not field.strip()]
        if len(blank) == len(row.fields) - width:
            found[tuple(field for field in row.fields if field.strip())] = None
        for fields in _joined(row.fields, len(row.fields) - width) if delimiter == "," else ():
            found[fields] = None
            if len(found) >= _MAX_WAYS:
                break
    yield from (replace(row, fields=fields) for fields in found)


def _joined(fields: tuple[str, ...], times: int, at: int = 0) -> Iterator[tuple[str, ...]]:
    """The fields with neighbours joined so many times that are one number cut at its thousands marks."""
    if not times:
        yield fields
        return
    for i in range(at, len(fields) - 1):
        if _is_cut(fields[i], fields[i + 1]):
            one = f"{fields[i].strip()},{fields[i + 1].strip()}"
            yield from _joined((*fields[:i], one, *fields[i + 2 :]), times - 1, i)


def _is_cut(left: str, right: str) -> bool:
    """Whether two fields may be one number: ``1`` and ``240``, or ``1,240`` and ``702``."""
    return bool(
        re.fullmatch(r"\s*-?[1-9]\d{0,2}(?:,\d{3})*", left, re.ASCII)
        and re.fullmatch(r"\d{3}\s*", right, re.ASCII)
    )


def _shown(line: Line) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(line.fields)
    return shorten(out.getvalue(), _MAX_SHOWN)


# --- what lines are ---


def _trimmed(line: Line, width: int) -> tuple[str, ...]:
    """A line's fields without blank ones beyond a width."""
    fields = line.fields
    while len(fields) > width and not fields[-1].strip():
        fields = fields[:-1]
    return fields


def _splits_thousands(row: Line) -> bool:
    """Whether a row holds what may be one number cut at its commas."""
    return any(_is_cut(a, b) for a, b in pairwise(row.fields))


def _is_heading(row: Line) -> bool:
    """A line of its own that heads the rows below it: words, no delimiter, no digit."""
    text = row.fields[0]
    return len(row.fields) == 1 and len(text) <= _LONGEST_HEADING and not any(c.isdigit() for c in text)


def _other_width(line: Line, width: int, whose: str, shown: str, advice: str = "") -> Problem:
    fields = "1 field" if len(line.fields) == 1 else f"{len(line.fields)} fields"
    message = f"has {fields} where {whose} {width}"
    hint = "quote text that holds the delimiter, and keep blank fields"
    if _splits_thousands(line):
        hint = 'quote a number that holds the delimiter, as "1,240,702"'
    hint = f"{hint}; or {advice}" if advice else hint
    return Problem(message, hint, shown, line.number, min(len(line.fields), width) + 1)


def _refuse_prose(lines: Sequence[Line], shown: str) -> None:
    """Refuse text whose first line is no header but a sentence."""
    first = [field for field in lines[0].fields if field.strip()]
    if sum(len(field.split()) for field in first) > _WORDS_OF_A_LABEL * len(first):
        widths = sorted(len(line.fields) for line in lines)
        counts = f"{widths[0]} to {widths[-1]}" if widths[0] < widths[-1] else f"{widths[0]}"
        message = f"is no table: its lines are words, with {counts} fields"
        raise BadInput([Problem(message, "take the table alone out of the file", shown, lines[0].number)])


def _is_listing_of_prose(lines: Sequence[Line]) -> bool:
    """Whether lines of two fields are clauses: a blank behind each delimiter, and many words before it."""
    apart = all(line.fields[-1].startswith(" ") for line in lines if len(line.fields) == 2)
    return apart and sum(len(line.fields[0].split()) for line in lines) >= _CLAUSE * len(lines)
