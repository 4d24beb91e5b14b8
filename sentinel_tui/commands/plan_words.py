"""What a wake plan means in words: its threshold, its month, and why a day is as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sentinel_tui.commands.planned_hours import HOURS_AHEAD, Ahead
from sentinel_tui.commands.wording import counted, moment
from sentinel_tui.domain.keepalive.hours_ledger import Forecast

if TYPE_CHECKING:
    from sentinel_tui.commands.context import Context
    from sentinel_tui.domain.keepalive.week import PlanRecord


def threshold_line(made: PlanRecord) -> str:
    """What the threshold of a plan means."""
    if made.threshold is None:
        return (
            f"Nothing is kept awake: visitors alone spend {made.natural_h:.1f} h a day, and "
            f"{max(0.0, made.allowed_h):.1f} h a day may be spent."
        )
    if made.threshold <= 0:
        return "There are hours enough to keep everything awake all day."
    return (
        f"Threshold {made.threshold:.2g} visits an hour: hours are spent where they save at least "
        f"{_saved(made.threshold)} from a cold start; what saves less would be better spent "
        "elsewhere."
    )


def month_lines(made: PlanRecord, context: Context) -> list[str]:
    """What may be spent by a plan, and how the month ends by it."""
    told = None
    if made.forecast_p50_h is not None and made.forecast_p90_h is not None:
        told = Forecast(made.forecast_p50_h, made.forecast_p90_h, made.exhausted_ms, None)
    return [
        spending_line(made),
        *forecast_lines("By this plan", told, made.budget_h, context),
    ]


def forecast_lines(
    basis: str, told: Forecast | None, budget_h: float, context: Context
) -> list[str]:
    """How the month ends, and when its hours run out.

    Args:
        basis: What it is reckoned by, as a sentence begins.
        told: The forecast, or None where too little is known for one.
        budget_h: Hours of the month.
        context: What commands work with.
    """
    if told is None:
        return ["Two days of watching are needed before anything can be said of the month's end."]
    ends = (
        f"{basis} the month ends at about {told.p50_h:.0f} h (p50), and once in ten times beyond "
        f"{told.p90_h:.0f} h (p90)"
    )
    if told.exhausted_p50_ms is not None:
        return [f"{ends}.", _runs_out(told.exhausted_p50_ms, context)]
    if told.exhausted_p90_ms is not None:
        at = moment(told.exhausted_p90_ms, context.now_ms, context.zone)
        return [f"{ends}; if it goes as badly as that, they run out at {at}."]
    if told.p90_h > budget_h:
        return [f"{ends}; if it goes as badly as that, they do not last."]
    return [f"{ends}; the hours last."]


def spending_line(made: PlanRecord) -> str:
    """What there was to spend when a plan was made."""
    return (
        f"{made.used_h:.1f} of {made.budget_h:g} h were used when it was made; "
        f"{max(0.0, made.allowed_h):.1f} h a day may be spent, of which visitors spend "
        f"{made.natural_h:.1f} by themselves."
    )


def why_line(day: Ahead, made: PlanRecord) -> str:
    """Why the coming day of a service is planned as it is."""
    parts = [_bought(day, made)]
    profile = made.profiles.get(day.service)
    if profile is not None and profile.days_needed:
        more = counted(profile.days_needed, "more day")
        parts.append(
            f"learnt from {counted(round(profile.days), 'day')}; for {more} the hours at which "
            "people usually come count too"
        )
    if profile is not None and profile.changed:
        parts.append(profile.changed)
    return "; ".join(parts)


def plan_data(made: PlanRecord) -> dict[str, Any]:
    """A plan for programs, without its weeks."""
    return {
        "made_ms": made.made_ms,
        "reason": made.reason,
        "budget_h": made.budget_h,
        "used_h": round(made.used_h, 2),
        "natural_h_a_day": round(made.natural_h, 2),
        "allowed_h_a_day": round(made.allowed_h, 2),
        "threshold": made.threshold,
        "forecast_p50_h": made.forecast_p50_h,
        "forecast_p90_h": made.forecast_p90_h,
        "exhausted_ms": made.exhausted_ms,
    }


def _bought(day: Ahead, made: PlanRecord) -> str:
    most = f"the best is {day.clock(day.best)} with {day.best.hour.visits:.2f} visits expected"
    if made.threshold is None:
        return f"left to its visitors; {most}"
    if day.kept_hours == 0:
        return f"no hour saves enough visits; {most}"
    if day.kept_hours == HOURS_AHEAD:
        return f"every hour saves enough visits; {most}"
    return f"{day.kept_hours} of {HOURS_AHEAD} hours save enough visits; {most}"


def _runs_out(at_ms: int, context: Context) -> str:
    if at_ms <= context.now_ms:
        return "The hours are used up: the platform suspends free services until the month ends."
    at = moment(at_ms, context.now_ms, context.zone)
    return f"The hours run out at {at}; then the platform suspends all free services."


def _saved(visits_an_hour: float) -> str:
    """A rate of visits saved, as people picture it: "one visit in 72 hours"."""
    if visits_an_hour >= 1:
        return f"{visits_an_hour:.1f} visits an hour"
    return f"one visit in {1 / visits_an_hour:.0f} hours"
