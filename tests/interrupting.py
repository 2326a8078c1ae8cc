"""A process that imports amyqa once, and forks runs of it that are told to leave at random times."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path


def forked(arguments: list[str], after: float, number: int) -> tuple[int, str, float]:
    """One run: its exit code, what it said on stderr, and the seconds it took to leave."""
    with tempfile.TemporaryFile("w+") as err:
        if (child := os.fork()) == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(err.fileno(), 2)
            sys.argv = ["amyqa", *arguments]
            from amyqa.cli import main

            code: object = 99
            try:
                main()
            except SystemExit as leave:
                code = leave.code or 0
            finally:
                os._exit(code if isinstance(code, int) else 98)
        time.sleep(after)
        told = time.monotonic()
        os.kill(child, number)
        _, status = os.waitpid(child, 0)
        took = time.monotonic() - told
        err.seek(0)
        return os.waitstatus_to_exitcode(status), err.read(), took


def main(times: str, name: str, longest: str, *arguments: str) -> None:
    import amyqa.cli.commands
    import amyqa.engines.native
    import amyqa.engines.schema
    import amyqa.pipeline
    import amyqa.reports.html.render
    import amyqa.reports.xlsx.render  # noqa: F401

    dice = random.Random(7)
    told = []
    for _ in range(int(times)):
        after = dice.uniform(0, float(longest))
        told.append((after, *forked(list(arguments), after, getattr(signal, name))))
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    os.chdir(Path(sys.argv[1]))
    main(*sys.argv[2:])
