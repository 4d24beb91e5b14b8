"""The verdict of one check, told as stories: what a look leads to, and since when."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from domain_looks import (
    HOUR,
    MINUTE,
    START_MS,
    S,
    bad,
    blind,
    folded,
    good,
    look,
    replay,
    slow,
)

from sentinel_tui.domain.monitoring.observations import Certificate, Outcome, WakeHint
from sentinel_tui.domain.monitoring.states import (
    WORST_FIRST,
    CheckState,
    State,
    Thresholds,
    end_maintenance,
    fold,
    is_waking,
    maintain,
    may_be_asleep,
    next_look_s,
    pause,
    rest,
    resume,
    rouse,
    transition,
    worst,
)

RULES = Thresholds()
SLEEPY = Thresholds(sleeps_after_s=900.0)
CYCLE_LOOKS = len(RULES.burst_s) + 1
LOOKS_TO_DOWN = RULES.confirm_cycles * CYCLE_LOOKS


def failures(count: int, from_s: float = 30.0, every_s: float = 5.0) -> list:
    return [bad(from_s + every_s * index) for index in range(count)]


def down_check() -> CheckState:
    return folded([good(0), *failures(LOOKS_TO_DOWN)], RULES)


class TestConfirmation:
    def test_nothing_is_known_before_the_first_look(self) -> None:
        assert CheckState().state is State.UNKNOWN

    def test_a_first_good_look_is_up_since_that_look(self) -> None:
        check = folded([good(7)], RULES)
        assert (check.state, check.since_ms) == (State.UP, START_MS + 7 * S)

    def test_one_failure_is_only_a_suspicion(self) -> None:
        check = folded([good(0), bad(30)], RULES)
        assert (check.state, check.since_ms) == (State.SUSPECT, START_MS + 30 * S)
        assert check.reason == "refused"

    def test_down_takes_every_cycle_and_every_look_of_every_burst(self) -> None:
        steps = replay([good(0), *failures(LOOKS_TO_DOWN)], RULES)
        assert [step.after.state for step in steps] == [
            State.UP,
            *[State.SUSPECT] * (LOOKS_TO_DOWN - 1),
            State.DOWN,
        ]

    def test_down_is_dated_to_the_first_failed_look(self) -> None:
        assert down_check().since_ms == START_MS + 30 * S

    def test_cycles_without_a_burst_count_one_look_each(self) -> None:
        rules = Thresholds(burst_s=(), confirm_cycles=2)
        assert folded([good(0), bad(30)], rules).state is State.SUSPECT
        assert folded([good(0), bad(30), bad(60)], rules).state is State.DOWN

    def test_a_good_look_inside_a_burst_ends_the_suspicion(self) -> None:
        check = folded([good(0), *failures(LOOKS_TO_DOWN - 1), good(300)], RULES)
        assert (check.state, check.reason) == (State.UP, "passed on retry")
        assert check.since_ms == START_MS + 300 * S

    def test_after_a_retry_that_passed_the_counting_starts_over(self) -> None:
        start = folded([good(0), *failures(LOOKS_TO_DOWN - 1), good(300)], RULES)
        again = folded(failures(LOOKS_TO_DOWN - 1, from_s=330), RULES, start)
        assert again.state is State.SUSPECT

    def test_rules_made_stricter_by_a_reload_wait_for_the_end_of_the_burst(self) -> None:
        almost = folded([good(0), *failures(LOOKS_TO_DOWN - CYCLE_LOOKS)], RULES)
        hasty = replace(RULES, confirm_cycles=1)
        looks = failures(CYCLE_LOOKS, from_s=200)
        states = [step.after.state for step in replay(looks, hasty, almost)]
        assert states == [*[State.SUSPECT] * (CYCLE_LOOKS - 1), State.DOWN]

    def test_a_check_that_never_answered_goes_down_too(self) -> None:
        assert folded(failures(LOOKS_TO_DOWN), RULES).state is State.DOWN


class TestRecovery:
    def test_one_good_look_is_not_trusted(self) -> None:
        check = folded([good(1_000)], RULES, down_check())
        assert check.state is State.DOWN
        assert check.reason == "answers again, not yet trusted"

    def test_enough_looks_in_too_short_a_time_are_not_trusted(self) -> None:
        looks = [good(1_000 + index) for index in range(RULES.recover_cycles + 5)]
        assert folded(looks, RULES, down_check()).state is State.DOWN

    def test_recovery_is_dated_to_the_first_good_look(self) -> None:
        check = folded([good(1_000), good(1_030), good(1_060)], RULES, down_check())
        assert (check.state, check.reason) == (State.UP, "recovered")
        assert check.since_ms == START_MS + 1_000 * S

    def test_a_failure_on_the_way_starts_it_over(self) -> None:
        looks = [good(1_000), bad(1_030), good(1_060), good(1_090)]
        assert folded(looks, RULES, down_check()).state is State.DOWN
        recovered = folded([*looks, good(1_120)], RULES, down_check())
        assert recovered.since_ms == START_MS + 1_060 * S

    def test_the_looks_of_a_recovery_may_be_slow(self) -> None:
        looks = [slow(1_000), slow(1_030), slow(1_060)]
        assert folded(looks, RULES, down_check()).state is State.UP


class TestSlowness:
    def test_slow_looks_in_a_row_degrade(self) -> None:
        looks = [good(0), *(slow(30.0 * index) for index in range(1, RULES.slow_cycles + 1))]
        states = [step.after.state for step in replay(looks, RULES)]
        assert states == [*[State.UP] * RULES.slow_cycles, State.DEGRADED]

    def test_a_fast_look_between_starts_the_count_over(self) -> None:
        looks = [slow(0), slow(30), good(60), slow(90), slow(120)]
        assert folded(looks, RULES).state is State.UP

    def test_fast_looks_in_a_row_restore(self) -> None:
        degraded = folded([slow(30.0 * index) for index in range(RULES.slow_cycles)], RULES)
        looks = [good(1_000 + 30.0 * index) for index in range(RULES.fast_cycles)]
        states = [step.after.state for step in replay(looks, RULES, degraded)]
        assert states == [*[State.DEGRADED] * (RULES.fast_cycles - 1), State.UP]

    def test_a_slow_look_among_the_fast_starts_the_restoring_over(self) -> None:
        degraded = folded([slow(30.0 * index) for index in range(RULES.slow_cycles)], RULES)
        almost = [good(1_000 + 30.0 * index) for index in range(RULES.fast_cycles - 1)]
        assert folded([*almost, slow(2_000), good(2_030)], RULES, degraded).state is State.DEGRADED

    def test_a_fast_look_never_degrades_a_check_that_recovered_slowly(self) -> None:
        recovered = folded([slow(1_000), slow(1_030), slow(1_060)], RULES, down_check())
        assert recovered.state is State.UP
        assert fold(recovered, good(1_090), RULES).state is State.UP

    def test_degraded_always_gives_slowness_as_its_reason(self) -> None:
        degraded = folded([slow(30.0 * index) for index in range(RULES.slow_cycles)], RULES)
        again = folded([bad(500), good(502)], RULES, degraded)
        assert again.state is State.DEGRADED
        assert "slow" in again.reason


class TestWaking:
    @pytest.mark.parametrize("hint", [WakeHint.HIBERNATING, WakeHint.LOADING_PAGE])
    def test_the_platforms_own_word_is_enough(self, hint: WakeHint) -> None:
        check = folded([good(0), bad(10, hint)], SLEEPY)
        assert (check.state, check.since_ms) == (State.WAKING, START_MS + 10 * S)

    @pytest.mark.parametrize("hint", [WakeHint.GATEWAY, WakeHint.SILENCE])
    def test_an_ambiguous_sign_counts_only_after_time_to_fall_asleep(self, hint: WakeHint) -> None:
        assert folded([good(0), bad(899, hint)], SLEEPY).state is State.SUSPECT
        assert folded([good(0), bad(900, hint)], SLEEPY).state is State.WAKING
        assert folded([bad(0, hint)], SLEEPY).state is State.WAKING

    @pytest.mark.parametrize("hint", [WakeHint.GATEWAY, WakeHint.SILENCE])
    def test_an_ambiguous_sign_goes_on_counting_while_waking(self, hint: WakeHint) -> None:
        looks = [good(0), bad(10, WakeHint.HIBERNATING), bad(15, hint)]
        assert folded(looks, SLEEPY).state is State.WAKING

    @pytest.mark.parametrize("hint", list(WakeHint))
    def test_a_service_that_never_sleeps_never_wakes(self, hint: WakeHint) -> None:
        assert folded([bad(0, hint)], RULES).state is State.SUSPECT

    @pytest.mark.parametrize("hint", list(WakeHint))
    def test_a_service_that_is_down_does_not_become_waking(self, hint: WakeHint) -> None:
        down = folded(failures(LOOKS_TO_DOWN), SLEEPY)
        assert folded([bad(5_000, hint)], SLEEPY, down).state is State.DOWN

    def test_waking_ends_in_up(self) -> None:
        check = folded([bad(0, WakeHint.HIBERNATING), good(20)], SLEEPY)
        assert (check.state, check.reason) == (State.UP, "awake")
        assert check.wake_started_ms is None

    def test_waking_beyond_the_deadline_is_down_since_it_began(self) -> None:
        looks = [bad(10, WakeHint.HIBERNATING), bad(131, WakeHint.HIBERNATING)]
        check = folded(looks, SLEEPY)
        assert (check.state, check.since_ms) == (State.DOWN, START_MS + 10 * S)
        assert "120 s" in check.reason

    def test_the_deadline_counts_to_the_end_of_the_look(self) -> None:
        hint = WakeHint.SILENCE
        assert folded([bad(0, hint, took_ms=120_000)], SLEEPY).state is State.WAKING
        assert folded([bad(0, hint, took_ms=120_001)], SLEEPY).state is State.DOWN

    def test_a_plain_failure_while_waking_is_a_failure(self) -> None:
        check = folded([bad(0, WakeHint.HIBERNATING), bad(5)], SLEEPY)
        assert check.state is State.SUSPECT

    def test_a_good_look_is_never_waking(self) -> None:
        assert not is_waking(CheckState(), bad(0), SLEEPY)

    def test_who_never_sleeps_is_never_asleep(self) -> None:
        assert not may_be_asleep(CheckState(), START_MS, RULES)

    def test_a_wake_that_came_too_late_is_forgotten_while_down(self) -> None:
        late = [bad(10, WakeHint.HIBERNATING), bad(131, WakeHint.HIBERNATING)]
        assert folded([*late, bad(160, WakeHint.HIBERNATING)], SLEEPY).wake_started_ms is None

    def test_failures_among_the_signs_of_waking_do_not_put_off_the_deadline(self) -> None:
        looks = [good(0)]
        for index in range(200):
            looks += [bad(1_000 + 10 * index, WakeHint.GATEWAY), bad(1_002 + 10 * index)]
        assert folded(looks, SLEEPY).state is State.DOWN

    def test_time_we_could_not_see_does_not_count_against_the_wake_deadline(self) -> None:
        looks = [bad(0, WakeHint.HIBERNATING), blind(5), bad(8 * 3_600, WakeHint.HIBERNATING)]
        assert folded(looks, SLEEPY).state is State.WAKING


class TestSheets:
    def test_an_inconclusive_look_shows_unknown_and_says_why(self) -> None:
        check = folded([good(0), blind(30)], RULES)
        assert (check.state, check.verdict) == (State.UNKNOWN, State.UP)
        assert (check.since_ms, check.reason) == (START_MS + 30 * S, "no network")

    def test_an_inconclusive_look_without_a_reason_gets_one(self) -> None:
        assert folded([look(0, Outcome.INCONCLUSIVE)], RULES).reason

    def test_after_the_gap_the_verdict_holds_from_the_look_that_ended_it(self) -> None:
        check = folded([good(0), blind(30), blind(60), good(90)], RULES)
        assert (check.state, check.since_ms) == (State.UP, START_MS + 90 * S)

    def test_a_gap_inside_a_confirmation_neither_helps_nor_hinders(self) -> None:
        looks = failures(LOOKS_TO_DOWN)
        half = LOOKS_TO_DOWN // 2
        with_gap = [*looks[:half], blind(31 + 5 * (half - 1)), *looks[half:]]
        assert folded(with_gap, RULES).state is State.DOWN
        assert folded(with_gap[:-1], RULES).state is State.SUSPECT

    def test_a_paused_check_stays_as_it_is(self) -> None:
        paused = pause(down_check(), START_MS + HOUR, "paused by the owner")
        assert paused.state is State.PAUSED
        assert all(
            fold(paused, seen, RULES) is paused
            for seen in (good(9_000), slow(9_000), bad(9_000), blind(9_000))
        )

    def test_pausing_twice_is_pausing_once(self) -> None:
        paused = pause(down_check(), START_MS + HOUR, "paused by the owner")
        assert pause(paused, START_MS + 2 * HOUR, "again") is paused

    def test_resuming_waits_for_a_look_and_then_goes_on(self) -> None:
        down = down_check()
        resumed = resume(pause(down, START_MS + HOUR, "paused"), START_MS + 2 * HOUR)
        assert (resumed.state, resumed.since_ms) == (State.UNKNOWN, START_MS + 2 * HOUR)
        looked = fold(resumed, bad(7_300), RULES)
        assert (looked.state, looked.since_ms) == (State.DOWN, START_MS + 7_300 * S)

    def test_resuming_what_is_not_paused_does_nothing(self) -> None:
        blinded = folded([good(0), blind(30)], RULES)
        assert resume(blinded, START_MS + HOUR) is blinded

    def test_a_pause_covers_a_gap_in_our_sight(self) -> None:
        blinded = folded([good(0), blind(30)], RULES)
        assert pause(blinded, START_MS + MINUTE, "paused").state is State.PAUSED


class TestMaintenance:
    def maintained(self, looks: list, rules: Thresholds = RULES) -> CheckState:
        return maintain(folded(looks, rules), START_MS + HOUR, "new disks")

    def test_it_is_shown_over_whatever_there_is(self) -> None:
        check = self.maintained([good(0)])
        assert (check.state, check.verdict) == (State.MAINT, State.UP)
        assert (check.since_ms, check.reason) == (START_MS + HOUR, "new disks")

    def test_looks_go_on_and_tell_only_that_they_were_taken(self) -> None:
        check = self.maintained([good(0)])
        failed = folded(failures(LOOKS_TO_DOWN, from_s=3_700), RULES, check)
        assert (failed.state, failed.verdict) == (State.MAINT, State.UP)
        assert failed.last_ms == START_MS + round(3_700 + 5 * (LOOKS_TO_DOWN - 1)) * S
        assert failed.last_good_ms == START_MS
        answered = fold(failed, good(3_900), RULES)
        assert answered.state is State.MAINT
        assert answered.last_good_ms == answered.last_ms == START_MS + 3_900 * S

    def test_what_we_cannot_see_in_it_changes_nothing(self) -> None:
        check = self.maintained([good(0)])
        assert fold(check, blind(3_700), RULES) is check

    def test_looks_in_it_come_at_the_interval_even_if_it_began_in_a_burst(self) -> None:
        check = self.maintained([good(0), bad(30)])
        assert check.burst_step > 0
        assert next_look_s(check, RULES, 30.0) == 30.0

    def test_after_it_nothing_is_known_until_the_next_look(self) -> None:
        over = end_maintenance(self.maintained([good(0)]), START_MS + 2 * HOUR)
        assert (over.state, over.since_ms) == (State.UNKNOWN, START_MS + 2 * HOUR)
        looked = fold(over, good(7_201), RULES)
        assert (looked.state, looked.since_ms) == (State.UP, START_MS + 7_201 * S)

    def test_down_into_maintenance_into_up_recovers(self) -> None:
        over = end_maintenance(
            maintain(down_check(), START_MS + HOUR, "new disks"), START_MS + 2 * HOUR
        )
        looks = [good(7_201), good(7_231), good(7_261)]
        states = [step.after.state for step in replay(looks, RULES, over)]
        assert states == [State.DOWN, State.DOWN, State.UP]

    def test_ending_what_is_not_in_maintenance_does_nothing(self) -> None:
        check = folded([good(0)], RULES)
        assert end_maintenance(check, START_MS + HOUR) is check

    def test_a_pause_goes_before_it_and_it_goes_before_sleep(self) -> None:
        check = folded([good(0)], RULES)
        paused = pause(check, START_MS + HOUR, "paused")
        assert maintain(paused, START_MS + 2 * HOUR, "new disks") is paused
        assert rest(paused, START_MS + 2 * HOUR, "night") is paused
        maintained = self.maintained([good(0)])
        assert rest(maintained, START_MS + 2 * HOUR, "night") is maintained
        assert pause(maintained, START_MS + 2 * HOUR, "paused").state is State.PAUSED
        asleep = rest(check, START_MS + HOUR, "night")
        assert maintain(asleep, START_MS + 2 * HOUR, "new disks").state is State.MAINT


class TestPlannedSleep:
    ASLEEP = rest(folded([good(0)], SLEEPY), START_MS + HOUR, "nobody comes at night")

    def test_it_is_shown_and_nothing_counts(self) -> None:
        assert (self.ASLEEP.state, self.ASLEEP.verdict) == (State.ASLEEP, State.UP)
        failed = folded(failures(LOOKS_TO_DOWN, from_s=3_700), SLEEPY, self.ASLEEP)
        assert (failed.state, failed.failed_cycles) == (State.ASLEEP, 0)

    def test_a_good_look_shows_that_it_is_awake(self) -> None:
        awake = fold(self.ASLEEP, good(5_000), SLEEPY)
        assert (awake.state, awake.since_ms) == (State.UP, START_MS + 5_000 * S)

    def test_whoever_asks_for_it_waits_while_it_wakes(self) -> None:
        roused = rouse(self.ASLEEP, START_MS + 2 * HOUR)
        assert (roused.state, roused.since_ms) == (State.WAKING, START_MS + 2 * HOUR)
        waking = fold(roused, bad(7_201, WakeHint.GATEWAY), SLEEPY)
        assert (waking.state, waking.since_ms) == (State.WAKING, START_MS + 2 * HOUR)
        assert fold(waking, good(7_220), SLEEPY).state is State.UP

    def test_what_does_not_wake_is_suspected(self) -> None:
        roused = rouse(self.ASLEEP, START_MS + 2 * HOUR)
        assert fold(roused, bad(7_201), SLEEPY).state is State.SUSPECT

    def test_a_gap_in_our_sight_covers_a_wake(self) -> None:
        roused = rouse(self.ASLEEP, START_MS + 2 * HOUR)
        assert fold(roused, blind(7_201), SLEEPY).state is State.UNKNOWN

    def test_rousing_what_does_not_sleep_does_nothing(self) -> None:
        check = folded([good(0)], SLEEPY)
        assert rouse(check, START_MS + HOUR) is check


class TestCertificate:
    SEEN = Certificate("ab" * 32, "shop.example", "CA", START_MS, START_MS + HOUR)

    def test_the_last_one_seen_is_remembered(self) -> None:
        check = folded([look(0, certificate=self.SEEN), good(30)], RULES)
        assert check.certificate == self.SEEN.fingerprint

    def test_a_failed_look_may_have_seen_one(self) -> None:
        check = folded([look(0, Outcome.FAIL, certificate=self.SEEN)], RULES)
        assert check.certificate == self.SEEN.fingerprint

    def test_one_seen_in_maintenance_is_seen_after_it(self) -> None:
        check = maintain(CheckState(), START_MS, "new disks")
        assert fold(check, look(0, certificate=self.SEEN), RULES).certificate == ""


class TestNextLook:
    def test_a_burst_follows_its_steps_and_then_the_interval(self) -> None:
        looks = [good(0), *failures(CYCLE_LOOKS + 1)]
        waits = [next_look_s(step.after, RULES, 30.0) for step in replay(looks, RULES)]
        assert waits == [30.0, 2.0, 3.0, 5.0, 30.0, 2.0]

    def test_the_steps_add_up_to_the_burst(self) -> None:
        rules = Thresholds(burst_s=(1.5, 4.0, 11.0, 12.0))
        steps = replay(failures(len(rules.burst_s)), rules)
        waits = [next_look_s(step.after, rules, 30.0) for step in steps]
        assert waits == [b - a for a, b in pairwise((0.0, *rules.burst_s))]

    def test_outside_a_burst_the_interval_holds(self) -> None:
        for check in (CheckState(), down_check(), folded([bad(0, WakeHint.HIBERNATING)], SLEEPY)):
            assert next_look_s(check, RULES, 45.0) == 45.0

    def test_a_burst_shortened_by_a_reload_is_finished_at_once(self) -> None:
        check = folded(failures(3), RULES)
        assert next_look_s(check, Thresholds(burst_s=(2.0,)), 30.0) == 2.0
        assert next_look_s(check, Thresholds(burst_s=()), 30.0) == 0.0


class TestTransition:
    def test_the_same_word_is_no_change(self) -> None:
        before = folded([good(0)], RULES)
        assert transition(before, fold(before, good(30), RULES)) is None

    def test_a_change_carries_both_words_the_date_and_the_reason(self) -> None:
        before = folded([good(0), *failures(LOOKS_TO_DOWN - 1)], RULES)
        change = transition(before, fold(before, bad(200), RULES))
        assert change is not None
        assert (change.before, change.after) == (State.SUSPECT, State.DOWN)
        assert (change.at_ms, change.reason) == (START_MS + 30 * S, "refused")


class TestWorst:
    def test_every_state_is_ranked_once(self) -> None:
        assert sorted(WORST_FIRST) == sorted(State)

    def test_the_worst_one_stands_for_all(self) -> None:
        for rank, state in enumerate(WORST_FIRST):
            assert worst(reversed(WORST_FIRST[rank:])) is state

    def test_nothing_at_all_is_unknown(self) -> None:
        assert worst([]) is State.UNKNOWN
