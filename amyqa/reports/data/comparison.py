"""A comparison of two states as JSON, version 1."""

from __future__ import annotations

import json
from typing import Any

from amyqa.characters import HIDDEN
from amyqa.comparing.comparison import Comparison, Line, Revision, TableComparison
from amyqa.model import Cell, Finding
from amyqa.reports.data.json import exact

VERSION = 1


def render(comparison: Comparison) -> str:
    """The comparison as JSON text; numbers are exact, as in the report's."""
    told = {
        "version": VERSION,
        "old": comparison.old,
        "new": comparison.new,
        "worse": comparison.worse,
        "tables": [_table(table) for table in comparison.tables],
        "added": [table.id for table in comparison.added],
        "removed": [table.id for table in comparison.removed],
        "failed": list(comparison.failed),
        "not_compared": list(comparison.skipped),
    }
    text = json.dumps(told, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    return HIDDEN.sub(lambda match: match[0] if match[0] == "\n" else f"\\u{ord(match[0]):04x}", text)


def _table(table: TableComparison) -> dict[str, Any]:
    return {
        "old": table.old.id,
        "new": table.new.id,
        "title": table.title,
        "aligned_by": table.aligned_by,
        "unchanged": table.unchanged,
        "added": [_line(line) for line in table.added],
        "removed": [_line(line) for line in table.removed],
        "revised": [_revision(revision) for revision in table.revisions],
        "checks": {
            "mended": table.mended,
            "newly_broken": [_finding(finding) for finding in table.newly_broken],
            "broken_as_before": table.still,
            "no_longer_made": table.gone,
        },
        "corrections_not_made": [{**_cell(cell), "right": right} for cell, right in table.repeated],
        "announced_but_unchanged": [{**_cell(cell), "announced": said} for cell, said in table.unkept],
    }


def _line(line: Line) -> dict[str, Any]:
    what = "row" if line.is_row else "column"
    return {what: line.label, "cells": line.cells, "whole": line.whole}


def _revision(revision: Revision) -> dict[str, Any]:
    return {
        **_cell(revision.new),
        "old": revision.old.token.strip(),
        "new": revision.new.token.strip(),
        "difference": None if revision.difference is None else exact(revision.difference),
        "share": revision.share,
        "announced": revision.announced or None,
        "follows": revision.follows or None,
        "proposed": None if revision.proposed is None else exact(revision.proposed),
        "as_proposed": revision.as_proposed,
        "returned": revision.returned or None,
        "mends": [_finding(finding) for finding in revision.mends],
        "breaks": [_finding(finding) for finding in revision.breaks],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {"row": cell.row, "column": cell.column, "file": cell.file, "line": cell.line}


def _finding(finding: Finding) -> dict[str, Any]:
    return {"id": finding.id, "table": finding.table, "rule": finding.rule, "message": finding.message}
