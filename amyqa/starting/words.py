"""What the words of a label say: sexes, years, months, sectors (totals and shares: ``reading/labels``)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from amyqa.reading.labels import SHARE, holds, is_one_of, is_total, words
from amyqa.reading.records import month_number
from amyqa.reading.tokens import normalise
from amyqa.reading.vocabulary import WHOLE_LABEL, remembered, words_of

_SEXES = {
    "male": "male", "female": "female", "intersex": "intersex", "not stated": "sex not stated",
    "total": "both sexes",
}  # fmt: skip
"""Codes, and the kind of words that name them."""
DIFFERENCE, FLOW, NUMBERING, REST, UNITS = "difference", "flow", "numbering", "rest", "unit"
"""Kinds of words: by some of them numbers are taken off others, or rows are numbered."""

_YEAR = re.compile(r"(?:18|19|20)\d\d(?:\.0+|\s?[-–/]\s?(?:\d{4}|\d\d))?(?:\s?\D{0,3})?")
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")


def is_year(label: str) -> bool:
    """``2004``, ``2003-04``, ``2005*``, ``2004.00`` of a spreadsheet."""
    return _YEAR.fullmatch(normalise(label)) is not None


def is_month(label: str) -> bool:
    """``January``, ``Jan.``."""
    return month_number(normalise(label)) is not None


def _standing(name: str) -> re.Pattern[str]:
    """Where a name stands in a label, whatever separates its words."""
    words = r"[\W_]+".join(map(re.escape, name.removeprefix(WHOLE_LABEL).split()))
    if name.startswith(WHOLE_LABEL):
        return re.compile(rf"\A\W*{words}\W*\Z", re.IGNORECASE)
    return re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])", re.IGNORECASE)


@remembered()
def _names_of_sexes() -> tuple[tuple[str, bool, re.Pattern[str]], ...]:
    """Code, whether the name is a single letter, and where it stands."""
    return tuple(
        (code, len(name) == 1, _standing(name))
        for code, kind in _SEXES.items()
        for name in sorted(words_of(kind), key=len, reverse=True)
    )


@remembered(50_000)
def sex_of(label: str) -> tuple[str | None, str]:
    """The sex that a label names, and the label without it: ``HRD Male`` is male and ``HRD``."""
    text = normalise(label)
    for code, is_letter, pattern in _names_of_sexes():
        match = pattern.search(text)
        if match is None or (is_letter and not _stands_apart(text, match)):
            continue
        rest = text[: match.start()] + " " + text[match.end() :]
        return code, trimmed(rest)
    return None, trimmed(text)


def _stands_apart(text: str, match: re.Match[str]) -> bool:
    """Whether a single letter is all of a label, its last word, or in brackets; it may have no case."""
    letter = match[0]
    return letter.upper() == letter or text[match.start() - 1 : match.start()] in ("(", "_")


def trimmed(text: str) -> str:
    """A label without separators at its ends, empty brackets and double blanks."""
    text = re.sub(r"[(\[{]\s*[)\]}]", " ", text)
    text = re.sub(r"\s+([-–—/:|,])\s+(?=[-–—/:|,]|$)", " ", text)
    return " ".join(text.split()).strip(" -–—/:|,_.;")


def without_total(label: str) -> tuple[bool, str]:
    """Whether a label says total at its beginning or end, and the rest of it."""
    text = trimmed(label)
    match = re.match(r"(?i)(?:grand |sub[- ]?)?totals?\b|all\b(?=\W*$)", text) or re.search(
        r"(?i)\b(?:grand |sub[- ]?)?totals?$", text
    )
    if match is None and is_one_of(text, "total"):
        return True, ""
    if match is None:
        return False, text
    return True, trimmed(text[: match.start()] + " " + text[match.end() :])


def column_coordinates(labels: Sequence[str]) -> list[dict[str, str] | None] | None:
    """Year, sector and sex of each column; None for a column that says none of them.

    Returns:
        One entry a label, or None where the header names no sexes, no years and no total.
    """
    years = [label for label in labels if is_year(label)]
    if years and len(years) == len(labels):
        return [{"year": normalise(label)} for label in labels]
    sexed = [sex_of(label)[0] is not None for label in labels]
    if sum(sexed) >= 2 and not all(sex_of(label)[0] == "total" for label in labels):
        return _by_sex(labels)
    totals = [without_total(label) for label in labels]
    if sum(1 for said, rest in totals if said and not rest) == 1:
        return [
            None if _aside(label) else {"sector": "all" if said and not rest else normalise(label)}
            for label, (said, rest) in zip(labels, totals, strict=True)
        ]
    return None


def _aside(label: str) -> bool:
    """Whether a column is a share or a number of the row rather than an amount."""
    return holds(label, SHARE) or holds(label, NUMBERING)


def _by_sex(labels: Sequence[str]) -> list[dict[str, str] | None]:
    found: list[dict[str, str] | None] = []
    for label in labels:
        sex, rest = sex_of(label)
        said, sector = without_total(rest)
        if _aside(label) or (sex is None and not said):
            found.append(None)
            continue
        found.append({"sector": sector or "all", "sex": sex or "total"})
    sectors = {place["sector"] for place in found if place}
    if len(sectors) == 1:
        return [{"sex": place["sex"]} if place else None for place in found]
    return found


@remembered()
def _beginning(kind: str, behind: str) -> re.Pattern[str]:
    """A word of a kind at the beginning of a text, and what must stand behind it."""
    names = sorted(words_of(kind), key=len, reverse=True)
    either = "|".join(r"\s+".join(map(re.escape, name.split())) for name in names)
    return re.compile(rf"(?:{either}){behind}", re.IGNORECASE)


def is_note(text: str) -> bool:
    """Whether a line begins as sources and notes do: ``Source: …``, ``注：…``."""
    return _beginning("source", r"\.?\s*[.:：–—-]").match(text) is not None


def is_title(text: str, *, numbered: bool = False) -> bool:
    """Whether a line begins as titles do: ``Table …``; `numbered`: ``Table 3.1``."""
    behind = r"\.?\s*[\w.-]*\d" if numbered else r"(?![^\W\d_])"
    return _beginning("title", behind).match(text) is not None


def unit_in(texts: Sequence[str]) -> str:
    """The unit that stands in brackets in one of these texts, or ""."""
    for text in texts:
        for match in _BRACKETS.finditer(text):
            if holds(match[1], UNITS) and not re.fullmatch(r"\W*%\W*", match[1]):
                return normalise(match[1])
    return ""


def dimension_name(label: str, codes: Sequence[str]) -> str:
    """A dimension's name from the header of its column, or from what stands below it."""
    plain = [code for code in codes if not is_total(code)]
    if plain and all(map(is_year, plain)):
        return "year"
    if plain and all(map(is_month, plain)):
        return "month"
    name = " ".join(word for word in words(re.sub(_BRACKETS, " ", normalise(label))) if word not in "%$№")
    return name if name and not name.startswith("obs ") else "group"


def table_name(stem: str) -> str:
    """A file's name as the last part of a table's id."""
    return re.sub(r"[^\w.-]+", "-", normalise(stem)).strip("-._") or "table"


def title_of(stem: str) -> str:
    """A file's name as words."""
    text = " ".join(re.split(r"[\s_-]+", normalise(stem))).strip()
    return text[:1].upper() + text[1:] if text else "Untitled"


def hints(places: Sequence[Mapping[str, str] | None]) -> list[tuple[str, int, tuple[int, ...]]]:
    """The sums that coordinates imply: dimension, total and parts.

    A total is a column of sex ``total``, or of sector ``all``; its parts have all else in common.
    """
    found: list[tuple[str, int, tuple[int, ...]]] = []
    for dimension, total in (("sex", "total"), ("sector", "all")):
        for at, place in enumerate(places):
            if place is None or place.get(dimension) != total:
                continue
            rest = {name: code for name, code in place.items() if name != dimension}
            parts = tuple(
                i
                for i, other in enumerate(places)
                if other is not None and i != at and dimension in other
                and {name: code for name, code in other.items() if name != dimension} == rest
            )  # fmt: skip
            if len(parts) > 1:
                found.append((dimension, at, parts))
    return found
