"""What a draft leaves out, told in words: numbers in no sum, relations that too few lines keep."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from amyqa.starting.additive import is_known
from amyqa.starting.inferring import Studied
from amyqa.starting.relations import Across, Readings, Relation
from amyqa.starting.stating import agreement, formula

_MAX_NAMED, _MAX_MISSED = 12, 5


def leftover(
    readings: Readings,
    columns: Sequence[str],
    rows: Sequence[str],
    studied: Studied,
    stated: Sequence[Relation],
    implied: Collection[int],
) -> Iterator[str]:
    """Sentences on what no sum checks, and on what was not stated though most lines keep it.

    Args:
        stated: relations that the draft states or implies.
        implied: columns that stand in sums by their coordinates.
    """

    def checked(across: Across) -> set[tuple[int, int]]:
        # what is added in a line or two is not checked for that; the line is
        return _checked([each for each in stated if not each.special or each.across != across])

    numbers = [(r, c) for r, row in enumerate(readings) for c, one in enumerate(row) if is_known(one)]
    free = {c for _, c in numbers} - {c for _, c in checked("columns")} - set(implied)
    inside = {r for r, c in numbers if c in implied} | {r for r, _ in checked("rows")}
    rest = {r for r, c in numbers if c not in free} - inside
    if named := _named([columns[c] for c in sorted(free)], "column"):
        yield f"checked by no sum: {named}"
    if named := _named([rows[r] for r in sorted(rest)], "row"):
        yield f"checked by no sum: {named}"
    for across, labels in (("columns", columns), ("rows", rows)):
        if names := _named([labels[i] for i in studied.unread.get(across, ())], across[:-1]):  # type: ignore[call-overload]
            yield f"called a total, and no sum of what is printed: {names}"
    for axis, said in (("column", columns), ("row", rows)):
        totals = [
            said[r.total] for r in stated
            if r.at_least and r.across.startswith(axis) and isinstance(r.total, int)
        ]  # fmt: skip
        if named := _named(totals, axis):
            yield f"often larger than its parts, so stated with >= and not as a sum: {named}"
    for each in studied.missed[:_MAX_MISSED]:
        yield _missed(each, readings, columns, rows)
    if studied.stopped:
        yield "the search for sums was stopped: there may be more of them"


def _checked(stated: Sequence[Relation]) -> set[tuple[int, int]]:
    """Cells in sums: row and column."""
    found: set[tuple[int, int]] = set()
    for each in stated:
        items = [*each.parts, *each.minus, *([each.total] if isinstance(each.total, int) else [])]
        for line in each.lines:
            found.update((line, i) if each.across == "columns" else (i, line) for i in items)
    return found


def _missed(relation: Relation, readings: Readings, columns: Sequence[str], rows: Sequence[str]) -> str:
    """A relation that is not stated, with the lines that break it."""
    down = relation.across == "rows"
    labels, lines = (rows, columns) if down else (columns, rows)

    def off(line: int) -> bool:
        signs = [(i, -1) for i in relation.parts] + [(i, 1) for i in relation.minus]
        signs += [(relation.total, 1)] if isinstance(relation.total, int) else []
        cells = [(readings[i][line] if down else readings[line][i], sign) for i, sign in signs]
        values = [one.value * sign for one, sign in cells if one is not None and one.value is not None]
        return len(values) == len(cells) and sum(values, Decimal(0)) != 0

    breaking = _named([lines[line] for line in relation.lines if off(line)], "")
    told = agreement(relation, "column" if down else "row")
    return f"not stated: {formula(relation, labels)} ({told}; not {breaking})"


def _named(labels: Sequence[str], what: str) -> str:
    """``columns A, B and 3 more``."""
    if not labels:
        return ""
    shown = ", ".join(labels[:_MAX_NAMED])
    more = f" and {len(labels) - _MAX_NAMED} more" if len(labels) > _MAX_NAMED else ""
    kind = f"{what}{'' if len(labels) == 1 else 's'} " if what else ""
    return f"{kind}{shown}{more}"
