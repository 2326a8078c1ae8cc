"""From files to a report: tables, schemas, suites, findings, diagnoses."""

from __future__ import annotations

import dataclasses
import datetime
import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amyqa.diagnosis.misprints import ErrorMechanisms
from amyqa.errors import AmyqaError, BadInput, BadRule, Problem, Problems
from amyqa.loading import Loaded, of_family
from amyqa.model import Failure, Finding, IdentityArithmetic, Report, Table, TableDiagnosis, Unchecked
from amyqa.pipeline import comparing, deciding
from amyqa.pipeline.identities import identities as told_identities
from amyqa.pipeline.learning import read_shares
from amyqa.pipeline.locating import located
from amyqa.pipeline.reference_tables import ReferenceFinder
from amyqa.pipeline.running import CheckRun, Engine, TableRun, run
from amyqa.project import TableFiles, Yearbook, open_yearbook, select
from amyqa.rules.collector import ResultCollector
from amyqa.rules.coverage import unchecked
from amyqa.rules.observations import Observations, observe
from amyqa.rules.rule import RuleRun
from amyqa.rules.suite import Suite, check_codes

if TYPE_CHECKING:
    from amyqa.diagnosis.tables import Summed
    from amyqa.engines.session import Session

Progress = Callable[[int, int, str], object]

WHOLE = 20_000
"""Up to so many identities a table is diagnosed whole, beyond only around what is broken."""


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
    refused: dict[str, Problem] = {}
    tables = select(yearbook, chosen, refused)
    problems = Problems()
    decisions = deciding.decisions_about(yearbook, tables, problems)
    try:
        report = checked(yearbook, tables, engine, identities=identities, progress=progress, refused=refused)
    except AmyqaError as error:  # all that stands in the way is told at once
        problems.extend(error)
        problems.raise_if_any()
        raise
    report = dataclasses.replace(report, failures=(*report.failures, *deciding.unread(problems)))
    report = deciding.apply_decisions(located(report, yearbook), decisions, today or datetime.date.today())
    if not since:
        return report
    return comparing.compared(report, yearbook, tables, since, lambda then: checked(*then, engine))


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
    problems = Problems()
    for id, problem in (refused or {}).items():
        with problems.about(id):
            problems.add(BadInput, problem)
    loaded = Loaded(yearbook, problems)
    chosen = tuple(chosen)
    tables = [t for files in chosen if (t := loaded.table(files.id)) is not None]
    external = {table.id: loaded.external(table) for table in tables}
    families = loaded.families({table.spec.family: None for table in tables})
    schemas = _schemas(yearbook, families, problems)
    # a table with mistakes in its YAML still says which codes it has
    observed = {}
    references = ReferenceFinder(loaded)
    for table in tables:
        with problems.about(table.id), problems.gathered():
            others = references.of(table, families.get(table.spec.family))
            known = observe(table, external[table.id], *others)
            observed[table.id] = dataclasses.replace(known, unread=loaded.unread(table))
    _check_words(loaded, families, schemas, observed, problems, whole=len(observed) == len(chosen))
    ready = [table for table in tables if not problems.stop(table.id, of_family(table.spec.family))]
    from amyqa.engines.session import Session

    shares = read_shares(yearbook)
    session = Session()
    families_run = _FamilyRuns(session, observed, schemas, families, engine, problems)
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
        diagnoses += _diagnoses(each, shares)
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
        failures=_failures((*(refused or ()), *(files.id for files in chosen)), loaded),
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

    def __init__(
        self,
        session: Session,
        observed: Mapping[str, Observations],
        schemas: Mapping[str, Any],
        suites: Mapping[str, Suite],
        engine: Engine | None,
        problems: Problems,
    ) -> None:
        self.session, self.observed, self.schemas = session, observed, schemas
        self.suites, self.engine, self.problems = suites, engine, problems
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
        tables = [self.observed[id] for id in ids]
        runs = run(self.session, tables, self.schemas[family], self.suites[family], self.engine)
        return {each.collector.observations.table.id: each for each in runs}


def _failures(ids: Iterable[str], loaded: Loaded) -> tuple[Failure, ...]:
    """The tables that could not be checked, or not be read whole, with what stands in the way."""
    failures = []
    for id in sorted(set(ids)):
        table = loaded.tables.get(id)
        owners = (id, of_family(table.spec.family)) if table is not None else (id,)
        if found := loaded.problems.of(*owners):
            failures.append(Failure(id, found, partly=not loaded.problems.stop(*owners)))
    return tuple(failures)


def _ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Most serious first; among equals sums before the rest, the largest difference first."""

    def rank(finding: Finding) -> tuple[int, bool, Decimal]:
        is_sum = finding.ess == "VAD" and finding.difference is not None
        return finding.severity.rank, not is_sum, -abs(finding.difference or Decimal(0))

    return tuple(sorted(findings, key=rank))


def _schemas(yearbook: Yearbook, families: Iterable[str], problems: Problems) -> dict[str, Any]:
    """The schemas of families; what stands in the way is kept for later."""
    from amyqa.engines.schemafile import load_schema

    schemas = {}
    for family in families:
        path = yearbook.schema(family)
        with problems.about(of_family(family)), problems.gathered():
            schemas[family] = load_schema(path, yearbook.shown(path))
    return schemas


def _check_words(
    loaded: Loaded,
    suites: Mapping[str, Suite],
    schemas: Mapping[str, Any],
    observed: Mapping[str, Observations],
    problems: Problems,
    *,
    whole: bool,
) -> None:
    """Every dimension and code that suites and schemas name must be one of some table's.

    Args:
        whole: all tables could be read. Else one of those that could not may have a word that seems to be
            unknown, and only what is nearly another word is told.
    """
    from amyqa.engines.schemafile import check_words, words

    for family, suite in suites.items():
        members = [o for o in observed.values() if o.table.spec.family == family]
        members += loaded.siblings(family, observed)
        schema = schemas.get(family)
        unknown = Problems()
        check_codes(suite, members, unknown, words(schema) if schema is not None else {})
        if schema is not None:
            path = loaded.yearbook.schema(family)
            check_words(schema, path, loaded.yearbook.shown(path), members, unknown)
        with problems.about(of_family(family)):
            for problem in unknown.of(""):
                if whole or problem.hint.startswith("did you mean"):
                    problems.add(BadRule, problem)


def _diagnoses(each: TableRun, shares: ErrorMechanisms) -> list[TableDiagnosis]:
    """Explain a table's broken identities, with the holding ones around them, and its odd values."""
    collector = each.collector
    table = collector.observations.table
    odd = _odd(collector)
    if not (collector.broken or odd) or table.spec.fields is not None:
        return []
    from amyqa.diagnosis.series import Lines, diagnose_value
    from amyqa.diagnosis.tables import diagnose_table, keeps

    cells = {cell for broken in collector.broken for cell, _ in broken.judged.terms if cell > 0}
    of_odd: dict[int, list[Summed]] = {findings[0].cells[0].id: [] for _, findings in odd}
    sums = _summed(each, cells | of_odd.keys())
    for one in sums:
        for id in one.terms.keys() & of_odd.keys():
            of_odd[id].append(one)
    diagnoses = diagnose_table(collector, sums, shares=shares)
    mended = {change.cell.id: change.proposed for told in diagnoses for change in told.changes}
    lines = Lines(table)
    for ran, findings in odd:
        cell = findings[0].cells[0]
        bears = partial(keeps, of_odd[cell.id], cell, collector.observations.shape.scale)
        fits = mended[cell.id].__eq__ if cell.id in mended else bears
        told = diagnose_value(ran, findings[0], table, fits, lines)
        if told is not None and (told.located or ran.rule.name == "range"):
            explains = tuple(finding.id for finding in findings)
            diagnoses.append(dataclasses.replace(told, explains=explains))
    return diagnoses


def _summed(each: TableRun, cells: set[int]) -> list[Summed]:
    """The evaluated identities with their terms; of a very large table, those around some cells."""
    from amyqa.diagnosis.tables import Summed

    around = cells if each.collector.counts.evaluated > WHOLE else None
    terms = {id(ran): each.terms(ran, around) for ran in each.rans if ran.outcome.judged}
    evaluated = each.collector.evaluated(terms)
    return [Summed(one, terms[id(one.ran)][one.judged.key]) for one in evaluated]


def _odd(collector: ResultCollector) -> list[tuple[RuleRun, list[Finding]]]:
    """Values out of their range, and outliers of their series; each cell once, with all that is said."""
    found: dict[int, tuple[RuleRun, list[Finding]]] = {}
    for name in ("range", "outliers"):
        for ran, finding in collector.violated:
            if ran.rule.name == name:
                found.setdefault(finding.cells[0].id, (ran, []))[1].append(finding)
    return list(found.values())
