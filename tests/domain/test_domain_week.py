"""The plan as a week: every hour says what it costs and what it saves, and the sums agree."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf

import pytest
from domain_visits import course, office

from sentinel_tui.domain.keepalive.hours_ledger import DAY_MS, HOUR_MS, Forecast
from sentinel_tui.domain.keepalive.peaks import profile
from sentinel_tui.domain.keepalive.planner import Plan, Purse, make_plan
from sentinel_tui.domain.keepalive.rhythm import DEFAULT, Rhythm, learn
from sentinel_tui.domain.keepalive.use import HOUR_S, HOURS_A_WEEK, RECENCIES, Hour
from sentinel_tui.domain.keepalive.week import cell_at, next_kept_ms, record, week

MONDAY_MS = round(datetime(2026, 11, 23, tzinfo=UTC).timestamp() * 1_000)


def utc_cell(at_ms: int) -> int:
    return cell_at(at_ms, "UTC")


def plan_for(use: dict[str, list[Hour]], budget_h: float) -> Plan:
    rhythms = {name: learn(hours, prior=DEFAULT) for name, hours in use.items()}
    return make_plan(use, rhythms, Purse(budget_h, 0, 30, 0.0))


class TestCells:
    def test_the_week_begins_on_monday_at_midnight_by_the_clock_on_the_wall(self) -> None:
        assert cell_at(MONDAY_MS, "UTC") == 0
        assert cell_at(MONDAY_MS - HOUR_MS, "UTC") == HOURS_A_WEEK - 1
        assert cell_at(MONDAY_MS, "Europe/Berlin") == 1
        assert cell_at(MONDAY_MS, "America/New_York") == 6 * 24 + 19


USE = {"public": course(office(8), 8), "curator": course(office(8, 20), 8)}


class TestWeek:
    def test_it_has_every_hour_once(self) -> None:
        shown = week(plan_for(USE, 300), "public", USE["public"])
        assert [hour.cell for hour in shown] == list(range(HOURS_A_WEEK))

    @pytest.mark.parametrize("budget_h", [60, 200, 500])
    def test_its_costs_are_what_the_plan_may_spend(self, budget_h: float) -> None:
        plan = plan_for(USE, budget_h)
        kept_h = sum(hour.cost_h for name, hours in USE.items() for hour in week(plan, name, hours))
        assert plan.natural_h + kept_h / 7 == pytest.approx(plan.allowed_h, rel=0.2)

    def test_the_usual_hour_is_kept_and_nobody_in_it_meets_a_cold_start(self) -> None:
        usual = week(plan_for(USE, 300), "public", USE["public"])[9]
        assert usual.kept == 1
        assert usual.visits > 0.5
        assert usual.cold == 0

    def test_where_nothing_is_kept_everybody_meets_a_cold_start(self) -> None:
        shown = week(plan_for(USE, 1), "public", USE["public"])
        assert all((hour.kept, hour.cost_h) == (0, 0) for hour in shown)
        assert all(hour.cold == hour.visits for hour in shown)

    def test_of_an_hour_that_was_never_seen_the_rhythm_speaks(self) -> None:
        plan = Plan(0.0, {"public": DEFAULT}, 0, 0)
        assert [hour.cost_h for hour in week(plan, "public", [])] == [1.0] * HOURS_A_WEEK
        assert week(plan, "public", [])[20].visits == DEFAULT.rates[20]

    def test_what_visitors_never_let_sleep_is_no_business_of_the_plan(self) -> None:
        awake = [Hour(0, HOUR_S, (0.0,) * RECENCIES, (0,) * RECENCIES)]
        first = week(Plan(0.0, {"public": DEFAULT}, 0, 0), "public", awake)[0]
        assert (first.kept, first.cost_h, first.visits) == (0, 0, 0)


class TestNextKept:
    def test_what_is_kept_now_is_kept_now(self) -> None:
        plan = Plan(0.0, {"public": DEFAULT}, 0, 0)
        assert next_kept_ms(plan, "public", None, MONDAY_MS, utc_cell, MONDAY_MS) == MONDAY_MS

    def test_the_next_usual_hour_is_found(self) -> None:
        plan = plan_for(USE, 60)
        found = next_kept_ms(
            plan, "public", MONDAY_MS - DAY_MS, MONDAY_MS, utc_cell, MONDAY_MS + DAY_MS
        )
        assert found == MONDAY_MS + 9 * HOUR_MS

    def test_it_looks_no_further_than_asked(self) -> None:
        plan = plan_for(USE, 60)
        until_ms = MONDAY_MS + 8 * HOUR_MS
        assert next_kept_ms(plan, "public", None, MONDAY_MS, utc_cell, until_ms) is None

    def test_the_time_since_the_last_use_counts(self) -> None:
        """Where a use makes the next one likelier, it may be kept awake for that alone."""
        back_soon = tuple(2.0 if one < 2 else 0.5 for one in range(RECENCIES))
        rhythm = Rhythm((1.0,) * HOURS_A_WEEK, back_soon, 8)
        plan = Plan(1.0, {"public": rhythm}, 0, 0)
        until_ms = MONDAY_MS + DAY_MS
        used, unused = (
            next_kept_ms(plan, "public", last_ms, MONDAY_MS, utc_cell, until_ms)
            for last_ms in (MONDAY_MS - HOUR_MS // 2, MONDAY_MS - 5 * HOUR_MS)
        )
        assert used == MONDAY_MS
        assert unused is None


class TestRecord:
    def test_it_tells_the_plan_and_what_becomes_of_the_month(self) -> None:
        use = USE
        plan = plan_for(use, 300)
        told = Forecast(280.0, 310.0, MONDAY_MS + DAY_MS, MONDAY_MS)
        kept = record(
            plan,
            use,
            Purse(300, 12, 30, 0.0),
            made_ms=MONDAY_MS,
            reason="daily",
            told=told,
            profiles={name: profile(hours) for name, hours in use.items()},
        )
        assert (kept.budget_h, kept.used_h, kept.reason) == (300, 12, "daily")
        assert (kept.forecast_p50_h, kept.forecast_p90_h) == (told.p50_h, told.p90_h)
        assert kept.exhausted_ms == told.exhausted_p50_ms
        assert kept.threshold == plan.threshold
        assert set(kept.weeks) == set(kept.profiles) == set(use)
        assert kept.expected_h(MONDAY_MS + 2 * DAY_MS) == pytest.approx(12 + 2 * kept.daily_h)
        assert kept.daily_h == pytest.approx(plan.allowed_h, rel=0.2)

    def test_a_plan_that_keeps_nothing_has_no_threshold_and_spends_what_visitors_do(self) -> None:
        plan = Plan(inf, {"public": DEFAULT}, 3.0, 1.0)
        kept = record(
            plan, {"public": []}, Purse(30, 0, 30), made_ms=0, reason="", told=None, profiles={}
        )
        assert kept.threshold is None
        assert kept.daily_h == 3.0
        assert (kept.forecast_p50_h, kept.forecast_p90_h, kept.exhausted_ms) == (None, None, None)
