"""What a study found, and what the owner says of themes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from store_looks import T0_MS, rows_of
from store_videos import LIBRARIES, a_card, a_study, a_video, an_event

from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.domain.video.catalog import DAY_MS, DayCount, Heat
from sentinel_tui.domain.video.metrics import Basis, Figure
from sentinel_tui.domain.video.study import Known
from sentinel_tui.store import recorder
from sentinel_tui.store.layout import HOUR_MS
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.retention import prune
from sentinel_tui.store.video_forgetting import STUDY_DAYS
from sentinel_tui.store.writer import StoreWriter

TODAY_MS = T0_MS - T0_MS % DAY_MS


@pytest.fixture
async def library(writer: StoreWriter) -> StoreWriter:
    """A store with a library of two videos."""
    await writer.run(partial(recorder.register_libraries, roles=LIBRARIES))
    videos = [a_video(), a_video("v-2", published_ms=T0_MS - DAY_MS)]
    await writer.run(
        partial(recorder.save_videos, library="previews", videos=videos, at_ms=T0_MS, whole=True)
    )
    return writer


async def keep(writer: StoreWriter, study: Any) -> None:
    await writer.run(partial(recorder.save_study, study=study))


async def test_a_study_is_told_as_it_was_made(library: StoreWriter, reader: Reader) -> None:
    study = a_study(a_card(), a_card("v-2", score=None))
    assert (reader.study(), reader.cards(), reader.card("v-1")) == (None, [], None)
    await keep(library, study)
    head = reader.study()
    assert head is not None
    for field in ("at_ms", "from_ms", "method", "questions", "libraries", "curves"):
        assert getattr(head, field) == getattr(study, field)
    for field in ("trends", "insights", "suggestions", "grid"):
        assert getattr(head, field) == getattr(study, field)
    assert reader.cards() == list(reversed(study.cards))
    assert reader.cards("full") == []
    assert reader.card("v-1") == study.cards[0]


async def test_the_columns_say_what_is_unknown(library: StoreWriter) -> None:
    known = a_card(completion=Figure(0.4, Basis.EXACT, "40 views by their events", 0.3, 0.5))
    await keep(library, a_study(known, a_card("v-2", score=None)))
    columns = "video_id, library, views, watch_time_sec, completion_rate, engagement_score"
    rows = await rows_of(library, f"SELECT {columns}, timestamp FROM video_analytics")  # noqa: S608 (own words)
    assert rows == [
        ("v-1", "previews", 10, known.watch_s.value, 0.4, 61.5, T0_MS),
        ("v-2", "previews", 10, known.watch_s.value, None, None, T0_MS),
    ]
    trends = await rows_of(
        library, "SELECT trend_type, pattern, confidence, detected_at FROM content_trends"
    )
    assert trends == [("tag", "émail", 0.6, T0_MS), ("weekday", "Monday", None, T0_MS)]


async def test_a_table_has_every_video_and_its_figures(
    library: StoreWriter, reader: Reader
) -> None:
    card = a_card()
    await keep(library, a_study(card))
    fresh, studied = reader.card_rows()
    assert [fresh.video, fresh.at_ms, fresh.score] == ["v-2", None, None]
    assert fresh.completion.basis is fresh.reach.basis is Basis.UNAVAILABLE
    video = a_video()
    assert (studied.title, studied.length_s, studied.published_ms) == (
        video.title,
        video.length_s,
        video.published_ms,
    )
    assert (studied.views, studied.watch_s, studied.at_ms) == (10, 400.0, T0_MS)
    assert studied.completion == replace(card.completion, source="")
    assert studied.reach == replace(card.reach, source="")
    assert (studied.score, studied.average_watched) == (card.score, card.average_watched.value)
    assert reader.card_rows("full") == []


async def test_the_last_study_of_a_day_counts(library: StoreWriter, reader: Reader) -> None:
    hours = (-24, 0, 2, 5)
    studies = [a_study(at_ms=T0_MS + hour * HOUR_MS, questions=10 + hour) for hour in hours]
    for study in studies:
        await keep(library, study)
    head = reader.study()
    assert head is not None
    assert head.questions == studies[-1].questions
    assert len(head.trends) == len(studies[-1].trends)
    assert reader.cards() == list(studies[-1].cards)
    assert reader.cards(at_ms=T0_MS) == list(studies[0].cards)
    assert await rows_of(library, "SELECT count(*) FROM studies") == [(2,)]


async def test_figures_of_another_method_are_not_shown_as_todays(
    library: StoreWriter, reader: Reader
) -> None:
    await keep(library, a_study(method="0"))
    assert reader.study() is None


async def test_a_figure_that_is_new_is_not_known_of_old(
    library: StoreWriter, reader: Reader
) -> None:
    await keep(library, a_study())
    await library.run(
        lambda db: db.write(
            "UPDATE video_analytics SET data = json_insert(json_remove(data, '$.reach'), "
            "'$.dropped', json('[\"\", 1, \"exact\", null, null, null]'))"
        )
    )
    card = reader.card("v-1")
    assert card is not None
    assert card.reach.basis is Basis.UNAVAILABLE
    assert replace(card, reach=a_card().reach) == a_card()


async def test_the_owner_has_the_last_word_on_themes(library: StoreWriter, reader: Reader) -> None:
    await keep(library, a_study())

    def asked() -> set[str]:
        study = reader.study()
        assert study is not None
        return {one.video for one in study.suggestions}

    assert asked() == {"v-1", "v-2"}
    await library.run(
        partial(recorder.reject_theme, video="v-1", theme="kilns", at_ms=T0_MS, by="tui")
    )
    assert (asked(), reader.themes()) == ({"v-2"}, {})
    for theme in ("wheels", "kilns"):
        await library.run(
            partial(recorder.set_theme, video="v-2", theme=theme, at_ms=T0_MS, by="tui")
        )
    assert (asked(), reader.themes()) == (set(), {"v-2": "kilns"})
    await library.run(partial(recorder.set_theme, video="v-2", theme="", at_ms=T0_MS, by="tui"))
    assert (asked(), reader.themes()) == ({"v-2"}, {})


async def test_all_that_is_known_goes_into_a_study(library: StoreWriter, reader: Reader) -> None:
    day = DayCount(TODAY_MS, 7, 30.0, (7, *(0,) * 23))
    heat = Heat(T0_MS, 60, (100.0, 50.0))
    events = [an_event(T0_MS + n * 10_000) for n in range(3)]
    year_ago_ms = TODAY_MS - 365 * DAY_MS

    def job(db: Any) -> None:
        recorder.save_days(db, "v-1", [day], year_ago_ms, T0_MS)
        recorder.mark_read(db, "v-1", 10, T0_MS, T0_MS)
        recorder.save_heat(db, "v-1", heat)
        recorder.add_view_events(db, events, T0_MS)
        recorder.fold_views(db, T0_MS + DAY_MS, 10)
        recorder.set_theme(db, "v-1", "kilns", T0_MS, "tui")

    await library.run(job)
    second, first = reader.known(TODAY_MS - DAY_MS)
    (view,) = reader.viewings(0, T0_MS + DAY_MS)
    video = a_video(seen_ms=T0_MS)
    assert first == Known(video, (day,), TODAY_MS - DAY_MS, T0_MS, heat, (view,), "kilns")
    assert (second.video.id, second.days, second.days_to_ms) == ("v-2", (), None)
    later = reader.known(T0_MS + 1)[1]
    assert (later.days, later.views, later.heat) == ((), (), heat)


async def test_of_old_studies_one_a_week_is_kept(library: StoreWriter, reader: Reader) -> None:
    days = range(0, 430, 3)
    for day in days:
        await keep(library, a_study(at_ms=T0_MS - day * DAY_MS))
    while await library.run(partial(prune, now_ms=T0_MS, limits=RetentionOptions())):
        pass
    tables = {"studies": "at_ms", "video_analytics": "timestamp", "content_trends": "detected_at"}
    for table, instant in tables.items():
        kept = await rows_of(library, f"SELECT DISTINCT {instant} FROM {table}")  # noqa: S608 (own names)
        ages = sorted((T0_MS - at_ms) // DAY_MS for (at_ms,) in kept)
        young = [age for age in ages if age < STUDY_DAYS]
        assert young == [day for day in days if day < STUDY_DAYS]
        old = [age for age in ages if age >= STUDY_DAYS]
        assert old
        assert max(old) <= 400
        assert {age % 7 for age in old} == {old[0] % 7}
        assert len(old) > 365 / 7 / 3 - 2


async def test_a_video_gone_for_long_is_let_go_of(library: StoreWriter, reader: Reader) -> None:
    await keep(library, a_study(a_card(), a_card("v-2")))
    for name in ("v-1", "v-2"):
        days = [DayCount(TODAY_MS, 1, 1.0)]
        await library.run(
            partial(recorder.save_days, video=name, days=days, from_ms=TODAY_MS, to_ms=T0_MS)
        )
    lists = partial(recorder.save_videos, library="previews", videos=[a_video("v-2")], whole=True)
    await library.run(partial(lists, at_ms=T0_MS))
    end_ms = T0_MS + 401 * DAY_MS
    while await library.run(partial(prune, now_ms=end_ms, limits=RetentionOptions())):
        pass
    assert [one.id for one in reader.videos(gone=True)] == ["v-2"]
    assert await rows_of(library, "SELECT count(*) FROM video_days") == [(1,)]
