"""A plan drafted from visits: by the clock on the owner's wall, however it was set meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sentinel_tui.domain.keepalive.drafting import Known, draft
from sentinel_tui.domain.keepalive.planner import Purse
from sentinel_tui.domain.keepalive.week import PlanRecord

PARIS = ZoneInfo("Europe/Paris")
HOUR_MS = 3_600_000
WEEKS = 5


def at_ms(local: datetime) -> int:
    return round(local.replace(tzinfo=PARIS).timestamp() * 1_000)


def drafted(monday: datetime, visits_ms: dict[str, list[int]], budget_h: float = 40) -> PlanRecord:
    now = monday + timedelta(weeks=WEEKS)
    known = Known(
        visits_ms=visits_ms,
        since_ms=at_ms(monday),
        now_ms=at_ms(now),
        zone="Europe/Paris",
        purse=Purse(budget_h, 4.0, 20.0),
        reason="daily",
    )
    return draft(known)[1]


def at_ten_on_weekdays(monday: datetime) -> list[int]:
    days = (monday + timedelta(days=day, hours=10, minutes=5) for day in range(7 * WEEKS))
    return [at_ms(day) for day in days if day.weekday() < 5]


@pytest.mark.parametrize(
    "monday",
    [datetime(2026, 1, 5), datetime(2026, 3, 9), datetime(2026, 10, 5)],  # noqa: DTZ001 (a wall)
    ids=["plain", "spring forward", "fall back"],
)
def test_an_hour_is_the_same_hour_before_and_after_the_clock_is_set(monday: datetime) -> None:
    shown = drafted(monday, {"shop": at_ten_on_weekdays(monday), "blog": []})
    week = shown.weeks["shop"]
    best = sorted(week, key=lambda hour: -hour.visits)[:5]
    assert {(hour.cell // 24, hour.cell % 24) for hour in best} == {(day, 10) for day in range(5)}
    assert all(hour.kept > 0 for hour in best)
    assert shown.profiles["shop"].days == pytest.approx(7 * WEEKS, abs=1)


def test_the_month_ends_as_it_is_planned_and_visited() -> None:
    monday = datetime(2026, 1, 5)  # noqa: DTZ001 (the clock on a wall)
    shown = drafted(monday, {"shop": at_ten_on_weekdays(monday)})
    assert shown.forecast_p50_h is not None
    assert shown.forecast_p90_h is not None
    assert shown.used_h < shown.forecast_p50_h <= shown.forecast_p90_h
    assert shown.exhausted_ms is None


def test_without_a_whole_hour_known_there_is_a_plan_and_no_forecast() -> None:
    now_ms = at_ms(datetime(2026, 1, 5, 9, 20))  # noqa: DTZ001 (the clock on a wall)
    purse = Purse(750.0, 0.0, 20.0)
    known = Known({"shop": []}, now_ms - HOUR_MS // 4, now_ms, "Europe/Paris", purse, "started")
    _, shown = draft(known)
    assert len(shown.weeks["shop"]) == 168
    assert shown.forecast_p50_h is None
