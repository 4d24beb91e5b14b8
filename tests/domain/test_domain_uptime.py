"""Uptime: what held when, gaps cut out, and every millisecond counted once."""

from __future__ import annotations

from itertools import pairwise

import pytest
from domain_looks import START_MS, S, bad, folded, good, replay
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.states import State, Thresholds, transition, worst
from sentinel_tui.domain.monitoring.uptime import (
    METHOD,
    Span,
    StateTimes,
    Uptime,
    spans,
    state_cells,
    state_times,
    uptime,
)

UP = {State.UP, State.DEGRADED, State.SUSPECT, State.FLAPPING}

instants = st.integers(0, 1_000)


@st.composite
def change_logs(draw: st.DrawFn) -> list[tuple[int, State]]:
    """Changes in order of time; some fall on the same instant, as dated-back ones do."""
    dates = sorted(draw(st.lists(instants, max_size=12)))
    return [(at_ms, draw(st.sampled_from(State))) for at_ms in dates]


@st.composite
def gap_lists(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Times of blindness in order, some of them overlapping or empty."""
    pairs = draw(st.lists(st.tuples(instants, instants), max_size=5))
    return sorted((min(pair), max(pair)) for pair in pairs)


@st.composite
def windows(draw: st.DrawFn) -> tuple[int, int]:
    start_ms = draw(st.integers(0, 900))
    return start_ms, draw(st.integers(start_ms + 1, 1_200))


def state_at(changes: list[tuple[int, State]], at_ms: int) -> State | None:
    """What held in the millisecond that begins at `at_ms`, looked up the slow way."""
    held = [state for since_ms, state in changes if since_ms <= at_ms]
    return held[-1] if held else None


@given(change_logs(), gap_lists(), windows())
def test_spans_partition_the_window_from_the_first_change_on(
    changes: list, gaps: list, window: tuple[int, int]
) -> None:
    start_ms, end_ms = window
    held = spans(changes, gaps, start_ms, end_ms)
    assert all(span.length_ms > 0 for span in held)
    assert all(a.end_ms == b.start_ms for a, b in pairwise(held))
    first_ms = max(start_ms, changes[0][0]) if changes else end_ms
    if first_ms < end_ms:
        assert (held[0].start_ms, held[-1].end_ms) == (first_ms, end_ms)
    else:
        assert held == []


@given(change_logs(), gap_lists(), windows())
def test_every_millisecond_has_the_state_that_held_then(
    changes: list, gaps: list, window: tuple[int, int]
) -> None:
    for span in spans(changes, gaps, *window):
        for at_ms in range(span.start_ms, span.end_ms):
            blind = any(gap_start <= at_ms < gap_end for gap_start, gap_end in gaps)
            expected = State.UNKNOWN if blind else state_at(changes, at_ms)
            assert span.state is expected


@given(change_logs(), gap_lists(), windows())
def test_up_down_and_excluded_add_up_to_the_time_covered(
    changes: list, gaps: list, window: tuple[int, int]
) -> None:
    held = spans(changes, gaps, *window)
    total = uptime(held)
    assert total.up_ms + total.down_ms + total.excluded_ms == sum(one.length_ms for one in held)
    assert total.up_ms == sum(one.length_ms for one in held if one.state in UP)
    assert total.down_ms == sum(one.length_ms for one in held if one.state is State.DOWN)


@given(change_logs(), gap_lists(), windows(), st.integers(1, 1_199))
def test_the_uptime_of_two_halves_is_the_uptime_of_the_whole(
    changes: list, gaps: list, window: tuple[int, int], cut_ms: int
) -> None:
    start_ms, end_ms = window
    if not start_ms < cut_ms < end_ms:
        return
    left, right = spans(changes, gaps, start_ms, cut_ms), spans(changes, gaps, cut_ms, end_ms)
    assert uptime(left) + uptime(right) == uptime(spans(changes, gaps, start_ms, end_ms))


class TestSpans:
    def test_without_a_change_nothing_is_known(self) -> None:
        assert spans([], [(0, 10)], 0, 10) == []

    def test_the_last_change_before_the_window_says_what_held_at_its_start(self) -> None:
        changes = [(0, State.DOWN), (50, State.UP)]
        assert spans(changes, [], 60, 70) == [Span(60, 70, State.UP)]

    def test_a_gap_is_cut_out_of_the_state_around_it(self) -> None:
        assert spans([(0, State.UP)], [(10, 20)], 0, 30) == [
            Span(0, 10, State.UP),
            Span(10, 20, State.UNKNOWN),
            Span(20, 30, State.UP),
        ]

    def test_a_change_after_the_window_does_not_reach_into_it(self) -> None:
        changes = [(0, State.UP), (100, State.DOWN)]
        assert spans(changes, [], 0, 50) == [Span(0, 50, State.UP)]

    def test_a_confirmed_outage_counts_from_its_first_failed_look(self) -> None:
        rules = Thresholds()
        looks = [good(0), *(bad(30.0 + 5 * index) for index in range(12))]
        changes = [
            (change.at_ms, change.after)
            for step in replay(looks, rules)
            if (change := transition(step.before, step.after)) is not None
        ]
        end_ms = START_MS + 130 * S
        assert uptime(spans(changes, [], START_MS, end_ms)) == Uptime(up_ms=30 * S, down_ms=100 * S)
        assert folded(looks, rules).state is State.DOWN

    def test_a_blip_that_passed_on_retry_costs_nothing(self) -> None:
        looks = [good(0), bad(30), good(32)]
        changes = [
            (change.at_ms, change.after)
            for step in replay(looks, Thresholds())
            if (change := transition(step.before, step.after)) is not None
        ]
        assert uptime(spans(changes, [], START_MS, START_MS + 60 * S)).ratio == 1.0


class TestUptime:
    @pytest.mark.parametrize("state", list(State))
    def test_each_state_counts_as_the_method_says(self, state: State) -> None:
        counted = uptime([Span(0, 7, state)])
        if state in UP:
            assert counted == Uptime(up_ms=7)
        elif state is State.DOWN:
            assert counted == Uptime(down_ms=7)
        else:
            assert counted == Uptime(excluded_ms=7)

    def test_where_nothing_counts_there_is_no_ratio(self) -> None:
        assert Uptime(excluded_ms=5).ratio is None
        assert Uptime().ratio is None

    def test_the_ratio_is_of_the_counted_time_only(self) -> None:
        assert Uptime(up_ms=3, down_ms=1, excluded_ms=96).ratio == 0.75

    def test_the_method_is_stated(self) -> None:
        assert "dated back" in METHOD


class TestStateTimes:
    @given(change_logs(), gap_lists(), windows())
    def test_they_count_every_millisecond_in_its_state(
        self, changes: list, gaps: list, window: tuple[int, int]
    ) -> None:
        held = spans(changes, gaps, *window)
        times = state_times(held)
        for state in State:
            expected = sum(one.length_ms for one in held if one.state is state)
            assert times.by_state_ms.get(state, 0) == expected
        assert times.uptime == uptime(held)
        assert times.total_ms == sum(one.length_ms for one in held)

    @given(change_logs(), windows(), st.integers(0, 1_200))
    def test_two_halves_add_up_to_the_whole(
        self, changes: list, window: tuple[int, int], cut_ms: int
    ) -> None:
        start_ms, end_ms = window
        cut_ms = min(max(start_ms, cut_ms), end_ms)
        halves = [spans(changes, [], start_ms, cut_ms), spans(changes, [], cut_ms, end_ms)]
        whole = state_times(spans(changes, [], start_ms, end_ms))
        assert state_times(halves[0]) + state_times(halves[1]) == whole

    def test_a_service_that_sleeps_has_three_numbers(self) -> None:
        times = StateTimes(
            {State.UP: 60, State.DEGRADED: 10, State.WAKING: 10, State.DOWN: 20, State.ASLEEP: 100}
        )
        assert times.warm_availability == pytest.approx(70 / 90)
        assert times.reachable_availability == pytest.approx(80 / 100)
        assert times.planned_sleep == pytest.approx(100 / 200)

    def test_what_never_counted_has_none(self) -> None:
        assert StateTimes().warm_availability is None
        assert StateTimes().reachable_availability is None
        assert StateTimes().planned_sleep is None
        assert StateTimes({State.ASLEEP: 5}).warm_availability is None
        assert StateTimes({State.MAINT: 5}).planned_sleep == 0.0

    @given(st.dictionaries(st.sampled_from(State), st.integers(1, 10**9)))
    def test_waking_only_ever_helps_to_be_reachable(self, by_state_ms: dict[State, int]) -> None:
        times = StateTimes(by_state_ms)
        if times.warm_availability is not None:
            assert times.reachable_availability is not None
            assert times.warm_availability <= times.reachable_availability <= 1


class TestStateCells:
    @given(change_logs(), gap_lists(), st.integers(0, 500), st.integers(1, 20), st.integers(1, 9))
    def test_each_cell_shows_the_worst_that_held_in_it(
        self, changes: list, gaps: list, start_ms: int, cells: int, width_ms: int
    ) -> None:
        end_ms = start_ms + cells * width_ms
        held = spans(changes, gaps, start_ms, end_ms)
        shown = state_cells(held, start_ms, end_ms, cells)
        assert len(shown) == cells
        for index, cell in enumerate(shown):
            left_ms, right_ms = start_ms + index * width_ms, start_ms + (index + 1) * width_ms
            there = [one.state for one in held if one.start_ms < right_ms and one.end_ms > left_ms]
            known = set(there) - {State.UNKNOWN}
            assert cell is (worst(known) if there else None)

    @given(change_logs(), windows(), st.integers(1, 60))
    def test_uneven_cells_lose_no_state(
        self, changes: list, window: tuple[int, int], cells: int
    ) -> None:
        held = spans(changes, [], *window)
        shown = state_cells(held, *window, cells)
        assert len(shown) == cells
        known = [cell for cell in shown if cell is not None]
        assert bool(known) is bool(held)
        if held:
            seen = {span.state for span in held} - {State.UNKNOWN}
            assert worst(set(known) - {State.UNKNOWN}) is worst(seen)

    def test_a_moment_of_blindness_hides_no_day_of_sight(self) -> None:
        held = spans([(0, State.UP)], [(10, 20)], 0, 100)
        assert state_cells(held, 0, 100, 1) == [State.UP]

    def test_before_the_first_change_a_cell_is_empty(self) -> None:
        held = spans([(50, State.UP)], [], 0, 100)
        assert state_cells(held, 0, 100, 2) == [None, State.UP]

    def test_spans_of_no_length_are_not_drawn(self) -> None:
        assert state_cells([Span(5, 5, State.DOWN), Span(5, 10, State.UP)], 0, 10, 1) == [State.UP]
