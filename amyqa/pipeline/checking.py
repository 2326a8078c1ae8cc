"""From files to a report: tables, schemas, suites, findings, diagnoses."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from amyqa.errors import AmyqaError, Problem, Problems
from amyqa.model import (
    Counts,
    Finding,
    IdentityArithmetic,
    NotEvaluated,
    RanRule,
    Report,
    Table,
    TableDiagnosis,
    Unchecked,
)
from amyqa.pipeline import comparing, deciding
from amyqa.pipeline.cycles import seldomer
from amyqa.pipeline.diagnosing import diagnose
from amyqa.pipeline.identities import identities as told_identities
from amyqa.pipeline.imprinting import imprint
from amyqa.pipeline.learning import usable_shares
from amyqa.pipeline.locating import located
from amyqa.pipeline.preparing import Prepared, prepare
from amyqa.pipeline.running import CheckRun, Engine, TableRun, run
from amyqa.project import TableFiles, Yearbook, open_yearbook, select
from amyqa.rules.coverage import unchecked

if TYPE_CHECKING:
    from amyqa.engines.session import Session

Progress = Callable[[int, int, str], object]


def check(
    paths: Sequence[Path | str] = (".",),
    engine: Engine | None = "gx",
    *,
    identities: bool = False,
    since: str = "",
    today: datetime.date | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check tables of one yearbook, and apply what was decided on their findings.

    Args:
        paths: the yearbook, or folders, CSVs or YAMLs in it.
        engine: who runs the suites: ``gx`` (Great Expectations) or ``duckdb``; None: DuckDB our rules,
            Great Expectations what is its own.
        identities: also tell every identity with its arithmetic, as a page for people does.
        since: a commit; open findings that were there already are marked as known.
        today: the day on which decisions expire (default: today).
        progress: told, before each table and at the end, how many are done, of how many, and its id.

    Returns:
        Findings, most serious first, what could not be evaluated, and what could not be checked or read.

    Raises:
        AmyqaError: no table can be checked, or bad usage; every mistake found, at once.
    """
    chosen = [Path(path) for path in paths] or [Path()]
    yearbook = open_yearbook(chosen[0])
    named = Named.by(yearbook, chosen)
    problems = Problems()
    decisions = deciding.decisions_about(yearbook, named.all, problems)
    try:
        report = evaluated(yearbook, named, engine, identities=identities, progress=progress)
    except AmyqaError as error:  # all that stands in the way is told at once
        problems.extend(error)
        problems.raise_if_any()
        raise
    report = dataclasses.replace(report, failures=(*report.failures, *deciding.unread(problems)))
    report = dataclasses.replace(report, imprint=imprint(yearbook, named.all))
    report = deciding.apply_decisions(located(report, yearbook), decisions, today or datetime.date.today())
    if not since:
        return report
    return comparing.compared(report, yearbook, named.tables, since, lambda then: checked(*then, engine))


@dataclasses.dataclass(frozen=True)
class Named:
    """What paths name of a yearbook: tables, cubes, and what keeps other files from being either."""

    tables: tuple[TableFiles, ...]
    cubes: tuple[TableFiles, ...]
    refused: Mapping[str, Problem]

    @classmethod
    def by(cls, yearbook: Yearbook, paths: Sequence[Path]) -> Named:
        """What these paths name.

        Raises:
            BadInput: a path names nothing.
        """
        refused: dict[str, Problem] = {}
        cubes: list[TableFiles] = []
        return cls(select(yearbook, paths, refused, cubes), tuple(cubes), refused)

    @property
    def all(self) -> list[TableFiles]:
        """Tables and cubes."""
        return [*self.tables, *self.cubes]


def evaluated(
    yearbook: Yearbook,
    named: Named,
    engine: Engine | None,
    *,
    identities: bool = False,
    progress: Progress | None = None,
) -> Report:
    """The report on tables and cubes, before anything that was decided is applied to it.

    Raises:
        AmyqaError: none can be checked.
    """
    if named.tables or named.refused or not named.cubes:
        report = checked(
            yearbook, named.tables, engine, identities=identities, progress=progress, refused=named.refused
        )
    else:
        report = None
    if not named.cubes:
        assert report is not None
        return report
    from amyqa.pipeline.cubes import with_cubes

    shares, unread = usable_shares(yearbook)
    told = unread if report is None else ()  # else it was told of the tables
    report = with_cubes(report, yearbook, named.cubes, shares, progress)
    return dataclasses.replace(report, failures=(*report.failures, *told))


def checked(
    yearbook: Yearbook,
    chosen: Iterable[TableFiles],
    engine: Engine | None,
    *,
    identities: bool = False,
    progress: Progress | None = None,
    refused: Mapping[str, Problem] | None = None,
) -> Report:
    """The report of :func:`evaluate`, whose session is closed again."""
    with (
        seldomer(),
        evaluate(
            yearbook, chosen, engine, identities=identities, progress=progress, refused=refused, kept=False
        ) as done,
    ):
        return done.report


def evaluate(
    yearbook: Yearbook,
    chosen: Iterable[TableFiles],
    engine: Engine | None,
    *,
    identities: bool = False,
    progress: Progress | None = None,
    refused: Mapping[str, Problem] | None = None,
    kept: bool = True,
) -> CheckRun:
    """Check these tables of a yearbook; one that cannot be checked does not stop the others.

    Args:
        refused: what keeps other files from being a table at all.
        kept: what the report was made from is kept with it; else only the report.

    Returns:
        The report, before anything that was decided is applied to it, and what it was made from.

    Raises:
        AmyqaError: none can be checked.
    """
    prepared = prepare(yearbook, chosen, refused)
    ready, problems = prepared.ready, prepared.problems
    from amyqa.engines.session import Session

    shares, unread = usable_shares(yearbook)
    session = Session()
    runs: dict[str, TableRun] = {}
    results: dict[str, _TableResult] = {}
    tell = progress or (lambda done, total, id: None)
    for each in _runs(session, prepared, engine, kept=kept):
        id = each.collector.observations.table.id
        tell(len(results), len(ready), id)
        results[id] = _taken(each, diagnose(each, shares), told_identities(each) if identities else ())
        if kept:
            runs[id] = each
    if not results:
        problems.raise_if_any()
    tell(len(ready), len(ready), "")
    ordered = [table for table in ready if table.id in results]
    report = _report([results[table.id] for table in ordered], prepared, identities=identities)
    report = dataclasses.replace(report, engine=engine or "duckdb", failures=(*report.failures, *unread))
    return CheckRun(report, tuple(runs[table.id] for table in ordered if kept), session)


@dataclasses.dataclass(frozen=True, slots=True)
class _TableResult:
    """What a report tells of one table: all that is kept of it, once it was looked at."""

    table: Table
    counts: Counts
    findings: Sequence[Finding]
    not_evaluated: Sequence[NotEvaluated]
    ran: Sequence[RanRule]
    diagnoses: Sequence[TableDiagnosis]
    free: Unchecked | None
    identities: tuple[IdentityArithmetic, ...]


def _taken(
    each: TableRun, diagnoses: Sequence[TableDiagnosis], told: tuple[IdentityArithmetic, ...]
) -> _TableResult:
    of = each.collector
    return _TableResult(
        of.observations.table, of.counts, of.findings, of.not_evaluated, of.ran, diagnoses,
        unchecked(of, each.rans), told,
    )  # fmt: skip


def _report(results: Sequence[_TableResult], prepared: Prepared, *, identities: bool) -> Report:
    diagnoses = [told for each in results for told in each.diagnoses]
    return Report(
        tables=tuple(each.table for each in results),
        failures=prepared.failures(),
        counts={each.table.id: each.counts for each in results},
        findings=_ordered(finding for each in results for finding in each.findings),
        not_evaluated=tuple(item for each in results for item in each.not_evaluated),
        diagnoses=tuple(sorted(diagnoses, key=lambda d: (not d.located, -d.likelihood))),
        unchecked={each.table.id: each.free for each in results if each.free is not None},
        identities={each.table.id: each.identities for each in results if identities},
        ran=tuple(ran for each in results for ran in each.ran),
    )


def _runs(session: Session, prepared: Prepared, engine: Engine | None, *, kept: bool) -> Iterator[TableRun]:
    """What was yielded on each table, family by family; what cannot be run is told of its table.

    Args:
        kept: False: each is looked at before the next is asked for, and not again.
    """
    observed = dict(prepared.observed)
    if not kept:
        prepared.observed.clear()
    for family in dict.fromkeys(table.spec.family for table in prepared.ready):
        schema, suite = prepared.schemas[family], prepared.suites[family]
        left = dict.fromkeys(table.id for table in prepared.ready if table.spec.family == family)
        try:
            for each in run(session, (observed[id] for id in left), schema, suite, engine, kept=kept):
                id = each.collector.observations.table.id
                del left[id]
                if not kept:
                    del observed[id]
                yield each
        except AmyqaError:  # each by itself, so that what is wrong with one does not disturb the others
            for id in left:
                found: list[TableRun] = []
                with prepared.problems.about(id), prepared.problems.gathered():
                    found += run(session, [observed[id]], schema, suite, engine)
                yield from found


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Most serious first; among equals sums before the rest, the largest difference first."""

    def rank(finding: Finding) -> tuple[int, bool, Decimal]:
        is_sum = finding.ess == "VAD" and finding.difference is not None
        return finding.severity.rank, not is_sum, -abs(finding.difference or Decimal(0))

    return tuple(sorted(findings, key=rank))
