"""Who still watches at each moment: from players' reports, or else from a heatmap.

Bunny's heatmap is scaled so that its most watched segment is 100. The average time watched tells
how much that is: the area below the curve of plays per view is that time. What is played again
lifts the curve above the one of who is still there, which can only fall; that one is found by
pooling adjacent violators (Barlow et al. 1972).

Players' reports tell of each view how far it came. That is a survival curve (Kaplan & Meier 1958)
in which reaching the end is not leaving but being lost from sight; as nobody is lost from sight
sooner, the estimate is the plain share of views that came so far.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from sentinel_tui.domain.video.catalog import Heat
from sentinel_tui.domain.video.events import View
from sentinel_tui.domain.video.metrics import HEATMAP_NEEDS_VIEWS, Basis, Counted

COMPLETE_SHARE = 0.9
BOUNCE_S = 30.0
BOUNCE_NEEDS_S = 60.0

_MOST_SEGMENTS = 100
_EVENTS_SPEAK = 50
"""So many reported views tell more than any heatmap of all."""
_EVENTS_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Retention:
    """How a video is watched from its beginning to its end.

    Attributes:
        plays: Of each segment, how often it is played per view; empty where players only
            reported how far they came.
        still: Of each segment, the share of views still watching when it begins.
        completion: The share of views that reach 90 % of it.
        bounce_30s: The share that leaves before 30 s; None below a minute, where that says nothing.
        views: How many views it rests on; 0 if that is not known.
        basis: Exact from players' reports, estimated from a heatmap.
    """

    plays: tuple[float, ...]
    still: tuple[float, ...]
    completion: float
    bounce_30s: float | None
    views: int = 0
    basis: Basis = Basis.ESTIMATED

    @property
    def rewatched(self) -> tuple[float, ...]:
        """Of each segment, how much of its plays is played again; empty if that is not known."""
        return tuple(
            max(0.0, play - still) for play, still in zip(self.plays, self.still, strict=False)
        )

    @property
    def errors(self) -> tuple[float, ...]:
        """Of each segment, the standard error of the share still watching, after Greenwood.

        Without anybody lost from sight his variance is the binomial one. Empty where the number
        of views is not known.
        """
        if not self.views:
            return ()
        return tuple(sqrt(share * (1 - share) / self.views) for share in self.still)


def retention_of(count: Counted, views: Sequence[View], heat: Heat | None) -> Retention | None:
    """The retention of a video from the best there is, or None where there is nothing.

    Players' reports speak where they are many, or cover half of the views; else a heatmap that
    enough views made, and then whatever reports there are. Reports without a viewer's token may be
    of several people at once, and say nothing of how far each of them came.
    """
    if count.length_s <= 0:
        return None
    views = [one for one in views if one.viewer]
    reported = len(views)
    if reported >= min(_EVENTS_SPEAK, _EVENTS_SHARE * (count.views or 0)) and reported:
        return from_views(count.length_s, views)
    average_s = count.average_watch_s
    warm = heat is not None and any(heat.segments) and (count.views or 0) >= HEATMAP_NEEDS_VIEWS
    if heat is not None and warm and average_s is not None:
        return retention(heat.segments, count.length_s, average_s, count.views or 0)
    return from_views(count.length_s, views) if views else None


def retention(
    heat: Sequence[float], length_s: float, average_watch_s: float, views: int = 0
) -> Retention:
    """Calibrate a heatmap.

    Args:
        heat: Of each segment of equal length, how much it is watched, 100 the most.
        length_s: The length of the video.
        average_watch_s: How long it is watched on average.
        views: How many views made it; 0 if that is not known.

    Raises:
        ValueError: Nothing is warm, or a figure is negative.
    """
    if length_s <= 0 or average_watch_s < 0 or not sum(heat) or min(heat) < 0:
        raise ValueError("a heatmap needs some heat, a length and an average time watched")
    scale = average_watch_s * len(heat) / (length_s * sum(heat))
    plays = [one * scale for one in heat]
    still = [min(1.0, share) for share in _falling(plays)]
    bounce = None
    if length_s >= BOUNCE_NEEDS_S:
        bounce = 1 - min(1.0, _at(plays, BOUNCE_S / length_s))
    return Retention(tuple(plays), tuple(still), _at(still, COMPLETE_SHARE), bounce, views)


def from_views(length_s: float, views: Sequence[View]) -> Retention:
    """The retention that players reported, in at most a hundred segments.

    Args:
        length_s: The length of the video.
        views: Its views; one that reported the end came to the end.

    Raises:
        ValueError: There is no view, or no length.
    """
    if length_s <= 0 or not views:
        raise ValueError("a retention curve needs a length and a view")
    reached_s = sorted(length_s if one.ended else one.furthest_s for one in views)
    segments = max(1, min(_MOST_SEGMENTS, int(length_s)))
    starts_s = [length_s * segment / segments for segment in range(segments)]
    return Retention(
        plays=(),
        still=tuple(_reaching(reached_s, start_s) for start_s in starts_s),
        completion=_reaching(reached_s, COMPLETE_SHARE * length_s),
        bounce_30s=1 - _reaching(reached_s, BOUNCE_S) if length_s >= BOUNCE_NEEDS_S else None,
        views=len(views),
        basis=Basis.EXACT,
    )


def _reaching(reached_s: Sequence[float], moment_s: float) -> float:
    """The share of views that came to a moment, of how far each came in ascending order."""
    return 1 - bisect_left(reached_s, moment_s) / len(reached_s)


def _at(curve: Sequence[float], share: float) -> float:
    """The value of the segment that holds a moment, given as a share of the length."""
    return curve[min(int(share * len(curve)), len(curve) - 1)]


def _falling(curve: Sequence[float]) -> list[float]:
    """The nearest curve that never rises, by least squares."""
    pools: list[tuple[float, int]] = []
    for value in curve:
        pool, size = value, 1
        while pools and pools[-1][0] < pool:
            earlier, count = pools.pop()
            pool = (earlier * count + pool * size) / (count + size)
            size += count
        pools.append((pool, size))
    return [value for value, count in pools for _ in range(count)]
