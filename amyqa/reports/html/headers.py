"""The levels of a table's header: what several columns have in common stands once, over all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from amyqa.model import Table
from amyqa.reading.tokens import normalise


@dataclass(frozen=True, slots=True)
class Heading:
    """Words over one or more columns."""

    text: str
    span: int


def levels(table: Table) -> tuple[tuple[Heading, ...], ...]:
    """Headings over the printed labels, the outermost level first; none where the columns have one dimension.

    The last dimension needs none: the printed labels tell its codes apart.
    """
    given = {normalise(label): place for label, place in (table.spec.columns or {}).items()}
    columns = [given.get(normalise(label)) for label in table.columns]
    places = [place if isinstance(place, Mapping) else {} for place in columns]
    dimensions = list(dict.fromkeys(name for place in places for name in place))
    found = []
    for depth in range(1, len(dimensions)):
        outer = dimensions[:depth]
        keys = [tuple(" and ".join(place.get(name, ())) for name in outer) for place in places]
        headings = [
            Heading(_words(outer[-1], key[-1]), sum(1 for _ in group)) for key, group in groupby(keys)
        ]
        if _worth(headings):
            found.append(tuple(headings))
    return tuple(found)


def _words(dimension: str, code: str) -> str:
    """``all sectors`` for a code that would say nothing on its own."""
    return f"all {dimension}s" if code.casefold() == "all" else code


def _worth(headings: Sequence[Heading]) -> bool:
    """Whether something stands over more than one column, and not everything over all."""
    return len(headings) > 1 and any(heading.span > 1 and heading.text for heading in headings)
