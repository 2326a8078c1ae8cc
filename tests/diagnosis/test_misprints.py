"""How a printed number comes from the true one: every kind of slip, and what is likelier than what."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amyqa.diagnosis import misprints
from amyqa.diagnosis.misprints import ERROR_MECHANISMS, confusion, explain, likelihood, nearby


def decimals_of(*numbers: Decimal) -> int:
    return max(0, *(-int(number.as_tuple().exponent) for number in numbers))


def slips(printed: str, true: str, *neighbours: str, nil: bool = False) -> list[misprints.ErrorMechanism]:
    wrong, right = Decimal(printed), Decimal(true)
    around = [Decimal(n) for n in neighbours]
    return explain(wrong, right, decimals_of(wrong, right), around, nil=nil)


# printed, true, kind
KINDS = [
    ("895", "859", "transposed digits"),
    ("1807", "8107", "transposed digits"),
    ("12.43", "12.34", "transposed digits"),
    ("-895", "-859", "transposed digits"),
    ("123", "1023", "digit dropped"),
    ("516", "519", "one digit wrong"),
    ("4516", "4576", "one digit wrong"),
    ("7.1", "7.7", "one digit wrong"),
    ("45", "435", "digit dropped"),
    ("1234", "12345", "digit dropped"),
    ("345", "2345", "leading digit lost"),
    ("5", "10005", "leading digit lost"),
    ("12234", "1234", "digit doubled"),
    ("12344", "1234", "digit doubled"),
    ("12534", "1234", "digit added"),
    ("91234", "1234", "leading digit added"),
    ("2914", "2915", "off by one"),
    ("3000", "2999", "off by one"),
    ("12.4", "12.5", "off by one"),
    ("0", "1", "off by one"),
    ("250", "-250", "sign lost"),
    ("-0.6", "0.6", "sign added"),
    ("14144", "14.144", "a thousand times too large"),
    ("14.144", "14144", "a thousand times too small"),
    ("2500000", "2.5", "a million times too large"),
    ("2.5", "2500000", "a million times too small"),
    ("123.4", "12.34", "decimal point displaced"),
    ("0.52", "52", "decimal point displaced"),
    ("0.0123", "123", "decimal point displaced"),
    ("777", "2345", "another number"),
    ("-52", "31", "another number"),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "true", "kind"), KINDS)
def test_the_likeliest_slip_is_named(printed: str, true: str, kind: str) -> None:
    assert slips(printed, true)[0].kind == kind


def test_every_kind_of_slip_has_a_case() -> None:
    named = {kind for _, _, kind in KINDS}
    assert named | {"copied from a neighbouring cell", "nil printed for a number"} == named | {
        slip.kind
        for printed, true, _ in KINDS
        for slip in [*slips(printed, true, printed), *slips("0", true, nil=True)]
    }


def test_a_number_printed_as_meant_has_no_slip() -> None:
    assert slips("859", "859") == []
    assert slips("859", "859.0") == []
    assert likelihood([]) == 0


def test_a_number_that_stands_beside_may_have_been_copied() -> None:
    assert slips("777", "2345", "777")[0].kind == "copied from a neighbouring cell"
    kinds = {slip.kind for slip in slips("777", "2345", "776", "2345")}
    assert "copied from a neighbouring cell" not in kinds
    one, two = (likelihood(slips("777", "2345", *around)) for around in (["777"], ["777", "777"]))
    assert two > one


def test_a_dash_may_stand_for_a_number() -> None:
    [first, *others] = slips("0", "4711", nil=True)
    assert first.kind == "nil printed for a number"
    assert "digit dropped" not in {slip.kind for slip in others}
    assert "nil printed for a number" not in {slip.kind for slip in slips("0", "4711")}


def test_no_slip_of_a_digit_changes_the_sign_too() -> None:
    assert [slip.kind for slip in slips("-895", "859")] == ["another number"]


@pytest.mark.parametrize("pair", ["17", "38", "56", "06", "08", "89", "49"])
def test_digits_that_look_alike_are_taken_for_each_other_rather_than_others(pair: str) -> None:
    first, second = pair[0], pair[1]
    strangers = [d for d in "0123456789" if d not in pair and confusion(d, first) == min(
        confusion(d, first) for d in "0123456789" if d != first
    )]  # fmt: skip
    assert strangers
    assert all(confusion(second, first) > confusion(stranger, first) for stranger in strangers)


def test_keys_side_by_side_are_taken_for_each_other_rather_than_far_ones() -> None:
    assert confusion("5", "4") > confusion("5", "1")
    assert confusion("1", "2") > confusion("1", "9")


@pytest.mark.parametrize("digit", "0123456789")
def test_confusions_of_a_digit_share_one_probability(digit: str) -> None:
    assert sum(confusion(digit, other) for other in "0123456789" if other != digit) == pytest.approx(1)


@pytest.mark.parametrize(
    ("likelier", "than"),
    [
        (("895", "859"), ("895", "954")),  # swapped digits, any other number
        (("2914", "2915"), ("2914", "2944")),  # off by one, one digit
        (("516", "576"), ("516", "546")),  # 1 for 7, 1 for 4
        (("14144", "14.144"), ("14144", "141.44")),  # thousandfold, a hundredfold
        (("1123", "123"), ("4123", "123")),  # doubled, added
        (("12345", "12354"), ("12345", "12395")),  # swapped, one digit
    ],
)
def test_some_slips_are_likelier_than_others(likelier: tuple[str, str], than: tuple[str, str]) -> None:
    assert likelihood(slips(*likelier)) > likelihood(slips(*than))


def test_the_shares_of_all_kinds_add_up_to_one() -> None:
    kinds = ("digit", "transposed", "dropped", "doubled", "added", "unit", "sign", "off_by_one", "copied",
             "shifted", "nil", "arbitrary")  # fmt: skip
    assert sum(getattr(ERROR_MECHANISMS, kind) for kind in kinds) == pytest.approx(1)


def test_the_logarithm_of_nothing_is_very_small_but_a_number() -> None:
    assert misprints.log(0.0) < misprints.log(1e-300) < misprints.log(1.0) == 0


def numbers() -> st.SearchStrategy[Decimal]:
    scaled = st.one_of(st.integers(-999, 9999), st.integers(-(10**17), 10**17))
    return st.builds(lambda n, places: Decimal(n).scaleb(-places), scaled, st.integers(0, 6))


@settings(max_examples=200, deadline=None)
@given(numbers(), numbers(), st.lists(numbers(), max_size=4), st.booleans())
def test_any_two_numbers_are_explained_the_same_each_time(
    printed: Decimal, true: Decimal, neighbours: list[Decimal], nil: bool
) -> None:
    decimals = decimals_of(printed, true)
    told = explain(printed, true, decimals, neighbours, nil=nil)
    assert told == explain(printed, true, decimals, neighbours, nil=nil)
    assert bool(told) == (printed != true)
    assert all(0 < slip.probability <= 1 for slip in told)
    assert likelihood(told) <= 1
    assert [s.probability for s in told] == sorted((s.probability for s in told), reverse=True)


def misprinted(text: str, how: str, at: int, digit: str) -> str:
    """A number after a common slip at some place of it."""
    i = at % len(text)
    if how == "swapped":
        i = at % max(1, len(text) - 1)
        return text[:i] + text[i : i + 2][::-1] + text[i + 2 :]
    if how == "doubled":
        return text[: i + 1] + text[i:]
    if how == "dropped":
        return text[:i] + text[i + 1 :]
    if how == "added":
        return text[:i] + digit + text[i:]
    return text[:i] + digit + text[i + 1 :]


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 10**9), st.integers(0, 3), st.booleans(),
    st.sampled_from(["swapped", "doubled", "dropped", "added", "one digit"]),
    st.integers(0, 9), st.sampled_from("0123456789"),
)  # fmt: skip
def test_the_true_number_of_every_common_slip_is_among_those_nearby(
    true: int, decimals: int, below: bool, how: str, at: int, digit: str
) -> None:
    wrong = misprinted(str(true), how, at, digit)
    # a number that lost all its digits, or came to begin with a zero, does not show where
    if not wrong or wrong[0] == "0" or int(wrong) == true:
        return
    sign = -1 if below else 1
    printed, meant = (sign * Decimal(int(n)).scaleb(-decimals) for n in (wrong, str(true)))
    assert meant in set(nearby(printed, decimals))


@pytest.mark.parametrize("power", [-6, -3, -2, -1, 1, 2, 3, 6])
def test_a_displaced_point_and_a_lost_sign_are_nearby(power: int) -> None:
    true = Decimal("12.5")
    assert true in set(nearby(true.scaleb(power), max(0, 1 - power)))
    assert true in set(nearby(-true, 1))
