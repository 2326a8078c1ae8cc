"""The words that the reports for people share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from amyqa.errors import Problem
from amyqa.model import Cell, Counts, CubeSummary, Failure, Finding, Report, Ruling, Severity

MAX_PROBLEMS = 100
LONGEST_PROBLEM = 1000


def counted(number: int, noun: str) -> str:
    """``1 table``, ``1,203 cells``, ``2 identities``, ``2 info``."""
    if number != 1 and noun != Severity.INFO:
        noun = f"{noun[:-1]}ies" if noun[-1] == "y" and noun[-2] not in "aeiou" else f"{noun}s"
    return f"{number:,} {noun}"


def by_severity(findings: Iterable[Finding]) -> dict[Severity, int]:
    """Number of open findings of each severity, most serious first, zeros included."""
    numbers = dict.fromkeys(Severity, 0)
    for finding in findings:
        numbers[finding.severity] += finding.status == "open"
    return numbers


def findings_phrase(findings: Iterable[Finding]) -> str:
    """``8 errors, 1 warning``; ``none``; what an editor ruled on is said too."""
    known = list(findings)
    parts = [counted(n, severity) for severity, n in by_severity(known).items() if n]
    return ", ".join([*parts, *rulings_phrases(known)]) or "none"


def rulings_phrases(findings: Iterable[Finding]) -> list[str]:
    """``["1 asked of the source", "3 decided"]``; nothing where nothing was ruled."""
    statuses = [finding.status for finding in findings if not finding.is_open]
    asked = statuses.count(Ruling.ASKED.value)
    numbers = ((asked, "asked of the source"), (len(statuses) - asked, "decided"))
    return [f"{number:,} {words}" for number, words in numbers if number]


def where_phrase(where: Mapping[str, str]) -> str:
    """``year Total, sector all``."""
    return ", ".join(f"{dimension} {code}" for dimension, code in where.items())


def short(id: str) -> str:
    """As much of a finding's id as people copy; ``amyqa decide`` takes the beginning of one."""
    return id[:8]


def place(cell: Cell) -> str:
    """``data/x.csv:11``, as editors and terminals understand it; ``chapter.xlsx 'Table 4'!D11``."""
    return f"{cell.file} {cell.address}" if cell.address else f"{cell.file}:{cell.line}"


def printed_at(cell: Cell) -> str:
    """``printed source: line 608``; ``seeds/chapter.xlsx T1!G7``; "" where it was traced to nothing."""
    return cell.source_address or (f"printed source: line {cell.source_line}" if cell.source_line else "")


def imprint_phrases(report: Report) -> list[str]:
    """``["Yearbook", "2005 edition", "data at 1a2b3c4d, changed since", "8 May 2026, 02:40 UTC", …]``."""
    imprint = report.imprint
    engine = f"engine {report.engine}" if report.engine else ""
    if imprint is None:
        return [engine] if engine else []
    editions = f"{', '.join(imprint.editions)} {'edition' if len(imprint.editions) == 1 else 'editions'}"
    data = f"data at {short(imprint.commit)}{', changed since' if imprint.changed else ''}"
    time = f"{imprint.time.day} {imprint.time:%B %Y, %H:%M} {imprint.time.tzname()}"
    told = (
        imprint.yearbook,
        editions if imprint.editions else "",
        data if imprint.commit else "",
        time,
        f"amyqa {imprint.version}",
        engine,
    )
    return [each for each in told if each]


def verdict(report: Report) -> str:
    """Whether the tables can be printed, in one sentence."""
    failed, unsummed = failed_phrase(report.failures), _unsummed(report)
    numbers = by_severity(report.findings)
    errors, warnings = numbers[Severity.ERROR], numbers[Severity.WARNING]
    if errors or warnings:
        serious = [f for f in report.findings if f.status == "open" and f.severity is not Severity.INFO]
        concerned = {finding.table for finding in serious}
        known = {table.id for table in report.tables} | concerned
        where = f"in {len(concerned):,} of {counted(len(known), 'table')}"
        if errors:
            also = f" and {counted(warnings, 'warning')}" if warnings else ""
            return f"Not ready to print: {counted(errors, 'error')}{also} {where}{failed and f'; {failed}'}."
        if failed:
            return f"Not ready to print: {failed}; {counted(warnings, 'warning')} {where}."
        to_do = f"No errors, but {counted(warnings, 'warning')} to correct or explain {where}"
        return f"{to_do}; {unsummed}." if unsummed else f"{to_do}."
    if failed:
        return f"Not ready to print: {failed}."
    if not report.tables:
        return "Nothing was checked: there is no table."
    total = report.total
    if not total.evaluated:
        return "No errors found, but no identity could be evaluated."
    if total.broken or any(finding.status != "open" for finding in report.findings):
        asked = sum(finding.status == Ruling.ASKED.value for finding in report.findings)
        waiting = f"{counted(asked, 'finding')} asked of the source" if asked else ""
        but = " and ".join(filter(None, (waiting, unsummed)))
        return f"No error or warning is open{but and f', but {but}'}."
    if unsummed:
        return f"No errors found, but {unsummed}."
    if total.not_evaluated or report.not_evaluated:
        return "No errors: every identity that could be evaluated holds."
    return "No errors: every identity holds."


def _unsummed(report: Report) -> str:
    """``not every total is checked``; "" where each table has sums, and its totals are the totals of them."""
    if any(each.totals for each in report.unchecked.values()):
        return "not every total is checked"
    tables = sum(each.whole for each in report.unchecked.values())
    return f"no sum checks {tables:,} of {counted(len(report.tables), 'table')}" if tables else ""


def unchecked_phrase(report: Report) -> str:
    """``2 totals and 3 columns are checked by no sum``; "" where all numbers stand in one."""
    found = [report.unchecked[table.id] for table in report.tables if table.id in report.unchecked]
    listed = [each for each in found if not each.whole]
    numbers = (
        (sum(len(each.totals) for each in found), "total"),
        (sum(len(each.columns) for each in listed) + sum(len(each.texts) for each in found), "column"),
        (sum(len(each.rows) for each in listed), "row"),
        (sum(line.unchecked for each in found for line in each.partly), "other number"),
        (sum(each.whole for each in found), "whole table"),
    )
    parts = [counted(number, noun) for number, noun in numbers if number]
    if not parts:
        return ""
    *most, last = parts
    verb = "is" if not most and last.startswith("1 ") else "are"
    return f"{' and '.join([', '.join(most), last]) if most else last} {verb} checked by no sum"


def identities_phrase(counts: Counts) -> str:
    """``57 identities evaluated, 8 broken, 0 not evaluated``."""
    phrase = f"{counted(counts.evaluated, 'identity')} evaluated, {counts.broken:,} broken"
    return f"{phrase}, {counts.not_evaluated:,} not evaluated"


def tally(report: Report) -> str:
    """The numbers behind the verdict."""
    read = f"{counted(report.cells, 'cell')} in {counted(len(report.tables), 'table')}"
    parts = [f"Checked {read}: {identities_phrase(report.total)}"]
    if remarks := by_severity(report.findings)[Severity.INFO]:
        parts.append(counted(remarks, Severity.INFO))
    if closed := sum(finding.status != "open" for finding in report.findings):
        parts.append(f"{counted(closed, 'finding')} decided")
    if unchecked := unchecked_phrase(report):
        parts.append(unchecked)
    return "; ".join(parts) + "."


def cube_phrase(cube: CubeSummary) -> str:
    """What was looked at in a cube, and how much of what was found is shown."""
    parts = [counted(cube.observations, "observation")]
    if cube.broken > cube.shown:
        parts.append(f"{cube.broken:,} sums are broken, and the largest {cube.shown:,} are shown")
    elif cube.broken:
        parts.append(f"all {cube.broken:,} broken sums are shown")
    if cube.not_evaluated > cube.not_evaluated_shown:
        shown = f"{cube.not_evaluated_shown:,} of them are shown"
        parts.append(f"{counted(cube.not_evaluated, 'sum')} could not be evaluated, and {shown}")
    if cube.repeated:
        parts.append(f"{counted(cube.repeated, 'coordinate')} with several observations")
    if cube.uncovered:
        parts.append(f"{counted(cube.uncovered, 'observation')} stand in no sum")
    sampled = f"Pandera looked at {counted(cube.sampled, 'observation')}, the engine at all of them"
    return "; ".join([*parts, sampled])


def gaps_phrase(report: Report) -> str:
    """``7 identities and 5 rules``: what could not be judged."""
    identities = sum(entry.identity for entry in report.not_evaluated)
    rules = len(report.not_evaluated) - identities
    identities += sum(cube.not_evaluated - cube.not_evaluated_shown for cube in report.cubes.values())
    numbers = ((identities, "identity"), (rules, "rule"))
    return " and ".join(counted(number, noun) for number, noun in numbers if number)


@dataclass(slots=True)
class Gap:
    """What was not evaluated in one table for one reason."""

    table: str
    reason: str
    identity: bool = True
    relations: dict[str, list[str]] = field(default_factory=dict)
    """Each relation and where it was to hold, in the order of the report."""

    @property
    def count(self) -> int:
        """How many were not evaluated."""
        return sum(len(places) for places in self.relations.values())

    @property
    def counted(self) -> str:
        """``2 identities``, ``1 rule``."""
        return counted(self.count, "identity" if self.identity else "rule")


def gaps(report: Report) -> list[Gap]:
    """All that was not evaluated, by table and reason, in the order of the report."""
    found: dict[tuple[str, str, bool], Gap] = {}
    for entry in report.not_evaluated:
        key = (entry.table, entry.reason, entry.identity)
        gap = found.setdefault(key, Gap(*key))
        gap.relations.setdefault(entry.relation or entry.rule, []).append(where_phrase(entry.where))
    order = {table: i for i, table in enumerate(dict.fromkeys(gap.table for gap in found.values()))}
    return sorted(found.values(), key=lambda gap: order[gap.table])


def failures(report: Report) -> Iterator[tuple[str, list[str]]]:
    """What could not be checked and how it failed, with each problem; tables that share theirs together.

    ``("claims, events could not be checked", ["checks/claims.yaml:3: …"])``
    """
    shared: dict[tuple[str, tuple[Problem, ...]], list[str]] = {}
    for failure in report.failures:
        shared.setdefault((failure.how, failure.problems), []).append(failure.name)
    for (how, problems), names in shared.items():
        told = [shortened(str(problem)) for problem in problems[:MAX_PROBLEMS]]
        if (more := len(problems) - MAX_PROBLEMS) > 0:
            told.append(f"… and {more:,} more")
        yield f"{', '.join(names)} {how}", told


def failures_phrase(report: Report) -> str:
    """``Could not be checked: 2 tables``."""
    told = (f"{how}: {counted(number, noun)}" for (how, noun), number in _ways(report.failures))
    return "; ".join(told).capitalize()


def failed_phrase(failures: Sequence[Failure]) -> str:
    """``2 tables could not be checked, 1 table could not be read whole``; "" for none."""
    return ", ".join(f"{counted(number, noun)} {how}" for (how, noun), number in _ways(failures))


def _ways(failures: Sequence[Failure]) -> list[tuple[tuple[str, str], int]]:
    """In which ways tables and files have failed, and how many."""
    return sorted(Counter((failure.how, failure.noun) for failure in failures).items())


def shortened(text: str) -> str:
    """A problem in a line that can be read, its beginning and its end."""
    half = LONGEST_PROBLEM // 2
    return text if len(text) <= LONGEST_PROBLEM else f"{text[:half]} … {text[-200:]}"


def by_table(findings: Iterable[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """Findings of each table, tables in order of their most serious finding."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.table, []).append(finding)
    yield from groups.items()
