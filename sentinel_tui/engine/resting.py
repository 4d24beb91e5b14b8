"""Planned sleep: services that may fall asleep are not kept awake by our own looks.

Once such a service answered well, its HTTP checks leave it alone; where being awake costs hours
they do so from the start. When its time is up it is shown as ASLEEP, and is not watched until
somebody asks for it: that much its reason says. Where the platform can be asked, it is shown as
ASLEEP when the platform says that nothing runs, and looked at once when somebody woke it.
"""

from __future__ import annotations

from collections.abc import Callable

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import Sleeps
from sentinel_tui.domain.monitoring.sheets import rest, rouse
from sentinel_tui.domain.monitoring.states import State, next_look_s
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.scheduler import Scheduler
from sentinel_tui.engine.sheets import change_states, record_states
from sentinel_tui.engine.watch import CheckId, Watch, WatchedCheck, WatchedService

_EVERY_S = 5.0

Running = Callable[[str], bool | None]
"""Whether a service runs, as its platform said a moment ago; None where nobody knows."""


class Resting:
    """Lets services sleep, and rouses them."""

    def __init__(
        self,
        clock: Clock,
        watch: Watch,
        scheduler: Scheduler[CheckId],
        recording: Recording,
        running: Running,
    ) -> None:
        """Let nothing sleep yet.

        Args:
            clock: The time.
            watch: All that is watched.
            scheduler: When each check looks next.
            recording: The way into the store.
            running: Whether a service runs, as its platform has it.
        """
        self._clock = clock
        self._watch = watch
        self._scheduler = scheduler
        self._recording = recording
        self._running = running

    async def run(self, beat: Callable[[], None]) -> None:
        """Follow the services that may sleep, for ever."""
        while True:
            beat()
            self.tend()
            await self._clock.sleep(_EVERY_S)

    def tend(self) -> None:
        """Leave alone what may sleep, show what sleeps, and look again at what does neither."""
        for service in self._watch.services.values():
            sleeps = service.options.sleeps
            if sleeps is None:
                # It may have been let sleep until the configuration changed.
                self.rouse(service)
            elif service.may_sleep:
                self._leave_alone(service, sleeps)
            else:
                if service.keep_awake:
                    self.rouse(service)
                if not service.paused:
                    self._look_again(service)

    def rouse(self, service: WatchedService) -> None:
        """End a planned sleep, because somebody is about to look; harmless without one."""
        if not _asleep(service):
            return
        now_ms = self._clock.now_ms()
        before = change_states(service, lambda state: rouse(state, now_ms))
        record_states(self._recording, service, before)

    def _leave_alone(self, service: WatchedService, sleeps: Sleeps) -> None:
        running = self._running(service.id)
        if running and _asleep(service) and not service.paused:
            # Somebody woke it. One look tells how it is, and lengthens its day by a minute.
            self.rouse(service)
            self._look_again(service)
            return
        for check in service.http_checks:
            self._scheduler.drop(check.id)
        if not running and self._clock.now_ms() >= _awake_until_ms(service, sleeps.after_s):
            self._lay(service)

    def _look_again(self, service: WatchedService) -> None:
        """Plan looks at what was left alone until somebody's look found it otherwise."""
        now_s = self._clock.elapsed_s()
        for check in service.http_checks:
            if not check.busy and self._scheduler.due_s(check.id) is None:
                step_s = next_look_s(check.state, check.rules, check.interval_s)
                self._scheduler.plan(check.id, max(now_s, check.looked_s + step_s))

    def _lay(self, service: WatchedService) -> None:
        now_ms = self._clock.now_ms()
        why = "to save hours" if not service.look else "by plan"
        reason = f"asleep {why} and not watched until roused: wake {service.id}"
        before = change_states(
            service,
            lambda state: rest(state, now_ms, reason),
            of=lambda check: check.turn is service.http_turn,
        )
        record_states(self._recording, service, before)


def _asleep(service: WatchedService) -> bool:
    return any(state.sheet is State.ASLEEP for state in service.states.values())


def _awake_until_ms(service: WatchedService, after_s: float) -> int:
    """When the service falls asleep, if nobody else calls it."""
    last_good_ms = max(_last_good_ms(check) for check in service.http_checks)
    return last_good_ms + round(after_s * 1_000)


def _last_good_ms(check: WatchedCheck) -> int:
    return check.state.last_good_ms or 0
