"""From broken identities to the likeliest causes, their alternatives and their certificates.

The order of it: whole lines that slipped (`lines`), parts that share no cell (`parts`), explanations of each
(`search`, `dense`, `program`), their weights (`weighing`), causes that are no misprints (`systematic`), and
shares of the whole.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from amyqa.diagnosis import lines, systematic
from amyqa.diagnosis.case import Case
from amyqa.diagnosis.parts import MAX_CELLS, STEPS, Pool, pools
from amyqa.diagnosis.search import Explanation, Search
from amyqa.diagnosis.systematic import Doubt
from amyqa.diagnosis.verdict import Alternative, ProposedChange, Verdict

__all__ = ["Alternative", "ProposedChange", "Verdict", "diagnose"]

MAX_CERTIFIED = 20
MAX_WAYS = 12


def diagnose(case: Case, *, certify: bool = True) -> list[Verdict]:
    """Explain all broken identities of a table.

    Args:
        certify: also determine the next best explanation (costs most of the time).

    Returns:
        One verdict for each group of broken identities that no cell shares with another group, and for each
        cause that breaks several.
    """
    if not case.system.broken:
        return []
    slips = lines.slipped(case)
    if not slips:
        return sorted(_of_cells(case, certify), key=lambda verdict: verdict.rows)
    left = lines.corrected(case, slips)
    verdicts = _of_cells(left.case, certify) if left.case.system.broken else []
    verdicts = lines.told(case, slips, left, verdicts)
    return sorted(verdicts, key=lambda verdict: verdict.rows)


def _of_cells(case: Case, certify: bool) -> list[Verdict]:
    judged = systematic.judge(case, pools(case))
    certify = certify and len(judged.pools) <= MAX_CERTIFIED
    told = [_verdict(case, pool, doubt, certify) for pool, doubt in judged.pools]
    causes = [
        Verdict(cause.rows, (), 0, 0, None, False, False, likelihood, cause)
        for cause, likelihood in judged.causes
    ]
    return [*told, *causes]


def _verdict(case: Case, pool: Pool, doubt: Doubt, certify: bool) -> Verdict:
    if not pool.weighed:
        # nothing to weigh a cause against: it must be all but certain by itself
        certain = doubt.cause is not None and doubt.share > systematic.VERY_SURE
        missing, cause = (doubt.share, doubt.cause) if certain else (0.0, None)
        return Verdict(pool.rows, (), 0, 0, None, pool.proven, pool.search_truncated, missing, cause)
    left = 1 - doubt.share
    alternatives = tuple(
        Alternative(each.changes, left * math.exp(each.weight - pool.total)) for each in pool.weighed
    )
    still = left * math.exp(pool.still - pool.total) + doubt.share
    next_best = None
    if certify and pool.proven and not pool.given:
        next_best = _next_best(case, pool.rows, pool.smallest, pool.found)
    cause = doubt.cause if doubt.share > still / 2 else None
    return Verdict(
        pool.rows,
        alternatives,
        pool.smallest,
        pool.ties,
        next_best,
        pool.proven,
        pool.search_truncated,
        still,
        cause,
    )


def _next_best(case: Case, rows: tuple[int, ...], smallest: int, found: Sequence[Explanation]) -> int | None:
    """Least size of an explanation that contains no smallest one; None where it cannot be determined."""
    optimal = [frozenset(explanation) for explanation in found if len(explanation) == smallest]
    larger = [frozenset(explanation) for explanation in found if len(explanation) > smallest]
    if any(not any(least <= cells for least in optimal) for cells in larger):
        return smallest + 1
    best: int | None = None
    for excluded in _avoiding(optimal):
        search = Search(case.system, case.fixed, case.allowed, STEPS)
        most = MAX_CELLS if best is None else best - 1
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
        if len(ways) > MAX_WAYS:
            return []
    return ways


def _one_of(way: frozenset[int], cells: frozenset[int]) -> list[frozenset[int]]:
    return [frozenset()] if way & cells else [frozenset({cell}) for cell in cells]
