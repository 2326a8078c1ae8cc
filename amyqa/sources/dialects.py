"""The dialect of a CSV as people have it: what separates its fields, what quotes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from amyqa.errors import BadInput, Problem
from amyqa.sources.fields import NAMES, split, text_sheet
from amyqa.sources.sheet import MAX_COLUMNS, Line, Sheet

_TWICE = ("||", "::", ";;", "^^")
_STAND_IN = "\x1f"
_LOOKED_AT = 200
_MAX_FILLED = 1_000_000
_MIN_LINES = 3
_WORDY = 5


def _fit(sheet: Sheet) -> int:
    """How many of the first lines have the sheet's width."""
    width = sheet.width
    return sum(len(line.fields) == width for line in sheet.lines[:_LOOKED_AT])


def _is_even(sheet: Sheet) -> bool:
    """Whether all lines of several fields have as many."""
    several = [line for line in sheet.lines if len(line.fields) > 1]
    width = sheet.width
    return len(several) > 1 and all(len(line.fields) == width for line in several)


def _is_quoted(sheet: Sheet) -> bool:
    """Whether fields still begin and end with a quote."""
    fields = (field.strip() for line in sheet.lines for field in line.fields)
    return any(len(f) > 1 and f[0] == f[-1] and f[0] in "\"'" for f in fields)


def guess(text: str, shown: str) -> Sheet:
    """Read a CSV by what makes most lines of one width.

    Raises:
        BadInput: it is empty; its quotes are wrong, with the line; it is prose, or of one column.
    """
    found, errors = [], []
    for delimiter in NAMES:
        try:
            found.append(text_sheet(text, shown, delimiter, split(text, shown, delimiter)))
        except BadInput as error:
            errors.append((text.count(delimiter), error))
    if found and not found[0].lines:
        raise BadInput([Problem("is empty", "the first line names the columns", shown, 1)])
    best = max(found, key=lambda each: _fit(each) * each.width if each.width > 1 else 0, default=None)
    wrong = max(errors, key=lambda each: each[0], default=(0, None))
    usable = best is not None and best.width > 1 and text.count(best.delimiter) >= wrong[0]
    if best is not None and usable and _is_even(best) and not _is_quoted(best):
        return _bounded(best, shown)
    for other in _otherwise(text, shown):
        if _is_even(other) and (best is None or not usable or other.width == best.width):
            return _bounded(other, shown)
    if best is not None and usable:
        return _bounded(best, shown)
    if wrong[1] is not None and wrong[0]:
        raise wrong[1]
    if (blanks := _by_blanks(text, shown)) is not None:
        return blanks
    raise _no_columns(best.lines if best is not None else (), shown)


def _bounded(found: Sheet, shown: str) -> Sheet:
    widest, lines = max(len(line.fields) for line in found.lines), len(found.lines)
    if widest > MAX_COLUMNS or widest * lines - sum(len(line.fields) for line in found.lines) > _MAX_FILLED:
        message = f"is no table: a line of {widest:,} fields among {lines:,} lines"
        raise BadInput([Problem(message, "take the table alone out of the file", shown)])
    return found


def _otherwise(text: str, shown: str) -> Iterator[Sheet]:
    """Readings that a delimiter alone does not give, each with its name."""
    for delimiter in NAMES:
        if f"{delimiter} " in text and delimiter.strip():
            told = f"a blank stands behind each {delimiter!r}"
            yield from _tried(partial(split, text, shown, delimiter, padded=True), shown, delimiter, told)
        if '\\"' in text:
            told = 'quotes inside fields are written \\"'
            doubled = text.replace('\\"', '""')
            yield from _tried(partial(split, doubled, shown, delimiter), shown, delimiter, told)
        if f"{delimiter}'" in text:
            told = "fields are quoted with '"
            yield from _tried(partial(split, text, shown, delimiter, quote="'"), shown, delimiter, told)
    for twice in _TWICE:
        if twice in text and _STAND_IN not in text:
            told = f"fields are separated by {twice}"
            yield from _tried(partial(_split_twice, text, shown, twice), shown, ",", told)


def _tried(reading: Callable[[], list[Line]], shown: str, delimiter: str, told: str) -> Iterator[Sheet]:
    try:
        yield Sheet(shown, tuple(reading()), delimiter=delimiter, otherwise=told)
    except BadInput:
        return


def _split_twice(text: str, shown: str, twice: str) -> list[Line]:
    """Split by a delimiter of two characters; inside quotes it stays as it is."""
    lines = split(text.replace(twice, _STAND_IN), shown, _STAND_IN)
    return [Line(line.number, tuple(f.replace(_STAND_IN, twice) for f in line.fields)) for line in lines]


def _by_blanks(text: str, shown: str) -> Sheet | None:
    """A table copied from a page, a blank between any two fields, where no line leaves a doubt."""
    told = "fields are separated by blanks"
    tidy = re.sub(r"[^\S\r\n]+", " ", text)
    for found in _tried(partial(split, tidy, shown, " "), shown, " ", told):
        cells = [field for line in found.lines[1:] for field in line.fields[1:]]
        figures = sum(field[:1].isdigit() or field in ("-", "–", "..") for field in cells)
        even = all(len(line.fields) == found.width for line in found.lines)
        if even and len(found.lines) >= _MIN_LINES and found.width > 1 and figures * 2 > len(cells):
            return found
    return None


def _no_columns(lines: Sequence[Line], shown: str) -> BadInput:
    """Why a file without a delimiter is no table."""
    words = sum(len(field.split()) for line in lines for field in line.fields)
    first = lines[0].number if lines else 1
    if words > _WORDY * len(lines):
        message = "is no table: its lines are words"
        return BadInput([Problem(message, "take the table alone out of the file", shown, first)])
    advice = "a table is a header, rows, and columns of cells"
    return BadInput([Problem("has one column only", advice, shown, first)])
