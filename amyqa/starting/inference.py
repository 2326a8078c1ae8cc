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
    """Find what a grid of printed cells was worked out of, whatever misprints it holds.

    A sum is proposed when nine in ten lines keep it (eight where the parts are neighbours, six where the
    total stands right beside them, five where labels suggest it), when that is no chance, and when it does
    not follow from others. Where a total is printed twice, the one beside its parts is told. Of ratios,
    averages and changes eight lines in ten must agree within the rounding that is printed.

    Args:
        tokens: rows of cells as printed; what is no number is unknown.
        columns, rows: labels, where there are some; *Total* and *Male* make relations likelier.
        decimal, thousands: how numbers are written.
        nil: tokens that count as zero.
        rounded: the unit whole numbers were rounded to, 0 for exact ones; None: the sums tell.
        called: also what is called a total, where a reading of its parts is sound.

    Returns:
        Sums across columns first, then across rows; then the other kinds (``relation.kind``). Sums have
        ``relation.sums()``, identities for :func:`amyqa.diagnose`; of any kind, ``relation.places(line)`` are
        the cells that a line of ``relation.lines`` takes.
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
