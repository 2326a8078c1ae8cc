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
from collections.abc import Sequence
from pathlib import Path

from amyqa.diagnosis.learning import ASSUMED, Ways, learn, ways
from benchmarks.diagnosis import load
from benchmarks.misprints import misprints


def read(paths: Sequence[Path]) -> dict[str, list[Ways]]:
    """The misprints of each table."""
    tables: dict[str, list[Ways]] = {}
    for path in paths:
        for case in load(path):
            table = f"{case.get('file_name', case['id'])} {case.get('table_id', '')}"
            for slips in misprints(case):
                if slips:
                    tables.setdefault(table, []).append(ways(slips))
    return tables


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
    told = learn(tables, asked.folds, asked.strength)
    print(f"{len(everything)} misprints in {len(tables)} tables, {asked.folds} folds\n")
    print("kind         assumed  estimated   least  greatest over folds")
    for name, share in ASSUMED.items():
        each = [shares[name] for shares in told.folds]
        print(f"{name:<12} {share:>7.3f} {told.shares[name]:>10.3f} {min(each):>7.3f} {max(each):>9.3f}")
    gains = [told.after[name] - told.before[name] for name in tables]
    error = statistics.stdev(gains) / math.sqrt(len(gains))
    print(
        f"\nmean log-likelihood in tables left out: assumed {statistics.fmean(told.before.values()):.3f}, ",
        end="",
    )
    print(f"estimated {statistics.fmean(told.after.values()):.3f}")
    print(
        f"difference {statistics.fmean(gains):+.3f} (standard error {error:.3f}), "
        f"better in {sum(gain > 0 for gain in gains)} of {len(gains)} tables"
    )
    print("judgement, not estimated: rate, known, inherited, other, and how often each of them is met")


if __name__ == "__main__":
    main()
