"""The sandbox as a whole: which services there are, started, broken, mended and stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from sentinel_tui.clock import Clock
from sentinel_tui.errors import UsageError
from sentinel_tui.sandbox.host import Host
from sentinel_tui.sandbox.services.curator import Curator
from sentinel_tui.sandbox.services.monetizer import Monetizer
from sentinel_tui.sandbox.services.public import Public
from sentinel_tui.sandbox.services.render_edge import SleepHabits
from sentinel_tui.sandbox.troubles import How, how_named
from sentinel_tui.text import clean_text, format_duration

DEFAULT_SEED = 1
DEFAULT_BREAK_S = 60.0
LONGEST_BREAK_S = 86_400.0

_FOLLOW_EVERY_S = 0.5


class World:
    """Services on loopback that live their lives until they are stopped.

    The same seed and the same clock give the same world.
    """

    def __init__(
        self, clock: Clock, seed: int = DEFAULT_SEED, sleep_habits: SleepHabits | None = None
    ) -> None:
        """A world that does not run yet.

        Args:
            clock: Times everything in it.
            seed: Decides everything that looks like chance.
            sleep_habits: How the curator sleeps.
        """
        applications = (
            Curator(clock, seed, sleep_habits or SleepHabits()),
            Monetizer(clock, seed),
            Public(clock, seed),
        )
        self._clock = clock
        self._hosts = {one.name: Host(one, clock) for one in applications}
        self._following: asyncio.Task[None] | None = None

    @property
    def urls(self) -> Mapping[str, str]:
        """Where each service says how it is, by name."""
        return {name: host.url for name, host in self._hosts.items()}

    @property
    def troubles(self) -> Mapping[str, How | None]:
        """What is wrong with each service at this moment, by name."""
        return {name: host.trouble for name, host in self._hosts.items()}

    def start(self) -> None:
        """Open all services."""
        for host in self._hosts.values():
            host.start()
        self._following = asyncio.create_task(self._follow_troubles())

    async def stop(self) -> None:
        """Close all services and give their ports back."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        for host in self._hosts.values():
            await host.stop()

    async def break_service(
        self, name: str, how: str = How.ERROR, for_s: float = DEFAULT_BREAK_S
    ) -> str:
        """Break a service now.

        Args:
            name: Which.
            how: In which way: 500, refuse, hang, slow, drip, sleep.
            for_s: For how long.

        Returns:
            What happens now, in one line.

        Raises:
            UsageError: There is no such service or way, or the time makes no sense.
        """
        host, way = self._host(name), how_named(how)
        if not 0 < for_s <= LONGEST_BREAK_S:
            raise UsageError(
                "a service is broken for more than nothing and at most a day",
                "write for how long, like 30s or 5m",
            )
        await host.break_by(way, for_s)
        if way is How.SLEEP:
            return f"{name} {way.words}; the next request wakes it"
        return f"{name} {way.words} for {format_duration(for_s)}"

    async def mend(self, name: str) -> str:
        """End what is wrong with a service.

        Returns:
            What happens now, in one line.

        Raises:
            UsageError: There is no such service.
        """
        await self._host(name).mend()
        return f"{name} is well again"

    def _host(self, name: str) -> Host:
        host = self._hosts.get(name)
        if host is None:
            raise UsageError(
                f"the demo has no service {clean_text(name, 40)!r}",
                f"it has: {', '.join(self._hosts)}",
            )
        return host

    async def _follow_troubles(self) -> None:
        while True:
            for host in self._hosts.values():
                await host.follow_trouble()
            await self._clock.sleep(_FOLLOW_EVERY_S)
