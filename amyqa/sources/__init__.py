"""Sources: where tokens come from, a module for each format. Nothing above them knows a format.

A source is a module with three functions (:class:`Source`). What it reads is a
:class:`~amyqa.sources.sheet.Sheet`: tokens in lines, each with its place. A new format is one module and
a line in `FORMATS`, or an entry point of another package in the group ``amyqa.sources``, named by the
ending of its files (``.dbf``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from amyqa import extensions
from amyqa.errors import BadInput, Problem
from amyqa.model import Origin
from amyqa.sources.sheet import Edits, Line, Part, Sheet

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = [
    "FORMATS",
    "UNWRITTEN",
    "Edits",
    "Line",
    "Origin",
    "Part",
    "Sheet",
    "Source",
    "is_source",
    "source_of",
]

GROUP = "amyqa.sources"
FORMATS = {
    ".csv": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".ods": "ods",
    ".html": "html", ".htm": "html", ".docx": "docx", ".txt": "txt", ".pdf": "pdf",
}  # fmt: skip
"""Files' endings and the module that reads them, which is imported when such a file is read."""
UNWRITTEN = frozenset((".xls", ".ods", ".html", ".htm", ".docx", ".txt", ".pdf"))
"""Of these the endings of files in which no token can be replaced."""


class Source(Protocol):
    """A format: how its files become sheets, and how tokens are written back."""

    def read(self, path: Path, shown: str, part: Part) -> Sheet:
        """The sheet that a YAML declares, strictly.

        Raises:
            BadInput: it cannot be read so.
        """

    def sheets(self, path: Path, shown: str, within: tuple[int, int] | None = None) -> list[Sheet]:
        """All sheets of a file of which nothing is known.

        Args:
            within: first and last line of a text, or page of a PDF, that are looked at.

        Raises:
            BadInput: it cannot be read, or holds none.
        """

    def replace(self, raw: bytes, shown: str, part: Part, edits: Edits) -> bytes:
        """What the file is when some of its tokens are others, with all else as it was.

        Raises:
            BadInput: a place no longer holds its old token, or cannot be written to.
        """


REFUSED = {
    ".doc": "save it as .docx", ".rtf": "save it as .docx", ".odt": "save it as .docx",
    ".xlsb": "save it as .xlsx", ".numbers": "save it as .xlsx",
}  # fmt: skip
"""Formats that people have tables in and that cannot be read, with what to do about it."""


def source_of(path: Path) -> Source:
    """The source that reads a file, by its ending; any other is taken for a CSV of another name.

    Raises:
        BadInput: it is of a format that is known, and not read.
    """
    ending = path.suffix.lower()
    if (module := FORMATS.get(ending)) is not None:
        return cast(Source, import_module(f"{__name__}.{module}"))
    if (entry := _others().get(ending)) is not None:
        return cast(Source, extensions.load(entry, "source"))
    if (hint := REFUSED.get(ending)) is not None:
        raise BadInput([Problem(f"is a {ending} file, which amyqa cannot read", hint, str(path))])
    return cast(Source, import_module(f"{__name__}.csv"))


def is_source(path: Path) -> bool:
    """Whether a file's ending is that of a format that can be read."""
    ending = path.suffix.lower()
    return ending in FORMATS or ending in _others()


@cache
def _others() -> Mapping[str, EntryPoint]:
    """Formats of other packages, by their files' endings; amyqa's own cannot be replaced."""
    return {entry.name.lower(): entry for entry in extensions.entries(GROUP)}
