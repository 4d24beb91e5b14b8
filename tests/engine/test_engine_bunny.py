"""What reading a library brings into the store, what it asks for, and what trouble does to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from bunny_world import NOON_MS, Bunnies, Reading, films

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.domain.records import EntryKind
from sentinel_tui.domain.video.catalog import DAY_MS, HOUR_MS
from sentinel_tui.paths import Paths
from sentinel_tui.sandbox.bunny.mishaps import HOSTILE, Mishap
from sentinel_tui.sandbox.films import film_id
from sentinel_tui.sandbox.http.messages import Request, Response
from sentinel_tui.store.writer import Holder, StoreWriter

FILMS = 4
ALWAYS = [Mishap.ERROR] * 1_000


@pytest.fixture(autouse=True)
def shorter_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for some weeks at most: all films are younger, and a year of hours is long to tell."""
    monkeypatch.setattr("sentinel_tui.engine.library_reading._KEPT_MS", 60 * DAY_MS)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON_MS)


@pytest.fixture
async def bunnies(clock: FakeClock) -> AsyncIterator[Bunnies]:
    bunnies = Bunnies(clock, [*films("previews", FILMS), *films("courses", 2)])
    yield bunnies
    await bunnies.stop()


@pytest.fixture
def open_writer(paths: Paths, clock: FakeClock) -> Iterator[Callable[[], StoreWriter]]:
    opened: list[StoreWriter] = []

    def again() -> StoreWriter:
        while opened:
            opened.pop().close()
        opened.append(StoreWriter.open(paths, clock, RetentionOptions(), Holder.here()))
        return opened[-1]

    yield again
    while opened:
        opened.pop().close()


@pytest.fixture
async def reading(
    clock: FakeClock, paths: Paths, open_writer: Callable[[], StoreWriter], bunnies: Bunnies
) -> Reading:
    reading = Reading(clock, paths, open_writer(), bunnies)
    await reading.go_by(bunnies.options("previews"))
    return reading


PREVIEW = film_id("previews", "previews 1")


async def test_a_first_reading_knows_every_view_that_the_platform_counted(reading: Reading) -> None:
    await reading.round()
    library = reading.bunnies.libraries["previews"]
    counted = {one.film.id: one for one in await library.tallies(reading.clock.now_ms())}
    with reading.read() as reader:
        known = {one.video.id: one for one in reader.known(0)}
        (row,) = reader.libraries()
        hours = reader.hours("previews", 0, reading.clock.now_ms())
    assert set(known) == set(counted)
    for video, one in known.items():
        assert sum(day.views for day in one.days) == one.video.views == counted[video].views
        by_hour = [
            (day.at_ms + hour * HOUR_MS, views)
            for day in one.days
            for hour, views in enumerate(day.hourly)
            if views
        ]
        assert by_hour == sorted((at, views) for at, (views, _) in counted[video].hours.items())
    assert sum(one.views for one in hours) == sum(one.views for one in counted.values())
    assert (row.videos, row.waiting, row.trouble) == (len(counted), 0, "")
    assert reading.libraries.changed


async def test_heatmaps_are_read_of_videos_with_enough_views(reading: Reading) -> None:
    reading.bunnies.libraries["previews"].upload(films("previews", 9, fans=0.2)[-1])
    await reading.round()
    with reading.read() as reader:
        known = reader.known(0)
    assert {one.video.views >= 50 for one in known} == {True, False}
    for one in known:
        assert (one.heat is not None) == (one.video.views >= 50)


async def test_where_nothing_moved_no_video_is_asked_about_again(reading: Reading) -> None:
    await reading.round()
    before = len(reading.bunnies.api.calls)
    reading.libraries.changed = False
    await reading.round()
    asked = [one.partition("?")[0].rpartition("/")[2] for one in reading.bunnies.asked()[before:]]
    assert sorted(set(asked)) == ["statistics", "videos"]
    assert reading.statistics(PREVIEW) == reading.statistics(PREVIEW)[:1]
    assert not reading.libraries.changed


async def test_what_moved_is_read_from_where_its_counts_end_and_a_little_before(
    reading: Reading,
) -> None:
    await reading.round()
    reading.clock.suspend(3 * 86_400)
    await reading.round()
    from_ms, _ = reading.statistics(PREVIEW)[-1]
    until_known_ms = reading.clock.now_ms() - 3 * DAY_MS
    assert until_known_ms - 3 * DAY_MS < from_ms < until_known_ms - DAY_MS
    library = reading.bunnies.libraries["previews"]
    counted = {one.film.id: one for one in await library.tallies(reading.clock.now_ms())}
    with reading.read() as reader:
        for one in reader.known(0):
            assert sum(day.views for day in one.days) == counted[one.video.id].views


async def test_counts_that_went_back_are_read_from_the_beginning(reading: Reading) -> None:
    await reading.round()
    reading.bunnies.libraries["previews"].set_back(PREVIEW, 0.5)
    await reading.round()
    first, last = reading.statistics(PREVIEW)[0], reading.statistics(PREVIEW)[-1]
    assert len(reading.statistics(PREVIEW)) == 2
    assert first == last


async def test_deleted_and_replaced_videos_are_gone_and_what_was_known_of_them_stays(
    reading: Reading,
) -> None:
    await reading.round()
    library = reading.bunnies.libraries["previews"]
    second = film_id("previews", "previews 2")
    library.delete(PREVIEW)
    new = library.replace(second, 60.0, reading.clock.now_ms())
    reading.clock.suspend(60)
    await reading.round()
    with reading.read() as reader:
        there = {one.id for one in reader.videos()}
        gone = {one.id: one for one in reader.videos(gone=True) if one.gone_ms is not None}
        days = reader.days([PREVIEW], 0, reading.clock.now_ms())[PREVIEW]
    assert new.id in there
    assert set(gone) == {PREVIEW, second}
    assert sum(day.views for day in days) == gone[PREVIEW].views


async def test_a_reading_that_broke_off_goes_on_where_it_was(
    clock: FakeClock, paths: Paths, open_writer: Callable[[], StoreWriter], bunnies: Bunnies
) -> None:
    reading = Reading(clock, paths, open_writer(), bunnies)
    await reading.go_by(bunnies.options("previews"))
    stop_at = _calls_until_two_videos_are_read(bunnies)
    await reading.round()
    assert stop_at()
    with reading.read() as reader:
        done = {one.video.id for one in reader.known(0) if one.days}
    bunnies.api.mishaps.clear()
    again = Reading(clock, paths, open_writer(), bunnies)
    await again.go_by(bunnies.options("previews"))
    assert again.libraries.known["previews"].waiting > 0
    clock.suspend(120)
    before = len(reading.statistics())
    await again.round()
    asked = [video for _, video in again.statistics()[before:] if video]
    assert len(asked) == len(set(asked))
    with again.read() as reader:
        (row,) = reader.libraries()
        known = reader.known(0)
    assert row.waiting == 0
    assert all(sum(day.views for day in one.days) == one.video.views for one in known)
    assert done
    assert not done & set(asked)


def _calls_until_two_videos_are_read(bunnies: Bunnies) -> Callable[[], bool]:
    """Have the platform fail for good once it told of two videos; returns whether it did."""
    answer, told = bunnies.api._read, []

    async def read(library: object, path: list[str], query: dict) -> object:
        if query.get("videoGuid"):
            told.append(path)
            if len(told) == 2:
                bunnies.api.mishaps.extend(ALWAYS)
        return await answer(library, path, query)  # type: ignore[arg-type]

    bunnies.api._read = read  # type: ignore[method-assign]
    return lambda: bool(bunnies.api.mishaps)


async def test_answers_full_of_nonsense_lose_nothing_and_are_mended_by_the_next(
    reading: Reading,
) -> None:
    await reading.round()
    for mishap in HOSTILE:
        reading.clock.suspend(3_600)
        reading.bunnies.api.mishaps.append(mishap)
        await reading.round()
        assert reading.libraries.trouble
        with reading.read() as reader:
            assert len(reader.videos()) == FILMS
    reading.clock.suspend(3_600)
    await reading.round()
    with reading.read() as reader:
        (row,) = reader.libraries()
        known = reader.known(0)
    assert row.trouble == ""
    assert all(sum(day.views for day in one.days) == one.video.views for one in known)


async def test_one_video_that_tells_nonsense_keeps_no_other_from_being_read(
    reading: Reading,
) -> None:
    library = reading.bunnies.libraries["previews"]
    library.spoil(PREVIEW, guid=None)
    await reading.round()
    await reading.round()
    with reading.read() as reader:
        assert PREVIEW not in {one.id for one in reader.videos()}
        assert len(reader.videos()) == FILMS - 1
        entries = reader.timeline(0, reading.clock.now_ms() + 1)
    said = [one.text for one in entries if "left out" in one.text]
    assert len(said) == 1, "it is said once, not with every reading"
    assert said[0].startswith("previews: a video is left out")
    library.spoiled.clear()
    await reading.round()
    library.spoil(PREVIEW, guid=7)
    await reading.round()
    with reading.read() as reader:
        kept = reader.video(PREVIEW)
    assert kept is not None
    assert kept.gone_ms is None


async def test_one_video_at_which_the_platform_fails_keeps_no_other_from_being_read(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = reading.bunnies.api.answer

    async def fail_at_one(request: Request) -> Response:
        return Response(500) if PREVIEW in request.query else await answer(request)

    monkeypatch.setattr(reading.bunnies.api, "answer", fail_at_one)
    await reading.round()
    with reading.read() as reader:
        unread = {one.video.id for one in reader.known(0) if not one.days}
        (row,) = reader.libraries()
    assert unread == {PREVIEW}
    assert row.trouble == ""


async def test_a_refused_key_is_told_at_once_and_over_when_it_opens_again(
    reading: Reading,
) -> None:
    right = reading.bunnies.libraries["previews"].key
    reading.bunnies.libraries["previews"].key = "another"
    await reading.round()
    (alert,) = reading.alerts()
    assert alert.open
    assert "previews" in alert.reason
    assert right not in alert.reason
    assert "refuses the key" in reading.libraries.trouble
    with reading.read() as reader:
        (incident,) = reader.incidents()
    assert incident.title.startswith("A video library cannot be read: previews: ")
    reading.bunnies.libraries["previews"].key = right
    await reading.round()
    (alert,) = reading.alerts()
    assert not alert.open
    assert reading.libraries.trouble == ""


async def test_a_platform_that_fails_is_told_after_an_hour_and_asked_ever_more_seldom(
    reading: Reading,
) -> None:
    reading.bunnies.api.mishaps.extend(ALWAYS)
    await reading.pass_by(180)
    assert reading.libraries.trouble
    assert reading.alerts() == []
    asked = len(reading.bunnies.api.calls)
    assert asked < 20
    reading.clock.suspend(4_000)
    await reading.pass_by(60)
    (alert,) = reading.alerts()
    assert alert.open
    assert len(reading.bunnies.api.calls) - asked < 20
    reading.bunnies.api.mishaps.clear()
    reading.clock.suspend(4_000)
    await reading.pass_by(30)
    (alert,) = reading.alerts()
    assert not alert.open


async def test_a_key_that_cannot_be_read_is_told_and_keeps_nobody_else_waiting(
    reading: Reading,
) -> None:
    reading.secret_error = "the environment has no PREVIEWS_KEY"
    await reading.go_by(reading.bunnies.options("previews"))
    await reading.pass_by(1)
    (alert,) = reading.alerts()
    assert "PREVIEWS_KEY" in alert.reason
    assert reading.bunnies.asked() == []


async def test_a_library_that_is_no_longer_configured_has_no_alert_and_is_not_read(
    reading: Reading,
) -> None:
    reading.bunnies.libraries["previews"].key = "another"
    await reading.round()
    await reading.go_by(reading.bunnies.options("courses"))
    await reading.pass_by(10)
    (alert,) = reading.alerts()
    assert not alert.open
    with reading.read() as reader:
        assert [one.name for one in reader.libraries()] == ["courses"]
        assert {one.video.library for one in reader.known(0)} == {"courses"}


async def test_calls_are_no_denser_than_agreed(reading: Reading) -> None:
    await reading.go_by(reading.bunnies.options("previews"), requests_per_s=2)
    begun_s = reading.clock.elapsed_s()
    await reading.round()
    moments_s = [one.at_s - begun_s for one in reading.bunnies.api.calls]
    assert len(moments_s) > FILMS
    # Calls are noted as they arrive, which may be later than they were sent, but never earlier.
    assert all(at_s >= before / 2 - 1e-6 for before, at_s in enumerate(moments_s))


async def test_libraries_take_turns(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sentinel_tui.engine.workers.bunny._VIDEOS_A_TURN", 1)
    await reading.go_by(reading.bunnies.options("previews"), reading.bunnies.options("courses"))
    await reading.round("previews", "courses")
    videos = [one for one in reading.bunnies.asked("videoGuid") if "statistics" in one]
    whose = ["4711" in one for one in videos]
    assert whose[:4] == [True, False, True, False]


async def test_it_reads_by_the_clock_at_once_the_first_time(reading: Reading) -> None:
    await reading.pass_by(20)
    first = len(reading.bunnies.asked("/videos?"))
    assert first == 1
    reading.clock.suspend(900)
    await reading.pass_by(20)
    assert len(reading.bunnies.asked("/videos?")) == first + 1


async def test_an_engine_that_starts_with_the_clock_set_back_reads_as_soon_as_ever(
    reading: Reading,
) -> None:
    await reading.round()
    reading.clock.jump(-30 * 86_400)
    await reading.go_by(reading.bunnies.options("previews"))
    reading.clock.suspend(900)
    await reading.pass_by(20)
    assert len(reading.bunnies.asked("/videos?")) == 2


async def test_without_a_cron_it_reads_when_asked_and_only_then(reading: Reading) -> None:
    await reading.go_by(reading.bunnies.options("previews"), poll_cron="")
    await reading.pass_by(20)
    assert reading.bunnies.asked() == []
    reading.libraries.want(["previews"])
    await reading.pass_by(20)
    assert len(reading.bunnies.asked("/videos?")) == 1


async def test_another_library_or_another_purpose_is_a_reason_to_study(reading: Reading) -> None:
    previews, courses = (reading.bunnies.options(name) for name in ("previews", "courses"))
    await reading.go_by(previews)
    assert not reading.libraries.changed
    for others in ((previews, courses), (previews,), (previews | {"role": "private"},)):
        reading.libraries.changed = False
        await reading.go_by(*others)
        assert reading.libraries.changed


async def test_offline_nobody_is_asked(reading: Reading) -> None:
    reading.online = False
    reading.libraries.notice("previews", PREVIEW)
    await reading.pass_by(30)
    assert reading.bunnies.asked() == []


async def test_a_video_that_was_called_about_is_read_before_all_others(reading: Reading) -> None:
    reading.libraries.notice("previews", PREVIEW)
    reading.libraries.notice("previews", "0-no-such-video")
    await reading.pass_by(5)
    paths = [one.partition("?")[0] for one in reading.bunnies.asked()]
    assert paths[0].endswith(f"/videos/{PREVIEW}")
    with reading.read() as reader:
        assert reader.video(PREVIEW) is not None


async def test_a_video_nobody_watched_is_known_to_have_no_views(reading: Reading) -> None:
    lonely = films("previews", 6, fans=0.0)[-1]
    reading.bunnies.libraries["previews"].upload(lonely)
    await reading.round()
    with reading.read() as reader:
        (known,) = [one for one in reader.known(0) if one.video.id == lonely.id]
    assert known.days == ()
    assert known.days_to_ms is not None
    assert known.days_from_ms <= lonely.published_ms


async def test_watch_time_in_another_unit_is_said_once(reading: Reading) -> None:
    from sentinel_tui.sandbox.bunny import views

    told = views.statistics_view

    def in_minutes(*of: object, **how: object) -> dict:
        answer = told(*of, **how)  # type: ignore[arg-type]
        chart = answer["watchTimeChart"] or {}
        return {**answer, "watchTimeChart": {at: round(one / 60) for at, one in chart.items()}}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sentinel_tui.sandbox.bunny.api.statistics_view", in_minutes)
        await reading.round()
        await reading.round()
    with reading.read() as reader:
        entries = reader.timeline(0, reading.clock.now_ms() + 1)
    said = [one.text for one in entries if one.kind is EntryKind.ENGINE and "minutes" in one.text]
    assert len(said) == 1
    assert "previews" in said[0]
