"""How the views of a library's videos usually add up with age.

The logarithm of a video's views so far is a level of its own and a curve over the logarithm of its
age, which all videos of the library share. Whatever a video's level is, it drops out of the
differences between its own ages: those alone make the curve (fixed effects), so that it does not
matter which videos happen to be old.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from math import exp, log
from typing import TYPE_CHECKING

from sentinel_tui.domain.video.ages import counted_to_ms, views_until
from sentinel_tui.domain.video.catalog import DAY_MS
from sentinel_tui.domain.video.engagement import HALF_WEIGHT_VIEWS
from sentinel_tui.domain.video.study import Known, UsualCurve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CURVE_NEEDS_VIDEOS = 8
CURVE_NEEDS_DAYS = 28
AGES_DAYS = (1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 60, 90, 120, 180, 270, 360)
"""The knots of the curve, about evenly apart on a logarithmic scale."""
HALF_A_VIEW = 0.5
"""Added to counts before a logarithm is taken of them: nothing has none."""

_SETTLED = AGES_DAYS.index(CURVE_NEEDS_DAYS)


def usual_curve(known: Sequence[Known], library: str, now_ms: int) -> UsualCurve | None:
    """The curve of a library, as far as eight videos or more tell of it.

    Args:
        known: All that is known of videos, of other libraries too.
        library: The library's name.
        now_ms: The present.

    Returns:
        The curve, or None while fewer than eight videos with views have their first 28 days
        counted. Its views are those of the video in the middle.
    """
    import numpy as np

    rows = [
        row
        for one in known
        if one.video.library == library and len(row := views_by_age(one, now_ms)) > _SETTLED
    ]
    if sum(row[_SETTLED] > 0 for row in rows) < CURVE_NEEDS_VIDEOS:
        return None
    table = np.full((len(rows), len(AGES_DAYS)), np.nan)
    for place, row in enumerate(rows):
        table[place, : len(row)] = row
    growth = _growth(table)
    middling = float(np.exp(np.median(np.log(table[:, _SETTLED] + HALF_A_VIEW))))
    return UsualCurve(
        library=library,
        videos=len(rows),
        days=AGES_DAYS[: len(growth)],
        share=tuple(exp(one) for one in growth),
        views=tuple(middling * exp(one) for one in growth),
    )


def views_by_age(known: Known, now_ms: int) -> list[float]:
    """The views that a video had by each of the curve's ages that it has come to.

    Empty where its counts do not reach back to its first day.
    """
    until_ms = counted_to_ms(known, now_ms)
    if until_ms is None:
        return []
    ends_ms = [known.video.published_ms + days * DAY_MS for days in AGES_DAYS]
    return views_until(known, [end_ms for end_ms in ends_ms if end_ms <= until_ms])


def usual_views(curve: UsualCurve, age_days: float) -> float:
    """The views that a middling video of a library has at an age.

    Between the curve's ages on a straight line through logarithms, and behind them on its last.

    Args:
        curve: The library's.
        age_days: At least the curve's first age.
    """
    after = min(max(1, bisect_left(curve.days, age_days)), len(curve.days) - 1)
    young, old = log(curve.days[after - 1]), log(curve.days[after])
    low, high = log(curve.views[after - 1]), log(curve.views[after])
    return exp(low + (high - low) * (log(age_days) - young) / (old - young))


def _growth(table: Floats) -> list[float]:
    """The curve, 0 at 28 days, as far as enough videos tell of it.

    Args:
        table: A row for each video, with its views by each age; not a number where it is younger.
    """
    import numpy as np

    weights = table[:, _SETTLED] / (table[:, _SETTLED] + HALF_WEIGHT_VIEWS)
    steps = np.diff(np.log(table + HALF_A_VIEW), axis=1)
    growth = [0.0]
    for step in steps.T:
        told = ~np.isnan(step) & (weights > 0)
        if told.sum() < CURVE_NEEDS_VIDEOS:
            break
        growth.append(growth[-1] + float(np.average(step[told], weights=weights[told])))
    return [one - growth[_SETTLED] for one in growth]
