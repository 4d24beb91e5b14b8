"""Has the videos studied: by the clock, soon after a reading that changed something, when asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import Config
from sentinel_tui.domain.schedule import next_run_ms
from sentinel_tui.domain.video.catalog import DAY_MS
from sentinel_tui.domain.video.study import Study
from sentinel_tui.engine.edges import Edges
from sentinel_tui.engine.libraries import Libraries
from sentinel_tui.engine.studying import Order
from sentinel_tui.engine.waiting import pause
from sentinel_tui.errors import SentinelError
from sentinel_tui.paths import Paths
from sentinel_tui.store.study import save_study
from sentinel_tui.store.writer import StoreWriter
from sentinel_tui.text import clean_text

log = logging.getLogger(__name__)

_EVERY_S = 30.0
_APART_MS = 900_000
"""Changes alone bring no more studies than one in so long."""
_LOOKED_AT_MS = 366 * DAY_MS


class Studies:
    """The worker that has studies made.

    Attributes:
        trouble: Why the last study did not come about, or empty.
    """

    def __init__(
        self,
        paths: Paths,
        clock: Clock,
        writer: StoreWriter,
        libraries: Libraries,
        edges: Edges,
    ) -> None:
        """Study nothing yet.

        Args:
            paths: The watch's files.
            clock: The time.
            writer: Takes what comes out.
            libraries: What there is to study.
            edges: The ways out; a study is made outside the engine too.
        """
        self.trouble = ""
        self._paths = paths
        self._clock = clock
        self._writer = writer
        self._libraries = libraries
        self._edges = edges
        self._cron = ""
        self._zone = "UTC"
        self._due_s: float | None = None
        self._begun_ms: int | None = None
        self._wanted = False
        self._one_at_a_time = asyncio.Lock()

    def go_by(self, config: Config) -> None:
        """Study by a configuration from now on."""
        self._cron, self._zone = config.videos.study_cron, config.display.time_zone
        self._due_s = self._next_s()

    def remember(self, at_ms: int | None) -> None:
        """Take up from the last study of an earlier engine: when it was made, or None."""
        self._begun_ms = at_ms

    async def run(self, beat: Callable[[], None]) -> None:
        """Have what is due studied, for ever."""
        while True:
            beat()
            self._libraries.stirred.clear()
            if self._libraries.known and self._is_due():
                try:
                    await self.study()
                except SentinelError as error:
                    log.warning("no study: %s", error)
            await pause(self._clock, _EVERY_S, self._libraries.stirred)

    def want(self) -> None:
        """Have everything studied at once, without waiting for it."""
        self._wanted = True
        self._libraries.stirred.set()

    async def study(self) -> Study:
        """Have everything studied now.

        Returns:
            What came out; it is in the store by then.

        Raises:
            EngineError: Nothing came out.
            StoreError: What came out cannot be kept.
        """
        async with self._one_at_a_time:
            now_ms = self._clock.now_ms()
            self._begun_ms, self._due_s = now_ms, self._next_s()
            self._wanted = self._libraries.changed = False
            order = Order(self._libraries.roles, self._zone, now_ms - _LOOKED_AT_MS, now_ms)
            try:
                study = await self._edges.study(self._paths, order)
                await self._writer.run(partial(save_study, study=study))
            except SentinelError as error:
                self.trouble = clean_text(error)
                self._libraries.changed = True
                raise
            self.trouble = ""
            return study

    def _is_due(self) -> bool:
        by_the_clock = self._due_s is not None and self._due_s <= self._clock.elapsed_s()
        return self._wanted or by_the_clock or (self._libraries.changed and self._apart())

    def _apart(self) -> bool:
        """Whether the last study is long enough ago; a clock that was set back forgets it."""
        if self._begun_ms is None:
            return True
        return not 0 <= self._clock.now_ms() - self._begun_ms < _APART_MS

    def _next_s(self) -> float | None:
        """When the next study is due, by the clock that never jumps; None where none is."""
        if not self._cron:
            return None
        now_ms = self._clock.now_ms()
        next_ms = next_run_ms(self._cron, self._zone, now_ms)
        return self._clock.elapsed_s() + (next_ms - now_ms) / 1_000
