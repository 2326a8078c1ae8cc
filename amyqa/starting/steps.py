"""What a search may cost: steps that are counted, never time, so that every machine finds the same."""

from __future__ import annotations

MAX_STEPS, MAX_OF_A_STUDY = 5_000_000, 2_500_000
"""Sums formed and numbers compared for one draft, and for one way to read its numbers."""


class Steps:
    """Steps that searches take from one budget.

    Args:
        limit: after so many, a search stops.
        whole: the budget that these are a share of.
    """

    def __init__(self, limit: int = MAX_STEPS, whole: Steps | None = None) -> None:
        self.limit, self.whole = limit, whole
        self.taken = 0

    def take(self, steps: int) -> None:
        """Count steps."""
        self.taken += steps
        if self.whole is not None:
            self.whole.take(steps)

    @property
    def spent(self) -> bool:
        """Whether too many were taken to go on."""
        return self.taken > self.limit or (self.whole is not None and self.whole.spent)

    def share(self, limit: int) -> Steps:
        """A share of what is left."""
        return Steps(min(limit, max(0, self.limit - self.taken)), self)
