"""Rounding that nobody declared: numbers rounded one by one, whose sums are off by a unit or two.

If every number was rounded by itself, what a sum of k parts is off by follows a known distribution, and
never exceeds (k + 1) / 2 units. It is weighed for the table as a whole, with the sums that hold as well:
many long sums that hold to the last unit were not rounded.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from amyqa.diagnosis import weighing
from amyqa.diagnosis.case import Case
from amyqa.diagnosis.causes import PRIORS, Cause, Kind
from amyqa.diagnosis.relations import RelationLines
from amyqa.diagnosis.system import LinearRow, System

STEPS = (1, 5, 10, 50, 100, 1000, 10_000, 100_000, 1_000_000)
"""Units that numbers are rounded to, in units of the last printed digit."""
LEAST_SHOWN = 3
"""Numbers that are multiples of a unit of more than one, before it is one that they were rounded to."""
ONE_RELATION = 0.1
"""Share of undeclared rounding that is in one relation only."""
MISPRINTED = 0.02
"""Share of a table's numbers that may be no multiples of the unit."""
RANDOM = (3, 5)
"""Bases of random rounding: a number is moved to a multiple, up or down."""


@dataclass(frozen=True)
class Rounded:
    """A hypothesis of rounding.

    Args:
        weight: log-weight, without what is left to explain.
        loose: the case with the tolerances that rounding leaves; what is still broken there is something
            else.
        rows: the broken identities that it explains.
    """

    cause: Cause
    weight: float
    loose: Case
    rows: frozenset[int]


@cache
def chance(terms: int, units: int, random: bool = False) -> float:
    """Probability that a sum of rounded numbers is off by so many units.

    Args:
        terms: the total and its parts.
        random: rounded at random to one of the two nearest multiples.
    """
    variance = terms * (0.16 if random else 1 / 12)
    if terms == 3 and not random:
        return (0.75, 0.125, 0.0)[min(2, abs(units))]
    return math.exp(-units * units / 2 / variance) / math.sqrt(2 * math.pi * variance)


def by_a_unit(case: Case, rows: Sequence[int], system: System) -> bool:
    """Whether exact whole numbers are off by no more than rounding may leave."""
    unit = case.grain
    return case.finest == 0 and all(
        system.rows[n].tolerance == 0 and abs(system.rows[n].residual) == unit for n in rows
    )


def hypotheses(case: Case, relations: Sequence[RelationLines], broken: Collection[int]) -> Iterator[Rounded]:
    """Rounding in the whole table, and in single relations.

    Args:
        broken: the identities that are still to be explained.
    """
    exact = [
        n for n, row in enumerate(case.system.rows) if row.tolerance == 0 and (not row.broken or n in broken)
    ]
    yield from _in(case, exact)
    wanted = set(exact)
    if len(relations) > 1 or len(exact) < len(case.system.rows):
        for relation in relations:
            lines = [n for n in relation.lines if n in wanted]
            if len(lines) < len(exact):
                yield from _in(case, lines, math.log(ONE_RELATION))


def _in(case: Case, lines: Sequence[int], prior: float = 0.0) -> Iterator[Rounded]:
    lines = [n for n in lines if len(case.system.rows[n].terms) > 1]
    broken = [n for n in lines if case.system.rows[n].broken]
    if not broken:
        return
    cells = {cell for n in lines for cell in case.identities[n].terms}
    suspect = {cell for n in broken for cell in case.identities[n].terms}
    last: int = 10 ** (case.scale - max(case.printed[cell].decimals for cell in cells))
    most = int(max(1, MISPRINTED * len(cells)))
    for step, random in [(s, False) for s in STEPS] + [(s, True) for s in RANDOM]:
        unit = step * last
        odd = [cell for cell in sorted(cells) if case.values[cell] % unit]
        unrounded = frozenset[int]()
        if len(odd) > most and not random:
            # totals may have been added up before their parts were rounded
            unrounded = case.totals & cells
            odd = [cell for cell in odd if cell not in unrounded]
        shown = sum(case.values[cell] != 0 for cell in cells - unrounded - set(odd))
        if step > 1 and shown < LEAST_SHOWN:
            continue  # noughts are multiples of anything: they show no unit
        # a misprint beside the rounding is no multiple of the unit, either
        if len(odd) > most or not suspect.issuperset(odd) or len(cells) - len(unrounded) <= most:
            continue
        if made := _weighed(case, lines, broken, _Unit(unit, random, unrounded, last)):
            yield replace(made, weight=made.weight + prior)


@dataclass(frozen=True)
class _Unit:
    """What numbers may have been rounded to.

    Args:
        size: a unit, scaled.
        random: to one of the two nearest multiples, at random.
        unrounded: totals that were not rounded.
        last: the last printed digit, scaled.
    """

    size: int
    random: bool
    unrounded: frozenset[int]
    last: int

    def terms(self, row: LinearRow) -> int:
        """Rounded numbers of a sum."""
        return sum(abs(k) for cell, k in row.terms.items() if cell not in self.unrounded)

    def tolerance(self, row: LinearRow) -> int:
        """The half unit that rounding leaves of each; at random a whole one."""
        return self.terms(row) * self.size * (2 if self.random else 1) // 2

    def fits(self, row: LinearRow) -> bool:
        """Whether a sum is off by what rounding may leave: multiples of a unit by multiples of it."""
        whole = self.last if self.unrounded else self.size
        return abs(row.residual) <= self.tolerance(row) and row.residual % whole == 0

    def chance(self, row: LinearRow) -> float:
        """Probability of what a sum is off by."""
        terms = self.terms(row)
        if not self.unrounded:
            return chance(terms, row.residual // self.size, self.random)
        variance = terms * self.size**2 / 12
        if not variance:
            return float(not row.residual)
        return self.last * math.exp(-(row.residual**2) / 2 / variance) / math.sqrt(2 * math.pi * variance)


def _weighed(case: Case, lines: Sequence[int], broken: Sequence[int], unit: _Unit) -> Rounded | None:
    rows = case.system.rows
    explained = [n for n in broken if unit.fits(rows[n])]
    if not explained:
        return None
    each = 0.0
    for n in lines:
        # a slip beside the rounding: what it leaves the line off by is not chosen either
        own = rows[n] if n not in broken or n in explained else replace(rows[n], residual=0)
        each += math.log(max(1e-12, unit.chance(own)))
    total, k = len(lines), len(explained)
    some = -math.log(total + 1) - (math.lgamma(total + 1) - math.lgamma(k + 1) - math.lgamma(total - k + 1))
    some += sum(-math.log(2 * max(1, unit.tolerance(rows[n]) // unit.size)) for n in broken)
    # that multiples of a larger unit were rounded is plain; that they were rounded one by one is the question
    prior = PRIORS.rounding if unit.size == unit.last else PRIORS.rounded
    weight = math.log(prior) + weighing.added([each, some + math.log(0.03)])
    scaled = case.decimal(unit.size)
    wanted = set(lines)
    identities = [
        replace(i, tolerance=case.decimal(unit.tolerance(rows[n]))) if n in wanted else i
        for n, i in enumerate(case.identities)
    ]
    amounts = [case.decimal(rows[n].residual) for n in explained]
    cause = Cause(Kind.ROUNDING, tuple(sorted(explained)), total, min(amounts), max(amounts), Decimal(scaled))
    return Rounded(cause, weight, case.loosened(identities), frozenset(explained))
