"""Identities stated as formulas: ``Total = Male + Female``, ``[Total, 2005] = [Total, 2004] + 12``.

A formula names cells by the labels as printed (longest label first, so a label may hold a plus or
a hyphen; put it in double quotes where it would read two ways). It becomes terms over cells with
whole coefficients; the relation holds when their weighted sum is zero (or at most, or at least).

    formula    = side ("=" | "<=" | ">=") side
    side       = ["-"] product (("+" | "-") product)*
    product    = [whole number "*"] operand
    operand    = label | "[" row "," column "]" | table "[" row "," column "]"
               | "sum of" label | number
    table      = its id, in double quotes where it holds blanks: 2005/arcadia/workers, "my table"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from amyqa.errors import did_you_mean
from amyqa.model import Reference, Term
from amyqa.reading.tokens import MAX_DIGITS, normalise, shorten

MAX_COEFFICIENT = 1000

_SENSE = re.compile(r"<=|>=|≤|≥|=")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FACTOR = re.compile(r"(\d{1,9})\s*[*×]\s*")
_TABLE = re.compile(r'"(?P<quoted>[^"\[\]]+)"(?=\[)|[\w.-]+(?:/[\w.-]+)*(?=\[)')
_AFAR = re.compile(r"""\[\s*(?:"([^"]*)"|([^\]"]*?))\s*,\s*(?:"([^"]*)"|([^\],"]*?))\s*\]""")
_OPERATORS = "+-−–="


class FormulaError(ValueError):
    """A formula that cannot be read; says why and how to mend it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Label:
    """A row's or column's label, meaning its cell in the column or row at hand (or their sum)."""

    name: str
    summed: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of the same table named by both its labels."""

    row: str
    column: str


Operand = Label | Place | Reference | Decimal


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula: everything on the left, signs turned, compared with zero.

    `text` is as written, but for the quotes around labels.
    """

    text: str
    terms: tuple[tuple[int, Operand], ...]
    sense: str
    deducts: bool = False


class FormulaContext:
    """Labels by their normal form, found where they stand in a text, the longest first."""

    def __init__(self, labels: Sequence[str]) -> None:
        self.by_form = {normalise(label): label for label in reversed(labels)}
        self.lengths = sorted(set(map(len, self.by_form)), reverse=True)

    def at(self, text: str, start: int) -> Iterator[tuple[str, int]]:
        """Every label that stands there, with its end."""
        for length in self.lengths:
            form = text[start : start + length]
            if len(form) == length and form in self.by_form:
                yield self.by_form[form], start + length


@dataclass(frozen=True)
class Labels:
    """The labels a formula may use; made once for all formulas of a kind.

    Args:
        here: labels that may stand alone (the columns for a row's formula, and so on).
        rows, columns: labels inside brackets.
        what: what `here` are, for messages.
    """

    here: Sequence[str]
    rows: Sequence[str]
    columns: Sequence[str]
    what: str

    @cached_property
    def alone(self) -> FormulaContext:
        """Those that may stand alone."""
        return FormulaContext(self.here)

    @cached_property
    def in_rows(self) -> FormulaContext:
        """Those of rows."""
        return FormulaContext(self.rows)

    @cached_property
    def in_columns(self) -> FormulaContext:
        """Those of columns."""
        return FormulaContext(self.columns)

    @cached_property
    def summed(self) -> FormulaContext:
        """Those of columns and rows."""
        return FormulaContext([*self.columns, *self.rows])


def parse(text: str, labels: Labels) -> Formula:
    """Read one formula.

    Raises:
        FormulaError: not of the grammar above, or naming a label that is not there.
    """
    return Parser(text, labels).formula()


class Parser:
    """What reads a formula from left to right.

    Args:
        text: the formula.
        labels: that it may use.
    """

    ENDING = " ,]<>≤≥" + _OPERATORS
    """What may stand behind a label."""
    BREAK = r"\s[+\-−–=<>≤≥]+\s|\s?[=<>≤≥]"
    """Where a label that is not known seems to end."""

    def __init__(self, text: str, labels: Labels) -> None:
        self.text = normalise(text)
        self.at = 0
        self.quotes: set[int] = set()
        self.labels = labels
        self.known = labels.alone

    def formula(self) -> Formula:
        """All of it: two sides and what stands between them."""
        left = self.side()
        sense = self.take(_SENSE)
        if sense is None:
            raise self.lost("has no = sign" if self.at >= len(self.text) else "")
        right = self.side()
        if self.at < len(self.text):
            raise self.lost()
        terms = (*left, *((-coefficient, operand) for coefficient, operand in right))
        text = "".join(char for i, char in enumerate(self.text) if i not in self.quotes)
        deducts = any(coefficient < 0 for coefficient, _ in (*left, *right))
        return Formula(text, terms, {"≤": "<=", "≥": ">="}.get(sense, sense), deducts)

    def side(self) -> tuple[tuple[int, Operand], ...]:
        """Operands, added or deducted."""
        sign = self.sign(first=True) or 1
        terms = [self.product(sign)]
        while sign := self.sign(first=False):
            terms.append(self.product(sign))
        return tuple(terms)

    def sign(self, *, first: bool) -> int:
        """1 or -1; 0 where no sign stands here."""
        self.skip()
        if first and (self.label(self.known, peek=True) or "").strip(_OPERATORS):
            return 0  # a label may begin with a dash
        char = self.text[self.at : self.at + 1]
        if (char and char in "-−–") or (char == "+" and not first):
            self.at += 1
            return 1 if char == "+" else -1
        return 0

    def product(self, sign: int) -> tuple[int, Operand]:
        """An operand and its coefficient."""
        self.skip()
        match, name = _FACTOR.match(self.text, self.at), self.label(self.known, peek=True)
        if match and (name is None or normalise(name) == match[1]):  # "2 * Male" may be a label itself
            factor = int(match[1])
            if not 1 <= factor <= MAX_COEFFICIENT:
                message = f"the factor {factor} is not between 1 and {MAX_COEFFICIENT}"
                raise FormulaError(message, "a change of unit does not belong in a formula")
            self.at = match.end()
            return sign * factor, self.operand()
        return sign, self.operand()

    def operand(self) -> Operand:
        """A label, a place, a cell of another table or a number."""
        self.skip()
        label = self.label(self.known, peek=True) or ""
        if (match := _TABLE.match(self.text, self.at)) and len(normalise(label)) < len(match[0]):
            if quoted := match["quoted"]:
                self.quotes |= {self.at, match.end() - 1}
            self.at = match.end()
            return self.reference(quoted or match[0])
        if self.text.startswith("[", self.at):
            return self.place()
        if self.text[self.at : self.at + 7].casefold() == "sum of ":
            start = self.at
            self.at += 7
            if name := self.label(self.labels.summed):
                return Label(name, summed=True)
            self.at = start
        if name := self.label(self.known):
            return Label(name)
        if number := self.take(_NUMBER):
            if len(number) > MAX_DIGITS:
                raise FormulaError(f"{shorten(number)} has more than {MAX_DIGITS} digits", "correct it")
            return Decimal(number)
        raise self.lost()

    def reference(self, table: str) -> Reference:
        """``[row, column]`` of another table, whose labels are taken as they stand."""
        match = _AFAR.match(self.text, self.at)
        if not match:
            raise FormulaError(f"{self.text[self.at :]!r} names no row and column", "write [row, column]")
        self.at = match.end()
        for group in (1, 3):
            if match[group] is not None:
                self.quotes |= {match.start(group) - 1, match.end(group)}
        return Reference(table, match[1] or match[2] or "", match[3] or match[4] or "")

    def place(self) -> Place:
        """``[row, column]`` of this table, or ``[column, row]`` where it can mean nothing else."""
        if self.text.find("]", self.at) < 0:
            raise FormulaError("a bracket [ is never closed", "write [row, column]")
        start = self.at + 1
        refused: list[tuple[int, bool, FormulaError]] = []
        for order in (("row", "column"), ("column", "row")):
            self.at = start
            try:
                first = self.bracketed(order[0])
                self.expect(",")
                found = dict(zip(order, (first, self.bracketed(order[1])), strict=True))
            except FormulaError as error:
                refused.append((self.at, "did you mean" in error.hint, error))
                continue
            self.expect("]")
            return Place(found["row"], found["column"])
        # the order that was read furthest, or has a label that is nearly right, was meant
        raise max(refused, key=lambda refusal: refusal[:2])[2]

    def bracketed(self, what: str) -> str:
        """The label of a row or a column inside brackets."""
        known = self.labels.in_rows if what == "row" else self.labels.in_columns
        self.skip()
        if name := self.label(known):
            return name
        word = re.split(r"[,\]]", self.text[self.at :])[0].strip()
        raise FormulaError(f"no {what} is labelled {word!r}", did_you_mean(word, known.by_form.values()))

    def expect(self, char: str) -> None:
        """Pass over a character that must stand here."""
        self.skip()
        if not self.text.startswith(char, self.at):
            raise FormulaError(f"expected {char!r} at {self.text[self.at :]!r}", "write [row, column]")
        self.at += 1

    def label(self, known: FormulaContext, *, peek: bool = False) -> str | None:
        """The longest known label that stands here whole."""
        if self.text.startswith('"', self.at):
            end = self.text.find('"', self.at + 1)
            name = known.by_form.get(normalise(self.text[self.at + 1 : end])) if end > 0 else None
            if name is not None:
                if not peek:
                    self.quotes |= {self.at, end}
                    self.at = end + 1
                return name
        for name, end in known.at(self.text, self.at):
            if self.ends(end):
                if not peek:
                    self.at = end
                return name
        return None

    def ends(self, at: int) -> bool:
        """Whether a label may end here: at the end, before a space, an operator or a bracket."""
        return at >= len(self.text) or self.text[at] in self.ENDING

    def take(self, pattern: re.Pattern[str]) -> str | None:
        """What matches here, passed over; None where nothing does."""
        self.skip()
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match[0] if match else None

    def skip(self) -> None:
        """Pass over blanks."""
        while self.text.startswith(" ", self.at):
            self.at += 1

    def lost(self, message: str = "") -> FormulaError:
        """Why it cannot be read from here on."""
        rest = self.text[self.at :].strip()
        if message or not rest:
            return FormulaError(message or "ends too early", "as in Total = Male + Female")
        if rest[0] in _OPERATORS + "<>≤≥,]*×" or self.label(self.known, peek=True):
            advice = "join labels by + or -, and the two sides by one of = <= >="
            return FormulaError(f"makes no sense from {rest!r} on", advice)
        ends = r'"' if rest[0] == '"' else self.BREAK
        word = re.split(ends, rest.removeprefix('"'))[0].strip()
        message = f"no {self.labels.what} is labelled {word!r}"
        if word.casefold().startswith("sum of "):
            return FormulaError(message, did_you_mean(word[7:], [*self.labels.columns, *self.labels.rows]))
        return FormulaError(message, did_you_mean(word, self.labels.here) or "write [row, column]")


def terms(
    formula: Formula, locate: Callable[[Operand], Sequence[int | Reference | Decimal]], step: int = 0
) -> tuple[Term, ...]:
    """The formula's terms over cells.

    Args:
        locate: the cells of an operand (several for a sum).
        step: how far apart the cells of a label that stands alone are, from instance to instance.
    """
    return tuple(
        Term(cell, c, step if isinstance(operand, Label) and not operand.summed else 0)
        for c, operand in formula.terms
        for cell in locate(operand)
    )
