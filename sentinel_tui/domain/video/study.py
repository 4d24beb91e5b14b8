"""What comes out when all videos are looked at together."""

from __future__ import annotations

from dataclasses import dataclass

from sentinel_tui.domain.video.cards import Card, LibraryCard
from sentinel_tui.domain.video.catalog import DayCount, Heat, Video
from sentinel_tui.domain.video.events import View
from sentinel_tui.domain.video.insights import Insight
from sentinel_tui.domain.video.trends import Trend

METHOD = "1"
"""Which version of the methods a study was made with; figures of two versions do not compare."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one video before anything is reckoned.

    Attributes:
        video: The video.
        days: What was watched of it each day, the earliest first; days without views may be left
            out from `days_from_ms` to `days_to_ms`.
        days_from_ms: From when daily counts are known.
        days_to_ms: Until when they are known, or None where none are.
        heat: Its heatmap, or None.
        views: Its views by players' own reports, the earliest first.
        theme: The theme its owner gave it, or empty.
    """

    video: Video
    days: tuple[DayCount, ...] = ()
    days_from_ms: int = 0
    days_to_ms: int | None = None
    heat: Heat | None = None
    views: tuple[View, ...] = ()
    theme: str = ""


@dataclass(frozen=True, slots=True)
class UsualCurve:
    """How views of a library's videos usually add up with age.

    Attributes:
        library: Its name.
        videos: How many videos speak.
        days: Ages in days, ascending.
        share: Of each age, the share of the first 28 days' views that has come by then.
        views: Of each age, the views a middling video has by then.
    """

    library: str
    videos: int
    days: tuple[int, ...]
    share: tuple[float, ...]
    views: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ThemeSuggestion:
    """A theme that a video without one seems to have, until its owner says so or not.

    Attributes:
        video: The video's id.
        theme: The theme.
        margin: How far this theme is ahead of the next one.
    """

    video: str
    theme: str
    margin: float


@dataclass(frozen=True, slots=True)
class PublicationCell:
    """Videos published on one weekday in one part of the day.

    Attributes:
        weekday: 0 for Monday.
        day_part: 0 to 3: night, morning, afternoon, evening.
        videos: How many.
        ratio: Their reach compared with the others, shrunk; None for too few videos.
    """

    weekday: int
    day_part: int
    videos: int
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Study:
    """What came out.

    Attributes:
        at_ms: When it was made.
        from_ms: From when the data are.
        method: The version of the methods.
        questions: How many questions were asked; what is called a finding is so among all of them.
        cards: The videos' figures.
        libraries: The libraries' figures.
        curves: How views usually add up, for each library.
        trends: All answers, the surest first; those worth saying say so.
        insights: What is worth telling, the most useful first, and what needs more data.
        suggestions: Themes for videos without.
        grid: When videos were published and how they did.
    """

    at_ms: int
    from_ms: int
    method: str
    questions: int
    cards: tuple[Card, ...]
    libraries: tuple[LibraryCard, ...]
    curves: tuple[UsualCurve, ...]
    trends: tuple[Trend, ...]
    insights: tuple[Insight, ...]
    suggestions: tuple[ThemeSuggestion, ...]
    grid: tuple[PublicationCell, ...]
