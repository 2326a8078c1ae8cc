"""Lines whose own numbers are lost: a row printed with the numbers of another.

Each of its cells is then what a sum that crosses the line needs it to be. These sums are spent on that; in
its other sums the cell is replaced by what defines it. So an error elsewhere still breaks two sums and is
found as any other is, and what the lost numbers are rests on how sure the errors beside them are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from amyqa.diagnosis.case import Case, Identity
from amyqa.diagnosis.search import Explanation
from amyqa.diagnosis.system import LinearRow
from amyqa.diagnosis.verdict import Verdict

_ANYTHING = Decimal(10) ** 40


@dataclass(frozen=True)
class Erased:
    """A case without what some cells print.

    Args:
        case: with the sums that are left, under the same numbers.
        defined: the sum that says what each lost number is.
    """

    case: Case
    defined: Mapping[int, int]


def erase(case: Case, cells: Iterable[int]) -> Erased:
    """Lose some cells, as far as a sum that holds no other of them defines each."""
    lost = set(cells)
    rows: list[LinearRow] = list(case.system.rows)
    defined: dict[int, int] = {}
    for cell in sorted(lost):
        own = case.system.of_cell.get(cell, ())
        ways = [row for row in own if lost.isdisjoint(rows[row].terms.keys() - {cell})]
        ways = [row for row in ways if row not in defined.values() and cell in rows[row].terms]
        if not ways:
            continue
        by = min(ways, key=lambda row: len(rows[row].terms))
        defined[cell] = by
        for number, row in enumerate(rows):
            if number != by and cell in row.terms:
                rows[number] = row.without(cell, rows[by])
    spent = set(defined.values())
    identities = [
        Identity(each.terms, _ANYTHING, each.pattern) if i in spent
        else each if rows[i] is case.system.rows[i]
        else Identity(_totals_first(case, rows[i].terms), case.decimal(rows[i].tolerance))
        for i, each in enumerate(case.identities)
    ]  # fmt: skip
    left = replace(case, identities=identities, fixed=case.fixed | defined.keys())
    return Erased(left, defined)


def _totals_first(case: Case, terms: Mapping[int, int]) -> dict[int, int]:
    return dict(sorted(terms.items(), key=lambda term: term[0] not in case.totals))


def restored(erased: Erased, verdicts: Sequence[Verdict]) -> tuple[Explanation, dict[int, float]]:
    """What the lost numbers should be, and how sure that is, given what is wrong beside them.

    Returns:
        The difference of each cell from its print, and its likelihood.
    """
    case = erased.case
    beside: dict[int, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        cells = {change.cell for alternative in verdict.alternatives for change in alternative.changes}
        for number in {number for cell in cells for number in case.system.of_cell[cell]}:
            beside[number].append(verdict)
    changes: Explanation = {}
    sure: dict[int, float] = {}
    for cell, number in erased.defined.items():
        row = case.system.rows[number]
        needed, likely = -row.residual, 1.0
        for verdict in beside[number]:
            effects = _effects(case, verdict, row)
            effect = max(sorted(effects), key=effects.__getitem__)
            needed -= effect
            likely *= effects[effect]
        whole, remainder = divmod(needed, row.terms[cell])
        if not remainder:
            changes[cell], sure[cell] = whole, likely
    return changes, sure


def _effects(case: Case, verdict: Verdict, row: LinearRow) -> dict[int, float]:
    """By how much a verdict's alternatives change a sum, and how likely each change is."""
    effects: dict[int, float] = defaultdict(float)
    for alternative in verdict.alternatives:
        effect = sum(
            row.terms.get(change.cell, 0) * (case.scaled(change.proposed) - case.values[change.cell])
            for change in alternative.changes
        )
        effects[effect] += alternative.likelihood
    effects[0] += max(0.0, 1 - sum(effects.values()))
    return effects
