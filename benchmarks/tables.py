"""Real published tables: are their misprints found, and nothing claimed where there is none?

usage: python -m benchmarks.tables DIR [--predictions OUT]

DIR holds a folder for each table with ``table.csv`` (or ``table.csv.gz``) and ``meta.json``: header_rows,
key_columns, columns, decimal_mark, identities (cols, rows, external), ground_truth. Prints a line for
each table: identities, broken ones, the likeliest changes of each group with their likelihood. With
--predictions, one JSON object a line: id, changes with row, column, printed, proposed, likelihood.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import re
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from amyqa.diagnosis.diagnose import Verdict
from amyqa.diagnosis.grid import Diagnosis, Position, Sum, diagnose_grid
from amyqa.model import Reading
from amyqa.reading.tokens import Notation, UnreadableToken

MOST_CELLS = 400_000


class Published:
    """A published table, its labels, and its identities as sums."""

    def __init__(self, folder: Path) -> None:
        self.meta: dict[str, Any] = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        path = folder / "table.csv"
        raw = path.read_bytes() if path.exists() else gzip.decompress((folder / "table.csv.gz").read_bytes())
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
        first = self.meta.get("header_rows") or 1
        self.tokens = rows[first:]
        self.columns = self.meta.get("columns") or rows[0]
        keys = self.meta.get("key_columns") or [0]
        labels = [" | ".join(row[i] for i in keys) for row in self.tokens]
        seen: Counter[str] = Counter()
        self.row_at: dict[str, int] = {}
        self.labels: list[str] = []
        for number, label in enumerate(labels):
            seen[label] += 1
            name = label if seen[label] == 1 else f"{label}#{seen[label]}"
            self.labels.append(name)
            self.row_at[name] = number
        self.column_at = {label: i for i, label in enumerate(self.columns) if label is not None}
        self.values = {
            (r, c): value
            for r, row in enumerate(self.tokens)
            for c in self.column_at.values()
            if c not in keys and c < len(row) and (value := self.read(row[c])) is not None
        }

    def read(self, token: str) -> Decimal | None:
        """The number of a token; binary noise behind the sixth decimal is cut."""
        if marks := self.meta.get("footnote_mark_regex_stripped"):
            token = re.sub(marks, "", token)
        decimal = self.meta.get("decimal_mark") or "."
        first = Notation(decimal, "," if decimal == "." else ".", frozenset({"-", "–", "—"}))
        grouped = re.fullmatch(r"-?\d{1,3}(\.\d{3})+", token.strip()) and self.dotted
        try:
            reading: Reading = (Notation(",", ".", first.nil) if grouped else first).read(token)
        except UnreadableToken:
            try:
                number = Decimal(token.replace(",", "").strip())
            except ArithmeticError:
                return None
            return round(number, 6).normalize() if number.is_finite() else None
        if not token.strip() and self.meta.get("nil_marks_are_zero"):
            return Decimal(0)
        if reading.value is not None and reading.decimals > 6:
            return round(reading.value, 6).normalize() + 0
        return reading.value

    @property
    def dotted(self) -> bool:
        """Whether dots group whole numbers here: then no number has another count of decimals."""
        dots = [cell for row in self.tokens for cell in row if re.fullmatch(r"-?\d+\.\d+", cell.strip())]
        return bool(dots) and all(re.fullmatch(r"-?\d{1,3}\.\d{3}", cell.strip()) for cell in dots)

    def sums(self) -> list[Sum]:
        """All identities whose cells are there."""
        found: list[Sum] = []
        for identity in self.meta["identities"]:
            if identity.get("op", "eq") != "eq":
                continue
            tolerance = Decimal(str(identity["tol"])) if identity.get("tol") is not None else None
            found += self._sums(identity, tolerance)
        return found

    def _sums(self, identity: dict[str, Any], tolerance: Decimal | None) -> list[Sum]:
        if identity["type"] == "cols":
            rows = identity.get("rows", "*")
            numbers = (
                range(len(self.tokens)) if rows == "*" else [self.row_at[r] for r in rows if r in self.row_at]
            )
            names = [identity["total"], *identity["parts"], *(identity.get("minus") or [])]
            across = [self.column_at[name] for name in names]
            split = 1 + len(identity["parts"])
            return [
                Sum(
                    (r, across[0]),
                    [(r, c) for c in across[1:split]],
                    [(r, c) for c in across[split:]],
                    tolerance,
                )
                for r in numbers
            ]
        if identity["type"] == "rows":
            columns = identity.get("cols", "*")
            chosen = (
                sorted({c for _, c in self.values})
                if columns == "*"
                else [self.column_at[c] for c in columns]
            )
            total = self.row_at[identity["total"]]
            parts = [self.row_at[part] for part in identity["parts"]]
            minus = [self.row_at[part] for part in identity.get("minus") or []]
            return [
                Sum((total, c), [(r, c) for r in parts], [(r, c) for r in minus], tolerance) for c in chosen
            ]
        if identity["type"] == "external":
            cells = [(self.row_at[r], self.column_at[c]) for r, c in identity["parts"]]
            return [Sum(Decimal(str(identity["total"]["value"])), cells, tolerance=tolerance)]
        return []

    def name(self, position: Position) -> tuple[str, str]:
        """Row and column label of a cell."""
        if position[0] < 0:
            return "(another table)", ""
        return self.labels[position[0]], self.columns[position[1]]


def known(table: Published, each: Sum) -> bool:
    """Whether every cell of a sum holds a number."""
    cells = [*each.parts, *each.minus, *([] if isinstance(each.total, Decimal) else [each.total])]
    return all(cell in table.values for cell in cells)


def claims(table: Published, diagnosis: Diagnosis, verdict: Verdict) -> list[dict[str, Any]]:
    """The likeliest changes of one verdict."""
    best = verdict.best
    if best is None:
        return []
    found = []
    for change in best.changes:
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


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--predictions", type=Path)
    arguments = parser.parse_args()
    lines = []
    for folder in sorted(path for path in arguments.folder.iterdir() if (path / "meta.json").exists()):
        size = sum(path.stat().st_size for path in folder.glob("table.csv*"))
        if size > MOST_CELLS * 8 or any((folder / "meta.json").read_text().count('"long"') for _ in [0]):
            print(f"{folder.name}: a cube, not read here")
            continue
        table = Published(folder)
        sums = [each for each in table.sums() if known(table, each)]
        start = time.perf_counter()
        diagnosis = diagnose_grid(table.tokens, sums, values=table.values)
        seconds = time.perf_counter() - start
        broken = sum(len(verdict.rows) for verdict in diagnosis.verdicts)
        print(f"{folder.name}: {len(sums)} sums, {broken} broken, {seconds:.3f} s")
        claimed: list[dict[str, Any]] = []
        for verdict in diagnosis.verdicts:
            found = claims(table, diagnosis, verdict)
            claimed += found
            said = max((claim["likelihood"] for claim in found), default=0.0)
            cells = ", ".join(
                f"[{c['row']}, {c['column']}] {c['printed']} -> {c['proposed']}" for c in found[:3]
            )
            mark = "CLAIM" if said > 0.5 else "  -  "
            rest = f" and {len(found) - 3} more" if len(found) > 3 else ""
            about = f"missing {verdict.missing:.3f}, {len(verdict.rows)} sums"
            print(f"  {mark} {said:.3f} ({about}): {cells}{rest}")
        if truth := table.meta.get("ground_truth"):
            print(f"  truth: {json.dumps(truth, ensure_ascii=False)[:200]}")
        lines.append({"id": folder.name, "changes": claimed})
    if arguments.predictions:
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        arguments.predictions.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
