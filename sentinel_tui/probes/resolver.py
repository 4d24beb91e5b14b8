"""Names to addresses, in a few threads of our own.

The system's resolver blocks, and one that waits for a dead name server blocks for half a minute.
In asyncio's shared pool six of those would stop every other thread of the process; here they stop
nothing but other lookups, and a lookup that only waited for a thread says so. The threads are
daemons, so that none of them can hold up the end of the process either.
"""

from __future__ import annotations

import asyncio
import queue
import socket
import threading
from collections.abc import Sequence
from typing import Literal, NamedTuple

from sentinel_tui.probes.trail import Trail

IpVersion = Literal["any", "4", "6"]

_FAMILIES = {"any": socket.AF_UNSPEC, "4": socket.AF_INET, "6": socket.AF_INET6}
_MOST_THREADS = 8


class Address(NamedTuple):
    """A literal address that can be connected to."""

    family: int
    ip: str
    scope_id: int = 0

    def sockaddr(self, port: int) -> tuple[str, int] | tuple[str, int, int, int]:
        """As the socket calls want it."""
        if self.family == socket.AF_INET:
            return self.ip, port
        return self.ip, port, 0, self.scope_id

    def with_port(self, port: int) -> str:
        """As people write it."""
        return f"[{self.ip}]:{port}" if ":" in self.ip else f"{self.ip}:{port}"


class _Lookup:
    """One question to the system, shared by all who ask it at the same time."""

    def __init__(self, host: str, ip_version: IpVersion, loop: asyncio.AbstractEventLoop) -> None:
        self.host = host
        self.ip_version = ip_version
        self.loop = loop
        self.started = False
        self.answer: asyncio.Future[list[Address] | OSError] = loop.create_future()

    def run(self) -> None:
        """Ask, in a thread, and hand the answer back to the loop."""
        self.started = True
        answer = _ask_system(self.host, self.ip_version)
        try:
            self.loop.call_soon_threadsafe(self._give, answer)
        except RuntimeError:  # the loop is gone: nobody waits any more
            return

    def _give(self, answer: list[Address] | OSError) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)


class Resolver:
    """Looks names up. Belongs to one event loop."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[_Lookup | None] = queue.SimpleQueue()
        self._under_way: dict[tuple[str, IpVersion], _Lookup] = {}
        self._threads = 0

    async def addresses(self, host: str, ip_version: IpVersion, trail: Trail) -> list[Address]:
        """The addresses of a name, in the order in which the system would try them.

        Raises:
            OSError: The system's own error, mostly `socket.gaierror`.
        """
        lookup = self._under_way.get((host, ip_version)) or self._begin(host, ip_version)
        try:
            answer = await asyncio.shield(lookup.answer)
        except asyncio.CancelledError:
            if not lookup.started:
                trail.own_fault = "every lookup thread of Sentinel waits for a name server"
            raise
        if isinstance(answer, OSError):
            raise answer
        return answer

    def close(self) -> None:
        """Let the threads go; one that is stuck ends with the process."""
        for _ in range(self._threads):
            self._queue.put(None)
        self._threads = 0

    def _begin(self, host: str, ip_version: IpVersion) -> _Lookup:
        key = (host, ip_version)
        lookup = _Lookup(host, ip_version, asyncio.get_running_loop())
        lookup.answer.add_done_callback(lambda _: self._under_way.pop(key, None))
        self._under_way[key] = lookup
        if self._threads < min(len(self._under_way), _MOST_THREADS):
            self._threads += 1
            threading.Thread(
                target=_work, args=(self._queue,), name="sentinel-lookup", daemon=True
            ).start()
        self._queue.put(lookup)
        return lookup


def literal_address(host: str) -> Address | None:
    """The address that `host` already is, or None when it is a name."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except (OSError, ValueError):
            continue
        return Address(family, host)
    return None


def is_wanted(address: Address, ip_version: IpVersion) -> bool:
    """Whether the address is of the wanted family."""
    return ip_version == "any" or address.family == _FAMILIES[ip_version]


def _work(lookups: queue.SimpleQueue[_Lookup | None]) -> None:
    while (lookup := lookups.get()) is not None:
        lookup.run()


def _ask_system(host: str, ip_version: IpVersion) -> list[Address] | OSError:
    try:
        found = socket.getaddrinfo(
            host, None, family=_FAMILIES[ip_version], type=socket.SOCK_STREAM
        )
    except OSError as error:
        return error
    except ValueError:  # such as a label that is empty or longer than 63 characters
        return socket.gaierror(socket.EAI_NONAME, "not a host name")
    return list(dict.fromkeys(_address(family, where) for family, _, _, _, where in found))


def _address(family: int, where: Sequence[object]) -> Address:
    """The address in what the system's resolver returns: (ip, port), or with flow and scope."""
    scope_id = where[3] if family == socket.AF_INET6 else 0
    return Address(family, str(where[0]).partition("%")[0], int(str(scope_id)))
