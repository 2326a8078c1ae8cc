"""Cells of a worksheet with other values, their formulas, styles and all else kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from html import escape

from amyqa.characters import visible
from amyqa.errors import BadInput, Problem
from amyqa.sources.cells import address, column_number, qualified
from amyqa.sources.numberformats import GENERAL, show
from amyqa.sources.packages import local
from amyqa.sources.repacking import Repacked
from amyqa.sources.tags import Splice, Tag, spliced, tag_at, walk, with_attribute

_VALUE = re.compile(rb"<((?:\w+:)?)v(?:\s[^>]*)?>[^<]*</\1v\s*>|<((?:\w+:)?)v\s*/>")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_SCALES = (0, -2, 3, 6, -3)
"""Powers of ten by which a format shows a number otherwise than it is stored: percent, thousands."""
_BEFORE = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "AlternateContent", "revisionPtr",
    "absPath", "bookViews", "sheets", "functionGroups", "externalReferences", "definedNames",
)  # fmt: skip
"""What stands before a workbook's settings of calculation."""


def stored(token: str, code: str, from_1904: bool = False) -> str | None:
    """The number that a cell must hold to show a token in its format; None where none can be told."""
    plain = re.sub(r"[^\d.]", "", token)
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    for power in _SCALES:
        for sign in (1, -1):
            text = f"{(sign * number).scaleb(power).normalize() + 0:f}"
            if show(text, code, from_1904).token == token.strip():
                return text
    return None


def rewrite(
    copy: Repacked,
    part: str,
    name: str,
    tokens: Mapping[tuple[int, int], str],
    formats: Sequence[str],
    from_1904: bool = False,
) -> None:
    """Let cells of a worksheet show other tokens; of one with a formula the stored result is another.

    Args:
        part, name: the worksheet's.
        tokens: by row and column.
        formats: of numbers, by the styles' numbers.

    Raises:
        BadInput: a cell is not there, or cannot show its token.
        ValueError: the sheet is damaged.
    """
    raw = copy.read_plain(part)
    splices: list[Splice] = []
    opened: list[tuple[Tag, tuple[int, int]]] = []
    found: set[tuple[int, int]] = set()
    row = column = 0

    def see(tag: Tag) -> None:
        nonlocal row, column
        if tag.name == "row" and tag.opens:
            row, column = int(tag.attributes.get("r") or row + 1), 0
        elif tag.name == "c" and tag.opens:
            reference = tag.attributes.get("r", "")
            column = column_number(reference.rstrip("0123456789")) if reference else column + 1
            opened[:] = [(tag, (row, column))]
        elif tag.name == "c" and opened and opened[0][1] in tokens:
            first, place = opened[0]
            old = tag_at(raw, first.start)
            inner = raw[first.start + len(old) : tag.start]
            kind, style = first.attributes.get("t", "n"), int(first.attributes.get("s", "0"))
            new = None
            if kind == "n":
                code = formats[style] if style < len(formats) else GENERAL
                if (number := stored(tokens[place], code, from_1904)) is not None:
                    new = _number(old, inner, number)
            elif kind in ("s", "inlineStr"):
                new = _text(old, tokens[place])
            if new is None:
                where = f"{copy.package.shown} {qualified(name, *place)}"
                message = f"cannot show {tokens[place]!r} in its format"
                raise BadInput([Problem(message, "correct the cell there", where)])
            splices.append((first.start, tag.start, new))
            found.add(place)

    walk(raw, see)
    if lost := sorted(tokens.keys() - found):
        raise copy.package.refused(f"has no cell {address(*lost[0])}", "enter the number there yourself")
    copy.put(part, spliced(raw, splices))


def _text(tag: bytes, text: str) -> bytes:
    """A cell that holds a text, without its end."""
    prefix = _prefix(tag)
    said = escape(visible(text), quote=False)
    into = f'<{prefix}is><{prefix}t xml:space="preserve">{said}</{prefix}t></{prefix}is>'
    return with_attribute(tag, "t", "inlineStr") + into.encode()


def _number(tag: bytes, inner: bytes, number: str) -> bytes:
    """A cell that holds a number, without its end: what else is in it is kept."""
    prefix = _prefix(tag)
    value = f"<{prefix}v>{number}</{prefix}v>".encode()
    changed, times = _VALUE.subn(lambda _: value, inner, count=1)
    return tag + (changed if times else inner + value)


def _prefix(tag: bytes) -> str:
    return tag[1:].split(None, 1)[0].rstrip(b"/>").decode().removesuffix("c")


def has_formulas(copy: Repacked, part: str) -> bool:
    """Whether a worksheet may hold formulas."""
    return _FORMULA.search(copy.read(part)) is not None


def calculate_on_load(copy: Repacked, main: str) -> None:
    """Let whoever opens the workbook work its formulas out again."""
    from lxml import etree

    tree = copy.tree(main)
    settings = next((each for each in tree if local(each) == "calcPr"), None)
    if settings is None:
        settings = etree.Element(f"{{{etree.QName(tree).namespace}}}calcPr")
        behind = [i for i, each in enumerate(tree, 1) if local(each) in _BEFORE]
        tree.insert(max(behind, default=0), settings)
    settings.set("fullCalcOnLoad", "1")
    copy.put(main, tree)
