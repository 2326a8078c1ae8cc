"""Readers are judged by sums: of several ways to read a place, the one that adds up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from amyqa.sources import Line, Sheet
from amyqa.starting.finding import find
from amyqa.starting.readings import best
from tests.sources.packed import pdf
from tests.sources.test_pdf import placed

HEADER = ("Port", "Total", "Inshore", "Deep sea", "Rivers")
CATCH = [(41, 22, 9), (17, 35, 12), (64, 13, 28), (29, 47, 11), (38, 16, 53), (75, 24, 31)]
RIGHT = [
    (f"Quay {name}", str(sum(parts)), *map(str, parts)) for name, parts in zip("ABCDEF", CATCH, strict=True)
]


def sheet(rows: list[tuple[str, ...]]) -> Sheet:
    lines = [Line(10_001 + at, fields) for at, fields in enumerate([HEADER, *rows])]
    return Sheet("t.pdf", tuple(lines), name="page 1, table 1")


def shifted(row: tuple[str, ...]) -> tuple[str, ...]:
    """A row with its numbers one column too far to the left."""
    return (row[0], *row[2:], row[1])


def test_the_reading_whose_sums_agree_is_taken_and_told() -> None:
    wrong = sheet([*RIGHT[:3], *map(shifted, RIGHT[3:])])
    taken = best(replace(wrong, others=(sheet(RIGHT),)))
    assert [line.fields for line in taken.lines[1:]] == RIGHT
    assert taken.notes == ("can be read in 2 ways: 6 of 6 sums agree in the one taken, 3 of 6 in another",)


def test_a_right_first_reading_stays() -> None:
    wrong = sheet([*RIGHT[:5], shifted(RIGHT[5])])
    taken = best(replace(sheet(RIGHT), others=(wrong,)))
    assert [line.fields for line in taken.lines[1:]] == RIGHT
    assert "6 of 6 sums agree in the one taken, 5 of 6 in another" in taken.notes[0]


def test_where_no_sum_tells_the_first_reading_is_taken_with_doubt() -> None:
    one = sheet([("Quay A", "41", "22", "9", "3"), ("Quay B", "17", "35", "12", "8")])
    other = sheet([("Quay A", "41", "22", "9", "3"), ("Quay B", "17", "35", "", "12")])
    taken = best(replace(one, others=(other,)))
    assert taken.lines == one.lines
    assert "no sum tells which is right" in taken.notes[0]


def test_one_reading_is_as_it_is() -> None:
    assert best(sheet(RIGHT)) == sheet(RIGHT)


def test_columns_a_blank_apart_are_not_thousands_where_the_sums_say_so(tmp_path: Path) -> None:
    rows = [(12, 345, 678), (7, 120, 333), (45, 210, 101), (33, 987, 250), (28, 111, 620), (19, 402, 555)]
    lines = ["Quay      All   A   B   C"]
    for name, (a, b, c) in zip("ABCDEF", rows, strict=True):
        lines.append(f"{name:6}{a + b + c:>7,} {a:>3} {b:>3} {c:>3}")
    [table] = find(pdf(tmp_path / "t.pdf", [placed(lines)]), "t.pdf").tables
    assert [line.fields[2:] for line in table.lines[1:]] == [tuple(map(str, row)) for row in rows]
    assert "6 of 6 sums agree in the one taken" in table.notes[0]
