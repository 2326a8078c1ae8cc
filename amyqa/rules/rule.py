"""What a rule is: parameters, ESS code and level, a definition in SQL, a sentence for people.

A rule is one module of this package, and holds everything that is known of it: its parameters (a
threshold's default, and the source of that), its definition, how its arguments are completed from a
table (``bind``) and what an editor reads (``tell``). To add one, write the module, list its rule in
:mod:`amyqa.rules.vocabulary`, and give it a passing and a failing case in
``tests/rules/cases/<name>.yaml``. Nothing else names it.

The definition reads one relation, ``observations``: a record for every coordinate of every printed
cell (see :mod:`amyqa.rules.observations`). A rule that compares editions or chapters says so
(``references``) and reads a second one, ``others`` (see :mod:`amyqa.rules.reference_tables`).
SQL stays portable: no QUALIFY, no list functions.

- A rule over sums is :class:`Linear`: one SELECT of terms. Its ``tell`` names the cells of a judged
  identity (:class:`amyqa.rules.wording.IdentityDescription`); the arithmetic is told in one place for all.
- Any other is :class:`Pointwise`: one SELECT of subjects, a condition that is a violation, and one
  that gives the reason why a subject cannot be judged. ``Rule.tell`` makes a :class:`ViolationMessage` of a
  violation, which is a row of the SELECT by its columns' names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Protocol

from amyqa.model import Cell, Severity
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import IdentityResult, Outcome
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import IdentityDescription

Kind = Literal["dimension", "code", "codes", "hierarchy", "number", "where", "text", "values"]
"""``values`` are rows of words and numbers that a rule's ``bind`` makes for its SELECT."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument of a rule.

    Args:
        kind: what it holds; says how it is checked.
        bound: filled in from the table's spec, never written in a suite.
        default: what holds where a suite says nothing.
        source: where the default of a threshold is from; a suite that sets another one must give its
            ``meta.reason``.
        choices: the words that a text may be.
    """

    name: str
    kind: Kind
    about: str
    required: bool = False
    bound: bool = False
    default: Decimal | str | None = None
    source: str = ""
    choices: tuple[str, ...] = ()

    def of(self, arguments: Arguments) -> Any:
        """The argument, or the default."""
        given = arguments.get(self.name)
        return self.default if given is None else given

    def number(self, arguments: Arguments) -> Decimal:
        """The argument, or the default, of a threshold."""
        return Decimal(str(self.of(arguments)))


class TableContext(Protocol):
    """What completes a rule's arguments: a table's observations, or anybody's frame."""

    @property
    def shape(self) -> Shape:
        """Dimensions and scale."""

    @property
    def stated(self) -> Sized:
        """The identities that the table's formulas state."""

    @property
    def unit(self) -> str:
        """What the values count, in the table's own words."""

    def codes(self, dimension: str) -> Sequence[str]:
        """The table's codes in a dimension, in order of appearance."""

    def total(self, dimension: str) -> str | None:
        """The code that stands for all others, where there is one."""

    def nested(self, dimension: str) -> Mapping[str, Sequence[str]]:
        """Totals to parts, where a dimension's codes nest."""

    def references(self, kind: str) -> tuple[Sequence[Mapping[str, str]], Sequence[str]]:
        """What the other tables of a kind cover of this one (codes by dimension), and why more is lacking."""


@dataclass(frozen=True, slots=True)
class ViolationMessage:
    """A violation in words, with the cells it is about.

    Args:
        where: coordinates; part of the finding's name.
        relation: what should hold, in a few words.
        along: what tells the relation from others at the same place [the relation]; part of its name.
        severity: another one than the suite gives the rule, where what is printed says why.
    """

    where: Mapping[str, str]
    relation: str
    cells: tuple[Cell, ...]
    message: str
    printed: Decimal | None = None
    computed: Decimal | None = None
    difference: Decimal | None = None
    severity: Severity | None = None
    along: str = ""


Definition = Callable[[Arguments, Shape], str]
Tell = Callable[["RuleRun", Violation, Observations], ViolationMessage]
Bind = Callable[[Arguments, TableContext], tuple[Arguments, str]]
"""Arguments completed, and "" or the reason why there is nothing to judge in this table."""


def nowhere(arguments: Arguments, shape: Shape) -> str:
    """No subject is beyond judgement."""
    del arguments, shape
    return "NULL"


@dataclass(frozen=True, slots=True)
class Relation:
    """What a definition is told of a table as a relation of its own, so that its SELECT is every table's.

    Args:
        name: as the SELECT calls it; it has a column OBS_TABLE besides its own.
        columns: name to type, ``int`` or ``str``.
        rows: of one table's arguments.
        instead_of: the arguments that the SELECT reads through it alone.
    """

    name: str
    columns: Mapping[str, type]
    rows: Callable[[Arguments], Iterable[Sequence[Any]]]
    instead_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Linear:
    """A rule over sums: one SELECT yielding its terms (identity, cell, coefficient).

    Args:
        tell: names the cells of an identity.
        relation: what an identity is an instance of, as ``total = male + female``; without its terms.
        results: one SELECT (identity, cell) of the cells that are totals though others stand beside them.
        told: what the SELECT is told of a table as a relation.
        together: it may be asked for many tables at once: no term of one meets another's (see :func:`alike`).
    """

    terms: Definition
    tell: Callable[[RuleRun, IdentityResult, Observations], IdentityDescription]
    relation: Callable[[RuleRun, IdentityResult, Observations], str]
    results: str = "SELECT 0 AS identity, 0 AS cell WHERE 1 = 0"
    told: Relation | None = None
    together: bool = False


@dataclass(frozen=True, slots=True)
class Pointwise:
    """Any other rule: one SELECT of what it looks at, and the condition that is a violation.

    Args:
        unjudged: an expression over a subject: the reason why it cannot be judged, or NULL.
        told: what the SELECT is told of a table as a relation.
        together: it may be asked for many tables at once: each subject has its OBS_TABLE.
    """

    subjects: Definition
    violation: Definition
    unjudged: Definition = nowhere
    told: Relation | None = None
    together: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One word of the vocabulary.

    Args:
        name: as in reports, ``totals``.
        ess, level: the European Statistical System's code and level.
        title: what holds, in a line.
        definition: in SQL; None where reading or a schema's own checks do it.
        expectation: its type in a suite ("" where it cannot stand in one).
        check: its name in a schema, as a method of ``pandera.pandas.Check`` ("" where it has none).
        done_by: who runs it: ``reading``, ``schema``, ``suite`` or several.
        reads: a field of records that it needs; a table without one gives it nothing to judge.
        beside: the kind of other tables that it compares with.
        tell: the sentence of a violation.
        bind: completes its arguments from what a table knows.
        accept: "" or what is wrong with its arguments taken together.
        whole: a misspelt label is one finding, not one for each of its cells.
    """

    name: str
    ess: str
    level: str
    title: str
    done_by: str
    expectation: str = ""
    check: str = ""
    definition: Linear | Pointwise | None = None
    parameters: tuple[Parameter, ...] = ()
    reads: str = ""
    references: str = ""
    tell: Tell | None = None
    bind: Bind | None = None
    accept: Callable[[Arguments], str] | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class RuleRun:
    """One rule as it ran on one table, whoever ran it.

    Args:
        caught_by: ``schema`` or ``suite``.
        reason: the suite's own words on why the rule or its threshold is right.
    """

    rule: Rule
    arguments: Arguments
    severity: Severity
    caught_by: str
    outcome: Outcome
    reason: str = ""

    @property
    def because(self) -> str:
        """``: no ward takes men``: the suite's own reason, to end a sentence with; "" where it gives none."""
        return f": {self.reason.rstrip('.')}" if self.reason else ""


def name(identifier: str) -> str:
    """A quoted SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A quoted SQL string."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """A bracketed list of quoted SQL strings (never empty)."""
    return "(" + ", ".join(text(value) for value in values) + ")" if values else "(NULL)"


def matching(codes: Mapping[str, str | list[str]], alias: str = "o") -> str:
    """The condition that a record has these codes: dimension to code or codes."""
    conditions = [
        f"{alias}.{name(dimension)} IN {texts([given] if isinstance(given, str) else given)}"
        for dimension, given in codes.items()
    ]
    return " AND ".join(conditions) or "TRUE"


def where(arguments: Arguments, alias: str = "o") -> str:
    """The condition of a rule's ``where`` argument."""
    return matching(arguments.get("where") or {}, alias)


def alike(dimensions: Iterable[str], one: str, other: str) -> str:
    """The condition that two records of one table have the same codes in these dimensions."""
    same = (f"COALESCE({one}.{name(d)}, '') = COALESCE({other}.{name(d)}, '')" for d in dimensions)
    return " AND ".join([f"{one}.OBS_TABLE = {other}.OBS_TABLE", *same])


KNOWN = "o.OBS_STATUS IN ('value', 'nil', 'bound')"
"""The condition that a record holds a number, or a bound of one."""

WHERE = Parameter("where", "where", "only the cells with these codes, as {sector: all}")
