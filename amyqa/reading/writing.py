"""Writing so that whoever looks, whenever amyqa was stopped, finds all of the old or all of the new.

What is written lies aside until it is whole, under a hidden name. Its writer holds a lock on it, which the
system lets go of when the process dies, however it dies: so the next writer knows what a dead one left.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

from amyqa.errors import BadInput, Problem

if sys.platform != "win32":
    import fcntl

Content = str | bytes


def write_atomically(path: Path, content: Content, mode: int | None = None) -> None:
    """Write to a temporary file beside `path`, then rename: never half a file.

    Args:
        mode: who may read and write it; None: as the system has it for new files.

    Raises:
        BadInput: the folder cannot be made or written to.
    """
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        clear_leftovers(path)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with _held(handle):
                _filled(handle, content)
                Path(temporary).chmod(0o666 & ~_umask() if mode is None else mode)
                if sys.platform != "win32":
                    Path(temporary).replace(path)
            if sys.platform == "win32":  # which renames no file that is open
                Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def write_folder(folder: Path, contents: Mapping[str, Content], known: Collection[str]) -> None:
    """Write the files of a folder: all are new, or all are as they were.

    A folder in which there is something else, or that cannot be exchanged (it is the current one, or a
    mounted disk), is kept: there the old files go before the new ones come, so that none are ever mixed.

    Args:
        contents: what is to be in it, by the files' names.
        known: names of all files that may be replaced; what has another name is not touched.

    Raises:
        BadInput: it cannot be written.
    """
    with _told(folder):
        folder = folder.resolve()
        folder.parent.mkdir(parents=True, exist_ok=True)
        clear_leftovers(folder)
        clear_leftovers(folder / folder.name)
        own = not folder.exists() or _is_own(folder, known)
        place = folder.parent if own else folder
        aside = Path(tempfile.mkdtemp(dir=place, prefix=f".{folder.name}."))
        try:
            with _held(_opened(aside)):
                for name, content in contents.items():
                    with (aside / name).open("wb") as out:
                        _filled(out.fileno(), content)
                if own:
                    aside.chmod(stat.S_IMODE(folder.stat().st_mode) if folder.exists() else 0o777 & ~_umask())
                    _exchange(aside, folder)
                else:
                    _moved(aside, folder, contents, known)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def clear_leftovers(path: Path) -> None:
    """Remove what a process that is dead was about to write to `path`.

    Named as :mod:`tempfile` does; an editor's ``.cambodia.yaml.swp`` is not ours.
    """
    for leftover in path.parent.glob(f".{escape(path.name)}.????????"):
        with suppress(OSError):
            if sys.platform == "win32":
                _removed(leftover)  # which fails while it is open
                continue
            handle = _opened(leftover)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails while its writer lives
                _removed(leftover)
            finally:
                os.close(handle)


def _removed(leftover: Path) -> None:
    if leftover.is_dir() and not leftover.is_symlink():
        shutil.rmtree(leftover)
    else:
        leftover.unlink()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or "unwritable"
        advice = "choose a folder you may write to"
        raise BadInput([Problem(f"cannot be written: {reason}", advice, file=str(path))]) from error


def _opened(path: Path) -> int:
    """A handle of a file or folder, or -1 where folders have none."""
    return -1 if sys.platform == "win32" else os.open(path, os.O_RDONLY | os.O_NOFOLLOW)


@contextmanager
def _held(handle: int) -> Iterator[None]:
    """Hold what is being written, and close it in the end."""
    try:
        if sys.platform != "win32":
            with suppress(OSError):  # a disk without locks
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        if handle >= 0:
            os.close(handle)


def _filled(handle: int, content: Content) -> None:
    with os.fdopen(handle, "wb", closefd=False) as out:
        out.write(content.encode() if isinstance(content, str) else content)
        out.flush()
        os.fsync(out.fileno())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _is_own(folder: Path, known: Collection[str]) -> bool:
    """Whether a folder holds nothing but such files, and can be exchanged for another."""
    with os.scandir(folder) as entries:
        if not all(entry.name in known and entry.is_file(follow_symlinks=False) for entry in entries):
            return False
    here = Path.cwd()
    return not (here.is_relative_to(folder) or os.path.ismount(folder)) and os.access(folder.parent, os.W_OK)


def _exchange(new: Path, folder: Path) -> None:
    """Put a folder in the place of another, which takes its: in one step where the system has one."""
    if not folder.exists():
        new.rename(folder)
    elif not _exchanged(os.fsencode(new), os.fsencode(folder)):
        old = new.with_name(f"{new.name[:-1]}~")  # another of the names that clear_leftovers knows
        folder.rename(old)
        new.rename(folder)
        old.rename(new)


def _exchanged(one: bytes, other: bytes) -> bool:
    """Whether the system has exchanged two names in one step (Linux: renameat2; macOS: renamex_np)."""
    with suppress(OSError, AttributeError):
        system = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            swap = 2
            return bool(system.renamex_np(one, other, swap) == 0)
        here, exchange = -100, 2
        return bool(system.renameat2(here, one, here, other, exchange) == 0)
    return False


def _moved(aside: Path, folder: Path, names: Collection[str], known: Collection[str]) -> None:
    """Replace files in a folder that holds others: the old ones go first."""
    for name in known:
        (folder / name).unlink(missing_ok=True)
    for name in names:
        (aside / name).rename(folder / name)
