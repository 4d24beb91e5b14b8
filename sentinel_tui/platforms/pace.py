"""Never asking faster than agreed."""

from __future__ import annotations

from sentinel_tui.clock import Clock


class Pace:
    """Lets callers through one at a time, evenly spaced."""

    def __init__(self, clock: Clock, per_s: float) -> None:
        """Begin with everybody free to go.

        Args:
            clock: Times pauses.
            per_s: The most turns a second.
        """
        self._clock = clock
        self._step_s = 1 / per_s
        self._next_s = 0.0

    async def turn(self) -> None:
        """Wait until it is the caller's turn; those who come at once go in the order they came."""
        now_s = self._clock.elapsed_s()
        mine_s = max(now_s, self._next_s)
        self._next_s = mine_s + self._step_s
        if mine_s > now_s:
            await self._clock.sleep(mine_s - now_s)
