"""HTTP requests, each on a connection of its own.

httpx's own transport keeps a pool. A probe must not reuse a connection, because a broken one would
look like a broken service, and a pool that keeps none only costs time. So this transport opens a
`ProbeStream`, which times the phases, and lets httpcore speak HTTP over it.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from typing import Self

import httpcore
import httpx

from sentinel_tui.domain.addresses import Reach
from sentinel_tui.domain.monitoring.observations import FailurePhase
from sentinel_tui.probes.faults import OwnFault, ProbeFailure, said
from sentinel_tui.probes.network import Network
from sentinel_tui.probes.resolver import IpVersion
from sentinel_tui.probes.stream import ProbeStream
from sentinel_tui.probes.trail import Trail

MOST_BODY_BYTES = 1_048_576
"""A larger answer is a failure, because nothing would say whether it ever ends."""
TOO_LARGE = (
    "the answer is larger than the 1 MiB a check reads; check a smaller page, or use method HEAD"
)

_MOST_HEAD_BYTES = 65_536
_HEAD_TOO_LARGE = "the head of the answer is larger than 64 KiB"
_MANY_PARTS = 200
_MOST_PARTS = 50_000
_PIECEMEAL = "the answer comes in more than 50,000 pieces"
_WITHOUT_ANSWER = "Server disconnected without sending a response."


@dataclass(frozen=True, slots=True)
class Way:
    """How a request travels; the request's extension `way`.

    Attributes:
        trail: Where phases are marked.
        tls: The context for https, or None for http.
        ip_version: Which family of addresses to use.
        allowed: Which addresses may be talked to.
    """

    trail: Trail
    tls: ssl.SSLContext | None
    ip_version: IpVersion
    allowed: Collection[Reach]


class FreshTransport(httpx.AsyncBaseTransport):
    """Sends each request on a new connection, which ends with the response."""

    def __init__(self, network: Network) -> None:
        self._network = network

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; its extension `way` says how.

        The response must be closed. Reading its stream raises `ProbeFailure` too. Its extensions
        are `peer`, who answered, and `bodiless`, for the answer to a HEAD.

        Raises:
            ProbeFailure: There is no answer, or none that HTTP knows.
            OwnFault: This machine cannot ask.
        """
        way: Way = request.extensions["way"]
        url = _core_url(request.url)
        host = request.url.raw_host.decode("ascii")
        stream = await self._network.connect(
            host, url.origin.port, way.trail, ip_version=way.ip_version, allowed=way.allowed
        )
        try:
            if way.tls is not None:
                await stream.start_tls(way.tls, host)
            answer = await _ask(request, url, stream)
        except BaseException:
            stream.close()
            raise
        stream.accept_at_most(
            _MOST_HEAD_BYTES + MOST_BODY_BYTES, ProbeFailure(FailurePhase.BODY, TOO_LARGE)
        )
        if way.trail.phase is not FailurePhase.BODY:
            way.trail.enter(FailurePhase.BODY)
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer, stream),
            extensions={"peer": stream.peer, "bodiless": request.method == "HEAD"},
        )


class _Body(httpx.AsyncByteStream):
    """The body as it comes off the connection, still encoded."""

    def __init__(self, answer: httpcore.Response, stream: ProbeStream) -> None:
        self._answer = answer
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        # Whatever stops this early has to be raised by the stream, deep inside: to leave the loop
        # here would leave the generators below it to be closed by tasks of the event loop.
        parts = 0
        try:
            async for part in self._answer.aiter_stream():
                yield part
                parts += 1
                if parts == _MANY_PARTS:
                    self._stream.read_in_sips()
                if parts == _MOST_PARTS:
                    self._stream.accept_at_most(0, ProbeFailure(FailurePhase.BODY, _PIECEMEAL))
        except httpcore.ProtocolError as error:
            problem = f"the answer broke off: {said(error, 200)}"
            raise ProbeFailure(FailurePhase.BODY, problem) from error

    async def aclose(self) -> None:
        self._stream.close()


class _RequestBody:
    """The body of a request, as an iterator that may be left at any time.

    httpx's and httpcore's own are generators. One that is left, because the server does not take
    the request, is closed later on by a task of the event loop.
    """

    def __init__(self, content: bytes) -> None:
        self._rest = [content] if content else []

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if not self._rest:
            raise StopAsyncIteration
        return self._rest.pop()


async def _ask(request: httpx.Request, url: httpcore.URL, stream: ProbeStream) -> httpcore.Response:
    """The head of the answer, with the body still to be read."""
    stream.accept_at_most(_MOST_HEAD_BYTES, ProbeFailure(FailurePhase.FIRST_BYTE, _HEAD_TOO_LARGE))
    speak = httpcore.AsyncHTTP2Connection if stream.speaks_http2 else httpcore.AsyncHTTP11Connection
    question = httpcore.Request(
        method=request.method,
        url=url,
        headers=request.headers.raw,
        content=_RequestBody(request.content),
    )
    try:
        return await speak(url.origin, stream).handle_async_request(question)
    except httpcore.LocalProtocolError as error:
        if stream.speaks_http2:  # where httpcore calls what the server did wrong ours too
            raise _no_http(error, stream) from error
        # The library's own words quote the header, which may be a secret.
        problem = "this request cannot be sent: HTTP forbids characters in its headers"
        raise OwnFault(problem) from error
    except httpcore.ProtocolError as error:
        raise _no_http(error, stream) from error


def _no_http(error: httpcore.ProtocolError, stream: ProbeStream) -> ProbeFailure:
    if str(error) == _WITHOUT_ANSWER:  # also said when a part of the head came
        part = "in the head of its answer" if stream.received_bytes else "without an answer"
        problem = f"{stream.peer} closed the connection {part}"
    else:
        problem = f"the answer is no HTTP: {said(error, 200)}"
    return ProbeFailure(FailurePhase.FIRST_BYTE, problem)


def _core_url(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
