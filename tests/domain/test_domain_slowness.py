"""Slowness against what is usual: several slow looks begin it, a frozen limit ends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from domain_looks import bad, folded, good, look, replay, slow
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.observations import Observation, Outcome
from sentinel_tui.domain.monitoring.slowness import (
    CLEARED_BELOW,
    RECENT_LOOKS,
    limit_of,
)
from sentinel_tui.domain.monitoring.states import CheckState, State, Thresholds, fold

RULES = Thresholds(usual_ms=1_000.0)
LIMIT_MS = 3_000.0
latencies = st.floats(1.0, 10_000.0)


def looks(latencies_ms: Sequence[float], from_s: float = 0.0) -> list[Observation]:
    return [good(from_s + 30.0 * n, took_ms) for n, took_ms in enumerate(latencies_ms)]


def states(latencies_ms: Sequence[float], rules: Thresholds = RULES) -> list[State]:
    return [step.after.state for step in replay(looks(latencies_ms), rules)]


def degraded() -> CheckState:
    check = folded(looks([4_000.0] * RULES.slow_cycles), RULES)
    assert check.state is State.DEGRADED
    return check


class TestLimit:
    @given(st.floats(1, 1e5), st.floats(1, 10), st.floats(0, 1e4))
    def test_it_is_a_multiple_of_the_usual_and_never_below_the_floor(
        self, usual_ms: float, factor: float, floor_ms: float
    ) -> None:
        rules = Thresholds(usual_ms=usual_ms, slow_factor=factor, slow_floor_ms=floor_ms)
        limit_ms = limit_of(CheckState(), rules)
        assert limit_ms in (usual_ms * factor, floor_ms)
        assert limit_ms >= floor_ms
        assert limit_ms >= usual_ms * factor

    def test_while_nothing_is_usual_yet_only_the_owners_own_limit_counts(self) -> None:
        assert limit_of(CheckState(), Thresholds()) is None
        assert states([60_000.0] * 20, Thresholds()) == [State.UP] * 20

    def test_a_latency_at_the_limit_is_not_over_it(self) -> None:
        assert states([LIMIT_MS] * 20) == [State.UP] * 20
        assert states([LIMIT_MS + 1] * 3)[-1] is State.DEGRADED


class TestBeginning:
    def test_slow_looks_in_a_row_degrade(self) -> None:
        assert states([500.0, 4_000.0, 4_000.0, 4_000.0]) == [*[State.UP] * 3, State.DEGRADED]

    @given(st.floats(LIMIT_MS, 1e6))
    def test_one_outlier_however_large_degrades_nothing(self, outlier_ms: float) -> None:
        assert states([500.0, outlier_ms, *[500.0] * 20]) == [State.UP] * 22

    @given(st.lists(st.sampled_from([500.0, 4_000.0]), max_size=60))
    def test_it_takes_as_many_slow_looks_close_together(self, values: list[float]) -> None:
        shown = states(values)
        for number, state in enumerate(shown):
            if state is State.DEGRADED and State.DEGRADED not in shown[:number]:
                window = values[max(0, number - RECENT_LOOKS + 1) : number + 1]
                assert sum(value > LIMIT_MS for value in window) == RULES.slow_cycles
                for end in range(number - RULES.slow_cycles + 1, number + 1):
                    assert max(values[max(0, end - RECENT_LOOKS + 1) : end + 1]) > LIMIT_MS

    def test_slow_looks_far_apart_do_not_add_up(self) -> None:
        apart = [4_000.0, *[500.0] * RECENT_LOOKS] * 6
        assert set(states(apart)) == {State.UP}

    def test_slow_looks_close_together_do(self) -> None:
        assert states([4_000.0, 500.0] * 3)[-2] is State.DEGRADED

    def test_the_reason_tells_the_figures(self) -> None:
        assert degraded().reason == "slower than usual: p95 4,000 ms, limit 3,000 ms"

    def test_what_a_check_says_itself_goes_before(self) -> None:
        told = look(90, Outcome.SLOW, took_ms=4_000.0, error="over 2 s")
        check = folded([*looks([4_000.0] * 2), told], RULES)
        assert (check.state, check.reason) == (State.DEGRADED, "over 2 s")

    def test_both_kinds_of_slow_looks_add_up(self) -> None:
        check = folded([slow(0), *looks([4_000.0] * 2, from_s=30)], RULES)
        assert check.state is State.DEGRADED


class TestEnd:
    def end(self, latencies_ms: Sequence[float], rules: Thresholds = RULES) -> list[State]:
        return [step.after.state for step in replay(looks(latencies_ms, 900), rules, degraded())]

    def test_fast_looks_end_it_once_the_slow_ones_are_forgotten(self) -> None:
        ended = self.end([500.0] * 20)
        # The look with which the last slow one leaves the percentile is the first that counts.
        expected = RECENT_LOOKS - 1 + RULES.fast_cycles - 1
        assert ended.index(State.UP) == expected
        assert set(ended[expected:]) == {State.UP}

    def test_a_little_under_the_limit_is_not_fast(self) -> None:
        assert set(self.end([LIMIT_MS * CLEARED_BELOW] * 60)) == {State.DEGRADED}
        assert State.UP in self.end([LIMIT_MS * CLEARED_BELOW - 1] * 60)

    def test_an_outlier_starts_the_count_over(self) -> None:
        almost = RECENT_LOOKS + RULES.fast_cycles - 2
        assert State.UP not in self.end([*[500.0] * almost, 4_000.0, *[500.0] * almost])

    def test_a_look_that_is_not_fast_enough_starts_it_over_as_well(self) -> None:
        almost = [500.0] * (RECENT_LOOKS + RULES.fast_cycles - 2)
        between = LIMIT_MS * (1 + CLEARED_BELOW) / 2
        assert State.UP not in self.end([*almost, between, *almost])
        assert State.UP in self.end([*almost, between, *almost, 500.0])

    def test_what_has_become_usual_meanwhile_ends_nothing(self) -> None:
        used_to_it = replace(RULES, usual_ms=4_000.0)
        assert set(self.end([4_000.0] * 60, used_to_it)) == {State.DEGRADED}

    def test_after_it_the_limit_is_that_of_the_hour_again(self) -> None:
        used_to_it = replace(RULES, usual_ms=4_000.0)
        over = folded(looks([500.0] * 20, 900), RULES, degraded())
        assert over.slow_limit_ms is None
        assert limit_of(over, used_to_it) == pytest.approx(12_000.0)

    def test_slowness_of_which_no_limit_is_known_ends_by_the_looks_own_word(self) -> None:
        rules = Thresholds()
        check = folded([slow(30.0 * n) for n in range(rules.slow_cycles)], rules)
        known_now = replace(rules, usual_ms=1.0)
        fast = looks([2_900.0] * rules.fast_cycles, from_s=900)
        assert folded(fast, known_now, check).state is State.UP

    def test_a_failure_on_the_way_counts_as_no_fast_look(self) -> None:
        almost = looks([500.0] * (RECENT_LOOKS + RULES.fast_cycles - 2), 900)
        check = folded([*almost, bad(2_000), good(2_002, 500.0)], RULES, degraded())
        assert check.state is State.DEGRADED


class TestWithoutALatency:
    def test_a_look_says_nothing_about_speed(self) -> None:
        for check in (CheckState(), degraded()):
            cold = look(900, Outcome.SLOW, took_ms=40_000.0)
            after = fold(check, replace(cold, latency_ms=None), RULES)
            assert (after.slow_looks, after.fast_looks) == (check.slow_looks, check.fast_looks)
            assert (after.recent_ms, after.slow_limit_ms) == (check.recent_ms, check.slow_limit_ms)

    def test_being_down_ends_a_slowness(self) -> None:
        failures = [bad(900 + 5.0 * n) for n in range(12)]
        down = folded(failures, RULES, degraded())
        assert (down.state, down.slow_looks, down.slow_limit_ms) == (State.DOWN, 0, None)


@given(st.lists(latencies, max_size=30))
def test_the_last_latencies_are_remembered(values: list[float]) -> None:
    assert folded(looks(values), RULES).recent_ms == tuple(values[-RECENT_LOOKS:])
