"""Which check of what a report is: yearbook, editions, the data's commit, time and version."""

from __future__ import annotations

from collections.abc import Iterable

from amyqa.errors import AmyqaError
from amyqa.model import Imprint
from amyqa.project import TableFiles, Yearbook
from amyqa.reading.git import find_commit, holds
from amyqa.reports.formats import now
from amyqa.version import VERSION


def imprint(yearbook: Yearbook, tables: Iterable[TableFiles]) -> Imprint:
    """The imprint of a check of these tables, made now."""
    known = list(tables)
    editions = dict.fromkeys(files.id.partition("/")[0] for files in known if "/" in files.id)
    commit, changed = _commit(yearbook, known)
    return Imprint(yearbook.root.name, tuple(editions), now(), VERSION, commit, changed)


def _commit(yearbook: Yearbook, tables: Iterable[TableFiles]) -> tuple[str, bool]:
    """The commit that the yearbook is at, and whether a table is not as it is there; "" without one."""
    root = yearbook.root.absolute()
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return "", False
    try:
        commit = find_commit(root, "HEAD")
    except AmyqaError:  # no git, not trusted, or nothing committed yet
        return "", False
    paths = [path for files in tables for path in (files.csv, files.yaml)]
    return commit.hash, not holds(commit, {yearbook.shown(path): path for path in paths if path.exists()})
