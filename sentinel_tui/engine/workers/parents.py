"""Looks at a service at once when one that depends on it begins to fail.

Otherwise a child that happens to be looked at first would raise an alarm for its parent's outage.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.domain.monitoring.judgement import Judgement
from sentinel_tui.engine.dependents import telling_checks
from sentinel_tui.engine.waiting import pause
from sentinel_tui.engine.watch import CheckId, Watch, WatchedCheck

log = logging.getLogger(__name__)

_BEAT_EVERY_S = 30.0

LookNow = Callable[[WatchedCheck], Awaitable[Judgement | None]]


class Parents:
    """The worker that looks at parents."""

    def __init__(self, clock: Clock, watch: Watch, look_now: LookNow) -> None:
        """Look at nothing yet.

        Args:
            clock: The time.
            watch: All that is watched.
            look_now: Looks at a check at once.
        """
        self._clock = clock
        self._watch = watch
        self._look_now = look_now
        self._asked_ms: dict[CheckId, int] = {}
        self._wanted_ms: dict[CheckId, int] = {}
        self._something_wanted = asyncio.Event()
        self._under_way: dict[CheckId, asyncio.Task[None]] = {}

    def heard(self, check: WatchedCheck, judgement: Judgement) -> None:
        """Take note of a judgement; the first of a row of failures has the parents looked at."""
        depends_on = check.service.options.depends_on
        if not depends_on or judgement.state.sheet is not None:
            return
        first_ms = judgement.state.first_failure_ms
        if first_ms is None:
            self._asked_ms.pop(check.id, None)
        elif self._asked_ms.get(check.id) != first_ms:
            self._asked_ms[check.id] = first_ms
            for parent in depends_on:
                self._want(parent, first_ms)

    async def run(self, beat: Callable[[], None]) -> None:
        """Look at the parents that are asked for, for ever."""
        try:
            while True:
                beat()
                self._something_wanted.clear()
                for check_id in tuple(self._wanted_ms):
                    self._start(check_id)
                await pause(self._clock, _BEAT_EVERY_S, self._something_wanted)
        finally:
            await self._end_looks()

    def _want(self, parent: str, since_ms: int) -> None:
        """Want a look at a parent that began at or after an instant."""
        service = self._watch.services.get(parent)
        if service is None:
            return
        for check in telling_checks(service):
            # One that fails already is being confirmed, at its own pace.
            if not check.left_alone and check.state.first_failure_ms is None:
                self._wanted_ms[check.id] = max(since_ms, self._wanted_ms.get(check.id, 0))
                self._something_wanted.set()

    def _start(self, check_id: CheckId) -> None:
        if check_id in self._under_way:
            return
        service, name = check_id
        watched = self._watch.services.get(service)
        check = watched.checks.get(name) if watched else None
        if check is None:
            self._wanted_ms.pop(check_id, None)
            return
        task = asyncio.create_task(self._look(check))
        self._under_way[check_id] = task
        task.add_done_callback(partial(self._ended, check_id))

    async def _look(self, check: WatchedCheck) -> None:
        """Look until what is wanted was seen: a look that began too early shows nothing."""
        while (since_ms := self._wanted_ms.pop(check.id, None)) is not None:
            last_ms = check.state.last_ms
            if last_ms is None or last_ms < since_ms:
                await self._look_now(check)

    def _ended(self, check_id: CheckId, task: asyncio.Task[None]) -> None:
        del self._under_way[check_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("looking at %s/%s failed in Sentinel itself", *check_id, exc_info=error)

    async def _end_looks(self) -> None:
        ending = tuple(self._under_way.values())
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
