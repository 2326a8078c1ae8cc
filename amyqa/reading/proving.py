"""Proving every token of a table by the document that it was taken from: workbook, page or text."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from amyqa.errors import Problem, Problems, Untraced
from amyqa.model import Row, SourceSpec, Table
from amyqa.reading.printproof import prove_print
from amyqa.reading.tokens import normalise, shorten
from amyqa.sources import Part, source_of
from amyqa.sources.cells import Box, qualified
from amyqa.sources.files import read_bytes

_OURS = re.compile(r"–|\(\d+\)|Column")
"""Words of labels that intake puts there: between lines of a header, behind one that appears twice."""


def prove(table: Table, path: Path, shown: str) -> int:
    """Prove every token of a table, and every word of its columns' labels.

    Args:
        path: the document.
        shown: its name for people.

    Returns:
        The number of cells that are proved, blank ones not counted.

    Raises:
        BadInput: the document cannot be read.
        Untraced: it is another document; or tokens that are not what it holds, the first of each row.
    """
    source = table.spec.source
    assert source is not None
    found = hashlib.sha256(read_bytes(path, shown)).hexdigest()
    if found != source.sha256:
        message = f"is not the document that {table.id} was taken from: its SHA-256 is {found}"
        raise Untraced([Problem(message, f"bring back the one with {source.sha256}", file=shown)])
    if len(source.lines) != len(table.rows):
        message = f"has {len(table.rows)} rows, and names {len(source.lines)} lines of {shown}"
        raise Untraced([Problem(message, "correct lines: in the YAML, or the rows", file=table.file)])
    problems = Problems()
    if (words := getattr(source_of(path), "words", None)) is not None:
        prove_print(table, words(path, shown, source.lines), source.lines, shown, problems)
        problems.raise_if_any()
        return _count(table)
    lines = _lines(path, shown, source)
    _prove_header(table, lines, source, shown, problems)
    for row, number in zip(table.rows, source.lines, strict=True):
        _prove_row(table, row, lines.get(number, ()), number, source, shown, problems)
    problems.raise_if_any()
    return _count(table)


def _count(table: Table) -> int:
    return sum(bool(token.strip()) for row in table.rows for token in row.tokens)


def _lines(path: Path, shown: str, source: SourceSpec) -> Mapping[int, Sequence[str]]:
    """The document's lines by their numbers; of a sheet, each from its first column on."""
    if source.sheet is None:
        sheets = source_of(path).sheets(path, shown)
    else:
        last = max([*source.lines, *source.header], default=1)
        whole = Box(1, 1, last, max(source.columns, default=1))
        sheets = [source_of(path).read(path, shown, Part(sheet=source.sheet, range=str(whole)))]
    return {line.number: line.fields for sheet in sheets for line in sheet.lines}


def _prove_header(
    table: Table, lines: Mapping[int, Sequence[str]], source: SourceSpec, shown: str, problems: Problems
) -> None:
    if not source.header:
        return
    printed = {word for number in source.header for field in lines.get(number, ()) for word in _words(field)}
    for label in (*table.key_columns, *table.columns):
        missing = [word for word in _words(label) if word not in printed and not _OURS.fullmatch(word)]
        if missing:
            message = f"the column label {shorten(label)} is not in the header of {shown}"
            hint = "correct the label, or header: in the YAML"
            problems.add(Untraced, Problem(message, hint, table.file, 1))


def _words(text: str) -> list[str]:
    return normalise(text).split()


def _prove_row(
    table: Table,
    row: Row,
    fields: Sequence[str],
    number: int,
    source: SourceSpec,
    shown: str,
    problems: Problems,
) -> None:
    """The first token of a row that is not what the document holds."""
    keys = [i for i in range(1, len(row.keys) + len(row.tokens) + 1) if i not in table.positions]
    tokens = dict(zip(keys, row.keys, strict=False)) | dict(zip(table.positions, row.tokens, strict=True))
    for position, token in sorted(tokens.items()):
        column = source.columns[position - 1] if position <= len(source.columns) else position
        held = fields[column - 1] if column <= len(fields) else ""
        if held.strip() == token.strip() or (position in keys and not held.strip()):
            continue  # a label that stands in several rows at once is written in each
        where = qualified(source.sheet, number, column) if source.sheet else f"line {number}"
        found = shorten(held) if held.strip() else "a blank"
        message = f"{shorten(token)} is not what {shown} holds at {where}: {found}"
        hint = "correct the CSV to the document, or source: in the YAML"
        problems.add(Untraced, Problem(message, hint, table.file, row.line, position))
        return
