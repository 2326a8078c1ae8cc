"""What a check hands to whoever tells it: diagnoses, counts, and the report of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from amyqa.errors import Problem
from amyqa.model.findings import Decision, DecisionStatus, Finding, IdentityArithmetic, NotEvaluated, Severity
from amyqa.model.places import Span
from amyqa.model.tables import Cell, Table

ROLE_WORDS = {"root": "misprint", "inherited": "carried over"}
"""What people call the roles of changes."""


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

    @property
    def role_word(self) -> str:
        """What people call its role."""
        return ROLE_WORDS.get(self.role, self.role)


@dataclass(frozen=True, slots=True)
class Explanation:
    """One set of changes that mends every broken identity it is about, and how likely it is."""

    changes: tuple[Change, ...]
    likelihood: float


@dataclass(frozen=True, slots=True)
class TableDiagnosis:
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
        search_truncated: not all alternatives were enumerated.
        missing: likelihood that a part is missing or counted otherwise, and nothing misprinted; 0 where
            no explanation was found to weigh it against.
        assumptions: of the table's YAML, where an identity that it stands on may hold only by them.
        alternatives: the other explanations, likeliest first.
        settled: a decision in force is about each of its findings.
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
    search_truncated: bool = False
    missing: float = 0.0
    assumptions: tuple[str, ...] = ()
    alternatives: tuple[Explanation, ...] = ()
    settled: bool = False


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
class Failure:
    """A table that could not be checked, or a file that could not be read, and what stands in the way.

    Args:
        table: its id; "" for a file that belongs to no table alone, as one of decisions.
        problems: in the table's files, in its family's, or in the file.
        partly: it was checked but for some cells that cannot be read.
        file: that file, from the yearbook's folder.
    """

    table: str
    problems: tuple[Problem, ...]
    partly: bool = False
    file: str = ""

    @property
    def name(self) -> str:
        """The table's id, or the file."""
        return self.table or self.file

    @property
    def noun(self) -> str:
        """What it is, in a word."""
        return "table" if self.table else "file"

    @property
    def how(self) -> str:
        """In which way it has failed, in words."""
        if self.file:
            return "could not be read"
        return "could not be read whole" if self.partly else "could not be checked"


@dataclass(frozen=True, slots=True)
class UncheckedTotal:
    """A row or column declared or called a total, with numbers in it that are the total of no sum.

    Args:
        is_row: it is a row, not a column.
        label: the line's own.
        across: the labels of the columns (of the rows) where it is checked by no sum.
        whole: that is everywhere.
    """

    is_row: bool
    label: str
    across: tuple[str, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class PartlyChecked:
    """A row or column with some numbers that stand in an identity, and some that stand in none.

    Args:
        is_row: it is a row, not a column.
        label: the line's own.
        unchecked: how many of its `numbers` stand in none.
    """

    is_row: bool
    label: str
    unchecked: int
    numbers: int


@dataclass(frozen=True, slots=True)
class Unchecked:
    """What no sum checks in a table: every number that stands in no identity is in one of these.

    Args:
        totals: totals that are the total of no identity.
        columns, rows: labels of those none of whose numbers stands in an identity, other than totals.
        partly: what remains, by row or by column, whichever are fewer.
        texts: columns that are text by the YAML and print numbers.
        whole: no identity of the table was evaluated at all.
    """

    totals: tuple[UncheckedTotal, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    partly: tuple[PartlyChecked, ...] = ()
    texts: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class RanRule:
    """One rule on one table, whoever ran it and however often: it looked at something, also where all held.

    Args:
        looked_at: identities that were evaluated, or records; each identity once.
        broken: how many of them are broken.
    """

    table: str
    rule: str
    looked_at: int
    broken: int


@dataclass(frozen=True, slots=True)
class CubeSummary:
    """What was looked at in a cube, of which the report's table holds only a part.

    Args:
        observations: lines of its file.
        evaluated, broken, not_evaluated: identities; always all of them.
        shown, not_evaluated_shown: how many of the broken and of the unknown ones are told one by one.
        sampled: observations that the schema's own checks (Pandera) were given.
        repeated: coordinates that several observations have.
        uncovered: observations that stand in no sum.
    """

    observations: int
    evaluated: int = 0
    broken: int = 0
    shown: int = 0
    not_evaluated: int = 0
    not_evaluated_shown: int = 0
    sampled: int = 0
    repeated: int = 0
    uncovered: int = 0


@dataclass(frozen=True, slots=True)
class Imprint:
    """Which check of what this is.

    Args:
        yearbook: what its folder is called, or the files.
        editions: the first folders of the tables that were checked, in their order.
        commit: the full name of the commit that the data is at ("": it is in no repository).
        changed: some table that was checked is not as it is there.
        time: of the check, with its zone.
        version: of amyqa.
    """

    yearbook: str
    editions: tuple[str, ...]
    time: datetime
    version: str
    commit: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What one check found.

    Args:
        tables: every table that was checked, in the order of their ids.
        counts: identities of each table, by its id.
        findings: most serious first, then as printed.
        engine: who ran the suites.
        diagnoses: most certain first, settled ones last.
        decisions: those about the tables, each with what it does here.
        since: the commit that findings are compared with ("": none).
        ran: the rules that looked at something, table by table.
        spans: of the cells that findings and diagnoses name, by file, line and position of the cell.
        folder: the yearbook's folder in its git repository ("": it is the repository).
        failures: the tables that could not be checked, which are in none of the other numbers, those
            that could not be read whole, and files of decisions that could not be read.
        unchecked: what no sum checks, by the table's id; only of tables where there is such.
        identities: of each table, by its id, broken ones first, where they were asked for; of a very
            large table not all (`counts` has their number).
        cubes: of the tables that are what is shown of a cube, by their ids.
        notes: what else must be known of how it was checked, in clauses.
        imprint: which check of what it is.
    """

    tables: tuple[Table, ...]
    counts: Mapping[str, Counts]
    findings: tuple[Finding, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    engine: str = ""
    diagnoses: tuple[TableDiagnosis, ...] = ()
    decisions: tuple[tuple[Decision, DecisionStatus], ...] = ()
    since: str = ""
    ran: tuple[RanRule, ...] = ()
    spans: Mapping[tuple[str, int, int], Span] = field(default_factory=dict)
    folder: str = ""
    failures: tuple[Failure, ...] = ()
    unchecked: Mapping[str, Unchecked] = field(default_factory=dict)
    identities: Mapping[str, tuple[IdentityArithmetic, ...]] = field(default_factory=dict)
    cubes: Mapping[str, CubeSummary] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    imprint: Imprint | None = None
    total: Counts = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", sum(self.counts.values(), Counts()))

    @property
    def cells(self) -> int:
        """Printed cells of all tables."""
        return sum(map(self.size, self.tables))

    def size(self, table: Table) -> int:
        """Printed cells of a table; of a cube, all of its observations."""
        cube = self.cubes.get(table.id)
        return table.size if cube is None else cube.observations

    @property
    def pending(self) -> tuple[tuple[int, TableDiagnosis], ...]:
        """Diagnoses that no decision has settled, each with its number in the report."""
        return tuple((n, each) for n, each in enumerate(self.diagnoses, 1) if not each.settled)

    def at(self, severity: Severity) -> int:
        """Number of open findings of this severity."""
        return sum(f.severity is severity and f.is_open for f in self.findings)

    def failing(self, fail_on: Severity | None) -> tuple[Finding, ...]:
        """Open findings at or above `fail_on` that are new (None: nothing fails)."""
        if fail_on is None:
            return ()
        serious = [f for f in self.findings if f.severity.rank <= fail_on.rank]
        return tuple(f for f in serious if f.is_open and not f.known)

    def fails(self, fail_on: Severity | None) -> bool:
        """Whether any finding fails the check."""
        return bool(self.failing(fail_on))
