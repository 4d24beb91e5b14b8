"""The wake plan: it spends what there is on the hours that save most, and never more."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from domain_visits import course, office, read_log

from sentinel_tui.domain.keepalive.hours_ledger import DAY_MS
from sentinel_tui.domain.keepalive.planner import Plan, Purse, deviation, make_plan
from sentinel_tui.domain.keepalive.rhythm import DEFAULT, Rhythm, learn
from sentinel_tui.domain.keepalive.simulation import TRAINING_WEEKS, Tally, simulate
from sentinel_tui.domain.keepalive.use import HOURS_A_WEEK, RECENCIES
from sentinel_tui.domain.keepalive.week import PlanRecord, record


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

    def test_what_is_kept_back_is_not_spent(self) -> None:
        fair, careful = Purse(300, 0, 30, 0.0), Purse(300, 0, 30, 0.3)
        assert plan_for(office(8), careful).threshold > plan_for(office(8), fair).threshold
        assert plan_for(office(8), careful).allowed_h == pytest.approx(
            plan_for(office(8), fair).allowed_h - 3
        )

    def test_visitors_of_the_first_hours_already_count(self) -> None:
        busy = course([n * 600.0 for n in range(36)], 1)[:6]
        plan = make_plan({"public": busy}, {"public": DEFAULT}, Purse(750, 0, 30))
        assert plan.natural_h == pytest.approx(24, rel=0.05)

    def test_a_workspace_without_services_has_a_plan(self) -> None:
        assert make_plan({}, {}, Purse(750, 0, 30)).natural_h == 0

    def test_without_a_past_the_evenings_come_first(self) -> None:
        names = ("public", "curator", "monetizer", "admin")
        plan = make_plan(
            {name: [] for name in names}, dict.fromkeys(names, DEFAULT), Purse(750, 0, 30)
        )
        kept = {c % 24 for c in range(HOURS_A_WEEK) if plan.keeps_awake("public", c, 8, kept=False)}
        assert 20 in kept
        assert not kept & set(range(7))
        assert len(names) * len(kept) == pytest.approx(plan.allowed_h, abs=len(names))

    def test_hours_of_one_value_stand_or_fall_by_what_is_nearer(self) -> None:
        flat = Rhythm((1.0,) * HOURS_A_WEEK, (1.0,) * RECENCIES, 0)
        daily_h = {plan: Purse(plan * 30, 0, 30, 0.0) for plan in (11, 13)}
        little, much = (
            make_plan({"public": []}, {"public": flat}, purse) for purse in daily_h.values()
        )
        assert little.threshold == inf
        assert much.threshold == 1.0


class TestDeviation:
    def plan_of(self, used_h: float) -> PlanRecord:
        use = {"public": course(office(8), 8)}
        purse = Purse(750, used_h, 20)
        plan = make_plan(use, {"public": learn(use["public"])}, purse)
        return record(plan, use, purse, made_ms=0, reason="daily", told=None, profiles={})

    def test_what_goes_by_the_plan_is_no_reason_to_make_another(self) -> None:
        plan = self.plan_of(100)
        assert deviation(plan, plan.expected_h(DAY_MS), DAY_MS) == ""

    @pytest.mark.parametrize(("off_h", "word"), [(40, "more"), (-40, "less")])
    def test_much_more_or_less_is(self, off_h: float, word: str) -> None:
        plan = self.plan_of(100)
        assert word in deviation(plan, plan.expected_h(DAY_MS) + off_h, DAY_MS)

    def test_much_is_measured_by_the_budget(self) -> None:
        plan = self.plan_of(100)
        large = replace(plan, budget_h=7_500)
        assert deviation(plan, plan.expected_h(DAY_MS) + 40, DAY_MS)
        assert not deviation(large, large.expected_h(DAY_MS) + 40, DAY_MS)


class TestSimulation:
    def test_a_regular_visitor_is_hardly_ever_met_by_sleep(self) -> None:
        twice_each_time = [time_s + again_s for time_s in office(12) for again_s in (0, 300)]
        tallies = simulate({"public": twice_each_time}, 12, 100)
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
