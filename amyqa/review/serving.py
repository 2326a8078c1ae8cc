"""The server: bound before it is announced, patient with slow clients only for so long."""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import suppress
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from amyqa.errors import BadInput, Problem

MAX_CONNECTIONS = 400
"""Beyond these the one that has waited longest without asking for anything is closed."""
PATIENCE = 10.0
"""Seconds in which a connection must have asked for something, and asked for it whole."""
MAX_HEAD = 16 * 1024


class Impatient(H11Protocol):
    """HTTP/1.1 that waits for nobody without end.

    uvicorn limits how long a connection may idle between requests; a client that connects and says nothing,
    or says it byte by byte, would be waited for as long as it likes.
    """

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > MAX_CONNECTIONS:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """It has said something; when it has asked for something whole, the guard watches over it."""
        super().data_received(data)
        if self._is_busy():
            self._stop_waiting()
        elif self._waiting is None:
            self._wait()

    def on_response_complete(self) -> None:
        """It has its answer, and may ask again."""
        super().on_response_complete()
        if not self._is_busy() and self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _is_busy(self) -> bool:
        cycle: Any = self.cycle  # none before the first request
        return cycle is not None and not cycle.response_complete

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(PATIENCE, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._waiting = None
        if not self._is_busy():
            self.transport.abort()

    def _make_room(self) -> None:
        idle = [each for each in self.connections if isinstance(each, Impatient) and not each._is_busy()]
        waiting = [each for each in idle if each is not self and each._waiting is not None]
        if waiting:
            longest = min(waiting, key=lambda each: each._waiting.when() if each._waiting else 0.0)
            longest._stop_waiting()
            longest.transport.abort()


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens, so that what is announced is there.

    Args:
        port: 0: any that is free.

    Raises:
        BadInput: it is taken, or there is no such address.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
    except OSError as error:
        raise BadInput([Problem(f"there is no address {host!r}", "name one of this machine's")]) from error
    try:
        if sys.platform != "win32":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(1024)
    except OSError as error:
        made.close()
        message = f"{host}, port {port} cannot be served: {error.strerror or error}"
        raise BadInput([Problem(message, "choose another with --port, or leave it out")]) from error
    return made


def server(app: ASGIApp) -> uvicorn.Server:
    """A server for an app; nothing of uvicorn's is printed."""
    config = uvicorn.Config(
        app,
        http=Impatient,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        h11_max_incomplete_event_size=MAX_HEAD,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config)


def serve(app: ASGIApp, listening: socket.socket) -> None:
    """Serve until told to end."""
    _allow_many()
    asyncio.run(_Unhindered(server(app)).serve([listening]))


class _Unhindered:
    """A server that leaves signals to the program: Ctrl-C ends it as every other command."""

    def __init__(self, made: uvicorn.Server) -> None:
        self.made = made

    async def serve(self, sockets: list[socket.socket]) -> None:
        await self.made._serve(sockets)


def _allow_many() -> None:
    """As many open files as the system lets us have: each connection is one."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted: Any = 4096 if hard == resource.RLIM_INFINITY else min(4096, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
