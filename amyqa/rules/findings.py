"""A finding: made in one place, named by what it is about and never by where it stands in a file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal

from amyqa.model import Cell, Finding, Severity
from amyqa.rules.observations import Observations
from amyqa.rules.rule import RuleRun


def make(
    ran: RuleRun, observations: Observations, where: Mapping[str, str], relation: str,
    cells: tuple[Cell, ...], message: str, along: str, *, printed: Decimal | None = None,
    computed: Decimal | None = None, difference: Decimal | None = None,
    coefficients: tuple[int, ...] = (), verbatim: bool = False, severity: Severity | None = None,
) -> Finding:  # fmt: skip
    """A finding of a rule that ran.

    Args:
        along: what tells the relation from others at the same place: a dimension, or a formula.
        severity: another one than that of the rule here.
        verbatim: the message begins with a label, which stays as it is printed.
    """
    table = observations.table.id
    return Finding(
        id=fingerprint(ran.rule.name, table, along, where, () if ran.rule.whole else cells),
        table=table,
        rule=ran.rule.name,
        ess=ran.rule.ess,
        level=ran.rule.level,
        severity=severity or ran.severity,
        caught_by=ran.caught_by,
        where=dict(where),
        relation=relation,
        cells=cells,
        message=message if verbatim else message[:1].upper() + message[1:],
        printed=printed,
        computed=computed,
        difference=difference,
        coefficients=coefficients,
    )


def fingerprint(rule: str, table: str, along: str, where: Mapping[str, str], cells: Sequence[Cell]) -> str:
    """A finding's name: stable when rows are sorted anew, new when a printed number changes."""
    parts = [rule, table, along, *(f"{k}={v}" for k, v in sorted(where.items()))]
    parts += sorted(f"{c.table}[{'' if c.numbered else c.row}, {c.column}]{c.token.strip()}" for c in cells)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
