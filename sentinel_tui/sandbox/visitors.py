"""People who come to the sandbox's services, by a stated curve of the week."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from random import Random

from sentinel_tui.clock import Clock
from sentinel_tui.sandbox.troubles import dice

HOUR_MS = 3_600_000
HOURS_OF_WEEK = 168

_MOST_AT_ONCE = 500.0
"""Beyond about 700 the method's limit is too small for a floating-point number."""

_MONDAY_HOUR = 4 * 24
"""The first Monday of the epoch began so many hours after it."""


class Visitors:
    """Come at random instants, so many an hour on average as the curve says (a Poisson process).

    The same seed gives the same visits, whoever asks and however often.
    """

    def __init__(
        self,
        curves: Mapping[str, Sequence[float]],
        visit: Callable[[str], Awaitable[object]],
        clock: Clock,
        seed: int,
    ) -> None:
        """Nobody has come yet.

        Args:
            curves: Of each service the visits an hour in each hour of the week, UTC, the first
                one from Monday at midnight.
            visit: Goes to a service, by its name.
            clock: Says when it is time.
            seed: Decides when exactly they come.

        Raises:
            ValueError: A curve has not 168 hours.
        """
        if any(len(curve) != HOURS_OF_WEEK for curve in curves.values()):
            raise ValueError(f"a week has {HOURS_OF_WEEK} hours")
        self._curves = curves
        self._visit = visit
        self._clock = clock
        self._seed = seed

    def times(self, service: str, from_ms: int, until_ms: int) -> list[int]:
        """When visitors come to a service, from an instant until just before another."""
        first, last = from_ms // HOUR_MS, (until_ms - 1) // HOUR_MS
        return [
            at_ms
            for hour in range(first, last + 1)
            for at_ms in self._within(service, hour)
            if from_ms <= at_ms < until_ms
        ]

    async def come(self) -> None:
        """Visit all services, from now on and until this is cancelled."""
        from_ms = self._clock.now_ms()
        for at_ms, service in self._from(from_ms):
            await self._clock.sleep((at_ms - self._clock.now_ms()) / 1_000)
            await self._visit(service)

    def _from(self, from_ms: int) -> Iterator[tuple[int, str]]:
        """All visits from an instant on, in their order, for ever."""
        until_ms = from_ms - from_ms % HOUR_MS + HOUR_MS
        while True:
            yield from sorted(
                (at_ms, service)
                for service in self._curves
                for at_ms in self.times(service, from_ms, until_ms)
            )
            from_ms, until_ms = until_ms, until_ms + HOUR_MS

    def _within(self, service: str, hour: int) -> list[int]:
        """The visits of one hour since the epoch."""
        luck = dice(self._seed, "visitors", service, hour)
        rate = self._curves[service][(hour - _MONDAY_HOUR) % HOURS_OF_WEEK]
        return sorted(hour * HOUR_MS + luck.randrange(HOUR_MS) for _ in range(poisson(rate, luck)))


def poisson(mean: float, luck: Random) -> int:
    """How often something happens that happens so often on average (Knuth's method)."""
    count = 0
    while mean > _MOST_AT_ONCE:
        count += _few(_MOST_AT_ONCE, luck)
        mean -= _MOST_AT_ONCE
    return count + _few(mean, luck)


def _few(mean: float, luck: Random) -> int:
    limit, product, count = math.exp(-mean), luck.random(), 0
    while product > limit:
        product *= luck.random()
        count += 1
    return count
