"""Totals of a cube, one statement a rule: an identity is the observations that share all codes but one.

What a rule's own SELECT of terms joins, a group adds up in one pass. The verdicts are those of
:mod:`amyqa.engines.statements`: an identity is broken when no value that is unknown could mend it, and
one whose parts are not all there is never a pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from amyqa.cubes.cells import Cells, coordinates
from amyqa.engines.cubefiles import CubeEngine, load_columns
from amyqa.model import Severity
from amyqa.rules import totals
from amyqa.rules.rule import Rule, matching, name, text, texts
from amyqa.rules.shape import Arguments

HOLDS, BROKEN, UNKNOWN = 0, 1, 2
TOTAL, PART, OPTIONAL = 0, 1, 2
_MANY = 500
"""More codes than these are joined as a relation rather than listed."""


@dataclass(frozen=True)
class Sum:
    """A rule on totals along one dimension, bound to a cube.

    Args:
        number: tells its relations from those of others.
        where: conditions on other dimensions; codes by dimension.
        partitions: each total with its parts, and those that count where they are there.
        caught_by, reason: who stated it, and why.
    """

    number: int
    rule: Rule
    arguments: Arguments
    severity: Severity
    caught_by: str
    reason: str
    where: Mapping[str, str | list[str]]
    partitions: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]

    @property
    def dimension(self) -> str:
        """What is added up along."""
        return str(self.arguments["dimension"])

    @property
    def codes(self) -> frozenset[str]:
        """All codes that stand in some partition."""
        return frozenset(code for total, *parts in self.partitions for code in (total, *parts[0], *parts[1]))

    @property
    def parts(self) -> str:
        """The relation of its codes: partition, code, kind, size."""
        return f"parts_{self.number}"

    @property
    def hits(self) -> str:
        """The relation of its identities that do not hold."""
        return f"hits_{self.number}"


@dataclass(frozen=True, slots=True)
class Counted:
    """How many identities of a rule are in each state; `repeated` observations stand beside another."""

    holding: int = 0
    broken: int = 0
    unknown: int = 0

    @property
    def evaluated(self) -> int:
        """Those that hold or are broken."""
        return self.holding + self.broken


def bound(
    number: int,
    rule: Rule,
    arguments: Arguments,
    cells: Cells,
    severity: Severity,
    caught_by: str,
    reason: str,
) -> Sum:
    """A rule's arguments as partitions of the codes that the cube has."""
    known = cells.codes[str(arguments["dimension"])].counts
    where: dict[str, str | list[str]] = {
        dimension: [codes] if isinstance(codes, str) else list(codes)
        for dimension, codes in (arguments.get("where") or {}).items()
    }
    own = where.pop(str(arguments["dimension"]), None)  # of the total
    partitions = tuple(
        (total, tuple(parts), tuple(code for code in optional if code in known))
        for total, parts, optional in totals.pairs(arguments)
        if total in known and (own is None or total in own)
    )
    if arguments.get("hierarchy"):  # numbered as they are here
        ways: dict[str, list[list[str]]] = {}
        for total, parts, _ in partitions:
            ways.setdefault(total, []).append(list(parts))
        arguments = {**arguments, "hierarchy": ways}
    return Sum(number, rule, arguments, severity, caught_by, reason, where, partitions)


def load_parts(engine: CubeEngine, each: Sum) -> None:
    """Hold the codes of a rule as its relation."""
    rows = [
        (number, code, kind, len(parts))
        for number, (total, parts, optional) in enumerate(each.partitions)
        for kind, codes in ((TOTAL, (total,)), (PART, parts), (OPTIONAL, optional))
        for code in codes
    ]
    columns = dict(zip(("partition", "code", "kind", "size"), zip(*rows, strict=True), strict=True))
    load_columns(engine, each.parts, {column: list(values) for column, values in columns.items()})


def verdicts(each: Sum, cells: Cells, repeated: str = "") -> str:
    """The SELECT of all identities of a rule: coordinates, partition, state and difference.

    Args:
        repeated: the column of ``cells`` that says that another stands for the same; "" where none does.
    """
    others = [name(d) for d in cells.dimensions if d != each.dimension]
    single = len(each.partitions) == 1
    # what is the same in all groups is not worked out in each of them
    keys = ", ".join([*others, *([] if single else ["partition"])]) or "1"
    size = str(len(each.partitions[0][1])) if single else "MAX(size)"
    optional = any(optional for *_, optional in each.partitions)
    summed = (
        f"SELECT {keys}{', 0 AS partition' if single else ''}, {size} AS size, COUNT(*) AS n, "
        "COUNT(OBS_VALUE) AS known, "
        f"COUNT(CASE WHEN kind = {TOTAL} THEN 1 END) AS tops, "
        f"{f'COUNT(CASE WHEN kind = {OPTIONAL} THEN 1 END)' if optional else '0'} AS optional, "
        f"SUM(CASE WHEN kind = {TOTAL} THEN OBS_VALUE END) AS total, "
        f"SUM(CASE WHEN kind <> {TOTAL} THEN OBS_VALUE END) AS parts, "
        f"{f'MAX({repeated})' if repeated else '0'} AS doubtful "
        f"FROM ({_members(each, cells, repeated)}) AS members GROUP BY {keys}"
    )
    difference = "total - COALESCE(parts, 0)"
    off = f"{cells.tolerance} * known" if cells.tolerance else "0"
    below = f"WHEN doubtful = 0 AND {difference} < -{off} THEN {BROKEN} " if cells.floor == 0 else ""
    complete = "known = n AND n = 1 + size + optional AND doubtful = 0"
    columns = ", ".join([*others, "partition"])
    return (
        f"SELECT {columns}, total, COALESCE(parts, 0) AS parts, n, known, CASE WHEN {complete} THEN "
        f"CASE WHEN ABS({difference}) > {off} THEN {BROKEN} ELSE {HOLDS} END {below}ELSE {UNKNOWN} END "
        f"AS state FROM ({summed}) AS summed WHERE tops > 0"
    )


def _members(each: Sum, cells: Cells, repeated: str) -> str:
    """The observations of all identities, each with the partition that it counts in and as what."""
    dimension = name(each.dimension)
    conditions = [matching(each.where, "c")] if each.where else []
    columns = f"{coordinates([d for d in cells.dimensions if d != each.dimension], 'c.')}, c.OBS_VALUE"
    columns = columns.removeprefix(", ") + (f", c.{repeated}" if repeated else "")
    if len(each.partitions) == 1:
        [(total, parts, optional)] = each.partitions
        if len(each.codes) <= _MANY or set(each.codes) >= set(cells.codes[each.dimension].counts):
            kind = f"CASE WHEN c.{dimension} = {text(total)} THEN {TOTAL} "
            kind += f"WHEN c.{dimension} IN {texts(optional)} THEN {OPTIONAL} " if optional else ""
            if not set(each.codes) >= set(cells.codes[each.dimension].counts):
                conditions.append(f"c.{dimension} IN {texts(sorted(each.codes))}")
            where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
            return (
                f"SELECT {columns}, {kind}ELSE {PART} END AS kind, 0 AS partition, {len(parts)} AS size "
                f"FROM cells c{where}"
            )
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return (
        f"SELECT {columns}, p.kind, p.partition, p.size "
        f"FROM cells c JOIN {each.parts} p ON p.code = c.{dimension}{where}"
    )


def judge(engine: CubeEngine, each: Sum, cells: Cells, repeated: str = "") -> Counted:
    """Count a rule's identities by their state; those that do not hold are kept as its relation ``hits``."""
    load_parts(engine, each)
    found = verdicts(each, cells, repeated)
    said = f"NOT (n = 1 AND state = {UNKNOWN})"  # a lone total says nothing
    _, rows = engine.rows(
        f"SELECT state, COUNT(*) AS identities FROM ({found}) AS v WHERE {said} GROUP BY state"
    )
    counts = {int(state): int(identities) for state, identities in rows}
    counted = Counted(counts.get(HOLDS, 0), counts.get(BROKEN, 0), counts.get(UNKNOWN, 0))
    if counted.broken or counted.unknown:
        engine.define(each.hits, f"SELECT * FROM ({found}) AS v WHERE {said} AND state <> {HOLDS}")
    return counted


def largest(engine: CubeEngine, each: Sum, cells: Cells, state: int, most: int) -> list[Mapping[str, Any]]:
    """The identities of a state with the largest differences, by their coordinates."""
    keys = coordinates([d for d in cells.dimensions if d != each.dimension])
    keys = f"{keys}, " if keys else ""
    names, rows = engine.rows(
        f"SELECT {keys}partition, CAST(total - parts AS BIGINT) AS difference FROM {each.hits} "
        f"WHERE state = {state} ORDER BY ABS(total - parts) DESC, {keys}partition LIMIT {most}"
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def repeated_keys(engine: CubeEngine, cells: Cells) -> int:
    """Count the coordinates that several observations have, and keep them as the relation ``repeats``.

    Along the dimension with the fewest codes, the sum of bits is more than their union where one comes twice:
    that takes as many groups fewer as it has codes.
    """
    smallest = min(cells.dimensions, key=lambda d: len(cells.codes[d].counts))
    codes, others = list(cells.codes[smallest].counts), [d for d in cells.dimensions if d != smallest]
    if len(codes) <= 60 and others:
        bits = " ".join(f"WHEN {text(code)} THEN {1 << at}" for at, code in enumerate(codes))
        bit = f"CAST(CASE {name(smallest)} {bits} END AS BIGINT)"
        _, rows = engine.rows(
            f"SELECT COUNT(*) AS lines FROM (SELECT SUM({bit}) AS added, BIT_OR({bit}) AS united FROM cells "
            f"GROUP BY {coordinates(others)}) AS lines WHERE added <> united"
        )
        if not rows[0][0]:
            return 0
    keys = coordinates(cells.dimensions)
    engine.define(
        "repeats", f"SELECT {keys}, COUNT(*) AS times FROM cells GROUP BY {keys} HAVING COUNT(*) > 1"
    )
    _, rows = engine.rows("SELECT COUNT(*) AS keys FROM repeats")
    return int(rows[0][0])


def mark_repeated(engine: CubeEngine, cells: Cells) -> str:
    """Make what stands at repeated coordinates unknown; the column of ``cells`` that says so."""
    same = " AND ".join(f"r.{name(d)} = c.{name(d)}" for d in cells.dimensions)
    engine.define("as_read", "SELECT * FROM cells", stored=True)
    engine.define(
        "cells",
        f"SELECT {coordinates(cells.dimensions, 'c.')}, "
        "CASE WHEN r.times IS NULL THEN c.OBS_VALUE END AS OBS_VALUE, c.OBS_TOKEN, c.OBS_SIGN, c.OBS_FILE, "
        "c.OBS_LINE, CASE WHEN r.times IS NULL THEN 0 ELSE 1 END AS OBS_REPEATED "
        f"FROM as_read c LEFT JOIN repeats r ON {same}",
        stored=False,
    )
    return "OBS_REPEATED"


def uncovered(engine: CubeEngine, sums: Iterable[Sum], cells: Cells) -> int:
    """How many observations stand in no partition of any rule."""
    conditions = []
    for each in sums:
        if set(each.codes) >= set(cells.codes[each.dimension].counts) and not each.where:
            return 0
        inside = [f"c.{name(each.dimension)} IN (SELECT code FROM {each.parts})"]
        inside += [matching(each.where, "c")] if each.where else []
        conditions.append(f"({' AND '.join(inside)})")
    if not conditions:
        return cells.usable
    _, rows = engine.rows(
        f"SELECT COUNT(*) AS observations FROM cells c WHERE NOT ({' OR '.join(conditions)})"
    )
    return int(rows[0][0])
