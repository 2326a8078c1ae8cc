"""Real published tables: are their misprints found, and nothing claimed where there is none?

usage: python -m benchmarks.tables DIR [--only NAME] [--predictions OUT]

DIR holds a folder for each table, as :mod:`benchmarks.published` reads it. Prints for each table its sums,
the broken ones, what each diagnosis says, and how many misprints of ``ground_truth`` were found (claimed
above 50% with the right value), how many cells were claimed above 50% and from 90% on, and how many of
these are not in ``ground_truth``; then the sums over all tables. A table whose truth nobody has worked out
(no ``ground_truth``) counts as having no misprint that arithmetic can tell. With --predictions, one JSON
object a line: id, changes with row, column, printed, proposed, likelihood.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from amyqa.diagnosis.diagnose import Verdict
from amyqa.diagnosis.grid import Diagnosis, diagnose_grid
from benchmarks.published import Published

SURE, VERY_SURE = 0.5, 0.9
MAX_SUMS = 20_000


@dataclass
class Score:
    """Misprints known, found; cells claimed above 50%, of them wrong; the same from 90% on."""

    known: int = 0
    found: int = 0
    claimed: int = 0
    wrong: int = 0
    claimed90: int = 0
    wrong90: int = 0

    def add(self, other: Score) -> None:
        """Sum up."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def __str__(self) -> str:
        return (
            f"found {self.found} of {self.known}, claimed {self.claimed} ({self.wrong} wrong), "
            f"at 90% {self.claimed90} ({self.wrong90} wrong)"
        )


def claims(table: Published, diagnosis: Diagnosis, verdict: Verdict) -> list[dict[str, Any]]:
    """The likeliest changes of one verdict."""
    found = []
    for change in verdict.best.changes if verdict.best is not None else ():
        position = diagnosis.positions[change.cell]
        row, column = table.name(position)
        printed = table.tokens[position[0]][position[1]] if position[0] >= 0 else str(change.printed)
        found.append(
            {
                "row": row,
                "column": column,
                "printed": printed,
                "proposed": str(change.proposed),
                "likelihood": verdict.marginal(change),
                "kind": change.kind,
            }
        )
    return found


def score(table: Published, claimed: list[dict[str, Any]]) -> Score:
    """Claims beside what is known; a figure of another table is not this table's cell."""
    truth = {
        tuple(each["cell"]): table.read(each["true"])
        for each in table.meta.get("ground_truth") or []
        if "cell" in each
    }
    told = Score(known=len(truth))
    for claim in claimed:
        if claim["likelihood"] <= SURE or claim["row"] == "(another table)":
            continue
        right = truth.get((claim["row"], claim["column"])) == Decimal(claim["proposed"])
        told.found += right
        told.claimed += 1
        told.wrong += not right
        told.claimed90 += claim["likelihood"] >= VERY_SURE
        told.wrong90 += claim["likelihood"] >= VERY_SURE and not right
    return told


def run(folder: Path) -> tuple[Score, list[dict[str, Any]]]:
    """Diagnose one table and print what is said of it."""
    table = Published(folder)
    sums = [each for each in table.sums() if all(cell in table.values for cell in table.cells(each))]
    number = len(sums)
    if number > MAX_SUMS:
        sums = table.near(sums)
    start = time.perf_counter()
    diagnosis = diagnose_grid(table.tokens, sums, values=table.values)
    seconds = time.perf_counter() - start
    broken = sum(len(verdict.rows) for verdict in diagnosis.verdicts)
    print(f"{folder.name}: {number} sums, {broken} broken, {seconds:.3f} s")
    for reason in table.skipped:
        print(f"  skipped an identity: {reason}")
    claimed: list[dict[str, Any]] = []
    for verdict in diagnosis.verdicts:
        found = claims(table, diagnosis, verdict)
        claimed += found
        said = max((claim["likelihood"] for claim in found), default=0.0)
        cells = ", ".join(f"[{c['row']}, {c['column']}] {c['printed']} -> {c['proposed']}" for c in found[:3])
        mark = "CLAIM" if said > SURE else "  -  "
        rest = f" and {len(found) - 3} more" if len(found) > 3 else ""
        about = f"no misprint {verdict.missing:.3f}, {len(verdict.rows)} sums"
        print(f"  {mark} {said:.3f} ({about}): {cells}{rest}")
    if truth := table.meta.get("ground_truth"):
        print(f"  truth: {json.dumps(truth, ensure_ascii=False)[:200]}")
    told = score(table, claimed)
    print(f"  {told}")
    return told, claimed


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", help="tables whose name holds this")
    parser.add_argument("--predictions", type=Path)
    arguments = parser.parse_args()
    lines = []
    total = Score()
    for folder in sorted(path for path in arguments.folder.iterdir() if (path / "meta.json").exists()):
        if arguments.only and arguments.only not in folder.name:
            continue
        told, claimed = run(folder)
        total.add(told)
        lines.append({"id": folder.name, "changes": claimed})
    print(f"all {len(lines)} tables: {total}")
    if arguments.predictions:
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        arguments.predictions.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
