"""A cell's whole case as text: the identities it stands in, its findings, its diagnosis; or a table's."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from amyqa.characters import visible
from amyqa.model import Cell, Change, Explanation, Finding, Report, Status, Table, TableDiagnosis
from amyqa.reports.arithmetic import WORDS, SumLine, about, relation, tell
from amyqa.reports.certainty import (
    candidates,
    cell_name,
    certificate,
    instead,
    likelihood_phrase,
    percent,
    proposed_as_printed,
)
from amyqa.reports.phrases import counted, place, printed_at
from amyqa.reports.rulings import standing_phrase
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import IdentityResult, IdentityState
from amyqa.rules.rule import RuleRun
from amyqa.rules.wording import format_number

MAX_UNKNOWN = 20
"""So many identities that were not evaluated are told of a table; all are counted."""


_UNSTATED = "identity (say how it adds up under identities: in the table's YAML)"


@dataclass(frozen=True, slots=True)
class Explained:
    """What can be said of one cell, or (`cell` None) of a whole table.

    Args:
        relations: for a table, how many identities of each relation are in each state.
        sums: the cell's identities; for a table, the broken ones and some not evaluated.
        findings: those that the cell is part of; for a table, all.
        diagnoses: those about the findings or with the cell in them; for a table, all.
    """

    table: Table
    cell: Cell | None
    relations: Mapping[str, Mapping[IdentityState, int]]
    sums: tuple[SumLine, ...]
    findings: tuple[Finding, ...]
    diagnoses: tuple[TableDiagnosis, ...]


def explained(
    report: Report,
    table: Table,
    cell: Cell | None,
    judged: Iterable[tuple[Observations, RuleRun, IdentityResult]],
) -> Explained:
    """What a report says of a cell, or of a table.

    Args:
        report: of the table, and of others that may name the cell.
        judged: every identity once, those about the cell with their terms.
    """
    relations: dict[str, Counter[IdentityState]] = {}
    sums, unknown = [], 0
    for observations, ran, each in judged:
        if cell is None:
            relations.setdefault(relation(ran, each, observations), Counter())[each.state] += 1
            wanted = each.state is IdentityState.BROKEN or (
                each.state is IdentityState.UNKNOWN and unknown < MAX_UNKNOWN
            )
            unknown += each.state is IdentityState.UNKNOWN
        else:
            wanted = about(cell, each, observations)
        if wanted:
            sums.append(tell(ran, each, observations))
    findings, diagnoses = report.findings, report.diagnoses
    if cell is not None:
        place = (cell.table, cell.id)
        findings = tuple(f for f in findings if any((c.table, c.id) == place for c in f.cells))
        ids = {finding.id for finding in findings}
        diagnoses = tuple(d for d in diagnoses if ids & {*d.explains} or _changed(d, cell))
    return Explained(table, cell, relations, tuple(sums), findings, diagnoses)


def _changed(diagnosis: TableDiagnosis, cell: Cell) -> bool:
    """Whether some explanation changes the cell."""
    sets = (diagnosis.changes, *(each.changes for each in diagnosis.alternatives))
    return any(change.cell.id == cell.id for changes in sets for change in changes)


# --- the text ---------------------------------------------------------------------------------


def render(explained: Explained, *, width: int = 80) -> str:
    """The explanation as plain text; only a file's path may run over the width."""
    lines = _cell(explained, width) if explained.cell is not None else _whole(explained, width)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _wrapped(text: str, width: int, indent: int = 2) -> list[str]:
    first, rest = " " * indent, " " * (indent + 2)
    wrapped = textwrap.wrap(
        visible(text), max(width, 30), initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )
    return wrapped or [""]


def _place(cell: Cell) -> str:
    source = f"; {printed}" if (printed := printed_at(cell)) else ""
    return visible(f"  {place(cell)}, field {cell.position}{source}")


def _states(states: Mapping[IdentityState, int]) -> str:
    numbers = ", ".join(f"{states.get(state, 0):,} {word}" for state, word in WORDS.items())
    return f"{counted(sum(states.values()), 'identity')}: {numbers}"


def _cell(explained: Explained, width: int) -> Iterator[str]:
    cell, table = explained.cell, explained.table
    assert cell is not None
    yield from _wrapped(f"{table.id}: {table.spec.title}", width, 0)
    yield from _wrapped(f"{cell_name(cell)}: {reading(cell, table)}", width, 0)
    yield _place(cell)
    yield ""
    states = _states(Counter(each.state for each in explained.sums)) if explained.sums else f"no {_UNSTATED}"
    yield from _wrapped(f"It is part of {states}", width, 0)
    for state in WORDS:
        for each in explained.sums:
            if each.state is state:
                yield from _wrapped(str(each), width)
    yield ""
    yield from _findings(explained.findings, width)
    yield ""
    if not explained.diagnoses:
        yield "Diagnosis: none"
    for diagnosis in explained.diagnoses:
        yield from _diagnosis(diagnosis, table, width, cell)


def reading(cell: Cell, table: Table) -> str:
    """What is printed, and what it is read as: ``printed -, counts as 0``."""
    token = cell.token.strip()
    shown, reading = f"printed {token}" if token else "printed blank", cell.reading
    if cell.uncertain:
        return f"{shown}, cannot be placed: {table.spec.uncertain.get(cell.row, '')}".rstrip(" :")
    mark = f", with the footnote mark {reading.mark}" if reading.mark else ""
    if reading.status is Status.NIL:
        return f"{shown}, counts as 0{mark}"
    if reading.status is Status.MISSING:
        return f"{shown}, unknown{mark}"
    if reading.status is Status.TEXT or reading.value is None:
        return f"{shown}, a text"
    value = format_number(reading.value, table)
    if reading.status is Status.BOUND:
        return f"{shown}, at {'least' if reading.at_least else 'most'} {value}{mark}"
    plain = token in (value, f"{reading.value:f}")
    return f"{shown}{mark}" if plain else f"{shown}, read as {value}{mark}"


def _findings(findings: tuple[Finding, ...], width: int) -> Iterator[str]:
    yield f"Findings: {len(findings):,}" if findings else "Findings: none"
    for finding in findings:
        ruled = "" if finding.status == "open" else f", {finding.status}"
        head = f"{finding.severity.upper()} ({finding.rule}, ESS {finding.ess} {finding.level}{ruled})"
        yield from _wrapped(f"{head}: {finding.message}", width)
        if told := standing_phrase(finding):
            yield from _wrapped(told, width)


def _whole(explained: Explained, width: int) -> Iterator[str]:
    table = explained.table
    states = sum((Counter(numbers) for numbers in explained.relations.values()), Counter[IdentityState]())
    yield from _wrapped(f"{table.id}: {table.spec.title}", width, 0)
    yield visible(f"  {table.file}, {counted(table.size, 'cell')}")
    yield ""
    yield from _wrapped(_states(states) if states else f"No {_UNSTATED}", width, 0)
    for name, numbers in explained.relations.items():
        told_numbers = ", ".join(f"{n:,} {WORDS[s]}" for s in WORDS if (n := numbers.get(s, 0)))
        yield from _wrapped(f"{name}: {told_numbers}", width)
    yield ""
    for state, heading in ((IdentityState.BROKEN, "Broken"), (IdentityState.UNKNOWN, "Not evaluated")):
        told = [each for each in explained.sums if each.state is state]
        if told:
            yield f"{heading}:"
            for each in told:
                yield from _wrapped(str(each), width)
            if (more := states[state] - len(told)) > 0:
                yield f"  and {more:,} more"
            yield ""
    if others := tuple(f for f in explained.findings if not f.coefficients):
        yield from _findings(others, width)
        yield ""
    if not explained.diagnoses:
        yield "Diagnosis: none"
    for diagnosis in explained.diagnoses:
        yield from _diagnosis(diagnosis, table, width)


# --- diagnoses --------------------------------------------------------------------------------


def _diagnosis(
    diagnosis: TableDiagnosis, table: Table, width: int, cell: Cell | None = None
) -> Iterator[str]:
    sums = counted(len(diagnosis.explains), "broken check")
    told = likelihood_phrase(diagnosis.likelihood) if diagnosis.located else "nothing is proposed"
    yield from _wrapped(f"Diagnosis of {sums}: {told}", width, 0)
    yield from _wrapped(diagnosis.message, width)
    mine = [c for c in diagnosis.changes if cell is not None and c.cell.id == cell.id]
    if cell is not None and diagnosis.located:
        yield from _wrapped(f"This cell: {_change(mine[0], table) if mine else 'stays as printed'}", width)
        if mine and not diagnosis.message.startswith(mine[0].message):
            yield from _wrapped(mine[0].message, width)
    if others := [change for change in diagnosis.changes if change not in mine]:
        yield "  Together with:" if mine else "  Changes:"
        for change in others:
            yield from _wrapped(f"{cell_name(change.cell)}: {_change(change, table)}", width, 4)
    yield from _wrapped(f"Certificate: {certificate(diagnosis)}", width)
    if doubt := instead(diagnosis):
        yield from _wrapped(doubt, width)
    yield from _alternatives(diagnosis, table, width, cell)
    for assumption in diagnosis.assumptions:
        yield from _wrapped(f"Assumes: {assumption}", width)


def _change(change: Change, table: Table) -> str:
    old = change.cell.token.strip() or "blank"
    kind = f": {change.kind}" if change.kind else ""
    return f"{old} → {proposed_as_printed(change, table)} ({change.role_word}{kind})"


def _alternatives(diagnosis: TableDiagnosis, table: Table, width: int, cell: Cell | None) -> Iterator[str]:
    chosen: list[Explanation] = [
        a for a in diagnosis.alternatives if cell is None or any(c.cell.id == cell.id for c in a.changes)
    ]
    which = "" if cell is None else " that change this cell"
    yield f"  Alternatives{which}: {len(chosen) or 'none'}"
    for alternative in chosen:
        if diagnosis.located:
            told = "; ".join(f"{cell_name(c.cell)}: {_change(c, table)}" for c in alternative.changes)
        else:  # which cell is wrong cannot be told, so that no number is proposed
            told = "; ".join(f"{cell_name(c.cell)} ({c.cell.token.strip()})" for c in candidates(alternative))
        yield from _wrapped(f"{percent(alternative.likelihood)}: {told}", width, 4)
