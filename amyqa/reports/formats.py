"""The formats of a report: what each is called, its file, and what renders it.

Another package adds one under the entry point ``amyqa.formats``: its name, and a :class:`Format`.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from amyqa import extensions
from amyqa.errors import BadInput, Problem, did_you_mean
from amyqa.version import VERSION

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from amyqa.model import Report

GROUP = "amyqa.formats"
"""The entry points under which other packages add formats."""

Content = str | bytes


@dataclass(frozen=True, slots=True)
class Options:
    """What a format may heed.

    Args:
        fail_on: the severity from which on a finding fails the check; None: nothing does.
        width: columns of text.
        color: whether text is coloured with ANSI escapes.
        detail: of text: ``brief`` (a line for each cause), ``normal`` (floods and what was not evaluated in
            a line each) or ``full``.
    """

    fail_on: str | None = "error"
    width: int = 80
    color: bool = False
    detail: str = "full"


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Args:
        render: makes it of a report.
        file: its name in the folder of a report ("": it is only printed).
        suffix: of files that are saved in it without naming a format ("": that of `file`).
        printed: it can be asked for with ``--format``.
        text: it is characters; anything else is kept off a terminal.
    """

    render: Callable[[Report, Options], Content]
    file: str = ""
    suffix: str = ""
    printed: bool = True
    text: bool = True


def _of(module: str, *heeded: str) -> Callable[[Report, Options], Content]:
    """The renderer of a module of reports, imported when it is needed, with the options that it heeds."""

    def render(report: Report, options: Options) -> Content:
        chosen = {name: getattr(options, name) for name in heeded}
        if chosen.get("fail_on") is not None:
            from amyqa.model import Severity

            chosen["fail_on"] = Severity(chosen["fail_on"])
        content: Content = import_module(f"amyqa.reports.{module}").render(report, **chosen)
        return content

    return render


def _sarif(report: Report, options: Options) -> str:
    from amyqa.reports.ci import sarif

    del options
    return sarif.render(report, VERSION)


def _essnet(report: Report, options: Options) -> str:
    from amyqa.reports.data import essnet

    del options
    return essnet.render(report, now(), VERSION)


def _parquet(report: Report, options: Options) -> bytes:
    from amyqa.engines.parquet import parquet
    from amyqa.reports.rows import COLUMNS, rows

    del options
    return parquet({column.name: column.kind for column in COLUMNS}, rows(report))


FORMATS: Mapping[str, Format] = {
    "text": Format(_of("text.render", "width", "color", "detail"), suffix=".txt"),
    "json": Format(_of("data.json"), "report.json"),
    "html": Format(_of("html.render"), "report.html", printed=False),
    "xlsx": Format(_of("xlsx.render"), "report.xlsx", printed=False, text=False),
    "junit": Format(_of("ci.junit", "fail_on"), "junit.xml"),
    "sarif": Format(_sarif, "report.sarif"),
    "github": Format(_of("ci.github")),
    "gitlab": Format(_of("ci.gitlab"), "code-quality.json"),
    "markdown": Format(_of("ci.markdown", "fail_on"), "report.md"),
    "csv": Format(_of("data.csv"), "findings.csv"),
    "parquet": Format(_parquet, "findings.parquet", text=False),
    "essnet": Format(_essnet, "validation-report.json"),
}
"""Those that amyqa brings; where two have files of one suffix, the first is meant by it."""


@cache
def formats() -> Mapping[str, Format]:
    """All formats: amyqa's own, and those of other packages, which cannot replace one of them.

    Raises:
        BadInput: another package's format cannot be loaded.
    """
    return {**{entry.name: _loaded(entry) for entry in extensions.entries(GROUP)}, **FORMATS}


def _loaded(entry: EntryPoint) -> Format:
    format = extensions.load(entry, "format")
    if not isinstance(format, Format):
        raise extensions.refusal(entry, "format", "is not an amyqa Format")
    return format


def format_named(name: str) -> Format:
    """A format by its name.

    Raises:
        BadInput: there is none of that name.
    """
    found = FORMATS.get(name) or formats().get(name)
    if found is None:
        raise BadInput([Problem(f"there is no format {name!r}", did_you_mean(name, formats()))])
    return found


def format_of(file: Path) -> Format:
    """The format that a file's name stands for: a whole name, as ``junit.xml``, or its suffix.

    Raises:
        BadInput: it stands for none.
    """
    known = [*FORMATS.values(), *(each for name, each in formats().items() if name not in FORMATS)]
    for format in known:
        if format.file == file.name:
            return format
    for format in known:
        if file.suffix and file.suffix.lower() in (format.suffix, Path(format.file).suffix):
            return format
    suffixes = dict.fromkeys(each.suffix or Path(each.file).suffix for each in known)
    advice = f"name one with format=, or end the file in {', '.join(filter(None, suffixes))}"
    raise BadInput([Problem("does not say which format it is to have", advice, file=str(file))])


def files(report: Report, options: Options) -> dict[str, Content]:
    """The files of a report's folder, by name."""
    return {each.file: each.render(report, options) for each in formats().values() if each.file}


def now() -> datetime.datetime:
    """The time of the check, or the one that a build asks for (https://reproducible-builds.org)."""
    asked = os.environ.get("SOURCE_DATE_EPOCH", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 12:
        return datetime.datetime.fromtimestamp(int(asked), datetime.UTC)
    return datetime.datetime.now(datetime.UTC)
