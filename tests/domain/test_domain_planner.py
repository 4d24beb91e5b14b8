"""The wake plan: it spends what there is on the hours that save most, and never more."""

from __future__ import annotations

import csv
import gzip
from datetime import datetime, timedelta
from math import inf
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinel_tui.domain.keepalive.planner import Plan, Purse, make_plan
from sentinel_tui.domain.keepalive.rhythm import Rhythm, learn
from sentinel_tui.domain.keepalive.simulation import TRAINING_WEEKS, Tally, simulate
from sentinel_tui.domain.keepalive.use import HOUR_S, HOURS_A_WEEK, RECENCIES, Hour, hours

_WEEK_S = HOURS_A_WEEK * HOUR_S
_LOGS = Path(__file__).parents[3] / "shared" / "data" / "ts"


def office(weeks: int, hour_of_day: int = 9) -> list[float]:
    """Somebody who comes at the same hour on every week-day."""
    return [
        (week * 7 + day) * 24 * HOUR_S + hour_of_day * HOUR_S + 600
        for week in range(weeks)
        for day in range(5)
    ]


def course(events_s: list[float], weeks: int) -> list[Hour]:
    return hours(events_s, 0.0, weeks * _WEEK_S, 0)


class TestRhythm:
    def test_the_usual_hour_is_worth_more_than_any_other(self) -> None:
        rhythm = learn(course(office(8), 8))
        usual = {day * 24 + 9 for day in range(5)}
        others = set(range(HOURS_A_WEEK)) - usual
        assert min(rhythm.rates[c] for c in usual) > 3 * max(rhythm.rates[c] for c in others)

    def test_a_new_habit_replaces_the_old_one(self) -> None:
        old = [time_s for time_s in office(24) if time_s < 12 * _WEEK_S]
        new = [time_s for time_s in office(24, 20) if time_s >= 12 * _WEEK_S]
        rhythm = learn(course(old + new, 24))
        assert rhythm.rates[20] > 2 * rhythm.rates[9]

    def test_nobody_ever_came(self) -> None:
        rhythm = learn(course([], 3))
        assert set(rhythm.rates) == {0.0}
        assert rhythm.weeks == 3

    def test_without_a_single_hour_nothing_is_expected(self) -> None:
        assert learn([]).value(0, 0) == 0.0

    @given(st.lists(st.floats(0, 3 * _WEEK_S - 1), max_size=40).map(sorted))
    @settings(max_examples=25)
    def test_rates_and_factors_are_never_negative(self, events_s: list[float]) -> None:
        rhythm = learn(course(events_s, 3))
        assert min(rhythm.rates) >= 0
        assert min(rhythm.recency) > 0


def plan_for(events_s: list[float], purse: Purse, weeks: int = 8) -> Plan:
    use = {"public": course(events_s, weeks)}
    return make_plan(use, {name: learn(one) for name, one in use.items()}, purse)


class TestPlan:
    def test_all_hours_are_kept_where_there_is_enough_for_all(self) -> None:
        plan = plan_for(office(8), Purse(2_000, 0, 30))
        assert all(
            plan.keeps_awake("public", c, r, kept=False)
            for c in range(HOURS_A_WEEK)
            for r in range(RECENCIES)
        )

    def test_no_hour_is_kept_where_visitors_alone_spend_more(self) -> None:
        plan = plan_for(office(8), Purse(1, 0, 30))
        assert plan.threshold == inf
        assert not plan.keeps_awake("public", 9, 0, kept=True)

    def test_the_usual_hour_comes_first(self) -> None:
        plan = plan_for(office(8), Purse(60, 0, 30))
        kept = {c for c in range(HOURS_A_WEEK) if plan.keeps_awake("public", c, 5, kept=False)}
        assert kept
        assert kept <= {day * 24 + 9 for day in range(5)}

    def test_less_money_keeps_fewer_hours(self) -> None:
        thresholds = [plan_for(office(8), Purse(b, 0, 30)).threshold for b in (60, 200, 700)]
        assert thresholds == sorted(thresholds, reverse=True)

    def test_what_was_spent_is_gone(self) -> None:
        fresh, spent = Purse(300, 0, 30), Purse(300, 250, 30)
        assert plan_for(office(8), spent).threshold > plan_for(office(8), fresh).threshold

    def test_it_does_not_waver_around_the_threshold(self) -> None:
        rhythm = Rhythm((1.0,) * HOURS_A_WEEK, (1.0, 0.9) + (0.0,) * (RECENCIES - 2), 8)
        plan = Plan(1.0, {"public": rhythm}, 0, 0)
        assert not plan.keeps_awake("public", 0, 1, kept=False)
        assert plan.keeps_awake("public", 0, 1, kept=True)

    def test_a_workspace_without_services_or_past_has_a_plan(self) -> None:
        assert make_plan({}, {}, Purse(750, 0, 30)).natural_h == 0
        assert make_plan({"public": []}, {"public": learn([])}, Purse(750, 0, 30)).threshold == inf


class TestSimulation:
    def test_a_regular_visitor_is_hardly_ever_met_by_sleep(self) -> None:
        tallies = simulate({"public": office(12)}, 12, 100)
        assert tallies["plan"].sessions == (12 - TRAINING_WEEKS) * 5
        assert tallies["plan"].cold < tallies["plan"].sessions / 5
        assert tallies["plan"].refused == 0

    def test_one_service_always_on_fits_the_free_hours_and_two_do_not(self) -> None:
        one = simulate({"a": office(12)}, 12, 750)["always_on"]
        two = simulate({"a": office(12), "b": office(12, 20)}, 12, 750)["always_on"]
        assert (one.cold, one.refused) == (0, 0)
        assert two.refused > 0

    def test_no_policy_spends_more_than_the_budget(self) -> None:
        tallies = simulate({"a": office(12), "b": office(12, 20)}, 12, 200)
        whole_months = -(-(12 - TRAINING_WEEKS) * 7 // 30)
        for tally in tallies.values():
            spent_h = tally.hours_per_month * (12 - TRAINING_WEEKS) * 7 / 30
            assert spent_h <= 200 * whole_months + 1

    def test_too_few_weeks_are_refused(self) -> None:
        with pytest.raises(ValueError, match="too few"):
            simulate({"public": []}, TRAINING_WEEKS, 750)

    def test_a_service_without_visits_costs_only_what_the_policy_spends(self) -> None:
        tallies = simulate({"public": []}, TRAINING_WEEKS + 1, 750)
        assert tallies["plan"].sessions == 0
        assert tallies["always_on"].hours_per_month > 0


def read_log(name: str) -> list[float]:
    """A public log as seconds since its first Monday, by the clock on the wall."""
    path = _LOGS / f"{name}.csv.gz"
    if not path.exists():
        pytest.skip(f"the public log {path.name} is not at hand")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    times = sorted(datetime.fromisoformat(row[0]).replace(tzinfo=None) for row in rows)
    day = times[0].replace(hour=0, minute=0, second=0, microsecond=0)
    monday = day + timedelta(days=-day.weekday() % 7)
    return [(time - monday).total_seconds() for time in times if time >= monday]


def share(part: int, tally: Tally) -> float:
    return part / tally.sessions


class TestPublicLogs:
    """Two office applications (C), and the same with two irregular authors (B)."""

    @pytest.mark.parametrize(
        ("names", "budget_h", "cold_most"),
        [
            (("receipt", "helpdesk"), 500, 0.05),
            (("receipt", "helpdesk", "git_datasette", "blog_posts_simonw"), 750, 0.22),
        ],
    )
    def test_the_plan_meets_what_the_method_promises(
        self, names: tuple[str, ...], budget_h: float, cold_most: float
    ) -> None:
        tallies = simulate({name: read_log(name) for name in names}, 22, budget_h)
        plan, fixed, always = tallies["plan"], tallies["fixed_hours"], tallies["always_on"]
        assert share(plan.cold, plan) <= cold_most
        assert share(plan.refused, plan) <= 0.003
        assert plan.cold + plan.refused < fixed.cold + fixed.refused
        assert share(always.refused, always) > 0.5
