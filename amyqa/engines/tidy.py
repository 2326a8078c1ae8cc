"""Anybody's tidy frame as observations, so that our checks work without a yearbook.

A frame has one row per number: columns for the dimensions, one for the value. Where it already holds
observations (``OBS_CELL``), it is taken as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd
from pandas.api.types import is_float_dtype

from amyqa.errors import BadRule, Problem, nearest
from amyqa.rules import totals
from amyqa.rules.numbers import LARGEST
from amyqa.rules.observations import weight
from amyqa.rules.rule import Arguments, Rule


def observed(
    data: pd.DataFrame, value: str | None, dimension: str | None
) -> tuple[pd.DataFrame, Sequence[str]]:
    """A frame of observations, and its dimensions.

    Args:
        data: observations, or a tidy frame.
        value: the column of values of a tidy frame (whole numbers, decimals or floats; a missing
            one is unknown). Floats count with the digits they are written with.
        dimension: the dimension a rule adds up along, which must be there.

    Raises:
        BadRule: no such column, or values that are not numbers.
    """
    if "OBS_CELL" in data.columns:
        names = [name for name in data.columns if not str(name).startswith("OBS_")]
        _known(dimension, names)
        return data, names
    if value is None:
        raise BadRule([Problem("the frame has no OBS_CELL column", 'name its values: value="persons"')])
    _known(value, list(data.columns))
    words = [n for n in data.columns if n != value and not is_float_dtype(data[n])]
    _known(dimension, words)
    numbers = [_decimal(item, value) for item in data[value]]
    scale = max((-int(n.as_tuple().exponent) for n in numbers if n is not None), default=0)
    scale = max(scale, 0)
    scaled = [None if n is None else int(n.scaleb(scale)) for n in numbers]
    if any(n is not None and abs(n) > LARGEST for n in scaled):
        raise BadRule([Problem(f"values of {value!r} have too many digits to add up exactly")])
    lowest = None if any(n is not None and n < 0 for n in scaled) else 0
    columns: dict[str, Any] = {str(name): _words(data[name]) for name in words}
    size = len(data)
    integers: dict[str, list[int | None]] = {
        "OBS_RECORD": list(range(1, size + 1)),
        "OBS_CELL": list(range(1, size + 1)),
        "OBS_VALUE": scaled,
        "OBS_LOW": [lowest if n is None else n for n in scaled],
        "OBS_HIGH": scaled,
        "OBS_SLACK": [0] * size,
        "OBS_UNCERTAIN": [0] * size,
        "OBS_WEIGHT": [weight(cell) for cell in range(1, size + 1)],
        "OBS_FLOOR": [lowest] * size,
        "OBS_SCALE": [scale] * size,
    }
    columns |= {name: pd.array(items, dtype="Int64") for name, items in integers.items()}
    columns["OBS_KIND"] = _words(["printed"] * size)
    columns["OBS_STATUS"] = _words("missing" if n is None else "value" for n in scaled)
    for name in ("OBS_ROW", "OBS_COLUMN", "OBS_TOKEN"):
        columns[name] = _words([None] * size)
    return pd.DataFrame(columns), [str(name) for name in words]


def filled(rule: Rule, arguments: Arguments, data: pd.DataFrame) -> Arguments:
    """Arguments with what a frame without a spec can say: its own codes as parts, ``total`` as total."""
    if rule is not totals.RULE or arguments.get("parts"):
        return arguments
    codes = list(dict.fromkeys(str(code) for code in data[arguments["dimension"]].dropna()))
    return totals.complete(arguments, codes, "total")


def _known(name: str | None, names: Sequence[Any]) -> None:
    if name is not None and name not in names:
        raise BadRule([Problem(f"the frame has no column {name!r}", nearest(name, map(str, names)))])


def _words(items: Iterable[Any]) -> Any:
    words = [None if pd.isna(item) else str(item) for item in items]
    return pd.Series(words, dtype="str")


def _decimal(item: Any, value: str) -> Decimal | None:
    if pd.isna(item):
        return None
    try:
        number = item if isinstance(item, Decimal) else Decimal(str(item))
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite():
        raise BadRule([Problem(f"{item!r} in {value!r} is not a number")])
    exponent = int(number.as_tuple().exponent)
    return number.quantize(Decimal(1)) if exponent > 0 or number == number.to_integral_value() else number
