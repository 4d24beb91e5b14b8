"""Error budgets by time, and alarms when they burn: early enough, and not for one bad look."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.monitoring.slo import (
    BURN_RULES,
    LEAST_FAILED_CYCLES,
    LEAST_FAILED_LOOKS,
    METHOD,
    WINDOWS_S,
    BurnRule,
    Objective,
    budget,
    burn,
    verdict,
)
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.monitoring.uptime import StateTimes

DAY_MS = 86_400_000
THREE_NINES = Objective(0.999)
ENOUGH = dict.fromkeys(WINDOWS_S, (LEAST_FAILED_LOOKS, 1))


def burning(
    speeds: dict[int, float], objective: Objective = THREE_NINES
) -> dict[int, tuple[int, int]]:
    """Windows whose budgets burn at these speeds; the others do not burn at all."""
    windows = {}
    for window_s in WINDOWS_S:
        bad_ms = round(window_s * 1_000 * speeds.get(window_s, 0.0) * (1 - objective.ratio))
        windows[window_s] = (window_s * 1_000 - bad_ms, bad_ms)
    return windows


class TestBudgets:
    def test_down_time_spends_it(self) -> None:
        times = StateTimes({State.UP: 30 * DAY_MS - 1_296_000, State.DOWN: 1_296_000})
        found = budget(times, THREE_NINES)
        assert found.total_s == pytest.approx(30 * 86_400 / 1_000)
        assert found.spent_s == 1_296
        assert found.left_ratio == pytest.approx(0.5)

    @pytest.mark.parametrize(
        "state", [State.MAINT, State.ASLEEP, State.WAKING, State.UNKNOWN, State.PAUSED]
    )
    def test_what_is_left_out_neither_spends_nor_adds(self, state: State) -> None:
        found = budget(StateTimes({State.UP: 15 * DAY_MS, state: 15 * DAY_MS}), THREE_NINES)
        assert found.spent_s == 0
        assert found.total_s == pytest.approx(15 * 86_400 / 1_000)
        assert found.left_ratio == 1

    def test_it_can_be_overdrawn(self) -> None:
        found = budget(StateTimes({State.DOWN: DAY_MS}), THREE_NINES)
        assert found.left_ratio is not None
        assert found.left_ratio < 0

    @pytest.mark.parametrize(
        ("times", "objective"),
        [(StateTimes(), Objective(1.0)), (StateTimes({State.ASLEEP: 30 * DAY_MS}), THREE_NINES)],
    )
    def test_where_there_is_none_nothing_is_left_of_it(
        self, times: StateTimes, objective: Objective
    ) -> None:
        assert budget(times, objective).left_ratio is None

    def test_time_not_watched_yet_is_not_spent(self) -> None:
        found = budget(StateTimes({State.UP: DAY_MS}), THREE_NINES)
        assert found.total_s == pytest.approx(30 * 86_400 / 1_000)

    @pytest.mark.parametrize("word", ["DOWN", "maintenance", "planned sleep", "gaps", "waking"])
    def test_the_method_says_what_is_left_out(self, word: str) -> None:
        assert word in METHOD


class TestSpeed:
    def test_one_is_what_lasts_for_the_window(self) -> None:
        assert burn(1, 999, 0.999) == pytest.approx(1)
        assert burn(144, 9_856, 0.999) == pytest.approx(14.4)

    def test_nothing_bad_burns_nothing(self) -> None:
        assert burn(0, 0, 0.999) == burn(0, 1, 1.0) == 0

    def test_without_a_budget_anything_bad_is_too_much(self) -> None:
        assert burn(1, 999, 1.0) == float("inf")


@pytest.mark.parametrize("rule", BURN_RULES)
class TestRules:
    def test_both_windows_must_burn(self, rule: BurnRule) -> None:
        fast = rule.factor * 1.05
        both = verdict(burning({rule.long_s: fast, rule.short_s: fast}), ENOUGH, THREE_NINES)
        assert both is not None
        assert both.severity is rule.severity
        assert verdict(burning({rule.long_s: fast}), ENOUGH, THREE_NINES) is None
        assert verdict(burning({rule.short_s: fast}), ENOUGH, THREE_NINES) is None

    def test_what_lasts_is_no_alarm(self, rule: BurnRule) -> None:
        slow = rule.factor * 0.95
        windows = burning({rule.long_s: slow, rule.short_s: slow})
        assert verdict(windows, ENOUGH, THREE_NINES) is None

    def test_one_bad_look_is_no_alarm(self, rule: BurnRule) -> None:
        fast = rule.factor * 10
        windows = burning({rule.long_s: fast, rule.short_s: fast})
        lonely = dict.fromkeys(WINDOWS_S, (LEAST_FAILED_LOOKS - 1, LEAST_FAILED_CYCLES - 1))
        assert verdict(windows, lonely, THREE_NINES) is None
        twice = dict.fromkeys(WINDOWS_S, (LEAST_FAILED_LOOKS - 1, LEAST_FAILED_CYCLES))
        assert verdict(windows, twice, THREE_NINES) is not None

    def test_the_reason_names_objective_and_windows(self, rule: BurnRule) -> None:
        fast = rule.factor * 1.5
        found = verdict(burning({rule.long_s: fast, rule.short_s: fast}), ENOUGH, THREE_NINES)
        assert found is not None
        assert "99.90 %" in found.reason
        assert "too fast" in found.reason
        assert "of the last" in found.reason


def test_the_severe_rule_speaks_first() -> None:
    found = verdict(burning(dict.fromkeys(WINDOWS_S, 100.0)), ENOUGH, THREE_NINES)
    assert found is not None
    assert found.severity is Severity.CRITICAL


def test_without_a_budget_the_reason_says_so() -> None:
    windows = dict.fromkeys(WINDOWS_S, (0, 60000))
    found = verdict(windows, ENOUGH, Objective(1.0))
    assert found is not None
    assert "there is none" in found.reason


@given(st.floats(0.5, 0.9999), st.floats(0, 1))
def test_burning_at_a_steady_speed_spends_the_budget_in_proportion(
    ratio: float, share: float
) -> None:
    objective = Objective(ratio)
    down_ms = round(30 * DAY_MS * (1 - ratio) * share)
    found = budget(StateTimes({State.UP: 30 * DAY_MS - down_ms, State.DOWN: down_ms}), objective)
    assert found.left_ratio == pytest.approx(1 - share, abs=1e-3)
    assert burn(down_ms, 30 * DAY_MS - down_ms, ratio) == pytest.approx(share, abs=1e-3)
