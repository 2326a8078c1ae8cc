"""CSV: read with the delimiter that is declared, or by its dialect; tokens written back in their fields."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from amyqa.errors import BadInput, Problem
from amyqa.sources.dialects import guess
from amyqa.sources.fields import NAMES, Records, split, text_sheet, written
from amyqa.sources.files import read_text
from amyqa.sources.sheet import Edits, Part, Sheet

_BOM = "\ufeff"


def read(path: Path, shown: str, part: Part) -> Sheet:
    """Read a CSV with the delimiter that is declared.

    Raises:
        BadInput: as :func:`~amyqa.sources.files.read_text` and :func:`split`; another delimiter.
    """
    text = read_text(path, shown)
    _check_delimiter(text, shown, part.delimiter)
    lines = split(text, shown, part.delimiter)
    if lines and len(lines[0].fields) == 1 and any(len(line.fields) > 1 for line in lines):
        message = f"is no CSV of columns: its first line holds no {NAMES.get(part.delimiter, 'delimiter')}"
        raise BadInput([Problem(message, "the first line names the columns", shown, lines[0].number)])
    return text_sheet(text, shown, part.delimiter, lines)


def sheets(path: Path, shown: str, within: tuple[int, int] | None = None) -> list[Sheet]:
    """Read a CSV of any dialect.

    Raises:
        BadInput: it is no table.
    """
    return [guess(read_text(path, shown), shown)]


def _check_delimiter(text: str, shown: str, delimiter: str) -> None:
    """Refuse a file whose first line holds another delimiter than the one declared."""
    lines = enumerate(io.StringIO(text, newline=""), 1)
    number, first = next(((n, line) for n, line in lines if line.strip()), (1, ""))
    for other, name in NAMES.items():
        if delimiter not in first and other in first:
            hint = f'declare delimiter: "{other if other != chr(9) else chr(92) + "t"}" in the YAML'
            raise BadInput([Problem(f"is separated by {name}s", hint, shown, number, 1)])


# --- places ---


def replace(raw: bytes, shown: str, part: Part, edits: Edits) -> bytes:
    """The same file with other tokens in some fields, and every other byte as it was.

    Raises:
        BadInput: a field no longer holds its old token.
    """
    text = raw.decode("utf-8", "surrogateescape")
    bom, text = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    parts, left = [bom], dict(edits)
    records = Records(io.StringIO(text, newline=""), part.delimiter)
    try:
        for begin, lines, fields in records:
            record, end = "".join(lines), 0
            for position, (start, stop) in enumerate(records.ranges(record, fields), 1):
                if (begin, position) in left and left[begin, position][0] == fields[position - 1]:
                    _, new = left.pop((begin, position))
                    parts += [record[end:start], written(new, record[start:stop], part.delimiter)]
                    end = stop
            parts.append(record[end:])
    except csv.Error as error:
        raise _changed(shown, records.begin, 1, "CSV") from error
    for (line, position), (old, _) in left.items():
        raise _changed(shown, line, position, repr(old))
    return "".join(parts).encode("utf-8", "surrogateescape")


def _changed(shown: str, line: int, position: int, what: str) -> BadInput:
    message = f"no longer holds {what}: it was changed while amyqa read it"
    return BadInput([Problem(message, "run amyqa again", shown, line, position)])
