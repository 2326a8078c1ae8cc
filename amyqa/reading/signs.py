"""Signs that statistical offices print beside a number or in its place, and what they mean.

Each is read only where it can mean one thing. A letter that may multiply a number in one table and
be a flag in the next (``12b``) is in neither list: the table's YAML says which it is.
"""

from __future__ import annotations

import re

BELOW_HALF = "less than half the unit shown"
UNREAD = "cannot be read"
"""The note of a cell whose token cannot be read: it is unknown, from below and from above."""
_BRACKETED = {
    "c": "confidential",
    "x": "not available",
    "z": "not applicable",
    "low": BELOW_HALF,
    "u": "of low reliability",
    "w": "none recorded",
    "er": "in error",
    "na": "not available",
}
_PARENTHESISED = {
    "D": "withheld",
    "S": "withheld",
    "X": "not applicable",
    "Z": BELOW_HALF,
    "NA": "not available",
    "B": "from too small a base",
}
_COLON = {"c": "confidential", "u": "of low reliability", "z": "not applicable"}
_WORDS = {
    "..": "", "...": "", "....": "", "…": "", "……": "", ":": "", ".": "", "/": "", "x": "", "*": "", "**": "",
    "***": "", "#": "", "~": "", "?": "", "n/a": "", "n.a.": "", "n.a": "", "na": "", "n/d": "", "n.d.": "",
    "nd": "", "n.p.": "", "np": "", "n.r.": "", "nr": "", "n.k.": "", "n.s.": "", "s.o.": "", "k.a.": "",
    "k. a.": "", "not available": "", "not applicable": "", "not known": "", "not published": "",
    "not reported": "", "not stated": "", "unknown": "", "confidential": "", "suppressed": "", "withheld": "",
}  # fmt: skip
ABSENT = tuple(_WORDS)
"""Words and signs that say that a number is not there, in small letters."""

_SQUARE = re.compile(r"\[([a-z]{1,4}|n/a|n\.a\.|[.…:*-]{1,3})\]", re.IGNORECASE)
_ROUND = re.compile(r"\(([a-z]{1,3}|n/a|n\.a\.|[.…:*-]{1,3})\)", re.IGNORECASE)
_COLON_FLAG = re.compile(r":\s?\(?([a-z]{1,3})\)?", re.IGNORECASE)

MULTIPLIERS = {
    **dict.fromkeys(("thousand", "thousands"), 3),
    **dict.fromkeys(("lakh", "lakhs"), 5),
    **dict.fromkeys(("mn", "mln", "mio", "million", "millions"), 6),
    **dict.fromkeys(("crore", "crores"), 7),
    **dict.fromkeys(("bn", "bln", "mrd", "mld", "billion", "billions"), 9),
    **dict.fromkeys(("trn", "trillion", "trillions"), 12),
}
"""Words that multiply the number before them, whatever the table: their power of ten."""

LIKELY = {"k": 3, "m": 6, "mm": 6, "g": 9, "b": 9, "t": 12, "tn": 12}
"""Letters that multiply in some tables, and are flags, units of measure or misprints in others."""

FLAGS = "abcdefinprsuzEPR"
"""Letters that mark a number (revised, provisional, estimated; footnotes) behind a blank."""
GLUED = "acdefprEPR"
"""Of these the ones that do so without a blank: l, o, s, z would be misprints, b may be billions."""
NO_FLAGS = {"m", "k", "mm", "cr", "dr", "th", "st", "nd", "rd", "kg", "km", "ha", *MULTIPLIERS}

SUPERSCRIPTS = "¹²³⁰⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉᶠᵖʳ"
MINUS = "△▲"
"""Signs before a number that make it negative (Japan)."""

FRACTIONS = {
    "½": "5", "¼": "25", "¾": "75", "⅛": "125", "⅜": "375", "⅝": "625", "⅞": "875",
    "⅕": "2", "⅖": "4", "⅗": "6", "⅘": "8", "⅒": "1",
}  # fmt: skip
"""The decimals of vulgar fractions; thirds, sixths and sevenths have none that end."""

_ISO = (
    "USD EUR GBP JPY CNY INR CHF CAD AUD NZD SEK NOK DKK PLN CZK HUF RON BGN TRY RUB UAH BRL MXN ARS CLP COP "
    "PEN ZAR KES UGX TZS NGN GHS EGP MAD LKR PKR BDT NPR IDR MYR THB PHP VND KHR LAK MMK SGD HKD KRW TWD AED "
    "SAR QAR KWD OMR ILS XAF XOF"
).replace(" ", "|")
_SYMBOL = "$£¤¥֏؋৲৳૱௹฿៛₠-⃀﷼"  # not ¢, which is a hundredth
CURRENCY_BEFORE = re.compile(rf"(?:[A-Z]{{0,3}}[{_SYMBOL}]|Rs\.?|(?:{_ISO})(?=[\W\d]))\s?")
CURRENCY_BEHIND = re.compile(rf"\s?(?:[{_SYMBOL}]|(?<![A-Z])(?:{_ISO})|(?<![^\W\d_])(?:kr\.?|zł|Kč))")
EXPONENT = re.compile(
    r"(?P<digits>.*\d)(?:[eE](?P<plain>[+-]?\d{1,2})"
    r"|\s?[×x*·⋅]\s?10(?:\^(?P<caret>[+-]?\d{1,2})|(?P<raised>[⁺⁻]?[⁰¹²³⁴-⁹]{1,2})))"
)
_LOWER = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")


def absence(text: str) -> str | None:
    """Why no number stands there ("" where the sign does not say); None for anything else."""
    if (reason := _WORDS.get(text.casefold())) is not None:
        return reason
    if match := _SQUARE.fullmatch(text):
        return _BRACKETED.get(match[1].casefold(), "")
    if match := _ROUND.fullmatch(text):
        return _PARENTHESISED.get(match[1], "")
    if match := _COLON_FLAG.fullmatch(text):
        return _COLON.get(match[1].casefold(), "")
    return None


def exponent(match: re.Match[str]) -> int:
    """The power of ten of a match of :data:`EXPONENT`."""
    return int(match["plain"] or match["caret"] or match["raised"].translate(_LOWER))


_SAME = {"USD": "$", "US$": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "RS": "₹", "INR": "₹"}


def currency(text: str) -> str:
    """The sign of a currency before or behind a number, one for each currency; "" for none."""
    bare = text.strip().lstrip("(-+").rstrip(")")
    match = CURRENCY_BEFORE.match(bare) or CURRENCY_BEHIND.search(bare)
    if match is None or (match.start() and match.end() < len(bare)) or not any(c.isdigit() for c in bare):
        return ""
    sign = match[0].strip().rstrip(".").upper()
    return _SAME.get(sign, sign)
