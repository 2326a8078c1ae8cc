"""CSV as spreadsheets export it, as lines of fields."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from amyqa.errors import BadInput, Problem, Problems
from amyqa.reading.files import read_text
from amyqa.reading.tokens import normalise

MAX_FIELD = 10_000
MAX_COLUMNS = 16_384
"""As many as a spreadsheet has."""
MAX_RAGGED = 200
"""After so many records that fit no header, the header is wrong, or the file is not this table's."""
_OTHER_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True, slots=True)
class Line:
    """One record: the 1-based line it begins on, and its fields as printed.

    A `ragged` one had more or fewer fields than the header, so that none but the first can be placed.
    """

    number: int
    fields: tuple[str, ...]
    ragged: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file: its header and its records, blank lines left out."""

    shown: str
    header: Line
    lines: tuple[Line, ...]


def read_sheet(path: Path, shown: str, delimiter: str, problems: Problems) -> Sheet | None:
    """Read a CSV file.

    Args:
        path: the file (UTF-8, with or without byte order mark; any line ends).
        shown: its name for people.
        delimiter: what separates the fields, as the spec declares it.
        problems: where every defect goes: empty, header only, ragged, unbalanced quotes, a field of
            more than 10,000 characters, labels missing or repeated in the header, too many columns.

    Returns:
        The sheet (only to be trusted when no problem was added), or None.
    """
    lines: list[Line] = []
    with problems.gathered():
        text = read_text(path, shown)
        _check_delimiter(text, shown, delimiter)
        lines = split(text, shown, delimiter)
        if not lines:
            raise BadInput([Problem("is empty", "the first line names the columns", file=shown, line=1)])
    if not lines:
        return None
    header, *body = lines
    if len(header.fields) > MAX_COLUMNS:
        message = f"has {len(header.fields):,} columns; at most {MAX_COLUMNS:,} are read"
        problems.add(BadInput, Problem(message, "split the table", shown, header.number))
        return None
    wrong = _header_problems(header, shown)
    if not body and not wrong:
        wrong.append(Problem("has a header and no rows", "add the table's rows", shown, header.number))
    width = len(header.fields)
    ragged = [line for line in body if len(line.fields) != width]
    names = tuple(map(normalise, header.fields))
    for line in body:
        if len(line.fields) == width > 1 and tuple(map(normalise, line.fields)) == names:
            problems.add(BadInput, Problem("repeats the header", "take the line out", shown, line.number))
    if width == 1 and ragged:
        message = (
            f"is no CSV of columns: its first line holds no {_OTHER_DELIMITERS.get(delimiter, 'delimiter')}"
        )
        wrong, ragged = [Problem(message, "the first line names the columns", shown, header.number)], []
    for problem in wrong + [_ragged(line, shown, width) for line in ragged[:MAX_RAGGED]]:
        problems.add(BadInput, problem)
    if more := len(ragged[MAX_RAGGED:]):
        message = f"{more:,} more lines have not as many fields as the header"
        problems.add(
            BadInput, Problem(message, "is the first line the header?", shown, ragged[MAX_RAGGED].number)
        )
    if wrong or more:
        return None
    return Sheet(shown, header, tuple(_filled(line, width) for line in body))


def _ragged(line: Line, shown: str, width: int) -> Problem:
    message = f"has {len(line.fields)} fields where the header has {width}"
    hint = "quote a number that holds the delimiter, and keep blank fields"
    return Problem(message, hint, shown, line.number, min(len(line.fields), width) + 1)


def _filled(line: Line, width: int) -> Line:
    if len(line.fields) == width:
        return line
    return Line(line.number, (line.fields[0], *[""] * (width - 1)), ragged=True)


def split(text: str, shown: str, delimiter: str, *, quote: str = '"', padded: bool = False) -> list[Line]:
    """The records of a CSV, blank ones left out.

    Args:
        text: of the file.
        shown: its name for people.
        delimiter, quote: one character each.
        padded: blanks behind a delimiter belong to it.

    Raises:
        BadInput: quotes that are not closed, or that may be read in two ways; a field of more than
            10,000 characters. The line is that on which the record begins.
    """
    csv.field_size_limit(MAX_FIELD)
    raw: list[str] = []

    def printed() -> Iterator[str]:
        for part in io.StringIO(text, newline=""):
            raw.append(part)
            yield part

    reader = csv.reader(printed(), delimiter=delimiter, quotechar=quote, skipinitialspace=padded, strict=True)
    lines: list[Line] = []
    begin = 1
    try:
        for fields in reader:
            if quote == '"' and any(quote in field for field in fields):
                _check_quotes("".join(raw), fields, shown, delimiter, begin, padded=padded)
            if any(field.strip() for field in fields):
                lines.append(Line(begin, tuple(fields)))
            begin = reader.line_num + 1
            raw.clear()
    except csv.Error as error:
        if "field limit" in str(error):
            message, hint = f"holds a field of more than {MAX_FIELD:,} characters", "is a quote left open?"
        else:
            message = f"is not CSV: {error}"
            hint = f"double a quote inside a field ({2 * quote}) and close each field"
        raise BadInput([Problem(message, hint, file=shown, line=begin)]) from error
    return lines


def _check_quotes(
    raw: str, fields: Sequence[str], shown: str, delimiter: str, line: int, *, padded: bool
) -> None:
    """Refuse a record in which quotes may hold a delimiter or not.

    A field that is not quoted may hold a quote, as ``5" pipe`` does. Where two such fields do, a
    delimiter stands between two quotes, and it may be that the first is a field's own, whose
    delimiter is missing.
    """
    stray = []
    rest = raw.rstrip("\r\n")
    for number, field in enumerate(fields, 1):
        rest = rest.lstrip(" ") if padded else rest
        quoted = '"' + field.replace('"', '""') + '"'
        width = len(quoted) if rest.startswith(quoted) else len(field)
        if width == len(field) and field.count('"') % 2:
            stray.append(number)
        rest = rest[width + len(delimiter) :]
    if len(stray) > 1:
        message = f"has a quote inside the fields {stray[0]} and {stray[1]}, with a delimiter between them"
        hint = 'is a delimiter missing before the first? else quote each field and double its quotes ("")'
        raise BadInput([Problem(message, hint, shown, line, stray[0])])


def _check_delimiter(text: str, shown: str, delimiter: str) -> None:
    """Refuse a file whose first line holds another delimiter than the one declared."""
    lines = enumerate(io.StringIO(text, newline=""), 1)
    number, first = next(((n, line) for n, line in lines if line.strip()), (1, ""))
    for other, name in _OTHER_DELIMITERS.items():
        if delimiter not in first and other in first:
            advice = f'declare delimiter: "{other if other != chr(9) else chr(92) + "t"}" in the YAML'
            raise BadInput([Problem(f"is separated by {name}s", advice, shown, number, 1)])


def _header_problems(header: Line, shown: str) -> list[Problem]:
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for position, label in enumerate(map(normalise, header.fields), 1):
        if not label and position > 1:
            advice = "name it, or remove it"
            problems.append(Problem("a column has no label", advice, shown, header.number, position))
        elif (first := seen.setdefault(label, position)) != position:
            message = f"the label {label!r} stands in columns {first} and {position}"
            advice = "give each column its own label"
            problems.append(Problem(message, advice, shown, header.number, position))
    return problems
