"""Whatever holds numbers in rows and columns, as rows of tokens with labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from amyqa.sources.frames import is_array, is_frame, read_frame, token_rows
from amyqa.starting.framing import labelling


@dataclass(frozen=True)
class Grid:
    """Tokens, row by row; labels of columns and rows where there are some."""

    tokens: Sequence[Sequence[str]]
    columns: Sequence[str] = ()
    rows: Sequence[str] = ()


def grid_of(data: Any) -> Grid:
    """A frame, an array or rows of tokens as a grid; what labels a frame's rows is no number of it.

    Raises:
        BadInput: a frame or an array without cells, or with too many.
    """
    if not is_frame(data):
        return Grid(token_rows(data) if is_array(data) else data)
    frame = read_frame(data)
    labels = labelling(frame)
    blank = ("",) * frame.height
    columns = [blank if each in labels else each.tokens for each in frame.columns]
    names = zip(*(each.tokens for each in labels[:1]), strict=True)
    return Grid(
        [list(row) for row in zip(*columns, strict=True)],
        [each.name for each in frame.columns],
        [name for (name,) in names] if labels else (),
    )
