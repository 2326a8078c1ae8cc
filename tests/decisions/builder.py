"""Decisions for tests."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from amyqa.decisions.files import home, read_decisions
from amyqa.errors import Problems
from amyqa.model import Decision, Ruling, Severity
from amyqa.project import Yearbook

DAY = datetime.date(2026, 11, 2)


def decision(number: int = 0, **changed: Any) -> Decision:
    """One of as many decisions as are wanted, all of one table, one rule and one reason."""
    table = changed.get("table", "2005/cambodia/deployed")
    made = Decision(
        finding=hashlib.sha256(str(number).encode()).hexdigest()[:16],
        table=table,
        rule="totals",
        severity=Severity.ERROR,
        where={"year": str(1900 + number)},
        relation="total = male + female",
        printed={f"{1900 + number}, Total": f"{number:,}", f"{1900 + number}, Male": "1"},
        message=f"{1900 + number}: total is printed {number:,}; male 1 + female 2 = 3; it does not add up.",
        ruling=Ruling.KEPT,
        reason="the source prints it so",
        who="A. Editor",
        date=DAY,
        file=home(table),
    )
    return replace(made, **changed)


def yearbook(root: Path) -> Yearbook:
    """A yearbook without tables: decisions need none."""
    return Yearbook(root, ())


def told(root: Path) -> list[Decision]:
    """The decisions that stand in a yearbook.

    Raises:
        AmyqaError: what is wrong in its files.
    """
    problems = Problems()
    decisions = read_decisions(yearbook(root), None, problems)
    problems.raise_if_any()
    return decisions


def unplaced(decisions: Any) -> list[Decision]:
    """The same without their lines, by their ids."""
    return sorted((replace(each, line=0) for each in decisions), key=lambda each: each.finding)
