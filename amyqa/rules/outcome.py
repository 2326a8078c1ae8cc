"""What evaluating a rule yields: every identity judged, every violation, nothing in words yet."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from amyqa.rules.columns import Integers


class IdentityState(StrEnum):
    """An identity holds, is broken, or cannot be evaluated because a part is unknown."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNKNOWN = "unknown"


STATES = (IdentityState.HOLDS, IdentityState.BROKEN, IdentityState.UNKNOWN)
"""In the order in which engines number them."""


@dataclass(frozen=True, slots=True)
class IdentityResult:
    """One identity.

    Args:
        key: the rule's own number of it (made of the record of the total, or of the stated identity).
        signature: equal for identities over the same printed cells with the same coefficients (turned signs
            count as the same), with or without a part that is not there.
        low, high: interval of the residual, printed minus computed, scaled (None: open).
        tolerance: scaled.
        terms: (cell, coefficient), total first; empty for one that holds.
    """

    key: int
    state: IdentityState
    signature: int
    low: int | None = None
    high: int | None = None
    tolerance: int = 0
    terms: tuple[tuple[int, int], ...] = ()


Terms = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Identities:
    """The identities of one rule in one table, column by column: objects only where they are looked at.

    Args:
        keys, signatures: as of an :class:`IdentityResult`; int64.
        states: places in :data:`STATES`.
        low, high, tolerances: the residual's interval, and what it may be off by.
        terms: of those that are broken or unknown, by their keys.
    """

    keys: NDArray[np.int64]
    states: NDArray[np.int64]
    signatures: NDArray[np.int64]
    low: Integers
    high: Integers
    tolerances: Integers
    terms: Mapping[int, Terms] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, at: int) -> IdentityResult:
        key = int(self.keys[at])
        return IdentityResult(
            key, STATES[self.states[at]], int(self.signatures[at]), self.low[at], self.high[at],
            self.tolerances[at] or 0, self.terms.get(key, ()),
        )  # fmt: skip

    def __iter__(self) -> Iterator[IdentityResult]:
        return (self[at] for at in range(len(self)))

    def number(self, state: IdentityState) -> int:
        """How many are in a state."""
        return int(np.count_nonzero(self.states == STATES.index(state)))

    def those(self, state: IdentityState) -> Iterator[IdentityResult]:
        """Those in a state."""
        return (self[at] for at in np.flatnonzero(self.states == STATES.index(state)).tolist())


_NONE = np.empty(0, np.int64)
NO_IDENTITIES = Identities(_NONE, _NONE, _NONE, Integers(_NONE), Integers(_NONE), Integers(_NONE))


class Cells(Collection[int]):
    """A set of a table's cells, by their ids: a byte each, so that a million of them cost a megabyte.

    Args:
        flags: at each cell's id, 1 where it is in the set.
    """

    __slots__ = ("_flags",)

    def __init__(self, flags: bytes = b"") -> None:
        self._flags = flags

    def __contains__(self, cell: object) -> bool:
        return isinstance(cell, int) and 0 <= cell < len(self._flags) and self._flags[cell] == 1

    def __iter__(self) -> Iterator[int]:
        return (cell for cell, flag in enumerate(self._flags) if flag)

    def __len__(self) -> int:
        return self._flags.count(1)

    def flags(self, size: int) -> NDArray[np.bool_]:
        """Whether each of a table's cells is in the set, from the first."""
        flags = np.zeros(size + 1, bool)
        known = np.frombuffer(self._flags, np.bool_)
        flags[: len(known)] = known
        return flags[1:]

    def __or__(self, other: Cells) -> Cells:
        size = max(len(self._flags), len(other._flags))
        both = (int.from_bytes(each._flags, "little") for each in (self, other))
        return Cells(functools.reduce(int.__or__, both).to_bytes(size, "little"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule yielded on one table.

    Args:
        subjects: identities judged, or records looked at.
        violations: for a pointwise rule, the subjects that violate it, as the SELECT names them.
        unjudged: subjects that could not be judged, each with its reason under ``unjudged``.
        scale: residuals are whole numbers of 10**-scale units.
        covered: cells that stand in an identity which was judged, or could not be evaluated.
        totals: those of them that are the total of one: alone on their side of an equation.
        netted: the relation of the session that keeps the terms of the rule's identities.
    """

    subjects: int
    judged: Identities = NO_IDENTITIES
    violations: tuple[Mapping[str, object], ...] = field(default=())
    unjudged: tuple[Mapping[str, object], ...] = field(default=())
    scale: int = 0
    covered: Cells = field(default=Cells())
    totals: Cells = field(default=Cells())
    netted: str = ""

    @property
    def success(self) -> bool:
        """No broken identity and no violation."""
        return not self.violations and not self.judged.number(IdentityState.BROKEN)
