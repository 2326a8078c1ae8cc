"""From broken identities to the likeliest explanation, its alternatives and its certificate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from amyqa.diagnosis import evidence, misprints, program
from amyqa.diagnosis.case import Case
from amyqa.diagnosis.misprints import SLIPS, Slip
from amyqa.diagnosis.search import Explanation, Search
from amyqa.diagnosis.system import Row, System

STEPS = 6_000
LEAST_STEPS = 60
MOST_CELLS = 8
MOST_CERTIFIED = 20
LEAST_SHIFTED = 2
MOST_WAYS = 12
FEW_GROUPS = 3
"""Up to so many unconnected breaks a table may well owe to misprints alone."""
SURE = 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """One cell of an explanation.

    Args:
        kind: the likeliest slip, or how an inherited total came about.
        inherited: added up from a part that is wrong; else a root misprint.
        slip: probability of the printed number, given the proposed one and a misprint.
    """

    cell: int
    printed: Decimal
    proposed: Decimal
    kind: str
    inherited: bool
    slip: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """One explanation and its likelihood among all that were weighed."""

    changes: tuple[Change, ...]
    likelihood: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A diagnosis of one group of broken identities.

    Args:
        rows: numbers of the identities it explains.
        alternatives: likeliest first; those of the smallest size are complete unless `reached`.
        smallest: least number of wrong cells that explains them; 0 where none was found.
        ties: explanations of that size.
        next_best: least number of cells of an explanation that contains none of the smallest; None
            where it was not determined.
        proven: no smaller explanation exists.
        reached: enumeration stopped at its limit.
        missing: likelihood that a part is missing or defined otherwise rather than misprinted; 0 where
            no explanation was found to weigh it against.
    """

    rows: tuple[int, ...]
    alternatives: tuple[Alternative, ...]
    smallest: int
    ties: int
    next_best: int | None
    proven: bool
    reached: bool
    missing: float

    @property
    def best(self) -> Alternative | None:
        """The likeliest explanation."""
        return self.alternatives[0] if self.alternatives else None

    @property
    def located(self) -> tuple[Change, ...]:
        """The changes that can be proposed.

        Those of the best explanation, where it is likelier than all else together; else those that
        most of what is likely agrees on, whatever else is wrong.
        """
        if self.best is None:
            return ()
        if self.best.likelihood > SURE:
            return self.best.changes
        return tuple(c for c in self.best.changes if self.marginal(c) > SURE)

    def marginal(self, change: Change) -> float:
        """Likelihood that a cell should be what a change proposes, over all explanations."""
        return self.together((change,))

    def together(self, changes: Sequence[Change]) -> float:
        """Likelihood of several changes at once, whatever else is wrong."""
        wanted = {(change.cell, change.proposed) for change in changes}
        return sum(
            alternative.likelihood
            for alternative in self.alternatives
            if wanted <= {(change.cell, change.proposed) for change in alternative.changes}
        )


def diagnose(case: Case, *, certify: bool = True) -> list[Verdict]:
    """Explain all broken identities of a table.

    Args:
        certify: also determine the next best explanation (costs most of the time).

    Returns:
        One verdict for each group of broken identities that no cell shares with another group.
    """
    groups = _groups(case)
    # many groups share what one may spend, so that the time is bounded and the answer is always the same
    steps = max(LEAST_STEPS, 2 * STEPS // max(2, len(groups)))
    effort = Effort(steps, len(groups), certify and len(groups) <= MOST_CERTIFIED)
    verdicts = [_verdict(case, rows, effort) for rows in groups]
    if 1 < len(groups) <= MOST_CELLS and any(v.smallest > 1 or not v.smallest for v in verdicts):
        # what looks like two errors may be one that a row which holds ties together (two cells swapped)
        joint = _verdict(case, tuple(sorted(case.system.broken)), effort)
        if joint.smallest and joint.smallest < sum(v.smallest or MOST_CELLS for v in verdicts):
            return [joint]
    return verdicts


@dataclass(frozen=True, slots=True)
class Effort:
    """How much to spend on one group, and how many groups there are.

    A table with many unconnected breaks is likelier to count something otherwise than to be full of
    misprints.
    """

    steps: int
    groups: int
    certify: bool


def _groups(case: Case) -> list[tuple[int, ...]]:
    """Broken identities, together where they share a cell that may be wrong, or are the same relation."""
    first: dict[object, int] = {}
    group: dict[int, set[int]] = {}
    for number in case.system.broken:
        keys: list[object] = [cell for cell in case.system.rows[number].terms if cell not in case.fixed]
        if (pattern := case.identities[number].pattern) is not None:
            keys.append(pattern)
        joined = {number}.union(*(group[first[key]] for key in keys if key in first))
        for member in joined:
            group[member] = joined
        for key in keys:
            first.setdefault(key, number)
    unique = {id(members): tuple(sorted(members)) for members in group.values()}
    return sorted(unique.values())


def _verdict(case: Case, rows: tuple[int, ...], effort: Effort) -> Verdict:
    search = Search(case.system, case.fixed, case.allowed, effort.steps)
    smallest, found = search.smallest(rows, MOST_CELLS)
    bound = search.bound({i: case.system.rows[i] for i in rows}, case.fixed)
    proven = bool(found) and not search.exhausted
    reached = search.exhausted
    if not found:
        found, bound = _by_program(case, rows)
        smallest = len(found[0]) if found else 0
        proven = bool(found) and smallest <= bound
    ties = sum(len(explanation) == smallest for explanation in found)
    if found and not search.exhausted and smallest < MOST_CELLS:
        near = Search(case.system, case.fixed, case.allowed, effort.steps // 2)
        found = found + near.of_size(smallest + 1, rows)
    alternatives, missing = _weighed(case, rows, found, effort.groups) if found else ((), 0.0)
    next_best = _next_best(case, rows, smallest, found) if effort.certify and proven else None
    return Verdict(rows, alternatives, smallest, ties, next_best, proven, reached, missing)


def _by_program(case: Case, rows: tuple[int, ...]) -> tuple[list[Explanation], int]:
    """For tables too wide for the exact search."""

    def cost(candidate: program.Candidate) -> float:
        slip = _probability(case, candidate.cell, candidate.difference)
        return min(1.0, -misprints.log(slip) / 40)

    # other groups have explanations of their own: here their rows hold as they are
    own = set(rows)
    system = System(
        [row if i in own or not row.broken else Row(row.terms, 0) for i, row in enumerate(case.system.rows)]
    )
    lists = program.candidates(system, case.fixed, case.allowed)
    solved = program.solve(system, lists, cost)
    return list(solved.explanations), solved.bound


def _next_best(case: Case, rows: tuple[int, ...], smallest: int, found: Sequence[Explanation]) -> int | None:
    """Least size of an explanation that contains no smallest one; None where it cannot be determined."""
    optimal = [frozenset(explanation) for explanation in found if len(explanation) == smallest]
    larger = [frozenset(explanation) for explanation in found if len(explanation) > smallest]
    if any(not any(least <= cells for least in optimal) for cells in larger):
        return smallest + 1
    best: int | None = None
    for excluded in _avoiding(optimal):
        search = Search(case.system, case.fixed, case.allowed, STEPS)
        most = MOST_CELLS if best is None else best - 1
        size, others = search.smallest(rows, most, excluding=excluded)
        if others:
            best = size
        elif search.exhausted:
            return None
    return best


def _avoiding(optimal: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Cells without which none of the smallest explanations is possible: one of each, in every way.

    Nothing where there are too many ways.
    """
    ways = [frozenset[int]()]
    for cells in optimal:
        grown = {way | extra for way in ways for extra in _one_of(way, cells)}
        ways = sorted((w for w in grown if not any(other < w for other in grown)), key=sorted)
        if len(ways) > MOST_WAYS:
            return []
    return ways


def _one_of(way: frozenset[int], cells: frozenset[int]) -> list[frozenset[int]]:
    return [frozenset()] if way & cells else [frozenset({cell}) for cell in cells]


# --- likelihoods ----------------------------------------------------------------------------


def _slips(case: Case, cell: int, difference: int) -> list[Slip]:
    printed = case.printed[cell]
    proposed = case.proposed(cell, difference)
    decimals = max(printed.decimals, -int(proposed.as_tuple().exponent), 0)
    return misprints.explain(printed.value, proposed, decimals, case.neighbours(cell), nil=printed.nil)


def _probability(case: Case, cell: int, difference: int) -> float:
    return misprints.likelihood(_slips(case, cell, difference))


def _weighed(
    case: Case, rows: tuple[int, ...], found: Sequence[Explanation], groups: int
) -> tuple[tuple[Alternative, ...], float]:
    """Alternatives with their likelihoods, and that of no misprint at all."""
    settled = [_likeliest_values(case, explanation, rows) for explanation in found]
    cells = frozenset(cell for explanation in settled for cell in explanation)
    agreements = evidence.agreements(case, cells)
    weighed = []
    for explanation in settled:
        changes = _changes(case, explanation)
        gain, names = _together(case, changes)
        weight = sum(_cost(change) for change in changes) + gain
        changes = tuple(replace(c, kind=names.get(c.cell, c.kind)) for c in changes)
        weighed.append((weight + evidence.weight(agreements, case, explanation), changes))
    base = evidence.weight(agreements, case, {})
    other = _other(case, rows) + base + 2 * math.log(max(1.0, groups / FEW_GROUPS))
    top = max([weight for weight, _ in weighed] + [other])
    total = sum(math.exp(weight - top) for weight, _ in weighed) + math.exp(other - top)
    alternatives = [Alternative(changes, math.exp(weight - top) / total) for weight, changes in weighed]
    alternatives.sort(key=lambda a: (-a.likelihood, len(a.changes), [c.cell for c in a.changes]))
    return tuple(alternatives), math.exp(other - top) / total


def _cost(change: Change) -> float:
    if change.inherited:
        return math.log(SLIPS.inherited)
    return math.log(SLIPS.rate) + misprints.log(change.slip)


def _changes(case: Case, explanation: Explanation) -> tuple[Change, ...]:
    changes = []
    for cell, difference in explanation.items():
        inherited = _inherits(case, cell, explanation)
        slips = _slips(case, cell, difference)
        changes.append(
            Change(
                cell=cell,
                printed=case.printed[cell].value,
                proposed=case.proposed(cell, difference),
                kind="added up from a wrong part" if inherited else slips[0].kind if slips else "",
                inherited=inherited,
                slip=misprints.likelihood(slips),
            )
        )
    # roots first, then what follows from them
    return tuple(sorted(changes, key=lambda c: (c.inherited, c.cell)))


def _inherits(case: Case, cell: int, explanation: Explanation) -> bool:
    """Whether a total agrees, as printed, with parts of which one is wrong."""
    for number in case.system.of_cell[cell]:
        identity = case.identities[number]
        if identity.total != cell or case.system.rows[number].broken:
            continue
        if any(part in explanation for part in identity.terms if part != cell):
            return True
    return False


def _together(case: Case, changes: Sequence[Change]) -> tuple[float, dict[int, str]]:
    """What several roots gain by being one slip, and what to call each of them then."""
    return max(_swapped(case, changes), _slipped(case, changes), key=lambda found: found[0])


def _slipped(case: Case, changes: Sequence[Change]) -> tuple[float, dict[int, str]]:
    """A row or column that slipped by one cell: each number stands where the next should."""
    roots = {case.printed[change.cell].place: change for change in changes if not change.inherited}
    best: tuple[float, dict[int, str]] = (0.0, {})
    for down, right in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        slipped = [
            change
            for (r, c), change in roots.items()
            if (before := roots.get((r - down, c - right))) is not None and change.printed == before.proposed
        ]
        if len(slipped) >= LEAST_SHIFTED:
            once = math.log(SLIPS.rate) + math.log(SLIPS.shifted / 4)
            gain = once - sum(_cost(change) for change in slipped)
            kind = f"{'row' if right else 'column'} shifted by one cell"
            best = max(best, (gain, {c.cell: kind for c in slipped}), key=lambda found: found[0])
    return best


def _swapped(case: Case, changes: Sequence[Change]) -> tuple[float, dict[int, str]]:
    """Two neighbouring cells that were exchanged are one slip, not two."""
    gain = 0.0
    names: dict[int, str] = {}
    roots = [change for change in changes if not change.inherited]
    for first in roots:
        for second in roots:
            if first.cell >= second.cell or {first.cell, second.cell} & names.keys():
                continue
            exchanged = first.printed == second.proposed and second.printed == first.proposed
            (r1, c1), (r2, c2) = case.printed[first.cell].place, case.printed[second.cell].place
            if exchanged and abs(r1 - r2) + abs(c1 - c2) <= 2:
                once = math.log(SLIPS.rate) + math.log(SLIPS.copied / 4)
                gain += max(0.0, once - _cost(first) - _cost(second))
                names |= dict.fromkeys((first.cell, second.cell), "swapped with a neighbouring cell")
    return gain, names


def _other(case: Case, rows: tuple[int, ...]) -> float:
    """Log-weight of a cause that is no misprint: a part missing, or counted otherwise.

    One cause breaks the same relation in every column (or row) it stands in, so that it is paid for
    once for each pattern; what each sum lacks can be anything.
    """
    patterns: dict[object, int] = {}
    weight = 0.0
    for number in rows:
        row, identity = case.system.rows[number], case.identities[number]
        key = identity.pattern if identity.pattern is not None else number
        patterns[key] = patterns.get(key, 0) + 1
        length = len(misprints.digits(case.decimal(row.residual), case.finest))
        weight += math.log(0.5) - length * math.log(10)
    return weight + len(patterns) * math.log(SLIPS.other)


def _likeliest_values(case: Case, explanation: Explanation, rows: tuple[int, ...]) -> Explanation:
    """Where tolerances leave a choice, the values that a slip explains best."""
    if not any(case.system.rows[i].tolerance for cell in explanation for i in case.system.of_cell[cell]):
        return explanation
    best = dict(explanation)
    for cell in explanation:
        interval = case.system.interval(cell, best)
        if interval is None:
            continue
        low, high = interval
        middle = best[cell]
        options = {middle, (low + high) // 2}
        printed = case.printed[cell]
        for value in misprints.nearby(printed.value, printed.decimals):
            scaled = value.scaleb(case.scale)
            if scaled == int(scaled) and low <= int(scaled) - case.values[cell] <= high:
                options.add(int(scaled) - case.values[cell])
        own = 10 ** (case.scale - printed.decimals)
        usable = {_rounded(case, cell, option, own, low, high) for option in options}
        usable = {o for o in usable if o and case.allowed(cell, o)} or {middle}
        trial = max(sorted(usable), key=lambda option: _probability(case, cell, option))
        if case.system.holds({**best, cell: trial}, rows):
            best[cell] = trial
    return best


def _rounded(case: Case, cell: int, difference: int, step: int, low: int, high: int) -> int:
    """A difference that gives a value of the cell's own decimals, where the interval has one."""
    value = case.values[cell] + difference
    nearest = round(Decimal(value) / step) * step
    rounded = int(nearest) - case.values[cell]
    return rounded if low <= rounded <= high else difference
