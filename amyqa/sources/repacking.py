"""Packages written again: a few parts changed, all others copied as they are."""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import TYPE_CHECKING

from amyqa.sources.packages import Package, local
from amyqa.sources.tags import is_plain

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_UNPACKED = 1024 * 1024 * 1024
_TYPES = "[Content_Types].xml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT = "http://schemas.openxmlformats.org/package/2006/content-types"
_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Repacked:
    """A package of which some parts are others.

    Raises:
        BadInput: it is signed, which no copy is; or two of its parts have one name.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        self._changed: dict[str, tuple[str, bytes]] = {}
        infos = package.zip.infolist()
        names = [info.filename.lstrip("/").lower() for info in infos]
        if any(name.startswith("_xmlsignatures/") for name in names):
            message = "is signed: a copy with other cells would not be what was signed"
            raise package.refused(message, "save a copy without the signature")
        if len(set(names)) < len(names):
            raise package.refused("holds two parts of one name", "open it and save it anew")
        if sum(info.file_size for info in infos) > _MAX_UNPACKED:
            raise package.refused(f"unpacks to over {_MAX_UNPACKED:,} bytes", "split it")

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._changed or name in self.package

    @property
    def changed(self) -> frozenset[str]:
        """Names of the parts that are others, in small letters."""
        return frozenset(self._changed)

    def read(self, name: str) -> bytes:
        """A part's bytes, as they are by now.

        Raises:
            BadInput: as :meth:`Package.part`.
        """
        if name.lower() in self._changed:
            return self._changed[name.lower()][1]
        with self.package.part(name) as stream:
            return stream.read()

    def read_plain(self, name: str) -> bytes:
        """A part's bytes in UTF-8, whatever it is written in.

        Raises:
            BadInput: as :meth:`Package.tree`.
        """
        from lxml import etree

        raw = self.read(name)
        return raw if is_plain(raw) else etree.tostring(self.tree(name), encoding="UTF-8")

    def tree(self, name: str) -> _Element:
        """A part's XML, as it is by now, to be changed and put back.

        Raises:
            BadInput: as :meth:`Package.tree`.
        """
        from lxml import etree

        if name.lower() in self._changed:  # which was made here
            return etree.fromstring(self._changed[name.lower()][1])
        return self.package.tree(name, whole=True)

    def put(self, name: str, content: bytes | _Element) -> None:
        """Write a part, or one that was not there."""
        from lxml import etree

        whole = content if isinstance(content, bytes) else _XML + etree.tostring(content, encoding="UTF-8")
        info = self.package.names.get(name.lower())
        self._changed[name.lower()] = (info.filename if info else name, whole)

    def relations(self, part: str) -> list[tuple[str, str, str]]:
        """Id, kind (all of its name) and target of what a part refers to inside the package."""
        path = _relations_of(part)
        if path not in self:
            return []
        found = []
        for each in self.tree(path):
            if local(each) == "Relationship" and each.get("TargetMode") != "External":
                target = posixpath.join("/", posixpath.dirname(part), each.get("Target", ""))
                found.append((each.get("Id", ""), each.get("Type", ""), posixpath.normpath(target)[1:]))
        return found

    def relate(self, part: str, kind: str, target: str) -> str:
        """Let a part refer to another; the id by which it does."""
        from lxml import etree

        path = _relations_of(part)
        tree = self.tree(path) if path in self else etree.Element(f"{{{_RELATIONS}}}Relationships")
        ids = {each.get("Id", "").lower() for each in tree}
        id = next(name for n in range(1, len(ids) + 2) if (name := f"rId{n}").lower() not in ids)
        etree.SubElement(tree, f"{{{_RELATIONS}}}Relationship", Id=id, Type=kind, Target=f"/{target}")
        self.put(path, tree)
        return id

    def declare(self, kind: str, *, part: str = "", ending: str = "") -> None:
        """Say what a new part is, or all parts with an ending of which nothing is said yet."""
        from lxml import etree

        tree = self.tree(_TYPES) if _TYPES in self else etree.Element(f"{{{_CONTENT}}}Types")
        if ending and not any(each.get("Extension", "").lower() == ending for each in tree):
            tree.insert(0, etree.Element(f"{{{_CONTENT}}}Default", Extension=ending, ContentType=kind))
        if part:
            etree.SubElement(tree, f"{{{_CONTENT}}}Override", PartName=f"/{part}", ContentType=kind)
        self.put(_TYPES, tree)

    def new_name(self, pattern: str) -> str:
        """A name of which there is no part: ``xl/comments{}.xml`` with the first number that is free."""
        number = 1
        while pattern.format(number) in self:
            number += 1
        return pattern.format(number)

    def save(self) -> bytes:
        """The package: parts in their order with their dates, then those that are new.

        Raises:
            BadInput: a part cannot be unpacked.
        """
        out = io.BytesIO()
        left = dict(self._changed)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for info in self.package.zip.infolist():
                name = info.filename.lstrip("/").lower()
                copy = zipfile.ZipInfo(info.filename, info.date_time)
                copy.compress_type = zipfile.ZIP_STORED if info.compress_type == 0 else zipfile.ZIP_DEFLATED
                copy.external_attr = info.external_attr
                packed.writestr(copy, left.pop(name)[1] if name in left else self.read(name))
            for name, content in left.values():
                new = zipfile.ZipInfo(name)
                new.compress_type = zipfile.ZIP_DEFLATED
                packed.writestr(new, content)
        return out.getvalue()


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
