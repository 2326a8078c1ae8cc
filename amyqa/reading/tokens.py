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
from functools import cached_property, lru_cache

from amyqa.model import Reading, Status

MAX_DIGITS = 18
_MAX_LENGTH = 100

_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_APOSTROPHES = "'\u2019"
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
_NOTE = re.compile(r"<(?=.*[^\W\d_])(.*)>", re.DOTALL)

_FOLD = {ord(dash): "-" for dash in _DASHES} | {ord(char): None for char in _INVISIBLE}


class UnreadableToken(ValueError):
    """A token that is no number, no dash and no mark of absence; says why and how to mend it."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.mend = mend


def fold(token: str) -> str:
    """White space, dashes and full-width characters in one form; superscripts stay."""
    text = token.translate(_FOLD).strip()
    if text.isascii():
        return text
    # only these: NFKC would make a digit of ¹, ₁ and ①, which are footnote marks
    wide = (unicodedata.decomposition(c).startswith("<wide>") for c in text)
    return "".join(unicodedata.normalize("NFKC", c) if w else c for c, w in zip(text, wide, strict=True))


@lru_cache(maxsize=100_000)
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
        text = fold(token)
        bare, mark = self._unmarked(text)
        if text in self._nil or bare in self._nil:
            return Reading(Status.NIL, Decimal(0), mark="" if text in self._nil else mark)
        if text in self._missing or bare in self._missing or bare.casefold() in _MISSING:
            return Reading(Status.MISSING, mark="" if text in self._missing else mark)
        if not bare.strip("-"):
            return Reading(Status.MISSING, mark=mark)
        if match := _NOTE.fullmatch(text):
            return Reading(Status.TEXT, note=match[1].strip())
        if len(text) > _MAX_LENGTH:
            raise self._unreadable(token)
        for pattern, at_least in ((_AT_LEAST, True), (_AT_MOST, False), (_AND_MORE, True)):
            if match := pattern.fullmatch(text):
                value, decimals, mark = self._number(match[1].strip(), token)
                return Reading(Status.BOUND, value, at_least, decimals, mark)
        value, decimals, mark = self._number(text, token)
        return Reading(Status.VALUE, value, None, decimals, mark)

    def _unmarked(self, text: str) -> tuple[str, str]:
        """The token without its footnote marks, and the marks."""
        match = self._marked.fullmatch(text) if len(text) <= _MAX_LENGTH else None
        if not match or not match["number"]:
            return text, ""
        return match["number"].strip(), (match["before"] + match["after"]).replace(" ", "")

    @cached_property
    def _nil(self) -> frozenset[str]:
        return frozenset(map(fold, self.nil))

    @cached_property
    def _missing(self) -> frozenset[str]:
        return frozenset(map(fold, self.missing))

    @cached_property
    def _marked(self) -> re.Pattern[str]:
        """A number, or a word of absence, with footnote marks before or behind it."""
        absent = sorted(_MISSING | self._nil | self._missing, key=len, reverse=True)
        words = "|".join(re.escape(word) for word in absent if word)
        # A mark of digits would take a digit off 561: it is read as a superscript only, and one
        # that begins with a digit, as "1)", not right behind another digit.
        declared = sorted(map(fold, self.marks), key=len, reverse=True)
        marks = [
            (r"(?<!\d)" if mark[0].isdigit() else "") + re.escape(mark)
            for mark in declared
            if mark.strip("0123456789-.,…")
        ]
        mark = "|".join([*marks, f"[{_LETTERS}{re.escape(_SYMBOLS)}]", f"[{_SUPERSCRIPTS}]+"])
        return re.compile(
            rf"(?P<before>(?:[{re.escape(_SYMBOLS)}]\s?)*+)(?P<number>(?i:{words})|.*?)"
            rf"(?P<after>(?:\s?(?:{mark}))*+)"
        )

    @cached_property
    def _figure(self) -> re.Pattern[str]:
        """Digits, grouped in threes (or as lakh and crore) by one kind of separator."""
        point = re.escape(self.decimal)
        groups = [re.escape(self.thousands), f"[ {_SPACES}]"]
        if self.decimal not in _APOSTROPHES:
            groups.append(f"[{_APOSTROPHES}]")
        # no group begins with a zero: 0,123 is a decimal comma that the table does not declare
        grouped = (
            rf"[1-9]\d{{0,2}}(?:{g}\d{{3}})+|[1-9]\d?(?:{g}\d\d)+{g}\d{{3}}" for g in dict.fromkeys(groups)
        )
        whole = "|".join([*grouped, r"\d+"])
        return re.compile(rf"(?P<whole>{whole})?(?:{point}(?P<fraction>\d+))?", re.ASCII)

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
        whole, fraction = without_noise(whole, fraction)
        if len(whole.lstrip("0")) + len(fraction) > MAX_DIGITS:
            message = f"{shorten(token)} has more than {MAX_DIGITS} digits"
            raise UnreadableToken(message, "no printed figure is that exact; correct it, or change the unit")
        value = Decimal(f"{whole or '0'}{'.' if fraction else ''}{fraction}")
        return -value if negative and value else value, len(fraction), mark

    def _unreadable(self, token: str) -> UnreadableToken:
        message = f"cannot read {shorten(token)} as a number"
        separated = re.fullmatch(rf"[0-9.,\s{_APOSTROPHES}]+", token.strip())
        if separated and re.search(r"\d", token) and not token.strip().isdigit():
            marks = f"decimal {self.decimal!r}, thousands {self.thousands!r}"
            return UnreadableToken(message, f"the table declares {marks}; correct the token or the YAML")
        if re.fullmatch(r"\(?[+-]?[\d.,]+\)?\s?[A-Za-z]{1,2}", token.strip()):
            advice = "if the letter is a footnote mark, declare it under notes:; else correct the digit"
            return UnreadableToken(message, advice)
        if token.casefold().strip("+- ") in {"nan", "inf", "infinity", "null", "none"}:
            return UnreadableToken(message, "a blank cell or .. means unknown")
        return UnreadableToken(message, "correct it, or declare it under nil: or missing:")


def without_noise(whole: str, fraction: str) -> tuple[str, str]:
    """A number's digits without the noise that a spreadsheet's binary fractions leave behind.

    ``754030.9999999999`` is 754,031: a number of 16 digits or more that is a shorter one, but for
    the last bits of a double.
    """
    significant = (whole + fraction).lstrip("0")
    if not 16 <= len(significant) <= MAX_DIGITS or len(fraction) < 6:
        return whole, fraction
    exact = Decimal(f"{whole or '0'}.{fraction}")
    kept = 11 - exact.adjusted()
    if kept < 0 or not 0 < abs(exact - (short := round(exact, kept))) <= exact * Decimal("1e-15"):
        return whole, fraction
    plain, _, rest = f"{short:f}".partition(".")
    return plain, rest.rstrip("0")


def shorten(token: str, most: int = 40) -> str:
    """A token in quotes, cut when it is long."""
    return repr(token if len(token) <= most else token[: most - 1] + "…")
