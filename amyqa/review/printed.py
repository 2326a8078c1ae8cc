"""Where cells were printed: the lines of the source, with the tokens marked in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from amyqa.errors import AmyqaError
from amyqa.model import Cell, Table
from amyqa.project import Yearbook
from amyqa.reading.seeds import read_seeds
from amyqa.sources.files import read_text

MAX_LINE = 400
"""Of a longer line only so many characters around the tokens are shown."""
_TEXTS = (".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line with tokens in it.

    Args:
        place: what people call it, as ``seeds/cambodia-2005.txt, line 608``.
        pieces: the line in pieces, each with whether it is one of the tokens.
    """

    place: str
    pieces: tuple[tuple[str, bool], ...]

    @property
    def tokens(self) -> str:
        """The tokens, for whoever hears the line."""
        return ", ".join(text for text, marked in self.pieces if marked)


@dataclass(frozen=True, slots=True)
class _Found:
    """A line, and where in it a token stands; -1: not known."""

    place: str
    line: str
    start: int
    end: int


def printed_lines(
    cells: Iterable[Cell], tables: Mapping[str, Table], home: Yearbook
) -> tuple[PrintedLine, ...]:
    """The lines of the print that cells stand in, or of their files where no print is known; each once."""
    lines: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for cell in cells:
        if (table := tables.get(cell.table)) is not None:
            found = _in_print(cell, table, home) or _in_file(cell, table, home)
            lines.setdefault((found.place, found.line), []).append((found.start, found.end))
    return tuple(PrintedLine(place, _pieces(line, spans)) for (place, line), spans in lines.items())


def _pieces(line: str, spans: Iterable[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    known = sorted({span for span in spans if span[0] >= 0})
    left = max(0, known[0][0] - MAX_LINE // 2) if known else 0
    right = min(len(line), known[-1][1] + MAX_LINE // 2) if known else min(len(line), MAX_LINE)
    found, at = [("…", False)] if left else [], left
    for start, end in known:
        if start >= at:
            found += [(line[at:start], False), (line[start:end], True)]
            at = end
    found += [(line[at:right], False), *([("…", False)] if right < len(line) else [])]
    return tuple(piece for piece in found if piece[0])


def _in_print(cell: Cell, table: Table, home: Yearbook) -> _Found | None:
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
    place = f"{source.document}, line {cell.source_line}"
    return _Found(place, line, start, start + len(cell.token.strip())) if line else None


def _in_file(cell: Cell, table: Table, home: Yearbook) -> _Found:
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
            return _Found(place, line, span.column - 1, span.end_column - 1)
    token = cell.token.strip() or "blank"
    return _Found(place, token, 0, len(token))


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
