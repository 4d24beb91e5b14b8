"""What Sentinel tuned by itself, put over the configuration, and taken off again when undone."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.domain.autonomy.actions import Knob, Tuning
from sentinel_tui.engine.modes import Modes
from sentinel_tui.engine.watch import Watch, WatchedCheck, WatchedService
from sentinel_tui.store.tuning import add_tuning, live_tunings, undo_tuning
from sentinel_tui.store.writer import StoreWriter


class Tunings:
    """Knows what is tuned, and sees to it that it holds.

    Attributes:
        live: What is in force, the newest first.
    """

    def __init__(self, clock: Clock, writer: StoreWriter, watch: Watch, modes: Modes) -> None:
        """Nothing is tuned yet: see `load`.

        Args:
            clock: The time.
            writer: The store's writing side.
            watch: All that is watched.
            modes: Sets the pace of what was tuned.
        """
        self.live: list[Tuning] = []
        self._clock = clock
        self._writer = writer
        self._watch = watch
        self._modes = modes

    async def load(self) -> None:
        """Go on with what an earlier engine tuned."""
        self.live = await self._writer.run(live_tunings)
        self.put_on()

    def put_on(self) -> None:
        """Put everything that is tuned over the configuration, which was just read."""
        for tuning in reversed(self.live):
            self._set(tuning, tuning.after)

    async def tune(self, tuning: Tuning) -> Tuning:
        """Turn a knob: written down first, in force after."""
        stored = await self._writer.run(partial(add_tuning, tuning=tuning), durable=True)
        self.live.insert(0, stored)
        self._set(stored, stored.after)
        return stored

    async def undo(self, number: int, by: str) -> Tuning:
        """Turn a knob back to where it was before one tuning.

        Raises:
            StoreError: There is no such tuning.
        """
        job = partial(undo_tuning, tuning_id=number, at_ms=self._clock.now_ms(), by=by)
        undone = await self._writer.run(job, durable=True)
        self.live = [one for one in self.live if one.id != number]
        same = (undone.service, undone.check, undone.knob)
        others = (one for one in self.live if (one.service, one.check, one.knob) == same)
        newest = next(others, None)
        self._set(undone, newest.after if newest else undone.before)
        return undone

    def _set(self, tuning: Tuning, value: float) -> None:
        service = self._watch.services.get(tuning.service)
        if service is None:
            return
        if tuning.knob is Knob.WAKE_LEAD:
            service.wake_lead_s = value
            return
        check = service.checks.get(tuning.check)
        if check is not None:
            _turn(check, tuning.knob, value)
            self._modes.set_pace(service)


def _turn(check: WatchedCheck, knob: Knob, value: float) -> None:
    match knob:
        case Knob.INTERVAL:
            check.usual_interval_s = value
        case Knob.CONFIRM:
            check.usual_confirm_cycles = round(value)
        case Knob.SLOW_FACTOR:
            check.rules = replace(check.rules, slow_factor=value)


def value_of(service: WatchedService, check: WatchedCheck, knob: Knob) -> float:
    """Where a knob stands: as configured, or as tuned."""
    match knob:
        case Knob.INTERVAL:
            return check.usual_interval_s
        case Knob.CONFIRM:
            return check.usual_confirm_cycles
        case Knob.SLOW_FACTOR:
            return check.rules.slow_factor
        case Knob.WAKE_LEAD:
            sleeps = service.options.sleeps
            configured_s = sleeps.expected_wake_s if sleeps else 0.0
            return configured_s if service.wake_lead_s is None else service.wake_lead_s
