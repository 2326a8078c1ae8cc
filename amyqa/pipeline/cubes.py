"""Cubes in a check: each judged in an engine of its own, and merged into the report of the tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from amyqa.diagnosis.misprints import ErrorMechanisms
from amyqa.errors import BadInput, BadSpec, Problems, did_you_mean
from amyqa.loading import Loaded, of_family
from amyqa.model import Counts, Failure, Finding, RanRule, Report, TableDiagnosis, Unchecked
from amyqa.pipeline.diagnosing import diagnose
from amyqa.pipeline.preparing import load_schemas
from amyqa.pipeline.running import TableRun
from amyqa.project import TableFiles, Yearbook
from amyqa.reading.cube import Cube, read_cube
from amyqa.rules.suite import Suite

if TYPE_CHECKING:
    from amyqa.cubes.judging import Judged
    from amyqa.engines.cubefiles import CubeEngine

Progress = Callable[[int, int, str], object]
_STEPS = 1000


def with_cubes(
    report: Report | None,
    yearbook: Yearbook,
    cubes: Sequence[TableFiles],
    shares: ErrorMechanisms,
    progress: Progress | None = None,
    make: Callable[[], CubeEngine] | None = None,
) -> Report:
    """A report of tables, with what was found in cubes.

    Args:
        report: None: there are only cubes.
        make: opens an engine; DuckDB unless it is given.

    Raises:
        AmyqaError: nothing at all could be checked.
    """
    from amyqa.engines.cubefiles import CubeDuckDB

    problems = Problems()
    read = [(files, cube) for files in cubes if (cube := _read(yearbook, files, problems)) is not None]
    loaded = Loaded(yearbook, problems)
    suites = loaded.families({cube.spec.family: None for _, cube in read if _known(yearbook, cube, problems)})
    schemas = load_schemas(yearbook, suites, problems)
    whole = report or Report((), {}, (), (), engine="duckdb")
    failures: list[Failure] = []
    done = 0
    for at, files in enumerate(cubes):
        cube = next((cube for of, cube in read if of is files), None)
        if cube is not None and cube.spec.family in suites and cube.spec.family in schemas:
            tell = _teller(progress, at, len(cubes), files.id)
            with problems.about(files.id), problems.gathered():
                engine: CubeEngine = make() if make is not None else CubeDuckDB()
                try:
                    whole = _added(whole, engine, cube, schemas, suites, shares, tell, problems)
                    done += 1
                finally:
                    engine.close()
        family = of_family(cube.spec.family) if cube is not None else ""
        if found := problems.of(files.id, *([family] if family else [])):
            failures.append(Failure(files.id, found, partly=any(t.id == files.id for t in whole.tables)))
    if progress:
        progress(1, 1, "")
    if report is None and not done:
        problems.raise_if_any()
    return dataclasses.replace(whole, failures=(*whole.failures, *failures))


def _read(yearbook: Yearbook, files: TableFiles, problems: Problems) -> Cube | None:
    folders = (files.yaml.parent, yearbook.root / "codes")
    with problems.about(files.id):
        return read_cube(files.id, files.csv, files.yaml, yearbook.shown, folders, problems)


def _known(yearbook: Yearbook, cube: Cube, problems: Problems) -> bool:
    """Whether there is a schema of a cube's family; if not, that is told."""
    family = cube.spec.family
    if family in yearbook.families and yearbook.schema(family).exists():
        return True
    message = f"there is no schemas/{family}.py for the family {family!r}"
    advice = did_you_mean(family, yearbook.families) or "write its schema"
    with problems.about(cube.id):
        problems.add(BadSpec, cube.at(("family",), message, advice))
    return False


def _teller(progress: Progress | None, at: int, of: int, id: str) -> Callable[[float, str], object]:
    if progress is None:
        return lambda share, doing: None
    return lambda share, doing: progress(int((at + share) * _STEPS), of * _STEPS, f"{id}: {doing}")


def _added(
    report: Report, engine: CubeEngine, cube: Cube, schemas: Mapping[str, Any], suites: Mapping[str, Suite],
    shares: ErrorMechanisms, tell: Callable[[float, str], object], problems: Problems,
) -> Report:  # fmt: skip
    """A report with one cube more."""
    from amyqa.cubes.judging import judge

    judged = judge(engine, cube, schemas[cube.spec.family], suites[cube.spec.family], tell)
    for problem in judged.cells.problems:
        problems.add(BadInput, problem)
    tell(0.9, "looking for the likeliest misprints")
    with judged.session:
        collector, summary = judged.collector, judged.summary
        diagnoses = _diagnosed(judged, shares, tell)
    findings, diagnoses = _shown(judged, diagnoses)
    broken = {each.finding.id for each in collector.broken if each.finding is not None}
    summary = dataclasses.replace(summary, shown=sum(finding.id in broken for finding in findings))
    id = cube.id
    return dataclasses.replace(
        report,
        tables=tuple(sorted((*report.tables, collector.observations.table), key=lambda table: table.id)),
        counts={**report.counts, id: Counts(summary.evaluated, summary.broken, summary.not_evaluated)},
        findings=(*report.findings, *findings),
        not_evaluated=(*report.not_evaluated, *collector.not_evaluated),
        diagnoses=tuple(
            sorted((*report.diagnoses, *diagnoses), key=lambda d: (not d.located, -d.likelihood))
        ),
        ran=(*report.ran, *_ran(judged)),
        cubes={**report.cubes, id: summary},
        unchecked={**report.unchecked, **({} if summary.evaluated else {id: Unchecked(whole=True)})},
    )


def _diagnosed(
    judged: Judged, shares: ErrorMechanisms, tell: Callable[[float, str], object]
) -> list[TableDiagnosis]:
    """Few broken identities are diagnosed together, many by parts that share no cell."""
    from amyqa.cubes.parts import TOGETHER, parts, told_once

    broken = len(judged.collector.broken)
    if broken <= 2 * TOGETHER:
        return diagnose(TableRun(judged.collector, judged.rans, judged.session), shares)
    found: list[TableDiagnosis] = []
    done = 0
    for part in parts(judged):
        with part.session:
            told = diagnose(TableRun(part.collector, part.rans, part.session), shares)
        found += map(part.relocated, told)
        done += len(part.collector.broken)
        tell(0.9 + 0.1 * done / broken, "looking for the likeliest misprints")
    return list(told_once(found).values())


def _shown(judged: Judged, diagnoses: Sequence[TableDiagnosis]) -> tuple[list[Finding], list[TableDiagnosis]]:
    """The findings that are told, and the diagnoses that are about one of them."""
    told = judged.told()
    about = [each for each in diagnoses if not each.explains or told.intersection(each.explains)]
    explained = {id for each in about for id in each.explains}
    return [each for each in judged.collector.findings if each.id in told or each.id in explained], about


def _ran(judged: Judged) -> list[RanRule]:
    """The rules that looked at something, with how much of the whole cube."""
    id = judged.cells.cube.id
    looked: dict[str, tuple[int, int]] = {}
    for each in judged.sums:
        counted = judged.counts[each.number]
        evaluated, broken = looked.get(each.rule.name, (0, 0))
        looked[each.rule.name] = evaluated + counted.evaluated, broken + counted.broken
    others = [ran for ran in judged.collector.ran if ran.rule not in looked]
    return [*others, *(RanRule(id, rule, n, broken) for rule, (n, broken) in looked.items() if n)]
