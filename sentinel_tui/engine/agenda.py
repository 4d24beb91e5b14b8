"""What is planned, as the screen shows it: when each check looks next by the wall clock."""

from __future__ import annotations

from collections.abc import Mapping

from sentinel_tui.clock import Clock
from sentinel_tui.engine.scheduler import Scheduler
from sentinel_tui.engine.watch import CheckId, Watch

_SAME_WITHIN_MS = 1_000
"""The two clocks tick a little apart; that alone is no other plan."""


class Agenda:
    """Knows which plans changed since they were told last."""

    def __init__(self, clock: Clock, watch: Watch, scheduler: Scheduler[CheckId]) -> None:
        self._clock = clock
        self._watch = watch
        self._scheduler = scheduler
        self._told_ms: dict[int, int] = {}

    def changes_ms(self) -> Mapping[int, int | None]:
        """When checks look next, by the store's numbers, where that was not told before.

        None for those that do not look by themselves any more.
        """
        now_ms, now_s = self._clock.now_ms(), self._clock.elapsed_s()
        changed: dict[int, int | None] = {}
        for check in self._watch.checks():
            due_s = self._scheduler.due_s(check.id)
            if due_s is None:
                if self._told_ms.pop(check.key, None) is not None:
                    changed[check.key] = None
                continue
            next_ms = now_ms + round((due_s - now_s) * 1_000)
            if abs(self._told_ms.get(check.key, 0) - next_ms) > _SAME_WITHIN_MS:
                changed[check.key] = self._told_ms[check.key] = next_ms
        return changed
