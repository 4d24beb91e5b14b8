"""What goes wrong with calls of the look-alike of Bunny: trouble, and answers full of nonsense."""

from __future__ import annotations

from asyncio import Event
from enum import StrEnum
from typing import NoReturn

from sentinel_tui.sandbox.http.messages import Response

RETRY_AFTER_S = 2
"""How long who asks too often is told to wait."""


class Mishap(StrEnum):
    """What befalls a call in place of its answer."""

    ERROR = "500"
    LIMITED = "429"
    SILENCE = "no answer"
    EMPTY = "no body"
    NO_JSON = "a page for people"
    CUT_OFF = "half an answer"
    NULL = "null"
    WRONG_TYPES = "an answer of wrong types"
    DEEP = "an answer that nests without end"
    HUGE = "an answer of a hundred thousand members"
    NOT_FINITE = "numbers that are none"


_WRONG_TYPES = (
    b'{"items":{"guid":7},"totalItems":"many","currentPage":[],"viewsChart":[1,2,3],'
    b'"watchTimeChart":"none","heatmap":"","engagementScore":{},"guid":[],"title":{"a":1}}'
)
_NOT_FINITE = (
    b'{"items":[{"guid":"x","views":1e999,"length":-1e999,"title":"\\ud800"}],"totalItems":NaN,'
    b'"viewsChart":{"2026-01-01T00:00:00":1e999,"never":1,"-1":3},"heatmap":{"0":1e999,"x":1}}'
)
_MANY = 100_000

_BODIES = {
    Mishap.EMPTY: b"",
    Mishap.NO_JSON: b"<!doctype html><title>502</title><h1>Bad gateway</h1>",
    Mishap.CUT_OFF: b'{"totalItems":3,"currentPage":1,"itemsPerPage":100,"items":[{"guid":"a',
    Mishap.NULL: b"null",
    Mishap.WRONG_TYPES: _WRONG_TYPES,
    Mishap.DEEP: b'{"items":' + b"[" * _MANY + b"]" * _MANY + b"}",
    Mishap.HUGE: b'{"items":[' + b"0," * _MANY + b'0],"heatmap":{}}',
    Mishap.NOT_FINITE: _NOT_FINITE,
}

HOSTILE = tuple(_BODIES)
"""Those that answer with status 200, and with what is no answer."""


async def befall(mishap: Mishap) -> Response:
    """Answer as a mishap does, or never."""
    match mishap:
        case Mishap.SILENCE:
            await _never()
        case Mishap.ERROR:
            return Response(500)
        case Mishap.LIMITED:
            return Response(429, headers=(("retry-after", str(RETRY_AFTER_S)),))
    media = "text/html" if mishap is Mishap.NO_JSON else "application/json"
    return Response(200, _BODIES[mishap], media)


async def _never() -> NoReturn:
    """Wait until the caller is gone."""
    while True:
        await Event().wait()
