"""The curator: a service on a free plan, which sleeps when nobody comes."""

from __future__ import annotations

from sentinel_tui.clock import Clock
from sentinel_tui.sandbox.http.messages import Request, Response
from sentinel_tui.sandbox.services.application import Application, healthy_answer
from sentinel_tui.sandbox.services.render_edge import RenderEdge, SleepHabits
from sentinel_tui.sandbox.troubles import How, Troubles, dice

_AT_LEAST_MS = 25.0
_SPREAD_MS = 40.0


class Curator(Application):
    """Sleeps after a while without traffic, and is now and then stopped by its platform anyway."""

    name = "curator"

    def __init__(self, clock: Clock, seed: int, habits: SleepHabits) -> None:
        """A curator that is asleep.

        Args:
            clock: Times it.
            seed: Decides when it is stopped and how long it takes to wake.
            habits: How it sleeps.
        """
        self._clock = clock
        self._seed = seed
        self._edge = RenderEdge(self._awake_answer, habits, clock, f"{seed}/curator")
        self._evictions = Troubles(
            seed=f"{seed}/curator/evictions",
            origin_s=clock.elapsed_s(),
            every_s=240.0,
            after_s=(100.0, 160.0),
            lasts_s=(30.0, 30.0),
            hows=(How.SLEEP,),
        )
        self._evicted_s: float | None = None

    async def answer(self, request: Request) -> Response | None:
        """Answer when awake; else as the platform does."""
        self._evict_when_due()
        return await self._edge.answer(request)

    def fall_asleep(self) -> None:
        """See `Application`."""
        self._edge.fall_asleep()

    def _evict_when_due(self) -> None:
        spell = self._evictions.spell_at(self._clock.elapsed_s())
        if spell is not None and spell.starts_s != self._evicted_s:
            self._evicted_s = spell.starts_s
            self._edge.fall_asleep()

    async def _awake_answer(self, request: Request) -> Response:
        luck = dice(self._seed, self.name, int(self._clock.elapsed_s()))
        await self._clock.sleep((_AT_LEAST_MS + luck.expovariate(1 / _SPREAD_MS)) / 1_000)
        return healthy_answer(self.name, "Curator", self.health_path, request)
