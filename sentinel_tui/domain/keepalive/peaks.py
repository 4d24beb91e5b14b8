"""Busy and quiet hours, said only where the evidence carries them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean, variance

from sentinel_tui.domain.keepalive.use import DAY_CELLS, HOURS_A_WEEK, Hour, day_cell
from sentinel_tui.domain.stats.binomial import at_least
from sentinel_tui.domain.stats.gamma import quantile, share_below

_MOST_HOURS = 12 * HOURS_A_WEEK
_PRELIMINARY_DAYS = 14
_ENOUGH_DAYS = 28
_PRIOR_VISITS = 0.1
"""How many visits of evidence stand behind "every hour is like the mean"."""
_BUSY = 1.5
_QUIET = 0.25
_SURE = 0.9
_LATE_HOURS = 2 * HOURS_A_WEEK
_CHANGE = 1.5
_CHANCE = 0.01


@dataclass(frozen=True, slots=True)
class HourRate:
    """One hour of the week-days, or of the week-end days.

    Attributes:
        rate: Visits an hour, as estimated.
        low: The 10th percentile of what it may be.
        high: The 90th.
        visits: How many visits it was learnt from.
        peak: Whether it is surely a busy hour.
        off_peak: Whether surely hardly anybody comes.
    """

    rate: float
    low: float
    high: float
    visits: int
    peak: bool = False
    off_peak: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """When a service is used.

    Attributes:
        hours: 24 of week-days, then 24 of week-end days, in the owner's zone.
        mean: Visits an hour over all of them.
        days: How many days it was learnt from.
        days_needed: How many more days until it can be relied on; 0: enough. Until then what is
            called busy is so as well, but about a third of the busy hours are still missing.
        changed: What changed of late, in one line, or empty.
    """

    hours: tuple[HourRate, ...]
    mean: float
    days: float
    days_needed: int = 0
    changed: str = ""


def profile(hours: Sequence[Hour]) -> Profile:
    """When a service is used, from its hours, oldest first; the newest end now.

    Each hour of the day, on week-days and at week-ends, has a Gamma-Poisson rate. Where weeks
    differ more than chance would have it, they count for less. An hour is busy if its rate is
    surely (9 in 10) above 1.5 times the mean, and quiet if surely below a quarter of it.

    Args:
        hours: The hours; what is older than twelve weeks no longer counts.
    """
    hours = hours[-_MOST_HOURS:]
    days = len(hours) / 24
    visits, exposed_h = [0] * DAY_CELLS, [0] * DAY_CELLS
    for hour in hours:
        visits[day_cell(hour.cell)] += sum(hour.visits)
        exposed_h[day_cell(hour.cell)] += 1
    mean = sum(visits) / max(1, len(hours))
    sure = days >= _PRELIMINARY_DAYS and mean > 0
    doubt = _over_dispersion(hours) if sure else 1.0
    return Profile(
        hours=tuple(
            _hour_rate(seen, passed_h, doubt, mean, judged=sure)
            for seen, passed_h in zip(visits, exposed_h, strict=True)
        ),
        mean=mean,
        days=days,
        days_needed=max(0, ceil(_ENOUGH_DAYS - days)),
        changed=_changed(hours),
    )


def _hour_rate(visits: int, exposed_h: int, doubt: float, mean: float, *, judged: bool) -> HourRate:
    if mean <= 0:
        return HourRate(0.0, 0.0, 0.0, visits)
    shape = _PRIOR_VISITS + visits / doubt
    evidence_h = _PRIOR_VISITS / mean + exposed_h / doubt
    return HourRate(
        rate=shape / evidence_h,
        low=quantile(1 - _SURE, shape) / evidence_h,
        high=quantile(_SURE, shape) / evidence_h,
        visits=visits,
        peak=judged and 1 - share_below(_BUSY * mean * evidence_h, shape) >= _SURE,
        off_peak=judged and share_below(_QUIET * mean * evidence_h, shape) >= _SURE,
    )


def _over_dispersion(hours: Sequence[Hour]) -> float:
    """By how much the visits of an hour vary more from week to week than by chance; at least 1."""
    weeks = len(hours) // HOURS_A_WEEK
    counts = [[0] * weeks for _ in range(DAY_CELLS)]
    for number, hour in enumerate(hours[-weeks * HOURS_A_WEEK :]):
        counts[day_cell(hour.cell)][number // HOURS_A_WEEK] += sum(hour.visits)
    used = [of_weeks for of_weeks in counts if any(of_weeks)]
    if not used:
        return 1.0
    return max(1.0, fmean(variance(of_weeks) / fmean(of_weeks) for of_weeks in used))


def _changed(hours: Sequence[Hour]) -> str:
    """What is different in the last two weeks, if it is both certain and worth talking about."""
    late, before = hours[-_LATE_HOURS:], hours[:-_LATE_HOURS]
    if len(before) < _LATE_HOURS:
        return ""
    visits_late, visits_before = _visits(late), _visits(before)
    daily_late, daily_before = visits_late / len(late) * 24, visits_before / len(before) * 24
    share = len(late) / len(hours)
    total = visits_late + visits_before
    if daily_late > _CHANGE * daily_before and at_least(visits_late, total, share) < _CHANCE:
        word = "busier"
    elif (
        daily_before > _CHANGE * daily_late and at_least(visits_before, total, 1 - share) < _CHANCE
    ):
        word = "quieter"
    else:
        return ""
    return (
        f"{word} of late: {daily_late:.1f} visits a day in the last two weeks, "
        f"{daily_before:.1f} before"
    )


def _visits(hours: Sequence[Hour]) -> int:
    return sum(sum(hour.visits) for hour in hours)
