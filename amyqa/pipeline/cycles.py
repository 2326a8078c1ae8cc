"""The search for cycles of objects, made seldomer while a check runs, for a host's other threads too."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = (50_000, 20, 100)
"""What a check makes is mostly kept until it is told, and little of it is in cycles."""


class _Searches:
    """How often is searched, set by the first of several checks at once and put back by the last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._checks = 0
        self._usual = gc.get_threshold()

    @contextmanager
    def seldomer(self) -> Iterator[None]:
        """Search seldomer. A host that searches even less, or not at all, is left alone."""
        with self._lock:
            if not self._checks:
                self._usual = gc.get_threshold()
                if 0 < self._usual[0] < _SELDOM[0]:
                    gc.set_threshold(*_SELDOM)
            self._checks += 1
        try:
            yield
        finally:
            with self._lock:
                self._checks -= 1
                if not self._checks and gc.get_threshold() == _SELDOM:
                    gc.set_threshold(*self._usual)


seldomer = _Searches().seldomer
