"""Requests and responses as the sandbox's services see them."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks.

    Attributes:
        method: GET, POST and so on.
        path: Without the query.
        query: What follows the question mark, undecoded.
        headers: By name in lower case; of a repeated one the last.
        body: All of it.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def wants_html(self) -> bool:
        """Whether a browser asks, rather than a program."""
        return "text/html" in self.headers.get("accept", "").casefold()


@dataclass(frozen=True, slots=True)
class Response:
    """What the client gets.

    Attributes:
        status: HTTP status.
        body: All of it.
        content_type: Its media type.
        headers: More headers, in order.
        byte_every_s: Send the body byte by byte at this pace; 0 sends it at once.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    byte_every_s: float = 0.0


Answer = Callable[[Request], Awaitable[Response | None]]
"""Answers a request; None hangs up without a word."""


def json_response(
    status: int = 200, /, headers: tuple[tuple[str, str], ...] = (), **members: Any
) -> Response:
    """A response whose body is a JSON object with the given members."""
    return Response(status, json.dumps(members).encode() + b"\n", headers=headers)


def page(title: str, text: str) -> Response:
    """A small page for browsers."""
    html = (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<h1>{title}</h1><p>{text}</p></html>\n"
    )
    return Response(200, html.encode(), content_type="text/html; charset=utf-8")
