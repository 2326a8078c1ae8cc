"""What git knows of a yearbook: who the editor is, and the files as they were at a commit."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from amyqa.errors import BadInput, Problem
from amyqa.reading.files import MAX_DATA_BYTES

# Where git runs is for the yearbook's folder to say, not for the hook that may have started us.
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")
_LINK = "120000"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the repository that a folder lies in.

    Args:
        ref: as it was asked for.
        hash: its full name.
        folder: a folder in the repository's working tree.
        prefix: that folder's path in the repository ("": its top).
    """

    ref: str
    hash: str
    folder: Path
    prefix: str


def find_commit(folder: Path, ref: str) -> Commit:
    """The commit of a name: a branch, a tag, ``HEAD~2``, a hash.

    Raises:
        BadInput: the folder lies in no repository, there is no such commit, or no git.
    """
    told = _git(folder, "rev-parse", "--show-prefix")
    if told.returncode:
        reason = _reason(told)
        advice = "only a yearbook that is kept in git can be compared with a commit"
        if "dubious ownership" in reason:  # usual in containers
            advice = "if you trust it: git config --global --add safe.directory and this path"
        raise BadInput([Problem(f"git cannot read this repository: {reason}", advice, file=str(folder))])
    prefix = os.fsdecode(told.stdout.removesuffix(b"\n")).rstrip("/")
    # a name that begins with - would be taken for an option
    named = None
    if ref and not ref.startswith("-") and "\0" not in ref:
        named = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if named is None or named.returncode:
        advice = "name a branch, tag or commit; in a shallow clone, fetch it first"
        raise BadInput([Problem(f"there is no commit {ref!r}", advice, file=str(folder))])
    return Commit(ref, named.stdout.decode().strip(), folder, prefix)


def restore(commit: Commit, folders: Iterable[str], target: Path) -> None:
    """Write these folders, as they were at the commit, into an empty folder `target`.

    Nothing is checked out, no filter and no hook runs; links that lead out of `target` are left out.

    Raises:
        BadInput: there is too much of it, or it cannot be written.
    """
    tree = f"{commit.hash}:{commit.prefix}"
    listed = _git(commit.folder, "ls-tree", "-r", "-z", "--long", "--full-tree", tree, *folders)
    if listed.returncode:
        return  # the folder was not there yet
    entries = list(_entries(listed.stdout))
    if sum(size for _, _, size, _ in entries) > MAX_DATA_BYTES:
        message = f"holds more than {MAX_DATA_BYTES:,} bytes at {commit.ref}"
        raise BadInput([Problem(message, "compare a smaller yearbook", file=str(commit.folder))])
    names = b"".join(name.encode() + b"\n" for _, name, _, _ in entries)
    contents = _git(commit.folder, "cat-file", "--batch", given=names)
    if contents.returncode:
        message = f"git cannot read the files of {commit.ref}: {_reason(contents)}"
        raise BadInput([Problem(message, "git fsck may say more", file=str(commit.folder))])
    try:
        _write(entries, contents.stdout, target)
    except (OSError, ValueError) as error:  # ValueError: what git says is not what was asked for
        message = f"the files of {commit.ref} cannot be restored: {error}"
        raise BadInput([Problem(message, file=str(target))]) from error


_Entry = tuple[str, str, int, str]
"""Mode, name of the object, bytes, path."""


def _entries(listing: bytes) -> Iterator[_Entry]:
    for line in listing.split(b"\0")[:-1]:
        about, _, path = line.partition(b"\t")
        mode, kind, name, size = about.decode("ascii").split()
        parts = PurePosixPath(os.fsdecode(path))
        # a tree made by hand may hold anything; a repository within the repository is not the yearbook's
        if kind == "blob" and not parts.is_absolute() and ".." not in parts.parts:
            yield mode, name, int(size), str(parts)


def _write(entries: list[_Entry], contents: bytes, target: Path) -> None:
    links = []
    start = 0
    for mode, name, size, path in entries:
        begin = contents.index(b"\n", start) + 1
        if contents[start:begin] != f"{name} blob {size}\n".encode():
            raise ValueError(f"{path} is damaged")
        content, start = contents[begin : begin + size], begin + size + 1
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if mode == _LINK:
            links.append((file, os.fsdecode(content)))
        else:
            file.write_bytes(content)
    for file, goal in links:  # last, so that nothing is written through them
        with suppress(OSError, RuntimeError):  # RuntimeError: links that lead to one another
            if (file.parent / goal).resolve().is_relative_to(target.resolve()):
                file.symlink_to(goal)


def identity(folder: Path) -> str:
    """Who commits here, by git's settings: a name, else an address, else nothing."""
    for key in ("user.name", "user.email"):
        with suppress(BadInput):
            told = _git(folder, "config", "--get", key)
            if not told.returncode and (name := told.stdout.decode(errors="replace").strip()):
                return name
    return ""


def _git(folder: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {key: value for key, value in os.environ.items() if key not in _ELSEWHERE}
    environment |= {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        return subprocess.run(  # noqa: S603 (arguments in a list, none of which can be an option)
            ["git", "-C", str(folder), *arguments],  # noqa: S607 (git is where PATH says)
            input=given,
            capture_output=True,
            check=False,
            env=environment,
        )
    except OSError as error:
        advice = "install git, or leave --since out"
        raise BadInput([Problem(f"git cannot be run: {error.strerror}", advice, file=str(folder))]) from error


def _reason(told: subprocess.CompletedProcess[bytes]) -> str:
    lines = told.stderr.decode(errors="replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else "it does not say why"
