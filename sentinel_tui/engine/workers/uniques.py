"""Estimates once a day, from a library's CDN logs, how many people watched each of its videos."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import Config
from sentinel_tui.config.videos import LogOptions
from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS
from sentinel_tui.engine.edges import Edges
from sentinel_tui.errors import SentinelError
from sentinel_tui.store.database import Database
from sentinel_tui.store.marks import read_mark, set_mark
from sentinel_tui.store.watching import save_uniques
from sentinel_tui.store.writer import StoreWriter
from sentinel_tui.text import clean_text

log = logging.getLogger(__name__)

_EVERY_S = 30.0
_LOOK_EVERY_S = 600.0
_SETTLED_MS = HOUR_MS
"""Entries come late: a day is read once it has been over for so long."""
_DAYS_KEPT = 2
"""Logs are kept for three days, of which the first has begun to go already."""
_AGAIN_S = 3_600.0


class Uniques:
    """The worker that reads CDN logs."""

    def __init__(
        self, clock: Clock, writer: StoreWriter, edges: Edges, offline: Callable[[], bool]
    ) -> None:
        """Read nothing yet.

        Args:
            clock: The time.
            writer: Takes the estimates.
            edges: The ways out.
            offline: Whether Sentinel's own network is gone.
        """
        self._clock = clock
        self._writer = writer
        self._edges = edges
        self._offline = offline
        self._options: Mapping[str, LogOptions] = {}
        self._troubles: dict[str, str] = {}
        self._not_before_s: dict[str, float] = {}

    @property
    def trouble(self) -> str:
        """Why the logs of some libraries cannot be read, or empty."""
        return "; ".join(f"{name}: {said}" for name, said in self._troubles.items())

    def go_by(self, config: Config) -> None:
        """Read by a configuration from now on."""
        libraries = config.videos.libraries
        self._options = {one.name: one.logs for one in libraries if one.logs is not None}
        self._troubles, self._not_before_s = {}, {}

    async def run(self, beat: Callable[[], None]) -> None:
        """Read the logs of each day once it is over, for ever."""
        while True:
            beat()
            for name, options in tuple(self._options.items()):
                now_s = self._clock.elapsed_s()
                if not self._offline() and now_s >= self._not_before_s.get(name, 0.0):
                    self._not_before_s[name] = now_s + _LOOK_EVERY_S
                    await self._read(name, options)
                    beat()
            await self._clock.sleep(_EVERY_S)

    async def _read(self, name: str, options: LogOptions) -> None:
        """Read the days of a library that are over and were not read yet."""
        try:
            await self._read_days(name, options)
        except SentinelError as error:
            self._troubles[name] = clean_text(f"{error}; {error.hint}" if error.hint else error)
            self._not_before_s[name] = self._clock.elapsed_s() + _AGAIN_S
            log.warning("no estimate of viewers: %s", self.trouble)
        else:
            self._troubles.pop(name, None)

    async def _read_days(self, name: str, options: LogOptions) -> None:
        mark = f"uniques/{name}"
        to_ms = _midnight_ms(self._clock.now_ms() - _SETTLED_MS)
        done_ms = await self._writer.run(partial(read_mark, name=mark))
        from_ms = max(done_ms or 0, to_ms - _DAYS_KEPT * DAY_MS)
        if from_ms >= to_ms:
            return
        client = self._edges.logs(options, self._clock)
        counts = await client.unique_viewers(from_ms, to_ms)

        def save(db: Database) -> None:
            save_uniques(db, name, options.anonymised, counts)
            set_mark(db, mark, to_ms)

        await self._writer.run(save)


def _midnight_ms(at_ms: int) -> int:
    """When the day of UTC began."""
    return at_ms - at_ms % DAY_MS
