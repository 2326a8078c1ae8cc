"""What rules across editions and chapters share: pairs of cells that stand for the same.

A pair's figures are intervals, by their rounding; their gap is the least by which they can differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from amyqa.model import Cell, Table
from amyqa.rules.observations import Observations
from amyqa.rules.reference_tables import MIRROR, PREVIOUS
from amyqa.rules.rule import KNOWN, Bind, Parameter, TableContext, alike, matching, name, text, where
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import format_number, of_record

SOURCE = "Eurostat, Main types of validation rules for ESS data, v1.03"
LEAST = Parameter(
    "least", "number", "a difference so small does not matter, in the table's unit "
    "[5, or 5 of the last printed digit where values are rounded]",
    source="a few late returns change a small count by more than ten per cent",
)  # fmt: skip
COVERS = Parameter("covers", "values", "the cells that another table speaks of", bound=True)
LACKING = Parameter("lacking", "values", "why a table is not there", bound=True)

_COMPARED = {PREVIOUS: "no earlier edition has this table", MIRROR: "the table's YAML names no mirrors"}


def bind(kind: str) -> Bind:
    """What other tables of a kind cover, or why there is none."""

    def bound(arguments: Arguments, known: TableContext) -> tuple[Arguments, str]:
        covers, lacking = known.references(kind)
        if not covers:
            return arguments, "; ".join(lacking) or _COMPARED[kind]
        rows = [[word for pair in codes.items() for word in pair] for codes in covers]
        return {**arguments, "covers": rows, "lacking": [[reason] for reason in lacking]}, ""

    return bound


def pairs(kind: str, arguments: Arguments, shape: Shape) -> str:
    """Every printed number with the other table's cell: intervals, gap, the other's size, what is least.

    A pair of cells counts once, whatever the number of their coordinates. A table that is lacking is a
    row without a record.
    """
    given = arguments.get("least")
    if given is None:
        least = f"CASE WHEN slack > 0 THEN 10 * slack ELSE {5 * 10**shape.scale} END"
    else:
        least = f"{Decimal(str(given)).scaleb(shape.scale).to_integral_value(ROUND_FLOOR):f}"
    lacking = "".join(
        f" UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, {text(reason)}"
        for [reason] in arguments.get("lacking") or ()
    )
    return (
        "SELECT found.*, CASE WHEN low > other_high THEN low - other_high "
        "WHEN other_low > high THEN other_low - high WHEN known = 1 THEN 0 END AS gap, "
        f"{least} AS small, {_size('low', 'high')} AS size, {_size('other_low', 'other_high')} AS other_size "
        f"FROM ({_found(kind, arguments, shape)}{lacking}) AS found"
    )


def _found(kind: str, arguments: Arguments, shape: Shape) -> str:
    covers = [dict(zip(row[::2], row[1::2], strict=True)) for row in arguments.get("covers") or ()]
    covered = " OR ".join(f"({matching(codes)})" for codes in covers) or "FALSE"
    coded = " OR ".join(f"o.{name(d)} IS NOT NULL" for d in shape.dimensions) or "FALSE"
    known = " AND ".join(f"{x}.OBS_UNCERTAIN = 0 AND {x}.OBS_LOW = {x}.OBS_HIGH" for x in "oa")
    same = f"a.OBS_KIND = {text(kind)} AND {alike(shape.dimensions, 'a', 'o')}"
    return (
        "SELECT MIN(o.OBS_RECORD) AS record, MIN(a.OBS_RECORD) AS other, "
        f"MAX(CASE WHEN {known} THEN 1 ELSE 0 END) AS known, "
        "MAX(CASE WHEN o.OBS_UNCERTAIN = 0 THEN o.OBS_LOW - o.OBS_TOLERANCE END) AS low, "
        "MAX(CASE WHEN o.OBS_UNCERTAIN = 0 THEN o.OBS_HIGH + o.OBS_TOLERANCE END) AS high, "
        "MAX(CASE WHEN a.OBS_UNCERTAIN = 0 THEN a.OBS_LOW - a.OBS_TOLERANCE END) AS other_low, "
        "MAX(CASE WHEN a.OBS_UNCERTAIN = 0 THEN a.OBS_HIGH + a.OBS_TOLERANCE END) AS other_high, "
        "MAX(CASE WHEN o.OBS_TOLERANCE > a.OBS_TOLERANCE THEN o.OBS_TOLERANCE ELSE a.OBS_TOLERANCE END) "
        "AS slack, "
        "MIN(CASE WHEN 1 = 0 THEN '' END) AS lacking "
        f"FROM observations o LEFT JOIN others a ON {same} "
        f"WHERE o.OBS_KIND = 'printed' AND {KNOWN} AND ({coded}) AND ({covered}) AND {where(arguments)} "
        "GROUP BY o.OBS_CELL, a.OBS_SOURCE, a.OBS_CELL"
    )


def _size(low: str, high: str) -> str:
    """The greatest amount in an interval, without its sign."""
    return f"CASE WHEN ABS({low}) > ABS({high}) THEN ABS({low}) ELSE ABS({high}) END"


def share_over(part: str, whole: str, percent: Decimal) -> str:
    """The condition that a part is more than so many per cent of a whole, in whole numbers."""
    limit = Fraction(percent) / 100
    counted = f"CAST({part} AS DECIMAL(38, 0)) * {limit.denominator}"
    return f"{counted} > CAST({whole} AS DECIMAL(38, 0)) * {limit.numerator}"


def unjudged(kind: str, violation: str) -> str:
    """There is no other side, or one of the two figures is not known, and nothing is broken for certain."""
    there = {PREVIOUS: "the last edition has no such cell", MIRROR: "the other side has no such cell"}[kind]
    return (
        f"CASE WHEN lacking IS NOT NULL THEN lacking WHEN other IS NULL THEN {text(there)} "
        f"WHEN known = 0 AND NOT COALESCE({violation}, FALSE) THEN 'one of the two figures is not known' END"
    )


@dataclass(frozen=True)
class Pair:
    """Two cells that stand for the same, ready to be told."""

    where: Mapping[str, str]
    here: Cell
    there: Cell
    spoken: str
    table: Table

    @property
    def difference(self) -> Decimal:
        """The figure here minus the one there."""
        return (self.here.reading.value or Decimal(0)) - (self.there.reading.value or Decimal(0))

    def more(self, *, of_larger: bool = False) -> str:
        """``44 more (11.0%)``: per cent of the figure there, or of the larger one."""
        base = abs(self.there.reading.value or Decimal(0))
        if of_larger:
            base = max(base, abs(self.here.reading.value or Decimal(0)))
        percent = f" ({abs(self.difference) / base * 100:.1f}%)" if base else ""
        direction = "more" if self.difference > 0 else "less"
        return f"{format_number(abs(self.difference), self.table)} {direction}{percent}"

    def source(self) -> str:
        """``2004/arcadia/workers[2003, Male]``."""
        return f"{self.there.table}[{self.there.row}, {self.there.column}]"


def pair(violation: Violation, observations: Observations) -> Pair:
    """The cells of a violation."""
    where, cells, spoken = of_record(violation, observations)
    there = observations.other(int(violation["other"]))
    return Pair(where, cells[0], there, spoken, observations.table)
