"""Bunny Stream's API over the sandbox's libraries: the reading calls, their refusals and quirks."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from urllib.parse import parse_qs

from sentinel_tui.clock import Clock
from sentinel_tui.domain.video.catalog import DAY_MS
from sentinel_tui.sandbox.bunny.library import BunnyLibrary
from sentinel_tui.sandbox.bunny.mishaps import Mishap, befall
from sentinel_tui.sandbox.bunny.tally import Tally
from sentinel_tui.sandbox.bunny.views import (
    collection_id,
    collection_view,
    heatmap_view,
    page_view,
    statistics_view,
    video_view,
)
from sentinel_tui.sandbox.films import Film
from sentinel_tui.sandbox.http.messages import Request, Response, json_response
from sentinel_tui.sandbox.services.application import Application

KEPT_DAYS = 365
"""For how long the platform keeps counts; what is asked of earlier days begins here."""

DEFAULT_DAYS = 30
"""What it tells of where it does not understand from when."""

SMALLEST_PAGE, LARGEST_PAGE = 10, 1_000
_DEFAULT_PAGE = 100

_Query = dict[str, list[str]]


class Refused(Exception):
    """A call that cannot be answered as it was made."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was let in.

    Attributes:
        at_s: When, on the sandbox's clock.
        path: What was asked for.
        query: How.
    """

    at_s: float
    path: str
    query: str


class BunnyApi(Application):
    """Answers for the libraries that it is given.

    Attributes:
        mishaps: What befalls the next calls, one each.
        calls: Every call that came with the right key.
    """

    name = "bunny"
    health_path = ""

    def __init__(self, libraries: Sequence[BunnyLibrary], clock: Clock) -> None:
        """An API in front of libraries."""
        self.mishaps: deque[Mishap] = deque()
        self.calls: list[Call] = []
        self._libraries = {str(one.id): one for one in libraries}
        self._clock = clock

    async def answer(self, request: Request) -> Response:
        """Answer one call."""
        match request.path.strip("/").split("/"):
            case ["library", library_id, *rest]:
                library = self._libraries.get(library_id)
            case _:
                return Response(404)
        if library is None or request.headers.get("accesskey") != library.key:
            return _status(401, "Authentication has been denied for this request.")
        if request.method != "GET":
            return _status(403, "The key does not permit this.")
        self.calls.append(Call(self._clock.elapsed_s(), request.path, request.query))
        if self.mishaps:
            return await befall(self.mishaps.popleft())
        try:
            return _json(await self._read(library, rest, parse_qs(request.query)))
        except Refused as refused:
            return _status(refused.status, str(refused))

    async def _read(self, library: BunnyLibrary, path: list[str], query: _Query) -> Any:
        match path:
            case ["videos"]:
                return await self._videos(library, query)
            case ["videos", film]:
                return self._video(library, await self._tally(library, film))
            case ["videos", film, "heatmap"]:
                return heatmap_view(await self._tally(library, film))
            case ["statistics"]:
                return await self._statistics(library, query)
            case ["collections"]:
                films = [one.film for one in await library.tallies(self._now_ms)]
                return page_view(
                    _by_series(films), *_page(query), lambda one: collection_view(one, library.id)
                )
        raise Refused(404, "Not found.")

    async def _videos(self, library: BunnyLibrary, query: _Query) -> dict[str, Any]:
        there = await library.tallies(self._now_ms)
        sought = _text(query, "search").casefold()
        collection = _text(query, "collection")
        wanted = [
            one
            for one in there
            if sought in one.film.title.casefold()
            and collection in ("", collection_id(one.film) if one.film.series else "")
        ]
        if _text(query, "orderBy") == "title":
            wanted.sort(key=lambda one: one.film.title.casefold())
        return page_view(wanted, *_page(query), lambda one: self._video(library, one))

    def _video(self, library: BunnyLibrary, tally: Tally) -> dict[str, Any]:
        spoiled = library.spoiled.get(tally.film.id, {})
        return {**video_view(tally, library.id, self._now_ms), **spoiled}

    async def _statistics(self, library: BunnyLibrary, query: _Query) -> dict[str, Any]:
        from_ms, until_ms = self._range(query)
        film = _text(query, "videoGuid")
        if film and not library.holds(film, self._now_ms):
            raise Refused(404, "The requested video was not found.")
        return statistics_view(
            await library.tallies(self._now_ms, film),
            from_ms,
            until_ms,
            hourly=_text(query, "hourly").casefold() == "true",
            of_video=bool(film),
        )

    async def _tally(self, library: BunnyLibrary, film: str) -> Tally:
        if not library.holds(film, self._now_ms):
            raise Refused(404, "The requested video was not found.")
        (tally,) = await library.tallies(self._now_ms, film)
        return tally

    def _range(self, query: _Query) -> tuple[int, int]:
        """From when to when; what is not understood is the last month, without a word about it."""
        now_ms = self._now_ms
        from_ms = _instant_ms(query, "dateFrom")
        if from_ms is None:
            return now_ms - DEFAULT_DAYS * DAY_MS, now_ms
        until_ms = _instant_ms(query, "dateTo")
        kept_ms = now_ms - KEPT_DAYS * DAY_MS
        if until_ms is not None and until_ms < kept_ms:
            raise Refused(400, "Statistics are kept for one year.")
        return max(from_ms, kept_ms), now_ms if until_ms is None else min(until_ms, now_ms)

    @property
    def _now_ms(self) -> int:
        return self._clock.now_ms()


def _by_series(films: Sequence[Film]) -> list[list[Film]]:
    """Films that lie in collections, those of each together, by its name."""
    of_series = attrgetter("series")
    inside = sorted((film for film in films if film.series), key=of_series)
    return [list(group) for _, group in groupby(inside, of_series)]


def _json(value: Any) -> Response:
    return Response(200, json.dumps(value).encode())


def _status(status: int, message: str) -> Response:
    """A StatusModel."""
    return json_response(status, success=False, message=message, statusCode=status)


def _text(query: _Query, name: str) -> str:
    return query.get(name, [""])[0]


def _page(query: _Query) -> tuple[int, int]:
    """Which page of which size; sizes beyond what is allowed are silently other ones."""
    size = _number(query, "itemsPerPage", _DEFAULT_PAGE)
    return max(1, _number(query, "page", 1)), min(LARGEST_PAGE, max(SMALLEST_PAGE, size))


def _number(query: _Query, name: str, otherwise: int) -> int:
    written = _text(query, name)
    return int(written) if written.isdecimal() else otherwise


def _instant_ms(query: _Query, name: str) -> int | None:
    """An instant; where no zone is written it is UTC. None for what is none."""
    try:
        written = datetime.fromisoformat(_text(query, name))
    except ValueError:
        return None
    if written.tzinfo is None:
        written = written.replace(tzinfo=UTC)
    return round(written.timestamp() * 1_000)
