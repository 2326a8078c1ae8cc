"""The page's script keeps to the house's rules; that it parses is seen in a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import amyqa

SCRIPT = Path(amyqa.__file__).parent / "reports" / "html" / "report.js"
TEXT = SCRIPT.read_text(encoding="utf-8")
CODE = re.sub(r"(?m) *(?<!:)//.*$|/\*.*?\*/", "", TEXT)
REFUSED = {
    r"\bvar\b": "const or let",
    r"[^=!]==[^=]|!=[^=]": "=== or !==",
    r"\beval\b|\bnew Function\b|\bdocument\.write\b": "no code is made of text",
    r"\bconsole\.|\bdebugger\b|\balert\(": "nothing is left from looking for mistakes",
    r"\bfetch\(|\bXMLHttpRequest\b|\bimport\(": "the page asks for nothing",
}


@pytest.mark.parametrize("pattern", REFUSED)
def test_the_script_is_written_as_the_house_writes(pattern: str) -> None:
    assert [line for line in CODE.splitlines() if re.search(pattern, line)] == [], REFUSED[pattern]


def test_the_script_is_strict_and_makes_markup_in_one_place_only() -> None:
    assert CODE.startswith('"use strict";')
    assert CODE.count("innerHTML") == 1  # of packed tables, as the report wrote and escaped them
    assert "insertAdjacentHTML" not in CODE
    assert not re.search(r"\t| +$", TEXT, re.MULTILINE)


def test_every_name_that_the_script_declares_is_used() -> None:
    names = re.findall(r"\b(?:const|let|function)\s+(\w+)", CODE)
    assert [name for name in names if len(re.findall(rf"\b{name}\b", CODE)) < 2] == []
