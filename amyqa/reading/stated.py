"""The formulas of a table's YAML, resolved to its cells: each one once, with all its instances."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from amyqa.errors import BadSpec, Problems
from amyqa.model import Reference, StatedFormula, Table, Term
from amyqa.reading import formulas
from amyqa.reading.formulas import Formula, FormulaError, Label, Labels, Operand, Place
from amyqa.reading.spec import TEXT_COLUMN, is_left_out
from amyqa.reading.tokens import normalise
from amyqa.reading.yamlfile import KeyPath, YamlFile


class StatedFormulas:
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
        """Every formula that can be read, in the order of the YAML; mistakes are gathered."""
        identities = self.table.spec.identities
        rows, columns = list(self.row_at), list(self.column_at)
        self.check_apart("identities", identities.except_in, [*rows, *columns])
        every_row = [row.label for row in self.table.rows]
        labels = Labels(columns, rows, columns, "column")
        for i, text in enumerate(identities.in_every_row):
            path: KeyPath = ("identities", "in every row", i)
            if formula := self._parse(path, text, labels):
                for first, next in runs([label not in self.apart for label in every_row]):
                    yield self._formula(path, formula, "row", every_row[first:next], first)
        labels = Labels(rows, rows, columns, "row")
        added = [self.holds_numbers(c) and label not in self.apart for c, label in enumerate(columns)]
        for path, text in self._column_formulas():
            if formula := self._parse(path, text, labels):
                for first, next in runs(added):
                    yield self._formula(path, formula, "column", columns[first:next], first)
        labels = Labels([], rows, columns, "cell")
        for key, texts in (("cells", identities.cells), ("other tables", identities.other_tables)):
            for i, text in enumerate(texts):
                path = ("identities", key, i)
                if formula := self._parse(path, text, labels):
                    yield self._formula(path, formula)

    def check_apart(self, section: str, apart: Sequence[str], known: Sequence[str]) -> None:
        """Rows and columns that formulas leave out must be there."""
        for i, label in enumerate(apart):
            if normalise(label) not in known and not is_left_out(label):
                message = f"{self.table.file} has no row or column {label!r}"
                path: KeyPath = (section, "except in", i)
                advice = self.problems.did_you_mean(label, known)
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

    def holds_numbers(self, column: int) -> bool:
        """Whether a column, from 0, is not one of text."""
        return self.table.columns[column] not in self.texts

    def _parse(self, path: KeyPath, text: str, labels: Labels) -> Formula | None:
        if is_left_out(text):
            return None
        try:
            return formulas.parse(text, labels)
        except FormulaError as error:
            self.problems.add(BadSpec, self.yaml.problem(path, f"{text!r}: {error}", error.hint))
            return None

    def _formula(
        self, path: KeyPath, formula: Formula, along: str = "", labels: Sequence[str] = (), first: int = 0
    ) -> StatedFormula:
        """A formula over cells, with an instance for each label of rows, or of columns, from the first on."""
        unknown = self.ambiguous([operand for _, operand in formula.terms], down=along == "column")
        step = len(self.table.columns) if along == "row" else 1
        terms = formulas.terms(formula, lambda operand: self.locate(operand, along, first), step)
        if formula.sense == "=" and not formula.deducts:
            terms = _single_first(terms)
        line = self.yaml.lines.get(path, 0)
        return StatedFormula(
            formula.text, terms, along=along, labels=labels, sense=formula.sense, unknown=unknown,
            deducts=formula.deducts, line=line,
        )  # fmt: skip

    def locate(self, operand: Operand, along: str, first: int) -> Sequence[int | Reference | Decimal]:
        """The cells of an operand, in the first line of those along which its formula holds."""
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

    def ambiguous(self, operands: Sequence[Operand], *, down: bool) -> str:
        """Why it is not known which rows a formula names, where several have the same label."""
        for operand in operands:
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
            rows = (i for i, row in enumerate(self.table.rows) if total not in map(normalise, row.codes))
            return [self.table.cell_id(r, c) for r in rows]
        r = self.row_at[operand.name]
        return [self.table.cell_id(r, c) for c in range(len(self.table.columns)) if self.holds_numbers(c)]


def runs(wanted: Sequence[bool]) -> Iterator[tuple[int, int]]:
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
