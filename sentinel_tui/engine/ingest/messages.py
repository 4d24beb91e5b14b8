"""Requests and answers of the ingest server, and refusals that say what to mend."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks.

    Attributes:
        method: GET, POST and so on.
        path: Without the query, as it was sent.
        headers: By name in lower case; of a repeated one the last.
        body: All of it; empty until it was read.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What they get.

    Attributes:
        status: HTTP status.
        body: All of it.
        content_type: Its media type; nothing is said about an empty body.
        headers: More headers.
    """

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


def json_answer(status: int, members: Mapping[str, Any]) -> Answer:
    """An answer whose body is a JSON object."""
    return Answer(status, json.dumps(members).encode() + b"\n")


class Refusal(Exception):
    """A request that is not done, and why.

    Attributes:
        status: HTTP status.
        code: The kind of mistake, for programs.
        field: What in the body is wrong, or empty.
        headers: More headers.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        field: str = "",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field
        self.headers = headers

    def answer(self) -> Answer:
        """The refusal as it is sent."""
        body = {"error": {"code": self.code, "message": str(self), "field": self.field}}
        return Answer(self.status, json.dumps(body).encode() + b"\n", headers=self.headers)


def come_again(status: int, code: str, message: str, after_s: int) -> Refusal:
    """A refusal that holds only for now: the same request may be sent again after a while."""
    return Refusal(status, code, message, headers=(("retry-after", str(max(1, after_s))),))
