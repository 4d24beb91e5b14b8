"""Looks at every check when its time has come."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable

from sentinel_tui.clock import Clock
from sentinel_tui.domain.monitoring.judgement import Judgement
from sentinel_tui.domain.monitoring.states import State, next_look_s
from sentinel_tui.engine.observer import Observer
from sentinel_tui.engine.scheduler import Scheduler, next_in_rhythm_s
from sentinel_tui.engine.waiting import pause
from sentinel_tui.engine.watch import CheckId, Watch, WatchedCheck

log = logging.getLogger(__name__)

_BEAT_EVERY_S = 30.0
_LAG_WINDOW_S = 60.0
_ALL_SEEN_WITHIN_S = 10.0
"""A check that looks once an hour still shows something soon after the start."""


class Probing:
    """The worker that looks."""

    def __init__(
        self,
        clock: Clock,
        watch: Watch,
        scheduler: Scheduler[CheckId],
        observer: Observer,
        ready: asyncio.Event,
    ) -> None:
        """Look at nothing yet.

        Args:
            clock: The time.
            watch: All that is watched.
            scheduler: When each check looks next.
            observer: Looks, and judges.
            ready: Set once the first look may begin.
        """
        self._clock = clock
        self._watch = watch
        self._scheduler = scheduler
        self._observer = observer
        self._ready = ready
        self._concurrency = 1
        self._slots = asyncio.Semaphore(1)
        self._under_way: set[asyncio.Task[None]] = set()
        self._lags: deque[tuple[float, float]] = deque(maxlen=1_000)

    def set_concurrency(self, concurrency: int) -> None:
        """Allow this many looks at the same time; after a change those under way do not count."""
        if concurrency != self._concurrency:
            self._concurrency = concurrency
            self._slots = asyncio.Semaphore(concurrency)

    def plan(self, checks: Iterable[WatchedCheck]) -> None:
        """Plan the next look of checks that are watched anew, otherwise than before, or again."""
        now_s, now_ms = self._clock.elapsed_s(), self._clock.now_ms()
        for check in checks:
            if check.scheduled and not check.left_alone:
                self._scheduler.plan(check.id, _first_s(check, now_s, now_ms))

    def keep_pace(self, check: WatchedCheck) -> None:
        """Look next in the rhythm that a check has now, unless its failure is being confirmed."""
        if self._scheduler.due_s(check.id) is not None and check.state.burst_step == 0:
            self._scheduler.plan(check.id, _next_s(check, self._clock.elapsed_s()))

    def drop(self, checks: Iterable[WatchedCheck]) -> None:
        """Plan no more looks at some checks."""
        for check in checks:
            self._scheduler.drop(check.id)

    def skip_missed(self) -> None:
        """After a gap: each check goes on at the next moment of its own rhythm."""
        now_s = self._clock.elapsed_s()
        for check in self._watch.checks():
            due_s = self._scheduler.due_s(check.id)
            if due_s is not None and due_s <= now_s:
                self._scheduler.plan(check.id, _next_s(check, now_s))

    def plan_unknown(self) -> None:
        """Look soon at what cannot be told just now, such as after Sentinel was offline."""
        now_s = self._clock.elapsed_s()
        unknown = [one for one in self._watch.checks() if one.state.sheet is State.UNKNOWN]
        for check in unknown:
            due_s = self._scheduler.due_s(check.id)
            if due_s is not None:
                self._scheduler.plan(check.id, min(due_s, _soon_s(check, now_s)))

    def lag_s(self) -> float:
        """How late looks started, 95th percentile of the last minute."""
        since_s = self._clock.elapsed_s() - _LAG_WINDOW_S
        lags = sorted(lag_s for at_s, lag_s in self._lags if at_s >= since_s)
        return lags[int(len(lags) * 0.95)] if lags else 0.0

    async def look_now(self, check: WatchedCheck) -> Judgement | None:
        """Look at once, within the cap on looks at the same time."""
        async with self._slots:
            return await self._observer.look(check)

    async def run(self, beat: Callable[[], None]) -> None:
        """Look at every check when its time has come, for ever."""
        await self._wait_until_ready(beat)
        try:
            while True:
                beat()
                self._scheduler.changed.clear()
                now_s = self._clock.elapsed_s()
                for check_id, planned_s in self._scheduler.pop_due(now_s):
                    self._start(check_id, planned_s)
                next_s = self._scheduler.next_s()
                wait_s = _BEAT_EVERY_S if next_s is None else min(next_s - now_s, _BEAT_EVERY_S)
                await pause(self._clock, wait_s, self._scheduler.changed)
        finally:
            await self._end_looks()

    async def _wait_until_ready(self, beat: Callable[[], None]) -> None:
        """Wait, and then begin as if the engine had started only now: not with all at once."""
        if self._ready.is_set():
            return
        beat()
        began_s = self._clock.elapsed_s()
        while not await pause(self._clock, _BEAT_EVERY_S, self._ready):
            beat()
        if self._clock.elapsed_s() > began_s:
            for check in self._watch.checks():
                check.looked_s = self._clock.elapsed_s()
            self.plan(self._watch.checks())

    def _start(self, check_id: CheckId, planned_s: float) -> None:
        service, name = check_id
        check = self._watch.services[service].checks[name]
        if check.busy:
            self._plan_after(check, planned_s)
            return
        task = asyncio.create_task(self._look(check, planned_s))
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    async def _look(self, check: WatchedCheck, planned_s: float) -> None:
        try:
            async with self._slots:
                now_s = self._clock.elapsed_s()
                self._lags.append((now_s, now_s - planned_s))
                await self._observer.look(check)
        finally:
            if self._watch.holds(check) and not check.left_alone:
                self._plan_after(check, planned_s)

    def _plan_after(self, check: WatchedCheck, planned_s: float) -> None:
        """Plan the look that follows the one planned for `planned_s`."""
        now_s = self._clock.elapsed_s()
        if check.state.burst_step == 0:
            self._scheduler.plan(check.id, _next_s(check, max(planned_s, now_s)))
            return
        step_s = next_look_s(check.state, check.rules, check.interval_s)
        # A step that came due while the last look still ran is taken at once, and the burst goes
        # on from there: looks at a service that hangs must not crowd together.
        self._scheduler.plan(check.id, max(planned_s + step_s, now_s))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a look failed in Sentinel itself", exc_info=error)

    async def _end_looks(self) -> None:
        ending = tuple(self._under_way)
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)


def _first_s(check: WatchedCheck, now_s: float, now_ms: int) -> float:
    """When to look first: soon, unless an earlier engine looked just now."""
    interval_s = check.interval_s
    next_s = _next_s(check, now_s)
    if check.state.last_ms is not None:
        ago_s = (now_ms - check.state.last_ms) / 1_000
        if check.state.burst_step > 0:
            step_s = next_look_s(check.state, check.rules, interval_s)
            return now_s + min(step_s, max(0.0, step_s - ago_s))
        if 0 <= ago_s < interval_s:
            return next_s
    return _soon_s(check, now_s)


def _soon_s(check: WatchedCheck, now_s: float) -> float:
    """Soon, but not all at once: the share of the interval until its turn, only shorter."""
    interval_s = check.interval_s
    share = (_next_s(check, now_s) - now_s) / interval_s
    return now_s + share * min(interval_s, _ALL_SEEN_WITHIN_S)


def _next_s(check: WatchedCheck, after_s: float) -> float:
    return next_in_rhythm_s(check.phase_s, check.interval_s, after_s)
