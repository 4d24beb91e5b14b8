"""The control socket: one JSON object a line in, one a line out.

    {"id": 1, "verb": "pause", "arguments": {"service": "curator"}, "key": "…", "source": "cli"}
    {"id": 1, "ok": true, "data": {…}}
    {"id": 1, "ok": false, "error": "…", "hint": "…", "code": 5}

Only the owner can open the socket (mode 0600 in a folder of mode 0700). What comes in is bounded
in size and time and cleaned here, once.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from sentinel_tui.errors import EngineError, SentinelError, UsageError
from sentinel_tui.text import clean_text

log = logging.getLogger(__name__)

_LONGEST_LINE_BYTES = 65_536
_IDLE_S = 30.0
_SEND_S = 10.0
_MOST_CONNECTIONS = 64
_MOST_MEMBERS = 100
_FAREWELL_S = 0.3

Json = dict[str, Any]

_File = tuple[int, int]
"""A file's device and number, which stay its own while it is there."""


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants of the engine; every text in it is clean.

    Attributes:
        verb: What to do.
        arguments: With what.
        key: Makes the same request, sent twice, count once; empty for none.
        source: Who asks: tui, cli, …
        id: Returned with the answer, so that the asker can match them.
    """

    verb: str
    arguments: Json = field(default_factory=dict)
    key: str = ""
    source: str = ""
    id: str | int | None = None


class ControlServer:
    """Listens on the control socket and has each request answered."""

    def __init__(self, path: Path, answer: Callable[[Request], Awaitable[Json]]) -> None:
        """Listen to nobody yet.

        Args:
            path: Where the socket lies.
            answer: Does what a request asks; raises `SentinelError` to refuse.
        """
        self._path = path
        self._answer = answer
        self._server: asyncio.Server | None = None
        self._made: _File | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen.

        Raises:
            EngineError: The socket cannot be made there.
        """
        listening = _bind(self._path)
        self._made = _file_at(self._path)
        self._server = await asyncio.start_unix_server(
            self._converse, sock=listening, limit=_LONGEST_LINE_BYTES
        )

    async def stop(self) -> None:
        """Stop listening; answers that are on their way still get a moment."""
        if self._server is None:
            return
        self._server.close()
        self._unlink()
        if self._connections:
            await asyncio.wait(self._connections, timeout=_FAREWELL_S)
        ending = tuple(self._connections)
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    def _unlink(self) -> None:
        """Take the socket away, unless another engine has put its own there meanwhile."""
        if _file_at(self._path) == self._made:
            self._path.unlink(missing_ok=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (a coroutine that runs is part of a task)
        self._connections.add(task)
        try:
            if len(self._connections) > _MOST_CONNECTIONS:
                await _send(writer, _refusal(None, EngineError("too many connections")))
                return
            while (line := await _next_line(reader)) is not None:
                await _send(writer, await self._reply(line))
        except SentinelError as error:
            await _send(writer, _refusal(None, error))
        except (OSError, TimeoutError):
            log.debug("a control connection broke off")
        finally:
            self._connections.discard(task)
            writer.close()

    async def _reply(self, line: bytes) -> Json:
        request_id: str | int | None = None
        try:
            raw = _parse(line)
            request_id = _id_of(raw)
            request = _request_of(raw, request_id)
            return {"id": request_id, "ok": True, "data": await self._answer(request)}
        except SentinelError as error:
            return _refusal(request_id, error)
        except Exception as error:
            log.exception("a request failed in the engine itself")
            name = type(error).__name__
            return _refusal(request_id, SentinelError(f"the engine failed: {name}", "see its log"))


def _file_at(path: Path) -> _File | None:
    """Which file lies at a path: its device and number, or None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _bind(path: Path) -> socket.socket:
    """A listening socket that was never open to others, not even for a moment."""
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    old_umask = os.umask(0o177)
    try:
        listening.bind(str(path))
    except OSError as error:
        listening.close()
        raise EngineError(
            f"no control socket can be made at {path}: {error}",
            "a socket's path takes about 100 characters; choose a shorter --data-dir",
        ) from None
    finally:
        os.umask(old_umask)
    return listening


async def _next_line(reader: asyncio.StreamReader) -> bytes | None:
    """The next request, or None when the other side has none and is gone or idle."""
    try:
        async with asyncio.timeout(_IDLE_S):
            line = await reader.readline()
    except TimeoutError:
        return None
    except ValueError:
        raise UsageError(
            f"a request may be {_LONGEST_LINE_BYTES // 1_024} kB long, this one is longer"
        ) from None
    return line or None


async def _send(writer: asyncio.StreamWriter, reply: Json) -> None:
    writer.write(json.dumps(reply).encode() + b"\n")
    async with asyncio.timeout(_SEND_S):
        await writer.drain()


def _parse(line: bytes) -> Json:
    try:
        raw = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise UsageError("a request is one line of JSON") from None
    if not isinstance(raw, dict):
        raise UsageError("a request is a JSON object")
    return raw


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _id_of(raw: Json) -> str | int | None:
    request_id = raw.get("id")
    if isinstance(request_id, str):
        return clean_text(request_id, 100)
    return request_id if isinstance(request_id, int) else None


def _request_of(raw: Json, request_id: str | int | None) -> Request:
    verb, arguments = raw.get("verb"), raw.get("arguments", {})
    if not isinstance(verb, str) or not isinstance(arguments, dict):
        raise UsageError('a request needs a "verb", and its "arguments" are an object')
    return Request(
        verb=clean_text(verb, 40),
        arguments=_clean(arguments),
        key=clean_text(raw.get("key") or "", 100),
        source=clean_text(raw.get("source") or "", 40),
        id=request_id,
    )


def _clean(value: Any, depth: int = 4) -> Any:
    """The same value with every text cleaned, and nothing in it endless."""
    match value:
        case str():
            return clean_text(value)
        case bool() | int() | None:
            return value
        case float() if math.isfinite(value):
            return value
        case dict() if depth and len(value) <= _MOST_MEMBERS:
            return {clean_text(key, 40): _clean(one, depth - 1) for key, one in value.items()}
        case list() if depth and len(value) <= _MOST_MEMBERS:
            return [_clean(one, depth - 1) for one in value]
        case _:
            raise UsageError("the arguments hold more than a request may")


def _refusal(request_id: str | int | None, error: SentinelError) -> Json:
    return {
        "id": request_id,
        "ok": False,
        "error": str(error),
        "hint": error.hint,
        "code": error.exit_code,
    }
