"""Right numbers, wrong spec: how often is a number of such a table called a misprint?

usage: python -m benchmarks.wrong_specs [--each N] [--seed S] [--only TEXT] [--show] [--misprint]

Draws N tables of every kind in :mod:`benchmarks.wrong_kinds`, none with a misprint, diagnoses them as anyone
may (:func:`amyqa.diagnose`), and prints for each kind the tables whose sums break, those of them in which
some cell was claimed to be wrong with more than 50% and more than 95%, and time; then the same by family and
in sum, of which clean tables are no part, and false alarms. With --show, each table with a claim is printed.

Whoever never claims anything does best here. So with --misprint each table also gets one misprint, a digit
read for another, swapped, dropped or doubled, in any of its cells: `found` is the share of tables in which it
was claimed above 50%, with a number at least ten times nearer to the right one (rounding leaves a choice);
claims are then those of other cells. Not every one can be found: its sums may be broken anyway.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from amyqa.diagnosis.grid import Diagnosis
from benchmarks.dense import digit_slip
from benchmarks.drafts import Page, Place
from benchmarks.wrong_kinds import KINDS, Kind

LIKELY, SURE = 0.5, 0.95
GOALS = {LIKELY: 0.18, SURE: 0.02}
APART = frozenset({"clean"})
"""Families that are not counted in the sum: there is nothing wrong with these specs."""
QUIET = ("clean", "rounding", "definition", "part")
"""Families in which any claim is a false alarm: many lines say together what is the case."""


@dataclass(frozen=True)
class Told:
    """What was said of one table.

    Args:
        likelihood: of the likeliest change of a cell; 0 where none is proposed.
        broken: whether any sum of it is.
        found: the misprint that was planted is claimed, with the right value.
    """

    kind: Kind
    broken: bool
    likelihood: float
    seconds: float
    found: bool = False


@dataclass(frozen=True)
class Misprint:
    """A cell with another number than it should have."""

    place: Place
    true: Decimal
    printed: Decimal

    def mended(self, proposed: Decimal) -> bool:
        """Whether a proposed number is as good as right."""
        return 10 * abs(proposed - self.true) <= abs(self.printed - self.true)


def claims(diagnosis: Diagnosis) -> dict[Place, tuple[Decimal, float]]:
    """What each cell of the likeliest explanations should be, and how likely that is."""
    return {
        diagnosis.positions[change.cell]: (change.proposed, verdict.marginal(change))
        for verdict in diagnosis.verdicts
        if verdict.best is not None
        for change in verdict.best.changes
    }


def plant(page: Page, chance: random.Random) -> tuple[Page, Misprint]:
    """A page with one misprint in any cell that stands in a sum, and the misprint."""
    cells = {cell for s in page.sums for cell in (s.total, *s.parts, *s.minus) if isinstance(cell, tuple)}
    row, column = chance.choice(sorted(cell for cell in cells if page.number(cell)))
    true = page.number((row, column))
    decimals = -int(true.as_tuple().exponent)
    wrong = scaled = int(true.scaleb(decimals))
    while wrong == scaled:
        wrong = digit_slip(scaled, chance)
    printed = Decimal(wrong).scaleb(-decimals)
    tokens = [list(line) for line in page.tokens]
    tokens[row][column] = f"{printed:,.{decimals}f}"
    return replace(page, tokens=tokens), Misprint((row, column), true, printed)


def pages(kinds: Iterable[Kind], each: int, seed: int) -> Iterator[tuple[Kind, Page]]:
    """Tables of every kind; the same ones for the same seed, whatever other kinds are drawn."""
    for kind in kinds:
        for number in range(each):
            chance = random.Random(f"{seed} {kind.name} {number}")
            yield kind, kind.page(chance)


def judge(kind: Kind, page: Page, misprint: Misprint | None = None) -> tuple[Told, Diagnosis]:
    """Diagnose one table; a claim that mends the misprint that was planted in it does not count as one."""
    start = time.process_time()
    diagnosis = page.diagnose()
    seconds = time.process_time() - start
    claimed = claims(diagnosis)
    found = False
    if misprint is not None and misprint.place in claimed:
        proposed, likelihood = claimed[misprint.place]
        if misprint.mended(proposed):
            del claimed[misprint.place]
            found = likelihood > LIKELY
    most = max((likelihood for _, likelihood in claimed.values()), default=0.0)
    return Told(kind, bool(diagnosis.verdicts), most, seconds, found), diagnosis


def show(kind: Kind, page: Page, diagnosis: Diagnosis) -> None:
    """The table, and what was said of it."""
    print(f"\n== {kind.name}")
    widths = [max(len(cell) for cell in column) for column in zip(*page.tokens, strict=True)]
    for row in page.tokens:
        print("  " + "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))
    for verdict in diagnosis.verdicts:
        if verdict.best is None:
            continue
        for change in verdict.best.changes:
            print(
                f"  {diagnosis.positions[change.cell]} {change.printed} -> {change.proposed}"
                f" ({change.kind}), {verdict.marginal(change):.3f}; {len(verdict.rows)} sums broken"
            )


def line(name: str, told: list[Told]) -> str:
    """Counts and shares of some tables."""
    n = len(told)
    broken = sum(each.broken for each in told)
    likely, sure = (sum(each.likelihood > least for each in told) for least in (LIKELY, SURE))
    seconds = sum(each.seconds for each in told) / n
    found = sum(each.found for each in told) / n
    shares = f"{likely:>5} {likely / n:>6.1%} {sure:>5} {sure / n:>6.1%}"
    return f"{name:<64} {n:>6} {broken:>7} {shares} {seconds:>8.3f} {found:>7.1%}"


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--each", type=int, default=16, help="tables of each kind (default: 16)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="kinds and families whose name holds this")
    parser.add_argument("--show", action="store_true", help="print tables with a claim")
    parser.add_argument("--misprint", action="store_true", help="plant a misprint in each table")
    asked = parser.parse_args()
    kinds = [kind for kind in KINDS if asked.only in f"{kind.name} {kind.family}"]
    if not kinds:
        parser.error(f"no kind holds {asked.only!r}")
    told: list[Told] = []
    for kind, drawn in pages(kinds, asked.each, asked.seed):
        page, misprint = drawn, None
        if asked.misprint:
            page, misprint = plant(drawn, random.Random(repr(drawn.tokens)))
        said, diagnosis = judge(kind, page, misprint)
        told.append(said)
        if asked.show and said.likelihood > LIKELY:
            show(kind, page, diagnosis)
    print(" " * 65 + "tables  broken  >50%         >95%          s each   found")
    for kind in kinds:
        print(line(f"{kind.family}: {kind.name}", [each for each in told if each.kind is kind]))
    print()
    for family in dict.fromkeys(kind.family for kind in kinds):
        print(line(f"all {family}", [each for each in told if each.kind.family == family]))
    wrong = [each for each in told if each.kind.family not in APART]
    if wrong:
        print(line("wrong specs in sum", wrong))
        alarms = [each for each in told if each.kind.family in QUIET]
        loud = sum(each.likelihood >= LIKELY for each in alarms)
        if asked.misprint:
            return
        print(f"{'goals':<64} {'':>6} {'':>7} {'':>5} {GOALS[LIKELY]:>6.1%} {'':>5} {GOALS[SURE]:>6.1%}")
        print(f"\nfalse alarms ({', '.join(QUIET)}), 50% and more: {loud} of {len(alarms)} tables (goal 0)")


if __name__ == "__main__":
    main()
