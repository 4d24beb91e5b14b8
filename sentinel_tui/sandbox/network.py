"""The network between the sandbox's services and whoever watches them: cut, slow, lossy or well.

Every way out of the sandbox is a road. What befalls the network befalls all roads at once, those
to the witnesses among them; that is how a watcher can tell its own trouble from a service's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from random import Random

from sentinel_tui.clock import Clock
from sentinel_tui.errors import UsageError
from sentinel_tui.sandbox.port import LOOPBACK, LoopbackPort
from sentinel_tui.sandbox.troubles import dice
from sentinel_tui.text import clean_text

SLOW_BY_S = 0.4
"""How much later each piece of data arrives over a slow network."""

LOST_SHARE = 0.5
"""Which share of the connections a lossy network swallows."""

_PIECE_BYTES = 16_384


class NetworkTrouble(StrEnum):
    """What can befall the network; the words are those of the command line."""

    CUT = "cut"
    SLOW = "slow"
    LOSSY = "lossy"

    @property
    def words(self) -> str:
        """What the network does then, after its name."""
        return _WORDS[self]


_WORDS = {
    NetworkTrouble.CUT: "is cut off",
    NetworkTrouble.SLOW: f"is slow: every piece takes {SLOW_BY_S:g} s longer",
    NetworkTrouble.LOSSY: f"swallows {LOST_SHARE:.0%} of the connections",
}


def network_trouble_named(word: str) -> NetworkTrouble:
    """The trouble that a word of the command line names.

    Raises:
        UsageError: There is no such trouble; the message lists those there are.
    """
    try:
        return NetworkTrouble(word)
    except ValueError:
        raise UsageError(
            f"the network cannot be broken by {clean_text(word, 40)!r}",
            f"choose one of: {', '.join(NetworkTrouble)}",
        ) from None


class Network:
    """All roads, and what is wrong with them at the moment."""

    def __init__(self, clock: Clock, seed: int) -> None:
        """A network without roads, and well.

        Args:
            clock: Times troubles and delays.
            seed: Decides which connections a lossy network swallows.
        """
        self._clock = clock
        self._luck = dice(seed, "network")
        self._roads: list[Road] = []
        self._trouble: NetworkTrouble | None = None
        self._until_s = 0.0

    @property
    def trouble(self) -> NetworkTrouble | None:
        """What is wrong at this moment; None when nothing is."""
        return self._trouble if self._clock.elapsed_s() < self._until_s else None

    def build_road(self, target: Callable[[], int | None]) -> Road:
        """A road to a port of this machine.

        Args:
            target: Says which port, or None while nobody listens there.
        """
        road = Road(self, target, self._clock, self._luck)
        self._roads.append(road)
        return road

    def open(self) -> None:
        """Open all roads, even where one leads nowhere yet, so that their ports are known."""
        for road in self._roads:
            road.listen()

    async def close(self) -> None:
        """Close all roads for good."""
        for road in self._roads:
            await road.stop()

    async def follow(self) -> None:
        """Open or close each road as the moment asks for."""
        for road in self._roads:
            await road.follow()

    async def break_by(self, trouble: NetworkTrouble, for_s: float) -> None:
        """Have trouble from now on, for some seconds."""
        self._trouble = trouble
        self._until_s = self._clock.elapsed_s() + for_s
        await self.follow()

    async def mend(self) -> None:
        """End the trouble of this moment."""
        self._until_s = self._clock.elapsed_s()
        await self.follow()


class Road(LoopbackPort):
    """Carries connections from a port of its own to another one."""

    def __init__(
        self, network: Network, target: Callable[[], int | None], clock: Clock, luck: Random
    ) -> None:
        """See `Network.build_road`."""
        super().__init__(self._carry)
        self._network = network
        self._target = target
        self._clock = clock
        self._luck = luck

    async def follow(self) -> None:
        """Refuse connections where the network is cut or nobody listens behind it."""
        if self._network.trouble is NetworkTrouble.CUT or self._target() is None:
            await self.refuse()
        else:
            self.listen()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._network.trouble is NetworkTrouble.LOSSY and self._luck.random() < LOST_SHARE:
            await _swallow(reader)
            return
        port = self._target()
        if port is None:
            return
        far_reader, far_writer = await asyncio.open_connection(LOOPBACK, port)
        try:
            there = asyncio.create_task(self._pass_on(reader, far_writer))
            back = asyncio.create_task(self._pass_on(far_reader, writer))
            try:
                # A client that leaves leaves whole; a service that has answered may hang up.
                await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                there.cancel()
                back.cancel()
                await asyncio.gather(there, back, return_exceptions=True)
        finally:
            far_writer.transport.abort()

    async def _pass_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while piece := await source.read(_PIECE_BYTES):
            if self._network.trouble is NetworkTrouble.SLOW:
                await self._clock.sleep(SLOW_BY_S)
            sink.write(piece)
            await sink.drain()


async def _swallow(reader: asyncio.StreamReader) -> None:
    """Take everything and answer nothing, until the client gives up."""
    while await reader.read(_PIECE_BYTES):
        pass
