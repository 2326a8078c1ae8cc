"""Tables found in a file: several on a sheet, each with what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from amyqa.errors import BadInput, Problem, did_you_mean
from amyqa.sources import Line, Part, Sheet, source_of
from amyqa.sources.cells import address
from amyqa.sources.grids import Cells
from amyqa.starting.layout import counts_columns
from amyqa.starting.readings import best
from amyqa.starting.words import is_note, is_title, is_year

_FIGURE = re.compile(
    r"[(\[<>~]?\s?[-+−–]?\s?[$€£¥₹]?\s?\d[\d.,'’\s]*%?[)\]]?\s?[a-z*†]{0,2}\d?", re.IGNORECASE
)
_ABSENT = re.compile(r"[-–—−]{1,3}|\.{2,3}|…|n/?a|n\.a\.|[:*x]", re.IGNORECASE)
_CONTINUED = re.compile(r"(?i)\W*(?:.*\W)?(?:continued|contd?\.?|suite)\W*")
_UNIT = re.compile(r"[(\[].*[)\]]")
_CENTURIES = ("18", "19", "20")
_AHEAD = 12
_MAX_WORDS = 8


@dataclass(frozen=True)
class Choice:
    """Which tables of a file are wanted; all, where nothing is said.

    Args:
        sheet: name of a sheet, or of a table of a page.
        table: number of a table, counted from 1 as they are found.
        range: cells of a sheet, as ``B4:N30``.
        lines: first and last line of a text, or row of a sheet.
        pages: first and last page of a PDF.
        without: lines, or rows of a sheet, that are left out.
    """

    sheet: str = ""
    table: int | None = None
    range: str = ""
    lines: tuple[int, int] | None = None
    pages: tuple[int, int] | None = None
    without: tuple[int, ...] = ()


ALL = Choice()


@dataclass(frozen=True)
class Found:
    """What was found in a file.

    Args:
        tables: each with the lines that belong to it, its title and its cells.
        left: what holds no table, in words.
    """

    tables: tuple[Sheet, ...]
    left: tuple[str, ...] = ()


def find(path: Path, shown: str, choice: Choice = ALL) -> Found:
    """Find the tables of a file.

    Raises:
        BadInput: it cannot be read, holds no table, or none that is chosen.
    """
    source = source_of(path)
    if choice.range:
        sheet = source.read(path, shown, Part(sheet=choice.sheet, range=choice.range))
        return _without(_chosen(Found((sheet,)), Choice(table=choice.table), shown), choice.without, shown)
    sheets = source.sheets(path, shown, choice.pages or choice.lines)
    if choice.sheet:
        named = [sheet for sheet in sheets if sheet.name.casefold() == choice.sheet.strip().casefold()]
        if not named:
            hint = did_you_mean(choice.sheet, [sheet.name for sheet in sheets])
            raise BadInput([Problem(f"has no sheet {choice.sheet!r}", hint, shown)])
        sheets = named
    tables: list[Sheet] = []
    left: list[str] = []
    for sheet in sheets:
        if sheet.is_hidden and not choice.sheet:
            left.append(f"{sheet.name}: the sheet is hidden; --sheet takes it in")
            continue
        if not sheet.lines and sheet.notes:
            left.append(f"{sheet.name}: {'; '.join(sheet.notes)}")
            continue
        found = [sheet] if sheet.text or not isinstance(sheet.origin, Cells) else list(_tables(sheet))
        tables += found
        if not found:
            left.append(f"{sheet.name}: no table")
    chosen = _chosen(Found(tuple(tables), tuple(left)), choice, shown)
    chosen = _without(chosen, choice.without, shown)
    return replace(chosen, tables=tuple(map(best, chosen.tables)))


def _without(found: Found, numbers: Sequence[int], shown: str) -> Found:
    """The tables without these lines, in each way that they are read."""
    there = {line.number for table in found.tables for line in table.lines}
    if missing := [number for number in numbers if number not in there]:
        hint = "--without counts lines of the file, or rows of the sheet: --without 7,12-14"
        raise BadInput([Problem(f"holds no line {missing[0]} in a table", hint, shown)])

    def rest(table: Sheet) -> Sheet:
        kept = tuple(line for line in table.lines if line.number not in numbers)
        left = tuple(line for line in table.lines if line.number in numbers)
        others = tuple(map(rest, table.others))
        return replace(table, lines=kept, without=left, others=others) if left else table

    return replace(found, tables=tuple(map(rest, found.tables))) if numbers else found


def only(path: Path) -> Sheet:
    """The one table of a file.

    Raises:
        BadInput: there is none, or there are several.
    """
    tables = find(path, str(path)).tables
    if len(tables) > 1:
        message = f"holds {len(tables)} tables"
        raise BadInput([Problem(message, "--table 1 takes the first alone", str(path))])
    return tables[0]


def _chosen(found: Found, choice: Choice, shown: str) -> Found:
    tables = found.tables
    if choice.lines:
        first, last = choice.lines
        kept = (
            replace(table, lines=tuple(line for line in table.lines if first <= line.number <= last))
            for table in tables
        )
        tables = tuple(table for table in kept if table.lines)
    if not tables:
        told = f": {'; '.join(found.left)}" if found.left else ""
        hint = "a table is a header, rows, and columns of numbers"
        raise BadInput([Problem(f"holds no table{told}", hint, shown)])
    if choice.table is not None:
        if not 1 <= choice.table <= len(tables):
            message = f"has no table {choice.table}: {len(tables)} found"
            raise BadInput([Problem(message, "--table counts from 1", shown)])
        tables = (tables[choice.table - 1],)
    return replace(found, tables=tables)


def area(sheet: Sheet) -> str:
    """The cells or lines that a table takes up: ``B4:N30``, ``lines 597-608``."""
    first, last = sheet.lines[0].number, sheet.lines[-1].number
    if isinstance(sheet.origin, Cells):
        right = sheet.origin.left + max(len(line.fields) for line in sheet.lines) - 1
        return f"{address(first, sheet.origin.left)}:{address(last, right)}"
    return f"lines {min(first, last)}-{max(line.number for line in sheet.lines)}"


# --- the lines of a sheet ---


def _tables(sheet: Sheet) -> Iterator[Sheet]:
    kinds = [_kind(line.fields) for line in sheet.lines]
    for first, last in _stretches(sheet.lines, kinds):
        block = replace(sheet, lines=sheet.lines[first:last])
        for part in _beside(block, kinds[first:last]):
            if part is not None:
                yield _grouped(_titled(_merged(part)))


@lru_cache(maxsize=50_000)
def _kind(fields: tuple[str, ...]) -> str:
    """What a line is by itself: ``data``, ``head`` (words or years in several fields) or ``text``."""
    filled = [field.strip() for field in fields if field.strip()]
    if len(filled) < 2:
        return "text"
    if filled[0].lstrip("(")[:1].isdigit() and counts_columns(filled):
        return "head"
    rest = [field for field in filled[1:] if not (field[:2] in _CENTURIES and is_year(field))]
    numbers = sum(_FIGURE.fullmatch(field) is not None for field in rest)
    absent = sum(_ABSENT.fullmatch(field) is not None for field in rest)
    if numbers or (absent and absent == len(rest)):
        return "data"
    return "head"


def _stretches(lines: Sequence[Line], kinds: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Stretches of lines that hold a table each, with what stands above and below it."""
    begin, head, has_data = 0, set[tuple[str, ...]](), False
    for i, kind in enumerate(kinds):
        if has_data and kind != "data" and _begins(lines, kinds, i, head):
            yield begin, i
            begin, head, has_data = i, set(), False
        if kind == "head" and not has_data:
            head.add(_words(lines[i]))
        has_data |= kind == "data"
    if has_data:
        yield begin, len(lines)


def _begins(lines: Sequence[Line], kinds: Sequence[str], at: int, head: set[tuple[str, ...]]) -> bool:
    """Whether another table begins at a line: behind a gap, or with a title; with a header and rows below."""
    text = " ".join(_words(lines[at]))
    titled = is_title(text, numbered=True)
    apart = lines[at].number - lines[at - 1].number > 1
    if not (apart or titled) or is_note(text):
        return False
    ahead = range(at, min(at + _AHEAD, len(lines)))
    row = next((i for i in ahead if kinds[i] == "data"), None)
    if row is None:
        return False
    headers = [i for i in range(at, row) if kinds[i] == "head"]
    if not headers:
        return False
    if any(is_note(" ".join(_words(lines[i]))) for i in range(at, headers[0])):
        return False  # a note; the next table begins behind it
    again = all(_words(lines[i]) in head for i in headers)
    return not again or (titled and not _CONTINUED.fullmatch(text))


def _words(line: Line) -> tuple[str, ...]:
    return tuple(" ".join(field.split()) for field in line.fields if field.strip())


def _beside(block: Sheet, kinds: Sequence[str]) -> Iterator[Sheet | None]:
    """The tables of a block that stand beside each other, a blank column between them."""
    body = [line for line, kind in zip(block.lines, kinds, strict=True) if kind != "text"]
    width = max(len(line.fields) for line in block.lines)
    used = [any(line.fields[i].strip() for line in body) for i in range(width)]
    groups: list[list[int]] = []
    for i in range(width):
        if used[i]:
            if groups and i and used[i - 1]:
                groups[-1].append(i)
            else:
                groups.append([i])
    data = [line for line, kind in zip(block.lines, kinds, strict=True) if kind == "data"]
    spans = [groups[0]] if groups else []
    for group in groups[1:]:
        if _is_table(data, group) and _is_table(data, spans[-1]):
            spans.append(group)
        else:
            spans[-1] = [*range(spans[-1][0], group[-1] + 1)]
    for number, span in enumerate(spans):
        first = 0 if not number else span[0]
        last = width if number == len(spans) - 1 else spans[number + 1][0]
        yield _cut(block, first, last, span)


def _is_table(data: Sequence[Line], columns: Sequence[int]) -> bool:
    """Whether columns are a table by themselves: labels in the first, numbers in others."""
    labels = [line.fields[columns[0]].strip() for line in data if line.fields[columns[0]].strip()]
    words = [label for label in labels if is_year(label) or not _FIGURE.fullmatch(label)]
    numbers = any(_FIGURE.fullmatch(line.fields[i].strip()) for line in data for i in columns[1:])
    return len(columns) > 1 and len(words) * 2 > len(labels) > 0 and numbers


def _cut(block: Sheet, first: int, last: int, span: Sequence[int]) -> Sheet | None:
    """A block's columns from one to another, without blank ones at its edges."""
    cut = [Line(line.number, line.fields[first:last]) for line in block.lines]
    lines = [line for line in cut if any(field.strip() for field in line.fields)]
    data = [line for line in lines if _kind(line.fields) == "data"]
    if not data:
        return None
    left = span[0] - first
    lines = [_from(line, left) for line in lines]
    right = max(
        len(line.fields) - next(i for i, f in enumerate(line.fields[::-1]) if f.strip()) for line in lines
    )
    origin = block.origin
    if isinstance(origin, Cells):
        origin = replace(origin, left=origin.left + first + left)
    at = first + left
    return replace(
        block,
        lines=tuple(Line(line.number, line.fields[left:right]) for line in lines),
        origin=origin,
        formulas={(n, c - at): f for (n, c), f in block.formulas.items() if at < c <= first + right},
        rounded=frozenset((n, c - at) for n, c in block.rounded if at < c <= first + right),
    )


def _from(line: Line, left: int) -> Line:
    """A line whose words left of the table, as a title has them, stand in the table's first field."""
    words = [field.strip() for field in line.fields[:left] if field.strip()]
    if not words:
        return line
    return Line(
        line.number,
        (*[""] * left, " ".join([*words, line.fields[left].strip()]).strip(), *line.fields[left + 1 :]),
    )


def _titled(table: Sheet) -> Sheet:
    """The same from its header on, with what stands above that as its title."""
    kinds = [_kind(line.fields) for line in table.lines]
    row = kinds.index("data")
    head = next((i for i in range(row) if kinds[i] == "head"), None)
    if head is None:
        return table
    while (
        head + 1 < row and kinds[head + 1] == "head" and is_title(_words(table.lines[head])[0], numbered=True)
    ):
        head += 1  # a title, and beside it the unit
    while head and _is_group(table, head - 1):
        head -= 1
    above = [" ".join(_words(line)) for line in table.lines[:head]]
    titles = [text for text in above if is_title(text, numbered=True)] or above[-2:]
    units = [text for text in above if _UNIT.fullmatch(text) and text not in titles]
    title = " ".join([*titles[-2:], *units[-1:]])
    return replace(table, lines=table.lines[head:], title=title or table.title)


def _is_group(table: Sheet, at: int) -> bool:
    """Whether a lone text right above the header names a group of columns, rather than the table."""
    line, below = table.lines[at], table.lines[at + 1]
    filled = [i for i, field in enumerate(line.fields) if field.strip()]
    text = " ".join(_words(line))
    if below.number - line.number > 1 or filled[0] < 2 or len(text.split()) > _MAX_WORDS:
        return False  # above all columns of numbers it names the table
    return not (is_title(text, numbered=True) or _UNIT.fullmatch(text) or is_note(text)) and len(filled) == 1


def _merged(table: Sheet) -> Sheet:
    """The same with words that stand in several rows at once in each of them."""
    if not isinstance(table.origin, Cells):
        return table
    left, rows = table.origin.left, {line.number: list(line.fields) for line in table.lines}
    data = {line.number for line in table.lines if _kind(line.fields) == "data"}
    for merged in table.merged:
        column = merged.left - left
        if merged.bottom == merged.top or merged.left != merged.right or merged.top not in rows:
            continue
        if not 0 <= column < len(rows[merged.top]):
            continue
        label = rows[merged.top][column]
        if _FIGURE.fullmatch(label.strip()):
            continue
        for number in range(merged.top + 1, min(merged.bottom, table.lines[-1].number) + 1):
            if number in data and not rows[number][column].strip():
                rows[number][column] = label
    return replace(table, lines=tuple(Line(number, tuple(fields)) for number, fields in rows.items()))


def _grouped(table: Sheet) -> Sheet:
    """The same with the words of merged cells of its header above each of the columns they reach over."""
    if not isinstance(table.origin, Cells) or not table.merged:
        return table
    kinds = [_kind(line.fields) for line in table.lines]
    above = {line.number: list(line.fields) for line in table.lines[: kinds.index("data")]}
    left = table.origin.left
    for merged in table.merged:
        first, last = merged.left - left, merged.right - left
        fields = above.get(merged.top, [])
        if first < last and first >= 0 and last < len(fields) and (first, last) != (0, len(fields) - 1):
            fields[first : last + 1] = [fields[first]] * (last - first + 1)
    lines = (replace(line, fields=tuple(above.get(line.number, line.fields))) for line in table.lines)
    return replace(table, lines=tuple(lines))
