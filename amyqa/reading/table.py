"""A CSV and its YAML become a table: every token read, every label matched, every formula resolved.

Whatever is wrong in either file is gathered, so that an editor sees all of it at once.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from amyqa.errors import MOST_ADVISED, BadInput, BadSpec, Problem, Problems, close
from amyqa.model import Reading, Reference, Row, Stated, StatedFormula, Status, Table, Term
from amyqa.reading import formulas
from amyqa.reading.formulas import Formula, FormulaError, Label, Labels, Operand, Place
from amyqa.reading.records import claims, read_field
from amyqa.reading.sheet import Line, Sheet, read_sheet
from amyqa.reading.spec import EVERY_COLUMN, TEXT_COLUMN, Spec, is_left_out, read_spec
from amyqa.reading.tokens import UnreadableToken, normalise, shorten
from amyqa.reading.yamlfile import KeyPath, YamlFile

_NOTATION = {"decimal", "thousands", "nil", "missing", "multipliers", "notes"}
"""Keys that say how tokens are written; where one of them is wrong, no token can be judged."""
_MOST_ALIKE = 3
"""More unreadable tokens than these that differ in their digits alone are told as one."""


def read_table(
    id: str, csv_path: Path, yaml_path: Path, shown: tuple[str, str], problems: Problems
) -> Table | None:
    """Read one table.

    Args:
        id: its id, as ``2005/cambodia/deployed-to-malaysia``.
        shown: names of the CSV and of the YAML for people, relative to the yearbook.
        problems: where every mistake of both files goes.

    Returns:
        The table (only to be trusted when no problem was added), or None.
    """
    if (read := read_spec(yaml_path, shown[1], problems)) is None:
        return None
    spec, yaml_file, broken = read
    if "delimiter" in broken or (sheet := read_sheet(csv_path, shown[0], spec.delimiter, problems)) is None:
        return None
    table = _Builder(id, sheet, spec, yaml_file, problems, legible=not broken & _NOTATION).table()
    return table if "family" not in broken else None


class _Builder:
    def __init__(
        self,
        id: str,
        sheet: Sheet,
        spec: Spec,
        yaml_file: YamlFile,
        problems: Problems,
        *,
        legible: bool,
    ) -> None:
        self.id, self.sheet, self.spec, self.yaml, self.problems = id, sheet, spec, yaml_file, problems
        self.legible = legible
        self.misspelt: list[str] = []
        self.unread: dict[tuple[str, str], list[Problem]] = {}
        self.header = {normalise(label): i for i, label in enumerate(sheet.header.fields)}
        self.labels = [normalise(label) for label in sheet.header.fields]

    def table(self) -> Table | None:
        """Match labels, read tokens, resolve formulas."""
        keys = self._key_columns()
        cells = self._cell_columns(keys)
        if not cells:
            message = "has no column of cells"
            self.problems.add(
                BadInput, Problem(message, "add a column", self.sheet.shown, self.sheet.header.number)
            )
            return None
        labels = self._row_labels(keys)
        readers = [self._reader(i) for i in cells]
        rows = tuple(
            self._row(line, label, keys, cells, readers)
            for line, label in zip(self.sheet.lines, labels, strict=True)
        )
        self._tell_unread()
        table = Table(
            id=self.id,
            file=self.sheet.shown,
            spec=self.spec,
            columns=tuple(self.labels[i] for i in cells),
            positions=tuple(i + 1 for i in cells),
            rows=rows,
            key_columns=tuple(self.labels[i] for i in keys),
            stands=self.yaml.stands(2),
        )
        self._check_rows(table)
        if self.spec.fields is not None:
            stated = claims(table)
        else:
            stated = Stated(_Stated(table, self.yaml, self.problems).all())
        return dataclasses.replace(table, stated=stated)

    def _unknown_column(self, path: KeyPath, label: str) -> None:
        message = f"{self.sheet.shown} has no column {label!r}"
        advice = self.problems.nearest(label, self.labels)
        self.problems.add(BadSpec, self.yaml.problem(path, message, advice))
        self.misspelt.append(label)

    def _key_columns(self) -> list[int]:
        if self.spec.fields is not None:
            return []
        if not self.spec.rows.dimensions:
            return [0]
        keys = []
        for label in self.spec.rows.dimensions:
            if (i := self.header.get(normalise(label))) is None:
                self._unknown_column(("rows", "dimensions", label), label)
            else:
                keys.append(i)
        return keys

    def _cell_columns(self, keys: Sequence[int]) -> list[int]:
        """Every column that is not a key; the spec must name each, unless it has formulas only."""
        section = "columns" if self.spec.fields is None else "fields"
        named: Mapping[str, Any] | None = getattr(self.spec, section)
        known: dict[str, str] = {}
        for label in named or ():
            if (other := known.setdefault(normalise(label), label)) != label:
                message = f"names the same column as {other!r}"
                self.problems.add(BadSpec, self.yaml.problem((section, label), message, "keep one of them"))
            elif normalise(label) not in self.header:
                self._unknown_column((section, label), label)
            elif self.header[normalise(label)] in keys:
                message = f"{label!r} holds the labels of the rows"
                self.problems.add(
                    BadSpec, self.yaml.problem((section, label), message, "take it out of columns")
                )
        cells = [i for i in range(len(self.labels)) if i not in keys]
        unnamed = dict.fromkeys(self.labels[i] for i in cells if named is not None)
        unnamed = {label: None for label in unnamed if label not in known}
        for label in self.misspelt[:MOST_ADVISED]:  # told already: it is the other half of the same mistake
            unnamed.pop(close(label, unnamed) or "", None)
        for i in cells:
            if self.labels[i] in unnamed:
                advice = "name it with its coordinates, with {} (outside any sum), or with text"
                if section == "fields":
                    advice = "name it with the kind of its field"
                message = f"the column {self.labels[i]!r} of {self.sheet.shown} is not named"
                self.problems.add(BadSpec, self.yaml.problem((section,), message, advice))
        return cells

    def _row_labels(self, keys: Sequence[int]) -> list[str]:
        """Key columns joined by `` | ``; without a dimension, repeats get ``#2``, ``#3`` and so on."""
        if self.spec.fields is not None:
            return [str(number) for number in range(1, len(self.sheet.lines) + 1)]
        labels = [" | ".join(normalise(line.fields[i]) for i in keys) for line in self.sheet.lines]
        for line, label in zip(self.sheet.lines, labels, strict=True):
            if keys and not line.ragged and not label.replace("|", "").strip():
                message, mend = "the row has no label", "name what it stands for"
                place = (self.sheet.shown, line.number, keys[0] + 1)
                self.problems.add(BadInput, Problem(message, mend, *place))
        if self.spec.row_dimensions:
            return labels
        printed, seen = set(labels), Counter[str]()
        unique = []
        for label in labels:
            seen[label] += 1
            while seen[label] > 1 and f"{label}#{seen[label]}" in printed:
                seen[label] += 1
            unique.append(label if seen[label] == 1 else f"{label}#{seen[label]}")
        return unique

    def _reader(self, column: int) -> Any:
        """What reads the tokens of a column."""
        label = self.labels[column]
        if self.spec.fields is not None:
            kinds = {normalise(name): kind for name, kind in self.spec.fields.items()}
            kind, notation = kinds.get(label, "text"), self.spec.notation(label)
            return lambda token, row: read_field(kind, token, notation)
        named = {normalise(name): value for name, value in (self.spec.columns or {}).items()}
        if named.get(label) == TEXT_COLUMN or (named and label not in named):
            return lambda token, row: Reading(Status.TEXT, note=token.strip())
        apart = {own for signs in self.spec.signs for own in signs}
        cache: dict[tuple[str, str], Reading] = {}

        def read(token: str, row: str) -> Reading:
            key = (token, row if row in apart else "")
            if key not in cache:
                cache[key] = self.spec.notation(label, *key[1:]).read(token)
            return cache[key]

        return read

    def _row(
        self, line: Line, label: str, keys: Sequence[int], cells: Sequence[int], readers: Sequence[Any]
    ) -> Row:
        readings = []
        for i, read in zip(cells, readers, strict=True):
            try:
                readings.append(read(line.fields[i], label))
            except UnreadableToken as error:
                readings.append(Reading(Status.MISSING))
                if self.legible:
                    message = f"row {shorten(label)}, column {shorten(self.labels[i])}: {error}"
                    problem = Problem(message, error.mend, self.sheet.shown, line.number, i + 1)
                    alike = (re.sub(r"\d+", "0", line.fields[i].strip()), error.mend)
                    self.unread.setdefault(alike, []).append(problem)
        return Row(
            label=label,
            keys=tuple(line.fields[i] for i in keys),
            line=line.number,
            tokens=tuple(line.fields[i] for i in cells),
            readings=tuple(readings),
        )

    def _tell_unread(self) -> None:
        """Tokens that cannot be read: many that are alike, as ``12-17`` and ``18-24``, are told once."""
        for problems in self.unread.values():
            first, *rest = problems
            if len(rest) < _MOST_ALIKE:
                for problem in problems:
                    self.problems.add(BadInput, problem)
                continue
            columns = len({problem.column for problem in problems})
            several = f"{columns:,} columns" if columns > 1 else "1 column"
            more = f"and {len(rest):,} more tokens like it in {several}"
            self.problems.add(BadInput, dataclasses.replace(first, message=f"{first.message}, {more}"))

    def _check_rows(self, table: Table) -> None:
        """Rows that the spec names must be there."""
        labels = {row.label for row in table.rows}
        for section in ("nil", "missing"):
            for name in given if isinstance(given := getattr(self.spec, section), dict) else ():
                known = [*table.columns, *labels]
                if name != EVERY_COLUMN and normalise(name) not in known:
                    message = f"{self.sheet.shown} has no column or row {name!r}"
                    problem = self.yaml.problem((section, name), message, self.problems.nearest(name, known))
                    self.problems.add(BadSpec, problem)
        total = self.spec.rows.total
        keys = {normalise(key) for row in table.rows for key in row.keys}
        if total is not None and normalise(total) not in keys and self.spec.fields is None:
            self._unknown_row(("rows", "total"), total, keys)
        for label in self.spec.uncertain:
            if normalise(label) not in labels:
                self._unknown_row(("uncertain", label), label, labels)

    def _unknown_row(self, path: KeyPath, label: str, known: Iterable[str]) -> None:
        message = f"{self.sheet.shown} has no row {label!r}"
        self.problems.add(BadSpec, self.yaml.problem(path, message, self.problems.nearest(label, known)))


class _Stated:
    """The formulas of one table, resolved to its cells."""

    def __init__(self, table: Table, yaml_file: YamlFile, problems: Problems) -> None:
        self.table, self.yaml, self.problems = table, yaml_file, problems
        self.row_at = {row.label: i for i, row in reversed(list(enumerate(table.rows)))}
        self.column_at = {label: i for i, label in enumerate(table.columns)}
        held: dict[str, set[tuple[str, ...]]] = {}
        for row in table.rows:
            held.setdefault(row.label, set()).add(row.tokens)
        # of rows that are the same, any one may be meant
        self.repeated = {label for label, tokens in held.items() if len(tokens) > 1}
        named = (table.spec.columns or {}).items()
        self.texts = {normalise(label) for label, value in named if value == TEXT_COLUMN}
        self.apart = {normalise(label) for label in table.spec.identities.except_in}

    def all(self) -> Iterator[StatedFormula]:
        identities = self.table.spec.identities
        rows, columns = list(self.row_at), list(self.column_at)
        self._check_apart([*rows, *columns])
        every_row = [row.label for row in self.table.rows]
        labels = Labels(columns, rows, columns, "column")
        for i, text in enumerate(identities.in_every_row):
            path: KeyPath = ("identities", "in every row", i)
            if formula := self._parse(path, text, labels):
                for first, next in _runs([label not in self.apart for label in every_row]):
                    yield self._formula(path, formula, "row", every_row[first:next], first)
        labels = Labels(rows, rows, columns, "row")
        added = [self._holds_numbers(c) and label not in self.apart for c, label in enumerate(columns)]
        for path, text in self._column_formulas():
            if formula := self._parse(path, text, labels):
                for first, next in _runs(added):
                    yield self._formula(path, formula, "column", columns[first:next], first)
        labels = Labels([], rows, columns, "cell")
        for key, texts in (("cells", identities.cells), ("other tables", identities.other_tables)):
            for i, text in enumerate(texts):
                path = ("identities", key, i)
                if formula := self._parse(path, text, labels):
                    yield self._formula(path, formula)

    def _check_apart(self, known: Sequence[str]) -> None:
        """Rows and columns that formulas leave out must be there."""
        for i, label in enumerate(self.table.spec.identities.except_in):
            if normalise(label) not in known and not is_left_out(label):
                message = f"{self.table.file} has no row or column {label!r}"
                path: KeyPath = ("identities", "except in", i)
                advice = self.problems.nearest(label, known)
                self.problems.add(BadSpec, self.yaml.problem(path, message, advice))

    def _column_formulas(self) -> Iterator[tuple[KeyPath, str]]:
        """Formulas over row labels; a mapping of total to parts is one (or several) of them."""
        given = self.table.spec.identities.in_every_column
        here: KeyPath = ("identities", "in every column")
        if isinstance(given, list):
            yield from (((*here, i), text) for i, text in enumerate(given))
            return
        for total, parts in given.items():
            if not parts:
                problem = self.yaml.problem((*here, total), "has no parts", "list the rows that add up to it")
                self.problems.add(BadSpec, problem)
                continue
            alone = [part for part in parts if isinstance(part, str)]
            several = [[part] if isinstance(part, str) else part for part in parts]
            for names in [alone] if len(alone) == len(parts) else several:
                if not any(is_left_out(name) for name in names):
                    yield (*here, total), f"{_quoted(total)} = {' + '.join(map(_quoted, names))}"

    def _holds_numbers(self, column: int) -> bool:
        return self.table.columns[column] not in self.texts

    def _parse(self, path: KeyPath, text: str, labels: Labels) -> Formula | None:
        if is_left_out(text):
            return None
        try:
            return formulas.parse(text, labels)
        except FormulaError as error:
            self.problems.add(BadSpec, self.yaml.problem(path, f"{text!r}: {error}", error.mend))
            return None

    def _formula(
        self, path: KeyPath, formula: Formula, along: str = "", labels: Sequence[str] = (), first: int = 0
    ) -> StatedFormula:
        """A formula over cells, with an instance for each label of rows, or of columns, from the first on."""

        def locate(operand: Operand) -> Sequence[int | Reference | Decimal]:
            if isinstance(operand, Reference | Decimal):
                return [operand]
            if isinstance(operand, Place):
                return [self.table.cell_id(self.row_at[operand.row], self.column_at[operand.column])]
            if operand.summed:
                return self._sum_of(operand)
            # a label alone stands only in the formulas of rows and columns
            if along == "row":
                return [self.table.cell_id(first, self.column_at[operand.name])]
            return [self.table.cell_id(self.row_at[operand.name], first)]

        unknown = self._ambiguous(formula, down=along == "column")
        step = len(self.table.columns) if along == "row" else 1
        terms = formulas.terms(formula, locate, step)
        if formula.sense == "=" and not formula.deducts:
            terms = _single_first(terms)
        line = self.yaml.lines.get(path, 0)
        return StatedFormula(
            formula.text, terms, along=along, labels=labels, sense=formula.sense, unknown=unknown,
            deducts=formula.deducts, line=line,
        )  # fmt: skip

    def _ambiguous(self, formula: Formula, *, down: bool) -> str:
        """Why it is not known which rows a formula names, where several have the same label."""
        for _, operand in formula.terms:
            if isinstance(operand, Place):
                label = operand.row
            elif isinstance(operand, Label) and (down or operand.summed):
                label = operand.name
                if operand.summed and label in self.column_at:
                    continue
            else:
                continue
            if label in self.repeated:
                return f"several rows are labelled {label!r}"
        return ""

    def _sum_of(self, operand: Label) -> list[int]:
        """All cells of a column but the total row's, or all cells of a row."""
        total = normalise(self.table.spec.rows.total or "")
        if operand.name in self.column_at:
            c = self.column_at[operand.name]
            rows = (i for i, row in enumerate(self.table.rows) if total not in map(normalise, row.keys))
            return [self.table.cell_id(r, c) for r in rows]
        r = self.row_at[operand.name]
        return [self.table.cell_id(r, c) for c in range(len(self.table.columns)) if self._holds_numbers(c)]


def _runs(wanted: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where those that are wanted stand side by side: the first, and the one after the last."""
    first = 0
    for i in range(len(wanted) + 1):
        if i == len(wanted) or not wanted[i]:
            if first < i:
                yield first, i
            first = i + 1


def _single_first(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """The total is what stands alone on its side: of A + B = C it is C, else what is named first.

    Nothing is deducted, so that a sign is a side.
    """
    if not terms:
        return terms
    first = terms[0].coefficient > 0
    left = [term for term in terms if (term.coefficient > 0) == first]
    right = [term for term in terms if (term.coefficient > 0) != first]
    if len(left) > 1 and len(right) == 1 and not isinstance(right[0].cell, Decimal):
        return (*right, *left)
    return terms


def _quoted(label: str) -> str:
    return label if '"' in label else f'"{label}"'
