"""Other tables beside this one, cell by cell: the last edition's, and the other side of a mirror.

They are the second relation that rules read, ``others``: columns as of ``observations``, with the
coordinates each cell has *here*, and

    OBS_KIND    previous or mirror
    OBS_SOURCE  the id of its table; OBS_CELL is the cell's id in that one

Tables are aligned by coordinates, never by rows. A dimension that only one of the two has stands for
all: the other is taken at its total.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from amyqa.errors import BadSpec, Problem, did_you_mean
from amyqa.model import Cell, Table
from amyqa.rules.columns import Integers, Words, joined, stacked
from amyqa.rules.shape import Shape

PREVIOUS, MIRROR = "previous", "mirror"
Codes = Mapping[str, str]


class Placed(Protocol):
    """A table's observations, as far as they are placed beside another's."""

    @property
    def table(self) -> Table:
        """The table itself."""

    @property
    def shape(self) -> Shape:
        """Its dimensions and scale."""

    @property
    def integers(self) -> Mapping[str, Integers]:
        """Columns of whole numbers."""

    @property
    def texts(self) -> Mapping[str, Words]:
        """Columns of words."""

    def codes(self, dimension: str) -> Sequence[str]:
        """The table's codes in a dimension."""

    def total(self, dimension: str) -> str | None:
        """The code that stands for all others."""


@dataclass(frozen=True)
class ReferenceTable:
    """Another table that stands beside this one.

    Args:
        kind: what it is to this one, ``previous`` or ``mirror``.
        here, there: the codes that cells have in this table, and in the other, where they speak of
            the same.
        codes: for a dimension that both have, this table's codes to the other's, where they differ.
        file: where it is named, for messages.
    """

    kind: str
    table: Table
    here: Codes = field(default_factory=dict)
    there: Codes = field(default_factory=dict)
    codes: Mapping[str, Codes] = field(default_factory=dict)
    file: str = ""


@dataclass(frozen=True)
class ReferenceTables:
    """The relation ``others``, column by column, and the way back from it to paper.

    Args:
        integers, texts: columns by name, all of the same length.
        tables: by their ids.
        covers: for each kind, the codes by which each table's cells are found here.
        lacking: for each kind, why there is no (other) table.
    """

    integers: Mapping[str, Integers] = field(default_factory=dict)
    texts: Mapping[str, Words] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    covers: Mapping[str, Sequence[Codes]] = field(default_factory=dict)
    lacking: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def cell(self, record: int) -> Cell:
        """The printed cell of a record."""
        table, id = self.texts["OBS_SOURCE"][record - 1], self.integers["OBS_CELL"][record - 1]
        assert table is not None
        assert id is not None
        return self.tables[table].cell(id)


def align_references(
    ours: Placed,
    others: Iterable[tuple[ReferenceTable, Placed]],
    lacking: Mapping[str, Sequence[str]],
) -> ReferenceTables:
    """Place the cells of other tables by this table's coordinates.

    Args:
        others: each with its observations, of the same scale as ours.
        lacking: for each kind, why there is no (other) table.

    Raises:
        BadSpec: a counterpart names dimensions or codes that are not there.
    """
    parts: list[tuple[dict[str, Integers], dict[str, Words]]] = []
    covers: dict[str, list[Codes]] = {}
    reasons = {kind: list(why) for kind, why in lacking.items()}
    tables: dict[str, Table] = {}
    for counterpart, theirs in others:
        _check_names(counterpart, ours, theirs)
        alignment = _alignment(counterpart, ours, theirs)
        if isinstance(alignment, str):
            reasons.setdefault(counterpart.kind, []).append(alignment)
            continue
        tables[counterpart.table.id] = counterpart.table
        covers.setdefault(counterpart.kind, []).append(alignment[0])
        parts.append(_placed(counterpart, ours, theirs, *alignment))
    integers = {name: stacked([part[0][name] for part in parts]) for name in ours.integers}
    texts = {name: joined([part[1][name] for part in parts]) for name in (*ours.texts, "OBS_SOURCE")}
    integers["OBS_RECORD"] = Integers(np.arange(1, len(texts["OBS_KIND"]) + 1))
    return ReferenceTables(integers, texts, tables, covers, reasons)


def _placed(
    counterpart: ReferenceTable, ours: Placed, theirs: Placed, here: Codes, there: Codes
) -> tuple[dict[str, Integers], dict[str, Words]]:
    """The columns of another table's cells, with the coordinates that they have here."""
    placed = np.zeros(len(theirs.texts["OBS_KIND"]), bool)
    for name in theirs.shape.dimensions:
        placed |= theirs.texts[name].codes >= 0
    placed &= theirs.integers["OBS_CELL"].values > 0
    for name, code in there.items():
        column = theirs.texts[name]
        placed &= column.codes == column.index_of.get(code, -2)
    at = np.flatnonzero(placed)
    nothing = Integers.same(None, len(at))
    integers = {n: theirs.integers[n].take(at) if n in theirs.integers else nothing for n in ours.integers}
    texts: dict[str, Words] = {}
    for name in ours.texts:
        if name in here:
            texts[name] = Words.same(here[name], len(at))
        elif name in theirs.texts and (name.startswith("OBS_") or name in theirs.shape.dimensions):
            column = theirs.texts[name].take(at)
            back = {b: a for a, b in counterpart.codes.get(name, {}).items()}
            texts[name] = Words(column.codes, [back.get(code, code) for code in column.words])
        else:
            texts[name] = Words.same(None, len(at))
    texts["OBS_KIND"] = Words.same(counterpart.kind, len(at))
    texts["OBS_SOURCE"] = Words.same(counterpart.table.id, len(at))
    return integers, texts


def _check_names(counterpart: ReferenceTable, ours: Placed, theirs: Placed) -> None:
    """Dimensions and codes must be those of the tables.

    Raises:
        BadSpec: with every one that is not.
    """
    problems = []

    def known(side: Placed, key: str, name: str, codes: Iterable[str]) -> None:
        at = f"mirrors.{key}"
        if name not in side.shape.dimensions:
            message = f"{side.table.id} has no dimension {name!r}"
            advice = did_you_mean(name, side.shape.dimensions)
            problems.append(Problem(message, advice, counterpart.file, key=at))
            return
        for code in codes:
            if code not in side.codes(name):
                message = f"{side.table.id} has no code {code!r} of {name!r}"
                advice = did_you_mean(code, side.codes(name))
                problems.append(Problem(message, advice, counterpart.file, key=at))

    for name, code in counterpart.here.items():
        known(ours, "here", name, [code])
    for name, code in counterpart.there.items():
        known(theirs, "there", name, [code])
    for name, codes in counterpart.codes.items():
        known(ours, "codes", name, codes)
        known(theirs, "codes", name, codes.values())
    if problems:
        raise BadSpec(problems)


def _alignment(counterpart: ReferenceTable, ours: Placed, theirs: Placed) -> tuple[Codes, Codes] | str:
    """The codes that cells have here and there, with the total of what only one side tells apart.

    Returns:
        Them, or the reason why the two cannot be aligned.
    """
    unit, other = (side.table.spec.unit.casefold() for side in (ours, theirs))
    if unit and other and unit != other:
        return f"{theirs.table.id} counts {theirs.table.spec.unit}, not {ours.table.spec.unit}"
    here, there = dict(counterpart.here), dict(counterpart.there)
    for side, given, against in ((ours, here, theirs), (theirs, there, ours)):
        other_given = there if given is here else here
        for name in side.shape.dimensions:
            if name in given or (name in against.shape.dimensions and name not in other_given):
                continue
            total = side.total(name)
            if total is None:
                return (
                    f"{side.table.id} has {name!r}, {against.table.id} has not, and there is no total of it"
                )
            given[name] = total
    return here, there
