"""One reading of a library: its list, its own counts by the hour, then each video that changed."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from sentinel_tui.clock import Clock
from sentinel_tui.domain.records import EntryKind
from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS, Heat, Video
from sentinel_tui.engine.libraries import Libraries
from sentinel_tui.errors import PlatformError, PlatformRefused, PlatformUnavailable
from sentinel_tui.store.database import Database
from sentinel_tui.store.recorder import add_event
from sentinel_tui.store.videos import ToRead, mark_read, save_videos, to_read
from sentinel_tui.store.watching import save_days, save_heat, save_hours
from sentinel_tui.store.writer import StoreWriter

if TYPE_CHECKING:
    from sentinel_tui.platforms.bunny import Bunny
    from sentinel_tui.platforms.bunny_statistics import Statistics

log = logging.getLogger(__name__)

_KEPT_MS = 364 * DAY_MS
"""Counts are kept for a year; whoever asks for more is silently given less."""
_STRETCH_MS = 91 * DAY_MS
"""A library's hours are asked for by the quarter, so that each answer stays small."""
_OVERLAP_MS = 2 * DAY_MS
"""Counts are told late: those of the last days are asked for again."""
_MOST_VIDEOS = 100_000
_LEAST_VIEWS_OF_HEAT = 50
"""With fewer views a heatmap says nothing."""
_HEAT_AGAIN = 1.1
"""A heatmap changes slowly: it is asked for again after so many times the views."""
_NOT_THERE = (400, 404)


class LibraryReading:
    """One reading of one library.

    Attributes:
        name: The library's.
        client: What asks its platform.
        changed: Whether anything was read that was not known before.
    """

    def __init__(
        self,
        clock: Clock,
        writer: StoreWriter,
        libraries: Libraries,
        name: str,
        client: Bunny,
        beat: Callable[[], None],
    ) -> None:
        """Read nothing yet.

        Args:
            clock: The time.
            writer: Takes what is read.
            libraries: Told how far it got.
            name: Which library.
            client: What asks its platform.
            beat: Shows life.
        """
        self.name = name
        self.client = client
        self.changed = False
        self._clock = clock
        self._writer = writer
        self._libraries = libraries
        self._beat = beat
        self._counted_to_ms = libraries.known[name].counted_to_ms
        self._listed: dict[str, Video] = {}
        self._queue: deque[ToRead] = deque()
        self._stumbled = False

    @property
    def left(self) -> int:
        """How many videos are still to be read."""
        return len(self._queue)

    async def begin(self) -> None:
        """Read the list and the library's own counts, and find out which videos to read.

        Raises:
            PlatformError: The platform does not answer as it should.
            StoreError: What was read cannot be kept.
        """
        await self._read_list()
        await self._read_hours()

    async def go_on(self, most: int) -> None:
        """Read the next videos, those first that were watched most since they were read last.

        Args:
            most: How many at most.

        Raises:
            PlatformError: The platform does not answer as it should.
            StoreError: What was read cannot be kept.
        """
        try:
            for _ in range(min(most, len(self._queue))):
                self._beat()
                one = self._queue[0]
                video = self._listed.get(one.video)
                if video is not None:
                    await self._try_to_read(video, one)
                self._queue.popleft()
        finally:
            self._libraries.stand(self.name, waiting=len(self._queue))

    async def read_noticed(self, video: str) -> None:
        """Read what one video is by now.

        Args:
            video: The video's id.

        Raises:
            PlatformError: The platform does not answer as it should, or knows no such video.
            StoreError: What was read cannot be kept.
        """
        self._beat()
        told = await self.client.video(video)
        await self._save_videos([told], whole=False)

    async def _read_list(self) -> None:
        self._beat()
        listing = await self.client.all_videos()
        if self._libraries.leave_out(self.name, listing.broken):
            some = "a video is" if len(listing.broken) == 1 else f"{len(listing.broken)} videos are"
            await self._say(f"{some} left out, for it cannot be read: {listing.broken[0]}")
        self._listed = {one.id: one for one in listing.videos}
        await self._save_videos(listing.videos, whole=listing.whole)
        queue = await self._writer.run(partial(to_read, library=self.name, limit=_MOST_VIDEOS))
        self._queue = deque(queue)
        self._libraries.stand(
            self.name,
            videos=len(listing.videos),
            read_ms=self._clock.now_ms(),
            waiting=len(self._queue),
        )

    async def _save_videos(self, videos: Sequence[Video], *, whole: bool) -> None:
        now_ms = self._clock.now_ms()
        job = partial(save_videos, library=self.name, videos=videos, at_ms=now_ms, whole=whole)
        changes = await self._writer.run(job)
        if changes.new or changes.moved or changes.gone or changes.went_back:
            self.changed = True

    async def _read_hours(self) -> None:
        """Ask for the library's own counts since they are known, as far as they are kept."""
        now_ms = self._clock.now_ms()
        from_ms = _since_ms(self._counted_to_ms, now_ms, HOUR_MS)
        views, watch_s = 0, 0.0
        while from_ms < now_ms:
            self._beat()
            to_ms = min(from_ms + _STRETCH_MS, now_ms)
            told = await self.client.statistics(from_ms, to_ms, hourly=True)
            if told.from_ms is not None:
                await self._save_hours(told, told.from_ms)
            views += sum(one.views for one in told.hours)
            watch_s += sum(one.watch_s for one in told.hours)
            from_ms = to_ms
        if self._counted_to_ms is None:
            await self._doubt_unit(views, watch_s)

    async def _save_hours(self, told: Statistics, from_ms: int) -> None:
        job = partial(
            save_hours, library=self.name, hours=told.hours, from_ms=from_ms, to_ms=told.to_ms
        )
        await self._writer.run(job)
        self._libraries.stand(self.name, counted_to_ms=told.to_ms)

    async def _doubt_unit(self, views: int, watch_s: float) -> None:
        """Say once where the charts hardly have watch time in seconds, as they are taken to."""
        from sentinel_tui.platforms.bunny_statistics import doubt_about_unit

        listed = self._listed.values()
        all_views = sum(one.views for one in listed)
        average_s = sum(one.watch_s for one in listed) / all_views if all_views else 0.0
        doubt = doubt_about_unit(views, watch_s, average_s)
        if doubt:
            await self._say(doubt)

    async def _say(self, told: str) -> None:
        """Say something of the library in the timeline."""
        now_ms, text = self._clock.now_ms(), f"{self.name}: {told}"
        await self._writer.run(partial(add_event, at_ms=now_ms, kind=EntryKind.ENGINE, text=text))

    async def _try_to_read(self, video: Video, one: ToRead) -> None:
        """Read a video; what is odd about it alone keeps no other waiting."""
        stumbled, self._stumbled = self._stumbled, False
        try:
            await self._read_video(video, one)
        except PlatformUnavailable as error:
            if stumbled:
                raise  # it is not the one video, but the platform
            self._stumbled = True
            log.warning("%s: %s was not read: %s", self.name, video.id, error)
        except PlatformRefused as refused:
            if refused.status not in _NOT_THERE:
                raise
            log.info("%s: %s was not read: %s", self.name, video.id, refused)
        except PlatformError as error:
            log.warning("%s: %s was not read: %s", self.name, video.id, error)

    async def _read_video(self, video: Video, one: ToRead) -> None:
        now_ms = self._clock.now_ms()
        from_ms = _since_ms(one.counted_to_ms, now_ms, DAY_MS)
        # A day earlier than it is dated, because in which zone it is dated nobody says.
        from_ms = max(from_ms, _whole_ms(video.published_ms, DAY_MS) - DAY_MS)
        told = await self.client.statistics(from_ms, now_ms, hourly=True, video=video.id)
        heat = await self._read_heat(video, one, now_ms)
        # Of a video that nobody ever began, an answer without a chart says all there is to say.
        known_from_ms = from_ms if told.from_ms is None and not video.views else told.from_ms

        def save(db: Database) -> None:
            counted_to_ms = one.counted_to_ms
            if known_from_ms is not None:
                counted_to_ms = told.to_ms
                save_days(db, video.id, told.days, _whole_ms(known_from_ms, DAY_MS), told.to_ms)
            if heat is not None:
                save_heat(db, video.id, heat)
            mark_read(db, video.id, video.views, counted_to_ms, now_ms)

        await self._writer.run(save)
        self.changed = True

    async def _read_heat(self, video: Video, one: ToRead, now_ms: int) -> Heat | None:
        if video.views < max(_LEAST_VIEWS_OF_HEAT, _HEAT_AGAIN * one.heat_views):
            return None
        segments = await self.client.heatmap(video.id, video.length_s, video.average_watch_s)
        return None if segments is None else Heat(now_ms, video.views, segments)


def _since_ms(known_to_ms: int | None, now_ms: int, whole_ms: int) -> int:
    """From when to ask again, on a whole hour or day.

    Args:
        known_to_ms: Until when counts are known, or None.
        now_ms: Now.
        whole_ms: An hour or a day.
    """
    kept_from_ms = _whole_ms(now_ms - _KEPT_MS, whole_ms) + whole_ms
    if known_to_ms is None:
        return kept_from_ms
    return max(kept_from_ms, _whole_ms(min(known_to_ms, now_ms) - _OVERLAP_MS, whole_ms))


def _whole_ms(at_ms: int, whole_ms: int) -> int:
    return at_ms - at_ms % whole_ms
