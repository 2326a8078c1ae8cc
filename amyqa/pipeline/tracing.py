"""From printed tokens to the lines of the document they come from."""

from __future__ import annotations

from pathlib import Path

from amyqa.errors import Problems
from amyqa.loading import Loaded
from amyqa.project import open_yearbook, select
from amyqa.reading.proving import prove
from amyqa.reading.seeds import verify_document
from amyqa.reading.tracing import trace


def trace_yearbook(path: Path, document: Path | None = None) -> tuple[dict[str, int], tuple[str, ...]]:
    """Prove that every token of a yearbook's data stands at its line in the seeds.

    Args:
        path: the yearbook, or something in it.
        document: the printed document itself, to prove the seeds by.

    Returns:
        Tokens traced, by table; and the tables that name no source.

    Raises:
        Untraced: tokens that do not stand where they should, the first of each table.
        AmyqaError: a file that cannot be read.
    """
    yearbook = open_yearbook(path)
    problems = Problems()
    loaded = Loaded(yearbook, problems)
    tables = [t for files in select(yearbook, [path]) if (t := loaded.table(files.id)) is not None]
    problems.raise_if_any()
    if document is not None:
        carried = [seeds for seeds in loaded.seeds.values() if seeds is not None]
        # of several documents' seeds, those of this one; with a single file it must be this one
        named = [seeds for seeds in carried if seeds.document == document.name]
        for printed in named if len(carried) > 1 and named else carried:
            verify_document(printed, document, str(document))
    traced: dict[str, int] = {}
    for table in tables:
        source = table.spec.source
        if source is not None and source.sha256 is not None:
            with problems.gathered():
                traced[table.id] = prove(table, yearbook.root / source.document, source.document)
            continue
        seeds = loaded.seeds.get(source.document) if source is not None else None
        if seeds is not None:
            with problems.gathered():
                traced[table.id] = trace(table, seeds)
    problems.raise_if_any()
    return traced, tuple(table.id for table in tables if table.id not in traced)
