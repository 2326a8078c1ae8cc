"""Problems: what is wrong, where, and how to mend it, all at once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amyqa.errors import AmyqaError, BadInput, BadRule, BadSpec, Problem, Problems, did_you_mean


@pytest.mark.parametrize(
    ("problem", "shown"),
    [
        (Problem("is odd"), "is odd"),
        (Problem("is odd", "mend it"), "is odd (mend it)"),
        (Problem("is odd", file="t.csv"), "t.csv: is odd"),
        (Problem("is odd", "mend it", "t.csv", 3), "t.csv:3: is odd (mend it)"),
        (Problem("is odd", "mend it", "t.csv", 3, 4), "t.csv:3:4: is odd (mend it)"),
        (Problem("is odd", "mend it", "t.yaml", 3, 4, "a.b"), "t.yaml:3:4: a.b: is odd (mend it)"),
        (Problem("is odd", key="a.b"), "a.b: is odd"),
    ],
)
def test_a_problem_is_one_line_with_its_place_first(problem, shown):
    assert str(problem) == shown


def test_an_error_says_all_its_problems():
    error = BadSpec(Problem(message) for message in ("one", "two"))
    assert str(error) == "one\ntwo"
    assert [problem.message for problem in error.problems] == ["one", "two"]


def test_problems_are_raised_together_in_the_order_of_the_files():
    problems = Problems()
    for file, line, column in [("b", 1, 1), ("a", 2, None), ("a", 2, 3), ("a", 10, 1), (None, None, None)]:
        problems.add(BadSpec, Problem("x", file=file, line=line, column=column))
    assert len(problems) == 5
    with pytest.raises(BadSpec) as caught:
        problems.raise_if_any()
    assert [str(problem) for problem in caught.value.problems] == [
        "x", "a:2: x", "a:2:3: x", "a:10:1: x", "b:1:1: x",
    ]  # fmt: skip


def test_nothing_is_raised_where_nothing_is_wrong():
    Problems().raise_if_any()


def test_problems_of_several_kinds_are_raised_as_what_they_have_in_common():
    problems = Problems()
    problems.add(BadSpec, Problem("one"))
    problems.extend(BadRule([Problem("two"), Problem("three")]))
    with pytest.raises(AmyqaError) as caught:
        problems.raise_if_any()
    assert type(caught.value) is AmyqaError
    assert len(caught.value.problems) == 3


def test_a_problem_is_said_once_though_found_twice():
    problems = Problems()
    for _ in range(2):
        problems.add(BadInput, Problem("one", file="a"))
    with pytest.raises(BadInput) as caught:
        problems.raise_if_any()
    assert len(caught.value.problems) == 1


def test_what_goes_wrong_inside_is_gathered_and_a_bug_is_not():
    def goes_wrong(error: Exception) -> None:
        raise error

    problems = Problems()
    with problems.gathered():
        goes_wrong(BadInput([Problem("one"), Problem("two")]))
    assert len(problems) == 2
    with pytest.raises(KeyError), problems.gathered():
        goes_wrong(KeyError())


KNOWN = ["Total", "Male", "Female", "HRD Total"]


@pytest.mark.parametrize(
    ("word", "known", "advice"),
    [
        ("Femal", KNOWN, "did you mean 'Female'?"),
        ("total", KNOWN, "did you mean 'Total'?"),
        ("HRD  total", KNOWN, "did you mean 'HRD Total'?"),
        ("xyz", KNOWN, "known: Female, HRD Total, Male, Total"),
        ("", ["b", "a", "b"], "known: a, b"),
        ("x", [], ""),
        ("?", "abcdefghijklm", "known: a, b, c, d, e, f, g, h, i, j, k, l, …"),
    ],
)  # fmt: skip
def test_advice_names_the_nearest_word_or_the_known_ones(word, known, advice):
    assert did_you_mean(word, known) == advice


@settings(deadline=None)
@given(st.text(), st.lists(st.text()))
def test_advice_is_given_for_any_words(word, known):
    advice = did_you_mean(word, known)
    assert bool(advice) == bool(known)
    if word in known:
        assert advice.startswith("did you mean")
