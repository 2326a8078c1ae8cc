"""CSV: lines of fields in a text, read by one tokenizer, which also says where each field stands."""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
from pathlib import Path

from amyqa.errors import BadInput, Problem
from amyqa.model import Field, Span
from amyqa.sources.files import read_text
from amyqa.sources.sheet import Edits, Line, Part, Sheet

MAX_FIELD = 10_000
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
"""What delimiters are called."""
_BOM = "\ufeff"

Range = tuple[int, int]
"""From a character to behind another one, counted from 0."""


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


def text_sheet(text: str, shown: str, delimiter: str, lines: Iterable[Line]) -> Sheet:
    """The sheet of a text that lines and a delimiter describe."""
    return Sheet(shown, tuple(lines), delimiter=delimiter, text=text, origin=Text(text, delimiter))


def sheets(path: Path, shown: str) -> list[Sheet]:
    """Read a CSV of any dialect.

    Raises:
        BadInput: it is no table.
    """
    from amyqa.sources.dialects import guess

    return [guess(read_text(path, shown), shown)]


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
    lines: list[Line] = []
    records = _Records(io.StringIO(text, newline=""), delimiter, quote=quote, padded=padded)
    try:
        for begin, raw, fields in records:
            if quote == '"' and any(quote in field for field in fields):
                _check_quotes("".join(raw), fields, shown, records, begin)
            if any(field.strip() for field in fields):
                lines.append(Line(begin, tuple(fields)))
    except csv.Error as error:
        if "field limit" in str(error):
            message, hint = f"holds a field of more than {MAX_FIELD:,} characters", "is a quote left open?"
        else:
            message = f"is not CSV: {error}"
            hint = f"double a quote inside a field ({2 * quote}) and close each field"
        raise BadInput([Problem(message, hint, file=shown, line=records.begin)]) from error
    return lines


@dataclass
class _Records:
    """The records of a CSV: the line each begins on, its text as lines, and its fields.

    Raises, when it is iterated:
        csv.Error: at a record that is not CSV; `begin` is its line.
    """

    source: Iterator[str]
    delimiter: str
    quote: str = '"'
    padded: bool = False
    begin: int = 1

    def __iter__(self) -> Iterator[tuple[int, list[str], list[str]]]:
        csv.field_size_limit(MAX_FIELD)
        raw: list[str] = []

        def lines() -> Iterator[str]:
            for line in self.source:
                raw.append(line)
                yield line

        reader = csv.reader(
            lines(), delimiter=self.delimiter, quotechar=self.quote, skipinitialspace=self.padded, strict=True
        )
        first = self.begin
        for fields in reader:
            yield self.begin, raw, fields
            self.begin = first + reader.line_num
            raw.clear()

    def ranges(self, raw: str, fields: Sequence[str]) -> Iterator[Range]:
        """Where the fields of a record stand in its text, quotes included."""
        at = 0
        for token in fields:
            while self.padded and raw.startswith(" ", at):
                at += 1
            quoted = _quoted(token, self.quote)
            end = at + (len(quoted) if raw.startswith(quoted, at) else len(token))
            yield at, end
            at = end + len(self.delimiter)


def _quoted(field: str, quote: str = '"') -> str:
    return f"{quote}{field.replace(quote, 2 * quote)}{quote}"


def _check_quotes(raw: str, fields: Sequence[str], shown: str, records: _Records, line: int) -> None:
    """Refuse a record in which quotes may hold a delimiter or not.

    A field that is not quoted may hold a quote, as ``5" pipe`` does. Where two such fields do, a
    delimiter stands between two quotes, and it may be that the first is a field's own, whose
    delimiter is missing.
    """
    stray = [
        number
        for number, (field, (start, end)) in enumerate(
            zip(fields, records.ranges(raw, fields), strict=True), 1
        )
        if end - start == len(field) and field.count('"') % 2
    ]
    if len(stray) > 1:
        message = f"has a quote inside the fields {stray[0]} and {stray[1]}, with a delimiter between them"
        hint = 'is a delimiter missing before the first? else quote each field and double its quotes ("")'
        raise BadInput([Problem(message, hint, shown, line, stray[0])])


def _check_delimiter(text: str, shown: str, delimiter: str) -> None:
    """Refuse a file whose first line holds another delimiter than the one declared."""
    lines = enumerate(io.StringIO(text, newline=""), 1)
    number, first = next(((n, line) for n, line in lines if line.strip()), (1, ""))
    for other, name in NAMES.items():
        if delimiter not in first and other in first:
            hint = f'declare delimiter: "{other if other != chr(9) else chr(92) + "t"}" in the YAML'
            raise BadInput([Problem(f"is separated by {name}s", hint, shown, number, 1)])


# --- places ---


@dataclass(frozen=True, eq=False)
class Text:
    """Where the fields of a CSV's text stand, found when they are asked for."""

    text: str = field(repr=False)
    delimiter: str

    def address(self, line: int, position: int) -> str:
        """A line's number is enough."""
        return ""

    def spans(self, wanted: Collection[Field]) -> Mapping[Field, Span]:
        """Where these fields stand; each record is looked up at the line it begins on."""
        found = {}
        rows, at = iter(io.StringIO(self.text, newline="")), 1
        for line in sorted({line for line, _ in wanted}):
            if line < at:
                continue  # inside the record before, so that no record begins there
            records = _Records(islice(rows, line - at, None), self.delimiter, begin=line)
            record = next(iter(records), None)
            if record is None:
                break
            raw, fields = list(record[1]), record[2]
            at = line + len(raw)
            ranges = records.ranges("".join(raw), fields)
            for position, place in enumerate(ranges, 1):
                if (line, position) in wanted:
                    found[line, position] = _span(raw, line, place)
        return found

    def written(self, token: str, span: Span) -> str:
        """A token quoted where the old one was, and where it must be."""
        return written(token, span.text, self.delimiter)


def _span(raw: Sequence[str], line: int, place: Range) -> Span:
    """The span of a part of a record, of which these are the lines."""
    begins = list(accumulate(map(len, raw), initial=0))[:-1]

    def where(at: int) -> tuple[int, int]:
        number = bisect_right(begins, at) - 1
        return line + number, at - begins[number] + 1

    return Span(*where(place[0]), *where(place[1]), "".join(raw)[slice(*place)])


def written(token: str, old: str, delimiter: str) -> str:
    """A token for the place of a field: quoted where the old one was, and where the token needs it."""
    if old.startswith('"') or token.startswith('"') or any(c in token for c in (delimiter, "\r", "\n")):
        return _quoted(token)
    return token


# --- edits ---


def replace(raw: bytes, shown: str, part: Part, edits: Edits) -> bytes:
    """The same file with other tokens in some fields, and every other byte as it was.

    Raises:
        BadInput: a field no longer holds its old token.
    """
    text = raw.decode("utf-8", "surrogateescape")
    bom, text = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    parts, left = [bom], dict(edits)
    records = _Records(io.StringIO(text, newline=""), part.delimiter)
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
