"""Runs a suite in a session alone: the same definitions, without Great Expectations."""

from __future__ import annotations

from collections.abc import Sequence

from amyqa.engines.session import Batch, Question, Session
from amyqa.rules.rule import RuleRun


def run_entries(questions: Sequence[Question], session: Session, batch: Batch) -> list[dict[int, RuleRun]]:
    """Run entries of our vocabulary.

    Returns:
        For each entry, in their order, what it yielded on each table, by the tables' ``first``.
    """
    found = []
    for question in questions:
        assert question.entry.rule is not None  # foreign entries are reported, not run
        outcomes = session.ask(batch, question.entry.rule, question.asked)
        found.append({first: question.ran(first, outcome) for first, outcome in outcomes.items()})
    return found
