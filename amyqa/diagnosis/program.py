"""The program for HiGHS: the fewest candidate corrections that mend every row.

Where an exact search would take too long (wide tables, many errors), corrections are generated from
the residuals themselves: a cell that is the only wrong one of a broken row must change by just what
the row lacks. A small integer program picks the likeliest fewest of them; a second one, which only
asks that every broken row contain a wrong cell, bounds every possible answer from below. Where both
agree, the answer is proven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from amyqa.diagnosis.search import Explanation
from amyqa.diagnosis.system import System

MAX_CANDIDATES = 30_000
MAX_TRIES = 20
MAX_NODES = 500
"""Nodes of one search tree."""
MAX_STEPS = 60_000
"""Simplex steps over all searches of one call; like nodes the same on every machine, as seconds are not."""
BACKSTOP = 60.0
"""Seconds after which a search is given up all the same; far more than the steps above take."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A correction: a cell, and the difference that must be added to it."""

    cell: int
    difference: int


@dataclass(frozen=True)
class Solved:
    """Explanations found, the fewest cells first.

    Args:
        bound: no explanation has fewer cells.
    """

    explanations: tuple[Explanation, ...]
    bound: int

    @property
    def proven(self) -> bool:
        """The first explanation is one of the smallest."""
        return bool(self.explanations) and len(self.explanations[0]) <= self.bound


def candidates(
    system: System, fixed: frozenset[int], allowed: Callable[[int, int], bool]
) -> Iterator[list[Candidate]]:
    """Corrections suggested by residuals, in growing lists.

    First come those that mend two rows or more, then those that mend one and break none, then all,
    with those suggested by what the best leave.
    """
    found: dict[Candidate, tuple[int, int]] = {}

    def suggest(rows: Iterable[int], changes: Mapping[int, int]) -> None:
        for number in rows:
            rest = system.after(number, changes)
            for cell, coefficient in system.rows[number].terms.items():
                whole, remainder = divmod(-rest, coefficient)
                if whole == 0 or remainder or cell in fixed or cell in changes:
                    continue
                candidate = Candidate(cell, whole)
                if candidate not in found and len(found) < MAX_CANDIDATES and allowed(cell, whole):
                    found[candidate] = _effect(system, candidate)

    suggest(system.broken, {})
    crossing = [c for c, (mended, _) in found.items() if mended >= 2]
    yield crossing
    harmless = [c for c, (mended, broken) in found.items() if mended >= 2 or not broken]
    yield harmless
    for candidate in crossing or list(found):
        changes = {candidate.cell: candidate.difference}
        rows = system.of_cell[candidate.cell]
        suggest([i for i in rows if abs(system.after(i, changes)) > system.rows[i].tolerance], changes)
    yield list(found)


def _effect(system: System, candidate: Candidate) -> tuple[int, int]:
    """Broken rows that a correction mends, and rows that it breaks."""
    changes = {candidate.cell: candidate.difference}
    mended = broken = 0
    for number in system.of_cell[candidate.cell]:
        row = system.rows[number]
        after = abs(system.after(number, changes)) > row.tolerance
        mended += row.broken and not after
        broken += after and not row.broken
    return mended, broken


def solve(
    system: System,
    lists: Iterable[Sequence[Candidate]],
    weigh: Callable[[Candidate], float],
    *,
    wanted: int = 4,
    steps: int = MAX_STEPS,
) -> Solved:
    """The fewest candidates that mend every row; among as few, the likeliest first.

    Args:
        lists: candidates in growing lists; a later one is tried while the answer is not proven.
        weigh: cost of a candidate between 0 and 1 (less likely costs more); a cell costs 1 besides.
        wanted: how many explanations to enumerate at the most.
        steps: simplex steps after which no further search is begun.
    """
    bound = covering(system, system.broken)
    effort = _Effort(steps)
    best = Solved((), bound)
    tried = 0
    for choices in lists:
        if len(choices) == tried or effort.spent:
            continue
        tried = len(choices)
        found = _enumerate(system, choices, weigh, wanted, effort)
        if found and (not best.explanations or len(found[0]) <= len(best.explanations[0])):
            best = Solved(tuple(found), bound)
        if best.proven:
            break
    return best


def choose(
    system: System,
    rows: Sequence[int],
    choices: Sequence[Candidate],
    cost: Callable[[Candidate], float],
    surprise: Callable[[int], float],
) -> Explanation:
    """The likeliest choice of corrections where many errors overlap; a row may stay broken, at its price.

    Args:
        rows: the broken rows, and no others, that are to be mended.
        cost: of a correction, positive: minus the logarithm of its probability.
        surprise: of a row that stays broken, positive, by what it is off by.
    """
    import highspy

    solver = _highs()
    touched = dict.fromkeys(rows)
    for candidate in choices:
        touched.update(dict.fromkeys(system.of_cell[candidate.cell]))
    for candidate in choices:
        solver.addCol(cost(candidate), 0.0, 1.0, 0, [], [])
    for j in range(len(choices)):
        solver.changeColIntegrality(j, highspy.HighsVarType.kInteger)
    by_row: dict[int, list[tuple[int, int]]] = {number: [] for number in touched}
    by_cell: dict[int, list[int]] = {}
    for j, candidate in enumerate(choices):
        by_cell.setdefault(candidate.cell, []).append(j)
        for number in system.of_cell[candidate.cell]:
            by_row[number].append((j, system.rows[number].terms[candidate.cell] * candidate.difference))
    for number, entries in by_row.items():
        row = system.rows[number]
        most = sum(abs(change) for _, change in entries) + abs(row.residual)
        unit = max([abs(change) for _, change in entries] + [abs(row.residual), 1])
        # open: whether the row stays broken; rest: by how much
        at = solver.getNumCol()
        solver.addCol(surprise(row.residual or unit), 0.0, 1.0, 0, [], [])
        solver.changeColIntegrality(at, highspy.HighsVarType.kInteger)
        solver.addCol(0.0, -most / unit, most / unit, 0, [], [])
        index = [j for j, _ in entries] + [at + 1]
        amounts = [change / unit for _, change in entries] + [1.0]
        low, high = (-row.residual - row.tolerance) / unit, (-row.residual + row.tolerance) / unit
        solver.addRow(low, high, len(index), index, amounts)
        for sign in (1.0, -1.0):
            solver.addRow(-highspy.kHighsInf, 0.0, 2, [at + 1, at], [sign, -most / unit])
    for members in by_cell.values():
        if len(members) > 1:
            solver.addRow(0.0, 1.0, len(members), members, [1.0] * len(members))
    solver.run()
    values = solver.getSolution().col_value
    if not values:
        return {}
    return {c.cell: c.difference for c, v in zip(choices, values, strict=False) if v > 0.5}


@dataclass
class _Effort:
    """Simplex steps that are left."""

    left: int

    @property
    def spent(self) -> bool:
        return self.left <= 0


def _enumerate(
    system: System, choices: Sequence[Candidate], weigh: Callable[[Candidate], float], wanted: int,
    effort: _Effort,
) -> list[Explanation]:  # fmt: skip
    model = _Model(system, choices, weigh)
    explanations: list[Explanation] = []
    for _ in range(wanted + MAX_TRIES):
        picked = None if effort.spent else model.next(effort)
        if picked is None:
            break
        explanation = {c.cell: c.difference for c in picked}
        model.forbid(picked)
        # the solver works in floating point: only what holds in whole numbers counts
        if system.holds(explanation):
            if explanations and len(explanation) > len(explanations[0]) + 1:
                break
            explanations.append(explanation)
            if len(explanations) >= wanted:
                break
    return sorted(explanations, key=len)


def _highs() -> Any:
    import highspy

    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy is typed in part
    for option, value in (
        ("output_flag", False),
        ("log_to_console", False),
        ("time_limit", BACKSTOP),
        ("mip_max_nodes", MAX_NODES),
        ("threads", 1),
        ("random_seed", 0),
    ):
        solver.setOptionValue(option, value)
    solver.setOptionValue("mip_rel_gap", 0.0)
    return solver


def covering(system: System, rows: Sequence[int]) -> int:
    """A number of cells that no choice can do without that meets every one of the rows."""
    import highspy

    solver = _highs()
    # cells that stand in the same broken rows are one variable
    met: dict[int, list[int]] = {}
    for i, number in enumerate(rows):
        for cell in system.rows[number].terms:
            met.setdefault(cell, []).append(i)
    columns = sorted({tuple(pattern) for pattern in met.values()})
    for _ in columns:
        solver.addCol(1.0, 0.0, 1.0, 0, [], [])
    meeting: list[list[int]] = [[] for _ in rows]
    for j, pattern in enumerate(columns):
        for i in pattern:
            meeting[i].append(j)
    for index in meeting:
        solver.addRow(1.0, highspy.kHighsInf, len(index), index, [1.0] * len(index))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return 1
    # the linear relaxation bounds from below, and no fraction of a cell can be wrong
    value = solver.getInfo().objective_function_value
    return int(-(-(value - 1e-6) // 1))


class _Model:
    """The choice of candidates as an integer program, with the choices made so far forbidden."""

    def __init__(
        self, system: System, choices: Sequence[Candidate], weigh: Callable[[Candidate], float]
    ) -> None:
        import highspy

        self.choices = choices
        self.solver = _highs()
        solver = self.solver
        for candidate in choices:
            solver.addCol(
                1.0 + 0.5 * min(1.0, weigh(candidate)) / (len(system.broken) + 1), 0.0, 1.0, 0, [], []
            )
        for j in range(len(choices)):
            solver.changeColIntegrality(j, highspy.HighsVarType.kInteger)
        by_row: dict[int, list[tuple[int, int]]] = {i: [] for i in system.broken}
        by_cell: dict[int, list[int]] = {}
        for j, candidate in enumerate(choices):
            by_cell.setdefault(candidate.cell, []).append(j)
            for number in system.of_cell[candidate.cell]:
                change = system.rows[number].terms[candidate.cell] * candidate.difference
                by_row.setdefault(number, []).append((j, change))
        for number, entries in by_row.items():
            row = system.rows[number]
            unit = max([abs(change) for _, change in entries] + [abs(row.residual), 1])
            low, high = (-row.residual - row.tolerance) / unit, (-row.residual + row.tolerance) / unit
            solver.addRow(low, high, len(entries), [j for j, _ in entries], [c / unit for _, c in entries])
        for members in by_cell.values():
            if len(members) > 1:
                solver.addRow(0.0, 1.0, len(members), members, [1.0] * len(members))

    def next(self, effort: _Effort) -> list[Candidate] | None:
        """The best choice that is not forbidden; None where there is none (or none was found)."""
        import highspy

        solver = self.solver
        solver.setOptionValue("time_limit", solver.getRunTime() + BACKSTOP)
        solver.run()
        effort.left -= max(1, solver.getInfo().simplex_iteration_count)
        status = solver.getModelStatus()
        values = solver.getSolution().col_value
        if status == highspy.HighsModelStatus.kInfeasible or not values:
            return None
        picked = [candidate for candidate, value in zip(self.choices, values, strict=True) if value > 0.5]
        return picked or None

    def forbid(self, picked: Sequence[Candidate]) -> None:
        """No later choice may contain all of these."""
        chosen = set(picked)
        index = [j for j, candidate in enumerate(self.choices) if candidate in chosen]
        self.solver.addRow(0.0, len(index) - 1.0, len(index), index, [1.0] * len(index))
