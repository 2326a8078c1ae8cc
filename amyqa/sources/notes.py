"""Notes at the cells of a worksheet, added to those that are there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from amyqa.characters import visible
from amyqa.errors import BadInput
from amyqa.sources.cells import address, box
from amyqa.sources.packages import local
from amyqa.sources.repacking import Repacked

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_NOTES = 5_000
"""A spreadsheet is slow with more."""
_AUTHOR = "amyqa"
_MAX_CHARACTERS = 2_000
_BLOCK = 1024
"""As many shapes have their ids in one block."""
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_V, _O, _X = (
    "urn:schemas-microsoft-com:vml",
    "urn:schemas-microsoft-com:office:office",
    "urn:schemas-microsoft-com:office:excel",
)
_EMPTY = (
    f'<xml xmlns:v="{_V}" xmlns:o="{_O}" xmlns:x="{_X}"><o:shapelayout v:ext="edit">'
    '<o:idmap v:ext="edit" data=""/></o:shapelayout></xml>'
)
_TYPE = (
    f'<v:shapetype xmlns:v="{_V}" xmlns:o="{_O}" id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    '<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape xmlns:v="{v}" xmlns:o="{o}" xmlns:x="{x}" id="_x0000_s{id}" type="#_x0000_t202" '
    'style="position:absolute;width:240pt;height:{height}pt;z-index:1;visibility:hidden" '
    'fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
    '<v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left},15,{top},2,{right},15,{bottom},4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)


def add_notes(book: Repacked, part: str, main: str, notes: Mapping[tuple[int, int], str]) -> str:
    """Add notes to a worksheet's cells; a cell's own note gets the new one below it.

    Args:
        part: the worksheet's.
        main: the namespace of its elements.
        notes: by row and column.

    Returns:
        The id by which the worksheet must refer to its drawing of notes; "" where it does already.

    Raises:
        BadInput: its notes are written in a way that none can be added to.
    """
    related = book.relations(part)
    base = next((kind.rpartition("/")[0] for _, kind, _ in book.relations("")), "")
    of_kind = {kind.rpartition("/")[2]: (id, target) for id, kind, target in reversed(related)}
    texts = of_kind.get("comments", ("", ""))[1]
    fresh = _add_texts(book, part, (texts, f"{base}/comments"), main, notes)
    return _add_shapes(book, part, of_kind.get("vmlDrawing"), f"{base}/vmlDrawing", fresh, notes)


def _add_texts(
    book: Repacked,
    part: str,
    known: tuple[str, str],
    main: str,
    notes: Mapping[tuple[int, int], str],
) -> list[tuple[int, int]]:
    """Add what the notes say; the cells that had none before."""
    from lxml import etree

    name, kind = known
    if name:
        tree = book.tree(name)
        main = tree.tag.partition("}")[0].strip("{")
    else:
        name = book.new_name("xl/comments{}.xml")
        tree = etree.Element(f"{{{main}}}comments", nsmap={None: main})
        etree.SubElement(tree, f"{{{main}}}authors")
        etree.SubElement(tree, f"{{{main}}}commentList")
        book.relate(part, kind, name)
        book.declare(_COMMENTS, part=name)
    authors, listed = (tree.find(f"{{*}}{each}") for each in ("authors", "commentList"))
    if authors is None or listed is None:
        raise _unlike(book)
    names = [each.text or "" for each in authors]
    if _AUTHOR not in names:
        etree.SubElement(authors, f"{{{main}}}author").text = _AUTHOR
        names.append(_AUTHOR)
    there = {each.get("ref", "").replace("$", "").upper(): each for each in listed}
    fresh = []
    for place, said in sorted(notes.items()):
        text = _fitted(visible(said.replace("\n", "\v")).replace("\\x0b", "\n"))
        if (own := there.get(address(*place))) is not None:
            holder = own.find("{*}text")
            if holder is None or _is_conversation(own):
                continue  # what people say to each other there is theirs
            text = f"\n{text}"
            if (plain := holder.find("{*}t")) is not None:  # is not allowed beside runs
                run = etree.Element(f"{{{main}}}r")
                holder.replace(plain, run)
                run.append(plain)
        else:
            own = etree.SubElement(listed, f"{{{main}}}comment", ref=address(*place))
            own.set("authorId", str(names.index(_AUTHOR)))
            holder = etree.SubElement(own, f"{{{main}}}text")
            fresh.append(place)
        run = etree.Element(f"{{{main}}}r")
        written = etree.SubElement(run, f"{{{main}}}t")
        written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        written.text = text
        holder.insert(len(holder.findall("{*}r")), run)
    listed[:] = sorted(listed, key=_place)
    book.put(name, tree)
    return fresh


def _is_conversation(comment: _Element) -> bool:
    """Whether a note stands for one that people answer, which is kept elsewhere."""
    texts = [each.text or "" for each in comment.iter("{*}t")]
    return any(text.startswith("[Threaded comment]") for text in texts[:1])


def _place(comment: _Element) -> tuple[int, int]:
    try:
        where = box(comment.get("ref", ""))
    except ValueError:
        return 0, 0
    return where.top, where.left


def _fitted(text: str) -> str:
    return text if len(text) <= _MAX_CHARACTERS else text[: _MAX_CHARACTERS - 2].rstrip() + " …"


def _add_shapes(
    book: Repacked,
    part: str,
    known: tuple[str, str] | None,
    kind: str,
    places: Iterable[tuple[int, int]],
    notes: Mapping[tuple[int, int], str],
) -> str:
    """Draw the boxes of notes; the id of a drawing that the worksheet does not refer to yet."""
    from lxml import etree

    places = list(places)
    if not places:
        return ""
    id = ""
    if known:
        name = known[1]
        try:
            tree = book.tree(name)
        except BadInput as error:  # as older programs wrote it, it is not always XML
            raise _unlike(book) from error
    else:
        name = book.new_name("xl/drawings/vmlDrawing{}.vml")
        tree = etree.fromstring(_EMPTY)
        id = book.relate(part, kind, name)
        book.declare(_DRAWING, ending="vml")
    types = {each.get("id") for each in tree if local(each) == "shapetype"}
    if "_x0000_t202" not in types:
        tree.append(etree.fromstring(_TYPE))
    blocks = _blocks(book, len(places))
    for number, (row, column) in enumerate(places):
        height = 24 + 12 * (len(notes[row, column]) // 45 + notes[row, column].count("\n"))
        shape = _SHAPE.format(
            v=_V, o=_O, x=_X, id=blocks[number // (_BLOCK - 1)] * _BLOCK + number % (_BLOCK - 1) + 1,
            height=height, row=row - 1, column=column - 1, left=column, right=column + 4,
            top=max(row - 2, 0), bottom=max(row - 2, 0) + height // 15 + 1,
        )  # fmt: skip
        tree.append(etree.fromstring(shape))
    map = next((each for each in tree.iter() if local(each) == "idmap"), None)
    if map is None:
        raise _unlike(book)
    map.set("data", ",".join(filter(None, [map.get("data", ""), *(str(block) for block in blocks)])))
    book.put(name, tree)
    return id


def _blocks(book: Repacked, count: int) -> list[int]:
    """Blocks of ids for so many shapes, of which no drawing of the workbook has one."""
    taken = {0}
    for name in {*book.package.names, *book.changed}:
        if name.endswith(".vml"):
            for match in re.finditer(rb"""\bdata\s*=\s*["']([\d,\s]*)["']""", book.read(name)):
                taken |= {int(number) for number in match[1].split(b",") if number.strip()}
    first = max(taken) + 1
    return list(range(first, first + (count - 1) // (_BLOCK - 1) + 1))


def _unlike(book: Repacked) -> BadInput:
    message = "has notes that are written in a way that none can be added to"
    return book.package.refused(message, "save it anew with a spreadsheet, or copy the table to a new sheet")
