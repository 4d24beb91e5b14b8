"""Bunny Stream's API, as far as Sentinel needs it: one library's videos, and who watched them when.

Only reads, with the library's read-only key, and never faster than it was told to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from sentinel_tui.clock import Clock
from sentinel_tui.config.secrets import Secret
from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS, Video
from sentinel_tui.errors import PlatformError, PlatformRefused
from sentinel_tui.platforms.bunny_statistics import Asked, Statistics, segments_of, statistics_of
from sentinel_tui.platforms.bunny_values import count, tables
from sentinel_tui.platforms.bunny_videos import (
    Unreadable,
    collection_names,
    collection_of,
    video_of,
)
from sentinel_tui.platforms.guard import Guard
from sentinel_tui.platforms.pace import Pace

API = "https://video.bunnycdn.com"

PAGE = 1_000
"""The most that a page holds; Bunny gives no more however many are asked for."""

_MOST_PAGES = 100
_MOST_ANSWER_BYTES = 33_554_432
"""A full page of videos, each with a long description and all its chapters."""
_WITHOUT_A_BREAK = 100
"""So many videos are taken over at a time, some milliseconds' work, before others have a turn."""
_KEY_REFUSED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a library's list.

    Attributes:
        videos: The videos that could be read.
        broken: Of each that could not, what is wrong with it.
        total: How many videos Bunny says there are on all pages.
    """

    videos: tuple[Video, ...]
    broken: tuple[str, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A library's list, page by page.

    Attributes:
        videos: The videos, each once, the newest first.
        broken: Of each that could not be read, what is wrong with it.
        whole: Whether these are all there are; only then is a video that is missing here gone.
    """

    videos: tuple[Video, ...]
    broken: tuple[str, ...]
    whole: bool


class Bunny:
    """Asks Bunny about one library."""

    def __init__(
        self,
        key: Secret,
        library_id: int,
        library: str,
        clock: Clock,
        *,
        base_url: str = API,
        requests_per_s: float = 2.0,
        allow_private: bool = False,
    ) -> None:
        """Ask nothing yet.

        Args:
            key: The library's read-only key.
            library_id: Its id at Bunny.
            library: The owner's name for it.
            clock: Times pauses, and says when a video was seen.
            base_url: Where the API is.
            requests_per_s: The most requests a second.
            allow_private: Whether the API may lie in a private network.

        Raises:
            SecretError: The key's reference does not resolve.
        """
        self._guard = Guard(
            f"{base_url.rstrip('/')}/library/{library_id}",
            {"accesskey": key.reveal()},
            clock,
            allow_private=allow_private,
            most_bytes=_MOST_ANSWER_BYTES,
        )
        self._key = key
        self._library_id = library_id
        self._library = library
        self._clock = clock
        self._pace = Pace(clock, requests_per_s)
        self._collections: dict[str, str] = {}

    async def videos(self, page: int) -> Page:
        """One page of the list, the newest videos first.

        Args:
            page: Which one; the first is 1.

        Raises:
            PlatformError: As with all calls here: it said no (`PlatformRefused`), does not answer
                (`PlatformUnavailable`), or answers what cannot be understood.
        """
        answer = await self._list("/videos", page, orderBy="date")
        videos, broken = await self._taken_over(_items(answer))
        return Page(tuple(videos), tuple(broken), _total(answer))

    async def all_videos(self) -> Listing:
        """The whole list, page by page.

        While it is read the list may move: what moved back by a new video comes twice and counts
        once; where one was deleted, another is missed, and the list is not whole.
        """
        videos: dict[str, Video] = {}
        broken: dict[str, None] = {}
        total, shrank = 0, False
        for number in range(1, _MOST_PAGES + 1):
            page = await self.videos(number)
            known = len(videos) + len(broken)
            shrank = shrank or page.total < total
            for video in page.videos:
                videos.setdefault(video.id, video)
            broken |= dict.fromkeys(page.broken)
            total, found = page.total, len(videos) + len(broken)
            if found == known or found >= total:
                break
        whole = not broken and not shrank and len(videos) >= total
        return Listing(tuple(videos.values()), tuple(broken), whole)

    async def video(self, video: str) -> Video:
        """One video by its id.

        Raises:
            PlatformRefused: With status 404, there is no such video.
        """
        row = _table(await self._read(f"/videos/{quote(video, safe='')}"))
        videos, broken = await self._taken_over([row])
        if broken:
            raise PlatformError(f"Bunny's answer is not as expected: {broken[0]}")
        return videos[0]

    async def collections(self) -> dict[str, str]:
        """The names of the library's collections by their ids."""
        named: dict[str, str] = {}
        for number in range(1, _MOST_PAGES + 1):
            answer = await self._list("/collections", number)
            known = len(named)
            named |= collection_names(tables(_items(answer), PAGE))
            if len(named) == known or len(named) >= (count(answer.get("totalItems")) or 0):
                break
        return named

    async def statistics(
        self, from_ms: int, to_ms: int, *, hourly: bool, video: str = ""
    ) -> Statistics:
        """What was watched of the library, or of one video, between two instants.

        Args:
            from_ms: From when; taken back to the beginning of its hour or day of UTC.
            to_ms: Until when.
            hourly: By hours, else by days.
            video: The video's id; empty for the whole library.

        Raises:
            PlatformRefused: With status 404, there is no such video; with 400, all of the range
                is longer ago than Bunny remembers.
            PlatformError: The answer tells of other days than these.
        """
        asked = Asked(from_ms - from_ms % (HOUR_MS if hourly else DAY_MS), to_ms, hourly)
        query = {
            "dateFrom": _written(asked.from_ms),
            "dateTo": _written(to_ms),
            "hourly": str(hourly).lower(),
        }
        if video:
            query["videoGuid"] = video
        return statistics_of(await self._read(f"/statistics?{urlencode(query)}"), asked)

    async def heatmap(
        self, video: str, length_s: float, average_watch_s: float = 0.0
    ) -> tuple[float, ...] | None:
        """How much each segment of equal length is watched, the most watched one 100.

        Args:
            video: The video's id.
            length_s: How long it is.
            average_watch_s: How long a view of it lasts on average, which tells how many segments
                at its end are missing from the answer; 0 where unknown.

        Returns:
            None where Bunny has none, as while there are few views.

        Raises:
            PlatformRefused: With status 404, there is no such video.
        """
        answer = await self._read(f"/videos/{quote(video, safe='')}/heatmap")
        return segments_of(answer, length_s, average_watch_s)

    async def _taken_over(self, rows: Sequence[object]) -> tuple[list[Video], list[str]]:
        """The videos among what Bunny told, and of each that is none what is wrong with it."""
        names = await self._names_for(tables(rows, PAGE))
        videos, broken = [], []
        for place, row in enumerate(rows, start=1):
            if not place % _WITHOUT_A_BREAK:
                await asyncio.sleep(0)
            try:
                videos.append(video_of(_table(row), self._library, names, self._clock.now_ms()))
            except Unreadable as unreadable:
                broken.append(str(unreadable))
            except PlatformError:
                broken.append(f"entry {place} of a page is no video")
        return videos, broken

    async def _names_for(self, rows: Iterable[dict[str, Any]]) -> dict[str, str]:
        """The names of collections, asked for again only when there is one not heard of yet."""
        wanted = {collection_of(row) for row in rows} - {""}
        if wanted <= self._collections.keys():
            return self._collections
        try:
            self._collections = await self.collections()
        except PlatformError:
            return self._collections  # a video is worth reading without its collection's name
        # One that Bunny does not name either is not asked for with every page.
        self._collections |= dict.fromkeys(wanted - self._collections.keys(), "")
        return self._collections

    async def _list(self, path: str, page: int, **query: str) -> dict[str, Any]:
        asked = urlencode({"page": page, "itemsPerPage": PAGE, **query})
        return _table(await self._read(f"{path}?{asked}"))

    async def _read(self, path: str) -> Any:
        await self._pace.turn()
        try:
            return await self._guard.read(path)
        except PlatformRefused as refused:
            if refused.status not in _KEY_REFUSED:
                raise
            raise PlatformRefused(
                f"Bunny refuses the key of the library {self._library}, "
                f"{self._key.reference}: {refused}",
                f"put the read-only API key of library {self._library_id} there, "
                "not the account's and not another library's",
                status=refused.status,
            ) from None


def _items(answer: dict[str, Any]) -> list[Any]:
    """What a page holds. Taken for an empty one, a broken page would have every video gone."""
    items = answer.get("items")
    if items is None:
        return []
    if not isinstance(items, list):
        raise PlatformError("Bunny's answer is not as expected: items is no list")
    return items[:PAGE]


def _total(answer: dict[str, Any]) -> int:
    total = count(answer.get("totalItems"))
    if total is None:
        raise PlatformError("Bunny's answer is not as expected: totalItems is no number")
    return total


def _table(answer: object) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise PlatformError("Bunny's answer is not as expected: no table")
    return answer


def _written(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
