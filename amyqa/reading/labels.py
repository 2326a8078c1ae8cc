"""What the words of a label say of its numbers: a total of others, or a share, which is never added up.

The words themselves stand in ``words.json``, and a yearbook adds to them (``vocabulary``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from amyqa.reading.tokens import normalise
from amyqa.reading.vocabulary import WHOLE_LABEL, remembered, words_of

_LONGEST_TOTAL = 5
SHARE, OF_A_HUNDRED = "share", "hundred"
"""Kinds of words: of shares; and those by which a total that is printed as 100 is that of shares."""

_SIGNS = (
    "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
    "\u0981-\u0983\u09bc-\u09cd\u09d7\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0acd\u0b01-\u0b57\u0b82-\u0bcd"
    "\u0c00-\u0c56\u0c81-\u0cd6\u0d00-\u0d57\u0d81-\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1"
    "\u0eb4-\u0ebc\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3\u17dd"
)
"""Vowel signs and other marks that belong to the letter before them; ``\\w`` leaves many of them out."""
_WORD = re.compile(rf"(?:[^\W_]|[{_SIGNS}])+|%|\$|№")
_JOINED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")
"""Scripts that put no blank between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""


@lru_cache(maxsize=100_000)
def words(label: str) -> tuple[str, ...]:
    """A label's words, case folded: letters and digits; % and $ are words."""
    return tuple(_WORD.findall(normalise(label).casefold()))


def plain(label: str) -> str:
    """A label's words with a blank between any two."""
    return " ".join(words(label))


def holds(label: str, vocabulary: str | Sequence[str]) -> bool:
    """Whether one of these words (or rows of words) stands in a label.

    Args:
        vocabulary: a kind of words, or the words.
    """
    key = vocabulary if isinstance(vocabulary, str) else tuple(vocabulary)
    return _any_of(key).search(f" {plain(label)} ") is not None


@remembered()
def _any_of(vocabulary: str | tuple[str, ...]) -> re.Pattern[str]:
    listed = words_of(vocabulary) if isinstance(vocabulary, str) else vocabulary
    return re.compile("|".join(map(_standing, listed)) or "(?!)")


def _standing(word: str) -> str:
    """Where a word stands among others; in a script without blanks, anywhere."""
    said = plain(word.removeprefix(WHOLE_LABEL))
    if word.startswith(WHOLE_LABEL):
        return re.escape(f" {said} ").join(("^", "$"))
    return re.escape(said) if _JOINED.fullmatch(said) else re.escape(f" {said} ")


@remembered()
def _said(kind: str) -> frozenset[str]:
    """The words of a kind as labels hold them."""
    return frozenset(plain(word.removeprefix(WHOLE_LABEL)) for word in words_of(kind))


def is_one_of(label: str, kind: str) -> bool:
    """Whether a word (or a row of words) of a kind is all of a label."""
    return plain(label) in _said(kind)


@remembered(100_000)
def is_total(label: str) -> bool:
    """Whether a label is that of a total: ``Total``, ``ALL STATES``, ``Total EU-15``, a dash alone."""
    found = words(label)
    whole = " ".join(found)
    if label.strip() and not label.strip("-–— "):
        return True
    if len(found) > _LONGEST_TOTAL and label.rstrip().endswith("."):
        return False  # a sentence
    if not found:
        return False
    first = any(" ".join(found[:n]) in _said("total first") for n in (1, 2))
    return first or found[-1] in _said("total last") or whole in _said("total") or whole in _said("subtotal")


@remembered(100_000)
def is_all(code: str) -> bool:
    """Whether a code stands for all others of its dimension: ``total``, ``Both sexes``, ``all sectors``.

    Less than :func:`is_total`: a subtotal is the total of some, and nationals stand beside foreigners.
    """
    found = words(code)
    every = len(found) == 2 and found[0] == "all" and found[1] not in ("other", "others", "rest")
    return every or " ".join(found) in _said("total")


def is_whole(label: str) -> bool:
    """Whether a label names the whole country: a total, where it stands in the first or the last row."""
    return is_one_of(label, "whole")
