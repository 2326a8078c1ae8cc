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


def folded(sections: Iterable[TableSection], template: Template) -> tuple[Folded, ...]:
    """The sections in their order: the first with findings open, the rest folded, and packed if large."""
    known = list(sections)
    bodies = [Markup(template.render(section=section)) for section in known]  # noqa: S704  # escaped there
    pack = sum(map(len, bodies)) > MAX_UNPACKED
    most = MAX_OPEN_OF_MANY if pack else MAX_OPEN
    found = []
    few = len(known) <= MAX_OPEN and not any(section.findings for section in known)
    for number, (section, body) in enumerate(zip(known, bodies, strict=True)):
        opened = few or bool(section.findings and number < most)
        packed = _packed(body) if pack and not opened else ""
        found.append(Folded(section, opened, Markup() if packed else body, packed))
    return tuple(found)


def _packed(text: str) -> str:
    return base64.b64encode(zlib.compress(text.encode(), 4)).decode()


def index(sections: Iterable[Folded]) -> str:
    """What the script must know of packed sections: their findings, for filters and search, and diagnoses.

    JSON: for each section its number, its findings (id, severity, rule, ESS code, statuses, sentence), and
    the ids of its diagnoses; "" where nothing is packed.
    """
    found: list[Any] = [
        [
            folded.section.number,
            [
                [told.anchor, told.severity, *map(visible, (told.rule, told.ess, "|".join(told.statuses))),
                 visible(told.message)]
                for told in folded.section.findings
            ],
            [each.anchor for each in folded.section.diagnoses],
        ]
        for folded in sections
    ]  # fmt: skip
    return Markup(embedded(found)) if found else ""  # noqa: S704  # escaped by embedded
