"""What a printed token means: ``1,234*``, ``(0.6)``, ``150,000 up``, ``..``, ``–``.

The grammar is the print's, not a programming language's: thousand separators must group the
digits, brackets mean minus, a dash is unknown unless the table says that it is nil, and what
cannot be read is an error, never a guess.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from amyqa.model import Reading, Status

MAX_DIGITS = 18

_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_SUPERSCRIPTS = "¹²³⁰⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵖʳ"
_SYMBOLS = "*†‡§¶#"
# Letters that statisticians put after a number (revised, provisional, estimated) and the first
# few footnote letters. Others are read only where the notes declare them: l, o, s are misprints.
_LETTERS = "abcdefprEPR"
_MISSING = frozenset({"..", "...", "…", "n/a", "n.a.", "n.a", "na", "not available", "unknown"})

_AT_LEAST = re.compile(r"(?:>=|>|≥|over\s+|more than\s+|at least\s+)\s*(.+)", re.IGNORECASE)
_AT_MOST = re.compile(r"(?:<=|<|≤|under\s+|less than\s+|fewer than\s+|at most\s+|up to\s+)\s*(.+)", re.I)
_AND_MORE = re.compile(r"(.*?\d.*?)\s*(?:\+|up|and (?:over|more|above)|or more)", re.IGNORECASE)
_NOTE = re.compile(r"<(.*[^\W\d_].*)>", re.DOTALL)

_FOLD = {ord(dash): "-" for dash in _DASHES} | {ord(char): None for char in _INVISIBLE}


class UnreadableToken(ValueError):
    """A token that is no number, no dash and no mark of absence; says why and how to mend it."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.mend = mend


def normalise(text: str) -> str:
    """One form for labels: compatibility characters folded, white space single."""
    folded = "".join(c for c in text if c not in _INVISIBLE)
    return " ".join(unicodedata.normalize("NFKC", folded).split())


@dataclass(frozen=True)
class Notation:
    """How a table writes its numbers; made once a table, called once a token.

    Args:
        decimal, thousands: one character each.
        nil: tokens that count as zero (any dash stands for every dash).
        missing: further tokens that mean unknown.
        marks: footnote marks that the notes declare.
    """

    decimal: str = "."
    thousands: str = ","
    nil: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    marks: tuple[str, ...] = ()

    def read(self, token: str) -> Reading:
        """Read one token.

        Raises:
            UnreadableToken: with the reason and what to do.
        """
        text = self._fold(token)
        bare, mark = self._unmarked(text)
        if text in self._nil or bare in self._nil:
            return Reading(Status.NIL, Decimal(0), mark="" if text in self._nil else mark)
        if not bare.strip("-") or bare.casefold() in _MISSING or text in self._missing:
            return Reading(Status.MISSING, mark=mark)
        if match := _NOTE.fullmatch(text):
            return Reading(Status.TEXT, note=match[1].strip())
        for pattern, at_least in ((_AT_LEAST, True), (_AT_MOST, False), (_AND_MORE, True)):
            if match := pattern.fullmatch(text):
                value, decimals, mark = self._number(match[1].strip(), token)
                return Reading(Status.BOUND, value, at_least, decimals, mark)
        value, decimals, mark = self._number(text, token)
        return Reading(Status.VALUE, value, None, decimals, mark)

    def _unmarked(self, text: str) -> tuple[str, str]:
        """The token without its footnote marks, and the marks."""
        match = self._marked.fullmatch(text)
        if not match or not match["number"]:
            return text, ""
        return match["number"].strip(), (match["before"] + match["after"]).replace(" ", "")

    @cached_property
    def _nil(self) -> frozenset[str]:
        return frozenset(self._fold(token) for token in self.nil)

    @cached_property
    def _missing(self) -> frozenset[str]:
        return frozenset(self._fold(token) for token in self.missing)

    @cached_property
    def _marked(self) -> re.Pattern[str]:
        """A number with footnote marks before or behind it."""
        declared = sorted(self.marks, key=len, reverse=True)
        words = [re.escape(mark) for mark in declared] + [f"[{_LETTERS}{re.escape(_SYMBOLS)}]"]
        mark = "|".join([*words, f"[{_SUPERSCRIPTS}]+"])
        return re.compile(
            rf"(?P<before>(?:[{re.escape(_SYMBOLS)}]\s?)*)(?P<number>.*?)(?P<after>(?:\s?(?:{mark}))*)"
        )

    @cached_property
    def _figure(self) -> re.Pattern[str]:
        """Digits, grouped in threes (or as lakh and crore) by one kind of separator."""
        point = re.escape(self.decimal)
        groups = [re.escape(self.thousands), rf"[{_SPACES}]"]
        if self.thousands != " ":
            groups.append(" ")
        if "'" not in (self.thousands, self.decimal):
            groups += ["'", "\u2019"]
        whole = "|".join(
            [*(rf"\d{{1,3}}(?:{g}\d{{3}})+|\d{{1,2}}(?:{g}\d\d)+{g}\d{{3}}" for g in groups), r"\d+"]
        )
        return re.compile(rf"(?P<whole>{whole})?(?:{point}(?P<fraction>\d+))?", re.ASCII)

    def _fold(self, token: str) -> str:
        """White space, dashes and full-width characters in one form; superscripts stay."""
        text = token.translate(_FOLD).strip()
        if text.isascii():
            return text
        # NFKC would turn a superscript into a digit, and a thin space into a plain one
        keep = set(_SUPERSCRIPTS) | {c for c in text if c.isspace()} | {"…"}
        return "".join(c if c in keep else unicodedata.normalize("NFKC", c) for c in text).strip()

    def _number(self, text: str, token: str) -> tuple[Decimal, int, str]:
        """Value, printed decimals and footnote marks of a number."""
        number, mark = self._unmarked(text)
        negative = False
        number = number.removesuffix("%").strip()
        if number.startswith("(") and number.endswith(")"):
            negative, number = True, number[1:-1].strip().removesuffix("%").strip()
        if number.startswith(("-", "+")):
            if negative:
                raise self._unreadable(token)
            negative, number = number[0] == "-", number[1:].lstrip()
        match = self._figure.fullmatch(number)
        if not match or not number:
            raise self._unreadable(token)
        fraction = match["fraction"] or ""
        whole = "".join(c for c in match["whole"] or "" if c.isdigit())
        if len(whole.lstrip("0")) + len(fraction) > MAX_DIGITS:
            message = f"{shorten(token)} has more than {MAX_DIGITS} digits"
            raise UnreadableToken(message, "no printed figure is that exact; correct it, or change the unit")
        value = Decimal(f"{'-' if negative else ''}{whole or '0'}{'.' if fraction else ''}{fraction}")
        return value, len(fraction), mark

    def _unreadable(self, token: str) -> UnreadableToken:
        message = f"cannot read {shorten(token)} as a number"
        digits = re.sub(r"[^\d.,]", "", token)
        if re.fullmatch(r"[\d.,]*\d[\d.,]*", token.strip()) and ("," in digits or "." in digits):
            marks = f"decimal {self.decimal!r}, thousands {self.thousands!r}"
            return UnreadableToken(message, f"the table declares {marks}; correct the token or the YAML")
        if re.fullmatch(r"\(?[+-]?[\d.,]+\)?\s?[A-Za-z]{1,2}", token.strip()):
            advice = "if the letter is a footnote mark, declare it under notes:; else correct the digit"
            return UnreadableToken(message, advice)
        if token.casefold().strip("+-") in {"nan", "inf", "infinity", "null", "none"}:
            return UnreadableToken(message, "a blank cell or .. means unknown")
        return UnreadableToken(message, "correct it, or declare it under nil: or missing:")


def shorten(token: str, most: int = 40) -> str:
    """A token in quotes, cut when it is long."""
    return repr(token if len(token) <= most else token[: most - 1] + "…")
