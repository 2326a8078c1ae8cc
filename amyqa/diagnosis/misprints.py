"""How likely is it that a printed number was meant to be another one?

A model of how printing, typing and reading go wrong: a kind of slip happens with a certain share,
and picks one of the outcomes it can have. The probability of a printed number, given the true one, is
the sum over all kinds that lead from one to the other. Parameters live in :class:`Slips` and nowhere
else; ``benchmarks/misprints.py`` estimates what can be estimated.

Sources of the shares and confusions: keying studies (adjacent transposition, single substitution,
omission and doubling are the bulk of all errors in copied numbers; Damerau 1964, Gentner 1983), and
the pairs of digits that type and recognition of type confuse (1/7, 3/8, 5/6, 0/6, 0/8, 8/9, 4/9, 2/7).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

UNEXPLAINED = "another number"
"""The kind of a misprint that no slip explains."""
COPIED = "copied from a neighbouring cell"
"""The kind of a misprint that prints a neighbour's number."""
ZEROS = 0.1
"""Share of slips that leave a zero in front after which the zero is left out too."""
_ALIKE = ("17", "38", "56", "06", "08", "89", "49", "27", "35", "68")
# where the digits stand on a keypad
_KEYS = {digit: (i % 3, i // 3) for i, digit in enumerate("7894561230")}


@dataclass(frozen=True)
class ErrorMechanisms:
    """Share of each kind among misprints of a single cell, and what a misprint costs at all.

    Args:
        rate: share of printed cells that are wrong, before anything is known of a table.
        known: how many cells that is worth: where some are found wrong, others are the likelier to be.
        inherited: probability that a total was added up from the wrong part rather than the right.
        other: share of broken sums that no misprint explains (a part missing, another definition).
    """

    digit: float = 0.30
    transposed: float = 0.16
    dropped: float = 0.12
    doubled: float = 0.05
    added: float = 0.07
    unit: float = 0.06
    sign: float = 0.05
    off_by_one: float = 0.08
    copied: float = 0.05
    shifted: float = 0.03
    nil: float = 0.01
    arbitrary: float = 0.02

    rate: float = 1 / 1500
    known: float = 150.0
    inherited: float = 0.5
    other: float = 1 / 3000


ERROR_MECHANISMS = ErrorMechanisms()


@dataclass(frozen=True, slots=True)
class ErrorMechanism:
    """One way from a true number to a printed one.

    Args:
        kind: as an editor calls it.
        probability: of this printed number, given a misprint of the true one.
    """

    kind: str
    probability: float


def digits(value: Decimal, decimals: int) -> str:
    """The digits of a number printed with so many decimals, without sign and marks: 0.5 is 05."""
    scaled = abs(value).scaleb(decimals)
    return str(int(scaled.to_integral_value())).zfill(decimals + 1)


def explain(
    printed: Decimal,
    true: Decimal,
    decimals: int,
    neighbours: Sequence[Decimal] = (),
    *,
    nil: bool = False,
    shares: ErrorMechanisms = ERROR_MECHANISMS,
) -> list[ErrorMechanism]:
    """All slips that lead from `true` to `printed`, likeliest first.

    Args:
        decimals: digits printed after the decimal mark.
        neighbours: what stands in the cells around, which may have been copied.
        nil: the print has a dash.
        shares: how often each kind happens.
    """
    if printed == true:
        return []
    slips = list(_slips(printed, true, decimals, tuple(neighbours), nil, shares))
    return sorted(slips, key=lambda slip: -slip.probability)


def likelihood(slips: Sequence[ErrorMechanism]) -> float:
    """Probability of the printed number over all kinds."""
    return sum(slip.probability for slip in slips)


def _slips(
    printed: Decimal,
    true: Decimal,
    decimals: int,
    neighbours: tuple[Decimal, ...],
    nil: bool,
    shares: ErrorMechanisms,
) -> Iterator[ErrorMechanism]:
    wrong, right = digits(printed, decimals), digits(true, decimals)
    length = len(right)
    same_sign = (printed < 0) == (true < 0) or printed == 0 or true == 0
    if printed == -true:
        yield ErrorMechanism("sign lost" if printed > 0 else "sign added", shares.sign)
    if nil:
        yield ErrorMechanism("nil printed for a number", shares.nil)
    if same_sign and not nil:
        yield from _digit_slips(wrong, right, length, shares)
        yield from _unit_slips(printed, true, shares)
    if near := sum(n == printed for n in neighbours):
        yield ErrorMechanism(COPIED, shares.copied * near / max(4, len(neighbours)))
    yield ErrorMechanism(UNEXPLAINED, shares.arbitrary * _arbitrary(max(len(wrong), length)))


def _arbitrary(length: int) -> float:
    """Probability of one number among all of about this length."""
    return float(0.5 * 10.0 ** -min(length, 15))


def _digit_slips(wrong: str, right: str, length: int, shares: ErrorMechanisms) -> Iterator[ErrorMechanism]:
    if abs(int(wrong) - int(right)) == 1:
        yield ErrorMechanism("off by one", shares.off_by_one / 2)
    if len(wrong) <= length:
        # a number with fewer digits than the other lost leading zeros besides
        padded = wrong.zfill(length)
        zeros = 1.0 if len(wrong) == length else ZEROS
        differ = [i for i in range(length) if padded[i] != right[i]]
        if len(differ) == 1:
            chance = confusion(right[differ[0]], padded[differ[0]])
            yield ErrorMechanism("one digit wrong", zeros * shares.digit * chance / length)
        elif len(differ) == 2 and differ[1] == differ[0] + 1:
            i, j = differ
            if padded[i] == right[j] and padded[j] == right[i]:
                places = sum(a != b for a, b in pairwise(right)) or 1
                yield ErrorMechanism("transposed digits", zeros * shares.transposed / places)
    if len(wrong) < length:
        ways = sum(right[:i] + right[i + 1 :] in (wrong, wrong.zfill(length - 1)) for i in range(length))
        if ways:
            kind = "leading digit lost" if right[1:].lstrip("0") == wrong.lstrip("0") else "digit dropped"
            yield ErrorMechanism(kind, shares.dropped * ways / length)
    if len(wrong) == length + 1:
        doubled = sum(wrong == right[: i + 1] + right[i:] for i in range(length))
        if doubled:
            yield ErrorMechanism("digit doubled", shares.doubled * doubled / length)
        added = sum(wrong[:i] + wrong[i + 1 :] == right for i in range(length + 1))
        if added:
            kind = "leading digit added" if wrong[1:] == right else "digit added"
            yield ErrorMechanism(kind, shares.added * added / (10 * (length + 1)))


@lru_cache(maxsize=128)
def confusion(right: str, wrong: str) -> float:
    """Probability that one digit is taken for another: alike in print, near on the keys, or any."""
    pairs = {frozenset(pair) for pair in _ALIKE}
    alike = [d for d in "0123456789" if frozenset((d, right)) in pairs and d != right]
    x, y = _KEYS[right]
    near = [d for d, (a, b) in _KEYS.items() if d != right and abs(a - x) + abs(b - y) == 1]
    chance = 0.6 / 9
    if wrong in alike:
        chance += 0.25 / len(alike)
    if wrong in near:
        chance += 0.15 / len(near)
    return chance


def _unit_slips(printed: Decimal, true: Decimal, shares: ErrorMechanisms) -> Iterator[ErrorMechanism]:
    if not printed or not true:
        return
    ratio = abs(printed / true)
    power = Decimal(ratio).adjusted() if ratio == Decimal(10) ** ratio.adjusted() else 0
    if power in (3, -3, 6, -6):
        words = {3: "a thousand times too large", -3: "a thousand times too small",
                 6: "a million times too large", -6: "a million times too small"}  # fmt: skip
        yield ErrorMechanism(words[power], shares.unit / 2)
    elif 0 < abs(power) < 6:
        yield ErrorMechanism("decimal point displaced", shares.shifted / (2 ** abs(power) * 2))


def nearby(printed: Decimal, decimals: int) -> Iterator[Decimal]:
    """True numbers that a common slip turns into the printed one, for where a tolerance leaves a choice."""
    sign = -1 if printed < 0 else 1
    text = digits(printed, decimals)
    found: set[str] = set()
    for i in range(len(text)):
        found.update(text[:i] + d + text[i + 1 :] for d in "0123456789")
        found.add(text[:i] + text[i + 1 :])
        found.update(text[:i] + d + text[i:] for d in "0123456789")
    found.update(text + d for d in "0123456789")
    for i in range(len(text) - 1):
        found.add(text[:i] + text[i + 1] + text[i] + text[i + 2 :])
    for item in found - {"", text}:
        yield sign * Decimal(int(item)).scaleb(-decimals)
    yield -printed
    for power in (1, 2, 3, 6):
        yield printed.scaleb(power)
        yield printed.scaleb(-power)


def again(errors: int, cells: int) -> float:
    """Logarithm of how much likelier one more misprint is in a table where others were found.

    Tables differ: most have none, a badly copied one has many. The share of wrong cells is a Beta
    distribution that learns from the table itself.

    Args:
        errors: misprints found besides.
        cells: numbers of the table.
    """
    rate = (ERROR_MECHANISMS.rate * ERROR_MECHANISMS.known + errors) / (ERROR_MECHANISMS.known + cells)
    return math.log(max(rate, ERROR_MECHANISMS.rate) / ERROR_MECHANISMS.rate)


def log(probability: float) -> float:
    """Natural logarithm; of nothing, something very small."""
    return math.log(probability) if probability > 0 else -700.0
