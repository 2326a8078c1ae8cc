"""``amyqa review`` as it is started and ended."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Run


def test_beyond_this_machine_there_is_no_review_without_a_password(
    run: Run, book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AMYQA_REVIEW_PASSWORD", raising=False)
    monkeypatch.setattr("sys.stdin", None)
    root = book("deployed-to-south-korea")
    for given in ({}, {"AMYQA_REVIEW_PASSWORD": "short"}):
        for name, text in given.items():
            monkeypatch.setenv(name, text)
        ran = run("review", "--host", "0.0.0.0", "--no-browser", cwd=root)  # noqa: S104 (it is refused)
        assert ran.code == 2
        assert "needs a password of at least 12 characters" in ran.err


def test_a_port_that_is_taken_is_told(run: Run, book: Callable[..., Path]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = run("review", "--port", port, "--no-browser", cwd=book("deployed-to-south-korea"))
    assert ran.code == 2
    assert f"port {port} cannot be served" in ran.err


def test_what_cannot_be_checked_is_not_reviewed(run: Run, tmp_path: Path) -> None:
    ran = run("review", "--no-browser", "nowhere", cwd=tmp_path)
    assert ran.code == 2
    assert "nowhere" in ran.err


@pytest.mark.slow
def test_it_announces_its_address_and_ends_when_told_to(book: Callable[..., Path]) -> None:
    command = [sys.executable, "-m", "amyqa", "review", "--no-browser"]
    root = book("deployed-to-south-korea")
    with subprocess.Popen(
        command, cwd=root, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        address = running.stdout.readline().split()[-1]
        host, _, path = address.removeprefix("http://").partition("/")
        line = http.client.HTTPConnection(host, timeout=20)
        line.request("GET", f"/{path}")
        with line.getresponse() as answer:
            assert answer.status == 303
        line.close()
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 130
        assert running.stderr is not None
        assert "Interrupted." in running.stderr.read()
    assert not (root / "decisions").exists()
