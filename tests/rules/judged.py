"""The rules that ran on a case, with their arguments as they were bound to its table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from amyqa.model import Report
from amyqa.pipeline.checking import evaluate
from amyqa.pipeline.running import TableRun
from amyqa.project import open_yearbook, select
from tests.yearbooks import ROOT, write_family, write_table

FOLDER = Path(__file__).parent / "cases"
FILES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))
}
CASES = [(name, case) for name, content in FILES.items() for case in content["cases"]]
FAMILY = "example"


def written(root: Path, case: dict[str, Any]) -> Path:
    """A case as a yearbook; returns the CSV of the table that is judged."""
    schema = case.get("schema")
    if schema is not None and "\n" not in schema:
        schema = (ROOT / "schemas" / f"{schema}.py").read_text(encoding="utf-8")
    write_family(root, FAMILY, entries=case.get("suite", ()), schema=schema)
    paths = []
    for id, table in case["tables"].items():
        spec = table.get("spec")
        paths.append(write_table(root, id, table["csv"], {"family": FAMILY, **(spec or {})}))
        if spec is None:
            paths[-1].with_suffix(".yaml").unlink()
    return paths[0]


def runs(root: Path, case: dict[str, Any]) -> tuple[Report, TableRun]:
    """What the rules yielded, in DuckDB."""
    path = written(root, case)
    yearbook = open_yearbook(path)
    done = evaluate(yearbook, select(yearbook, [path]), "duckdb")
    return done.report, done.tables[0]
