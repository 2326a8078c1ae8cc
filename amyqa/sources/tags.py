"""Tags of an XML part at their bytes: one can be changed, and the rest stays as it is, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from xml.parsers import expat

_ATTRIBUTE = rb"""\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')"""
_TAG = re.compile(rb"<[^\s/>]+(?:" + _ATTRIBUTE + rb")*\s*/?>")
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']+)""")

Splice = tuple[int, int, bytes]
"""Where bytes begin and end that are others, and which."""


@dataclass(frozen=True, slots=True)
class Tag:
    """The tag by which an element begins, or (`opens` False) ends.

    Args:
        name: without its namespace.
        attributes: those without one.
        depth: of the element; 0 is the root.
        start: of its first byte.
    """

    name: str
    attributes: Mapping[str, str]
    depth: int
    start: int
    opens: bool = True


def is_plain(raw: bytes) -> bool:
    """Whether a part is UTF-8, so that a tag's place in it is that of its bytes."""
    said = _DECLARED.match(raw.removeprefix(b"\xef\xbb\xbf"))
    return not raw.startswith((b"\xff\xfe", b"\xfe\xff")) and (
        said is None or said[1].lower() in (b"utf-8", b"us-ascii", b"utf8")
    )


def walk(raw: bytes, see: Callable[[Tag], object]) -> None:
    """Show every tag to `see`, in their order.

    Raises:
        ValueError: it is no XML, or declares a document type.
    """
    depth = 0
    parser = expat.ParserCreate(namespace_separator=" ")

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        see(Tag(name.rpartition(" ")[2], attributes, depth, parser.CurrentByteIndex))
        depth += 1

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        see(Tag(name.rpartition(" ")[2], {}, depth, parser.CurrentByteIndex, opens=False))

    def refused(*_: object) -> None:
        raise ValueError("declares a document type")

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.StartDoctypeDeclHandler = refused
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error


def tag_at(raw: bytes, start: int) -> bytes:
    """All of the tag that begins there."""
    match = _TAG.match(raw, start)
    if match is None:
        raise ValueError("no tag")
    return match[0]


def with_attribute(tag: bytes, name: str, value: str) -> bytes:
    """A tag with an attribute, in the place of the one that it has."""
    for match in _ATTRIBUTES.finditer(tag):
        if match[1] == name.encode():
            return tag[: match.start(2)] + f'"{value}"'.encode() + tag[match.end(2) :]
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + f' {name}="{value}"'.encode() + tag[end:]


def spliced(raw: bytes, splices: Iterable[Splice]) -> bytes:
    """The bytes with some of them others."""
    out, last = [], 0
    for start, end, new in sorted(splices):
        out += [raw[last:start], new]
        last = end
    return b"".join([*out, raw[last:]])
