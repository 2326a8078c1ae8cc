"""What all tokens of a table say together: marks, multipliers, words for nothing, zero by columns."""

from __future__ import annotations

import pytest

from amyqa.reading.tokens import Notation
from amyqa.starting.draft import draft
from amyqa.starting.notation import notation_of, written
from tests.starting.tables import take

PLAIN = Notation()


@pytest.mark.parametrize(
    ("rows", "multipliers"),
    {
        "side by side": ([["1.5b", "900m"], ["2.4b", "1.1b"]], ["b", "m"]),
        "at every number": ([["150k", "90k"], ["240k", "110k"]], ["k"]),
        "as large as the bare ones": ([["1,204,000", "950k"], ["1,120,000", "870k"]], ["k"]),
        "beside a word": ([["1.5bn", "900m"], ["2.4bn", "1.1bn"]], ["m"]),
        "flags of a series": ([["12.3b", "12.9"], ["13.0", "13.4b"]], []),
        "beside other flags": ([["12.3b", "12.9e1x"], ["13.0x", "13.4x"]], []),
        "sizes that fit neither": ([["12k", "900000000"], ["13", "14k"]], []),
    }.values(),
)
def test_what_multiplies_is_told_from_what_marks_by_the_whole_table(rows, multipliers):
    assert sorted(word for word, _ in written(rows, PLAIN).multipliers) == multipliers


def test_a_break_in_a_series_is_a_mark_where_the_numbers_are_of_one_size():
    found = written([["12.3b", "12.9"], ["13.0", "13.4b"]], PLAIN)
    assert (found.marks, found.multipliers, found.asked) == (("b",), (), ())


def test_a_letter_that_may_be_a_digit_is_no_mark():
    found = written([["12l", "30"], ["13", "14"]], PLAIN)
    assert (found.marks, found.asked) == ((), ("l",))


def test_what_may_be_either_is_asked_about():
    found = written([["12k", "900000000"], ["13", "14k"]], PLAIN)
    assert (found.marks, found.multipliers, found.asked) == ((), (), ("k",))


def test_tokens_of_signs_and_figures_of_any_kind_are_no_traceback():
    assert notation_of(["913¹", "१२३", "½", "1.2E+06", "①"]) == (".", ",")
    assert written([["0k", "-m", "½b"], ["", "5", "x"]], PLAIN).multipliers == ()


@pytest.mark.parametrize("damaged", ["12.5", "1.23", "4.5678"])
def test_one_damaged_token_does_not_decide_how_numbers_are_written(damaged):
    figures = [f"{n}.{n:03}" for n in range(101, 120)]
    assert notation_of([*figures, damaged]) == (",", ".")


PLOTS = """Village,Hectares,All,Young,Old,Unknown
Ash,41,21,10,9,2
Birch,,23,11,11,1
Cedar,30,14,7,7,
Doe,29,16,8,8,
All,160,74,36,35,3
"""


def test_a_blank_is_zero_in_the_column_whose_sums_say_so_and_in_no_other():
    lines = draft(take(PLOTS, "t.csv"), "t").text.splitlines()
    [nil] = [line for line in lines if line.startswith("nil:")]
    assert nil.startswith('nil: {Unknown: [""]}')
    assert any("a blank is unknown in Hectares" in line for line in lines)


def test_a_dash_is_zero_wherever_it_stands_where_all_columns_say_so():
    table = "Village,All,Young,Old\nAsh,10,-,10\nBirch,11,11,-\nCedar,14,7,7\nDoe,16,8,8\nAll,51,26,25\n"
    [nil] = [line for line in draft(take(table, "t.csv"), "t").text.splitlines() if "nil:" in line]
    assert nil.startswith('nil: ["-"]')
