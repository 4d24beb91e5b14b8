"""Reports of players and owners: each is kept once, and views come of them however they arrive."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_looks import T0_MS, rows_of
from store_videos import LIBRARIES, a_video, an_event

from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.domain.behaviour.actions import OwnerAction
from sentinel_tui.domain.video.catalog import DAY_MS, LibraryRole, VideoStatus
from sentinel_tui.domain.video.events import VIEW_GAP_MS, PlayerEvent, View, ViewEvent, views_of
from sentinel_tui.store import recorder, viewing_reading
from sentinel_tui.store.database import Database
from sentinel_tui.store.events import Added
from sentinel_tui.store.migrate import migrate
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.retention import prune
from sentinel_tui.store.videos import VideoChanges
from sentinel_tui.store.writer import StoreWriter

LONG_AFTER_MS = T0_MS + DAY_MS


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    db = Database(Path(":memory:"))
    db.connect()
    migrate(db)
    yield db
    db.close()


async def add(writer: StoreWriter, *events: ViewEvent, received_ms: int = T0_MS) -> Added:
    return await writer.run(
        partial(recorder.add_view_events, events=events, received_ms=received_ms)
    )


async def fold(writer: StoreWriter, now_ms: int = LONG_AFTER_MS, limit: int = 100) -> int:
    return await writer.run(partial(recorder.fold_views, now_ms=now_ms, limit=limit))


def watching(start_ms: int = T0_MS, steps: int = 4, **facts: object) -> list[ViewEvent]:
    """A player that reports every ten seconds."""
    return [an_event(start_ms + n * 10_000, **facts) for n in range(steps)]


async def test_what_is_told_again_counts_once(writer: StoreWriter, reader: Reader) -> None:
    events = watching()
    assert await add(writer, *events) == Added(new=4, known=0)
    more = an_event(T0_MS + 90_000)
    assert await add(writer, *events, more, more) == Added(new=1, known=5)
    assert reader.view_events_received() == 5
    assert await add(writer) == Added(0, 0)


async def test_a_view_shows_once_its_player_is_silent(writer: StoreWriter, reader: Reader) -> None:
    events = watching()
    await add(writer, *events)
    over_ms = events[-1].at_ms + VIEW_GAP_MS
    assert await fold(writer, over_ms) == 0
    assert reader.viewings(0, LONG_AFTER_MS) == []
    assert await fold(writer, over_ms + 1) == 1
    assert reader.viewings(0, LONG_AFTER_MS) == views_of(events)
    assert await fold(writer) == 0


async def test_who_plays_on_holds_nobody_up(writer: StoreWriter, reader: Reader) -> None:
    now_ms = T0_MS + 3 * VIEW_GAP_MS
    for viewer in ("x", "y"):
        endless = range(T0_MS - VIEW_GAP_MS, now_ms, VIEW_GAP_MS // 2)
        await add(writer, *(an_event(at_ms, viewer, viewer=viewer) for at_ms in endless))
    await add(writer, *watching(viewer="z"))
    assert await fold(writer, now_ms, limit=1) == 1
    assert [one.viewer for one in reader.viewings(0, now_ms)] == ["z"]


async def test_a_late_report_opens_its_view_again(writer: StoreWriter, reader: Reader) -> None:
    events = watching(steps=30)
    early, late = events[::2], events[1::2]
    await add(writer, *early)
    assert await fold(writer) == 1
    (poor,) = reader.viewings(0, LONG_AFTER_MS)
    await add(writer, *late, received_ms=LONG_AFTER_MS)
    assert await fold(writer) == 1
    assert reader.viewings(0, LONG_AFTER_MS) == views_of(events) != [poor]


async def test_a_report_in_between_makes_one_view_of_two(
    writer: StoreWriter, reader: Reader
) -> None:
    apart = VIEW_GAP_MS * 3 // 2
    first, second = watching(), watching(T0_MS + apart)
    await add(writer, *first, *second)
    assert await fold(writer) == 2
    between = an_event(T0_MS + apart // 2)
    await add(writer, between)
    assert await fold(writer) == 1
    assert reader.viewings(0, LONG_AFTER_MS) == views_of([*first, *second, between])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 3 * VIEW_GAP_MS),
            st.sampled_from(PlayerEvent),
            st.integers(0, 120),
            st.sampled_from(["", "a", "b"]),
        ),
        min_size=1,
        max_size=25,
    ),
    seed=st.integers(0, 2**32),
)
def test_however_reports_arrive_the_views_are_the_same(
    database: Database, steps: list[tuple[int, PlayerEvent, int, str]], seed: int
) -> None:
    for table in ("view_events", "viewings", "videos"):
        database.write(f"DELETE FROM {table}")  # noqa: S608 (own names)
    dice = random.Random(seed)  # noqa: S311 (an order to arrive in)
    events, at_ms = [], T0_MS
    for number, (pause_ms, event, position_s, viewer) in enumerate(steps):
        at_ms += pause_ms // dice.choice((1, 40))
        events.append(an_event(at_ms, number, event, position_s=float(position_s), viewer=viewer))
    arriving = [*events, *dice.choices(events, k=5)]
    dice.shuffle(arriving)
    while arriving:
        size = dice.randrange(1, 6)
        batch, arriving = arriving[:size], arriving[size:]
        recorder.add_view_events(database, batch, T0_MS)
        recorder.fold_views(database, dice.choice((T0_MS, at_ms, at_ms * 2)), 3)
    while recorder.fold_views(database, at_ms * 2, 100):
        pass
    found = viewing_reading.viewings(database.raw, 0, at_ms * 2, "", "")
    assert sorted(found, key=repr) == sorted(views_of(events), key=repr)


async def test_views_are_told_by_time_library_and_video(
    writer: StoreWriter, reader: Reader
) -> None:
    await add(
        writer,
        *watching(),
        *watching(T0_MS + 1, video="v-2", library="full"),
        *watching(T0_MS + 2 * VIEW_GAP_MS, video="v-2", library="full"),
    )
    await fold(writer)
    everything = reader.viewings(0, LONG_AFTER_MS)
    assert [one.video for one in everything] == ["v-1", "v-2", "v-2"]
    assert reader.viewings(0, LONG_AFTER_MS, library="full") == everything[1:]
    assert reader.viewings(0, LONG_AFTER_MS, video="v-1") == everything[:1]
    assert reader.viewings(T0_MS + 1, T0_MS + 2) == everything[1:2]


async def test_players_alone_make_a_video_known(writer: StoreWriter, reader: Reader) -> None:
    await writer.run(partial(recorder.register_libraries, roles={"full": LibraryRole.PRIVATE}))
    played = watching(video="v-7", library="full")
    await add(
        writer,
        *played,
        an_event(T0_MS + 40_000, 0, PlayerEvent.ENDED, video="v-7", library="full"),
    )
    await fold(writer)
    (video,) = reader.videos()
    assert (video.id, video.status, video.published_ms) == ("v-7", VideoStatus.UNKNOWN, T0_MS)
    assert video.length_s == pytest.approx(40.0)
    (known,) = reader.known(0)
    assert (known.video, known.days_to_ms) == (video, None)
    assert [one.ended for one in known.views] == [True]


async def test_a_platform_knows_better_than_players(writer: StoreWriter, reader: Reader) -> None:
    await writer.run(partial(recorder.register_libraries, roles=LIBRARIES))
    await add(writer, *watching(), *watching(video="misspelt"))
    await fold(writer)
    lists = partial(
        recorder.save_videos, library="previews", videos=[a_video()], at_ms=T0_MS, whole=True
    )
    changes = await writer.run(lists)
    assert changes == VideoChanges(new=("v-1",), moved=("v-1",))
    assert [one.title for one in reader.videos()] == [a_video().title]
    assert reader.libraries()[0].videos == 1
    assert [len(one.views) for one in reader.known(0)] == [1]


async def let_go(writer: StoreWriter, now_ms: int) -> None:
    limits = RetentionOptions(event_days=90)
    while await writer.run(partial(prune, now_ms=now_ms, limits=limits)):
        pass


async def test_views_outlive_their_reports(writer: StoreWriter, reader: Reader) -> None:
    old = watching(T0_MS - 300 * DAY_MS, steps=7)
    playing = watching(T0_MS, viewer="on")
    await add(writer, *old, received_ms=T0_MS)
    await fold(writer)
    before = reader.viewings(0, LONG_AFTER_MS)
    # What came lately is known when it is told again, however long ago it happened.
    await let_go(writer, T0_MS + 89 * DAY_MS)
    assert await add(writer, *old) == Added(new=0, known=7)
    await add(writer, *playing, received_ms=T0_MS)
    await let_go(writer, T0_MS + 91 * DAY_MS)
    kept = await rows_of(writer, "SELECT DISTINCT viewer FROM view_events")
    assert kept == [("on",)], "reports that are not part of a view yet are kept"
    late = an_event(old[2].at_ms + 1, 9)
    assert await add(writer, late, *old[:2], received_ms=T0_MS + 91 * DAY_MS) == Added(3, 0)
    await fold(writer)
    assert reader.viewings(0, T0_MS) == before
    await add(writer, old[3], received_ms=T0_MS + 91 * DAY_MS)
    await fold(writer)
    assert reader.viewings(0, T0_MS) == before


async def test_the_owners_actions_are_kept_once(writer: StoreWriter, reader: Reader) -> None:
    context = {"title": "Émail", "ok": True, "size": 1.5, "note": None}
    upload = OwnerAction("a-1", "upload_video", "curator", T0_MS, context, 1_250.5)
    look = OwnerAction("a-2", "view_curator", "", T0_MS + 1)
    job = partial(recorder.add_owner_actions, actions=[upload, look, upload], received_ms=T0_MS)
    assert await writer.run(job) == Added(new=2, known=1)
    assert await writer.run(job) == Added(new=0, known=3)
    assert reader.owner_actions(T0_MS, T0_MS + 2) == [look, upload]
    assert reader.owner_actions(T0_MS, T0_MS + 2, limit=1) == [look]
    assert reader.owner_actions(T0_MS, T0_MS + 1) == [upload]


async def test_a_view_is_dated_to_when_it_began(writer: StoreWriter, reader: Reader) -> None:
    await add(writer, *watching(T0_MS, steps=400))
    await fold(writer)
    (view,) = reader.viewings(T0_MS, T0_MS + 1)
    assert view == View("a1b2", "v-1", "previews", T0_MS, view.watch_s, view.furthest_s, False)
