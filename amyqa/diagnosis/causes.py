"""Causes that are no misprint of a cell: values, each with its weight.

A slip is a cause of one cell (or of a few that slipped together) and is weighed in `weighing`. The causes
here belong to a relation or to the whole table, break many of its lines alike, and claim no cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What is the case, if nothing is misprinted."""

    ROUNDING = "rounding"
    UNIT = "unit"
    MISSING = "missing part"
    COUNTED_TWICE = "counted twice"
    LEFT_OUT = "left out of the sum"
    SHIFTED = "shifted by one"
    DEFINITION = "another definition"


@dataclass(frozen=True, slots=True)
class Priors:
    """How often a cause is met, before anything is seen. All of it is judgement.

    Args:
        rounding: tables whose sums are stated as exact though their numbers were rounded one by one.
        rounded: the same where all numbers are multiples of ten or more of their last digits: then they were
            rounded, together or one by one.
        definition: relations that do not hold as they are stated, of those that break at all.
        lone: single lines of a sound relation that break without a misprint (a revised number, a part that is
            not printed there).
        exceeded: what is left of that where the parts exceed the total of what cannot be negative: then
            nothing is missing.
        off_by_one: crossing whole numbers that are off by no more than rounding leaves, in a table that is
            otherwise exact.
        revised: numbers that no slip explains, or that are not printed, where no more than two sums ask for
            another: revised or suppressed, and their totals not.
        alone: the same where one sum asks for it, or where it is a neighbour's number: two errors in one line
            add up to anything.
        overlapping: the same where other errors overlap: then the correction rests on theirs as well.
        line: rows and columns of which several cells want numbers that no slip explains, where it is the line
            that is wrong, not the cells.
    """

    rounding: float = 0.003
    rounded: float = 0.1
    definition: float = 1 / 100
    lone: float = 1 / 3000
    exceeded: float = 0.2
    off_by_one: float = 0.06
    revised: float = 0.08
    line: float = 0.55
    overlapping: float = 0.15
    alone: float = 0.25


PRIORS = Priors()


@dataclass(frozen=True, slots=True)
class Cause:
    """One systematic cause.

    Args:
        rows: the broken identities that it explains.
        lines: how many identities the relation has in the table, broken or not.
        low, high: least and greatest of what the lines are off by, in the table's unit.
        factor: of a unit: printed total over the sum of its parts; of rounding: the unit.
        cell: of something counted twice or left out: that cell in the first broken line.
    """

    kind: Kind
    rows: tuple[int, ...]
    lines: int
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    factor: Decimal | None = None
    cell: int | None = None
