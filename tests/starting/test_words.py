"""What labels say."""

from __future__ import annotations

import pytest

from amyqa.reading.labels import is_all, is_total
from amyqa.starting import words


@pytest.mark.parametrize(
    ("label", "sex", "rest"),
    [
        ("Male", "male", ""),
        ("Females", "female", ""),
        ("HRD Male", "male", "HRD"),
        ("Agriculture – Men", "male", "Agriculture"),
        ("Women, fishing", "female", "fishing"),
        ("sex-male", "male", "sex"),
        ("Both sexes", "total", ""),
        ("Both/1990", "total", "1990"),
        ("0-4 (mf)", "total", "0-4"),
        ("M", "male", ""),
        ("F", "female", ""),
        ("Mujeres", "female", ""),
        ("Malesia", None, "Malesia"),
        ("Manpower", None, "Manpower"),
        ("Total", None, "Total"),
    ],
)
def test_a_label_names_a_sex(label: str, sex: str | None, rest: str) -> None:
    assert words.sex_of(label) == (sex, rest)


@pytest.mark.parametrize(
    "label",
    [
        "Total",
        "TOTAL",
        "All",
        "Grand total",
        "Sum",
        "ALL STATES",
        "Total EU-15",
        "District-Total",
        "Subtotal",
        "Subtotal coast",
        "Sub-total: North",
    ],
)
def test_a_label_is_that_of_a_total(label: str) -> None:
    assert is_total(label)


@pytest.mark.parametrize(
    ("code", "is_it"),
    [
        ("Both sexes", True), ("all sectors", True), ("Insgesamt", True), ("ALL", True),
        ("All others", False), ("all other crops", False), ("Subtotal", False), ("national", False),
        ("Total EU-15", False),
    ],
)  # fmt: skip
def test_a_code_that_stands_for_all_others_is_less_than_a_label_that_says_total(
    code: str, is_it: bool
) -> None:
    assert is_all(code) is is_it


@pytest.mark.parametrize("label", ["", "*", "Totally", "Ball", "Small", "Netherlands", "Wallonia"])
def test_a_label_is_not_that_of_a_total(label: str) -> None:
    assert not is_total(label)


@pytest.mark.parametrize("label", ["2004", "2003-04", "1998/99", "2005*", "2010 – 2011"])
def test_a_label_is_a_year(label: str) -> None:
    assert words.is_year(label)


@pytest.mark.parametrize("label", ["3004", "200", "20045", "1-10", "Year"])
def test_a_label_is_no_year(label: str) -> None:
    assert not words.is_year(label)


def test_sectors_and_sexes_are_told_apart() -> None:
    labels = ["Total", "Male", "Female", "Farm Total", "Farm – Men", "Women, farm", "Share of women (%)"]
    assert words.column_coordinates(labels) == [
        {"sector": "all", "sex": "total"},
        {"sector": "all", "sex": "male"},
        {"sector": "all", "sex": "female"},
        {"sector": "Farm", "sex": "total"},
        {"sector": "Farm", "sex": "male"},
        {"sector": "farm", "sex": "female"},
        None,
    ]


def test_a_header_without_sectors_gives_sexes_only() -> None:
    assert words.column_coordinates(["M", "F", "Total"]) == [
        {"sex": "male"},
        {"sex": "female"},
        {"sex": "total"},
    ]


def test_a_header_of_years_gives_years() -> None:
    assert words.column_coordinates(["2004", "2005"]) == [{"year": "2004"}, {"year": "2005"}]


def test_a_header_that_says_nothing_gives_nothing() -> None:
    assert words.column_coordinates(["Sinhalese", "Tamil", "Moor"]) is None


@pytest.mark.parametrize(
    ("texts", "unit"),
    [
        (["Year (thousand)"], "thousand"),
        (["Exports (US$ million)"], "US$ million"),
        (["Rate (%)"], ""),
        (["Year"], ""),
    ],
)
def test_a_unit_stands_in_brackets(texts: list[str], unit: str) -> None:
    assert words.unit_in(texts) == unit


@pytest.mark.parametrize(
    ("label", "codes", "name"),
    [
        ("Census Year", ["1871", "1881"], "year"),
        ("", ["January", "Feb.", "Total"], "month"),
        ("District (2001)", ["Colombo"], "district"),
        ("Sub-county", ["Mombasa"], "sub county"),
        ("", ["Mombasa"], "group"),
        ("OBS value", ["Mombasa"], "group"),
    ],
)
def test_a_dimension_gets_a_name(label: str, codes: list[str], name: str) -> None:
    assert words.dimension_name(label, codes) == name
