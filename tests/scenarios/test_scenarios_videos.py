"""Whole engines that read both libraries of the sandbox, study them, and meet with trouble."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import closing

import pytest
from scenario_world import SharedClock, Watching, service
from video_world import Start, both, films, library, video_engines

from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.video.study import Known
from sentinel_tui.errors import EngineError, UsageError
from sentinel_tui.paths import Paths
from sentinel_tui.sandbox.bunny.look_alike import encoding_notice
from sentinel_tui.sandbox.bunny.mishaps import Mishap
from sentinel_tui.sandbox.films import COURSES, PREVIEWS, truth
from sentinel_tui.sandbox.world import World

WITHIN_S = 120
INTERVALS_HOLD = 0.8
"""Intervals of 90 % may miss some of few films."""


@pytest.fixture
def of_each() -> int:
    """How many films each library holds."""
    return 2


@pytest.fixture
async def world(clock: SharedClock, one_clock: None, of_each: int) -> AsyncIterator[World]:
    world = World(clock, films=films(clock.now_ms(), of_each))
    world.start()
    yield world
    await world.stop()


@pytest.fixture
def viewing(world: World, clock: SharedClock, paths: Paths) -> Start:
    """Starts engines that read videos: `async with viewing() as engine`."""
    return video_engines(world, clock, paths)


def known(engine: Watching) -> dict[str, Known]:
    with closing(engine.read()) as reader:
        return {one.video.id: one for one in reader.known(0)}


def waiting(engine: Watching) -> int | None:
    """How many videos are still to be read; None where the lists are not known yet."""
    with closing(engine.read()) as reader:
        libraries = reader.libraries()
    if any(one.read_ms is None for one in libraries):
        return None
    return sum(one.waiting for one in libraries)


def studied(engine: Watching) -> int | None:
    """When the last study was made that is in the store."""
    with closing(engine.read()) as reader:
        head = reader.study()
    return None if head is None else head.at_ms


async def all_read(engine: Watching) -> None:
    await engine.until(lambda: waiting(engine) == 0, WITHIN_S)


def wrong(engine: Watching, world: World) -> dict[str, tuple[int, int, int]]:
    """Videos of which the days in the store are not what the platform counted, and both."""
    there = {
        tally.film.id: sum(views for views, _ in tally.hours.values())
        for one in world.bunny.libraries.values()
        for tally in one._tallies.values()
    }
    told = {video: sum(day.views for day in one.days) for video, one in known(engine).items()}
    listed = {video: one.video.views for video, one in known(engine).items()}
    assert set(told) == set(there)
    return {
        video: (told[video], listed[video], there[video])
        for video in there
        if not told[video] == listed[video] == there[video]
    }


@pytest.mark.parametrize("of_each", [6])
async def test_what_is_read_and_studied_holds_against_what_is_true(
    viewing: Start, world: World
) -> None:
    async with viewing() as engine:
        await all_read(engine)
        await engine.until(lambda: studied(engine) is not None, WITHIN_S)
        first_ms = studied(engine)
        await engine.ask("study")
        await engine.until(lambda: studied(engine) != first_ms, WITHIN_S)
        with closing(engine.read()) as reader:
            cards = {card.video: card for card in reader.cards()}
            head = reader.study()
        assert wrong(engine, world) == {}
    there = {film.id: truth(film) for film in world.bunny.audience.films}
    assert head is not None
    assert set(cards) == set(there)
    held = []
    for video, true in there.items():
        completion = cards[video].completion
        assert completion.low is not None
        assert completion.high is not None
        held.append(completion.low <= true.completion <= completion.high)
    assert sum(held) >= INTERVALS_HOLD * len(held)
    ranked = sorted(cards, key=lambda video: cards[video].completion.value or 0.0)
    middle = len(ranked) // 2
    worse, better = (
        sum(there[one].completion for one in part) for part in (ranked[:middle], ranked[middle:])
    )
    assert worse < better


async def test_an_engine_that_was_killed_while_it_read_goes_on_and_counts_nothing_twice(
    viewing: Start, world: World, clock: SharedClock
) -> None:
    async with viewing() as engine:
        await engine.until(lambda: any(one.days for one in known(engine).values()), WITHIN_S)
        await engine.kill()
        assert waiting(engine) != 0
    asked = len(world.bunny.api.calls)
    clock.suspend(60)
    async with viewing() as engine:
        await all_read(engine)
        assert wrong(engine, world) == {}
    again = [one.query for one in world.bunny.api.calls[asked:] if "videoGuid" in one.query]
    assert len(again) == len(set(again))


async def test_trouble_of_every_kind_costs_no_view(
    viewing: Start, world: World, clock: SharedClock
) -> None:
    mishaps = [*Mishap]
    random.Random(7).shuffle(mishaps)  # noqa: S311 (an order that is always the same)
    async with viewing(videos=both(world, poll_cron="", study_cron="")) as engine:
        for first in range(0, len(mishaps), 3):
            clock.suspend(3 * 3_600)
            world.bunny.api.mishaps.extend(mishaps[first : first + 3])
            await engine.ask("read_videos")
            await engine.advance(20)
        world.bunny.api.mishaps.clear()
        clock.suspend(3_600)
        await engine.ask("read_videos")
        await engine.advance(30)
        assert wrong(engine, world) == {}
        assert not any(one.open for one in engine.alerts(Rule.LIBRARY))


async def test_offline_nobody_is_asked_and_what_was_missed_is_read_after(
    viewing: Start, world: World, clock: SharedClock
) -> None:
    there = service("curator", world.urls["curator"], interval=10.0)
    async with viewing(there, videos=both(world, study_cron="")) as engine:
        await all_read(engine)
        await world.break_service("network", "cut", 3_600)
        await engine.until(lambda: engine.engine.parts.sight.offline_since_ms is not None, WITHIN_S)
        asked = len(world.bunny.api.calls)
        with pytest.raises(EngineError, match="offline"):
            await engine.ask("read_videos")
        clock.suspend(1_800)
        await engine.advance(20)
        assert len(world.bunny.api.calls) == asked
        await world.mend("network")
        await engine.until(lambda: len(world.bunny.api.calls) > asked, WITHIN_S)
        await engine.advance(20)
        assert wrong(engine, world) == {}


async def test_what_the_owner_says_of_themes_is_kept_and_mistakes_are_explained(
    viewing: Start, world: World
) -> None:
    async with viewing() as engine:
        await all_read(engine)
        video, other, *_ = known(engine)
        await engine.ask("theme", video=video, theme=" pottery ")
        await engine.ask("reject_theme", video=other, theme="pottery")
        assert known(engine)[video].theme == "pottery"
        assert known(engine)[other].theme == ""
        await engine.ask("theme", video=video, theme="")
        assert known(engine)[video].theme == ""
        with pytest.raises(EngineError, match="no video"):
            await engine.ask("theme", video="none", theme="pottery")
        with pytest.raises(UsageError, match="at most"):
            await engine.ask("theme", video=video, theme="p" * 100)
        with pytest.raises(UsageError, match="no library"):
            await engine.ask("read_videos", library="films")


async def test_viewers_by_a_log_of_the_delivery_are_kept_with_how_it_was_anonymised(
    viewing: Start, world: World
) -> None:
    async with viewing() as engine:
        await all_read(engine)
        video = next(one.video for one in known(engine).values() if one.video.library == PREVIEWS)
        log = {"library": PREVIEWS, "anonymised": "dropped"}
        told = [[video.id, 0, 7], ["none", 0, 3]]
        done = await engine.ask("note_viewers", **log, viewers=told)
        assert done == {"noted": [video.id], "unknown": ["none"]}
        with closing(engine.read()) as reader:
            assert reader.uniques(video.id) == {0: (7, "dropped")}
        for broken in ({"viewers": [[video.id, 1, 7]]}, {"viewers": [], "anonymised": "half"}):
            with pytest.raises(UsageError):
                await engine.ask("note_viewers", **{**log, **broken})


async def test_libraries_come_and_go_with_the_configuration(viewing: Start, world: World) -> None:
    one = both(world, libraries=[library(world, PREVIEWS)])
    async with viewing(videos=one) as engine:
        await all_read(engine)
        assert {each.video.library for each in known(engine).values()} == {PREVIEWS}
        views_alone = {"name": COURSES, "role": "private"}
        await engine.reload(videos=both(world, libraries=[views_alone]))
        with pytest.raises(EngineError, match="view events alone"):
            await engine.ask("read_videos")
        await engine.reload(videos=both(world))
        await engine.until(
            lambda: COURSES in {each.video.library for each in known(engine).values()}, WITHIN_S
        )
        await engine.reload(videos=one)
        await engine.reload(videos=both(world))
        await all_read(engine)
        assert wrong(engine, world) == {}
        assert not any(worker.failures for worker in engine.engine.describe().workers)
        await engine.reload()
        with pytest.raises(EngineError, match="no library"):
            await engine.ask("study")


async def test_a_film_is_known_as_soon_as_its_platform_calls(
    viewing: Start, world: World, clock: SharedClock
) -> None:
    there = world.bunny.libraries[PREVIEWS]
    videos = both(world, poll_cron="", libraries=[library(world, PREVIEWS)])
    source = {"name": "site", "token": "a-token-of-the-scenario", "scopes": ["read"]}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ingest = {"listen": f"127.0.0.1:{port}", "sources": [source]}
    film = next(iter(there._tallies))
    async with viewing(videos=videos, ingest=ingest) as engine:
        await engine.advance(1)
        body, headers = encoding_notice(there, film, 3)
        assert await _posted(clock, port, body, headers) == 204
        await engine.advance(15)
        assert set(known(engine)) == {film}


async def _posted(clock: SharedClock, port: int, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer to a webhook."""

    async def post() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        lines = [f"POST /v1/bunny/{PREVIEWS} HTTP/1.1", "host: engine", "connection: close"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"content-length: {len(body)}", "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        answer = await reader.read()
        writer.close()
        return int(answer.split()[1])

    asked = asyncio.ensure_future(post())
    while not asked.done():
        await clock.advance(0.01)
    return await asked
