"""Two libraries to look at: previews that anybody may watch, and the full videos behind them.

What a study found is written down here and not reckoned: what is tried is how it is shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tui_past import HOUR_MS, MINUTE_MS, NOW_MS, Past, Trouble

from sentinel_tui.domain.video.cards import Card, LibraryCard
from sentinel_tui.domain.video.catalog import (
    DAY_MS,
    Chapter,
    DayCount,
    Heat,
    HourCount,
    Library,
    LibraryRole,
    Video,
    VideoStatus,
)
from sentinel_tui.domain.video.engagement import Score
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
from sentinel_tui.store import study, videos
from sentinel_tui.store import watching as watched
from sentinel_tui.store.writer import Database
from sentinel_tui.text import clean_text

ROLES = {"previews": LibraryRole.PUBLIC, "films": LibraryRole.PRIVATE}
TITLES = (
    "Sourdough from scratch",
    "Le levain, pas à pas",
    "Sharpen any knife",
    "Aiguiser un couteau japonais",
    "A week of lunches",
    "Pâte feuilletée sans peur",
    "Five sauces everybody should know and nobody teaches in an afternoon",
    "Fond brun",
)
TODAY_MS = NOW_MS // DAY_MS * DAY_MS
READ_MS = NOW_MS - 2 * HOUR_MS
STUDIED_MS = NOW_MS - 23 * MINUTE_MS
DAYS = 100
OUTAGE = Trouble("public", NOW_MS - 9 * HOUR_MS, NOW_MS - 6 * HOUR_MS, "status")


def video(number: int, library: str, title: str) -> Video:
    """One of the videos; the later ones are younger and less watched."""
    views = (18_000 if library == "previews" else 4_200) // (1 + number * number)
    length_s = 95.0 + 17 * number if library == "previews" else 1_500.0 + 211 * number
    average_s = length_s * (0.55 - 0.03 * number)
    return Video(
        id=f"{library}-{number}",
        library=library,
        title=title,
        length_s=length_s,
        published_ms=NOW_MS - (number * 11 + 3) * DAY_MS - 5 * HOUR_MS,
        views=views,
        watch_s=views * average_s,
        average_watch_s=average_s,
        width=1920,
        height=1080,
        frame_rate=25.0,
        codecs=("x264",),
        resolutions=("360p", "720p", "1080p"),
        storage_bytes=round(length_s * 900_000),
        collection="Basics" if number % 2 else "",
        tags=("bread",) if number < 2 else ("knives", "tools") if number < 4 else (),
        captions=("en", "fr"),
        chapters=(Chapter("Flour", 0.0, 20.0), Chapter("Water", 20.0, length_s)),
        description="What you need, and what you do not.\nAsk below.",
    )


def estimated(value: float) -> Figure:
    return Figure(
        value,
        Basis.ESTIMATED,
        "heatmap and average time watched",
        max(0.0, value - 0.08),
        min(1.0, value + 0.1),
    )


def exact(value: float, source: str = "its platform's count") -> Figure:
    return Figure(value, Basis.EXACT, source)


def card(one: Video, number: int) -> Card:
    """Figures of every kind: exact, estimated, bounded and not to be had."""
    hold = one.average_watch_s / one.length_s
    usual = number < 5
    bounded = Figure(None, Basis.BOUNDED, "average time watched", hold * 0.2, hold * 1.05)
    return Card(
        video=one.id,
        library=one.library,
        at_ms=STUDIED_MS,
        views=exact(one.views),
        watch_s=exact(one.watch_s),
        average_watched=exact(hold, f"time watched in {one.views:,} views"),
        completion=estimated(hold * 0.7) if usual else bounded,
        bounce=estimated(0.31),
        unique_viewers=unavailable("view events from your own pages"),
        repeat_ratio=unavailable("view events from your own pages"),
        conversion=unavailable("view events from your own pages"),
        views_7d=exact(one.views * 0.6, "daily counts of its first 7 days"),
        views_28d=unavailable("28 days since publication: 9 more"),
        reach=Figure(
            2.4 / (1 + number), Basis.ESTIMATED, "the usual curve", 1.9 / (1 + number), 3.0
        ),
        score=None if not one.views else _score(78.0 - 7 * number, 0.9 - 0.12 * number, hold),
    )


def _score(score: float, confidence: float, hold: float) -> Score:
    return Score(score, score - 14.0, min(99.0, score + 11.0), confidence, hold - 0.06)


def library_card(library: str, listed: list[Video]) -> LibraryCard:
    views, watch_s = sum(one.views for one in listed), sum(one.watch_s for one in listed)
    public = library == "previews"
    return LibraryCard(
        library=library,
        at_ms=STUDIED_MS,
        videos=len(listed),
        views=exact(views),
        watch_s=exact(watch_s),
        average_watched=exact(0.47, "time watched and views"),
        completion=estimated(0.33)
        if public
        else Figure(0.52, Basis.EXACT, "events of 4,100 of 8,070 views"),
        bounce=estimated(0.3),
        unique_viewers=Figure(
            None, Basis.BOUNDED, "viewer tokens of 3,100 of 8,070 views", 2_800, 7_770
        ),
        repeat_ratio=unavailable("view events from your own pages"),
        conversion=Figure(0.031, Basis.EXACT, "38 of 1,226 preview viewers", 0.023, 0.042)
        if public
        else unavailable("a library of previews"),
    )


def trends() -> Iterator[Trend]:
    yield Trend(
        *(Topic.TAG, "bread", Outcome.REACH, 12, 40, 2.9, 1.8, 1.3, 2.5, 0.001, 0.02, 0.82),
    )
    yield Trend(
        *(Topic.TAG, "knives", Outcome.HOLD, 9, 43, 0.7, 0.92, 0.8, 1.1, 0.2, 0.41, 0.22),
        confounded=True,
        usual_share=0.48,
    )
    yield Trend(Topic.TAG, "pastry", Outcome.REACH, 2, 50, videos_missing=6, weeks_missing=1)
    yield Trend(
        *(Topic.WEEKDAY, "Friday", Outcome.REACH, 10, 42, 1.5, 1.05, 0.9, 1.2, 0.3, 0.6, 0.3)
    )


def found(cards: list[Card], libraries: list[LibraryCard], said: str, theme: str) -> Study:
    """What a study could have found."""
    return Study(
        at_ms=STUDIED_MS,
        from_ms=NOW_MS - 365 * DAY_MS,
        method=METHOD,
        questions=61,
        cards=tuple(cards),
        libraries=tuple(libraries),
        curves=(
            UsualCurve("previews", 14, (1, 7, 28, 90), (0.2, 0.6, 1.0, 1.3), (90, 260, 430, 560)),
        ),
        trends=tuple(trends()),
        insights=(
            Insight(
                "tag",
                "bread",
                f"{said} reach 1.8 times the views of others of their age: 12 videos, between "
                "1.3 and 2.5 times.",
                "Les vidéos « pain » sont vues 1,8 fois plus que les autres du même âge : "
                "12 vidéos, entre 1,3 et 2,5 fois.",
                0.82,
                video="previews-0",
            ),
            Insight(
                "tag",
                "pastry",
                "Pastry: not enough data: 6 more videos with this tag.",
                "Pâtisserie : pas assez de données : encore 6 vidéos avec ce mot-clé.",
                None,
                "6 more videos",
            ),
        ),
        suggestions=(
            ThemeSuggestion("previews-4", theme, 0.61),
            ThemeSuggestion("films-5", theme, 0.34),
        ),
        grid=tuple(
            PublicationCell(day, part, 2 * (part + day % 3), ratio)
            for day in range(7)
            for part, ratio in enumerate((None, 1.1, 1.0 - day * 0.05, 1.4 if day < 5 else None))
        ),
    )


@dataclass
class Videos(Past):
    """What an engine would have recorded there.

    Attributes:
        named: What stands in titles, tags and sentences besides.
        studied: Whether there was a study.
        troubled: Whether a library cannot be read, and how far the other has come.
    """

    named: str = ""
    studied: bool = True
    troubled: bool = False
    hours: int = 10
    troubles: tuple[Trouble, ...] = (OUTAGE,)

    def _marks(self, db: Database) -> None:
        super()._marks(db)
        videos.register_libraries(db, ROLES)
        listed = {name: list(self._videos(name)) for name in ROLES}
        for name, role in ROLES.items():
            videos.save_videos(db, name, listed[name], READ_MS, whole=True)
            watched.save_hours(db, name, list(hours(name)), TODAY_MS - DAYS * DAY_MS, NOW_MS)
            if self.troubled:
                trouble = "the key was refused; it is the one of env:FILMS_KEY"
                waiting, trouble = (5, "") if role is LibraryRole.PUBLIC else (0, trouble)
                standing = Library(name, role, waiting=waiting, trouble=trouble)
                videos.save_library(db, standing)
        self._first_video(db, listed["previews"][0])
        if self.studied:
            cards = [card(one, n) for name in ROLES for n, one in enumerate(listed[name])]
            totals = [library_card(name, listed[name]) for name in ROLES]
            said = f"Videos about “bread” {self.named}".strip()
            theme = f"cooking {clean_text(self.named, 60)}".strip()
            study.save_study(db, found(cards, totals, said, theme))

    def _videos(self, library: str) -> Iterator[Video]:
        for number, title in enumerate(TITLES):
            named = clean_text(f"{title} {self.named}", 120).strip()
            one = replace(video(number, library, named), seen_ms=READ_MS)
            if self.named:
                extra = clean_text(self.named, 60)
                one = replace(one, tags=(*one.tags, extra), description=extra, collection=extra)
            if number == len(TITLES) - 1:
                one = replace(one, views=0, watch_s=0.0, status=VideoStatus.TRANSCODING)
            yield one

    def _first_video(self, db: Database, one: Video) -> None:
        begin_ms = one.published_ms // DAY_MS * DAY_MS
        days = [DayCount(begin_ms + n * DAY_MS, 700 - n * 150, 9_000.0) for n in range(4)]
        watched.save_days(db, one.id, days, begin_ms, NOW_MS)
        videos.mark_read(db, one.id, one.views, NOW_MS, NOW_MS)
        segments = [max(2.0, 100.0 * 0.99**n - (22.0 if n > 40 else 0.0)) for n in range(100)]
        segments[62] += 45.0
        watched.save_heat(db, one.id, Heat(NOW_MS, one.views, tuple(segments)))


def hours(library: str) -> Iterator[HourCount]:
    """Viewing that comes and goes with the day and grows, and none of it during the outage."""
    scale = 9.0 if library == "previews" else 2.0
    for number in range(DAYS * 24 + 11):
        at_ms = TODAY_MS - DAYS * DAY_MS + number * HOUR_MS
        if OUTAGE.start_ms <= at_ms < OUTAGE.end_ms:
            continue
        rate = scale * (1 + math.sin((number % 24 - 22) * math.pi / 12)) * (1 + number / 4_000)
        views = round(rate * (1.4 if number // 24 % 7 in (1, 2) else 1.0))
        if views:
            yield HourCount(at_ms, views, views * 61.0)
