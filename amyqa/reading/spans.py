"""Where the fields of a CSV stand, character by character."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence

from amyqa.model import Span

_LINE_END = re.compile(r"\r\n|\r|\n")
_QUOTED = re.compile(r'"(?:[^"]|"")*+"')
_BOM = "\ufeff"

Range = tuple[int, int]
"""From a character to behind another one, counted from 0."""


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[Range]]]:
    """The records of a CSV: the 1-based line each begins on, and where its fields stand, quotes included."""
    stop = re.compile(rf"[{re.escape(delimiter)}\r\n]")
    at, line = int(text.startswith(_BOM)), 1
    while at < len(text):
        first, fields = at, []
        while True:
            start = at
            if quoted := _QUOTED.match(text, at):
                at = quoted.end()
            found = stop.search(text, at)
            at = found.start() if found else len(text)
            fields.append((start, at))
            if not text.startswith(delimiter, at):
                break
            at += 1
        ended = _LINE_END.match(text, at)
        at = ended.end() if ended else at
        yield line, fields
        line += sum(1 for _ in _LINE_END.finditer(text, first, at))


def spans(text: str, delimiter: str, wanted: Collection[tuple[int, int]]) -> Mapping[tuple[int, int], Span]:
    """Where these fields stand, each named by the line its record begins on and its 1-based position."""
    lines = {line for line, _ in wanted}
    last = max(lines, default=0)
    found = {}
    for line, fields in records(text, delimiter):
        if line > last:
            break
        if line in lines:
            ends = _LINE_END.finditer(text, fields[0][0], fields[-1][1])
            begins = [fields[0][0], *(end.end() for end in ends)]
            for position, field in enumerate(fields, 1):
                if (line, position) in wanted:
                    found[line, position] = _span(text, line, begins, field)
    return found


def _span(text: str, line: int, begins: Sequence[int], field: Range) -> Span:
    """The span of one field of a record that begins on `line`, whose lines begin at these characters."""

    def place(at: int) -> tuple[int, int]:
        number = bisect_right(begins, at) - 1
        return line + number, at - begins[number] + 1

    return Span(*place(field[0]), *place(field[1]), text[slice(*field)])


def quoted(token: str, old: str, delimiter: str) -> str:
    """A token for the place of a field: quoted where the old one was, and where the token needs it."""
    if old.startswith('"') or token.startswith('"') or any(c in token for c in (delimiter, "\r", "\n")):
        return '"' + token.replace('"', '""') + '"'
    return token
