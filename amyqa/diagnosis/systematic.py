"""Causes that break several lines alike, weighed against the slips that would explain them one by one.

A hypothesis (rounding, a definition) explains some broken lines and loosens the identities that it says do
not hold as stated; what is broken all the same needs slips as before. It is told once, with its lines,
where it is likelier than everything else together, and then claims no cell. Where it is less likely, it is
a doubt about the slips.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from amyqa.diagnosis import definitions, rounding
from amyqa.diagnosis.case import Case
from amyqa.diagnosis.causes import PRIORS, Cause
from amyqa.diagnosis.misprints import COPIED, UNEXPLAINED, again
from amyqa.diagnosis.parts import LEAST_STEPS, STEPS, Pool, connected, exact, explain, learned
from amyqa.diagnosis.relations import relations
from amyqa.diagnosis.weighing import added

MAX_CAUSES = 12
SURE, VERY_SURE = 0.5, 0.95
PROMISING = -4.0
"""Log-odds below which it is not worth while to look what a hypothesis leaves to explain."""
MOSTLY = 0.4
"""Share of a relation's lines that a definition must explain where errors overlap."""
MAX_WITNESSES = 2
"""Sums that may all rest on another release of a number."""
SEVERAL = 2
"""Cells of a row or column from which on it is the line that is strange, not the cells."""
WHOLESALE = (UNEXPLAINED, "a thousand times too large", "a thousand times too small")
_ANYTHING = Decimal(10) ** 40


@dataclass(frozen=True, slots=True)
class Doubt:
    """How likely it is that a part owes to a systematic cause, and to which."""

    share: float = 0.0
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class SystematicVerdict:
    """What is left to slips, each part with its doubt, and the causes that are told instead."""

    pools: Sequence[tuple[Pool, Doubt]]
    causes: Sequence[tuple[Cause, float]]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A hypothesis and what is left to explain if it is true.

    Args:
        odds: logarithm, against all else.
        touched: places of the pools that hold one of its lines.
    """

    cause: Cause
    odds: float
    touched: frozenset[int]
    rest: tuple[Pool, ...]
    loose: Case


def judge(case: Case, found: Sequence[Pool]) -> SystematicVerdict:
    """Weigh systematic causes against the parts' own explanations."""
    causes: list[tuple[Cause, float]] = []
    pools = list(found)
    candidates: list[_Candidate] = []
    for _ in range(MAX_CAUSES):
        candidates = _candidates(case, pools)
        best = _wider(candidates)
        if best is None:
            break
        likely = _likely([each for each in candidates if each.touched & best.touched])
        if likely <= (SURE if len(best.touched) > 1 else VERY_SURE):
            break
        causes.append((best.cause, likely))
        pools = _remaining(case, pools, best)
        case, candidates = best.loose, []
    told = []
    for i, pool in enumerate(learned(case, [_alike(case, pool, causes) for pool in pools])):
        mine = [each for each in candidates if i in each.touched]
        doubt = Doubt(_likely(mine), max(mine, key=lambda each: each.odds).cause) if mine else Doubt()
        if rounding.by_a_unit(case, pool.rows, pool.system):
            doubt = replace(doubt, share=max(doubt.share, PRIORS.off_by_one))
        doubt = replace(doubt, share=max(doubt.share, _revised(case, pool)))
        told.append((pool, doubt))
    return SystematicVerdict(_resting(case, _of_whole_lines(case, told)), causes)


def _of_whole_lines(case: Case, told: Sequence[tuple[Pool, Doubt]]) -> list[tuple[Pool, Doubt]]:
    """With a doubt where several cells of one row or column all want numbers that no slip explains.

    Then something happened to the line: it was exchanged, printed twice, or is in another unit. Sums cannot
    tell that from corrections of its cells, one of which may be as good as another.
    """
    strange: dict[tuple[int, int, str], set[int]] = {}
    for pool, doubt in told:
        if pool.weighed and (1 - doubt.share) * pool.likely > SURE:
            for change in pool.weighed[0].changes:
                if not change.inherited and change.kind in WHOLESALE:
                    for axis, at in enumerate(case.printed[change.cell].place):
                        strange.setdefault((axis, at, change.kind), set()).add(change.cell)
    several = {
        cell
        for (axis, at, kind), cells in strange.items()
        if len(cells) >= SEVERAL and (kind == UNEXPLAINED or len(cells) > len(case.across[axis][at]) / 2)
        for cell in cells
    }
    return [
        (pool, replace(doubt, share=max(doubt.share, PRIORS.line)))
        if pool.weighed and not several.isdisjoint(pool.weighed[0].cells)
        else (pool, doubt)
        for pool, doubt in told
    ]


def _revised(case: Case, pool: Pool) -> float:
    """A doubt, where a number of the likeliest explanation may as well be a later one, or one not told.

    The fewer sums ask for it, the likelier they lack something else.
    """
    if not pool.weighed:
        return 0.0
    changes = pool.weighed[0].changes
    inherited = {change.cell for change in changes if change.inherited}

    def witnesses(cell: int) -> int:
        own = case.system.of_cell[cell]
        # a total that was added up from the wrong number breaks its other sums
        carried = {other for row in own for other in case.system.rows[row].terms.keys() & inherited}
        lines = {*own, *(row for other in carried for row in case.system.of_cell[other])}
        return sum(pool.system.rows[row].broken for row in lines)

    doubt = 0.0
    for change in changes:
        if change.inherited or (change.kind not in (UNEXPLAINED, COPIED) and change.printed):
            continue
        asked = witnesses(change.cell)
        if asked == 1:
            doubt = max(doubt, PRIORS.alone)
        elif asked <= MAX_WITNESSES and (change.kind != COPIED or pool.peeled):
            doubt = max(doubt, PRIORS.overlapping if pool.peeled else PRIORS.revised)
    return doubt


def _resting(case: Case, told: Sequence[tuple[Pool, Doubt]]) -> list[tuple[Pool, Doubt]]:
    """Peeled corrections, none surer than those that it was judged given in its own lines."""
    sure: dict[int, list[float]] = {}
    for pool, doubt in told:
        if pool.peeled and pool.weighed:
            likely = (1 - doubt.share) * math.exp(pool.weighed[0].weight - pool.total)
            for row in _near(case, pool):
                sure.setdefault(row, []).append(likely)
    rested = []
    for pool, doubt in told:
        if pool.peeled and pool.weighed:
            least = min((likely for row in _near(case, pool) for likely in sure[row]), default=1.0)
            rested.append((pool, replace(doubt, share=max(doubt.share, 1 - least))))
        else:
            rested.append((pool, doubt))
    return rested


def _near(case: Case, pool: Pool) -> set[int]:
    """The lines that the likeliest corrections of a part stand in."""
    return {row for cell in pool.weighed[0].cells for row in case.system.of_cell[cell]}


def _remaining(case: Case, pools: Sequence[Pool], told: _Candidate) -> list[Pool]:
    """The parts that a cause leaves to slips.

    Peeled parts were each judged given the corrections of the others. Where a cause takes some of these, the
    others are explained anew, without what is no longer corrected.
    """
    whole = _whole(case, pools, told.touched)
    kept = [pool for i, pool in enumerate(pools) if i not in whole]
    if whole == told.touched:
        return kept + list(told.rest)
    rows = {row for i in whole for row in pools[i].rows} - set(told.cause.rows)
    left = sorted(row for row in rows if told.loose.system.rows[row].broken)
    parts = connected(told.loose.system, left, case.fixed)
    steps = max(LEAST_STEPS, STEPS // max(1, len(parts)))
    anew = [pool for part in parts for pool in explain(told.loose, part, steps)]
    return kept + [replace(pool, given=True) for pool in anew]


def _whole(case: Case, pools: Sequence[Pool], touched: frozenset[int]) -> frozenset[int]:
    """With some parts, all that were peeled together with them."""
    if not any(pools[i].peeled for i in touched):
        return touched
    of = {row: i for i, pool in enumerate(pools) if pool.peeled or i in touched for row in pool.rows}
    whole = set(touched)
    for part in connected(case.system, of, case.fixed):
        members = {of[row] for row in part}
        if members & touched:
            whole |= members
    return frozenset(whole)


def _alike(case: Case, pool: Pool, causes: Sequence[tuple[Cause, float]]) -> Pool:
    """A part, with no misprint the likelier the more lines of its relations already owe to a cause."""
    patterns = {case.identities[row].pattern for row in pool.rows} - {None}
    most = 0.0
    for cause, _ in causes:
        same = sum(case.identities[row].pattern in patterns for row in cause.rows)
        most = max(most, same / cause.lines)
    return pool if most <= PRIORS.lone else replace(pool, still=pool.still + math.log(most / PRIORS.lone))


def _wider(candidates: Sequence[_Candidate]) -> _Candidate | None:
    """The likeliest cause that is not of one part alone.

    What explains the whole of one part is a doubt about that part, and told with its explanations.
    """
    settled: set[int] = set()
    for each in sorted(candidates, key=lambda each: -each.odds):
        if each.touched & settled:
            continue
        if len(each.touched) > 1 or each.rest:
            return each
        settled |= each.touched
    return None


def _likely(candidates: Sequence[_Candidate]) -> float:
    """That any of them is true."""
    odds = added([0.0, *(each.odds for each in candidates)])
    return 1 - math.exp(-odds)


def _candidates(case: Case, pools: Sequence[Pool]) -> list[_Candidate]:
    at: dict[int, list[int]] = {}
    for i, pool in enumerate(pools):
        for row in pool.rows:
            if case.system.rows[row].broken:
                at.setdefault(row, []).append(i)
    lines = {row: pool.total / len(pool.rows) for pool in pools for row in pool.rows}
    related = relations(case, at)
    found = []
    for rounded in rounding.hypotheses(case, related, at.keys()):
        found.append(_judged(case, pools, at, rounded.cause, rounded.weight, rounded.rows, rounded.loose))
    for relation in related:
        for each in definitions.hypotheses(relation, lines.__getitem__):
            overlapping = sum(any(pools[i].peeled for i in at[row]) for row in each.rows)
            if overlapping > MOSTLY * len(each.rows) and len(each.rows) < MOSTLY * relation.count:
                continue  # where errors overlap, what a line is off by is not one cause's
            found.append(_judged(case, pools, at, each.cause, each.weight, each.rows, None))
    return [each for each in found if each is not None]


def _judged(
    case: Case, pools: Sequence[Pool], at: Mapping[int, Sequence[int]], cause: Cause, weight: float,
    rows: frozenset[int], loose: Case | None,
) -> _Candidate | None:  # fmt: skip
    touched = frozenset(i for row in rows for i in at[row])
    odds = weight - _slipped(case, [pools[i] for i in sorted(touched)])
    if odds < PROMISING:
        return None
    loose = _loosened(case, rows) if loose is None else loose
    rest: list[Pool] = []
    left = sorted({row for i in touched for row in pools[i].rows} - rows)
    left = [row for row in left if loose.system.rows[row].broken]
    parts = connected(loose.system, left, case.fixed)
    steps = max(LEAST_STEPS, STEPS // (4 * max(1, len(parts))))
    for part in parts:
        pool = exact(loose, loose.system, part, steps, case.fixed)
        rest.append(replace(pool, given=True))
        odds += pool.total
        if odds < PROMISING:
            return None
    return _Candidate(cause, odds, touched, tuple(rest), loose)


def _slipped(case: Case, pools: Sequence[Pool]) -> float:
    """Log-weight of slips in all of these parts, each the likelier for those before it."""
    weight, errors = 0.0, 0
    for pool in pools:
        slips = added([each.weight for each in pool.weighed]) + again(errors, len(case.printed))
        weight += added([slips, pool.still, pool.unseen])
        errors += pool.likely > SURE
    return weight


def _loosened(case: Case, rows: Iterable[int]) -> Case:
    """The case without what some identities demand."""
    free = set(rows)
    identities = [
        replace(each, tolerance=_ANYTHING) if i in free else each for i, each in enumerate(case.identities)
    ]
    return case.loosened(identities)
