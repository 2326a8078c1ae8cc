"""What a printed token means, and what is refused."""

from __future__ import annotations

import math
import time
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amyqa.model import Reading, Status
from amyqa.reading import signs
from amyqa.reading.tokens import MAX_DIGITS, Notation, UnreadableToken, fold, normalise, shorten

PLAIN = Notation()
NIL = Notation(nil=frozenset({"-"}))
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
SPACES = " \u00a0\u1680\u2002\u2003\u2007\u2009\u200a\u202f\u205f\u3000"


def number(value: str, decimals: int = 0, mark: str = "") -> Reading:
    return Reading(Status.VALUE, Decimal(value), None, decimals, mark)


def bound(value: str, at_least: bool, decimals: int = 0, mark: str = "", *, strict: bool = False) -> Reading:
    return Reading(Status.BOUND, Decimal(value), at_least, decimals, mark, strict=strict)


def missing(mark: str = "", why: str = "") -> Reading:
    return Reading(Status.MISSING, mark=mark, note=why)


# --- cases as data ----------------------------------------------------------------------------------

NUMBERS = {
    "0": number("0"),
    "7": number("7"),
    "007": number("7"),
    "1234": number("1234"),
    "1,234": number("1234"),
    "12,345,678": number("12345678"),
    "12,34,567": number("1234567"),
    "1,00,00,000": number("10000000"),
    "1 234": number("1234"),
    "1\u00a0234": number("1234"),
    "1\u2009234": number("1234"),
    "1\u202f234\u202f567": number("1234567"),
    # two white spaces look the same on paper
    "1 234\u00a0567": number("1234567"),
    "1'234'567": number("1234567"),
    "1\u2019234": number("1234"),
    "0.00": number("0.00", 2),
    "0.10": number("0.10", 2),
    ".5": number("0.5", 1),
    "1,234.50": number("1234.50", 2),
    "14,144.00": number("14144.00", 2),
    "+5": number("5"),
    "-5": number("-5"),
    "- 5": number("-5"),
    "\u22125": number("-5"),
    "\u20135.25": number("-5.25", 2),
    "(0.6)": number("-0.6", 1),
    "( 1,234 )": number("-1234"),
    "(5)%": number("-5"),
    "(5 %)": number("-5"),
    "82.5%": number("82.5", 1),
    "82.5 %": number("82.5", 1),
    "１２３": number("123"),
    "１，２３４．５": number("1234.5", 1),
    "（５）": number("-5"),
    "５％": number("5"),
    "1\u200b234": number("1234"),
    "\ufeff56": number("56"),
    "9" * MAX_DIGITS: number("9" * MAX_DIGITS),
}
MARKED = {
    "1,234*": number("1234", mark="*"),
    "56a": number("56", mark="a"),
    "56 r": number("56", mark="r"),
    "56ab": number("56", mark="ab"),
    "56 a b": number("56", mark="ab"),
    "56¹": number("56", mark="¹"),
    "56²³": number("56", mark="²³"),
    "56 ¹ *": number("56", mark="¹*"),
    "*29141*": number("29141", mark="**"),
    "† 5": number("5", mark="†"),
    "*-5": number("-5", mark="*"),
    "(5)a": number("-5", mark="a"),
    "5% a": number("5", mark="a"),
    "-a": missing("a"),
    "– *": missing("*"),
    "..a": missing("a"),
    "…¹": missing("¹"),
    "n/a*": missing("*"),
    "N/A ¹": missing("¹"),
    "not available a": missing("a"),
    "* n.a. *": missing("**"),
}
SCALED = {
    "1.5bn": number("1500000000", -8),
    "900mn": number("900000000", -6),
    "1.25 million": number("1250000", -4),
    "3 crore": number("30000000", -7),
    "2.5 lakh": number("250000", -4),
    "1,204 thousand": number("1204000", -3),
    "4.25 Mio.": number("4250000", -4),
    "3.1 Mrd": number("3100000000", -8),
    "(1.5bn)": number("-1500000000", -8),
    "$1.5bn": number("1500000000", -8),
    "1.5 bn €": number("1500000000", -8),
    "1.5bn p": number("1500000000", -8, "p"),
    "1.2345 thousand": number("1234.5", 1),
    "1.2E+06": number("1200000", -5),
    "1.2e6": number("1200000", -5),
    "1e5": number("100000", -5),
    "-1.2e6": number("-1200000", -5),
    "4.5E-03": number("0.0045", 4),
    "1.2×10⁶": number("1200000", -5),
    "1.2 × 10⁶": number("1200000", -5),
    "1.2x10^6": number("1200000", -5),
    "5×10⁻²": number("0.05", 2),
    "½": number("0.5", 1),
    "1½": number("1.5", 1),
    "12 ¼": number("12.25", 2),
    "1,204¾": number("1204.75", 2),
    "(2½)": number("-2.5", 1),
}
SIGNED = {
    "△106": number("-106"),
    "▲106": number("-106"),
    "△ 1,234.5": number("-1234.5", 1),
    "106-": number("-106"),
    "1,234.5−": number("-1234.5", 1),
    "$1,204": number("1204"),
    "$ 1,204": number("1204"),
    "US$1,204": number("1204"),
    "USD 1,204": number("1204"),
    "Rs. 1,204": number("1204"),
    "Rs 12,04,500": number("1204500"),
    "£5.20": number("5.20", 2),
    "¥1,204": number("1204"),
    "￥1,204": number("1204"),
    "₹1,204": number("1204"),
    "1 204 €": number("1204"),
    "1,204 EUR": number("1204"),
    "1 204 kr": number("1204"),
    "-$106": number("-106"),
    "$-106": number("-106"),
    "($106)": number("-106"),
    "$(106)": number("-106"),
    "−$1,204.50": number("-1204.50", 2),
    "△$106": number("-106"),
    "$5%": number("5"),
}
SCRIPTS = {
    "١٢٣": number("123"),
    "१२३": number("123"),
    "٣.١٤": number("3.14", 2),
    "٣٫١٤": number("3.14", 2),
    "١٬٢٣٤": number("1234"),
    "٥٪": number("5"),
    "−১২": number("-12"),
    "𝟙": number("1"),
}
FLAGGED = {
    "4,275 (p)": number("4275", mark="(p)"),
    "4,275(r)": number("4275", mark="(r)"),
    "4,275 (e)*": number("4275", mark="(e)*"),
    "5 (a)": number("5", mark="(a)"),
    "4,275 [p]": number("4275", mark="[p]"),
    "4,275[low]": number("4275", mark="[low]"),
    "4,275 [note 3]": number("4275", mark="[note3]"),
    "4,275[3]": number("4275", mark="[3]"),
    "12.3 b": number("12.3", 1, "b"),
    "12.3 bp": number("12.3", 1, "bp"),
    "12.3 u": number("12.3", 1, "u"),
    "12.3 s": number("12.3", 1, "s"),
    "12.3p": number("12.3", 1, "p"),
    "913¹": number("913", mark="¹"),
    "913¹⁾": number("913", mark="¹⁾"),
    "913¹)": number("913", mark="¹)"),
    "913 ²,³": number("913", mark="²,³"),
    "(106) (r)": number("-106", mark="(r)"),
    "△106 (p)": number("-106", mark="(p)"),
}
WHY_ABSENT = {
    "[c]": "confidential",
    "[C]": "confidential",
    "[x]": "not available",
    "[z]": "not applicable",
    "[low]": "less than half the unit shown",
    "[u]": "of low reliability",
    "[w]": "none recorded",
    "[q]": "",
    "[-]": "",
    "[n/a]": "",
    "(D)": "withheld",
    "(S)": "withheld",
    "(X)": "not applicable",
    "(Z)": "less than half the unit shown",
    "(NA)": "not available",
    "(d)": "",
    "(-)": "",
    ":": "",
    ": c": "confidential",
    ":c": "confidential",
    ": u": "of low reliability",
    ":(u)": "of low reliability",
    ":bq": "",
    "x": "",
    "X": "",
    "*": "",
    "**": "",
    ".": "",
    "/": "",
    "....": "",
    "n.p.": "",
    "Suppressed": "",
}
ABSENT = [
    "", " ", "\u00a0", "\t", *DASHES, "--", "\u2014\u2014", "..", "...", "…",
    "n/a", "N/A", "n.a.", "N.A.", "n.a", "na", "NA", "not available", "Not Available", "unknown", "ｎ／ａ",
]  # fmt: skip
BOUNDS = {
    "150,000 up": bound("150000", True),
    "150,000up": bound("150000", True),
    "150,000+": bound("150000", True),
    "150,000 +": bound("150000", True),
    "100 and over": bound("100", True),
    "100 and more": bound("100", True),
    "100 and above": bound("100", True),
    "100 or more": bound("100", True),
    ">5": bound("5", True, strict=True),
    "> 5": bound("5", True, strict=True),
    ">=5": bound("5", True),
    "≥ 5.5": bound("5.5", True, 1),
    "＞5": bound("5", True, strict=True),
    "over 5": bound("5", True, strict=True),
    "More Than 5": bound("5", True, strict=True),
    "at least 5": bound("5", True),
    "<5": bound("5", False, strict=True),
    "<=5": bound("5", False),
    "≤5": bound("5", False),
    "under 5": bound("5", False, strict=True),
    "less than 5": bound("5", False, strict=True),
    "fewer than 5": bound("5", False, strict=True),
    "at most 5": bound("5", False),
    "up to 5": bound("5", False),
    "<5*": bound("5", False, mark="*", strict=True),
    "< 5 (r)": bound("5", False, mark="(r)", strict=True),
    "below 0.5": bound("0.5", False, 1, strict=True),
    "5 or fewer": bound("5", False),
    "5 and under": bound("5", False),
    "not more than 5": bound("5", False),
    "≦5": bound("5", False),
    "5 or over": bound("5", True),
    ">1.5bn": bound("1500000000", True, -8, strict=True),
    "5* up": bound("5", True, mark="*"),
    "≥5%": bound("5", True),
    "≥-5": bound("-5", True),
}
NOTES = {
    "<china write-off>": "china write-off",
    "< see note b >": "see note b",
    "<5 of them women>": "5 of them women",
    "<two\nlines>": "two\nlines",
    "<épuré>": "épuré",
    "<" + "word " * 500 + ">": ("word " * 500).strip(),
}
REFUSED = [
    # not a number of any print
    "NaN", "nan", "inf", "-inf", "Infinity", "0x10", "1_000", "1/2", "5‰", "Ⅻ", "⅓", "1⅔", "½½", "½5", "1½%½",
    # digits of two scripts, and digits that are footnote marks
    "1٢3", "㊷", "①", "5①", "5₂", "5⁺", "⁵", "¹²",
    # what multiplies, or is a misprint, or a flag: the table must say
    "56b", "1.5b", "900m", "250k", "1.5B", "12t", "3tn", "5 m", "5 (m)", "5 [bn]", "5bp", "5kg", "5 km",
    "50¢", "5 cr", "5 Dr", "5th",
    # exponents of nothing, or too large
    "e5", "1e400", "1e-40", "×10⁶", "1.2×10", "1.2×11⁶", "1.2e6e6",
    # separators that do not group, or two kinds of them
    "1,23", "1,2345", "1,,234", ",234", "1,234,56", "1.2.3", "1..5", "5.", ",", "..5", "1.234,5",
    "1,234 567", "1'234,567", "1 234,567", "1  234", "1\t234", "1\n234", "1 ,234", "123,45,678,9", "5,",
    # a decimal comma in a table with decimal points
    "0,123", "00,123", "0,5", "0 123",
    # letters for digits
    "12l", "1O", "l2", "O", "I2", "1,0O0", "56z", "S", "B",
    # words, money, ranges
    "a", "†", "a*", "e", "up", "5 up up", "up 5", "over5", "overall", "million", "5 million million",
    "$", "$€5", "5 $ €", "~5", "ca. 5", "5-6", "5–6", "5–", "5 -", "-5-", "(5-)", "△-5", "(△5)", "▼5",
    "- -", "nil", "none", "+", "%", "5%%", "<a", "a>",
    "5>", "<<5", "><5",
    # brackets
    "(", ")", "()", "( )", "(5", "5)", "[5]", "(-5)", "(+5)", "((5))", "-(5", "-(5)",
    "5 (12)", "5 (1)", "5 (abcd)", "5 [12]", "[1]", "<>", "< >", "<5>",
    "--5", "+-5", "5\x00", "\x01",
    # more than any print holds
    "1" * 40, "1" * (MAX_DIGITS + 1), "0." + "0" * 30, "x" * 101, "1 " * 60, "<" + "1" * 200,
]  # fmt: skip


@pytest.mark.parametrize(
    ("token", "reading"), (NUMBERS | MARKED | BOUNDS | SCALED | SIGNED | SCRIPTS | FLAGGED).items()
)
def test_a_token_is_read(token, reading):
    read = PLAIN.read(token)
    assert read == reading
    assert str(read.value) == str(reading.value)  # 0.10 is not 0.1, and no zero is negative


@pytest.mark.parametrize(("token", "why"), WHY_ABSENT.items())
def test_a_sign_in_a_number_s_place_says_why_there_is_none(token, why):
    assert PLAIN.read(token) == missing(why=why)


@pytest.mark.parametrize("token", ABSENT)
def test_what_is_absent_is_missing_and_never_zero(token):
    assert PLAIN.read(token) == missing()


@pytest.mark.parametrize(("token", "note"), NOTES.items())
def test_words_in_angle_brackets_are_a_note(token, note):
    assert PLAIN.read(token) == Reading(Status.TEXT, note=note)


@pytest.mark.parametrize("token", REFUSED)
@pytest.mark.parametrize("notation", [PLAIN, NIL], ids=["", "nil"])
def test_what_cannot_be_read_is_refused_with_advice(token, notation):
    with pytest.raises(UnreadableToken) as caught:
        notation.read(token)
    assert caught.value.hint
    assert shorten(token) in str(caught.value)
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize("token", ["-0", "(0)", "-0.0", "(0.00)", "\u22120"])
def test_no_zero_is_negative(token):
    value = PLAIN.read(token).value
    assert value == 0
    assert not str(value).startswith("-")


@pytest.mark.parametrize(
    ("token", "word"),
    {
        "12l": "footnote mark",
        "12b": "multipliers: {b: 1000000000}",
        "1.5M": "multipliers: {M: 1000000}",
        "12-17": "declare its column as text",
        "2021/22": "declare its column as text",
        "ca. 1,204": "footnote mark at the number",
        "(12": "footnote mark at the number",
        "1O": "footnote mark",
        "56 xx": "footnote mark",
        "1.234,5": "decimal '.', thousands ','",
        "1,234 567": "decimal '.', thousands ','",
        "1'234,567": "decimal '.', thousands ','",
        "NaN": "a blank cell or ..",
        "-inf": "a blank cell or ..",
        "none": "a blank cell or ..",
        "zero": "nil: or missing:",
        "1" * 40: "change the unit",
    }.items(),
)
def test_the_advice_fits_the_mistake(token, word):
    with pytest.raises(UnreadableToken) as caught:
        PLAIN.read(token)
    assert word in caught.value.hint


# --- what a table declares --------------------------------------------------------------------------


@pytest.mark.parametrize("token", DASHES)
@pytest.mark.parametrize("declared", DASHES)
def test_a_dash_declared_as_nil_stands_for_every_dash(token, declared):
    assert Notation(nil=frozenset({declared})).read(token) == Reading(Status.NIL, Decimal(0))


def test_a_nil_may_have_a_footnote_mark():
    assert NIL.read("– a") == Reading(Status.NIL, Decimal(0), mark="a")
    assert NIL.read("*-*").status is Status.NIL


def test_only_the_declared_token_is_nil():
    assert NIL.read("..").status is Status.MISSING
    assert NIL.read("--").status is Status.MISSING
    assert NIL.read("").status is Status.MISSING
    assert NIL.read("-5").value == -5


def test_a_word_may_be_nil():
    words = Notation(nil=frozenset({"nil", "zero"}))
    assert words.read("nil") == words.read(" zero ") == Reading(Status.NIL, Decimal(0))
    assert words.read("nil*") == Reading(Status.NIL, Decimal(0), mark="*")


def test_a_blank_counts_as_zero_only_where_it_is_declared():
    assert Notation(nil=frozenset({""})).read(" ").status is Status.NIL


def test_further_tokens_may_mean_unknown():
    declared = Notation(missing=frozenset({"x", "not yet", "99"}))
    for token, mark in {"x": "", " not yet ": "", "99": "", "x*": "*", "not yet ¹": "¹"}.items():
        assert declared.read(token) == missing(mark)
    assert declared.read("199").value == 199


def test_what_is_declared_missing_keeps_its_capitals():
    with pytest.raises(UnreadableToken):
        Notation(missing=frozenset({"y"})).read("Y")


def test_a_declared_mark_is_taken_off():
    notation = Notation(marks=("x", "l", "(1)", "**", "n1", "2)"))
    for token, mark in {
        "56x": "x", "56 x": "x", "56l": "l", "56(1)": "(1)", "56**": "**", "56 n1": "n1",
        "56 2)": "2)", "56*x": "*x",
    }.items():  # fmt: skip
        assert notation.read(token) == number("56", mark=mark), token
    assert notation.read("-x") == missing("x")
    assert notation.read("(1)").value == -1


@pytest.mark.parametrize("token", ["561", "-561", "(561)", "561%", "1,561", "56.1"])
def test_a_mark_of_digits_takes_no_digit_off_a_number(token):
    marked = Notation(marks=("1", "61", "561", "1)"))
    assert marked.read(token) == PLAIN.read(token)
    assert marked.read("56¹") == number("56", mark="¹")
    with pytest.raises(UnreadableToken):
        marked.read("561)")


@pytest.mark.parametrize("mark", ["-", "–", "..", "…", ".", ","])
def test_a_legend_of_signs_makes_no_marks_of_them(mark):
    assert Notation(marks=(mark,)).read("-").status is Status.MISSING
    with pytest.raises(UnreadableToken):
        Notation(marks=(mark,)).read(f"56 {mark}")


@pytest.mark.parametrize(
    ("decimal", "thousands", "token", "value"),
    [
        (",", ".", "1.234,5", "1234.5"),
        (",", ".", "1.234", "1234"),
        (",", ".", "1,234", "1.234"),
        (",", ".", "1 234,5", "1234.5"),
        (",", ".", "12.34.567,8", "1234567.8"),
        (",", " ", "1 234,5", "1234.5"),
        (",", " ", "1\u202f234,5", "1234.5"),
        (".", "'", "1'234.5", "1234.5"),
        (".", "'", "1\u2019234.5", "1234.5"),
        (".", "\u2019", "1'234.5", "1234.5"),
        ("·", ",", "1,234·5", "1234.5"),
        ("'", ".", "1.234'5", "1234.5"),
        ("'", ".", "1.234'567", "1234.567"),
    ],
)
def test_a_table_declares_its_marks(decimal, thousands, token, value):
    assert Notation(decimal, thousands).read(token).value == Decimal(value)


@pytest.mark.parametrize(
    ("decimal", "thousands", "token"),
    [
        (",", ".", "1,234.5"),
        (",", ".", "0.123"),
        (",", ".", "1.5"),
        (",", " ", "1.234"),
        (".", "'", "1,234"),
        (".", " ", "1,234"),
    ],
)
def test_marks_that_are_not_declared_are_refused_and_the_declared_ones_named(decimal, thousands, token):
    with pytest.raises(UnreadableToken) as caught:
        Notation(decimal, thousands).read(token)
    assert f"decimal {decimal!r}, thousands {thousands!r}" in caught.value.hint


# --- properties -------------------------------------------------------------------------------------


def in_threes(digits: str, separator: str) -> str:
    head = len(digits) % 3
    parts = [digits[:head]] * bool(head) + [digits[i : i + 3] for i in range(head, len(digits), 3)]
    return separator.join(parts)


def in_lakhs(digits: str, separator: str) -> str:
    rest, last = digits[:-3], digits[-3:]
    head = len(rest) % 2
    parts = [rest[:head]] * bool(head) + [rest[i : i + 2] for i in range(head, len(rest), 2)]
    return separator.join([*parts, last]) if rest else last


MARKS = st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "'"), (".", " "), ("'", ".")])


@st.composite
def printed(draw: st.DrawFn) -> tuple[Notation, str, Decimal, int]:
    """A number in a notation, as it may be printed, its value and its printed decimals."""
    decimal, thousands = draw(MARKS)
    fraction = draw(st.text("0123456789", max_size=6))
    # up to 18 digits, but for fractions so long that they could be a spreadsheet's noise
    whole = str(draw(st.integers(0, 10 ** (8 if fraction else MAX_DIGITS) - 1)))
    separators = ["", thousands, *SPACES] + ["'", "\u2019"] * (decimal != "'")
    separator = draw(st.sampled_from(separators))
    token = draw(st.sampled_from([in_threes, in_lakhs]))(whole, separator)
    if fraction:
        token += decimal + fraction
    value = Decimal(f"{whole}.{fraction}" if fraction else whole)
    shape = draw(st.sampled_from(["{}", "+{}", "({})", *(f"{dash}{{}}" for dash in DASHES)]))
    if draw(st.booleans()):
        token = token.translate({ord("0") + i: ord("０") + i for i in range(10)})
    token = shape.format(token)
    negative = shape not in ("{}", "+{}")
    return Notation(decimal, thousands), token, -value if negative else value, len(fraction)


@settings(deadline=None)
@given(printed())
def test_any_number_in_any_notation_reads_back_exactly(case):
    notation, token, value, decimals = case
    assert notation.read(token) == Reading(Status.VALUE, value, None, decimals)


@settings(deadline=None)
@given(printed(), st.sampled_from(["*", "a", " a", "†", "¹", " ²³", "**", "x", "%", " %"]))
def test_a_mark_or_a_percent_sign_does_not_change_the_value(case, mark):
    notation, token, value, decimals = case
    marked = Notation(notation.decimal, notation.thousands, marks=("x", "1", "23"))
    read = marked.read(token + mark)
    assert (read.status, read.value, read.decimals) == (Status.VALUE, value, decimals)
    assert read.mark == mark.strip(" %")


@settings(deadline=None)
@given(printed(), st.sampled_from(["{} up", "{}+", "≥{}", "{} or more", "at least {}"]))
def test_any_number_may_be_a_bound(case, shape):
    notation, token, value, decimals = case
    assert notation.read(shape.format(token)) == Reading(Status.BOUND, value, True, decimals)


@pytest.mark.parametrize(
    ("token", "reading"),
    {
        "754030.9999999999": number("754031"),
        "754,030.9999999999": number("754031"),
        "0.30000000000000004": number("0.3", 1),
        "(1234.5600000000001)": number("-1234.56", 2),
        "2.0000000000000004": number("2"),
        "999.9999999999999": number("1000"),
        "77.99999999999996": number("78"),
        "849.000000000001": number("849"),
        "612007.999999998": number("612008"),
        # as long, but no noise: a double of that size would not say so
        "999999999999.999999": number("999999999999.999999", 6),
        "123456789012.123456": number("123456789012.123456", 6),
        "3.14159265358979": number("3.14159265358979", 14),
        "3.141592653589793": number("3.141592653589793", 15),
        "0.000000000000123": number("0.000000000000123", 15),
        "123456789012345678": number("123456789012345678"),
        "1234567890123.50": number("1234567890123.50", 2),
        "100.00": number("100.00", 2),
    }.items(),
)
def test_the_noise_of_binary_fractions_is_left_out(token, reading):
    assert PLAIN.read(token) == reading


@settings(deadline=None)
@given(st.integers(1, 10**9), st.integers(0, 3), st.sampled_from([0, math.inf]))
def test_a_number_that_went_through_a_spreadsheet_is_itself(digits, decimals, towards):
    value = Decimal(digits).scaleb(-decimals)
    printed = f"{Decimal(repr(math.nextafter(float(value), towards))):f}"
    assert PLAIN.read(printed).value == value


NOTATIONS = st.builds(
    Notation,
    decimal=st.sampled_from(".,'·"),
    thousands=st.sampled_from(", '"),
    nil=st.frozensets(st.sampled_from(["-", "nil", "", "0"])),
    missing=st.frozensets(st.text(max_size=3)),
    marks=st.lists(st.text(min_size=1, max_size=3), max_size=3).map(tuple),
)
NEARLY = st.text("0123456789.,-–+()%*a <>'…\u00a0\u2009¹upnl/\u0663", max_size=12)


def outcome(notation: Notation, token: str) -> Reading | str:
    try:
        return notation.read(token)
    except UnreadableToken as refused:
        return "refused" if refused.hint else "refused without advice"


@settings(deadline=None)
@given(NOTATIONS, st.text() | NEARLY)
def test_any_text_is_read_or_refused_with_advice(notation, token):
    read = outcome(notation, token)
    if isinstance(read, Reading):
        assert (read.value is not None) == (read.status in (Status.VALUE, Status.NIL, Status.BOUND))
        assert (read.at_least is not None) == (read.status is Status.BOUND)
        assert bool(read.note) <= (read.status is Status.TEXT)
    else:
        assert read == "refused"


FAR = st.characters(categories=["Nd", "No", "Sc", "Sm", "Lm", "Mn"])
SIGNS = "0123456789.,-()%*abkmex $€£△½¾×⁶¹²٣५" + "".join(("bn", "E+", "[c]", "(p)", ":"))


@settings(deadline=None)
@given(
    st.text(SIGNS, max_size=10)
    | st.text(st.characters(categories=["Nd", "No", "Sc", "Sm", "Lm", "Mn"]), max_size=8)
)
def test_any_sign_beside_a_number_is_read_or_refused_with_advice(token):
    assert outcome(PLAIN, token) != "refused without advice"


@settings(deadline=None)
@given(
    st.integers(1, 10**6),
    st.integers(0, 3),
    st.sampled_from(sorted(signs.MULTIPLIERS.items())),
    st.sampled_from(["{}", "({})", "-{}", "${}", "{} €", "{} (r)", "<{}"]),
    st.sampled_from(["{}{}", "{} {}"]),
)
@example(1, 0, ("bn", 9), "{}", "{} {}")  # not a b and an n
def test_what_multiplies_is_never_lost(digits, decimals, multiplier, dress, joined):
    word, power = multiplier
    figure = f"{Decimal(digits).scaleb(-decimals):f}"
    read = PLAIN.read(dress.format(joined.format(figure, word)))
    assert read.value is not None
    assert abs(read.value) == Decimal(digits).scaleb(power - decimals)
    assert read.decimals == decimals - power


@settings(deadline=None)
@given(
    st.integers(1, 10**6),
    st.integers(0, 3),
    st.integers(-5, 9),
    st.sampled_from(["{}E{:+}", "{}e{}", "{}x10^{}"]),
)
def test_an_exponent_moves_the_point_and_what_is_rounded(digits, decimals, power, shape):
    read = PLAIN.read(shape.format(f"{Decimal(digits).scaleb(-decimals):f}", power))
    assert (read.value, read.decimals) == (Decimal(digits).scaleb(power - decimals), decimals - power)


BLANKS = st.text(SPACES + "\t\r\n\u2028\u200b\ufeff", max_size=3)


@settings(deadline=None)
@given(NOTATIONS, st.text(max_size=20) | NEARLY, BLANKS, BLANKS)
def test_white_space_around_a_token_means_nothing(notation, token, before, after):
    assert outcome(notation, before + token + after) == outcome(notation, token)


@settings(deadline=None)
@given(NEARLY)
def test_a_number_is_its_digits_and_nothing_is_made_up(token):
    read = outcome(PLAIN, token)
    if isinstance(read, Reading) and read.value is not None:
        kept = "".join(c for c in fold(token) if c in "0123456789").strip("0")
        assert "".join(c for c in f"{read.value:f}" if c.isdigit()).strip("0") == kept


HOSTILE = [
    "*" * 9_999 + "z",
    "* " * 5_000,
    "a" * 9_999 + "!",
    "1" * 9_999 + "x",
    "1," * 5_000,
    "1" + " " * 9_998 + "x",
    "<" + "a" * 9_999,
    "<" + "<" * 9_999,
    "¹" * 9_999 + "!",
    "(" * 9_999,
    *("*" * n + "z" for n in (60, 99)),
    *("ab" * n + "!" for n in (30, 49)),
]


def test_a_hostile_token_is_refused_at_once():
    notation = Notation(marks=("*", "**", "***", "a", "ab", "b", "¹", "¹²", "a b"))
    begin = time.process_time()
    for token in HOSTILE:
        assert outcome(notation, token) == "refused", token[:20]
    assert time.process_time() - begin < 5


# --- labels -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "label"),
    {
        "  DW   Total ": "DW Total",
        "DW\u00a0Total": "DW Total",
        "DW\nTotal": "DW Total",
        "Ｔotal": "Total",
        "ﬁsh": "fish",
        "m²": "m2",
        "To\u00adtal\u200b": "Total",
        "e\u0301": "é",
        "": "",
    }.items(),
)
def test_labels_have_one_form(text, label):
    assert normalise(text) == label


@settings(deadline=None)
@given(st.text())
def test_the_form_of_a_label_is_final(text):
    assert normalise(normalise(text)) == normalise(text)


def test_a_long_token_is_shown_short():
    assert shorten("x" * 40) == repr("x" * 40)
    assert shorten("x" * 41) == repr("x" * 39 + "…")
