"""All that is known of one video, figure by figure."""

from __future__ import annotations

from dataclasses import dataclass

from sentinel_tui.domain.video.engagement import Score
from sentinel_tui.domain.video.metrics import Figure


@dataclass(frozen=True, slots=True)
class Card:
    """The figures of one video at one time.

    Attributes:
        video: The video's id.
        library: The library it lies in.
        at_ms: When they were reckoned.
        views: How often it was begun.
        watch_s: How long it was watched.
        average_watched: The mean share of it that is watched.
        completion: The share of views that reach nine tenths of it.
        bounce: The share of views that leave before 30 s.
        unique_viewers: How many people watched.
        repeat_ratio: Views for each viewer.
        conversion: Of a preview, the share of its viewers who go on to the full video.
        views_7d: Views in its first 7 days.
        views_28d: Views in its first 28 days.
        reach: Views compared with the usual for its age in its library, 1 as usual.
        score: How well it holds its viewers for its length, or None without a view.
    """

    video: str
    library: str
    at_ms: int
    views: Figure
    watch_s: Figure
    average_watched: Figure
    completion: Figure
    bounce: Figure
    unique_viewers: Figure
    repeat_ratio: Figure
    conversion: Figure
    views_7d: Figure
    views_28d: Figure
    reach: Figure
    score: Score | None


@dataclass(frozen=True, slots=True)
class LibraryCard:
    """The figures of a library as a whole.

    Attributes:
        library: Its name.
        at_ms: When they were reckoned.
        videos: How many videos it holds.
        views: How often they were begun.
        watch_s: How long they were watched.
        average_watched: The mean share that is watched of a view.
        completion: The share of views that reach nine tenths.
        bounce: The share of views that leave before 30 s.
        unique_viewers: How many people watched.
        repeat_ratio: Views for each viewer.
        conversion: Of a library of previews, the share of its viewers who go on to a full video.
    """

    library: str
    at_ms: int
    videos: int
    views: Figure
    watch_s: Figure
    average_watched: Figure
    completion: Figure
    bounce: Figure
    unique_viewers: Figure
    repeat_ratio: Figure
    conversion: Figure
