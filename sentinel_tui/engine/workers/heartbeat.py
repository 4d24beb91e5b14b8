"""Signs of life: the engine's own for the screen and systemd, and those services owe us."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sentinel_tui.clock import Clock
from sentinel_tui.config.checks import HeartbeatCheck
from sentinel_tui.domain.monitoring.observations import Observation, Outcome
from sentinel_tui.domain.monitoring.states import State, is_frozen
from sentinel_tui.domain.records import EngineRecord
from sentinel_tui.engine.observer import Observer
from sentinel_tui.engine.systemd import notify
from sentinel_tui.engine.watch import Watch, WatchedCheck
from sentinel_tui.errors import StoreFull
from sentinel_tui.probes.heartbeat import beat_observation, missed
from sentinel_tui.store.recorder import beat as write_row
from sentinel_tui.store.writer import StoreWriter

log = logging.getLogger(__name__)

_EVERY_S = 10.0
_OWN_BEAT_EVERY_S = 60.0
_HEALTHY_LAG_S = 30.0
_OWN_SERVICE = "sentinel"


class EngineBeat:
    """The worker that shows that the engine lives.

    Attributes:
        written_s: Elapsed time at which the store last took the engine's row.
    """

    def __init__(
        self,
        clock: Clock,
        writer: StoreWriter,
        describe: Callable[[], EngineRecord],
        on_lost: Callable[[], None],
    ) -> None:
        """Show nothing yet.

        Args:
            clock: Times the beats.
            writer: Where the engine's row is written.
            describe: How the engine is.
            on_lost: Told when this engine may no longer write to the store.
        """
        self._clock = clock
        self._writer = writer
        self._describe = describe
        self._on_lost = on_lost
        self.written_s = clock.elapsed_s()

    async def run(self, beat: Callable[[], None]) -> None:
        """Write the engine's row and pat systemd's watchdog, for ever."""
        while True:
            beat()
            await self.write()
            await self._clock.sleep(_EVERY_S)

    async def write(self) -> None:
        """Write the engine's row once.

        systemd hears of it only when the writer answered and looks start in time. A full disk is
        an answer: killing the engine would not make room.
        """
        record = self._describe()
        try:
            await self._writer.run(lambda db: write_row(db, record))
            self.written_s = self._clock.elapsed_s()
        except StoreFull:
            log.debug("no room for the engine's own row")
        finally:
            if self._writer.lost:
                self._on_lost()
        if record.lag_s < _HEALTHY_LAG_S:
            notify("WATCHDOG=1")


class Deadlines:
    """The worker that notices beats that did not come, and beats for Sentinel itself."""

    def __init__(
        self,
        clock: Clock,
        watch: Watch,
        observer: Observer,
        listening_since_s: Callable[[], float],
        lag_s: Callable[[], float],
    ) -> None:
        """Notice nothing yet.

        Args:
            clock: The time.
            watch: Which services owe us beats.
            observer: Judges beats, and those that are missing.
            listening_since_s: Elapsed time since which nothing was missed by our own fault.
            lag_s: How late our own looks start.
        """
        self._clock = clock
        self._watch = watch
        self._observer = observer
        self._listening_since_s = listening_since_s
        self._lag_s = lag_s

    async def run(self, beat: Callable[[], None]) -> None:
        """Look through the heartbeat checks every few seconds, for ever."""
        while True:
            beat()
            for check in list(self._watch.checks()):
                if isinstance(check.options, HeartbeatCheck) and not check.service.paused:
                    self._beat_if_own(check, check.options)
                    await self._miss_if_late(check, check.options)
            await self._clock.sleep(_EVERY_S)

    def _beat_if_own(self, check: WatchedCheck, options: HeartbeatCheck) -> None:
        if check.service.id != _OWN_SERVICE or self._lag_s() >= _HEALTHY_LAG_S:
            return
        last_ms, now_ms = check.state.last_good_ms, self._clock.now_ms()
        every_ms = min(_OWN_BEAT_EVERY_S, options.every_s / 2) * 1_000
        if last_ms is None or not 0 <= now_ms - last_ms < every_ms:
            self._observer.take(check, beat_observation(now_ms))

    async def _miss_if_late(self, check: WatchedCheck, options: HeartbeatCheck) -> None:
        late = self._late(check, options)
        if late is None:
            return
        seen = await self._observer.doubt(options, late)
        # Meanwhile the beat may have come after all, or the check have gone.
        if not self._watch.holds(check) or self._late(check, options) is None:
            return
        if seen.outcome is not Outcome.INCONCLUSIVE or check.state.sheet is None:
            self._observer.take(check, seen)

    def _late(self, check: WatchedCheck, options: HeartbeatCheck) -> Observation | None:
        """The beat that should have come and did not, unless it was counted already."""
        state = check.state
        if state.verdict is State.DOWN or state.last_good_ms is None:
            return None
        due_ms = self._due_ms(state.last_good_ms, options)
        counted = is_frozen(state) and state.last_ms != state.last_good_ms
        if counted or self._clock.now_ms() <= due_ms:
            return None
        return missed(options, state.last_good_ms, due_ms)

    def _due_ms(self, last_good_ms: int, options: HeartbeatCheck) -> int:
        """Until when a beat must come.

        A beat that was due while we could not hear it is not held against the service: it gets
        a whole period from when we listened again.
        """
        period_ms = round((options.every_s + options.grace_s) * 1_000)
        listened_s = self._clock.elapsed_s() - self._listening_since_s()
        listening_since_ms = self._clock.now_ms() - round(listened_s * 1_000)
        if last_good_ms + options.every_s * 1_000 < listening_since_ms:
            return listening_since_ms + period_ms
        return last_good_ms + period_ms
