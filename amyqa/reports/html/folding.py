"""What of a report stands open, what is folded away, and what is packed until somebody asks for it."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from amyqa.characters import visible
from amyqa.reports.html.cellcases import embedded
from amyqa.reports.html.page import Folded, TableSection

if TYPE_CHECKING:
    from jinja2 import Template

MAX_OPEN = 25
MAX_OPEN_OF_MANY = 6
MAX_UNPACKED = 2_500_000
"""So many characters of tables a page holds as they are; a browser would be slow to open a larger one."""
TOGETHER = 400_000
"""So many characters of tables are compressed together: what they have in common is then told once."""
BETWEEN = "\x1e"
"""What separates them; no body holds it, as control characters are shown as words."""


def folded(
    sections: Iterable[TableSection], template: Template
) -> tuple[tuple[Folded, ...], tuple[str, ...]]:
    """The sections in their order: the first with something open, the rest folded, and packed if large.

    Returns:
        The sections, and the packs with the bodies of those that are packed.
    """
    known = list(sections)
    bodies = [Markup(template.render(section=section)) for section in known]  # noqa: S704  # escaped there
    pack = sum(map(len, bodies)) > MAX_UNPACKED
    most = MAX_OPEN_OF_MANY if pack else MAX_OPEN
    few = len(known) <= MAX_OPEN and not any(section.is_open for section in known)
    found, packs = [], _Packs()
    for number, (section, body) in enumerate(zip(known, bodies, strict=True)):
        opened = few or bool(section.is_open and number < most)
        if pack and not opened:
            found.append(Folded(section, opened, Markup(), packs.add(body)))
        else:
            found.append(Folded(section, opened, body))
    return tuple(found), packs.told()


class _Packs:
    """Bodies of tables, put together and compressed."""

    def __init__(self) -> None:
        self._packs: list[list[str]] = [[]]

    def add(self, body: str) -> tuple[int, int]:
        """The number of the pack, from 1, and the body's place in it, from 0."""
        if sum(map(len, self._packs[-1])) > TOGETHER:
            self._packs.append([])
        self._packs[-1].append(body)
        return len(self._packs), len(self._packs[-1]) - 1

    def told(self) -> tuple[str, ...]:
        """Each pack, compressed (RFC 1951) and in base64."""
        return tuple(_packed(BETWEEN.join(bodies)) for bodies in self._packs if bodies)


def _packed(text: str) -> str:
    squeezed = zlib.compressobj(6, wbits=-15)
    data = squeezed.compress(text.encode()) + squeezed.flush()
    return base64.b64encode(data).decode()


def index(sections: Iterable[Folded]) -> str:
    """What the script must know of packed sections: their findings, for filters and search, and causes.

    JSON: for each section its number, its causes (their numbers), and its open findings (id, severity, rule,
    ESS code, statuses, sentence, the cause's number); "" where nothing is packed.
    """
    found: list[Any] = [
        [
            folded.section.number,
            [cause.number for cause in folded.section.causes],
            [
                [told.anchor, told.severity, *map(visible, (told.rule, told.ess, "|".join(told.statuses))),
                 visible(told.message), cause.number]
                for cause in folded.section.causes for told in cause.every
            ],
        ]
        for folded in sections
    ]  # fmt: skip
    return Markup(embedded(found)) if found else ""  # noqa: S704  # escaped by embedded
