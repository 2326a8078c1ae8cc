"""How much a relation is off by, place by place, as a small picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from amyqa.model import Finding, Table
from amyqa.reports.causes import MAX_ALIKE, alike_phrase, size_phrase
from amyqa.rules.wording import format_number

_WIDTH, _HEIGHT, _FOOT, _HEAD = 320, 84, 14, 14
_MAX_BARS = 12


@dataclass(frozen=True, slots=True)
class Bar:
    """So many places that are off by so much (by at least so much, where bars are ranges)."""

    x: float
    y: float
    width: float
    height: float
    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Histogram:
    """The picture, and what it says."""

    width: int
    height: int
    words: str
    bars: tuple[Bar, ...]


def histogram(findings: Sequence[Finding], table: Table | None) -> Histogram | None:
    """The picture of many findings of one relation; None where they are few, or differ otherwise."""
    differences = [finding.difference for finding in findings if finding.difference is not None]
    if len(differences) <= MAX_ALIKE or len({(f.rule, f.relation) for f in findings}) > 1:
        return None
    steps = sorted(Counter(differences).items())
    if len(steps) > _MAX_BARS:
        steps = _ranges(differences)
    most = max(number for _, number in steps)
    wide = _WIDTH / len(steps)
    bars = []
    for i, (least, number) in enumerate(steps):
        high = round((_HEIGHT - _FOOT - _HEAD) * number / most, 1)
        label = format_number(least, table, signed=True).replace("-", "−")
        bars.append(Bar(round(i * wide, 1), _HEIGHT - _FOOT - high, round(wide - 3, 1), high, number, label))
    words = ", ".join(filter(None, (alike_phrase(findings), size_phrase(findings, table))))
    return Histogram(_WIDTH, _HEIGHT, words, tuple(bars))


def _ranges(differences: Sequence[Decimal]) -> list[tuple[Decimal, int]]:
    """Equal ranges by their least difference, with how many lie in each."""
    low, high = min(differences), max(differences)
    numbers = [0] * _MAX_BARS
    for difference in differences:
        numbers[min(_MAX_BARS - 1, int((difference - low) * _MAX_BARS / (high - low)))] += 1
    # a label of three digits: where a range begins need not be exact
    starts = (low + (high - low) * i / _MAX_BARS for i in range(_MAX_BARS))
    return [(Decimal(f"{Decimal(f'{start:.3g}'):f}"), n) for start, n in zip(starts, numbers, strict=True)]
