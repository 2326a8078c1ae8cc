"""All commands, and what a call of one comes to."""

from __future__ import annotations

import io

# each registers its commands
from amyqa.cli import check, compare, decide, examine, house, mend, review, start  # noqa: F401
from amyqa.cli.output import fail, note, silence
from amyqa.cli.program import app
from amyqa.errors import AmyqaError

__all__ = ["app", "run"]


def run() -> int:
    """Run the command that was asked for; its exit code.

    Raises:
        Exception: amyqa broke.
    """
    try:
        return _code(app(standalone_mode=False))
    except AmyqaError as error:
        return fail(error)
    except SystemExit as error:  # of the parser: nobody reads what it printed
        silence()
        return 0 if error.code == 1 else _code(error.code)
    except Exception as error:
        if (show := getattr(error, "show", None)) is None:
            raise
        told = io.StringIO()  # the parser's own words, which name what was given
        show(file=told)
        note(told.getvalue().rstrip("\n"))
        return _code(getattr(error, "exit_code", 2))


def _code(given: object) -> int:
    return given if isinstance(given, int) else 0
