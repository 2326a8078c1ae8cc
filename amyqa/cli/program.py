"""The program that commands belong to, and the options they share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from typer.core import TyperGroup

import amyqa
from amyqa.cli.output import print_result
from amyqa.errors import did_you_mean

ORDER = [
    "init", "new", "lint", "check", "review", "explain", "fix", "decide", "decisions", "compare", "trace",
    "rules", "schema", "doctor",
]  # fmt: skip
"""The commands in the order of an editor's work."""


Word = TypeVar("Word", bound=str | None)


class _Commands(TyperGroup):
    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """In that order; one that is not in it comes last."""
        names = list(self.commands)
        return sorted(names, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


app = typer.Typer(
    name="amyqa",
    cls=_Commands,
    help="Check the tables of a statistical yearbook before they are printed.",
    epilog="Example:  amyqa check data/2005 --report report",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def one_of(*words: str) -> Callable[[Word], Word]:
    """An option's callback: the value is one of these (or not given), or the nearest is named."""

    def chosen(value: Word) -> Word:
        if value is not None and value not in words:
            raise typer.BadParameter(f"there is no {value!r} ({did_you_mean(value, words)})")
        return value

    return chosen


def folder(name: str) -> Path:
    """An option's folder; an empty name, as of a variable that is not set, is not the one you are in."""
    if not name.strip():
        raise typer.BadParameter("is empty: write . for the current folder")
    return Path(name)


EngineOption = Annotated[
    str,
    typer.Option(metavar="gx|duckdb", callback=one_of("gx", "duckdb"), help="Engine that runs the suites."),
]
NeededEngine = Annotated[
    str | None,
    typer.Option(
        metavar="gx|duckdb",
        callback=one_of("gx", "duckdb"),
        help="Engine that runs the suites [default: duckdb, with gx for its own expectations].",
    ),
]
"""Of commands that need all that `check` finds, and need it soon."""


def _version(asked: bool) -> None:
    if asked:
        print_result(f"amyqa {amyqa.__version__}\n")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    pass
