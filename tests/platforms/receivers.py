"""Receivers of messages on loopback: proper ones, and ones that do what no receiver should."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter
Behaviour = Callable[[Reader, Writer], Awaitable[None]]


@dataclass(frozen=True)
class Request:
    """What came in: header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """An HTTP server that keeps what it is sent and answers as it is told.

    Attributes:
        requests: Everything that came in, in order.
        answers: What to answer, one after the other; the last one again and again.
    """

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=lambda: [answer(b"ok")])

    async def behave(self, reader: Reader, writer: Writer) -> None:
        self.requests.append(await read_request(reader))
        writer.write(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])
        await writer.drain()


def answer(body: bytes = b"", *headers: str, status: str = "200 OK") -> bytes:
    """An answer as it should be."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def read_request(reader: Reader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, path, headers, body)


@contextlib.asynccontextmanager
async def serving(behave: Behaviour, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that behaves so; in the end everything of it is gone."""
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: Reader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await behave(reader, writer)
        except asyncio.CancelledError:
            pass  # the end of the test
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            talks.discard(task)

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in tuple(talks):
            task.cancel()
        if talks:
            await asyncio.wait(talks)
        await server.wait_closed()


def drips(start: bytes, drop: bytes, pause_s: float = 0.02) -> Behaviour:
    """Sends `start`, then a drop again and again, for ever."""

    async def behave(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(start)
        while not writer.is_closing():
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return behave


def floods(start: bytes, drop: bytes) -> Behaviour:
    """Sends `start`, then drops as fast as they are taken, for ever."""
    return drips(start, drop * (1 + 65_536 // len(drop)), 0)


async def keeps_silent(reader: Reader, writer: Writer) -> None:
    """Reads, says nothing, and never closes."""
    await reader.read()


async def hangs_up(reader: Reader, writer: Writer) -> None:
    """Closes as soon as somebody connects."""
