"""Listens for the ingest server, and lets no more in than it can serve."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
from collections import Counter
from pathlib import Path

from sentinel_tui.config.ingest import UNIX
from sentinel_tui.engine.ingest.connection import Connection, Serving, linger
from sentinel_tui.engine.ingest.limits import Limits
from sentinel_tui.errors import EngineError

log = logging.getLogger(__name__)

_FAREWELL_S = 0.3
_TURNED_AWAY = (
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\n"
    b"content-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
)
_TOO_MANY = b'{"error": {"code": "too_many", "message": "too many connections", "field": ""}}\n'


class IngestServer:
    """A listening socket, and the connections that came through it."""

    def __init__(self, serving: Serving, limits: Limits | None = None) -> None:
        """Listen to nobody yet.

        Args:
            serving: Answers the requests.
            limits: What clients may take up; the usual limits when left out.
        """
        self._serving = serving
        self._limits = limits or Limits()
        self._server: asyncio.Server | None = None
        self._socket_path: Path | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._by_address: Counter[str] = Counter()

    @property
    def port(self) -> int:
        """The TCP port it listens on; 0 where it listens on none."""
        sockets = self._server.sockets if self._server is not None else ()
        inet = [one for one in sockets if one.family != socket.AF_UNIX]
        return int(inet[0].getsockname()[1]) if inet else 0

    async def start(self, listen: str) -> None:
        """Listen.

        Args:
            listen: `ADDRESS:PORT`, or `unix:` and the path of a socket file.

        Raises:
            EngineError: Nobody can listen there.
        """
        try:
            if listen.startswith(UNIX):
                path = Path(listen.removeprefix(UNIX))
                self._server = await asyncio.start_unix_server(self._converse, sock=_bind(path))
                self._socket_path = path
            else:
                host, _, port = listen.rpartition(":")
                self._server = await asyncio.start_server(
                    self._converse, host.strip("[]"), int(port)
                )
        except OSError as error:
            raise EngineError(
                f"nobody can listen at {listen}: {error.strerror or error}",
                "choose another place: ingest.listen",
            ) from None

    async def stop(self) -> None:
        """Stop listening; answers that are on their way still get a moment."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._socket_path is not None:
            self._socket_path.unlink(missing_ok=True)
            self._socket_path = None
        ending = tuple(self._connections)
        if ending:
            await asyncio.wait(ending, timeout=_FAREWELL_S)
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 (a coroutine that runs is part of a task)
        address = _address_of(writer)
        self._connections.add(task)
        self._by_address[address] += 1
        try:
            if self._is_full(address):
                await self._turn_away(reader, writer)
            else:
                await Connection(reader, writer, self._serving, self._limits).serve()
        except (OSError, TimeoutError):
            log.debug("a connection broke off")
        except Exception:
            log.exception("a request failed in the engine itself")
        finally:
            self._connections.discard(task)
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]
            writer.close()

    async def _turn_away(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(_TURNED_AWAY % (len(_TOO_MANY), _TOO_MANY))
        # Where a flood comes in, nobody waits for each drop.
        if len(self._connections) <= 2 * self._limits.connections:
            await linger(reader, writer)

    def _is_full(self, address: str) -> bool:
        if len(self._connections) > self._limits.connections:
            return True
        return bool(address) and self._by_address[address] > self._limits.connections_of_one


def _address_of(writer: asyncio.StreamWriter) -> str:
    """Where a client is; empty where it came through a socket file."""
    peer = writer.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) and peer else ""


def _bind(path: Path) -> socket.socket:
    """A socket file for its owner and their group, such as a reverse proxy's.

    Raises:
        OSError: It cannot be made, or somebody else listens there.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        if probe.connect_ex(str(path)) == 0:
            raise OSError(errno.EADDRINUSE, "another program listens there")
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    old_umask = os.umask(0o117)
    try:
        listening.bind(str(path))
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(old_umask)
    return listening
