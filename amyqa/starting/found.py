"""Relations that were found, and which of them say more than the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from amyqa.starting.relations import RelationFit, Terms

Plain = tuple[int, frozenset[int]]
"""A total and its parts."""


@dataclass(frozen=True)
class Found:
    """A relation that holds well enough.

    Args:
        terms: the total first, with coefficient 1.
        hinted: the total's label says that it is one, or its parts' labels say so.
        plain: the parts are neighbours, or every n-th item.
        suggested: labels suggested exactly these parts.
    """

    terms: Terms
    judged: RelationFit
    hinted: bool
    plain: bool
    suggested: bool = False

    @property
    def total(self) -> int:
        """The item on the left."""
        return self.terms[0][0]

    @cached_property
    def parts(self) -> frozenset[int]:
        """Items that are added."""
        return frozenset(item for item, coefficient in self.terms[1:] if coefficient < 0)

    @property
    def share(self) -> float:
        """The share of lines that keep it."""
        return self.judged.telling / max(self.judged.of_telling, 1)

    @cached_property
    def deducts(self) -> bool:
        """Whether something is taken off."""
        return any(coefficient > 0 for _, coefficient in self.terms[1:])


def simplest_first(found: Found) -> tuple[bool, int, bool, int, int, tuple[int, ...]]:
    """Where it stands among others: what is called a total first, then few parts, then near ones."""
    items = [item for item, _ in found.terms]
    return (
        not found.hinted, len(found.terms), not found.plain, max(items) - min(items), found.total,
        tuple(sorted(found.parts)),
    )  # fmt: skip


def without_doubles(relations: Sequence[Found]) -> list[Found]:
    """Without sums among the parts of one total: these would be counted twice in it.

    A total that counts subtotals and their parts is none. Else, of the two, the total that is called one
    stays, or the one that agrees in more lines.
    """
    relations = [each for each in relations if not _counts_twice(each, relations)]
    whole: dict[int, list[Found]] = {}
    for each in relations:
        for part in each.parts:
            whole.setdefault(part, []).append(each)

    def rank(found: Found) -> tuple[bool, float]:
        return found.hinted, found.share

    dropped = set()
    for each in relations:
        for other in whole.get(each.total, ()):
            if each.parts <= other.parts:
                dropped.add(id(each if rank(other) >= rank(each) else other))
    return [each for each in relations if id(each) not in dropped]


def _counts_twice(found: Found, relations: Sequence[Found]) -> bool:
    """Whether a total's parts are subtotals, each a block of neighbours, and for the most part theirs.

    What keeps to be a subtotal less often than the total keeps to be one is none: rounded numbers are
    sums of others by chance.
    """
    inner = [
        each for each in relations
        if each.plain and {each.total, *each.parts} <= found.parts and each.share >= found.share
    ]  # fmt: skip
    subtotals = {each.total for each in inner}
    blocks = [each.parts for each in inner if each.parts.isdisjoint(subtotals)]
    doubled = frozenset[int]().union(*blocks)
    return bool(doubled) and len(doubled) * 2 > len(found.parts - subtotals)


def completes(other: Found, found: Found) -> bool:
    """Whether another relation has all parts of this one and more, and agrees more often."""
    if not found.parts < other.parts:
        return False
    if other.suggested or (other.plain and not found.plain):
        return other.judged.agree >= found.judged.agree  # a part of zeros among them belongs to it
    return other.judged.agree > found.judged.agree


def unambiguous(relations: Sequence[Found], rank: Mapping[int, int]) -> list[Found]:
    """Of sums that give one total overlapping parts, at most the one that bears out best.

    A total may be printed for several partitions, by sex and by age, which share no part. Where parts
    overlap, one of the sums is chance: the one that fewer lines keep. Where none is kept more often, it is
    the one beside its total, and else nobody knows.

    Args:
        rank: where each item stands among those with numbers.
    """

    def beside(found: Found) -> bool:
        at = sorted(rank[item] for item, _ in found.terms if item in rank)
        return found.plain and at[-1] - at[0] + 1 == len(at) and rank.get(found.total) in (at[0], at[-1])

    def merit(found: Found) -> tuple[bool, bool, int, bool]:
        return found.suggested, found.hinted, found.judged.telling, beside(found)

    by_total: dict[int, list[Found]] = {}
    for each in relations:
        by_total.setdefault(each.total, []).append(each)

    def stays(found: Found) -> bool:
        rivals = [
            each for each in by_total[found.total]
            if each is not found and not each.parts.isdisjoint(found.parts) and merit(each) >= merit(found)
        ]  # fmt: skip
        return not rivals

    return [each for each in relations if stays(each)]


def implied(plain: Plain, kept: Sequence[Plain]) -> bool:
    """Whether a sum follows when known totals are put in place of all their parts, or is the same."""
    total, parts = plain
    changed = True
    while changed:
        changed = False
        for other, members in kept:
            if members <= parts:
                if other == total:
                    return True  # the rest must be zero
                parts = parts - members | {other}
                changed = True
    return len(parts) < 2


def in_span(terms: Terms, kept: Sequence[Terms]) -> bool:
    """Whether a relation is a combination of others (exact, in fractions)."""
    rows: list[tuple[int, dict[int, Fraction]]] = []

    def reduced(terms: Iterable[tuple[int, int]]) -> dict[int, Fraction]:
        row = {item: Fraction(coefficient) for item, coefficient in terms}
        for pivot, other in rows:
            if factor := row.get(pivot):
                for item, coefficient in other.items():
                    row[item] = row.get(item, Fraction(0)) - factor * coefficient
        return {item: coefficient for item, coefficient in row.items() if coefficient}

    for each in kept:
        if row := reduced(each):
            pivot = min(row)
            rows.append((pivot, {item: coefficient / row[pivot] for item, coefficient in row.items()}))
    return not reduced(terms)
