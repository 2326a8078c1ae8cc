"""What the words of a label say of its numbers: a total of others, or a share, which is never added up.

The lists are of words, not of tables: they know no country.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from amyqa.reading.tokens import normalise

_ALL = (
    "total", "totals", "grand total", "all", "overall", "sum", "both sexes", "both", "ensemble", "totales",
    "totaux", "gesamt", "insgesamt", "summe", "zusammen",
    "totale", "totaal", "totalt", "suma", "soma", "ogółem", "razem", "celkem", "összesen", "ukupno", "toplam",
    "yhteensä", "kokku", "jumlah", "всего", "итого", "усього", "σύνολο", "合計", "总计", "合计",
)  # fmt: skip
TOTAL = (*_ALL, "sub total", "subtotal", "world", "national")
_LONGEST_TOTAL = 5
WHOLE = ("country", "nation", "whole country", "entire country", "kingdom", "republic", "island", "state")
"""Words that name a total where they stand in the first or the last row."""
SHARE = (
    "%", "percent", "percentage", "per cent", "pct", "share", "rate", "ratio", "proportion", "part of",
    "part de", "part des", "part du", "average", "averages", "mean", "median", "per", "index", "indices",
    "density", "growth", "yield", "yields", "rates", "shares", "ratios", "avg", "price", "prices",
    "expectancy", "productivity",
)  # fmt: skip

OF_A_HUNDRED = (*SHARE, "distribution", "structure", "composition", "breakdown", "répartition", "verteilung")
"""Words by which a total that is printed as 100 is that of shares."""


@lru_cache(maxsize=100_000)
def words(label: str) -> tuple[str, ...]:
    """A label's words, case folded: letters and digits; % and $ are words."""
    return tuple(re.findall(r"[^\W_]+|%|\$", normalise(label).casefold()))


def holds(label: str, vocabulary: Sequence[str]) -> bool:
    """Whether one of these words (or rows of words) stands in a label."""
    return _any_of(tuple(vocabulary)).search(f" {' '.join(words(label))} ") is not None


@cache
def _any_of(vocabulary: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(f" {' '.join(words(word))} ") for word in vocabulary) or "(?!)")


def is_total(label: str) -> bool:
    """Whether a label is that of a total: ``Total``, ``ALL STATES``, ``Total EU-15``, a dash alone."""
    found = words(label)
    whole = " ".join(found)
    if label.strip() and not label.strip("-–— "):
        return True
    if len(found) > _LONGEST_TOTAL and label.rstrip().endswith("."):
        return False  # a sentence
    return bool(found) and (
        whole in TOTAL or found[0] in ("total", "all", "grand", "totals") or found[-1] in ("total", "totals")
    )


def is_all(code: str) -> bool:
    """Whether a code stands for all others of its dimension: ``total``, ``Both sexes``, ``all sectors``.

    Less than :func:`is_total`: a subtotal is the total of some, and nationals stand beside foreigners.
    """
    found = words(code)
    every = len(found) == 2 and found[0] == "all" and found[1] not in ("other", "others", "rest")
    return " ".join(found) in _ALL or every


def is_whole(label: str) -> bool:
    """Whether a label names the whole country: a total, where it stands in the first or the last row."""
    return " ".join(words(label)) in WHOLE
