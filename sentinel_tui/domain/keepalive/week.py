"""The plan as a week: for every hour what is expected, what it costs, and what is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from math import isinf
from zoneinfo import ZoneInfo

from sentinel_tui.domain.keepalive.hours_ledger import DAY_MS, Forecast
from sentinel_tui.domain.keepalive.peaks import Profile
from sentinel_tui.domain.keepalive.planner import REPLAYED_HOURS, Plan, Purse
from sentinel_tui.domain.keepalive.use import (
    HOUR_S,
    HOURS_A_WEEK,
    TICK_S,
    Hour,
    recency,
    slept_through,
)


@dataclass(frozen=True, slots=True)
class PlannedHour:
    """One hour of the week of one service.

    Attributes:
        cell: The hour of the week: 0 begins Monday at midnight, in the owner's zone.
        kept: How much of its sleep in this hour the plan takes from the service, 0 to 1.
        visits: How many visits are expected.
        cold: How many of them still meet a cold start, because the plan lets the service sleep.
        cost_h: What keeping it awake costs beyond what visitors spend, in hours.
    """

    cell: int
    kept: float
    visits: float
    cold: float
    cost_h: float


@dataclass(frozen=True)
class PlanRecord:
    """A plan for all services of a workspace, as it was made.

    Attributes:
        made_ms: When.
        reason: Why it was made, such as `daily` or `more was spent than expected`.
        budget_h: Hours of the month.
        used_h: Spent of them when it was made.
        natural_h: What visitors alone spend in a day.
        allowed_h: What may be spent in a day.
        threshold: The least visits an hour for which a service is kept awake; None: nothing is,
            because visitors alone spend more than there is.
        forecast_p50_h: Hours at the end of the month, as likely more as less.
        forecast_p90_h: Hours exceeded once in ten times.
        exhausted_ms: When the hours run out at the usual pace, or None: not this month.
        weeks: 168 hours of each service, by its id.
        profiles: The usage of each service, by its id.
    """

    made_ms: int
    reason: str
    budget_h: float
    used_h: float
    natural_h: float
    allowed_h: float
    threshold: float | None
    forecast_p50_h: float | None
    forecast_p90_h: float | None
    exhausted_ms: int | None
    weeks: Mapping[str, tuple[PlannedHour, ...]]
    profiles: Mapping[str, Profile]

    @cached_property
    def daily_h(self) -> float:
        """What is spent in a day if all goes by the plan: by visitors, and by keeping awake."""
        kept_h = sum(hour.cost_h for hours in self.weeks.values() for hour in hours)
        return self.natural_h + kept_h / 7

    def expected_h(self, at_ms: int) -> float:
        """Hours of the month that are used by an instant if all goes by the plan."""
        return self.used_h + self.daily_h * (at_ms - self.made_ms) / DAY_MS


def cell_at(at_ms: int, zone: str) -> int:
    """The hour of the week that an instant lies in, in a zone; 0 begins Monday at midnight."""
    local = datetime.fromtimestamp(at_ms / 1_000, ZoneInfo(zone))
    return local.weekday() * 24 + local.hour


def week(plan: Plan, service: str, use: Sequence[Hour]) -> tuple[PlannedHour, ...]:
    """A plan as the week of a service, hour by hour.

    Args:
        plan: The plan.
        service: Which service.
        use: Its hours of late, by which the effect of the plan is told; an hour of the week that is
            not among them is taken for slept through.
    """
    of_cell: list[list[Hour]] = [[] for _ in range(HOURS_A_WEEK)]
    for hour in use[-REPLAYED_HOURS:]:
        of_cell[hour.cell].append(hour)
    return tuple(
        _planned(plan, service, cell, hours or [slept_through(cell)])
        for cell, hours in enumerate(of_cell)
    )


def next_kept_ms(
    plan: Plan,
    service: str,
    last_use_ms: int | None,
    now_ms: int,
    cell_of: Callable[[int], int],
    until_ms: int,
) -> int | None:
    """When the plan next keeps a service awake, if nobody comes before.

    Args:
        plan: The plan.
        service: Which service.
        last_use_ms: When somebody last used it, or None: never.
        now_ms: The present.
        cell_of: The hour of the week of an instant.
        until_ms: How far to look.

    Returns:
        The instant, to five minutes; the present, where it is kept awake now; None: not by then.
    """
    for at_ms in range(now_ms, until_ms + 1, round(TICK_S * 1_000)):
        since_s = None if last_use_ms is None else (at_ms - last_use_ms) / 1_000
        if plan.keeps_awake(service, cell_of(at_ms), recency(since_s), kept=False):
            return at_ms
    return None


def record(
    plan: Plan,
    use: Mapping[str, Sequence[Hour]],
    purse: Purse,
    *,
    made_ms: int,
    reason: str,
    told: Forecast | None,
    profiles: Mapping[str, Profile],
) -> PlanRecord:
    """A plan as it is kept and shown.

    Args:
        plan: The plan.
        use: The hours of each service that it was made from.
        purse: What there was to spend.
        made_ms: When it was made.
        reason: Why.
        told: How the month will end, as far as that can be told.
        profiles: The usage of each service.
    """
    return PlanRecord(
        made_ms=made_ms,
        reason=reason,
        budget_h=purse.budget_h,
        used_h=purse.used_h,
        natural_h=plan.natural_h,
        allowed_h=plan.allowed_h,
        threshold=None if isinf(plan.threshold) else plan.threshold,
        forecast_p50_h=told.p50_h if told else None,
        forecast_p90_h=told.p90_h if told else None,
        exhausted_ms=told.exhausted_p50_ms if told else None,
        weeks={service: week(plan, service, hours) for service, hours in use.items()},
        profiles=dict(profiles),
    )


def _planned(plan: Plan, service: str, cell: int, hours: Sequence[Hour]) -> PlannedHour:
    """What the plan makes of an hour of the week, on average over some of them."""
    rhythm = plan.rhythms[service]
    asleep_s, kept_s, visits, cold = 0.0, 0.0, 0.0, 0.0
    for since, slept_s in enumerate(map(sum, zip(*(hour.asleep_s for hour in hours), strict=True))):
        expected = rhythm.value(cell, since) * slept_s / HOUR_S
        kept = plan.keeps_awake(service, cell, since, kept=False)
        asleep_s += slept_s
        kept_s += slept_s * kept
        visits += expected
        cold += expected * (not kept)
    return PlannedHour(
        cell=cell,
        kept=kept_s / asleep_s if asleep_s else 0.0,
        visits=visits / len(hours),
        cold=cold / len(hours),
        cost_h=kept_s / HOUR_S / len(hours),
    )
