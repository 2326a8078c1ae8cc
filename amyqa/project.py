"""A yearbook on disk: its tables, schemas and suites, found by their place and name."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from amyqa.errors import BadInput, Problem, Problems, did_you_mean
from amyqa.model import Original
from amyqa.sources import is_source

CUBE_FILES = (
    ".parquet", ".pq", ".csv", ".tsv", ".csv.gz", ".tsv.gz", ".duckdb", ".db",
)  # fmt: skip
"""Endings of a cube's file; a folder of them has none."""
_DIMENSIONS = re.compile(rb"^dimensions[ \t]*:", re.MULTILINE)
_CODE_LIST = re.compile(rb"\A(\xef\xbb\xbf)?code,parent\b")
_BEGINNING = 65_536
_KINDS = {".csv": "CSV", ".tsv": "CSV", ".yaml": "YAML", ".yml": "YAML"}


@dataclass(frozen=True, slots=True)
class TableFiles:
    """A table's two files.

    Args:
        id: path under ``data/`` without its ending.
        csv, yaml: where they are; what is printed may be in any format that there is a source for.
    """

    id: str
    csv: Path
    yaml: Path


@dataclass(frozen=True)
class Yearbook:
    """A folder with ``data/``, and ``schemas/`` and ``checks/`` for families that amyqa does not ship.

    Args:
        root: the folder.
        tables: all tables, in the order of their ids.
        defects: what keeps a path under ``data/`` from being (part of) a table.
        originals: what tables were made of, by their ids, where people know them by that.
        cubes: long files of observations, which are no tables of rows and columns.
    """

    root: Path
    tables: tuple[TableFiles, ...]
    defects: Mapping[Path, Problem] = field(default_factory=dict)
    originals: Mapping[str, Original] = field(default_factory=dict)
    cubes: tuple[TableFiles, ...] = ()

    def shown(self, path: Path) -> str:
        """A path as people know it: relative to the yearbook, or to what amyqa ships."""
        if path.is_relative_to(self.root):
            return path.relative_to(self.root).as_posix()
        if (home := shipped_families()) in path.parents:
            return f"{path.relative_to(home).as_posix()} (shipped with amyqa)"
        return str(path)

    def schema(self, family: str) -> Path:
        """Where a family's schema is."""
        return family_files(self._home(family), family)[0]

    def suite(self, family: str) -> Path:
        """Where a family's suite is."""
        return family_files(self._home(family), family)[1]

    def _home(self, family: str) -> Path:
        """Where both files of a family are: here if it has either, else with the shipped ones."""
        home = shipped_families()
        own = any(path.exists() for path in family_files(self.root, family))
        return self.root if own or family not in _families(home) else home

    @property
    def decisions(self) -> Path:
        """Where decisions on findings are, if there are any."""
        return self.root / "decisions"

    @property
    def families(self) -> tuple[str, ...]:
        """Families that have a schema, this yearbook's own and the shipped ones."""
        return tuple(sorted({*_families(self.root), *_families(shipped_families())}))


def shipped_families() -> Path:
    """The folder of the families that amyqa ships: in its package, or the checkout it runs from."""
    package = Path(__file__).resolve().parent
    return package / "shipped" if (package / "shipped").is_dir() else package.parent


def family_files(root: Path, family: str) -> tuple[Path, Path]:
    """A family's schema and suite in a yearbook, there or not."""
    return root / "schemas" / f"{family}.py", root / "checks" / f"{family}.yaml"


def _families(root: Path) -> list[str]:
    return [path.stem for path in (root / "schemas").glob("*.py") if not path.stem.startswith("_")]


def open_yearbook(path: Path) -> Yearbook:
    """The yearbook that a path belongs to: the nearest folder above with ``data/``.

    A folder without ``schemas/`` and ``checks/`` counts for itself and for what lies in its ``data/``
    only, so that some other ``data`` further up is not taken for a yearbook.

    Raises:
        BadInput: there is no such path, or it belongs to no yearbook.
    """
    start = _place(path)
    incomplete = None
    for folder in (start, *start.parents):
        if not _is_folder(folder / "data"):
            continue
        if _is_folder(folder / "schemas") or _is_folder(folder / "checks"):
            return _read(folder)
        if incomplete is None and (start == folder or start.is_relative_to(folder / "data")):
            incomplete = folder
    if incomplete is not None:
        return _read(incomplete)
    advice = "a yearbook is a folder with data/, schemas/ and checks/; start one: amyqa init DIR"
    raise BadInput(
        [Problem("belongs to no yearbook: no folder above it holds data/", advice, file=str(path))]
    )


def _place(path: Path) -> Path:
    """Where a path leads, without ``..`` and without links among its folders.

    Raises:
        BadInput: there is nothing.
    """
    try:
        whole = path.absolute()
        if not whole.exists():
            raise BadInput([Problem("there is no such file or folder", _near(whole, path), file=str(path))])
        return whole.resolve() if whole.is_dir() else whole.parent.resolve() / whole.name
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadInput([Problem(f"cannot be read: {reason}", file=str(path))]) from error


def _near(whole: Path, asked: Path) -> str:
    """Advice where a path leads nowhere: a table's id is taken for what it is."""
    here = Path.cwd()
    for root in () if asked.is_absolute() else (here, *here.parents):
        for named in (root / "data" / f"{asked}.csv", root / "data" / asked):
            if named.exists():
                return f"did you mean {os.path.relpath(named)!r}?"
    siblings = [p.name for p in whole.parent.iterdir()] if _is_folder(whole.parent) else []
    return did_you_mean(whole.name, [name for name in siblings if not name.startswith(".")])


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _read(root: Path) -> Yearbook:
    """A yearbook's tables: pairs of a CSV and a YAML, hidden files left out."""
    defects: dict[Path, Problem] = {}
    by_id: dict[str, dict[str, Path]] = {}
    cubes = tuple(_cubes(root))
    of_cubes = {path for cube in cubes for path in (cube.csv, cube.yaml)}
    found = (file for file in _files(root, defects) if not of_cubes & {file, *file.parents})
    files = sorted(file for file in found if not _is_code_list(file))
    there = {(_id_of(file, root), _kind(file)) for file in files}
    for file in files:
        kind, id = _kind(file), _id_of(file, root)
        if not kind:  # of another format it is a table where a YAML says so, and no CSV stands for it
            if (id, "YAML") not in there or (id, "CSV") in there:
                continue
            kind = "CSV"
        if kind in (pair := by_id.setdefault(id, {})):
            message = f"and {pair[kind].relative_to(root).as_posix()} are both the {kind} of one table"
            defects[file] = Problem(message, "keep one of them", file=file.relative_to(root).as_posix())
        pair.setdefault(kind, file)
    refused = {path.with_suffix("") for path in defects}
    tables = []
    for id, pair in sorted(by_id.items()):
        if len(pair) == 2:
            tables.append(TableFiles(id, pair["CSV"], pair["YAML"]))
            continue
        [(kind, file)] = pair.items()
        if file.with_suffix("") in refused:
            continue  # the other half is there, and is told of
        message, advice = "has no CSV beside it", f"add data/{id}.csv"
        if kind == "CSV":
            message = "has no YAML beside it"
            advice = (
                f"write data/{id}.yaml, which says what its rows and columns stand for; amyqa new drafts it"
            )
        if near := [other for other in by_id if other != id and other.casefold() == id.casefold()]:
            advice = f"give it and data/{near[0]} the same capitals"
        defects[file] = Problem(message, advice, file=file.relative_to(root).as_posix())
    return Yearbook(root, tuple(tables), defects, cubes=cubes)


def _cubes(root: Path) -> Iterable[TableFiles]:
    """The YAMLs that say which columns are dimensions, each with the file or folder of its name."""
    for yaml in sorted(path for path in (root / "data").rglob("*") if _kind(path) == "YAML"):
        hidden = any(part.startswith(".") for part in yaml.relative_to(root).parts)
        if hidden or not yaml.is_file() or _leads_out(yaml, root) or not _begins(yaml, _DIMENSIONS):
            continue
        base = yaml.with_suffix("")
        for data in (*(base.with_name(base.name + ending) for ending in CUBE_FILES), base):
            if data.exists() and not _leads_out(data, root):
                yield TableFiles(_id_of(yaml, root), data, yaml)
                break


def _begins(path: Path, pattern: re.Pattern[bytes]) -> bool:
    """Whether the beginning of a file holds something."""
    try:
        with path.open("rb") as file:
            return pattern.search(file.read(_BEGINNING)) is not None
    except OSError:
        return False


def _is_code_list(file: Path) -> bool:
    """Whether a CSV without a YAML lists codes and their parents, for cubes."""
    alone = not any(file.with_suffix(ending).exists() for ending in (".yaml", ".yml"))
    return _kind(file) == "CSV" and alone and _begins(file, _CODE_LIST)


def _kind(file: Path) -> str:
    """CSV or YAML, by a file's ending; "" for any other."""
    return _KINDS.get(file.suffix.lower(), "")


def _files(root: Path, defects: dict[Path, Problem]) -> Iterable[Path]:
    """Everything under ``data/`` that is named like a table; no folder is left out in silence."""

    def add(path: Path, message: str, hint: str = "") -> None:
        defects[path] = Problem(message, hint, file=path.relative_to(root).as_posix())

    def closed(error: OSError) -> None:
        add(Path(error.filename), f"cannot be read: {error.strerror}")

    for name, folders, names in os.walk(root / "data", onerror=closed):
        here = Path(name)
        folders[:] = [folder for folder in folders if not folder.startswith(".")]
        for entry in [here / entry for entry in (*folders, *names) if not entry.startswith(".")]:
            is_table = bool(_kind(entry)) or (entry.suffix != "" and is_source(entry))
            if entry.is_symlink() and entry.name in folders:
                add(entry, "is a link to a folder, which is not followed", "put the folder itself here")
            elif is_table and not _is_text(entry.relative_to(root)):
                add(entry, "has a name that is not UTF-8", "rename it")
            elif is_table and entry.is_symlink() and _leads_out(entry, root):
                add(entry, "is a link to a file outside the yearbook", "put the file itself here")
            elif is_table:
                yield entry


def _is_text(path: Path) -> bool:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _leads_out(link: Path, root: Path) -> bool:
    try:
        return not link.resolve().is_relative_to(root)
    except (OSError, RuntimeError):
        return False  # a loop: whoever reads the file says so


def _id_of(file: Path, root: Path) -> str:
    """A table's id: one form for é, which a file's name may write in two."""
    return unicodedata.normalize("NFC", file.relative_to(root / "data").with_suffix("").as_posix())


def select(
    yearbook: Yearbook,
    paths: Iterable[Path],
    refused: dict[str, Problem] | None = None,
    cubes: list[TableFiles] | None = None,
) -> tuple[TableFiles, ...]:
    """The tables that paths name: files, folders, or the yearbook itself.

    Args:
        refused: gets what keeps files in them from being a table, by the id that it would have.
        cubes: gets the cubes that they name; without it, a path that names only cubes is refused.

    Raises:
        BadInput: a path that names no table, or (without `refused`) files in it that are no table; all at
            once.
    """
    chosen: dict[str, TableFiles] = {}
    problems = Problems()
    for path in paths:
        try:
            whole = _place(path)
        except BadInput as error:
            problems.extend(error)
            continue
        if not whole.is_relative_to(yearbook.root):
            message = f"lies outside the yearbook {yearbook.root}"
            problems.add(BadInput, Problem(message, "check one yearbook at a time", file=str(path)))
            continue
        found = [t for t in yearbook.tables if whole in (t.csv, t.yaml) or t.csv.is_relative_to(whole)]
        defects = {
            file: problem
            for file, problem in yearbook.defects.items()
            if file.is_relative_to(whole) or file.with_suffix("") == whole.with_suffix("")
        }
        for file, problem in defects.items():
            if refused is None:
                problems.add(BadInput, problem)
            else:
                refused[_id_of(file, yearbook.root)] = problem
        of_cubes = [c for c in yearbook.cubes if whole in (c.csv, c.yaml) or c.yaml.is_relative_to(whole)]
        if cubes is not None:
            cubes += [cube for cube in of_cubes if cube not in cubes]
        if not found and not defects and not (of_cubes and cubes is not None):
            message = "is a cube, which only amyqa check takes" if of_cubes else "names no table"
            advice = "name a CSV or YAML under data/, a folder of them, or the yearbook"
            if whole in (yearbook.root, yearbook.root / "data"):
                message, advice = "has no tables yet", "amyqa new TABLE.csv adds one"
            problems.add(BadInput, Problem(message, advice, file=str(path)))
        chosen |= {table.id: table for table in found}
    problems.raise_if_any()
    return tuple(chosen[id] for id in sorted(chosen))
