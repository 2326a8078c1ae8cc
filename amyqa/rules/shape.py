"""What every part of a rule may know of the relation that its definition reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Arguments = Mapping[str, Any]
"""Of a rule, by their names."""
Violation = Mapping[str, Any]
"""A row of a rule's SELECT, by its columns' names."""

# Cells that are not printed, but that terms may name.
ZERO, ABSENT, SLACK_VARIABLE, UNKNOWN = 0, -1, -2, -3
"""ZERO: a structural zero. ABSENT: a coordinate that is not printed, unknown. SLACK_VARIABLE: any amount
from zero up; it turns "at most" into "equal". UNKNOWN: what a stated relation leaves open."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a definition may know of the relation it reads.

    Args:
        dimensions: names of its dimensions, in order.
        scale: values are whole numbers of 10**-scale units.
    """

    dimensions: tuple[str, ...]
    scale: int = 0

    def others(self, dimension: str) -> tuple[str, ...]:
        """All dimensions but one."""
        return tuple(name for name in self.dimensions if name != dimension)
