"""The curator: a small service, which lies on a free plan and so sleeps when nobody comes."""

from __future__ import annotations

from sentinel_tui.clock import Clock
from sentinel_tui.sandbox.http.messages import Request, Response
from sentinel_tui.sandbox.services.application import Application, healthy_answer
from sentinel_tui.sandbox.troubles import How, Spell, Troubles, dice

_AT_LEAST_MS = 25.0
_SPREAD_MS = 40.0


class Curator(Application):
    """Quick while it is awake, and now and then stopped by its platform though somebody comes."""

    name = "curator"

    def __init__(self, clock: Clock, seed: int) -> None:
        """A curator that is well.

        Args:
            clock: Times it.
            seed: Decides when it is stopped and how long it takes to answer.
        """
        self._clock = clock
        self._seed = seed
        self._evictions = Troubles(
            seed=f"{seed}/curator/evictions",
            origin_s=clock.elapsed_s(),
            every_s=240.0,
            after_s=(100.0, 160.0),
            lasts_s=(30.0, 30.0),
            hows=(How.SLEEP,),
        )

    async def answer(self, request: Request) -> Response:
        """Answer as it should."""
        luck = dice(self._seed, self.name, int(self._clock.elapsed_s()))
        await self._clock.sleep((_AT_LEAST_MS + luck.expovariate(1 / _SPREAD_MS)) / 1_000)
        return healthy_answer(self.name, "Curator", self.health_path, request)

    def eviction_at(self, now_s: float) -> Spell | None:
        """See `Application`."""
        return self._evictions.spell_at(now_s)
