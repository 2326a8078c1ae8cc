"""The terms of a table's formulas as a relation, ``stated``: identity, cell, coefficient, result.

``result`` is 1 for the term that a formula is written to compute, as Net of ``Net = Gross - Deductions``.

It stands beside ``observations``, so that what a rule asks of it is the same for every table. A formula
that holds in every row is one pattern here, whatever the number of rows; engines unroll it column by
column, and nothing is made for an identity unless it is asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from amyqa.model import Reference, StatedFormula
from amyqa.rules.shape import SLACK_VARIABLE, UNKNOWN


@dataclass(frozen=True, slots=True)
class Pattern:
    """The terms of one formula's identities.

    Args:
        first: number of its first identity.
        times: how many it has.
        terms: of the first: cell, step, coefficient; a step is added to the cell for each next identity.
    """

    first: int
    times: int
    terms: tuple[tuple[int, int, int], ...]


class StatedTerms:
    """Terms over OBS_CELL of all identities that a table states, by patterns in their order."""

    def __init__(self, patterns: Iterable[Pattern] = ()) -> None:
        self.patterns = tuple(patterns)
        self._firsts = [pattern.first for pattern in self.patterns]

    def __len__(self) -> int:
        return self.patterns[-1].first + self.patterns[-1].times if self.patterns else 0

    def of(self, identity: int) -> list[tuple[int, int]]:
        """Cells and coefficients of one identity, in the order as stated."""
        pattern = self.patterns[bisect_right(self._firsts, identity) - 1]
        number = identity - pattern.first
        return [(cell + number * step, coefficient) for cell, step, coefficient in pattern.terms]


def patterns(
    formulas: Iterable[StatedFormula], id_of: Callable[[int | Reference | Decimal], int]
) -> Iterable[Pattern]:
    """Formulas over OBS_CELL; an unequal one gets a spare term that takes up the rest.

    Args:
        id_of: the OBS_CELL of a cell, a cell of another table, or a constant.
    """
    first = 0
    for formula in formulas:
        terms = [(id_of(term.cell), term.step, term.coefficient) for term in formula.terms]
        if formula.unknown:
            terms.append((UNKNOWN, 0, -1))
        if formula.sense != "=":
            terms.append((SLACK_VARIABLE, 0, 1 if formula.sense == "<=" else -1))
        yield Pattern(first, formula.times, tuple(terms))
        first += formula.times
