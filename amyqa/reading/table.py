"""A CSV and its YAML become a table: every token read, every label matched, every formula resolved.

Whatever is wrong in either file is gathered, so that an editor sees all of it at once.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

from amyqa.errors import MAX_ADVISED, BadInput, BadSpec, Problem, Problems, Unread, close
from amyqa.model import Row, Stated, Table
from amyqa.model.ratios import StatedRatio
from amyqa.reading.columns import Columns
from amyqa.reading.ratios import StatedRatios
from amyqa.reading.records import claims
from amyqa.reading.sheet import TableLines, part_of, read_sheet
from amyqa.reading.spec import EVERY_COLUMN, LEFT_OUT, Spec, read_spec
from amyqa.reading.stated import StatedFormulas
from amyqa.reading.tokens import UnreadableToken, normalise, row_labels, shorten
from amyqa.reading.yamlfile import KeyPath, YamlFile
from amyqa.sources.grids import MAX_CELLS

MAX_TERMS = 10_000_000
"""So many terms may all formulas together have, each in every row or column where it holds."""
_NOTATION = {"decimal", "thousands", "nil", "missing", "multipliers", "notes"}
"""Keys that say how tokens are written; where one of them is wrong, no token can be judged."""
_MAX_ALIKE = 3
"""More unreadable tokens than these that differ in their digits alone are told as one."""
_FEW, _SHARE = 3, 10
"""So many unreadable tokens, or one in so many, are misprints; more, and numbers are written otherwise."""


def read_table(
    id: str, csv_path: Path, yaml_path: Path, shown: tuple[str, str], problems: Problems
) -> Table | None:
    """Read one table.

    Args:
        id: its id, as ``2005/cambodia/deployed-to-malaysia``.
        shown: names of the CSV and of the YAML for people, relative to the yearbook.
        problems: where every mistake of both files goes.

    Returns:
        The table, or None. It is only to be trusted where every problem that was added is one of
        :class:`~amyqa.errors.Unread` tokens, whose cells are unknown.
    """
    if (read := read_spec(yaml_path, shown[1], problems)) is None:
        return None
    spec, yaml_file, broken = read
    if broken & {"delimiter", "sheet", "range"}:
        return None
    if (sheet := read_sheet(csv_path, shown[0], part_of(spec), problems)) is None:
        return None
    table = _TableBuilder(id, sheet, spec, yaml_file, problems, legible=not broken & _NOTATION).table()
    return table if "family" not in broken else None


class _TableBuilder:
    def __init__(
        self,
        id: str,
        sheet: TableLines,
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
        self.figures = 0
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
        if (size := len(cells) * len(self.sheet.lines)) > MAX_CELLS:
            message = f"has {size:,} cells, more than the {MAX_CELLS:,} that fit in memory"
            self.problems.add(BadInput, Problem(message, "split the table by its rows", self.sheet.shown))
            return None
        labels = self._row_labels(keys)
        rows = self._rows(labels, keys, cells)
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
            origin=self.sheet.origin,
        )
        self._check_rows(table)
        if self.spec.fields is not None:
            return dataclasses.replace(table, stated=claims(table))
        formulas = StatedFormulas(table, self.yaml, self.problems)
        stated, ratios = Stated(formulas.all()), tuple(StatedRatios(formulas).all())
        self._check_terms(stated, ratios)
        return dataclasses.replace(table, stated=stated, ratios=ratios)

    def _check_terms(self, stated: Stated, ratios: Iterable[StatedRatio]) -> None:
        """Formulas must fit in memory when each is written out for all its rows or columns."""
        count = sum(len(formula.terms) * formula.times for formula in stated.formulas)
        count += sum((1 + len(ratio.top) + len(ratio.bottom)) * ratio.times for ratio in ratios)
        if count > MAX_TERMS:
            message = (
                f"the formulas have {count:,} terms in all, more than the {MAX_TERMS:,} that fit in memory"
            )
            hint = "state fewer of them, or split the table by its rows"
            self.problems.add(BadSpec, self.yaml.problem(("identities",), message, hint))

    def _unknown_column(self, path: KeyPath, label: str) -> None:
        message = f"{self.sheet.shown} has no column {label!r}"
        advice = self.problems.did_you_mean(label, self.labels)
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
        for label in self.misspelt[:MAX_ADVISED]:  # told already: it is the other half of the same mistake
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
        labels = row_labels([line.fields[i] for i in keys] for line in self.sheet.lines)
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

    def _rows(self, labels: Sequence[str], keys: Sequence[int], cells: Sequence[int]) -> tuple[Row, ...]:
        """Every row, its tokens read column by column."""
        lines, columns = self.sheet.lines, Columns(self.spec, labels)
        unread: list[tuple[int, int, UnreadableToken]] = []
        read = []
        for i in cells:
            readings, wrong = columns.read(self.labels[i], [line.fields[i] for line in lines])
            self.figures += sum(reading.value is not None for reading in readings)
            unread += [(r, i, error) for r, error in wrong]
            read.append(readings)
        for r, i, error in sorted(unread, key=lambda each: each[:2]) if self.legible else ():
            message = f"row {shorten(labels[r])}, column {shorten(self.labels[i])}: {error}"
            problem = Problem(message, error.hint, self.sheet.shown, lines[r].number, i + 1)
            alike = (re.sub(r"\d+", "0", lines[r].fields[i].strip()), error.hint)
            self.unread.setdefault(alike, []).append(problem)
        tokens, of_row = _fields(cells), _fields(keys)
        return tuple(
            Row(label, of_row(line.fields), line.number, tokens(line.fields), readings)
            for label, line, readings in zip(labels, lines, zip(*read, strict=True), strict=True)
        )

    def _tell_unread(self) -> None:
        """Tokens that cannot be read: many that are alike, as ``12-17`` and ``18-24``, are told once."""
        number = sum(map(len, self.unread.values()))
        few = self.spec.fields is None and number <= max(min(_FEW, self.figures), self.figures // _SHARE)
        kind = Unread if few else BadInput
        for problems in self.unread.values():
            first, *rest = problems
            if len(rest) < _MAX_ALIKE:
                for problem in problems:
                    self.problems.add(kind, problem)
                continue
            columns = len({problem.column for problem in problems})
            several = f"{columns:,} columns" if columns > 1 else "1 column"
            more = f"and {len(rest):,} more tokens like it in {several}"
            self.problems.add(kind, dataclasses.replace(first, message=f"{first.message}, {more}"))

    def _check_rows(self, table: Table) -> None:
        """Rows that the spec names must be there."""
        labels = {row.label for row in table.rows}
        for section in ("nil", "missing", "rounded", "cumulative"):
            given = getattr(self.spec, section)
            for at, name in enumerate(given if isinstance(given, dict) or section == "cumulative" else ()):
                known = [*table.columns, *labels]
                if name not in (EVERY_COLUMN, LEFT_OUT) and normalise(name) not in known:
                    path = (section, name if isinstance(given, dict) else at)
                    message = f"{self.sheet.shown} has no column or row {name!r}"
                    problem = self.yaml.problem(path, message, self.problems.did_you_mean(name, known))
                    self.problems.add(BadSpec, problem)
        total = self.spec.rows.total
        keys = {normalise(key) for row in table.rows for key in row.codes}
        if total is not None and normalise(total) not in keys and self.spec.fields is None:
            self._unknown_row(("rows", "total"), total, keys)
        for label in self.spec.uncertain:
            if normalise(label) not in labels:
                self._unknown_row(("uncertain", label), label, labels)

    def _unknown_row(self, path: KeyPath, label: str, known: Iterable[str]) -> None:
        message = f"{self.sheet.shown} has no row {label!r}"
        self.problems.add(BadSpec, self.yaml.problem(path, message, self.problems.did_you_mean(label, known)))


def _fields(positions: Sequence[int]) -> Callable[[Sequence[str]], tuple[str, ...]]:
    """What takes the fields at these positions out of a line."""
    if len(positions) > 1:
        return itemgetter(*positions)
    if positions:
        [only] = positions
        return lambda fields: (fields[only],)
    return lambda _: ()
