"""What a rule is: parameters, ESS code and level, a definition in SQL, a sentence for people.

The definition reads one relation, ``observations``: a record for every coordinate of every printed
cell (see :mod:`amyqa.rules.observations`). SQL stays portable: no QUALIFY, no list functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["dimension", "code", "codes", "hierarchy", "number", "where", "records", "text"]
Arguments = Mapping[str, Any]

# Cells that are not printed, but that terms may name.
ZERO, ABSENT, SPARE, UNKNOWN = 0, -1, -2, -3
"""ZERO: a structural zero. ABSENT: a coordinate that is not printed, unknown. SPARE: any amount
from zero up; it turns "at most" into "equal". UNKNOWN: what a stated relation leaves open."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument of a rule.

    Args:
        kind: what it holds; says how it is checked.
        bound: filled in from the table's spec, never written in a suite.
    """

    name: str
    kind: Kind
    about: str
    required: bool = False
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """What a definition may know of the relation it reads.

    Args:
        dimensions: names of its dimensions, in order.
        scale: values are whole numbers of 10**-scale units.
    """

    dimensions: tuple[str, ...]
    scale: int = 0

    def others(self, dimension: str) -> tuple[str, ...]:
        """All dimensions but one."""
        return tuple(name for name in self.dimensions if name != dimension)


Definition = Callable[[Arguments, Shape], str]


@dataclass(frozen=True, slots=True)
class Linear:
    """A rule over sums: one SELECT yielding its terms (identity, cell, coefficient)."""

    terms: Definition


@dataclass(frozen=True, slots=True)
class Pointwise:
    """Any other rule: one SELECT of what it looks at, and the condition that is a violation."""

    subjects: Definition
    violation: Definition


@dataclass(frozen=True, slots=True)
class Rule:
    """One word of the vocabulary.

    Args:
        name: as in reports, ``totals``.
        ess, level: the European Statistical System's code and level.
        title: what holds, in a line.
        definition: in SQL; None where reading or a schema's own checks do it.
        expectation: its type in a suite ("" where it cannot stand in one).
        done_by: who runs it: ``reading``, ``schema``, ``suite`` or several.
        reads: a field of records that it needs; a table without one gives it nothing to judge.
    """

    name: str
    ess: str
    level: str
    title: str
    done_by: str
    expectation: str = ""
    definition: Linear | Pointwise | None = None
    parameters: tuple[Parameter, ...] = ()
    reads: str = ""


def name(identifier: str) -> str:
    """A quoted SQL identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A quoted SQL string."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """A bracketed list of quoted SQL strings (never empty)."""
    return "(" + ", ".join(text(value) for value in values) + ")" if values else "(NULL)"


def where(arguments: Arguments, alias: str = "o") -> str:
    """The condition of a rule's ``where`` argument: dimension to code or codes."""
    given: Mapping[str, str | list[str]] = arguments.get("where") or {}
    conditions = [
        f"{alias}.{name(dimension)} IN {texts([codes] if isinstance(codes, str) else codes)}"
        for dimension, codes in given.items()
    ]
    return " AND ".join(conditions) or "TRUE"


WHERE = Parameter("where", "where", "only the cells with these codes, as {sector: all}")
