"""The lines of a draft that say how the table's numbers are written, and which marks count as zero."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from amyqa.reading.signs import LIKELY
from amyqa.reading.spec import EVERY_COLUMN
from amyqa.starting.evidence import Evidence
from amyqa.starting.hundreds import drafted, whole_shares
from amyqa.starting.intake import Taken
from amyqa.starting.stating import shortly
from amyqa.starting.yamltext import commented, flow, flow_map, quoted, scalar
from amyqa.starting.zeros import Zero


def separators(taken: Taken) -> Iterator[str]:
    """What is between fields, and in numbers, where it is not as amyqa expects it."""
    if taken.delimiter != ",":
        yield f"delimiter: {scalar(taken.delimiter)}"
    if taken.decimal != ".":
        yield commented(f"decimal: {quoted(taken.decimal)}", "guess: from the numbers")
    if taken.thousands != ",":
        yield commented(f"thousands: {quoted(taken.thousands)}", "guess: from the numbers")


def marks(taken: Taken, evidence: Evidence, labels: Sequence[str], rows: Sequence[str]) -> Iterator[str]:
    """Rounding, zero and unknown, multipliers, footnote marks.

    Args:
        labels: of the columns of amounts.
        rows: as formulas name them.
    """
    yield from _rounded(taken, evidence, labels, rows)
    yield from _absent(taken, evidence, labels)
    if taken.multipliers:
        words = {word: str(10**power) for word, power in taken.multipliers}
        yield commented(f"multipliers: {flow_map(words)}", "guess: from the sizes of the numbers")
    for word in taken.asked:
        if power := LIKELY.get(word.casefold()):
            yield f"# multipliers: {{{word}: {10**power}}}  if {quoted(word)} multiplies the number"
            yield f"# notes: {{{quoted(word)}: a footnote}}  if it marks the number"
    if taken.marks:
        notes = ", ".join(f"{quoted(mark)}: a footnote" for mark in taken.marks)
        yield commented(f"notes: {{{notes}}}", "guess: stands behind numbers")


def _rounded(taken: Taken, evidence: Evidence, labels: Sequence[str], rows: Sequence[str]) -> Iterator[str]:
    if evidence.rounded is not None:
        near, of = evidence.near
        told = f"guess: {near} of {of} sums miss by no more than rounding"
        if taken.shows_rounded:
            told = "the cells of the file hold more digits than they show"
        yield commented(f"rounded: {evidence.rounded}", told)
        return
    shares = whole_shares(evidence.readings, evidence.studied.relations, labels, rows, taken.caption)
    unit, told = drafted(shares, labels, rows) if shares else ("", "")
    if unit:
        yield commented(f"rounded: {unit}", told)


def _absent(taken: Taken, evidence: Evidence, labels: Sequence[str]) -> Iterator[str]:
    """Signs that stand for no number: zero, or unknown."""
    nil, unknown = _by_label(evidence.nil, labels, taken.row_labels)
    if evidence.nil:
        kept = [
            f"{_named(m)} as zero: {zero.keep} of {zero.of} sums hold" for m, zero in evidence.nil.items()
        ]
        yield commented(f"nil: {_flow(nil)}", f"guess: {'; '.join(kept)}")
    for mark, zero in evidence.nil.items():
        names = taken.row_labels if zero.by_rows else labels
        silent = [names[line] for line in sorted(zero.elsewhere)]
        if silent := [*silent, *(labels[column] for column in sorted(zero.apart))]:
            among = shortly(silent)
            yield f"# {_named(mark)} is unknown in {among}: no sum there says that it is zero"
    for mark in evidence.unknown:
        if mark and not mark.strip("-"):
            yield f"# nil: [{quoted(mark)}]  if it means zero; now it means unknown"
    guessed = "guess: no number stands there" if taken.missing != taken.given else ""
    if unknown:
        given = {EVERY_COLUMN: list(taken.missing)} if taken.missing else {}
        yield commented(f"missing: {_flow({**given, **unknown})}", guessed)
    elif taken.missing:
        yield commented(f"missing: {flow(taken.missing)}", guessed)


_Signs = dict[str, list[str]]


def _by_label(nil: Mapping[str, Zero], columns: Sequence[str], rows: Sequence[str]) -> tuple[_Signs, _Signs]:
    """Signs that count as zero, and such that are taken back, by the columns and rows that say so.

    Of rows the fewer are named: those where a sign is zero, or those where it is unknown.
    """
    zero: _Signs = {}
    unknown: _Signs = {}
    for mark, each in nil.items():
        names = rows if each.by_rows else columns
        lines, named = each.lines, zero
        if not each.elsewhere or (each.by_rows and len(each.elsewhere) < len(lines)):
            zero.setdefault(EVERY_COLUMN, []).append(mark)
            lines, named = each.elsewhere, unknown
        for line in sorted(lines):
            named.setdefault(names[line], []).append(mark)
        for column in sorted(each.apart):
            unknown.setdefault(columns[column], []).append(mark)
    return zero, unknown


def _flow(signs: _Signs) -> str:
    """A list where nothing is said of single columns and rows, else a mapping."""
    lists = {label: f"[{', '.join(map(quoted, marks))}]" for label, marks in signs.items()}
    if set(lists) <= {EVERY_COLUMN}:
        return lists.get(EVERY_COLUMN, "[]")
    return f"{{{', '.join(f'{scalar(label)}: {marks}' for label, marks in lists.items())}}}"


def _named(mark: str) -> str:
    return f'"{mark}"' if mark else "a blank"
