"""The document that a table was taken from, named in its YAML so that every token can be proved by it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from amyqa.errors import BadInput, Problem
from amyqa.project import Yearbook
from amyqa.sources import Sheet
from amyqa.sources.cells import letters, runs
from amyqa.sources.files import MAX_DATA_BYTES, read_bytes
from amyqa.sources.grids import Cells
from amyqa.sources.pages import Pages
from amyqa.starting.intake import Taken
from amyqa.starting.yamltext import scalar

FOLDER = "seeds"


@dataclass(frozen=True)
class Document:
    """A file that tables are taken from.

    Args:
        name: in the yearbook, as ``seeds/chapter-4.xlsx``.
        content: its bytes.
    """

    name: str
    content: bytes

    def named_in(self, text: str, sheet: Sheet, taken: Taken) -> str:
        """A draft's text with the table's source: document, sheet or boxes on pages, lines and columns."""
        lines = taken.numbers
        rest = {line.number for line in sheet.lines} - set(lines) - {n for n, _ in taken.left_out}
        said = {"document": scalar(self.name), "sha256": hashlib.sha256(self.content).hexdigest()}
        if isinstance(sheet.origin, Cells):
            said["sheet"] = scalar(sheet.name)
            left = sheet.origin.left - 1
            said["columns"] = scalar(_told((left + p for p in taken.positions), letters))
        if isinstance(sheet.origin, Pages):
            said["boxes"] = sheet.origin.named()
        said["lines"] = scalar(_told(lines, str))
        if rest:
            said["header"] = scalar(_told(rest, str))
        block = "".join(["source:\n", *(f"  {key}: {value}\n" for key, value in said.items())])
        before, family, after = text.partition("\nfamily:")
        line, end, after = after.partition("\n")
        return f"{before}{family}{line}{end}{block}{after}"


def _told(numbers: Iterable[int], name: Callable[[int], str]) -> str:
    return ", ".join(name(a) if a == b else f"{name(a)}-{name(b)}" for a, b in runs(numbers))


def document(path: Path, yearbook: Yearbook, *, force: bool) -> Document:
    """The document that a file is in a yearbook: where it lies, or in ``seeds/``, where it will be copied.

    Raises:
        BadInput: another file is there.
    """
    content = read_bytes(path, str(path), MAX_DATA_BYTES)
    if path.resolve().is_relative_to(yearbook.root):
        return Document(path.resolve().relative_to(yearbook.root).as_posix(), content)
    there = yearbook.root / FOLDER / path.name
    if there.exists() and not force and read_bytes(there, yearbook.shown(there)) != content:
        message = "is there already, and is another file"
        raise BadInput([Problem(message, "--force writes over it", yearbook.shown(there))])
    return Document(f"{FOLDER}/{path.name}", content)
