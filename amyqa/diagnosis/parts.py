"""A table's broken identities in parts that share no cell, and what may explain each.

Parts that share nothing are independent: each is judged alone, and their likelihoods multiply. A part that
is too large for the exact search is peeled (`dense`), and its corrections are judged one by one, each given
the others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from amyqa.diagnosis import misprints, pairs, program, weighing
from amyqa.diagnosis.case import Case
from amyqa.diagnosis.causes import PRIORS
from amyqa.diagnosis.dense import Peeling
from amyqa.diagnosis.rectangles import Rectangles
from amyqa.diagnosis.search import Explanation, Search
from amyqa.diagnosis.system import LinearRow, System
from amyqa.diagnosis.weighing import Weighed, added

STEPS = 6_000
ALL_STEPS = 60_000
LEAST_STEPS = 100
MAX_CELLS = 8
MAX_TOGETHER = 4
"""Corrections that are judged together where a part was peeled."""
MAX_MERGED = 20
MAX_CHOICES = 4_000
"""Corrections that the solver chooses from."""
LIKELY = 1e-4
"""Probability from which on a slip is one that the solver may choose: what nothing explains fits anywhere."""
ROUNDS = 3
"""How often what was peeled is chosen from anew, and peeled on from there."""
MAX_NEAR = 40
"""Groups of peeled corrections up to which larger explanations of each are weighed as well."""
MAX_FOR_PROGRAM = 200
"""Broken identities up to which the solver is asked."""
MAX_ASKED = 24
"""Parts of a table up to which the solver is asked about each; of more, no answer is worth the wait."""
MANY_CELLS, NEARLY_ALL = 40, 0.95
"""Cells of broken identities, and the share of these of all near, from which on the solver is not asked."""
ORDINARY = 0.005
"""Probability of a number that an ordinary slip made of another."""


@dataclass(frozen=True)
class Pool:
    """What may explain one part, weighed.

    Args:
        rows: the broken identities.
        weighed: explanations, likeliest first.
        still: log-weight of no misprint at all.
        unseen: log-weight of what the search did not reach.
        system: the identities as they are judged here (given the corrections of other parts).
        given: it was judged given something else: other corrections, or a cause.
        peeled: errors overlap in its lines.
    """

    rows: tuple[int, ...]
    weighed: tuple[Weighed, ...]
    still: float
    unseen: float
    smallest: int
    ties: int
    proven: bool
    search_truncated: bool
    system: System
    found: tuple[Explanation, ...] = ()
    given: bool = False
    peeled: bool = False

    @property
    def total(self) -> float:
        """Log-weight of all that was weighed."""
        return added([*(each.weight for each in self.weighed), self.still, self.unseen])

    @property
    def likely(self) -> float:
        """That something is misprinted here."""
        return math.exp(added(each.weight for each in self.weighed) - self.total) if self.weighed else 0.0


def learned(case: Case, found: Sequence[Pool]) -> list[Pool]:
    """The pools, with misprints the likelier the more of them the other pools have."""
    roots = [_roots(pool.weighed[0]) if pool.likely > 0.5 else 0 for pool in found]
    return [_likelier(case, pool, sum(roots) - mine) for pool, mine in zip(found, roots, strict=True)]


def _likelier(case: Case, pool: Pool, besides: int) -> Pool:
    if not pool.weighed:
        return pool
    again = [_again(case, besides, _roots(each)) for each in pool.weighed]
    weighed = [replace(e, weight=e.weight + more) for e, more in zip(pool.weighed, again, strict=True)]
    # what was not looked at has as many misprints as the likeliest that was
    weighed.sort(key=lambda each: -each.weight)
    return replace(pool, weighed=tuple(weighed), unseen=pool.unseen + again[0])


def _roots(weighed: Weighed) -> int:
    return sum(not change.inherited for change in weighed.changes)


def _again(case: Case, besides: int, roots: int) -> float:
    return sum(misprints.again(besides + i, len(case.printed)) for i in range(roots))


def connected(system: System, rows: Iterable[int], fixed: frozenset[int]) -> list[tuple[int, ...]]:
    """Broken identities, together where they share a cell that may be wrong."""
    first: dict[int, int] = {}
    parent: dict[int, int] = {}

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for number in rows:
        parent[number] = number
        for cell in system.rows[number].terms:
            if cell not in fixed:
                parent[root(number)] = root(first.setdefault(cell, number))
    members: dict[int, list[int]] = {}
    for number in rows:
        members.setdefault(root(number), []).append(number)
    return sorted(tuple(sorted(each)) for each in members.values())


def pools(case: Case) -> list[Pool]:
    """The parts of a table, each with what may explain it."""
    parts = connected(case.system, case.system.broken, case.fixed)
    # many parts share what one may spend, so that the time is bounded and the answer is always the same
    steps = max(LEAST_STEPS, min(STEPS, ALL_STEPS // max(1, len(parts))))
    asking = len(parts) <= MAX_ASKED
    found = [explain(case, part, steps, asking=asking) for part in parts]
    return _merged(case, found, steps)


def _merged(case: Case, found: list[list[Pool]], steps: int) -> list[Pool]:
    """Parts that one smaller explanation mends together (two cells swapped) are one part after all."""
    at = {row: i for i, each in enumerate(found) for pool in each for row in pool.rows}
    gone: set[int] = set()
    merged: list[Pool] = []
    tried = 0
    for i, each in enumerate(found):
        if i in gone or len(each) != 1 or each[0].smallest == 1 or tried >= MAX_MERGED:
            continue
        touched = {at[row] for e in each[0].found for row in _mends(case.system, e) if row in at} - gone
        if len(touched | {i}) < 2:
            continue
        tried += 1
        together = sorted(touched | {i})
        rows = tuple(sorted(row for j in together for pool in found[j] for row in pool.rows))
        [joint, *rest] = explain(case, rows, steps)
        apart = sum(pool.smallest or MAX_CELLS for j in together for pool in found[j])
        if not rest and joint.smallest and joint.smallest < apart:
            merged.append(joint)
            gone.update(together)
    return [pool for i, each in enumerate(found) if i not in gone for pool in each] + merged


def _mends(system: System, explanation: Explanation) -> set[int]:
    touched = {i for cell in explanation for i in system.of_cell[cell]}
    return {
        i
        for i in touched
        if system.rows[i].broken and abs(system.after(i, explanation)) <= system.rows[i].tolerance
    }


def explain(case: Case, rows: tuple[int, ...], steps: int, *, asking: bool = True) -> list[Pool]:
    """What may explain broken identities: one pool, or several where they had to be peeled.

    Args:
        asking: the solver too, where neither search nor peeling comes to an end.
    """
    whole = exact(case, case.system, rows, steps, case.fixed)
    if whole.found and not whole.search_truncated:
        return [whole]
    peeled, complete = _peeled(case, rows, steps)
    if complete:
        return peeled
    asking = asking and len(rows) <= MAX_FOR_PROGRAM and not _all_broken(case.system, rows)
    found, _ = _by_program(case, rows) if asking else ([], 0)
    if found:
        return _judged(case, set(rows), found[0], steps)
    return [whole] if whole.found or not peeled else peeled


def _all_broken(system: System, rows: tuple[int, ...]) -> bool:
    """Whether hardly a sum near these holds: then no choice of a few cells is what is the case."""
    cells = {cell for row in rows for cell in system.rows[row].terms}
    near = {row for cell in cells for row in system.of_cell[cell]}
    return len(cells) >= MANY_CELLS and len(rows) > NEARLY_ALL * len(near)


def exact(
    case: Case,
    system: System,
    rows: tuple[int, ...],
    steps: int,
    fixed: frozenset[int],
    most: int = MAX_CELLS,
    near: bool = True,
) -> Pool:
    """What may explain broken identities by exact search.

    Args:
        fixed: cells that cannot be wrong.
        most: largest number of wrong cells to try.
        near: also weigh explanations one cell larger than the smallest.
    """
    search = Search(system, fixed, case.allowed, steps)
    smallest, found = search.smallest(rows, most)
    search_truncated, explored = search.exhausted, search.explored
    if near and found and not search_truncated and smallest < most:
        larger = Search(system, fixed, case.allowed, steps // 2)
        found = found + larger.of_size(smallest + 1, rows)
        explored = larger.explored if larger.exhausted else 1.0
    return _pool(
        case,
        system,
        rows,
        found,
        smallest if found else 0,
        bool(found) and not search_truncated,
        search_truncated,
        explored,
    )


def _pool(
    case: Case, system: System, rows: tuple[int, ...], found: Sequence[Explanation], smallest: int,
    proven: bool, search_truncated: bool, explored: float,
) -> Pool:  # fmt: skip
    """Explanations weighed against each other, against no misprint, and against what was not looked at.

    Args:
        explored: share of the last level of the search that was looked at; -inf where it was not enumerated
            at all.
    """
    weighed = weighing.weigh(case, system, found, rows)
    if doubled := pairs.pairs(case, system, weighed, rows):
        weighed = sorted(
            [*weighed, *weighing.weigh(case, system, doubled, rows)], key=lambda each: -each.weight
        )
    unseen = -math.inf
    last = max((len(each) for each in found), default=0)
    level = [each.weight for each in weighed if len(each.changes) == last]
    if level and explored < 1:
        # what was cut off holds what the part that was looked at holds, size for size
        unseen = added(level) + math.log((1 - max(explored, 0.01)) / max(explored, 0.01))
    ties = sum(len(explanation) == smallest for explanation in found)
    still = weighing.lone(case, system, rows)
    if not weighed:
        # misprints there may be, though not few: they were not found
        unseen = max(2.0, len(rows) / 2) * math.log(case.shares.rate * ORDINARY)
    return Pool(
        rows, tuple(weighed), still, unseen, smallest, ties, proven, search_truncated, system, tuple(found)
    )


def _by_program(case: Case, rows: tuple[int, ...]) -> tuple[list[Explanation], int]:
    """The fewest corrections of all that residuals ask for."""

    def cost(candidate: program.Candidate) -> float:
        return min(1.0, -weighing.cost(case, candidate.cell, candidate.difference) / 40)

    # other parts have explanations of their own: here their rows hold as they are
    own = set(rows)
    system = System(
        [
            row if i in own or not row.broken else LinearRow(row.terms, 0)
            for i, row in enumerate(case.system.rows)
        ]
    )
    lists = program.candidates(system, case.fixed, case.allowed)
    solved = program.solve(system, lists, cost)
    return list(solved.explanations), solved.bound


# --- peeled -----------------------------------------------------------------------------------


def _peeled(case: Case, rows: tuple[int, ...], steps: int) -> tuple[list[Pool], bool]:
    """The corrections of a large part, each judged given all the others, and whether they mend all of it."""
    system = case.system

    def surprise(residual: int) -> float:
        return math.log(2) + weighing.size(case, residual) * math.log(10) - math.log(PRIORS.lone)

    cost = partial(weighing.cost, case)
    changes: Explanation = {}
    asked: dict[program.Candidate, None] = {}
    for _ in range(ROUNDS):
        peeling = Peeling(system, rows, case.fixed, case.allowed, cost, surprise, changes)
        changes = peeling.run()
        if not peeling.open or not changes:
            break
        asked.update((program.Candidate(cell, difference), None) for cell, difference in changes.items())
        changes = _chosen(case, rows, asked, cost, surprise) or changes
    if not changes:
        return [], False
    rest = system.mended(changes)
    touched = {i for cell in changes for i in system.of_cell[cell]}
    left = [i for i in sorted(set(rows) | touched) if rest.rows[i].broken]
    open_parts: list[tuple[int, ...]] = []
    for part in connected(rest, left, case.fixed):
        near = exact(case, rest, part, max(LEAST_STEPS, steps // 4), case.fixed | changes.keys(), 4)
        if near.weighed:
            best = {c.cell: case.scaled(c.proposed) - case.values[c.cell] for c in near.weighed[0].changes}
            changes |= best
        else:
            open_parts.append(part)
    changes = Rectangles.of(case, len(changes)).improved(changes)
    left_over = [
        replace(_pool(case, rest, part, (), 0, False, True, 0.0), given=True, peeled=True)
        for part in open_parts
    ]
    return _judged(case, set(rows), changes, steps) + left_over, not open_parts


def _chosen(
    case: Case, rows: tuple[int, ...], asked: Iterable[program.Candidate], cost: Callable[[int, int], float],
    surprise: Callable[[int], float],
) -> Explanation:  # fmt: skip
    """Where peeling got stuck: the likeliest of all slips that a short line, or two lines, ask for.

    What was peeled first may have been the wrong cell of a short line; chosen all at once, the lines that
    cross there tell.

    Args:
        asked: corrections that were peeled, this time or before.
    """
    own = set(rows)
    near = case.system.off_by({i: 0 for i in case.system.broken if i not in own})
    _, harmless = islice(program.candidates(near, case.fixed, case.allowed), 2)
    costs = {each: -cost(each.cell, each.difference) for each in dict.fromkeys([*asked, *harmless])}
    choices = [each for each in costs if costs[each] < -math.log(case.shares.rate * LIKELY)]
    if not 0 < len(choices) <= MAX_CHOICES:
        return {}
    return program.choose(near, rows, choices, costs.__getitem__, surprise)


def _judged(case: Case, rows: set[int], changes: Explanation, steps: int) -> list[Pool]:
    """Each group of corrections that belong together, given the others."""
    system = case.system
    proven = len(changes) <= program.covering(system, sorted(rows))
    found: list[Pool] = []
    told: set[int] = set()
    doubts = Rectangles.of(case, len(changes)).doubts(changes)
    groups = _groups(case, changes)
    for group in groups:
        others = {cell: difference for cell, difference in changes.items() if cell not in group}
        given = system.mended(others)
        near = sorted({i for cell in group for i in system.of_cell[cell]})
        broken = tuple(i for i in near if given.rows[i].broken)
        if not broken:
            continue
        budget, fixed = max(LEAST_STEPS, steps // 8), case.fixed | others.keys()
        pool = exact(case, given, broken, budget, fixed, len(group) + 1, len(groups) <= MAX_NEAR)
        if not pool.found:
            own = [{cell: changes[cell] for cell in group}]
            pool = _pool(case, given, broken, own, len(group), False, True, 0.5)
        if pool.weighed and (odds := [doubts[cell] for cell in group if cell in doubts]):
            pool = replace(pool, unseen=added([pool.unseen, pool.weighed[0].weight + max(odds)]))
        # a row that several corrections change is told with the first of them
        own_rows = tuple(i for i in near if i in rows and i not in told)
        told.update(own_rows)
        found.append(
            Pool(
                own_rows or pool.rows, pool.weighed, pool.still, pool.unseen, pool.smallest, pool.ties,
                proven, pool.search_truncated, given, pool.found, given=True, peeled=True,
            )
        )  # fmt: skip
    return found


def _groups(case: Case, changes: Explanation) -> list[frozenset[int]]:
    """Corrections that hang together: a total with the wrong part that it was added up from."""
    group: dict[int, frozenset[int]] = {cell: frozenset({cell}) for cell in changes}
    for cell in sorted(changes):
        for number in case.system.of_cell[cell]:
            identity = case.identities[number]
            row = case.system.rows[number]
            if identity.total != cell or row.broken or row.tolerance > case.widest:
                continue
            for part in sorted(identity.terms.keys() & changes.keys() - {cell}):
                joined = group[cell] | group[part]
                if len(joined) <= MAX_TOGETHER:
                    for member in joined:
                        group[member] = joined
    return sorted(set(group.values()), key=sorted)
