"""Reads the libraries of videos: by the clock, when somebody asks, and when a platform calls.

What was read is a row before anything else is asked for, so that a reading that breaks off goes on
where it was. All libraries take turns: a large one that is read for the first time keeps none of
the others waiting.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import Config
from sentinel_tui.config.videos import LibraryOptions
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity, fingerprint
from sentinel_tui.domain.schedule import next_run_ms
from sentinel_tui.domain.video.catalog import Library
from sentinel_tui.engine.edges import Edges
from sentinel_tui.engine.libraries import Libraries
from sentinel_tui.engine.library_reading import LibraryReading
from sentinel_tui.engine.own_alerts import OwnAlerts
from sentinel_tui.engine.waiting import pause
from sentinel_tui.errors import (
    PlatformError,
    PlatformRefused,
    SecretError,
    SentinelError,
    StoreError,
)
from sentinel_tui.store.writer import StoreWriter
from sentinel_tui.text import clean_text

log = logging.getLogger(__name__)

_EVERY_S = 30.0
_VIDEOS_A_TURN = 10
_STUDIED_EVERY_S = 900.0
"""A reading that takes hours is studied meanwhile."""
_FIRST_RETRY_S = 120.0
_LONGEST_RETRY_S = 3_600.0
_UNREADABLE_S = 3_600.0
_KEY_REFUSED = (401, 403)

Step = Callable[[], Awaitable[None]]
"""A part of a reading."""


@dataclass(slots=True)
class _Round:
    """When a library is read, and how that went; by the clock that never jumps."""

    due_s: float | None
    failures: int = 0
    failing_since_s: float | None = None


class LibraryRounds:
    """The worker that reads libraries."""

    def __init__(
        self,
        clock: Clock,
        writer: StoreWriter,
        libraries: Libraries,
        own_alerts: OwnAlerts,
        edges: Edges,
        offline: Callable[[], bool],
    ) -> None:
        """Read nothing yet.

        Args:
            clock: The time.
            writer: Takes what is read.
            libraries: How they stand.
            own_alerts: Told which cannot be read.
            edges: The ways out.
            offline: Whether Sentinel's own network is gone.
        """
        self._clock = clock
        self._writer = writer
        self._libraries = libraries
        self._own_alerts = own_alerts
        self._edges = edges
        self._offline = offline
        self._cron = ""
        self._zone = "UTC"
        self._rounds: dict[str, _Round] = {}
        self._told_s = 0.0

    def go_by(self, config: Config) -> None:
        """Read by a configuration from now on."""
        self._cron, self._zone = config.videos.poll_cron, config.display.time_zone
        self._libraries.go_by(config.videos.libraries)
        self._rounds = {}
        for name, options in self._libraries.options.items():
            self._connect(name, options, config.videos.requests_per_s)
        for told in self._own_alerts.open_of(Rule.LIBRARY):
            name = told.partition("/")[2]
            if name not in self._libraries.known:
                self._tell(name, "it is no longer configured", holds=False)

    async def run(self, beat: Callable[[], None]) -> None:
        """Read what is due, for ever."""
        while True:
            beat()
            self._libraries.called.clear()
            if not self._offline():
                await self._read_noticed(beat)
                await self.read(self._due(), beat)
            await pause(self._clock, _EVERY_S, self._libraries.called)

    async def read(self, names: Iterable[str], beat: Callable[[], None]) -> None:
        """Read some libraries to their ends, turn by turn."""
        readings = [self._reading(name, beat) for name in names]
        if not readings:
            return
        self._told_s = self._clock.elapsed_s()
        under_way = [one for one in readings if await self._attempt(one, one.begin)]
        while under_way and not self._offline():
            await self._read_noticed(beat)
            under_way = [one for one in under_way if await self._take_turn(one)]
            if self._clock.elapsed_s() - self._told_s >= _STUDIED_EVERY_S:
                self._tell_of_changes(readings)
        self._tell_of_changes(readings)

    def _reading(self, name: str, beat: Callable[[], None]) -> LibraryReading:
        client = self._libraries.clients[name]
        return LibraryReading(self._clock, self._writer, self._libraries, name, client, beat)

    def _connect(self, name: str, options: LibraryOptions, requests_per_s: int) -> None:
        try:
            client = self._edges.library(options, requests_per_s, self._clock)
        except SecretError as error:
            said = f"its key cannot be read: {clean_text(error)}"
            self._libraries.stand(name, trouble=said)
            self._tell(name, said, holds=True)
            return
        if client is None:
            self._tell(name, "it is known from view events alone", holds=False)
            return
        self._libraries.clients[name] = client
        self._rounds[name] = _Round(self._first_s(self._libraries.known[name]))

    def _first_s(self, library: Library) -> float | None:
        """When a library is due that an earlier engine may have read, in whole or in part."""
        if not self._cron:
            return None
        if library.read_ms is None or library.waiting:
            return self._clock.elapsed_s()
        # A clock that was set back meanwhile would have it wait until then.
        return self._next_s(min(library.read_ms, self._clock.now_ms()))

    def _next_s(self, after_ms: int) -> float | None:
        """When the next reading after an instant is due; None where only somebody asks for it."""
        if not self._cron:
            return None
        next_ms = next_run_ms(self._cron, self._zone, after_ms)
        return self._clock.elapsed_s() + (next_ms - self._clock.now_ms()) / 1_000

    def _due(self) -> list[str]:
        now_s, wanted = self._clock.elapsed_s(), self._libraries.take_wanted()
        return [
            name
            for name, one in self._rounds.items()
            if name in wanted or (one.due_s is not None and one.due_s <= now_s)
        ]

    async def _read_noticed(self, beat: Callable[[], None]) -> None:
        """Read what platforms called about; it is news only, and read again with all others."""
        for name in tuple(self._libraries.clients):
            for video in self._libraries.take_notices(name):
                reading = self._reading(name, beat)
                try:
                    await reading.read_noticed(video)
                except (PlatformError, StoreError) as error:
                    log.info("%s: a video that was called about: %s", name, error)
                else:
                    self._libraries.note_change()

    async def _take_turn(self, reading: LibraryReading) -> bool:
        """Read some videos of a library; returns whether others are left."""
        if not await self._attempt(reading, partial(reading.go_on, _VIDEOS_A_TURN)):
            return False
        if reading.left:
            return True
        self._note_success(reading.name)
        return False

    async def _attempt(self, reading: LibraryReading, step: Step) -> bool:
        """Take a step of a reading; returns whether there is reason to take another."""
        if not self._holds(reading):
            return False
        try:
            await step()
        except (PlatformError, StoreError) as error:
            if self._holds(reading):
                self._note_failure(reading.name, error)
            return False
        return self._holds(reading)

    def _holds(self, reading: LibraryReading) -> bool:
        """Whether a reading still goes by the configuration; another one is read by anew."""
        return self._libraries.clients.get(reading.name) is reading.client

    def _note_success(self, name: str) -> None:
        self._rounds[name] = _Round(self._next_s(self._clock.now_ms()))
        self._libraries.stand(name, trouble="", waiting=0)
        self._tell(name, "it can be read", holds=False)

    def _note_failure(self, name: str, error: SentinelError) -> None:
        now_s, one = self._clock.elapsed_s(), self._rounds[name]
        refused = isinstance(error, PlatformRefused) and error.status in _KEY_REFUSED
        said = clean_text(f"{error}; {error.hint}" if error.hint else error)
        if one.failing_since_s is None:
            log.warning("%s cannot be read: %s", name, said)
            one.failing_since_s = now_s
        one.due_s = now_s + min(_FIRST_RETRY_S * 2.0 ** min(one.failures, 10), _LONGEST_RETRY_S)
        one.failures += 1
        if isinstance(error, StoreError):
            return  # the store's own trouble is told where it is known best
        self._libraries.stand(name, trouble=said)
        if refused or now_s - one.failing_since_s >= _UNREADABLE_S:
            self._tell(name, said, holds=True)

    def _tell_of_changes(self, readings: Iterable[LibraryReading]) -> None:
        self._told_s = self._clock.elapsed_s()
        for reading in readings:
            if reading.changed:
                reading.changed = False
                self._libraries.note_change()

    def _tell(self, name: str, reason: str, *, holds: bool) -> None:
        self._own_alerts.tell(
            Finding(
                fingerprint=fingerprint(Rule.LIBRARY, name),
                rule=Rule.LIBRARY,
                holds=holds,
                severity=Severity.WARNING,
                at_ms=self._clock.now_ms(),
                reason=f"{name}: {reason}",
            )
        )
