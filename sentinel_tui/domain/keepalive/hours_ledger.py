"""The hours ledger: instance-hours that the services of a workspace spent this month, and will.

No platform tells how many free hours are left, so Sentinel adds up when services were awake. What
the owner reads off the platform's own page corrects the sum from then on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from math import sqrt
from statistics import fmean, stdev

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
FREE_HOURS = 750.0
"""What a workspace on Render's free plan has each calendar month, for all services together."""

_P90 = 1.2816
"""Standard deviations from the median to the 90th percentile of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Awake:
    """A stretch in which a service was awake, and so cost hours."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Correction:
    """What the platform's own page said.

    Attributes:
        at_ms: When it was read.
        used_h: Hours of the month that were used then, all services together.
    """

    at_ms: int
    used_h: float


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in UTC, as the platform counts."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """How the month will end if services go on as they did.

    Attributes:
        p50_h: Hours at the end of the month, as likely more as less.
        p90_h: Hours that are exceeded once in ten times.
        exhausted_p50_ms: When the budget is used up at the usual pace, or None: not this month.
        exhausted_p90_ms: When, if it goes as badly as once in ten times.
    """

    p50_h: float
    p90_h: float
    exhausted_p50_ms: int | None
    exhausted_p90_ms: int | None


def month_of(at_ms: int) -> Month:
    """The month that an instant lies in."""
    at = datetime.fromtimestamp(at_ms / 1_000, UTC)
    start = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    later = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    return Month(round(start.timestamp() * 1_000), round(later.timestamp() * 1_000))


def merged(stretches: Iterable[Awake]) -> list[Awake]:
    """The same time without overlaps, in order; one service is awake once at a time."""
    whole: list[Awake] = []
    for one in sorted(stretches, key=lambda stretch: stretch.start_ms):
        if whole and one.start_ms <= whole[-1].end_ms:
            whole[-1] = Awake(whole[-1].start_ms, max(whole[-1].end_ms, one.end_ms))
        elif one.start_ms < one.end_ms:
            whole.append(one)
    return whole


def hours_between(stretches: Iterable[Awake], start_ms: int, end_ms: int) -> float:
    """How many hours of some stretches lie between two instants; overlaps count once."""
    inside_ms = sum(
        max(0, min(one.end_ms, end_ms) - max(one.start_ms, start_ms)) for one in merged(stretches)
    )
    return inside_ms / HOUR_MS


def used_h(
    awake: Mapping[str, Sequence[Awake]], now_ms: int, correction: Correction | None = None
) -> float:
    """Hours of this month that all services together have used.

    Args:
        awake: When each service was awake.
        now_ms: The present.
        correction: The last one, if there was any; one of an earlier month no longer counts.
    """
    month = month_of(now_ms)
    base_h, since_ms = 0.0, month.start_ms
    if correction is not None and month.start_ms <= correction.at_ms <= now_ms:
        base_h, since_ms = correction.used_h, correction.at_ms
    return base_h + sum(hours_between(one, since_ms, now_ms) for one in awake.values())


def daily_hours(awake: Mapping[str, Sequence[Awake]], now_ms: int, days: int) -> list[float]:
    """Hours that all services used on each of the last whole days, the oldest first."""
    ends_ms = [now_ms - (days - number) * DAY_MS for number in range(days + 1)]
    return [
        sum(hours_between(one, start_ms, end_ms) for one in awake.values())
        for start_ms, end_ms in pairwise(ends_ms)
    ]


def forecast(
    used: float, daily_h: Sequence[float], budget_h: float, now_ms: int
) -> Forecast | None:
    """How the month ends at the pace of the last days.

    Days are taken for independent, so that the spread grows with the square root of their number.

    Args:
        used: Hours used so far this month.
        daily_h: Hours of each of the last days.
        budget_h: Hours of the whole month.
        now_ms: The present.

    Returns:
        The forecast, or None when fewer than two days are known.
    """
    if len(daily_h) < 2:
        return None
    pace_h, spread_h = fmean(daily_h), stdev(daily_h)
    days_left = (month_of(now_ms).end_ms - now_ms) / DAY_MS
    fast_h = pace_h + _P90 * spread_h / sqrt(max(days_left, 1.0))
    return Forecast(
        p50_h=used + pace_h * days_left,
        p90_h=used + fast_h * days_left,
        exhausted_p50_ms=_exhausted_ms(used, pace_h, budget_h, now_ms),
        exhausted_p90_ms=_exhausted_ms(used, fast_h, budget_h, now_ms),
    )


def _exhausted_ms(used: float, pace_h: float, budget_h: float, now_ms: int) -> int | None:
    if used >= budget_h:
        return now_ms
    if pace_h <= 0:
        return None
    at_ms = now_ms + round((budget_h - used) / pace_h * DAY_MS)
    return at_ms if at_ms < month_of(now_ms).end_ms else None
