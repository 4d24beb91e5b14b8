"""The monetizer: as slow as the time of day makes it, and now and then slower than it may be."""

from __future__ import annotations

import math

from sentinel_tui.clock import Clock
from sentinel_tui.sandbox.http.messages import Request, Response
from sentinel_tui.sandbox.services.application import Application, healthy_answer
from sentinel_tui.sandbox.troubles import How, Spell, Troubles, dice

_NIGHT_MS = 60.0
_EVENING_MS = 220.0
_NOISE = 0.25


class Monetizer(Application):
    """Quick at night, busy in the evening; a demo's day takes minutes, so that one sees it."""

    name = "monetizer"

    def __init__(self, clock: Clock, seed: int, day_s: float = 1_200.0) -> None:
        """A monetizer at the start of its day.

        Args:
            clock: Times it.
            seed: Decides its noise and its slow spells.
            day_s: How long its day takes.
        """
        self._clock = clock
        self._seed = seed
        self._day_s = day_s
        self._origin_s = clock.elapsed_s()
        self._slow_spells = Troubles(
            seed=f"{seed}/monetizer",
            origin_s=self._origin_s,
            every_s=200.0,
            after_s=(60.0, 100.0),
            lasts_s=(30.0, 50.0),
            hows=(How.SLOW,),
        )

    async def answer(self, request: Request) -> Response:
        """Answer after as long as the time of day takes."""
        await self._clock.sleep(self.latency_ms(self._clock.elapsed_s()) / 1_000)
        return healthy_answer(self.name, "Monetizer", self.health_path, request)

    def spell_at(self, now_s: float) -> Spell | None:
        """See `Application`."""
        return self._slow_spells.spell_at(now_s)

    def latency_ms(self, now_s: float) -> float:
        """How long an answer takes at an instant: the curve of the day, and a little luck."""
        share_of_day = (now_s - self._origin_s) / self._day_s % 1
        # Least at the start of the day, most in the middle of it, where the demo has its evening.
        business = (1 - math.cos(2 * math.pi * share_of_day)) / 2
        noise = dice(self._seed, self.name, int(now_s)).lognormvariate(0, _NOISE)
        return (_NIGHT_MS + _EVENING_MS * business) * noise
