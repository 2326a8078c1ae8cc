"""What is broken in a cube, with the identities around it, fetched as rows.

A diagnosis needs more than a broken identity: each of its cells stands in others, whose holding clears it.
Two steps of them are fetched, as long as they are few enough to be looked at one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from amyqa.cubes.cells import Cells, coordinates
from amyqa.cubes.sums import BROKEN, UNKNOWN, Sum, largest
from amyqa.engines.cubefiles import CubeEngine, load_columns
from amyqa.rules.rule import matching, name

MAX_SHOWN = 1000
"""So many broken identities of a cube are told one by one, the largest first; all are counted."""
MAX_UNKNOWN = 200
MAX_CELLS = 60_000
"""So many observations become a table at most."""
SAMPLE = 2000
"""So many observations Pandera is given besides."""

_COLUMNS = ("OBS_VALUE", "OBS_TOKEN", "OBS_SIGN", "OBS_FILE", "OBS_LINE")

CONTROLS = 50
_CONTROL_CELLS = 1000
"""So many identities of each rule are looked at without regard to whether they hold, of so many cells."""
_CONTROL = 9
"""The step that they stand for."""

Identity = tuple[tuple[str, ...], int]
"""The codes of the other dimensions, in their order, and the number of the partition."""


@dataclass(frozen=True)
class Picked:
    """Identities to be told.

    Args:
        broken, unknown: by the number of their rule.
    """

    broken: Mapping[int, Sequence[Identity]]
    unknown: Mapping[int, Sequence[Identity]]


@dataclass(frozen=True)
class Neighbourhood:
    """Observations around what is broken.

    Args:
        rows: codes, value, token, sign, file, line.
        whole: by the number of their rule the identities whose observations are all there.
        controls: those of them that were taken without regard to whether they hold.
    """

    rows: Sequence[tuple[Any, ...]]
    whole: Mapping[int, frozenset[Identity]]
    controls: Mapping[int, frozenset[Identity]]


def pick(engine: CubeEngine, sums: Sequence[Sum], counts: Mapping[int, Any], cells: Cells) -> Picked:
    """The broken identities with the largest differences, and the first of those that are unknown."""
    others = {each.number: [d for d in cells.dimensions if d != each.dimension] for each in sums}
    found: list[tuple[int, int, int, Identity]] = []
    unknown: dict[int, list[Identity]] = {}
    left = MAX_CELLS // 2
    for each in sums:
        counted = counts[each.number]
        if counted.broken:
            for rank, hit in enumerate(largest(engine, each, cells, BROKEN, MAX_SHOWN)):
                key = tuple(str(hit[d]) for d in others[each.number]), int(hit["partition"])
                found.append((-abs(int(hit["difference"])), each.number, rank, key))
        if counted.unknown:
            for hit in largest(engine, each, cells, UNKNOWN, MAX_UNKNOWN):
                key = tuple(str(hit[d]) for d in others[each.number]), int(hit["partition"])
                unknown.setdefault(each.number, []).append(key)
    broken: dict[int, list[Identity]] = {}
    sizes = {each.number: [1 + len(p) + len(o) for _, p, o in each.partitions] for each in sums}
    for _, number, _, key in sorted(found)[:MAX_SHOWN]:
        left -= sizes[number][key[1]]
        if left < 0 and broken:
            break
        broken.setdefault(number, []).append(key)
    for number, keys in list(unknown.items()):
        size = max(sizes[number])
        unknown[number] = keys[: max(1, min(MAX_UNKNOWN // len(unknown), max(left, 0) // size))]
    return Picked(broken, unknown)


def fetch(
    engine: CubeEngine,
    sums: Sequence[Sum],
    picked: Picked,
    cells: Cells,
    pivot: str,
    wanted: Iterable[str] = (),
) -> Neighbourhood:
    """The observations of identities, of those around them, and a sample of all.

    Args:
        pivot: along this dimension, whole lines are fetched.
        wanted: SELECTs of coordinates that are to be there too.
    """
    around = _Around(engine, sums, cells)
    needed = {
        each.number: [*picked.broken.get(each.number, ()), *picked.unknown.get(each.number, ())]
        for each in sums
    }
    for each in sums:
        around.ask(each, needed[each.number])
    around.gather(0)
    level = 0
    for step in (1, 2) if picked.broken else ():
        if around.spread(step) > MAX_CELLS:
            break
        around.gather(step)
        level = step
    if picked.broken:
        around.control()
    control = [f"SELECT * FROM around_{_CONTROL}"] if picked.broken else []
    parts = [f"SELECT * FROM around_{level}", *control, *wanted, _sample(cells, SAMPLE)]
    engine.define("chosen", " UNION ".join(parts))
    others = [d for d in cells.dimensions if d != pivot]
    lines = f"SELECT DISTINCT {coordinates(others)} FROM chosen" if others else "SELECT 1 AS one"
    same = " AND ".join(f"c.{name(d)} = w.{name(d)}" for d in others) or "1 = 1"
    columns = (
        f"{coordinates(cells.dimensions, 'c.')}, c.OBS_VALUE, c.OBS_TOKEN, c.OBS_SIGN, c.OBS_FILE, c.OBS_LINE"
    )
    _, rows = engine.rows(
        f"SELECT {columns} FROM cells c JOIN ({lines}) AS w ON {same} "
        f"ORDER BY {coordinates(others, 'c.') + ', ' if others else ''}c.OBS_FILE, c.OBS_LINE"
    )
    whole = around.whole(level)
    controls = around.whole(_CONTROL) if picked.broken else {each.number: frozenset() for each in sums}
    return Neighbourhood(rows, {each: whole[each] | controls[each] for each in whole}, controls)


def _sample(cells: Cells, most: int) -> str:
    """A SELECT of observations here and there: a fixed choice, the same for every engine."""
    step = max(1, cells.usable // most)
    while any(step % factor == 0 for factor in range(2, int(step**0.5) + 1)):
        step += 1  # a prime number falls in with no order of the file
    keys = coordinates(cells.dimensions)
    chosen = f"SELECT {keys} FROM cells WHERE OBS_LINE % {step} = 0 ORDER BY OBS_FILE, OBS_LINE LIMIT {most}"
    return f"SELECT * FROM ({chosen}) AS sample"


class _Around:
    """Grows from identities to those that share a cell with them, in the engine."""

    def __init__(self, engine: CubeEngine, sums: Sequence[Sum], cells: Cells) -> None:
        self.engine, self.sums, self.cells = engine, sums, cells

    def others(self, each: Sum) -> list[str]:
        """The dimensions that tell a rule's identities apart."""
        return [d for d in self.cells.dimensions if d != each.dimension]

    def ask(self, each: Sum, keys: Sequence[Identity]) -> None:
        """Begin with these identities of a rule."""
        columns: dict[str, list[str] | list[int]] = {
            d: [key[0][at] for key in keys] for at, d in enumerate(self.others(each))
        }
        columns["partition"] = [key[1] for key in keys] or [-1]
        if not keys:
            columns = {d: [""] for d in self.others(each)} | {"partition": [-1]}
        load_columns(self.engine, f"asked_{each.number}_0", columns)

    def gather(self, step: int) -> None:
        """Hold the coordinates of what was asked for as ``around_<step>``."""
        selects = []
        for each in self.sums:
            same = "".join(f" AND c.{name(d)} = w.{name(d)}" for d in self.others(each))
            selects.append(
                f"SELECT {coordinates(self.cells.dimensions, 'c.')} FROM cells c "
                f"JOIN {each.parts} p ON p.code = c.{name(each.dimension)} "
                f"JOIN asked_{each.number}_{step} w ON w.partition = p.partition{same}"
            )
        empty = f"SELECT {coordinates(self.cells.dimensions)} FROM cells WHERE 1 = 0"
        self.engine.define(f"around_{step}", " UNION ".join(selects or [empty]))

    def spread(self, step: int) -> int:
        """Ask for the identities that share a cell with the last step; how many observations they have."""
        size = 0
        for each in self.sums:
            keys = coordinates(self.others(each), "c.")
            keys = f"{keys}, " if keys else ""
            where = f" WHERE {matching(each.where, 'c')}" if each.where else ""
            asked = f"asked_{each.number}_{step}"
            self.engine.define(
                asked,
                f"SELECT DISTINCT {keys}p.partition, p.size FROM around_{step - 1} c "
                f"JOIN {each.parts} p ON p.code = c.{name(each.dimension)}{where}",
            )
            _, rows = self.engine.rows(f"SELECT COALESCE(SUM(size + 1), 0) AS cells FROM {asked}")
            size += int(rows[0][0])
        return size

    def control(self) -> None:
        """Ask for some identities of each rule, whether or not they hold."""
        self.engine.define("controls", _sample(self.cells, CONTROLS))
        for each in self.sums:
            keys = coordinates(self.others(each), "c.")
            keys = f"{keys}, " if keys else ""
            where = f" WHERE {matching(each.where, 'c')}" if each.where else ""
            size = max(1 + len(parts) + len(optional) for _, parts, optional in each.partitions)
            self.engine.define(
                f"asked_{each.number}_{_CONTROL}",
                f"SELECT * FROM (SELECT DISTINCT {keys}p.partition, p.size FROM controls c "
                f"JOIN {each.parts} p ON p.code = c.{name(each.dimension)}{where}) AS few "
                f"ORDER BY {keys.replace('c.', '')}partition LIMIT {max(1, _CONTROL_CELLS // size)}",
            )
        self.gather(_CONTROL)

    def whole(self, step: int) -> dict[int, frozenset[Identity]]:
        """The identities that were asked for in a step, by the number of their rule."""
        found = {}
        for each in self.sums:
            keys = coordinates(self.others(each))
            keys = f"{keys}, " if keys else ""
            _, rows = self.engine.rows(f"SELECT {keys}partition FROM asked_{each.number}_{step}")
            found[each.number] = frozenset((tuple(map(str, row[:-1])), int(row[-1])) for row in rows)
        return found
