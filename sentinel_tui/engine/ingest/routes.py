"""Which request is for whom."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from sentinel_tui.engine.ingest.connection import too_large
from sentinel_tui.engine.ingest.gate import Gate, Scope
from sentinel_tui.engine.ingest.limits import LARGEST_BODY_BYTES
from sentinel_tui.engine.ingest.messages import Answer, Refusal, Request

_JSON = "application/json"
_ALLOWED = (
    ("access-control-allow-methods", "POST, OPTIONS"),
    ("access-control-allow-headers", "authorization, content-type"),
    ("access-control-max-age", "86400"),
)
_NO_CONTENT = 204

Handle = Callable[[Request, str], Awaitable[Answer]]
"""Answers a request; the text is what follows the route's path, and empty where nothing may."""


@dataclass(frozen=True, slots=True)
class Route:
    """One thing that can be asked.

    Attributes:
        method: GET or POST.
        path: Where; one that ends with a slash takes one more part, a name.
        handle: Answers it.
        scope: What its asker must be allowed to do; None where anybody may ask.
        needs_json: Whether it is told something as JSON.
    """

    method: str
    path: str
    handle: Handle
    scope: Scope | None = None
    needs_json: bool = False

    def name_in(self, path: str) -> str | None:
        """The name in a path that is for this route, which may be empty; None for others."""
        if not self.path.endswith("/"):
            return "" if path == self.path else None
        name = path.removeprefix(self.path)
        return name if name != path and name and "/" not in name else None


class Routes:
    """Finds who answers, and lets in only who may ask."""

    def __init__(self, gate: Gate, routes: tuple[Route, ...]) -> None:
        """Answer by these routes.

        Args:
            gate: Says who may ask what.
            routes: What can be asked.
        """
        self._gate = gate
        self._routes = routes

    def admit(self, request: Request) -> None:
        """See `Serving`: whether there is such a thing, and its body is worth reading."""
        if request.method == "OPTIONS":
            return
        route, _ = self._find(request)
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > 9 or int(length) > LARGEST_BODY_BYTES:
            raise too_large()
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if route.needs_json and media_type != _JSON:
            raise Refusal(415, "media_type", f"this takes Content-Type: {_JSON}")

    async def answer(self, request: Request) -> Answer:
        """See `Serving`."""
        origin = request.headers.get("origin", "")
        known = bool(origin) and self._gate.knows_page(origin)
        if request.method == "OPTIONS":
            return _preflight(origin, known=known)
        try:
            answer = await self._answer(request)
        except Refusal as refusal:
            answer = refusal.answer()
        return replace(answer, headers=(*answer.headers, *_for_page(origin))) if known else answer

    async def _answer(self, request: Request) -> Answer:
        route, name = self._find(request)
        if route.scope is None:
            return await route.handle(request, name)
        admitted = self._gate.admit(request, route.scope)
        if admitted.repeated:
            return Answer(_NO_CONTENT)
        answer = await route.handle(request, name)
        self._gate.finish(admitted)
        return answer

    def _find(self, request: Request) -> tuple[Route, str]:
        found = [(one, one.name_in(request.path)) for one in self._routes]
        here = [(one, name) for one, name in found if name is not None]
        if not here:
            known = ", ".join(f"{one.method} {one.path}" for one in self._routes)
            raise Refusal(404, "not_found", f"there is nothing here; there is {known}")
        for route, name in here:
            if route.method == request.method:
                return route, name
        methods = ", ".join(route.method for route, _ in here)
        raise Refusal(405, "method", f"this takes {methods}", headers=(("allow", methods),))


def json_of(request: Request) -> Any:
    """What the body says.

    Raises:
        Refusal: It is no JSON, or says something twice.
    """
    try:
        return json.loads(
            request.body, parse_constant=_no_number, object_pairs_hook=_without_doubles
        )
    except (ValueError, RecursionError):
        raise Refusal(400, "no_json", "the body is no JSON that can be understood") from None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return members


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _preflight(origin: str, *, known: bool) -> Answer:
    """What a browser asks before it lets a page ask."""
    if not known:
        raise Refusal(403, "origin", "pages of this origin may not ask here")
    return Answer(_NO_CONTENT, headers=(*_for_page(origin), *_ALLOWED))


def _for_page(origin: str) -> tuple[tuple[str, str], ...]:
    return (("access-control-allow-origin", origin), ("vary", "origin"))
