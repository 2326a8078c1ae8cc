"""How well the model of misprints fits misprints whose truth is known.

usage: python -m benchmarks.misprints CASES.jl[.gz]…

CASES: one JSON object a line, as benchmarks/diagnosis.py reads them: table_array, cells ([row, column,
value]), truth ([{cell, true, corrupted, …}]). For each kind of slip it prints the share of misprints
that are likeliest of that kind beside the share that ``Slips`` assumes, and what the mean log-likelihood
of a misprint would be without the kind (its share given to the others). Nothing is changed.

What cases of slips cannot tell (how many cells are wrong at all, how often a total inherits, how often a
sum breaks for another reason) is not estimated.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from amyqa.diagnosis.learning import SHARES
from amyqa.diagnosis.misprints import ERROR_MECHANISMS, ErrorMechanism, explain, likelihood
from benchmarks.diagnosis import load

NOT_SHARES = {"rate", "known", "inherited", "other"}
DASHES = frozenset("-–—−")


def misprints(case: dict[str, Any]) -> Iterator[list[ErrorMechanism]]:
    """All slips that may have made each misprint of a case, likeliest first."""
    printed = {(r, c): Decimal(v) for r, c, v in case["cells"]}
    for truth in case["truth"]:
        row, column = truth["cell"]
        true, wrong = Decimal(truth["true"]), Decimal(truth["corrupted"])
        around = ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1))
        neighbours = [printed[place] for place in around if place in printed]
        decimals = max(0, *(-int(n.normalize().as_tuple().exponent) for n in (true, wrong)))
        dash = case["table_array"][row][column].strip() in DASHES
        if true != wrong:
            yield explain(wrong, true, decimals, neighbours, nil=dash)


def without(slips: Sequence[ErrorMechanism], parameter: str) -> float:
    """Probability of a printed number where one kind never happens and the others share what it had."""
    kept = [slip for slip in slips if SHARES[slip.kind] != parameter]
    share: float = getattr(ERROR_MECHANISMS, parameter)
    return likelihood(kept) / (1 - share)


def mean_log(probabilities: Iterable[float]) -> tuple[float, int]:
    """Mean logarithm of what is possible, and how many are not."""
    known = list(probabilities)
    logs = [math.log(p) for p in known if p > 0]
    return (sum(logs) / len(logs) if logs else -math.inf), len(known) - len(logs)


def main() -> None:
    """Print how the model fits."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=Path, nargs="+")
    asked = parser.parse_args()
    found = [slips for path in asked.cases for case in load(path) for slips in misprints(case)]
    if not found:
        parser.error("no case has a misprint with its truth")
    whole, _ = mean_log(likelihood(slips) for slips in found)
    named = Counter(SHARES[slips[0].kind] for slips in found)
    print(f"{len(found)} misprints; mean log-likelihood {whole:.3f}\n")
    print("kind         assumed  likeliest  without it  change")
    for field in dataclasses.fields(ERROR_MECHANISMS):
        if field.name in NOT_SHARES:
            continue
        mean, impossible = mean_log(without(slips, field.name) for slips in found)
        share, assumed = named[field.name] / len(found), getattr(ERROR_MECHANISMS, field.name)
        left = f"  ({impossible} impossible, left out)" if impossible else ""
        print(f"{field.name:<12} {assumed:>7.3f} {share:>10.3f} {mean:>11.3f} {mean - whole:>+7.3f}{left}")
    print("\nnot estimated here: " + ", ".join(sorted(NOT_SHARES)))


if __name__ == "__main__":
    main()
