"""What the giver of a table says of it, so that it need not be guessed."""

from __future__ import annotations

from dataclasses import dataclass

from amyqa.reading.tokens import normalise

_KEYS = " | "
_HEARD = "Total"


@dataclass(frozen=True)
class Said:
    """What is known from the start.

    Args:
        keys: 0-based columns that hold the rows' labels; none where nothing is said.
        totals: labels, or parts of labels, of rows and columns that are totals.
    """

    keys: tuple[int, ...] = ()
    totals: frozenset[str] = frozenset()

    def heard(self, label: str) -> str:
        """A label as the search for sums hears it: what is said to be a total is called one."""
        if not self.totals:
            return label
        parts = (_HEARD if normalise(part) in self.totals else part for part in label.split(_KEYS))
        return _HEARD if normalise(label) in self.totals else _KEYS.join(parts)


NOTHING = Said()
