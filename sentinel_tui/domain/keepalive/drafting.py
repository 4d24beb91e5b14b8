"""A plan drafted from the visits that are known: the heavy part of planning, for a thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sentinel_tui.domain.keepalive import hours_ledger
from sentinel_tui.domain.keepalive.peaks import profile
from sentinel_tui.domain.keepalive.planner import Plan, Purse, make_plan, natural_daily_h
from sentinel_tui.domain.keepalive.rhythm import DEFAULT, learn
from sentinel_tui.domain.keepalive.use import HOUR_S, HOURS_A_WEEK, Hour, hours
from sentinel_tui.domain.keepalive.week import PlanRecord, record

_A_MONDAY = datetime(1970, 1, 5)  # noqa: DTZ001 (of the clock on the wall, in whatever zone)


@dataclass(frozen=True, slots=True)
class Known:
    """What a plan is drafted from.

    Attributes:
        visits_ms: When each service was visited, by its id, ascending.
        since_ms: Since when visits are known.
        now_ms: The present.
        zone: The owner's zone, in which the week is told.
        purse: What there is to spend.
        reason: Why a plan is wanted.
    """

    visits_ms: Mapping[str, Sequence[int]]
    since_ms: int
    now_ms: int
    zone: str
    purse: Purse
    reason: str


def draft(known: Known) -> tuple[Plan, PlanRecord]:
    """A plan, and the same as it is shown and kept."""
    use = {service: _hours(times_ms, known) for service, times_ms in known.visits_ms.items()}
    rhythms = {service: learn(course, prior=DEFAULT) for service, course in use.items()}
    plan = make_plan(use, rhythms, known.purse)
    shown = record(
        plan,
        use,
        known.purse,
        made_ms=known.now_ms,
        reason=known.reason,
        told=None,
        profiles={service: profile(course) for service, course in use.items()},
    )
    return plan, _with_forecast(shown, use)


def _hours(times_ms: Sequence[int], known: Known) -> list[Hour]:
    """The whole hours of a service on the owner's wall, whatever its clock was set to meanwhile."""
    zone = ZoneInfo(known.zone)
    first_s = -(-_wall_s(known.since_ms, zone) // HOUR_S) * HOUR_S
    last_s = _wall_s(known.now_ms, zone) // HOUR_S * HOUR_S
    events_s = sorted(_wall_s(at_ms, zone) for at_ms in times_ms)
    return hours(events_s, first_s, max(first_s, last_s), int(first_s // HOUR_S) % HOURS_A_WEEK)


def _wall_s(at_ms: int, zone: ZoneInfo) -> float:
    """Seconds since a Monday at midnight, as the clock on the wall tells them."""
    shown = datetime.fromtimestamp(at_ms / 1_000, zone).replace(tzinfo=None)
    return (shown - _A_MONDAY).total_seconds()


def _with_forecast(shown: PlanRecord, use: Mapping[str, Sequence[Hour]]) -> PlanRecord:
    """The record with how the month ends if all goes by the plan, and visitors come as ever."""
    kept_h = shown.daily_h - shown.natural_h
    daily_h = [natural_h + kept_h for natural_h in natural_daily_h(use)]
    told = hours_ledger.forecast(shown.used_h, daily_h, shown.budget_h, shown.made_ms)
    if told is None:
        return shown
    return replace(
        shown,
        forecast_p50_h=told.p50_h,
        forecast_p90_h=told.p90_h,
        exhausted_ms=told.exhausted_p50_ms,
    )
