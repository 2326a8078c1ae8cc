"""Anybody's frame judged and told: what Pandera and Great Expectations ask alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd

from amyqa.engines.telling import Told, told
from amyqa.engines.tidy import judge
from amyqa.errors import BadRule, Problem
from amyqa.rules.outcome import Outcome
from amyqa.rules.rule import Rule

ALLOWED = ("tolerance", "rounded")


@dataclass(frozen=True)
class Allowance:
    """How far a sum may be off.

    Args:
        tolerance: so much in all, in the frame's own unit.
        rounded: the unit that each number was rounded to: half of it for each.
    """

    tolerance: Decimal = Decimal(0)
    rounded: Decimal = Decimal(0)

    @classmethod
    def taken(cls, rule: Rule, given: dict[str, Any]) -> Allowance:
        """What is said of it among arguments, from which it is taken; a rule may have a tolerance of its own.

        Raises:
            BadRule: it is no number, or below zero.
        """
        own = {parameter.name for parameter in rule.parameters}
        said = (None if name in own else given.pop(name, None) for name in ALLOWED)
        return cls(*(_number(name, item) for name, item in zip(ALLOWED, said, strict=True)))


def _number(name: str, given: object) -> Decimal:
    try:
        number = Decimal(str(given)) if given is not None else Decimal(0)
    except InvalidOperation:
        number = Decimal(-1)
    if not (number.is_finite() and number >= 0):
        raise BadRule([Problem(f"{name}={given!r} is no number from 0 up", "as 0.5, or 100")])
    return number


def told_on(
    rule: Rule,
    arguments: Mapping[str, Any],
    data: pd.DataFrame,
    value: str | None,
    by: Sequence[str] | None,
    allowance: Allowance = Allowance(),  # frozen
) -> tuple[Outcome, list[Told]]:
    """Judge a frame by a rule, and tell what is broken.

    Args:
        arguments: numbers among them stand for the codes that they are written as.

    Raises:
        BadRule: as :func:`amyqa.engines.tidy.judge`.
    """
    kinds = {parameter.name: parameter.kind for parameter in rule.parameters}
    coded = {
        name: _coded(item) if kinds.get(name) in ("code", "codes", "where", "hierarchy") else item
        for name, item in arguments.items()
    }
    frame, outcome, dimensions = judge(rule, coded, indexed(data), value, by, allowance.rounded)
    found = told(rule, frame, dimensions, coded.get("dimension"), outcome)
    return outcome, [each for each in found if not _is_allowed(each, allowance.tolerance)]


def _is_allowed(each: Told, tolerance: Decimal) -> bool:
    return each.difference is not None and abs(each.difference) <= tolerance


def _coded(item: Any) -> Any:
    if isinstance(item, Mapping):
        return {str(name): _coded(codes) for name, codes in item.items()}
    if isinstance(item, list | tuple):
        return [_coded(code) for code in item]
    if isinstance(item, bool) or item is None:
        return item
    return f"{item:.0f}" if isinstance(item, float) and item.is_integer() else str(item)


def indexed(data: pd.DataFrame) -> pd.DataFrame:
    """A frame with the levels of its index as columns, where they have names."""
    levels: dict[Any, Any] = {
        name: data.index.get_level_values(at)
        for at, name in enumerate(data.index.names)
        if name is not None and name not in data.columns
    }
    if not levels or "OBS_CELL" in data.columns:
        return data
    return pd.DataFrame(levels | {name: data[name].array for name in data.columns}).reset_index(drop=True)
