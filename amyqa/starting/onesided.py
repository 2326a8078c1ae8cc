"""Sums whose totals are never smaller, and often larger: a part is not printed, as a withheld third sex.

A misprint makes a total too large as often as too small. Where many lines miss and nearly all of them
upwards, by little, the total is at least its parts, and no more can be said; what misses by far more than
all others, or downwards, is wrong all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from math import comb, log2

from amyqa.starting.relations import NumberGrid, Relation
from amyqa.starting.totals import Parts, is_slip, terms_of

_SURE_BITS = 10.0
"""One in a thousand tables of misprints looks so."""
_SMALL_BITS, _TINY_BITS = 0.5, 2.0
_SMALL, _FEW, _FAR = 0.05, 3, 5
"""Little is so much of the sum, or so many; far is so many times what is usual."""
_SIBLINGS = 3
_WHY = "misses by far more than others do"


@dataclass(frozen=True, slots=True)
class _Miss:
    """A relation's place in the list, the line, and by how much the total is larger.

    Args:
        off: in units of the last digit that is printed.
        share: of the sum.
        small: it is little, and looks like no slip of the pen.
    """

    place: int
    line: int
    off: float
    share: float
    small: bool


def at_least(numbers: NumberGrid, relations: Sequence[Relation]) -> list[Relation]:
    """The relations, some of them as totals that are at least their parts; those of one make alike."""
    makes: dict[Parts, list[int]] = {}
    for place, relation in enumerate(relations):
        if isinstance(relation.total, int) and not relation.minus and not relation.special:
            makes.setdefault(tuple(part - relation.total for part in relation.parts), []).append(place)
    result = list(relations)
    for steps, places in makes.items():
        misses = [miss for place in places for miss in _misses(numbers, relations[place], place)]
        lines = sum(relations[place].of for place in places)
        if not _is_one_sided(misses, lines):
            continue
        far = _far(misses)
        for place, each in enumerate(relations):
            # a sibling that seems to have one more part, to make up for what is not printed
            if place in places or (len(places) >= _SIBLINGS and _has(each, steps)):
                result[place] = _judged(numbers, each, steps)
        for miss in far:
            whole = relations[miss.place]
            result.append(replace(whole, lines=(miss.line,), agree=0, of=1, called=False, why=_WHY))
    return result


def _misses(numbers: NumberGrid, relation: Relation, place: int) -> Iterator[_Miss]:
    assert isinstance(relation.total, int)
    for line in relation.lines:
        told = numbers.judge(terms_of(relation.total, relation.parts), 1, [line])
        if told is None or not told.of or told.agree:
            continue
        total, *parts = (numbers.values[item][line] or 0 for item in (relation.total, *relation.parts))
        whole, unit = sum(parts), 10**numbers.scale
        off, share = (total - whole) / unit, (total - whole) / max(abs(whole), 1)
        slip = abs(off) > _FEW and is_slip(total, whole, unit)
        yield _Miss(place, line, off, share, not slip and (abs(share) <= _SMALL or abs(off) <= _FEW))


def _has(relation: Relation, steps: Collection[int]) -> bool:
    """Whether parts of a total are these, as seen from it, and more."""
    total = relation.total
    if not isinstance(total, int) or relation.minus or relation.special:
        return False
    return {total + step for step in steps} < set(relation.parts)


def _judged(numbers: NumberGrid, relation: Relation, steps: Parts) -> Relation:
    """A total that is at least the parts at these steps from it."""
    assert isinstance(relation.total, int)
    parts = tuple(relation.total + step for step in steps)
    told = numbers.judge(terms_of(relation.total, parts), len(relation.lines), relation.lines)
    assert told is not None  # nothing misses more often than there are lines
    return replace(relation, parts=parts, at_least=True, agree=told.agree, of=told.of)


def _is_one_sided(misses: Sequence[_Miss], lines: int) -> bool:
    """Whether misprints would hardly miss in this one direction, so often by so little."""
    if not misses or 2 * len(misses) > lines:
        return False
    above = sum(miss.off > 0 for miss in misses)
    small = sum(miss.off > 0 and miss.small for miss in misses)
    tiny = sum(0 < miss.off <= _FEW for miss in misses)
    chance = sum(comb(len(misses), n) for n in range(above, len(misses) + 1))
    bits = len(misses) - log2(chance)
    # one misprint in two is little and no slip; one in a dozen is as little as two or three
    bits += (small - tiny) * _SMALL_BITS + tiny * _TINY_BITS
    return 2 * small > len(misses) and bits >= _SURE_BITS


def _far(misses: Sequence[_Miss]) -> list[_Miss]:
    """What is above by far more than nearly all others are, in number and in share."""
    above = [miss for miss in misses if miss.off > 0]
    usual = len(above) - max(1, len(above) // 10)
    off = _FAR * sorted(miss.off for miss in above)[usual - 1]
    share = max(_SMALL, _FAR * sorted(miss.share for miss in above)[usual - 1])
    return [miss for miss in above if miss.off > off and (miss.share > share or not miss.small)]
