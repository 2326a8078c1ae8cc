"""A comparison of two states in text, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from amyqa.characters import visible
from amyqa.comparing.comparison import Comparison, Line, Revision, TableComparison
from amyqa.model import Cell
from amyqa.reports.certainty import cell_name
from amyqa.reports.phrases import counted
from amyqa.rules.wording import format_number

MAX_REVISIONS = 20
MAX_LINES = 8
MAX_SENTENCES = 3


def render(comparison: Comparison, *, verbose: bool = False, width: int = 80) -> str:
    """What was added, removed and revised, table by table; then the sum of it.

    Args:
        verbose: every revision is told, else the first of each table.
    """
    told: list[str] = []
    differing = [each for each in comparison.tables if each.differs or each.repeated or each.unkept]
    for table in differing:
        told += [*_table(table, verbose), ""]
    told += [f"+ {each.id}: a new table ({counted(each.size, 'cell')})" for each in comparison.added]
    told += [f"- {each.id}: is gone ({counted(each.size, 'cell')})" for each in comparison.removed]
    told += [f"! {words}" for words in comparison.failed]
    told += [f"! {id}: not compared, it is a cube" for id in comparison.skipped]
    if told and told[-1]:
        told.append("")
    told += textwrap.wrap(visible(summary(comparison)), width)
    return "\n".join(told) + "\n"


def summary(comparison: Comparison) -> str:
    """``main → HEAD: 12 cells revised in 2 of 5 tables (3 announced); 4 broken checks now hold …``."""
    all = [revision for table in comparison.tables for revision in table.revisions]
    revisions = [revision for revision in all if not revision.follows]
    changed = [table for table in comparison.tables if table.revisions]
    parts = [f"{counted(len(revisions), 'cell')} revised"]
    if revisions:
        said = sum(bool(each.announced) for each in revisions)
        parts = [
            f"{parts[0]} in {len(changed)} of {counted(len(comparison.tables), 'table')} ({said:,} announced)"
        ]
    if follow := len(all) - len(revisions):
        parts.append(f"{counted(follow, 'total')} with other rows or columns")
    if number := sum(line.cells for table in comparison.tables for line in table.added):
        parts.append(f"{number:,} added")
    if number := sum(line.cells for table in comparison.tables for line in table.removed):
        parts.append(f"{number:,} removed")
    effects = []
    if mended := sum(table.mended for table in comparison.tables):
        effects.append(f"{counted(mended, 'broken check')} now {'holds' if mended == 1 else 'hold'}")
    broken = sum(len(table.newly_broken) for table in comparison.tables)
    effects.append(f"{broken:,} newly broken" if broken else "none newly broken")
    if returned := sum(len(table.returned) for table in comparison.tables):
        effects.append(f"{counted(returned, 'corrected misprint')} came back")
    if repeated := sum(len(table.repeated) for table in comparison.tables):
        effects.append(f"{counted(repeated, 'ruled correction')} not made")
    return f"{comparison.old} → {comparison.new}: {', '.join(parts)}; {', '.join(effects)}."


def _table(table: TableComparison, verbose: bool) -> Iterator[str]:
    name = table.new.id if table.old.id == table.new.id else f"{table.old.id} → {table.new.id}"
    yield visible(f"{name}: {table.title}")
    for sign, lines in (("+", table.added), ("-", table.removed)):
        yield from _capped((f"  {sign} {_line(line)}" for line in lines), MAX_LINES, verbose)
    order = sorted(table.revisions, key=urgency)
    shown = order if verbose else order[:MAX_REVISIONS]
    for revision in shown:
        yield from _revision(revision, table)
    if len(order) > len(shown):
        yield f"  … and {len(order) - len(shown):,} more revised (--verbose lists them)"
    yield from _capped(
        (f"  ✗ newly broken: {visible(finding.message)}" for finding in table.broken), MAX_LINES, verbose
    )
    yield from _capped(
        (
            f"  ! {_place(cell)}: ruled to be {right}, still {cell.token.strip()}"
            for cell, right in table.repeated
        ),
        MAX_LINES,
        verbose,
    )
    yield from _capped(
        (f"  ? {_place(cell)}: announced ({visible(said)}), but as before" for cell, said in table.unkept),
        MAX_LINES,
        verbose,
    )
    if table.gone:
        verb = "is" if table.gone == 1 else "are"
        yield f"  {counted(table.gone, 'broken check')} of before {verb} no longer made"
    if table.still:
        yield f"  {counted(table.still, 'check')} broken as before"


def urgency(revision: Revision) -> tuple[bool, bool, bool]:
    """Misprints that are back, what breaks something, and what was not announced come first."""
    return not revision.returned, not revision.breaks, bool(revision.announced or revision.follows)


def _revision(revision: Revision, table: TableComparison) -> Iterator[str]:
    was, now = (visible(cell.token.strip() or "blank") for cell in (revision.old, revision.new))
    yield f"  ~ {_place(revision.new)}: {was} → {now}{size(revision, table)}{_said(revision)}"
    if revision.returned:
        yield f"      ✗ a misprint is back: {visible(revision.returned)}"
    yield from (f"      ✗ breaks: {visible(each.message)}" for each in revision.breaks[:MAX_SENTENCES])
    if len(revision.breaks) > MAX_SENTENCES:
        yield f"      ✗ and {len(revision.breaks) - MAX_SENTENCES:,} more"
    if revision.mends:
        first = visible(revision.mends[0].message)
        more = f" (and {len(revision.mends) - 1:,} more)" if len(revision.mends) > 1 else ""
        yield f"      ✓ mends: {first}{more}"
    if revision.proposed is not None:
        right = format_number(revision.proposed, table.new)
        yield f"      {'as' if revision.as_proposed else 'not as'} was proposed ({right})"


def size(revision: Revision, table: TableComparison) -> str:
    """`` (+44, +11.0%)``; "" where there is no difference in numbers."""
    if revision.difference is None:
        return ""
    told = format_number(revision.difference, table.new, signed=True).replace("-", "−")
    share = revision.share
    return f" ({told})" if share is None else f" ({told}, {share:+.1%})".replace("-", "−")


def _said(revision: Revision) -> str:
    if revision.follows:
        return f"; {visible(revision.follows)}"
    return f"; announced: {visible(revision.announced)}" if revision.announced else "; not announced"


def _place(cell: Cell) -> str:
    return visible(cell_name(cell))


def _line(line: Line) -> str:
    what = "row" if line.is_row else "column"
    amount = counted(line.cells, "cell")
    return visible(f"{what} {line.label}: {amount}" if line.whole else f"{amount} in {what} {line.label}")


def _capped(lines: Iterable[str], most: int, verbose: bool) -> Iterator[str]:
    found = list(lines)
    shown = found if verbose else found[:most]
    yield from shown
    if len(found) > len(shown):
        yield f"  … and {len(found) - len(shown):,} more"
