"""The command line: parse, call, print, exit. 0: nothing open. 1: findings. 2: could not do its job."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from amyqa.cli import leaving

__all__ = ["app", "main"]


def main() -> None:
    """Entry point of the ``amyqa`` command."""
    leaving.watch()  # before anything is imported that takes its time
    try:
        code = _run()
    except KeyboardInterrupt:
        code = 130
    if leaving.came():
        leaving.leave()
    leaving.done()
    raise SystemExit(code)


def _run() -> int:
    """Run a command; what to exit with."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed (>&-): what is written goes nowhere
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        # names and figures of any script must come out whatever the terminal's encoding
        if hasattr(stream := getattr(sys, name), "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        from amyqa.cli.commands import run
        from amyqa.cli.output import keep_for_results

        keep_for_results()
        return run()
    except Exception as error:
        if leaving.came():  # what was under way broke by it
            return 2
        return _broken(error)


def _broken(error: Exception) -> int:
    import traceback

    from amyqa.cli.output import note

    # Python's own exit code for this, 1, would say that there are findings
    note("".join(traceback.format_exception(error)))
    note(
        "amyqa crashed. This is a bug in amyqa, not a mistake in your yearbook: "
        "please report the lines above."
    )
    return 2


def __getattr__(name: str) -> Any:
    if name == "app":
        from amyqa.cli.commands import app

        return app
    raise AttributeError(f"module 'amyqa.cli' has no attribute {name!r}")
