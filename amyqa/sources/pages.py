"""Places on pages: which page a line is on, and the box that a table takes up there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from amyqa.model import Field, Span

PER_PAGE = 10_000
"""Lines of page 3 are numbered from 30,001."""
Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in points from the lower left corner of a page."""


@dataclass(frozen=True)
class Pages:
    """Where lines stand: each on a page, which its number begins with.

    Args:
        boxes: of the table, by page.
    """

    boxes: Mapping[int, Box] = field(default_factory=dict)

    def address(self, line: int, position: int) -> str:
        """``page 3``."""
        return f"page {line // PER_PAGE}"

    def spans(self, wanted: Collection[Field]) -> Mapping[Field, Span]:
        """A page is no text of lines."""
        return {}

    def written(self, token: str, span: Span) -> str:
        """As it is."""
        return token

    def named(self) -> str:
        """The boxes, as a YAML names them: ``{page 3: "36, 96, 569, 700"}``."""
        boxes = (f'page {n}: "{", ".join(str(round(x)) for x in box)}"' for n, box in self.boxes.items())
        return f"{{{', '.join(boxes)}}}"


def turned(box: Box, turn: int) -> Box:
    """A box in the direction that a page's characters run, on the page itself.

    Args:
        turn: how many quarters the characters are turned to the left.
    """
    left, bottom, right, top = box
    if turn == 1:
        return (bottom, -right, top, -left)
    if turn == 2:
        return (-right, -top, -left, -bottom)
    if turn == 3:
        return (-top, left, -bottom, right)
    return box
