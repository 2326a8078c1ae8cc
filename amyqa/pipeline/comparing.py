"""A check compared with the yearbook as it was at a commit: what was there already is known."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from amyqa.errors import AmyqaError, Problem
from amyqa.model import Report
from amyqa.project import TableFiles, Yearbook, open_yearbook
from amyqa.reading.git import Commit, find_commit, restore

Then: TypeAlias = tuple[Yearbook, Sequence[TableFiles]]

FOLDERS = ("data", "schemas", "checks", "seeds")
"""What a check reads. Decisions are those of today."""


def compared(
    report: Report,
    yearbook: Yearbook,
    tables: Sequence[TableFiles],
    ref: str,
    check: Callable[[Then], Report],
) -> Report:
    """The report with the findings marked that the yearbook had at `ref` already.

    Args:
        check: checks tables of a yearbook.

    Raises:
        AmyqaError: there is no such commit, or the yearbook of then cannot be checked.
    """
    commit = find_commit(yearbook.root, ref)
    known = _findings(commit, {files.id for files in tables}, check)
    findings = tuple(replace(each, known=each.id in known) for each in report.findings)
    return replace(report, findings=findings, since=ref)


def _findings(commit: Commit, ids: set[str], check: Callable[[Then], Report]) -> frozenset[str]:
    """Ids of what was found then in these tables; none where there was no yearbook yet."""
    with tempfile.TemporaryDirectory(prefix="amyqa-") as folder:
        root = Path(folder).resolve()
        restore(commit, FOLDERS, root)
        if not (root / "data").is_dir():
            return frozenset()
        then = open_yearbook(root)
        tables = [files for files in then.tables if files.id in ids]
        try:
            return frozenset(finding.id for finding in check((then, tables)).findings)
        except AmyqaError as error:
            advice = "compare with a commit whose yearbook can be checked"
            cannot = Problem(f"the yearbook of {commit.ref} cannot be checked", advice)
            then_named = [replace(each, file=f"{commit.ref}:{each.file}") for each in error.problems]
            raise AmyqaError([cannot, *then_named]) from error
