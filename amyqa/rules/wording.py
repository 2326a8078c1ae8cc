"""Sentences an editor understands at once, and the figures and names they are made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from amyqa.model import Cell, Status, Table
from amyqa.reading.labels import is_all
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import IdentityResult
from amyqa.rules.shape import ABSENT, SLACK_VARIABLE, UNKNOWN, ZERO, Violation

_FEW = 5
_LONG = 90


def format_number(value: Decimal, table: Table | None, *, signed: bool = False) -> str:
    """An exact number in the table's own notation: ``6,715`` or ``-96``; `signed`: ``+96`` too."""
    text = f"{value:{'+' if signed and value else ''},f}"
    if table is None:
        return text
    return text.translate({ord(","): table.spec.thousands, ord("."): table.spec.decimal})


def plain(value: Decimal) -> Decimal:
    """A number without superfluous decimals: 9.0 as 9."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def rounded(value: Decimal) -> str:
    """A multiple as people say it: ``10.3``, ``1,040``."""
    digits = 1 if value < 100 else 0
    return f"{round(value, digits) if value < 1000 else round(value / 10) * 10:,}".removesuffix(".0")


def as_printed(value: Decimal, cell: Cell, table: Table) -> str:
    """A number as it would stand in a cell: with its decimals, grouped where its token is."""
    with localcontext(prec=400):
        value = value.normalize() + 0  # no minus before a zero
        decimals = max(cell.reading.decimals, -int(value.as_tuple().exponent), 0)
        text = format_number(value.quantize(Decimal(1).scaleb(-decimals)), table)
    token = cell.token.strip()
    # a table that prints 2464 gets 2467, not 2,467
    return text if table.spec.thousands in token or len(token) < 4 else text.replace(table.spec.thousands, "")


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 row``, ``2 rows``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def excess(difference: Decimal, table: Table, at_least: bool = False) -> str:
    """``96 too few``."""
    more = "at least " if at_least else ""
    return f"{more}{format_number(abs(difference), table)} too {'few' if difference < 0 else 'many'}"


def place(where: Mapping[str, str], table: Table) -> str:
    """Coordinates in words: ``Total row, HRD factory``; codes that mean all are left out."""
    total = table.spec.rows.total
    rows = set(table.spec.row_dimensions.values()) | {"row"}
    words = []
    for dimension, code in where.items():
        if dimension in rows:
            words.append(f"{code} row" if code == total else code)
        elif dimension == "column":
            words.append(f"column {code}")
        elif not is_all(code):
            words.append(code)
    return ", ".join(words)


def of_record(
    violation: Violation, observations: Observations
) -> tuple[Mapping[str, str], tuple[Cell, ...], str]:
    """Coordinates, cell and spoken place of a violation's record; nothing where it has none."""
    record = violation.get("record")
    if record is None:
        return {}, (), ""
    where = observations.place(int(record))
    cell = observations.cell(int(record))
    if cell is None:
        return where, (), place(where, observations.table)
    if observations.table.spec.fields is not None:
        where = filled(observations.table, observations.number(int(record)))
        spoken = ", ".join(where.values())
        return where, (cell,), spoken if len(spoken) <= _LONG else spoken[: _LONG - 1] + "…"
    where = where or {"row": cell.row}
    return where, (cell,), place(where, observations.table)


def filled(table: Table, record: int) -> dict[str, str]:
    """The fields of a 1-based record that are not blank: its row's number may change, they do not."""
    tokens = (token.strip() for token in table.rows[record - 1].tokens)
    return {label: token for label, token in zip(table.columns, tokens, strict=True) if token}


def passage(where: Mapping[str, str]) -> str:
    """Where in the text a claim stands."""
    if not (lines := where.get("lines")):
        return "The text"
    return f"Line {lines}" if lines.isdigit() else f"Lines {lines}"


class Terms:
    """The terms of one judged identity, ready to be told.

    Args:
        names: what to call a cell, by its OBS_CELL.
    """

    def __init__(self, observations: Observations, judged: IdentityResult, names: Mapping[int, str]) -> None:
        self.observations, self.table, self.names = observations, observations.table, names
        self.terms = judged.terms
        (self.total, self.factor), *self.parts = self.terms
        self._cells: dict[int, Cell | None] = {}

    def cell(self, id: int) -> Cell | None:
        """The printed cell of an id, here or in another table."""
        if id not in self._cells:
            self._cells[id] = self.table.cell(id) if id > 0 else self.observations.external.get(id)
        return self._cells[id]

    def cells(self) -> tuple[Cell, ...]:
        """All printed cells, total first."""
        found = (self.cell(id) for id, _ in self.terms)
        return tuple(cell for cell in found if cell is not None)

    def name(self, id: int) -> str:
        """What a term is called."""
        if id in self.names:
            return self.names[id]
        cell = self.cell(id)
        if cell is None:
            return ""
        name = f"{cell.row}, {cell.column}"
        return name if cell.table == self.table.id else f"{cell.table}[{name}]"

    def amount(self, id: int) -> str:
        """What is printed for a term."""
        if id == ZERO:
            return "0"
        if id in self.observations.constants:
            return ""
        cell = self.cell(id)
        if cell is None:
            return "not printed"
        if cell.reading.status is Status.NIL and id != self.total and cell.token.strip():
            return "0"  # a dash would read as a minus
        return cell.token.strip() or "blank"

    def sum(self) -> str:
        """The arithmetic of the parts: ``male 1,807 + female 4,908``, or how many there are."""
        parts = [(id, c) for id, c in self.parts if id != SLACK_VARIABLE]
        if len(parts) <= _FEW:
            return self.written(parts, self.amount)
        first, last = self.name(parts[0][0]), self.name(parts[-1][0])
        return f"the {len(parts)} parts from {first} to {last}"

    def relation(self) -> str:
        """``total = male + female``."""
        parts = [(id, c) for id, c in self.parts if id != SLACK_VARIABLE]
        factor = "" if abs(self.factor) == 1 else f"{abs(self.factor)} × "
        left = f"{factor}{self.name(self.total)}"
        if len(parts) <= _FEW + 1:
            return f"{left} = {self.written(parts, lambda id: '')}"
        return f"{left} = {self.name(parts[0][0])} + … + {self.name(parts[-1][0])}"

    def written(self, parts: Sequence[tuple[int, int]], amount: Callable[[int], str]) -> str:
        """Parts with their signs, names and amounts: ``male 1,807 + female 4,908``."""
        text = ""
        for id, coefficient in parts:
            # the total stands on the left, so a part that is added has a negative coefficient
            minus = (coefficient > 0) == (self.factor > 0)
            sign = (" − " if minus else " + ") if text else ("−" if minus else "")
            factor = "" if abs(coefficient) == 1 or id in (ZERO, ABSENT) else f"{abs(coefficient)} × "
            constant = self.observations.constants.get(id)
            name = (
                format_number(constant, self.table)
                if constant is not None
                else self.name(id) or "structural zero"
            )
            shown = amount(id)
            if shown and name[-1:].isdigit():
                # "2003 638" would read as one number
                text += f"{sign}{factor}{shown} ({name})"
            else:
                text += f"{sign}{factor}{name} {shown}".rstrip()
        return text

    def unknown(self) -> list[str]:
        """Why the identity cannot be evaluated, term by term."""
        reasons = []
        for id, _ in self.terms:
            if id == UNKNOWN:
                continue
            if id == ABSENT:
                reasons.append("a part is not printed")
                continue
            cell = self.cell(id)
            if cell is None:
                continue
            if cell.uncertain:
                reasons.append(f"{self.name(id)} cannot be placed")
            elif cell.reading.status is Status.BOUND:
                side = "at least" if cell.reading.at_least else "at most"
                if cell.reading.strict:
                    side = "more than" if cell.reading.at_least else "less than"
                bound = format_number(cell.reading.value or Decimal(0), self.table)
                reasons.append(f"{self.name(id)} is only known to be {side} {bound}")
            elif cell.reading.status in (Status.MISSING, Status.TEXT):
                shown = repr(cell.token.strip()) if cell.token.strip() else "blank"
                why = (
                    f" ({cell.reading.note})"
                    if cell.reading.status is Status.MISSING and cell.reading.note
                    else ""
                )
                reasons.append(f"{self.name(id)} is {shown}{why}")
            elif id in self.observations.repeated:
                reasons.append(f"more than one cell stands for {self.name(id)}")
        return list(dict.fromkeys(reasons))


def arranged(judged: IdentityResult, order: Mapping[int, int]) -> IdentityResult:
    """The same identity with its terms as printed, the total first and positive."""
    last = max(order.values(), default=0) + 1
    terms = sorted(judged.terms, key=lambda term: order.get(term[0], last))
    return dataclasses.replace(judged, terms=tuple(terms))


@dataclass(frozen=True)
class IdentityDescription:
    """An identity with its names: where it stands, what it is called, its terms.

    Args:
        along: what tells it from others over the same cells: a dimension, or a formula.
        sentence: of a broken one, instead of its arithmetic.
        verbatim: the sentence begins with a label, which stays as it is printed.
        unknown: why it cannot be evaluated, where its terms do not say it.
    """

    terms: Terms
    where: Mapping[str, str]
    relation: str
    along: str
    sentence: str = ""
    verbatim: bool = False
    unknown: tuple[str, ...] = ()
