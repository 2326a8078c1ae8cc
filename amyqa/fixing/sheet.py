"""A CSV with some fields replaced, and every other byte as it was."""

from __future__ import annotations

from collections.abc import Mapping

from amyqa.errors import BadInput, Problem
from amyqa.model import Cell
from amyqa.reading.spans import Range, quoted, records


def replaced(raw: bytes, delimiter: str, tokens: Mapping[Cell, str]) -> bytes:
    """The same file with other tokens in these cells.

    Raises:
        BadInput: a field no longer holds what was read from it.
    """
    text = raw.decode("utf-8", "surrogateescape")
    spans = _spans(text, delimiter, {(cell.line, cell.position) for cell in tokens})
    places: dict[Range, str] = {}
    for cell, token in tokens.items():
        span = spans.get((cell.line, cell.position))
        if span is None or _unquoted(text[slice(*span)]) != cell.token:
            message = f"no longer holds {cell.token!r}: it was changed while amyqa read it"
            raise BadInput([Problem(message, "run amyqa again", cell.file, cell.line, cell.position)])
        places[span] = token
    parts, end = [], 0
    for span, token in sorted(places.items()):
        parts += [text[end : span[0]], quoted(token, text[slice(*span)], delimiter)]
        end = span[1]
    return "".join([*parts, text[end:]]).encode("utf-8", "surrogateescape")


def _spans(text: str, delimiter: str, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], Range]:
    found = {}
    for line, fields in records(text, delimiter):
        for position, span in enumerate(fields, 1):
            if (line, position) in wanted:
                found[line, position] = span
    return found


def _unquoted(field: str) -> str:
    return field[1:-1].replace('""', '"') if field.startswith('"') else field
