"""Weights of explanations: what each costs, as the logarithm of its probability.

A root misprint costs the share of cells that are wrong, the probability of the printed number given the
proposed one, and the plausibility of the proposed number against the printed one where it stands. What
several cells share (a swap, a shift, a wrong part carried into its total) is paid for once.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from amyqa.diagnosis import evidence, joint, misprints, quotients
from amyqa.diagnosis.case import Case
from amyqa.diagnosis.causes import PRIORS
from amyqa.diagnosis.misprints import ErrorMechanism
from amyqa.diagnosis.search import Explanation
from amyqa.diagnosis.system import System
from amyqa.diagnosis.verdict import ProposedChange


@dataclass(frozen=True, slots=True)
class Weighed:
    """An explanation and the logarithm of its weight."""

    weight: float
    changes: tuple[ProposedChange, ...]

    @property
    def cells(self) -> frozenset[int]:
        """The cells it changes."""
        return frozenset(change.cell for change in self.changes)


def added(weights: Iterable[float]) -> float:
    """The logarithm of a sum of weights."""
    listed = list(weights)
    top = max(listed, default=-math.inf)
    return top if top == -math.inf else top + math.log(sum(math.exp(weight - top) for weight in listed))


def slips(case: Case, cell: int, difference: int) -> list[ErrorMechanism]:
    """The slips that lead to what a cell prints from what it should have been."""
    key = ("slips", cell, difference)
    if key not in case.memory:
        printed = case.printed[cell]
        proposed = case.proposed(cell, difference)
        decimals = max(printed.decimals, -int(proposed.as_tuple().exponent), 0)
        around = case.neighbours(cell)
        case.memory[key] = misprints.explain(
            printed.value, proposed, decimals, around, nil=printed.nil, shares=case.shares
        )
    found: list[ErrorMechanism] = case.memory[key]
    return found


def nearby(case: Case, cell: int) -> list[int]:
    """Differences, ascending, to the numbers that a common slip may have made a cell's out of."""
    key = ("nearby", cell)
    if key not in case.memory:
        printed = case.printed[cell]
        scaled = (v.scaleb(case.scale) for v in misprints.nearby(printed.value, printed.decimals))
        case.memory[key] = sorted({int(v) - case.values[cell] for v in scaled if v == int(v)} - {0})
    found: list[int] = case.memory[key]
    return found


def cost(case: Case, cell: int, difference: int) -> float:
    """Logarithm of the probability that a cell is misprinted in this way."""
    slip = misprints.likelihood(slips(case, cell, difference))
    return (
        math.log(case.shares.rate)
        + misprints.log(slip)
        + plausible(case, cell, case.proposed(cell, difference))
    )


def plausible(case: Case, cell: int, proposed: Decimal) -> float:
    """How much more plausible a number is in a cell than the printed one; a total is as its parts make it."""
    return 0.0 if cell in case.totals else case.sizes.gain(cell, proposed)


def weigh(case: Case, system: System, found: Sequence[Explanation], rows: tuple[int, ...]) -> list[Weighed]:
    """Explanations with their weights against changing nothing, likeliest first.

    Args:
        system: the identities as the explanations were found in them.
        rows: the broken identities that they explain.
    """
    # where tolerances leave a choice of values, several explanations may settle on the same ones
    settled = list(
        {
            frozenset(values.items()): values
            for explanation in found
            for values in [likeliest_values(case, system, explanation, rows)]
        }.values()
    )
    cells = frozenset(cell for explanation in settled for cell in explanation)
    agreements = evidence.agreements(case, cells)
    unchanged = evidence.weight(agreements, case, {})
    weighed = []
    for explanation in settled:
        changes = _changes(case, explanation)
        costs = {c.cell: _cost(case, c) for c in changes}
        gain, names = joint.together(case, changes, costs)
        changes = tuple(replace(c, kind=names.get(c.cell, c.kind)) for c in changes)
        weight = sum(costs.values()) + gain + evidence.weight(agreements, case, explanation) - unchanged
        weight += evidence.kept(case, system, explanation) + quotients.gain(case, explanation)
        weighed.append(Weighed(weight, changes))
    weighed.sort(key=lambda w: (-w.weight, len(w.changes), [c.cell for c in w.changes]))
    return weighed


def _cost(case: Case, change: ProposedChange) -> float:
    if change.inherited:
        return math.log(case.shares.inherited)
    return (
        math.log(case.shares.rate)
        + misprints.log(change.slip)
        + plausible(case, change.cell, change.proposed)
    )


def _changes(case: Case, explanation: Explanation) -> tuple[ProposedChange, ...]:
    changes = []
    for cell, difference in explanation.items():
        inherited = _inherits(case, cell, explanation)
        ways = slips(case, cell, difference)
        changes.append(
            ProposedChange(
                cell=cell,
                printed=case.printed[cell].value,
                proposed=case.proposed(cell, difference),
                kind="added up from a wrong part" if inherited else ways[0].kind if ways else "",
                inherited=inherited,
                slip=misprints.likelihood(ways),
            )
        )
    # roots first, then what follows from them
    return tuple(sorted(changes, key=lambda c: (c.inherited, c.cell)))


def _inherits(case: Case, cell: int, explanation: Explanation) -> bool:
    """Whether a total agrees, as printed, with parts of which one is wrong."""
    for number in case.system.of_cell[cell]:
        identity, row = case.identities[number], case.system.rows[number]
        # nothing agrees with a sum that a cause has freed
        if identity.total != cell or row.broken or row.tolerance > case.widest:
            continue
        if any(part in explanation for part in identity.terms if part != cell):
            return True
    return False


def lone(case: Case, system: System, rows: Iterable[int]) -> float:
    """Log-weight of a cause that is no misprint: a part missing, or counted otherwise, in these lines alone.

    One cause breaks the same relation in every column (or row) it stands in, so that it is paid for once
    for each pattern; what each sum lacks can be anything, and is paid for once where several lack the same
    (what is missing in a line is missing in its total).
    """
    alike: dict[object, list[int]] = {}
    for number in rows:
        pattern = case.identities[number].pattern
        alike.setdefault(pattern if pattern is not None else number, []).append(system.rows[number].residual)
    weight = len(alike) * math.log(PRIORS.lone)
    for residuals in alike.values():
        own = set(residuals)
        if len(own) > 2 and (total := carried(case, sorted(own), len(own))) is not None:
            own.remove(total)
        weight += (len(residuals) - len(own)) * math.log(0.5)
        for residual in own:
            weight += math.log(0.5) - size(case, residual) * math.log(10)
            if residual < 0 and not case.signed:
                weight += math.log(PRIORS.exceeded)
    return weight


def carried(case: Case, residuals: Sequence[int], lines: int) -> int | None:
    """What one line is off by, where it is what all others are off by together: their total lacks the same.

    Args:
        lines: how many may each be off by half a unit more.
    """
    largest = max(residuals, key=abs)
    rest = sum(residuals) - largest
    tolerance = min(case.unit * max(1, lines) * 2, abs(largest) // 10)
    return largest if abs(rest - largest) <= tolerance else None


def size(case: Case, residual: int) -> int:
    """Digits of what a line is off by."""
    return len(misprints.digits(case.decimal(residual), case.finest).lstrip("0")) or 1


# --- values where tolerances leave a choice ---------------------------------------------------


def likeliest_values(
    case: Case, system: System, explanation: Explanation, rows: tuple[int, ...]
) -> Explanation:
    """Where tolerances leave a choice, the values that a slip explains best."""
    if not any(system.rows[i].tolerance for cell in explanation for i in system.of_cell[cell]):
        return explanation
    best = dict(explanation)
    for cell in sorted(explanation, key=lambda cell: case.printed[cell].place):
        interval = system.interval(cell, best)
        if interval is None:
            continue
        low, high = interval
        middle = best[cell]
        options = {middle, (low + high) // 2, *_exact(case, system, best, cell)}
        near = nearby(case, cell)
        own = 10 ** (case.scale - case.printed[cell].decimals)
        usable = {_rounded(case, cell, option, own, low, high) for option in options}
        # what a slip made may have had other decimals
        usable.update(near[bisect_left(near, low) : bisect_right(near, high)])
        usable = {o for o in usable if o and case.allowed(cell, o)} or {middle}
        trial = _settled(case, system, best, cell, usable)
        if system.holds({**best, cell: trial}, rows):
            best[cell] = trial
    return best


def _exact(case: Case, system: System, changes: Explanation, cell: int) -> list[int]:
    """Changes of one cell after which one of its sums adds up exactly."""
    others = {c: d for c, d in changes.items() if c != cell}
    rows = system.of_cell[cell]
    return [-system.after(i, others) // system.rows[i].terms[cell] for i in rows]


def _settled(case: Case, system: System, changes: Explanation, cell: int, options: Iterable[int]) -> int:
    """The likeliest change of one cell among others: by its slip, and by what its sums are then off by."""

    def likely(option: int) -> float:
        others = {**changes, cell: option}
        return cost(case, cell, option) + evidence.kept(case, system, others) + quotients.gain(case, others)

    return max(sorted(options), key=likely)


def _rounded(case: Case, cell: int, difference: int, step: int, low: int, high: int) -> int:
    """A difference that gives a value of the cell's own decimals, where the interval has one."""
    value = case.values[cell] + difference
    nearest = round(Decimal(value) / step) * step
    rounded = int(nearest) - case.values[cell]
    return rounded if low <= rounded <= high else difference
