"""From files to a report: tables, schemas, suites, findings, diagnoses."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amyqa.errors import Problems
from amyqa.loading import Loaded
from amyqa.model import Diagnosis, Finding, Identity, Report
from amyqa.pipeline import comparing, deciding
from amyqa.pipeline.beside import Beside
from amyqa.pipeline.identities import identities as told_identities
from amyqa.pipeline.locating import located
from amyqa.pipeline.running import Engine, Heard, run
from amyqa.project import TableFiles, Yearbook, open_yearbook, select
from amyqa.rules.account import Account, Evaluated
from amyqa.rules.coverage import unchecked
from amyqa.rules.observations import Observations, observe
from amyqa.rules.outcome import Ran
from amyqa.rules.suite import Suite, check_codes

if TYPE_CHECKING:
    from amyqa.diagnosis.tables import Summed

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
        Findings, most serious first, and what could not be evaluated.

    Raises:
        AmyqaError: something cannot be read or run; every mistake found, at once.
    """
    chosen = [Path(path) for path in paths] or [Path()]
    yearbook = open_yearbook(chosen[0])
    tables = select(yearbook, chosen)
    problems = Problems()
    decisions = deciding.decisions_about(yearbook, tables, problems)
    with problems.gathered():
        report = check_tables(yearbook, tables, engine, identities=identities, progress=progress)
    problems.raise_if_any()
    report = deciding.apply(located(report, yearbook), decisions, today or datetime.date.today())
    if not since:
        return report
    return comparing.compared(report, yearbook, tables, since, lambda then: check_tables(*then, engine))


def check_tables(
    yearbook: Yearbook,
    chosen: Iterable[TableFiles],
    engine: Engine | None,
    heard: list[Heard] | None = None,
    *,
    identities: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Check these tables of a yearbook; `heard` gets what the report leaves out."""
    problems = Problems()
    loaded = Loaded(yearbook, problems)
    tables = [t for files in chosen if (t := loaded.table(files.id)) is not None]
    afar = {table.id: loaded.afar(table) for table in tables}
    families = loaded.families({table.spec.family: None for table in tables})
    schemas = _schemas(yearbook, families, problems)
    # a table with mistakes in its YAML still says which codes it has
    observed = {}
    beside = Beside(loaded)
    for table in tables:
        with problems.gathered():
            others = beside.of(table, families.get(table.spec.family))
            observed[table.id] = observe(table, afar[table.id], *others)
    _check_words(loaded, families, schemas, observed, problems)
    problems.raise_if_any()
    accounts: list[Account] = []
    diagnoses: list[Diagnosis] = []
    told: dict[str, tuple[Identity, ...]] = {}
    tell = progress or (lambda done, total, id: None)
    for done, table in enumerate(tables):
        tell(done, len(tables), table.id)
        with problems.gathered():
            family = table.spec.family
            each = run(observed[table.id], schemas[family], families[family], engine)
            accounts.append(each.account)
            diagnoses += _diagnoses(each.account, each.data)
            if heard is not None:
                heard.append(each)
            if identities:
                told[table.id] = told_identities(each)
    problems.raise_if_any()
    tell(len(tables), len(tables), "")
    return Report(
        tables=tuple(tables),
        counts={account.observations.table.id: account.counts for account in accounts},
        findings=_ordered(finding for account in accounts for finding in account.findings),
        not_evaluated=tuple(item for account in accounts for item in account.not_evaluated),
        engine=engine or "duckdb",
        diagnoses=tuple(sorted(diagnoses, key=lambda d: (not d.located, -d.likelihood))),
        unchecked={
            account.observations.table.id: found for account in accounts if (found := unchecked(account))
        },
        identities=told,
        ran=tuple(ran for account in accounts for ran in account.ran),
    )


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
        with problems.gathered():
            schemas[family] = load_schema(path, yearbook.shown(path))
    return schemas


def _check_words(
    loaded: Loaded,
    suites: Mapping[str, Suite],
    schemas: Mapping[str, Any],
    observed: Mapping[str, Observations],
    problems: Problems,
) -> None:
    """Every dimension and code that suites and schemas name must be one of some table's."""
    from amyqa.engines.schemafile import check_words, words

    for family, suite in suites.items():
        members = [o for o in observed.values() if o.table.spec.family == family]
        members += loaded.kin(family, observed)
        schema = schemas.get(family)
        check_codes(suite, members, problems, words(schema) if schema is not None else {})
        if schema is not None:
            path = loaded.yearbook.schema(family)
            check_words(schema, path, loaded.yearbook.shown(path), members, problems)


def _diagnoses(account: Account, data: Any) -> list[Diagnosis]:
    """Explain a table's broken identities, with the holding ones around them, and its odd values."""
    table = account.observations.table
    broken = [each for each in account.evaluated if each.finding is not None]
    odd = _odd(account)
    if not (broken or odd) or table.spec.fields is not None:
        return []
    from amyqa.diagnosis.series import diagnose_value
    from amyqa.diagnosis.tables import diagnose_table, keeps

    cells = {cell for each in broken for cell, _ in each.judged.terms if cell > 0}
    of_odd: dict[int, list[Summed]] = {findings[0].cells[0].id: [] for _, findings in odd}
    sums = _summed(account, data, cells | of_odd.keys())
    for each in sums:
        for id in each.terms.keys() & of_odd.keys():
            of_odd[id].append(each)
    diagnoses = diagnose_table(account, sums)
    mended = {change.cell.id: change.proposed for told in diagnoses for change in told.changes}
    for ran, findings in odd:
        cell = findings[0].cells[0]
        bears = partial(keeps, of_odd[cell.id], cell, account.observations.shape.scale)
        fits = mended[cell.id].__eq__ if cell.id in mended else bears
        told = diagnose_value(ran, findings[0], table, fits)
        if told is not None and (told.located or ran.rule.name == "range"):
            explains = tuple(finding.id for finding in findings)
            diagnoses.append(dataclasses.replace(told, explains=explains))
    return diagnoses


def _summed(account: Account, data: Any, cells: set[int]) -> list[Summed]:
    """The evaluated identities with their terms; of a very large table, those around some cells."""
    from amyqa.diagnosis.tables import Summed
    from amyqa.engines.evaluate import holding, terms_of

    shape = account.observations.shape
    around = cells if len(account.evaluated) > WHOLE else None
    by_rule: dict[int, list[Evaluated]] = {}
    for each in account.evaluated:
        by_rule.setdefault(id(each.ran), []).append(each)
    sums = []
    with holding(data, account.observations) if by_rule else nullcontext():
        for members in by_rule.values():
            ran = members[0].ran
            terms = terms_of(ran.rule, ran.arguments, data, shape, around)
            sums += [Summed(each, terms[each.judged.key]) for each in members if each.judged.key in terms]
    return sums


def _odd(account: Account) -> list[tuple[Ran, list[Finding]]]:
    """Values out of their range, and outliers of their series; each cell once, with all that is said."""
    found: dict[int, tuple[Ran, list[Finding]]] = {}
    for name in ("range", "outliers"):
        for ran, finding in account.violated:
            if ran.rule.name == name:
                found.setdefault(finding.cells[0].id, (ran, []))[1].append(finding)
    return list(found.values())
