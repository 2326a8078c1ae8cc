"""Numbers of a workbook as a reader sees them: the format of the cell, applied."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

BUILTIN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm",
    37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)", 40: "#,##0.00;(#,##0.00)",
    41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)', 42: '_($* #,##0_);_($* (#,##0);_($* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    44: '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""Formats that a workbook names by number only; dates, which follow the reader's country, as ISO has them."""
GENERAL = "General"
_DIGITS = 15
"""As many as a double holds for sure, and a spreadsheet shows."""
_GENERAL_DIGITS = 10
_QUICK = {GENERAL: "{}", "0": "{}", "#,##0": "{:,}"}
"""How whole numbers look in the commonest formats."""
_MAX_EXPONENT = 30
_MAX_SERIAL = 2_958_465
"""The last day of the year 9999."""
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PART = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_.|(?P<blank>_)|\*.?|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<half>AM/PM|A/P)|(?P<general>General)|(?P<power>E[+-]0+)|(?P<clock>y+|m+|d+|h+|s+(?:\.0+)?|e+|b+)"
    r"|(?P<digit>[#0?.,]+)|(?P<slash>/)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|=|<|>)\s*(-?\d+(?:\.\d+)?)")
_CURRENCY = re.compile(r"\$([^-\]]*)(?:-.*)?")


class Shown(NamedTuple):
    """A number as a reader sees it.

    Args:
        token: what is displayed, without blanks around it.
        rounded: whether more than the noise of a double is not displayed.
    """

    token: str
    rounded: bool = False


class _Part(NamedTuple):
    kind: str
    text: str


def show(number: str, code: str, from_1904: bool = False) -> Shown:
    """A stored number in the format of its cell.

    Args:
        number: as the file stores it: ``38891.00000000001``.
        code: the format's code: ``#,##0;(#,##0)``.
        from_1904: days are counted from 1904-01-01.
    """
    if number.isdigit() and len(number) < _DIGITS and (form := _QUICK.get(code)) is not None:
        return Shown(form.format(int(number)))
    try:
        value = Context(prec=_DIGITS, rounding=ROUND_HALF_UP).create_decimal(number.strip())
    except InvalidOperation:
        return Shown(number.strip())
    if not value.is_finite() or abs(value.adjusted()) > _MAX_EXPONENT:
        return Shown(number.strip())
    parts, negative = _section(value, code)
    if _is_date(parts):
        return Shown(_date(value, parts, from_1904))
    token = _number(abs(value) if negative else value, parts)
    return Shown(token.strip(), _hides(value, token, parts))


@lru_cache(maxsize=1000)
def _sections(code: str) -> tuple[tuple[_Part, ...], ...]:
    """The sections of a format's code, each in parts."""
    sections: list[list[_Part]] = [[]]
    for match in _PART.finditer(code):
        kind = match.lastgroup or ""
        if kind == "other" and match[0] == ";":
            sections.append([])
        elif kind:
            sections[-1].append(_Part(kind, match[kind]))
    return tuple(map(tuple, sections))


def _section(value: Decimal, code: str) -> tuple[tuple[_Part, ...], bool]:
    """The section that shows a value, and whether it shows the minus itself."""
    sections = _sections(code)
    numeric = sections[:3]
    conditions = [_condition(section) for section in numeric]
    if any(conditions):
        for section, condition in zip(numeric, conditions, strict=True):
            if condition is None or _meets(value, *condition):
                return section, condition is not None and value < 0 and section is not numeric[0]
        return numeric[-1], False
    if value < 0 and len(sections) > 1:
        return sections[1], True
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], False


def _condition(section: tuple[_Part, ...]) -> tuple[str, Decimal] | None:
    for part in section:
        if part.kind == "bracket" and (match := _CONDITION.fullmatch(part.text)):
            return match[1], Decimal(match[2])
    return None


def _meets(value: Decimal, sign: str, bound: Decimal) -> bool:
    return {
        "<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound,
        "=": value == bound, "<>": value != bound,
    }[sign]  # fmt: skip


# --- numbers ---


def _number(value: Decimal, parts: tuple[_Part, ...]) -> str:
    """A value by the parts of its section; without any place for digits, the words alone."""
    kinds = [part.kind for part in parts]
    if "slash" in kinds and "digit" in kinds:
        return general(value)  # a fraction, told as a decimal
    if "general" in kinds:
        shown = general(value)
        return "".join(shown if part.kind == "general" else _literal(part) for part in parts) or shown
    if "digit" not in kinds:
        if any(part.text == "@" for part in parts if part.kind == "other"):
            return general(value)
        return "".join(map(_literal, parts))
    pattern = "".join(part.text for part in parts if part.kind == "digit")
    percents = sum(part.kind == "other" and part.text == "%" for part in parts)
    value = value.scaleb(2 * percents)
    if (power := next((part.text for part in parts if part.kind == "power"), None)) is not None:
        digits = _scientific(value, pattern, power)
    else:
        digits = _digits(value, pattern)
    minus = "-" if value < 0 and any(c in "123456789" for c in digits) else ""
    first, last = kinds.index("digit"), len(kinds) - 1 - kinds[::-1].index("digit")
    before, after = ("".join(map(_literal, some)) for some in (parts[:first], parts[last + 1 :]))
    return f"{minus}{before}{_parted(digits, parts[first : last + 1])}{after}"


def _parted(digits: str, parts: Sequence[_Part]) -> str:
    """Digits with what stands among their places: a blank for thousands, as in ``# ##0``."""
    whole, point, fraction = digits.partition(".")
    right = 0  # places of the whole number right of here
    for part in reversed(parts):
        if part.kind == "digit":
            right = 0 if "." in part.text else right
            right += sum(c in "#0?" for c in part.text.partition(".")[0])
        elif 0 < right < len(whole) and (literal := _literal(part)):
            whole = whole[:-right] + literal + whole[-right:]
            right += len(literal)
    return f"{whole}{point}{fraction}"


def _literal(part: _Part) -> str:
    if part.kind == "bracket":
        match = _CURRENCY.fullmatch(part.text)
        return match[1] if match else ""
    if part.kind in ("blank", "digit", "power"):
        return ""
    return part.text


def _digits(value: Decimal, pattern: str) -> str:
    """Digits of a number without its sign: ``#,##0.0``."""
    whole, _, fraction = pattern.partition(".")
    thousands = len(pattern) - len(pattern.rstrip(","))
    if not thousands:
        thousands = len(whole) - len(whole.rstrip(","))
    value = abs(value).scaleb(-3 * thousands)
    places = [c for c in fraction if c in "#0?"]
    least = max((i for i, c in enumerate(places, 1) if c == "0"), default=0)
    rounded = value.quantize(Decimal(1).scaleb(-len(places)), ROUND_HALF_UP, Context(prec=100))
    left, _, right = f"{rounded:f}".partition(".")
    right = right[:least] + right[least:].rstrip("0")
    zeros = whole.count("0")
    left = left.lstrip("0").rjust(zeros, "0")
    if "," in whole.rstrip(",").lstrip(","):
        left = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", left)
    return f"{left}.{right}" if right else left


def _scientific(value: Decimal, pattern: str, power: str) -> str:
    places = sum(c in "#0?" for c in pattern.partition(".")[2])
    mantissa, _, exponent = f"{abs(value):.{places}e}".partition("e")
    sign = "-" if exponent.startswith("-") else ("+" if "+" in power else "")
    return f"{mantissa}E{sign}{exponent[1:].lstrip('0').rjust(len(power) - 2, '0')}"


def general(value: Decimal) -> str:
    """A number in a cell without a format: whole numbers whole, else ten digits."""
    whole = max(value.adjusted() + 1, 1)
    places = max(_GENERAL_DIGITS - whole, 0)
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=100))
    if value and not rounded:
        return f"{value.normalize():E}"
    text = f"{rounded:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _hides(value: Decimal, token: str, parts: tuple[_Part, ...]) -> bool:
    """Whether what is displayed is a rounded number: more than one of the last digits of a double is gone."""
    pattern = "".join(part.text for part in parts if part.kind == "digit")
    if not pattern or any(part.kind in ("power", "slash") for part in parts):
        return False
    percents = sum(part.kind == "other" and part.text == "%" for part in parts)
    places = sum(c in "#0?" for c in pattern.partition(".")[2]) + 2 * percents
    places -= 3 * (len(pattern) - len(pattern.rstrip(",")))
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, Context(prec=100))
    return abs(value - rounded) > abs(value) * Decimal("1e-13")


# --- dates ---


def _is_date(parts: tuple[_Part, ...]) -> bool:
    kinds = {part.kind for part in parts}
    clock = "clock" in kinds or any(
        part.kind == "bracket" and re.fullmatch(r"(?i)h+|m+|s+", part.text) for part in parts
    )
    return clock and "digit" not in kinds and "general" not in kinds


def _date(value: Decimal, parts: tuple[_Part, ...], from_1904: bool) -> str:
    if not 0 <= value <= _MAX_SERIAL:
        return general(value)
    if from_1904:
        begin = datetime(1904, 1, 1)
    else:  # 1900 was a leap year to those who first counted so
        begin = datetime(1899, 12, 30) if value >= 60 else datetime(1899, 12, 31)
    when = begin + timedelta(seconds=int((value * 86400).to_integral_value(ROUND_HALF_UP)))
    return "".join(_told(parts, when, value)).strip()


def _told(parts: tuple[_Part, ...], when: datetime, value: Decimal) -> Iterator[str]:
    twelve = any(part.kind == "half" for part in parts)
    clocks = [i for i, part in enumerate(parts) if part.kind in ("clock", "bracket") and part.text]
    for i, part in enumerate(parts):
        text = part.text.lower()
        if part.kind == "half":
            yield ("AM" if when.hour < 12 else "PM") if len(part.text) > 3 else "AP"[when.hour >= 12]
        elif part.kind == "bracket" and text[:1] in ("h", "m", "s"):
            units = {"h": 24, "m": 1440, "s": 86400}[text[0]]
            yield str(int(value * units)).rjust(len(text), "0")
        elif part.kind == "clock":
            before = parts[clocks[clocks.index(i) - 1]].text[0].lower() if clocks.index(i) else ""
            after = next((parts[j].text[0].lower() for j in clocks if j > i), "")
            yield _clock(text, when, twelve, minutes=before == "h" or after == "s")
        else:
            yield _literal(part)


def _clock(text: str, when: datetime, twelve: bool, minutes: bool) -> str:
    kind, length = text[0], len(text)
    if kind in "yeb":
        return f"{when.year:04d}" if length > 2 or kind == "e" else f"{when.year % 100:02d}"
    if kind == "m" and not minutes:
        name = _MONTHS[when.month - 1]
        return {1: str(when.month), 2: f"{when.month:02d}", 3: name[:3], 5: name[:1]}.get(length, name)
    if kind == "d":
        name = _DAYS[when.weekday()]
        return {1: str(when.day), 2: f"{when.day:02d}", 3: name[:3]}.get(length, name)
    number = {"h": (when.hour - 1) % 12 + 1 if twelve else when.hour, "m": when.minute}.get(kind, when.second)
    return f"{number:02d}" if length > 1 else str(number)
