"""Shares, rates and averages, and how much things changed: what is printed of a division.

Each is looked for among all pairs (or runs) of items near it, in the few lines that tell most, and judged
in all. What counts as evidence is how finely a result is printed, once for each value it takes: a column of
ones is no share of anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log2

import numpy as np
import numpy.typing as npt

from amyqa.model import Status
from amyqa.starting.relations import Across, Kind, Readings, Relation

Floats = npt.NDArray[np.float64]

_FACTORS: dict[Kind, tuple[int, ...]] = {"ratio": (1, 100, 1000, 100_000), "change": (1, 100)}
_PROBES, _NEEDED_PROBES = 5, 3
_NEAR, _MANY, _NEARER = 60, 400, 20
"""A result stands no further from what it is worked out of; nearer where there are many items."""
_GAP = 12
"""Between a run and its average so many items may stand: a total, the least and the most."""
_SHARE, _SPARE_BITS, _LEAST_BITS, _MAX_BITS = 0.8, 8.0, 2.0, 20.0
_FEWEST, _ALIKE = 2, 200
_COARSE = 10
"""A quotient is rounded, and so may be its parts, but to whole numbers it is not so many times as much."""
_NUMBERS = (Status.VALUE, Status.NIL)
_ROUNDS = 1e-9
"""What a program's arithmetic may be off by, as a share of the number."""


@dataclass(frozen=True)
class _Fit:
    """A result and what it is worked out of, with the lines that agree, those that hold it, and the bits.

    Args:
        exact: a ratio times its divisor is what was divided, with nothing rounded.
    """

    kind: Kind
    total: int
    parts: tuple[int, ...]
    factor: int
    agree: frozenset[int]
    lines: frozenset[int]
    bits: float
    exact: bool = False


class Grid:
    """Items by lines as floating-point numbers, and half the unit each item is printed to.

    Args:
        readings: of each item, line by line; zeros that a program wrote behind all of an item's numbers
            are no decimals.
    """

    def __init__(self, readings: Readings) -> None:
        shape = len(readings), len(readings[0]) if readings else 0
        self.values: Floats = np.full(shape, np.nan)
        own = np.full(shape, -1)
        for i, item in enumerate(readings):
            for line, reading in enumerate(item):
                if reading is not None and reading.value is not None and reading.status in _NUMBERS:
                    self.values[i, line] = float(reading.value)
                    own[i, line] = max(0, -int(reading.value.normalize().as_tuple().exponent))
        self.filled = np.nan_to_num(self.values) != 0
        self.decimals = np.array(
            [_usual(item[filled]) for item, filled in zip(own, self.filled, strict=True)], int
        )
        decimals = np.maximum(own, self.decimals[:, None])
        self.half: Floats = 0.5 * 10.0**-decimals
        self.rounded: Floats = np.where(decimals > 0, self.half, 0.0)
        self.items = [i for i in range(shape[0]) if self.filled[i].any()]
        self.near = _NEAR if len(self.items) <= _MANY else _NEARER

    def probes(self, item: int) -> list[int]:
        """The lines that tell most of an item: those with the most numbers, each of its values once."""
        count = self.filled.sum(axis=0)
        lines = sorted(np.flatnonzero(self.filled[item]).tolist(), key=lambda line: (-count[line], line))
        once: dict[float, int] = {}
        for line in lines:
            once.setdefault(float(self.values[item, line]), line)
        return list(once.values())[:_PROBES]


def _usual(decimals: npt.NDArray[np.int_]) -> int:
    """The decimals that most of an item's numbers have; a few with more are misprints."""
    return int(np.sort(decimals)[int(_SHARE * (len(decimals) - 1))]) if len(decimals) else 0


def quotients(
    readings: Readings,
    across: Across,
    sums: Sequence[Relation] = (),
    results: Collection[int] | None = None,
) -> list[Relation]:
    """Shares, changes and averages that items keep in most lines; of each item what most lines bear out.

    Args:
        readings: of each item, line by line.
        across: what the items are.
        sums: what is known to add up; no average counts a total beside its parts.
        results: items that may be results; None: all.
    """
    if results is not None and not results:
        return []
    grid = Grid(readings)
    added = [{each.total, *each.parts} for each in sums if each.across == across]
    every: list[_Fit] = []
    for total in (item for item in grid.items if results is None or item in results):
        every += _pairs(grid, total)
        every += (fit for fit in _runs(grid, total) if not any(sum_ <= {*fit.parts} for sum_ in added))
    best: dict[int, _Fit] = {}
    for fit in sorted(_one_way(grid, every), key=_merit):
        best[fit.total] = fit
    return [_relation(best[total], across) for total in sorted(best)]


def _merit(fit: _Fit) -> tuple[int, ...]:
    """What goes before what else a result may be: agreement, then changes, then what stands near."""
    near = -sum(abs(part - fit.total) for part in fit.parts)
    average = fit.kind == "average"
    return len(fit.agree), average, fit.kind == "change", len(fit.parts) if average else near


def _one_way(grid: Grid, fits: Sequence[_Fit]) -> list[_Fit]:
    """Of a = b / c and c = b / a one: that whose result is rounded; of a product, the first of its factors.

    Where the product stands before its factors, as awards before their number and mean, it is the last.
    """

    def order(fit: _Fit) -> tuple[int, int]:
        product = fit.parts[0]
        place = fit.total if product > fit.total else -fit.total
        return (0 if fit.exact else -int(grid.decimals[fit.total])), place

    triples: dict[tuple[int, frozenset[int]], _Fit] = {}
    for fit in sorted((fit for fit in fits if fit.kind == "ratio"), key=order):
        triples.setdefault((fit.parts[0], frozenset((fit.total, fit.parts[1]))), fit)
    kept = {id(fit) for fit in triples.values()}
    results = {frozenset((fit.total, *fit.parts)): fit.total for fit in triples.values()}

    def stays(fit: _Fit) -> bool:
        if fit.kind == "ratio":
            return id(fit) in kept
        return results.get(frozenset((fit.total, *fit.parts)), fit.total) == fit.total

    return [fit for fit in fits if stays(fit)]


def _pairs(grid: Grid, total: int) -> Iterator[_Fit]:
    """Shares and changes of two items."""
    probes = grid.probes(total)
    if len(probes) < 2:
        return
    lines = np.array(probes, int)
    rank = grid.items.index(total)
    near = np.array(
        [i for i in grid.items[max(0, rank - grid.near) : rank + grid.near + 1] if i != total], int
    )
    if len(near) < 2:
        return
    values, half = grid.values[np.ix_(near, lines)], grid.half[total, probes]
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = values[:, None, :] / values[None, :, :]
        spread = np.nan_to_num(np.abs(shares) * _slack(grid.rounded[np.ix_(near, lines)], values), posinf=0.0)
    needed = min(_NEEDED_PROBES, len(probes))
    for kind, factors in _FACTORS.items():
        for factor in factors:
            target = grid.values[total, probes] + (factor if kind == "change" else 0)
            off = np.abs(factor * shares - target)
            slack = half + factor * spread + _ROUNDS * np.abs(target)
            hits = np.argwhere((off <= slack).sum(axis=2) >= needed)
            tried = len(grid.items) ** 3 * 6
            for top, bottom in hits.tolist():
                if top != bottom:
                    fit = _judged(grid, kind, total, (int(near[top]), int(near[bottom])), factor)
                    if fit is not None and fit.bits >= log2(tried) + _SPARE_BITS:
                        yield fit


def _slack(rounded: Floats, values: Floats) -> Floats:
    """By what share a quotient of rounded numbers may be off."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.abs(rounded / values)
    both: Floats = np.nan_to_num(share[:, None, :] + share[None, :, :], posinf=0.0)
    return both


def _judged(grid: Grid, kind: Kind, total: int, parts: tuple[int, int], factor: int) -> _Fit | None:
    """How well a quotient agrees in all lines; None where it is not kept by most."""
    result, top, bottom = (grid.values[i] for i in (total, *parts))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = top / bottom
        rounding = np.abs(grid.rounded[parts[0]] / top) + np.abs(grid.rounded[parts[1]] / bottom)
        spread = np.nan_to_num(np.abs(share) * rounding, posinf=0.0)
    held = np.isfinite(share) & np.isfinite(result)
    right = factor * share - (factor if kind == "change" else 0)
    slack = grid.half[total] + factor * spread
    agree = held & (np.abs(right - result) <= slack + _ROUNDS * np.abs(right))
    telling = held & ((np.nan_to_num(result) != 0) | (np.nan_to_num(top) != 0))
    if (agree & telling).sum() < _SHARE * max(1, telling.sum()):
        return None
    if np.array_equal(result[held], top[held]):
        return None  # all are divided by the factor itself
    if not grid.decimals[total] and np.median((factor * spread / grid.half[total])[agree]) > _COARSE:
        return None  # a number that a share was worked out of
    nothing = (result == 0) & (top == 0) & (bottom == 0)
    told = agree & (np.nan_to_num(top) != 0) & (top != bottom)
    shapes = {float(result[line]): line for line in np.flatnonzero(told).tolist()}
    bits = _bits(shapes.values(), np.abs(result), slack)
    exact = np.abs(result * bottom - factor * top)[agree] <= _ROUNDS * np.abs(factor * top)[agree]
    return _Fit(
        kind, total, parts, factor, _lines(agree), _held(agree, held | nothing), bits, bool(exact.all())
    )


def _bits(lines: Collection[int], size: Floats, slack: Floats) -> float:
    """How surprising it is that results agree in these lines: their size over what they may be off by."""
    if len(lines) < _FEWEST:
        return 0.0
    told = (min(_MAX_BITS, log2(max(1.0, size[line] / (2 * slack[line])))) for line in lines)
    return sum(bits for bits in told if bits >= _LEAST_BITS)


def _lines(marked: npt.NDArray[np.bool_]) -> frozenset[int]:
    return frozenset(np.flatnonzero(marked).tolist())


def _held(agree: npt.NDArray[np.bool_], held: npt.NDArray[np.bool_]) -> frozenset[int]:
    """Lines that hold a quotient; what stands above the first that agrees is a heading."""
    first = int(np.argmax(agree))
    return frozenset(line for line in _lines(held) if line >= first)


def _runs(grid: Grid, total: int) -> Iterator[_Fit]:
    """Averages of a run of neighbours that ends, or begins, near its average; blanks do not count."""
    probes = grid.probes(total)
    if len(probes) < 2:
        return
    rank, items = grid.items.index(total), grid.items
    before = np.array(items[:rank][::-1], int)
    after = np.array(items[rank + 1 :], int)
    tried, lines = 2 * _GAP * len(items) ** 2, np.array(probes, int)
    for side in (before, after):
        for gap in range(min(_GAP, len(side) - 1)):
            run = side[gap:]
            values = grid.values[np.ix_(run, lines)]
            known = np.isfinite(values)
            count = known.cumsum(axis=0)
            with np.errstate(divide="ignore", invalid="ignore"):
                mean = np.nan_to_num(values).cumsum(axis=0) / count
            slack = grid.half[total, lines] + grid.rounded[run].max() + _ROUNDS * np.abs(mean)
            close = (np.abs(mean - grid.values[total, probes]) <= slack) & (count > 1)
            for last in np.flatnonzero(close.sum(axis=1) >= min(_NEEDED_PROBES, len(probes))).tolist():
                fit = _averaged(grid, total, run[: last + 1])
                if last and fit is not None and fit.bits >= log2(tried) + _SPARE_BITS:
                    yield fit


def _averaged(grid: Grid, total: int, run: npt.NDArray[np.int_]) -> _Fit | None:
    """How well an average agrees in all lines; None where it is not kept by most."""
    values, result = grid.values[run], grid.values[total]
    known = np.isfinite(values)
    count = known.sum(axis=0)
    held = np.isfinite(result) & (count > 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.nan_to_num(values).sum(axis=0) / count
    slack = grid.half[total] + grid.rounded[run].max() + _ROUNDS * np.abs(mean)
    agree = held & (np.abs(mean - result) <= slack)
    spread = np.where(known, values, -np.inf).max(axis=0) - np.where(known, values, np.inf).min(axis=0)
    spread = np.where(held, np.nan_to_num(spread, posinf=0.0, neginf=0.0), 0.0)
    telling = held & (spread > 0)
    if (agree & telling).sum() < _SHARE * max(1, telling.sum()):
        return None
    shapes = {_shape(values[:, line]): line for line in np.flatnonzero(agree & telling).tolist()}
    parts = tuple(sorted(run.tolist()))
    return _Fit(
        "average", total, parts, 1, _lines(agree), _held(agree, held), _bits(shapes.values(), spread, slack)
    )


def _shape(values: Floats) -> bytes:
    """The same for numbers and their multiples: what one line keeps, all of its multiples keep."""
    size = np.nanmax(np.abs(values))
    return np.round(_ALIKE * np.nan_to_num(values) / (size or 1)).tobytes()


def _relation(fit: _Fit, across: Across) -> Relation:
    return Relation(
        across, fit.total, fit.parts, (), tuple(sorted(fit.lines)), len(fit.agree), len(fit.lines),
        kind=fit.kind, factor=Decimal(fit.factor),
    )  # fmt: skip
