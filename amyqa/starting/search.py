"""Finding sums among items: blocks, every n-th item, totals of subtotals, pairs and triples.

Candidates are looked for in the few lines that tell most, and judged in all. Nothing is random: the
same numbers yield the same relations in the same order.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from math import log2

from amyqa.starting.found import (
    Found,
    Plain,
    completes,
    implied,
    in_span,
    simplest_first,
    unambiguous,
    without_doubles,
)
from amyqa.starting.relations import NumberGrid, Terms
from amyqa.starting.steps import Steps

USUAL, TOGETHER, BESIDE, HINTED = 0.9, 0.8, 0.6, 0.5
"""Of the lines that tell anything, so many must agree: of any relation, of neighbours, of a total right
beside its parts, of one that labels suggest."""
_PROBES = 3
_SPARE_BITS, _HINTED_BITS = 8.0, 4.0
_MAX_PAIRS, _MAX_TRIPLES, _MAX_DEDUCTIONS = 150, 36, 22
_MANY, _TOO_MANY = 60, 400
_LONGEST, _LONGEST_STRIDE, _WIDEST_STRIDE = 120, 60, 6
_MAX_RUNS, _SHORTEST = 1_200_000, 10
_ROUNDS = 8
_MANY_LINES = 8
_MOST_SCATTERED = 3
_FIRST, _FIRST_MISSES = 10, 5
_MAX_REFUSED = 20_000


@dataclass(frozen=True, slots=True)
class _Line:
    """The numbers of a line, smallest first, whose they are, and the largest slack of any."""

    values: list[int]
    items: list[int]
    tolerance: int

    def has(self, total: int, tolerance: int) -> bool:
        """Whether a number equals this sum."""
        first = bisect_left(self.values, total - tolerance - self.tolerance)
        return first < len(self.values) and self.values[first] <= total + tolerance + self.tolerance

    def near(self, total: int, tolerance: int) -> list[int]:
        """The items whose numbers do."""
        first = bisect_left(self.values, total - tolerance - self.tolerance)
        return self.items[first : bisect_right(self.values, total + tolerance + self.tolerance)]


class SumSearch:
    """A search for the relations of one set of items.

    Args:
        numbers: the values.
        totals: items whose labels say that they are totals.
        hints: (total, parts) that labels suggest.
        groups: items of one kind, which may be the parts of some total.
        flows: items whose labels say that something is taken off (net, closing, balance); None: no labels.
        steps: that it may take.
    """

    def __init__(
        self,
        numbers: NumberGrid,
        totals: Collection[int],
        hints: Iterable[tuple[int, Sequence[int]]] = (),
        groups: Iterable[Sequence[int]] = (),
        flows: Collection[int] | None = None,
        steps: Steps | None = None,
    ) -> None:
        self.numbers, self.totals = numbers, frozenset(totals)
        self.flows, self.steps = flows, steps or Steps()
        self.groups = [tuple(group) for group in groups if len(group) > 1]
        self.hints = [(total, tuple(parts)) for total, parts in hints]
        self.items = [i for i, item in enumerate(numbers.values) if any(item)]
        known = [i for i, item in enumerate(numbers.values) if any(value is not None for value in item)]
        self.rank = {item: place for place, item in enumerate(known)}
        self.tried = 1
        self.found: dict[frozenset[tuple[int, int]], Found] = {}
        self._refused: set[frozenset[tuple[int, int]]] = set()
        self._missed: list[Found] = []
        self._lines: dict[int, _Line] = {}
        self.stopped_at: int | None = None
        """The item whose sums were being formed when the steps were spent."""

    def missed(self, kept: Iterable[Found]) -> list[Found]:
        """Relations that most lines keep, and too few: of totals that have no other parts."""
        needed = log2(self.tried) + _SPARE_BITS
        taken = {found.total for found in kept}
        best: dict[int, Found] = {}
        for each in sorted(self._missed, key=lambda found: (-found.judged.telling, simplest_first(found))):
            if each.total not in taken and each.judged.bits >= needed and self._may_deduct(each):
                best.setdefault(each.total, each)
        return list(best.values())

    def run(self) -> list[Found]:
        """All relations worth stating, totals of few parts first."""
        if self.numbers.lines == 0:
            return []
        for total, parts in self.hints:
            if found := self._judged(_terms(total, parts), hinted=True, plain=True):
                self.found[frozenset(found.terms)] = replace(found, suggested=True)
        self._groups()
        sequence = list(self.rank)
        for _ in range(_ROUNDS):
            self._blocks(sequence)
            inner = {part for found in self._worth() for part in found.parts}
            shorter = [item for item in sequence if item not in inner]
            if len(shorter) < 3 or len(shorter) == len(sequence):
                break
            sequence = shorter
        self._strides()
        self._few()
        kept = sorted(self._worth(), key=_in_order)
        scattered = {each.total for each in kept if not each.hinted and not each.plain}
        if len(scattered) * _MOST_SCATTERED > len(self.items):  # a tariff
            kept = [each for each in kept if each.total not in scattered]
        return kept + self._deductions(kept)

    def _groups(self) -> None:
        """Totals of all items of a kind."""
        values, tolerances = self.numbers.values, self.numbers.tolerance
        sums = (
            (
                probe,
                sum(values[i][probe] or 0 for i in group),
                sum(tolerances[i][probe] for i in group),
                group,
            )
            for probe in self._probes()
            for group in self.groups
        )
        self._matches(sums, plain=True)

    def _blocks(self, sequence: Sequence[int]) -> None:
        """Totals of neighbours."""
        at = {item: place for place, item in enumerate(sequence)}

        def hinted(total: int, parts: Sequence[int]) -> bool:
            if total not in self.totals or total not in at:
                return False
            return at[total] in (at[parts[0]] - 1, at[parts[-1]] + 1)

        few = max(_SHORTEST, min(_LONGEST, _MAX_RUNS // max(1, len(sequence))))
        self._runs(sequence, few if len(sequence) > _TOO_MANY else len(sequence), hinted)

    def _strides(self) -> None:
        """Totals of every second, third … item."""
        known = list(self.rank)
        if len(known) > _TOO_MANY:
            return
        widest = _WIDEST_STRIDE if len(known) > _MANY else len(known)
        for step in range(2, min(len(known) // 2, widest) + 1):
            for start in range(step):
                self._runs(known[start::step], _LONGEST_STRIDE)

    def _few(self) -> None:
        """Totals of any two or three items."""
        for size, most in ((2, _MAX_PAIRS), (3, _MAX_TRIPLES)):
            if len(self.items) <= most:
                for probe in self._probes():
                    values = self.numbers.values
                    known = [i for i in self.items if values[i][probe]]
                    sums = (
                        (probe, sum(values[i][probe] or 0 for i in chosen),
                         sum(self.numbers.tolerance[i][probe] for i in chosen), chosen)
                        for chosen in combinations(known, size)
                    )  # fmt: skip
                    self._matches(sums, plain=False)

    def _deductions(self, kept: Sequence[Found]) -> list[Found]:
        """Net = A + B - C, for few items: two pairs of one sum."""
        if len(self.items) > _MAX_DEDUCTIONS or not self.numbers.lines:
            return []
        probe, values = self.numbers.probes[0], self.numbers.values
        by_sum: dict[int, list[tuple[int, int]]] = {}
        for a, b in combinations(self.items, 2):
            if values[a][probe] and values[b][probe]:
                by_sum.setdefault((values[a][probe] or 0) + (values[b][probe] or 0), []).append((a, b))
        found: list[Found] = []
        known = [tuple(self._reduced(each.terms).items()) for each in kept]
        needed = log2(self.tried + len(self.items) ** 4) + _SPARE_BITS
        for pairs in by_sum.values():
            for (a, b), (c, d) in combinations(pairs, 2):
                if len({a, b, c, d}) < 4:
                    continue
                terms: Terms = ((d, 1), (c, 1), (a, -1), (b, -1))
                reduced = tuple(self._reduced(terms).items())
                if not reduced:
                    continue  # equal numbers on both sides
                each = self._judged(terms, hinted=False, plain=False)
                likely = each and each.judged.bits >= needed and self._may_deduct(each)
                if each and likely and not in_span(reduced, known):
                    found.append(each)
                    known.append(reduced)
        return found

    def _may_deduct(self, found: Found) -> bool:
        """Whether words say that something is taken off, or all of many lines do, of numbers that change."""
        if not found.deducts:
            return True
        items = [item for item, _ in found.terms]
        if self.flows is None or not self.totals.union(self.flows).isdisjoint(items):
            return True
        every = found.judged.telling == found.judged.of_telling >= _MANY_LINES
        return every and all(len(set(self.numbers.values[item])) > 2 for item in items)

    def _probes(self) -> list[int]:
        return self.numbers.probes[:_PROBES]

    def _runs(
        self,
        sequence: Sequence[int],
        longest: int,
        hinted: Callable[[int, Sequence[int]], bool] = lambda total, parts: False,
    ) -> None:
        """Consider every item that equals, in its line, the sum of a run of two or more neighbours."""
        for line in self._probes():
            known = self._sorted(line)
            values = [self.numbers.values[item][line] or 0 for item in sequence]
            tolerances = [self.numbers.tolerance[item][line] for item in sequence]
            exact = None if known.tolerance else frozenset(known.values)
            for first, value in enumerate(values):
                total, tolerance = value, tolerances[first]
                end = min(len(values), first + longest)
                if not self._count(end - first - 1, known, sequence[first]):
                    return
                for last in range(first + 1, end):
                    total += values[last]
                    tolerance += tolerances[last]
                    if total in exact if exact is not None else known.has(total, tolerance):
                        self._equals(known, total, tolerance, sequence[first : last + 1], True, hinted)

    def _matches(self, sums: Iterable[tuple[int, int, int, Sequence[int]]], *, plain: bool) -> None:
        """Consider every item that equals one of these sums (line, sum, slack, parts) in its line."""
        for line, total, tolerance, parts in sums:
            known = self._sorted(line)
            if not self._count(1, known, parts[0]):
                return
            if known.has(total, tolerance):
                self._equals(known, total, tolerance, parts, plain, lambda total, parts: False)

    def _count(self, sums: int, known: _Line, item: int) -> bool:
        """Count sums that begin with an item; whether to go on."""
        self.steps.take(sums)
        self.tried += sums * len(known.values)
        if self.steps.spent and self.stopped_at is None:
            self.stopped_at = item
        return not self.steps.spent

    def _equals(
        self,
        known: _Line,
        total: int,
        tolerance: int,
        parts: Sequence[int],
        plain: bool,
        hinted: Callable[[int, Sequence[int]], bool],
    ) -> None:
        for item in known.near(total, tolerance):
            if item not in parts:
                self.steps.take(len(parts))
                self._consider(item, parts, hinted=hinted(item, parts), plain=plain)

    def _sorted(self, line: int) -> _Line:
        if line not in self._lines:
            pairs = sorted((v, i) for i, item in enumerate(self.numbers.values) if (v := item[line]))
            most = max((item[line] for item in self.numbers.tolerance), default=0)
            self._lines[line] = _Line([v for v, _ in pairs], [i for _, i in pairs], most)
        return self._lines[line]

    def _consider(self, total: int, parts: Sequence[int], *, hinted: bool, plain: bool) -> None:
        if not hinted and len(self._refused) > _MAX_REFUSED:
            return
        terms = _terms(total, parts)
        key = frozenset(terms)
        if key in self.found or (not hinted and key in self._refused):
            return
        found = self._judged(terms, hinted=hinted, plain=plain)
        if found is None:
            self._refused.add(key)
        else:
            self.found[key] = found

    def _judged(self, terms: Terms, *, hinted: bool, plain: bool) -> Found | None:
        run = sorted(self.rank[item] for item, _ in terms[1:] if item in self.rank)
        together = plain and len(run) == len(terms) - 1 == run[-1] - run[0] + 1
        beside = together and self.rank.get(terms[0][0]) in (run[0] - 1, run[-1] + 1)
        share = HINTED if hinted else BESIDE if beside else TOGETHER if together else USUAL
        first = self.numbers.probes[:_FIRST]
        self.steps.take(len(terms) * len(first))
        if not hinted and self.numbers.judge(terms, _FIRST_MISSES, first) is None:
            return None
        self.steps.take(len(terms) * self.numbers.lines)
        judged = self.numbers.judge(terms, self.numbers.lines / 2)
        if judged is None or not judged.telling:
            return None
        if hinted:
            enough = judged.bits >= _HINTED_BITS or judged.crossed > 1
        else:
            least = 2 if beside and judged.telling == judged.of_telling else 3
            enough = judged.distinct >= least and judged.crossed >= 2
        kept = judged.telling >= share * judged.of_telling
        if kept and not (beside or hinted):  # one choice of many: only what is new in a line counts
            judged = replace(judged, bits=judged.own)
        found = Found(terms, judged, hinted, plain)
        if enough and kept:
            return found
        if enough and judged.telling * 2 >= judged.of_telling:
            self._missed.append(found)
        return None

    def _worth(self) -> list[Found]:
        """What is neither chance nor told by others already."""
        needed = log2(self.tried) + _SPARE_BITS
        likely = [f for f in self.found.values() if f.hinted or f.judged.bits >= needed]
        by_total: dict[int, list[Found]] = {}
        for each in likely:
            by_total.setdefault(each.total, []).append(each)
        likely = [each for each in likely if not any(completes(o, each) for o in by_total[each.total])]
        likely = without_doubles(likely)
        likely.sort(key=simplest_first)
        kept: list[Found] = []
        plainly: list[tuple[float, Plain]] = []  # only what holds as often implies another
        totals: set[int] = set()
        parts: set[int] = set()  # equal numbers in another block are a sum of their own
        for each in likely:
            plain = self._plainly(each.terms)
            own = each.total not in totals and parts.isdisjoint(each.parts)
            surer = [other for share, other in plainly if share >= each.share]
            if each.suggested or (plain is not None and (own or not implied(plain, surer))):
                kept.append(each)
                totals.add(each.total)
                parts |= each.parts
                plainly += [(each.share, plain)] if plain is not None else []
        kept = unambiguous(kept, self.rank)
        known = {each.parts for each in kept}  # a total may be printed twice
        for each in likely:
            if each.total not in totals and each.parts in known:
                kept.append(each)
                totals.add(each.total)
        return kept

    def _reduced(self, terms: Terms) -> dict[int, int]:
        """A relation between different numbers: columns of zeros left out, equal ones as one."""
        found: dict[int, int] = {}
        for item, coefficient in terms:
            if any(self.numbers.values[item]):
                twin = self._twins[item]
                found[twin] = found.get(twin, 0) + coefficient
        return {item: coefficient for item, coefficient in found.items() if coefficient}

    def _plainly(self, terms: Terms) -> Plain | None:
        """A sum's total and parts, reduced so; None where nothing is left of it to say."""
        reduced = self._reduced(terms)
        total = self._twins[terms[0][0]]
        parts = frozenset(item for item in reduced if item != total)
        if reduced.get(total) != 1 or len(parts) < 2 or any(reduced[part] != -1 for part in parts):
            return None
        return total, parts

    @cached_property
    def _twins(self) -> dict[int, int]:
        """For each item the first one that has the same numbers in all of its lines; few prove nothing."""
        if self.numbers.lines < 3:
            return {i: i for i in range(len(self.numbers.values))}
        first: dict[tuple[int | None, ...], int] = {}
        return {i: first.setdefault(tuple(item), i) for i, item in enumerate(self.numbers.values)}


def _terms(total: int, parts: Iterable[int]) -> Terms:
    return ((total, 1), *((part, -1) for part in parts))


def _in_order(found: Found) -> tuple[bool, int, bool, int]:
    return not found.hinted, len(found.terms), not found.plain, found.total
