"""Whether whole numbers were rounded, and to what: a test on how sums miss.

Rounded to a unit each for itself, a total and its k parts miss each other by a few units at most, often and
in both directions: the difference is the sum of k rounding errors, rounded. Misprints miss seldom, and by
anything. Each way of making the differences that are there has a likelihood; a table is taken for rounded
where rounding makes them a hundred times likelier than misprints do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from math import erf, log, sqrt

from amyqa.diagnosis.grid import Position
from amyqa.starting.inferring import Studied
from amyqa.starting.relations import Readings, Relation

_MAX_ZEROS = 6
_FEW, _FEWER, _SURE = 3, 2, log(100)
"""So many sums must miss, fewer where all numbers are multiples of a unit: then they are rounded in any case,
and it is only asked whether each for itself."""
_WHOLE_SHARE, _ALL, _ENOUGH = 0.6, 0.98, 12
_MISPRINTED, _BY_ONE = 0.01, 0.05
"""So many sums are broken by misprints; of these so many miss by one unit, half as many by two, and so on."""
_OFTEN, _ONE_IN = 5, 10
_TOO_FAR = 2.6
"""Standard deviations: one rounded table in 200 misses by more."""
_NEAREST, _AT_RANDOM = 1 / 12, 0.16
"""Variance, in units, of a number rounded to the nearest multiple, and to one of the two beside it by lot."""


def rounding(
    readings: Readings, exact: Studied, found_in: Callable[[Readings, Decimal], Studied]
) -> tuple[Decimal | None, tuple[int, int], Studied]:
    """The unit of rounding, or None; how many sums miss by no more, of how many; the sums found so."""
    for unit in units(readings):
        least = _FEWER if unit > 1 and _multiples(_whole(readings), int(unit)) else _FEW
        found = found_in(readings, unit)
        sums = list(differences(readings, found.found))
        near = [off for _, off, parts in sums if off and 2 * abs(off) <= (parts + 1) * unit]
        missed = sum(bool(off) for _, off, _ in sums) - len(near)
        apart = [(off / unit, parts) for off, parts in _apart(sums)]
        if (
            len(near) > missed
            and _goes_both_ways(near)
            and likelihood(apart, least) > _SURE
            and fits(apart, by_lot=unit > 1)
        ):
            return unit, (len(near), len(sums)), found
    return None, (0, 0), exact


def likelihood(differences: Iterable[tuple[Decimal, int]], least: int = _FEW) -> float:
    """How much likelier rounding makes differences than misprints do, as a logarithm; few prove nothing.

    Args:
        differences: in units, each of so many parts.
        least: how many of them must not be zero.
    """
    known = [(abs(float(off)), parts) for off, parts in differences if 2 * abs(off) <= parts + 1]
    missing = [off for off, _ in known if off]
    if len(missing) < least:
        return 0.0
    exactly = (len(known) - len(missing)) * log(1 - _MISPRINTED)
    exactly += sum(log(_MISPRINTED * _BY_ONE / max(off, 1)) for off in missing)
    spreads = (_NEAREST, _AT_RANDOM)
    rounded = (sum(log(_chance(off, parts * spread)) for off, parts in known) for spread in spreads)
    return max(rounded) - exactly


def fits(differences: Iterable[tuple[Decimal, int]], *, by_lot: bool) -> bool:
    """Whether sums miss by no more than rounding makes them: totals that are all wrong by a little do not.

    The squares of k rounding errors and of their total's add up as a chi-square does, by Wilson and
    Hilferty's approximation.

    Args:
        differences: in units, each of so many parts.
        by_lot: numbers may have been rounded to either multiple beside them.
    """
    known = [(float(off), parts) for off, parts in differences if 2 * abs(off) <= parts + 1]
    spread = _AT_RANDOM if by_lot else _NEAREST
    mean = sum(off * off / ((parts + 1) * spread) for off, parts in known) / max(len(known), 1)
    width = 2 / (9 * max(len(known), 1))
    return (float(mean ** (1 / 3)) - (1 - width)) / sqrt(width) <= _TOO_FAR


def _chance(off: float, variance: float) -> float:
    """The chance that rounding errors add up to so many units, give or take half a unit."""
    width = sqrt(2 * variance)
    return max((erf((off + 0.5) / width) - erf((off - 0.5) / width)) / 2, 1e-12)


def _goes_both_ways(off: Sequence[Decimal]) -> bool:
    """Whether differences have both signs; where a part is not printed, all totals are too large."""
    above = sum(each > 0 for each in off)
    return len(off) < _OFTEN or min(above, len(off) - above) * _ONE_IN >= len(off)


def _apart(sums: Iterable[tuple[frozenset[Position], Decimal, int]]) -> Iterator[tuple[Decimal, int]]:
    """Sums that share no cell: one misprint breaks one of them."""
    taken: set[Position] = set()
    for cells, off, parts in sums:
        if taken.isdisjoint(cells):
            taken |= cells
            yield off, parts


def differences(
    readings: Readings, relations: Sequence[Relation]
) -> Iterator[tuple[frozenset[Position], Decimal, int]]:
    """Every sum of whole numbers, all known and not all zero: cells, total less parts, how many parts."""
    for relation in relations:
        if isinstance(relation.total, Decimal):
            continue
        for line in relation.lines:
            own = [(relation.total, 1), *((i, -1) for i in relation.parts), *((i, 1) for i in relation.minus)]
            places = [((line, i) if relation.across == "columns" else (i, line), sign) for i, sign in own]
            found = [(readings[r][c], sign) for (r, c), sign in places]
            values = [
                (each.value, sign) for each, sign in found if each is not None and each.value is not None
            ]
            decimals = any(one is not None and one.decimals for one, _ in found)
            if len(values) < len(places) or decimals or not any(value for value, _ in values):
                continue
            off = sum((value * sign for value, sign in values), Decimal(0))
            yield frozenset(place for place, _ in places), off, len(places) - 1


def _multiples(numbers: Sequence[int], base: int) -> bool:
    """Whether nearly all numbers are multiples of another."""
    return sum(number % base == 0 for number in numbers) >= _ALL * len(numbers)


def _whole(readings: Readings) -> list[int]:
    """The sizes of whole numbers, those that are not zero."""
    return [
        abs(int(r.value)) for row in readings for r in row if r is not None and r.value and not r.decimals
    ]


def units(readings: Readings) -> list[Decimal]:
    """Units that whole numbers may have been rounded to, smallest first; none where there are decimals."""
    known = sum(1 for row in readings for r in row if r is not None and r.value)
    whole = _whole(readings)
    if len(whole) * 2 < known or not whole:
        return []
    found = [1]
    for base in (3, 5, 50, 500):
        if len(whole) >= _ENOUGH and _multiples(whole, base) and not _multiples(whole, 2 * base):
            found.append(base)
    for zeros in range(1, _MAX_ZEROS + 1):
        large = [value for value in whole if value >= 10**zeros]
        if len(large) * 2 > len(whole) and sum(v % 10**zeros == 0 for v in large) > _WHOLE_SHARE * len(large):
            found.append(10**zeros)
    return [Decimal(unit) for unit in sorted(found)]
