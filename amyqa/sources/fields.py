"""The fields of a text: one tokenizer for every dialect, which also says where each field stands."""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice

from amyqa.errors import BadInput, Problem
from amyqa.model import Field, Span
from amyqa.sources.sheet import Line, Sheet

MAX_FIELD = 10_000
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
"""What delimiters are called."""
_BOM = "\ufeff"

Range = tuple[int, int]
"""From a character to behind another one, counted from 0."""


def text_sheet(text: str, shown: str, delimiter: str, lines: Iterable[Line]) -> Sheet:
    """The sheet of a text that lines and a delimiter describe."""
    return Sheet(shown, tuple(lines), delimiter=delimiter, text=text, origin=Text(text, delimiter))


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
    once: dict[str, str] = {}  # most tokens stand there many times
    records = Records(io.StringIO(text, newline=""), delimiter, quote=quote, padded=padded)
    try:
        for begin, raw, fields in records:
            if quote == '"' and any(quote in field for field in fields):
                _check_quotes("".join(raw), fields, shown, records, begin)
            if any(field.strip() for field in fields):
                lines.append(Line(begin, tuple(map(once.setdefault, fields, fields))))
    except csv.Error as error:
        if "field limit" in str(error):
            message, hint = f"holds a field of more than {MAX_FIELD:,} characters", "is a quote left open?"
        else:
            message = f"is not CSV: {error}"
            hint = f"double a quote inside a field ({2 * quote}) and close each field"
        raise BadInput([Problem(message, hint, file=shown, line=records.begin)]) from error
    return lines


@dataclass
class Records:
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


def _check_quotes(raw: str, fields: Sequence[str], shown: str, records: Records, line: int) -> None:
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
            records = Records(islice(rows, line - at, None), self.delimiter, begin=line)
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
