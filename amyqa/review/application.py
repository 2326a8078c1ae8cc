"""What the review answers: one page, its parts, and what is posted to it."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from amyqa.decisions.store import Overtaken
from amyqa.errors import AmyqaError, BadInput, Problem
from amyqa.model import Ruling
from amyqa.pipeline.deciding import Ruled, whoever
from amyqa.review import cards
from amyqa.review.desk import Desk
from amyqa.review.guard import Guard, Keys
from amyqa.review.rendering import rendered, script, style

MAX_FIELD = 8_000
"""Characters of one text that is posted."""


def application(desk: Desk, keys: Keys) -> ASGIApp:
    """The review of a desk, behind its guard."""
    pages = _Pages(desk, keys)
    gets: Mapping[str, Callable[[Request], Response]] = {
        "/": pages.whole,
        "/list": pages.list,
        "/card/{key}": pages.card,
        "/outcome/{key}": pages.outcome,
        "/news": pages.news,
        "/questions.txt": pages.questions,
        "/review.css": lambda request: Response(style(), media_type="text/css"),
        "/review.js": lambda request: Response(script(), media_type="text/javascript"),
    }
    posts: Mapping[str, Callable[[Mapping[str, str]], Mapping[str, Any]]] = {
        "/rule": pages.rule,
        "/undo": pages.undo,
        "/reopen": pages.reopen,
        "/comment": pages.comment,
        "/assign": pages.assign,
    }
    routes = [Route(path, _got(answer), methods=["GET"]) for path, answer in gets.items()]
    routes += [Route(path, _posted(answer), methods=["POST"]) for path, answer in posts.items()]
    return Guard(Starlette(routes=routes, exception_handlers={500: _broken}), keys)


def _got(answer: Callable[[Request], Response]) -> Callable[[Request], Any]:
    async def answered(request: Request) -> Response:
        try:
            return await run_in_threadpool(answer, request)
        except AmyqaError as error:
            return PlainTextResponse(str(error.problems[0]), 404)

    return answered


def _posted(answer: Callable[[Mapping[str, str]], Mapping[str, Any]]) -> Callable[[Request], Any]:
    """Answers a post of texts by their names, as JSON; what cannot be done is said in words."""

    async def answered(request: Request) -> Response:
        try:
            told = await run_in_threadpool(answer, _texts(await request.body()))
        except Overtaken as error:
            return JSONResponse({"error": _sentence(error)}, 409)
        except AmyqaError as error:
            return JSONResponse({"error": _sentence(error)}, 422)
        return JSONResponse(told)

    return answered


def _texts(body: bytes) -> Mapping[str, str]:
    """What was posted.

    Raises:
        BadInput: it is no JSON object of short texts.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadInput([Problem("what was posted is no JSON")]) from error
    if not isinstance(told, dict) or not all(isinstance(text, str) for text in told.values()):
        raise BadInput([Problem("what was posted is no object of texts")])
    if any(len(text) > MAX_FIELD for text in told.values()):
        raise BadInput([Problem(f"a text has more than {MAX_FIELD:,} characters")])
    return told


def _sentence(error: AmyqaError) -> str:
    return f"{'; '.join(str(problem) for problem in error.problems[:3])}."


async def _broken(request: Request, error: Exception) -> Response:
    """A mistake of ours is told in the terminal; the page learns no more than that there is one."""
    traceback.print_exception(error)
    return JSONResponse({"error": "amyqa crashed, which is a bug in amyqa: the terminal says more."}, 500)


class _Pages:
    """The answers; those that take long run in threads, one behind the other at the desk."""

    def __init__(self, desk: Desk, keys: Keys) -> None:
        self.desk, self.keys = desk, keys

    def whole(self, request: Request) -> Response:
        home = self.desk.subject.home
        return _html(
            rendered(
                "review.html.j2",
                title=home.root.name,
                who=whoever(home) if not self.keys.public else "",
                posting=self.keys.posting,
                apply=self.desk.apply,
                keys=[(ruling.value, *told) for ruling, told in cards.KEYS.items()],
                items=cards.listed(self.desk.state),
                **self._common(),
            )
        )

    def list(self, request: Request) -> Response:
        return _html(rendered("list.html.j2", items=cards.listed(self.desk.state), **self._common()))

    def card(self, request: Request) -> Response:
        state = self.desk.state
        view = cards.card(state, request.path_params["key"], self.desk.subject.home)
        return _html(rendered("card.html.j2", card=view, apply=self.desk.apply))

    def outcome(self, request: Request) -> Response:
        key = request.path_params["key"]
        view = cards.outcome(self.desk.outcome(key), self.desk.state, key)
        return _html(rendered("outcome.html.j2", outcome=view))

    def news(self, request: Request) -> Response:
        self.desk.look()
        done, total = cards.progress(self.desk.state)
        told = {
            "revision": self.desk.revision,
            "checking": self.desk.checking,
            "news": self.desk.news,
            "done": done,
            "total": total,
        }
        return JSONResponse(told)

    def questions(self, request: Request) -> Response:
        text = cards.questions(self.desk.state, self.desk.state.decided)
        return PlainTextResponse(
            text, headers={"content-disposition": 'attachment; filename="questions.txt"'}
        )

    def rule(self, told: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            ruling = Ruling(told.get("ruling", ""))
        except ValueError as error:
            raise BadInput([Problem("there is no such ruling")]) from error
        ruled = Ruled(ruling, told.get("reason", ""), told.get("who", ""))
        done, failed = self.desk.rule(
            told.get("reviewer", ""),
            told.get("key", ""),
            ruled,
            told.get("version", ""),
            told.get("finding", ""),
        )
        return {"told": done, "failed": failed, "revision": self.desk.revision}

    def undo(self, told: Mapping[str, str]) -> Mapping[str, Any]:
        key, done = self.desk.undo(told.get("reviewer", ""), told.get("who", ""))
        return {"key": key, "told": done, "revision": self.desk.revision}

    def reopen(self, told: Mapping[str, str]) -> Mapping[str, Any]:
        done = self.desk.reopen(told.get("key", ""), told.get("who", ""), told.get("version", ""))
        return {"told": done, "revision": self.desk.revision}

    def comment(self, told: Mapping[str, str]) -> Mapping[str, Any]:
        self.desk.comment(told.get("key", ""), told.get("who", ""), told.get("text", ""))
        return {"told": "Comment kept.", "revision": self.desk.revision}

    def assign(self, told: Mapping[str, str]) -> Mapping[str, Any]:
        self.desk.assign(told.get("key", ""), told.get("who", ""), told.get("text", ""))
        return {"told": "Assigned.", "revision": self.desk.revision}

    def _common(self) -> Mapping[str, Any]:
        state = self.desk.state
        done, total = cards.progress(state)
        return {
            "done": done,
            "total": total,
            "revision": self.desk.revision,
            "problems": [str(problem) for problem in state.problems],
            "mended": state.mended,
            "failures": len(state.report.failures),
        }


def _html(text: str) -> Response:
    return Response(text, media_type="text/html")
