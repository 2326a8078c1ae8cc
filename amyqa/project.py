"""A yearbook on disk: its tables, schemas and suites, found by their place and name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from amyqa.errors import BadInput, Problem, Problems, nearest


@dataclass(frozen=True, slots=True)
class TableFiles:
    """A table's two files.

    Args:
        id: path under ``data/`` without its ending.
        csv, yaml: where they are.
    """

    id: str
    csv: Path
    yaml: Path


@dataclass(frozen=True)
class Yearbook:
    """A folder with ``data/``, ``schemas/`` and ``checks/``.

    Args:
        root: the folder.
        tables: all tables, in the order of their ids.
    """

    root: Path
    tables: tuple[TableFiles, ...]

    def shown(self, path: Path) -> str:
        """A path as people know it: relative to the yearbook."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def schema(self, family: str) -> Path:
        """Where a family's schema is."""
        return self.root / "schemas" / f"{family.replace('-', '_')}.py"

    def suite(self, family: str) -> Path:
        """Where a family's suite is."""
        return self.root / "checks" / f"{family}.yaml"

    @property
    def families(self) -> tuple[str, ...]:
        """Families that have a schema."""
        folder = self.root / "schemas"
        return tuple(sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_")))


def open_yearbook(path: Path) -> Yearbook:
    """The yearbook that a path belongs to: the nearest folder above with ``data/``.

    Raises:
        BadInput: there is none, or a table lacks one of its two files.
    """
    start = path.absolute()
    if not start.exists():
        raise BadInput([Problem("there is no such file or folder", _near_path(start), file=str(path))])
    for folder in (start, *start.parents):
        if (folder / "data").is_dir():
            return Yearbook(folder, tuple(_tables(folder)))
    advice = "a yearbook is a folder with data/, schemas/ and checks/"
    raise BadInput(
        [Problem("belongs to no yearbook: no folder above it holds data/", advice, file=str(path))]
    )


def _near_path(path: Path) -> str:
    siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    return nearest(path.name, siblings) if siblings else ""


def _tables(root: Path) -> Iterable[TableFiles]:
    data = root / "data"
    files = sorted(
        p for p in data.rglob("*") if not any(part.startswith(".") for part in p.relative_to(data).parts)
    )
    by_id: dict[str, dict[str, Path]] = {}
    problems = Problems()
    for file in files:
        kind = {".csv": "csv", ".tsv": "csv", ".yaml": "yaml", ".yml": "yaml"}.get(file.suffix.lower())
        if kind is None:
            continue
        id = file.relative_to(data).with_suffix("").as_posix()
        if kind in (pair := by_id.setdefault(id, {})):
            other = pair[kind].relative_to(root).as_posix()
            message = f"and {other} are both the {kind.upper()} of one table"
            problems.add(
                BadInput, Problem(message, "keep one of them", file=file.relative_to(root).as_posix())
            )
        pair[kind] = file
    for id, pair in by_id.items():
        present = next(iter(pair.values())).relative_to(root).as_posix()
        if "yaml" not in pair:
            advice = f"write data/{id}.yaml, which says what its rows and columns stand for"
            problems.add(BadInput, Problem("has no YAML beside it", advice, file=present))
        elif "csv" not in pair:
            problems.add(BadInput, Problem("has no CSV beside it", f"add data/{id}.csv", file=present))
    problems.raise_if_any()
    for id in sorted(by_id):
        yield TableFiles(id, by_id[id]["csv"], by_id[id]["yaml"])


def select(yearbook: Yearbook, paths: Iterable[Path]) -> tuple[TableFiles, ...]:
    """The tables that paths name: files, folders, or the yearbook itself.

    Raises:
        BadInput: a path that names no table.
    """
    chosen: dict[str, TableFiles] = {}
    problems = Problems()
    for path in paths:
        whole = path.absolute()
        if whole in (yearbook.root, yearbook.root / "data"):
            found = yearbook.tables
        else:
            found = tuple(
                t for t in yearbook.tables if whole in (t.csv, t.yaml) or t.csv.is_relative_to(whole)
            )
        if not found:
            advice = "name a CSV or YAML under data/, a folder of them, or the yearbook"
            problems.add(BadInput, Problem("names no table", advice, file=str(path)))
        chosen |= {table.id: table for table in found}
    problems.raise_if_any()
    return tuple(chosen[id] for id in sorted(chosen))
