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
from pathlib import Path

from amyqa.errors import BadInput, Problem
from amyqa.sources.dialects import guess
from amyqa.sources.files import read_text
from amyqa.sources.printed import YEAR, PrintedLine, Word, tables, title_near
from amyqa.sources.sheet import Edits, Line, Part, Sheet

_PLAIN = re.compile(r"\d{1,4}")
_WORD = re.compile(r"\S+")
_MAX_LINES = 200_000
_MAX_ABOVE = 6
_MAX_HEADING = 8
_FITTING = 0.6
_DELIMITED = 0.8


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


def sheets(path: Path, shown: str, within: tuple[int, int] | None = None) -> list[Sheet]:
    """All tables of a text, or of some lines of it; or what it holds with delimiters.

    Raises:
        BadInput: it holds none.
    """
    with suppress(BadInput):
        sheet = guess(read_text(path, shown), shown)
        wide = sum(len(line.fields) == sheet.width for line in sheet.lines)
        if not within and not sheet.otherwise and wide >= _DELIMITED * len(sheet.lines):
            return [sheet]
    return _tables(path, shown, within)


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
    rows = [_line(n, line.expandtabs(8)) for n, line in enumerate(lines, 1) if first <= n <= last]
    found = tables(rows, shown)
    taken = {n for sheet in found for n in range(sheet.lines[0].number, sheet.lines[-1].number + 1)}
    rest = [line if line.number not in taken else PrintedLine(line.number, ()) for line in rows]
    found += [sheet for block in _blocks(rest) if (sheet := _sheet(block, rest, shown)) is not None]
    if not found:
        where = f"holds no table at its lines {first}-{last}" if within else "holds no table"
        hint = "a table has a header and lines of numbers; --lines 597-608 says where it stands"
        raise BadInput([Problem(where, hint, shown, first)])
    return sorted(found, key=lambda sheet: sheet.lines[-1].number)


def _line(number: int, text: str) -> PrintedLine:
    words = (Word(match.start(), match.end(), match[0]) for match in _WORD.finditer(text))
    return PrintedLine(number, tuple(words))


def _count(line: PrintedLine) -> int:
    """How many of the last words of a line are figures."""
    count = 0
    while count < len(line.words) and line.words[-1 - count].is_figure:
        count += 1
    return count


def _blocks(lines: Sequence[PrintedLine]) -> Iterator[list[PrintedLine]]:
    """Runs of lines with several figures; a blank line and a short heading may stand between them."""
    block: list[PrintedLine] = []
    gap: list[PrintedLine] = []
    for line in lines:
        if _count(line) > 1:
            near = len([each for each in gap if each.words]) < 2 and len(gap) < 4
            block, begun = ([*block, *gap, line], []) if block and near else ([line], block)
            if begun:
                yield begun
            gap = []
        elif block:
            gap.append(line)
    if block:
        yield block


# --- a table whose tokens are counted ---


def _sheet(block: Sequence[PrintedLine], lines: Sequence[PrintedLine], shown: str) -> Sheet | None:
    """The table that a block of lines is; None where it is none."""
    years = next((line for line in (block[0], block[-1]) if line.is_years and len(block) > 1), None)
    body = [line for line in block if _count(line) > 1 and line is not years]
    if not body:
        return None
    before = [line for line in lines if block[0].number - _MAX_ABOVE - 4 <= line.number < block[0].number]
    after = [line for line in lines if block[-1].number < line.number <= block[-1].number + _MAX_ABOVE]
    width = _width(body)
    found: tuple[PrintedLine, list[PrintedLine]] | None
    if years is not None:
        found = years, before if years is block[0] else after
    else:
        found = _header(before, after, width)
    if found is None or (leaf := _leaf(found[0], width)) is None:
        return None
    labels, around = found
    placed = [(line, _placed(line, width)) for line in block if line is not years]
    fitting = [line for line, fields in placed if fields is not None and _count(line) > 1]
    if len(fitting) < _FITTING * len(body):
        return None
    groups = [named for line in around if (named := _groups(line, leaf)) is not None]
    rows = [Line(line.number, tuple(fields)) for line, fields in placed if fields is not None]
    header = [*groups, Line(labels.number, tuple(leaf))]
    numbers = [line.number for line in (*header, *rows)]
    notes = [
        f"line {line.number} is left out: it holds {_count(line)} tokens where others hold {width}, "
        "and which are missing cannot be told"
        for line, fields in placed
        if fields is None and _count(line) > 1
    ]
    return Sheet(
        shown,
        (*header, *rows),
        name=f"lines {min(numbers)}-{max(numbers)}",
        otherwise="columns of a text",
        notes=tuple(notes),
        title=title_near(lines, block),
    )


def _width(body: Sequence[PrintedLine]) -> int:
    """How many cells a row has, without its label, which may be a figure too."""
    counts = Counter(_count(line) - (_count(line) == len(line.words)) for line in body)
    return max(counts, key=lambda count: (counts[count], count))


def _placed(line: PrintedLine, width: int) -> list[str] | None:
    """A line's label and cells; None where a cell cannot be placed."""
    count = _count(line)
    if count < 2:
        return [line.text, *[""] * width] if 0 < len(line.words) <= _MAX_HEADING else None
    label = line.words[: len(line.words) - width]
    if count < width or not label:
        return None
    extra = line.words[len(line.words) - count : len(label)]  # figures that must be of the label: a year
    if any(not _PLAIN.fullmatch(word.text) for word in extra):
        return None
    return [" ".join(word.text for word in label), *_last(line, width)]


def _header(
    before: Sequence[PrintedLine], after: Sequence[PrintedLine], width: int
) -> tuple[PrintedLine, list[PrintedLine]] | None:
    """The line of the columns' labels, and those among which the names of groups may stand.

    The line nearest above the rows that has as many words, or parts set apart, as there are columns.
    """
    for lines in (list(reversed(before)), list(after)):
        for at, line in enumerate(lines[:_MAX_ABOVE]):
            if _leaf(line, width) is not None:
                return line, lines[at + 1 : at + 4] if lines and lines[0] in before else []
    return None


def _leaf(line: PrintedLine, width: int) -> list[str] | None:
    """The labels of the columns, the first of them that of the rows' labels; None where a line holds none."""
    if line.is_years and _count(line) == width:
        return [" ".join(word.text for word in line.words[: len(line.words) - width]), *_last(line, width)]
    for parts in ([word.text for word in line.words], [part.text for part in line.parts]):
        if not all(map(_is_label, parts)):
            continue
        if len(parts) == width + 1:
            return parts
        if len(parts) == width and line.words[0].start > 0:
            return ["", *parts]
    return None


def _is_label(part: str) -> bool:
    """Whether a part of a line can name a column: it begins as names do, and is no figure but a year."""
    first = part.lstrip("(*")[:1]
    figures = [word for word in part.split() if Word(0, 0, word).is_figure and not YEAR.fullmatch(word)]
    return not figures and not first.islower() and part[-1] not in ".,;:"


def _last(line: PrintedLine, width: int) -> list[str]:
    """The last words of a line."""
    return [word.text for word in line.words[len(line.words) - width :]]


def _groups(line: PrintedLine, leaf: Sequence[str]) -> Line | None:
    """A line that names groups of columns, each name over its first column; None where it does not.

    A group begins where the first label stands again: Total, Male, Female, Total, Male, Female.
    """
    labels = leaf[1:]
    starts = [i for i, label in enumerate(labels) if label == labels[0]]
    if len(line.parts) != len(starts) or len(starts) < 2 or any(part.is_figure for part in line.parts):
        return None
    names = dict(zip(starts, (part.text for part in line.parts), strict=True))
    return Line(line.number, ("", *(names.get(i, "") for i in range(len(labels)))))
