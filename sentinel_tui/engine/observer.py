"""One look from beginning to end: see, doubt, judge, hand on, plan the next."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

from sentinel_tui.clock import Clock
from sentinel_tui.config.checks import Check
from sentinel_tui.domain.keepalive.awake import Cause
from sentinel_tui.domain.monitoring.dependencies import RAISE, Ruling
from sentinel_tui.domain.monitoring.judgement import Judgement, judge
from sentinel_tui.domain.monitoring.observations import Observation, Outcome
from sentinel_tui.domain.monitoring.states import next_look_s
from sentinel_tui.engine.clockwatch import ClockWatch
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.scheduler import Scheduler
from sentinel_tui.engine.watch import CheckId, Watch, WatchedCheck

log = logging.getLogger(__name__)


class Look(Protocol):
    """The outermost edge: one look at what lies outside. Never raises for faults out there."""

    async def __call__(
        self, check: Check, *, attempt: int = 0, timeout_s: float | None = None
    ) -> Observation:
        """Look once."""


Doubt = Callable[[Check, Observation], Awaitable[Observation]]
"""Makes a look inconclusive where it says nothing about the service."""


class Observer:
    """Turns looks into judgements.

    Attributes:
        warn_of_certificates: Whether an ending certificate is an alert.
        beginners: Told of each look as it begins.
        listeners: Told of each judgement, after it was handed to the recording.
        doubt: Says how far what was seen may be believed.
        ruling: Says what becomes of an alarm about a check, given when the look began.
    """

    def __init__(
        self,
        clock: Clock,
        watch: Watch,
        scheduler: Scheduler[CheckId],
        recording: Recording,
        clockwatch: ClockWatch,
        look: Look,
    ) -> None:
        self.warn_of_certificates = True
        self.beginners: list[Callable[[WatchedCheck], None]] = []
        self.listeners: list[Callable[[WatchedCheck, Judgement], None]] = []
        self.doubt: Doubt = _believe
        self.ruling: Callable[[WatchedCheck, int], Ruling] = lambda check, at_ms: RAISE
        self._clock = clock
        self._watch = watch
        self._scheduler = scheduler
        self._recording = recording
        self._clockwatch = clockwatch
        self._look = look

    async def look(self, check: WatchedCheck, timeout_s: float | None = None) -> Judgement | None:
        """Look at a check once it is its turn, and judge what was seen.

        Args:
            check: What to look at.
            timeout_s: The look's deadline, where it is not the check's own.

        Returns:
            The judgement, or None when the check was taken out of the watch meanwhile.
        """
        async with check.turn:
            if not self._watch.holds(check):
                return None
            mark = self._clockwatch.begin()
            began_s = self._clock.elapsed_s()
            seen = self._clockwatch.discount(await self._see(check, timeout_s), mark)
            seen = await self.doubt(check.options, seen)
            if not self._watch.holds(check):
                return None
            judgement = self.take(check, seen)
            self._plan_burst(check, began_s)
            return judgement

    def take(self, check: WatchedCheck, seen: Observation) -> Judgement:
        """Judge what was seen of a check, and hand the judgement to the recording."""
        service = check.service
        judgement = judge(
            service.id,
            check.name,
            service.states,
            seen,
            check.rules,
            warn_of_certificates=self.warn_of_certificates,
            ruling=self.ruling(check, seen.at_ms),
        )
        if judgement.cold_start_ms is not None:
            cause = service.wake_cause if service.waking else Cause.PLAN
            judgement = replace(judgement, cold_start_cause=cause)
        service.states[check.name] = judgement.state
        check.looked_s = self._clock.elapsed_s()
        self._recording.add(check.key, judgement)
        for listener in self.listeners:
            listener(check, judgement)
        return judgement

    def _plan_burst(self, check: WatchedCheck, began_s: float) -> None:
        """After a look that nobody planned: confirm a failure as soon as after a planned one."""
        due_s = self._scheduler.due_s(check.id)
        if due_s is not None and check.state.burst_step > 0:
            step_s = next_look_s(check.state, check.rules, check.interval_s)
            self._scheduler.plan(check.id, min(due_s, began_s + step_s))

    async def _see(self, check: WatchedCheck, timeout_s: float | None) -> Observation:
        began_ms = self._clock.now_ms()
        for beginner in self.beginners:
            beginner(check)
        try:
            return await self._look(
                check.options, attempt=check.state.burst_step, timeout_s=timeout_s
            )
        except Exception as error:
            # A fault in our own code is not the service's, and ends neither check nor worker.
            log.exception("the look at %s/%s failed in Sentinel itself", *check.id)
            return Observation(
                at_ms=began_ms,
                outcome=Outcome.INCONCLUSIVE,
                error=f"Sentinel failed while looking: {type(error).__name__}",
            )


async def _believe(check: Check, seen: Observation) -> Observation:
    return seen
