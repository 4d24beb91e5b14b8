"""What a mode means for a service: closer looks cost nothing that the plan did not allow."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.keepalive.modes import Mode
from sentinel_tui.domain.keepalive.tempo import LONGEST_S, SHORTEST_S, Tempo, tempo

intervals = st.floats(1, 86_400)


def of(
    mode: Mode,
    interval_s: float = 60,
    *,
    sleeps: bool = True,
    costs_hours: bool = True,
    planned_awake: bool = False,
    long_down: bool = False,
) -> Tempo:
    return tempo(
        mode,
        interval_s=interval_s,
        sleeps=sleeps,
        costs_hours=costs_hours,
        planned_awake=planned_awake,
        long_down=long_down,
    )


class TestHyperVigilant:
    def test_it_looks_twice_as_often_and_confirms_sooner(self) -> None:
        assert of(Mode.HYPER_VIGILANT) == Tempo(30, look=True, keep_awake=True, confirm_sooner=True)

    def test_what_never_sleeps_need_not_be_kept_awake(self) -> None:
        assert not of(Mode.HYPER_VIGILANT, sleeps=False, costs_hours=False).keep_awake

    @given(intervals)
    def test_it_never_looks_less_often_than_configured_nor_too_often(
        self, interval_s: float
    ) -> None:
        chosen_s = of(Mode.HYPER_VIGILANT, interval_s).interval_s
        assert min(interval_s, SHORTEST_S) <= chosen_s <= interval_s


class TestEconomy:
    def test_a_sleeper_that_costs_hours_is_left_alone_even_if_it_was_planned(self) -> None:
        quiet = of(Mode.ECONOMY, planned_awake=True)
        assert (quiet.look, quiet.keep_awake) == (False, False)

    def test_what_costs_no_hours_is_still_looked_at(self) -> None:
        assert of(Mode.ECONOMY, costs_hours=False).look

    def test_what_is_long_down_and_costs_hours_is_looked_at_now_and_then(self) -> None:
        assert of(Mode.ECONOMY, long_down=True).interval_s > 4 * LONGEST_S
        free = of(Mode.ECONOMY, long_down=True, costs_hours=False)
        assert free == of(Mode.ECONOMY, costs_hours=False)

    @given(intervals)
    def test_it_never_looks_more_often_than_configured_nor_hardly_ever(
        self, interval_s: float
    ) -> None:
        chosen_s = of(Mode.ECONOMY, interval_s).interval_s
        assert interval_s <= chosen_s <= max(interval_s, LONGEST_S)


class TestNormal:
    def test_the_plan_says_whether_what_costs_hours_is_awake_and_looked_at(self) -> None:
        kept, left = of(Mode.NORMAL, planned_awake=True), of(Mode.NORMAL)
        assert (kept.look, kept.keep_awake) == (True, True)
        assert (left.look, left.keep_awake) == (False, False)

    def test_a_sleeper_that_costs_nothing_is_kept_awake_as_ever(self) -> None:
        assert of(Mode.NORMAL, costs_hours=False) == Tempo(
            60, look=True, keep_awake=True, confirm_sooner=False
        )

    def test_what_never_sleeps_is_looked_at_as_configured(self) -> None:
        assert of(Mode.NORMAL, sleeps=False, costs_hours=False) == Tempo(
            60, look=True, keep_awake=False, confirm_sooner=False
        )
