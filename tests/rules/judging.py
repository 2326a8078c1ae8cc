"""What rules on values that belong together must say, worked out the long way: fractions, no SQL.

An interval is a pair of ends, None where it is open. A figure is known when its ends are equal before
rounding widens them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

End = Fraction | None


@dataclass(frozen=True)
class Figure:
    """One printed figure.

    Args:
        kind: ``value``, ``missing``, ``at least`` or ``at most``.
        decimals: printed after the point.
    """

    kind: str
    value: Fraction = Fraction(0)
    decimals: int = 0

    @property
    def printed(self) -> str:
        """As it stands in a table."""
        digits = f"{abs(self.value * 10**self.decimals).numerator:0{self.decimals + 1}d}"
        number = digits[: len(digits) - self.decimals]
        number += f".{digits[len(digits) - self.decimals :]}" if self.decimals else ""
        number = f"-{number}" if self.value < 0 else number
        return {"value": number, "missing": "", "at least": f"{number} up", "at most": f"≤{number}"}[
            self.kind
        ]

    def known(self, *, negative: bool = False) -> bool:
        """Whether it is one number: "at most 0" is, where nothing is below zero."""
        return self.kind == "value" or (self.kind == "at most" and not self.value and not negative)

    def ends(self, half: Fraction | None = None, *, negative: bool = False) -> tuple[End, End]:
        """The interval it stands for.

        Args:
            half: what it may be off by [half its last decimal; 0 for a whole number].
            negative: what is not known may be below zero.
        """
        if self.kind == "missing":
            return (None if negative else Fraction(0)), None
        if half is None:
            half = Fraction(1, 2 * 10**self.decimals) if self.decimals else Fraction(0)
        low = (
            self.value - half
            if self.kind != "at most"
            else None
            if negative
            else min(Fraction(0), self.value)
        )
        if self.kind == "at most" and low is not None:
            low -= half
        return low, None if self.kind == "at least" else self.value + half


def ratio(
    printed: Figure, numerator: Figure, denominator: Figure, factor: Fraction, relation: str = "=", *,
    tolerance: Fraction = Fraction(0), negative: bool = False,
) -> str:  # fmt: skip
    """``holds``, ``broken`` or ``unknown``."""
    half = Fraction(1, 2 * 10**printed.decimals)
    low, high = printed.ends(half + tolerance, negative=negative)
    least, most = _quotient(numerator.ends(negative=negative), denominator.ends(negative=negative))
    too_small = high is not None and least is not None and high < factor * least
    too_large = low is not None and most is not None and low > factor * most
    if (too_small and relation != "<=") or (too_large and relation != ">="):
        return "broken"
    positive = denominator.ends(negative=negative)[0]
    known = all(each.known(negative=negative) for each in (printed, numerator, denominator))
    return "holds" if known and positive is not None and positive > 0 else "unknown"


def _quotient(numerator: tuple[End, End], denominator: tuple[End, End]) -> tuple[End, End]:
    """The least and the greatest quotient; nothing is known where the denominator may be zero."""
    low, high = denominator
    if low is None or low <= 0:
        return None, None
    least, most = numerator
    by_least = high if least is not None and least >= 0 else low
    by_most = low if most is not None and most >= 0 else high
    return (
        None if least is None or by_least is None else least / by_least,
        None if most is None or by_most is None else most / by_most,
    )


def shares(figures: Sequence[Figure], whole: Fraction, *, negative: bool = False) -> str:
    """``holds``, ``broken`` or ``unknown``: whether shares add up to their whole."""
    ends = [
        each.ends(Fraction(1, 2 * 10**each.decimals) if each.kind != "missing" else None, negative=negative)
        for each in figures
    ]
    lows = [low for low, _ in ends if low is not None]
    known = all(each.known(negative=negative) for each in figures)
    if len(lows) == len(ends) and sum(lows) > whole:
        return "broken"
    if not known:
        return "unknown"
    return "broken" if sum(high for _, high in ends if high is not None) < whole else "holds"


def change(ours: Figure, theirs: Figure, percent: Fraction, *, of_larger: bool = False) -> str:
    """``holds``, ``broken`` or ``unknown``: whether a figure is near another, both rounded as printed."""
    (low, high), (other_low, other_high) = ours.ends(), theirs.ends()
    gap = Fraction(0)
    if low is not None and other_high is not None and low > other_high:
        gap = low - other_high
    if other_low is not None and high is not None and other_low > high:
        gap = other_low - high
    halves = [Fraction(1, 2 * 10**each.decimals) for each in (ours, theirs) if each.decimals]
    least = 10 * max(halves) if halves else Fraction(5)
    sizes = [_size(theirs.ends()), *([_size(ours.ends())] if of_larger else [])]
    if (
        gap > least
        and None not in sizes
        and gap * 100 > percent * max(size for size in sizes if size is not None)
    ):
        return "broken"
    return "holds" if ours.known() and theirs.known() else "unknown"


def _size(ends: tuple[End, End]) -> End:
    low, high = ends
    return None if low is None or high is None else max(abs(low), abs(high))
