"""A rule judges anybody's frame of observations, in a session of the thread that asks."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pandas as pd

from amyqa.engines.relations import frame
from amyqa.engines.session import Session
from amyqa.rules.outcome import Outcome
from amyqa.rules.rule import Rule
from amyqa.rules.shape import Arguments, Shape

__all__ = ["evaluate", "frame", "shape_of"]


class _OfThread(threading.local):
    """Each thread's own session: to open one for every check of a schema would cost more than the check."""

    def __init__(self) -> None:
        self.session: Session | None = None


_of_thread = _OfThread()


def evaluate(rule: Rule, arguments: Arguments, data: pd.DataFrame, shape: Shape) -> Outcome:
    """Run one rule.

    Args:
        rule: with a definition.
        arguments: checked, and filled in from the table's spec.
        data: columns as in :mod:`amyqa.rules.observations`.

    Raises:
        ValueError: the rule has no definition (reading does it).
    """
    if _of_thread.session is None:
        _of_thread.session = Session()
    return _of_thread.session.judge(rule, arguments, data, shape)


def shape_of(data: pd.DataFrame, dimensions: Iterable[str]) -> Shape:
    """The shape of a frame that holds observations."""
    scale = data["OBS_SCALE"].iloc[0] if len(data) else 0
    return Shape(tuple(dimensions), int(scale))
