"""Time, as something that is handed in.

Instants are integer milliseconds since 1970 UTC (`_ms`), because they are compared, stored and
sent far more often than they are read by people. Only the edges know a clock; `domain/` is given
instants.
"""

from __future__ import annotations

import heapq
import itertools
import time
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio

_BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Clock(Protocol):
    """What the engine knows of time."""

    def now_ms(self) -> int:
        """The wall clock: milliseconds since 1970 UTC. May jump."""

    def elapsed_s(self) -> float:
        """Seconds since some fixed moment. Never jumps, and counts time spent suspended."""

    async def sleep(self, seconds: float) -> None:
        """Wait without holding up anything else."""


class SystemClock:
    """The machine's clocks."""

    def now_ms(self) -> int:
        """See `Clock`."""
        return time.time_ns() // 1_000_000

    def elapsed_s(self) -> float:
        """See `Clock`. CLOCK_BOOTTIME where there is one, so that a suspend is seen."""
        return time.clock_gettime(_BOOT_CLOCK)

    async def sleep(self, seconds: float) -> None:
        """See `Clock`."""
        # Deferred: a command that only reads the store needs no event loop, and starts faster.
        from asyncio import sleep

        await sleep(seconds)


class FakeClock:
    """A clock that stands still until it is told to go on.

    Sleepers wake in the order of their deadlines, and everything they set off runs before the
    clock moves again, so a day of engine time passes in milliseconds and always the same way.
    """

    def __init__(self, now_ms: int = 1_800_000_000_000) -> None:
        self._now_ms = now_ms
        self._elapsed_s = 1_000.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now_ms(self) -> int:
        """See `Clock`."""
        return self._now_ms

    def elapsed_s(self) -> float:
        """See `Clock`."""
        return self._elapsed_s

    async def sleep(self, seconds: float) -> None:
        """See `Clock`; returns once `advance` has passed the deadline."""
        import asyncio

        if seconds <= 0:
            await asyncio.sleep(0)
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed_s + seconds, next(self._order), done))
        await done

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass, waking every sleeper that comes due on the way."""
        await self.settle()
        end_s = self._elapsed_s + seconds
        while self._sleepers and self._sleepers[0][0] <= end_s:
            deadline_s, _, done = heapq.heappop(self._sleepers)
            # A suspend may have left deadlines behind; the clocks never go back to them.
            self._move_to(max(deadline_s, self._elapsed_s))
            if not done.done():
                done.set_result(None)
            await self.settle()
        self._move_to(end_s)
        await self.settle()

    def jump(self, seconds: float) -> None:
        """Set the wall clock forward or back, as somebody with `date` would."""
        self._now_ms += round(seconds * 1_000)

    def suspend(self, seconds: float) -> None:
        """Close the lid: both clocks go on, and no sleeper wakes meanwhile."""
        self._move_to(self._elapsed_s + seconds)

    async def settle(self, rounds: int = 50) -> None:
        """Run everything that is ready to run."""
        from asyncio import sleep

        for _ in range(rounds):
            await sleep(0)

    def _move_to(self, elapsed_s: float) -> None:
        self._now_ms += round((elapsed_s - self._elapsed_s) * 1_000)
        self._elapsed_s = elapsed_s
