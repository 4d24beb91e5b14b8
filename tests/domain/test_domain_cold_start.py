"""Cold starts: measured from the first sign of waking, and never where there was none."""

from __future__ import annotations

import pytest
from domain_looks import START_MS, S, bad, blind, folded, good, histories, look, replay, thresholds
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.keepalive.cold_start import (
    cold_start_ms,
    distribution,
    expected_ms,
    slower_since,
)
from sentinel_tui.domain.monitoring.observations import Outcome, WakeHint
from sentinel_tui.domain.monitoring.states import CheckState, State, Thresholds, pause

SLEEPY = Thresholds(sleeps_after_s=900.0)


def test_it_lasts_from_the_first_sign_to_the_end_of_the_first_good_answer() -> None:
    waking = folded([bad(0, WakeHint.HIBERNATING), bad(30, WakeHint.SILENCE)], SLEEPY)
    assert cold_start_ms(waking, good(47, took_ms=500.0), SLEEPY) == 47_500.0


def test_a_held_request_lasts_from_its_own_start() -> None:
    awake = folded([good(0)], SLEEPY)
    assert cold_start_ms(awake, good(900, took_ms=2_000.0), SLEEPY) == 2_000.0


def test_a_quick_answer_after_a_long_silence_shows_that_it_was_awake() -> None:
    awake = folded([good(0)], SLEEPY)
    assert cold_start_ms(awake, good(10_000, took_ms=1_999.0), SLEEPY) is None


def test_a_slow_answer_of_a_service_that_had_no_time_to_sleep_is_latency() -> None:
    awake = folded([good(0)], SLEEPY)
    assert cold_start_ms(awake, good(899, took_ms=9_000.0), SLEEPY) is None


def test_a_slow_outcome_can_be_a_cold_start_too() -> None:
    waking = folded([bad(0, WakeHint.HIBERNATING)], SLEEPY)
    seen = look(10, Outcome.SLOW, took_ms=3_000.0)
    assert cold_start_ms(waking, seen, SLEEPY) == 13_000.0


def test_a_service_that_does_not_sleep_has_none() -> None:
    assert cold_start_ms(CheckState(), good(0, took_ms=60_000.0), Thresholds()) is None


@pytest.mark.parametrize("failed", [bad(10), bad(10, WakeHint.HIBERNATING), blind(10)])
def test_what_is_not_good_is_none(failed) -> None:
    waking = folded([bad(0, WakeHint.HIBERNATING)], SLEEPY)
    assert cold_start_ms(waking, failed, SLEEPY) is None


@given(histories(), thresholds)
def test_it_is_never_negative_and_comes_only_with_a_good_look_of_a_sleeper(
    events: list, rules: Thresholds
) -> None:
    for step in replay(events, rules):
        if step.seen is None:
            continue
        lasted_ms = cold_start_ms(step.before, step.seen, rules)
        if lasted_ms is not None:
            assert lasted_ms >= 0
            assert step.seen.good
            assert rules.sleeps_after_s is not None
        elif step.before.state is State.WAKING and step.before.sheet is None:
            # Roused from planned sleep it may turn out to have been awake.
            assert not step.seen.good


@pytest.mark.parametrize("hide", ["blind", "paused"])
def test_a_wake_that_we_lost_sight_of_is_not_measured(hide: str) -> None:
    waking = folded([bad(0, WakeHint.HIBERNATING)], SLEEPY)
    hidden = (
        folded([blind(5)], SLEEPY, waking)
        if hide == "blind"
        else pause(waking, START_MS + 5 * S, "paused")
    )
    assert cold_start_ms(hidden, good(8 * 3_600), SLEEPY) is None


class TestDistribution:
    def test_none_measured_is_no_distribution(self) -> None:
        assert distribution([]) is None

    @given(st.lists(st.floats(1, 1e6), min_size=1, max_size=50))
    def test_its_figures_are_measured_ones_in_order(self, durations_ms: list[float]) -> None:
        found = distribution(durations_ms)
        assert found is not None
        assert found.p50_ms <= found.p95_ms <= found.max_ms == max(durations_ms)
        assert {found.p50_ms, found.p95_ms} <= set(durations_ms)
        assert sum(one <= found.p95_ms for one in durations_ms) >= 0.95 * found.count

    def test_a_few_are_not_yet_worth_more_than_what_is_configured(self) -> None:
        assert expected_ms([20_000.0] * 4, 60_000.0) == 60_000.0
        assert expected_ms([20_000.0] * 5, 60_000.0) == 20_000.0


USUAL_MS = [30_000.0 + 500 * n for n in range(10)]


class TestSlowerSince:
    def test_a_clear_difference_is_told_with_its_figures(self) -> None:
        said = slower_since(USUAL_MS, [2 * one for one in USUAL_MS])
        assert "64 s since the deploy, 32 s before" in said

    @pytest.mark.parametrize("factor", [0.5, 1.0, 1.15])
    def test_faster_the_same_or_hardly_slower_is_not(self, factor: float) -> None:
        assert slower_since(USUAL_MS, [factor * one for one in USUAL_MS]) == ""

    @pytest.mark.parametrize(("before", "after"), [(7, 10), (10, 7), (0, 0)])
    def test_too_few_on_either_side_prove_nothing(self, before: int, after: int) -> None:
        assert slower_since(USUAL_MS[:before], [9 * one for one in USUAL_MS[:after]]) == ""

    def test_what_varies_as_much_anyway_is_not_surely_slower(self) -> None:
        before = [20_000.0 + 8_000 * (n % 6) for n in range(12)]
        after = [one + 16_000 for one in before]
        assert slower_since(before, after) == ""

    def test_one_outlier_is_no_regression(self) -> None:
        assert slower_since(USUAL_MS, [*USUAL_MS[:-1], 900_000.0]) == ""
