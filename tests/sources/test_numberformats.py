"""A number in a cell's format is what a reader sees."""

from __future__ import annotations

import pytest

from amyqa.sources.numberformats import show


@pytest.mark.parametrize(
    ("number", "code", "token"),
    [
        ("38891.00000000001", "#,##0", "38,891"),
        ("38891.00000000001", "General", "38891"),
        ("0.30000000000000004", "General", "0.3"),
        ("123456789012", "General", "123456789012"),
        ("1234.567890123", "General", "1234.56789"),
        ("1.23E-12", "General", "1.23E-12"),
        ("-0.4", "#,##0", "0"),
        ("2.5", "0", "3"),
        ("-1234.5", "#,##0;(#,##0)", "(1,235)"),
        ("-1234.4", '_(* #,##0_);_(* \\(#,##0\\);_(* "-"??_);_(@_)', "(1,234)"),
        ("0", '_(* #,##0_);_(* \\(#,##0\\);_(* "-"??_);_(@_)', "-"),
        ("0.3577", "0.0%", "35.8%"),
        ("12.5", "0.0#", "12.5"),
        ("7", "000", "007"),
        ("12.25", "[$€-2] #,##0.00", "€ 12.25"),
        ("5", '0" pcs"', "5 pcs"),
        ("1234567", "#,##0,", "1,235"),
        ("1200000", '0.0,,"M"', "1.2M"),
        ("1234567", "#\\ ###\\ ##0", "1 234 567"),
        ("-5", "[Red]-0;0", "5"),
        ("12", '[>=10]0;[<10]"few"', "12"),
        ("3", '[>=10]0;[<10]"few"', "few"),
        ("12.34", "0.00E+00", "1.23E+01"),
        ("0.5", "# ?/?", "0.5"),
        ("5", "@", "5"),
        ("37622", "yyyy", "2003"),
        ("37622", "mmm-yy", "Jan-03"),
        ("37622.75", "d/m/yyyy h:mm AM/PM", "1/1/2003 6:00 PM"),
        ("1", "d mmmm yyyy", "1 January 1900"),
        ("1.5", "[h]:mm", "36:00"),
        ("not a number", "0", "not a number"),
    ],
)
def test_a_number_is_shown_in_its_format(number: str, code: str, token: str) -> None:
    assert show(number, code).token == token


def test_days_may_be_counted_from_1904() -> None:
    assert show("0", "yyyy-mm-dd", from_1904=True).token == "1904-01-01"


@pytest.mark.parametrize(
    ("number", "code", "rounded"),
    [
        ("38891.00000000001", "#,##0", False),
        ("12.4", "#,##0", True),
        ("12.4", "0.0", False),
        ("0.125", "0.0%", False),
        ("0.1251", "0.0%", True),
        ("12000", "#,##0,", False),
    ],
)
def test_a_number_that_shows_less_than_it_holds_is_rounded(number: str, code: str, rounded: bool) -> None:
    assert show(number, code).rounded is rounded
