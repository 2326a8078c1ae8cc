"""A report that Python hands out: it renders and saves itself in every format."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from amyqa.model import Report
from amyqa.reading.writing import write_atomically
from amyqa.reports.formats import Content, Options, format_named, format_of


class SavableReport(Report):
    """A report with all its formats (:data:`amyqa.reports.formats.FORMATS`)."""

    __slots__ = ()

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


def savable(report: Report) -> SavableReport:
    """The same report, with all its formats."""
    given = {field.name: getattr(report, field.name) for field in dataclasses.fields(report) if field.init}
    return SavableReport(**given)
