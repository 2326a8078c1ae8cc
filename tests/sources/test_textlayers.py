"""Text layers that cannot be believed."""

from __future__ import annotations

import pytest

from amyqa.sources.printed import PrintedLine, Word
from amyqa.sources.textlayers import UNKNOWN, doubts, meant


def lines(words: str) -> list[PrintedLine]:
    return [PrintedLine(1, tuple(Word(9 * i, 9 * i + 8, word) for i, word in enumerate(words.split())))]


@pytest.mark.parametrize(
    "words",
    [
        "1,204 17 (3) 2,000 - 5.5% 96 1a 12* 2003-04 24.91² 1-10 A5 EU-15 2009; 2010, 3rd",
        "1 2= 3 4 5 6=(7 to 13) 1997: 0301.10 1.234.567,89 +3 12/2004 10:30",
    ],
)
def test_numbers_as_they_are_printed_are_believed(words: str) -> None:
    assert doubts(lines(words)) == ""


def test_numbers_that_ocr_garbled_are_told() -> None:
    told = doubts(lines("1,204 17 3lj2 1jO9 It,779 2.:1 8|4 96 (cid:3)(cid:9) 31"))
    assert told == "its text layer is broken: 5 of 10 numbers are garbled, as 1jO9, It,779, (cid:3)(cid:9)"


def test_characters_without_a_meaning_are_told_and_never_left_out() -> None:
    glyphs = " ".join("".join(map(meant, [0xE031, 0xE032, 0x31])) for _ in range(6))
    assert glyphs.split()[0] == f"{UNKNOWN}{UNKNOWN}1"
    assert doubts(lines(f"{glyphs} 12 13 14")) == (
        "its text layer is broken: 6 words hold characters without a meaning"
    )


@pytest.mark.parametrize(("code", "text"), [(0x20, ""), (0x0A, ""), (0xAD, "-"), (0x41, "A"), (0, UNKNOWN)])
def test_what_a_character_stands_for(code: int, text: str) -> None:
    assert meant(code) == text
