"""A yearbook's tables, read once each, with what they need of each other, of seeds and of suites."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from amyqa.errors import BadRule, BadSpec, Problem, Problems, close, did_you_mean
from amyqa.model import Cell, Original, Reference, Table
from amyqa.project import TableFiles, Yearbook
from amyqa.reading.ownwords import use_words_of
from amyqa.reading.seeds import Seeds, read_seeds
from amyqa.reading.sheet import at_original
from amyqa.reading.spec import UNSTATED
from amyqa.reading.table import read_table
from amyqa.reading.tokens import normalise
from amyqa.reading.tracing import source_lines
from amyqa.rules.numbers import ExternalCell
from amyqa.rules.observations import Observations, observe
from amyqa.rules.suite import Suite, builtin_expectations, read_suite
from amyqa.sources.cells import letters, sheet_prefix


class Loaded:
    """The yearbook's tables, read once each."""

    def __init__(self, yearbook: Yearbook, problems: Problems) -> None:
        self.yearbook, self.problems = yearbook, problems
        self.files: Mapping[str, TableFiles] = {files.id: files for files in yearbook.tables}
        self.tables: dict[str, Table | None] = {}
        self.seeds: dict[str, Seeds | None] = {}
        use_words_of(yearbook.root)

    def table(self, id: str) -> Table | None:
        """A table with its source lines; None where there is none or it cannot be read."""
        if id not in self.tables and (files := self.files.get(id)):
            shown = (self.yearbook.shown(files.csv), self.yearbook.shown(files.yaml))
            with self.problems.about(id):
                if (original := self.yearbook.originals.get(id)) is not None:
                    self.tables[id] = self._as_known(files, shown, original)
                    return self.tables[id]
                table = read_table(id, files.csv, files.yaml, shown, self.problems)
                self.tables[id] = self._traced(table, shown[1]) if table is not None else None
        return self.tables.get(id)

    def _as_known(self, files: TableFiles, shown: tuple[str, str], original: Original) -> Table | None:
        """A table, and what is wrong with it, at the places of what its file was made of."""
        problems = Problems()
        table = read_table(files.id, files.csv, files.yaml, shown, problems)
        self.problems.take_over(problems, lambda each: at_original(each, shown[0], original))
        return table.at(original) if table is not None else None

    def _traced(self, table: Table, yaml: str) -> Table:
        source = table.spec.source
        if source is None:
            return table
        if not self._names_document(source.document, table, yaml):
            return table
        if source.sha256 is not None:  # the document itself, which `amyqa trace` proves the table by
            lines = source.lines if len(source.lines) == len(table.rows) else ()
            return dataclasses.replace(table, source_lines=lines, source_columns=_in_workbook(table))
        if (seeds := self.document(source.document)) is not None:
            with self.problems.gathered():
                return dataclasses.replace(table, source_lines=source_lines(table, seeds))
        return table

    def _names_document(self, name: str, table: Table, yaml: str) -> bool:
        """Whether a table's source is a file of the yearbook; what it is else is told."""
        path = self.yearbook.root / name
        if "\0" in name:
            return False  # told where the YAML was read
        if not _inside(path, self.yearbook.root):
            message, advice = f"{name} lies outside the yearbook", "put it under seeds/"
        elif not _is_there(path):
            there = [self.yearbook.shown(file) for file in self.yearbook.root.glob("seeds/*.txt")]
            message = f"there is no {name}"
            advice = did_you_mean(name, there) or "put the printed blocks there, or drop source:"
        else:
            return True
        self.problems.add(BadSpec, _at(table, yaml, "source.document", message, advice))
        return False

    def document(self, name: str) -> Seeds | None:
        """A document's printed blocks, read once."""
        if name not in self.seeds:
            self.seeds[name] = None
            with self.problems.gathered():
                self.seeds[name] = read_seeds(self.yearbook.root / name, name)
        return self.seeds[name]

    def readable(self, id: str) -> Table | None:
        """A table without a mistake in its files, but for cells that cannot be read."""
        table = self.table(id)
        return None if self.problems.stop(id) else table

    def unread(self, table: Table) -> dict[str, str]:
        """The other tables that a table's stated identities name and that cannot be looked at, and why."""
        cells = [term.cell for formula in table.stated.formulas for term in formula.terms]
        named = dict.fromkeys(cell.table for cell in cells if isinstance(cell, Reference))
        unreadable = "{} cannot be read: check it to be told why"
        return {
            id: self.absent(id) or unreadable.format(id)
            for id in named
            if self.absent(id) or self.readable(id) is None
        }

    def external(self, table: Table) -> dict[Reference, ExternalCell]:
        """Cells of other tables that a table's stated identities name, of those that can be read."""
        with self.problems.about(table.id):
            return self._afar(table)

    def _afar(self, table: Table) -> dict[Reference, ExternalCell]:
        found: dict[Reference, ExternalCell] = {}
        references: dict[Reference, int] = {}
        for formula in table.stated.formulas:
            for term in formula.terms:
                if isinstance(term.cell, Reference):
                    references.setdefault(term.cell, formula.line)
        for reference, line in references.items():
            if message := self.absent(reference.table):
                if self.misnamed(reference.table):
                    advice = did_you_mean(reference.table, self.files)
                    self.problems.add(BadSpec, Problem(message, advice, self._stated_in(table), line or None))
                continue  # another edition or chapter that is not here: not evaluated, and listed
            other = self.readable(reference.table)
            if other is None:
                continue  # its references are not evaluated, and listed
            cell, advice = named_cell(other, reference)
            if cell is None:
                message = f"{reference} names no cell"
                self.problems.add(BadSpec, Problem(message, advice, self._stated_in(table), line or None))
                continue
            found[reference] = ExternalCell(cell, other.spec.measure or "")
        return found

    def _stated_in(self, table: Table) -> str:
        """The file that names cells of other tables: the YAML, or the CSV of a list of claims."""
        files = self.files[table.id]
        return self.yearbook.shown(files.csv if table.spec.fields is not None else files.yaml)

    def absent(self, id: str) -> str:
        """Why there is no such table, or ""."""
        return "" if id in self.files else f"there is no table {id}"

    def misnamed(self, id: str) -> bool:
        """Whether a table's name is so near to a neighbour's that it must be a slip.

        Any other table that is not here may be elsewhere, or not be made yet. Names that differ in
        their digits only are of different tables.
        """
        folder, _, name = id.rpartition("/")
        neighbours = [known.rpartition("/")[2] for known in self.files if known.rpartition("/")[0] == folder]
        found = close(name, neighbours, 0.8)
        return found is not None and _without_digits(found) != _without_digits(name)

    def families(self, names: Iterable[str]) -> dict[str, Suite]:
        """The suites of families; a family without schema or suite is a problem."""
        suites: dict[str, Suite] = {}
        for family in names:
            if family == UNSTATED:
                continue  # its being missing is a problem already
            with self.problems.about(of_family(family)):
                self._family(family, suites)
        return suites

    def _family(self, family: str, suites: dict[str, Suite]) -> None:
        """Read a family's suite."""
        known = self.yearbook.families
        if family not in known or not self.yearbook.schema(family).exists():
            alone = f"write it beside checks/{family}.yaml, or remove that"
            self._no_family(family, alone if family in known else did_you_mean(family, known))
            return
        path = self.yearbook.suite(family)
        if not path.exists():
            problem = Problem(
                "is missing", "a suite may be empty: expectations: []", self.yearbook.shown(path)
            )
            self.problems.add(BadRule, problem)
            return
        suite = read_suite(path, self.yearbook.shown(path), family, builtin_expectations, self.problems)
        if suite is not None:
            suites[family] = suite

    def _no_family(self, family: str, advice: str) -> None:
        """Tell every table of a family that there is none."""
        for table in self.tables.values():
            if table is not None and table.spec.family == family:
                yaml = self.yearbook.shown(self.files[table.id].yaml)
                message = f"there is no schemas/{family}.py for the family {family!r}"
                problem = _at(table, yaml, "family", message, advice or "write its schema")
                with self.problems.about(table.id):
                    self.problems.add(BadSpec, problem)

    def siblings(self, family: str, observed: Mapping[str, Observations]) -> list[Observations]:
        """The family's other tables, whose codes a suite may name as well."""
        siblings = []
        for files in self.yearbook.tables:
            if files.id in observed:
                continue
            ignored = Problems()  # a table that was not asked for does not stop the check
            shown = (self.yearbook.shown(files.csv), self.yearbook.shown(files.yaml))
            table = read_table(files.id, files.csv, files.yaml, shown, ignored)
            if table is not None and not len(ignored) and table.spec.family == family:
                with ignored.gathered():
                    siblings.append(observe(table))
        return siblings


def of_family(name: str) -> str:
    """Who the problems of a family's schema and suite belong to; no table is called so."""
    return f"family:{name}"


def _in_workbook(table: Table) -> tuple[str, ...]:
    """How the addresses of a table's columns begin in the workbook that it was taken from."""
    source = table.spec.source
    if source is None or source.sheet is None or len(source.columns) < max(table.positions):
        return ()
    columns = (source.columns[position - 1] for position in table.positions)
    return tuple(f"{source.document} {sheet_prefix(source.sheet)}{letters(column)}" for column in columns)


def _at(table: Table, yaml: str, key: str, message: str, advice: str) -> Problem:
    """A problem at a key of a table's YAML."""
    line, column = table.stands.get(key, (None, None))
    return Problem(message, advice, yaml, line, column, key)


def _without_digits(name: str) -> str:
    return "".join(c for c in name if not c.isdigit())


def _is_there(path: Path) -> bool:
    """Whether there is something, if only a link that leads nowhere: reading it tells more."""
    try:
        return path.exists() or path.is_symlink()
    except OSError:
        return False


def _inside(path: Path, root: Path) -> bool:
    """Whether a path, links followed, stays within a folder."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a link to itself: opening it tells
        return True


def named_cell(table: Table, reference: Reference) -> tuple[Cell | None, str]:
    """The cell of [row, column], or of [column, row] where that is what the labels are."""
    rows = {normalise(row.label): i for i, row in enumerate(table.rows)}
    columns = {normalise(label): i for i, label in enumerate(table.columns)}
    for row, column in ((reference.row, reference.column), (reference.column, reference.row)):
        r, c = rows.get(normalise(row)), columns.get(normalise(column))
        if r is not None and c is not None:
            return table.cell(table.cell_id(r, c)), ""
    if normalise(reference.row) not in rows:
        return None, f"row {reference.row!r}: {did_you_mean(reference.row, rows)}"
    return None, f"column {reference.column!r}: {did_you_mean(reference.column, columns)}"


def referring(yearbook: Yearbook, tables: Sequence[str]) -> tuple[TableFiles, ...]:
    """Other tables that can be read and whose formulas or claims name cells of these."""
    ignored = Problems()  # a table that was not asked for stops nothing
    loaded = Loaded(yearbook, ignored)
    found = []
    for files in yearbook.tables:
        mistakes = len(ignored)
        table = loaded.table(files.id) if files.id not in tables else None
        formulas = table.stated.formulas if table is not None else ()
        cells = (term.cell for formula in formulas for term in formula.terms)
        named = {cell.table for cell in cells if isinstance(cell, Reference)}
        if len(ignored) == mistakes and named & set(tables):
            found.append(files)
    return tuple(found)
