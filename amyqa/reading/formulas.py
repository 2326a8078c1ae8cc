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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from amyqa.errors import nearest
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

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.mend = mend


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


@dataclass(frozen=True)
class Labels:
    """The labels a formula may use.

    Args:
        here: labels that may stand alone (the columns for a row's formula, and so on).
        rows, columns: labels inside brackets.
        what: what `here` are, for messages.
    """

    here: Sequence[str]
    rows: Sequence[str]
    columns: Sequence[str]
    what: str


def parse(text: str, labels: Labels) -> Formula:
    """Read one formula.

    Raises:
        FormulaError: not of the grammar above, or naming a label that is not there.
    """
    return _Parser(text, labels).formula()


class _Parser:
    def __init__(self, text: str, labels: Labels) -> None:
        self.text = normalise(text)
        self.at = 0
        self.quotes: set[int] = set()
        self.labels = labels
        self.known = _by_length(labels.here)
        self.rows = _by_length(labels.rows)
        self.columns = _by_length(labels.columns)

    def formula(self) -> Formula:
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
        sign = self.sign(first=True) or 1
        terms = [self.product(sign)]
        while sign := self.sign(first=False):
            terms.append(self.product(sign))
        return tuple(terms)

    def sign(self, *, first: bool) -> int:
        self.skip()
        if first and (self.label(self.known, peek=True) or "").strip(_OPERATORS):
            return 0  # a label may begin with a dash
        char = self.text[self.at : self.at + 1]
        if (char and char in "-−–") or (char == "+" and not first):
            self.at += 1
            return 1 if char == "+" else -1
        return 0

    def product(self, sign: int) -> tuple[int, Operand]:
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
            if name := self.label(_by_length([*self.labels.columns, *self.labels.rows])):
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
                refused.append((self.at, "did you mean" in error.mend, error))
                continue
            self.expect("]")
            return Place(found["row"], found["column"])
        # the order that was read furthest, or has a label that is nearly right, was meant
        raise max(refused, key=lambda refusal: refusal[:2])[2]

    def bracketed(self, what: str) -> str:
        known = self.rows if what == "row" else self.columns
        self.skip()
        if name := self.label(known):
            return name
        word = re.split(r"[,\]]", self.text[self.at :])[0].strip()
        raise FormulaError(f"no {what} is labelled {word!r}", nearest(word, known.values()))

    def expect(self, char: str) -> None:
        self.skip()
        if not self.text.startswith(char, self.at):
            raise FormulaError(f"expected {char!r} at {self.text[self.at :]!r}", "write [row, column]")
        self.at += 1

    def label(self, known: Mapping[str, str], *, peek: bool = False) -> str | None:
        """The longest known label that stands here whole."""
        if self.text.startswith('"', self.at):
            end = self.text.find('"', self.at + 1)
            name = known.get(normalise(self.text[self.at + 1 : end])) if end > 0 else None
            if name is not None:
                if not peek:
                    self.quotes |= {self.at, end}
                    self.at = end + 1
                return name
        for folded, name in known.items():
            end = self.at + len(folded)
            if self.text.startswith(folded, self.at) and self.ends(end):
                if not peek:
                    self.at = end
                return name
        return None

    def ends(self, at: int) -> bool:
        """Whether a label may end here: at the end, before a space, an operator or a bracket."""
        return at >= len(self.text) or self.text[at] in " ,]<>≤≥" + _OPERATORS

    def take(self, pattern: re.Pattern[str]) -> str | None:
        self.skip()
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match[0] if match else None

    def skip(self) -> None:
        while self.text.startswith(" ", self.at):
            self.at += 1

    def lost(self, message: str = "") -> FormulaError:
        rest = self.text[self.at :].strip()
        if message or not rest:
            return FormulaError(message or "ends too early", "as in Total = Male + Female")
        if rest[0] in _OPERATORS + "<>≤≥,]*×" or self.label(self.known, peek=True):
            advice = "join labels by + or -, and the two sides by one of = <= >="
            return FormulaError(f"makes no sense from {rest!r} on", advice)
        ends = r'"' if rest[0] == '"' else r"\s[+\-−–=<>≤≥]+\s|\s?[=<>≤≥]"
        word = re.split(ends, rest.removeprefix('"'))[0].strip()
        message = f"no {self.labels.what} is labelled {word!r}"
        if word.casefold().startswith("sum of "):
            return FormulaError(message, nearest(word[7:], [*self.labels.columns, *self.labels.rows]))
        return FormulaError(message, nearest(word, self.labels.here) or "write [row, column]")


def _by_length(labels: Sequence[str]) -> dict[str, str]:
    """Labels by their normal form, longest first."""
    by_form = {normalise(label): label for label in reversed(labels)}
    return dict(sorted(by_form.items(), key=lambda item: -len(item[0])))


def terms(
    formula: Formula, locate: Callable[[Operand], Sequence[int | Reference | Decimal]]
) -> tuple[Term, ...]:
    """The formula's terms over cells.

    Args:
        locate: the cells of an operand (several for a sum).
    """
    return tuple(Term(cell, c) for c, operand in formula.terms for cell in locate(operand))
