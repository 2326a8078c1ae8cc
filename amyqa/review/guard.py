"""Who is let in: the guard in front of every page of the review.

Whoever opens the printed address has its token, and gets a cookie for it, which other sites cannot send.
Other sites can neither read a page (no CORS), nor be taken for this one (Host), nor post (Origin, a header
that no form can set, and a cookie of SameSite=Strict).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 64 * 1024
"""Bytes of what is posted; a comment is shorter."""
MAX_SECONDS = 10.0
"""In which a body must have come, and an answer been taken."""
MAX_TRIES = 10
"""Wrong passwords in a minute, of everybody together."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "referrer-policy": "same-origin",  # with no-referrer, a form of ours would name no origin either
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
HEADER = "x-amyqa-review"
"""What a page of ours sends with every post, and no form of another site can."""


@dataclass
class Keys:
    """What opens the review.

    Args:
        port: where it is served, which cookies are named by, so that two reviews do not disturb each other.
        hosts: names by which it may be addressed, beside addresses in digits if it is `public`.
        password: beyond this machine, asked for instead of the token.
    """

    port: int
    hosts: Collection[str] = ("127.0.0.1", "localhost", "::1")
    public: bool = False
    password: str = ""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    session: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    tries: list[float] = field(default_factory=list)

    @property
    def cookie(self) -> str:
        """The cookie's name."""
        return f"amyqa-review-{self.port}"

    @property
    def posting(self) -> str:
        """What the header of a post must hold; made of the session, so that the page can be told it."""
        return hashlib.sha256(f"post {self.session}".encode()).hexdigest()[:32]

    def knows(self, host: str) -> bool:
        """Whether a request is addressed to us, and not to a name that somebody has led here."""
        try:
            parts = urlsplit(f"//{host}")
            name, port = parts.hostname or "", parts.port or 80
        except ValueError:
            return False
        if port != self.port or parts.username is not None or parts.path or parts.query:
            return False
        if name.casefold() in self.hosts:
            return True
        try:  # an address in digits is nobody's name
            return self.public and bool(ipaddress.ip_address(name))
        except ValueError:
            return False

    def is_ours(self, origin: str, host: str) -> bool:
        """Whether a post comes from a page of this very address."""
        return origin.casefold() == f"http://{host}".casefold()


def same(one: str, other: str) -> bool:
    """Whether two secrets are alike, told in a time that gives nothing away."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))


class _Refused(Exception):
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class Guard:
    """Lets in who may come in, and adds to every answer what keeps a browser from giving anything away."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self.app, self.keys = app, keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return  # no websockets; nothing to do at start and end

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(k, v) for k, v in message["headers"] if k.decode().lower() not in _HEADERS]
                message["headers"] = kept + [(k.encode(), v.encode()) for k, v in _HEADERS.items()]
            async with asyncio.timeout(MAX_SECONDS):
                await send(message)

        try:
            answer = await self._answer(scope, receive)
        except _Refused as refused:
            answer = _refusal(scope, refused)
        except TimeoutError:
            answer = PlainTextResponse("too slow", 408)
        if answer is not None:
            await answer(scope, receive, sent)
        else:
            body = scope["amyqa.body"]
            await self.app(scope, _given(body, receive), sent)

    async def _answer(self, scope: Scope, receive: Receive) -> Response | None:
        """What the guard answers itself; None: the request may pass, its body read."""
        headers, keys = Headers(scope=scope), self.keys
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not keys.knows(hosts[0]):
            raise _Refused(421, "this address is not that of the review")
        host = hosts[0]
        if scope["method"] not in ("GET", "HEAD", "POST"):
            raise _Refused(405, "only GET and POST")
        posted = scope["method"] == "POST"
        if posted and not keys.is_ours(headers.get("origin", ""), host):
            raise _Refused(403, "posted from another site")
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and posted:
            raise _Refused(403, "posted from another site")
        scope["amyqa.body"] = await _body(headers, receive)
        if posted and scope["path"] == "/enter":
            return await self._entered(scope["amyqa.body"])
        if not posted and (token := parse_qs(scope["query_string"].decode("latin-1")).get("token")):
            if not keys.password and same(token[0], keys.token):
                return self._welcome()
            raise _Refused(403, "the token is not, or no longer, that of this review")
        if not same(_cookie(headers, keys.cookie), keys.session):
            if keys.password and scope["path"] == "/":
                return _door()
            raise _Refused(403, "open the address that amyqa review has printed")
        if posted and not same(headers.get(HEADER, ""), keys.posting):
            raise _Refused(403, "posted from another site")
        return None

    def _welcome(self) -> Response:
        """Set the cookie, and leave the token behind: it stands in no address bar and no history."""
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self.keys.cookie, self.keys.session, httponly=True, samesite="strict", path="/")
        return answer

    async def _entered(self, body: bytes) -> Response:
        """Let in whoever knows the password; who guesses waits, and all guessers together soon longer."""
        keys, moment = self.keys, asyncio.get_running_loop().time()
        given = parse_qs(body.decode(errors="replace")).get("password", [""])[0]
        keys.tries[:] = [at for at in keys.tries if moment - at < 60]
        if len(keys.tries) >= MAX_TRIES:
            raise _Refused(429, "too many wrong passwords: wait a minute")
        if keys.password and same(given, keys.password):
            return self._welcome()
        keys.tries.append(moment)
        await asyncio.sleep(1)
        return _door("That is not the password.")


async def _body(headers: Headers, receive: Receive) -> bytes:
    """The whole body, if it is not too long and does not take too long.

    Raises:
        _Refused: it is too long.
        TimeoutError: it takes too long.
    """
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length[:12]) > MAX_BODY:
        raise _Refused(413, f"more than {MAX_BODY:,} bytes")
    parts, size = [], 0
    async with asyncio.timeout(MAX_SECONDS):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Refused(400, "gone")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > MAX_BODY:
                raise _Refused(413, f"more than {MAX_BODY:,} bytes")
            if not message.get("more_body"):
                return b"".join(parts)


def _given(body: bytes, receive: Receive) -> Receive:
    """The body that was read, for whoever reads it again."""
    left = [True]

    async def again() -> Message:
        if left:
            left.clear()
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return again


def _cookie(headers: Headers, name: str) -> str:
    jar = SimpleCookie()
    try:
        jar.load(headers.get("cookie", ""))
    except CookieError:
        return ""
    return jar[name].value if name in jar else ""


def _refusal(scope: Scope, refused: _Refused) -> Response:
    """A refusal, in the form that was asked for; what is left of a long body is not waited for."""
    headers = {"connection": "close"} if refused.status in (408, 413) else {}
    if scope["method"] == "POST":
        text = json.dumps({"error": f"{refused.reason}."})
        return Response(text, refused.status, headers, "application/json")
    return PlainTextResponse(f"amyqa review: {refused.reason}.\n", refused.status, headers)


def _door(told: str = "") -> Response:
    """The page that asks for the password."""
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>amyqa review</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"></head><body><main><h1>amyqa review</h1>'
        f'<p role="alert">{told}</p><form method="post" action="/enter"><p><label for="password">Password'
        '</label> <input type="password" id="password" name="password" autofocus required></p>'
        '<p><button type="submit">Enter</button></p></form></main></body></html>'
    )
    return Response(text, 200 if not told else 403, media_type="text/html")
