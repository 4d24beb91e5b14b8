"""Where viewers leave more than around it, and when to ask them for something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import erfc, sqrt

from sentinel_tui.domain.stats.multiple import false_discovery
from sentinel_tui.domain.video.retention import Retention

DROP_OFF_NEEDS_VIEWS = 20
"""So many must still watch for their leaving to say something."""

_WINDOWS = 40
_NEIGHBOURS = 2
"""On each side."""
_FALSE_DISCOVERIES = 0.05
_TIMES = 2.0
"""So many times as many must leave as on either side."""
_AGAIN = 0.02
"""What is played again by more of the views hides who leaves."""
_HEAT_STEP = 0.01
"""Heatmaps come in whole numbers up to 100."""
_MOST_STILL_WATCH = 0.6
_SOONEST_S = 5.0
_BEFORE_LEAVING_S = 3.0


@dataclass(frozen=True, slots=True)
class DropOff:
    """A moment at which more viewers leave than before and after it.

    Attributes:
        at_s: When it begins.
        until_s: When it is over.
        lost_share: The share of those still watching that leaves there.
        usual_share: The share that leaves in as much time around it.
        q: The false discovery rate at which it is a finding, among all moments of the video.
    """

    at_s: float
    until_s: float
    lost_share: float
    usual_share: float
    q: float


class Why(StrEnum):
    """Why a moment is the best to ask. The words are shown."""

    STILL_WATCHING = "the last moment at which six in ten still watch"
    BEFORE_DROP_OFF = "just before many leave"
    AT_ONCE = "few watch for longer"


@dataclass(frozen=True, slots=True)
class Moment:
    """When to ask viewers for something: to subscribe, to see the full video.

    Attributes:
        at_s: When.
        still_share: The share of views that still watch then.
        why: What speaks for it.
    """

    at_s: float
    still_share: float
    why: Why


def drop_offs(curve: Retention, views: int, length_s: float) -> list[DropOff]:
    """The moments at which more leave than before and after them, the earliest first.

    Each of 40 parts of the video is compared with the two before and the two behind it: the share
    that leaves, one-sided, by the difference of two proportions. What is told is so with a false
    discovery rate of 5 % among all parts with at least 20 viewers (Benjamini & Hochberg 1995), and
    at least twice as many leave as on either side: where a steep beginning ends is no moment.
    Of a heatmap, parts that are played again are passed over: behind one it falls by those who
    only went back.

    Args:
        curve: How the video is watched.
        views: By how many views that is known.
        length_s: The length of the video.
    """
    windows = min(_WINDOWS, len(curve.still))
    left = [views * still_at(curve, n / windows) for n in range(windows)]
    lost = [before - after for before, after in pairwise(left)]
    blur = views * _HEAT_STEP * max(curve.plays, default=0.0)
    judged = [
        _judged(left, lost, place, blur)
        for place in range(_NEIGHBOURS, len(lost) - _NEIGHBOURS)
        if left[place] >= DROP_OFF_NEEDS_VIEWS and not _played_again(curve, place, windows)
    ]
    rates = false_discovery([one.p for one in judged])
    return [
        DropOff(
            at_s=length_s * one.place / windows,
            until_s=length_s * (one.place + 1) / windows,
            lost_share=one.lost_share,
            usual_share=one.usual_share,
            q=q,
        )
        for one, q in zip(judged, rates, strict=True)
        if q <= _FALSE_DISCOVERIES and one.lost_share >= _TIMES * one.greatest_share
    ]


def best_cta_s(curve: Retention, found: Sequence[DropOff], length_s: float) -> Moment | None:
    """The best moment for a call to action, or None in a video too short for one.

    As late as six in ten still watch, which says that they care; but before the first moment at
    which many leave, and before the end, and not in the first five seconds.

    Args:
        curve: How the video is watched.
        found: Its drop-offs, the earliest first.
        length_s: The length of the video.
    """
    if length_s <= _SOONEST_S:
        return None
    last_s = min(length_s * _last_share(curve, _MOST_STILL_WATCH), length_s - _BEFORE_LEAVING_S)
    at_s, why = last_s, Why.STILL_WATCHING
    if found and _SOONEST_S < found[0].at_s < last_s + _BEFORE_LEAVING_S:
        at_s, why = max(_SOONEST_S, found[0].at_s - _BEFORE_LEAVING_S), Why.BEFORE_DROP_OFF
    if at_s < _SOONEST_S:
        at_s, why = _SOONEST_S, Why.AT_ONCE
    return Moment(at_s, still_at(curve, at_s / length_s), why)


def still_at(curve: Retention, share: float) -> float:
    """The share of views that still watch when a share of the video is over.

    Between the beginnings of two segments on a straight line.
    """
    place = share * len(curve.still)
    segment = min(int(place), len(curve.still) - 1)
    here, behind = curve.still[segment], curve.still[min(segment + 1, len(curve.still) - 1)]
    return here + (behind - here) * (place - segment)


def _last_share(curve: Retention, still_share: float) -> float:
    """Until when so many still watch, as a share of the length."""
    staying = sum(share >= still_share for share in curve.still)
    if staying == len(curve.still):
        return 1.0
    high, low = curve.still[staying - 1], curve.still[staying]
    return (staying - 1 + (high - still_share) / (high - low)) / len(curve.still)


@dataclass(frozen=True, slots=True)
class _Judged:
    """A part of a video beside its neighbours.

    Attributes:
        place: Which part.
        lost_share: The share that leaves in it.
        usual_share: The share that leaves in the parts around it.
        greatest_share: The share that leaves before it or behind it, whichever is more.
        p: How likely so much more is by chance.
    """

    place: int
    lost_share: float
    usual_share: float
    greatest_share: float
    p: float


def _judged(left: Sequence[float], lost: Sequence[float], place: int, blur: float) -> _Judged:
    """Compare a part of a video with its neighbours.

    Args:
        left: How many still watch when each part begins.
        lost: How many leave in each.
        place: Which part.
        blur: To how many viewers those numbers are rounded: what a part loses is the difference
            of two of them, each off by an even chance (variance of a twelfth) within that.
    """
    before, behind = slice(place - _NEIGHBOURS, place), slice(place + 1, place + _NEIGHBOURS + 1)
    there, here = sum(left[before]) + sum(left[behind]), left[place]
    lost_there = sum(lost[before]) + sum(lost[behind])
    both = (lost_there + lost[place]) / (there + here)
    chance = both * (1 - both) * (1 / there + 1 / here)
    error = sqrt(chance + blur**2 / 6 / here**2)
    z = (lost[place] / here - lost_there / there) / error if error else 0.0
    return _Judged(
        place=place,
        lost_share=lost[place] / here,
        usual_share=lost_there / there,
        greatest_share=max(_share(lost[before], left[before]), _share(lost[behind], left[behind])),
        p=erfc(z / sqrt(2)) / 2,
    )


def _played_again(curve: Retention, place: int, windows: int) -> bool:
    """Whether much is played again in a part, or in the one before it."""
    segments = len(curve.still)
    begin, end = (place - 1) * segments // windows, (place + 1) * segments // windows
    return max(curve.rewatched[begin:end], default=0.0) > _AGAIN


def _share(lost: Sequence[float], left: Sequence[float]) -> float:
    """The share that leaves; none where nobody is left."""
    return sum(lost) / sum(left) if any(left) else 0.0
