"""Bunny's CDN logs, from which a library's unique viewers are estimated.

A viewer is taken to be an address with a program that fetched a piece of a video. That is an
estimate: households share an address, phones change theirs, and Bunny may cut addresses or drop
them. What it is set to stands next to every number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

from sentinel_tui.clock import Clock
from sentinel_tui.config.secrets import Secret
from sentinel_tui.domain.video.catalog import DAY_MS
from sentinel_tui.errors import PlatformError, PlatformRefused
from sentinel_tui.platforms.bunny_values import count, instant_ms, tables
from sentinel_tui.platforms.guard import Guard
from sentinel_tui.platforms.pace import Pace

API = "https://logging.bunnycdn.com"

_PAGE = 2_000
"""Bunny gives up to 10,000 entries at once; so few are some milliseconds' work."""
_MOST_PAGES = 2_500
_REQUESTS_PER_S = 2.0
"""Bunny allows 30 in ten seconds, to everybody who asks about a pull zone together."""
_KEY_REFUSED = frozenset({401, 403})
_NOT_FOUND = 404
_SENT = frozenset({200, 206})
_PIECE = re.compile(r"/([A-Za-z0-9-]{8,64})/(?:[^?#]*/)?[^/?#]+\.(?:ts|m4s|mp4|m4a|aac|webm)")
"""A file that holds a part of a video, in the folder of the video's id. Lists of such files are
fetched by players that never play, and pictures by pages that never open a player."""

_LEGACY_FIELDS = 12
_LEGACY_URL_AT = 7
_LEGACY_AGENT_FROM = 9
_LONGEST_PART = 2_000

_HASH_BYTES = 8
_HASHES = 1 << (8 * _HASH_BYTES)
_KEPT_HASHES = 512
"""Up to so many viewers of a video and day are counted one by one; of more, the number is
estimated, with a standard error of 4 %, in memory that does not grow."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """A piece of a video that somebody fetched.

    Attributes:
        video: The video's id.
        at_ms: When.
        who: What tells one viewer from another: address, program and the like. Never kept.
    """

    video: str
    at_ms: int
    who: str


class ViewerCount:
    """Counts the different viewers of each video on each day, in little memory.

    Of each video and day it keeps the smallest hashes of viewers (a "k minimum values" sketch:
    Bar-Yossef and others, 2002). How closely they lie tells how many there are.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._smallest: dict[tuple[str, int], set[int]] = {}
        self._below: dict[tuple[str, int], int] = {}

    def add(self, fetch: Fetch) -> None:
        """Count who fetched a piece."""
        place = (fetch.video, fetch.at_ms - fetch.at_ms % DAY_MS)
        digest = blake2b(fetch.who.encode("utf-8", "replace"), digest_size=_HASH_BYTES).digest()
        value = int.from_bytes(digest, "big")
        if value >= self._below.get(place, _HASHES):
            return
        smallest = self._smallest.setdefault(place, set())
        smallest.add(value)
        if len(smallest) > 2 * _KEPT_HASHES:
            kept = sorted(smallest)[:_KEPT_HASHES]
            self._smallest[place], self._below[place] = set(kept), kept[-1]

    def by_video(self) -> dict[str, dict[int, int]]:
        """The number of viewers of each video on each day, by the instant the day began."""
        found: dict[str, dict[int, int]] = {}
        for video, day_ms in sorted(self._smallest):
            found.setdefault(video, {})[day_ms] = self._number((video, day_ms))
        return found

    def _number(self, place: tuple[str, int]) -> int:
        smallest = self._smallest[place]
        if place not in self._below:
            return len(smallest)
        kth = sorted(smallest)[_KEPT_HASHES - 1]
        return round((_KEPT_HASHES - 1) * _HASHES / (kth + 1))


def unique_viewers(fetches: Iterable[Fetch]) -> dict[str, dict[int, int]]:
    """How many different viewers each video had on each day of UTC, estimated.

    Args:
        fetches: What was fetched, in any order.
    """
    viewers = ViewerCount()
    for fetch in fetches:
        viewers.add(fetch)
    return viewers.by_video()


def fetches_in_entries(entries: object) -> Iterator[Fetch]:
    """The fetches among entries of the logging API's second version, as JSON."""
    for entry in tables(entries, _PAGE):
        path = _path_of(_text(entry.get("path")) or _text(entry.get("url")))
        who = (_text(entry.get(name)) for name in ("remoteIp", "userAgent", "ja4Fingerprint"))
        yield from _fetch(entry.get("statusCode"), path, entry.get("timestamp"), who)


def fetches_in_lines(lines: Iterable[str]) -> Iterator[Fetch]:
    """The fetches among lines of the first version's log files, as an owner may have kept them.

    A line reads `cache|status|instant|bytes|zone|address|referrer|url|edge|program|id|country`;
    the program's name may hold the bar itself.
    """
    for line in lines:
        fields = line[: 4 * _LONGEST_PART].rstrip("\n").split("|")
        if len(fields) < _LEGACY_FIELDS or not fields[1].isdecimal():
            continue
        agent = "|".join(fields[_LEGACY_AGENT_FROM:-2])
        path = _path_of(fields[_LEGACY_URL_AT])
        yield from _fetch(int(fields[1][:3]), path, fields[2], (fields[5], agent))


class CdnLogs:
    """Asks Bunny what was fetched from one pull zone."""

    def __init__(
        self,
        key: Secret,
        pull_zone: int,
        clock: Clock,
        *,
        base_url: str = API,
        allow_private: bool = False,
    ) -> None:
        """Ask nothing yet.

        Args:
            key: The account's key.
            pull_zone: The id of the library's pull zone.
            clock: Times pauses.
            base_url: Where the API is.
            allow_private: Whether the API may lie in a private network.

        Raises:
            SecretError: The key's reference does not resolve.
        """
        self._guard = Guard(
            f"{base_url.rstrip('/')}/v2/pullzones/{pull_zone}",
            {"accesskey": key.reveal()},
            clock,
            allow_private=allow_private,
        )
        self._key = key
        self._pull_zone = pull_zone
        self._pace = Pace(clock, _REQUESTS_PER_S)

    async def unique_viewers(self, from_ms: int, to_ms: int) -> dict[str, dict[int, int]]:
        """How many different viewers each video had on each day of UTC, estimated.

        Args:
            from_ms: From when; best the beginning of one of the three days that Bunny keeps, as
                the estimate of a day begun in its middle misses who watched before.
            to_ms: Until when; in the past, so that the log does not grow while it is read.

        Raises:
            PlatformError: It said no, does not answer, or there are more entries than are read.
        """
        viewers = ViewerCount()
        for number in range(_MOST_PAGES):
            asked = {
                "from": _written(from_ms),
                "to": _written(to_ms),
                "order": "asc",
                "limit": _PAGE,
                "offset": number * _PAGE,
            }
            answer = await self._read(f"/logs?{urlencode(asked)}")
            entries, pagination = answer.get("data"), answer.get("pagination")
            if not isinstance(entries, list) or not isinstance(pagination, dict):
                raise PlatformError("Bunny's logs are not as expected: no entries")
            for fetch in fetches_in_entries(entries):
                if from_ms <= fetch.at_ms < to_ms:
                    viewers.add(fetch)
            if pagination.get("hasMore") is not True:
                return viewers.by_video()
        raise PlatformError(
            f"the logs of pull zone {self._pull_zone} hold more than {_MOST_PAGES * _PAGE:,} "
            "entries; an estimate from a part of them would be too low"
        )

    async def _read(self, path: str) -> dict[str, Any]:
        await self._pace.turn()
        try:
            answer = await self._guard.read(path)
        except PlatformRefused as refused:
            raise PlatformRefused(
                f"Bunny gives no logs of pull zone {self._pull_zone}: {refused}",
                self._hint(refused.status),
                status=refused.status,
            ) from None
        if not isinstance(answer, dict):
            raise PlatformError("Bunny's logs are not as expected: no table")
        return answer

    def _hint(self, status: int) -> str:
        if status in _KEY_REFUSED:
            return f"logs want the account's key; {self._key.reference} holds none that is taken"
        return "switch logging on for it, in its settings at Bunny" if status == _NOT_FOUND else ""


def _fetch(status: object, path: str, instant: object, who: Iterable[str]) -> Iterator[Fetch]:
    """The fetch, when a piece of a video was really sent."""
    piece = _PIECE.fullmatch(path)
    at_ms = instant_ms(instant)
    if piece and at_ms is not None and count(status) in _SENT:
        yield Fetch(piece[1], at_ms, "\n".join(who))


def _path_of(url: str) -> str:
    """The path of a URL, with or without what stands before it."""
    rest = url.partition("://")[2] or url
    return "/" + rest.partition("/")[2].partition("?")[0]


def _text(value: object) -> str:
    return value[:_LONGEST_PART] if isinstance(value, str) else ""


def _written(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
