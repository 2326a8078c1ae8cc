"""What editors ruled, applied to a report; and rulings written down."""

from __future__ import annotations

import datetime
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from amyqa.decisions import store
from amyqa.decisions.files import home, read_decisions
from amyqa.decisions.matching import matched
from amyqa.decisions.sheets import Filled, filled
from amyqa.errors import BadInput, Problem, Problems, did_you_mean
from amyqa.model import Decision, DecisionStatus, Failure, Finding, Report, Ruling, TableDiagnosis
from amyqa.pipeline.running import GX_ALONE
from amyqa.project import TableFiles, Yearbook, open_yearbook
from amyqa.reading.git import identity

SHORTEST = 4
"""Characters of an id that are enough where no other begins so."""


def decisions_about(yearbook: Yearbook, tables: Sequence[TableFiles], problems: Problems) -> list[Decision]:
    """What was decided about these tables; of a whole yearbook also about tables that are gone."""
    if len(tables) == len(yearbook.tables) + len(yearbook.cubes):
        return read_decisions(yearbook, None, problems)
    ids = {files.id for files in tables}
    return [each for each in read_decisions(yearbook, ids, problems) if each.table in ids]


def unread(problems: Problems) -> tuple[Failure, ...]:
    """The files of decisions that could not be read; what could be read of them counts all the same."""
    by_file: dict[str, list[Problem]] = {}
    for problem in problems.of(""):
        by_file.setdefault(problem.file or "decisions", []).append(problem)
    return tuple(Failure("", tuple(found), file=file) for file, found in by_file.items())


def apply_decisions(report: Report, decisions: Iterable[Decision], today: datetime.date) -> Report:
    """The report with what was ruled on its findings; diagnoses that are settled come last.

    Nothing is read, checked or changed: so what was evaluated once can be told with every new ruling.

    Args:
        report: as :func:`~amyqa.pipeline.checking.evaluate` made it.
        today: the day on which decisions expire.
    """
    findings, standings = matched(
        report.findings,
        report.not_evaluated,
        list(decisions),
        today,
        {each.table for each in report.failures},
    )
    is_open = {finding.id for finding in findings if finding.is_open}

    def told(diagnosis: TableDiagnosis) -> TableDiagnosis:
        settled = bool(diagnosis.explains) and is_open.isdisjoint(diagnosis.explains)
        return replace(diagnosis, settled=settled)

    diagnoses = sorted(map(told, report.diagnoses), key=lambda diagnosis: diagnosis.settled)
    return replace(report, findings=findings, decisions=standings, diagnoses=tuple(diagnoses))


def with_decisions(report: Report, yearbook: Yearbook, tables: Sequence[TableFiles]) -> Report:
    """The report of a check of these tables, with what was ruled on its findings by today.

    Raises:
        BadInput: a file of decisions cannot be read, or holds mistakes.
    """
    problems = Problems()
    decisions = decisions_about(yearbook, tables, problems)
    problems.raise_if_any()
    return apply_decisions(report, decisions, datetime.date.today())


@dataclass(frozen=True, slots=True)
class Ruled:
    """What an editor rules, why, and until when; `who` "" is who git says commits here."""

    ruling: Ruling
    reason: str
    who: str = ""
    expires: datetime.date | None = None


def decide(
    report: Report, path: Path, names: Collection[str], ruled: Ruled, *, today: datetime.date | None = None
) -> tuple[tuple[Decision, ...], tuple[Decision, ...]]:
    """Write down what was ruled on findings.

    Args:
        report: of a check of the yearbook.
        path: the yearbook, or something in it.
        names: ids of findings, or how they begin, or tables for all that is open in them; none for all
            that is open.

    Returns:
        The decisions as written, and those whose place they took.

    Raises:
        BadInput: a name that names no finding, or more than one; no reason; nobody.
    """
    yearbook = open_yearbook(path)
    problems = Problems()
    found = _named(report, names, problems) if names else [f for f in report.findings if f.is_open]
    with problems.gathered():
        ruled = complete(ruled, yearbook, today)
    problems.raise_if_any()
    new, old = decisions_on(report, found, ruled, today or datetime.date.today())
    return new, store.write(yearbook, new, old)


def complete(ruled: Ruled, yearbook: Yearbook, today: datetime.date | None = None) -> Ruled:
    """The ruling with who makes it, its texts in one line.

    Raises:
        BadInput: no reason; nobody; a day that is past.
    """
    problems = Problems()
    day = today or datetime.date.today()
    reason, who = (" ".join(text.split()) for text in (ruled.reason, ruled.who))
    if not reason:
        problem = Problem("a decision without a reason is refused", 'say why with --reason "…"')
        problems.add(BadInput, problem)
    who = who or whoever(yearbook)
    if not who:
        advice = "give --who, or run: git config user.name NAME"
        problems.add(BadInput, Problem("no name is given for who decided", advice))
    for text in (reason, who):
        if any("\ud800" <= character <= "\udfff" for character in text):
            problems.add(BadInput, Problem(f"{text!r} is not UTF-8", "set the terminal to UTF-8"))
    if ruled.expires is not None and ruled.expires < day:
        message = f"--expires {ruled.expires} is in the past"
        problems.add(BadInput, Problem(message, "choose a future date, or leave it out"))
    problems.raise_if_any()
    return replace(ruled, reason=reason, who=who)


def whoever(yearbook: Yearbook) -> str:
    """Who commits in a yearbook, or who is logged in; "" where neither is known."""
    return identity(yearbook.root) or os.environ.get("USER", "") or os.environ.get("USERNAME", "")


def decisions_on(
    report: Report, findings: Iterable[Finding], ruled: Ruled, day: datetime.date
) -> tuple[tuple[Decision, ...], list[Decision]]:
    """The decisions on findings of a report, and those of before a number changed, whose place they take."""
    found = list(findings)
    new = tuple(_decision(finding, ruled, day, _proposed(report, finding)) for finding in found)
    # what the finding was before a number changed is decided anew with it
    old = [f.decision for f in found if f.standing is DecisionStatus.REOPENED and f.decision is not None]
    return new, old


def decide_from(
    report: Report, path: Path, workbook: Path, who: str = "", *, today: datetime.date | None = None
) -> tuple[tuple[Decision, ...], tuple[Decision, ...]]:
    """Write down what was filled into the columns Ruling and Reason of a report's workbook.

    A line that says what is in force already is passed over.

    Args:
        who: ruled where a line does not say so ("": who git says commits here).

    Returns:
        The decisions as written, and those whose place they took.

    Raises:
        BadInput: lines that cannot be followed, all at once; then nothing is written.
    """
    yearbook = open_yearbook(path)
    problems = Problems()
    findings = {finding.id: finding for finding in report.findings}
    new: list[Decision] = []
    gone: list[Decision] = []
    for line in filled(workbook, problems):
        finding = findings.get(line.finding)
        if finding is None:
            advice = "it was decided on, corrected or changed since the workbook was made: clear the line"
            problem = Problem(f"there is no finding {line.finding}", advice, file=line.place)
            problems.add(BadInput, problem)
        elif not _says_so(finding, line):
            with problems.gathered():
                given = Ruled(line.ruling, line.reason, line.who or who, line.expires)
                ruled = complete(given, yearbook, today)
                made, before = decisions_on(report, [finding], ruled, today or datetime.date.today())
                new += made
                gone += before
    problems.raise_if_any()
    return tuple(new), store.write(yearbook, new, gone)


def _says_so(finding: Finding, line: Filled) -> bool:
    """Whether a decision in force says just this."""
    before = finding.decision
    return (
        before is not None
        and not finding.is_open
        and (before.ruling, before.reason, before.expires) == (line.ruling, line.reason, line.expires)
    )


def prune(report: Report, path: Path) -> tuple[Decision, ...]:
    """Take out the decisions that match nothing any more; returns them."""
    stale = [decision for decision, standing in report.decisions if standing is DecisionStatus.STALE]
    return store.write(open_yearbook(path), (), stale) if stale else ()


def _proposed(report: Report, finding: Finding) -> dict[str, str]:
    """What the diagnosis proposes for the misprints among a finding's cells."""
    changes = {
        (change.cell.table, change.cell.id): change
        for diagnosis in report.diagnoses
        if diagnosis.located and finding.id in diagnosis.explains
        for change in diagnosis.changes
        if change.role == "root"
    }
    return {
        place: f"{change.proposed:f}"
        for place, cell in zip(finding.tokens, finding.cells, strict=True)
        if (change := changes.get((cell.table, cell.id))) is not None
    }


def _decision(finding: Finding, ruled: Ruled, date: datetime.date, proposed: Mapping[str, str]) -> Decision:
    return Decision(
        finding=finding.id,
        table=finding.table,
        rule=finding.rule,
        severity=finding.severity,
        where=finding.where,
        relation=finding.relation,
        printed=finding.tokens,
        message=finding.message,
        ruling=ruled.ruling,
        reason=ruled.reason,
        who=ruled.who,
        date=date,
        expires=ruled.expires,
        file=home(finding.table),
        proposed=proposed,
    )


def _named(report: Report, names: Iterable[str], problems: Problems) -> list[Finding]:
    """The findings of ids, beginnings of ids, and tables; each once, in the report's order."""
    findings = {finding.id: finding for finding in report.findings}
    chosen: set[str] = set()
    for name in names:
        table = name.removeprefix("data/").removesuffix(".csv").removesuffix(".yaml")
        if any(each.id == table for each in report.tables):
            found = [f.id for f in report.findings if f.table == table and f.is_open]
            if not found:
                problems.add(BadInput, Problem(f"nothing is open in {table}", "leave it out"))
        else:
            begun = len(name) >= SHORTEST or name in findings
            found = [id for id in findings if id.startswith(name.lower())] if begun else []
            if len(found) != 1:
                problems.add(BadInput, _unnamed(name, found, findings, report))
        chosen.update(found)
    return [finding for finding in report.findings if finding.id in chosen]


def _unnamed(name: str, found: Sequence[str], findings: Mapping[str, Finding], report: Report) -> Problem:
    """Why a name names no finding."""
    if found:
        return Problem(
            f"{name!r} begins the ids of {len(found)} findings", f"write more characters: {', '.join(found)}"
        )
    for decision, standing in report.decisions:
        if decision.finding == name and standing is DecisionStatus.STALE:
            message = f"the finding {name} no longer exists; its decision is stale"
            return Problem(message, "amyqa decisions --prune removes it")
    if "/" in name:
        return Problem(
            f"there is no table {name!r}", did_you_mean(name, [table.id for table in report.tables])
        )
    message = f"there is no finding {name!r}"
    if len(name) < SHORTEST:
        return Problem(message, f"write at least {SHORTEST} characters of its id")
    near = did_you_mean(name, findings)
    advice = "amyqa check lists the ids"
    if any(GX_ALONE in entry.reason for entry in report.not_evaluated):
        advice = "if it is of an expectation of Great Expectations' own, leave out --engine"
    return Problem(message, near if near.startswith("did") else advice)
