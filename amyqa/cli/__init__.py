"""The command line: parse, call, print, exit. 0: nothing open. 1: findings. 2: could not do its job."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

from amyqa.cli import check, decide, examine, mend, start  # noqa: F401 (each registers its commands)
from amyqa.cli.output import fail, keep_for_results, note
from amyqa.cli.program import app
from amyqa.errors import AmyqaError

__all__ = ["app", "main"]


def main() -> None:
    """Entry point of the ``amyqa`` command."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed (>&-): what is written goes nowhere
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        # names and figures of any script must come out whatever the terminal's encoding
        if hasattr(stream := getattr(sys, name), "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    keep_for_results()
    try:
        app()
    except AmyqaError as error:
        fail(error)
    except Exception:
        # Python's own exit code for this, 1, would say that there are findings
        note(traceback.format_exc())
        note("amyqa broke. This is its own mistake, not the yearbook's: please report the lines above.")
        raise SystemExit(2) from None
