"""What git knows of a yearbook: who the editor is, and the files as they were at a commit.

A repository is as foreign as its files: its settings can name programs that git runs. Only commands are
used that read objects and settings, and git is kept from whatever would start a program or a transfer.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from amyqa.errors import BadInput, Problem
from amyqa.sources.files import MAX_DATA_BYTES

# Where git runs is for the yearbook's folder to say, not for the hook that may have started us.
_ELSEWHERE = (
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE",
)  # fmt: skip
_LOCKED = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    # an object that is not here is not fetched (git 2.39.4 and later); and should it be asked for, or by
    # an older git, there is no way to any remote, nor a program that such a way may name
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_REPLACE_OBJECTS": "1",
}
_SETTINGS = {
    "safe.bareRepository": "explicit",  # a folder of data that is made up as a repository is none
    "protocol.allow": "never",
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
}
_MAX_LISTED = 64 * 1024 * 1024
"""Bytes that the list of a commit's files may have; a tree that holds itself again and again has no end."""
_MAX_HASHED = 64 * 1024 * 1024
_LINK = "120000"
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


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
    # a name that begins with - would be taken for an option, and ^HEAD for all but HEAD
    hash = ""
    if ref and not ref.startswith(("-", "^")) and ".." not in ref and "\0" not in ref:
        named = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
        hash = named.stdout.decode("ascii", "replace").strip()
    if not _HASH.fullmatch(hash):
        advice = "name one branch, tag or commit; in a shallow clone, fetch it first"
        raise BadInput([Problem(f"there is no commit {ref!r}", advice, file=str(folder))])
    return Commit(ref, hash, folder, prefix)


def restore(commit: Commit, folders: Iterable[str], target: Path) -> None:
    """Write these folders, as they were at the commit, into an empty folder `target`.

    Nothing is checked out, no filter and no hook runs; links that lead out of `target` are left out.

    Raises:
        BadInput: there is too much of it, or it cannot be written.
    """
    inside = [f"{commit.prefix}/{folder}" if commit.prefix else folder for folder in folders]
    listed = _git(commit.folder, "ls-tree", "-r", "-z", "--long", "--full-tree", commit.hash, "--", *inside)
    if listed.returncode:
        raise _unread(commit, _reason(listed))
    if len(listed.stdout) > _MAX_LISTED:
        raise _too_large(commit, "lists more files than can be compared")
    entries = list(_entries(listed.stdout, commit))
    if sum(size for _, _, size, _ in entries) > MAX_DATA_BYTES:
        raise _too_large(commit, f"holds more than {MAX_DATA_BYTES:,} bytes")
    names = b"".join(name.encode() + b"\n" for _, name, _, _ in entries)
    contents = _git(commit.folder, "cat-file", "--batch", given=names)
    if contents.returncode:
        raise _unread(commit, _reason(contents))
    try:
        _write(entries, contents.stdout, target)
    except (OSError, ValueError) as error:  # ValueError: what git says is not what was asked for
        message = f"the files of {commit.ref} cannot be restored: {error}"
        raise BadInput([Problem(message, file=str(target))]) from error


def holds(commit: Commit, files: Mapping[str, Path]) -> bool:
    """Whether the commit has each of these files of data/, by its path from the folder, as it is on disk.

    Nothing but what is in the objects is read: a file that git would change on its way there is not the same.
    """
    data = f"{commit.prefix}/data" if commit.prefix else "data"
    listed = _git(commit.folder, "ls-tree", "-r", "-z", "--long", "--full-tree", commit.hash, "--", data)
    if listed.returncode or len(listed.stdout) > _MAX_LISTED:
        return False
    try:
        there = {path: (name, size) for _, name, size, path in _entries(listed.stdout, commit)}
        return all(_is(file, *there.get(path, ("", -1))) for path, file in files.items())
    except (OSError, BadInput):
        return False


def _is(file: Path, name: str, size: int) -> bool:
    """Whether a file is the object of that name; of a very large one only the size is compared."""
    if file.stat().st_size != size or size > _MAX_HASHED:
        return file.stat().st_size == size
    kind = hashlib.sha1 if len(name) == 40 else hashlib.sha256
    return kind(b"blob %d\0" % size + file.read_bytes(), usedforsecurity=False).hexdigest() == name


_Entry = tuple[str, str, int, str]
"""Mode, name of the object, bytes, path."""


def _too_large(commit: Commit, message: str) -> BadInput:
    problem = Problem(f"{message} at {commit.ref}", "compare a smaller yearbook", file=str(commit.folder))
    return BadInput([problem])


def _unread(commit: Commit, reason: str) -> BadInput:
    message = f"git cannot read the files of {commit.ref}: {reason}"
    return BadInput([Problem(message, "git fsck may say more", file=str(commit.folder))])


def _entries(listing: bytes, commit: Commit) -> Iterator[_Entry]:
    """What a commit lists under a yearbook's folder, by paths in that folder.

    Raises:
        BadInput: the repository has not all of it, as a partial clone.
    """
    missing = []
    for line in listing.split(b"\0")[:-1]:
        about, _, path = line.partition(b"\t")
        mode, kind, name, size = about.decode("ascii").split()
        if kind == "blob" and not size.isdigit():
            missing.append(os.fsdecode(path))
            continue
        parts = PurePosixPath(os.fsdecode(path))
        if commit.prefix and parts.is_relative_to(commit.prefix):
            parts = parts.relative_to(commit.prefix)
        # a tree made by hand may hold anything; a repository within the repository is not the yearbook's
        if kind == "blob" and not parts.is_absolute() and ".." not in parts.parts:
            yield mode, name, int(size), str(parts)
    if missing:
        advice = "nothing is fetched by amyqa: run git fetch --refetch, or clone it whole"
        message = f"is not in this repository as it was at {commit.ref}"
        raise BadInput([Problem(message, advice, file=path) for path in missing])


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
    """Run git; of what it prints, no more is read than the largest answer may have."""
    environment = {key: value for key, value in os.environ.items() if key not in _ELSEWHERE} | _LOCKED
    settings = [word for key, value in _SETTINGS.items() for word in ("-c", f"{key}={value}")]
    command = ["git", "--no-pager", *settings, "-C", str(folder), *arguments]
    most = MAX_DATA_BYTES * 2 if given else _MAX_LISTED
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stderr:
        stdin.write(given)
        stdin.seek(0)
        try:
            running = subprocess.Popen(  # noqa: S603 (arguments in a list, none of which can be an option)
                command, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, env=environment
            )
        except OSError as error:
            advice = "install git, or leave --since out"
            problem = Problem(f"git cannot be run: {error.strerror}", advice, file=str(folder))
            raise BadInput([problem]) from error
        with running:
            told = running.stdout.read(most + 1) if running.stdout else b""
            if len(told) > most:  # it may print without end
                running.kill()
            code = running.wait()
        stderr.seek(0)
        complained = stderr.read(10_000)
    return subprocess.CompletedProcess(command, 0 if len(told) > most else code, told, complained)


def _reason(told: subprocess.CompletedProcess[bytes]) -> str:
    lines = told.stderr.decode(errors="replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else "it does not say why"
