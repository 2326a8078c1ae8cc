"""A cube judged: its rules in the engine, and what they found as a table with the outcomes over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from amyqa.cubes import neighbourhood, sums
from amyqa.cubes.cells import Cells, coordinates, open_cells
from amyqa.cubes.extract import as_table, pivot_of
from amyqa.cubes.neighbourhood import Identity, Neighbourhood, Picked
from amyqa.cubes.sums import Counted, Sum
from amyqa.engines.cubefiles import CubeEngine
from amyqa.engines.schema import rules_of, run_schema
from amyqa.engines.session import Session
from amyqa.model import CubeSummary, Severity
from amyqa.reading.cube import Cube
from amyqa.rules import structure, totals
from amyqa.rules.collector import ResultCollector
from amyqa.rules.columns import Integers
from amyqa.rules.observations import Observations, observe
from amyqa.rules.outcome import STATES, Identities, IdentityState, Outcome
from amyqa.rules.rule import Rule, RuleRun, name, texts
from amyqa.rules.shape import Arguments, Shape
from amyqa.rules.suite import Suite

Tell = Callable[[float, str], object]
"""Told how far the work is, from 0 to 1, and what is done now."""


_STATED = "stated in the cube's YAML"
_NOT_RUN = "cubes are checked for keys, codes, types and totals only"


@dataclass(frozen=True)
class Judged:
    """What was found in a cube.

    Args:
        collector: over the table of what is shown.
        rans: what its findings come from.
        session: keeps the terms of the identities.
        picked: the findings that are told, by rule and identity; others are there for the diagnosis.
        controls: identities that were taken without regard to whether they hold.
    """

    cells: Cells
    collector: ResultCollector
    rans: Sequence[RuleRun]
    session: Session
    summary: CubeSummary
    counts: Mapping[int, Counted]
    sums: Sequence[Sum]
    picked: Picked
    controls: Mapping[int, frozenset[Identity]]

    def of_sums(self) -> Mapping[int, Sum]:
        """The rules on totals, by the ids of what they yielded, which comes last."""
        pairs = zip(reversed(self.rans), reversed(self.sums), strict=False)
        return {id(ran): each for ran, each in pairs}

    def told(self) -> set[str]:
        """The findings that are told one by one: the largest, and all that are about no sum."""
        numbers, table = self.of_sums(), self.collector.observations
        picked = {each.number: frozenset(self.picked.broken.get(each.number, ())) for each in self.sums}
        sums_told, of_sums = set(), set()
        for broken in self.collector.broken:
            each = numbers.get(id(broken.ran))
            if each is None or broken.finding is None:
                continue
            of_sums.add(broken.finding.id)
            if identity(broken.judged.key, each, table, self.cells) in picked[each.number]:
                sums_told.add(broken.finding.id)
        return sums_told | {each.id for each in self.collector.findings if each.id not in of_sums}


def identity(key: int, each: Sum, table: Observations, cells: Cells) -> tuple[tuple[str, ...], int]:
    """The coordinates and the partition of an identity of the shown table, as the engine knows it."""
    record, partition = divmod(key, totals.PARTITIONS)
    place = table.place(record)
    return tuple(place[d] for d in cells.dimensions if d != each.dimension), partition


@dataclass(frozen=True)
class _Known:
    """What completes a rule's arguments from a cube."""

    cells: Cells
    stated: tuple[()] = ()

    @property
    def shape(self) -> Shape:
        return Shape(self.cells.dimensions, self.cells.scale)

    @property
    def unit(self) -> str:
        unit = self.cells.cube.spec.unit
        return unit if isinstance(unit, str) else ""

    def codes(self, dimension: str) -> Sequence[str]:
        return tuple(self.cells.codes[dimension].counts) if dimension in self.cells.codes else ()

    def total(self, dimension: str) -> str | None:
        return self.cells.codes[dimension].total

    def nested(self, dimension: str) -> Mapping[str, Any]:
        return self.cells.codes[dimension].hierarchy

    def references(self, kind: str) -> tuple[Sequence[Mapping[str, str]], Sequence[str]]:
        return (), (f"a cube is not compared with other tables ({kind})",)


@dataclass
class _Asked:
    """The rules of a cube, and why others have nothing to judge in it."""

    sums: list[Sum] = field(default_factory=list)
    idle: list[tuple[str, str, str]] = field(default_factory=list)


def judge(engine: CubeEngine, cube: Cube, schema: Any, suite: Suite, tell: Tell) -> Judged:
    """Judge a cube by its family's schema and suite, and by its code lists.

    Raises:
        BadInput: it cannot be read.
        KeyboardInterrupt: with what was checked until then as its text.
    """
    tell(0.0, "looking at its numbers and codes")
    cells = open_cells(engine, cube)
    asked = _asked(cells, schema, suite)
    counts: dict[int, Counted] = {}
    try:
        return _judge(engine, cells, asked, schema, counts, tell)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_so_far(cells, asked.sums, counts)) from None


def _judge(
    engine: CubeEngine, cells: Cells, asked: _Asked, schema: Any, counts: dict[int, Counted], tell: Tell
) -> Judged:
    """Ask a cube's rules, and fetch what is to be told; `counts` gets what is counted as it is."""
    tell(0.15, "looking for observations that stand twice")
    repeats = sums.repeated_keys(engine, cells)
    mark = sums.mark_repeated(engine, cells) if repeats else ""
    for done, each in enumerate(asked.sums):
        tell(0.25 + 0.5 * done / len(asked.sums), f"adding up along {each.dimension}")
        counts[each.number] = sums.judge(engine, each, cells, mark)
    tell(0.75, "fetching what is broken, and what stands around it")
    picked = neighbourhood.pick(engine, asked.sums, counts, cells)
    pivot = pivot_of(cells)
    wanted = list(_wanted(cells, repeats))
    around = neighbourhood.fetch(engine, asked.sums, picked, cells, pivot, wanted)
    observations = observe(as_table(cells, pivot, around.rows))
    session = Session()
    collector, rans = _told(session, observations, asked, around, picked, schema, cells, pivot)
    broken, unknown = (sum(getattr(c, what) for c in counts.values()) for what in ("broken", "unknown"))
    summary = CubeSummary(
        observations=cells.rows,
        evaluated=sum(counted.evaluated for counted in counts.values()),
        broken=broken,
        shown=min(broken, sum(map(len, picked.broken.values()))),
        not_evaluated=unknown,
        not_evaluated_shown=min(unknown, sum(map(len, picked.unknown.values()))),
        sampled=len(around.rows),
        repeated=repeats,
        uncovered=sums.uncovered(engine, asked.sums, cells),
    )
    return Judged(cells, collector, rans, session, summary, counts, asked.sums, picked, around.controls)


def _so_far(cells: Cells, asked: Sequence[Sum], counts: Mapping[int, Counted]) -> str:
    """What was checked before somebody interrupted it."""
    done = [
        f"{each.dimension} ({counted.broken:,} of {counted.evaluated:,} sums broken)"
        for each in asked
        if (counted := counts.get(each.number)) is not None
    ]
    left = [each.dimension for each in asked if each.number not in counts]
    told = f"added up along {', '.join(done)}" if done else "nothing was added up yet"
    still = f"not along {', '.join(left)}" if left else "what is broken was not diagnosed"
    return f"{cells.cube.id}: {told}; {still}."


def _asked(cells: Cells, schema: Any, suite: Suite) -> _Asked:
    """The totals that schema, suite and YAML ask for, each once; what else they ask is told as not run."""
    asked, known = _Asked(), _Known(cells)
    entries: list[tuple[Rule | None, str, Arguments, Severity, str, str]] = [
        (rule, rule.name, given, severity, "schema", "") for rule, given, severity in rules_of(schema)
    ]
    for entry in suite.entries:
        reason = str(entry.meta.get("reason", ""))
        entries.append((entry.rule, entry.type, entry.kwargs, entry.severity, "suite", reason))
    for (
        dimension
    ) in cells.dimensions:  # what the YAML nests or totals adds up, whether or not a suite says so
        codes = cells.codes[dimension]
        if codes.hierarchy or (codes.declared and codes.total):
            entries.append(
                (totals.RULE, "totals", {"dimension": dimension}, Severity.ERROR, "suite", _STATED)
            )
    seen: set[str] = set()
    for rule, called, given, severity, caught_by, reason in entries:
        if rule is structure.KEYS or (rule is not None and rule.name == "identities"):
            continue  # keys are looked for anyway, and a cube's YAML states no formulas
        if rule is not totals.RULE:
            asked.idle.append((rule.name if rule else called, rule.title if rule else called, _NOT_RUN))
            continue
        relation = f"{totals.RULE.title} (along {given['dimension']})"
        if given["dimension"] not in cells.codes:
            asked.idle.append((rule.name, relation, f"the cube has no dimension {given['dimension']!r}"))
            continue
        arguments, why = totals.bind(given, known)
        unknown = [d for d in (given.get("where") or {}) if d not in cells.codes]
        why = f"the cube has no dimension {unknown[0]!r}" if unknown else why.replace("the table", "the cube")
        if why:
            asked.idle.append((rule.name, relation, why))
            continue
        each = sums.bound(len(asked.sums), rule, arguments, cells, severity, caught_by, reason)
        key = repr((each.dimension, sorted(each.where.items()), each.partitions))
        if each.partitions and key not in seen:
            seen.add(key)
            asked.sums.append(each)
    return asked


def _wanted(cells: Cells, repeats: int) -> Iterator[str]:
    """What has to be shown besides sums: observations that stand twice, codes that no list has."""
    keys = coordinates(cells.dimensions)
    if repeats:
        first = f"SELECT {keys} FROM repeats ORDER BY {keys} LIMIT {neighbourhood.MAX_SHOWN}"
        yield f"SELECT * FROM ({first}) AS r"
    for dimension, codes in cells.codes.items():
        for code in codes.strangers[: neighbourhood.MAX_UNKNOWN]:
            yield (
                f"SELECT * FROM (SELECT {keys} FROM cells WHERE {name(dimension)} IN {texts([code])} "
                f"ORDER BY OBS_LINE LIMIT 1) AS s"
            )


def _told(
    session: Session, observations: Observations, asked: _Asked, around: Neighbourhood, picked: Picked,
    schema: Any, cells: Cells, pivot: str,
) -> tuple[ResultCollector, list[RuleRun]]:  # fmt: skip
    """The outcomes over the table of what is shown."""
    [batch] = list(session.load([observations]))
    table = batch.tables[0]
    collector = ResultCollector(table)
    rans = [ran for ran in run_schema(schema, session, batch)[table.first] if _of_sample(ran)]
    rans += [ran for d in cells.dimensions if (ran := _strangers(cells, d, table)) is not None]
    for each in asked.sums:
        outcome = session.ask(batch, each.rule, {table.first: each.arguments})[table.first]
        whole = around.whole[each.number] if each.dimension != pivot else None
        unknown = frozenset(picked.unknown.get(each.number, ()))
        told = kept(outcome, each, table, whole, unknown, cells)
        rans.append(RuleRun(each.rule, each.arguments, each.severity, each.caught_by, told, each.reason))
    for ran in rans:
        collector.add(ran)
    for rule, relation, why in asked.idle:
        collector.idle(rule, relation, why)
    return collector, rans


def _of_sample(ran: RuleRun) -> bool:
    """Whether what a schema yielded on the table holds for its observations one by one."""
    return ran.rule is structure.KEYS or ran.rule.definition is None


def _strangers(cells: Cells, dimension: str, table: Observations) -> RuleRun | None:
    """The codes of the cube that its code list does not have."""
    codes = cells.codes[dimension]
    if codes.listed is None:
        return None
    places = {code: at for at, code in enumerate(table.texts[dimension].objects(), 1)}
    violations = tuple(
        {"record": places[code] + table.first, "fields": (dimension,)}
        for code in codes.strangers
        if code in places
    )
    arguments = {"field": dimension, "check": "isin", "allowed": codes.listed.codes}
    outcome = Outcome(len(codes.counts), violations=violations)
    return RuleRun(structure.CODES, arguments, Severity.ERROR, "schema", outcome)


def kept(
    outcome: Outcome, each: Sum, table: Observations, whole: frozenset[Any] | None, unknown: frozenset[Any],
    cells: Cells,
) -> Outcome:  # fmt: skip
    """The identities of an outcome whose cells are all in the table."""
    judged = outcome.judged
    undecided = STATES.index(IdentityState.UNKNOWN)
    mask = np.zeros(len(judged), bool)
    for at, key in enumerate(judged.keys.tolist()):
        here = identity(key, each, table, cells)
        mask[at] = (whole is None or here in whole) and (judged.states[at] != undecided or here in unknown)

    def cut(column: Integers) -> Integers:
        return Integers(column.values[mask], None if column.missing is None else column.missing[mask])

    kept = Identities(
        judged.keys[mask], judged.states[mask], judged.signatures[mask], cut(judged.low), cut(judged.high),
        cut(judged.tolerances), judged.terms,
    )  # fmt: skip
    return Outcome(
        int(mask.sum()), kept, scale=outcome.scale, covered=outcome.covered, totals=outcome.totals,
        netted=outcome.netted,
    )  # fmt: skip
