"""How a table writes its numbers, judged by all of its tokens: marks, multipliers, words for nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from amyqa.model import Status
from amyqa.reading.signs import LIKELY, MULTIPLIERS
from amyqa.reading.tokens import Notation, UnreadableToken, fold
from amyqa.starting.layout import NOTATIONS, read
from amyqa.starting.words import is_year

_ABSENT_MARK = re.compile(r"[^\w\s]{0,3}|[A-Za-z./]{1,4}")
_LONE_SIGNS = frozenset("cuzxqnmeDSWXZQNHLVAE")
"""Letters that offices print alone for an absent number; S and B may also be misprints of 5 and 8."""
_DOTTED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
_MARKED = re.compile(r"(?P<number>.*\d)\s?(?P<mark>[^\d\s.,()%\[\]/:°‰¢$€£-]{1,2})")
_MISPRINTS = frozenset("lLoOsSIiBzZqgGQD|")
"""Letters that may be printed for a digit."""
_MEASURES = frozenset(
    {"th", "st", "nd", "rd", "kg", "km", "ha", "cm", "ft", "lb", "oz", "cr", "dr", "am", "pm"}
)
_HAS_MARK = re.compile(r"[.,]\d|\d[.,]|\d[\s'’]\d")
_MAX_APART = 100
_MAX_DOUBTFUL = 2
_MOSTLY = 0.9


@dataclass(frozen=True)
class Written:
    """What a table's tokens say of how they are written.

    Args:
        missing: unreadable tokens that can only stand for an absent number.
        marks: footnote marks glued to numbers.
        multipliers: what multiplies the number before it, and its power of ten.
        asked: suffixes that may be either: the check asks.
    """

    missing: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    multipliers: tuple[tuple[str, int], ...] = ()
    asked: tuple[str, ...] = ()


def notation_of(tokens: Iterable[str]) -> tuple[str, str]:
    """Decimal and thousands mark: what reads most numbers; dots that mostly group three digits group."""
    every = [fold(token) for token in dict.fromkeys(tokens) if re.search(r"\d", token)]
    figures = [f for f in every if _HAS_MARK.search(f)]  # all others read the same in any notation
    pointed = [f for f in figures if re.fullmatch(r"[\d.]*\.[\d.]*", f)]
    dotted = sum(bool(_DOTTED.fullmatch(figure)) for figure in pointed)
    # one damaged token does not decide for all the others
    grouping = dotted > 2 and dotted >= _MOSTLY * len(pointed) and not any(map(_is_large, every))

    def unread(marks: tuple[str, str]) -> int:
        notation = Notation(*marks)
        return sum(read(figure, notation) is None for figure in figures)

    if grouping and unread(NOTATIONS[1]) <= unread(NOTATIONS[0]) + len(pointed) - dotted:
        return NOTATIONS[1]
    return min(NOTATIONS, key=unread)


def tied(tokens: Iterable[str], delimiter: str) -> tuple[str, tuple[str, str]] | None:
    """The one number, or one of two, whose mark may be a decimal or a thousands mark; and the other reading.

    A comma in a file that is separated by commas groups digits, as it does in English.
    """
    marked = {f for token in tokens if _HAS_MARK.search(f := fold(token)) and re.fullmatch(r"[\d.,]+", f)}
    doubtful = [f for f in marked if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", f)]
    marks = {c for f in marked for c in f if c in ".,"}
    if not doubtful or len(marked) > len(doubtful) or len(doubtful) > _MAX_DOUBTFUL or len(marks) > 1:
        return None
    if marks == {","} and delimiter == ",":
        return None
    usual = notation_of(doubtful)
    return min(doubtful), NOTATIONS[1] if usual != NOTATIONS[1] else NOTATIONS[0]


def _is_large(figure: str) -> bool:
    """Whether a number of four or five digits, and no year, is written without a thousands mark."""
    return (
        figure.isascii()
        and figure.isdigit()
        and len(figure) < 6
        and int(figure) > 999
        and not is_year(figure)
    )


def mark_of(token: str, notation: Notation) -> str:
    """What stands behind a number and keeps it from being read, or ""."""
    match = _MARKED.fullmatch(token.strip())
    return match["mark"].strip() if match and read(match["number"], notation) is not None else ""


def written(rows: Sequence[Sequence[str]], notation: Notation) -> Written:
    """Words for nothing, footnote marks and multipliers among tokens that cannot be read as they are."""
    absent: Counter[str] = Counter()
    suffixes: Counter[str] = Counter()
    for token in (token.strip() for row in rows for token in row):
        try:
            notation.read(token)
        except UnreadableToken:
            if suffix := mark_of(token, notation):
                suffixes[suffix] += 1
            elif _ABSENT_MARK.fullmatch(token):
                absent[token] += 1
    missing = tuple(t for t, times in sorted(absent.items()) if times > 1 or t in _LONE_SIGNS)
    multipliers = _multipliers(rows, suffixes, notation)
    rest = [s for s in sorted(suffixes) if s not in multipliers]
    flagged = any(s.casefold() not in {*LIKELY, *MULTIPLIERS} and not set(s) <= _MISPRINTS for s in rest)
    marks = [s for s in rest if _is_mark(s, rows, notation, flagged=flagged)]
    powers = tuple((s, LIKELY[s.casefold()]) for s in multipliers)
    return Written(missing, tuple(marks), powers, tuple(s for s in rest if s not in marks))


def _is_mark(suffix: str, rows: Sequence[Sequence[str]], notation: Notation, *, flagged: bool) -> bool:
    """Whether a suffix is a footnote mark: no misprinted digit, no measure, and nothing that multiplies."""
    if suffix.casefold() in LIKELY:
        # beside other flags, or where the number is as large as those without it
        bare, with_it = _sizes(rows, suffix, notation)
        return (
            bool(bare and with_it) and _near(with_it, bare) and not _near([n * 1000 for n in with_it], bare)
        )
    if suffix.casefold() in _MEASURES:
        return False
    return flagged and not set(suffix) <= _MISPRINTS


def _multipliers(
    rows: Sequence[Sequence[str]], suffixes: Counter[str], notation: Notation
) -> tuple[str, ...]:
    """Suffixes that multiply: several of them side by side, at every number, or where it fits the sizes."""
    likely = [s for s in suffixes if s.casefold() in LIKELY]
    if not likely or len(likely) < len(suffixes):  # beside other marks they may be marks as well
        return ()
    powers = {LIKELY[s.casefold()] for s in likely}
    numbers = [t for row in rows for t in row if re.search(r"\d", t) and not mark_of(t, notation)]
    certain = [t for t in numbers if _names_size(t)]
    bare = [t for t in numbers if t not in certain]
    # with nothing to compare them to, one suffix at some numbers may mean anything
    told = len(powers) > 1 or certain or not bare or _beside(rows, likely, notation)
    return tuple(likely) if told and _fits(rows, likely, notation) else ()


def _beside(rows: Sequence[Sequence[str]], likely: Sequence[str], notation: Notation) -> bool:
    """Whether bare numbers stand beside those with a suffix, to compare them with."""
    return all(all(_sizes(rows, suffix, notation)) for suffix in likely)


def _names_size(token: str) -> bool:
    """Whether a word that always multiplies stands there: ``1.5bn``."""
    return any(re.search(rf"\d\s?{word}\b", token, re.IGNORECASE) for word in MULTIPLIERS)


def _fits(rows: Sequence[Sequence[str]], likely: Sequence[str], notation: Notation) -> bool:
    """Whether multiplied numbers are as large as the bare ones beside them, and would else not be."""
    for suffix in likely:
        bare, with_it = _sizes(rows, suffix, notation)
        power = 10 ** LIKELY[suffix.casefold()]
        if not (bare and with_it):
            continue
        if not _near([n * power for n in with_it], bare) or _near(with_it, bare):
            return False
    return True


def _sizes(rows: Sequence[Sequence[str]], suffix: str, notation: Notation) -> tuple[list[float], list[float]]:
    """Sizes of the bare numbers of the rows and columns where a suffix stands, and of those with it."""
    bare: list[float] = []
    with_it: list[float] = []
    columns = {c for row in rows for c, token in enumerate(row) if mark_of(token, notation) == suffix}
    for row in rows:
        here = any(mark_of(token, notation) == suffix for token in row)
        for c, token in enumerate(row):
            if mark_of(token, notation) == suffix:
                reading = read(token.strip()[: -len(suffix)], notation)
                kept = with_it
            elif here or c in columns:
                reading, kept = read(token, notation), bare
            else:
                continue
            if reading is not None and reading.status is Status.VALUE and reading.value:
                kept.append(abs(float(reading.value)))
    return bare, with_it


def _near(some: Sequence[float], others: Sequence[float]) -> bool:
    """Whether two sets of numbers are of one size."""
    apart = median(some) / median(others)
    return 1 / _MAX_APART < apart < _MAX_APART
