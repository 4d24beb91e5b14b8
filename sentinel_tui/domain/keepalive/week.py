"""The plan as a week: for every hour what is expected, what it costs, and what is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sentinel_tui.domain.keepalive.peaks import Profile


@dataclass(frozen=True, slots=True)
class PlannedHour:
    """One hour of the week of one service.

    Attributes:
        cell: The hour of the week: 0 begins Monday at midnight, in the owner's zone.
        kept: How much of it the service is kept awake by plan, 0 to 1.
        visits: How many visits are expected.
        cold: How many of them would meet a cold start if nobody kept it awake.
        cost_h: What keeping it awake costs beyond what visitors spend, in hours.
    """

    cell: int
    kept: float
    visits: float
    cold: float
    cost_h: float


@dataclass(frozen=True, slots=True)
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
