"""``amyqa init``: a new yearbook with a worked example, and one misprint to find."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from amyqa.errors import BadInput, Problem, Problems, did_you_mean
from amyqa.project import Yearbook, family_files, open_yearbook
from amyqa.reading.writing import write_atomically
from amyqa.starting.editors import write_schemas

TEMPLATE = Path(__file__).resolve().parent / "template"
_WORKFLOW = ".github/workflows/check.yaml"
_PLACES = {"gitignore": ".gitignore", "check.yaml": _WORKFLOW}
"""Files that would mean something where the template is; their places in a yearbook."""


@dataclass(frozen=True)
class Founded:
    """What was made: the folder, and its files relative to it."""

    root: Path
    files: tuple[str, ...]


def found(root: Path, families: Sequence[str] = ()) -> Founded:
    """Make a yearbook, or give one that is there its own copies of shipped families.

    Args:
        root: a folder; nothing in it is ever written over.
        families: shipped families whose schema and suite are copied, to be changed there.

    Raises:
        BadInput: a file is there already, a family is not shipped, or the folder cannot be written to.
    """
    started = families and (root / "data").is_dir()
    content = {} if started else _template()
    content |= _families(root, families)
    # what an interrupted run of this has made is its own; with nothing left to make, it is somebody's
    missing = {name: raw for name, raw in content.items() if not _is(root / name, raw)} or content
    _refuse(root, missing)
    schemas = write_schemas(root, only_missing=True)
    for name, raw in missing.items():
        write_atomically(root / name, raw)
    return Founded(root, (*sorted(content), *(path.relative_to(root).as_posix() for path in schemas)))


def _is(path: Path, content: bytes) -> bool:
    """Whether a file is there, and holds just this."""
    with suppress(OSError):
        return not path.is_symlink() and path.read_bytes() == content
    return False


def _template() -> dict[str, bytes]:
    """What a new yearbook holds."""
    files = [path for path in TEMPLATE.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    names = {path: path.relative_to(TEMPLATE).as_posix() for path in files}
    content = {_PLACES.get(name, name): path.read_bytes() for path, name in names.items()}
    content[_WORKFLOW] = _with_origin(content[_WORKFLOW])
    return content


def _with_origin(workflow: bytes) -> bytes:
    """The workflow, which installs amyqa from where this one was installed, if that is a git repository."""
    try:
        told = json.loads(distribution("amyqa").read_text("direct_url.json") or "{}")
        address, revision = told["url"], told["vcs_info"]["commit_id"]
    except (PackageNotFoundError, KeyError, ValueError):
        return workflow  # the workflow's first step says what to write into it
    if not address.startswith(("https://", "ssh://")):
        return workflow  # of this machine alone
    for empty, known in (('REPOSITORY: ""', address), ('REVISION: "HEAD"', revision)):
        workflow = workflow.replace(empty.encode(), f"{empty.split()[0]} {json.dumps(known)}".encode())
    return workflow


def _families(root: Path, families: Sequence[str]) -> dict[str, bytes]:
    """The files of shipped families."""
    shipped = Yearbook(root / "nowhere", ())  # has no family of its own
    problems = Problems()
    content: dict[str, bytes] = {}
    for family in families:
        if family not in shipped.families:
            message = f"amyqa ships no family {family!r}"
            problems.add(BadInput, Problem(message, did_you_mean(family, shipped.families)))
            continue
        sources = (shipped.schema(family), shipped.suite(family))
        for source, target in zip(sources, family_files(root, family), strict=True):
            content[target.relative_to(root).as_posix()] = source.read_bytes()
    problems.raise_if_any()
    return content


def _refuse(root: Path, content: Mapping[str, bytes]) -> None:
    """Everything that would be written over, or is in the way, at once."""
    problems = Problems()
    if root.exists() and not root.is_dir():
        raise BadInput([Problem("is a file where the yearbook's folder should be", file=str(root))])
    for name in content:
        path = root / name
        if path.exists() or path.is_symlink():
            problems.add(BadInput, Problem("already exists", "choose an empty folder", file=str(path)))
            continue
        for folder in path.parents:
            if folder == root:
                break
            if folder.exists() and not folder.is_dir():
                message = "is a file where a folder should be"
                problems.add(BadInput, Problem(message, "choose an empty folder", file=str(folder)))
    if content and "README.md" in content and (outer := _yearbook_around(root)):
        message = f"lies in a yearbook already: {outer}"
        problems.add(BadInput, Problem(message, "choose a folder outside it", file=str(root)))
    problems.raise_if_any()


def _yearbook_around(root: Path) -> Path | None:
    """The data/ of another yearbook that the folder lies in."""
    place = root.absolute()
    for folder in place.parents:
        if folder.name == "data" and folder.is_dir():
            try:
                return open_yearbook(folder).root
            except BadInput:
                return None
    return None
