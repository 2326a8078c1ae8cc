"""Tracing every token of a table back to its line in the print.

Nothing here knows what a number means; a token is traced when the print has exactly it, exactly
there.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple, NoReturn

from amyqa.errors import BadInput, Problem, Untraced
from amyqa.model import FieldType, Row, SourceSpec, Table
from amyqa.reading.seeds import SeedLine, Seeds
from amyqa.reading.tokens import normalise, shorten

_ORDINAL = re.compile(r"[0-9]{1,3}\.")
_NUMBER = re.compile(r"\d(?:[\d.,]*\d)?")
_DIGIT = re.compile(r"\d")
# fields that point at cells or say how to compare them: ours, not the print's
_UNPRINTED = ("table", "row", "column", "relation", "measure")
# a head stands alone on its line: a year, or one word (a month in any language)
_HEADS: dict[str, re.Pattern[str]] = {"year": re.compile(r"\d{4}"), "month": re.compile(r"[^\W\d_]+\.?")}


def source_lines(table: Table, seeds: Seeds) -> tuple[int | None, ...]:
    """Printed line of every row, found by what the row holds, not by its place in the CSV.

    Returns:
        Along the table's rows: the line that prints label and tokens; failing that, the line that
        begins with the label; else None. For records, the first of the lines they name.

    Raises:
        BadInput: the seeds do not carry the lines that the spec names.
    """
    if (source := table.spec.source) is None:
        return (None,) * len(table.rows)
    if (fields := table.spec.fields) is not None:
        entries = _Records(table, source, fields, seeds).entries
        return tuple(entry.number if entry else None for entry in entries)
    return tuple(place.line if place else None for place in _Grid(table, source, seeds).places)


def trace(table: Table, seeds: Seeds) -> int:
    """Trace every printed token of a table to its line: labels, cells, the figures in records.

    Returns:
        The number of cells whose token was traced, blank ones not counted; 0 without a source.

    Raises:
        Untraced: at the first token that does not stand where it should, or at the first printed
            row that the table lacks.
    """
    if (source := table.spec.source) is None:
        return 0
    _trace_header(table, source, seeds)
    if (fields := table.spec.fields) is not None:
        return _Records(table, source, fields, seeds).trace()
    return _Grid(table, source, seeds).trace()


def _trace_header(table: Table, source: SourceSpec, seeds: Seeds) -> None:
    """Every word of a column's label is printed, and the labels' last words run as the columns do."""
    lines = [normalise(entry.text or "").split() for entry in _whole(table, source.header, seeds)]
    reached = [0] * len(lines)
    for position, label in _column_labels(table):
        words = label.split()
        # a label that is not printed (no header lines) is ours: it must not pretend to a figure
        stands = not _DIGIT.search(label)
        if lines and words:
            # the lowest line names single columns, those above it groups of columns
            tier = max((i for i, line in enumerate(lines) if words[-1] in line), default=0)
            stands = words[-1] in lines[tier][reached[tier] :]
            stands &= all(any(word in line for line in lines) for word in words)
            if stands:
                reached[tier] = lines[tier].index(words[-1], reached[tier]) + 1
        if not stands:
            where = f"at lines {_span(source.header)} of {seeds.shown}" if lines else "in any header line"
            message = f"the column label {shorten(label)} is not printed {where}"
            advice = "correct the label, or header: in the YAML"
            raise Untraced([Problem(message, advice, file=table.file, line=1, column=position)])


def _column_labels(table: Table) -> list[tuple[int, str]]:
    """Positions and labels of all columns, the key columns' among them."""
    labels = [*zip(_key_positions(table), table.key_columns, strict=False)]
    return sorted([*labels, *zip(table.positions, table.columns, strict=True)])


def _key_positions(table: Table) -> list[int]:
    count = len(table.rows[0].keys) if table.rows and table.spec.fields is None else 0
    return [i for i in range(1, count + len(table.columns) + 1) if i not in table.positions]


def _whole(table: Table, lines: Iterable[int], seeds: Seeds) -> list[SeedLine]:
    """Whole printed lines, none left out."""
    for number in lines:
        if number not in seeds.lines or seeds.lines[number].text is None:
            message = f"does not carry the whole of line {number}, which {table.id} names as its source"
            raise BadInput([Problem(message, f"add {number}|…|, or correct source:", file=seeds.shown)])
    return [seeds.lines[number] for number in lines]


def _stray(table: Table, row: Row, position: int, message: str) -> NoReturn:
    advice = "correct the CSV to the print, or source: in the YAML"
    raise Untraced([Problem(message, advice, file=table.file, line=row.line, column=position)])


def _lacking(table: Table, seeds: Seeds, entry: SeedLine, what: object, line: int | None = None) -> NoReturn:
    message = f"lacks what {seeds.shown} prints at {entry.name}: {what}"
    raise Untraced([Problem(message, "add the row, or the figure", file=table.file, line=line)])


def _span(lines: Iterable[int]) -> str:
    numbers = sorted(lines)
    return f"{numbers[0]}-{numbers[-1]}" if numbers else "none"


def _is_dash(word: str) -> bool:
    return all(unicodedata.category(char) == "Pd" or char == "−" for char in word)


class _Place(NamedTuple):
    """Where a row is printed: words `start` to `end` of a line; its tokens begin at `tokens`."""

    line: int
    start: int
    tokens: int
    end: int


class _Grid:
    """Rows of cells, each on one printed line.

    A table with one column of cells may be printed as a list: in front of a line's first item
    stand words without figures, and ordinals (``1.``) around items. In any other table a line
    holds the row's label and tokens, and nothing else.
    """

    def __init__(self, table: Table, source: SourceSpec, seeds: Seeds) -> None:
        self.table, self.seeds = table, seeds
        body = [number for number in source.lines if number not in source.header]
        self.entries = {entry.number: entry for entry in _whole(table, body, seeds)}
        self.words = {number: entry.words for number, entry in self.entries.items()}
        self.spaced = source.blanks == "spaced"
        self.listed = len(table.columns) == 1 and not self.spaced
        self.taken: dict[int, set[int]] = defaultdict(set)
        self.places = self._find()

    def _find(self) -> list[_Place | None]:
        """First the rows that stand in print word for word, then those whose label does."""
        begins: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, words in self.words.items():
            for i, word in enumerate(words if self.listed else words[:1]):
                begins[word].append((number, i))
        places: list[_Place | None] = [None] * len(self.table.rows)
        for exact in (True, False):
            for r, row in enumerate(self.table.rows):
                label = " ".join(row.keys).split()
                for number, start in begins[label[0]] if label and places[r] is None else ():
                    place = self._place(number, start, label)
                    if place is None or self.taken[number] & set(range(start, place.end)):
                        continue
                    if not exact or self._unprinted(row, place) is None:
                        places[r] = place
                        self.taken[number] |= set(range(start, place.end))
                        break
        return places

    def _place(self, number: int, start: int, label: list[str]) -> _Place | None:
        words = self.words[number]
        tokens = end = start + len(label)
        if words[start:tokens] != label:
            return None
        if not self.listed:
            return _Place(number, start, tokens, len(words))
        while end < len(words) and not _ORDINAL.fullmatch(words[end]):
            end += 1
        # "Thailand - 182,007": a dash before something else is punctuation; alone, it is the token
        return _Place(number, start, tokens + (end - tokens > 1 and _is_dash(words[tokens])), end)

    def trace(self) -> int:
        """Count the tokens of all rows, or raise at the first stray one."""
        for row, place in zip(self.table.rows, self.places, strict=True):
            if place is None:
                self._fail(row, None, self._likely(row))
            spaced = self.spaced and row.label not in self.table.spec.uncertain
            stray = self._misplaced(row, place) if spaced else self._unprinted(row, place)
            if stray is not None:
                self._fail(row, stray, place.line)
        for number, words in self.words.items():
            if not self._accounted(words, self.taken[number]):
                _lacking(self.table, self.seeds, self.entries[number], self.entries[number])
        return sum(bool(token.strip()) for row in self.table.rows for token in row.tokens)

    def _unprinted(self, row: Row, place: _Place) -> int | None:
        """0-based number of the first token that is not the next printed word (or words)."""
        at = place.tokens
        for i, token in enumerate(row.tokens):
            words = token.split()
            if self.words[place.line][at : min(at + len(words), place.end)] != words:
                return i
            at += len(words)
        return None if at == place.end else len(row.tokens) - 1

    def _misplaced(self, row: Row, place: _Place) -> int | None:
        """The same where the print keeps blank cells: the line is rebuilt, blank by blank.

        A cell is a space and its token; a figure (it begins with a digit) has one more space.
        """
        line, at = (self.entries[place.line].text or "").lstrip(), len(" ".join(row.keys))
        for i, token in enumerate(row.tokens):
            cell = f" {token} " if _DIGIT.match(token) else f" {token}"
            if not line.startswith(cell, at) or line[at + len(cell) :][:1].strip():
                return i
            at += len(cell)
        return None if at == len(line) else len(row.tokens) - 1

    def _accounted(self, words: list[str], taken: set[int]) -> bool:
        """Whether rows hold all of a line but ordinals and the words in front of a list."""
        leading = self.listed and bool(taken)
        for i, word in enumerate(words):
            if i in taken or (self.listed and _ORDINAL.fullmatch(word)):
                leading = False
            elif not leading or _DIGIT.search(word) or _is_dash(word):
                return False
        return True

    def _likely(self, row: Row) -> int | None:
        """The line without a row that has most words in common with this one."""
        have = Counter(" ".join([*row.keys, *row.tokens]).split())
        common = {n: (have & Counter(w)).total() for n, w in self.words.items() if not self.taken[n]}
        best = max(common, key=lambda number: common[number], default=None)
        return best if best is not None and common[best] else None

    def _fail(self, row: Row, column: int | None, line: int | None) -> NoReturn:
        """Raise at a row's token (None: its label)."""
        table, seeds = self.table, self.seeds
        if column is None:
            token, name, position = " ".join(row.keys), "the row's label", _key_positions(table)[0]
        else:
            token, name = row.tokens[column], f"column {table.columns[column]!r}"
            position = table.positions[column]
        if line is None:
            where = f"anywhere on the free ones of lines {_span(self.words)} of {seeds.shown}"
        else:
            where = f"like this at line {line} of {seeds.shown}: {self.entries[line]}"
        _stray(table, row, position, f"{shorten(token)} ({name}) is not printed {where}")


class _Records:
    """Claims and events: each names the passage it rests on, and the figures of both must agree."""

    def __init__(
        self, table: Table, source: SourceSpec, fields: Mapping[str, FieldType], seeds: Seeds
    ) -> None:
        self.table, self.seeds = table, seeds
        kinds = {normalise(label): kind for label, kind in fields.items()}
        self.kinds = [kinds.get(normalise(label), "text") for label in table.columns]
        if "lines" not in self.kinds:
            message = "cannot be traced: no field holds the lines of its records"
            raise BadInput([Problem(message, "add a column of kind lines", file=table.file)])
        inside = set(source.lines)
        self.known = {entry.name: entry for entry in seeds.lines.values() if entry.number in inside}
        self.heads = {
            kind: [e for e in self.known.values() if e.text and pattern.fullmatch(e.text.strip())]
            for kind, pattern in _HEADS.items()
        }
        at = self.kinds.index("lines")
        self.entries = [self.known.get(row.tokens[at].strip()) for row in table.rows]

    def trace(self) -> int:
        """Count the traced fields of all records, or raise at the first stray token."""
        used: dict[str, set[str]] = defaultdict(set)
        count = 0
        for row, entry in zip(self.table.rows, self.entries, strict=True):
            words = entry.words if entry else []
            for i, (kind, token) in enumerate(zip(self.kinds, row.tokens, strict=True)):
                if kind in _UNPRINTED:
                    continue
                if not self._stands(kind, token.strip(), entry, words):
                    where = f"at {entry.name} of {self.seeds.shown}: {entry}" if entry else "as a passage"
                    where = f"nearest above, or {where}" if entry and kind in _HEADS else where
                    message = f"{shorten(token)} (column {self.table.columns[i]!r}) is not printed {where}"
                    _stray(self.table, row, self.table.positions[i], message)
                if entry and kind != "lines":
                    used[entry.name] |= set(_NUMBER.findall(token))
                count += bool(_NUMBER.search(token) if kind == "text" else token.strip())
        heads = [head.name for heads in self.heads.values() for head in heads]
        for entry in self.known.values():
            left = sorted(set(_numbers(entry.words)) - used[entry.name])
            if entry in self.entries and left:
                row = self.table.rows[self.entries.index(entry)]
                _lacking(self.table, self.seeds, entry, ", ".join(left), row.line)
            if entry not in self.entries and entry.name not in heads and entry.words:
                _lacking(self.table, self.seeds, entry, entry)
        return count

    def _stands(self, kind: FieldType, token: str, entry: SeedLine | None, words: list[str]) -> bool:
        """Whether a field's token is in print; a day takes its word out of the passage's words."""
        if kind == "lines" or entry is None:
            return entry is not None
        if kind in _HEADS:
            above = [head for head in self.heads[kind] if head.number <= entry.number]
            return token in (above[-1].words if above else words)
        if kind == "day":
            if token in words:
                words.remove(token)  # a text that repeats the figure speaks of something else
                return True
            return not token
        if kind == "number":
            return token in _numbers(words) or f" {token} " in f" {' '.join(words)} "
        return not Counter(_NUMBER.findall(token)) - Counter(_numbers(words))


def _numbers(words: Iterable[str]) -> list[str]:
    return [number for word in words for number in _NUMBER.findall(word)]
