"""What a yearbook's rulings say about how its misprints come about, and its own shares of slips.

A finding that was ruled "corrected" keeps the tokens that were printed; what stands there now is what they
should have been. Where a decision was pruned, nothing is left to learn from.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from amyqa.diagnosis import learning, misprints
from amyqa.diagnosis.learning import Learned, Ways
from amyqa.diagnosis.misprints import ERROR_MECHANISMS, ErrorMechanisms
from amyqa.errors import AmyqaError, BadInput, Problem
from amyqa.model import Cell, Decision, Failure, Reading, Report, Ruling, Status, Table
from amyqa.project import Yearbook
from amyqa.reading.writing import write_atomically

NAME = "error-shares.json"
LEAST_CORRECTIONS, LEAST_TABLES = 10, 2
AS_PROPOSED, OTHERWISE, UNPROPOSED, NOT_YET = (
    "corrected to what was proposed",
    "corrected to another number",
    "corrected, nothing was proposed",
    "ruled corrected, but not corrected yet",
)


@dataclass(frozen=True)
class Rulings:
    """What was ruled, and what it teaches.

    Args:
        counts: decisions by what became of their findings.
        misprints: corrected cells.
        learned: own shares; None where there are too few corrections.
    """

    counts: Mapping[str, int]
    misprints: int
    learned: Learned | None

    @property
    def better(self) -> bool:
        """Whether own shares explain misprints of tables better that they were not estimated from."""
        return self.learned is not None and self.learned.gain > 0


def learn(report: Report) -> Rulings:
    """Count the rulings of a checked yearbook and estimate its own shares of slips."""
    tables = {table.id: table for table in report.tables}
    counts: Counter[str] = Counter()
    found: dict[str, dict[int, Ways]] = {}
    for decision, _ in report.decisions:
        table = tables.get(decision.table)
        if decision.ruling is not Ruling.CORRECTED or table is None:
            counts[decision.ruling.value if table is not None else "about a table that is not checked"] += 1
            continue
        changed = dict(_changed(decision, table))
        counts[_outcome(decision, {place: cell for place, (cell, _) in changed.items()})] += 1
        for cell, before in changed.values():
            found.setdefault(table.id, {})[cell.id] = _ways(table, cell, before)
    misprinted = sum(map(len, found.values()))
    enough = misprinted >= LEAST_CORRECTIONS and len(found) >= LEAST_TABLES
    learned = learning.learn({id: list(ways.values()) for id, ways in found.items()}) if enough else None
    return Rulings(dict(counts), misprinted, learned)


def _changed(decision: Decision, table: Table) -> Iterator[tuple[str, tuple[Cell, Reading]]]:
    """The places of a decision where another number stands now, and what was printed there."""
    cells: dict[str, list[Cell]] = {}
    for id in range(1, table.size + 1):
        cell = table.cell(id)
        cells.setdefault(f"{cell.row}, {cell.column}", []).append(cell)
    for place, token in decision.printed.items():
        standing = cells.get(place, [])
        if len(standing) != 1 or standing[0].token.strip() == token:
            continue
        [cell] = standing
        try:
            before = table.spec.notation(cell.column, cell.row).read(token)
        except AmyqaError:
            continue
        known = (Status.VALUE, Status.NIL)
        if before.status in known and cell.reading.status in known and before.value != cell.reading.value:
            yield place, (cell, before)


def _outcome(decision: Decision, now: Mapping[str, Cell]) -> str:
    if not now:
        return NOT_YET
    if not decision.proposed:
        return UNPROPOSED
    same = all(
        place in now and str(now[place].reading.value) == str(Decimal(value))
        for place, value in decision.proposed.items()
    )
    return AS_PROPOSED if same else OTHERWISE


def _ways(table: Table, cell: Cell, before: Reading) -> Ways:
    """How the number that was printed may have come about."""
    r, c = divmod(cell.id - 1, len(table.columns))
    around = [(r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)]
    inside = [(i, j) for i, j in around if 0 <= i < len(table.rows) and 0 <= j < len(table.columns)]
    neighbours = [value for i, j in inside if (value := table.rows[i].readings[j].value) is not None]
    assert before.value is not None
    assert cell.reading.value is not None
    decimals = max(before.decimals, cell.reading.decimals)
    nil = before.status is Status.NIL
    slips = misprints.explain(before.value, cell.reading.value, decimals, neighbours, nil=nil)
    return learning.ways(slips)


# --- kept -----------------------------------------------------------------------------------


def write_shares(yearbook: Yearbook, rulings: Rulings) -> str:
    """Keep a yearbook's own shares; returns the file's name."""
    assert rulings.learned is not None
    path = yearbook.decisions / NAME
    shares = {name: round(share, 4) for name, share in rulings.learned.shares.items()}
    content = {"corrections": rulings.misprints, "shares": shares}
    write_atomically(path, json.dumps(content, indent=2) + "\n")
    return yearbook.shown(path)


def usable_shares(yearbook: Yearbook) -> tuple[ErrorMechanisms, tuple[Failure, ...]]:
    """The model of misprints of a yearbook, or what is assumed where the file of its shares is broken.

    Returns:
        Besides, what keeps the file from being read: a check tells it, and diagnoses all the same.
    """
    try:
        return read_shares(yearbook), ()
    except BadInput as error:
        return ERROR_MECHANISMS, (
            Failure("", error.problems, file=yearbook.shown(yearbook.decisions / NAME)),
        )


def read_shares(yearbook: Yearbook) -> ErrorMechanisms:
    """The model of misprints of a yearbook: with its own shares, where it has some.

    Raises:
        BadInput: the file of its shares says something else.
    """
    path = yearbook.decisions / NAME
    if not path.is_file():
        return ERROR_MECHANISMS
    try:
        shares = json.loads(path.read_text(encoding="utf-8"))["shares"]
        known = {name: float(share) for name, share in shares.items()}
        right = known.keys() == learning.ASSUMED.keys() and all(0 < share < 1 for share in known.values())
        if not right or abs(sum(known.values()) - 1) > 0.01:
            raise ValueError
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        advice = "delete it, or write it anew: amyqa decisions --learn"
        problem = Problem("does not hold the shares of the kinds of slips", advice, yearbook.shown(path))
        raise BadInput([problem]) from None
    return learning.mechanisms(known)
