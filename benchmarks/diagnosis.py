"""How often the diagnosis names just the cells that were corrupted, and whether it knows how sure it is.

usage: python -m benchmarks.diagnosis CASES.jl[.gz] [--predictions OUT] [--baseline]

CASES: one JSON object a line: id, n_errors, exact, table_array, number_format, cells ([row, column,
value]), identities ({total, parts, tol}), truth ([{cell, true, …}]). Prints, for each number of
injected errors, the share of cases whose changed cells (and values) are right, the share of wrong
claims of 90% or more, the expected calibration error, times; beside it the baseline, which changes a
smallest set of cells and breaks ties by position. With --predictions, one JSON object a line is
written: id, changes, likelihood, seconds.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import json
import statistics
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from amyqa.diagnosis.grid import Diagnosis, Position, Sum, diagnose_grid

NOTATIONS = {
    "Comma Point": (".", ","),
    "Point Comma": (",", "."),
    "Space Point": (".", " "),
    "Space Comma": (",", " "),
    "None Point": (".", ","),
    "None Comma": (",", "."),
}


def load(path: Path) -> list[dict[str, Any]]:
    """The cases of a file."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def run(case: dict[str, Any]) -> tuple[Diagnosis, float]:
    """Diagnose one case; the time is of the diagnosis alone."""
    values = {(r, c): Decimal(v) for r, c, v in case["cells"]}
    sums = [
        Sum(tuple(i["total"]), [tuple(p) for p in i["parts"]], tolerance=Decimal(str(i["tol"])))
        for i in case["identities"]
    ]
    decimal, thousands = NOTATIONS.get(case.get("number_format") or "", (".", ","))
    start = time.perf_counter()
    diagnosis = diagnose_grid(
        case["table_array"], sums, decimal=decimal, thousands=thousands, values=values, certify=False
    )
    return diagnosis, time.perf_counter() - start


def baseline(diagnosis: Diagnosis) -> set[Position]:
    """A smallest explanation of each group, the first by position."""
    cells: set[Position] = set()
    for verdict in diagnosis.verdicts:
        smallest = [a for a in verdict.alternatives if len(a.changes) == verdict.smallest]
        if smallest:
            first = min(smallest, key=lambda a: sorted(diagnosis.positions[c.cell] for c in a.changes))
            cells |= {diagnosis.positions[change.cell] for change in first.changes}
    return cells


def ece(claims: list[tuple[float, bool]]) -> float:
    """Expected calibration error over ten equal bins."""
    bins: dict[int, list[tuple[float, bool]]] = collections.defaultdict(list)
    for likelihood, right in claims:
        bins[min(9, int(likelihood * 10))].append((likelihood, right))
    total = sum(abs(sum(p for p, _ in b) - sum(r for _, r in b)) for b in bins.values())
    return total / len(claims) if claims else 0.0


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", type=Path)
    parser.add_argument("--predictions", type=Path)
    arguments = parser.parse_args()
    rows = collections.defaultdict(list)
    claims: list[tuple[float, bool]] = []
    lines = []
    for case in load(arguments.cases):
        diagnosis, seconds = run(case)
        truth = {tuple(t["cell"]): Decimal(t["true"]) for t in case["truth"]}
        changes, sure = diagnosis.changes, diagnosis.likelihood
        right = bool(changes) and set(changes) == set(truth)
        rows[case["n_errors"]].append(
            (
                bool(changes),
                right,
                right and changes == truth,
                sure,
                seconds,
                baseline(diagnosis) == set(truth),
            )
        )
        if changes:
            claims.append((sure, right))
        claim = [{"cell": list(cell), "proposed": str(value)} for cell, value in changes.items()]
        lines.append({"id": case["id"], "changes": claim, "likelihood": sure, "seconds": seconds})
    if arguments.predictions:
        text = "".join(json.dumps(line) + "\n" for line in lines)
        arguments.predictions.write_text(text, encoding="utf-8")
    print("errors  cases  claimed    set   base  value  wrong90   median s   max s")
    for errors, group in sorted(rows.items()):
        n = len(group)
        share = [sum(bool(row[i]) for row in group) / n for i in (0, 1, 2, 5)]
        wrong = sum(row[0] and not row[1] and row[3] >= 0.9 for row in group) / n
        times = [row[4] for row in group]
        print(
            f"{errors:>6} {n:>6} {share[0]:>8.3f} {share[1]:>6.3f} {share[3]:>6.3f} {share[2]:>6.3f}"
            f" {wrong:>8.3f} {statistics.median(times):>10.4f} {max(times):>7.3f}"
        )
    print(f"expected calibration error over all claims: {ece(claims):.3f}")
    print("reliability: said, claims, right")
    for low in range(10):
        chosen = [right for p, right in claims if low / 10 <= p < (low + 1) / 10 or (low == 9 and p == 1)]
        if chosen:
            print(f"  {low / 10:.1f}-{(low + 1) / 10:.1f}  {len(chosen):>5}  {sum(chosen) / len(chosen):.3f}")


if __name__ == "__main__":
    main()
