"""Watches the watcher: the clocks, and checks that silently stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from sentinel_tui.clock import Clock
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity, fingerprint
from sentinel_tui.engine.clockwatch import GLANCE_EVERY_S, ClockWatch
from sentinel_tui.engine.own_alerts import OwnAlerts
from sentinel_tui.engine.pausing import Pausing
from sentinel_tui.engine.scheduler import Scheduler
from sentinel_tui.engine.watch import CheckId, Watch, WatchedCheck
from sentinel_tui.text import format_duration

log = logging.getLogger(__name__)

_SEARCH_EVERY_S = 10.0
_SLACK_S = 5.0
"""Looks wait for a slot, and answers for the loop: that alone does not make a check stopped."""


class Watchdog:
    """The worker that notices what no other worker would."""

    def __init__(
        self,
        clock: Clock,
        watch: Watch,
        scheduler: Scheduler[CheckId],
        clockwatch: ClockWatch,
        pausing: Pausing,
        own_alerts: OwnAlerts,
        ready: asyncio.Event,
    ) -> None:
        """Notice nothing yet.

        Args:
            clock: The time.
            watch: All that is watched.
            scheduler: When each check looks next.
            clockwatch: Whether time behaves.
            pausing: Ends pauses.
            own_alerts: Told of checks that stopped.
            ready: Set once the looks have begun.
        """
        self._clock = clock
        self._watch = watch
        self._scheduler = scheduler
        self._clockwatch = clockwatch
        self._pausing = pausing
        self._own_alerts = own_alerts
        self._ready = ready

    async def run(self, beat: Callable[[], None]) -> None:
        """Glance at the clocks each second and at the checks every ten, for ever."""
        search_s = self._clock.elapsed_s() + _SEARCH_EVERY_S
        while True:
            beat()
            self._clockwatch.glance()
            self._pausing.resume_due()
            if self._ready.is_set() and self._clock.elapsed_s() >= search_s:
                search_s = self._clock.elapsed_s() + _SEARCH_EVERY_S
                self._look_for_stopped()
            await self._clock.sleep(GLANCE_EVERY_S)

    def _look_for_stopped(self) -> None:
        now_s = self._clock.elapsed_s()
        for check in self._watch.checks():
            if not check.scheduled or check.waking:
                continue
            if check.left_alone:
                # Its silence is wanted; it counts from when it is looked at again.
                check.looked_s = now_s
                continue
            silent_s = now_s - max(check.looked_s, self._clockwatch.watching_since_s)
            limit_s = 2 * check.interval_s + check.options.timeout_s + _SLACK_S
            stopped = silent_s > limit_s
            self._own_alerts.tell(self._finding(check, silent_s, stopped), *check.id)
            if stopped:
                log.error("the check %s/%s stopped; started again", *check.id)
                self._scheduler.plan(check.id, now_s)

    def _finding(self, check: WatchedCheck, silent_s: float, stopped: bool) -> Finding:
        silence = f"{check.service.id}/{check.name} was not looked at for"
        return Finding(
            fingerprint=fingerprint(Rule.STOPPED, *check.id),
            rule=Rule.STOPPED,
            holds=stopped,
            severity=Severity.WARNING,
            at_ms=self._clock.now_ms() - (round(silent_s * 1_000) if stopped else 0),
            reason=f"{silence} {format_duration(silent_s)}" if stopped else "looks again",
        )
