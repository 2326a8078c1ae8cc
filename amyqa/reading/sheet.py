"""CSV as spreadsheets export it, as lines of fields."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from amyqa.errors import BadInput, Problem
from amyqa.reading.files import read_text

MAX_FIELD = 10_000
_OTHER_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True, slots=True)
class Line:
    """One record: the 1-based line it begins on, and its fields as printed."""

    number: int
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file: its header and its records, blank lines left out."""

    shown: str
    header: Line
    lines: tuple[Line, ...]


def read_sheet(path: Path, shown: str, delimiter: str = ",") -> Sheet:
    """Read a CSV file.

    Args:
        path: the file (UTF-8, with or without byte order mark; any line ends).
        shown: its name for people.
        delimiter: what separates the fields, as the spec declares it.

    Raises:
        BadInput: every defect at once: empty, header only, ragged, unbalanced quotes, a field of
            more than 10,000 characters, labels missing or repeated in the header.
    """
    text = read_text(path, shown)
    lines = _lines(text, shown, delimiter)
    if not lines:
        raise BadInput([Problem("is empty", "the first line names the columns", file=shown, line=1)])
    header, *body = lines
    problems = _header_problems(header, shown, delimiter)
    width = len(header.fields)
    for line in body:
        if len(line.fields) != width:
            message = f"has {len(line.fields)} fields where the header has {width}"
            mend = "quote a number that holds the delimiter, and keep blank fields"
            problems.append(Problem(message, mend, shown, line.number, min(len(line.fields), width) + 1))
    if not body and not problems:
        problems.append(Problem("has a header and no rows", "add the table's rows", shown, header.number))
    if problems:
        raise BadInput(problems)
    return Sheet(shown, header, tuple(body))


def _lines(text: str, shown: str, delimiter: str) -> list[Line]:
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[Line] = []
    begin = 1
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                lines.append(Line(begin, tuple(fields)))
            begin = reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            message, mend = f"holds a field of more than {MAX_FIELD:,} characters", "is a quote left open?"
        else:
            message, mend = f"is not CSV: {error}", 'double a quote inside a field ("") and close each field'
        raise BadInput([Problem(message, mend, file=shown, line=begin)]) from error
    return lines


def _header_problems(header: Line, shown: str, delimiter: str) -> list[Problem]:
    problems: list[Problem] = []
    if len(header.fields) == 1:
        for other, name in _OTHER_DELIMITERS.items():
            if other != delimiter and other in header.fields[0]:
                advice = f'declare delimiter: "{other if other != chr(9) else chr(92) + "t"}" in the YAML'
                return [Problem(f"is separated by {name}s", advice, shown, header.number, 1)]
    seen: dict[str, int] = {}
    for position, label in enumerate(header.fields, 1):
        if not label.strip() and position > 1:
            advice = "name it, or remove it"
            problems.append(Problem("a column has no label", advice, shown, header.number, position))
        elif (first := seen.setdefault(label.strip(), position)) != position:
            message = f"the label {label.strip()!r} stands in columns {first} and {position}"
            advice = "give each column its own label"
            problems.append(Problem(message, advice, shown, header.number, position))
    return problems
