"""A review served on a real socket, and requests to it that leave nothing to a library."""

from __future__ import annotations

import asyncio
import gc
import http.client
import json
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from amyqa.pipeline import reviewing
from amyqa.review.application import application
from amyqa.review.desk import Desk
from amyqa.review.guard import HEADER, Keys
from amyqa.review.serving import bound, server


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.text)
        return told


@dataclass
class Served:
    """A review that is being served."""

    desk: Desk
    keys: Keys
    root: Path
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.keys.port}"

    def ask(self, path: str, *, method: str = "GET", body: bytes | None = None, **headers: Any) -> Answer:
        """One request with exactly these headers (``_`` stands for ``-``), and the host's."""
        line = http.client.HTTPConnection("127.0.0.1", self.keys.port, timeout=15)
        try:
            line.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            told = {"host": self.host} | {name.replace("_", "-"): text for name, text in headers.items()}
            for name, text in told.items():
                line.putheader(name, text)
            if body is not None and "transfer-encoding" not in told and "content-length" not in told:
                line.putheader("content-length", str(len(body)))
            line.endheaders(body)
            with line.getresponse() as answer:
                text = answer.read().decode(errors="replace")
                return Answer(answer.status, dict(answer.headers.items()), text)
        finally:
            line.close()

    @property
    def ours(self) -> dict[str, Any]:
        """What a page of ours sends with a post."""
        return {
            "cookie": f"{self.keys.cookie}={self.keys.session}",
            "origin": f"http://{self.host}",
            HEADER.replace("-", "_"): self.keys.posting,
        }

    def get(self, path: str) -> Answer:
        return self.ask(path, cookie=self.ours["cookie"])

    def post(self, path: str, **values: str) -> Answer:
        told = {"who": "A. Editor", "reviewer": "a", **values}
        return self.ask(path, method="POST", body=json.dumps(told).encode(), **self.ours)

    def rule(
        self, number: int = 0, ruling: str = "explained", reason: str = "see note a", **more: str
    ) -> Answer:
        item = self.desk.state.items[number]
        told = {"key": item.key, "version": item.version, "ruling": ruling, "reason": reason} | more
        return self.post("/rule", **told)

    @property
    def decisions(self) -> str:
        files = sorted((self.root / "decisions").rglob("*.yaml"))
        return "".join(file.read_text(encoding="utf-8") for file in files)


@contextmanager
def served(root: Path, *paths: Path, apply: bool = False, **keys: object) -> Iterator[Served]:
    """Serve a review of a yearbook or of files, in this process."""
    desk = Desk(reviewing.subject(paths or [root], "duckdb"), apply)
    desk.open()
    listening = bound("127.0.0.1", 0)
    made = Keys(listening.getsockname()[1], **keys)  # type: ignore[arg-type]
    running = server(application(desk, made))
    thread = threading.Thread(target=lambda: asyncio.run(running._serve([listening])), daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.005)
    try:
        yield Served(desk, made, root)
    finally:
        running.should_exit = running.force_exit = True
        thread.join(10)
        with warnings.catch_warnings():  # lines that were cut off are collected here, not in another test
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@pytest.fixture
def korea(book: Callable[..., Path]) -> Iterator[Served]:
    """One table with one cause."""
    with served(book("deployed-to-south-korea")) as review:
        yield review


@pytest.fixture
def two(book: Callable[..., Path]) -> Iterator[Served]:
    """Two tables with a cause each."""
    with served(book("deployed-to-south-korea", "deployed-to-malaysia")) as review:
        yield review
