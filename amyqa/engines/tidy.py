"""Anybody's tidy frame as observations, so that our checks work without a yearbook.

A frame has one row per number: columns for the dimensions, one for the value. Where it already holds
observations (``OBS_CELL``), it is taken as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, combinations, islice
from typing import Any

import pandas as pd
from pandas.api.types import is_float_dtype

from amyqa.engines.evaluate import evaluate, shape_of
from amyqa.errors import BadRule, Problem, close, did_you_mean
from amyqa.rules.numbers import LARGEST
from amyqa.rules.observations import cell_hash
from amyqa.rules.outcome import IdentityState, Outcome
from amyqa.rules.rule import Rule
from amyqa.rules.shape import Arguments, Shape
from amyqa.rules.suite import named_codes, selections

_MAX_COLUMNS = 4
_MAX_CHOICES = 2000


def observed(
    data: pd.DataFrame, value: str | None, dimension: str | None, by: Sequence[str] | None = None
) -> tuple[pd.DataFrame, Sequence[str]]:
    """A frame of observations, and its dimensions.

    Args:
        data: observations, or a tidy frame.
        value: the column of values of a tidy frame (whole numbers, decimals or floats; a missing
            one is unknown). Floats count with the digits they are written with.
        dimension: the dimension a rule adds up along, which must be there.
        by: the columns that tell one sum from the next; by default the fewest under which no code of
            the dimension appears twice. Others, as notes or another measure, do not count.

    Raises:
        BadRule: no such column, values that are not numbers, or columns of which it cannot be told
            which ones tell the sums apart.
    """
    if "OBS_CELL" in data.columns:
        names = [name for name in data.columns if not str(name).startswith("OBS_")]
        _known(dimension, names)
        return data, names
    if value is None:
        raise BadRule([Problem("the frame has no OBS_CELL column", 'name its values: value="persons"')])
    _known(value, list(data.columns))
    words = [n for n in data.columns if n != value]
    for name in (dimension, *(by or ())):
        _known(name, words)
    frame = _relation(data, value, words)
    if dimension is None:
        return frame, [str(name) for name in words]
    others = [str(name) for name in words if name != dimension]
    floats = {str(name) for name in words if is_float_dtype(data[name])}
    apart = _apart(frame, dimension, others, floats) if by is None else list(map(str, by))
    return frame, [*apart, dimension]


def _relation(data: pd.DataFrame, value: str, words: Sequence[Any]) -> pd.DataFrame:
    """A tidy frame as observations: every row a printed number, scaled to a whole one."""
    numbers = [_decimal(item, value) for item in data[value]]
    scale = max((-int(n.as_tuple().exponent) for n in numbers if n is not None), default=0)
    scale = max(scale, 0)
    scaled = [None if n is None else int(n.scaleb(scale)) for n in numbers]
    if any(n is not None and abs(n) > LARGEST for n in scaled):
        message = f"values of {value!r} have too many digits to add up exactly"
        raise BadRule([Problem(message, "state them in a larger unit, or with fewer decimals")])
    lowest = None if any(n is not None and n < 0 for n in scaled) else 0
    columns: dict[str, Any] = {str(name): _words(data[name]) for name in words}
    size = len(data)
    integers: dict[str, list[int | None]] = {
        "OBS_RECORD": list(range(1, size + 1)),
        "OBS_CELL": list(range(1, size + 1)),
        "OBS_VALUE": scaled,
        "OBS_LOW": [lowest if n is None else n for n in scaled],
        "OBS_HIGH": scaled,
        "OBS_TOLERANCE": [0] * size,
        "OBS_STEP": [_step(n, scale) for n in numbers],
        "OBS_UNCERTAIN": [0] * size,
        "OBS_HASH": [cell_hash(cell) for cell in range(1, size + 1)],
        "OBS_FLOOR": [lowest] * size,
        "OBS_SCALE": [scale] * size,
    }
    columns |= {name: pd.array(items, dtype="Int64") for name, items in integers.items()}
    columns["OBS_KIND"] = _words(["printed"] * size)
    columns["OBS_STATUS"] = _words("missing" if n is None else "value" for n in scaled)
    for name in ("OBS_ROW", "OBS_COLUMN", "OBS_TOKEN"):
        columns[name] = _words([None] * size)
    return pd.DataFrame(columns)


def _apart(frame: pd.DataFrame, dimension: str, names: Sequence[str], floats: set[str]) -> list[str]:
    """The fewest columns that tell sums apart: under them no code of the dimension appears twice.

    Raises:
        BadRule: several choices would do, and they make different sums.
    """
    codes = {name: pd.factorize(frame[name], use_na_sentinel=False) for name in (dimension, *names)}
    size, least = len(frame), int(frame[dimension].value_counts(dropna=False).max()) if len(frame) else 0
    # what is the same in every row tells nothing apart, and a number or note of each row everything
    telling = [name for name in names if 1 < len(codes[name][1]) < size]
    found: dict[tuple[str, ...], tuple[int, Any]] = {}
    choices = chain.from_iterable(combinations(telling, n) for n in range(_MAX_COLUMNS + 1))
    for chosen in islice(choices, _MAX_CHOICES):
        if any(set(fewer) <= set(chosen) for fewer in found):
            continue
        groups = codes[dimension][0] * 0
        for name in chosen:
            groups = pd.factorize(groups * len(codes[name][1]) + codes[name][0])[0]
        number = len(pd.unique(groups))
        pairs = groups * len(codes[dimension][1]) + codes[dimension][0]
        if number < size and len(pd.unique(pairs)) == size:
            found[chosen] = number, groups.tobytes()
    best = [chosen for chosen, (number, _) in found.items() if number == least] or list(found)
    if len({found[chosen][1] for chosen in best}) > 1:
        shown = " or ".join(" and ".join(map(repr, chosen)) for chosen in best[:3])
        message = f"cannot say which sums belong together: {shown} may tell them apart"
        raise BadRule([Problem(message, f"name the columns that do: by={list(best[0])}")])
    return list(best[0]) if best else [name for name in names if name not in floats]


def judge(
    rule: Rule,
    arguments: Arguments,
    data: pd.DataFrame,
    value: str | None,
    by: Sequence[str] | None = None,
    rounded: Decimal = Decimal(0),
) -> tuple[pd.DataFrame, Outcome, Sequence[str]]:
    """Run a rule on anybody's frame.

    Args:
        arguments: those that were given.
        value, by: as in :func:`observed`.
        rounded: the unit that the numbers were rounded to; 0: they are exact.

    Returns:
        The frame as observations, what the rule yielded, and the dimensions that tell the records apart.

    Raises:
        BadRule: a word that the frame does not have, or nothing that could be judged: neither is a pass.
    """
    frame, dimensions = observed(data, value, arguments.get("dimension"), by)
    if not len(frame):
        raise BadRule([Problem(f"{_called(rule)}: the frame has no rows, which is no pass")])
    _refuse_unknown(rule, arguments, frame)
    frame = _rounded(frame, rounded) if rounded else frame
    outcome = evaluate(rule, filled(rule, arguments, frame, dimensions), frame, shape_of(frame, dimensions))
    if outcome.success and not evaluated(outcome) and not _is_optional(rule, arguments, frame):
        why = _nothing(rule, arguments, frame, outcome)
        raise BadRule([Problem(f"{_called(rule)}: nothing could be evaluated, which is no pass: {why}")])
    return frame, outcome, dimensions


def _rounded(frame: pd.DataFrame, unit: Decimal) -> pd.DataFrame:
    """The same with half a unit of slack for each number; the scale holds it."""
    scale = int(frame["OBS_SCALE"].iloc[0])
    half = (unit / 2).normalize()
    more = max(0, -int(half.as_tuple().exponent) - scale)
    scaled = {name: frame[name] * 10**more for name in ("OBS_VALUE", "OBS_LOW", "OBS_HIGH", "OBS_STEP")}
    slack = pd.array([int(half.scaleb(scale + more))] * len(frame), dtype="Int64")
    scales = pd.array([scale + more] * len(frame), dtype="Int64")
    return frame.assign(**scaled, OBS_TOLERANCE=slack, OBS_SCALE=scales)


def evaluated(outcome: Outcome) -> int:
    """How many identities or records were judged."""
    return outcome.subjects - unknown(outcome)


def unknown(outcome: Outcome) -> int:
    """How many could not be."""
    return outcome.judged.number(IdentityState.UNKNOWN) + len(outcome.unjudged)


def _refuse_unknown(rule: Rule, arguments: Arguments, frame: pd.DataFrame) -> None:
    """Every dimension and code that is named must be the frame's; where codes may be absent, none misspelt.

    Raises:
        BadRule: with the nearest word.
    """
    names = [str(name) for name in frame.columns if not str(name).startswith("OBS_")]
    dimension = arguments.get("dimension")
    problems = []
    needed = {d: list(codes) for _, d, codes in named_codes(arguments, dimension, ()) if codes}
    for (*_, at), name, codes in named_codes(arguments, dimension, ()):
        known = _codes(frame, name)
        for code in codes:
            if code not in known:
                advice = did_you_mean(code, known)
                if at == "parts" and not advice.startswith("did"):
                    advice = f"one that only some frames have is optional=[{code!r}]; {advice}"
                problems.append(Problem(f"the frame has no {code!r} in {name!r}", advice))
    optional = [("optional", dimension, arguments.get("optional") or ())] if dimension else []
    for _, name, given in (*selections(rule, arguments), *optional):
        _known(name, names)
        codes = [given] if isinstance(given, str) else [str(code) for code in given]
        others = [code for code in _codes(frame, name) if code not in {*codes, *needed.get(name, ())}]
        for code in set(codes) - set(_codes(frame, name)):
            near = close(code, others, 0.8)
            if near is not None and _letters(near) != _letters(code):
                problems.append(Problem(f"the frame has no {code!r} in {name!r}", f"did you mean {near!r}?"))
    if problems:
        raise BadRule(dict.fromkeys(problems))


def _codes(frame: pd.DataFrame, dimension: str) -> list[str]:
    """The codes of a dimension, in the order of the frame."""
    return list(dict.fromkeys(str(code) for code in frame[dimension].dropna()))


def _letters(word: str) -> str:
    return "".join(character for character in word.casefold() if not character.isdigit())


def _is_optional(rule: Rule, arguments: Arguments, frame: pd.DataFrame) -> bool:
    """Whether no row was picked because of codes that only some frames have, and that are said to be so."""
    optional = {str(code) for code in arguments.get("optional") or ()}
    for _, name, given in selections(rule, arguments):
        codes = {given} if isinstance(given, str) else {str(code) for code in given}
        if codes <= optional and not codes & set(_codes(frame, name)):
            return True
    return False


def _nothing(rule: Rule, arguments: Arguments, frame: pd.DataFrame, outcome: Outcome) -> str:
    """Why a rule judged nothing."""
    if outcome.unjudged:
        return "; ".join(dict.fromkeys(str(subject["unjudged"]) for subject in outcome.unjudged))
    if outcome.judged:
        return "in every sum a number is missing, or a part is not there"
    for _, name, given in selections(rule, arguments):
        codes = [given] if isinstance(given, str) else list(given)
        if not frame[name].isin(codes).any():
            return (
                f"no row has {' or '.join(codes)} in {name!r} ({did_you_mean(codes[0], _codes(frame, name))})"
            )
    return "the frame has nothing that it could judge"


def _called(rule: Rule) -> str:
    return rule.check or rule.expectation


@dataclass(frozen=True)
class _Framed:
    """What a frame without a spec can say: its own codes as parts, ``total`` as total."""

    data: pd.DataFrame
    shape: Shape
    stated: Sized = ()
    unit: str = ""

    def codes(self, dimension: str) -> Sequence[str]:
        return _codes(self.data, dimension)

    def total(self, dimension: str) -> str | None:
        return "total" if "total" in self.codes(dimension) else None

    def nested(self, dimension: str) -> Mapping[str, Sequence[str]]:
        del dimension
        return {}

    def references(self, kind: str) -> tuple[Sequence[Mapping[str, str]], Sequence[str]]:
        del kind
        return (), ("a frame has no other table beside it",)


def filled(rule: Rule, arguments: Arguments, data: pd.DataFrame, dimensions: Sequence[str]) -> Arguments:
    """Arguments completed from a frame; what is bound already stays.

    Raises:
        BadRule: the rule has nothing to judge in the frame, as one that compares tables, or one about
            time where the frame has none: that is no pass.
    """
    if rule.bind is None:
        return arguments
    bound, reason = rule.bind(arguments, _Framed(data, Shape(tuple(dimensions))))
    if reason:
        advice = "check a yearbook with it" if rule.references else ""
        raise BadRule([Problem(f"{_called(rule)}: {reason.replace('the table', 'the frame')}", advice)])
    return bound


def _step(number: Decimal | None, scale: int) -> int | None:
    """A unit of the last digit that a number is written with."""
    return (
        None if number is None else min(int(10 ** (scale + min(int(number.as_tuple().exponent), 0))), 10**18)
    )


def _known(name: str | None, names: Sequence[Any]) -> None:
    if name is not None and name not in names:
        raise BadRule([Problem(f"the frame has no column {name!r}", did_you_mean(name, map(str, names)))])


def _words(items: Iterable[Any]) -> Any:
    words = [None if pd.isna(item) else f"{item:.0f}" if _is_whole(item) else str(item) for item in items]
    return pd.Series(words, dtype="str")


def _is_whole(item: Any) -> bool:
    """Whether it is a year that was read as a float, or the like."""
    return isinstance(item, float) and item.is_integer()


def _decimal(item: Any, value: str) -> Decimal | None:
    if pd.isna(item):
        return None
    try:
        number = item if isinstance(item, Decimal) else Decimal(str(item))
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite():
        raise BadRule([Problem(f"{item!r} in {value!r} is not a number", "a missing one is None or NaN")])
    exponent = int(number.as_tuple().exponent)
    return number.quantize(Decimal(1)) if exponent > 0 or number == number.to_integral_value() else number
