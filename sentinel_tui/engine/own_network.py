"""Whether our own network is there: witnesses outside are asked before a failure is believed.

A witness is the gateway of this machine, a host and port that takes connections, or a URL that
answers with success. Where too few of them answer, what we do not see says nothing about anybody
else.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from sentinel_tui.clock import Clock
from sentinel_tui.config.network import GATEWAY
from sentinel_tui.config.trust import system_trust
from sentinel_tui.domain.monitoring.witnesses import quorum
from sentinel_tui.probes.faults import OwnFault, ProbeFailure
from sentinel_tui.probes.network import Network
from sentinel_tui.probes.stream import ProbeStream
from sentinel_tui.probes.trail import Trail

log = logging.getLogger(__name__)

DEADLINE_S = 3.0
"""A witness that has not answered by then did not answer."""

Ask = Callable[[str], Awaitable[bool | None]]
"""Asks one witness: whether it answered, or None where it cannot be asked from here."""

_GATEWAY_PORTS = (53, 80, 443)
_ROUTES = Path("/proc/net/route")
_UP_AND_GATEWAY = 0x3
_ANYWHERE = "00000000"
_STATUS_BYTES = 12
"""As many as `HTTP/1.1 204` takes."""


@dataclass(frozen=True, slots=True)
class _Round:
    began_s: float
    online: asyncio.Task[bool]


class OwnNetwork:
    """Asks the witnesses, all at once, and shares each round of asking among all who doubt.

    Belongs to one event loop.
    """

    def __init__(
        self, clock: Clock, witnesses: Sequence[str], needed: int, ask: Ask | None = None
    ) -> None:
        """Prepare to ask; nothing is sent yet.

        Args:
            clock: The time.
            witnesses: Whom to ask, as in the configuration; none to never doubt.
            needed: How many have to answer.
            ask: How to ask one; over the network where it is left out.
        """
        self._clock = clock
        self._witnesses = tuple(witnesses)
        self._needed = needed
        self._questions = Questions()
        self._ask = ask or self._questions.ask
        self._latest: _Round | None = None

    @property
    def all_loopback(self) -> bool:
        """Whether every witness is on this machine, and so tells nothing of the world outside."""
        return bool(self._witnesses) and all(map(_is_loopback_witness, self._witnesses))

    def may_doubt(self, host: str) -> bool:
        """Whether a failure to reach `host` can be the fault of the network the witnesses show.

        This machine reaches itself without any network: what runs on it is doubted only where the
        witnesses run on it too.
        """
        return bool(self._witnesses) and (self.all_loopback or not is_loopback(host))

    async def online_since(self, after_s: float) -> bool:
        """Whether enough witnesses answer, asked no sooner than `after_s`.

        Everybody who asks while a round is under way shares it, or the next one: there are never
        two at a time.

        Args:
            after_s: Elapsed time at which the look that failed had ended; an older answer would
                say nothing about it.
        """
        if not self._witnesses:
            return True
        while True:
            latest = self._latest
            if latest is None or (latest.online.done() and latest.began_s < after_s):
                latest = self._begin()
            if latest.began_s >= after_s:
                return await asyncio.shield(latest.online)
            await asyncio.wait((latest.online,))

    def close(self) -> None:
        """Give back what asking holds; a round under way still ends, within its deadline."""
        self._questions.close()

    def _begin(self) -> _Round:
        began_s = self._clock.elapsed_s()
        self._latest = _Round(began_s, asyncio.create_task(self._is_online()))
        return self._latest

    async def _is_online(self) -> bool:
        """Ask every witness, until enough have answered or all have had their time."""
        asked = {asyncio.create_task(self._answer_in_time(one)) for one in self._witnesses}
        answers: list[bool] = []
        waiting = asked
        try:
            while waiting and sum(answers) < self._needed:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                answers += [answer for one in done if (answer := one.result()) is not None]
        finally:
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        return quorum(answers, self._needed)

    async def _answer_in_time(self, witness: str) -> bool | None:
        asking = asyncio.ensure_future(self._ask(witness))
        deadline = asyncio.ensure_future(self._clock.sleep(DEADLINE_S))
        try:
            await asyncio.wait((asking, deadline), return_when=asyncio.FIRST_COMPLETED)
            return asking.result() if asking.done() else False
        except Exception:
            # A fault of our own code must not pass for a lost network: nothing would ever be
            # called down again.
            log.exception("asking the witness %s failed in Sentinel itself", witness)
            return None
        finally:
            asking.cancel()
            deadline.cancel()


class Questions:
    """The outermost edge: asks one witness over the network. Belongs to one event loop."""

    def __init__(self, routes: Path = _ROUTES) -> None:
        """Prepare to ask.

        Args:
            routes: The table of routes that names the gateway, as Linux writes it.
        """
        self._routes = routes
        self._network = Network()
        self._trust: ssl.SSLContext | None = None

    def close(self) -> None:
        """Give back what lookups hold."""
        self._network.close()

    async def ask(self, witness: str) -> bool | None:
        """Ask one witness. Has no deadline of its own.

        Returns:
            Whether it answered; None where it cannot be asked: this machine names no gateway.
        """
        if witness == GATEWAY:
            return await self._ask_gateway()
        try:
            if "://" in witness:
                return await self._ask_url(urlsplit(witness))
            host, _, port = witness.rpartition(":")
            (await self._network.connect(host.strip("[]"), int(port), Trail())).close()
        except (ProbeFailure, OwnFault):
            return False
        return True

    async def _ask_gateway(self) -> bool | None:
        try:
            gateway = default_gateway(self._routes.read_text(encoding="ascii"))
        except OSError:
            return None
        if gateway is None:
            return None
        # All at once, for a gateway may answer on one of them and drop what comes for the others.
        asked = [asyncio.create_task(_is_there(gateway, port)) for port in _GATEWAY_PORTS]
        try:
            for answer in asyncio.as_completed(asked):
                if await answer:
                    return True
            return False
        finally:
            for one in asked:
                one.cancel()

    async def _ask_url(self, url: SplitResult) -> bool:
        host, secure = url.hostname or "", url.scheme == "https"
        port = url.port or (443 if secure else 80)
        with closing(await self._network.connect(host, port, Trail())) as stream:
            if secure:
                await stream.start_tls(self._trusted(), host)
            return await _succeeds(stream, url)

    def _trusted(self) -> ssl.SSLContext:
        if self._trust is None:
            self._trust = system_trust()
        return self._trust


def default_gateway(routes: str) -> str | None:
    """The IPv4 address of the gateway in a table of routes, the nearest where there are several.

    Args:
        routes: What Linux shows in `/proc/net/route`.

    Returns:
        None where no default route leads over a gateway.
    """
    found: list[tuple[int, str]] = []
    for line in routes.splitlines()[1:]:
        match line.split():
            case [_, destination, gateway, flags, _, _, metric, mask, *_] if (
                destination == mask == _ANYWHERE
                and int(flags, 16) & _UP_AND_GATEWAY == _UP_AND_GATEWAY
            ):
                found.append((int(metric), gateway))
    if not found:
        return None
    # The kernel writes the address as a number in the byte order of the machine.
    return socket.inet_ntoa(struct.pack("=I", int(min(found)[1], 16)))


def is_loopback(host: str) -> bool:
    """Whether a name or an address means this machine."""
    name = host.strip("[]").rstrip(".").lower()
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def _is_loopback_witness(witness: str) -> bool:
    host = urlsplit(witness).hostname if "://" in witness else witness.rpartition(":")[0]
    return is_loopback(host or "")


async def _is_there(address: str, port: int) -> bool:
    """Whether a machine answers there. A refusal is an answer."""
    try:
        _, writer = await asyncio.open_connection(address, port)
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    writer.transport.abort()
    return True


async def _succeeds(stream: ProbeStream, url: SplitResult) -> bool:
    """Whether the server answers a GET with a status of success; what follows is not read."""
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    request = f"GET {path} HTTP/1.1\r\nHost: {url.netloc}\r\nConnection: close\r\n\r\n"
    await stream.write(request.encode("ascii", "replace"))
    answer = b""
    while len(answer) < _STATUS_BYTES and (part := await stream.read(_STATUS_BYTES - len(answer))):
        answer += part
    protocol, _, status = answer.partition(b" ")
    return protocol.startswith(b"HTTP/1.") and len(status) == 3 and status.startswith(b"2")
