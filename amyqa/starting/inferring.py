"""How a grid of numbers that were read adds up."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from amyqa.model import Reading
from amyqa.reading.labels import SHARE, holds, is_total, is_whole
from amyqa.reading.tokens import Notation, UnreadableToken
from amyqa.starting.additive import failing, is_amount, is_known, means, ratios
from amyqa.starting.found import Found
from amyqa.starting.minority import minorities
from amyqa.starting.onesided import at_least
from amyqa.starting.relations import Across, NumberGrid, Readings, Relation, RelationFit, Terms
from amyqa.starting.search import SumSearch
from amyqa.starting.steps import MAX_OF_A_STUDY, Steps
from amyqa.starting.totals import Totals, terms_of
from amyqa.starting.words import DIFFERENCE, FLOW, column_coordinates, hints

KEYS = " | "
"""Joins the labels of a row that has several."""


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
    """As :func:`amyqa.infer`, of cells that were read already.

    Args:
        kinds: columns of words that say of which kind each row is (district, division).
    """
    return study(readings, columns, rows, rounded, kinds, called=False).relations


@dataclass(frozen=True)
class Studied:
    """How a table adds up, as far as its numbers tell.

    Args:
        relations: across columns first, then across rows.
        unread: totals, so called, whose parts are not known: columns, and rows.
        missed: relations that most lines keep, and too few to be stated.
        stopped: where the search took too many steps to go on, as ``among rows, at Total``.
    """

    relations: list[Relation]
    unread: dict[Across, list[int]] = field(default_factory=dict)
    missed: list[Relation] = field(default_factory=list)
    stopped: tuple[str, ...] = ()

    @property
    def found(self) -> list[Relation]:
        """What the numbers alone bear out."""
        return [each for each in self.relations if not each.called]


def study(
    readings: Readings,
    columns: Sequence[str] = (),
    rows: Sequence[str] = (),
    rounded: Decimal | None = None,
    kinds: Sequence[Sequence[str]] = (),
    *,
    called: bool = True,
    steps: Steps | None = None,
) -> Studied:
    """As :func:`relations`, and what is called a total is one where a reading of its parts is sound.

    Args:
        steps: the budget of which the search takes a share.
    """
    if not readings or not readings[0]:
        return Studied([])
    down = [list(column) for column in zip(*readings, strict=True)]
    mine = (steps or Steps()).share(MAX_OF_A_STUDY)
    half = mine.share(MAX_OF_A_STUDY // 2)  # rows are looked at too, however many columns there are
    across = _across_columns(readings, down, columns, rows, rounded, half, called=called)
    along = _across_rows(readings, down, columns, rows, kinds, rounded, mine, called=called)
    return Studied(
        across.relations + along.relations, across.unread | along.unread, across.missed + along.missed,
        across.stopped + along.stopped,
    )  # fmt: skip


def _across_columns(
    readings: Readings,
    down: Readings,
    columns: Sequence[str],
    rows: Sequence[str],
    rounded: Decimal | None,
    steps: Steps,
    *,
    called: bool,
) -> Studied:
    """Sums of columns, judged in rows of amounts; no row of rates is said to keep them."""
    shares = ratios(down, columns)
    hundred = len(shares) > 1 and not any(_is_hundred(down[c]) for c in shares)
    numbers = NumberGrid(down, rounded, hundred=hundred)
    places = (column_coordinates(columns) if columns else None) or []
    suggested = [(total, parts) for _, total, parts in hints(places)]
    totals = {i for i, label in enumerate(columns) if is_total(label)}

    last: list[SumSearch] = []

    def search(lines: Sequence[int]) -> list[Found]:
        last.append(SumSearch(numbers.only(lines), totals, suggested, flows=_flows(columns), steps=steps))
        return [found for found in last[-1].run() if len(down) not in found.parts]

    filled = [r for r, row in enumerate(readings) if any(map(is_known, row))]
    doubted = {r for r, label in enumerate(rows) if holds(label, SHARE)}
    found, amounts = _settled(numbers, filled, doubted, search)
    lines = tuple(r for r in range(len(readings)) if r in amounts or r not in filled)
    constant = len(down) if hundred else None
    result = [
        _relation("columns", each, columns, lines, constant, judged(numbers, each.terms, lines))
        for each in found
    ]
    if not called:
        return Studied(result)
    apart = {i for i, label in enumerate(columns) if holds(label, SHARE)}
    missed = [
        _relation("columns", each, columns, lines, constant, judged(numbers, each.terms, lines))
        for each in last[-1].missed(found)
        if len(down) not in each.parts  # the hundred, which is no column
    ]
    result = minorities(NumberGrid(down, rounded), result, missed)
    more, unread, at = _called(
        "columns", numbers, sorted(amounts), result, columns, sorted(totals - apart),
        [(total, parts) for total, parts in suggested if not apart & {total, *parts}], steps,
    )  # fmt: skip
    return _studied("columns", numbers, [*result, *more], missed, unread, _stop(last, at, columns))


def _called(
    across: Across,
    numbers: NumberGrid,
    lines: Sequence[int],
    found: Sequence[Relation],
    labels: Sequence[str],
    totals: Sequence[int],
    suggested: Sequence[tuple[int, tuple[int, ...]]],
    steps: Steps,
) -> tuple[list[Relation], list[int], int | None]:
    """Totals that are called so and were not found, with their parts; those without; where it stopped."""
    known = [(r.total, r.parts) for r in found if isinstance(r.total, int) and not r.minus and not r.special]
    differences = {r.parts[0] for r in found if r.minus and len(r.parts) == 1}
    search = Totals(numbers, lines, known, len(labels), steps)
    search.inherit(labels)
    unread = search.read([total for total in totals if total not in differences], suggested)
    search.inherit(labels)
    more = []
    for total, parts in search.known.items():
        if total in dict(known):
            continue
        told = judged(numbers, terms_of(total, parts), lines)
        more.append(Relation(across, total, parts, (), tuple(lines), told.agree, told.of, called=True))
    unread = [total for total in unread if total not in search.known]
    return minorities(numbers, more, beside=found), unread, search.stopped_at


def _stop(searches: Sequence[SumSearch], called: int | None, labels: Sequence[str]) -> str:
    """Where a search stopped, in words that follow what was searched; "" where none did."""
    places = [*(each.stopped_at for each in searches), called]
    at = next((place for place in places if place is not None), None)
    if at is None:
        return ""
    return f", at {labels[at]}" if at < len(labels) else " "


def _is_hundred(column: Sequence[Reading | None]) -> bool:
    return all(reading is None or reading.value in (None, 100) for reading in column)


def _settled(
    numbers: NumberGrid,
    filled: Sequence[int],
    doubted: Collection[int],
    search: Callable[[Sequence[int]], list[Found]],
) -> tuple[list[Found], frozenset[int]]:
    """Relations, and the lines in which they are meant to hold: what is no amount is found by what is."""
    lines = [line for line in filled if line not in doubted]
    if not any(item[line] for line in lines for item in numbers.values):
        lines = list(filled)
    found = search(lines)
    if not found and len(lines) < len(filled):  # hectares beside counts are amounts too
        lines = list(filled)
        found = search(lines)
    terms = [each.terms for each in found]
    while found:
        kept = [line for line in lines if is_amount(numbers, line, terms, doubted=False) is not False]
        if len(kept) == len(lines) or not kept:
            break
        lines = kept
        found = search(lines)
        terms = [each.terms for each in found]
    inside = set(lines)
    told = {line: is_amount(numbers, line, terms, doubted=True) for line in filled if line not in inside}
    usual = sum(one is True for one in told.values()) * 2 > len(told)
    joining = (line for line, one in told.items() if one or (one is None and usual))
    return found, frozenset(lines).union(joining)


def _across_rows(
    readings: Readings,
    down: Readings,
    columns: Sequence[str],
    rows: Sequence[str],
    kinds: Sequence[Sequence[str]],
    rounded: Decimal | None,
    steps: Steps,
    *,
    called: bool,
) -> Studied:
    """Sums of rows, judged in columns of amounts; rates join where they keep them too."""
    filled = [c for c, column in enumerate(down) if any(map(is_known, column))]
    totals = {i for i, label in enumerate(rows) if any(map(is_total, label.split(KEYS)))}
    doubted = ratios(down, columns) | means(down, filled, totals)
    numbers = NumberGrid(readings, rounded)

    last: list[SumSearch] = []

    def search(lines: Sequence[int]) -> list[Found]:
        suggested, groups = _all_the_rest(readings, totals), _kinds(rows, kinds)
        last.append(SumSearch(numbers.only(lines), totals, suggested, groups, _flows(rows), steps))
        return last[-1].run()

    found, amounts = _settled(numbers, filled, doubted, search)
    makes: dict[Terms, list[Terms]] = {}
    for each in found:
        makes.setdefault(_offsets(each), []).append(each.terms)
    never = dict(zip(makes, failing(numbers, list(makes.values())), strict=True))
    result = []
    for each in found:
        lines = tuple(c for c in sorted(amounts) if c not in never[_offsets(each)])
        result.append(_relation("rows", each, rows, lines, None, judged(numbers, each.terms, lines)))
    if not called:
        return Studied(result)
    known = [i for i, row in enumerate(readings) if any(map(is_known, row))]
    ends = {i for i in (known[:1] + known[-1:]) if any(is_whole(part) for part in rows[i].split(KEYS))}
    apart = {i for i, label in enumerate(rows) if holds(label, SHARE)}
    within = tuple(sorted(amounts))
    missed = [
        _relation("rows", each, rows, within, None, judged(numbers, each.terms, within))
        for each in last[-1].missed(found)
    ]
    result = minorities(numbers, result, missed)
    more, unread, at = _called(
        "rows", numbers, sorted(amounts), result, rows, sorted((totals | ends) - apart), _crossed(rows), steps
    )
    return _studied("rows", numbers, [*result, *more], missed, unread, _stop(last, at, rows))


def _studied(
    across: Across,
    numbers: NumberGrid,
    stated: list[Relation],
    missed: Sequence[Relation],
    unread: list[int],
    stopped: str,
) -> Studied:
    """What is stated, and what is not: most lines keep it, and nothing else is said of the total."""
    stated = at_least(numbers, stated)
    told = {each.total for each in stated}
    stops = (f"among {across}{stopped}",) if stopped else ()
    return Studied(stated, {across: unread}, [each for each in missed if each.total not in told], stops)


def judged(numbers: NumberGrid, terms: Terms, lines: Sequence[int]) -> RelationFit:
    """How well a relation agrees in these lines."""
    told = numbers.judge(terms, len(lines), lines)
    assert told is not None  # nothing misses more often than there are lines
    return told


def _flows(labels: Sequence[str]) -> frozenset[int] | None:
    """Items whose labels say that something is taken off; None where there are no labels."""
    return frozenset(i for i, label in enumerate(labels) if holds(label, FLOW)) if labels else None


def _offsets(found: Found) -> Terms:
    """Where the parts stand as seen from the total: the same for relations of one make."""
    return tuple((item - found.total, coefficient) for item, coefficient in found.terms)


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


def _crossed(rows: Sequence[str]) -> list[tuple[int, tuple[int, ...]]]:
    """Rows of several labels of which one is a total, and the rows that have all their others: All | Male."""
    keys = [tuple(row.split(KEYS)) for row in rows]
    beside: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    for row, own in enumerate(keys):
        for at, label in enumerate(own if len(own) > 1 else ()):
            if not is_total(label):
                beside.setdefault((at, own[:at] + own[at + 1 :]), []).append(row)
    found = []
    for row, own in enumerate(keys):
        for at, label in enumerate(own if len(own) > 1 else ()):
            parts = beside.get((at, own[:at] + own[at + 1 :]), []) if is_total(label) else []
            if len(parts) > 1:
                found.append((row, tuple(parts)))
    return found


def _all_the_rest(readings: Readings, totals: set[int]) -> list[tuple[int, tuple[int, ...]]]:
    """The one row that is called a total, and all others."""
    if len(totals) != 1:
        return []
    [total] = totals
    rest = tuple(i for i, row in enumerate(readings) if i != total and any(map(is_known, row)))
    return [(total, rest)] if len(rest) > 1 else []


def _relation(
    across: Across,
    found: Found,
    labels: Sequence[str],
    lines: tuple[int, ...],
    hundred: int | None,
    judged: RelationFit,
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
        agree=judged.agree,
        of=judged.of,
    )
