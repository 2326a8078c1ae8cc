"""Who is kept out of a review, and what cannot stop it; over a real socket."""

from __future__ import annotations

import json
import re
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from amyqa.review import guard, serving
from amyqa.review.guard import Keys
from tests.review.conftest import Served, served
from tests.yearbooks import shipped

PATHS = ("/", "/list", "/news", "/questions.txt", "/review.js", "/review.css", "/card/x", "/outcome/x")
POSTS = ("/rule", "/undo", "/reopen", "/comment", "/assign")


@pytest.fixture(scope="module")
def served_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(shipped(tmp_path_factory.mktemp("review"), "deployed-to-south-korea")) as review:
        yield review


@pytest.fixture
def korea(served_once: Served) -> Iterator[Served]:
    """One review for all tests here, of which nearly none comes to decide anything."""
    yield served_once
    shutil.rmtree(served_once.root / "decisions", ignore_errors=True)


def nothing_happened(review: Served) -> bool:
    return not (review.root / "decisions").exists() or not review.decisions


# --- who may come in ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_without_the_token_nothing_is_shown(korea: Served, path: str) -> None:
    answer = korea.ask(path)
    assert answer.status == 403
    assert "amyqa review has printed" in answer.text
    assert "516" not in answer.text


def test_the_token_opens_the_review_and_leaves_the_address(korea: Served) -> None:
    answer = korea.ask(f"/?token={korea.keys.token}")
    assert (answer.status, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert korea.keys.token not in cookie
    page = korea.ask("/", cookie=cookie.partition(";")[0])
    assert page.status == 200
    assert "printed 516" in page.text
    assert korea.keys.token not in page.text
    assert korea.keys.session not in page.text
    assert page.headers["referrer-policy"] == "same-origin"  # no other site learns where we were


@pytest.mark.parametrize("token", ["", "x", "%C3%A9", "u" * 32, "%00", "a" * 5000])
def test_a_wrong_or_old_token_opens_nothing(korea: Served, token: str) -> None:
    answer = korea.ask(f"/?token={token}")
    assert answer.status == 403
    assert "set-cookie" not in answer.headers


def test_an_old_cookie_opens_nothing(korea: Served) -> None:
    old = Keys(korea.keys.port)
    assert korea.ask("/", cookie=f"{old.cookie}={old.session}").status == 403


@pytest.mark.parametrize(
    "host",
    ["attacker.example:{0}", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.attacker.example:{0}", "",
     "10.0.0.1:{0}", "attacker.example:{0}@127.0.0.1:{0}", "127.0.0.1:{0}/x", "[::1", "127.0.0.1:99999999"],
)  # fmt: skip
def test_another_name_for_this_machine_is_refused(korea: Served, host: str) -> None:
    answer = korea.ask("/", cookie=korea.ours["cookie"], host=host.format(korea.keys.port))
    assert answer.status in (400, 421)
    assert "516" not in answer.text


def test_localhost_is_this_machine(korea: Served) -> None:
    assert korea.ask("/", cookie=korea.ours["cookie"], host=f"localhost:{korea.keys.port}").status == 200


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "http://attacker.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://127.0.0.1:1"},
        {"x_amyqa_review": ""},
        {"x_amyqa_review": "guessed"},
        {"cookie": ""},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
    ids=str,
)
def test_a_form_of_another_site_decides_nothing(korea: Served, path: str, changed: dict[str, str]) -> None:
    item = korea.desk.state.items[0]
    told = {"key": item.key, "version": item.version, "ruling": "explained", "reason": "no", "who": "X"}
    headers: dict[str, Any] = {name: text for name, text in (korea.ours | changed).items() if text}
    answer = korea.ask(path, method="POST", body=json.dumps(told).encode(), **headers)
    assert answer.status == 403
    assert nothing_happened(korea)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_only_get_and_post_are_answered(korea: Served, method: str) -> None:
    answer = korea.ask("/", method=method, **korea.ours)
    assert answer.status == 405
    assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize(
    "path",
    ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/card/..%2f..%2fetc%2fpasswd",
     "/review.js/../x", "/decisions/2005/cambodia.yaml",
     "/data/2005/cambodia/deployed-to-south-korea.csv", "/card/%00", "//etc"],
)  # fmt: skip
def test_no_path_leads_to_a_file(korea: Served, path: str) -> None:
    answer = korea.get(path)
    assert answer.status in (400, 404)
    assert "root:" not in answer.text
    assert "Year" not in answer.text


@pytest.mark.parametrize("path", ["/", "/list", "/nowhere", "/card/nobody"])
def test_every_answer_carries_the_strict_policy(korea: Served, path: str) -> None:
    headers = korea.get(path).headers
    assert headers["content-security-policy"] == guard.POLICY
    assert "unsafe" not in guard.POLICY
    assert "http" not in guard.POLICY
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_the_page_has_no_inline_script_or_style_and_names_no_other_place(korea: Served) -> None:
    pages = korea.get("/").text + korea.get(f"/card/{korea.desk.state.items[0].key}").text
    assert re.findall(r"<script(?![^>]*src=)", pages) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", pages) == []
    assert re.findall(r"""(?:src|href)=["'](?:https?:)?//""", pages) == []


# --- what is posted --------------------------------------------------------------------------------


def test_a_body_of_100_mb_is_refused_before_it_is_read(korea: Served) -> None:
    answer = korea.ask("/rule", method="POST", content_length=str(100 * 1024 * 1024), **korea.ours)
    assert answer.status == 413
    assert nothing_happened(korea)


def test_a_body_that_does_not_say_how_long_it_is_is_cut_off(korea: Served) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    body = chunk * 2 + b"0\r\n\r\n"
    answer = korea.ask("/rule", method="POST", body=body, transfer_encoding="chunked", **korea.ours)
    assert answer.status == 413


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b'{"key": 1}', b'{"key": {"a": "b"}}', b"\xff\xfe", b"[" * 5000,
     b'{"ruling": "explained"}', b'{"key": "zzz", "ruling": "explained", "reason": "x", "version": ""}',
     b'{"ruling": "eaten"}', b'{"reason": "' + b"x" * 9000 + b'"}', b"NaN", b"1e999"],
)  # fmt: skip
@pytest.mark.parametrize("path", POSTS)
def test_what_is_no_ruling_is_refused_in_words(korea: Served, path: str, body: bytes) -> None:
    answer = korea.ask(path, method="POST", body=body, **korea.ours)
    assert answer.status == 422
    assert answer.json["error"].endswith(".")
    assert "Traceback" not in answer.text
    assert nothing_happened(korea)


def test_characters_that_cannot_be_written_are_left_out(korea: Served) -> None:
    answer = korea.rule(reason="half a \ud83d pair", who="\udc00A. Editor")
    assert answer.status == 200, answer.text
    assert "half a pair" in korea.decisions


def test_a_bug_of_ours_is_told_in_the_terminal_and_ends_nothing(
    korea: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*given: object) -> None:
        raise RuntimeError("a secret of ours")

    with monkeypatch.context() as patched:
        patched.setattr(korea.desk, "undo", broken)
        answer = korea.post("/undo")
    assert answer.status == 500
    assert "secret" not in answer.text
    assert "a secret of ours" in capsys.readouterr().err
    assert korea.get("/news").status == 200


# --- who takes its time -----------------------------------------------------------------------------


def connected(review: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", review.keys.port), timeout=10)


def closed(line: socket.socket) -> bool:
    try:
        return line.recv(1000) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-"])
def test_who_connects_and_says_nothing_whole_is_not_waited_for(
    korea: Served, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(serving, "PATIENCE", 0.2)
    with connected(korea) as line:
        line.sendall(said)
        assert closed(line)
    assert korea.get("/news").status == 200


def test_a_body_that_comes_byte_by_byte_is_not_waited_for(
    korea: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MAX_SECONDS", 0.2)
    head = (
        f"POST /rule HTTP/1.1\r\nHost: {korea.host}\r\nOrigin: http://{korea.host}\r\nContent-Length: 900\r\n"
    )
    with connected(korea) as line:
        line.sendall(head.encode() + b"\r\n{")
        assert b" 408 " in line.recv(1000)
    assert nothing_happened(korea)


def test_a_thousand_connections_keep_nobody_out(korea: Served) -> None:
    with ExitStack() as stack:
        try:
            for number in range(1000):
                line = stack.enter_context(connected(korea))
                line.sendall(b"GET / HTTP/1.1\r\n" if number % 2 else b"")
        except OSError as error:
            if error.errno != 24:
                raise
            pytest.skip("this machine opens too few files")
        start = time.monotonic()
        assert korea.get("/news").status == 200
        assert korea.rule().status == 200
        assert time.monotonic() - start < 5
    assert "see note a" in korea.decisions


def test_a_request_head_without_end_is_refused(korea: Served) -> None:
    with connected(korea) as line:
        line.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000)
        assert b" 400 " in line.recv(1000)
    assert korea.get("/news").status == 200


# --- beyond this machine ----------------------------------------------------------------------------


@pytest.fixture
def shared(korea: Served):
    with served(
        korea.root, public=True, password="correct horse battery", hosts=("review.example",)
    ) as review:
        yield review


def test_beyond_this_machine_the_password_is_asked_for(shared: Served) -> None:
    door = shared.ask("/")
    assert door.status == 200
    assert 'type="password"' in door.text
    assert "516" not in door.text
    assert shared.ask(f"/?token={shared.keys.token}").status == 403
    origin: dict[str, Any] = {"origin": f"http://{shared.host}"}
    answer = shared.ask("/enter", method="POST", body=b"password=correct+horse+battery", **origin)
    assert answer.status == 303
    page = shared.ask("/", cookie=answer.headers["set-cookie"].partition(";")[0])
    assert "printed 516" in page.text


def test_guessing_the_password_is_slow_and_soon_over(shared: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(seconds: float) -> None:
        waited.append(seconds)

    waited: list[float] = []
    monkeypatch.setattr("amyqa.review.guard.asyncio.sleep", at_once)
    origin: dict[str, Any] = {"origin": f"http://{shared.host}"}
    tried = [
        shared.ask("/enter", method="POST", body=f"password={number}".encode(), **origin).status
        for number in range(guard.MAX_TRIES + 1)
    ]
    assert tried == [403] * guard.MAX_TRIES + [429]
    assert len([seconds for seconds in waited if seconds == 1]) == guard.MAX_TRIES


def test_a_password_from_another_site_opens_nothing(shared: Served) -> None:
    answer = shared.ask(
        "/enter", method="POST", body=b"password=correct+horse+battery", origin="http://attacker.example"
    )
    assert answer.status == 403


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("10.1.2.3:{0}", True),
        ("[fe80::1]:{0}", True),
        ("review.example:{0}", True),
        ("other.example:{0}", False),
    ],
)
def test_beyond_this_machine_addresses_and_its_own_name_are_known(host: str, known: bool) -> None:
    keys = Keys(8000, ("review.example",), True, "x" * 12)
    assert keys.knows(host.format(8000)) is known
