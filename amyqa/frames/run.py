"""What a check of a frame gives back: a report whose corrections go into the frame."""

from __future__ import annotations

import dataclasses
from typing import Any

from amyqa.errors import BadInput, Problem
from amyqa.fixing import Correction, plan
from amyqa.model import Change, Report
from amyqa.reports.saving import Findings, SavableReport, number
from amyqa.starting.framing import FrameTable


class FrameRun(SavableReport):
    """The check of one frame (:func:`amyqa.check`).

    ``run.findings.to_pandas()``, ``run.corrections`` and ``run.corrected()`` are frames; ``run.save(FILE)``
    writes the report in any format; ``run.assert_passing()`` is for tests. ``run.table`` says how the frame
    was read.
    """

    __slots__ = ("table",)
    table: FrameTable

    @property
    def cells(self) -> int:
        """Cells of the whole frame, of which a large one is told in part."""
        width = len(self.tables[0].columns) if self.tables else 0
        return self.table.height * width if self.table.is_sample else super().cells

    @property
    def library(self) -> str:  # type: ignore[override]
        """The library of the frame that was given."""
        return library_of(self.table.grid.native)

    def _as_given(self, change: Change, printed: str, proposed: str) -> tuple[Any, Any]:
        value = change.cell.reading.value
        if value is None or not self._counts(change):
            return printed, proposed
        return number(value), number(change.proposed)

    def _counts(self, change: Change) -> bool:
        """Whether the cell's column holds numbers and not their tokens."""
        _, column = self._place(change)
        return self.table.grid.columns[column].counts

    def _place(self, change: Change) -> tuple[int, int]:
        return self.table.place(change.cell.line, change.cell.position)

    def corrected(self, at_least: float = 0.5) -> Any:
        """A copy of the frame with the proposed corrections; the frame that was given stays as it is.

        Args:
            at_least: how likely a correction must be, from 0 to 1.

        Raises:
            BadInput: `at_least` is no likelihood.
        """
        if not 0 <= at_least <= 1:
            raise BadInput([Problem(f"{at_least} is no likelihood", "a number from 0 to 1, as 0.9")])
        found = plan(self, at_least).corrections
        cells = {self._place(each.change): self._value(each) for each in found}
        return replaced(self.table.grid.native, cells)

    def _value(self, correction: Correction) -> Any:
        if self._counts(correction.change):
            return number(correction.change.proposed)
        return correction.new


def run_of(report: Report, table: FrameTable) -> FrameRun:
    """The report of a frame's check, and the frame."""
    given = {field.name: getattr(report, field.name) for field in dataclasses.fields(report) if field.init}
    run = FrameRun(**given | {"findings": Findings.of(report)})
    object.__setattr__(run, "table", table)
    return run


def library_of(native: Any) -> str:
    """The library of a frame, as narwhals calls it: one that it can make frames of."""
    import narwhals as nw

    return str(nw.from_native(native, eager_only=True).implementation.value)


def replaced(native: Any, cells: dict[tuple[int, int], Any]) -> Any:
    """A copy of a frame with other values in some cells, by their row and column from 0."""
    import narwhals as nw

    if nw.dependencies.is_pandas_like_dataframe(native):
        copy = native.copy()
        for (_, column), value in cells.items():
            if isinstance(value, float) and copy.dtypes.iloc[column].kind in "iu":  # no whole number any more
                copy.isetitem(column, copy.iloc[:, column].astype(float))
        for (row, column), value in cells.items():
            copy.iat[row, column] = value
        return copy
    frame = nw.from_native(native, eager_only=True)
    for (row, column), value in cells.items():
        name = frame.columns[column]
        series = frame.get_column(name)
        if isinstance(value, float) and series.dtype.is_integer():
            series = series.cast(nw.Float64)
        frame = frame.with_columns(series.scatter(row, value).alias(name))
    return frame.to_native()
