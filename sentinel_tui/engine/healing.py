"""When what a silence or a maintenance "until healthy" covers is well again."""

from __future__ import annotations

from collections.abc import Iterable

from sentinel_tui.clock import Clock
from sentinel_tui.domain.monitoring.silences import Silence
from sentinel_tui.domain.monitoring.states import CheckState, State
from sentinel_tui.engine.watch import WatchedService

_CALM_S = 60.0
"""Well for this long is well again: as long as a recovery takes to be believed."""

_PATIENCE_S = 600.0
"""What was never ill is given this long: the work on it has perhaps not begun yet."""

_RESTING = frozenset({State.PAUSED, State.ASLEEP})


class Healing:
    """Follows the health of what is covered, for each silence and maintenance."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ill: set[int] = set()
        self._well_since_s: dict[int, float] = {}

    def done(self, silence: Silence, covered: Iterable[WatchedService]) -> bool:
        """Whether everything covered has been well for long enough; also when nothing is left.

        Asked every few seconds. After a restart it begins to follow anew, and so ends later
        rather than sooner.
        """
        now_s = self._clock.elapsed_s()
        if not all(_is_well(state) for one in covered for state in one.states.values()):
            self._ill.add(silence.id)
            self._well_since_s.pop(silence.id, None)
            return False
        since_s = self._well_since_s.setdefault(silence.id, now_s)
        return now_s - since_s >= (_CALM_S if silence.id in self._ill else _PATIENCE_S)

    def forget(self, silence_id: int) -> None:
        """Follow it no longer."""
        self._ill.discard(silence_id)
        self._well_since_s.pop(silence_id, None)


def _is_well(state: CheckState) -> bool:
    """Whether a check is healthy, or left alone on purpose.

    Under maintenance the verdict stands still, and only the last look can tell.
    """
    if state.sheet is State.MAINT:
        return state.last_ms is not None and state.last_good_ms == state.last_ms
    return state.state in _RESTING or state.state in (State.UP, State.DEGRADED)
