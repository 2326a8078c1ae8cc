"""Which columns (or rows) are added up, and which hold rates, averages and shares that are not.

Words raise the question, numbers answer it. A sum of amounts is larger than any of them; an average
lies among what it is an average of. So a column is left out only where its totals lie among their parts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from amyqa.model import Reading
from amyqa.reading.labels import SHARE, holds
from amyqa.starting.relations import NumberGrid, Readings, RelationFit, Terms

_TELLING_BITS = 3.0
_WRITTEN = 0.9
_NEAR = 10
"""A total that is off by less than a tenth of the sum is meant to be that sum."""


def is_known(reading: Reading | None) -> bool:
    """Whether a cell holds a number, be it zero."""
    return reading is not None and reading.value is not None


def ratios(down: Readings, columns: Sequence[str] = ()) -> frozenset[int]:
    """Columns that may be shares or rates: so they are called, or they alone have decimals.

    Where a program wrote decimals behind all numbers, and most are zeros, zeros are none.
    """
    every = [r for column in down for r in column if r is not None and r.value]
    zeros = sum(r.decimals > 0 and r.value % 1 == 0 for r in every if r.value is not None)
    written = sum(r.decimals > 0 for r in every) >= _WRITTEN * len(every) and zeros * 2 > len(every)

    def fractional(column: Sequence[Reading | None]) -> bool:
        known = [
            r.decimals > 0 and not (written and r.value % 1 == 0)
            for r in column
            if r is not None and r.value is not None and r.value != 0
        ]
        return sum(known) * 2 > len(known)

    named = {c for c, label in enumerate(columns) if holds(label, SHARE)}
    with_decimals = {c for c, column in enumerate(down) if fractional(column)}
    whole = [
        c for c, column in enumerate(down)
        if c not in with_decimals and any(r is not None and r.value for r in column)
    ]  # fmt: skip
    return frozenset(named | (with_decimals if whole or not named else named))


def means(down: Readings, filled: Sequence[int], totals: Collection[int]) -> frozenset[int]:
    """Columns whose row of totals lies among the others, as a mean does, far below their sum."""
    if len(totals) != 1:
        return frozenset()
    [total] = totals
    found = []
    for c in filled:
        column = [reading.value if reading is not None else None for reading in down[c]]
        values = [value for i, value in enumerate(column) if i != total and value is not None]
        whole = column[total]
        if len(values) < 3 or whole is None or lacks_a_digit(int(whole), int(sum(values))):
            continue
        if min(values) <= whole <= max(values) and whole * 2 < sum(values):
            found.append(c)
    return frozenset(found)


def lacks_a_digit(printed: int, right: int) -> bool:
    """Whether a number is the other with one digit left out: a slip of the pen, and no mean."""
    short, long = str(abs(printed)), str(abs(right))
    return len(long) == len(short) + 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def keeps(numbers: NumberGrid, line: int, terms: Terms) -> bool:
    """Whether a relation holds in one line, and not by chance."""
    judged = numbers.judge(terms, lines=[line])
    return judged is not None and judged.agree == 1 and judged.bits >= _TELLING_BITS


def is_amount(numbers: NumberGrid, line: int, relations: Sequence[Terms], *, doubted: bool) -> bool | None:
    """Whether sums that other lines keep are meant to hold in this one too; None where nothing tells.

    Args:
        relations: of which each has its total first.
        doubted: a word, or decimals beside whole numbers, say that it may be a rate.
    """
    missed: list[Terms] = []
    for terms in relations:
        judged = numbers.judge(terms, 1, [line])
        if judged is None or not judged.of_telling:
            continue
        if judged.agree:
            if judged.bits >= _TELLING_BITS:
                return True
        else:
            missed.append(terms)
    if not missed:
        return None
    if doubted:
        return all(
            not _lies_between(numbers, line, terms) and _is_near(numbers, line, terms) for terms in missed
        )
    return len(missed) < 2 or not all(_lies_between(numbers, line, terms) for terms in missed)


def _values(numbers: NumberGrid, line: int, terms: Terms) -> tuple[int, list[int]]:
    values = [numbers.values[item][line] or 0 for item, _ in terms]
    return values[0], values[1:]


def _lies_between(numbers: NumberGrid, line: int, terms: Terms) -> bool:
    """Whether a total is no smaller than its smallest part and no larger than its largest, as a mean is."""
    total, parts = _values(numbers, line, terms)
    return len(parts) > 1 and min(parts) <= total <= max(parts)


def _is_near(numbers: NumberGrid, line: int, terms: Terms) -> bool:
    """Whether a total is off by little."""
    total, parts = _values(numbers, line, terms)
    off = total + sum(coefficient * part for (_, coefficient), part in zip(terms[1:], parts, strict=True))
    return abs(off) * _NEAR < abs(total)


def failing(numbers: NumberGrid, makes: Sequence[Sequence[Terms]]) -> list[set[int]]:
    """For relations of one make, the lines in which every one of them fails: there none was meant to hold.

    Holdings that are counted in both parts add up in no group, while areas add up in all.
    """

    def fails(judged: RelationFit | None) -> bool:
        return judged is not None and bool(judged.of) and not judged.agree

    return [
        {
            line
            for line in (range(numbers.lines) if len(members) > 2 else ())
            if all(fails(numbers.judge(terms, 1, [line])) for terms in members)
        }
        for members in makes
    ]
