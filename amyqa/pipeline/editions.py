"""Two states of tables checked and compared: commits, folders, files or editions."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from amyqa.comparing.comparison import Comparison, Side, compare
from amyqa.comparing.corrections import Corrections, corrections
from amyqa.errors import AmyqaError, BadInput, Problem, Problems, did_you_mean
from amyqa.fixing.journal import LOG
from amyqa.model import Report
from amyqa.pipeline import deciding
from amyqa.pipeline.checking import Named, checked
from amyqa.pipeline.comparing import FOLDERS
from amyqa.pipeline.files import check_files, outside
from amyqa.pipeline.running import Engine
from amyqa.project import TableFiles, Yearbook, open_yearbook
from amyqa.reading.git import find_commit, restore
from amyqa.sources.files import read_text


@dataclass(frozen=True, slots=True)
class _State:
    """What one of the two names.

    Args:
        files: files of no yearbook; then there is no `yearbook`.
        part: the tables' ids begin so; "" for a whole yearbook.
        cubes: ids of those that it has, which are not compared.
    """

    label: str
    yearbook: Yearbook | None
    tables: tuple[TableFiles, ...] = ()
    files: tuple[Path, ...] = ()
    part: str = ""
    is_file: bool = False
    cubes: tuple[str, ...] = ()


def compare_states(old: str, new: str, engine: Engine | None) -> Comparison:
    """Check two states of tables, and compare them.

    Args:
        old, new: each a folder, a file, an edition of the yearbook that we are in, or a commit.

    Raises:
        AmyqaError: one of them is nothing of that, or cannot be checked.
    """
    with ExitStack() as stack:
        states = [_state(name, stack) for name in (old, new)]
        before, now = _matched(states[0], states[1])
        found = compare(*(_side(each, keys, engine) for each, keys in (before, now)))
    return replace(found, skipped=tuple(dict.fromkeys(id for each in states for id in each.cubes)))


def _state(name: str, stack: ExitStack) -> _State:
    path = Path(name)
    with suppress(OSError, ValueError):
        if path.exists():
            return _of_path(name, path)
    yearbook = open_yearbook(Path())
    if "/" not in name and (yearbook.root / "data" / name).is_dir():
        return _of_path(name, yearbook.root / "data" / name)
    try:
        commit = find_commit(yearbook.root, name)
    except BadInput as error:
        editions = sorted({each.id.partition("/")[0] for each in yearbook.tables})
        advice = did_you_mean(name, editions) or "name a folder, a file, an edition or a commit"
        message = f"there is no path, edition or commit {name!r}"
        raise BadInput([Problem(message, advice)]) from error
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="amyqa-"))).resolve()
    restore(commit, (*FOLDERS, "decisions", LOG), folder)
    if not (folder / "data").is_dir():
        raise BadInput([Problem(f"{name} has no data/", "compare with a commit that has a yearbook here")])
    then = open_yearbook(folder)
    named = Named.by(then, [folder])
    return _State(name, then, named.tables, cubes=tuple(each.id for each in named.cubes))


def _of_path(name: str, path: Path) -> _State:
    if files := outside([path]):
        return _State(name, None, files=tuple(files), is_file=path.is_file())
    yearbook = open_yearbook(path)
    named = Named.by(yearbook, [path])
    inside = path.resolve()
    part = ""
    if inside.is_dir() and inside.is_relative_to(yearbook.root / "data"):
        part = inside.relative_to(yearbook.root / "data").as_posix() + "/"
        part = "" if part == "./" else part
    cubes = tuple(each.id for each in named.cubes)
    return _State(name, yearbook, named.tables, part=part, is_file=path.is_file(), cubes=cubes)


_Keyed = tuple[_State, Mapping[str, str]]


def _matched(old: _State, new: _State) -> tuple[_Keyed, _Keyed]:
    """Which tables of the two belong together: both with the keys of their tables, by ids.

    Two files are one another's; in two folders the paths below them count; else the ids. A table that
    revises one of another name (``revises:``) is not paired with it.
    """
    if old.is_file and new.is_file:
        return (old, {"": ""}), (new, {"": ""})
    if not (old.part and new.part):
        part, file = old.part or new.part, next((s for s in (old, new) if s.is_file and s.yearbook), None)
        ids = {each.id for each in file.tables} if file is not None else None
        return _whole(old, part, ids), _whole(new, part, ids)
    return tuple((each, {t.id: t.id.removeprefix(each.part) for t in each.tables}) for each in (old, new))  # type: ignore[return-value]


def _whole(state: _State, part: str, ids: set[str] | None) -> _Keyed:
    """A whole yearbook beside a part of one: only what is of that part."""
    kept = [t for t in state.tables if t.id.startswith(part) and (ids is None or t.id in ids)]
    return replace(state, tables=tuple(kept)), {each.id: each.id for each in kept}


def _side(state: _State, keys: Mapping[str, str], engine: Engine | None) -> Side:
    """One state checked.

    Raises:
        AmyqaError: it cannot be.
    """
    if state.yearbook is None:
        report, _ = check_files(state.files, engine)
        return Side(state.label, report, _keys(report, keys), Corrections())
    if not state.tables:
        raise BadInput([Problem(f"{state.label} has none of the tables to compare", "name another")])
    try:
        report = checked(state.yearbook, state.tables, engine)
    except AmyqaError as error:
        cannot = Problem(f"{state.label} cannot be checked", "compare with what can be")
        named = [replace(each, file=f"{state.label}:{each.file}") for each in error.problems]
        raise AmyqaError([cannot, *named]) from error
    found = _keys(report, keys)
    problems = Problems()
    decisions = deciding.decisions_about(state.yearbook, state.tables, problems)  # as far as they can be read
    return Side(state.label, report, found, corrections(found, decisions, _log(state.yearbook)))


def _keys(report: Report, keys: Mapping[str, str]) -> dict[str, str]:
    """The key of each table that was checked: as given; of a file, its place in it."""
    ids = [table.id for table in report.tables]
    if len(ids) == 1 and keys == {"": ""}:
        return {ids[0]: ""}
    return {id: keys.get(id, id.partition("/")[2] or id) for id in ids}


def _log(yearbook: Yearbook) -> Sequence[Mapping[str, str]]:
    """The lines of the log of corrections; none where it is none of ours."""
    return list(_lines(yearbook.root / LOG))


def _lines(path: Path) -> Iterator[dict[str, str]]:
    if not path.is_file():
        return
    with suppress(AmyqaError, csv.Error):
        for line in csv.DictReader(io.StringIO(read_text(path, LOG), newline="")):
            yield {str(key): value for key, value in line.items() if isinstance(value, str)}
