"""One HTTP/1.1 connection: requests in, answers out, and nobody may be slow or endless.

h11 does the protocol; sizes and patience are here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Protocol

import h11

from sentinel_tui.engine.ingest.limits import LARGEST_BODY_BYTES, MOST_EVENTS, Limits
from sentinel_tui.engine.ingest.messages import Answer, Refusal, Request
from sentinel_tui.text import clean_text

log = logging.getLogger(__name__)

_READ_BYTES = 65_536
_LARGEST_HEAD_BYTES = 16_384
_NO_CONTENT = 204
_LINGER_S = 1.0
_LINGER_BYTES = 1_048_576
_USUAL = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


class Serving(Protocol):
    """Who answers requests."""

    def admit(self, request: Request) -> None:
        """Look at a request's head, before its body is read.

        Raises:
            Refusal: The body is not worth reading.
        """

    async def answer(self, request: Request) -> Answer:
        """Do what a request asks.

        Raises:
            Refusal: It is not done.
        """


class Connection:
    """Serves one client."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        serving: Serving,
        limits: Limits,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._serving = serving
        self._limits = limits
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_LARGEST_HEAD_BYTES)

    async def serve(self) -> None:
        """Answer requests until the client leaves, is idle, or says what is no HTTP.

        Raises:
            OSError: The client broke the connection off, or does not read (`TimeoutError`).
        """
        try:
            while await self._exchange():
                self._http.start_next_cycle()
        except h11.RemoteProtocolError as error:
            said = clean_text(error, 200)
            await self._hang_up(
                Refusal(error.error_status_hint, "no_http", f"this is no HTTP: {said}")
            )
        except Refusal as refusal:
            await self._hang_up(refusal)

    async def _exchange(self) -> bool:
        """One request and its answer; whether another may follow."""
        head = await self._head()
        if head is None:
            return False
        answer = await self._answer(head)
        whole = self._http.their_state is not h11.SEND_BODY
        await self._send(answer, keep_open=whole, bodiless=head.method == b"HEAD")
        if not whole:
            await linger(self._reader, self._writer)
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    async def _answer(self, head: h11.Request) -> Answer:
        try:
            request = _request_of(head)
            self._serving.admit(request)
            return await self._serving.answer(replace(request, body=await self._body()))
        except Refusal as refusal:
            return refusal.answer()
        except (OSError, h11.RemoteProtocolError):
            raise
        except Exception:
            log.exception("a request failed in the engine itself")
            return Refusal(500, "failed", "the engine failed; its log says more").answer()

    async def _hang_up(self, refusal: Refusal) -> None:
        await self._send(refusal.answer(), keep_open=False)
        await linger(self._reader, self._writer)

    async def _head(self) -> h11.Request | None:
        if self._http.trailing_data == (b"", False):
            try:
                async with asyncio.timeout(self._limits.idle_s):
                    self._http.receive_data(await self._reader.read(_READ_BYTES))
            except TimeoutError:
                return None
        async with _patience(self._limits.head_s, "head"):
            event = await self._next_event()
        return event if isinstance(event, h11.Request) else None

    async def _body(self) -> bytes:
        body = bytearray()
        async with _patience(self._limits.body_s, "body"):
            while isinstance(event := await self._next_event(), h11.Data):
                body += event.data
                if len(body) > LARGEST_BODY_BYTES:
                    raise too_large()
        return bytes(body)

    async def _next_event(self) -> h11.Event | type[h11.PAUSED]:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            if self._http.they_are_waiting_for_100_continue:
                self._write(h11.InformationalResponse(status_code=100, headers=[]))
            self._http.receive_data(await self._reader.read(_READ_BYTES))
        # h11's own annotation names the class NEED_DATA, which the loop above has ruled out.
        return event  # type: ignore[return-value]

    async def _send(self, answer: Answer, *, keep_open: bool, bodiless: bool = False) -> None:
        headers = {**_USUAL, **dict(answer.headers)}
        if answer.status != _NO_CONTENT:
            headers["content-type"] = answer.content_type
            headers["content-length"] = str(len(answer.body))
        if not keep_open:
            headers["connection"] = "close"
        self._write(h11.Response(status_code=answer.status, headers=list(headers.items())))
        if answer.body and not bodiless:
            self._write(h11.Data(data=answer.body))
        self._write(h11.EndOfMessage())
        async with asyncio.timeout(self._limits.send_s):
            await self._writer.drain()

    def _write(self, event: h11.Event) -> None:
        if data := self._http.send(event):
            self._writer.write(data)


async def linger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Let a client that was not heard to the end hear why, for a moment.

    A connection that is closed with something unread in it is reset, and the answer with it.
    """
    left = _LINGER_BYTES
    try:
        writer.write_eof()
        async with asyncio.timeout(_LINGER_S):
            while left > 0 and (data := await reader.read(_READ_BYTES)):
                left -= len(data)
    except TimeoutError:
        return


def too_large() -> Refusal:
    """What is said of a body that is too long."""
    return Refusal(
        413,
        "too_large",
        f"a request holds at most {MOST_EVENTS} events and {LARGEST_BODY_BYTES // 1_024} kB; "
        "send the rest in another one",
    )


def _request_of(head: h11.Request) -> Request:
    # h11 minds the size only of what is not whole yet.
    size_bytes = len(head.target) + sum(len(name) + len(value) for name, value in head.headers)
    if size_bytes > _LARGEST_HEAD_BYTES:
        raise Refusal(431, "too_large", f"a head has at most {_LARGEST_HEAD_BYTES // 1_024} kB")
    headers = {name.decode("ascii"): value.decode("latin-1") for name, value in head.headers}
    if "content-length" in headers and "transfer-encoding" in headers:
        # Two ways to say where a body ends are how one request is smuggled inside another.
        raise Refusal(400, "two_lengths", "Content-Length beside Transfer-Encoding is refused")
    path = head.target.decode("ascii", "replace").partition("?")[0]
    return Request(head.method.decode("ascii"), path, headers)


@asynccontextmanager
async def _patience(seconds: float, part: str) -> AsyncIterator[None]:
    """Give a client so long.

    Raises:
        Refusal: It took longer.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise Refusal(408, "too_slow", f"the {part} of a request may take {seconds:g} s") from None
