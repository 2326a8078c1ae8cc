"""One printed number, as a diagnosis sees it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed number.

    Args:
        value: exact; 0 for a dash that counts as nil.
        decimals: digits printed after the decimal mark.
        place: 0-based row and column on the page, for its neighbours.
        nil: printed as a dash.
    """

    value: Decimal
    decimals: int
    place: tuple[int, int]
    nil: bool = False
