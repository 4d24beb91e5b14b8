"""A port on loopback that can go away and come back where it was."""

from __future__ import annotations

import contextlib
import socket
from random import Random

from sentinel_tui.errors import SentinelError
from sentinel_tui.sandbox.listener import Converse, Listener

LOOPBACK = "127.0.0.1"
"""The one address the sandbox ever binds: nobody outside this machine can reach it."""

_FOR_OTHERS = range(18_000, 32_000)
_TRIES = 20


class LoopbackPort:
    """Talks with clients on 127.0.0.1, on a port of its own for as long as it lives.

    While it refuses connections the port stays bound by a socket that does not listen, so that no
    other process can get it and what lies behind it comes back where it was.
    """

    def __init__(self, converse: Converse) -> None:
        """Listen to nobody yet.

        Args:
            converse: Talks with one client; see `Listener`.
        """
        self._converse = converse
        self._port = 0
        self._listener: Listener | None = None
        self._reservation: socket.socket | None = None

    @property
    def port(self) -> int:
        """Where it listens; 0 before it first did."""
        return self._port

    @property
    def listening(self) -> bool:
        """Whether connections are accepted."""
        return self._listener is not None

    def listen(self) -> None:
        """Accept connections; harmless when it already does."""
        if self._listener is not None:
            return
        bound = _bind(self._port)
        self._port = bound.getsockname()[1]
        self._listener = Listener(bound, self._converse)
        self._give_up_reservation()

    async def refuse(self) -> None:
        """Refuse connections and break off those there are; harmless when it already does."""
        if self._listener is None:
            return
        self._reservation = _bind(self._port)
        await self._close()

    async def stop(self) -> None:
        """Stop for good and give the port back."""
        await self._close()
        self._give_up_reservation()

    async def _close(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            await listener.close()

    def _give_up_reservation(self) -> None:
        if self._reservation is not None:
            self._reservation.close()
            self._reservation = None


def free_port(luck: Random) -> int:
    """A port that nobody uses at this moment, below those that the system hands out by itself.

    A client that calls a port of the system's own range, where nobody listens yet, can be given
    that very port and take it.
    """
    for port in luck.sample(_FOR_OTHERS, _TRIES):
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET) as probe:
            probe.bind((LOOPBACK, port))
            return port
    raise SentinelError("no port is free on this machine", "end some of what listens on it")


def _bind(port: int) -> socket.socket:
    """A socket bound to loopback; 0 lets the system choose the port."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Two sockets share the port for the instant in which the listener takes over from the
        # reservation, or the other way round.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind((LOOPBACK, port))
    except OSError:
        bound.close()
        raise
    return bound
