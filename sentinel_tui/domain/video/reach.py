"""How many views a video has for its age, compared with what is usual in its library."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log, pi, sqrt
from statistics import pvariance
from typing import TYPE_CHECKING

from sentinel_tui.domain.stats.means import Mean, believed
from sentinel_tui.domain.stats.regression import spline, unexplained
from sentinel_tui.domain.video.ages import counted_to_ms, views_until
from sentinel_tui.domain.video.catalog import DAY_MS
from sentinel_tui.domain.video.curves import (
    AGES_DAYS,
    CURVE_NEEDS_DAYS,
    CURVE_NEEDS_VIDEOS,
    HALF_A_VIEW,
    usual_views,
    views_by_age,
)
from sentinel_tui.domain.video.engagement import HALF_WEIGHT_VIEWS
from sentinel_tui.domain.video.metrics import Basis, Figure, told, unavailable
from sentinel_tui.domain.video.study import Known, UsualCurve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ACROSS_NEEDS_VIDEOS = 20
"""So many videos of different ages tell how views go with age, where no curve is known."""

_YOUNGEST_DAYS = 1.0
_USUAL_VARIANCE = 1.0
"""Between videos of one library, of the logarithm of their views at equal age: one in three does
more than e times better or worse than the middle."""
_USUAL_WORTH_VIDEOS = 10.0
_MEDIAN_ERROR = pi / 2
"""The variance of a median of many, times their number, as a part of their own."""
_SPLINE_COLUMNS = 4
"""A fit with so many columns errs by as many times that variance over their number, on average."""
_SETTLED = AGES_DAYS.index(CURVE_NEEDS_DAYS)
_Z90 = 1.645


@dataclass(frozen=True, slots=True)
class AtAge:
    """A video's views beside the usual ones.

    Attributes:
        views: Its own, so far.
        age_days: How old it was then.
        usual: The views of a middling video of its library at that age.
        whole: Whether its views were counted from its first day, by the day.
    """

    views: float
    age_days: float
    usual: float
    whole: bool

    @property
    def log_ratio(self) -> float:
        """How far above the usual, on a logarithmic scale; with few views mostly luck."""
        return log((self.views + HALF_A_VIEW) / (self.usual + HALF_A_VIEW))


def at_age(known: Known, curve: UsualCurve, now_ms: int) -> AtAge | None:
    """A video beside the usual, or None while it is younger than a day or nothing is counted.

    Counts from its first day on are compared at the greatest age that they and the curve reach.
    Of an older video only the sum is left: it is compared at its present age, for which the curve
    is continued where need be.
    """
    counted_ms = counted_to_ms(known, now_ms)
    if counted_ms is None:
        age_days = _present_age_days(known, now_ms)
        if age_days is None:
            return None
        return AtAge(known.video.views, age_days, usual_views(curve, age_days), whole=False)
    published_ms = known.video.published_ms
    until_ms = min(counted_ms, published_ms + curve.days[-1] * DAY_MS)
    age_days = (until_ms - published_ms) / DAY_MS
    if age_days < _YOUNGEST_DAYS:
        return None
    (views,) = views_until(known, [until_ms])
    return AtAge(views, age_days, usual_views(curve, age_days), whole=True)


def reaches(known: Sequence[Known], curve: UsualCurve | None, now_ms: int) -> list[Figure]:
    """The reach of a library's videos, in their order: 1 as usual, 2 with twice the views.

    Few views are drawn to what is usual in the library, the young ones the more as nobody knows
    yet how they go on. The intervals hold 90 % or more. Without a curve the sums of views are
    compared with those of other videos of the age.
    """
    if curve is not None:
        along = [at_age(one, curve, now_ms) for one in known]
        growing = _variance_of_growth(known, curve, now_ms)
        return _figures(along, growing, curve.videos, _MEDIAN_ERROR / curve.videos)
    across = _across_ages(known, now_ms)
    speaking = sum(one is not None for one in across)
    if not speaking:
        return [unavailable(_needs(known, now_ms)) for _ in known]
    return _figures(across, lambda _age_days: 0.0, speaking, _SPLINE_COLUMNS / speaking)


def _figures(
    compared: Sequence[AtAge | None],
    growing: Callable[[float], float],
    speaking: int,
    usual_error: float,
) -> list[Figure]:
    """The reach of videos, in their order.

    Args:
        compared: Each beside the usual.
        growing: The variance of the share of its views that a video of an age has by then.
        speaking: How many videos tell what is usual.
        usual_error: The variance of what they tell, as a part of that between videos.
    """
    seen = [one for one in compared if one is not None]
    ratios = [one.log_ratio for one in seen]
    errors = [1 / (one.views + HALF_A_VIEW) + growing(one.age_days) for one in seen]
    means = iter(believed(ratios, errors, _USUAL_VARIANCE, _USUAL_WORTH_VIDEOS))
    besides = usual_error * pvariance(ratios) if ratios else 0.0
    return [
        unavailable("a day of counts since publication")
        if one is None
        else _figure(one, next(means), speaking, besides)
        for one in compared
    ]


def _figure(one: AtAge, mean: Mean, speaking: int, besides: float) -> Figure:
    """The reach of a video, in an interval that is no surer than what it is compared with.

    Args:
        one: The video beside the usual.
        mean: What may be believed of the logarithm of their ratio.
        speaking: How many videos tell what is usual.
        besides: The variance of what they tell.
    """
    half = _Z90 * sqrt(mean.sd**2 + besides)
    source = (
        f"{told(round(one.views))} views in {told(round(one.age_days))} days, usual here "
        f"{told(max(0, round(one.usual)))} by {told(speaking)} videos"
    )
    return Figure(
        value=exp(mean.value),
        basis=Basis.ESTIMATED,
        source=source if one.whole else f"{source}; compared by its sum alone",
        low=exp(mean.value - half),
        high=exp(mean.value + half),
        confidence=mean.reliability,
    )


def _present_age_days(known: Known, now_ms: int) -> float | None:
    """How old a video was when its platform last told its views; None for less than a day."""
    age_days = (min(known.video.seen_ms, now_ms) - known.video.published_ms) / DAY_MS
    return age_days if known.video.seen_ms and age_days >= _YOUNGEST_DAYS else None


def _across_ages(known: Sequence[Known], now_ms: int) -> list[AtAge | None]:
    """Videos beside others of their age, by a curve through the sums of all of them.

    It takes an old video's higher sum for growth, where the library may just have been more
    popular then; so it is for libraries of which no video is known from its beginning.
    """
    import numpy as np

    ages = {
        place: age_days
        for place, one in enumerate(known)
        if (age_days := _present_age_days(one, now_ms)) is not None
    }
    if len(ages) < ACROSS_NEEDS_VIDEOS:
        return [None] * len(known)
    views = np.array([known[place].video.views + HALF_A_VIEW for place in ages])
    left = unexplained(np.log(views), spline(np.log(list(ages.values()))))
    usual = dict(zip(ages, views / np.exp(left) - HALF_A_VIEW, strict=True))
    return [
        AtAge(one.video.views, ages[place], float(usual[place]), whole=False)
        if place in ages
        else None
        for place, one in enumerate(known)
    ]


def _needs(known: Sequence[Known], now_ms: int) -> str:
    settled = sum(
        len(row) > _SETTLED and row[_SETTLED] > 0
        for row in (views_by_age(one, now_ms) for one in known)
    )
    return (
        f"{CURVE_NEEDS_VIDEOS} videos of its library with views in their first "
        f"{CURVE_NEEDS_DAYS} days, all counted: {CURVE_NEEDS_VIDEOS - settled} more; or "
        f"{ACROSS_NEEDS_VIDEOS} of any age"
    )


def _variance_of_growth(
    known: Sequence[Known], curve: UsualCurve, now_ms: int
) -> Callable[[float], float]:
    """By how much videos differ in what share of their 28 days' views has come by an age.

    What chance makes of so few views is taken out: they fall before an age or after it. Once 28
    days are over, nothing is left to differ.
    """
    import numpy as np

    rows = [row for one in known if len(row := views_by_age(one, now_ms)) > _SETTLED]
    table = np.array([row[: _SETTLED + 1] for row in rows if row[_SETTLED] > 0])
    by_then, by_28 = table[:, :_SETTLED] + HALF_A_VIEW, table[:, _SETTLED:] + HALF_A_VIEW
    off = np.log(by_then / by_28) - np.log(np.array(curve.share[:_SETTLED]))
    beyond_chance = off**2 - (1 / by_then - 1 / by_28)
    weights = (by_28 / (by_28 + HALF_WEIGHT_VIEWS))[:, 0]
    variances = [*np.maximum(0.0, np.average(beyond_chance, axis=0, weights=weights)), 0.0]

    def growing(age_days: float) -> float:
        return float(variances[min(bisect_right(curve.days, age_days) - 1, _SETTLED)])

    return growing
