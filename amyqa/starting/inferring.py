"""``amyqa.infer``: how a grid of printed numbers adds up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from amyqa.model import Reading
from amyqa.reading.tokens import Notation, UnreadableToken
from amyqa.starting.relations import Across, Numbers, Relation
from amyqa.starting.search import BESIDE, Found, Search, Terms
from amyqa.starting.words import DIFFERENCE, SHARE, column_coordinates, hints, holds, is_total

Readings = list[list[Reading | None]]

KEYS = " | "
"""Joins the labels of a row that has several."""
_TELLING_BITS = 3.0


def infer(
    tokens: Sequence[Sequence[str]],
    *,
    columns: Sequence[str] = (),
    rows: Sequence[str] = (),
    decimal: str = ".",
    thousands: str = ",",
    nil: Iterable[str] = ("-",),
    rounded: Decimal | None = None,
) -> list[Relation]:
    """Find the sums that a grid of printed cells keeps, whatever misprints it holds.

    A relation is proposed when at least four in five lines keep it (one in two, where labels
    suggest it), when that is no chance, and when it does not follow from others.

    Args:
        tokens: rows of cells as printed; what is no number is unknown.
        columns, rows: labels, where there are some; *Total* and *Male* make relations likelier.
        decimal, thousands: how numbers are written.
        nil: tokens that count as zero.
        rounded: the unit whole numbers were rounded to; None: whole numbers are exact.

    Returns:
        Relations across columns first, then across rows. ``relation.sums()`` are identities for
        :func:`amyqa.diagnose`.
    """
    return relations(read(tokens, Notation(decimal, thousands, frozenset(nil))), columns, rows, rounded)


def is_known(reading: Reading | None) -> bool:
    """Whether a cell holds a number, be it zero."""
    return reading is not None and reading.value is not None


def read(tokens: Sequence[Sequence[str]], notation: Notation) -> Readings:
    """Each cell's reading, None where it is no number; rows of one length."""
    width = max(map(len, tokens), default=0)

    def reading(token: str) -> Reading | None:
        try:
            return notation.read(token)
        except UnreadableToken:
            return None

    return [[reading(token) for token in row] + [None] * (width - len(row)) for row in tokens]


def relations(
    readings: Readings,
    columns: Sequence[str] = (),
    rows: Sequence[str] = (),
    rounded: Decimal | None = None,
    kinds: Sequence[Sequence[str]] = (),
) -> list[Relation]:
    """As :func:`infer`, of cells that were read already.

    Args:
        kinds: columns of words that say of which kind each row is (district, division).
    """
    if not readings or not readings[0]:
        return []
    down = [list(column) for column in zip(*readings, strict=True)]
    return [
        *_across_columns(down, columns, rounded),
        *_across_rows(readings, down, columns, rows, kinds, rounded),
    ]


def _across_columns(down: Readings, columns: Sequence[str], rounded: Decimal | None) -> list[Relation]:
    shares = ratios(down, columns)
    hundred = len(shares) > 1 and not any(_is_hundred(down[c]) for c in shares)
    numbers = Numbers(down, rounded, hundred=hundred)
    places = (column_coordinates(columns) if columns else None) or []
    suggested = [(total, parts) for _, total, parts in hints(places)]
    search = Search(numbers, {i for i, label in enumerate(columns) if is_total(label)}, suggested)
    lines = tuple(range(len(down[0])))
    found = [each for each in search.run() if len(down) not in each.parts]
    return [_relation("columns", each, columns, lines, len(down) if hundred else None) for each in found]


def _is_hundred(column: Sequence[Reading | None]) -> bool:
    return all(reading is None or reading.value in (None, 100) for reading in column)


def _across_rows(
    readings: Readings,
    down: Readings,
    columns: Sequence[str],
    rows: Sequence[str],
    kinds: Sequence[Sequence[str]],
    rounded: Decimal | None,
) -> list[Relation]:
    """Sums of rows, judged in columns of amounts; shares join where they keep them too."""
    filled = [c for c, column in enumerate(down) if any(map(is_known, column))]
    totals = {i for i, label in enumerate(rows) if any(map(is_total, label.split(KEYS)))}
    shares = ratios(down, columns) | _means(down, filled, totals)
    amounts = [c for c in filled if c not in shares]
    if not any(r is not None and r.value for c in amounts for r in down[c]):
        amounts = filled
    numbers = Numbers([[row[c] for c in amounts] for row in readings], rounded)
    found = Search(numbers, totals, _all_the_rest(readings, totals), _kinds(rows, kinds)).run()
    spare = [c for c in filled if c not in amounts]
    others = Numbers([[row[c] for c in spare] for row in readings], rounded)
    failing = _failing(numbers, found)
    result = []
    for each in found:
        lines = [c for i, c in enumerate(amounts) if i not in failing[_offsets(each)]]
        judged = numbers.judge(each.terms, len(amounts), [amounts.index(c) for c in lines])
        keeping = [c for i, c in enumerate(spare) if _keeps(others, i, each.terms)]
        if len(spare) > 2 and len(keeping) > BESIDE * len(spare):
            keeping = spare
        told = others.judge(each.terms, len(spare), [spare.index(c) for c in keeping])
        assert judged is not None  # nothing misses more often than there are lines
        assert told is not None
        result.append(
            replace(
                _relation("rows", each, rows, tuple(sorted((*lines, *keeping)))),
                agree=judged.agree + told.agree,
                of=judged.of + told.of,
            )
        )
    return result


def _offsets(found: Found) -> tuple[tuple[int, int], ...]:
    """Where the parts stand as seen from the total: the same for relations of one make."""
    return tuple((item - found.total, coefficient) for item, coefficient in found.terms)


def _failing(numbers: Numbers, found: Sequence[Found]) -> dict[tuple[tuple[int, int], ...], set[int]]:
    """Columns in which every relation of one make fails: there it was never meant to hold.

    Holdings that are counted in both parts add up in no group, while areas add up in all.
    """
    makes: dict[tuple[tuple[int, int], ...], list[Found]] = {}
    for each in found:
        makes.setdefault(_offsets(each), []).append(each)
    failing: dict[tuple[tuple[int, int], ...], set[int]] = {}
    for make, members in makes.items():
        failing[make] = set()
        for line in range(numbers.lines) if len(members) > 2 else ():
            judged = [numbers.judge(each.terms, 1, [line]) for each in members]
            if all(one is not None and one.of and not one.agree for one in judged):
                failing[make].add(line)
    return failing


def _kinds(rows: Sequence[str], kinds: Sequence[Sequence[str]]) -> list[list[int]]:
    """Rows of one kind: codes of one shape (LK-11, LK-12), and what other columns of words say."""
    coded = [row if re.search(r"\d", row) else "" for row in rows]
    shapes = [re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "0", row)) for row in coded]
    found: list[list[int]] = []
    for column in (shapes, *kinds):
        groups: dict[str, list[int]] = {}
        for i, kind in enumerate(column):
            if kind.strip():
                groups.setdefault(kind, []).append(i)
        if len(groups) < len(rows) / 2:
            found += (group for group in groups.values() if 1 < len(group) < len(rows))
    return found


def _all_the_rest(readings: Readings, totals: set[int]) -> list[tuple[int, tuple[int, ...]]]:
    """The one row that is called a total, and all others."""
    if len(totals) != 1:
        return []
    [total] = totals
    rest = tuple(i for i, row in enumerate(readings) if i != total and any(map(is_known, row)))
    return [(total, rest)] if len(rest) > 1 else []


def _means(down: Readings, filled: Sequence[int], totals: set[int]) -> frozenset[int]:
    """Columns whose row of totals lies among the others, as a mean does, far below their sum."""
    if len(totals) != 1:
        return frozenset()
    [total] = totals
    found = []
    for c in filled:
        column = [reading.value if reading is not None else None for reading in down[c]]
        values = [value for i, value in enumerate(column) if i != total and value is not None]
        whole = column[total]
        if len(values) < 3 or whole is None:
            continue
        if min(values) <= whole <= max(values) and whole * 2 < sum(values):
            found.append(c)
    return frozenset(found)


def _keeps(numbers: Numbers, line: int, terms: Terms) -> bool:
    """Whether a relation holds in one line, and not by chance."""
    judged = numbers.judge(terms, lines=[line])
    return judged is not None and judged.agree == 1 and judged.bits >= _TELLING_BITS


def ratios(down: Readings, columns: Sequence[str] = ()) -> frozenset[int]:
    """Columns of shares and rates: so they are called, or they alone have decimals."""

    def fractional(column: Sequence[Reading | None]) -> bool:
        known = [r.decimals > 0 for r in column if r is not None and r.value is not None and r.value != 0]
        return sum(known) * 2 > len(known)

    named = {c for c, label in enumerate(columns) if holds(label, SHARE)}
    with_decimals = {c for c, column in enumerate(down) if fractional(column)}
    whole = [
        c for c, column in enumerate(down)
        if c not in with_decimals and any(r is not None and r.value for r in column)
    ]  # fmt: skip
    return frozenset(named | (with_decimals if whole or not named else named))


def _relation(
    across: Across,
    found: Found,
    labels: Sequence[str],
    lines: tuple[int, ...],
    hundred: int | None = None,
) -> Relation:
    """A found relation the way people would write it: the total, or what is left, on the left."""
    terms: Terms = found.terms
    left = found.total
    if labels and not found.hinted and not is_total(labels[left] if left < len(labels) else ""):
        # Balance = Receipts - Payments rather than Receipts = Payments + Balance
        rest = [i for i, c in terms if i < len(labels) and c < 0 and holds(labels[i], DIFFERENCE)]
        left = rest[0] if len(rest) == 1 else left
    sign = dict(terms)[left]
    others = [(item, coefficient * sign) for item, coefficient in terms if item != left]
    return Relation(
        across=across,
        total=Decimal(100) if left == hundred else left,
        parts=tuple(sorted(item for item, coefficient in others if coefficient < 0)),
        minus=tuple(sorted(item for item, coefficient in others if coefficient > 0)),
        lines=lines,
        agree=found.judged.agree,
        of=found.judged.of,
    )
