"""Many misprints in one table, as a scan read by machine has them: how many are put right, how many spoilt.

usage: python -m benchmarks.dense [--tables N] [--seed S] [--only KIND …] [--most CELLS]

First the speed of large tables with few misprints (KIND: large). Then tables of 208 to 2,401 cells with
subtotals and totals both ways, in which 2% and 5% of the cells are wrong:

digits     digits read for others (3 for 8, 1 for 7, 5 for 6, 0 for 6 …), swapped, dropped or doubled
mixed      six in ten of these; else points and thousands displaced, signs, copies of a neighbour
shifted    mixed, and besides all numbers of one row from some column on stand one column off
exchanged  mixed, and besides two rows of different groups have each other's numbers
twice      mixed, and besides a row has the numbers of another

Prints for each: wrong cells; those proposed above 50% with the right value; right cells changed above 50%;
cells changed from 90% on to what is not right; seconds of the processor; most memory so far. Kinds, shares
and tables are unlike those that benchmarks.diagnosis is given, and nothing in amyqa is fitted to them.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import time
from dataclasses import dataclass, field

import amyqa
from benchmarks import scale
from benchmarks.drafts import Place

Side = tuple[int, int]
"""How many groups of lines a side has, and how many members each of them."""
ALIKE = ("38", "17", "56", "06", "08", "68", "49", "27", "35", "14", "79", "89")
"""Digits that are read for one another."""
SHAPES = (((3, 3), (3, 4)), ((4, 4), (4, 5)), ((5, 5), (5, 6)), ((6, 7), (8, 5)))
"""Rows and columns."""
RATES = (0.02, 0.05)
GOALS = {0.02: 0.97, 0.05: 0.92}
LIKELY, SURE = 0.5, 0.9
ERROR_MECHANISMS = ("shifted", "exchanged", "twice")
KINDS = ("digits", "mixed", *ERROR_MECHANISMS)


@dataclass(frozen=True)
class Table:
    """Numbers as they should be, as they are printed, and their sums."""

    true: list[list[int]]
    printed: list[list[int]]
    sums: list[amyqa.Sum]

    @property
    def wrong(self) -> dict[Place, int]:
        """Cells that are misprinted, and what they should be."""
        return {
            (r, c): value
            for r, row in enumerate(self.true)
            for c, value in enumerate(row)
            if self.printed[r][c] != value
        }


@dataclass
class Score:
    """Cells over some tables, and seconds of each table."""

    wrong: int = 0
    mended: int = 0
    spoilt: int = 0
    spoilt_surely: int = 0
    seconds: list[float] = field(default_factory=list)


def lines(groups: int, members: int) -> tuple[list[tuple[int, list[int]]], list[int], dict[int, int]]:
    """Totals with their parts along one side, the grand total first; leaves; the group of each leaf."""
    heads = [1 + g * (members + 1) for g in range(groups)]
    sums = [(0, heads), *((head, list(range(head + 1, head + members + 1))) for head in heads)]
    leaves = [leaf for _, parts in sums[1:] for leaf in parts]
    return sums, leaves, {leaf: head for head, parts in sums[1:] for leaf in parts}


def draw(shape: tuple[Side, Side], chance: random.Random) -> Table:
    """A table without misprints."""
    (down, rows, _), (across, columns, _) = (lines(*side) for side in shape)
    height, width = (1 + groups * (members + 1) for groups, members in shape)
    table = [[0] * width for _ in range(height)]
    size = 10 ** chance.uniform(1.5, 4)
    sizes = {r: size * chance.lognormvariate(0, 0.8) for r in rows}
    shares = {c: chance.lognormvariate(0, 0.6) for c in columns}
    for r in rows:
        for c in columns:
            table[r][c] = round(sizes[r] * shares[c] * chance.lognormvariate(0, 0.3))
    for r in rows:
        for total, parts in reversed(across):
            table[r][total] = sum(table[r][c] for c in parts)
    for total, parts in reversed(down):
        for c in range(width):
            table[total][c] = sum(table[r][c] for r in parts)
    sums = [amyqa.Sum((r, t), [(r, c) for c in parts]) for r in range(height) for t, parts in across]
    sums += [amyqa.Sum((t, c), [(r, c) for r in parts]) for c in range(width) for t, parts in down]
    return Table(table, [list(row) for row in table], sums)


def digit_slip(value: int, chance: random.Random) -> int:
    """A number with one slip of its digits."""
    digits = list(str(abs(value)))
    at = chance.randrange(len(digits))
    how = chance.choices(("read", "swapped", "dropped", "doubled"), (60, 16, 14, 10))[0]
    if how == "read":
        looks = [pair.replace(digits[at], "", 1) for pair in ALIKE if digits[at] in pair]
        digits[at] = chance.choice(looks if looks and chance.random() < 0.8 else list("0123456789"))
    elif how == "swapped":
        digits[at : at + 2] = reversed(digits[at : at + 2])
    elif how == "dropped":
        del digits[at]
    else:
        digits.insert(at, digits[at])
    return int("".join(digits) or "0") * (-1 if value < 0 else 1)


def other_slip(place: Place, table: list[list[int]], chance: random.Random) -> int:
    """A number out of place, without its sign, or its neighbour's."""
    r, c = place
    value = table[r][c]
    how = chance.choices(("point", "thousand", "sign", "copied"), (25, 25, 20, 30))[0]
    if how == "point":
        return value * 10 if chance.random() < 0.5 else value // 10
    if how == "thousand":
        return value * 1000 if chance.random() < 0.5 else value // 1000
    if how == "sign":
        return -value
    around = [(r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)]
    near = [(i, j) for i, j in around if 0 <= i < len(table) and 0 <= j < len(table[0])]
    i, j = chance.choice(near)
    return table[i][j]


def slip_row(table: Table, how: str, side: Side, chance: random.Random) -> None:
    """One slip of a whole row, of which there are so many groups."""
    _, rows, group = lines(*side)
    row = chance.choice(rows)
    other = chance.choice([r for r in rows if group[r] != group[row]])
    true, printed = table.true, table.printed
    if how == "shifted":
        start = chance.randrange(len(true[row]) // 2)
        moved = true[row][start:]
        printed[row][start:] = chance.choice(([moved[0], *moved[:-1]], [*moved[1:], moved[-1]]))
    elif how == "exchanged":
        printed[row], printed[other] = list(true[other]), list(true[row])
    else:
        printed[row] = list(true[other])


def spoil(table: Table, count: int, chance: random.Random, *, mixed: bool) -> None:
    """Misprint so many cells."""
    places = [(r, c) for r, row in enumerate(table.printed) for c in range(len(row))]
    for r, c in chance.sample(places, count):
        wrong = value = table.true[r][c]
        while wrong == value:
            if mixed and chance.random() < 0.4:
                wrong = other_slip((r, c), table.true, chance)
            else:
                wrong = digit_slip(value, chance)
        table.printed[r][c] = wrong


def judge(table: Table, score: Score) -> None:
    """Diagnose a table and count."""
    tokens = [[str(number) for number in row] for row in table.printed]
    start = time.process_time()
    diagnosis = amyqa.diagnose(tokens, table.sums)
    score.seconds.append(time.process_time() - start)
    wrong = table.wrong
    score.wrong += len(wrong)
    for verdict in diagnosis.verdicts:
        for change in verdict.best.changes if verdict.best is not None else ():
            place = diagnosis.positions[change.cell]
            likelihood = verdict.marginal(change)
            right = wrong.get(place) == change.proposed
            score.mended += right and likelihood > LIKELY
            score.spoilt += place not in wrong and likelihood > LIKELY
            score.spoilt_surely += not right and likelihood >= SURE


def memory() -> float:
    """Most megabytes that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def tables(kind: str, number: int, seed: int, most: int) -> None:
    """Print one line for each size and rate of a kind, and their sums."""
    sums = {rate: Score() for rate in RATES}
    for shape in SHAPES:
        cells = (1 + shape[0][0] * (shape[0][1] + 1)) * (1 + shape[1][0] * (shape[1][1] + 1))
        if cells > most:
            continue
        for rate in RATES:
            score = Score()
            for each in range(number):
                chance = random.Random(f"{seed} {kind} {shape} {rate} {each}")
                table = draw(shape, chance)
                if kind in ERROR_MECHANISMS:
                    slip_row(table, kind, shape[0], chance)
                spoil(table, round(rate * cells), chance, mixed=kind != "digits")
                judge(table, score)
            total = sums[rate]
            for name in ("wrong", "mended", "spoilt", "spoilt_surely", "seconds"):
                setattr(total, name, getattr(total, name) + getattr(score, name))
            report(f"{kind:<9} {cells:>6} {rate:>5.0%}", score)
    for rate, total in sums.items():
        if total.wrong:
            report(f"{kind:<9} {'all':>6} {rate:>5.0%}", total, f"  goals {GOALS[rate]:.0%}, 0")


def report(name: str, score: Score, goal: str = "") -> None:
    """Print one line."""
    print(
        f"{name} {score.wrong:>6} {score.mended:>6} {score.mended / score.wrong:>7.1%} {score.spoilt:>7}"
        f" {score.spoilt_surely:>7} {statistics.median(score.seconds):>7.2f} {max(score.seconds):>7.2f}"
        f" {memory():>6.0f}{goal}",
        flush=True,
    )


def unconnected(rows: int, share: float, seed: int) -> Table:
    """Rows that share no cell, a total and four parts each, some with a misprint."""
    chance = random.Random(seed)
    true = [[round(10 ** chance.uniform(2, 5)) for _ in range(4)] for _ in range(rows)]
    true = [[sum(row), *row] for row in true]
    table = Table(true, [list(row) for row in true], [
        amyqa.Sum((r, 0), [(r, c) for c in range(1, 5)]) for r in range(rows)
    ])  # fmt: skip
    for r in chance.sample(range(rows), round(share * rows)):
        c = chance.randrange(5)
        while table.printed[r][c] == true[r][c]:
            table.printed[r][c] = digit_slip(true[r][c], chance)
    return table


def large(number: int) -> None:
    """Print the speed of large tables with few misprints."""
    score = Score()
    judge(unconnected(10_000, 0.01, 1), score)
    print(
        f"10,000 rows, 100 of them broken: {score.seconds[0]:.2f} s, {memory():.0f} MB (goals 5 s, 500 MB); "
        f"{score.mended} of {score.wrong} right above 50%, {score.spoilt_surely} wrong from 90% on"
    )
    times, named, right = [], 0, 0
    for seed in range(number):
        drawn = scale.draw(*scale.LARGE, 20, seed)
        start = time.process_time()
        _, changes = scale.ours(drawn)
        times.append(time.process_time() - start)
        named += len(changes)
        right += len(changes.items() & drawn.truth.items())
    print(
        f"40 x 60 cells, 20 misprints: median {statistics.median(times):.2f} s, slowest {max(times):.2f} s "
        f"(goal 0.5 s); {right} of {20 * number} right, {named} named",
        flush=True,
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tables", type=int, default=5, help="of each size and rate (default: 5)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("large", *KINDS), nargs="+")
    parser.add_argument("--most", type=int, default=2_500, help="cells of the largest tables to draw")
    asked = parser.parse_args()
    chosen = asked.only or ("large", *KINDS)
    if "large" in chosen:
        large(asked.tables)
    if {*chosen} - {"large"}:
        print("kind       cells  rate  wrong  right   share  spoilt  at 90%  median   max s     MB")
    for kind in KINDS:
        if kind in chosen:
            tables(kind, asked.tables, asked.seed, asked.most)


if __name__ == "__main__":
    main()
