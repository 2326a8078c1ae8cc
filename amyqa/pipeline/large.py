"""A very large frame: its sums are inferred from a sample of rows, and judged in every row by the engine.

What is told in full is a table of the sample, of the rows with a broken sum, and of their neighbours; the
counts are those of all rows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from amyqa.model import Counts, Stated, Status, Table
from amyqa.reading.columns import Columns
from amyqa.reading.spec import Spec
from amyqa.rules.columns import Integers, Words
from amyqa.rules.identities import STATED
from amyqa.rules.numbers import ScaledNumbers
from amyqa.rules.observations import TEXTS, Observations
from amyqa.rules.outcome import STATES, IdentityState
from amyqa.rules.shape import Shape
from amyqa.rules.stated import StatedTerms, patterns

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_TOLD = 200
"""So many rows with a broken sum are told in full; all are counted."""
_UNKNOWN = 20


@dataclass(frozen=True)
class Judged:
    """What the engine says of all rows.

    Args:
        counts: of all identities.
        broken, unknown: rows (from 0) with a broken sum, and with one that cannot be evaluated.
    """

    counts: Counts
    broken: Sequence[int]
    unknown: Sequence[int]


def told(rows: int, drafted: Iterable[int], judged: Judged) -> list[int]:
    """Which rows are told in full: the drafted ones, those that are broken, their neighbours."""
    broken = judged.broken[:MOST_TOLD]
    near = {row + d for row in broken for d in (-1, 0, 1) if 0 <= row + d < rows}
    return sorted({*drafted, *near, *judged.unknown[:_UNKNOWN]})


def judge(drafted: Table, columns: Sequence[Sequence[str]]) -> Judged | None:
    """Judge the sums of a drafted sample in every row of its frame.

    Args:
        drafted: the sample, with the relations that are stated.
        columns: the tokens of all rows, column by column, as the sample's fields stand.

    Returns:
        What holds and what does not; None where something is stated that is no sum of columns in every row.
    """
    from amyqa.engines.session import Session  # heavy, and only needed here

    rows, width = len(columns[0]), len(drafted.columns)
    formulas = drafted.stated.formulas
    if not formulas or any(f.along != "row" or f.times != len(drafted.rows) for f in formulas):
        return None
    numbered = [str(row) for row in range(rows)]
    everywhere = [dataclasses.replace(formula, labels=numbered) for formula in formulas]
    table = dataclasses.replace(drafted, rows=(drafted.rows[0],) * rows, stated=Stated(everywhere))
    summed = {(t.cell - 1) % width for f in formulas for t in f.terms if isinstance(t.cell, int)}
    if any(not isinstance(term.cell, int) for formula in formulas for term in formula.terms):
        return None
    observations = _observed(table, drafted, columns, sorted(summed))
    with Session() as session:
        [batch] = session.load([observations])
        outcome = session.ask(batch, STATED, {batch.tables[0].first: {}})[batch.tables[0].first]
        judged = outcome.judged
        states, of = np.asarray(judged.states), (judged.keys - batch.tables[0].first) % rows
    broken = np.unique(of[states == STATES.index(IdentityState.BROKEN)])
    unknown = np.unique(of[states == STATES.index(IdentityState.UNKNOWN)])
    number = judged.number
    evaluated = number(IdentityState.HOLDS) + number(IdentityState.BROKEN)
    counts = Counts(evaluated, number(IdentityState.BROKEN), number(IdentityState.UNKNOWN))
    return Judged(counts, broken.tolist(), unknown.tolist())


def _observed(
    table: Table, drafted: Table, columns: Sequence[Sequence[str]], summed: Sequence[int]
) -> Observations:
    """The numbers of the summed columns as a relation, column by column."""
    numbers = ScaledNumbers(drafted, {})
    rows, width = len(table.rows), len(table.columns)
    reader = Columns(cast(Spec, table.spec), ())
    found: dict[str, list[NDArray[np.int64]]] = {name: [] for name in ("cell", "value", "half")}
    missing = []
    for c in summed:
        readings, _ = reader.read(table.columns[c], columns[table.positions[c] - 1])
        known = {id(each): each for each in readings}
        plain = {
            key: numbers.scaled(each.value)
            for key, each in known.items()
            if each.status in (Status.VALUE, Status.NIL) and each.value is not None
        }
        halves = {key: numbers.half_unit(each, "", table.columns[c]) for key, each in known.items()}
        keys = list(map(id, readings))
        found["cell"].append(np.arange(rows, dtype=np.int64) * width + c + 1)
        found["value"].append(np.fromiter((plain.get(key, 0) for key in keys), np.int64, rows))
        found["half"].append(np.fromiter(map(halves.__getitem__, keys), np.int64, rows))
        missing.append(np.fromiter((key not in plain for key in keys), bool, rows))
    size = rows * len(summed)
    values = Integers(np.concatenate(found["value"]), np.concatenate(missing))
    cells = Integers(np.concatenate(found["cell"]))
    floor = None if numbers.open_below or (values.values < 0).any() else 0
    lows = values if floor is None else Integers(values.values)
    integers = {
        "OBS_CELL": cells,
        "OBS_VALUE": values,
        "OBS_LOW": lows,
        "OBS_HIGH": values,
        "OBS_TOLERANCE": Integers(np.concatenate(found["half"])),
        "OBS_STEP": Integers.same(1, size),
        "OBS_UNCERTAIN": Integers.same(0, size),
        "OBS_RECORD": Integers(np.arange(1, size + 1, dtype=np.int64)),
        "OBS_FLOOR": Integers.same(floor, size),
        "OBS_SCALE": Integers.same(numbers.scale, size),
    }
    texts = {name: Words.same(None, size) for name in TEXTS}
    texts["OBS_KIND"] = Words.same("printed", size)
    texts["OBS_STATUS"] = Words(values.mask.astype(np.int32), ["value", "missing"])
    stated = StatedTerms(patterns(table.stated.formulas, lambda cell: cell if isinstance(cell, int) else 0))
    return Observations(table, Shape((), numbers.scale), integers, texts, stated=stated)
