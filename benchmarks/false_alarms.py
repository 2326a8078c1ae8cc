"""Rules over time on real published tables: how often they cry wolf, and what they catch.

usage: python -m benchmarks.false_alarms DIR [--errors N] [--seed S] [--set factor=3 …]

DIR as for benchmarks.tables. Every table that has years, quarters or months gets the rules over time
with their defaults (or with what --set says). Prints a line for each table: cells; for each rule its
warnings, subjects, and those not judged; and cells that have a warning. With --errors, a misprint is
planted N times in every series (a digit more, a digit less, the two leading digits exchanged, where
they change a value of 100 or more by half), and the share that `outliers` names is printed.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from amyqa.engines.session import Session
from amyqa.errors import Problems
from amyqa.reading.table import read_table
from amyqa.rules import gaps, growth, outliers, periods
from amyqa.rules.observations import Observations, observe
from amyqa.rules.outcome import Outcome
from amyqa.rules.rule import Rule
from benchmarks.published import Published

RULES = (gaps.RULE, outliers.RULE, growth.RULE)
MAX_BYTES = 200_000
"""Larger tables are left out: they are cubes, of the same series many times."""
PER_WARNING = 200
"""At most one warning for so many cells of a clean table."""

Values = dict[tuple[int, int], Decimal]


@dataclass(frozen=True)
class Labelled:
    """Which period and which item each column is, and the labels of the rows; None: no periods."""

    rows: list[str]
    down: bool
    columns: dict[int, dict[str, str]]


def labelled(table: Published) -> Labelled | None:
    """The periods of a table: in its columns' labels, or down its rows."""
    columns: dict[int, dict[str, str]] = {}
    for label, c in table.column_at.items():
        if c in (table.meta.get("key_columns") or [0]):
            continue
        parts = [part.strip() for part in re.split(r"[/|]", str(label))]
        whole = periods.read(str(label).strip())
        found = [str(label).strip()] if whole else [part for part in parts if periods.read(part)]
        item = "" if whole else " ".join(part for part in parts if part not in found[:1])
        columns[c] = {"item": item or "value"} | ({"period": found[0]} if found else {})
    dated = {c: at for c, at in columns.items() if "period" in at}
    if len(dated) > 2:
        return Labelled(table.labels, False, dated)
    if 2 * sum(periods.read(label) is not None for label in table.labels) > len(table.labels):
        return Labelled(table.labels, True, columns)
    return None


def observed(folder: Path, labels: Labelled, values: Values) -> Observations:
    """The table as amyqa reads it."""
    lines = [",".join(["Row", *(f"C{c}" for c in labels.columns)])]
    for r, label in enumerate(labels.rows):
        name = label if labels.down else f"{r} {label}"
        cells = [f"{values[r, c]:f}" if (r, c) in values else "" for c in labels.columns]
        lines.append(",".join(['"' + name.replace('"', "'") + '"', *cells]))
    spec = {
        "title": "table", "family": "general", "negative": True,
        "rows": {"dimension": "period" if labels.down else "row"},
        "columns": {f"C{c}": at for c, at in labels.columns.items()},
    }  # fmt: skip
    base = folder / "table"
    base.with_suffix(".csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    base.with_suffix(".yaml").write_text(yaml.safe_dump(spec, allow_unicode=True), encoding="utf-8")
    problems = Problems()
    table = read_table(
        "table", base.with_suffix(".csv"), base.with_suffix(".yaml"), ("csv", "yaml"), problems
    )
    problems.raise_if_any()
    assert table is not None
    return observe(table)


def judged(observations: Observations, rules: Iterable[Rule], given: Mapping[str, Any]) -> dict[str, Outcome]:
    """What each rule says of a table."""
    found = {}
    with Session() as session:
        [batch] = session.load([observations])
        for rule in rules:
            names = {parameter.name for parameter in rule.parameters}
            assert rule.bind is not None
            arguments, reason = rule.bind({k: v for k, v in given.items() if k in names}, observations)
            if not reason:
                found[rule.name] = session.ask(batch, rule, {0: arguments})[0]
    return found


def misprints(value: Decimal) -> Iterable[tuple[str, Decimal]]:
    """Misprints of a number that change it by half or more."""
    text = f"{abs(value):f}"
    whole, _, rest = text.partition(".")
    tail = f".{rest}" if rest else ""
    wrong = {"digit more": Decimal(f"{whole}0{tail}")}
    if len(whole) > 2:
        wrong["digit less"] = Decimal(f"{whole[:-1]}{tail}")
        wrong["leading digits exchanged"] = Decimal(f"{whole[1]}{whole[0]}{whole[2:]}{tail}")
    for kind, number in wrong.items():
        if number > 0 and not Decimal("0.667") < abs(number / value) < Decimal("1.5"):
            yield kind, number.copy_sign(value)


def planted(
    folder: Path, labels: Labelled, values: Values, given: Mapping[str, Any], pick: random.Random
) -> dict[str, list[bool]]:
    """A misprint in every series: by its kind, whether outliers names its cell."""
    order = list(labels.columns)
    wrong: Values = {}
    kinds: dict[tuple[int, int], str] = {}
    for series in series_of(labels, values):
        at = pick.choice(series)
        if abs(values[at]) >= 100 and (ways := list(misprints(values[at]))):
            kinds[at], wrong[at] = pick.choice(ways)
    observations = observed(folder, labels, values | wrong)
    outcome = judged(observations, [outliers.RULE], given)["outliers"]
    named = {observations.integers["OBS_CELL"][int(str(v["record"])) - 1] for v in outcome.violations}
    caught: dict[str, list[bool]] = {}
    for (r, c), kind in kinds.items():
        caught.setdefault(kind, []).append(r * len(order) + order.index(c) + 1 in named)
    return caught


def series_of(labels: Labelled, values: Values) -> list[list[tuple[int, int]]]:
    """The cells of each series of four numbers and more."""
    found: dict[tuple[Any, ...], list[tuple[int, int]]] = {}
    for r, c in values:
        if c in labels.columns:
            found.setdefault((c,) if labels.down else (r, labels.columns[c]["item"]), []).append((r, c))
    return [cells for cells in found.values() if len(cells) > 3]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--errors", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", nargs="*", default=[])
    options = parser.parse_args()
    given = dict(item.split("=", 1) for item in options.set)
    caught: dict[str, list[bool]] = {}
    pick = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        for path in sorted(path.parent for path in options.folder.glob("*/meta.json")):
            if max(file.stat().st_size for file in path.glob("table.csv*")) > MAX_BYTES:
                print(json.dumps({"table": path.name, "left out": "too large"}))
                continue
            table = Published(path)
            labels = labelled(table)
            if labels is None or not table.values:
                continue
            observations = observed(Path(name), labels, table.values)
            outcomes = judged(observations, RULES, given)
            wrong = {
                observations.integers["OBS_CELL"][int(str(v["record"])) - 1]
                for rule in ("outliers", "growth") if rule in outcomes
                for v in outcomes[rule].violations
            }  # fmt: skip
            line: dict[str, Any] = {"table": path.name, "cells": len(table.values)}
            for rule, outcome in outcomes.items():
                line[rule] = [len(outcome.violations), outcome.subjects, len(outcome.unjudged)]
            outlying = len(outcomes["outliers"].violations) if "outliers" in outcomes else 0
            line["cells with a warning"] = len(wrong)
            line["quiet"] = outlying * PER_WARNING <= len(table.values)
            print(json.dumps(line, ensure_ascii=False))
            if options.errors:
                for _ in range(options.errors):
                    for kind, hits in planted(Path(name), labels, table.values, given, pick).items():
                        caught.setdefault(kind, []).extend(hits)
    for kind, hits in caught.items():
        print(f"{kind}: {sum(hits)} of {len(hits)} found ({sum(hits) / len(hits):.0%})")


if __name__ == "__main__":
    main()
