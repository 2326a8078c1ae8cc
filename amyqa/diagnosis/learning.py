"""A house's own shares of slips, from misprints whose truth is known.

Each misprint is a mixture of the kinds that may have made it. Their shares are found by expectation and
maximisation, starting from those that :class:`ErrorMechanisms` assumes, which count as much as some dozens of
misprints: a house with few corrections keeps nearly what is assumed. How many cells are wrong at all, and
what is no misprint, is not learned.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from amyqa.diagnosis.misprints import ERROR_MECHANISMS, ErrorMechanism, ErrorMechanisms

SHARES = {
    "one digit wrong": "digit",
    "transposed digits": "transposed",
    "digit dropped": "dropped",
    "leading digit lost": "dropped",
    "digit doubled": "doubled",
    "digit added": "added",
    "leading digit added": "added",
    "a thousand times too large": "unit",
    "a thousand times too small": "unit",
    "a million times too large": "unit",
    "a million times too small": "unit",
    "sign lost": "sign",
    "sign added": "sign",
    "off by one": "off_by_one",
    "copied from a neighbouring cell": "copied",
    "decimal point displaced": "shifted",
    "nil printed for a number": "nil",
    "another number": "arbitrary",
}
"""Which share each kind of slip, as an editor reads it, is drawn with."""
STRENGTH = 50.0
"""Misprints that the assumed shares count for."""
ROUNDS = 60
FOLDS, FEW = 5, 4

Ways = dict[str, float]
"""Of one misprint: how likely each kind would have printed just this number, had it happened."""
ASSUMED = {name: float(getattr(ERROR_MECHANISMS, name)) for name in dict.fromkeys(SHARES.values())}


@dataclass(frozen=True)
class Learned:
    """Shares estimated from some misprints, and how they do where they were not estimated.

    Args:
        folds: shares without the tables of each fold.
        before, after: mean log-likelihood of a misprint of each table, by the assumed shares and by those
            that were estimated without it.
    """

    shares: Ways
    folds: Sequence[Ways]
    before: Mapping[str, float]
    after: Mapping[str, float]

    @property
    def gain(self) -> float:
        """Mean over the tables of how much likelier their misprints are, as a logarithm."""
        return _mean([self.after[table] - self.before[table] for table in self.before])


def ways(slips: Iterable[ErrorMechanism]) -> Ways:
    """The kinds that may have made a misprint, explained by the assumed shares."""
    found: Ways = {}
    for slip in slips:
        name = SHARES[slip.kind]
        found[name] = found.get(name, 0.0) + slip.probability / ASSUMED[name]
    return found


def learn(tables: Mapping[str, Sequence[Ways]], folds: int = FOLDS, strength: float = STRENGTH) -> Learned:
    """Shares from the misprints of each table, judged on tables that were left out."""
    estimated: list[Ways] = []
    before: dict[str, float] = {}
    after: dict[str, float] = {}
    # of few tables each is left out by itself
    few = {name: at for at, name in enumerate(sorted(tables))} if len(tables) <= FEW * folds else {}
    fold_by = few or {name: fold_of(name, folds) for name in tables}
    for fold in range(len(few) or folds):
        kept = [each for name, found in tables.items() if fold_by[name] != fold for each in found]
        shares = estimate(kept, strength)
        estimated.append(shares)
        for name, found in tables.items():
            if fold_by[name] == fold:
                before[name], after[name] = mean_log(found, ASSUMED), mean_log(found, shares)
    everything = [each for found in tables.values() for each in found]
    return Learned(estimate(everything, strength), estimated, before, after)


def estimate(found: Sequence[Ways], strength: float = STRENGTH) -> Ways:
    """Shares of kinds, given misprints.

    Args:
        strength: how many misprints the assumed shares count for.
    """
    shares = dict(ASSUMED)
    for _ in range(ROUNDS):
        counts = {name: strength * share for name, share in ASSUMED.items()}
        for each in found:
            whole = sum(shares[name] * chance for name, chance in each.items())
            for name, chance in each.items():
                counts[name] += shares[name] * chance / whole
        total = sum(counts.values())
        shares = {name: count / total for name, count in counts.items()}
    return shares


def mean_log(found: Sequence[Ways], shares: Ways) -> float:
    """Mean log-likelihood of misprints."""
    return _mean([math.log(sum(shares[name] * chance for name, chance in each.items())) for each in found])


def _mean(numbers: Sequence[float]) -> float:
    return math.fsum(numbers) / len(numbers)


def mechanisms(shares: Mapping[str, float]) -> ErrorMechanisms:
    """The model of misprints with these shares of kinds."""
    return replace(ERROR_MECHANISMS, **shares)


def fold_of(table: str, folds: int) -> int:
    """Which fold a table is in: the same on every machine, whatever other tables there are."""
    return zlib.crc32(table.encode()) % folds
