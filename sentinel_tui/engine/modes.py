"""Which mode each service is in, and what follows: how often to look, and whether to keep awake."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import Config
from sentinel_tui.config.modes import calendar_for
from sentinel_tui.domain.keepalive.modes import (
    Choice,
    Mode,
    ModeChange,
    ModeSetting,
    ModeWindow,
    Situation,
    choose,
)
from sentinel_tui.domain.keepalive.tempo import LONGEST_S, tempo
from sentinel_tui.domain.monitoring.states import CheckState, State, is_frozen
from sentinel_tui.domain.schedule import next_run_ms
from sentinel_tui.engine.foresight import Foresight
from sentinel_tui.engine.hosted import Hosted
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.resting import Resting
from sentinel_tui.engine.watch import Watch, WatchedCheck, WatchedService
from sentinel_tui.engine.workers.keep_alive import KeepAlive
from sentinel_tui.engine.workers.probing import Probing
from sentinel_tui.store.recorder import change_mode, clear_mode, set_mode, set_wake

_EVERY_S = 5.0
_CALENDAR_EVERY_MS = 30_000
_TROUBLED = frozenset({State.DOWN, State.DEGRADED, State.FLAPPING})
_LEAST_CONFIRMATIONS = 2
_LONG_DOWN_MS = 3_600_000
_FOR_ALL = ""


@dataclass(frozen=True, slots=True)
class ModesPast:
    """What an earlier engine left.

    Attributes:
        settings: What the owner set by hand and is still in force.
        last: How each service came into its mode.
    """

    settings: Sequence[ModeSetting] = ()
    last: Mapping[str, ModeChange] = field(default_factory=dict)


class Modes:
    """Chooses the mode of every service, and sets its pace by it.

    Attributes:
        settings: What the owner set by hand, by service id; empty for all of them.
    """

    def __init__(
        self,
        clock: Clock,
        watch: Watch,
        recording: Recording,
        hosted: Hosted,
        foresight: Foresight,
        past: ModesPast,
    ) -> None:
        """Every service is in the mode that an earlier engine left it in, or in normal mode.

        Args:
            clock: The time.
            watch: All that is watched.
            recording: The way into the store.
            hosted: What the platform says.
            foresight: What the plan says of this hour.
            past: What an earlier engine left.
        """
        self.settings = {setting.service: setting for setting in past.settings}
        self._clock = clock
        self._watch = watch
        self._recording = recording
        self._hosted = hosted
        self._foresight = foresight
        self._last = {service: change.mode for service, change in past.last.items()}
        self._windows: tuple[ModeWindow, ...] = ()
        self._scheduled: dict[str, Mode] = {}
        self._calendar_ms = 0
        self._may_wake = True
        self._long_down: set[str] = set()
        self._paces: Callable[[WatchedCheck], None] = lambda check: None
        self._wakes: Callable[[WatchedService], None] = lambda service: None

    def steer(self, probing: Probing, resting: Resting, keep_alive: KeepAlive) -> None:
        """Have changes reach those who look, let sleep and wake."""

        def wake(service: WatchedService) -> None:
            resting.rouse(service)
            keep_alive.look_around()

        self._paces, self._wakes = probing.keep_pace, wake

    async def run(self, beat: Callable[[], None]) -> None:
        """Follow every service, for ever."""
        while True:
            beat()
            self.tend()
            await self._clock.sleep(_EVERY_S)

    def apply(self, config: Config) -> None:
        """Work by a configuration from now on, before anything is planned by it."""
        self._windows = calendar_for(config)
        self._calendar_ms = 0
        self._may_wake = config.keep_alive.enabled
        for service in self._watch.services.values():
            service.mode = self._last.get(service.id, Mode.NORMAL)
            service.costs_hours = service.options.costs_hours
            self.set_pace(service)
        self.tend()

    def tend(self) -> None:
        """Choose the mode of every service anew."""
        now_ms = self._clock.now_ms()
        self._foresight.look_at_the_clock(now_ms)
        self._end_settings(now_ms)
        self._read_calendar(now_ms)
        for service in self._watch.services.values():
            self._tend(service, now_ms)

    def set_by_hand(
        self, mode: Mode, services: Sequence[WatchedService], until_ms: int | None, by: str
    ) -> None:
        """Put services into a mode until somebody says otherwise.

        Args:
            mode: Which.
            services: Which services; none for all of them.
            until_ms: When it ends by itself, or None.
            by: Who wants it.
        """
        now_ms = self._clock.now_ms()
        if not services:
            self._forget_settings(_FOR_ALL)
        for service_id in [service.id for service in services] or [_FOR_ALL]:
            setting = ModeSetting(service_id, mode, now_ms, until_ms, by)
            self.settings[service_id] = setting
            self._recording.note(partial(set_mode, setting=setting))
        self.tend()

    def set_free(self, services: Sequence[WatchedService]) -> None:
        """Choose the mode of services by themselves again; of all of them where none is given."""
        for service_id in [service.id for service in services] or [_FOR_ALL]:
            self._forget_settings(service_id)
        self.tend()

    def set_pace(self, service: WatchedService) -> None:
        """Have a service looked at as its mode has it: after its checks changed, or were tuned."""
        for check in service.checks.values():
            if not check.scheduled or check.usual_interval_s > LONGEST_S:
                # What looks once an hour or a day is slow by nature.
                continue
            pace = tempo(
                service.mode,
                interval_s=check.usual_interval_s,
                sleeps=service.options.sleeps is not None,
                costs_hours=service.costs_hours,
                planned_awake=service.keep_awake,
                long_down=service.id in self._long_down,
            )
            confirm = check.usual_confirm_cycles
            if pace.confirm_sooner:
                confirm = min(confirm, max(_LEAST_CONFIRMATIONS, confirm - 1))
            if check.rules.confirm_cycles != confirm:
                check.rules = replace(check.rules, confirm_cycles=confirm)
            if check.interval_s != pace.interval_s:
                self._watch.set_interval(check, pace.interval_s)
                self._paces(check)

    def _tend(self, service: WatchedService, now_ms: int) -> None:
        if self._is_as_ever(service):
            return
        hosted = self._hosted.services.get(service.id)
        if hosted is not None:
            service.costs_hours = service.options.costs_hours and hosted.free
        planned = service.costs_hours and self._planned(service, now_ms)
        by_hand = self._by_hand(service)
        self._note_long_down(service, now_ms)
        choice = choose(self._situation(service, by_hand, now_ms, planned=planned))
        if choice.mode is not service.mode:
            self._change(service, choice, now_ms)
        if service.options.sleeps is not None:
            suspended = hosted is not None and hosted.suspended
            self._keep(service, planned=planned, by_hand=by_hand is not None, suspended=suspended)

    def _note_long_down(self, service: WatchedService, now_ms: int) -> None:
        """Tell what will be down for a while yet from what was just found so, or recovers."""
        states = service.states.values()
        long_down = service.costs_hours and any(_is_long_down(one, now_ms) for one in states)
        if long_down is not (service.id in self._long_down):
            self._long_down ^= {service.id}
            self.set_pace(service)

    def _is_as_ever(self, service: WatchedService) -> bool:
        """Whether nothing speaks for another mode; so it is with nearly all, nearly always."""
        known = (self._hosted.services, self.settings, self._scheduled, self._foresight.profiles)
        return (
            service.mode is Mode.NORMAL
            and service.options.sleeps is None
            and _FOR_ALL not in self.settings
            and not any(service.id in one for one in known)
            and not any(map(_in_trouble, service.states.values()))
        )

    def _situation(
        self, service: WatchedService, by_hand: Mode | None, now_ms: int, *, planned: bool
    ) -> Situation:
        costs, hour = service.costs_hours, self._foresight.hour_of(service.id)
        live = self._hosted.live_deploy(service.id)
        live_ms = None if live is None else live.live_ms
        # What is merely slow can wait for hours that are spent anyway: it may be slow for weeks.
        troubled = _is_down if costs and not planned else _in_trouble
        return Situation(
            by_hand=by_hand,
            by_schedule=self._scheduled.get(service.id),
            open_incident=any(map(troubled, service.states.values())),
            since_deploy_s=None if live_ms is None else max(0, now_ms - live_ms) / 1_000,
            # Where hours are short the plan says which busy hours can be afforded.
            peak=hour is not None and hour.peak and (planned or not costs),
            off_peak=hour is not None and hour.off_peak and not planned,
            costs_hours=costs,
            hours_short=costs and self._foresight.hours_short,
            planned_awake=planned,
            long_down=service.id in self._long_down,
        )

    def _planned(self, service: WatchedService, now_ms: int) -> bool:
        """Whether the plan keeps it awake now, or so soon that it has to be woken now."""
        sleeps = service.options.sleeps
        if sleeps is None or not sleeps.keep_awake or not self._may_wake:
            return False
        return self._foresight.keeps_awake(service, now_ms)

    def _change(self, service: WatchedService, choice: Choice, now_ms: int) -> None:
        service.mode = self._last[service.id] = choice.mode
        change = ModeChange(service.id, now_ms, choice.mode, choice.reason)
        self._recording.note(partial(change_mode, change=change))
        self.set_pace(service)

    def _keep(
        self, service: WatchedService, *, planned: bool, by_hand: bool, suspended: bool
    ) -> None:
        """Keep a sleeper awake, or let it sleep."""
        sleeps = service.options.sleeps
        pace = tempo(
            service.mode,
            interval_s=LONGEST_S,
            sleeps=True,
            costs_hours=service.costs_hours,
            planned_awake=planned,
        )
        wanted = by_hand or (sleeps is not None and sleeps.keep_awake)
        kept = pace.keep_awake and wanted and not suspended
        # A suspended service is woken by no look, and has to be seen to be down.
        service.look = pace.look or suspended
        if kept is service.keep_awake:
            return
        service.keep_awake = kept
        if kept:
            self._wakes(service)
        elif service.costs_hours:
            self.plan_wake(service)

    def plan_wake(self, service: WatchedService) -> None:
        """Say when a service that sleeps is woken next, as far as the plan tells."""
        next_ms = self._foresight.next_wake_ms(service, self._clock.now_ms())
        if service.next_wake_ms != next_ms:
            service.next_wake_ms = next_ms
            job = partial(
                set_wake,
                service=service.id,
                last_wake_ms=service.last_wake_ms,
                next_wake_ms=next_ms,
            )
            self._recording.note(job)

    def _by_hand(self, service: WatchedService) -> Mode | None:
        setting = self.settings.get(service.id) or self.settings.get(_FOR_ALL)
        return None if setting is None else setting.mode

    def _end_settings(self, now_ms: int) -> None:
        for service, setting in list(self.settings.items()):
            if setting.until_ms is not None and setting.until_ms <= now_ms:
                del self.settings[service]

    def _forget_settings(self, service: str) -> None:
        if service == _FOR_ALL:
            self.settings.clear()
        self.settings.pop(service, None)
        job = partial(clear_mode, service=service, at_ms=self._clock.now_ms())
        self._recording.note(job)

    def _read_calendar(self, now_ms: int) -> None:
        """Which modes the owner's calendar asks for; where several hold, the last one counts."""
        if 0 <= now_ms - self._calendar_ms < _CALENDAR_EVERY_MS:
            return
        self._calendar_ms = now_ms
        self._scheduled = {}
        for window in self._windows:
            if _holds(window, now_ms):
                touched = window.services or self._watch.services
                self._scheduled |= dict.fromkeys(touched, window.mode)


def _in_trouble(state: CheckState) -> bool:
    """Whether it shows what an incident is about, and is not covered by a pause or the like."""
    return not is_frozen(state) and (state.verdict in _TROUBLED or state.flapping)


def _is_down(state: CheckState) -> bool:
    """Whether it is confirmed down, and that is not covered by a pause or the like."""
    return not is_frozen(state) and state.verdict is State.DOWN


def _is_long_down(state: CheckState, now_ms: int) -> bool:
    """Whether it has been down for an hour, and nothing speaks of a recovery."""
    return _is_down(state) and not state.good_cycles and now_ms - state.since_ms > _LONG_DOWN_MS


def _holds(window: ModeWindow, now_ms: int) -> bool:
    length_ms = round(window.duration_s * 1_000)
    return next_run_ms(window.cron, window.zone, now_ms - length_ms) <= now_ms
