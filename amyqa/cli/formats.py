"""Reports as the command line prints and writes them, in any format."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from amyqa.cli.output import color, drawn, escaped, print_bytes, print_result, width
from amyqa.errors import BadInput, Problem
from amyqa.reports.formats import FORMATS, Options, format_named

if TYPE_CHECKING:
    from amyqa.model import Report, Severity

PRINTED = tuple(name for name, format in FORMATS.items() if format.printed)


def printed(name: str) -> str:
    """An option's callback: a format that can be printed, be it another package's."""
    from amyqa.cli.program import one_of
    from amyqa.reports.formats import formats

    if name in PRINTED:
        return name
    return one_of(*(each for each, format in formats().items() if format.printed))(name)


def refuse_format(name: str) -> None:
    """What a terminal cannot show is told before anything is checked."""
    format = format_named(name)
    if not format.text and sys.stdout.isatty():
        advice = f"send it to a file: --format {name} > {format.file or name}"
        raise BadInput([Problem(f"{name} cannot be shown on a terminal", advice)])


def print_report(name: str, report: Report, fail_on: Severity | None, detail: str = "full") -> None:
    """Print a report in a format, byte for byte where a program reads it."""
    content = format_named(name).render(report, Options(fail_on, width(), color(), detail))
    if isinstance(content, bytes):
        print_bytes(content)
    elif name == "text":
        print_result(drawn(content))
    elif name == "json":
        print_result(escaped(content))
    else:
        print_bytes(content.encode())
