"""Whether a page's text layer can be believed: what a poor OCR made of numbers, glyphs without a meaning."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from amyqa.sources.printed import PrintedLine

UNKNOWN = "\ufffd"
"""A glyph of which the file does not say what it means."""
OCR = "have OCR read it anew (OCRmyPDF --force-ocr, ABBYY FineReader), and check what it read"
_GARBLED = re.compile(
    r"\d[A-Za-z]+\d|[A-Za-z][.,]\d|\d[.,;:]?[~;{}\\|_<>^\"`\]]\S*\d|\d[.,][A-Za-z]{1,2}$|[~;{}\\|_<>^\"`]\d"
    r"|\d[~{}\\|_<>^\"`\]]|\(cid:\d+\)|" + UNKNOWN
)
_MAX_GARBLED, _MAX_SHARE = 4, 0.04
_HYPHENS = "\xad\ufffe\x02"


def meant(code: int) -> str:
    """What a character of a page stands for; "" for what is none, as a control character."""
    if chr(code) in _HYPHENS:
        return "-"
    if code == 0 or unicodedata.category(chr(code)) in ("Co", "Cn", "Cs"):
        return UNKNOWN
    character = chr(code)
    return "" if character.isspace() or not character.isprintable() else character


def doubts(lines: Sequence[PrintedLine]) -> str:
    """Why the numbers of a page cannot be believed, in words; or ""."""
    words = [word.text for line in lines for word in line.words]
    unknown = sum(UNKNOWN in word for word in words)
    numbers = [word for word in words if any(map(str.isdecimal, word)) or UNKNOWN in word or "(cid:" in word]
    garbled = [word for word in numbers if _GARBLED.search(word)]
    if len(garbled) <= max(_MAX_GARBLED, _MAX_SHARE * len(numbers)):
        return ""
    if unknown * 2 > len(garbled):
        return f"its text layer is broken: {len(garbled)} words hold characters without a meaning"
    shown = ", ".join(sorted(garbled, key=len)[-3:])
    return f"its text layer is broken: {len(garbled)} of {len(numbers)} numbers are garbled, as {shown[:80]}"
