"""A table as printed: tokens and their readings, rows, cells, and the relations that its YAML states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amyqa.reading.spec import Spec


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
        decimals: digits printed after the decimal mark.
        mark: footnote marks found at the number, as in ``56a``.
        note: words of a text token.
    """

    status: Status
    value: Decimal | None = None
    at_least: bool | None = None
    decimals: int = 0
    mark: str = ""
    note: str = ""


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


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed cell, with everything needed to find it on paper and on disk.

    Args:
        id: 1-based number of the cell inside its table, row by row.
        position: 1-based position of the field in the CSV's line.
        source_line: line of the printed source, where the table was traced to one.
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


@dataclass(frozen=True, slots=True)
class Term:
    """One printed cell of a stated identity and its coefficient.

    `cell` is a cell's id in the same table, a :class:`Reference` to a cell of another table,
    or a :class:`~decimal.Decimal` constant.
    """

    cell: int | Reference | Decimal
    coefficient: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A cell named from afar: ``2005/cambodia/deployed-to-malaysia[Total, Male]``."""

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
class Table:
    """A table as printed: tokens in rows and columns, and the spec that says what they mean.

    Args:
        id: path under ``data/`` without its ending, as ``2005/cambodia/deployed-to-malaysia``.
        file: the CSV's path, relative to the yearbook.
        columns: labels of the columns that hold cells, left to right.
        positions: 1-based position of each of those columns in the CSV.
        rows: top to bottom.
        stated: identities the spec states as formulas.
        source_lines: printed source line of each row (None where not traced).
        key_columns: labels of the columns that hold the rows' labels.
        stands: line and column of the YAML's keys, as ``source.document``; two levels of them.
    """

    id: str
    file: str
    spec: Spec
    columns: tuple[str, ...]
    positions: tuple[int, ...]
    rows: tuple[Row, ...]
    stated: tuple[StatedIdentity, ...] = ()
    source_lines: tuple[int | None, ...] = ()
    key_columns: tuple[str, ...] = ()
    stands: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of printed cells, blanks included."""
        return len(self.rows) * len(self.columns)

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
            source_line=self.source_lines[r] if self.source_lines else None,
            uncertain=row.label in self.spec.doubtful,
            numbered=self.spec.fields is not None,
        )
