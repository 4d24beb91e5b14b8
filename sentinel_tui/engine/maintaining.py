"""Silences and maintenance while they last: begun by the owner or by a window, ended in time.

The store remembers them; here lies what follows from them for the checks. It is worked out anew
every few seconds from what is in force, so that a restart, a reload, a pause in between or a
service that joins later change nothing about it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.domain.monitoring.maintenance import occurrence
from sentinel_tui.domain.monitoring.matching import check_match, matches
from sentinel_tui.domain.monitoring.sheets import end_maintenance, maintain
from sentinel_tui.domain.monitoring.silences import Silence, SilenceKind, Window
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.engine.healing import Healing
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.scheduler import Scheduler
from sentinel_tui.engine.sheets import change_states, record_states
from sentinel_tui.engine.watch import CheckId, Watch, WatchedCheck, WatchedService
from sentinel_tui.errors import EngineError, StoreFull, UsageError
from sentinel_tui.store.database import Database
from sentinel_tui.store.recorder import active, add_silence, due_ends, end_silence
from sentinel_tui.store.writer import StoreWriter

log = logging.getLogger(__name__)

_BY_WINDOW = "window "
_EVERY_S = 5.0
_APART_S = 0.05
"""Between the looks that are forced at an end: many services may come out of it together."""


class Maintaining:
    """Begins, keeps up and ends silences and maintenance.

    Attributes:
        windows: The maintenance that recurs.
        in_force: What is in force now, oldest first.
    """

    def __init__(
        self,
        clock: Clock,
        watch: Watch,
        scheduler: Scheduler[CheckId],
        recording: Recording,
        writer: StoreWriter,
    ) -> None:
        self.windows: tuple[Window, ...] = ()
        self.in_force: tuple[Silence, ...] = ()
        self._clock = clock
        self._watch = watch
        self._scheduler = scheduler
        self._recording = recording
        self._writer = writer
        self._healing = Healing(clock)
        self._opened_ms: dict[str, int] = {}

    async def load(self) -> None:
        """Take up what an earlier engine left in force."""
        job = partial(_end_due, now_ms=self._clock.now_ms())
        self.in_force = tuple(await self._writer.run(job, durable=True))

    async def begin(
        self,
        kind: SilenceKind,
        match: str,
        until_ms: int | None,
        *,
        until_healthy: bool,
        reason: str,
        by: str,
    ) -> Silence:
        """Put a silence or a maintenance in force.

        Args:
            kind: Which of the two.
            match: What it covers.
            until_ms: When it ends at the latest, or None.
            until_healthy: It ends as soon as everything it covers is healthy.
            reason: Why, or empty.
            by: Who.

        Raises:
            StoreError: `match` is none, or it cannot be written down.
        """
        job = partial(
            add_silence,
            kind=kind,
            match=match,
            start_ms=self._clock.now_ms(),
            end_ms=until_ms,
            until_healthy=until_healthy,
            reason=reason,
            by=by,
        )
        begun: Silence = await self._writer.run(job, durable=True)
        self._follow(begun)
        return begun

    async def end(self, silence_id: int) -> Silence:
        """End a silence or a maintenance, now.

        Raises:
            EngineError: It is not in force.
        """
        if not any(one.id == silence_id for one in self.in_force):
            known = ", ".join(str(one.id) for one in self.in_force) or "none"
            raise EngineError(f"no silence {silence_id} is in force", f"in force: {known}")
        return await self._end(silence_id, self._clock.now_ms())

    def services_of(self, match: str) -> list[str]:
        """Ids of the services that a match covers as a whole.

        Raises:
            UsageError: `match` is not in the language.
        """
        try:
            check_match(match)
        except ValueError as error:
            raise UsageError(str(error), "such as api, tag:shop or service:api,search") from None
        services = self._watch.services.values()
        return [one.id for one in services if _matches(match, one)]

    async def run(self, beat: Callable[[], None]) -> None:
        """Begin what is due, end what is over, and keep up the rest, for ever."""
        while True:
            beat()
            try:
                await self.tend()
            except StoreFull:
                # Said already by whoever tends the store; what is in force stays so meanwhile.
                log.warning("no room for silences and maintenance; trying again")
            await self._clock.sleep(_EVERY_S)

    async def tend(self) -> None:
        """Bring what is in force, and the states under it, in line with the time."""
        now_ms = self._clock.now_ms()
        for window in self.windows:
            await self._open(window, now_ms)
        for silence in self.in_force:
            ended_ms = self._ended_ms(silence, now_ms)
            if ended_ms is not None:
                await self._end(silence.id, ended_ms)
        self.cover()

    def cover(self) -> None:
        """Lay the sheet over what is under maintenance, and lift it where it no longer is."""
        over = [one for one in self.in_force if one.kind is SilenceKind.MAINTENANCE]
        lifted: list[WatchedCheck] = []
        for service in self._watch.services.values():
            silence = next((one for one in over if _matches(one.match, service)), None)
            if silence is not None:
                self._lay(service, silence)
            elif any(state.sheet is State.MAINT for state in service.states.values()):
                lifted += self._lift(service)
        now_s = self._clock.elapsed_s()
        for place, check in enumerate(lifted):
            self._scheduler.plan(check.id, now_s + place * _APART_S)

    async def _open(self, window: Window, now_ms: int) -> None:
        """Put a window's occurrence in force, each once, however often it is asked for."""
        found = occurrence(window, now_ms)
        if found is None or self._opened_ms.get(window.name) == found[0]:
            return
        job = partial(
            add_silence,
            kind=SilenceKind.MAINTENANCE,
            match=window.match,
            start_ms=found[0],
            end_ms=found[1],
            until_healthy=window.until_healthy,
            reason="",
            by=_BY_WINDOW + window.name,
        )
        # The store gives back an occurrence that it knows, be it over already.
        opened: Silence = await self._writer.run(job, durable=True)
        self._opened_ms[window.name] = found[0]
        self._follow(opened)

    def _follow(self, begun: Silence) -> None:
        if begun.ended_ms is None and all(one.id != begun.id for one in self.in_force):
            self.in_force = (*self.in_force, begun)
        self.cover()

    def _ended_ms(self, silence: Silence, now_ms: int) -> int | None:
        """When it ended, if it did."""
        if silence.end_ms is not None and silence.end_ms <= now_ms:
            return silence.end_ms
        if _window_of(silence) not in ("", *(window.name for window in self.windows)):
            return now_ms
        if silence.until_healthy and self._healing.done(silence, self._covered(silence)):
            return now_ms
        return None

    def _covered(self, silence: Silence) -> Sequence[WatchedService]:
        return [one for one in self._watch.services.values() if _matches(silence.match, one)]

    async def _end(self, silence_id: int, at_ms: int) -> Silence:
        job = partial(end_silence, silence_id=silence_id, at_ms=at_ms)
        ended: Silence = await self._writer.run(job, durable=True)
        self.in_force = tuple(one for one in self.in_force if one.id != silence_id)
        self._healing.forget(silence_id)
        self.cover()
        return ended

    def _lay(self, service: WatchedService, silence: Silence) -> None:
        now_ms, reason = self._clock.now_ms(), _reason(silence)
        before = change_states(service, lambda state: maintain(state, now_ms, reason))
        record_states(self._recording, service, before)

    def _lift(self, service: WatchedService) -> list[WatchedCheck]:
        """Take the sheet away; returns the checks that have to be looked at now."""
        now_ms = self._clock.now_ms()
        before = change_states(service, lambda state: end_maintenance(state, now_ms))
        record_states(self._recording, service, before)
        return [one for one in service.checks.values() if one.scheduled and not one.left_alone]


def _end_due(db: Database, *, now_ms: int) -> list[Silence]:
    """End what ran out while no engine ran; returns what is in force, oldest first."""
    for silence in due_ends(db, now_ms):
        end_silence(db, silence.id, now_ms)
    return active(db, now_ms)[::-1]


def _matches(match: str, service: WatchedService) -> bool:
    return matches(match, service=service.id, tags=service.options.tags)


def _window_of(silence: Silence) -> str:
    """The window that began it, or empty when somebody did."""
    return silence.by.removeprefix(_BY_WINDOW) if silence.by.startswith(_BY_WINDOW) else ""


def _reason(silence: Silence) -> str:
    """Why a service shows MAINT."""
    window = _window_of(silence)
    why = silence.reason or (f"the window {window}" if window else "")
    return f"maintenance: {why}" if why else "maintenance"
