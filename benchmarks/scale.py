"""How the time of a diagnosis grows with the table, and how it compares with banff's.

usage: python -m benchmarks.scale [--seeds N] [--repeat N] [--only large|peers] [--yearbook N]

First a table of 40 x 60 cells with 20 misprints, for several seeds: cells that are wrong, that were
named, that were named and are wrong, with the right value, and seconds. Then, where PyPI's ``banff``
can be imported (Statistics Canada's; an environment of its own with banff and highspy will do), tables
of 21 to 2,400 cells diagnosed by both in turn, in one run; the ratio of medians counts. banff gets each
table as one record, a variable for each cell and the same identities as edits, and only its
localisation of errors is timed, not the imputation that finds their values.

Tables are drawn: years by sectors by sex (total, male, female), with a row and a sector of totals.

With ``--yearbook N`` neither is run, but a yearbook of N small tables is checked by both engines: CPU time,
beside that of importing Great Expectations, and peak memory (see :mod:`benchmarks.yearbooks`).
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import amyqa
from benchmarks.yearbooks import measure

Place = tuple[int, int]
LARGE = (40, 20)
SIZES = ((7, 1), (6, 3), (9, 4), (20, 4), (24, 8), (30, 12), LARGE)
"""Rows, and groups of three columns."""
CELLS_A_MISPRINT = 120
LIMIT = 20.0
"""Seconds after which banff is told to give a record up; once it has, it gets no larger tables."""


@dataclass(frozen=True)
class Drawn:
    """A table with misprints, as numbers, and its sums as (total, parts)."""

    printed: list[list[int]]
    truth: dict[Place, int]
    sums: list[tuple[Place, list[Place]]]

    @property
    def cells(self) -> int:
        """How many there are."""
        return len(self.printed) * len(self.printed[0])


def draw(rows: int, groups: int, errors: int, seed: int) -> Drawn:
    """A consistent table, then misprints in some of its cells."""
    chance = random.Random(seed)  # the same tables for everyone
    table = [[0] * (3 * groups) for _ in range(rows)]
    sums: list[tuple[Place, list[Place]]] = []
    for r in range(rows):
        for g in range(groups):
            sums.append(((r, 3 * g), [(r, 3 * g + 1), (r, 3 * g + 2)]))
        if groups > 1:  # the first group is the total of the others
            sums += [((r, sex), [(r, 3 * g + sex) for g in range(1, groups)]) for sex in range(3)]
    sums += [((rows - 1, c), [(r, c) for r in range(rows - 1)]) for c in range(3 * groups)]
    for r in range(rows - 1):
        for g in range(1 if groups > 1 else 0, groups):
            for sex in (1, 2):
                table[r][3 * g + sex] = int(10 ** chance.uniform(1, 4))
                for total in {3 * g, *((0, sex) if groups > 1 else ())}:
                    table[r][total] += table[r][3 * g + sex]
    for c in range(3 * groups):
        table[rows - 1][c] = sum(table[r][c] for r in range(rows - 1))
    places = [(r, c) for r in range(rows) for c in range(3 * groups)]
    truth = {}
    for r, c in sorted(chance.sample(places, errors)):
        truth[r, c] = table[r][c]
        table[r][c] = misprint(table[r][c], chance)
    return Drawn(table, truth, sums)


def misprint(value: int, chance: random.Random) -> int:
    """A number with a digit wrong, swapped with the next, dropped or added."""
    while True:
        digits = list(str(value))
        at = chance.randrange(len(digits))
        how = chance.choice(("wrong", "swapped", "dropped", "added"))
        if how == "wrong":
            digits[at] = str(chance.randrange(10))
        elif how == "swapped":
            digits[at : at + 2] = reversed(digits[at : at + 2])
        elif how == "dropped":
            del digits[at]
        else:
            digits.insert(at, str(chance.randrange(10)))
        wrong = int("".join(digits) or "0")
        if wrong != value:
            return wrong


def ours(drawn: Drawn) -> tuple[float, dict[Place, int]]:
    """Seconds, and what amyqa.diagnose would change."""
    tokens = [[str(number) for number in row] for row in drawn.printed]
    sums = [amyqa.Sum(total, parts) for total, parts in drawn.sums]
    start = time.perf_counter()
    diagnosis = amyqa.diagnose(tokens, sums)
    seconds = time.perf_counter() - start
    return seconds, {place: int(Decimal(value)) for place, value in diagnosis.changes.items()}


def large(seeds: int) -> None:
    """The table of 2,400 cells."""
    print("40 x 60 cells, 20 misprints")
    print("seed  wrong  named  right cell  right value  seconds")
    ours(draw(*LARGE, 20, -1))  # imports what is needed
    times = []
    for seed in range(seeds):
        drawn = draw(*LARGE, 20, seed)
        seconds, changes = ours(drawn)
        times.append(seconds)
        cells = len(changes.keys() & drawn.truth.keys())
        values = len(changes.items() & drawn.truth.items())
        print(f"{seed:>4} {len(drawn.truth):>6} {len(changes):>6} {cells:>11} {values:>12} {seconds:>8.2f}")
    print(f"median {statistics.median(times):.2f} s, slowest {max(times):.2f} s")


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """The C library behind banff writes a protocol of every run to the process's own stdout."""
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        yield
    finally:
        for number, saved in enumerate(kept, 1):
            os.dup2(saved, number)
            os.close(saved)
        os.close(nowhere)


def banff() -> Callable[[Drawn], tuple[float, set[Place] | None]] | None:
    """Its error localisation as a function of a table, giving None where it gave up; if installed."""
    logging.disable(logging.CRITICAL)
    try:
        with silence():
            import banff as peer  # type: ignore[import-not-found]
            import pandas
    except ImportError:
        return None

    def locate(drawn: Drawn) -> tuple[float, set[Place] | None]:
        record: dict[str, Any] = {"id": "table"}
        for r, row in enumerate(drawn.printed):
            record |= {name((r, c)): float(value) for c, value in enumerate(row)}
        frame = pandas.DataFrame([record])
        edits = "".join(f"{name(total)} = {' + '.join(map(name, parts))};" for total, parts in drawn.sums)
        with silence():
            start = time.perf_counter()
            found = peer.errorloc(unit_id="id", edits=edits, indata=frame, time_per_obs=LIMIT, seed=1)
            seconds = time.perf_counter() - start
        outputs = (found.outstatus, found.outreject)
        status, rejected = (out.to_pandas() if hasattr(out, "to_pandas") else out for out in outputs)
        if rejected is not None and len(rejected):
            return seconds, None
        places = (field.removeprefix("c").split("_") for field in status["FIELDID"])
        return seconds, {(int(r), int(c)) for r, c in places}

    return locate


def name(place: Place) -> str:
    """A cell as a variable of an edit."""
    return f"c{place[0]}_{place[1]}"


def peers(repeat: int, sizes: Sequence[tuple[int, int]]) -> None:
    """Both programs on the same tables, in turn."""
    locate = banff()
    if locate is None:
        print("banff cannot be imported here: not compared")
        return
    print(f"side by side with banff, {repeat} tables of each size; seconds are medians")
    print("cells  sums  wrong   amyqa    banff   ratio   all found: amyqa  banff")
    running = True
    for rows, groups in sizes:
        errors = max(1, rows * groups * 3 // CELLS_A_MISPRINT)
        drawn = [draw(rows, groups, errors, seed) for seed in range(repeat + 1)]
        times: tuple[list[float], list[float]] = ([], [])
        right = [0, 0]
        for number, table in enumerate(drawn):
            mine, changes = ours(table)
            theirs, cells = locate(table) if running else (0.0, None)
            if running and cells is None:
                running = False
                print(f"      banff gave up on {table.cells} cells after {theirs:.0f} s; amyqa goes on alone")
            if number:  # the first warms up
                times[0].append(mine)
                times[1].append(theirs)
                right[0] += changes.keys() == table.truth.keys()
                right[1] += cells == table.truth.keys()
        first = drawn[0]
        mine, theirs = map(statistics.median, times)
        line = f"{first.cells:>5} {len(first.sums):>5} {errors:>6} {mine:>7.4f}"
        if running:
            line += f" {theirs:>8.4f} {theirs / mine:>7.1f} {right[0]:>15}/{repeat} {right[1]:>4}/{repeat}"
        else:
            line += f" {'-':>8} {'-':>7} {right[0]:>15}/{repeat}    -"
        print(line, flush=True)


def main() -> None:
    """Run both parts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5, help="large tables (default: 5)")
    parser.add_argument("--repeat", type=int, default=5, help="tables of each size (default: 5)")
    parser.add_argument("--only", choices=("large", "peers"), help="one part only")
    parser.add_argument("--yearbook", type=int, metavar="N", help="a yearbook of N tables instead")
    asked = parser.parse_args()
    if asked.yearbook:
        measure(asked.yearbook, asked.repeat, misprint)
        return
    if asked.only != "peers":
        large(asked.seeds)
    if asked.only != "large":
        print()
        peers(asked.repeat, SIZES)


if __name__ == "__main__":
    main()
