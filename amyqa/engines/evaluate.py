"""The one evaluator: runs a rule's definition over a frame of observations, in DuckDB.

Every host (Pandera, Great Expectations, the native engine) calls :func:`evaluate`; what differs is
who holds the frame and who asks.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from itertools import groupby
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from amyqa.rules.observations import Observations, cell_hash
from amyqa.rules.outcome import Cells, IdentityResult, IdentityState, Outcome
from amyqa.rules.reference_tables import ReferenceTables
from amyqa.rules.rule import ABSENT, SLACK_VARIABLE, UNKNOWN, ZERO, Arguments, Linear, Pointwise, Rule, Shape
from amyqa.rules.stated import StatedTerms

# A rule's terms, each cell once an identity: the relation `net` that all below is read from.
_NET = """
WITH terms AS (
{terms}
)
SELECT identity, cell, SUM(coefficient) AS coefficient
FROM terms GROUP BY identity, cell HAVING SUM(coefficient) <> 0
"""

# Residuals as intervals: exact when every part is known, half open when one is not. An identity is
# broken when no value in the interval lies within the tolerance. One without a printed cell says
# nothing, nor does a lone total whose parts are all absent, unless it is below what they can be.
_RESIDUALS = f"""
WITH cells AS (
    SELECT OBS_CELL AS cell,
        MAX(CASE WHEN OBS_UNCERTAIN = 0 THEN OBS_LOW END) AS low,
        MAX(CASE WHEN OBS_UNCERTAIN = 0 THEN OBS_HIGH END) AS high,
        MAX(OBS_TOLERANCE) AS slack, MAX(OBS_HASH) AS weight,
        MAX(CASE WHEN OBS_KIND IN ('printed', 'external') THEN 1 ELSE 0 END) AS told
    FROM observations GROUP BY OBS_CELL
    UNION ALL SELECT {SLACK_VARIABLE}, 0, NULL, 0, {cell_hash(SLACK_VARIABLE)}, 0
    UNION ALL SELECT {ABSENT}, MIN(OBS_FLOOR), NULL, 0, {cell_hash(ABSENT)}, 0 FROM observations
    UNION ALL SELECT {UNKNOWN}, NULL, NULL, 0, {cell_hash(UNKNOWN)}, 0
), residuals AS (
    SELECT net.identity,
        SUM(CASE WHEN coefficient > 0 THEN coefficient * low ELSE coefficient * high END) AS low,
        SUM(CASE WHEN coefficient > 0 THEN coefficient * high ELSE coefficient * low END) AS high,
        COUNT(*) FILTER (WHERE (CASE WHEN coefficient > 0 THEN low ELSE high END) IS NULL) AS open_low,
        COUNT(*) FILTER (WHERE (CASE WHEN coefficient > 0 THEN high ELSE low END) IS NULL) AS open_high,
        COUNT(*) FILTER (
            WHERE net.cell <> {SLACK_VARIABLE} AND (low IS NULL OR high IS NULL OR low <> high)
        ) AS unknown,
        SUM(told) AS printed,
        COUNT(*) FILTER (WHERE net.cell = {ABSENT}) AS absent,
        SUM(ABS(coefficient) * slack) AS slack,
        ABS(SUM(weight * CASE
            WHEN net.cell NOT IN ({ABSENT}, {UNKNOWN}) THEN coefficient WHEN coefficient > 0 THEN 1 ELSE -1
        END)) AS sketch,
        MIN(CASE WHEN weight > 0 THEN net.cell END) AS first_cell,
        MAX(CASE WHEN weight > 0 THEN net.cell END) AS last_cell
    FROM net JOIN cells ON cells.cell = net.cell GROUP BY net.identity
), verdicts AS (
    SELECT *,
        CASE WHEN open_low = 0 AND low > slack OR open_high = 0 AND high < -slack THEN 'broken'
             WHEN unknown > 0 THEN 'unknown' ELSE 'holds' END AS state
    FROM residuals
)
SELECT identity, state, sketch, printed, first_cell, last_cell,
    CASE WHEN open_low = 0 THEN low END AS low, CASE WHEN open_high = 0 THEN high END AS high, slack
FROM verdicts WHERE printed > 1 OR printed = 1 AND (absent = 0 OR state = 'broken')
"""

_VERDICTS = """
SELECT v.*, net.cell, net.coefficient
FROM verdicts v LEFT JOIN net ON net.identity = v.identity AND v.state <> 'holds'
ORDER BY v.identity, net.coefficient DESC, net.cell
"""

# A total stands alone on its side of an equation, or is what it was written to compute; "at most" makes none.
_COVERED = f"""
WITH results AS (
{{results}}
), sides AS (
    SELECT identity, COUNT(*) FILTER (WHERE coefficient > 0) AS added,
        COUNT(*) FILTER (WHERE coefficient < 0) AS deducted,
        COUNT(*) FILTER (WHERE cell = {SLACK_VARIABLE}) AS spare
    FROM net GROUP BY identity
)
SELECT net.cell,
    MAX(CASE WHEN spare = 0
        AND (results.cell IS NOT NULL OR (CASE WHEN coefficient > 0 THEN added ELSE deducted END) = 1)
        THEN 1 ELSE 0 END) AS total
FROM net LEFT JOIN results ON results.identity = net.identity AND results.cell = net.cell
JOIN sides ON sides.identity = net.identity JOIN verdicts v ON v.identity = net.identity
WHERE net.cell > 0 GROUP BY net.cell
"""

_SUBJECTS = """
WITH subjects AS (
{subjects}
), reasons AS (
    SELECT subjects.*, {unjudged} AS unjudged FROM subjects
), judged AS (
    SELECT reasons.*, CASE WHEN unjudged IS NULL AND ({violation}) THEN 1 ELSE 0 END AS violated FROM reasons
)
SELECT *, (SELECT COUNT(*) FROM judged) AS subjects FROM judged WHERE violated = 1 OR unjudged IS NOT NULL
UNION ALL
SELECT * FROM (
    SELECT *, (SELECT COUNT(*) FROM judged) AS subjects FROM judged
    WHERE violated = 0 AND unjudged IS NULL LIMIT 1
) AS passing
"""


class _Local(threading.local):
    """Each thread's own database, and the frame that its table was made from."""

    def __init__(self) -> None:
        self.database = duckdb.connect(":memory:", config={"enable_external_access": False})
        self.frame: weakref.ref[pd.DataFrame] | None = None


@cache
def _local() -> _Local:
    return _Local()


def _database() -> duckdb.DuckDBPyConnection:
    return _local().database


_LARGE = 100_000
_held: ContextVar[pd.DataFrame | None] = ContextVar("held", default=None)
_known: ContextVar[Observations | None] = ContextVar("known", default=None)


@contextmanager
def holding(data: pd.DataFrame, observations: Observations | None = None) -> Iterator[None]:
    """Take a frame in once for all rules that judge it inside; it must not be changed there.

    Args:
        observations: what the frame was made from: with it come the relations that stand beside it.
    """
    again = _held.get() is data
    known = _known.set(_known.get() if again and observations is None else observations)
    if again:
        _ensure(data)
    else:
        _take_in(data)
    token = _held.set(data)
    try:
        yield
    finally:
        _held.reset(token)
        _known.reset(known)


def _ensure(data: pd.DataFrame) -> None:
    """Take a frame in, unless it is held and nothing has taken its place."""
    taken = _local().frame
    if _held.get() is not data or taken is None or taken() is not data:
        _take_in(data)


def _take_in(data: pd.DataFrame) -> None:
    database = _database()
    # handing a small table from thread to thread costs more than it saves
    database.execute(f"SET threads TO {1 if len(data) < _LARGE else os.cpu_count() or 1}")
    _relate(database, "observations", data)
    known = _known.get()
    if known is not None and known.others.tables:
        _relate(database, "others", frame(known.others))
    else:
        nothing = "SELECT *, CAST(NULL AS VARCHAR) AS OBS_TABLE FROM observations WHERE 1 = 0"
        database.execute(f"CREATE OR REPLACE TEMP TABLE others AS {nothing}")
    _relate(database, "stated", _stated(known.stated if known is not None else StatedTerms()))
    _local().frame = weakref.ref(data)


def _relate(database: duckdb.DuckDBPyConnection, relation: str, data: pd.DataFrame) -> None:
    database.register("frame", data)
    database.execute(f"CREATE OR REPLACE TEMP TABLE {relation} AS SELECT * FROM frame")
    database.unregister("frame")


def _stated(stated: StatedTerms) -> pd.DataFrame:
    """The relation of formulas' terms, each pattern unrolled."""
    none = np.empty(0, dtype=np.int64)
    columns: dict[str, list[Any]] = {name: [none] for name in ("identity", "cell", "coefficient", "result")}
    for pattern in stated.patterns:
        numbers = np.arange(pattern.times, dtype=np.int64)
        cells, steps, coefficients = np.array(pattern.terms, dtype=np.int64).reshape(-1, 3).T
        columns["identity"].append(np.repeat(numbers + pattern.first, len(cells)))
        columns["cell"].append((cells + numbers[:, None] * steps).ravel())
        columns["coefficient"].append(np.tile(coefficients, pattern.times))
        columns["result"].append(np.tile(np.arange(len(cells)) == 0, pattern.times).astype(np.int64))
    return pd.DataFrame({name: np.concatenate(parts) for name, parts in columns.items()})


def frame(observations: Observations | ReferenceTables) -> pd.DataFrame:
    """A relation as a frame: whole numbers as Int64, words as str, never as objects."""
    columns: dict[str, Any] = {}
    for name, numbers in observations.integers.items():
        columns[name] = pd.arrays.IntegerArray(numbers.values, numbers.mask)
    if "OBS_CELL" in columns:
        columns["OBS_HASH"] = pd.array(cell_hashes(columns["OBS_CELL"].to_numpy(np.int64)), dtype="Int64")
    for name, words in observations.texts.items():
        columns[name] = pd.array(words.objects(), dtype="str")
    return pd.DataFrame(columns)


def cell_hashes(cells: Any) -> Any:
    """:func:`amyqa.rules.observations.weight` of many cells."""
    z = cells.astype(np.int64).view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.where(cells == ZERO, 0, ((z ^ (z >> np.uint64(31))) >> np.uint64(14)).view(np.int64))


def shape_of(data: pd.DataFrame, dimensions: Iterable[str]) -> Shape:
    """The shape of a frame that holds observations."""
    scale = data["OBS_SCALE"].iloc[0] if len(data) else 0
    return Shape(tuple(dimensions), int(scale))


def evaluate(rule: Rule, arguments: Arguments, data: pd.DataFrame, shape: Shape) -> Outcome:
    """Run one rule.

    Args:
        rule: with a definition.
        arguments: checked, and filled in from the table's spec.
        data: columns as in :mod:`amyqa.rules.observations`.

    Raises:
        ValueError: the rule has no definition (reading does it).
    """
    _ensure(data)
    if isinstance(rule.definition, Linear):
        return _linear(_database(), rule.definition, arguments, shape)
    if isinstance(rule.definition, Pointwise):
        return _pointwise(_database(), rule.definition, arguments, shape)
    raise ValueError(f"the rule {rule.name!r} has no definition")


def _linear(database: duckdb.DuckDBPyConnection, rule: Linear, arguments: Arguments, shape: Shape) -> Outcome:
    _net(database, rule.terms(arguments, shape))
    database.execute(f"CREATE OR REPLACE TEMP TABLE verdicts AS {_RESIDUALS}")
    rows = database.execute(_VERDICTS).fetchall()
    judged = []
    for _, group in groupby(rows, key=lambda row: row[0]):
        lines = list(group)
        key, state, fingerprint, printed, first, last, low, high, tolerance = lines[0][:9]
        terms = tuple((int(cell), int(c)) for *_, cell, c in lines if cell is not None)
        signature = (int(fingerprint), int(printed), int(first), int(last))
        judged.append(
            IdentityResult(
                int(key),
                IdentityState(state),
                signature,
                _whole(low),
                _whole(high),
                int(tolerance),
                _total_first(terms),
            )
        )
    covered, totals = _covered(database, rule.results)
    return Outcome(len(judged), tuple(judged), scale=shape.scale, covered=covered, totals=totals)


def _net(database: duckdb.DuckDBPyConnection, terms: str) -> None:
    """Net a rule's terms."""
    database.execute(f"CREATE OR REPLACE TEMP TABLE net AS {_NET.replace('{terms}', terms)}")


def _covered(database: duckdb.DuckDBPyConnection, results: str) -> tuple[Cells, Cells]:
    """The cells that stand in a judged identity, and those that are the total of one."""
    found = database.execute(_COVERED.replace("{results}", results)).fetchnumpy()
    cells, total = (np.asarray(found[name], dtype=np.int64) for name in ("cell", "total"))
    flags = np.zeros((2, int(cells.max(initial=0)) + 1), dtype=np.uint8)
    flags[0, cells] = 1
    flags[1, cells] = total
    return Cells(flags[0].tobytes()), Cells(flags[1].tobytes())


_ALL_TERMS = "SELECT identity, cell, coefficient FROM net ORDER BY identity, coefficient DESC, cell"
_NEAR_TERMS = """
WITH near AS (
    SELECT DISTINCT cell FROM net
    WHERE cell > 0 AND (cell IN ({cells}) OR identity IN (SELECT identity FROM net WHERE cell IN ({cells})))
), next AS (
    SELECT DISTINCT cell FROM net
    WHERE cell > 0 AND identity IN (SELECT identity FROM net WHERE cell IN (SELECT cell FROM near))
)
SELECT identity, cell, coefficient FROM net
WHERE identity IN (SELECT identity FROM net WHERE cell IN (SELECT cell FROM next))
ORDER BY identity, coefficient DESC, cell
"""


def terms_of(
    rule: Rule, arguments: Arguments, data: pd.DataFrame, shape: Shape, cells: Iterable[int] | None = None
) -> dict[int, dict[int, int]]:
    """Terms of a linear rule's identities, each cell netted.

    Args:
        cells: only identities within three steps of these cells (sharing a cell is a step).

    Returns:
        For each identity its cells and coefficients, the greatest coefficient first.
    """
    assert isinstance(rule.definition, Linear)
    _ensure(data)
    sql = _ALL_TERMS if cells is None else _NEAR_TERMS.replace("{cells}", _listed(cells))
    found: dict[int, dict[int, int]] = {}
    _net(_database(), rule.definition.terms(arguments, shape))
    rows = _database().execute(sql).fetchall()
    for identity, cell, coefficient in rows:
        found.setdefault(int(identity), {})[int(cell)] = int(coefficient)
    return found


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(str(int(number)) for number in numbers) or "NULL"


def _total_first(terms: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(terms, key=lambda term: (-term[1], term[0])))


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)


def _pointwise(
    database: duckdb.DuckDBPyConnection, rule: Pointwise, arguments: Arguments, shape: Shape
) -> Outcome:
    # in one go: a suite's words may hold braces
    sql = _SUBJECTS.format(
        subjects=rule.subjects(arguments, shape),
        unjudged=rule.unjudged(arguments, shape),
        violation=rule.violation(arguments, shape),
    )
    database.execute(sql)
    names = [column[0] for column in database.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in database.fetchall()]
    rows.sort(key=lambda row: row.get("record") or 0)
    # joins keep no order, and engines must say the same
    rows.sort(key=lambda row: row.get("record") or 0)
    subjects = int(rows[0]["subjects"]) if rows else 0
    ours = ("violated", "subjects", "unjudged")
    found = [{k: v for k, v in row.items() if k not in ours} for row in rows if row["violated"]]
    unjudged = [row for row in rows if row["unjudged"] is not None]
    return Outcome(subjects, violations=tuple(found), unjudged=tuple(unjudged))
