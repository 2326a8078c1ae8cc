"""Lines of a page: words by the places of characters, raised marks, rows over several lines."""

from __future__ import annotations

import pytest

from amyqa.sources.pagelines import Character, lines_of
from amyqa.sources.printed import PrintedLine, tables

WIDE = 5.0


def typed(text: str, left: float, base: float, size: float = 9.0) -> list[Character]:
    """A text, each of its characters as wide as the next, blanks left out."""
    wide = WIDE * size / 9
    return [
        Character(left + wide * i, left + wide * (i + 1), base, size, character)
        for i, character in enumerate(text)
        if character != " "
    ]


def page(lines: list[tuple[float, str]]) -> list[PrintedLine]:
    """Lines with their height."""
    return lines_of([each for base, text in lines for each in typed(text, 40, base)], 1)


def rows(lines: list[PrintedLine]) -> list[tuple[str, ...]]:
    [table] = tables(lines, "t")
    return [line.fields for line in table.lines[1:]]


@pytest.mark.parametrize("lift", [1.5, 4.0])
def test_a_small_raised_digit_is_a_mark_and_no_digit_of_the_number(lift: float) -> None:
    characters = [*typed("Ports", 40, 100), *typed("24.91", 120, 100), *typed("2", 145, 100 + lift, 5)]
    [line] = lines_of(characters, 1)
    assert [word.text for word in line.words] == ["Ports", "24.91²"]
    assert [word.text for word in line.figures] == ["24.91²"]


def test_a_small_digit_on_the_line_stays_one() -> None:
    [line] = lines_of([*typed("Ports", 40, 100), *typed("24.9", 120, 100), *typed("1", 140, 100, 7)], 1)
    assert line.words[-1].text == "24.91"


def test_labels_that_stand_closer_than_rows_do_are_of_one_row() -> None:
    names = ["Amber", "Birch", "Cedar"]
    lines = [(300.0, "District        Men   Women")]
    for at, name in enumerate(names):
        top = 270.0 - 32 * at
        lines += [
            (top, f"Old {name}"),
            (top - 8, f"{name}           1{at}1     20{at}"),
            (top - 16, "(town)"),
        ]
    assert rows(page(lines)) == [
        (f"Old {name} {name} (town)", f"1{at}1", f"20{at}") for at, name in enumerate(names)
    ]


def test_headings_as_far_from_their_rows_as_rows_are_from_each_other_stay_headings() -> None:
    texts = ["District        Men   Women", "North", "Amber           101     201"]
    texts += ["Birch           102     202", "South", "Cedar           103     203"]
    texts += ["Delta           104     204"]
    found = rows(page([(300.0 - 12 * at, text) for at, text in enumerate(texts)]))
    assert [fields[0] for fields in found] == ["North", "Amber", "Birch", "South", "Cedar", "Delta"]


def test_a_heading_close_to_its_first_row_is_not_taken_into_its_label() -> None:
    heights = {300: "District        Men   Women", 270: "North", 260: "Amber           101     201",
               250: "Birch           102     202", 230: "South", 220: "Cedar           103     203",
               210: "Delta           104     204"}  # fmt: skip
    found = rows(page([(float(base), text) for base, text in heights.items()]))
    assert [fields[0] for fields in found] == ["North", "Amber", "Birch", "South", "Cedar", "Delta"]
