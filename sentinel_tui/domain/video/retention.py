"""Who still watches at each moment, from a heatmap that only tells where most is watched.

Bunny's heatmap is scaled so that its most watched segment is 100. The average time watched tells
how much that is: the area below the curve of plays per view is that time. What is played again
lifts the curve above the one of who is still there, which can only fall; that one is found by
pooling adjacent violators (Barlow et al. 1972).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_BOUNCE_S = 30.0
_BOUNCE_NEEDS_S = 60.0
_COMPLETE = 0.9


@dataclass(frozen=True, slots=True)
class Retention:
    """How a video is watched from its beginning to its end; all of it estimated.

    Attributes:
        plays: Of each segment, how often it is played per view.
        still: Of each segment, the share of views still watching.
        completion: The share of views that reach 90 % of it.
        bounce_30s: The share that leaves before 30 s; None below a minute, where that says nothing.
    """

    plays: tuple[float, ...]
    still: tuple[float, ...]
    completion: float
    bounce_30s: float | None

    @property
    def rewatched(self) -> tuple[float, ...]:
        """Of each segment, how much of its plays is played again."""
        return tuple(
            max(0.0, play - still) for play, still in zip(self.plays, self.still, strict=True)
        )


def retention(heat: Sequence[float], length_s: float, average_watch_s: float) -> Retention:
    """Calibrate a heatmap.

    Args:
        heat: Of each segment of equal length, how much it is watched, 100 the most.
        length_s: The length of the video.
        average_watch_s: How long it is watched on average.

    Raises:
        ValueError: Nothing is warm, or a figure is negative.
    """
    if length_s <= 0 or average_watch_s < 0 or not sum(heat) or min(heat) < 0:
        raise ValueError("a heatmap needs some heat, a length and an average time watched")
    scale = average_watch_s * len(heat) / (length_s * sum(heat))
    plays = [one * scale for one in heat]
    still = [min(1.0, share) for share in _falling(plays)]
    bounce = None
    if length_s >= _BOUNCE_NEEDS_S:
        bounce = 1 - min(1.0, _at(plays, _BOUNCE_S / length_s))
    return Retention(tuple(plays), tuple(still), _at(still, _COMPLETE), bounce)


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
