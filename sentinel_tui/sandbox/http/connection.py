"""One HTTP/1.1 connection: requests in, responses out, until somebody leaves.

h11 does the protocol; limits and patience are here. A request that waits for its answer is given
up as soon as the client is gone, so that a hanging service does not gather the dead.
"""

from __future__ import annotations

import asyncio
import contextlib

import h11

from sentinel_tui.clock import Clock
from sentinel_tui.sandbox.http.messages import Answer, Request, Response

_IDLE_S = 15.0
_READ_BYTES = 65_536
_LARGEST_HEAD_BYTES = 16_384
_LARGEST_BODY_BYTES = 65_536
_NO_CONTENT = 204


class HttpConnection:
    """Serves one client."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        answer: Answer,
        clock: Clock,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._answer = answer
        self._clock = clock
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_LARGEST_HEAD_BYTES)

    async def serve(self) -> None:
        """Answer requests until the client leaves, or says what is no HTTP.

        Raises:
            OSError: The client broke the connection off, or fell silent (`TimeoutError`).
        """
        try:
            while await self._exchange():
                self._http.start_next_cycle()
        except h11.RemoteProtocolError as error:
            await self._refuse(error)

    async def _exchange(self) -> bool:
        """One request and its response; whether another may follow."""
        async with asyncio.timeout(_IDLE_S):
            request = await self._receive()
        if request is None:
            return False
        response = await self._answer_while_wanted(request)
        if response is None:
            return False
        await self._send(request, response)
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    async def _receive(self) -> Request | None:
        head = await self._next_event()
        if not isinstance(head, h11.Request):
            return None
        body = bytearray()
        while isinstance(event := await self._next_event(), h11.Data):
            body += event.data
            if len(body) > _LARGEST_BODY_BYTES:
                raise h11.RemoteProtocolError("the body is too large", error_status_hint=413)
        path, _, query = head.target.decode("ascii").partition("?")
        headers = {name.decode("ascii"): value.decode("latin-1") for name, value in head.headers}
        return Request(head.method.decode("ascii"), path, query, headers, bytes(body))

    async def _next_event(self) -> h11.Event | type[h11.PAUSED]:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(_READ_BYTES))
        # h11's own annotation names the class NEED_DATA, which the loop above has ruled out.
        return event  # type: ignore[return-value]

    async def _answer_while_wanted(self, request: Request) -> Response | None:
        answering = asyncio.ensure_future(self._answer(request))
        leaving = asyncio.ensure_future(self._client_leaves())
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
            return answering.result() if answering.done() else None
        finally:
            answering.cancel()
            leaving.cancel()
            # Only one may read from a client at a time, and the next request is read hereafter.
            await asyncio.gather(answering, leaving, return_exceptions=True)

    async def _client_leaves(self) -> None:
        """Return when the client is gone, or sends more before it was answered (no pipelining)."""
        with contextlib.suppress(OSError):
            await self._reader.read(1)

    async def _send(self, request: Request, response: Response) -> None:
        headers = list(response.headers)
        if response.status != _NO_CONTENT:
            headers += [
                ("content-type", response.content_type),
                ("content-length", str(len(response.body))),
            ]
        self._write(h11.Response(status_code=response.status, headers=headers))
        if request.method != "HEAD":
            await self._send_body(response)
        self._write(h11.EndOfMessage())
        await self._writer.drain()

    async def _send_body(self, response: Response) -> None:
        if response.byte_every_s <= 0:
            self._write(h11.Data(data=response.body))
            return
        for byte in response.body:
            await self._clock.sleep(response.byte_every_s)
            self._write(h11.Data(data=bytes([byte])))
            await self._writer.drain()

    async def _refuse(self, error: h11.RemoteProtocolError) -> None:
        headers = [("connection", "close"), ("content-length", "0")]
        self._write(h11.Response(status_code=error.error_status_hint, headers=headers))
        self._write(h11.EndOfMessage())
        await self._writer.drain()

    def _write(self, event: h11.Event) -> None:
        if data := self._http.send(event):
            self._writer.write(data)
