"""What a correction leaves on disk: the corrected CSVs, the printed ones, and the log of changes."""

from __future__ import annotations

import csv
import io
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from amyqa.characters import harmless, visible
from amyqa.errors import BadInput, Problem, Problems
from amyqa.fixing import Correction, Fixed, journal
from amyqa.fixing.journal import COLUMNS, LOG
from amyqa.model import Table
from amyqa.project import TableFiles, Yearbook
from amyqa.reading.sheet import part_of
from amyqa.reading.writing import write_atomically
from amyqa.sources import source_of

PRINTED = ".printed"
"""The printed file of a table that is corrected in place is kept under its name and this ending."""

# a figure with its sign, separators, brackets and percent sign, or a dash alone
_FIGURE = re.compile(r"\s*+[-+−]?[\d.,'’\s%]*+")


def write(
    fixed: Fixed, tables: Iterable[Table], yearbook: Yearbook, to: Path | None, *, again: bool = False
) -> tuple[Yearbook, Path | None]:
    """Write what was corrected.

    Args:
        tables: at least those that were corrected.
        to: a folder for copies; None: in place.
        again: in place, one correction after the other: what was printed before the first of them is kept.

    Returns:
        The yearbook with its corrected tables, wherever they are; and the log, if there is one.

    Raises:
        BadInput: something would be overwritten, or cannot be written.
    """
    if to is None:
        journal.finish(yearbook)
    files = {each.id: each for each in yearbook.tables if each.id in fixed.tables}
    contents = {table.id: _corrected(fixed, table, files[table.id]) for table in tables if table.id in files}
    if to is not None:
        copies, log = _write_copies(fixed, contents, files, yearbook, to)
        return replace(yearbook, tables=tuple(copies.get(each.id, each) for each in yearbook.tables)), log
    if not files:
        return yearbook, None
    rows = {id: [c for c in fixed.corrections if c.change.cell.table == id] for id in files}
    planned = [(each.csv, contents[id], rows[id]) for id, each in files.items()]
    return yearbook, in_place(yearbook, planned, again=again)


def _write_copies(
    fixed: Fixed, contents: Mapping[str, bytes], files: Mapping[str, TableFiles], yearbook: Yearbook, to: Path
) -> tuple[dict[str, TableFiles], Path]:
    """Corrected CSVs with their YAMLs under a folder, by their paths in the yearbook, and the log."""
    target = _outside(to, yearbook)
    copies = {
        id: TableFiles(
            id, target / each.csv.relative_to(yearbook.root), target / each.yaml.relative_to(yearbook.root)
        )
        for id, each in files.items()
    }
    _refuse_strangers(target, {copy.csv for copy in copies.values()}, to)
    log = changes(fixed.corrections)
    if journal.earlier(target / LOG) not in ("", log):
        (target / LOG).unlink()  # while copies are written it would tell of others
    yamls = {id: _bytes(each.yaml, yearbook.shown(each.yaml)) for id, each in files.items()}
    problems = Problems()
    for id, copy in copies.items():
        printed = _bytes(files[id].csv, yearbook.shown(files[id].csv))
        for path, known in ((copy.yaml, (yamls[id],)), (copy.csv, (printed, contents[id]))):
            if (path.exists() or path.is_symlink()) and _bytes(path, str(path)) not in known:
                message = f"is not overwritten: it is no copy of {yearbook.shown(files[id].csv)} as it is now"
                advice = "name an empty folder with --to, or remove it"
                problems.add(BadInput, Problem(message, advice, str(to / path.relative_to(target))))
    problems.raise_if_any()
    for id, copy in copies.items():
        write_atomically(copy.yaml, yamls[id])
        write_atomically(copy.csv, contents[id])
    write_atomically(target / LOG, log)
    return copies, to / LOG


def in_place(
    yearbook: Yearbook, planned: Sequence[tuple[Path, bytes, Sequence[Correction]]], *, again: bool = False
) -> Path:
    """Replace files by their corrected contents, each printed one kept beside it; the yearbook's log grows.

    Stopped at any moment, it is gone on with by running it again: a printed file that is kept and equals
    the file is its own, and the journal knows of each file whether it was replaced.

    Args:
        planned: a file, what it will hold, and what was corrected in it.
        again: one correction after the other: what was printed before the first of them is kept.

    Raises:
        BadInput: something would be overwritten, or cannot be written.
    """
    printed = {file: _bytes(file, yearbook.shown(file)) for file, _, _ in planned}
    problems = Problems()
    for file, content in printed.items():
        kept = _kept(file)
        another = kept.exists() and not again and _bytes(kept, yearbook.shown(kept)) != content
        if kept.is_symlink() or another:
            message = "holds what was printed before an earlier correction"
            problems.add(BadInput, Problem(message, "move it away first", yearbook.shown(kept)))
        if file.is_symlink():
            message = "is a link, and what it leads to is not replaced"
            problems.add(BadInput, Problem(message, "name a folder with --to", yearbook.shown(file)))
    log = yearbook.root / LOG
    with problems.gathered():
        journal.earlier(log)
    problems.raise_if_any()
    modes = {file: stat.S_IMODE(file.stat().st_mode) for file in printed}
    for file, content in printed.items():
        if not (again and _kept(file).exists()):
            write_atomically(_kept(file), content, modes[file])
    journal.begin(yearbook, [(file, content, changes(made)) for file, content, made in planned])
    for file, content, _ in planned:
        write_atomically(file, content, modes[file])
    journal.finish(yearbook)
    return log


def _kept(file: Path) -> Path:
    return file.with_name(file.name + PRINTED)


def _corrected(fixed: Fixed, table: Table, files: TableFiles) -> bytes:
    edits = {
        (cell.line, cell.position): (cell.token, token) for cell, token in fixed.tokens(table.id).items()
    }
    raw = _bytes(files.csv, table.file)
    return source_of(files.csv).replace(raw, table.file, part_of(table.spec), edits)


def _bytes(file: Path, shown: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput([Problem(f"cannot be read: {error.strerror or 'unreadable'}", file=shown)]) from error


def _outside(to: Path, yearbook: Yearbook) -> Path:
    """The folder for the copies, which must not make them part of the yearbook.

    Raises:
        BadInput: they would be.
    """
    target = to.resolve()
    if target == yearbook.root or target.is_relative_to(yearbook.root / "data"):
        advice = "name another folder, or correct the yearbook itself with --in-place"
        raise BadInput([Problem("is the yearbook that was printed", advice, str(to))])
    return target


def _refuse_strangers(target: Path, known: set[Path], to: Path) -> None:
    """A copy left by an earlier run would pass for a result of this one."""
    endings = (".csv", ".tsv")
    found = sorted(p for p in (target / "data").rglob("*") if p.suffix.lower() in endings and p not in known)
    if found:
        advice = "name an empty folder with --to, or remove it"
        message = "is not a copy that this run makes"
        raise BadInput([Problem(message, advice, str(to / file.relative_to(target))) for file in found])


def changes(corrections: Iterable[Correction]) -> str:
    """The log as CSV: a line for every field that was replaced."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in corrections:
        change, cell = each.change, each.change.cell
        old, new = (visible(t) if _FIGURE.fullmatch(t) else harmless(t) for t in (cell.token, each.new))
        # rounded down, so that none is shown to reach a threshold that it is below
        likelihood = f"{int(each.likelihood * 10_000) / 10_000:.4f}"
        texts = (cell.table, cell.row, cell.column, cell.file)
        last = (harmless(change.kind), change.role, likelihood, harmless(change.message))
        writer.writerow([*map(harmless, texts), cell.line, old, new, *last])
    return out.getvalue()
