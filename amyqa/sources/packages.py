"""Packages: zip files of XML, as workbooks and Word files are. Opened as what a stranger sent.

What unpacks to more than it should, is protected by a password or cut off is refused before it is parsed.
XML is read without entities, without a document type and without the network.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from zlib import error as ZlibError

from amyqa.errors import BadInput, Problem
from amyqa.sources.files import read_bytes

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_PART = 256 * 1024 * 1024
"""Bytes of a part when it is unpacked; a sheet of some 5,000,000 cells has as many."""
MAX_RATIO = 500
"""What is packed tighter is no document; rows that are only formatted may be 100 times as long."""
_SMALL = 16 * 1024 * 1024
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HARMLESS: dict[str, Any] = {
    "resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False,
    "remove_comments": True, "remove_pis": True,
}  # fmt: skip
"""How XML is read."""


class Package:
    """An open package.

    Args:
        shown: its name for people.
        kind: what it should be, as ``a workbook``.
        raw: its bytes; None: they are read from the file.

    Raises:
        BadInput: it is none.
    """

    def __init__(self, path: Path, shown: str, kind: str, raw: bytes | None = None) -> None:
        self.shown, self.kind = shown, kind
        raw = read_bytes(path, shown) if raw is None else raw
        if raw.startswith(_OLD):
            raise self.refused(*self._old(raw))
        if not raw.startswith(b"PK"):
            raise self.refused(f"is not {kind}", "it is named like one; save it as what it should be")
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(raw))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            message = f"is not a whole {kind.partition(' ')[2]}: the file is damaged or cut off"
            raise self.refused(message, "get it again, or open it and save it anew") from error
        self.names = {info.filename.lstrip("/").lower(): info for info in self.zip.infolist()}

    def _old(self, raw: bytes) -> tuple[str, str]:
        """Why a file in the container of the Office of 2003 is none."""
        if "EncryptedPackage".encode("utf-16-le") in raw:
            return "is protected by a password", "save a copy without one"
        return f"is not {self.kind} of today but one of before 2007", "give it its own ending, as .xls"

    def refused(self, message: str, hint: str, line: int | None = None) -> BadInput:
        """An error about the file."""
        return BadInput([Problem(message, hint, self.shown, line)])

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.names

    @contextmanager
    def part(self, name: str) -> Iterator[IO[bytes]]:
        """A part, opened.

        Raises:
            BadInput: there is none, or it unpacks to too much.
        """
        if (info := self.names.get(name.lower())) is None:
            raise self.refused(f"lacks its part {name}", "open it and save it anew")
        if info.flag_bits & 1:
            raise self.refused("is protected by a password", "save a copy without one")
        bomb = info.file_size > _SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1)
        if info.file_size > MAX_PART or bomb:
            message = f"unpacks to {info.file_size:,} bytes ({name}), more than is read"
            raise self.refused(message, "split it, or copy the table alone into a new file")
        try:
            with self.zip.open(info) as stream:
                yield stream
        except (zipfile.BadZipFile, ZlibError, ValueError, OSError, EOFError, RuntimeError) as error:
            message = f"is damaged or cut off: {name} cannot be unpacked"
            raise self.refused(message, "get it again, or open it and save it anew") from error

    def tree(self, name: str, *, whole: bool = False) -> _Element:
        """A part's XML, whole.

        Args:
            whole: with comments and instructions, as what is written again.

        Raises:
            BadInput: as :meth:`part`; it is not XML, or declares a document type.
        """
        from lxml import etree

        kept = {"remove_comments": not whole, "remove_pis": not whole}
        with self.part(name) as stream, self.parsed(name):
            tree = etree.parse(stream, etree.XMLParser(**HARMLESS | kept))
            self.check(tree.getroot(), name)
            return tree.getroot()

    def elements(self, name: str, tags: tuple[str, ...]) -> Iterator[_Element]:
        """The elements of a part with these names, each when it is whole; it is emptied afterwards."""
        from lxml import etree

        with self.part(name) as stream, self.parsed(name):
            first = True
            for _, element in etree.iterparse(
                stream, events=("end",), tag=[f"{{*}}{tag}" for tag in tags], **HARMLESS
            ):
                if first:
                    self.check(element, name)
                    first = False
                yield element
                element.clear()
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]

    def check(self, element: _Element, name: str) -> None:
        """Refuse a document type: what it declares may grow without end, or lead elsewhere."""
        if element.getroottree().docinfo.doctype:
            raise self.refused(
                f"declares entities in {name}", "no program writes such a file: do not trust it"
            )

    @contextmanager
    def parsed(self, name: str) -> Iterator[None]:
        """What is wrong with XML, as an error."""
        from lxml import etree

        try:
            yield
        except etree.XMLSyntaxError as error:
            message = f"is damaged or cut off: {name} is no XML at its line {error.lineno}"
            raise self.refused(message, "get it again, or open it and save it anew") from error


def local(element: _Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]
