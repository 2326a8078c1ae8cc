"""``amyqa review``: decide in the browser."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from amyqa.cli.output import note, print_result, tell_failures
from amyqa.cli.program import NeededEngine, app

LOOPBACK = ("127.0.0.1", "::1", "localhost")
SHORTEST = 12
"""Characters of a password that many may try."""
VARIABLE = "AMYQA_REVIEW_PASSWORD"


@app.command(
    short_help="Decide on findings in the browser.",
    epilog="Example:  amyqa review data/2005/cambodia",
)
def review(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATHS", help="The yearbook, folders or tables in it, or files of tables [default: .]."
        ),
    ] = None,
    apply: Annotated[
        bool,
        typer.Option("--apply", help="What is ruled corrected is corrected in data/, or in the workbook."),
    ] = False,
    port: Annotated[int, typer.Option(metavar="PORT", min=0, max=65535, help="[default: any free one]")] = 0,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Serve beyond this machine; asks for a password.")
    ] = LOOPBACK[0],
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
    engine: NeededEngine = None,
) -> None:
    """Show a card for each cause of findings, and record what is decided on it at once.

    The page is served on this machine alone, at an address with a token that only this terminal shows.
    """
    from amyqa import pipeline
    from amyqa.pipeline import reviewing
    from amyqa.review.application import application
    from amyqa.review.desk import Desk
    from amyqa.review.guard import Keys
    from amyqa.review.serving import bound, serve

    public = host not in LOOPBACK
    password = _password() if public else ""
    with redirect_stdout(sys.stderr):  # whatever a yearbook's schemas print
        desk = Desk(reviewing.subject(paths or [Path()], pipeline.engine_named(engine)), apply)
        desk.open()
    listening = bound(host, port)
    port = listening.getsockname()[1]
    keys = Keys(
        port, (*LOOPBACK, host.casefold(), _name().casefold()) if public else LOOPBACK, public, password
    )
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{port}/" + ("" if public else f"?token={keys.token}")
    tell_failures(desk.state.report.failures)
    print_result(f"Review at {address}\n")
    if public:
        note("Whoever knows the password can decide. It travels unencrypted: use a network that you trust.")
    note("Ctrl-C ends it; what is decided is on disk already.")
    if browser and not public:
        _open(address)
    with redirect_stdout(sys.stderr):
        serve(application(desk, keys), listening)


def _name() -> str:
    import socket

    return socket.gethostname()


def _password() -> str:
    """The password, from the environment or asked for; an option would be seen by all on this machine."""
    given = os.environ.get(VARIABLE, "")
    if not given and sys.stdin is not None and sys.stdin.isatty():
        import getpass

        given = getpass.getpass("Password for the reviewers: ")
    if len(given) < SHORTEST:
        message = f"needs a password of at least {SHORTEST} characters: set {VARIABLE}"
        raise typer.BadParameter(message, param_hint="--host")
    return given


def _open(address: str) -> None:
    """Open the page in a browser, if there is one; what that prints is not ours."""
    import webbrowser
    from threading import Thread

    Thread(target=webbrowser.open, args=(address,), daemon=True).start()
