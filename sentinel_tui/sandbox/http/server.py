"""An HTTP server on loopback."""

from __future__ import annotations

import asyncio

from sentinel_tui.clock import Clock
from sentinel_tui.sandbox.http.connection import HttpConnection
from sentinel_tui.sandbox.http.messages import Answer
from sentinel_tui.sandbox.port import LoopbackPort


class LoopbackServer(LoopbackPort):
    """Serves HTTP on a port of its own, which can go away and come back."""

    def __init__(self, answer: Answer, clock: Clock) -> None:
        """Listen to nobody yet.

        Args:
            answer: Answers each request.
            clock: Paces answers that are sent slowly.
        """
        super().__init__(self._serve)
        self._answer = answer
        self._clock = clock

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await HttpConnection(reader, writer, self._answer, self._clock).serve()
