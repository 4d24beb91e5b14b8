"""Which hours to keep services awake, within the hours a workspace has.

All hours of all services compete for one budget. Keeping a service awake for an hour is worth the
visits it saves from a cold start, so the best plan takes the most valuable hours first: a
fractional knapsack, whose solution is one threshold for the whole workspace. It is the one that,
replayed over the last four weeks, would have spent what may be spent each day from now on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import fmean, stdev

from sentinel_tui.domain.keepalive.rhythm import Rhythm
from sentinel_tui.domain.keepalive.use import HOUR_S, HOURS_A_WEEK, Hour

_REPLAYED_DAYS = 28
_RESERVE_SHARE = 0.005
_HYSTERESIS = 0.8
"""A service that is kept awake stays so down to this share of the threshold."""


@dataclass(frozen=True, slots=True)
class Purse:
    """What a workspace has left this month.

    Attributes:
        budget_h: Instance-hours of the whole month.
        used_h: Spent so far.
        days_left: Until the month ends, in days.
    """

    budget_h: float
    used_h: float
    days_left: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What to keep awake until the next plan.

    Attributes:
        threshold: The least value of an hour for which a service is kept awake; infinite when
            visitors alone spend more than there is.
        rhythms: How each service is visited.
        natural_h: What visitors alone spend in a day.
        allowed_h: What may be spent in a day.
    """

    threshold: float
    rhythms: Mapping[str, Rhythm]
    natural_h: float
    allowed_h: float

    def keeps_awake(self, service: str, cell: int, recency: int, *, kept: bool) -> bool:
        """Whether to keep a service awake now.

        Args:
            service: Which.
            cell: The hour of the week.
            recency: The class of time since its last use.
            kept: Whether it was kept awake until now, so that the plan does not waver.
        """
        wanted = self.threshold * (_HYSTERESIS if kept else 1.0)
        return self.threshold < inf and self.rhythms[service].value(cell, recency) >= wanted


def make_plan(
    use: Mapping[str, Sequence[Hour]], rhythms: Mapping[str, Rhythm], purse: Purse
) -> Plan:
    """Plan for all services of a workspace.

    Args:
        use: The hours of each service up to now, oldest first, all of the same length.
        rhythms: How each is visited.
        purse: What is left this month.
    """
    daily_h = _natural_daily_h(use)
    natural_h = fmean(daily_h) if daily_h else 0.0
    allowed_h = (purse.budget_h - purse.used_h - _reserve_h(daily_h, purse)) / purse.days_left
    threshold = _threshold(use, rhythms, (allowed_h - natural_h) * HOUR_S * len(daily_h))
    return Plan(threshold, dict(rhythms), natural_h, allowed_h)


def _natural_daily_h(use: Mapping[str, Sequence[Hour]]) -> list[float]:
    """What visitors alone spent on each of the last days, all services together."""
    recent = [hours[-_REPLAYED_DAYS * 24 :] for hours in use.values()]
    length = min((len(hours) for hours in recent), default=0)
    return [
        sum(hour.awake_s for hours in recent for hour in hours[first : first + 24]) / HOUR_S
        for first in range(0, length - length % 24, 24)
    ]


def _reserve_h(daily_h: Sequence[float], purse: Purse) -> float:
    """What is held back: two standard deviations of natural use over the days to come."""
    spread_h = stdev(daily_h) if len(daily_h) > 1 else 0.0
    week = min(purse.days_left, 7.0)
    later = max(0.0, purse.days_left - 7.0)
    swing_h = 2 * spread_h * sqrt(week) * (1 + 0.1 * sqrt(later))
    return swing_h + _RESERVE_SHARE * purse.budget_h


def _threshold(
    use: Mapping[str, Sequence[Hour]], rhythms: Mapping[str, Rhythm], spare_s: float
) -> float:
    """The value above which the hours of the last weeks add up to the seconds to spare."""
    if spare_s <= 0:
        return inf
    asleep_s: defaultdict[float, float] = defaultdict(float)
    for service, hours in use.items():
        for (cell, recency), slept_s in _asleep(hours[-_REPLAYED_DAYS * 24 :]).items():
            asleep_s[rhythms[service].value(cell, recency)] += slept_s
    for value in sorted(asleep_s, reverse=True):
        spare_s -= asleep_s[value]
        if spare_s < 0:
            return value
    return 0.0


def _asleep(hours: Sequence[Hour]) -> Mapping[tuple[int, int], float]:
    slept_s: defaultdict[tuple[int, int], float] = defaultdict(float)
    for hour in hours:
        for recency, seconds in enumerate(hour.asleep_s):
            if seconds:
                slept_s[hour.cell % HOURS_A_WEEK, recency] += seconds
    return slept_s
