"""Libraries, videos and what is counted of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from left_behind import rows, tables
from past_videos import VIDEO_STORY
from store_looks import T0_MS, rows_of
from store_videos import LIBRARIES, a_video

from sentinel_tui.domain.video.catalog import (
    DAY_MS,
    HOUR_MS,
    DayCount,
    Heat,
    HourCount,
    LibraryRole,
)
from sentinel_tui.paths import Paths
from sentinel_tui.store import recorder
from sentinel_tui.store.models import TABLES
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.salvage import salvage
from sentinel_tui.store.videos import ToRead, VideoChanges
from sentinel_tui.store.watching import HEATS_KEPT
from sentinel_tui.store.writer import Database, StoreWriter

MINUTE_MS = 60_000
TODAY_MS = T0_MS - T0_MS % DAY_MS


@pytest.fixture
async def listed(writer: StoreWriter) -> StoreWriter:
    """A store with two libraries and one video."""
    await writer.run(partial(recorder.register_libraries, roles=LIBRARIES))
    await lists(writer, a_video())
    return writer


async def lists(
    writer: StoreWriter, *videos: object, at_ms: int = T0_MS, whole: bool = True
) -> VideoChanges:
    return await writer.run(
        partial(recorder.save_videos, library="previews", videos=videos, at_ms=at_ms, whole=whole)
    )


async def counts(
    writer: StoreWriter, days: list[DayCount], from_ms: int, to_ms: int, video: str = "v-1"
) -> None:
    await writer.run(
        partial(recorder.save_days, video=video, days=days, from_ms=from_ms, to_ms=to_ms)
    )


async def test_a_video_is_told_as_it_was_listed(listed: StoreWriter, reader: Reader) -> None:
    told = a_video(seen_ms=T0_MS)
    assert reader.videos() == [told]
    assert reader.video("v-1") == told
    assert reader.video("v-2") is None
    assert reader.videos("full") == []


async def test_a_list_tells_what_changed(listed: StoreWriter, reader: Reader) -> None:
    later_ms = T0_MS + HOUR_MS
    assert await lists(listed, a_video(), a_video("v-2"), at_ms=later_ms) == VideoChanges(
        new=("v-2",)
    )
    assert {one.seen_ms for one in reader.videos()} == {later_ms}
    renamed = a_video(title="Raku")
    assert await lists(listed, renamed, at_ms=later_ms + 1) == VideoChanges(gone=("v-2",))
    assert [one.title for one in reader.videos()] == ["Raku"]
    assert reader.videos(gone=True)[-1].gone_ms == later_ms + 1
    back = await lists(listed, a_video(views=12), a_video("v-2"), at_ms=later_ms + 2)
    assert back == VideoChanges(new=("v-2",), moved=("v-1",))
    assert reader.video("v-2") == a_video("v-2", seen_ms=later_ms + 2)


async def test_a_page_of_a_list_lets_nothing_go(listed: StoreWriter, reader: Reader) -> None:
    found = await lists(listed, a_video("v-2"), a_video("v-2", views=11), whole=False)
    assert found == VideoChanges(new=("v-2",))
    assert {one.id: one.views for one in reader.videos()} == {"v-1": 10, "v-2": 11}
    assert reader.libraries()[0].read_ms == T0_MS


async def test_counters_that_go_back_are_read_from_the_beginning(
    listed: StoreWriter, reader: Reader
) -> None:
    await counts(listed, [DayCount(TODAY_MS, 10, 400.0)], TODAY_MS, T0_MS)
    read = partial(recorder.mark_read, video="v-1", views=10, counted_to_ms=T0_MS, at_ms=T0_MS)
    await listed.run(read)
    changes = await lists(listed, a_video(views=3), at_ms=T0_MS + 1)
    assert (changes.went_back, changes.moved) == (("v-1",), ("v-1",))
    waiting = await listed.run(partial(recorder.to_read, library="previews", limit=9))
    assert waiting == [ToRead("v-1", 3, None, 0)]
    assert reader.days_known("v-1") is None


async def test_what_moved_most_is_read_first(listed: StoreWriter) -> None:
    names = ("new-1", "new-9", "still", "moved-2", "moved-5")
    before = [a_video(name, views=10) for name in names if not name.startswith("new")]
    await lists(listed, *before)
    for name in names[2:]:
        await listed.run(
            partial(recorder.mark_read, video=name, views=10, counted_to_ms=T0_MS, at_ms=T0_MS)
        )
    extra = {"new-1": 1, "new-9": 9, "still": 10, "moved-2": 12, "moved-5": 15}
    await lists(listed, *(a_video(name, views=extra[name]) for name in names))

    def job(db: Database) -> list[list[str]]:
        return [[one.video for one in recorder.to_read(db, "previews", n)] for n in (9, 1)]

    assert await listed.run(job) == [["moved-5", "moved-2", "new-9", "new-1"], ["moved-5"]]


async def test_days_take_the_place_of_what_was_known(listed: StoreWriter, reader: Reader) -> None:
    days = [TODAY_MS - n * DAY_MS for n in range(4)]
    small, large = tuple(range(24)), (70_000, *(0,) * 22, 2**40)
    first = [
        DayCount(days[3], 276, 1.5, small),
        DayCount(days[2], sum(large), 9.0, large),
        DayCount(days[1], 0, 0.0, (0,) * 24),
        DayCount(days[0], 7, 3.0),
    ]
    await counts(listed, first, days[3], T0_MS)
    known = [first[0], first[1], first[3]]
    assert reader.days(["v-1", "v-9"], days[3], T0_MS) == {"v-1": tuple(known), "v-9": ()}
    second = [DayCount(days[1], 5, 1.0, (5, *(0,) * 23)), DayCount(days[0], 9, 3.5)]
    await counts(listed, second, days[1], T0_MS + HOUR_MS)
    assert reader.days(["v-1"], 0, T0_MS) == {"v-1": (*known[:2], *second)}
    assert reader.days(["v-1"], days[2], days[1]) == {"v-1": (known[1],)}
    assert reader.days_known("v-1") == (days[3], T0_MS + HOUR_MS)


@pytest.mark.parametrize("broken", [(1, 2, 3), (-1, *(0,) * 23)])
async def test_a_day_has_24_hours(listed: StoreWriter, broken: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="24 hours"):
        await counts(listed, [DayCount(TODAY_MS, 1, 1.0, broken)], TODAY_MS, T0_MS)
    with pytest.raises(ValueError, match="whole days"):
        await counts(listed, [], TODAY_MS + 1, T0_MS)


async def test_a_gap_in_the_counts_is_not_known(listed: StoreWriter, reader: Reader) -> None:
    await counts(listed, [], TODAY_MS - 9 * DAY_MS, TODAY_MS - 8 * DAY_MS)
    await counts(listed, [], TODAY_MS - DAY_MS, T0_MS)
    assert reader.days_known("v-1") == (TODAY_MS - DAY_MS, T0_MS)


async def test_a_counter_that_stands_still_tells_of_no_views(
    listed: StoreWriter, reader: Reader
) -> None:
    unwatched = a_video("v-0", views=0)
    await lists(listed, a_video(), unwatched)
    assert reader.days_known("v-1") is None
    assert reader.days_known("v-0") == (unwatched.published_ms, T0_MS)
    await counts(listed, [], TODAY_MS, T0_MS)
    await listed.run(
        partial(recorder.mark_read, video="v-1", views=10, counted_to_ms=T0_MS, at_ms=T0_MS)
    )
    later_ms = T0_MS + 5 * DAY_MS
    await lists(listed, a_video(), unwatched, at_ms=later_ms)
    assert reader.days_known("v-1") == (TODAY_MS, later_ms)
    await lists(listed, a_video(views=11), unwatched, at_ms=later_ms + 1)
    assert reader.days_known("v-1") == (TODAY_MS, T0_MS)


async def test_a_video_without_an_answer_is_not_known(listed: StoreWriter, reader: Reader) -> None:
    await listed.run(
        partial(recorder.mark_read, video="v-1", views=10, counted_to_ms=None, at_ms=T0_MS)
    )
    again = partial(recorder.to_read, library="previews", limit=9)
    assert await listed.run(again) == []
    assert reader.days_known("v-1") is None
    await lists(listed, a_video(views=10), at_ms=T0_MS + DAY_MS)
    assert await listed.run(again) == [ToRead("v-1", 10, None, 0)]


async def test_a_library_tells_how_far_it_was_read(listed: StoreWriter, reader: Reader) -> None:
    await listed.run(
        partial(
            recorder.save_hours,
            library="previews",
            hours=[HourCount(TODAY_MS, 4, 9.5), HourCount(TODAY_MS + HOUR_MS, 0, 0.0)],
            from_ms=TODAY_MS,
            to_ms=T0_MS,
        )
    )
    first, second = reader.libraries()
    assert (first.name, first.role, first.videos) == ("previews", LibraryRole.PUBLIC, 1)
    assert (first.read_ms, first.counted_to_ms) == (T0_MS, T0_MS)
    assert (second.videos, second.read_ms, second.counted_to_ms) == (0, None, None)
    told = replace(second, waiting=7, trouble="the key was refused", videos=99, read_ms=1)
    await listed.run(partial(recorder.save_library, library=told))
    assert reader.libraries()[1] == replace(told, videos=0, read_ms=None)
    assert await listed.run(recorder.libraries) == reader.libraries()


async def test_hours_of_one_library_and_of_all(listed: StoreWriter, reader: Reader) -> None:
    def job(db: Database) -> None:
        for library, views in (("previews", 3), ("full", 4), ("elsewhere", 100)):
            hours = [HourCount(TODAY_MS + n * HOUR_MS, views + n, 1.0) for n in range(3)]
            recorder.save_hours(db, library, hours, TODAY_MS, T0_MS)
        recorder.save_hours(
            db, "full", [HourCount(TODAY_MS + HOUR_MS, 9, 2.0)], TODAY_MS + HOUR_MS, T0_MS
        )

    await listed.run(job)
    assert [one.views for one in reader.hours("previews", TODAY_MS, T0_MS)] == [3, 4, 5]
    assert [one.views for one in reader.hours("", TODAY_MS, T0_MS)] == [7, 13, 5]
    assert reader.hours("", TODAY_MS, TODAY_MS + HOUR_MS) == [HourCount(TODAY_MS, 7, 2.0)]


async def test_what_is_no_longer_configured_is_kept_and_not_shown(
    listed: StoreWriter, reader: Reader
) -> None:
    only = {"full": LibraryRole.PUBLIC}
    await listed.run(partial(recorder.register_libraries, roles=only))
    assert [(one.name, one.role) for one in reader.libraries()] == list(only.items())
    assert reader.videos() == reader.known(0) == reader.card_rows() == []
    await listed.run(partial(recorder.register_libraries, roles=LIBRARIES))
    assert [one.name for one in reader.libraries()] == list(LIBRARIES)
    assert [one.id for one in reader.videos()] == ["v-1"]
    assert reader.libraries()[0].read_ms == T0_MS


async def test_words_find_videos_whatever_their_accents(
    listed: StoreWriter, reader: Reader
) -> None:
    await lists(listed, a_video(), a_video("v-2", views=99), a_video("v-3", title="Other", tags=()))
    found = {
        words: [one.id for one in reader.find_videos(words)]
        for words in ("EMAIL", "email v-1", "kilns other", "100%_", "")
    }
    assert found == {
        "EMAIL": ["v-2", "v-1"],
        "email v-1": ["v-1"],
        "kilns other": ["v-3"],
        "100%_": [],
        "": ["v-2", "v-1", "v-3"],
    }


async def test_the_newest_heatmap_is_told(listed: StoreWriter, reader: Reader) -> None:
    assert reader.heat("v-1") is None
    told = [Heat(T0_MS + n, 50 + n, (100.0, 33.3, n / 3)) for n in range(HEATS_KEPT + 3)]
    for one in (*told, Heat(T0_MS, 1, ())):
        await listed.run(partial(recorder.save_heat, video="v-1", heat=one))
    assert reader.heat("v-1") == told[-1]
    assert await rows_of(listed, "SELECT count(*) FROM video_heat") == [(HEATS_KEPT,)]
    await listed.run(partial(recorder.save_heat, video="v-9", heat=told[0]))
    assert reader.heat("v-9") is None


async def test_estimated_viewers_say_how_they_were_counted(
    listed: StoreWriter, reader: Reader
) -> None:
    for mode, viewers in (("network", 3), ("dropped", 5)):
        by_day = {"v-1": {TODAY_MS: viewers}, "v-9": {TODAY_MS: 1}}
        await listed.run(
            partial(recorder.save_uniques, library="previews", mode=mode, counts=by_day)
        )
    assert reader.uniques("v-1") == {TODAY_MS: (5, "dropped")}
    assert reader.uniques("v-9") == {}


async def test_hostile_words_come_back_as_they_went_in(listed: StoreWriter, reader: Reader) -> None:
    odd = a_video("'; DROP TABLE videos --", title='%_"\\\u2019', tags=("[]", '"'), seen_ms=T0_MS)
    await lists(listed, odd, whole=False)
    assert reader.video(odd.id) == odd
    assert reader.days([odd.id], 0, T0_MS) == {odd.id: ()}


async def test_all_that_is_known_of_videos_survives_a_salvage(
    writer: StoreWriter, paths: Paths, tmp_path: Path
) -> None:
    for minute, job in VIDEO_STORY:
        await writer.run(partial(job, now_ms=T0_MS + minute * MINUTE_MS))
    named = tables(paths.store)
    told = rows(paths.store, named)
    ours = {table._meta.table_name for table in TABLES if table.__module__.endswith("video_models")}
    assert all(told[name] for name in ours)
    writer.close()
    saved = salvage(paths.store, tmp_path / "saved.db")
    assert saved.holes == 0
    assert rows(tmp_path / "saved.db", named) == told
