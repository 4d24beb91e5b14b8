"""Players on the pages of the sandbox, which report what is watched to whoever asks for it."""

from __future__ import annotations

import asyncio
import heapq
import http.client
import json
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from sentinel_tui.clock import Clock
from sentinel_tui.domain.video.catalog import DAY_MS
from sentinel_tui.domain.video.events import PlayerEvent
from sentinel_tui.sandbox.viewing import Audience, Session

REPORT_EVERY_S = 20.0
"""How often a player that plays says where it is."""

HISTORY_DAYS = 21
"""Of how many days some viewers are reported afterwards, when the players begin."""

KNOWN_ONE_IN = 80
"""Of so many viewers one is reported afterwards: as if players had reported for some pages only."""

MOST_HISTORY = 5_000
"""Reports of the past at the most, the latest."""

LARGEST_BATCH = 200
_WAIT_S = 5.0
_MOST_WAITING = 10_000
_PATIENCE_S = 10.0
_COME_AGAIN = frozenset({429, 503})

Report = dict[str, Any]
"""One event, as it goes over the wire."""

Post = Callable[[Sequence[Report]], Awaitable[bool]]
"""Hands reports over; whether they were taken, or refused for good."""


def reports(session: Session) -> Iterator[tuple[int, Report]]:
    """What a player reports of a session: instants, in order, and reports."""
    for number, (at_ms, event, position_s) in enumerate(_moments(session)):
        yield (
            at_ms,
            {
                "id": f"{session.film.id[:8]}-{session.viewer}-{session.start_ms}-{number}",
                "viewer_token": f"viewer-{session.viewer}",
                "video_id": session.film.id,
                "library": session.film.library,
                "event": event.value,
                "t": at_ms,
                "position": round(position_s, 3),
            },
        )


class Players:
    """Report the past of a few viewers, and then whatever is watched."""

    def __init__(self, audience: Audience, post: Post, clock: Clock) -> None:
        """Nothing reported yet.

        Args:
            audience: Who watches.
            post: Takes the reports.
            clock: Says what has been played by now.
        """
        self._audience = audience
        self._post = post
        self._clock = clock
        self._waiting: list[Report] = []
        self._due: list[tuple[int, str, Report]] = []
        self._coming: deque[Session] = deque()
        self._next_day = 0

    async def play(self) -> None:
        """Report until this is cancelled; what is not taken is offered again."""
        now_ms = self._clock.now_ms()
        self._waiting = await self.history(now_ms)
        self._look_ahead(now_ms)
        while self._coming and self._coming[0].start_ms < now_ms:
            self._coming.popleft()
        while True:
            await self._hand_over()
            await self._clock.sleep(_WAIT_S)
            self._take_note(self._clock.now_ms())

    async def history(self, until_ms: int) -> list[Report]:
        """What some viewers did before an instant, the earliest first."""
        last_day = until_ms // DAY_MS
        told: list[tuple[int, Report]] = []
        for day in range(last_day, last_day - HISTORY_DAYS, -1):
            for session in self._sessions(day):
                if session.viewer % KNOWN_ONE_IN == 0 and session.end_ms < until_ms:
                    told += reports(session)
            if len(told) > MOST_HISTORY:
                break
            await asyncio.sleep(0)
        told.sort(key=lambda one: one[0])
        return [report for _, report in told[-MOST_HISTORY:]]

    async def _hand_over(self) -> None:
        while batch := self._waiting[:LARGEST_BATCH]:
            if not await self._post(batch):
                break
            del self._waiting[:LARGEST_BATCH]
        del self._waiting[:-_MOST_WAITING]

    def _look_ahead(self, now_ms: int) -> None:
        """Know who comes on the day of an instant, where that is not known yet."""
        day = now_ms // DAY_MS
        if day >= self._next_day:
            self._coming.extend(sorted(self._sessions(day), key=lambda one: one.start_ms))
            self._next_day = day + 1

    def _take_note(self, now_ms: int) -> None:
        """Put what players report by now with what waits."""
        self._look_ahead(now_ms)
        while self._coming and self._coming[0].start_ms <= now_ms:
            session = self._coming.popleft()
            if self._audience.takes_place(session):
                for at_ms, report in reports(session):
                    heapq.heappush(self._due, (at_ms, report["id"], report))
        while self._due and self._due[0][0] <= now_ms:
            self._waiting.append(heapq.heappop(self._due)[2])

    def _sessions(self, day: int) -> Iterator[Session]:
        for film in self._audience.films:
            yield from self._audience.sessions(film, day)


def post_to(listen: str, token: str) -> Post:
    """Posts reports to an engine.

    Args:
        listen: Its address and port.
        token: What it knows the players by.
    """
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}

    def send(batch: Sequence[Report]) -> bool:
        connection = http.client.HTTPConnection(listen, timeout=_PATIENCE_S)
        try:
            connection.request("POST", "/v1/views", json.dumps(list(batch)), headers)
            return connection.getresponse().status not in _COME_AGAIN
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    async def post(batch: Sequence[Report]) -> bool:
        return await asyncio.to_thread(send, batch)

    return post


def _moments(session: Session) -> Iterator[tuple[int, PlayerEvent, float]]:
    """When, what and where: a part that is played twice is sought once its end is reached."""
    at_ms, again = session.start_ms, session.film.again
    legs = [(0.0, session.left_s)]
    if session.again_s and again is not None:
        legs = [(0.0, again.to_s), (again.from_s, session.left_s)]
    yield at_ms, PlayerEvent.PLAY, 0.0
    for number, (from_s, to_s) in enumerate(legs):
        if number:
            yield at_ms, PlayerEvent.SEEK, from_s
        steps = int((to_s - from_s) // REPORT_EVERY_S)
        for step in range(1, steps + 1):
            passed_s = step * REPORT_EVERY_S
            yield at_ms + round(passed_s * 1_000), PlayerEvent.PROGRESS, from_s + passed_s
        at_ms += round((to_s - from_s) * 1_000)
        if to_s - from_s > steps * REPORT_EVERY_S:
            yield at_ms, PlayerEvent.PROGRESS, to_s
    ended = session.left_s >= session.film.length_s
    yield at_ms, PlayerEvent.ENDED if ended else PlayerEvent.PAUSE, session.left_s
