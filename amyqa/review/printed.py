"""Where a cell was printed: the line of the source, with the token marked in it."""

from __future__ import annotations

from dataclasses import dataclass

from amyqa.errors import AmyqaError
from amyqa.model import Cell, Table
from amyqa.project import Yearbook
from amyqa.reading.seeds import read_seeds
from amyqa.sources.files import read_text

MAX_LINE = 400
"""Of a longer line only so many characters around the token are shown."""
_TEXTS = (".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line with a token in it.

    Args:
        place: what people call it, as ``seeds/cambodia-2005.txt, line 608``.
        before, token, after: the line in three; where the token was not found in it, all of it is `before`.
    """

    place: str
    before: str
    token: str
    after: str


def printed_line(cell: Cell, table: Table, home: Yearbook) -> PrintedLine:
    """The line of the print that a cell stands in, or of its file where no print is known."""
    return _in_print(cell, table, home) or _in_file(cell, table, home)


def _in_print(cell: Cell, table: Table, home: Yearbook) -> PrintedLine | None:
    source = table.spec.source
    if source is None or cell.source_line is None or not source.document.endswith(".txt"):
        return None
    path = home.root / source.document
    try:
        if source.sha256 is None:
            entry = read_seeds(path, source.document).lines.get(cell.source_line)
            line = (" … ".join(entry.fragments) if entry.text is None else entry.text) if entry else ""
        else:
            line = _line(read_text(path, source.document), cell.source_line)
    except AmyqaError:
        return None
    row = table.rows[(cell.id - 1) // len(table.columns)]
    start = _found(line, row.tokens, (cell.id - 1) % len(table.columns), len(" ".join(row.keys)))
    return (
        _cut(f"{source.document}, line {cell.source_line}", line, start, cell.token.strip()) if line else None
    )


def _in_file(cell: Cell, table: Table, home: Yearbook) -> PrintedLine:
    """The line of the file that holds the cell; of a workbook, its address and what it holds."""
    place = f"{cell.file}, {cell.address}" if cell.address else f"{cell.file}, line {cell.line}"
    span = table.origin.spans({(cell.line, cell.position)}).get((cell.line, cell.position))
    path = home.root / cell.file
    if span is not None and path.suffix.lower() in _TEXTS and span.line == span.end_line:
        try:
            line = _line(read_text(path, cell.file), span.line)
        except AmyqaError:
            line = ""
        if line[span.column - 1 : span.end_column - 1] == span.text:
            return _cut(place, line, span.column - 1, span.text)
    return PrintedLine(place, "", cell.token.strip() or "blank", "")


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""


def _found(line: str, tokens: tuple[str, ...], column: int, label: int) -> int:
    """Where a row's token stands in a line; -1: nowhere, or in more places than one.

    The tokens of a row stand one behind the other, after its label; where they do not, one that stands
    there only once is found all the same.
    """
    token = tokens[column].strip()
    if not token:
        return -1
    for start in (min(label, len(line)), 0):
        at, found = start, -1
        for number, each in enumerate(tokens):
            if not each.strip():
                continue
            here = _word(line, each.strip(), at)
            if here < 0:
                break
            if number == column:
                found = here
            at = here + len(each.strip())
        else:
            return found
    first = _word(line, token, 0)
    return first if first >= 0 and _word(line, token, first + 1) < 0 else -1


def _word(line: str, token: str, start: int) -> int:
    """Where a token stands as a word by itself, from a place on; -1: nowhere."""
    at = line.find(token, start)
    while at >= 0:
        before, after = line[at - 1 : at] or " ", line[at + len(token) : at + len(token) + 1] or " "
        if not (before.isalnum() or after.isalnum()):
            return at
        at = line.find(token, at + 1)
    return -1


def _cut(place: str, line: str, start: int, token: str) -> PrintedLine:
    if start < 0:
        return PrintedLine(place, line[:MAX_LINE], "", "")
    before, after = line[:start], line[start + len(token) :]
    room = max(0, (MAX_LINE - len(token)) // 2)
    before = before if len(before) <= room else f"…{before[-room:]}"
    after = after if len(after) <= room else f"{after[:room]}…"
    return PrintedLine(place, before, token, after)
