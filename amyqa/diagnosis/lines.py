"""Slips of whole rows and columns: exchanged, printed twice, shifted along themselves.

Each is one slip that makes many cells wrong, which would cost many misprints if they were told one by one.
An operation on a line is made where it mends many of the sums that cross the line and breaks hardly any:
that its other numbers fit by chance is out of the question. What is left is explained as if the line had
been printed so.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import combinations

from amyqa.diagnosis import weighing
from amyqa.diagnosis.case import Case
from amyqa.diagnosis.causes import PRIORS
from amyqa.diagnosis.erased import Erased, erase, restored
from amyqa.diagnosis.search import Explanation
from amyqa.diagnosis.system import System
from amyqa.diagnosis.verdict import Alternative, ProposedChange, Verdict

EXCHANGED, TWICE, SHIFTED = "exchanged with another", "printed twice", "shifted by one cell"
LEAST_MENDED = 4
LEAST_SHARE = 0.4
"""Share of a line's cells that must stand in a broken sum that crosses the line."""
MAX_BROKEN = 0.25
"""Sums that an operation may break, of those that it mends: other errors stand in its cells too."""
SAME = 0.8
"""Share of its numbers that a line printed twice has in common with the other."""
MAX_CANDIDATES = 40
MAX_LINES = 3
RATE = math.log(1e-5)
"""How often a line slips, against none."""
SURE, LEFT, DOUBTED = 0.97, 0.6, 0.3
"""Likelihood of a correction whose sums all hold then, of one where some do not, and of a doubtful one."""

Line = Mapping[int, int]
"""Cell at each place along a row or column."""


@dataclass(frozen=True)
class LineSlip:
    """A slip of one line, or of two that were exchanged.

    Args:
        kind: what an editor calls it.
        changes: cell to difference, scaled.
        rows: the broken identities that it mends.
        lost: its cells, where their own numbers are not printed at all.
        sure: likelihood of each change, given what is wrong beside it; 1 where nothing is said.
    """

    kind: str
    changes: Explanation
    rows: tuple[int, ...]
    lost: frozenset[int] = frozenset()
    sure: Mapping[int, float] = field(default_factory=dict)


def slipped(case: Case) -> list[LineSlip]:
    """Slips of lines, the most telling first, each given those before it."""
    found: list[LineSlip] = []
    system = case.system
    while len(found) < MAX_LINES:
        changed = {cell for slip in found for cell in slip.changes}
        best: tuple[float, LineSlip] | None = None
        for kind, changes, lost in _operations(case, system, changed):
            weighed = _gain(case, system, changes)
            if weighed is not None and (best is None or weighed[0] > best[0]):
                best = weighed[0], LineSlip(kind, changes, weighed[1], lost)
        if best is None:
            break
        found.append(best[1])
        system = system.mended(best[1].changes)
    return found


def corrected(case: Case, slips: Iterable[LineSlip]) -> Erased:
    """The case as if the lines had been printed right, without those whose numbers are lost."""
    printed = dict(case.printed)
    for slip in slips:
        for cell, difference in slip.changes.items() if not slip.lost else ():
            printed[cell] = replace(printed[cell], value=case.proposed(cell, difference), nil=False)
    moved = replace(case, printed=printed)
    lost = [cell for slip in slips for cell in slip.lost]
    return erase(moved, lost) if lost else Erased(moved, {})


def _operations(
    case: Case, system: System, changed: set[int]
) -> Iterator[tuple[str, Explanation, frozenset[int]]]:
    """Operations on the lines that broken sums cross, each with the cells whose own numbers are lost."""
    none = frozenset[int]()
    values = {cell: case.values[cell] for cell in system.of_cell}
    for axis, name in enumerate(("row", "column")):
        lines = {at: _usable(case, system, line, changed) for at, line in case.across[axis].items()}
        candidates = _crossed(case, system, axis, lines)
        for at in candidates:
            for changes in _shifts(case, system, lines[at], values):
                yield f"{name} {SHIFTED}", changes, none
            if _has_twin(system, lines, at, values):
                lost = frozenset(lines[at].values())
                yield f"{name} {TWICE}", _demanded(case, system, lines[at]), lost
        for one, other in combinations(candidates, 2):
            shared = lines[one].keys() & lines[other].keys()
            changes = {}
            for place in shared:
                first, second = lines[one][place], lines[other][place]
                if difference := values[second] - values[first]:
                    changes |= {first: difference, second: -difference}
            yield f"{name} {EXCHANGED}", changes, none


def _usable(case: Case, system: System, line: Line, changed: set[int]) -> dict[int, int]:
    """The cells of a line that stand in sums, in their order."""
    return {
        at: cell
        for at, cell in sorted(line.items())
        if cell in system.of_cell and cell not in case.fixed and cell not in changed
    }


def _crossed(case: Case, system: System, axis: int, lines: Mapping[int, Line]) -> list[int]:
    """Lines most of whose cells stand in a broken sum that runs across them."""
    hit: dict[int, set[int]] = {}
    for row in system.rows:
        if row.broken and case.fixed.isdisjoint(row.terms):
            places = [case.printed[cell].place for cell in row.terms]
            if len({place[1 - axis] for place in places}) == 1:
                for place in places:
                    hit.setdefault(place[axis], set()).add(place[1 - axis])
    often = [
        at for at, places in hit.items() if len(places) >= max(LEAST_MENDED, LEAST_SHARE * len(lines[at]))
    ]
    return sorted(often) if len(often) <= MAX_CANDIDATES else []


def _shifts(case: Case, system: System, line: Line, values: Mapping[int, int]) -> Iterator[Explanation]:
    """Numbers that stand one place off from some place on; the one that was lost is as its sums need it."""
    cells = list(line.values())
    for ordered in (cells, cells[::-1]):
        for end in (len(ordered), len(ordered) - 1):
            for start in range(end - LEAST_MENDED):
                if values[ordered[start]] not in (0, values[ordered[start + 1]]):
                    continue
                moved = {
                    cell: difference
                    for cell, right in zip(ordered[start:end], ordered[start + 1 : end], strict=False)
                    if (difference := values[right] - values[cell])
                }
                lost = ordered[end - 1]
                yield moved | _needed(case, system, lost, moved)


def _has_twin(system: System, lines: Mapping[int, Line], at: int, values: Mapping[int, int]) -> bool:
    """Whether another line, not its total or part, prints nearly all its numbers, and not by chance."""
    mine = lines[at]
    for other, theirs in lines.items():
        shared = mine.keys() & theirs.keys() if other != at else set()
        same = [place for place in shared if values[mine[place]] == values[theirs[place]]]
        if len(same) < max(LEAST_MENDED, SAME * len(mine)) or any(
            system.rows[row].terms[mine[place]] * system.rows[row].terms.get(theirs[place], 0) < 0
            for place in shared
            for row in system.of_cell[mine[place]]
        ):
            continue
        if _coincidence(lines, at, other, same, values) < RATE:
            return True
    return False


def _coincidence(
    lines: Mapping[int, Line], at: int, other: int, same: Sequence[int], values: Mapping[int, int]
) -> float:
    """Log-probability that two lines print the same numbers by chance.

    A number is the likelier, the more often it stands in the line itself and in the lines beside it: rows of
    twos and threes are alike without being printed twice.
    """
    along = Counter(values[cell] for cell in lines[at].values())
    beside = [line for i, line in lines.items() if i not in (at, other)]
    chance = 0.0
    for place in same:
        value = values[lines[at][place]]
        across = [values[line[place]] for line in beside if place in line]
        often = max(along[value] / (len(lines[at]) + 1), (across.count(value) + 1) / (len(across) + 2))
        chance += math.log(min(often, 1.0))
    return chance


def _demanded(case: Case, system: System, line: Line) -> Explanation:
    """What the sums that cross a line need its cells to be."""
    own = set(line.values())
    changes: Explanation = {}
    for cell in line.values():
        changes |= _needed(case, system, cell, {}, own)
    return changes


def _needed(
    case: Case, system: System, cell: int, changes: Mapping[int, int], own: Set[int] = frozenset()
) -> Explanation:
    """What the shortest broken sum of a cell needs it to change by.

    Args:
        own: cells of its line, whose sums are not asked.
    """
    across = [row for row in system.of_cell[cell] if len(own & system.rows[row].terms.keys()) < 2]
    for row in sorted(across, key=lambda row: len(system.rows[row].terms)):
        rest = system.after(row, changes)
        whole, remainder = divmod(-rest, system.rows[row].terms[cell])
        if abs(rest) > system.rows[row].tolerance and not remainder and case.allowed(cell, whole):
            return {cell: whole}
    return {}


def _gain(case: Case, system: System, changes: Explanation) -> tuple[float, tuple[int, ...]] | None:
    """How much likelier an operation makes the table, and the sums it mends; None where it is no use."""
    mended, gain, broken, telling = [], RATE, 0, 0
    for number in {row for cell in changes for row in system.of_cell[cell]}:
        row = system.rows[number]
        after = system.after(number, changes)
        off = abs(after) > row.tolerance
        if row.broken and not off:
            mended.append(number)
            # what rounding leaves of a sum, numbers of another line make up for by chance
            telling += 2 * abs(row.residual) > case.unit * len(row.terms)
        broken += off and not row.broken
        gain += (_surprise(case, row.residual) if row.broken else 0) - (_surprise(case, after) if off else 0)
    if telling < LEAST_MENDED or broken > MAX_BROKEN * len(mended) or gain <= 0:
        return None
    return gain, tuple(sorted(mended))


def _surprise(case: Case, residual: int) -> float:
    return math.log(2) + weighing.size(case, residual) * math.log(10) - math.log(PRIORS.lone)


# --- told ---------------------------------------------------------------------------------------


def told(case: Case, slips: Sequence[LineSlip], erased: Erased, others: Sequence[Verdict]) -> list[Verdict]:
    """The slips of lines as verdicts, with what was found besides, all as seen from what is printed.

    Args:
        erased: the table as if the lines had been printed right.
        others: verdicts about that.
    """
    if erased.defined:
        slips = [_restored(slip, erased, others) for slip in slips]
    moved = {cell for slip in slips for cell in slip.changes}
    besides = [_as_printed(case, verdict, moved) for verdict in others]
    after = {cell: difference for slip in slips for cell, difference in slip.changes.items()}
    for verdict in others:
        if verdict.best is not None and verdict.best.likelihood > 0.5:
            for change in verdict.best.changes:
                after[change.cell] = case.scaled(change.proposed) - case.values[change.cell]
    lines = []
    for slip in slips:
        groups: dict[float, Explanation] = {}
        for cell, difference in slip.changes.items():
            if after[cell] == difference:
                likely = min(SURE if _holds(case, cell, after) else LEFT, slip.sure.get(cell, 1.0))
                # told together where about as sure
                at = next(share for share in (SURE, LEFT, DOUBTED, 0.0) if likely >= share)
                groups.setdefault(at, {})[cell] = difference
        lines += [_verdict(case, slip, own, likely) for likely, own in sorted(groups.items()) if likely]
    return [*lines, *besides]


def _restored(slip: LineSlip, erased: Erased, others: Sequence[Verdict]) -> LineSlip:
    """A slip whose lost numbers are what the sums need, given what is wrong beside it."""
    if not slip.lost:
        return slip
    changes, sure = restored(erased, others)
    own = {cell: change for cell, change in changes.items() if cell in slip.lost and change}
    return replace(slip, changes=own, sure=sure)


def _holds(case: Case, cell: int, changes: Explanation) -> bool:
    system = case.system
    return all(abs(system.after(row, changes)) <= system.rows[row].tolerance for row in system.of_cell[cell])


def _verdict(case: Case, slip: LineSlip, changes: Explanation, likelihood: float) -> Verdict:
    made = tuple(
        ProposedChange(
            cell,
            case.printed[cell].value,
            case.proposed(cell, difference),
            slip.kind,
            False,
            case.shares.shifted,
        )
        for cell, difference in sorted(changes.items())
    )
    rows = tuple(row for row in slip.rows if not changes.keys().isdisjoint(case.system.rows[row].terms))
    return Verdict(
        rows or slip.rows, (Alternative(made, likelihood),), len(made), 1, None, False, False, 1 - likelihood
    )


def _as_printed(case: Case, verdict: Verdict, moved: Set[int]) -> Verdict:
    """Changes of moved cells against what they really print; of a cell that is right as printed, none."""
    alternatives = []
    for each in verdict.alternatives:
        changes = [
            replace(change, printed=case.printed[change.cell].value) if change.cell in moved else change
            for change in each.changes
        ]
        changes = [change for change in changes if change.printed != change.proposed]
        alternatives.append(replace(each, changes=tuple(changes)))
    return replace(verdict, alternatives=tuple(alternatives))
