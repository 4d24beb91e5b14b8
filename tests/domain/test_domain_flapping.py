"""Flapping: the weights of Nagios, and that no recovery is ever taken for the start of trouble."""

from __future__ import annotations

import pytest
from domain_looks import START_MS, Doing, Done, Event, S, bad, blind, folded, good, replay, slow
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.alerts import Rule, findings
from sentinel_tui.domain.monitoring.flapping import share_changed
from sentinel_tui.domain.monitoring.states import CheckState, State, Thresholds, fold, transition

QUICK = Thresholds(burst_s=(), confirm_cycles=1, recover_cycles=1, recover_after_s=0)
"""Every look is a verdict, so that each alternation is a change."""


def nagios_share(states: list[State]) -> float:
    """The share by the book: 21 states in order of time, weights over the 20 steps between."""
    assert len(states) == 21
    total = 0.0
    for x in range(1, 21):
        weight = (x - 1) * (1.25 - 0.75) / (20 - 1) + 0.75
        if states[x] is not states[x - 1]:
            total += weight
    return total / 20


def look(state: State, number: int):
    return good(60.0 * number) if state is State.UP else bad(60.0 * number)


def alternating(count: int, start: int = 0) -> list[Event]:
    """Good and bad looks in turn, a bad one last where the count is even."""
    return [good(60.0 * n) if n % 2 == 0 else bad(60.0 * n) for n in range(start, start + count)]


two_states = st.sampled_from([State.UP, State.DOWN])


@given(st.lists(two_states, min_size=21, max_size=60))
def test_the_share_is_that_of_nagios(states: list[State]) -> None:
    check = folded([look(state, number) for number, state in enumerate(states)], QUICK)
    assert share_changed(check.flips) == pytest.approx(nagios_share(states[-21:]))


@given(st.lists(two_states, min_size=1, max_size=20))
def test_what_was_before_the_first_look_counts_as_unchanged(states: list[State]) -> None:
    check = folded([look(state, number) for number, state in enumerate(states)], QUICK)
    padded = [states[0]] * (21 - len(states)) + states
    assert share_changed(check.flips) == pytest.approx(nagios_share(padded))


@given(st.lists(two_states, max_size=120))
def test_it_begins_at_30_percent_on_a_fall_and_ends_at_20(states: list[State]) -> None:
    looks = [look(state, number) for number, state in enumerate(states)]
    for step in replay(looks, QUICK):
        share = share_changed(step.after.flips)
        fell = step.before.verdict is State.UP and step.after.verdict is State.DOWN
        if step.before.flapping:
            assert step.after.flapping is (share > 0.2)
        else:
            assert step.after.flapping is (fell and share >= 0.3)


def test_no_change_at_all_is_no_share() -> None:
    assert share_changed(0) == 0.0
    assert share_changed((1 << 20) - 1) == pytest.approx(1.0)


class TestStory:
    def test_it_is_down_while_it_is_down_and_flapping_in_between(self) -> None:
        states = [step.after.state for step in replay(alternating(20), QUICK)]
        begins = states.index(State.FLAPPING)
        assert set(states[:begins]) == {State.UP, State.DOWN}
        assert states[begins - 1] is State.DOWN
        assert set(states[begins::2]) == {State.FLAPPING}
        assert set(states[begins + 1 :: 2]) == {State.DOWN}

    def test_it_calms_down_when_the_changes_are_long_past(self) -> None:
        flapping = folded(alternating(20), QUICK)
        steps = replay([good(10_000.0 + 60 * n) for n in range(20)], QUICK, flapping)
        states = [step.after.state for step in steps]
        calm = states.index(State.UP)
        assert set(states[:calm]) == {State.FLAPPING}
        assert set(states[calm:]) == {State.UP}
        change = transition(steps[calm].before, steps[calm].after)
        assert change is not None
        assert (change.at_ms, change.before) == (steps[calm].event.at_ms, State.FLAPPING)

    def test_the_date_of_flapping_is_kept_through_suspicion_below_it(self) -> None:
        rules = Thresholds(burst_s=(2.0,), confirm_cycles=1, recover_cycles=1, recover_after_s=0)
        flapping = folded([good(50_000)], rules, folded(alternating(20), QUICK))
        assert flapping.state is State.FLAPPING
        suspect = fold(flapping, bad(50_060), rules)
        assert (suspect.state, suspect.verdict) == (State.FLAPPING, State.SUSPECT)
        passed = fold(suspect, good(50_062), rules)
        assert passed.since_ms == suspect.since_ms == flapping.since_ms
        down = fold(suspect, bad(50_062), rules)
        assert (down.state, down.since_ms) == (State.DOWN, START_MS + 50_060 * S)

    def test_suspicion_and_blindness_are_no_step(self) -> None:
        rules = Thresholds()
        before = folded([good(0), good(30)], rules)
        after = folded([bad(60), bad(62), blind(65)], rules, before)
        assert (after.settled, after.flips) == (before.settled, before.flips)

    def test_slowness_is_no_change(self) -> None:
        assert folded([good(0), *(slow(30.0 * n) for n in range(1, 9))], QUICK).flips == 0


class TestAlert:
    def told(self, events: list[Event], start: CheckState | None = None) -> list[tuple[bool, int]]:
        return [
            (one.holds, one.at_ms)
            for step in replay(events, QUICK, start)
            for one in findings("shop", "http", step.before, step.after)
            if one.rule is Rule.FLAPPING and (one.holds or step.before.flapping)
        ]

    def test_an_hour_of_it_is_one_warning_and_one_end(self) -> None:
        calm = [good(3_600.0 + 60 * n) for n in range(25)]
        told = self.told([*alternating(60), *calm])
        assert [holds for holds, _ in told] == [True, False]
        assert told[0][1] < START_MS + 600 * S < START_MS + 3_600 * S < told[1][1]

    def test_what_stays_down_ends_it_only_with_its_recovery(self) -> None:
        flapping = folded(alternating(20), QUICK)
        steady = [bad(10_000.0 + 60 * n) for n in range(25)]
        down = folded(steady, QUICK, flapping)
        assert not down.flapping
        assert self.told(steady, flapping) == []
        recovered = fold(down, good(20_000), QUICK)
        ended = [
            one
            for one in findings("shop", "http", down, recovered)
            if one.rule is Rule.FLAPPING and not one.holds
        ]
        assert len(ended) == 1

    def test_a_slowness_that_comes_and_goes_while_flapping_has_its_own_dates(self) -> None:
        flapping = folded(alternating(21), QUICK)
        rules = Thresholds(burst_s=(), confirm_cycles=1, slow_cycles=2, fast_cycles=2)
        looks = [slow(2_000), slow(2_060), good(2_120), good(2_180)]
        told = [
            (one.holds, one.at_ms)
            for step in replay(looks, rules, flapping)
            for one in findings("shop", "http", step.before, step.after)
            if one.rule is Rule.DEGRADED
        ]
        assert told == [(True, START_MS + 2_060 * S), (False, START_MS + 2_180 * S)]


def test_what_the_owner_does_is_no_step() -> None:
    flapping = folded(alternating(20), QUICK)
    for what in Doing:
        (step,) = replay([Done(START_MS + 9_000 * S, what)], QUICK, flapping)
        assert (step.after.flips, step.after.flapping) == (flapping.flips, True)
