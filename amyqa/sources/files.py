"""Opening files that may be anything: bounded, decoded strictly, refused with advice."""

from __future__ import annotations

import errno
import re
import stat
from pathlib import Path

from amyqa.errors import BadInput, Problem

MAX_DATA_BYTES = 512 * 1024 * 1024
MAX_YAML_BYTES = 4 * 1024 * 1024
MARKED = "marked"
"""What the copy of a file with what was found in it is called: ``chapter.marked.xlsx``."""
_READING = {
    errno.EACCES: "give yourself permission to read it",
    errno.ELOOP: "it is a link that leads back to itself: put the file itself there",
    errno.ENOENT: "put the file there; a link may lead to nothing",
    errno.ENAMETOOLONG: "shorten it",
}

_DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))}


def read_text(path: Path, shown: str, limit: int = MAX_DATA_BYTES) -> str:
    """The text of a UTF-8 file (with or without BOM), line ends untouched.

    Args:
        path: where it is.
        shown: how to name it to the user.
        limit: most bytes that are read.

    Raises:
        BadInput: not a file, unreadable, too large, not UTF-8, or holding a NUL byte.
    """
    raw = read_bytes(path, shown, limit)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        advice = "save it as UTF-8 (in Excel: CSV UTF-8)"
        raise BadInput([Problem("is UTF-16, not UTF-8", advice, file=shown, line=1, column=1)])
    if (nul := raw.find(b"\0")) >= 0:
        line, column = _position(raw, nul)
        advice = "it is not a text file, or it is damaged; export it again"
        raise BadInput([Problem("holds a NUL byte", advice, file=shown, line=line, column=column)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # "utf-8-sig" counts from behind the byte order mark
        start = error.start + (3 if raw.startswith(b"\xef\xbb\xbf") else 0)
        line, column = _position(raw, start)
        byte = raw[start]
        message = f"is not UTF-8: byte 0x{byte:02x}, {bytes([byte]).decode('cp1252', 'replace')!r} in Latin-1"
        advice = "save it as UTF-8 (in Excel: CSV UTF-8; in LibreOffice: character set Unicode)"
        raise BadInput([Problem(message, advice, file=shown, line=line, column=column)]) from error


def read_bytes(path: Path, shown: str, limit: int = MAX_DATA_BYTES) -> bytes:
    """The bytes of a file.

    Raises:
        BadInput: not a file, unreadable, or too large.
    """
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise BadInput([Problem("is a folder where a file should be", "move or rename it", file=shown)])
        if not stat.S_ISREG(about.st_mode):  # a pipe or a device may never end
            raise BadInput([Problem("is not a file", "but a pipe or a device", file=shown)])
        if about.st_size > limit:
            size = f"{about.st_size:,} bytes; at most {limit:,} are read"
            raise BadInput([Problem(f"is too large: {size}", "split it", file=shown)])
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL byte in the path
        reason = getattr(error, "strerror", None) or "unreadable"
        advice = _READING.get(getattr(error, "errno", None) or 0, "see that it is there and may be read")
        raise BadInput([Problem(f"cannot be read: {reason}", advice, file=shown)]) from error


def _position(raw: bytes, offset: int) -> tuple[int, int]:
    """1-based line and byte column of an offset; lines end as in a CSV: LF, CR or both."""
    before = raw[:offset].replace(b"\r\n", b" \n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1, offset - (before.rfind(b"\n") + 1) + 1


def unusable(name: str) -> str:
    """Why a file or folder should not be called so, or "": it could not be kept on every machine."""
    if not name.strip() or name.startswith("."):
        return "is hidden or blank"
    if not name.isprintable() or any("\ud800" <= c <= "\udfff" for c in name):
        return "holds characters that cannot be printed, or is not UTF-8"
    if found := set(name) & set('/\\<>:"|?*'):
        return f"holds {min(found)}, which Windows does not allow in names"
    if name != name.rstrip(". "):
        return "ends with a blank or a dot, which Windows does not allow"
    if name.partition(".")[0].rstrip().upper() in _DEVICES:
        return "is the name of a device on Windows"
    return ""


def is_marked(path: Path) -> bool:
    """Whether a file is a copy with what was found in it marked, by its name."""
    return re.fullmatch(rf".*\.{MARKED}(-\d+)?", path.stem, re.IGNORECASE) is not None
