"""Workbooks written from cells: words, numbers, formulas with their stored results, merged ranges."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from amyqa.sources.cells import address
from tests.sources.packed import workbook

Cell = str | float | tuple[str, float] | None
"""A word, a number, a formula with its stored result, or nothing."""


def book(path: Path, rows: Sequence[Sequence[Cell]], merged: Sequence[str] = ()) -> Path:
    """A workbook of these cells, from A1 on."""
    lines = []
    for r, row in enumerate(rows, 1):
        cells = []
        for c, cell in enumerate(row, 1):
            at = address(r, c)
            if isinstance(cell, str):
                cells.append(f'<c r="{at}" t="inlineStr"><is><t>{cell}</t></is></c>')
            elif isinstance(cell, tuple):
                cells.append(f'<c r="{at}"><f>{cell[0]}</f><v>{cell[1]}</v></c>')
            elif cell is not None:
                cells.append(f'<c r="{at}"><v>{cell}</v></c>')
        lines.append(f'<row r="{r}">{"".join(cells)}</row>')
    cells_merged = "".join(f'<mergeCell ref="{each}"/>' for each in merged)
    tail = f"<mergeCells>{cells_merged}</mergeCells>" if merged else ""
    return workbook(path, f"<sheetData>{''.join(lines)}</sheetData>{tail}")
