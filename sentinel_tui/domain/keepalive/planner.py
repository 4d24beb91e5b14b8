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
from typing import TYPE_CHECKING

from sentinel_tui.domain.keepalive.rhythm import Rhythm
from sentinel_tui.domain.keepalive.use import HOUR_S, HOURS_A_WEEK, RECENCIES, Hour

if TYPE_CHECKING:
    from sentinel_tui.domain.keepalive.week import PlanRecord

REPLAYED_HOURS = 4 * HOURS_A_WEEK
"""The past that a plan is tried on."""
RESERVE = 0.1
"""Share of the budget that is kept back by default."""
_DEVIATION = 0.05
"""Share of the budget by which a plan may be wrong."""
_HYSTERESIS = 0.8
"""A service that is kept awake stays so down to this share of the threshold."""


@dataclass(frozen=True, slots=True)
class Purse:
    """What a workspace has left this month.

    Attributes:
        budget_h: Instance-hours of the whole month.
        used_h: Spent so far.
        days_left: Until the month ends, in days.
        reserve: Share of the budget that is kept back for what no plan foresees.
    """

    budget_h: float
    used_h: float
    days_left: float
    reserve: float = RESERVE


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
    natural_h, reserve_h = _natural_h(use), _reserve_h(natural_daily_h(use), purse)
    allowed_h = (purse.budget_h - purse.used_h - reserve_h) / purse.days_left
    spare_s = (allowed_h - natural_h) * HOUR_S * REPLAYED_HOURS / 24
    return Plan(_threshold(use, rhythms, spare_s), dict(rhythms), natural_h, allowed_h)


def deviation(record: PlanRecord, used_h: float, now_ms: int) -> str:
    """Why a plan must be made anew: much more or less was spent than it reckoned with.

    Args:
        record: The plan that holds.
        used_h: Hours of the month that are used by now.
        now_ms: The present.

    Returns:
        The reason, in words; empty while the plan holds.
    """
    off_h = used_h - record.expected_h(now_ms)
    if abs(off_h) <= _DEVIATION * record.budget_h:
        return ""
    return f"{abs(off_h):.0f} h {'more' if off_h > 0 else 'less'} were used than planned"


def _natural_h(use: Mapping[str, Sequence[Hour]]) -> float:
    """What visitors alone spend in a day, all services together; also of less than a day."""
    recent = [hours[-REPLAYED_HOURS:] for hours in use.values() if hours]
    return sum(fmean(hour.awake_s for hour in hours) for hours in recent) / HOUR_S * 24


def natural_daily_h(use: Mapping[str, Sequence[Hour]]) -> list[float]:
    """What visitors alone spent on each of the last days, all services together."""
    recent = [hours[-REPLAYED_HOURS:] for hours in use.values()]
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
    return swing_h + purse.reserve * purse.budget_h


def _threshold(
    use: Mapping[str, Sequence[Hour]], rhythms: Mapping[str, Rhythm], spare_s: float
) -> float:
    """The value above which the hours of the last weeks best add up to the seconds to spare."""
    if spare_s <= 0:
        return inf
    asleep_s: defaultdict[float, float] = defaultdict(float)
    for service, hours in use.items():
        for (cell, recency), slept_s in _asleep(hours[-REPLAYED_HOURS:]).items():
            asleep_s[rhythms[service].value(cell, recency)] += slept_s
    dearer = inf
    for value in sorted(asleep_s, reverse=True):
        if spare_s < asleep_s[value]:
            # Hours of one value stand or fall together; what is nearer to what there is, wins.
            return value if spare_s >= asleep_s[value] / 2 else dearer
        spare_s -= asleep_s[value]
        dearer = value
    return 0.0


def _asleep(hours: Sequence[Hour]) -> Mapping[tuple[int, int], float]:
    """Seconds asleep by hour of the week and recency; what nobody saw was slept through."""
    slept_s: defaultdict[tuple[int, int], float] = defaultdict(float)
    unseen = [REPLAYED_HOURS // HOURS_A_WEEK] * HOURS_A_WEEK
    for hour in hours:
        unseen[hour.cell] -= 1
        for recency, seconds in enumerate(hour.asleep_s):
            if seconds:
                slept_s[hour.cell, recency] += seconds
    for cell, times in enumerate(unseen):
        if times > 0:
            slept_s[cell, RECENCIES - 1] += times * HOUR_S
    return slept_s
