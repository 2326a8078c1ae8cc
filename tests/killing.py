"""Killing a piece of work at any moment: in a fork of this process, as its files are touched."""

from __future__ import annotations

import os
import random
import signal
import sys
import warnings
from collections.abc import Callable, Iterator

Work = Callable[[], object]

_TOUCHES = (
    "open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "tempfile.mkstemp",
    "tempfile.mkdtemp", "fcntl.flock", "os.scandir", "ctypes.dlopen", "ctypes.dlsym",
)  # fmt: skip


def touches(work: Work) -> int:
    """How often work that is let end touches a file; it is done in a fork, and must succeed."""
    read, write = os.pipe()
    child = _forked(work, lambda _: None, write)
    os.close(write)
    with os.fdopen(read, "rb") as told:
        number = len(told.read())
    _, status = os.waitpid(child, 0)
    assert status == 0, f"the work failed: {status}"
    return number


def kills(work: Work, times: int, seed: int = 5) -> Iterator[bool]:
    """Do it so many times, each time killed at a random moment; yields whether it was, before the next.

    The moment is up to two milliseconds after one of its touches, so that what lies between is hit too.
    """
    dice = random.Random(seed)
    number = touches(work)
    for turn in range(times):
        at = turn if turn < number // 2 else dice.randrange(number)
        pause = dice.choice((0.0, dice.uniform(0, 2e-3)))
        child = _forked(work, _killing(at, pause))
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) or status == 0, f"the work failed: {status}"
        yield os.WIFSIGNALED(status)


def _killing(at: int, pause: float) -> Callable[[int], object]:
    def hook(number: int) -> None:
        if number == at and not pause:
            os.kill(os.getpid(), signal.SIGKILL)
        elif number == at:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)  # which ends the process, unheard
            signal.setitimer(signal.ITIMER_REAL, pause)

    return hook


def _forked(work: Work, hook: Callable[[int], object], tell: int | None = None) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which the work does not use
        child = os.fork()
    if child:
        return child
    code = 1
    try:
        count = 0

        def audit(event: str, _: object) -> None:
            nonlocal count
            if event in _TOUCHES:
                hook(count)
                count += 1
                if tell is not None:
                    os.write(tell, b".")

        sys.addaudithook(audit)
        work()
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)
