"""Videos, views and studies to put into a store."""

from __future__ import annotations

from dataclasses import fields, replace

from store_looks import T0_MS

from sentinel_tui.domain.video.cards import Card, LibraryCard
from sentinel_tui.domain.video.catalog import Chapter, LibraryRole, Video
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

LIBRARIES = {"previews": LibraryRole.PUBLIC, "full": LibraryRole.PRIVATE}


def a_video(name: str = "v-1", *, views: int = 10, **facts: object) -> Video:
    video = Video(
        id=name,
        library="previews",
        title=f"Émail au four, {name}",
        length_s=90.5,
        published_ms=T0_MS - 3 * 86_400_000,
        views=views,
        watch_s=40.0 * views,
        average_watch_s=40.0 if views else 0.0,
        width=1_920,
        codecs=("x264",),
        resolutions=("720p", "1080p"),
        storage_bytes=3_000_000_000,
        collection="Kilns",
        description="two\nlines",
        tags=("pottery", "émail"),
        chapters=(Chapter("the début", 0.0, 30.5),),
        captions=("fr",),
        full="v-full",
    )
    return replace(video, **facts)  # type: ignore[arg-type] # whatever a test says


def an_event(
    at_ms: int, number: int = 0, event: PlayerEvent = PlayerEvent.PROGRESS, **facts: object
) -> ViewEvent:
    """A report of a player that plays on from the beginning at `T0_MS`."""
    said = ViewEvent(
        "a1b2", "v-1", "previews", event, at_ms, (at_ms - T0_MS) / 1_000, f"{at_ms}-{number}"
    )
    return replace(said, **facts)  # type: ignore[arg-type] # whatever a test says


def a_card(video: str = "v-1", at_ms: int = T0_MS, **facts: object) -> Card:
    figures = {
        name: Figure(0.1 * place, Basis.EXACT, f"source {place}", 0.1, None, 0.7)
        for place, name in enumerate(_figures_of(Card))
    }
    card = Card(
        video=video,
        library="previews",
        at_ms=at_ms,
        **{
            **figures,
            "views": Figure(10.0, Basis.EXACT, "the platform's count"),
            "bounce": unavailable("view events"),
            "completion": Figure(None, Basis.BOUNDED, "average time watched", 0.1, 0.6),
        },
        score=Score(61.5, 40.0, 80.0, 0.4, 0.35),
    )
    return replace(card, **facts)  # type: ignore[arg-type] # whatever a test says


def a_study(*cards: Card, at_ms: int = T0_MS, **facts: object) -> Study:
    shares = [Figure(0.5, Basis.ESTIMATED, "by 3 of 4 videos", 0.4, 0.6)]
    answered = Trend(Topic.TAG, "émail", Outcome.REACH, 9, 20, 1.4, 1.2, 1.0, 1.5, 0.01, 0.08, 0.6)
    study = Study(
        at_ms=at_ms,
        from_ms=at_ms - 365 * 86_400_000,
        method=METHOD,
        questions=12,
        cards=cards or (a_card(at_ms=at_ms),),
        libraries=(
            LibraryCard("previews", at_ms, 4, *shares * len(list(_figures_of(LibraryCard)))),
        ),
        curves=(UsualCurve("previews", 9, (1, 7, 28), (0.2, 0.6, 1.0), (3.0, 9.0, 15.0)),),
        trends=(
            answered,
            Trend(Topic.WEEKDAY, "Monday", Outcome.HOLD, 2, 27, videos_missing=6, weeks_missing=1),
        ),
        insights=(Insight("tag", "émail", "It is.", "C'est ainsi.", 0.6, video="v-1"),),
        suggestions=(ThemeSuggestion("v-1", "kilns", 0.7), ThemeSuggestion("v-2", "kilns", 0.5)),
        grid=(PublicationCell(0, 2, 5, None), PublicationCell(4, 3, 9, 1.25)),
    )
    return replace(study, **facts)  # type: ignore[arg-type] # whatever a test says


def _figures_of(card: type[Card | LibraryCard]) -> list[str]:
    return [one.name for one in fields(card) if one.type == "Figure"]
