"""A stranger's characters made harmless: on a terminal, in a text that turns, in a spreadsheet."""

from __future__ import annotations

import re

# Control characters drive a terminal, direction marks turn the text around them, and half a
# surrogate pair cannot be written as UTF-8, nor U+FFFE and U+FFFF in XML. Joiners and zero-width
# spaces stay: Khmer, Arabic and emoji need them.
HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb"
    r"\ufffe\uffff\ud800-\udfff]"
)
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # wide ones are formulas to a Japanese Excel


def visible(text: str) -> str:
    r"""The text with its control characters and direction marks spelled out, as ``\x1b``."""
    if text.isascii() and text.isprintable():  # nearly all are, and this is soon seen
        return text
    return HIDDEN.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def harmless(text: str) -> str:
    """A visible text that no spreadsheet takes for a formula: an apostrophe before what begins like one."""
    begins = text.lstrip().startswith(_FORMULA) or text.startswith(("\t", "\r"))
    return f"'{visible(text)}" if begins else visible(text)
