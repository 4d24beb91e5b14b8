"""The public site: quick and healthy, and every few minutes broken for a while."""

from __future__ import annotations

from sentinel_tui.clock import Clock
from sentinel_tui.sandbox.http.messages import Request, Response
from sentinel_tui.sandbox.services.application import Application, healthy_answer
from sentinel_tui.sandbox.troubles import How, Spell, Troubles, dice

_AT_LEAST_MS = 15.0
_SPREAD_MS = 15.0


class Public(Application):
    """Answers with errors, refuses connections or hangs, in turn, and recovers by itself."""

    name = "public"

    def __init__(self, clock: Clock, seed: int) -> None:
        """A public site that is well.

        Args:
            clock: Times it.
            seed: Decides when it fails and for how long.
        """
        self._clock = clock
        self._seed = seed
        self._outages = Troubles(
            seed=f"{seed}/public",
            origin_s=clock.elapsed_s(),
            every_s=240.0,
            after_s=(15.0, 25.0),
            lasts_s=(40.0, 55.0),
            hows=(How.ERROR, How.REFUSE, How.HANG),
        )

    async def answer(self, request: Request) -> Response:
        """Answer as it should; its outages lie over it."""
        luck = dice(self._seed, self.name, int(self._clock.elapsed_s()))
        await self._clock.sleep((_AT_LEAST_MS + luck.expovariate(1 / _SPREAD_MS)) / 1_000)
        return healthy_answer(self.name, "Public", self.health_path, request)

    def spell_at(self, now_s: float) -> Spell | None:
        """See `Application`."""
        return self._outages.spell_at(now_s)
