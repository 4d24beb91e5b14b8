"""Who may do what, when: the guards, the budgets, and that nothing is allowed by default."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.autonomy.policy import (
    DAY_MS,
    HOUR_MS,
    Answer,
    Level,
    Limits,
    Past,
    Ruling,
    Surroundings,
    Verb,
    Wish,
    rule,
)

NOW = 1_800_000_000_000
QUIET = Surroundings(now_ms=NOW, watching_since_ms=NOW - DAY_MS, services=6)
AUTO = Limits(level=Level.AUTO, per_hour=2, per_day=3, cooldown_s=600)
RESTART = Wish("public", Verb.RESTART)


def restart(minutes_ago: float, *, service: str = "public", **more: object) -> Past:
    began_ms = NOW - round(minutes_ago * 60_000)
    facts = {"ended_ms": began_ms + 60_000, "helped": True, **more}
    return Past(service, Verb.RESTART, began_ms, **facts)  # type: ignore[arg-type] (facts fit)


class TestLevels:
    @pytest.mark.parametrize(
        ("level", "answer"),
        [
            (Level.OBSERVE, Answer.REFUSE),
            (Level.SUGGEST, Answer.SUGGEST),
            (Level.CONFIRM, Answer.ASK),
            (Level.AUTO, Answer.DO),
        ],
    )
    def test_each_level_goes_as_far_as_it_says(self, level: Level, answer: Answer) -> None:
        assert rule(RESTART, replace(AUTO, level=level), [], QUIET).answer is answer

    def test_what_no_rule_covers_is_only_suggested(self) -> None:
        assert rule(RESTART, Limits(), [], QUIET).answer is Answer.SUGGEST

    def test_what_the_owner_paused_is_left_alone(self) -> None:
        ruling = rule(RESTART, AUTO, [], replace(QUIET, paused=True))
        assert ruling == Ruling(Answer.SUGGEST, "public is paused")

    def test_the_owner_may_do_what_sentinel_may_not(self) -> None:
        mine = replace(RESTART, by_owner=True)
        trouble = replace(QUIET, offline=True, maintenance=True, provider_incident=True)
        assert rule(mine, Limits(level=Level.OBSERVE), [], trouble).answer is Answer.DO

    @pytest.mark.parametrize(
        "wish",
        [
            Wish("public", Verb.ROLLBACK),
            Wish("public", Verb.SCALE, euros_per_month=7),
            Wish("public", Verb.SUSPEND),
        ],
    )
    def test_what_may_hurt_is_asked_for_even_where_all_is_automatic(self, wish: Wish) -> None:
        limits = replace(AUTO, euros_per_month=100)
        assert rule(wish, limits, [], QUIET).answer is Answer.ASK
        accepted = rule(wish, replace(limits, accepted=True), [], QUIET).answer
        assert accepted is (Answer.ASK if wish.verb is Verb.SUSPEND else Answer.DO)

    def test_a_freeze_stops_even_the_owner(self) -> None:
        mine = replace(RESTART, by_owner=True)
        ruling = rule(mine, AUTO, [], replace(QUIET, frozen=True))
        assert ruling.answer is Answer.REFUSE
        assert "unfreeze" in ruling.reason


class TestGuards:
    @pytest.mark.parametrize(
        "change",
        [
            {"offline": True},
            {"provider_incident": True},
            {"maintenance": True},
            {"deploying": True},
            {"watching_since_ms": NOW - 60_000},
            {"down": 3, "services": 6},
            {"data_age_s": 601.0},
            {"clock_jumped": True},
        ],
    )
    def test_each_doubt_keeps_sentinel_from_acting(self, change: dict[str, object]) -> None:
        around = replace(QUIET, **change)  # type: ignore[arg-type] (fields of it)
        assert rule(RESTART, AUTO, [], around).answer is Answer.SUGGEST

    def test_a_dozen_looks_are_enough_before_it_acts(self) -> None:
        young = replace(QUIET, watching_since_ms=NOW - 61_000)
        assert rule(RESTART, AUTO, [], young).answer is Answer.SUGGEST
        assert rule(RESTART, AUTO, [], replace(young, interval_s=5.0)).answer is Answer.DO

    def test_a_look_of_the_last_two_intervals_is_fresh(self) -> None:
        recent = replace(QUIET, data_age_s=119.0, interval_s=60.0)
        assert rule(RESTART, AUTO, [], recent).answer is Answer.DO
        assert rule(RESTART, AUTO, [], replace(recent, data_age_s=121)).answer is Answer.SUGGEST

    def test_two_of_many_down_are_no_reason_to_wait(self) -> None:
        assert rule(RESTART, AUTO, [], replace(QUIET, down=2)).answer is Answer.DO

    def test_one_action_at_a_time_per_service_even_for_the_owner(self) -> None:
        busy = [restart(1, ended_ms=None, helped=None)]
        assert rule(replace(RESTART, by_owner=True), AUTO, busy, QUIET).answer is Answer.REFUSE

    def test_another_service_under_way_holds_the_next_automatic_one(self) -> None:
        busy = [restart(1, service="curator", ended_ms=None, helped=None)]
        assert rule(RESTART, AUTO, busy, QUIET).answer is Answer.SUGGEST

    def test_a_canary_that_did_not_survive_keeps_the_others_from_it(self) -> None:
        assert rule(RESTART, AUTO, [restart(20, service="curator")], QUIET).answer is Answer.DO
        failed = [restart(20, service="curator", helped=False)]
        assert rule(RESTART, AUTO, failed, QUIET).answer is Answer.SUGGEST

    def test_never_more_than_a_third_at_once(self) -> None:
        two = [restart(30, service="a"), restart(20, service="b")]
        assert rule(RESTART, AUTO, two, QUIET).answer is Answer.SUGGEST
        assert rule(RESTART, AUTO, two, replace(QUIET, services=9)).answer is Answer.DO

    def test_the_only_service_can_be_healed(self) -> None:
        assert rule(RESTART, AUTO, [], replace(QUIET, services=1, down=1)).answer is Answer.DO


class TestBudgets:
    @pytest.mark.parametrize(
        ("past", "answer"),
        [
            ([], Answer.DO),
            ([restart(30)], Answer.DO),
            ([restart(50), restart(30)], Answer.SUGGEST),
            ([restart(600), restart(300), restart(120)], Answer.SUGGEST),
            ([restart(5)], Answer.SUGGEST),
            ([restart(25 * 60)], Answer.DO),
            ([restart(300, helped=False), restart(120, helped=False)], Answer.SUGGEST),
            ([restart(300, helped=False), restart(120)], Answer.DO),
        ],
    )
    def test_times_cooldown_and_futility(self, past: list[Past], answer: Answer) -> None:
        assert rule(RESTART, AUTO, past, QUIET).answer is answer

    def test_five_automatic_actions_an_hour_are_enough(self) -> None:
        many = [replace(restart(10 + n), verb=Verb.WAKE) for n in range(5)]
        assert rule(RESTART, AUTO, many, QUIET).answer is Answer.SUGGEST

    @pytest.mark.parametrize(
        ("failures", "days_ago", "answer"),
        [
            (2, 0.9, Answer.SUGGEST),
            (2, 1.1, Answer.DO),
            (3, 1.1, Answer.SUGGEST),
            (3, 2.1, Answer.DO),
            (9, 29, Answer.SUGGEST),
            (9, 31, Answer.DO),
        ],
    )
    def test_what_does_not_help_rests_ever_longer_and_not_for_ever(
        self, failures: int, days_ago: float, answer: Answer
    ) -> None:
        last_min = days_ago * 24 * 60
        past = [restart(last_min + 60 * n, helped=False) for n in reversed(range(failures))]
        assert rule(RESTART, AUTO, past, QUIET).answer is answer

    def test_money_is_spent_only_as_far_as_allowed(self) -> None:
        scale = Wish("public", Verb.PLAN, euros_per_month=7)
        limits = replace(AUTO, euros_per_month=10, accepted=True)
        assert rule(scale, limits, [], QUIET).answer is Answer.DO
        spent = [restart(120, euros_per_month=7.0)]
        ruling = rule(scale, limits, spent, QUIET)
        assert ruling.answer is Answer.SUGGEST
        assert "7 €" in ruling.reason


pasts = st.lists(
    st.builds(
        Past,
        service=st.sampled_from(["public", "curator"]),
        verb=st.sampled_from(Verb),
        began_ms=st.integers(NOW - 2 * DAY_MS, NOW),
        ended_ms=st.none() | st.just(NOW),
        helped=st.none() | st.booleans(),
        automatic=st.booleans(),
    ),
    max_size=8,
)


@given(pasts, st.sampled_from(Level), st.booleans(), st.booleans(), st.integers(0, 6))
def test_sentinel_acts_by_itself_only_where_everything_speaks_for_it(
    past: list[Past], level: Level, offline: bool, maintenance: bool, down: int
) -> None:
    around = replace(QUIET, offline=offline, maintenance=maintenance, down=down)
    ruling = rule(RESTART, replace(AUTO, level=level), past, around)
    assert ruling.reason
    if ruling.answer is Answer.DO:
        assert level is Level.AUTO
        assert not offline
        assert not maintenance
        assert down < 3
        recent = [
            one
            for one in past
            if one.service == "public" and one.verb is Verb.RESTART and one.began_ms > NOW - HOUR_MS
        ]
        assert len(recent) < AUTO.per_hour
        assert all(one.ended_ms is not None for one in past if one.service == "public")
