"""What tests of ingest are made with: a client that says exactly what it is told to say."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from typing import Any

from sentinel_tui.paths import Paths
from sentinel_tui.store.driver import open_reader

TOKEN = "0123456789abcdef0123456789abcdef"
OTHER_TOKEN = "fedcba9876543210fedcba9876543210"
KEY = b"k" * 32
SIGNING_KEY = "whsec_" + base64.b64encode(KEY).decode()
PAGE = "https://shop.example"

WITHIN_S = 10.0
"""A bound for what takes milliseconds."""


Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @property
    def code(self) -> str:
        """The kind of mistake."""
        return str(self.json["error"]["code"])


class Caller:
    """Calls a server at a TCP port or at a socket file."""

    def __init__(self, place: int | str) -> None:
        self._place = place

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Connection]:
        """A connection; it is really gone afterwards."""
        if isinstance(self._place, int):
            reader, writer = await asyncio.open_connection("127.0.0.1", self._place)
        else:
            reader, writer = await asyncio.open_unix_connection(self._place)
        try:
            yield reader, writer
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def say(self, *parts: bytes) -> list[Answered]:
        """Say something, byte for byte, and hear all answers until the server hangs up."""
        async with self.connected() as (reader, writer), asyncio.timeout(WITHIN_S):
            for part in parts:
                writer.write(part)
                await writer.drain()
            return list(answers_in(await reader.read()))

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answered:
        """One request, its body as JSON unless it is bytes."""
        (answered,) = await self.say(request(method, path, body, **headers))
        return answered

    async def tell(self, path: str, body: object, token: str = TOKEN, **headers: str) -> Answered:
        """POST with a token."""
        return await self.ask("POST", path, body, authorization=f"Bearer {token}", **headers)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds that takes real sockets, and hardly any time."""
    async with asyncio.timeout(WITHIN_S):
        while not holds():
            await asyncio.sleep(0.001)


def request(method: str, path: str, body: object = None, **headers: str) -> bytes:
    """A whole request; headers are given with `_` for `-`."""
    given = {"host": "localhost", "connection": "close"}
    data = b""
    if body is not None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        given |= {"content-type": "application/json", "content-length": str(len(data))}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + data


def answers_in(heard: bytes) -> Iterator[Answered]:
    """The answers in what a server said, one after the other."""
    while heard:
        head, _, rest = heard.partition(b"\r\n\r\n")
        status_line, *lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        length = int(headers.get("content-length", "0"))
        yield Answered(int(status_line.split()[1]), headers, rest[:length])
        heard = rest[length:]


def signed(body: bytes, at_ms: int, one: str = "msg_1", key: bytes = KEY) -> dict[str, str]:
    """The headers of a message as the Standard Webhooks convention has them."""
    stamp = str(at_ms // 1_000)
    signature = hmac.digest(key, f"{one}.{stamp}.".encode() + body, "sha256")
    return {
        "webhook_id": one,
        "webhook_timestamp": stamp,
        "webhook_signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def view(**told: object) -> dict[str, object]:
    """A report of a player."""
    return {
        "viewer_token": "bob@shop.example",
        "video_id": "spring-teaser",
        "library": "previews",
        "event": "progress",
        "position": 12.5,
        **told,
    }


def rows(paths: Paths, sql: str) -> list[tuple[Any, ...]]:
    """What the store holds."""
    with closing(open_reader(paths.store)) as connection:
        return [tuple(row) for row in connection.execute(sql)]
