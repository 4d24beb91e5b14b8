"""The figures of a video, each with what it rests on: measured, estimated, or not to be had.

Unknown is never zero. What a platform does not tell and no player reported is unavailable, and
says what would make it available.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from sentinel_tui.domain.video.catalog import Video
from sentinel_tui.domain.video.engagement import WITHIN
from sentinel_tui.domain.video.events import View

HEATMAP_NEEDS_VIEWS = 50

NEEDS_EVENTS = "view events with viewer tokens from your own pages"
"""What viewers, and whether they come again, cannot be known without."""

_NEARLY_ALL = 0.9
"""Players' reports that cover so many of the platform's views speak for all of them."""
_Z90 = 1.645


class Basis(StrEnum):
    """What a figure rests on. The words are shown."""

    EXACT = "exact"
    ESTIMATED = "estimated"
    BOUNDED = "bounded"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, and what it rests on.

    Attributes:
        value: The figure; None where it is unavailable, or where only its bounds are known.
        basis: What it rests on.
        source: Where it comes from, or what it would need.
        low: The lower end of its interval, or its lower bound; or None.
        high: The upper end, or its upper bound; or None.
        confidence: How much of it is the video's own doing, 0 to 1, where little of its own was
            completed by what is usual; None where nothing was.
    """

    value: float | None
    basis: Basis
    source: str
    low: float | None = None
    high: float | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted of a video.

    Attributes:
        length_s: Its length; 0 while that is not known.
        views: How often it was begun, once for each session of a viewer; None if nobody told.
        watch_s: How long it was watched in all; what was played twice counts twice. None if
            nobody told.
        by_events: Whether players' reports were counted, for want of a platform's.
    """

    length_s: float
    views: int | None
    watch_s: float | None
    by_events: bool = False

    @property
    def average_watch_s(self) -> float | None:
        """How long a view lasts, or None."""
        return self.watch_s / self.views if self.views and self.watch_s is not None else None


def counted(video: Video, views: Sequence[View]) -> Counted:
    """What is counted of a video: by its platform, or by players where that counts nothing.

    A platform that counts views and no time at all has not told the time yet. Reports without a
    viewer's token count for nothing: two people who watch at the same time would be one.
    """
    told_apart = [one for one in views if one.viewer]
    if not video.views and told_apart:
        watch_s = sum(one.watch_s for one in told_apart)
        return Counted(video.length_s, len(told_apart), watch_s, by_events=True)
    if not video.views:
        return Counted(video.length_s, 0 if video.seen_ms else None, None)
    watch_s = video.watch_s or video.views * video.average_watch_s
    return Counted(video.length_s, video.views, watch_s or None)


def unavailable(needs: str) -> Figure:
    """A figure that cannot be had yet."""
    return Figure(None, Basis.UNAVAILABLE, f"needs {needs}")


def view_count(count: Counted) -> Figure:
    """How often the video was begun."""
    if count.views is None:
        return unavailable(f"its platform's count, or {NEEDS_EVENTS}")
    return Figure(float(count.views), Basis.EXACT, _counter(count))


def watch_time(count: Counted) -> Figure:
    """How long the video was watched in all, in seconds."""
    if count.views == 0:
        return Figure(0.0, Basis.EXACT, _counter(count))
    if count.watch_s is None:
        return unavailable(f"the time watched from its platform, or {NEEDS_EVENTS}")
    return Figure(count.watch_s, Basis.EXACT, _counter(count))


def average_watched(count: Counted) -> Figure:
    """The mean share of the video that is watched; replays can make it seem more than all.

    Its interval of 90 % tells how far off the mean of so many views may be.
    """
    if not count.views:
        return unavailable("a view")
    average_s = count.average_watch_s
    if average_s is None or count.length_s <= 0:
        return unavailable("its length and the time watched from its platform")
    share = min(1.0, average_s / count.length_s)
    error = _Z90 * sqrt(WITHIN * share * (1 - share) / count.views)
    low, high = max(0.0, share - error), min(1.0, share + error)
    if average_s > count.length_s:
        return Figure(share, Basis.ESTIMATED, "replays count; capped at the whole video", low, high)
    return Figure(share, Basis.EXACT, f"time watched in {told(count.views)} views", low, high)


def unique_viewers(views: Sequence[View], platform_views: int | None) -> Figure:
    """How many people watched; bounded where players reported only some of the views."""
    known = [one.person for one in views if one.person]
    unknown = max(len(views), platform_views or 0) - len(known)
    people = len(set(known))
    if known and unknown <= (1 - _NEARLY_ALL) * (unknown + len(known)):
        return Figure(float(people), Basis.EXACT, f"viewer tokens of {told(len(known))} views")
    if not known and not unknown:
        return unavailable(NEEDS_EVENTS)
    if not known:
        # That there was one at least is no news, and "1 to 9,000" reads like an interval.
        return Figure(None, Basis.BOUNDED, "no more viewers than views", None, float(unknown))
    source = f"viewer tokens of {told(len(known))} of {told(len(known) + unknown)} views"
    return Figure(None, Basis.BOUNDED, source, float(people), float(people + unknown))


def repeat_ratio(views: Sequence[View], platform_views: int | None = None) -> Figure:
    """Views for each viewer; an estimate where players reported only some of the views."""
    known = [one.person for one in views if one.person]
    if not known:
        return unavailable(NEEDS_EVENTS)
    all_views = max(len(views), platform_views or 0)
    return Figure(
        len(known) / len(set(known)),
        Basis.EXACT if speak_for_all(len(known), all_views) else Basis.ESTIMATED,
        f"viewer tokens of {told(len(known))} of {told(all_views)} views",
    )


def speak_for_all(reported: int, platform_views: int | None) -> bool:
    """Whether what players reported is nearly all that was watched, and not a part of it."""
    return reported >= _NEARLY_ALL * (platform_views or 0)


def by_events(reported: int, platform_views: int | None) -> str:
    """The source of what players reported, with how many views there are besides."""
    source = f"{told(reported)} views by their events"
    if platform_views is not None and platform_views > reported:
        return f"{source}; {told(platform_views)} in all"
    return source


def told(number: int) -> str:
    """A count as it is written in a source: `1,204`."""
    return f"{number:,}"


def _counter(count: Counted) -> str:
    return "its players' reports" if count.by_events else "its platform's count"
