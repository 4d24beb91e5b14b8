"""What an outage cost in views, by what the same hours brought in the weeks before.

The shape of a library's week is the mean of each of its hours over up to eight weeks, in which a
rush of viewers counts for little; its level is that of the last fourteen days. How far such an
expectation is off is seen on the weeks before, over stretches as long as the outage: viewers come
in bunches, so that counts scatter more than chance alone would let them. The interval is that of a
gamma distribution with this scatter. Hours that an outage spoilt are no evidence of anything.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import accumulate
from operator import mul
from statistics import median

from sentinel_tui.domain.stats.gamma import quantile
from sentinel_tui.domain.video.catalog import HOUR_MS, HourCount
from sentinel_tui.domain.video.lost import Lost

WEEKS = 8
"""So far back the shape of the week is learnt."""
FEWEST_WEEKS = 2
"""With less nothing can be said."""

_ENDS = (0.05, 0.95)
_HALF_A_VIEW = 0.5
_WEEK_H = 168
_LEVEL_H = 14 * 24
_LEVEL_NEEDS_H = 7 * 24
_RUSH_TIMES, _RUSH_VIEWS = 3, 5
"""More than so many times the middle count of an hour, and so many views, does not come back."""
_STRETCHES = 8
"""The scatter is learnt from at least so many stretches, shorter than the outage if need be."""


class _Past:
    """The hours before an outage, without gaps: what was counted, and what is usual of each."""

    def __init__(
        self, values: Sequence[float], usual: Sequence[float], usable: Sequence[bool]
    ) -> None:
        self.values = values
        self.usual = usual
        self.usable = usable
        self._seen_before = [0.0, *accumulate(map(mul, values, usable))]
        self._usual_before = [0.0, *accumulate(map(mul, usual, usable))]

    def level_before(self, place: int) -> float:
        """How many times the usual was counted during the fourteen days before an hour."""
        first = max(0, place - _LEVEL_H)
        usual = self._usual_before[place] - self._usual_before[first]
        seen = self._seen_before[place] - self._seen_before[first]
        return seen / usual if usual else 0.0


@dataclass(frozen=True, slots=True)
class _Struck:
    """An hour of the outage: which, the share of it that was down, and its usual views."""

    at_ms: int
    share: float
    usual: float


@dataclass(frozen=True, slots=True)
class _Judged:
    """What was to be expected while down, and what was seen."""

    expected: float
    seen: float
    scatter: float

    @property
    def lost(self) -> float:
        """By how much less was seen."""
        return max(0.0, self.expected - self.seen)

    def lost_between(self, slack: float) -> tuple[float, float]:
        """The interval of what was lost, wider by a slack for what only comes whole."""
        if not self.expected:
            return 0.0, 0.0
        low, high = (
            self.scatter * quantile(share, self.expected / self.scatter) for share in _ENDS
        )
        # Of hardly anything that comes in rare bunches, even the upper end lies below the mean.
        high = max(high + slack, self.expected)
        return max(0.0, low - slack - self.seen), max(0.0, high - self.seen)


def lost(
    hours: Sequence[HourCount],
    from_ms: int,
    to_ms: int,
    *,
    library: str,
    outages: Sequence[tuple[int, int]] = (),
    zone: tzinfo = UTC,
    counted_to_ms: int | None = None,
) -> Lost | None:
    """The views that a library lost to an outage.

    Of an hour that was down in part, what is usual is taken for the other part.

    Args:
        hours: The library's counts, the earliest first; hours left out between the first and
            the last had no view.
        from_ms: When the outage began.
        to_ms: When it ended.
        library: The library's name.
        outages: Other outages, which no expectation is learnt from: beginnings and ends.
        zone: Where the viewers live, whose weeks have a shape.
        counted_to_ms: Until when hours are counted; what came later is not judged. By default
            until the end of the last of them.

    Returns:
        What was lost, or None with less than two weeks before it, or while nothing of the outage
        is counted yet.
    """
    if not hours:
        return None
    known_to_ms = hours[-1].at_ms + HOUR_MS if counted_to_ms is None else counted_to_ms
    first_ms = from_ms - from_ms % HOUR_MS
    struck_ms = [at for at in range(first_ms, to_ms, HOUR_MS) if at + HOUR_MS <= known_to_ms]
    past_ms = _past_ms(hours[0].at_ms, first_ms)
    if not struck_ms or len(past_ms) < FEWEST_WEEKS * _WEEK_H:
        return None
    counts = {one.at_ms: one for one in hours}
    usable = _usable(past_ms, outages)
    shape = _shape(past_ms, counts, usable, zone)
    usual = [shape[_slot(at_ms, zone)] for at_ms in past_ms]
    struck = [
        _Struck(at, _overlap_ms(at, from_ms, to_ms) / HOUR_MS, shape[_slot(at, zone)])
        for at in struck_ms
    ]

    def judged(value_of: Callable[[HourCount], float]) -> _Judged:
        values = {at_ms: value_of(one) for at_ms, one in counts.items()}
        past = _Past([values.get(at, 0.0) for at in past_ms], usual, usable)
        return _judged(past, struck, values)

    views, watch_s = judged(lambda one: float(one.views)), judged(lambda one: one.watch_s)
    return _lost(library, views, watch_s, min(WEEKS, len(past_ms) // _WEEK_H))


def _lost(library: str, views: _Judged, watch_s: _Judged, weeks: int) -> Lost:
    views_low, views_high = views.lost_between(_HALF_A_VIEW)
    view_s = watch_s.expected / views.expected if views.expected else 0.0
    watch_low_s, watch_high_s = watch_s.lost_between(_HALF_A_VIEW * view_s)
    # A single long view hides what others did not watch: the time goes with the views, as long as
    # what is known of the time allows it.
    by_views_s = views.lost * view_s
    goes_with_views = watch_low_s <= by_views_s <= watch_high_s
    return Lost(
        library=library,
        expected_views=views.expected,
        seen_views=round(views.seen),
        views=views.lost,
        views_low=views_low,
        views_high=views_high,
        watch_s=by_views_s if goes_with_views else watch_s.lost,
        watch_low_s=watch_low_s,
        watch_high_s=watch_high_s,
        weeks=weeks,
    )


def _past_ms(known_from_ms: int, until_ms: int) -> range:
    """The whole hours before an outage that are looked at."""
    earliest_ms = max(known_from_ms, until_ms - WEEKS * _WEEK_H * HOUR_MS)
    return range(earliest_ms, until_ms, HOUR_MS)


def _slot(at_ms: int, zone: tzinfo) -> int:
    """The hour of the week."""
    local = datetime.fromtimestamp(at_ms / 1_000, zone)
    return local.weekday() * 24 + local.hour


def _usable(past_ms: Sequence[int], outages: Sequence[tuple[int, int]]) -> tuple[bool, ...]:
    """Of each hour, whether nothing was down in it."""
    usable = [True] * len(past_ms)
    for from_ms, to_ms in outages:
        first = bisect_left(past_ms, from_ms - HOUR_MS + 1)
        for place in range(first, bisect_left(past_ms, to_ms)):
            usable[place] = False
    return tuple(usable)


def _overlap_ms(hour_ms: int, from_ms: int, to_ms: int) -> int:
    return min(hour_ms + HOUR_MS, to_ms) - max(hour_ms, from_ms)


def _shape(
    past_ms: Sequence[int], counts: Mapping[int, HourCount], usable: Sequence[bool], zone: tzinfo
) -> list[float]:
    """The views that each hour of the week usually brings, less what is out of the common."""
    weeks: list[list[int]] = [[] for _ in range(_WEEK_H)]
    for at_ms, whole in zip(past_ms, usable, strict=True):
        if whole:
            weeks[_slot(at_ms, zone)].append(counts[at_ms].views if at_ms in counts else 0)
    return [_usual(views) for views in weeks]


def _usual(views: list[int]) -> float:
    """The mean of an hour's weeks, in which a rush counts as no more than many views."""
    if not views:
        return 0.0
    many = _RUSH_TIMES * median(views) + _RUSH_VIEWS
    return sum(min(each, many) for each in views) / len(views)


def _judged(past: _Past, struck: Sequence[_Struck], values: Mapping[int, float]) -> _Judged:
    level = past.level_before(len(past.values))
    while_down = sum(
        max(0.0, values.get(hour.at_ms, 0.0) - (1 - hour.share) * level * hour.usual)
        for hour in struck
    )
    expected = level * sum(hour.share * hour.usual for hour in struck)
    return _Judged(expected, while_down, _scatter(past, len(struck)))


def _scatter(past: _Past, struck_h: int) -> float:
    """The variance over stretches before, as a multiple of what was expected of them.

    Each stretch is judged by the days before it, as the outage is. It helped to make the shape that
    it is judged by, and the outage did not: of as many weeks, the one is off by less than what is
    looked for, and the other by more.
    """
    hours = len(past.usual)
    length = max(1, min(struck_h, (hours - _LEVEL_NEEDS_H) // _STRETCHES))
    off, expected = 0.0, 0.0
    for first in range(_LEVEL_NEEDS_H, hours - length + 1, length):
        stretch = slice(first, first + length)
        if all(past.usable[stretch]):
            here = past.level_before(first) * sum(past.usual[stretch])
            off += (sum(past.values[stretch]) - here) ** 2
            expected += here
    weeks = hours / _WEEK_H
    return max(1.0, off / expected * (weeks + 1) / (weeks - 1)) if expected else 1.0
