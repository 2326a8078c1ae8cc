"""Lines in which a total has other parts than elsewhere, and is right.

Where five totals leave out the same two rows and one does not, the one is not wrong. So a total that misses
in a line is compared with the parts that the others leave out: where it is exactly the sum with these, or
by a slip of the pen, it is said to be that sum in this line. A total that leaves out what all others count
has no such excuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from math import log2

from amyqa.starting.relations import NumberGrid, Relation
from amyqa.starting.search import USUAL
from amyqa.starting.totals import Parts, is_slip, terms_of

_SURE_BITS = 6.0
_FEW = 3
"""So many parts that others leave out may be counted in any selection; more of them all, or not at all."""


def minorities(
    numbers: NumberGrid,
    stated: Sequence[Relation],
    missed: Sequence[Relation] = (),
    beside: Sequence[Relation] = (),
) -> list[Relation]:
    """The relations, less the lines in which totals have more parts; then those lines' own relations.

    Args:
        stated: relations that are stated.
        missed: relations that are stated if lines of their own are why they miss too often.
        beside: what is stated of other totals.
    """
    usual: list[Relation] = []
    special: list[Relation] = []
    for n, relation in enumerate([*stated, *missed]):
        own = _own_lines(numbers, relation, [*stated, *beside])
        if n >= len(stated) and relation.agree < USUAL * (relation.of - len(own)):
            continue
        if not own or not isinstance(relation.total, int):
            usual.append(relation)
            continue
        lines = tuple(line for line in relation.lines if line not in own)
        usual.append(replace(relation, lines=lines, of=relation.of - len(own)))
        by_parts: dict[Parts, list[int]] = {}
        for line, parts in own.items():
            by_parts.setdefault(parts, []).append(line)
        for parts, members in by_parts.items():
            agree = sum(_agrees(numbers, relation.total, parts, line) for line in members)
            alone = replace(relation, parts=parts, lines=tuple(members), agree=agree, of=len(members))
            special.append(replace(alone, special=True, why="here more is added than elsewhere"))
    return usual + special


def _own_lines(numbers: NumberGrid, relation: Relation, relations: Sequence[Relation]) -> dict[int, Parts]:
    """Lines in which a total misses, with the parts that it has there."""
    if relation.special or relation.minus or relation.agree < 2 or not isinstance(relation.total, int):
        return {}
    missed = [line for line in relation.lines if _is_missed(numbers, relation.total, relation.parts, line)]
    if not missed or len(missed) > relation.agree:
        return {}
    choices = list(dict.fromkeys(_choices(relation, relations, numbers)))
    found = {line: _chosen(numbers, relation, choices, line) for line in missed}
    return {line: parts for line, parts in found.items() if parts}


def _choices(relation: Relation, relations: Sequence[Relation], numbers: NumberGrid) -> Iterator[Parts]:
    """More parts that a total may have: what stands among its own, and what no other total speaks of."""
    below = {r.total: r.parts for r in relations if isinstance(r.total, int) and not r.minus}
    taken = {relation.total, *relation.parts}
    reached = list(relation.parts)
    while reached:
        more = [part for part in below.get(reached.pop(), ()) if part not in taken]
        taken.update(more)
        reached += more
    inner = {part for parts in below.values() for part in parts}
    rest = [
        i for i, item in enumerate(numbers.values)
        if i not in taken and i not in inner and any(item) and taken.isdisjoint(below.get(i, ()))
    ]  # fmt: skip
    own = (relation.total, *relation.parts)
    for items in ([i for i in rest if min(own) < i < max(own)], rest):
        sizes = range(1, len(items) + 1) if len(items) <= _FEW else [len(items)]
        for size in reversed(sizes):
            for added in combinations(items, size):
                if added:
                    yield tuple(sorted((*relation.parts, *added)))


def _chosen(numbers: NumberGrid, relation: Relation, choices: Sequence[Parts], line: int) -> Parts:
    """The parts that a total has in a line; none where nothing tells."""
    assert isinstance(relation.total, int)
    needed = _SURE_BITS + log2(max(len(choices), 1))
    for parts in choices:
        told = numbers.judge(terms_of(relation.total, parts), 1, [line])
        if told is not None and told.agree and told.bits >= needed:
            return parts
    if _slipped(numbers, relation.total, relation.parts, line):
        return ()
    return next((parts for parts in choices if _slipped(numbers, relation.total, parts, line)), ())


def _slipped(numbers: NumberGrid, total: int, parts: Parts, line: int) -> bool:
    values = [numbers.values[item][line] for item in (total, *parts)]
    known = [value for value in values if value is not None]
    return len(known) == len(values) and is_slip(known[0], sum(known[1:]), 10**numbers.scale)


def _agrees(numbers: NumberGrid, total: int, parts: Parts, line: int) -> bool:
    told = numbers.judge(terms_of(total, parts), 1, [line])
    return told is not None and bool(told.agree)


def _is_missed(numbers: NumberGrid, total: int, parts: Parts, line: int) -> bool:
    told = numbers.judge(terms_of(total, parts), 1, [line])
    return told is not None and bool(told.of) and not told.agree
