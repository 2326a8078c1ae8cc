"""The formats of a report: what each is called, its file in a report's folder, and who renders it."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import amyqa
from amyqa.cli.output import color, drawn, escaped, print_bytes, print_result, width
from amyqa.errors import BadInput, Problem

if TYPE_CHECKING:
    from amyqa.model import Report, Severity

Content = str | bytes


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Args:
        file: its name in the folder of a report ("": it is only printed).
        render: makes it of a report and the severity that fails the check.
        printed: it can be asked for with ``--format``.
        text: it is characters; anything else is kept off a terminal.
    """

    file: str
    render: Callable[[Report, Severity | None], Content]
    printed: bool = True
    text: bool = True


def _of(module: str) -> Callable[[Report, Severity | None], Content]:
    """The renderer of a module of reports, imported when it is needed."""

    def render(report: Report, fail_on: Severity | None) -> Content:
        del fail_on
        content: Content = _module(module).render(report)
        return content

    return render


def _gated(module: str) -> Callable[[Report, Severity | None], Content]:
    """The same for a format that says what fails."""

    def render(report: Report, fail_on: Severity | None) -> Content:
        content: Content = _module(module).render(report, fail_on)
        return content

    return render


def _module(name: str) -> Any:
    return import_module(f"amyqa.reports.{name}")


def _text(report: Report, fail_on: Severity | None) -> str:
    from amyqa.reports import text

    del fail_on
    return text.render(report, width=width(), color=color())


def _essnet(report: Report, fail_on: Severity | None) -> str:
    from amyqa.reports import essnet

    del fail_on
    return essnet.render(report, now(), amyqa.__version__)


def _sarif(report: Report, fail_on: Severity | None) -> str:
    from amyqa.reports import sarif

    del fail_on
    return sarif.render(report, amyqa.__version__)


def _parquet(report: Report, fail_on: Severity | None) -> bytes:
    from amyqa.engines.parquet import parquet
    from amyqa.reports.rows import COLUMNS, rows

    del fail_on
    return parquet({column.name: column.kind for column in COLUMNS}, rows(report))


FORMATS = {
    "text": Format("", _text),
    "json": Format("report.json", _of("json")),
    "html": Format("report.html", _of("html"), printed=False),
    "xlsx": Format("report.xlsx", _of("xlsx"), printed=False, text=False),
    "junit": Format("junit.xml", _gated("junit")),
    "sarif": Format("report.sarif", _sarif),
    "github": Format("", _of("github")),
    "gitlab": Format("code-quality.json", _of("gitlab")),
    "markdown": Format("report.md", _gated("markdown")),
    "csv": Format("findings.csv", _of("csv")),
    "parquet": Format("findings.parquet", _parquet, text=False),
    "essnet": Format("validation-report.json", _essnet),
}
PRINTED = tuple(name for name, format in FORMATS.items() if format.printed)
FILES = tuple(format.file for format in FORMATS.values() if format.file)


def refuse_format(name: str) -> None:
    """What a terminal cannot show is told before anything is checked."""
    if not FORMATS[name].text and sys.stdout.isatty():
        advice = f"send it to a file: --format {name} > {FORMATS[name].file}"
        raise BadInput([Problem(f"{name} cannot be shown on a terminal", advice)])


def print_report(name: str, report: Report, fail_on: Severity | None) -> None:
    """Print a report in a format, byte for byte where a program reads it."""
    content = FORMATS[name].render(report, fail_on)
    if isinstance(content, bytes):
        print_bytes(content)
    elif name == "text":
        print_result(drawn(content))
    elif name == "json":
        print_result(escaped(content))
    else:
        print_bytes(content.encode())


def files(report: Report, fail_on: Severity | None) -> dict[str, Content]:
    """The files of a report's folder, by name."""
    return {format.file: format.render(report, fail_on) for format in FORMATS.values() if format.file}


def now() -> datetime.datetime:
    """The time of the check, or the one that a build asks for (https://reproducible-builds.org)."""
    asked = os.environ.get("SOURCE_DATE_EPOCH", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 12:
        return datetime.datetime.fromtimestamp(int(asked), datetime.UTC)
    return datetime.datetime.now(datetime.UTC)
