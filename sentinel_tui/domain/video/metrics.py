"""The figures of a video, each with what it rests on: measured, estimated, or not to be had.

Unknown is never zero. What a platform does not tell and no player reported is unavailable, and
says what would make it available.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sentinel_tui.domain.stats.shrinkage import Beta, Share, posterior
from sentinel_tui.domain.video.events import View
from sentinel_tui.domain.video.retention import Retention

DAY_MS = 86_400_000
CONVERSION_DAYS = 7

COMPLETE_SHARE = 0.9
BOUNCE_S = 30.0
BOUNCE_NEEDS_S = 60.0
HEATMAP_NEEDS_VIEWS = 50

_NEEDS_EVENTS = "view events from your own pages"
_NEEDS_HEATMAP = f"view events, or a heatmap and {HEATMAP_NEEDS_VIEWS} views"
_CONVERSION_PRIOR = Beta(1.0, 30.0)


class Basis(StrEnum):
    """What a figure rests on. The words are shown."""

    EXACT = "exact"
    ESTIMATED = "estimated"
    BOUNDED = "at most"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, and what it rests on.

    Attributes:
        value: The figure, or None where it is unavailable.
        basis: What it rests on.
        source: Where it comes from, or what it would need.
        low: The lower end of its interval, or None.
        high: The upper end, or None.
    """

    value: float | None
    basis: Basis
    source: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What a platform counts of a video.

    Attributes:
        length_s: Its length.
        views: How often it was begun, once for each session of a viewer.
        watch_s: How long it was watched in all; what was played twice counts twice.
    """

    length_s: float
    views: int
    watch_s: float


def unavailable(needs: str) -> Figure:
    """A figure that cannot be had yet."""
    return Figure(None, Basis.UNAVAILABLE, f"needs {needs}")


def average_watched(counted: Counted) -> Figure:
    """The mean share of the video that is watched; replays can make it seem more than all."""
    if not counted.views:
        return unavailable("a view")
    share = counted.watch_s / counted.views / counted.length_s
    if share > 1:
        return Figure(1.0, Basis.ESTIMATED, "replays count; capped at the whole video")
    return Figure(share, Basis.EXACT, "time watched and views")


def completion(
    length_s: float, views: Sequence[View], platform_views: int, curve: Retention | None
) -> Figure:
    """The share of views that reach nine tenths of the video."""
    if views:
        reached = sum(one.ended or one.furthest_s >= COMPLETE_SHARE * length_s for one in views)
        return Figure(reached / len(views), Basis.EXACT, f"{len(views)} views by their events")
    if curve is None or platform_views < HEATMAP_NEEDS_VIEWS:
        return unavailable(_NEEDS_HEATMAP)
    return Figure(curve.completion, Basis.ESTIMATED, "heatmap and average time watched")


def bounce(
    length_s: float, views: Sequence[View], platform_views: int, curve: Retention | None
) -> Figure:
    """The share of views that leave before 30 s, of videos of a minute and more."""
    if length_s < BOUNCE_NEEDS_S:
        return unavailable("a video of at least a minute")
    if views:
        left = sum(not one.ended and one.furthest_s < BOUNCE_S for one in views)
        return Figure(left / len(views), Basis.EXACT, f"{len(views)} views by their events")
    if curve is None or curve.bounce_30s is None or platform_views < HEATMAP_NEEDS_VIEWS:
        return unavailable(_NEEDS_HEATMAP)
    return Figure(curve.bounce_30s, Basis.ESTIMATED, "heatmap and average time watched")


def unique_viewers(views: Sequence[View], platform_views: int | None) -> Figure:
    """How many people watched."""
    known = {one.viewer for one in views if one.viewer}
    if known:
        return Figure(float(len(known)), Basis.EXACT, "viewer tokens")
    if platform_views:
        return Figure(float(platform_views), Basis.BOUNDED, "no more viewers than views")
    return unavailable(_NEEDS_EVENTS)


def repeat_ratio(views: Sequence[View]) -> Figure:
    """Views for each viewer."""
    known = [one.viewer for one in views if one.viewer]
    if not known:
        return unavailable(_NEEDS_EVENTS)
    return Figure(len(known) / len(set(known)), Basis.EXACT, "viewer tokens")


def conversion(previews: Iterable[View], fulls: Iterable[View], now_ms: int) -> Figure:
    """The share of a preview's viewers who open the full video within seven days.

    A viewer counts once those days are over; one who converted sooner counts then, too.
    """
    window_ms = CONVERSION_DAYS * DAY_MS
    opened_ms: dict[str, list[int]] = {}
    for full in fulls:
        opened_ms.setdefault(full.viewer, []).append(full.start_ms)
    first_ms: dict[str, int] = {}
    for preview in previews:
        if preview.viewer:
            known_ms = first_ms.get(preview.viewer, preview.start_ms)
            first_ms[preview.viewer] = min(known_ms, preview.start_ms)
    cohort = {who: at_ms for who, at_ms in first_ms.items() if at_ms + window_ms <= now_ms}
    if not cohort:
        return unavailable(f"previews watched with viewer tokens {CONVERSION_DAYS} days ago")
    converted = sum(
        any(at_ms <= one <= at_ms + window_ms for one in opened_ms.get(who, ()))
        for who, at_ms in cohort.items()
    )
    share = _share(converted, len(cohort))
    source = f"{converted} of {len(cohort)} preview viewers"
    return Figure(converted / len(cohort), Basis.EXACT, source, share.low, share.high)


def views_at_age(daily: Sequence[tuple[int, int]], published_ms: int, days: int) -> Figure:
    """Views in the first days of a video, which makes old and new ones comparable.

    Args:
        daily: Start of each day and its views, without gaps up to the present.
        published_ms: When the video was published.
        days: How many days count.
    """
    end_ms = published_ms + days * DAY_MS
    if not daily or daily[-1][0] + DAY_MS < end_ms:
        return unavailable(f"{days} days since publication")
    if daily[0][0] > published_ms:
        return unavailable("counts from its first day, which are no longer kept")
    seen = sum(views for at_ms, views in daily if published_ms - DAY_MS < at_ms < end_ms)
    return Figure(float(seen), Basis.EXACT, "daily views")


def _share(successes: int, trials: int) -> Share:
    return posterior(_CONVERSION_PRIOR, [successes], [trials])[0]
