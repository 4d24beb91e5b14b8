"""What is being watched, in memory: services, their checks, and the state of each."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sentinel_tui.clock import Clock
from sentinel_tui.config.checks import Check, HttpCheck
from sentinel_tui.config.model import Config, Service
from sentinel_tui.config.thresholds import thresholds_for
from sentinel_tui.domain.keepalive.awake import Cause
from sentinel_tui.domain.keepalive.modes import Mode
from sentinel_tui.domain.monitoring.states import HEALTHY, CheckState, State, Thresholds, pause
from sentinel_tui.engine.scheduler import phase_s
from sentinel_tui.errors import EngineError

_UNSETTLED = frozenset({State.SUSPECT, State.WAKING, State.DOWN})

CheckId = tuple[str, str]
"""A check: its service's id and its name within it."""


@dataclass(slots=True, eq=False)
class WatchedCheck:
    """One check under watch.

    Attributes:
        service: The service it looks at.
        name: Its name within the service.
        options: What the owner wrote about it.
        rules: When its verdict changes.
        interval_s: How often it looks, as its mode has it.
        usual_interval_s: How often it looks in normal mode: as configured, or as tuned.
        usual_confirm_cycles: Failed cycles until DOWN in normal mode: as configured, or as tuned.
        key: The store's number for it.
        phase_s: A moment of its rhythm, in elapsed time (`engine/scheduler.py`).
        turn: Held during a look, so that looks at one check never overlap; all HTTP checks of a
            service that sleeps share one, because it must not get two requests at a time.
        looked_s: Elapsed time of its last look, or since it is watched.
    """

    service: WatchedService
    name: str
    options: Check
    rules: Thresholds
    interval_s: float
    usual_interval_s: float
    usual_confirm_cycles: int
    key: int
    phase_s: float
    turn: asyncio.Lock
    looked_s: float

    @property
    def id(self) -> CheckId:
        """The service's id and the check's name."""
        return self.service.id, self.name

    @property
    def state(self) -> CheckState:
        """Where its looks have led."""
        return self.service.states[self.name]

    @property
    def scheduled(self) -> bool:
        """Whether Sentinel looks by itself, rather than waiting to be called."""
        return self.options.kind != "heartbeat"

    @property
    def waking(self) -> bool:
        """Whether a wake is under way that it must not get in the way of."""
        return self.service.waking and self.turn is self.service.http_turn

    @property
    def left_alone(self) -> bool:
        """Whether Sentinel does not look by itself: in a pause, or to let the service sleep."""
        if self.service.paused:
            return True
        return self.turn is self.service.http_turn and self.service.may_sleep

    @property
    def busy(self) -> bool:
        """Whether somebody looks already, be it a wake between two of its requests."""
        return self.waking or self.turn.locked()


@dataclass(slots=True, eq=False)
class WatchedService:
    """One service under watch.

    Attributes:
        options: What the owner wrote about it.
        checks: Its checks by name, in the owner's order.
        states: The states of those checks.
        http_turn: See `WatchedCheck.turn`.
        last_wake_ms: When it was last woken, or None.
        next_wake_ms: When it is woken next, or None.
        waking: Whether a wake is under way.
        wake_cause: What the last wake was for.
        paused_until_ms: When its pause ends by itself, or None.
        costs_hours: Whether being awake costs hours of a limited workspace.
        wake_lead_s: How long before it is needed it is woken, where that was tuned, or None.
        mode: How closely it is watched.
        look: Whether it may be looked at by requests of our own, which keep a sleeper awake.
        keep_awake: Whether it is kept awake, and woken where it sleeps.
    """

    options: Service
    checks: dict[str, WatchedCheck] = field(default_factory=dict)
    states: dict[str, CheckState] = field(default_factory=dict)
    http_turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    last_wake_ms: int | None = None
    next_wake_ms: int | None = None
    waking: bool = False
    wake_cause: Cause = Cause.PLAN
    paused_until_ms: int | None = None
    costs_hours: bool = False
    wake_lead_s: float | None = None
    mode: Mode = Mode.NORMAL
    look: bool = True
    keep_awake: bool = True

    @property
    def id(self) -> str:
        """Its stable id."""
        return self.options.id

    @property
    def paused(self) -> bool:
        """Whether the owner paused it."""
        return any(state.sheet is State.PAUSED for state in self.states.values())

    @property
    def may_sleep(self) -> bool:
        """Whether it is left to fall asleep now, as its owner or the plan wants it.

        Every further request would keep it awake. Where that only goes against the owner's wish,
        it is looked at until it answered well; where it costs hours, only what is in doubt is.
        """
        if self.options.sleeps is None or self.keep_awake:
            return False
        http = [check.state for check in self.http_checks]
        if not http or self.waking:
            return False
        if not self.look:
            return not any(_in_doubt(state) for state in http)
        return all(_answered(state) for state in http)

    @property
    def http_checks(self) -> list[WatchedCheck]:
        """The checks whose looks keep it awake; none where it does not sleep."""
        return [check for check in self.checks.values() if check.turn is self.http_turn]

    @property
    def wake_check(self) -> WatchedCheck | None:
        """The check that wakes it: its first HTTP check; None where it does not sleep."""
        if self.options.sleeps is None:
            return None
        http = (one for one in self.checks.values() if isinstance(one.options, HttpCheck))
        return next(http, None)


class Watch:
    """All that is watched."""

    def __init__(self, clock: Clock) -> None:
        self.services: dict[str, WatchedService] = {}
        self._clock = clock

    def checks(self) -> Iterator[WatchedCheck]:
        """Every check of every service."""
        for service in self.services.values():
            yield from service.checks.values()

    def service(self, service: str) -> WatchedService:
        """The service of that id.

        Raises:
            EngineError: There is none; the hint names those there are.
        """
        found = self.services.get(service)
        if found is None:
            known = ", ".join(sorted(self.services)) or "none is configured"
            raise EngineError(f"no service is called {service!r}", f"services: {known}")
        return found

    def check(self, service: str, check: str) -> WatchedCheck:
        """The check of that name.

        Raises:
            EngineError: There is none; the hint names those there are.
        """
        checks = self.service(service).checks
        found = checks.get(check)
        if found is None:
            raise EngineError(
                f"{service} has no check called {check!r}", f"checks: {', '.join(checks)}"
            )
        return found

    def apply(
        self,
        config: Config,
        keys: Mapping[CheckId, int],
        states: Mapping[CheckId, CheckState],
    ) -> tuple[list[WatchedCheck], list[WatchedCheck]]:
        """Watch what the configuration says; what stays keeps its state.

        Args:
            config: What to watch from now on.
            keys: The store's numbers for its checks.
            states: States known from earlier, for checks that are not watched yet.

        Returns:
            The checks that are watched anew or otherwise than before, and those no longer watched.
        """
        before = {check.id: check for check in self.checks()}
        options_before = {check_id: check.options for check_id, check in before.items()}
        self.services = {
            options.id: self._service(options, keys, states) for options in config.services
        }
        after = {check.id: check for check in self.checks()}
        changed = [
            check
            for check_id, check in after.items()
            if check_id not in before or options_before[check_id] != check.options
        ]
        gone = [check for check_id, check in before.items() if check_id not in after]
        return changed, gone

    def holds(self, check: WatchedCheck) -> bool:
        """Whether the check is still watched; a reload can take it away during its look."""
        service = self.services.get(check.service.id)
        return service is not None and service.checks.get(check.name) is check

    def set_interval(self, check: WatchedCheck, interval_s: float) -> None:
        """Have a check look this often from its next look on, in the rhythm that follows."""
        check.interval_s = interval_s
        check.phase_s = self._phase_s(*check.id, interval_s)

    def _service(
        self,
        options: Service,
        keys: Mapping[CheckId, int],
        states: Mapping[CheckId, CheckState],
    ) -> WatchedService:
        # Changed in place: whoever is looking at a check right now keeps hold of the same one.
        service = self.services.get(options.id) or WatchedService(options)
        service.options = options
        service.checks = {
            name_of(check): self._check(service, check, keys[options.id, name_of(check)])
            for check in options.all_checks
        }
        known = service.states
        service.states = {
            name: known.get(name) or states.get((options.id, name)) or CheckState()
            for name in service.checks
        }
        if service.paused:
            self._pause_newcomers(service)
        return service

    def _check(self, service: WatchedService, options: Check, key: int) -> WatchedCheck:
        check = service.checks.get(name_of(options))
        if check is None:
            check = self._new_check(service, options, key)
        elif check.options.interval_s != options.interval_s:
            self.set_interval(check, options.interval_s)
        check.options, check.key = options, key
        # What was learnt of it outlives a change of its options.
        rules = thresholds_for(service.options, options)
        check.rules = replace(rules, usual_ms=check.rules.usual_ms)
        check.usual_interval_s = options.interval_s
        check.usual_confirm_cycles = rules.confirm_cycles
        if service.options.sleeps is not None and isinstance(options, HttpCheck):
            check.turn = service.http_turn
        return check

    def _new_check(self, service: WatchedService, options: Check, key: int) -> WatchedCheck:
        rules = thresholds_for(service.options, options)
        return WatchedCheck(
            service=service,
            name=name_of(options),
            options=options,
            rules=rules,
            interval_s=options.interval_s,
            usual_interval_s=options.interval_s,
            usual_confirm_cycles=rules.confirm_cycles,
            key=key,
            phase_s=self._phase_s(service.id, name_of(options), options.interval_s),
            turn=asyncio.Lock(),
            looked_s=self._clock.elapsed_s(),
        )

    def _phase_s(self, service: str, check: str, interval_s: float) -> float:
        return phase_s(service, check, interval_s, self._clock.elapsed_s(), self._clock.now_ms())

    def _pause_newcomers(self, service: WatchedService) -> None:
        now_ms = self._clock.now_ms()
        for name, state in service.states.items():
            if state.sheet is not State.PAUSED:
                service.states[name] = pause(state, now_ms, "the service is paused")


def _answered(state: CheckState) -> bool:
    """Whether its last look was good, and left nothing that a further one would have to show."""
    if state.sheet not in (None, State.ASLEEP, State.MAINT) or state.last_ms is None:
        return False
    return state.verdict in HEALTHY and state.last_good_ms == state.last_ms


def _in_doubt(state: CheckState) -> bool:
    """Whether somebody asked for it, or its last look left what only further ones can show."""
    if state.sheet is State.WAKING:
        return True
    return state.sheet in (None, State.MAINT) and state.verdict in _UNSETTLED


def name_of(options: Check) -> str:
    """What a check is called: its name, or its kind when it was given none."""
    return options.name or options.kind


def shortest_interval_s(watch: Watch) -> float | None:
    """The shortest interval of the checks that look by themselves; None when there are none."""
    intervals = (one.options.interval_s for one in watch.checks() if one.scheduled)
    return min(intervals, default=None)
