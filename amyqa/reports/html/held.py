"""What held: each table by each rule, and whether it holds there, is broken, not evaluated or was not run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from amyqa.model import Report
from amyqa.rules.vocabulary import BY_NAME


@dataclass(frozen=True, slots=True)
class Held:
    """What became of a rule on a table.

    Args:
        state: ``broken``, ``unknown``, ``holds`` or ``none`` (it was not run).
        text: ``8/57`` broken of those looked at, ``57`` that hold, ``?3`` not evaluated; "" not run.
        words: the same, to be read out.
    """

    state: str
    text: str
    words: str


NOT_RUN = Held("none", "", "not run")


@dataclass(frozen=True, slots=True)
class Matrix:
    """The rules in the order of the vocabulary, with their titles, and what held by table, rule by rule."""

    rules: tuple[tuple[str, str], ...]
    rows: Mapping[str, tuple[Held, ...]]


def matrix(report: Report) -> Matrix:
    """Every rule that ran or could not be evaluated somewhere, on every table."""
    ran = {(each.table, each.rule): each for each in report.ran}
    unknown = Counter((gap.table, gap.rule) for gap in report.not_evaluated)
    known = {rule for _, rule in (*ran, *unknown)}
    rules = [*(rule for rule in BY_NAME if rule in known), *sorted(known - BY_NAME.keys())]
    titles = tuple((rule, BY_NAME[rule].title if rule in BY_NAME else rule) for rule in rules)

    def held(table: str, rule: str) -> Held:
        did, gaps = ran.get((table, rule)), unknown[table, rule]
        return _held(did.looked_at if did else 0, did.broken if did else 0, gaps)

    return Matrix(
        titles, {table.id: tuple(held(table.id, rule) for rule in rules) for table in report.tables}
    )


def _held(looked_at: int, broken: int, unknown: int) -> Held:
    if not (looked_at or unknown):
        return NOT_RUN
    parts: list[tuple[str, str]] = []
    if broken:
        parts.append((f"{broken:,}/{looked_at:,}", f"{broken:,} of {looked_at:,} broken"))
    elif looked_at:
        parts.append((f"{looked_at:,}", f"{looked_at:,} held"))
    if unknown:
        parts.append((f"?{unknown:,}", f"{unknown:,} not evaluated"))
    state = "broken" if broken else "holds" if looked_at else "unknown"
    return Held(state, " ".join(text for text, _ in parts), ", ".join(words for _, words in parts))
