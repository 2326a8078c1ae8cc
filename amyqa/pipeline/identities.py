"""All identities that one check judged, each once, with their arithmetic where it is asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING

from amyqa.model import IdentityArithmetic
from amyqa.rules.outcome import IdentityResult, IdentityState, RuleRun, Signature

if TYPE_CHECKING:
    from amyqa.pipeline.running import TableRun

MOST = 20_000
"""So many identities of a table are told; all are counted."""

_ORDER = (IdentityState.BROKEN, IdentityState.UNKNOWN, IdentityState.HOLDS)


def judged_once(
    runs: TableRun, *, terms: bool, around: Iterable[int] | None = None
) -> Iterator[tuple[RuleRun, IdentityResult]]:
    """Every identity once, by the rule that judged it first.

    Args:
        terms: also those that hold get their terms (others have them in any case).
        around: only those near these cells do.
    """
    from amyqa.engines.evaluate import holding, terms_of

    observations = runs.collector.observations
    seen: set[Signature] = set()
    stated: dict[int, Mapping[int, Mapping[int, int]]] = {}
    with holding(runs.data, observations) if terms else nullcontext():  # also what its formulas state
        for number, ran in enumerate(runs.rans if terms else ()):
            if ran.outcome.judged:
                stated[number] = terms_of(ran.rule, ran.arguments, runs.data, observations.shape, around)
    for number, ran in enumerate(runs.rans):
        known = stated.get(number, {})
        for judged in ran.outcome.judged:
            if judged.signature not in seen:
                seen.add(judged.signature)
                found = judged.terms or tuple(known.get(judged.key, {}).items())
                yield ran, dataclasses.replace(judged, terms=found)


def identities(runs: TableRun) -> tuple[IdentityArithmetic, ...]:
    """A table's identities with their arithmetic: broken ones first, at most :data:`MOST`."""
    from amyqa.reports.arithmetic import identity

    collector = runs.collector
    around = None
    if collector.counts.evaluated > MOST:
        around = {id for e in collector.evaluated if e.finding for id, _ in e.judged.terms if id > 0}
    known = [pair for pair in judged_once(runs, terms=True, around=around) if pair[1].terms]
    known.sort(key=lambda pair: _ORDER.index(pair[1].state))
    return tuple(identity(ran, judged, collector.observations) for ran, judged in known[:MOST])
