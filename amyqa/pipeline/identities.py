"""All identities that one check judged, each once, with their arithmetic where it is asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from amyqa.model import IdentityArithmetic
from amyqa.rules.outcome import IdentityResult, IdentityState
from amyqa.rules.rule import RuleRun

if TYPE_CHECKING:
    from amyqa.pipeline.running import TableRun

MOST = 20_000
"""So many identities of a table are told; all are counted."""

_ORDER = (IdentityState.BROKEN, IdentityState.UNKNOWN, IdentityState.HOLDS)


def judged_once(
    each: TableRun, *, terms: bool, around: Iterable[int] | None = None
) -> Iterator[tuple[RuleRun, IdentityResult]]:
    """Every identity once, by the rule that judged it first.

    Args:
        terms: also those that hold get their terms (others have them in any case).
        around: only those near these cells do.
    """
    near = None if around is None else list(around)
    known = {id(ran): each.terms(ran, near) for ran in each.rans if terms and ran.outcome.judged}
    for ran, judged in each.collector.judged_once():
        found = judged.terms or tuple(known.get(id(ran), {}).get(judged.key, {}).items())
        yield ran, dataclasses.replace(judged, terms=found)


def identities(each: TableRun) -> tuple[IdentityArithmetic, ...]:
    """A table's identities with their arithmetic: broken ones first, at most :data:`MOST`."""
    from amyqa.reports.arithmetic import identity

    collector = each.collector
    around = None
    if collector.counts.evaluated > MOST:
        around = {id for broken in collector.broken for id, _ in broken.judged.terms if id > 0}
    known = [pair for pair in judged_once(each, terms=True, around=around) if pair[1].terms]
    known.sort(key=lambda pair: _ORDER.index(pair[1].state))
    return tuple(identity(ran, judged, collector.observations) for ran, judged in known[:MOST])
