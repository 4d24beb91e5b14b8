"""Accepts connections on a socket and gives each one a task of its own.

asyncio's own server can lose a connection that arrives in the instant in which it is closed. The
sandbox closes and reopens its listeners all the time, so accepting happens here, at once and
without a moment in between.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

_BACKLOG = 128
_MOST_UNREAD_BYTES = 65_536

Converse = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Listener:
    """Has every client of a bound socket talked to until the listener is closed."""

    def __init__(self, bound: socket.socket, converse: Converse) -> None:
        """Start listening.

        Args:
            bound: A socket that has its address; it is the listener's from now on.
            converse: Talks with one client. Need not close the connection, and may let an `OSError`
                through, time-outs among them: the client left or fell silent, which is its right.
        """
        self._socket = bound
        self._converse = converse
        self._clients: dict[asyncio.Task[None], socket.socket] = {}
        bound.setblocking(False)
        bound.listen(_BACKLOG)
        asyncio.get_running_loop().add_reader(bound, self._accept)

    async def close(self) -> None:
        """Accept nobody any more, and break off with everybody as a process does that dies."""
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
        ending = dict(self._clients)
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        for client in ending.values():
            client.close()  # Only that of a task which never came to run is still open.

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionAbortedError):
            client, _ = self._socket.accept()
            client.setblocking(False)
            task = asyncio.create_task(self._talk(client))
            self._clients[task] = client
            task.add_done_callback(self._clients.pop)

    async def _talk(self, client: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=client, limit=_MOST_UNREAD_BYTES)
        try:
            await self._converse(reader, writer)
            writer.close()
            await writer.wait_closed()
        except OSError:
            log.debug("a client left before it was answered")
        finally:
            writer.transport.abort()
