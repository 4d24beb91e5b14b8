"""The Bunny client against the sandbox's look-alike, and against answers nobody should give."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from bunny_bench import Bench, asking, film, page, row
from receivers import Receiver, answer

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS, Chapter, VideoStatus
from sentinel_tui.errors import PlatformError, PlatformRefused, PlatformUnavailable
from sentinel_tui.platforms.bunny import PAGE
from sentinel_tui.sandbox.bunny.mishaps import HOSTILE, Mishap

SPEC = Path(__file__).parents[3] / "shared" / "specs" / "bunny-stream-openapi.json"


@pytest.fixture
async def bench(clock: FakeClock) -> AsyncIterator[Bench]:
    joints = {"series": "Joints", "tags": ("Wood", "joints"), "full": "abc-1", "tells_full": True}
    films = [
        film(clock, "The joint", 60, joints),
        film(clock, "L'assemblage : aperçu", 400, {"language": "fr"}),
        film(clock, "Just up", 0.002, {"fans": 0.0}),
    ]
    one = Bench(films, clock)
    yield one
    await one.host.stop()


def identity(bench: Bench, title: str) -> str:
    return film(bench.clock, title, 0).id


class TestTheList:
    async def test_videos_come_with_all_that_is_told_of_them(self, bench: Bench) -> None:
        listing = await bench.client.all_videos()
        assert listing.whole
        assert listing.broken == ()
        fresh, joint, french = listing.videos
        assert (joint.title, french.title) == ("The joint", "L'assemblage : aperçu")
        assert (joint.id, joint.library) == (identity(bench, "The joint"), "previews")
        assert (joint.collection, french.collection) == ("Joints", "")
        assert (joint.tags, joint.full) == (("wood", "joints"), "abc-1")
        assert (joint.length_s, joint.width, joint.height) == (300, 1920, 1080)
        assert joint.resolutions == ("360p", "480p", "720p", "1080p")
        assert joint.published_ms == bench.clock.now_ms() - 60 * DAY_MS
        assert joint.chapters[0] == Chapter("Opening", 0, 45)
        assert french.captions == ("fr",)
        assert joint.views > 20
        assert joint.average_watch_s == pytest.approx(joint.watch_s / joint.views, abs=0.6)
        assert joint.category == ""  # "unknown" is Bunny's word for having none
        # What was just uploaded has no length yet.
        assert (fresh.status, fresh.length_s) == (VideoStatus.TRANSCODING, 0)
        assert {one.seen_ms for one in listing.videos} == {bench.clock.now_ms()}

    async def test_one_video_is_read_alike(self, bench: Bench) -> None:
        listing = await bench.client.all_videos()
        assert await bench.client.video(listing.videos[1].id) == listing.videos[1]

    async def test_names_of_collections_are_asked_for_once(self, bench: Bench) -> None:
        for _ in range(3):
            await bench.client.all_videos()
        paths = [call.path.rpartition("/")[2] for call in bench.api.calls]
        assert (paths.count("collections"), paths.count("videos")) == (1, 3)

    async def test_calls_keep_to_their_pace(self, bench: Bench) -> None:
        slow = bench.client_with(bench.library.key, requests_per_s=2)
        await asyncio.gather(*(slow.videos(1) for _ in range(9)))
        assert bench.client_clock.slept_s >= (9 - 1) / 2

    async def test_what_comes_twice_because_the_list_moved_counts_once(
        self, receiver: Receiver
    ) -> None:
        first = [row(number) for number in range(PAGE)]
        client = asking(receiver, page(first, PAGE + 1), page([row(PAGE - 1), row(PAGE)], PAGE + 1))
        listing = await client.all_videos()
        assert len(listing.videos) == PAGE + 1
        assert listing.whole
        assert [f"page={n}&itemsPerPage={PAGE}" in receiver.requests[n - 1].path for n in (1, 2)]

    async def test_a_list_that_misses_one_is_not_whole(self, receiver: Receiver) -> None:
        client = asking(receiver, page([row(1), row(2)], 3), page([], 3))
        listing = await client.all_videos()
        assert (len(listing.videos), listing.whole) == (2, False)

    async def test_a_list_that_shrank_while_it_was_read_is_not_whole(
        self, receiver: Receiver
    ) -> None:
        """A deletion on the first page moves a video from the second to the first, unseen."""
        first = [row(number) for number in range(PAGE)]
        last = [row(PAGE + 1)]
        client = asking(receiver, page(first, PAGE + 2), page(last, PAGE + 1))
        listing = await client.all_videos()
        assert (len(listing.videos), listing.whole) == (PAGE + 1, False)

    async def test_a_server_that_gives_the_same_page_for_ever_is_left(
        self, receiver: Receiver
    ) -> None:
        listing = await asking(receiver, page([row(1)], 9_999)).all_videos()
        assert (len(listing.videos), listing.whole) == (1, False)
        assert len(receiver.requests) == 2

    async def test_an_empty_library_is_whole(self, receiver: Receiver) -> None:
        listing = await asking(receiver, page([], 0) | {"items": None}).all_videos()
        assert (listing.videos, listing.whole) == ((), True)

    async def test_a_broken_video_is_named_and_costs_no_other(self, bench: Bench) -> None:
        broken = identity(bench, "The joint")
        bench.library.spoil(broken, views=None)
        listing = await bench.client.all_videos()
        assert [one.title for one in listing.videos] == ["Just up", "L'assemblage : aperçu"]
        assert listing.broken == (f"{broken}: its number of views cannot be read",)
        assert not listing.whole
        with pytest.raises(PlatformError, match="its number of views"):
            await bench.client.video(broken)

    async def test_entries_that_are_no_videos_are_counted(self, receiver: Receiver) -> None:
        listing = await asking(receiver, page([None, [], row(1), "x"], 4)).all_videos()
        assert [one.title for one in listing.videos] == ["Video 1"]
        assert listing.broken == tuple(f"entry {n} of a page is no video" for n in (1, 2, 4))

    async def test_collections_that_cannot_be_read_cost_only_their_names(
        self, receiver: Receiver
    ) -> None:
        client = asking(receiver, page([row(1, collectionId="c")], 1))
        receiver.answers.append(answer(b"{}", status="404 Not Found"))
        (video,) = (await client.all_videos()).videos
        assert video.collection == ""


class TestStatistics:
    async def test_hours_are_the_ones_that_were_watched(self, bench: Bench) -> None:
        now_ms = bench.clock.now_ms()
        video = identity(bench, "The joint")
        from_ms = now_ms - 10 * DAY_MS + 1
        told = await bench.client.statistics(from_ms, now_ms, hourly=True, video=video)
        (tally,) = await bench.library.tallies(now_ms, video)
        began_ms = from_ms - from_ms % HOUR_MS
        truth = {at_ms: (n, s) for at_ms, n, s in tally.between(began_ms, now_ms)}
        heard = {hour.at_ms: (hour.views, hour.watch_s) for hour in told.hours if hour.views}
        assert heard.keys() == truth.keys()
        assert all(heard[at][0] == truth[at][0] for at in truth)
        assert all(heard[at][1] == pytest.approx(truth[at][1], abs=0.6) for at in truth)
        assert (told.from_ms, told.to_ms, told.doubts) == (began_ms, now_ms, ())
        assert told.countries["FR"] > 0

        assert all(day.at_ms % DAY_MS == 0 and len(day.hourly) == 24 for day in told.days)
        assert [sum(day.hourly) for day in told.days] == [day.views for day in told.days]
        assert sum(day.views for day in told.days) == sum(hour.views for hour in told.hours)
        daily = await bench.client.statistics(from_ms, now_ms, hourly=False, video=video)
        assert daily.hours == ()
        assert [day.views for day in daily.days][1:] == [day.views for day in told.days][1:]

    async def test_what_bunny_no_longer_keeps_is_not_taken_for_none(self, bench: Bench) -> None:
        now_ms = bench.clock.now_ms()
        told = await bench.client.statistics(now_ms - 500 * DAY_MS, now_ms, hourly=False)
        assert told.from_ms is not None
        assert now_ms - 367 * DAY_MS < told.from_ms <= now_ms - 365 * DAY_MS
        with pytest.raises(PlatformRefused, match="one year") as refused:
            await bench.client.statistics(now_ms - 500 * DAY_MS, now_ms - 400 * DAY_MS, hourly=True)
        assert refused.value.status == 400

    async def test_of_a_video_that_nobody_watched_nothing_is_told(self, bench: Bench) -> None:
        now_ms = bench.clock.now_ms()
        video = identity(bench, "Just up")
        told = await bench.client.statistics(now_ms - DAY_MS, now_ms, hourly=True, video=video)
        assert (told.from_ms, told.hours, told.days, told.engagement) == (None, (), (), None)

    async def test_a_video_that_is_not_there_is_refused(self, bench: Bench) -> None:
        calls = (
            bench.client.statistics(0, bench.clock.now_ms(), hourly=True, video="gone"),
            bench.client.heatmap("gone", 60),
            bench.client.video("gone"),
        )
        for call in calls:
            with pytest.raises(PlatformRefused) as refused:
                await call
            assert refused.value.status == 404

    async def test_the_silent_last_month_is_not_taken_for_what_was_asked(
        self, receiver: Receiver
    ) -> None:
        last_month = {"viewsChart": {"2027-01-10T00:00:00": 4}, "watchTimeChart": {}}
        asked_ms = 1_768_000_000_000
        client = asking(receiver, last_month)
        with pytest.raises(PlatformError, match="other days"):
            await client.statistics(asked_ms, asked_ms + 30 * DAY_MS, hourly=False)
        assert "dateFrom=2026-01-09T00%3A00%3A00Z" in receiver.requests[0].path


class TestHeatmaps:
    async def test_it_is_what_was_watched(self, bench: Bench) -> None:
        video = await bench.client.video(identity(bench, "The joint"))
        (tally,) = await bench.library.tallies(bench.clock.now_ms(), video.id)
        heat = await bench.client.heatmap(video.id, video.length_s, video.average_watch_s)
        assert heat is not None
        assert list(heat) == pytest.approx(tally.heat())

    async def test_with_few_views_there_is_none(self, bench: Bench) -> None:
        assert await bench.client.heatmap(identity(bench, "Just up"), 300) is None


async def test_every_call_is_one_that_bunny_describes(bench: Bench) -> None:
    if not SPEC.exists():
        pytest.skip("the platform's OpenAPI file is not at hand")
    video, now_ms = identity(bench, "The joint"), bench.clock.now_ms()
    await bench.client.all_videos()
    await bench.client.video(video)
    await bench.client.statistics(now_ms - DAY_MS, now_ms, hourly=True, video=video)
    await bench.client.heatmap(video, 300)
    described = {
        re.compile(re.sub(r"\{\w+\}", "[^/]+", path)): {
            one["name"] for one in calls["get"]["parameters"] if one["in"] == "query"
        }
        for path, calls in json.loads(SPEC.read_text(encoding="utf-8"))["paths"].items()
        if "get" in calls
    }
    assert len(bench.api.calls) == 5
    for call in bench.api.calls:
        (allowed,) = (names for path, names in described.items() if path.fullmatch(call.path))
        assert parse_qs(call.query).keys() <= allowed, call


class TestTrouble:
    async def test_nonsense_breaks_nothing_and_is_no_news(self, bench: Bench) -> None:
        video, now_ms = identity(bench, "The joint"), bench.clock.now_ms()
        calls: tuple[Callable[[], Awaitable[Any]], ...] = (
            bench.client.all_videos,
            lambda: bench.client.video(video),
            bench.client.collections,
            lambda: bench.client.statistics(now_ms - DAY_MS, now_ms, hourly=True),
            lambda: bench.client.heatmap(video, 300),
        )
        for mishap, call in itertools.product(HOSTILE, calls):
            bench.api.mishaps.append(mishap)
            told: Any = None
            with suppress(PlatformError):
                told = await call()
            # Whatever was not refused claims nothing: no video is gone, no hour without views.
            assert not getattr(told, "videos", ())
            assert not getattr(told, "whole", False)
            assert getattr(told, "from_ms", None) is None
        assert (await bench.client.all_videos()).whole

    async def test_trouble_that_passes_is_waited_for(self, bench: Bench) -> None:
        bench.api.mishaps.extend([Mishap.LIMITED, Mishap.ERROR])
        assert (await bench.client.all_videos()).whole
        assert bench.client_clock.slept_s >= 2

    async def test_trouble_that_stays_is_told(self, bench: Bench) -> None:
        bench.api.mishaps.extend([Mishap.ERROR] * 3)
        with pytest.raises(PlatformUnavailable):
            await bench.client.all_videos()

    async def test_a_refused_key_says_which_and_where_the_right_one_is(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BUNNY_PREVIEWS_KEY", "canary-of-another-library")
        stranger = bench.client_with("env:BUNNY_PREVIEWS_KEY")
        with pytest.raises(PlatformRefused) as refused:
            await stranger.all_videos()
        assert refused.value.status == 401
        assert "library previews, env:BUNNY_PREVIEWS_KEY" in str(refused.value)
        assert "read-only API key of library 4711" in refused.value.hint
        assert "canary" not in f"{refused.value!r} {refused.value.hint} {stranger!r}"

    async def test_a_full_page_with_much_to_say_is_read(self, receiver: Receiver) -> None:
        rows = [row(number, description="x" * 8_000) for number in range(PAGE)]
        client = asking(receiver, page(rows, PAGE))
        assert (await client.all_videos()).whole
