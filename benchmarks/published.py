"""Published tables as the benchmarks read them: tokens, labels, numbers, and identities as sums.

A folder holds ``table.csv`` (or ``table.csv.gz``) and ``meta.json``: header_rows, key_columns, columns,
decimal_mark, identities (cols, rows, external, long), ground_truth.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections import Counter
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from amyqa.diagnosis.grid import Position, Sum
from amyqa.model import Reading
from amyqa.reading.tokens import Notation, UnreadableToken


class Published:
    """A published table, its labels, and its identities as sums."""

    def __init__(self, folder: Path) -> None:
        self.meta: dict[str, Any] = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        path = folder / "table.csv"
        raw = path.read_bytes() if path.exists() else gzip.decompress((folder / "table.csv.gz").read_bytes())
        rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
        self.long = any(identity["type"] == "long" for identity in self.meta["identities"])
        first = self.meta.get("header_rows") or 1
        self.tokens = rows[first:]
        self.columns = self.meta.get("columns") or rows[0]
        keys = self.meta.get("key_columns") or [0]
        if self.long:
            keys = [self.columns.index(name) for name in self.meta["dimensions"]]
        labels = [" | ".join(row[i] for i in keys) for row in self.tokens]
        seen: Counter[str] = Counter()
        self.row_at: dict[str, int] = {}
        self.labels: list[str] = []
        for number, label in enumerate(labels):
            seen[label] += 1
            name = label if seen[label] == 1 else f"{label}#{seen[label]}"
            self.labels.append(name)
            self.row_at[name] = number
        self.skipped: list[str] = []
        self.column_at = {label: i for i, label in enumerate(self.columns) if label is not None}
        self.values = {
            (r, c): value
            for r, row in enumerate(self.tokens)
            for c in self.column_at.values()
            if c not in keys and c < len(row) and (value := self.read(row[c])) is not None
        }

    def cells(self, each: Sum) -> list[Position]:
        """All cells of a sum."""
        return [*each.parts, *each.minus, *([] if isinstance(each.total, Decimal) else [each.total])]

    def residual(self, each: Sum) -> Decimal:
        """Total minus parts; all of them known."""
        total = each.total if isinstance(each.total, Decimal) else self.values[each.total]
        parts = sum((self.values[cell] for cell in each.parts), Decimal(0))
        return total - parts + sum((self.values[cell] for cell in each.minus), Decimal(0))

    def near(self, sums: list[Sum]) -> list[Sum]:
        """The sums that hold a cell of one that does not add up to the last digit: all that matter."""
        touched = {cell for each in sums if self.residual(each) for cell in self.cells(each)}
        return [each for each in sums if touched.intersection(self.cells(each))]

    def read(self, token: str) -> Decimal | None:
        """The number of a token; binary noise behind the sixth decimal is cut."""
        if token.isascii() and token.isdigit() and not self.meta.get("footnote_mark_regex_stripped"):
            return Decimal(token)  # most tokens of a cube
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

    @cached_property
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

    def _long(self, identity: dict[str, Any], tolerance: Decimal | None) -> list[Sum]:
        """A sum over one dimension of a table with one record a cell, in every place of the others."""
        names = list(self.meta["dimensions"])
        value = self.columns.index(self.meta["value"])
        at = self.columns.index(identity["dim"])
        others = [self.columns.index(name) for name in names if name != identity["dim"]]
        listed = identity["parts"] if isinstance(identity["parts"], list) else None
        totals: dict[tuple[str, ...], Position] = {}
        parts: dict[tuple[str, ...], list[Position]] = {}
        for r, row in enumerate(self.tokens):
            place = tuple([row[i] for i in others])
            if row[at] == identity["total"]:
                totals[place] = (r, value)
            elif listed is None or row[at] in listed:
                if listed is None and (r, value) not in self.values:
                    continue  # "all others" are those that are there
                parts.setdefault(place, []).append((r, value))
        return [
            Sum(total, parts[place], tolerance=tolerance)
            for place, total in totals.items()
            if len(parts.get(place, ())) >= (1 if listed is None else len(listed))
        ]

    def _sums(self, identity: dict[str, Any], tolerance: Decimal | None) -> list[Sum]:
        if identity["type"] == "long":
            return self._long(identity, tolerance)
        if identity["type"] == "cols":
            rows = identity.get("rows", "*")
            numbers = (
                range(len(self.tokens)) if rows == "*" else [self.row_at[r] for r in rows if r in self.row_at]
            )
            names = [identity["total"], *identity["parts"], *(identity.get("minus") or [])]
            if self._missing(names, self.column_at):
                return []
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
            names = [identity["total"], *identity["parts"], *(identity.get("minus") or [])]
            if self._missing(names, self.row_at):
                return []
            total = self.row_at[identity["total"]]
            parts = [self.row_at[part] for part in identity["parts"]]
            minus = [self.row_at[part] for part in identity.get("minus") or []]
            return [
                Sum((total, c), [(r, c) for r in parts], [(r, c) for r in minus], tolerance) for c in chosen
            ]
        if identity["type"] == "external":
            if self._missing([r for r, _ in identity["parts"]], self.row_at):
                return []
            cells = [(self.row_at[r], self.column_at[c]) for r, c in identity["parts"]]
            return [Sum(Decimal(str(identity["total"]["value"])), cells, tolerance=tolerance)]
        return []

    def _missing(self, names: list[str], known: dict[str, int]) -> bool:
        """Whether a name is not there; the identity is then skipped, and said to be."""
        absent = [name for name in names if name not in known]
        if absent:
            more = f" and {len(absent) - 1} more" if len(absent) > 1 else ""
            self.skipped.append(f"no {absent[0]!r}{more}")
        return bool(absent)

    def name(self, position: Position) -> tuple[str, str]:
        """Row and column label of a cell."""
        if position[0] < 0:
            return "(another table)", ""
        return self.labels[position[0]], self.columns[position[1]]
