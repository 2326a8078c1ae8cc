"""``amyqa.infer``: what printed numbers were worked out of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from amyqa.reading.tokens import Notation
from amyqa.starting.additive import is_known
from amyqa.starting.inferring import read, study
from amyqa.starting.quotients import quotients
from amyqa.starting.relations import Readings, Relation
from amyqa.starting.rounding import rounding


def infer(
    tokens: Sequence[Sequence[str]],
    *,
    columns: Sequence[str] = (),
    rows: Sequence[str] = (),
    decimal: str = ".",
    thousands: str = ",",
    nil: Iterable[str] = ("-",),
    rounded: Decimal | None = None,
    called: bool = False,
) -> list[Relation]:
    """What :func:`amyqa.infer` finds, of a grid of printed cells.

    Args:
        called: also what is called a total, where a reading of its parts is sound.
    """
    readings = read(tokens, Notation(decimal, thousands, frozenset(nil)))
    unit = rounded or None
    found = study(readings, columns, rows, unit, called=called)
    if rounded is None:
        unit, _, found = rounding(
            readings, found, lambda filled, tried: study(filled, columns, rows, tried, called=called)
        )
    sums = [replace(_in_numbers(each, readings), rounded=unit) for each in _nearest(found.relations)]
    down = [list(column) for column in zip(*readings, strict=True)]
    return [*sums, *quotients(down, "columns", sums), *quotients(readings, "rows", sums)]


def _nearest(relations: Sequence[Relation]) -> list[Relation]:
    """Of totals of the same parts, the one beside them: the others are printed from it once more."""

    def off(relation: Relation) -> float:
        if not isinstance(relation.total, int):
            return 0
        return min(abs(relation.total - part) for part in relation.parts)

    nearest: dict[object, Relation] = {}
    for each in sorted(relations, key=off):
        nearest.setdefault((each.across, each.parts, each.minus), each)
    return [each for each in relations if nearest[each.across, each.parts, each.minus] is each]


def _in_numbers(relation: Relation, readings: Readings) -> Relation:
    """The relation in those lines alone that print a total and a part: a heading adds up to nothing."""

    def known(item: int, line: int) -> bool:
        return is_known(readings[line][item] if relation.across == "columns" else readings[item][line])

    others = (*relation.parts, *relation.minus)
    lines = [
        line
        for line in relation.lines
        if (not isinstance(relation.total, int) or known(relation.total, line))
        and any(known(item, line) for item in others)
    ]
    return replace(relation, lines=tuple(lines))
