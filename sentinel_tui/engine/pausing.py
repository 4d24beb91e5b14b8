"""Pauses: the owner has a service left alone, for a while or until told otherwise."""

from __future__ import annotations

from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.domain.monitoring.states import CheckState, pause, resume
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.scheduler import Scheduler
from sentinel_tui.engine.sheets import Change, change_states, write_states
from sentinel_tui.engine.watch import CheckId, Watch, WatchedService
from sentinel_tui.store.database import Database
from sentinel_tui.store.marks import read_mark, set_mark
from sentinel_tui.store.recorder import set_paused

_FOR_GOOD_MS = 0


class Pausing:
    """Pauses services and resumes them."""

    def __init__(
        self, clock: Clock, watch: Watch, scheduler: Scheduler[CheckId], recording: Recording
    ) -> None:
        self._clock = clock
        self._watch = watch
        self._scheduler = scheduler
        self._recording = recording

    def pause(self, service: WatchedService, until_ms: int | None) -> None:
        """Leave a service alone; pausing it again only changes the end.

        Args:
            service: Which one.
            until_ms: Until when; None until it is resumed.
        """
        now_ms = self._clock.now_ms()
        service.paused_until_ms = until_ms
        for check in service.checks.values():
            self._scheduler.drop(check.id)
        self._change(service, lambda state: pause(state, now_ms, "paused by you"), paused=True)

    def resume(self, service: WatchedService) -> None:
        """Look at a service again, at once; harmless when it is not paused."""
        now_ms, now_s = self._clock.now_ms(), self._clock.elapsed_s()
        if not service.paused:
            return
        service.paused_until_ms = None
        self._change(service, lambda state: resume(state, now_ms), paused=False)
        for check in service.checks.values():
            check.looked_s = now_s
            if check.scheduled and not check.left_alone:
                self._scheduler.plan(check.id, now_s)

    def resume_due(self) -> None:
        """End the pauses whose time is over."""
        now_ms = self._clock.now_ms()
        for service in self._watch.services.values():
            if service.paused_until_ms is not None and service.paused_until_ms <= now_ms:
                self.resume(service)

    def _change(self, service: WatchedService, change: Change, *, paused: bool) -> None:
        before = change_states(service, change)
        self._recording.note(
            partial(
                _write,
                service=service.id,
                before=before,
                after=dict(service.states),
                paused=paused,
                until_ms=service.paused_until_ms,
                at_ms=self._clock.now_ms(),
            )
        )


def paused_until_ms(db: Database, service: str) -> int | None:
    """When the pause of a service ends by itself, or None when it does not."""
    return read_mark(db, _mark(service)) or None


def _write(
    db: Database,
    *,
    service: str,
    before: dict[str, CheckState],
    after: dict[str, CheckState],
    paused: bool,
    until_ms: int | None,
    at_ms: int,
) -> None:
    write_states(db, service=service, before=before, after=after)
    set_paused(db, service, paused, at_ms)
    set_mark(db, _mark(service), until_ms or _FOR_GOOD_MS)


def _mark(service: str) -> str:
    return f"paused_until_ms/{service}"
