"""From files to a report: tables, schemas, suites, findings, diagnoses."""

from __future__ import annotations

import dataclasses
import datetime
import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from amyqa.errors import AmyqaError, Problem, Problems
from amyqa.model import Finding, IdentityArithmetic, Report, Table, TableDiagnosis, Unchecked
from amyqa.pipeline import comparing, deciding
from amyqa.pipeline.diagnosing import diagnose
from amyqa.pipeline.identities import identities as told_identities
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
        _undisturbed(),
        evaluate(yearbook, chosen, engine, identities=identities, progress=progress, refused=refused) as done,
    ):
        return done.report


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Pause the search for cycles: what a check makes is kept until it is told, and there are few of them.

    Else a fifth of the time of a yearbook of small tables goes into looking through them again and again.
    """
    paused = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if paused:
            gc.enable()


def evaluate(
    yearbook: Yearbook,
    chosen: Iterable[TableFiles],
    engine: Engine | None,
    *,
    identities: bool = False,
    progress: Progress | None = None,
    refused: Mapping[str, Problem] | None = None,
) -> CheckRun:
    """Check these tables of a yearbook; one that cannot be checked does not stop the others.

    Args:
        refused: what keeps other files from being a table at all.

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
    families_run = _FamilyRuns(session, prepared, engine)
    runs: list[TableRun] = []
    diagnoses: list[TableDiagnosis] = []
    told: dict[str, tuple[IdentityArithmetic, ...]] = {}
    free: dict[str, Unchecked] = {}
    tell = progress or (lambda done, total, id: None)
    for done, table in enumerate(ready):
        tell(done, len(ready), table.id)
        each = families_run.of(table, ready)
        if each is None:
            continue
        diagnoses += diagnose(each, shares)
        if identities:
            told[table.id] = told_identities(each)
        runs.append(each)
        if (unsummed := unchecked(each.collector, each.rans)) is not None:
            free[table.id] = unsummed
    if not runs:
        problems.raise_if_any()
    tell(len(ready), len(ready), "")
    collectors = [each.collector for each in runs]
    report = Report(
        tables=tuple(collector.observations.table for collector in collectors),
        failures=(*prepared.failures(), *unread),
        counts={collector.observations.table.id: collector.counts for collector in collectors},
        findings=_ordered(finding for collector in collectors for finding in collector.findings),
        not_evaluated=tuple(item for collector in collectors for item in collector.not_evaluated),
        engine=engine or "duckdb",
        diagnoses=tuple(sorted(diagnoses, key=lambda d: (not d.located, -d.likelihood))),
        unchecked=free,
        identities=told,
        ran=tuple(ran for collector in collectors for ran in collector.ran),
    )
    return CheckRun(report, tuple(runs), session)


class _FamilyRuns:
    """Runs a family's schema and suite when the first of its tables is asked for, for all of them."""

    def __init__(self, session: Session, prepared: Prepared, engine: Engine | None) -> None:
        self.session, self.prepared, self.engine = session, prepared, engine
        self.problems = prepared.problems
        self._run: dict[str, dict[str, TableRun]] = {}

    def of(self, table: Table, tables: Iterable[Table]) -> TableRun | None:
        """What was yielded on a table; None where something cannot be run, which is then told of it."""
        family = table.spec.family
        if family not in self._run:
            self._run[family] = self._together(
                [each.id for each in tables if each.spec.family == family], family
            )
        return self._run[family].pop(table.id, None)

    def _together(self, ids: Sequence[str], family: str) -> dict[str, TableRun]:
        try:
            return self._run_all(ids, family)
        except AmyqaError:  # each by itself, so that what is wrong with one does not disturb the others
            found: dict[str, TableRun] = {}
            for id in ids:
                with self.problems.about(id), self.problems.gathered():
                    found |= self._run_all([id], family)
            return found

    def _run_all(self, ids: Sequence[str], family: str) -> dict[str, TableRun]:
        tables = [self.prepared.observed[id] for id in ids]
        schema, suite = self.prepared.schemas[family], self.prepared.suites[family]
        runs = run(self.session, tables, schema, suite, self.engine)
        return {each.collector.observations.table.id: each for each in runs}


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Most serious first; among equals sums before the rest, the largest difference first."""

    def rank(finding: Finding) -> tuple[int, bool, Decimal]:
        is_sum = finding.ess == "VAD" and finding.difference is not None
        return finding.severity.rank, not is_sum, -abs(finding.difference or Decimal(0))

    return tuple(sorted(findings, key=rank))
