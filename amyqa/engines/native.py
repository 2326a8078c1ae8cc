"""Runs a suite in DuckDB alone: the same definitions, without Great Expectations."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from amyqa.engines.evaluate import evaluate, holding
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import RuleRun
from amyqa.rules.suite import Entry


def run_entries(entries: Sequence[Entry], observations: Observations, data: pd.DataFrame) -> list[RuleRun]:
    """Run entries of our vocabulary, already bound to the table.

    Returns:
        One for each entry, in their order.
    """
    ran = []
    with holding(data, observations):
        for entry in entries:
            assert entry.rule is not None  # foreign entries are reported, not run
            outcome = evaluate(entry.rule, entry.kwargs, data, observations.shape)
            reason = entry.meta.get("reason", "")
            ran.append(RuleRun(entry.rule, entry.kwargs, entry.severity, "suite", outcome, reason))
    return ran
