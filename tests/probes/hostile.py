"""Servers that do what no server should, on real loopback sockets.

They run on an event loop in a thread of their own, so that a test can tell the tasks and sockets
of the probe from theirs.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import psutil

T = TypeVar("T")

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter
Behaviour = Callable[[Reader, Writer], Awaitable[None]]

DRIP_S = 0.05
OK_HEAD = b"HTTP/1.1 200 OK\r\n"


@dataclass
class HostileServers:
    """Servers by the dozen, one port for each behaviour.

    Attributes:
        requests: The head of every request that was read to its end, in order.
    """

    requests: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._listeners: list[asyncio.Server] = []
        self._talks: set[asyncio.Task[None]] = set()

    def serve(
        self, behaviour: Behaviour, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> int:
        """Start a server that behaves so; returns its port."""
        return self._run(self._listen(behaviour, tls, host))

    def close(self) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self, behaviour: Behaviour, tls: ssl.SSLContext | None, host: str) -> int:
        async def talk(reader: Reader, writer: Writer) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._talks.add(task)
            try:
                with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                    await behaviour(reader, writer)
            except asyncio.CancelledError:
                pass  # the end of the test
            finally:
                writer.transport.abort()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
                self._talks.discard(task)

        listener = await asyncio.start_server(
            talk, host, 0, ssl=tls, ssl_handshake_timeout=5 if tls else None
        )
        self._listeners.append(listener)
        return int(listener.sockets[0].getsockname()[1])

    async def _stop(self) -> None:
        for listener in self._listeners:
            listener.close()
        for talk in tuple(self._talks):
            talk.cancel()
        if self._talks:
            await asyncio.wait(self._talks)
        for listener in self._listeners:
            await listener.wait_closed()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    # What servers do. Each reads the request first, unless it says otherwise.

    async def head(self, reader: Reader) -> bytes:
        head = await reader.readuntil(b"\r\n\r\n")
        self.requests.append(head)
        return head

    def answers(self, answer: bytes) -> Behaviour:
        """Sends `answer` whole, and closes."""

        async def behave(reader: Reader, writer: Writer) -> None:
            await self.head(reader)
            writer.write(answer)
            await _leave(writer)

        return behave

    def answers_with(self, body: bytes, *headers: str, status: str = "200 OK") -> Behaviour:
        """Sends a proper answer."""
        return self.answers(proper_answer(body, *headers, status=status))

    def drips(self, start: bytes, drop: bytes) -> Behaviour:
        """Sends `start` at once, then `drop` again and again, slowly."""

        async def behave(reader: Reader, writer: Writer) -> None:
            await self.head(reader)
            writer.write(start)
            while not writer.is_closing():
                writer.write(drop)
                await writer.drain()
                await asyncio.sleep(DRIP_S)

        return behave

    def floods(self, start: bytes, drop: bytes) -> Behaviour:
        """Sends `start`, then `drop` as fast as it is taken, for ever."""

        async def behave(reader: Reader, writer: Writer) -> None:
            await self.head(reader)
            writer.write(start)
            flood = drop * (1 + 65_536 // len(drop))
            while not writer.is_closing():
                writer.write(flood)
                await writer.drain()
                await asyncio.sleep(0)  # draining does not wait while the other side keeps up

        return behave

    def keeps_silent(self, start: bytes = b"") -> Behaviour:
        """Sends `start`, then nothing more, and never closes."""

        async def behave(reader: Reader, writer: Writer) -> None:
            await self.head(reader)
            writer.write(start)
            await writer.drain()
            await reader.read()

        return behave

    def resets(self, start: bytes = b"") -> Behaviour:
        """Sends `start`, then resets the connection."""

        async def behave(reader: Reader, writer: Writer) -> None:
            await self.head(reader)
            writer.write(start)
            await writer.drain()
            await asyncio.sleep(DRIP_S)  # or the reset overtakes what was sent
            _reset(writer)

        return behave

    def redirects(self, location: str, status: str = "302 Found") -> Behaviour:
        """Sends elsewhere."""
        return self.answers_with(b"", f"Location: {location}", status=status)

    def redirects_on(self, hops: int) -> Behaviour:
        """Sends from / to /1, from there to /2 and so on, and answers properly in the end."""

        async def behave(reader: Reader, writer: Writer) -> None:
            await self.head(reader)
            count = len(self.requests)
            if count <= hops:
                answer = proper_answer(b"", f"Location: /{count}", status="302 Found")
            else:
                answer = proper_answer(b"")
            writer.write(answer)
            await _leave(writer)

        return behave


def proper_answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """An answer as it should be."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def says_nothing(reader: Reader, writer: Writer) -> None:
    """Does not even read."""
    await asyncio.sleep(60)


async def hangs_up(reader: Reader, writer: Writer) -> None:
    """Closes as soon as somebody connects."""
    writer.close()


async def resets_at_once(reader: Reader, writer: Writer) -> None:
    """Resets as soon as somebody connects."""
    _reset(writer)


def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def left_behind(port: int) -> list[object]:
    """What a look left behind: tasks on this loop, and our own connections to a port."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    connections = [
        one
        for one in psutil.Process().net_connections("tcp")
        if one.raddr and one.raddr.port == port and one.status != psutil.CONN_TIME_WAIT
    ]
    return [*tasks, *connections]


def gzip_bomb(unpacked_mib: int = 64) -> bytes:
    """Some ten kilobytes that unpack to many megabytes."""
    return gzip.compress(b"\0" * (unpacked_mib << 20), 9)


def _reset(writer: Writer) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _leave(writer: Writer) -> None:
    """Close so that what was sent still arrives: no reset while data is unread."""
    await writer.drain()
    writer.close()
    await writer.wait_closed()
