"""A report that Python hands out: it shows, renders and saves itself in every format."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from amyqa.errors import BadInput, Problem
from amyqa.model import Change, Finding, Report, Severity
from amyqa.reading.writing import write_atomically
from amyqa.reports.certainty import proposed_as_printed
from amyqa.reports.formats import Content, Options, format_named, format_of
from amyqa.reports.rows import COLUMNS, rows
from amyqa.reports.showing import summary

_FAIL_ON = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}


class Findings(tuple[Finding, ...]):
    """The findings of a report, most serious first; also as a frame."""

    report: Report

    @classmethod
    def of(cls, report: Report) -> Findings:
        """Those of a report."""
        found = cls(report.findings)
        found.report = report
        return found

    def to_pandas(self) -> Any:
        """A pandas frame, one row a finding."""
        return self.to_frame("pandas")

    def to_frame(self, library: str = "pandas") -> Any:
        """A frame of a library that narwhals knows, as ``polars``; numbers are exact decimals."""
        told = list(rows(self.report))
        columns = {column.name: [row[i] for row in told] for i, column in enumerate(COLUMNS)}
        return framed(columns, library)


def framed(columns: dict[str, list[Any]], library: str) -> Any:
    """Columns as a frame of a library."""
    import narwhals as nw

    return nw.from_dict(columns, backend=nw.Implementation.from_backend(library)).to_native()  # type: ignore[arg-type]


class SavableReport(Report):
    """A report with all its formats (:data:`amyqa.reports.formats.FORMATS`)."""

    __slots__ = ()
    findings: Findings
    library: ClassVar[str] = "pandas"
    """Whose frames its corrections are."""

    def __repr__(self) -> str:
        return summary(self)

    def _repr_html_(self) -> str:
        """What a notebook shows: the tables with their misprints struck out, the causes and their sums."""
        from amyqa.reports.html.notebook import render

        return render(self)

    def render(self, format: str = "text", options: Options = Options()) -> Content:  # noqa: B008  # frozen
        """The report in a format: text, or bytes where the format is no text.

        Raises:
            BadInput: there is no such format.
        """
        return format_named(format).render(self, options)

    def to_html(self) -> str:
        """The page, which needs no other file."""
        return str(self.render("html"))

    def to_json(self) -> str:
        """The JSON document that ``amyqa schema report`` describes."""
        return str(self.render("json"))

    def to_text(self, width: int = 80) -> str:
        """What ``amyqa check`` prints, in so many columns."""
        return str(self.render("text", Options(width=width)))

    def to_markdown(self) -> str:
        """A comment of a pull request, at most 65,000 characters."""
        return str(self.render("markdown"))

    def save(self, path: str | Path, format: str | None = None, options: Options = Options()) -> None:  # noqa: B008
        """Write the report to a file: all of it, or none.

        Args:
            path: where to; ``report.sarif`` says by its suffix which format is meant.
            format: its name, whatever the file is called.

        Raises:
            BadInput: there is no such format, or the file cannot be written.
        """
        file = Path(path)
        chosen = format_of(file) if format is None else format_named(format)
        write_atomically(file, chosen.render(self, options))

    @property
    def corrections(self) -> Any:
        """What should have been printed, as a frame: row, column, printed, proposed, likelihood.

        Only cells that a diagnosis locates; without any, the frame has no rows. Several tables are told apart
        by a column ``table``.
        """
        found = [self._correction(change, likelihood) for change, likelihood in self._proposed()]
        names = ("table", "row", "column", "printed", "proposed", "likelihood", "kind", "role")
        columns = {name: [row[i] for row in found] for i, name in enumerate(names)}
        if len(self.tables) < 2:
            del columns["table"]
        return framed(columns, self.library)

    def _proposed(self) -> Iterator[tuple[Change, float]]:
        """The changes of located diagnoses, each cell once, with their likelihoods."""
        seen = set()
        for diagnosis in self.diagnoses:
            for change in diagnosis.changes if not diagnosis.settled else ():
                if (address := (change.cell.table, change.cell.id)) not in seen:
                    seen.add(address)
                    yield change, diagnosis.likelihood

    def _correction(self, change: Change, likelihood: float) -> tuple[Any, ...]:
        cell = change.cell
        table = next((table for table in self.tables if table.id == cell.table), None)
        better = proposed_as_printed(change, table)
        printed, proposed = self._as_given(change, cell.token.strip(), better)
        return (
            cell.table, cell.row, cell.column, printed, proposed, likelihood, change.kind, change.role_word,
        )  # fmt: skip

    def _as_given(self, change: Change, printed: str, proposed: str) -> tuple[Any, Any]:
        """A printed token and the one proposed for it, as whoever gave the table knows them."""
        return printed, proposed

    def assert_passing(self, fail_on: str = "error") -> None:
        """Raise where the tables are not ready to print.

        Args:
            fail_on: the least severity that fails: ``error``, ``warning`` or ``info``.

        Raises:
            AssertionError: with the summary: something is open, could not be read, or nothing was checked.
            BadInput: there is no such severity.
        """
        if fail_on not in _FAIL_ON:
            raise BadInput([Problem(f"there is no severity {fail_on!r}", "error, warning or info")])
        if self.fails(_FAIL_ON[fail_on]) or self.failures or not self.total.evaluated:
            raise AssertionError(summary(self))


def savable(report: Report) -> SavableReport:
    """The same report, with all its formats."""
    return SavableReport(**_fields(report))


def _fields(report: Report) -> dict[str, Any]:
    given = {field.name: getattr(report, field.name) for field in dataclasses.fields(report) if field.init}
    return given | {"findings": Findings.of(report)}


def number(value: Decimal) -> int | float:
    """A number as frames hold it: whole, or the nearest float."""
    return int(value) if value == value.to_integral_value() else float(value)
