"""Leaving when told to: Ctrl-C and SIGTERM end with one line and their own exit code, whenever they come.

The interrupt is raised where the program happens to be, so that what it has begun is put away. That may
be anywhere: a library may turn it into an error of its own, or swallow it. So it is kept in mind that it
came; whatever ends the program after it is its doing, and a program that goes on regardless is ended.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import NoReturn

from amyqa.characters import visible

GRACE = 2.0
"""Seconds to put things away, after which the program ends as it is."""

_SHOW_CURSOR = "\x1b[?25h"
_TOLD = {"SIGINT": "Interrupted.", "SIGTERM": "Terminated.", "SIGHUP": "Hung up."}


class _State:
    signal: int = 0
    """The first that came; 0: none."""
    said: str = ""
    done: bool = False
    """All is printed and written: it comes too late to change the exit code."""


_state = _State()
_telling = _thread.allocate_lock()


def watch() -> None:
    """From now on signals end the program as told; those that are ignored, as by nohup, stay ignored."""
    _state.signal, _state.done, _state.said = 0, False, ""
    for name in _TOLD:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            with suppress(ValueError):  # not the main thread: who runs it there handles signals
                signal.signal(number, _interrupt)
    sys.unraisablehook = _unraisable


def came() -> bool:
    """Whether the program was told to leave."""
    return bool(_state.signal)


def go() -> None:
    """Leave before anything is told or written, where a library has swallowed what told us to.

    Raises:
        KeyboardInterrupt: the program was told to leave.
    """
    if _state.signal:
        raise KeyboardInterrupt


def done() -> None:
    """Nothing is left to be interrupted."""
    _state.done = True


def so_far(said: str) -> None:
    """What was done before the program was told to leave."""
    _state.said = said


def leave() -> NoReturn:
    """End at once: what was done until then, one line, and the code that shells expect."""
    if not _telling.acquire(blocking=False):
        time.sleep(GRACE)  # the other thread is just leaving
    with suppress(BaseException):
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        if sys.stderr.isatty():
            os.write(2, _SHOW_CURSOR.encode())
        done = f"{visible(_state.said)}\n" if _state.said else ""
        os.write(2, f"{done}{_TOLD[signal.Signals(_state.signal).name]}\n".encode())
    os._exit(128 + _state.signal)


def _interrupt(number: int, frame: FrameType | None) -> None:
    del frame
    if _state.done:
        return
    if _state.signal:  # asked for twice
        leave()
    _state.signal = number
    _thread.start_new_thread(_wait, ())  # which takes no lock that the main thread may hold
    raise KeyboardInterrupt


def _wait() -> None:
    time.sleep(GRACE)
    leave()


def _unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    """An interrupt that comes where nothing can be raised is no news."""
    if not _state.signal:
        sys.__unraisablehook__(unraisable)
