"""A CSV with some fields replaced, and every other byte as it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from amyqa.errors import BadInput, Problem
from amyqa.model import Cell

_LINE_END = re.compile(r"\r\n|\r|\n")
_QUOTED = re.compile(r'"(?:[^"]|"")*+"')
_BOM = "\ufeff"

Span = tuple[int, int]


def replaced(raw: bytes, delimiter: str, tokens: Mapping[Cell, str]) -> bytes:
    """The same file with other tokens in these cells.

    Raises:
        BadInput: a field no longer holds what was read from it.
    """
    text = raw.decode("utf-8", "surrogateescape")
    spans = _spans(text, delimiter, {(cell.line, cell.position) for cell in tokens})
    places: dict[Span, str] = {}
    for cell, token in tokens.items():
        span = spans.get((cell.line, cell.position))
        if span is None or _unquoted(text[slice(*span)]) != cell.token:
            message = f"no longer holds {cell.token!r}: it was changed while amyqa read it"
            raise BadInput([Problem(message, "run amyqa again", cell.file, cell.line, cell.position)])
        places[span] = token
    parts, end = [], 0
    for span, token in sorted(places.items()):
        parts += [text[end : span[0]], _quoted(token, text[slice(*span)], delimiter)]
        end = span[1]
    return "".join([*parts, text[end:]]).encode("utf-8", "surrogateescape")


def _spans(text: str, delimiter: str, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], Span]:
    found = {}
    for line, fields in records(text, delimiter):
        for position, span in enumerate(fields, 1):
            if (line, position) in wanted:
                found[line, position] = span
    return found


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[Span]]]:
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


def _unquoted(field: str) -> str:
    return field[1:-1].replace('""', '"') if field.startswith('"') else field


def _quoted(token: str, old: str, delimiter: str) -> str:
    """Quoted where the old field was, and where the token needs it."""
    if old.startswith('"') or token.startswith('"') or any(c in token for c in (delimiter, "\r", "\n")):
        return '"' + token.replace('"', '""') + '"'
    return token
