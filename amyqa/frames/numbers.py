"""``amyqa.infer`` and ``amyqa.diagnose``, which take frames and arrays of numbers as they take tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from amyqa.diagnosis.grid import Diagnosis, Position, Sum, diagnose_grid
from amyqa.frames.grid import grid_of
from amyqa.starting import inference
from amyqa.starting.relations import Relation


def infer(
    data: Any,
    *,
    columns: Sequence[str] = (),
    rows: Sequence[str] = (),
    decimal: str = ".",
    thousands: str = ",",
    nil: Iterable[str] = ("-",),
    rounded: Decimal | None = None,
) -> list[Relation]:
    """Find what a grid of numbers was worked out of, whatever misprints it holds.

    A sum is proposed when nine in ten lines keep it (eight where the parts are neighbours, six where the
    total stands right beside them, five where labels suggest it), when that is no chance, and when it does
    not follow from others. Where a total is printed twice, the one beside its parts is told. Of ratios,
    averages and changes eight lines in ten must agree within the rounding that is printed.

    Args:
        data: rows of cells as printed; a frame of pandas, polars or pyarrow; an array of numbers. What is no
            number is unknown. Columns and rows are those of the data, counted from 0.
        columns, rows: labels; of a frame its own, unless they are given. *Total* and *Male* make relations
            likelier.
        decimal, thousands: how printed numbers are written.
        nil: tokens that count as zero.
        rounded: the unit whole numbers were rounded to, 0 for exact ones; None: the sums tell.

    Returns:
        Sums across columns first, then across rows; then the other kinds (``relation.kind``). Sums have
        ``relation.sums()``, identities for :func:`amyqa.diagnose`; of any kind, ``relation.places(line)`` are
        the cells that a line of ``relation.lines`` takes.

    Raises:
        BadInput: a frame or an array without cells, or with too many.
    """
    grid = grid_of(data)
    return inference.infer(
        grid.tokens, columns=columns or grid.columns, rows=rows or grid.rows, decimal=decimal,
        thousands=thousands, nil=nil, rounded=rounded,
    )  # fmt: skip


def diagnose(
    data: Any,
    identities: Iterable[Sum] | None = None,
    *,
    decimal: str = ".",
    thousands: str = ",",
    nil: Iterable[str] = ("-",),
    values: Mapping[Position, Decimal] | None = None,
    negative: bool | None = None,
    certify: bool = False,
) -> Diagnosis:
    """Find the likeliest misprints in a grid of numbers.

    Args:
        data: rows of cells as printed; a frame of pandas, polars or pyarrow; an array of numbers.
        identities: sums that should hold; one with an unknown cell is left out. None: those that
            :func:`amyqa.infer` finds.
        decimal, thousands: how printed numbers are written.
        nil: tokens that count as zero.
        values: numbers already read, which go before the tokens.
        negative: whether values may be below zero; None: in rows and columns that print such a value.
        certify: also determine the next best explanation.

    Returns:
        What is wrong, by (row, column) of the data, counted from 0.

    Raises:
        BadInput: an identity names a cell outside the grid, or a token cannot be read.
    """
    grid = grid_of(data)
    written = (decimal, thousands, tuple(nil))
    if identities is None:
        found = inference.infer(
            grid.tokens, columns=grid.columns, rows=grid.rows, decimal=decimal, thousands=thousands,
            nil=written[2], called=bool(grid.columns and grid.rows),
        )  # fmt: skip
        identities = [each for relation in found for each in relation.sums()]
    return diagnose_grid(
        grid.tokens, identities, decimal=decimal, thousands=thousands, nil=written[2], values=values,
        negative=negative, certify=certify,
    )  # fmt: skip
