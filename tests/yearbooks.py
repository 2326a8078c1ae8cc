"""Yearbooks for tests: the shipped one copied, or a tiny one written from a few lines."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from amyqa.errors import AmyqaError, Problems
from amyqa.model import Table
from amyqa.reading.table import read_table
from amyqa.rules.observations import Observations, observe
from amyqa.rules.suite import Suite, read_suite
from tests.oracle import Described, Formula, Token

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = "2005/cambodia"

SCHEMA = """\
import pandera.pandas as pa

import amyqa.pandera  # registers the checks

schema = pa.DataFrameSchema(
    name="general",
    columns={{"OBS_VALUE": pa.Column("Int64", nullable=True)}},
    checks=[{checks}],
)
"""
TOTALS = "expect_totals_to_equal_the_sum_of_their_parts"
STATED = "expect_stated_identities_to_hold"


def shipped(root: Path, *tables: str) -> Path:
    """A copy of the repository's own yearbook, or of some tables of its chapter."""
    for folder in ("schemas", "checks", "seeds"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    if not tables:
        shutil.copytree(ROOT / "data", root / "data")
    for name in tables:
        for ending in ("csv", "yaml"):
            source = ROOT / "data" / CHAPTER / f"{name}.{ending}"
            target = root / "data" / CHAPTER / source.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return root


def to_csv(lines: Sequence[Sequence[str]]) -> str:
    """Lines of fields as CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue()


def to_yaml(content: object) -> str:
    """YAML as people write it, in the order given."""
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=200)


def write_table(root: Path, id: str, lines: Sequence[Sequence[str]] | str, spec: Mapping[str, Any]) -> Path:
    """Write a table's CSV and YAML; returns the CSV's path."""
    path = root / "data" / f"{id}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(lines if isinstance(lines, str) else to_csv(lines), encoding="utf-8")
    whole = {"title": id, "family": "general", **spec}
    path.with_suffix(".yaml").write_text(to_yaml(whole), encoding="utf-8")
    return path


def write_family(
    root: Path, family: str = "general", *, entries: Sequence[Mapping[str, Any]] = (), checks: str = "",
    schema: str | None = None, suite: str | None = None,
) -> None:  # fmt: skip
    """Write a family's schema and suite.

    Args:
        entries: of the suite.
        checks: of the schema, as Python.
        schema, suite: the whole files instead.
    """
    for folder in ("schemas", "checks"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    python = SCHEMA.format(checks=checks) if schema is None else schema
    (root / "schemas" / f"{family}.py").write_text(python, encoding="utf-8")
    content = to_yaml({"name": family, "expectations": list(entries)}) if suite is None else suite
    (root / "checks" / f"{family}.yaml").write_text(content, encoding="utf-8")


def read_back(root: Path, id: str) -> Table:
    """Read one table, as the pipeline does.

    Raises:
        AmyqaError: what is wrong in its files.
    """
    problems = Problems()
    base = root / "data" / id
    shown = (f"data/{id}.csv", f"data/{id}.yaml")
    table = read_table(id, base.with_suffix(".csv"), base.with_suffix(".yaml"), shown, problems)
    problems.raise_if_any()
    assert table is not None
    return table


def observations(root: Path, lines: Sequence[Sequence[str]] | str, spec: Mapping[str, Any]) -> Observations:
    """The observations of one table, written and read."""
    write_table(root, "table", lines, spec)
    return observe(read_back(root, "table"))


def suite_of(root: Path, text: str, family: str = "general") -> Suite:
    """Read a suite.

    Raises:
        AmyqaError: what is wrong in it.
    """
    path = root / f"{family}.yaml"
    path.write_text(text, encoding="utf-8")
    problems = Problems()
    suite = read_suite(path, f"checks/{family}.yaml", family, frozenset, problems)
    problems.raise_if_any()
    assert suite is not None
    return suite


def problems_of(error: AmyqaError) -> list[str]:
    """What an error says, line by line."""
    return [str(problem) for problem in error.problems]


# --- tables described in the abstract, as files ----------------------------------------------


def printed(token: Token) -> str:
    """A token as it may be printed."""
    if token.printed or token.kind in ("nil", "missing"):
        return token.printed
    scaled = abs(token.value) * 10**token.decimals
    assert scaled.denominator == 1, "more digits than are printed"
    digits = str(scaled.numerator).rjust(token.decimals + 1, "0")
    whole, fraction = digits[: len(digits) - token.decimals], digits[len(digits) - token.decimals :]
    number = f"{int(whole):,}" + (f".{fraction}" if fraction else "")
    number = f"-{number}" if token.value < 0 else number
    bounds = {"at least": "{} up", "above": "over {}", "at most": "{} or less", "below": "<{}"}
    return bounds.get(token.kind, "{}").format(number)


def row_label(table: Described, row: int) -> str:
    """A row's label as formulas name it."""
    return " | ".join(table.rows[row])


def column_label(column: int) -> str:
    """A column's label."""
    return f"C{column}"


def as_files(table: Described) -> tuple[list[list[str]], dict[str, Any]]:
    """A described table as lines of CSV and as its YAML."""
    keys = [f"K{i}" for i in range(len(table.row_dimensions))]
    lines = [[*keys, *(column_label(c) for c in range(len(table.columns)))]]
    for row, tokens in zip(table.rows, table.tokens, strict=True):
        lines.append([*row, *map(printed, tokens)])
    rows: dict[str, Any] = {"dimension": table.row_dimensions[0]}
    if len(keys) > 1:
        rows = {"dimensions": dict(zip(keys, table.row_dimensions, strict=True))}
    total = table.totals.get(table.row_dimensions[0])
    if any(row[0] == total for row in table.rows):
        rows["total"] = total
    columns = {
        column_label(c): {name: codes[0] if len(codes) == 1 else list(codes) for name, codes in col.items()}
        for c, col in enumerate(table.columns)
    }
    spec: dict[str, Any] = {"nil": ["-"], "rows": rows, "columns": columns}
    if table.nested:
        spec["codes"] = {
            name: {total: list(parts) for total, parts in nested.items()}
            for name, nested in table.nested.items()
        }
    if table.zeros:
        spec["zero"] = [dict(zero) for zero in table.zeros]
    if table.uncertain:
        spec["uncertain"] = {row_label(table, row): "it cannot be placed" for row in table.uncertain}
    if table.exact:
        spec["exact"] = True
    if table.rounded is not None:
        spec["rounded"] = float(table.rounded) if table.rounded.denominator > 1 else int(table.rounded)
    if table.negative:
        spec["negative"] = True
    if table.formulas:
        spec["identities"] = _sections(table.formulas)
    return lines, spec


def _sections(formulas: Sequence[Formula]) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    for formula in formulas:
        texts = sections.setdefault(formula.section, [])
        if formula.text not in texts:
            texts.append(formula.text)
    return sections


def described(root: Path, table: Described) -> Observations:
    """The observations of a described table."""
    return observations(root, *as_files(table))
