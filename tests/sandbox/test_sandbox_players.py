"""Players report what is watched, so that it can be put together again from what they say."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.video.catalog import DAY_MS
from sentinel_tui.domain.video.events import PlayerEvent, ViewEvent, views_of
from sentinel_tui.errors import SentinelError
from sentinel_tui.sandbox.catalogue import survival
from sentinel_tui.sandbox.films import PREVIEWS, Again, Film, film_id
from sentinel_tui.sandbox.http.messages import Request, Response
from sentinel_tui.sandbox.http.server import LoopbackServer
from sentinel_tui.sandbox.players import (
    HISTORY_DAYS,
    KNOWN_ONE_IN,
    LARGEST_BATCH,
    MOST_HISTORY,
    Players,
    Report,
    post_to,
    reports,
)
from sentinel_tui.sandbox.port import LOOPBACK, free_port
from sentinel_tui.sandbox.troubles import dice
from sentinel_tui.sandbox.viewing import Audience

SEED = 5
NOW_MS = FakeClock().now_ms()
FILM = Film(
    id=film_id(PREVIEWS, "A vat of indigo"),
    library=PREVIEWS,
    title="A vat of indigo",
    length_s=210.0,
    published_ms=NOW_MS - 60 * DAY_MS,
    fans=40_000.0,
    survival=survival(210.0, 0.4, 0.5),
    again=Again(90.0, 130.0, 0.5),
)


class Taker:
    """Takes reports, except while it is told not to."""

    def __init__(self) -> None:
        self.taken: list[Report] = []
        self.refuses = False

    async def post(self, batch: Sequence[Report]) -> bool:
        assert len(batch) <= LARGEST_BATCH
        if self.refuses:
            return False
        self.taken += batch
        return True


def event_of(report: Report) -> ViewEvent:
    return ViewEvent(
        viewer=report["viewer_token"],
        video=report["video_id"],
        library=report["library"],
        event=PlayerEvent(report["event"]),
        at_ms=report["t"],
        position_s=report["position"],
        id=report["id"],
    )


def test_a_session_is_put_together_again_from_its_reports() -> None:
    seen = set()
    for session in Audience([FILM], SEED).sessions(FILM, NOW_MS // DAY_MS)[:300]:
        told = list(reports(session))
        assert all(earlier <= later for (earlier, _), (later, _) in pairwise(told))
        (view,) = views_of(event_of(report) for _, report in told)
        assert abs(view.watch_s - session.watch_s) < 0.01
        assert abs(view.furthest_s - session.left_s) < 0.01
        assert view.ended is (session.left_s == FILM.length_s)
        assert view.start_ms == session.start_ms
        seen.add((view.ended, session.again_s > 0))
    assert len(seen) == 4


async def test_of_the_past_some_viewers_are_reported_whole_and_no_more_than_is_bounded() -> None:
    clock, audience = FakeClock(NOW_MS), Audience([FILM], SEED)
    history = await Players(audience, Taker().post, clock).history(NOW_MS)
    assert 0 < len(history) <= MOST_HISTORY
    assert len({report["id"] for report in history}) == len(history)
    times = [report["t"] for report in history]
    assert times == sorted(times)
    assert NOW_MS - HISTORY_DAYS * DAY_MS <= times[0] < times[-1] < NOW_MS
    begun = {(one["viewer_token"], one["t"]) for one in history if one["event"] == PlayerEvent.PLAY}
    for one in audience.sessions(FILM, NOW_MS // DAY_MS):
        known = one.viewer % KNOWN_ONE_IN == 0 and one.end_ms < NOW_MS
        assert ((f"viewer-{one.viewer}", one.start_ms) in begun) is known
    again = await Players(audience, Taker().post, clock).history(NOW_MS)
    assert again == history


async def test_whatever_is_watched_from_now_on_is_reported_in_time_and_once() -> None:
    clock, audience, taker = FakeClock(NOW_MS), Audience([FILM], SEED), Taker()
    playing = asyncio.create_task(Players(audience, taker.post, clock).play())
    try:
        await clock.settle(500)
        past = len(taker.taken)
        taker.refuses = True
        await clock.advance(300.0)
        assert len(taker.taken) == past
        taker.refuses = False
        audience.close(PREVIEWS, clock.now_ms())
        closed_ms = clock.now_ms()
        await clock.advance(600.0)
    finally:
        playing.cancel()
    fresh = taker.taken[past:]
    assert len({report["id"] for report in fresh}) == len(fresh)
    wanted = {
        report["id"]
        for one in audience.sessions(FILM, NOW_MS // DAY_MS)
        if NOW_MS <= one.start_ms < closed_ms - 5_000
        for at_ms, report in reports(one)
    }
    assert wanted <= {report["id"] for report in fresh}
    assert all(report["t"] <= clock.now_ms() for report in fresh)
    begun = [report["t"] for report in fresh if report["event"] == PlayerEvent.PLAY]
    assert max(begun) < closed_ms


async def test_reports_are_posted_with_the_token_and_offered_again_where_that_is_asked_for() -> (
    None
):
    asked: list[Request] = []
    statuses = [202, 422, 429, 503]

    async def answer(request: Request) -> Response:
        asked.append(request)
        return Response(statuses[len(asked) - 1])

    server = LoopbackServer(answer, FakeClock())
    server.listen()
    post = post_to(f"{LOOPBACK}:{server.port}", "the token")
    batch: list[dict[str, Any]] = [{"id": "one"}]
    try:
        assert [await post(batch) for _ in statuses] == [True, True, False, False]
    finally:
        await server.stop()
    assert not await post(batch)
    assert {(one.method, one.path) for one in asked} == {("POST", "/v1/views")}
    assert {one.headers["authorization"] for one in asked} == {"Bearer the token"}
    assert {one.body for one in asked} == {b'[{"id": "one"}]'}


class Wish(Random):
    """Luck that always has the same ports in mind."""

    def __init__(self, ports: list[int]) -> None:
        super().__init__(SEED)
        self._ports = ports

    def sample(self, *_: object, **__: object) -> list[Any]:
        return self._ports


def test_a_port_for_somebody_else_is_one_that_nobody_has() -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        port = taken.getsockname()[1]
        free = free_port(dice(SEED))
        assert free < 32_768
        assert free_port(Wish([port, free])) == free
        with pytest.raises(SentinelError, match="no port is free"):
            free_port(Wish([port]))
