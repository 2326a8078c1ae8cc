"""Tables for Hypothesis: consistent ones with a few cells changed, and others of random numbers."""

from __future__ import annotations

import dataclasses
import itertools
import os
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.oracle import Described, Formula, Token
from tests.yearbooks import column_label, row_label

MORE = int(os.environ.get("AMYQA_EXAMPLES", "0"))
"""Set it to 20 for twenty times as many examples, never the same: to look for new bugs."""


def examples(number: int) -> settings:
    """The same examples in every run, unless more are asked for."""
    return settings(
        max_examples=number * (MORE or 1),
        derandomize=not MORE,
        database=None,
        deadline=None,
        # every example writes the files anew, so that a fixture may be shared
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


Draw = Any
Codes = dict[str, list[str]]

_CODES = {
    "year": ["2003", "2004", "2005"],
    "place": ["North", "South"],
    "sex": ["male", "female", "not stated"],
    "sector": ["farm", "factory", "ship's crew"],
}
_TOTALS = {"year": "Total", "place": "All", "sex": "total", "sector": "all"}
_NESTED = {"sector": {"all": ("farm", "industry"), "industry": ("factory", "mine")}}


@st.composite
def tables(draw: Draw, formulas: bool = False) -> Described:
    """A table of two or three dimensions, with anything that may stand in one."""
    down = draw(st.sampled_from([["year"], ["year", "place"]]))
    across = draw(st.sampled_from([["sex"], ["sex", "sector"]] if len(down) == 1 else [["sex"]]))
    nested = dict(_NESTED) if "sector" in across and draw(st.booleans()) else {}
    codes = {name: _codes(draw, name, nested) for name in (*down, *across)}
    totals = {name: _TOTALS[name] for name in codes if _TOTALS[name] in codes[name]}
    rows = _some(draw, list(itertools.product(*(codes[name] for name in down))))
    columns = _columns(draw, {name: codes[name] for name in across})
    zeros = draw(st.lists(_zero(codes), max_size=2))
    tokens, exact, rounded = _tokens(draw, down, rows, columns, codes, totals, nested)
    table = Described(
        row_dimensions=tuple(down),
        rows=tuple(rows),
        columns=tuple(columns),
        tokens=tokens,
        totals=totals,
        nested=nested,
        zeros=tuple(zero for zero in zeros if _known(zero, down, columns)),
        uncertain=frozenset(draw(st.sets(st.integers(0, len(rows) - 1), max_size=int(_rarely(draw))))),
        exact=exact,
        rounded=rounded,
        negative=_rarely(draw),
    )
    if formulas:
        table = dataclasses.replace(table, formulas=tuple(_formulas(draw, table)))
    return table


def _rarely(draw: Draw) -> bool:
    return bool(draw(st.integers(0, 5)) == 5)


def _some(draw: Draw, items: Sequence[Any]) -> list[Any]:
    """Most of them, in their order."""
    if draw(st.booleans()):
        return list(items)
    left_out = draw(st.sets(st.integers(0, len(items) - 1), max_size=max(1, len(items) // 3)))
    return [item for i, item in enumerate(items) if i not in left_out] or [items[0]]


def _codes(draw: Draw, name: str, nested: Mapping[str, Mapping[str, Sequence[str]]]) -> list[str]:
    if name in nested:
        return list(dict.fromkeys(code for total, parts in nested[name].items() for code in (total, *parts)))
    parts = _CODES[name][: draw(st.integers(1, 3))]
    if draw(st.integers(0, 5)) == 0:
        return parts
    return [*parts, _TOTALS[name]] if draw(st.booleans()) else [_TOTALS[name], *parts]


def _columns(draw: Draw, codes: Codes) -> list[dict[str, tuple[str, ...]]]:
    """A column for most coordinates; some stand for two, some leave a dimension out, or all."""
    columns: list[dict[str, tuple[str, ...]]] = []
    seen: set[frozenset[tuple[str, str]]] = set()
    for combination in _some(draw, list(itertools.product(*codes.values()))):
        column: dict[str, tuple[str, ...]]
        column = {name: (code,) for name, code in zip(codes, combination, strict=True)}
        odd = draw(st.integers(0, 9))
        if odd == 0:
            name = draw(st.sampled_from(list(codes)))
            column[name] = tuple(dict.fromkeys([*column[name], draw(st.sampled_from(codes[name]))]))
        elif odd == 1 and len(codes) > 1 and columns:
            del column[draw(st.sampled_from(list(codes)))]
        elif odd == 2 and columns:
            column = {}
        taken = {frozenset(zip(column, c, strict=True)) for c in itertools.product(*column.values())}
        if not column or not taken & seen:
            columns.append(column)
            seen |= taken if column else set()
    return columns


def _zero(codes: Codes) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional={name: st.sampled_from(c) for name, c in codes.items()})


def _known(zero: Mapping[str, str], down: Sequence[str], columns: Sequence[Mapping[str, Any]]) -> bool:
    across = {name for column in columns for name in column}
    return bool(zero) and all(name in down or name in across for name in zero)


def _tokens(
    draw: Draw, down: Sequence[str], rows: Sequence[tuple[str, ...]],
    columns: Sequence[Mapping[str, Sequence[str]]], codes: Codes, totals: Mapping[str, str],
    nested: Mapping[str, Mapping[str, Sequence[str]]],
) -> tuple[tuple[tuple[Token, ...], ...], bool, Fraction | None]:  # fmt: skip
    """Numbers that add up, rounded as declared; then some cells changed."""
    decimals = draw(st.sampled_from([0, 0, 1, 2]))
    exact = draw(st.booleans())
    units = [None, None, Fraction(5), Fraction(10), Fraction(1000), Fraction(1, 2)]
    rounded = None if exact else draw(st.sampled_from(units))
    if rounded is not None:
        decimals = 1 if rounded.denominator > 1 else 0
    consistent = draw(st.booleans())
    numbers: list[int] = draw(st.lists(st.integers(0, 40 if consistent else 6), min_size=8, max_size=8))
    scale = Fraction(1, 10**decimals) * (317 if rounded else 1)

    def leaf(codes_of: Sequence[str]) -> Fraction:
        return numbers[sum(map(len, codes_of)) * 7 % 8] * scale * (1 + len(codes_of[0]) % 3)

    def value(place: Mapping[str, str]) -> Fraction:
        """Totals are added up from their parts, so that every identity holds before rounding."""
        for name, code in place.items():
            parts = nested.get(name, {}).get(code) or (
                [c for c in codes[name] if c != code]
                if name not in nested and totals.get(name) == code
                else ()
            )
            if parts:
                return sum((value({**place, name: part}) for part in parts), Fraction(0))
        return leaf(sorted(place.values()))

    grid: list[list[Token]] = []
    for r, keys in enumerate(rows):
        row = []
        for c, column in enumerate(columns):
            place = {**dict(zip(down, keys, strict=True)), **{n: cs[0] for n, cs in column.items()}}
            exactly = value(place) if consistent else numbers[(r * 5 + c * 3) % 8] * scale
            row.append(Token("value", _rounded(exactly, rounded, decimals), decimals))
        grid.append(row)
    cells = st.tuples(st.integers(0, len(rows) - 1), st.integers(0, len(columns) - 1), st.integers(0, 11))
    for r, c, how in draw(st.lists(cells, max_size=5)):
        grid[r][c] = _changed(grid[r][c], how, draw)
    return tuple(map(tuple, grid)), exact, rounded


def _rounded(value: Fraction, unit: Fraction | None, decimals: int) -> Fraction:
    step = unit or Fraction(1, 10**decimals)
    return round(value / step) * step


def _changed(token: Token, how: int, draw: Draw) -> Token:
    value, decimals = token.value, token.decimals
    step = Fraction(1, 10**decimals)
    if how < 4:
        by = draw(st.sampled_from([1, -1, 2, 9, 10, 90, -10]))
        return Token("value", abs(value + by * step), decimals)
    if how < 6:
        return Token("missing", printed=draw(st.sampled_from(["", "..", "N/A"])))
    if how == 6:
        return Token("nil", printed=draw(st.sampled_from(["-", "–"])))
    if how == 7:
        return Token(draw(st.sampled_from(["at least", "above"])), value, decimals)
    if how == 8:
        return Token(draw(st.sampled_from(["below", "at most"])), abs(value), decimals)
    if how == 9:
        return Token("value", _rounded(value, None, 0))  # printed with fewer digits than the others
    if how == 10:
        return Token("value", value / 10, decimals + 1)
    return Token("value", -abs(value) - step, decimals)


def _formulas(draw: Draw, table: Described) -> list[Formula]:
    """One to three formulas over the table's cells, with factors, constants and bounds."""
    found: list[Formula] = []
    for _ in range(draw(st.integers(1, 3))):
        section = draw(st.sampled_from(["in every row", "in every column", "cells"]))
        sense = draw(st.sampled_from(["=", "=", "=", "<=", ">="]))
        size = {"in every row": len(table.columns), "in every column": len(table.rows)}.get(section)
        names: st.SearchStrategy[Any] = st.integers(0, (size or 1) - 1)
        if size is None:
            names = st.tuples(st.integers(0, len(table.rows) - 1), st.integers(0, len(table.columns) - 1))
        total = draw(names)
        parts = draw(
            st.lists(st.tuples(st.sampled_from([1, 1, 1, -1, 2, -3]), names), min_size=1, max_size=4)
        )
        constant = draw(st.sampled_from([None, None, None, Fraction(3), Fraction(-2), Fraction("0.5")]))
        found += _instances(table, section, sense, total, parts, constant)
    return found


def _instances(
    table: Described, section: str, sense: str, total: Any, parts: Sequence[tuple[int, Any]],
    constant: Fraction | None,
) -> list[Formula]:  # fmt: skip
    """The formula in every row or column where it holds."""

    def name(at: Any) -> str:
        if section == "in every row":
            return column_label(at)
        if section == "in every column":
            return f'"{row_label(table, at)}"'
        return f'["{row_label(table, at[0])}", {column_label(at[1])}]'

    text = f"{name(total)} {sense} "
    for i, (factor, at) in enumerate(parts):
        sign = ("" if i == 0 else "+ ") if factor > 0 else ("-" if i == 0 else "- ")
        text += f"{sign}{'' if abs(factor) == 1 else f'{abs(factor)} * '}{name(at)} "
    if constant is not None:
        text += f"{'+' if constant > 0 else '-'} {float(abs(constant)):g}"
    text = text.strip()
    deducts = any(factor < 0 for factor, _ in parts) or (constant or 0) < 0
    weighted = [(1, total), *((-factor, at) for factor, at in parts)]
    places: list[tuple[str, list[tuple[int, tuple[int, int]]]]]
    if section == "in every row":
        places = [
            (row_label(table, r), [(factor, (r, at)) for factor, at in weighted])
            for r in range(len(table.rows))
        ]
    elif section == "in every column":
        places = [
            (column_label(c), [(factor, (at, c)) for factor, at in weighted])
            for c in range(len(table.columns))
        ]
    else:
        places = [("", weighted)]
    return [
        Formula(section, text, label, tuple(terms), -(constant or Fraction(0)), sense, deducts)
        for label, terms in places
    ]
