"""What a worksheet's formula computes, read and never run: sums, differences, quotients, averages.

    sum      = ["-"|"+"] product (("+"|"-") product)*
    product  = power (("*"|"/") power)*
    power    = number ["%"] | cell | "(" sum ")" | function "(" sum or range ("," …)* ")"

A formula becomes one quotient of linear forms over cells. What is none (a product of two cells, a text, a
condition, any function but those below) is not read, and is told as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from amyqa.sources.cells import Box, box

Place = tuple[str, int, int]
"""A cell: its sheet ("": the formula's own), row and column."""

_MAX_LENGTH, _MAX_DEPTH, _MAX_CELLS = 8192, 30, 20_000
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)
    |(?P<cell>(?:(?P<sheet>'(?:[^']|'')+'|[^\W\d]\w*(?:[ .]?\w+)*?)!)?
        (?P<first>\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6})(?::(?P<last>\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}))?(?![\w(!]))
    |(?P<function>[A-Za-z][\w.]*)\s*\(
    |(?P<sign>[-+*/(),%;]))""",
    re.VERBOSE,
)
_ADDING = {"SUM": 0, "SUBTOTAL": 1, "AGGREGATE": 2}
"""Functions that add up, with how many arguments say how."""
_SUBTOTALS = {9, 109}
_ALIKE = frozenset({"ROUND", "IFERROR", "N", "VALUE"})
"""Functions that leave their first argument as it is, but for its last digits or where it is no number."""


class NotRead(ValueError):
    """A formula that is no quotient of linear forms."""


@dataclass(frozen=True)
class Linear:
    """Cells with their coefficients, and a constant."""

    terms: Mapping[Place, Fraction]
    constant: Fraction = Fraction(0)

    def plus(self, other: Linear, times: Fraction = Fraction(1)) -> Linear:
        """The sum with so many times another."""
        terms = dict(self.terms)
        for place, coefficient in other.terms.items():
            terms[place] = terms.get(place, Fraction(0)) + times * coefficient
        kept = {place: coefficient for place, coefficient in terms.items() if coefficient}
        return Linear(kept, self.constant + times * other.constant)

    def scaled(self, times: Fraction) -> Linear:
        """So many times it."""
        return Linear({}).plus(self, times)


_ONE = Linear({}, Fraction(1))


@dataclass(frozen=True)
class Calculation:
    """What a formula computes: ``top / bottom``.

    Args:
        averages: whether it is an average of cells, of which blank ones do not count.
    """

    top: Linear
    bottom: Linear = _ONE
    averages: bool = False

    @property
    def is_sum(self) -> bool:
        """Whether it only adds up."""
        return self.bottom == _ONE and not self.top.constant and bool(self.top.terms) and not self.averages


def read(formula: str) -> Calculation:
    """Read a formula, as a workbook holds it, without its equals sign.

    Raises:
        NotRead: it is no quotient of linear forms.
    """
    if len(formula) > _MAX_LENGTH:
        raise NotRead("is too long")
    return _Reader(formula).whole()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.depth = text.strip().lstrip("="), 0, 0

    def whole(self) -> Calculation:
        found = self.sum()
        if self.text[self.at :].strip():
            raise NotRead("is no arithmetic")
        return found

    def peek(self) -> re.Match[str] | None:
        return _TOKEN.match(self.text, self.at)

    def sign(self, signs: str) -> str:
        match = self.peek()
        if match and match["sign"] and match["sign"] in signs:
            self.at = match.end()
            return match["sign"]
        return ""

    def sum(self) -> Calculation:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise NotRead("is nested too deeply")
        sign = self.sign("+-")
        found = self.product()
        if sign == "-":
            found = _times(found, Fraction(-1))
        while sign := self.sign("+-"):
            found = _added(found, self.product(), Fraction(1 if sign == "+" else -1))
        self.depth -= 1
        return found

    def product(self) -> Calculation:
        found = self.power()
        while sign := self.sign("*/"):
            other = self.power()
            found = _multiplied(found, other) if sign == "*" else _divided(found, other)
        return found

    def power(self) -> Calculation:
        match = self.peek()
        if match is None:
            raise NotRead("is no arithmetic")
        if match["sign"] in ("-", "+"):
            self.at = match.end()
            return _times(self.power(), Fraction(-1 if match["sign"] == "-" else 1))
        if match["function"]:
            self.at = match.end()
            found = self.called(match["function"].upper())
        elif match["cell"]:
            if match["last"]:
                raise NotRead("adds up no range")
            self.at = match.end()
            found = Calculation(Linear({next(_places(match)): Fraction(1)}))
        elif match["number"]:
            self.at = match.end()
            found = Calculation(Linear({}, Fraction(Decimal(match["number"]))))
        elif match["sign"] == "(":
            self.at = match.end()
            found = self.sum()
            self.closed()
        else:
            raise NotRead("is no arithmetic")
        while self.sign("%"):
            found = _times(found, Fraction(1, 100))
        return found

    def closed(self) -> None:
        if not self.sign(")"):
            raise NotRead("is no arithmetic")

    def called(self, name: str) -> Calculation:
        if name in _ALIKE:
            found = self.sum()
            while self.sign(",;"):
                following = self.peek()
                if following is not None and following["sign"] not in (",", ";", ")"):
                    self.argument()
            self.closed()
            return found
        if name in _ADDING:
            return self.added(name)
        if name in ("AVERAGE", "MEAN"):
            total, count = self.arguments()
            if count < 2:
                raise NotRead("averages nothing")
            return Calculation(total, Linear({}, Fraction(count)), averages=True)
        raise NotRead(f"calls {name}")

    def added(self, name: str) -> Calculation:
        for number in range(_ADDING[name]):
            how = self.sum()
            if how.top.terms or (not number and how.top.constant not in _SUBTOTALS):
                raise NotRead(f"calls {name}")
            if not self.sign(",;"):
                raise NotRead(f"calls {name}")
        return Calculation(self.arguments()[0])

    def arguments(self) -> tuple[Linear, int]:
        """What is added up of all arguments, and how many numbers that are."""
        total, count = self.argument()
        while self.sign(",;"):
            more, number = self.argument()
            total, count = total.plus(more), count + number
        self.closed()
        return total, count

    def argument(self) -> tuple[Linear, int]:
        match = self.peek()
        if match is not None and match["last"]:
            self.at = match.end()
            places = list(_places(match))
            return Linear(dict.fromkeys(places, Fraction(1))), len(places)
        found = self.sum()
        if found.bottom != _ONE:
            raise NotRead("adds up quotients")
        return found.top, 1


def _places(match: re.Match[str]) -> Iterator[Place]:
    """The cells that a token names."""
    sheet = match["sheet"] or ""
    if sheet.startswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    if "[" in sheet:
        raise NotRead("looks into another file")
    area: Box = box(f"{match['first']}:{match['last'] or match['first']}")
    if (area.bottom - area.top + 1) * (area.right - area.left + 1) > _MAX_CELLS:
        raise NotRead("adds up too many cells")
    for row in range(area.top, area.bottom + 1):
        for column in range(area.left, area.right + 1):
            yield sheet, row, column


def _is_number(found: Calculation) -> bool:
    return not found.top.terms and found.bottom == _ONE


def _times(found: Calculation, times: Fraction) -> Calculation:
    return Calculation(found.top.scaled(times), found.bottom, found.averages)


def _added(one: Calculation, other: Calculation, times: Fraction) -> Calculation:
    if one.bottom == other.bottom:
        return Calculation(one.top.plus(other.top, times), one.bottom)
    if _is_number(other):
        return Calculation(one.top.plus(one.bottom, times * other.top.constant), one.bottom)
    if _is_number(one):
        return Calculation(other.bottom.scaled(one.top.constant).plus(other.top, times), other.bottom)
    raise NotRead("adds up quotients")


def _multiplied(one: Calculation, other: Calculation) -> Calculation:
    if _is_number(other):
        return _times(one, other.top.constant)
    if _is_number(one):
        return _times(other, one.top.constant)
    raise NotRead("multiplies cells")


def _divided(one: Calculation, other: Calculation) -> Calculation:
    if not other.top.terms and other.bottom == _ONE:
        if not other.top.constant:
            raise NotRead("divides by zero")
        return _times(one, 1 / other.top.constant)
    if one.bottom != _ONE or other.bottom != _ONE:
        raise NotRead("divides quotients")
    return Calculation(one.top, other.top)
