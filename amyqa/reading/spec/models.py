"""The model of a table's YAML: the contract of what may stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Literal

from pydantic import BaseModel

from amyqa.model import FieldType, Measure
from amyqa.reading.spec.parts import (
    EVERY_COLUMN,
    LEFT_OUT,
    CellRange,
    Coordinates,
    Delimiter,
    Dimension,
    Doubt,
    Identities,
    Mark,
    Mirror,
    Multiplier,
    Name,
    Part,
    Period,
    Power,
    Ratios,
    RoundedTo,
    Rows,
    Source,
)
from amyqa.reading.tokens import Notation, fold, normalise, notation_like


class Spec(BaseModel):
    """Everything the YAML of a table says.

    Args:
        title: as printed, or close to it.
        family: which schema (``schemas/<family>.py``) and suite (``checks/<family>.yaml``) apply.
        source: where the table was printed, line by line.
        unit: of the values, as ``persons``.
        measure: ``flow`` (counted over a period) or ``stock`` (at a date), for claims about it.
        exact: True: no rounding anywhere. Without `exact` and `rounded`, whole numbers are exact
            and decimals rounded to their last printed digit.
        rounded: the unit values were rounded to, as 1000; a mapping says it of columns and rows by label.
        nil: tokens that count as zero; any dash stands for every dash. A list is about the whole
            table; a mapping about its columns and rows by label, and `every column` about the rest.
        missing: further tokens that mean unknown, or not zero in a column or row: likewise.
        multipliers: what multiplies the number before it, as `m: 1000000`.
        decimal, thousands, delimiter: one character each.
        sheet: of a workbook in the place of a CSV, the sheet that the table is.
        range: its cells there, header first, as ``B4:N30``.
        rows, columns: the coordinates. A column maps each dimension to its code (or to several,
            where one printed cell stands for several); ``{}`` is a column outside any sum,
            ``text`` one that holds no numbers.
        codes: for a dimension whose codes nest: total to parts.
        zero: coordinates that are zero without being printed.
        negative: True where values may be below zero though none is printed so.
        identities: relations stated as formulas.
        ratios: shares, rates, averages and changes, and the numbers that they were worked out of.
        formulas: what is wrong with formulas of the workbook that the table was taken from.
        cumulative: labels of columns, or of rows, that count all to date and never fall; a mapping says
            whether they start `once` or anew `each year`.
        mirrors: tables that speak of the same as seen from the other side.
        revises: the id of the table that this is a new edition of, where it has another name there.
        fields: for a list of records (claims, events): column label to kind of field.
        period: for events: first and last month, as ``2004-07 to 2005-12``.
        uncertain: row label to the reason why its cells cannot be placed.
        assumptions: what the coordinates take for granted; diagnoses name them.
        notes: footnote marks and what they say.
    """

    model_config = Part.model_config

    title: Name
    family: Name
    source: Source | None = None
    unit: str = ""
    measure: Measure | None = None
    exact: bool = False
    rounded: RoundedTo | dict[Name, RoundedTo] | None = None
    nil: list[str] | dict[Name, list[str]] = []
    missing: list[Name] | dict[Name, list[str]] = []
    multipliers: dict[Multiplier, Power] = {}
    decimal: Mark = "."
    thousands: Mark = ","
    delimiter: Delimiter = ","
    sheet: Name | None = None
    range: CellRange | None = None
    rows: Rows = Rows()
    columns: dict[Name, Coordinates | Literal["text"]] | None = None
    codes: dict[Dimension, dict[Name, list[Name]]] = {}
    zero: list[dict[Dimension, Name]] = []
    negative: bool = False
    identities: Identities = Identities()
    ratios: Ratios = Ratios()
    formulas: list[Doubt] = []
    cumulative: list[Name] | dict[Name, Literal["once", "each year"]] = []
    mirrors: list[Mirror] = []
    revises: Name | None = None
    fields: dict[Name, FieldType] | None = None
    period: Period | None = None
    uncertain: dict[Name, Name] = {}
    assumptions: list[Name] = []
    notes: dict[Name, str] = {}

    @cached_property
    def signs(self) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
        """`nil` and `missing` by normal label ("": wherever a label has none of its own)."""
        return _by_label(self.nil), _by_label(self.missing)

    def notation(self, *labels: str) -> Notation:
        """How numbers are written, in the column and the row with these labels in normal form.

        What is said of one of them goes before what is said of all; unknown goes before zero.
        """
        nils, unknowns = self.signs
        zero = frozenset().union(*(nils.get(label, ()) for label in labels))
        unknown = frozenset().union(*(unknowns.get(label, ()) for label in labels))
        nil = (nils.get("", frozenset()) | zero) - unknown
        missing = (unknowns.get("", frozenset()) - zero) | unknown
        powers = tuple((word, len(str(int(value))) - 1) for word, value in self.multipliers.items())
        return notation_like(self.decimal, self.thousands, nil, missing, tuple(self.notes), powers)

    @cached_property
    def units(self) -> dict[str, Decimal]:
        """`rounded` by normal label ("": wherever a label has none of its own)."""
        if self.rounded is None:
            return {}
        given = self.rounded if isinstance(self.rounded, dict) else {EVERY_COLUMN: self.rounded}
        return {"" if label == EVERY_COLUMN else normalise(label): unit for label, unit in given.items()}

    def rounded_to(self, *labels: str) -> Decimal | None:
        """The unit that numbers were rounded to in the column and the row with these labels."""
        own = [self.units[label] for label in labels if label in self.units]
        return max(own, default=self.units.get(""))

    @cached_property
    def doubtful(self) -> frozenset[str]:
        """Labels of the rows whose cells cannot be placed, in normal form."""
        return frozenset(normalise(label) for label in self.uncertain)

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """Names of all dimensions: the rows' first, then the columns', in order of appearance."""
        names = dict.fromkeys(self.row_dimensions.values())
        for coordinates in (self.columns or {}).values():
            if isinstance(coordinates, Mapping):
                names.update(dict.fromkeys(coordinates))
        return tuple(names)

    @cached_property
    def row_dimensions(self) -> dict[str, str]:
        """Dimension of each key column ("": the first column, whatever its label)."""
        if self.rows.dimensions:
            return dict(self.rows.dimensions)
        return {"": self.rows.dimension} if self.rows.dimension else {}


def _by_label(given: list[str] | dict[str, list[str]]) -> dict[str, frozenset[str]]:
    if isinstance(given, list):
        return {"": frozenset(map(fold, given))}
    return {
        "" if label == EVERY_COLUMN else normalise(label): frozenset(map(fold, tokens))
        for label, tokens in given.items()
    }


def is_left_out(text: str) -> bool:
    """Whether this stands where a mistake stood, which has been told."""
    return text == LEFT_OUT


def expand(coordinates: Mapping[str, list[str]]) -> list[dict[str, str]]:
    """All single coordinates of a cell that stands for several, in the order written."""
    places: list[dict[str, str]] = [{}]
    for dimension, codes in coordinates.items():
        places = [{**place, dimension: code} for place in places for code in dict.fromkeys(codes)]
    return places
