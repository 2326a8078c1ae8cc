"""Totals that are called so: their parts, where few or no lines agree.

A number that is printed as a total and is none must not be passed over because it breaks the very sum
that would tell. So the parts of a total are read off the layout, and the numbers decide whether that
reading is sound: it is when they miss by little, by a slip, by half, or by one column. Where no reading is
sound the total is said to be checked by no sum, and nothing is stated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from amyqa.reading.labels import words
from amyqa.starting.additive import lacks_a_digit
from amyqa.starting.relations import NumberGrid, Terms
from amyqa.starting.steps import Steps

Parts = tuple[int, ...]

_NEAR, _SHORT = 0.05, 0.02
"""Off by no more than that share of the sum; a total above its parts in every line may have more parts."""
_OFTEN = 4
_SOUND = 0.8


@dataclass(frozen=True)
class Fit:
    """How a total compares with what its parts make, in the lines that tell.

    Args:
        lines: how many tell.
        exact: in how many it is their sum.
        near: in how many it misses by little, or by a slip of the pen.
        twice, shifted: in how many it is twice their sum, or the sum of the next line.
        above: in how many it is larger than their sum, by more than rounding.
        off: the usual share by which it misses.
    """

    lines: int
    exact: int
    near: int
    twice: int
    shifted: int
    above: int
    off: float

    @property
    def is_sound(self) -> bool:
        """Whether these are its parts, whatever is misprinted."""
        if not self.lines:
            return False
        if self.exact == self.lines or self.exact * 2 >= self.lines > 3:
            return True
        if self.lines > 1 and self.twice >= _SOUND * self.lines:
            return True
        if self.shifted > 1 and self.exact + self.shifted >= _SOUND * (self.lines - 1):
            return True
        rest = self.lines - self.exact
        if self.above == rest and (rest >= _OFTEN or (not self.exact and self.off > _SHORT)):
            return False  # the list may leave out what is small
        return self.exact + self.near >= _SOUND * self.lines

    @property
    def rank(self) -> tuple[bool, int, int, float]:
        """The better, the larger."""
        return self.is_sound, self.exact, self.near + self.twice + self.shifted, -self.off


class Totals:
    """The search for the parts of totals that are called so.

    Args:
        numbers: items by lines.
        lines: those that hold amounts.
        known: totals whose parts are known already, with them.
        width: how many items have labels.
        steps: that it may take.
    """

    def __init__(
        self,
        numbers: NumberGrid,
        lines: Sequence[int],
        known: Sequence[tuple[int, Parts]],
        width: int,
        steps: Steps,
    ) -> None:
        self.numbers, self.lines, self.steps = numbers, lines, steps
        self.stopped_at: int | None = None
        self.known = dict(known)
        self.refused: set[int] = set()
        self.parent = {part: total for total, parts in known for part in parts}
        values = numbers.values
        self.items = [i for i in range(width) if any(values[i][line] is not None for line in lines)]

    def read(self, called: Sequence[int], suggested: Sequence[tuple[int, Parts]]) -> list[int]:
        """Take in the parts of each total for which a sound reading is found; the others are returned.

        Args:
            called: items that are called totals, first to last.
            suggested: totals with the parts that words name.
        """
        unread = []
        named = dict(suggested)
        ends = {self.items[0], self.items[-1]} if self.items else set()
        for total in sorted({*called, *named}, key=lambda item: (item in ends, item)):
            if total in self.known or total not in self.items:
                continue
            if self.steps.spent:
                self.stopped_at = total if self.stopped_at is None else self.stopped_at
                unread += [total] if total in called else []
                continue
            choices = [named[total]] if total in named else []
            if total not in self.refused:
                choices += self._readings(total, set(called))
            fits = [(self.fit(total, parts), parts) for parts in dict.fromkeys(choices) if len(parts) > 1]
            best = max(fits, key=lambda each: each[0].rank, default=None)
            if best is not None and best[0].is_sound:
                self.take(total, self._without_memo(total, best[1]))
            elif total in called:
                unread.append(total)
        return unread

    def inherit(self, labels: Sequence[str]) -> None:
        """Give the siblings of a total their parts: the same words at the same distance, in another block.

        Where all that miss are above their parts, a part is not printed (as a third sex): then nobody
        inherits, and what is called a total stays unread.
        """
        said = [frozenset(words(label)) for label in labels]
        makes: dict[tuple[Parts, tuple[frozenset[str], ...]], list[int]] = {}
        for total, parts in self.known.items():
            if max((total, *parts)) < len(said) and (own := _apart([said[i] for i in (total, *parts)])):
                makes.setdefault((tuple(part - total for part in parts), own), []).append(total)
        there = set(self.items)
        for (steps, own), members in makes.items():
            heirs: dict[int, Parts] = {}
            for item in self.items:
                parts = tuple(item + step for step in steps)
                if item in self.known or not own[0] <= said[item] or not there.issuperset(parts):
                    continue
                if _apart([said[i] for i in (item, *parts)]) == own:
                    heirs[item] = parts
            fits = {item: self.fit(item, parts) for item, parts in heirs.items()}
            all_fits = [*fits.values(), *(self.fit(total, self.known[total]) for total in members if fits)]
            rest = sum(fit.lines - fit.exact for fit in all_fits)
            if rest >= _OFTEN and rest == sum(fit.above for fit in all_fits):
                self.refused.update(heirs)
                continue
            for item, fit in fits.items():
                if fit.is_sound or fit.exact * 2 > fit.lines:
                    self.take(item, heirs[item])

    def take(self, total: int, parts: Parts) -> None:
        """Note a total's parts."""
        self.known[total] = parts
        for part in parts:
            self.parent.setdefault(part, total)

    def _readings(self, total: int, called: set[int]) -> Iterator[Parts]:
        """Parts that the layout suggests: the run beside it, up to the next total; what is not added up."""
        self.steps.take(len(self.items))
        at = self.items.index(total)
        before, after = self.items[:at], self.items[at + 1 :]
        bounds = called | set(self.known)
        for run in (before[::-1], after):
            beside = next((n for n, item in enumerate(run) if item in bounds), len(run))
            yield tuple(sorted(run[:beside]))
            yield self._topmost(run)
            free = next(
                (n for n, item in enumerate(run) if item in bounds and item not in self.known), len(run)
            )
            yield self._topmost(run[:free])
        yield self._topmost([*before, *after])

    def _topmost(self, run: Sequence[int]) -> Parts:
        """What is part of no other total in the run."""
        inside = set(run)
        return tuple(sorted(item for item in run if self.parent.get(item) not in inside))

    def fit(self, total: int, parts: Parts) -> Fit:
        """How a total compares with the sum of these parts."""
        self.steps.take(len(self.lines) * (len(parts) + 1))
        pairs: dict[int, tuple[int, int, int]] = {}
        for at, line in enumerate(self.lines):
            numbers = [self.numbers.values[item][line] for item in (total, *parts)]
            known = [number for number in numbers if number is not None]
            if len(known) == len(numbers) and any(known):
                tolerance = sum(self.numbers.tolerance[item][line] for item in (total, *parts))
                pairs[at] = known[0], sum(known[1:]), tolerance
        off = [(printed - computed) / max(abs(computed), 1) for printed, computed, _ in pairs.values()]
        exact = [at for at, (t, s, tolerance) in pairs.items() if abs(t - s) <= tolerance]
        rest = [pair for at, pair in pairs.items() if at not in exact]
        step = [
            sum(
                abs(t - pairs[at + way][1]) <= tolerance
                for at, (t, _, tolerance) in pairs.items()
                if at + way in pairs
            )
            for way in (-1, 1)
        ]
        return Fit(
            lines=len(pairs),
            exact=len(exact),
            near=sum(is_near(t, s, 10**self.numbers.scale) for t, s, _ in rest),
            twice=sum(bool(s) and abs(t - 2 * s) <= 2 * tolerance for t, s, tolerance in rest),
            shifted=max(step),
            above=sum(t > s for t, s, _ in rest),
            off=median(map(abs, off)) if off else 1.0,
        )

    def _without_memo(self, total: int, parts: Parts) -> Parts:
        """The parts less the one that the total leaves out in every line: a row that says "of which"."""
        whole = self.fit(total, parts)
        if whole.exact or whole.lines < 2 or whole.above or len(parts) < 3:
            return parts
        for part in parts:
            rest = tuple(other for other in parts if other != part)
            if self.fit(total, rest).exact == whole.lines:
                return rest
        return parts


def _apart(said: Sequence[frozenset[str]]) -> tuple[frozenset[str], ...] | None:
    """The words by which labels differ; None where one of them has none of its own."""
    common = frozenset.intersection(*said)
    own = tuple(each - common for each in said)
    return own if all(own) else None


def is_near(printed: int, computed: int, unit: int) -> bool:
    """Whether a number was meant to be the other: off by little, or by a slip of the pen."""
    off = abs(printed - computed)
    if off <= _NEAR * abs(computed) or (off <= 2 * unit and abs(computed) >= 5 * unit):
        return True
    return is_slip(printed, computed, unit)


def is_slip(printed: int, computed: int, unit: int) -> bool:
    """Whether a number of three digits or more is the other with a digit changed, left out or swapped."""
    left, right = str(abs(printed) // unit), str(abs(computed) // unit)
    if min(len(left), len(right)) < 3:
        return False
    if len(left) == len(right):
        differ = sum(a != b for a, b in zip(left, right, strict=True))
        return differ == 1 or (differ == 2 and sorted(left) == sorted(right))
    return lacks_a_digit(int(left), int(right)) or lacks_a_digit(int(right), int(left))


def terms_of(total: int, parts: Parts) -> Terms:
    """Total minus parts."""
    return ((total, 1), *((part, -1) for part in parts))
