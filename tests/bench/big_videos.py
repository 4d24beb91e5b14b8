"""Fills a store with two thousand videos and a year of what was watched of them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial

from big_store import DAY_MS, END_MS

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.domain.video.cards import Card, LibraryCard
from sentinel_tui.domain.video.catalog import (
    HOUR_MS,
    DayCount,
    Heat,
    HourCount,
    LibraryRole,
    Video,
)
from sentinel_tui.domain.video.engagement import Score
from sentinel_tui.domain.video.events import PlayerEvent, ViewEvent
from sentinel_tui.domain.video.insights import Insight
from sentinel_tui.domain.video.metrics import Basis, Figure, unavailable
from sentinel_tui.domain.video.study import (
    METHOD,
    PublicationCell,
    Study,
    ThemeSuggestion,
    UsualCurve,
)
from sentinel_tui.domain.video.trends import Outcome, Topic, Trend
from sentinel_tui.paths import Paths
from sentinel_tui.store import recorder
from sentinel_tui.store.writer import Database, Holder, StoreWriter

VIDEOS, YEAR_DAYS = 2_000, 365
LIBRARIES = {"previews": LibraryRole.PUBLIC, "full": LibraryRole.PRIVATE}
TODAY_MS = END_MS - END_MS % DAY_MS
YEAR_AGO_MS = TODAY_MS - YEAR_DAYS * DAY_MS

_VIEWERS, _VIEWS_BY_EVENTS = 500, 5_000
_THEMES = ("pottery", "glazing", "kilns", "tools", "histoire", "couleur")
_WORDS = ("how", "to", "throw", "a", "bowl", "vase", "émail", "four", "argile", "atelier")
_BATCH_VIDEOS = 50


def build_videos(paths: Paths, *, studied: bool = True) -> None:
    """Build a store that ends at `big_store.END_MS`; the folder must not hold one yet.

    Args:
        paths: Where.
        studied: Also put a made-up study in it, with figures as long as real ones are.
    """
    asyncio.run(_build(paths, studied))


async def _build(paths: Paths, studied: bool) -> None:
    with closing(
        StoreWriter.open(paths, FakeClock(END_MS), RetentionOptions(), Holder.here())
    ) as writer:
        videos = a_library()
        await writer.run(partial(recorder.register_libraries, roles=LIBRARIES))
        for library in LIBRARIES:
            await writer.run(partial(_list, library=library, videos=videos))
        for start in range(0, VIDEOS, _BATCH_VIDEOS):
            await writer.run(partial(_count, videos=videos[start : start + _BATCH_VIDEOS]))
        for day in range(YEAR_DAYS):
            events = list(_events(videos, YEAR_AGO_MS + day * DAY_MS))
            await writer.run(
                partial(recorder.add_view_events, events=events, received_ms=events[-1].at_ms)
            )
        while await writer.run(partial(recorder.fold_views, now_ms=END_MS, limit=500)):
            pass
        if studied:
            await writer.run(partial(recorder.save_study, study=a_study(videos)))


def a_library() -> list[Video]:
    """Previews and full videos that were published over the last three years."""
    dice = random.Random(5)  # noqa: S311 (numbers for a benchmark)
    return [_video(number, dice) for number in range(VIDEOS)]


def daily(video: Video, dice: random.Random) -> Iterator[DayCount]:
    """A year of days of a video: many views in its first days, fewer later, on some none."""
    first_ms = max(YEAR_AGO_MS, video.published_ms - video.published_ms % DAY_MS)
    for day_ms in range(first_ms, TODAY_MS, DAY_MS):
        age_days = (day_ms - first_ms) / DAY_MS
        usual = min(dice.random() * (1 + video.views / (100 + 10 * age_days)), _MOST_DAILY)
        hourly = _SHAPES[int(usual)][dice.randrange(_SHAPES_EACH)]
        if views := sum(hourly):
            yield DayCount(day_ms, views, views * video.average_watch_s, hourly)


def _shapes() -> dict[int, list[tuple[int, ...]]]:
    """Days to choose from, by about how many views an hour they have."""
    dice = random.Random(24)  # noqa: S311 (numbers for a benchmark)
    return {
        usual: [
            tuple(int(dice.random() * (usual + 1) + 0.2) * (hour > 7) for hour in range(24))
            for _ in range(_SHAPES_EACH)
        ]
        for usual in range(_MOST_DAILY + 1)
    }


_MOST_DAILY, _SHAPES_EACH = 400, 50
_SHAPES = _shapes()


def a_study(videos: Sequence[Video], at_ms: int = END_MS) -> Study:
    """A study with as many and as long answers as a real one has."""
    dice = random.Random(at_ms)  # noqa: S311 (numbers for a benchmark)
    outcomes, topics = list(Outcome), list(Topic)
    return Study(
        at_ms=at_ms,
        from_ms=YEAR_AGO_MS,
        method=METHOD,
        questions=300,
        cards=tuple(a_card(video, at_ms, dice) for video in videos),
        libraries=tuple(_library_card(name, at_ms, dice) for name in LIBRARIES),
        curves=tuple(
            UsualCurve(
                name,
                900,
                tuple(range(1, 366)),
                tuple(day / 365 for day in range(1, 366)),
                tuple(9.5 * day for day in range(1, 366)),
            )
            for name in LIBRARIES
        ),
        trends=tuple(
            Trend(
                topics[number % len(topics)],
                f"group {number}",
                outcomes[number % 2],
                *(40, 1_960, 1.31, 1.18, 1.02, 1.36, 0.003, 0.04, 0.71),
            )
            for number in range(300)
        ),
        insights=tuple(_insight(number) for number in range(60)),
        suggestions=tuple(
            ThemeSuggestion(video.id, _THEMES[0], dice.random()) for video in videos[:200]
        ),
        grid=tuple(
            PublicationCell(weekday, part, 70, 1 + dice.random() / 9)
            for weekday in range(7)
            for part in range(4)
        ),
    )


def a_card(video: Video, at_ms: int, dice: random.Random) -> Card:
    """The figures of a video, with sources as long as real ones."""
    share = dice.random()
    estimated = Figure(
        share, Basis.ESTIMATED, "heatmap and average time watched", share - 0.05, share + 0.05
    )
    exact = Figure(float(video.views), Basis.EXACT, "the platform's count")
    needs = unavailable("view events from your own pages")
    return Card(
        video=video.id,
        library=video.library,
        at_ms=at_ms,
        views=exact,
        watch_s=exact,
        average_watched=Figure(share, Basis.EXACT, "time watched and views"),
        completion=estimated,
        bounce=estimated,
        unique_viewers=Figure(
            float(video.views), Basis.BOUNDED, "no more viewers than views", None, None
        ),
        repeat_ratio=needs,
        conversion=needs,
        views_7d=exact,
        views_28d=exact,
        reach=estimated,
        score=Score(1 + 98 * share, 98 * share - 5, 98 * share + 5, dice.random(), share),
    )


def _video(number: int, dice: random.Random) -> Video:
    views = int(dice.paretovariate(1.1) * 40) % 100_000
    length_s = dice.uniform(30, 3_600)
    library = list(LIBRARIES)[number % 2]
    theme = dice.choice(_THEMES)
    return Video(
        id=f"{number:08x}-5e77-4c0f-9d3a-{dice.randrange(16**12):012x}",
        library=library,
        title=" ".join((*dice.choices(_WORDS, k=6), str(number))),
        length_s=length_s,
        published_ms=TODAY_MS - dice.randrange(3 * 365) * DAY_MS + dice.randrange(DAY_MS),
        views=views,
        watch_s=views * length_s / 2,
        average_watch_s=length_s / 2,
        width=1_920,
        height=1_080,
        frame_rate=25.0,
        codecs=("x264", "vp9"),
        resolutions=("240p", "360p", "480p", "720p", "1080p"),
        storage_bytes=int(length_s * 400_000),
        collection=theme,
        tags=(theme, dice.choice(_WORDS)) if number % 3 else (),
        description="What is shown, what it takes, and where to go on from here. " * 3,
    )


def _list(db: Database, library: str, videos: Sequence[Video]) -> None:
    listed = [one for one in videos if one.library == library]
    recorder.save_videos(db, library, listed, END_MS, whole=True)
    dice = random.Random(library)  # noqa: S311 (numbers for a benchmark)
    hours = [
        HourCount(at_ms, views, views * 95.0)
        for at_ms in range(YEAR_AGO_MS, END_MS, HOUR_MS)
        if (views := dice.randrange(400))
    ]
    recorder.save_hours(db, library, hours, YEAR_AGO_MS, END_MS)


def _count(db: Database, videos: Sequence[Video]) -> None:
    for video in videos:
        dice = random.Random(video.id)  # noqa: S311 (numbers for a benchmark)
        recorder.save_days(db, video.id, list(daily(video, dice)), YEAR_AGO_MS, TODAY_MS)
        if video.views >= 50:
            warm = sorted((dice.randrange(101) for _ in range(100)), reverse=True)
            recorder.save_heat(db, video.id, Heat(END_MS, video.views, tuple(map(float, warm))))
        recorder.mark_read(db, video.id, video.views, TODAY_MS, END_MS)


def _events(videos: Sequence[Video], day_ms: int) -> Iterator[ViewEvent]:
    """Some players' reports of a day: half a minute of watching each."""
    dice = random.Random(day_ms)  # noqa: S311 (numbers for a benchmark)
    for number in range(_VIEWS_BY_EVENTS // YEAR_DAYS + 1):
        video, viewer = dice.choice(videos), f"{dice.randrange(_VIEWERS):032x}"
        start_ms = day_ms + dice.randrange(DAY_MS // 2)
        for step, event in enumerate((PlayerEvent.PLAY, *[PlayerEvent.PROGRESS] * 3)):
            yield ViewEvent(
                viewer,
                video.id,
                video.library,
                event,
                start_ms + step * 10_000,
                step * 10.0,
                f"{day_ms}-{number}-{step}",
            )


def _library_card(name: str, at_ms: int, dice: random.Random) -> LibraryCard:
    share = Figure(dice.random(), Basis.ESTIMATED, "812 of 1,000 videos with a heatmap", 0.1, 0.9)
    return LibraryCard(name, at_ms, VIDEOS // 2, *[share] * 8)


def _insight(number: int) -> Insight:
    return Insight(
        kind=Topic.TAG.value,
        group=f"group {number}",
        english="Videos with this tag are watched 1.2 times as much at equal age (40 videos, "
        "80 % interval 1.0 to 1.4); mostly explained by neither age nor length.",
        french="Les vidéos de ce thème sont vues 1,2 fois plus à âge égal (40 vidéos, "
        "intervalle à 80 % de 1,0 à 1,4) ; ni l'âge ni la durée ne l'expliquent.",
        confidence=0.71,
    )
