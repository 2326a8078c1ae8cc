"""The words of design, as frozen values: tokens read, tables, identities, findings, reports.

Values are exact decimals as printed (:class:`decimal.Decimal`), in the table's own unit.
Lines, rows and columns shown to people are 1-based.
"""

from __future__ import annotations

import datetime
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


class Severity(StrEnum):
    """The European Statistical System's E, W and I, most serious first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the most serious."""
        return list(Severity).index(self)


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
    """

    relation: str
    terms: tuple[Term, ...]
    where: Mapping[str, str]
    sense: str = "="
    unknown: str = ""
    deducts: bool = False


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


class Ruling(StrEnum):
    """What an editor may rule on a finding."""

    CORRECTED = "corrected"
    EXPLAINED = "explained"
    KEPT = "kept as printed"
    ASKED = "ask the source"


@dataclass(frozen=True, slots=True)
class Decision:
    """What an editor ruled on one finding ("comply or explain"), with enough of it to be read alone.

    Args:
        finding: its fingerprint.
        rule, table, where, relation, printed, message: of the finding, as it was then; `printed` are
            the tokens, by the cells' places.
        expires: from the day after on, the finding is open again.
        file, line: where the decision stands, relative to the yearbook; "" and 0 before it is written.
    """

    finding: str
    table: str
    rule: str
    severity: Severity
    where: Mapping[str, str]
    relation: str
    printed: Mapping[str, str]
    message: str
    ruling: Ruling
    reason: str
    who: str
    date: datetime.date
    expires: datetime.date | None = None
    file: str = ""
    line: int = 0


class Standing(StrEnum):
    """What a decision does in one check."""

    APPLIES = "applies"
    EXPIRED = "expired"  # its finding is open again: the decision was for a time
    REOPENED = "reopened"  # its finding is open again: a printed number has changed
    STALE = "stale"  # it matches nothing that was found


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule, told so that an editor understands it at once.

    Args:
        id: fingerprint of rule, table, coordinates and printed tokens; never of row numbers.
        caught_by: ``schema`` or ``suite``.
        where: coordinates of the broken relation (without the dimension it sums over).
        relation: what should hold, as ``total = male + female``.
        cells: the cells of the relation, the total first.
        coefficients: for a sum, what each cell counts in "total minus parts".
        printed, computed, difference: exact numbers, where the rule has them.
        status: ``open``, or what an editor ruled.
        decision: the decision that gives it its status or, while it is open, the one that has expired
            or that it reopened (`standing` says which).
        known: it was there at the commit that the check compares with, so that it does not fail it.
    """

    id: str
    table: str
    rule: str
    ess: str
    level: str
    severity: Severity
    caught_by: str
    where: Mapping[str, str]
    relation: str
    cells: tuple[Cell, ...]
    message: str
    printed: Decimal | None = None
    computed: Decimal | None = None
    difference: Decimal | None = None
    coefficients: tuple[int, ...] = ()
    status: str = "open"
    decision: Decision | None = None
    standing: Standing | None = None
    known: bool = False

    @property
    def is_open(self) -> bool:
        """Whether no decision in force is about it."""
        return self.status == "open"


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """One identity, or a whole rule (`identity` False), that could not be judged, and why.

    Never a pass.
    """

    table: str
    rule: str
    relation: str
    where: Mapping[str, str]
    reason: str
    identity: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that a diagnosis says is wrong.

    Args:
        proposed: what it should have been, in the table's unit.
        kind: the likeliest slip, as ``transposed digits``.
        role: ``root``, or ``inherited`` by a total that was added up from a wrong part.
        message: one sentence an editor understands at once.
    """

    cell: Cell
    proposed: Decimal
    kind: str
    role: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One set of changes that mends every broken identity it is about, and how likely it is."""

    changes: tuple[Change, ...]
    likelihood: float


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The smallest, likeliest set of misprints behind findings of a table.

    Args:
        explains: ids of the findings.
        located: something can be proposed: the likeliest explanation is likelier than all else
            together, or most of what is likely agrees on some changes. Only then are there `changes`.
        message: the sentence first.
        changes: roots first; empty where nothing can be proposed.
        likelihood: of all `changes` together among everything that was weighed; without any, of the
            best explanation.
        unique: no other explanation is as small.
        ties: explanations as small as the smallest, which has `smallest` cells.
        next_best: least number of cells of an explanation that contains no smallest one.
        proven: no smaller explanation exists.
        reached: not all alternatives were enumerated.
        missing: likelihood that a part is missing or counted otherwise, and nothing misprinted.
        assumptions: what it rests on.
        alternatives: the other explanations, likeliest first.
    """

    table: str
    explains: tuple[str, ...]
    located: bool
    message: str
    changes: tuple[Change, ...]
    likelihood: float
    unique: bool = True
    smallest: int = 1
    ties: int = 1
    next_best: int | None = None
    proven: bool = True
    reached: bool = False
    missing: float = 0.0
    assumptions: tuple[str, ...] = ()
    alternatives: tuple[Explanation, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """Identities of a table: `broken` ones are among the `evaluated`."""

    evaluated: int = 0
    broken: int = 0
    not_evaluated: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.evaluated + other.evaluated,
            self.broken + other.broken,
            self.not_evaluated + other.not_evaluated,
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What one check found.

    Args:
        tables: every table that was read, in the order of their ids.
        counts: identities of each table, by its id.
        findings: most serious first, then as printed.
        engine: who ran the suites.
        diagnoses: most certain first.
        decisions: those about the tables, each with what it does here.
        since: the commit that findings are compared with ("": none).
    """

    tables: tuple[Table, ...]
    counts: Mapping[str, Counts]
    findings: tuple[Finding, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    engine: str = ""
    diagnoses: tuple[Diagnosis, ...] = ()
    decisions: tuple[tuple[Decision, Standing], ...] = ()
    since: str = ""
    total: Counts = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", sum(self.counts.values(), Counts()))

    @property
    def cells(self) -> int:
        """Printed cells of all tables."""
        return sum(table.size for table in self.tables)

    def at(self, severity: Severity) -> int:
        """Number of open findings of this severity."""
        return sum(f.severity is severity and f.is_open for f in self.findings)

    def fails(self, fail_on: Severity | None) -> bool:
        """Whether an open finding that is new is at or above `fail_on` (None: never fails)."""
        return fail_on is not None and any(
            f.is_open and not f.known and f.severity.rank <= fail_on.rank for f in self.findings
        )
