"""A table as printed: tokens and their readings, rows, cells, and the relations that its YAML states."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate
from typing import overload

from amyqa.model.places import NOWHERE, Origin, Original
from amyqa.model.ratios import StatedRatio
from amyqa.model.spec import TableSpec

NO_LABEL = "(no label)"
"""What a row without a label is called; the second such row is ``(no label)#2``."""


class Status(StrEnum):
    """What a printed token stands for."""

    VALUE = "value"
    NIL = "nil"  # a printed dash that counts as zero, where the spec says so
    MISSING = "missing"  # unknown, never zero
    BOUND = "bound"  # "150,000 up": known only from one side
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one token means.

    Args:
        status: see :class:`Status`.
        value: the number, for value, nil (0) and bound.
        at_least: for a bound: True for "150,000 up", False for "<5".
        decimals: digits printed after the decimal mark; below 0 where the last printed digit counts more
            than one: -8 for 1.5 billion.
        mark: footnote marks found at the number, as in ``56a``.
        note: words of a text token; why a number is missing, where its sign says so.
        strict: for a bound: the number itself is outside, as 5 is of "<5" but not of "5 or fewer".
    """

    status: Status
    value: Decimal | None = None
    at_least: bool | None = None
    decimals: int = 0
    mark: str = ""
    note: str = ""
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row: its label (key columns joined by `` | ``), where it stands, its tokens.

    `tokens` and `readings` run along :attr:`Table.columns`.
    """

    label: str
    keys: tuple[str, ...]
    line: int
    tokens: tuple[str, ...]
    readings: tuple[Reading, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Its keys as coordinates: where all are blank, what the row is called stands for the first."""
        return (self.label, *self.keys[1:]) if self.label.startswith(NO_LABEL) else self.keys


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed cell, with everything needed to find it on paper and on disk.

    Args:
        id: 1-based number of the cell inside its table, row by row.
        position: 1-based position of the field in the CSV's line.
        address: what people call the place in the file, where the line's number does not say it.
        source_line: line of the printed source, where the table was traced to one.
        source_address: of a workbook that it was taken from, the cell: ``seeds/chapter.xlsx T1!G7``.
        uncertain: the spec says that it cannot be placed.
        numbered: the row's label is only its number in a list.
    """

    id: int
    table: str
    row: str
    column: str
    token: str
    reading: Reading
    file: str
    line: int
    position: int
    source_line: int | None = None
    uncertain: bool = False
    numbered: bool = False
    address: str = ""
    source_address: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """One printed cell of a stated identity and its coefficient.

    `cell` is a cell's id in the same table, a :class:`Reference` to a cell of another table,
    or a :class:`~decimal.Decimal` constant. In a :class:`StatedFormula`, `step` is how far the cell
    of the next instance is from this one's.
    """

    cell: int | Reference | Decimal
    coefficient: int
    step: int = 0


@dataclass(frozen=True, slots=True)
class Reference:
    """A cell of another table: ``2005/cambodia/deployed-to-malaysia[Total, Male]``."""

    table: str
    row: str
    column: str

    def __str__(self) -> str:
        return f"{self.table}[{self.row}, {self.column}]"


@dataclass(frozen=True, slots=True)
class StatedIdentity:
    """A linear relation that the spec (or a claim) states over printed cells.

    The weighted sum of `terms` must be zero (`sense` ``=``), at most zero (``<=``) or at least
    zero (``>=``). The first term is the total, printed on the left of the formula.

    Args:
        relation: the formula as written.
        where: what tells this instance from the formula's others, as ``{"row": "2005"}``.
        unknown: why it cannot be evaluated, when that is known from the start.
        deducts: the formula subtracts, so that a result may be negative.
        line: where it is stated: of the YAML for a formula, of the CSV for a claim; 0 where not known.
    """

    relation: str
    terms: tuple[Term, ...]
    where: Mapping[str, str]
    sense: str = "="
    unknown: str = ""
    deducts: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class StatedFormula:
    """A formula with all its instances, as one of a row that holds in every row.

    Args:
        terms: of the first instance.
        where: of its only instance, where it has one.
        along: ``row`` or ``column``, where it has one instance for each of `labels`.
        relation, sense, unknown, deducts, line: as of a :class:`StatedIdentity`.
    """

    relation: str
    terms: tuple[Term, ...]
    where: Mapping[str, str] = field(default_factory=dict)
    along: str = ""
    labels: Sequence[str] = ()
    sense: str = "="
    unknown: str = ""
    deducts: bool = False
    line: int = 0

    @property
    def times(self) -> int:
        """Number of its instances."""
        return len(self.labels) if self.along else 1

    def place(self, number: int) -> Mapping[str, str]:
        """What tells one of them from the others."""
        return {self.along: self.labels[number]} if self.along else self.where

    def instance(self, number: int) -> StatedIdentity:
        """One of them, counted from 0."""
        terms = tuple(
            Term(t.cell + number * t.step, t.coefficient) if isinstance(t.cell, int) else t
            for t in self.terms
        )
        where = self.place(number)
        return StatedIdentity(self.relation, terms, where, self.sense, self.unknown, self.deducts, self.line)


class Stated(Sequence[StatedIdentity]):
    """The identities that a table's formulas state, each made only when it is asked for."""

    __slots__ = ("_firsts", "formulas")

    def __init__(self, formulas: Iterable[StatedFormula] = ()) -> None:
        self.formulas = tuple(formulas)
        self._firsts = list(accumulate((formula.times for formula in self.formulas), initial=0))

    def __len__(self) -> int:
        return self._firsts[-1]

    @overload
    def __getitem__(self, number: int) -> StatedIdentity: ...

    @overload
    def __getitem__(self, number: slice) -> list[StatedIdentity]: ...

    def __getitem__(self, number: int | slice) -> StatedIdentity | list[StatedIdentity]:
        if isinstance(number, slice):
            return [self[i] for i in range(*number.indices(len(self)))]
        formula, instance = self.instance_of(number)
        return formula.instance(instance)

    def instance_of(self, number: int) -> tuple[StatedFormula, int]:
        """The formula that an identity is an instance of, and which of them.

        Raises:
            IndexError: there is no such identity.
        """
        if not 0 <= number < len(self):
            raise IndexError(number)
        at = bisect_right(self._firsts, number) - 1
        return self.formulas[at], number - self._firsts[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as printed: tokens in rows and columns, and the spec that says what they mean.

    Args:
        id: path under ``data/`` without its ending, as ``2005/cambodia/deployed-to-malaysia``.
        file: the CSV's path, relative to the yearbook.
        columns: labels of the columns that hold cells, left to right.
        positions: 1-based position of each of those columns in the CSV.
        rows: top to bottom.
        stated: identities the spec states as formulas.
        ratios: what it states of shares, rates, averages and changes: evidence, not sums.
        source_lines: printed source line of each row (None where not traced).
        source_columns: of a workbook that it was taken from, its columns as addresses begin: ``T1!G``.
        key_columns: labels of the columns that hold the rows' labels.
        stands: line and column of the YAML's keys, as ``source.document``; two levels of them.
        origin: what it was read from, which knows where its fields stand.
    """

    id: str
    file: str
    spec: TableSpec
    columns: tuple[str, ...]
    positions: tuple[int, ...]
    rows: tuple[Row, ...]
    stated: Stated = field(default_factory=Stated)
    ratios: tuple[StatedRatio, ...] = ()
    source_lines: tuple[int | None, ...] = ()
    source_columns: tuple[str, ...] = ()
    key_columns: tuple[str, ...] = ()
    stands: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    origin: Origin = field(default=NOWHERE, repr=False, compare=False)

    @property
    def size(self) -> int:
        """Number of printed cells, blanks included."""
        return len(self.rows) * len(self.columns)

    def at(self, original: Original) -> Table:
        """The same table, its places those of what its file was made of."""
        rows = tuple(replace(row, line=line) for row, line in zip(self.rows, original.lines, strict=True))
        positions = tuple(original.positions[position - 1] for position in self.positions)
        return replace(self, file=original.file, rows=rows, positions=positions, origin=original.origin)

    def cell_id(self, row: int, column: int) -> int:
        """Id of the cell at 0-based `row` and `column`."""
        return row * len(self.columns) + column + 1

    def cell(self, id: int) -> Cell:
        """The cell with this 1-based id.

        Raises:
            IndexError: no such cell.
        """
        r, c = divmod(id - 1, len(self.columns))
        row = self.rows[r]
        line = self.source_lines[r] if self.source_lines else None
        return Cell(
            id=id,
            table=self.id,
            row=row.label,
            column=self.columns[c],
            token=row.tokens[c],
            reading=row.readings[c],
            file=self.file,
            line=row.line,
            position=self.positions[c],
            source_line=line,
            source_address=f"{self.source_columns[c]}{line}" if self.source_columns and line else "",
            uncertain=row.label in self.spec.doubtful,
            numbered=self.spec.fields is not None,
            address=self.origin.address(row.line, self.positions[c]),
        )
