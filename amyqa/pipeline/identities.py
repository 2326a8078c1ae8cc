"""All identities that one check judged, each once, with their arithmetic where it is asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING

from amyqa.model import Identity
from amyqa.rules.outcome import Judged, Ran, Signature, State

if TYPE_CHECKING:
    from amyqa.pipeline.running import Heard

MOST = 20_000
"""So many identities of a table are told; all are counted."""

_ORDER = (State.BROKEN, State.UNKNOWN, State.HOLDS)


def judged_once(
    heard: Heard, *, terms: bool, around: Iterable[int] | None = None
) -> Iterator[tuple[Ran, Judged]]:
    """Every identity once, by the rule that judged it first.

    Args:
        terms: also those that hold get their terms (others have them in any case).
        around: only those near these cells do.
    """
    from amyqa.engines.evaluate import holding, terms_of

    observations = heard.account.observations
    seen: set[Signature] = set()
    stated: dict[int, Mapping[int, Mapping[int, int]]] = {}
    with holding(heard.data, observations) if terms else nullcontext():  # also what its formulas state
        for number, ran in enumerate(heard.rans if terms else ()):
            if ran.outcome.judged:
                stated[number] = terms_of(ran.rule, ran.arguments, heard.data, observations.shape, around)
    for number, ran in enumerate(heard.rans):
        known = stated.get(number, {})
        for judged in ran.outcome.judged:
            if judged.signature not in seen:
                seen.add(judged.signature)
                found = judged.terms or tuple(known.get(judged.key, {}).items())
                yield ran, dataclasses.replace(judged, terms=found)


def identities(heard: Heard) -> tuple[Identity, ...]:
    """A table's identities with their arithmetic: broken ones first, at most :data:`MOST`."""
    from amyqa.reports.arithmetic import identity

    account = heard.account
    around = None
    if account.counts.evaluated > MOST:
        around = {id for e in account.evaluated if e.finding for id, _ in e.judged.terms if id > 0}
    known = [pair for pair in judged_once(heard, terms=True, around=around) if pair[1].terms]
    known.sort(key=lambda pair: _ORDER.index(pair[1].state))
    return tuple(identity(ran, judged, account.observations) for ran, judged in known[:MOST])
