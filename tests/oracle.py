"""What must hold in a table, worked out the long way: fractions and loops, no SQL, nothing of amyqa's.

A :class:`Described` table is what an editor knows of it. :func:`identities` lists everything that
follows (each equation over the same printed cells once, no tautologies) and says of each whether it
holds, is broken or is unknown, by reasoning with intervals:

- a value is a point, nil is zero, a bound is a half-line, which a strict one ends a unit earlier;
- what is missing, or not printed at all, is unknown: zero or more where the table cannot be negative;
- a row that cannot be placed is unknown altogether;
- each rounded cell may be off by half its printed unit; a nil is none.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import yaml

Address = tuple[int, int]
"""0-based row and column of a printed cell."""
Place = frozenset[tuple[str, str]]
"""Coordinates: pairs of dimension and code."""
Bound = Fraction | None
"""An end of an interval; None where it is open."""


@dataclass(frozen=True)
class Token:
    """One printed token.

    Args:
        kind: ``value``, ``nil``, ``missing``, ``at least``, ``at most``, or, strict, ``above``, ``below``.
        printed: how it is written; the oracle never looks at it.
    """

    kind: str
    value: Fraction = Fraction(0)
    decimals: int = 0
    printed: str = ""


@dataclass(frozen=True)
class Formula:
    """A stated relation: the sum of coefficient times cell, plus a constant, compared with zero.

    Args:
        section: where it stands in the YAML: ``in every row``, ``in every column`` or ``cells``.
        text: as stated.
        instance: the row's or column's label that it was stated for ("" for cells).
        deducts: whether it takes something away, so that what it computes may be negative.
    """

    section: str
    text: str
    instance: str
    terms: tuple[tuple[int, Address], ...]
    constant: Fraction = Fraction(0)
    sense: str = "="
    deducts: bool = False


@dataclass(frozen=True)
class Described:
    """A table in the abstract.

    Args:
        row_dimensions: one for each key column.
        rows: the codes of each row.
        columns: for each column the codes it has in each dimension (none: outside any sum).
        totals: for a dimension the code that all others add up to.
        nested: for a dimension whose codes nest, total to parts.
        zeros: coordinates that are zero without being printed.
        uncertain: numbers of the rows whose cells cannot be placed.
        rounded: the unit all values are rounded to; None and not exact: decimals are rounded.
        negative: declared to go below zero.
    """

    row_dimensions: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[Mapping[str, tuple[str, ...]], ...]
    tokens: tuple[tuple[Token, ...], ...]
    totals: Mapping[str, str] = field(default_factory=dict)
    nested: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    zeros: tuple[Mapping[str, str], ...] = ()
    uncertain: frozenset[int] = frozenset()
    exact: bool = False
    rounded: Fraction | None = None
    negative: bool = False
    formulas: tuple[Formula, ...] = ()

    @property
    def dimensions(self) -> tuple[str, ...]:
        across = (name for column in self.columns for name in column)
        return tuple(dict.fromkeys([*self.row_dimensions, *across]))

    @cached_property
    def non_negative(self) -> bool:
        """Whether what is unknown is at least zero."""
        return not (
            self.negative
            or any(_is_negative(token) for row in self.tokens for token in row)
            or any(formula.deducts for formula in self.formulas)
        )

    def token(self, address: Address) -> Token:
        return self.tokens[address[0]][address[1]]


@dataclass(frozen=True)
class Identity:
    """One equation and the verdict on it.

    Args:
        along: the dimension it adds up along, or the formula's text.
        where: coordinates of its total, or the formula's row or column.
        terms: printed cells with their coefficients, those that cancel left out.
        absent: coordinates that are not printed.
        state: ``holds``, ``broken`` or ``unknown``.
        low, high: the interval of its residual.
        slack: its tolerance.
    """

    along: str
    where: Place
    terms: Mapping[Address, int]
    absent: int
    constant: Fraction
    sense: str
    state: str
    low: Bound
    high: Bound
    tolerance: Fraction

    @property
    def equation(self) -> tuple[object, ...]:
        """The same for equations that say the same of the same cells."""
        items = sorted(self.terms.items())
        sign = 1 if items[0][1] > 0 else -1
        turned = {"=": "=", "<=": ">=", ">=": "<="}
        return (
            tuple((cell, sign * coefficient) for cell, coefficient in items),
            sign * self.constant,
            self.sense if sign > 0 else turned[self.sense],
            (self.absent > 0) * sign,
        )


def places(table: Described) -> dict[Place, Address]:
    """The printed cell at every printed coordinate."""
    found: dict[Place, Address] = {}
    for r, keys in enumerate(table.rows):
        row = dict(zip(table.row_dimensions, keys, strict=True))
        for c, column in enumerate(table.columns):
            for codes in itertools.product(*column.values()) if column else ():
                place = frozenset({**row, **dict(zip(column, codes, strict=True))}.items())
                assert place not in found, "the oracle does not judge cells that stand for the same"
                found[place] = (r, c)
    return found


def zeros(table: Described, printed: Mapping[Place, Address]) -> set[Place]:
    """Coordinates that are zero without being printed, in the rows that are printed."""
    codes: dict[str, list[str]] = {}
    for column in table.columns:
        for name, column_codes in column.items():
            codes.setdefault(name, []).extend(column_codes)
    found = set()
    for zero in table.zeros:
        open_to = {name: [zero[name]] if name in zero else codes[name] for name in codes}
        for keys in table.rows:
            row = dict(zip(table.row_dimensions, keys, strict=True))
            if all(zero[name] == code for name, code in row.items() if name in zero):
                for chosen in itertools.product(*open_to.values()):
                    place = frozenset({**row, **dict(zip(open_to, chosen, strict=True))}.items())
                    if place not in printed:
                        found.add(place)
    return found


def interval(table: Described, address: Address) -> tuple[Bound, Bound]:
    """Where a printed cell's value lies."""
    token = table.token(address)
    if address[0] in table.uncertain:
        return None, None
    least = Fraction(0) if table.non_negative else None
    return {
        "value": (token.value, token.value),
        "nil": (Fraction(0), Fraction(0)),
        "missing": (least, None),
        "at least": (token.value, None),
        "at most": (least, token.value),
        "above": (token.value + apart(table, address), None),
        "below": (least, token.value - apart(table, address)),
    }[token.kind]


def _is_negative(token: Token) -> bool:
    """Whether it says of a number that it is below zero."""
    return token.kind != "missing" and (token.value < 0 or (token.kind == "below" and token.value == 0))


def apart(table: Described, address: Address) -> Fraction:
    """How far the next number is: one, among whole counts, or the least unit that the table tells apart."""
    lines = (table.tokens[address[0]], [row[address[1]] for row in table.tokens])
    whole = any(all(token.decimals == 0 for token in line) for line in lines)
    if whole and table.rounded is None:
        return Fraction(1)
    decimals = max(token.decimals for row in table.tokens for token in row)
    if decimals and not table.exact and table.rounded is None:
        decimals += 1  # half a unit of the last digit
    others = [formula.constant for formula in table.formulas]
    others += [table.rounded / 2] if table.rounded is not None else []
    while any((number * 10**decimals).denominator > 1 for number in others):
        decimals += 1
    return Fraction(1, 10**decimals)


def tolerance(table: Described, address: Address) -> Fraction:
    """Half the unit that a printed cell is rounded to."""
    token = table.token(address)
    if table.exact or token.kind in ("missing", "nil"):
        return Fraction(0)
    if table.rounded is not None:
        return table.rounded / 2
    return Fraction(1, 2 * 10**token.decimals) if token.decimals else Fraction(0)


def partitions(table: Described, dimension: str, known: Sequence[Place]) -> list[tuple[str, list[str]]]:
    """Totals and their parts along a dimension."""
    if dimension in table.nested:
        return [(total, list(parts)) for total, parts in table.nested[dimension].items()]
    codes = {code for place in known for name, code in place if name == dimension}
    total = table.totals.get(dimension)
    others = sorted(codes - {total})
    return [(total, others)] if total in codes and others else []


def sums(table: Described) -> Iterator[Identity]:
    """Every sum that follows from the coordinates, tautologies and repetitions included."""
    printed = places(table)
    nothing = zeros(table, printed)
    known = [*printed, *nothing]
    for dimension in table.dimensions:
        for total, parts in partitions(table, dimension, known):
            for place in known:
                if (dimension, total) not in place:
                    continue
                rest = place - {(dimension, total)}
                there = [rest | {(dimension, part)} for part in parts]
                absent = [p for p in there if p not in printed and p not in nothing]
                if absent and not any(p in printed for p in there):
                    continue  # a lone total says nothing
                terms = [(1, printed[place])] if place in printed else []
                terms += [(-1, printed[p]) for p in there if p in printed]
                yield _judged(table, dimension, place, terms, len(absent))


def stated(table: Described) -> Iterator[Identity]:
    """What the formulas say."""
    for formula in table.formulas:
        name = {"in every row": "row", "in every column": "column"}.get(formula.section)
        where: Place = frozenset({(name, formula.instance)} if name else ())
        yield _judged(table, formula.text, where, formula.terms, 0, formula.constant, formula.sense)


def _judged(
    table: Described, along: str, where: Place, terms: Sequence[tuple[int, Address]], absent: int,
    constant: Fraction = Fraction(0), sense: str = "=",
) -> Identity:  # fmt: skip
    net: dict[Address, int] = {}
    for coefficient, address in terms:
        net[address] = net.get(address, 0) + coefficient
    net = {address: coefficient for address, coefficient in net.items() if coefficient}
    low: Bound = constant
    high: Bound = constant
    allowed = Fraction(0)
    unknown = False
    for address, coefficient in net.items():
        least, most = interval(table, address)
        unknown = unknown or least is None or least != most
        if coefficient < 0:
            least, most = most, least
        low = None if low is None or least is None else low + coefficient * least
        high = None if high is None or most is None else high + coefficient * most
        allowed += abs(coefficient) * tolerance(table, address)
    if absent:  # parts, so they are taken away
        unknown, low = True, None
        high = high if table.non_negative else None
    if sense == "<=":
        high = None
    if sense == ">=":
        low = None
    broken = (low is not None and low > allowed) or (high is not None and high < -allowed)
    state = "broken" if broken else "unknown" if unknown else "holds"
    return Identity(along, where, net, absent, constant, sense, state, low, high, allowed)


def identities(table: Described) -> list[Identity]:
    """Every identity of a table once: sums first, then formulas."""
    found: dict[tuple[object, ...], Identity] = {}
    for identity in itertools.chain(sums(table), stated(table)):
        if identity.terms:
            found.setdefault(identity.equation, identity)
    return list(found.values())


def counts(judged: Sequence[Identity]) -> tuple[int, int, int]:
    """How many were evaluated, are broken, and could not be evaluated."""
    states = [identity.state for identity in judged]
    return len(states) - states.count("unknown"), states.count("broken"), states.count("unknown")


def read(csv_file: Path, yaml_file: Path, totals: Mapping[str, str]) -> Described:
    """A plain deployment table on disk: one key column, exact whole numbers, a dash for nil.

    Args:
        totals: for each dimension the code that all others add up to.
    """
    (_, *labels), *lines = csv.reader(csv_file.read_text().splitlines())
    spec = yaml.load(yaml_file.read_text(), yaml.BaseLoader)  # noqa: S506  words only, nothing is made
    columns = [
        {name: (codes,) if isinstance(codes, str) else tuple(codes) for name, codes in coordinates.items()}
        for coordinates in (spec["columns"][label] for label in labels)
    ]
    return Described(
        row_dimensions=(spec["rows"]["dimension"],),
        rows=tuple((label,) for label, *_ in lines),
        columns=tuple(columns),
        tokens=tuple(tuple(_token(text) for text in tokens) for _, *tokens in lines),
        totals=totals,
        zeros=tuple(spec.get("zero", ())),
        exact=spec["exact"] == "true",
    )


def _token(text: str) -> Token:
    if text == "-":
        return Token("nil", printed=text)
    return Token("value", Fraction(text.replace(",", "")), printed=text)
