"""What a diagnosis says: changes, alternatives, causes that are no misprint, certificates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from amyqa.diagnosis.causes import Cause

SURE = 0.5


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """One cell of an explanation.

    Args:
        kind: the likeliest slip, or how an inherited total came about.
        inherited: added up from a part that is wrong; else a root misprint.
        slip: probability of the printed number, given the proposed one and a misprint.
    """

    cell: int
    printed: Decimal
    proposed: Decimal
    kind: str
    inherited: bool
    slip: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """One explanation and its likelihood among all that were weighed."""

    changes: tuple[ProposedChange, ...]
    likelihood: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A diagnosis of one group of broken identities.

    Args:
        rows: numbers of the identities it explains.
        alternatives: likeliest first; those of the smallest size are complete unless `reached`.
        smallest: least number of wrong cells that explains them; 0 where none was found.
        ties: explanations of that size.
        next_best: least number of cells of an explanation that contains none of the smallest; None
            where it was not determined.
        proven: no smaller explanation exists.
        search_truncated: enumeration stopped at its limit.
        missing: likelihood that nothing is misprinted: a part is missing, something is defined or rounded
            otherwise; 0 where no explanation was found to weigh it against.
        cause: what is then the case, where more than one line tells it.
    """

    rows: tuple[int, ...]
    alternatives: tuple[Alternative, ...]
    smallest: int
    ties: int
    next_best: int | None
    proven: bool
    search_truncated: bool
    missing: float
    cause: Cause | None = None

    def renumbered(self, rows: Sequence[int]) -> Verdict:
        """The same of identities with other numbers: `rows` has the new one at the place of the old."""
        cause = self.cause and replace(self.cause, rows=tuple(sorted(rows[n] for n in self.cause.rows)))
        return replace(self, rows=tuple(sorted(rows[n] for n in self.rows)), cause=cause)

    @property
    def best(self) -> Alternative | None:
        """The likeliest explanation."""
        return self.alternatives[0] if self.alternatives else None

    @property
    def located(self) -> tuple[ProposedChange, ...]:
        """The changes that can be proposed.

        Those of the best explanation, where it is likelier than all else together; else those that
        most of what is likely agrees on, whatever else is wrong.
        """
        if self.best is None:
            return ()
        if self.best.likelihood > SURE:
            return self.best.changes
        return tuple(c for c in self.best.changes if self.marginal(c) > SURE)

    def marginal(self, change: ProposedChange) -> float:
        """Likelihood that a cell should be what a change proposes, over all explanations."""
        return self.together((change,))

    def together(self, changes: Sequence[ProposedChange]) -> float:
        """Likelihood of several changes at once, whatever else is wrong."""
        wanted = {(change.cell, change.proposed) for change in changes}
        return sum(
            alternative.likelihood
            for alternative in self.alternatives
            if wanted <= {(change.cell, change.proposed) for change in alternative.changes}
        )
