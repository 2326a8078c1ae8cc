"""Ratios stated as formulas: ``Share of women = 100 * Women / Persons``.

    ratio      = operand "=" expression
    expression = [number "*"] part ["/" part] ["*" number] [("+" | "-") number]
               | "average of" operand ("," operand)*
    part       = operand | number | "(" side ")"

Operands and sides are those of :mod:`amyqa.reading.formulas`, but of this table alone. What is added up
of what is divided by is taken out: 100 * (B - A) / A is 100 * B / A - 100, whose rounding is A's once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from amyqa.errors import BadSpec
from amyqa.model import Reference
from amyqa.model.ratios import CellTerm, StatedRatio
from amyqa.reading.formulas import FormulaError, Label, Labels, Operand, Parser
from amyqa.reading.spec import is_left_out
from amyqa.reading.stated import StatedFormulas, runs
from amyqa.reading.tokens import normalise
from amyqa.reading.yamlfile import KeyPath

_TIMES = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*[*×]\s*")
_BY = re.compile(r"[*×]\s*(\d{1,9}(?:\.\d{1,9})?)")
_OFFSET = re.compile(r"([-−–+])\s*(\d{1,9})$")
_AVERAGE = "average of "
Side = tuple[tuple[int, Operand], ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A parsed ratio; no bottom is 1."""

    text: str
    result: Operand
    top: Side
    bottom: Side
    factor: Fraction
    offset: int


def parse(text: str, labels: Labels) -> Ratio:
    """Read one ratio.

    Raises:
        FormulaError: not of the grammar above, or naming a label that is not there.
    """
    return _RatioParser(text, labels).ratio()


class _RatioParser(Parser):
    """Labels may end before a stroke, a bracket or a sign of multiplication too."""

    ENDING = Parser.ENDING + "/)*×÷"
    BREAK = Parser.BREAK + r"|\s[/*×÷]\s|[,)]"

    def ratio(self) -> Ratio:
        """All of it."""
        result = self.operand()
        if self.take(re.compile("=")) is None:
            raise self.lost("has no = sign" if self.at >= len(self.text) else "")
        self.skip()
        averaged = self.text[self.at : self.at + len(_AVERAGE)].casefold() == _AVERAGE
        found = self.average(result) if averaged else self.quotient(result)
        self.skip()
        if self.at < len(self.text):
            raise self.lost()
        text = "".join(char for i, char in enumerate(self.text) if i not in self.quotes)
        return replace(found, text=text)

    def average(self, result: Operand) -> Ratio:
        """``average of A, B, C``."""
        self.at += len(_AVERAGE)
        parts = [self.operand()]
        while self.take(re.compile(",")):
            parts.append(self.operand())
        if len(parts) < 2:
            raise FormulaError("an average of one number is that number", "name what it is the average of")
        return Ratio("", result, tuple((1, part) for part in parts), (), Fraction(1, len(parts)), 0)

    def quotient(self, result: Operand) -> Ratio:
        """``100 * A / B``."""
        factor = self.times(_TIMES)
        top = self.part()
        bottom = self.part() if self.take(re.compile("[/÷]")) else ()
        factor *= self.times(_BY)
        offset = 0
        self.skip()
        if match := _OFFSET.match(self.text, self.at):
            offset = int(match[2]) * (1 if match[1] == "+" else -1)
            self.at = match.end()
        if len(bottom) == 1 and isinstance(number := bottom[0][1], Decimal):
            if not number:
                raise FormulaError("nothing can be divided by zero", "name what it is divided by")
            factor, bottom = factor / Fraction(number), ()
        if not bottom and factor == 1:
            raise FormulaError("nothing is divided here", "state what is only added up under identities:")
        return _taken_out(Ratio("", result, top, bottom, factor, offset))

    def times(self, pattern: re.Pattern[str]) -> Fraction:
        """A number that is multiplied by; 1 where there is none."""
        self.skip()
        match = pattern.match(self.text, self.at)
        if match is None or (self.label(self.known, peek=True) or "").startswith(match[0].strip()):
            return Fraction(1)
        self.at = match.end()
        if not (found := Fraction(match[1])):
            raise FormulaError("zero times a number is zero", "write another factor")
        return found

    def part(self) -> Side:
        """An operand, or several in brackets."""
        self.skip()
        if self.text.startswith("(", self.at) and self.label(self.known, peek=True) is None:
            self.at += 1
            found = self.side()
            if self.take(re.compile(r"\)")) is None:
                raise FormulaError("a bracket ( is never closed", "as in 100 * (B - A) / A")
            return found
        return ((1, self.operand()),)


def _taken_out(ratio: Ratio) -> Ratio:
    """The same without what is divided by among what is divided."""
    if len(ratio.bottom) != 1 or ratio.bottom[0][0] != 1:
        return ratio
    divisor = ratio.bottom[0][1]
    times = sum(coefficient for coefficient, operand in ratio.top if operand == divisor)
    rest = tuple(term for term in ratio.top if term[1] != divisor)
    added = ratio.factor * times
    if not times or not rest or added.denominator != 1:
        return ratio
    return replace(ratio, top=rest, offset=ratio.offset + int(added))


class StatedRatios:
    """The ratios of one table, resolved to its cells."""

    def __init__(self, stated: StatedFormulas) -> None:
        self.stated, self.table = stated, stated.table
        self.apart = {normalise(label) for label in self.table.spec.ratios.except_in}

    def all(self) -> Iterator[StatedRatio]:
        """Every ratio that can be read, in the order of the YAML; mistakes are gathered."""
        spec, stated = self.table.spec.ratios, self.stated
        rows, columns = list(stated.row_at), list(self.table.columns)
        stated.check_apart("ratios", spec.except_in, [*rows, *columns])
        every_row = [row.label for row in self.table.rows]
        held = [stated.holds_numbers(c) and label not in self.apart for c, label in enumerate(columns)]
        sections = (
            ("in every row", spec.in_every_row, Labels(columns, rows, columns, "column"), "row", every_row,
             [label not in self.apart for label in every_row]),
            ("in every column", spec.in_every_column, Labels(rows, rows, columns, "row"), "column", columns,
             held),
            ("cells", spec.cells, Labels([], rows, columns, "cell"), "", (), ()),
        )  # fmt: skip
        for section, texts, labels, along, lines, wanted in sections:
            for i, text in enumerate(texts):
                path: KeyPath = ("ratios", section, i)
                if (ratio := self._parse(path, text, labels)) is None:
                    continue
                for first, next in runs(wanted) if along else [(0, 0)]:
                    yield self._resolved(path, ratio, along, lines[first:next], first)

    def _parse(self, path: KeyPath, text: str, labels: Labels) -> Ratio | None:
        if is_left_out(text):
            return None
        try:
            return parse(text, labels)
        except FormulaError as error:
            problem = self.stated.yaml.problem(path, f"{text!r}: {error}", error.hint)
            self.stated.problems.add(BadSpec, problem)
        return None

    def _resolved(
        self, path: KeyPath, ratio: Ratio, along: str, labels: Sequence[str], first: int
    ) -> StatedRatio:
        step = {"row": len(self.table.columns), "column": 1}.get(along, 0)

        def terms(side: Side) -> tuple[CellTerm, ...]:
            return tuple(
                (cell, coefficient, step if isinstance(operand, Label) and not operand.summed else 0)
                for coefficient, operand in side
                for cell in self.stated.locate(operand, along, first)
                if isinstance(cell, int)
            )

        sides = ((1, ratio.result),), ratio.top, ratio.bottom
        if any(isinstance(operand, Reference | Decimal) for side in sides for _, operand in side):
            message = f"{ratio.text!r} names another table, or a number where a label should stand"
            advice = "a ratio is that of numbers printed in this table"
            self.stated.problems.add(BadSpec, self.stated.yaml.problem(path, message, advice))
        operands = [operand for side in sides for _, operand in side]
        result, top, bottom = map(terms, sides)
        return StatedRatio(
            ratio.text, (*result, (1, 1, 0))[0], top, bottom, ratio.factor, ratio.offset, along, labels,
            unknown=self.stated.ambiguous(operands, down=along == "column"),
            line=self.stated.yaml.lines.get(path, 0),
        )  # fmt: skip
