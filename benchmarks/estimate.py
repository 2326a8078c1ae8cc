"""Shares of slips, estimated from known misprints and judged on tables they were not estimated on.

usage: python -m benchmarks.estimate CASES.jl[.gz]… [--folds N] [--strength N]

CASES as benchmarks.diagnosis reads them. Each misprint is a mixture of the kinds that may have made it; their
shares are found by expectation and maximisation, starting from what ``Slips`` assumes, which counts as much
as `strength` misprints. All cases of one table are in the same fold. Prints, for each share: assumed,
estimated from everything, least and greatest over the folds; then the mean log-likelihood of a misprint, in
tables that were left out, under the assumed and under the estimated shares. Nothing is changed: a generator's
mixture of kinds is not that of printing.

What no such cases tell, and what therefore is judgement: how many cells are wrong at all and how much those
found wrong say of others (`rate`, `known`), how often a total was added up from the wrong part (`inherited`),
how often a sum breaks for another reason than a misprint (`other`), and how often each of these is met.
"""

from __future__ import annotations

import argparse
import math
import statistics
import zlib
from collections.abc import Sequence
from pathlib import Path

from amyqa.diagnosis.misprints import ERROR_MECHANISMS
from benchmarks.diagnosis import load
from benchmarks.misprints import PARAMETERS, misprints

Ways = dict[str, float]
"""Of one misprint: how likely each kind would have printed just this number, had it happened."""
ASSUMED = {name: float(getattr(ERROR_MECHANISMS, name)) for name in dict.fromkeys(PARAMETERS.values())}
ROUNDS = 60


def read(paths: Sequence[Path]) -> dict[str, list[Ways]]:
    """The misprints of each table."""
    tables: dict[str, list[Ways]] = {}
    for path in paths:
        for case in load(path):
            table = f"{case.get('file_name', case['id'])} {case.get('table_id', '')}"
            for slips in misprints(case):
                ways: Ways = {}
                for slip in slips:
                    name = PARAMETERS[slip.kind]
                    ways[name] = ways.get(name, 0.0) + slip.probability / ASSUMED[name]
                if ways:
                    tables.setdefault(table, []).append(ways)
    return tables


def estimate(found: Sequence[Ways], strength: float) -> Ways:
    """Shares of kinds, given misprints.

    Args:
        strength: how many misprints the assumed shares count for.
    """
    shares = dict(ASSUMED)
    for _ in range(ROUNDS):
        counts = {name: strength * share for name, share in ASSUMED.items()}
        for ways in found:
            whole = sum(shares[name] * chance for name, chance in ways.items())
            for name, chance in ways.items():
                counts[name] += shares[name] * chance / whole
        total = sum(counts.values())
        shares = {name: count / total for name, count in counts.items()}
    return shares


def mean_log(found: Sequence[Ways], shares: Ways) -> float:
    """Mean log-likelihood of misprints."""
    return statistics.fmean(math.log(sum(shares[n] * chance for n, chance in ways.items())) for ways in found)


def fold_of(table: str, folds: int) -> int:
    """Which fold a table is in: the same on every machine, whatever other tables there are."""
    return zlib.crc32(table.encode()) % folds


def validate(tables: dict[str, list[Ways]], folds: int, strength: float) -> tuple[list[Ways], Ways, Ways]:
    """Shares without each fold; mean log-likelihoods of the tables left out: assumed, and estimated."""
    estimated: list[Ways] = []
    before: Ways = {}
    after: Ways = {}
    for fold in range(folds):
        kept = [ways for name, found in tables.items() if fold_of(name, folds) != fold for ways in found]
        shares = estimate(kept, strength)
        estimated.append(shares)
        for name, found in tables.items():
            if fold_of(name, folds) == fold:
                before[name], after[name] = mean_log(found, ASSUMED), mean_log(found, shares)
    return estimated, before, after


def main() -> None:
    """Print estimates and how they do."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=Path, nargs="+")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--strength", type=float, default=50.0)
    asked = parser.parse_args()
    tables = read(asked.cases)
    if len(tables) < asked.folds:
        parser.error(f"{len(tables)} tables have a misprint with its truth: too few for {asked.folds} folds")
    everything = [ways for found in tables.values() for ways in found]
    whole = estimate(everything, asked.strength)
    folds, before, after = validate(tables, asked.folds, asked.strength)
    print(f"{len(everything)} misprints in {len(tables)} tables, {asked.folds} folds\n")
    print("kind         assumed  estimated   least  greatest over folds")
    for name, share in ASSUMED.items():
        each = [shares[name] for shares in folds]
        print(f"{name:<12} {share:>7.3f} {whole[name]:>10.3f} {min(each):>7.3f} {max(each):>9.3f}")
    gains = [after[name] - before[name] for name in tables]
    error = statistics.stdev(gains) / math.sqrt(len(gains))
    print(
        f"\nmean log-likelihood in tables left out: assumed {statistics.fmean(before.values()):.3f}, ", end=""
    )
    print(f"estimated {statistics.fmean(after.values()):.3f}")
    print(
        f"difference {statistics.fmean(gains):+.3f} (standard error {error:.3f}), "
        f"better in {sum(gain > 0 for gain in gains)} of {len(gains)} tables"
    )
    print("judgement, not estimated: rate, known, inherited, other, and how often each of them is met")


if __name__ == "__main__":
    main()
