"""What a printed token means: ``1,234*``, ``(0.6)``, ``150,000 up``, ``1.5bn``, ``[c]``, ``–``.

The grammar is the print's, not a programming language's: thousand separators must group the
digits, brackets mean minus, a dash is unknown unless the table says that it is nil, and what
cannot be read is an error, never a guess. What the signs of offices mean is in :mod:`amyqa.reading.signs`.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal, localcontext
from functools import cached_property, lru_cache

from amyqa.model import NO_LABEL, Reading, Status
from amyqa.reading import signs

MAX_DIGITS = 28
"""More are no number of any print; fewer than these can be added up, see :mod:`amyqa.rules.numbers`."""
_PLAIN = 15
"""So many digits at most are a number without a second look."""
_MAX_LENGTH = 100
_MAX_KNOWN = 50_000
_MAX_ULPS = 64
"""So far from the short number are sums of many binary fractions."""

_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_TRAILING = "-\u2010\u2212\ufe63\uff0d"  # a longer dash behind a number is an open range
_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_APOSTROPHES = "'\u2019"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_SYMBOLS = "*†‡§¶#"
_DIGITAL = "0123456789-.,…"  # a mark of these alone could not be told from a number

_BOUNDS = (  # pattern, at least, the number itself left out
    (re.compile(r"(?:>=|≥|≧|⩾|at least\s+|not less than\s+|no less than\s+)\s*(.+)", re.I), True, False),
    (re.compile(r"(?:>|over\s+|above\s+|more than\s+)\s*(.+)", re.I), True, True),
    (
        re.compile(r"(?:<=|≤|≦|⩽|at most\s+|up to\s+|not more than\s+|no more than\s+)\s*(.+)", re.I),
        False,
        False,
    ),
    (re.compile(r"(?:<|under\s+|below\s+|less than\s+|fewer than\s+)\s*(.+)", re.I), False, True),
    (re.compile(r"(.*?\d.*?)\s*(?:\+|up|(?:and|or) (?:over|more|above|up))", re.I), True, False),
    (re.compile(r"(.*?\d.*?)\s*(?:and|or) (?:under|below|less|fewer)", re.I), False, False),
)
_NOTE = re.compile(r"<(?=.*[^\W\d_])(.*)>", re.DOTALL)

_FOLD = {ord(dash): "-" for dash in _DASHES} | {ord(char): None for char in _INVISIBLE} | {ord("٪"): "%"}


class UnreadableToken(ValueError):
    """A token that is no number, no dash and no mark of absence; says why and how to mend it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def fold(token: str) -> str:
    """White space, dashes, digits and full-width characters in one form; superscripts stay."""
    text = token.translate(_FOLD).strip()
    if text.isascii():
        return text
    # only these: NFKC would make a digit of ¹, ₁ and ①, which are footnote marks
    wide = (unicodedata.decomposition(c).startswith("<wide>") for c in text)
    text = "".join(unicodedata.normalize("NFKC", c) if w else c for c, w in zip(text, wide, strict=True))
    digits = {c: unicodedata.decimal(c) for c in text if c.isdecimal()}
    # digits of two scripts in one number are a slip
    if len({ord(c) - value for c, value in digits.items()}) == 1:
        text = "".join(str(digits[c]) if c in digits else c for c in text)
    return text


@lru_cache(maxsize=100_000)
def normalise(text: str) -> str:
    """One form for labels: compatibility characters folded, white space single."""
    if text.isascii() and text.isprintable():  # as most labels are: nothing to fold
        return " ".join(text.split())
    folded = "".join(c for c in text if c not in _INVISIBLE)
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def row_labels(rows: Iterable[Iterable[str]]) -> list[str]:
    """Labels of rows, those of several columns joined by `` | ``; rows without any are numbered."""
    labels, blank = [], 0
    for keys in rows:
        parts = list(map(normalise, keys))
        if any(parts) or not parts:
            labels.append(" | ".join(parts))
        else:
            blank += 1
            labels.append(NO_LABEL if blank == 1 else f"{NO_LABEL}#{blank}")
    return labels


@dataclass(frozen=True)
class Notation:
    """How a table writes its numbers; made once a table, called once a token.

    Args:
        decimal, thousands: one character each.
        nil: tokens that count as zero (any dash stands for every dash).
        missing: further tokens that mean unknown.
        marks: footnote marks that the notes declare.
        multipliers: what multiplies the number before it, and the power of ten.
    """

    decimal: str = "."
    thousands: str = ","
    nil: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    marks: tuple[str, ...] = ()
    multipliers: tuple[tuple[str, int], ...] = ()

    def read(self, token: str) -> Reading:
        """Read one token.

        Raises:
            UnreadableToken: with the reason and what to do.
        """
        known = self._known.get(token)
        if known is None:
            try:
                known = self._read(token)
            except UnreadableToken as error:
                known = str(error), error.hint
            if len(self._known) < _MAX_KNOWN:
                self._known[token] = known
        if isinstance(known, Reading):
            return known
        raise UnreadableToken(*known)

    def _read(self, token: str) -> Reading:
        # most tokens are digits alone, and quick to read
        plain = len(token) <= _PLAIN and token.isascii() and token.isdigit()
        if plain and token not in self._nil and token not in self._missing:
            return Reading(Status.VALUE, Decimal(token))
        text = fold(token).replace("٫", self.decimal).replace("٬", self.thousands)
        bare, mark = self._unmarked(text)
        if text in self._nil or bare in self._nil:
            return Reading(Status.NIL, Decimal(0), mark="" if text in self._nil else mark)
        if text in self._missing or bare in self._missing:
            return Reading(Status.MISSING, mark="" if text in self._missing else mark)
        for shown, beside in ((text, ""), (bare, mark)):
            if (reason := signs.absence(shown)) is not None:
                return Reading(Status.MISSING, mark=beside, note=reason)
        if not bare.strip("-"):
            return Reading(Status.MISSING, mark=mark)
        if match := _NOTE.fullmatch(text):
            return Reading(Status.TEXT, note=match[1].strip())
        if len(text) > _MAX_LENGTH:
            raise self._unreadable(token)
        for pattern, at_least, strict in _BOUNDS:
            if match := pattern.fullmatch(text):
                value, decimals, mark = self._number(match[1].strip(), token)
                return Reading(Status.BOUND, value, at_least, decimals, mark, strict=strict)
        value, decimals, mark = self._number(text, token)
        return Reading(Status.VALUE, value, None, decimals, mark)

    def _unmarked(self, text: str) -> tuple[str, str]:
        """The token without its footnote marks, and the marks."""
        match = self._marked.fullmatch(text) if len(text) <= _MAX_LENGTH else None
        if not match or not match["number"]:
            return text, ""
        return match["number"].strip(), (match["before"] + match["after"]).replace(" ", "")

    @cached_property
    def _known(self) -> dict[str, Reading | tuple[str, str]]:
        """Tokens that were read already, or why they cannot be: a table holds most of them many times."""
        return {}

    @cached_property
    def _nil(self) -> frozenset[str]:
        return frozenset(map(fold, self.nil))

    @cached_property
    def _missing(self) -> frozenset[str]:
        return frozenset(map(fold, self.missing))

    @cached_property
    def _powers(self) -> dict[str, int]:
        """Powers of ten by the words that multiply, those that the table declares first."""
        return signs.MULTIPLIERS | dict(self.multipliers)

    @cached_property
    def _folded(self) -> dict[str, int]:
        return {word.casefold(): power for word, power in self._powers.items()}

    @cached_property
    def _marked(self) -> re.Pattern[str]:
        """A number, or a word of absence, with footnote marks before or behind it."""
        absent = sorted({*signs.ABSENT, *self._nil, *self._missing}, key=len, reverse=True)
        words = "|".join(re.escape(word) for word in absent if word.strip(_SYMBOLS))
        declared = [
            mark for mark in sorted(map(fold, self.marks), key=len, reverse=True) if mark.strip(_DIGITAL)
        ]
        # A mark of digits would take a digit off 561: it is read as a superscript only, and one
        # that begins with a digit, as "1)", not right behind another digit.
        marks = [(r"(?<!\d)" if mark[0].isdigit() else "") + re.escape(mark) for mark in declared]
        before = [re.escape(mark) for mark in declared if not any(c.isdigit() for c in mark)]
        glued, behind = (
            "".join(c for c in letters if c not in self._powers) for letters in (signs.GLUED, signs.FLAGS)
        )
        words_of_their_own = "|".join(sorted({"up", "in", *signs.NO_FLAGS}, key=len, reverse=True))
        raised = f"[{signs.SUPERSCRIPTS}]"
        mark = "|".join([
            *marks,
            f"[{re.escape(_SYMBOLS)}]",
            # letters are marks in a run of their own: the e of "1 crore" is none, nor is "bn" a b and an n
            rf"(?<![^\W\d_])(?!(?i:{words_of_their_own})(?![^\W\d_]))"
            rf"(?:(?<=\s)[{behind}]{{1,2}}|(?<!\s)[{glued}][{behind}]{{0,2}})(?![^\W\d_])",
            rf"\((?:{_flags(3)})\)|\[(?:{_flags(4)}|note \d{{1,2}})\]|(?<=\d)\[\d{{1,2}}\]",
            rf"(?<![⁺⁻])(?<![×x·⋅]10)(?<![×x·⋅] 10){raised}+(?:[,;]\s?{raised}+)*[⁾)]?",
        ])  # fmt: skip
        return re.compile(
            rf"(?P<before>(?:(?:{'|'.join([*before, f'[{re.escape(_SYMBOLS)}]'])})\s?)*+)"
            rf"(?P<number>(?i:{words})|.*?)(?P<after>(?:\s?(?:{mark}))*+)"
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
        vulgar = "".join(signs.FRACTIONS)
        return re.compile(
            rf"(?P<whole>{whole})?(?:{point}(?P<fraction>\d+)|\s?(?P<vulgar>[{vulgar}]))?", re.ASCII
        )

    def _number(self, text: str, token: str) -> tuple[Decimal, int, str]:
        """Value, printed decimals and footnote marks of a number."""
        number, mark = self._unmarked(text)
        number, negative, power = self._dressed(number, token)
        if match := signs.EXPONENT.fullmatch(number):
            number, power = match["digits"], power + signs.exponent(match)
        match = self._figure.fullmatch(number)
        if not match or not number:
            raise self._unreadable(token)
        fraction = match["fraction"] or signs.FRACTIONS.get(match["vulgar"] or "", "")
        whole = "".join(c for c in match["whole"] or "" if c.isdigit())
        whole, fraction = without_noise(whole, fraction)
        decimals = len(fraction) - power
        if len((whole + fraction).lstrip("0")) + max(-decimals, 0) > MAX_DIGITS or decimals > MAX_DIGITS:
            message = f"{shorten(token)} has more than {MAX_DIGITS} digits"
            raise UnreadableToken(message, "no printed figure is that exact: round it, or change the unit")
        value = Decimal(f"{whole or '0'}{'.' if fraction else ''}{fraction}").scaleb(power)
        if decimals <= 0:
            value = value.quantize(Decimal(1))
        return -value if negative and value else value, decimals, mark

    def _dressed(self, number: str, token: str) -> tuple[str, bool, int]:
        """A number alone, whether what stood around it makes it negative, and its power of ten."""
        undressed: dict[str, str] = {}
        while True:
            kind, rest, sign = self._outermost(number, token)
            if not kind or kind in undressed:
                break
            undressed[kind], number = sign, rest.strip()
        multiplier = undressed.get("multiplier", "").rstrip(".")
        power = self._powers.get(multiplier, self._folded.get(multiplier.casefold(), 0))
        return number, undressed.get("sign", "+") != "+", power

    def _outermost(self, number: str, token: str) -> tuple[str, str, str]:
        """What stands around a number: its kind, what is left without it, and itself."""
        if number.startswith("(") and number.endswith(")"):
            return "sign", number[1:-1], "()"
        if number.startswith(("-", "+", *signs.MINUS)):
            return "sign", number[1:], number[0]
        if number.endswith("-") and token.rstrip().endswith(tuple(_TRAILING)) and number[-2:-1].isalnum():
            return "sign", number[:-1], "-"
        if number.endswith("%"):
            return "percent", number[:-1], "%"
        for pattern in (signs.CURRENCY_BEFORE.match, signs.CURRENCY_BEHIND.search):
            if (match := pattern(number)) and (match.start() == 0 or match.end() == len(number)):
                return "currency", number[: match.start()] + number[match.end() :], match[0]
        if match := self._multiplied.fullmatch(number):
            return "multiplier", match["number"], match["word"]
        return "", number, ""

    @cached_property
    def _multiplied(self) -> re.Pattern[str]:
        words = "|".join(map(re.escape, sorted(self._powers, key=len, reverse=True)))
        exact = (
            "|".join(map(re.escape, sorted((w for w, _ in self.multipliers), key=len, reverse=True)))
            or "(?!)"
        )
        return re.compile(
            rf"(?P<number>.*[\d{''.join(signs.FRACTIONS)}])\s?(?P<word>{exact}|(?i:{words})\.?)"
        )

    def _unreadable(self, token: str) -> UnreadableToken:
        """Advice that never loses a number: a token that holds one is not to be declared missing."""
        message = f"cannot read {shorten(token)} as a number"
        text = token.strip()
        if not re.search(r"\d", text):
            if token.casefold().strip("+- ") in {"nan", "inf", "infinity", "null", "none"}:
                return UnreadableToken(message, "a blank cell or .. means unknown")
            return UnreadableToken(message, "correct it, or declare it under nil: or missing:")
        if re.fullmatch(rf"[0-9.,\s{_APOSTROPHES}]+", text) and not text.isdigit():
            marks = f"decimal {self.decimal!r}, thousands {self.thousands!r}"
            return UnreadableToken(message, f"the table declares {marks}; correct the token or the YAML")
        if re.fullmatch(r"\d[\d.,]*\s?[-\u2013\u2014/:]\s?\d[\d.,/:-]*", text):
            return UnreadableToken(message, "a range, date or ratio is no number: declare its column as text")
        if match := re.search(r"[\d.,)\s](?P<letters>[^\W\d_]{1,3})\.?\)?$", text):
            letters = match["letters"]
            if (power := signs.LIKELY.get(letters.casefold())) is not None:
                advice = (
                    f"if it multiplies the number, declare it under multipliers: {{{letters}: {10**power}}}; "
                    "if it is a footnote mark, under notes:"
                )
            else:
                advice = "if the letter is a footnote mark, declare it under notes:; else correct the digit"
            return UnreadableToken(message, advice)
        return UnreadableToken(
            message, "correct the digit, or declare a footnote mark at the number under notes:"
        )


notation_like = lru_cache(maxsize=1000)(Notation)
"""One object for all that are read alike: its patterns are compiled once, what it has read is known."""


def _flags(most: int) -> str:
    """Letters in brackets that mark a number, as a pattern: any but those that multiply or measure."""
    others = "|".join(sorted(signs.NO_FLAGS, key=len, reverse=True))
    return rf"(?!(?i:{others})[)\]])[A-Za-z]{{1,{most}}}"


def without_noise(whole: str, fraction: str) -> tuple[str, str]:
    """A number's digits without the noise that a spreadsheet's binary fractions leave behind.

    ``754030.9999999999`` is 754,031: its digits are those of a double, all 15 or more of them, and that
    double is the one nearest to a much shorter number. Any other digits are somebody's, and stay.
    """
    significant = (whole + fraction).lstrip("0")
    if not 15 <= len(significant) <= _MAX_LENGTH or len(fraction) < 6:
        return whole, fraction
    with localcontext(prec=2 * _MAX_LENGTH):
        exact = Decimal(f"{whole or '0'}.{fraction}")
        double, unit = float(exact), Decimal(1).scaleb(-len(fraction))
        # written in full, rounded, or cut off
        renderings = (Decimal(double).quantize(unit, how) for how in (ROUND_HALF_EVEN, ROUND_DOWN))
        kept = 11 - exact.adjusted()
        if kept < 0 or exact not in (Decimal(repr(double)), *renderings):
            return whole, fraction
        short = round(exact, kept)
        if not 0 < abs(exact - short) <= _MAX_ULPS * Decimal(math.ulp(double)):
            return whole, fraction
        plain, _, rest = f"{short:f}".partition(".")
    return plain, rest.rstrip("0")


def shorten(token: str, most: int = 40) -> str:
    """A token in quotes, cut when it is long."""
    return repr(token if len(token) <= most else token[: most - 1] + "…")
