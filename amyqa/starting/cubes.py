"""A cube taken into a yearbook: where it lies, or copied; the draft of its YAML beside it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from amyqa.errors import BadInput, Problem
from amyqa.project import CUBE_FILES, open_yearbook
from amyqa.reading.writing import write_atomically

_ALSO_TABLES = (".csv", ".tsv")


@dataclass(frozen=True)
class NewCube:
    """What was made; the file's and the YAML's names for people, and what was found."""

    yaml: Path
    shown: str
    copied: str
    told: tuple[str, ...]


def is_cube(path: Path) -> bool:
    """Whether a file can only be a cube; a CSV is taken for a table."""
    ending = "".join(path.suffixes[-2:]).lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
    return (ending in CUBE_FILES and ending not in _ALSO_TABLES) or path.is_dir()


def new_cube(path: Path, folder: Path | None, *, force: bool = False) -> NewCube:
    """Draft a cube's YAML.

    Args:
        path: the file, under a yearbook's ``data/`` or anywhere.
        folder: where it is copied to if it is not there yet.

    Raises:
        BadInput: there is no place for it, it cannot be read, or its YAML is there already.
    """
    from amyqa.cubes.draft import draft
    from amyqa.engines.cubefiles import CubeDuckDB

    if not path.exists():
        raise BadInput([Problem("there is no such file", file=str(path))])
    start = (folder or path.parent).resolve()
    while not start.exists():
        start = start.parent
    root = open_yearbook(start).root
    target, copied = path.resolve(), ""
    if not target.is_relative_to(root / "data"):
        if folder is None:
            advice = "put it there, or say where: --edition 2021 --chapter vessels"
            raise BadInput([Problem("lies outside the yearbook's data/", advice, file=str(path))])
        target = folder.resolve() / path.name
        copied = target.relative_to(root).as_posix()
    base = target.name if target.is_dir() else target.name.partition(".")[0]
    yaml = target.with_name(f"{base}.yaml")
    shown = yaml.relative_to(root).as_posix()
    if yaml.exists() and not force:
        raise BadInput([Problem("is there already", "--force overwrites it", file=shown)])
    made = draft(path.resolve(), str(path), CubeDuckDB)
    if copied:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        (shutil.copytree if path.is_dir() else shutil.copyfile)(path, part)
        part.replace(target)
    write_atomically(yaml, made.text)
    return NewCube(yaml, shown, copied, made.told)
