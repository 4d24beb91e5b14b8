"""Wakes services that fall asleep: before they do, and as soon as one is found asleep.

Which are kept awake, and when, their mode says (`engine/modes.py`).

A wake is a look with patience. The platform gets one request at a time, its answers go the way of
every other look, and it is asked again until the service answers for itself or its time is up.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import Sleeps
from sentinel_tui.domain.keepalive.awake import Cause
from sentinel_tui.domain.monitoring.judgement import Judgement
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.engine.observer import Observer
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.waiting import pause
from sentinel_tui.engine.watch import Watch, WatchedCheck, WatchedService
from sentinel_tui.errors import EngineError
from sentinel_tui.store.recorder import set_wake

log = logging.getLogger(__name__)

_BEAT_EVERY_S = 30.0
_ASK_AGAIN_S = 5.0
_ASK_AGAIN_WHEN_LIMITED_S = 10.0
_TOO_MANY_REQUESTS = 429


class KeepAlive:
    """The worker that wakes.

    Attributes:
        enabled: Whether it wakes anything by itself.
        asked: Told of each wake that somebody asked for, and what for.
    """

    def __init__(
        self,
        clock: Clock,
        watch: Watch,
        observer: Observer,
        recording: Recording,
        ready: asyncio.Event,
    ) -> None:
        """Wake nothing yet.

        Args:
            clock: The time.
            watch: All that is watched.
            observer: Looks, and judges.
            recording: The way into the store.
            ready: Set once the first wake may begin by itself.
        """
        self.enabled = True
        self.asked: list[Callable[[WatchedService, Cause], None]] = []
        self._clock = clock
        self._watch = watch
        self._observer = observer
        self._recording = recording
        self._ready = ready
        self._asleep: set[str] = set()
        self._found_asleep = asyncio.Event()
        self._wakes: dict[str, asyncio.Task[Judgement | None]] = {}

    def heard(self, check: WatchedCheck, judgement: Judgement) -> None:
        """Take note of a judgement; one that finds a service asleep wakes it at once."""
        if judgement.state.state is State.WAKING and not check.service.waking:
            self._asleep.add(check.service.id)
            self._found_asleep.set()

    def look_around(self) -> None:
        """Wake at once what is to be kept awake from now on."""
        self._found_asleep.set()

    async def wake(self, service: WatchedService, cause: Cause = Cause.OWNER) -> Judgement | None:
        """Wake a service because somebody asked for it; joins a wake that is under way.

        Args:
            service: Which.
            cause: What for: the owner's own wish, or else Sentinel's.

        Returns:
            The judgement of the last answer, or None when the service left the watch meanwhile.

        Raises:
            EngineError: The service does not sleep.
        """
        if service.wake_check is None:
            raise EngineError(
                f"{service.id} is not known to fall asleep",
                f"give {service.id} a [services.sleeps] table and an http check",
            )
        for listener in self.asked:
            listener(service, cause)
        return await asyncio.shield(self._start(service, cause))

    async def run(self, beat: Callable[[], None]) -> None:
        """Wake whatever is due or was found asleep, for ever."""
        beat()
        while not await pause(self._clock, _BEAT_EVERY_S, self._ready):
            beat()
        try:
            while True:
                beat()
                asleep, self._asleep = self._asleep, set()
                self._found_asleep.clear()
                for service in self._watch.services.values():
                    if self._is_due(service, asleep):
                        self._start(service, Cause.PLAN)
                await pause(self._clock, self._until_next_s(), self._found_asleep)
        finally:
            await self._end_wakes()

    def _is_due(self, service: WatchedService, asleep: set[str]) -> bool:
        sleeps = service.options.sleeps
        if sleeps is None or not self._may_wake(service):
            return False
        return service.id in asleep or self._wait_ms(service, sleeps) <= 0

    def _may_wake(self, service: WatchedService) -> bool:
        wanted = self.enabled and service.keep_awake and service.wake_check is not None
        return wanted and not service.waking and not service.paused

    def _wait_ms(self, service: WatchedService, sleeps: Sleeps) -> int:
        if service.last_wake_ms is None:
            return 0
        since_ms = self._clock.now_ms() - service.last_wake_ms
        # A last wake in the future tells of a clock that was set back, not of a recent wake.
        return round(sleeps.wake_every_s * 1_000) - since_ms if since_ms >= 0 else 0

    def _until_next_s(self) -> float:
        waits_ms = [
            self._wait_ms(service, sleeps)
            for service in self._watch.services.values()
            if (sleeps := service.options.sleeps) and self._may_wake(service)
        ]
        return min([_BEAT_EVERY_S, *(max(wait_ms, 0) / 1_000 for wait_ms in waits_ms)])

    def _start(self, service: WatchedService, cause: Cause) -> asyncio.Task[Judgement | None]:
        under_way = self._wakes.get(service.id)
        if under_way is not None:
            return under_way
        service.waking = True
        service.wake_cause = cause
        task = asyncio.create_task(self._wake(service))
        self._wakes[service.id] = task
        task.add_done_callback(partial(self._ended, service))
        return task

    async def _wake(self, service: WatchedService) -> Judgement | None:
        sleeps, check = service.options.sleeps, service.wake_check
        if sleeps is None or check is None:
            return None
        self._note_wake(service, sleeps)
        deadline_s = self._clock.elapsed_s() + sleeps.wake_timeout_s - self._waited_s(check)
        while True:
            left_s = deadline_s - self._clock.elapsed_s()
            timeout_s = max(left_s, check.options.timeout_s)
            judgement = await self._observer.look(check, timeout_s)
            if judgement is None or judgement.state.state is not State.WAKING:
                return judgement
            left_s = deadline_s - self._clock.elapsed_s()
            if left_s < 0:
                return judgement
            limited = judgement.seen.status == _TOO_MANY_REQUESTS
            await self._clock.sleep(_ASK_AGAIN_WHEN_LIMITED_S if limited else _ASK_AGAIN_S)

    def _note_wake(self, service: WatchedService, sleeps: Sleeps) -> None:
        last_ms = self._clock.now_ms()
        by_itself = self.enabled and service.keep_awake
        service.last_wake_ms = last_ms
        service.next_wake_ms = last_ms + round(sleeps.wake_every_s * 1_000) if by_itself else None
        self._recording.note(
            partial(
                set_wake,
                service=service.id,
                last_wake_ms=last_ms,
                next_wake_ms=service.next_wake_ms,
            )
        )

    def _waited_s(self, check: WatchedCheck) -> float:
        """How long the service has been waking already, when a probe found it asleep."""
        started_ms = check.state.wake_started_ms
        if started_ms is None:
            return 0.0
        return max(0.0, (self._clock.now_ms() - started_ms) / 1_000)

    def _ended(self, service: WatchedService, task: asyncio.Task[Judgement | None]) -> None:
        service.waking = False
        del self._wakes[service.id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("waking %s failed in Sentinel itself", service.id, exc_info=error)

    async def _end_wakes(self) -> None:
        ending = tuple(self._wakes.values())
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
