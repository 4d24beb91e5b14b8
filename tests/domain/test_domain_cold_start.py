"""Cold starts: measured from the first sign of waking, and never where there was none."""

from __future__ import annotations

import pytest
from domain_looks import START_MS, S, bad, blind, folded, good, histories, look, replay, thresholds
from hypothesis import given

from sentinel_tui.domain.keepalive.cold_start import cold_start_ms
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
        elif step.before.state is State.WAKING:
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
