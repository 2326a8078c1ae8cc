"""Diagnosing any grid of printed cells with identities over them: no yearbook, no Pandera, no GX."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from amyqa.diagnosis.case import Case, Identity
from amyqa.diagnosis.diagnose import diagnose
from amyqa.diagnosis.printed import Printed
from amyqa.diagnosis.verdict import Verdict
from amyqa.errors import BadInput, Problem
from amyqa.model import Status
from amyqa.reading.tokens import Notation, UnreadableToken

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sum:
    """A total and its parts, as 0-based (row, column) positions.

    Args:
        total: the cell on the left, or a figure that another table prints for it.
        parts: cells that are added.
        minus: cells that are taken off.
        tolerance: how far the two sides may be apart, in the table's unit; None: half a printed unit
            for each rounded number (whole numbers are exact).
    """

    total: Position | Decimal
    parts: Sequence[Position]
    minus: Sequence[Position] = ()
    tolerance: Decimal | None = None


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with a grid.

    `located` is what can be proposed. `changes` is the likeliest explanation of each group however
    likely it is: look at `likelihood` before you use it.

    Args:
        verdicts: one for each group of broken identities, see :class:`Verdict`.
        positions: (row, column) of each cell of a verdict; row -1 is a figure of another table.
    """

    verdicts: tuple[Verdict, ...]
    positions: Mapping[int, Position]

    @property
    def located(self) -> dict[Position, Decimal]:
        """Every cell that is likelier wrong in this way than not, and what it should be."""
        return {self.positions[c.cell]: c.proposed for verdict in self.verdicts for c in verdict.located}

    @property
    def changes(self) -> dict[Position, Decimal]:
        """Every cell of the likeliest explanations, likely or not, and what it should be."""
        best = [verdict.best for verdict in self.verdicts if verdict.best is not None]
        return {self.positions[c.cell]: c.proposed for alternative in best for c in alternative.changes}

    @property
    def likelihood(self) -> float:
        """That all of `changes` are right and complete."""
        if not self.verdicts:
            return 0.0
        together = 1.0
        for verdict in self.verdicts:
            together *= verdict.best.likelihood if verdict.best is not None else 0.0
        return together


def diagnose_grid(
    tokens: Sequence[Sequence[str]],
    identities: Iterable[Sum],
    *,
    decimal: str = ".",
    thousands: str = ",",
    nil: Iterable[str] = ("-",),
    values: Mapping[Position, Decimal] | None = None,
    negative: bool | None = None,
    certify: bool = False,
) -> Diagnosis:
    """What :func:`amyqa.diagnose` finds, of a grid of printed cells and the sums that should hold.

    Raises:
        BadInput: an identity names a cell outside the grid, or a token cannot be read.
    """
    reader = _Reader(tokens, Notation(decimal, thousands, frozenset(nil)), dict(values or {}))
    listed = list(identities)
    usable: dict[int, tuple[dict[Position, int], Decimal]] = {}
    # in an order of their own, so that the order in which they are given changes nothing
    for at in sorted(range(len(listed)), key=lambda at: _order(listed[at])):
        each = listed[at]
        total = reader.elsewhere(each.total) if isinstance(each.total, Decimal) else each.total
        terms = {total: 1}
        for sign, cells in ((-1, each.parts), (1, each.minus)):
            for position in cells:
                terms[position] = terms.get(position, 0) + sign
        terms = {position: k for position, k in terms.items() if k}
        if all(reader.known(position) for position in terms):
            tolerance = reader.tolerance(terms) if each.tolerance is None else each.tolerance
            usable[at] = terms, tolerance
    printed = dict(enumerate(sorted(reader.printed, key=lambda each: each.place)))
    numbers = {each.place: number for number, each in printed.items()}
    stated = [
        Identity({numbers[position]: k for position, k in terms.items()}, tolerance, pattern(terms))
        for terms, tolerance in usable.values()
    ]
    verdicts = diagnose(Case(printed, stated, negative=negative), certify=certify)
    given = {at: n for n, at in enumerate(sorted(usable))}
    rows = [given[at] for at in usable]
    told = sorted((verdict.renumbered(rows) for verdict in verdicts), key=lambda verdict: verdict.rows)
    return Diagnosis(tuple(told), {number: p.place for number, p in printed.items()})


def _order(each: Sum) -> tuple[object, ...]:
    """A place for a sum among others, whatever order they are given in."""
    elsewhere = isinstance(each.total, Decimal)
    total = (each.total,) if isinstance(each.total, Decimal) else each.total
    return elsewhere, total, sorted(each.parts), sorted(each.minus), each.tolerance or Decimal(-1)


def pattern(terms: Mapping[Position, int]) -> object:
    """The same for the same relation in other columns, or in other rows."""
    rows, columns = {r for r, _ in terms}, {c for _, c in terms}
    if len(columns) == 1:
        return "column", tuple(sorted((r, k) for (r, _), k in terms.items()))
    if len(rows) == 1:
        return "row", tuple(sorted((c, k) for (_, c), k in terms.items()))
    return None


class _Reader:
    """Reads the cells that identities name, once each, and numbers them."""

    def __init__(
        self, tokens: Sequence[Sequence[str]], notation: Notation, values: dict[Position, Decimal]
    ) -> None:
        self.tokens, self.notation, self.values = tokens, notation, values
        self.printed: list[Printed] = []
        self._numbers: dict[Position, int | None] = {}

    def elsewhere(self, value: Decimal) -> Position:
        """A place off the grid (row -1) for a figure that another table prints, wrong as it may be."""
        # in every second column left of the grid: it has no neighbours
        position = (-1, -2 - 2 * len(self.printed))
        decimals = max(0, -int(value.as_tuple().exponent))
        self.printed.append(Printed(value, decimals, position))
        self._numbers[position] = len(self.printed) - 1
        return position

    def known(self, position: Position) -> bool:
        """Whether the cell holds a number."""
        if position not in self._numbers:
            self._numbers[position] = self._read(position)
        return self._numbers[position] is not None

    def number(self, position: Position) -> int:
        """The cell's number in the case."""
        number = self._numbers[position]
        assert number is not None  # asked only of known cells
        return number

    def tolerance(self, terms: Iterable[Position]) -> Decimal:
        """Half a printed unit for each number with decimals."""
        decimals = [self.printed[self.number(position)].decimals for position in terms]
        return sum((Decimal(5).scaleb(-d - 1) for d in decimals if d), Decimal(0))

    def _read(self, position: Position) -> int | None:
        row, column = position
        if not (0 <= row < len(self.tokens) and 0 <= column < len(self.tokens[row])):
            message = f"an identity names the cell {position}, which is not in the grid"
            raise BadInput([Problem(message, "rows and columns count from 0")])
        given = self.values.get(position)
        token = self.tokens[row][column]
        if given is None and token.isascii() and token.isdigit() and token not in self.notation.nil:
            self.printed.append(Printed(Decimal(token), 0, position))
            return len(self.printed) - 1
        try:
            reading = self.notation.read(token)
        except UnreadableToken as error:
            if given is None:
                raise BadInput([Problem(f"{error}, at {position}", error.hint)]) from error
            reading = None
        nil = reading is not None and reading.status is Status.NIL
        if given is None:
            if reading is None or reading.value is None or reading.status not in (Status.VALUE, Status.NIL):
                return None
            value, decimals = reading.value, reading.decimals
        else:
            value = given
            decimals = max(0, -int(given.normalize().as_tuple().exponent))
        self.printed.append(Printed(value, decimals, position, nil and value == 0))
        return len(self.printed) - 1
