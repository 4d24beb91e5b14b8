"""How visits become hours: sleep, wakefulness and visits add up, whatever the log."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.keepalive.use import (
    HOUR_S,
    HOURS_A_WEEK,
    IDLE_S,
    RECENCIES,
    TICK_S,
    hours,
    recency,
    ticks,
)

_DAY_S = 24 * HOUR_S
on_the_tick = st.lists(st.integers(0, 863).map(lambda tick: tick * TICK_S), max_size=20).map(sorted)
logs = st.lists(st.floats(0, 3 * _DAY_S - 1, allow_nan=False), max_size=60).map(sorted)


class TestRecency:
    def test_a_service_never_used_is_in_the_last_class(self) -> None:
        assert recency(None) == RECENCIES - 1

    @given(st.floats(0, 1e7), st.floats(0, 1e7))
    def test_longer_ago_is_never_a_lower_class(self, one_s: float, other_s: float) -> None:
        low, high = sorted([one_s, other_s])
        assert 0 <= recency(low) <= recency(high) < RECENCIES


class TestTicks:
    @given(logs)
    def test_every_event_is_in_exactly_one_tick(self, events_s: list[float]) -> None:
        seen = [event for tick in ticks(events_s, 0.0, 3 * _DAY_S) for event in tick.events_s]
        assert seen == events_s

    @given(logs, st.integers(0, 47))
    def test_what_came_before_the_start_counts_as_the_last_use(
        self, events_s: list[float], start_hour: int
    ) -> None:
        start_s = start_hour * HOUR_S
        whole = [tick for tick in ticks(events_s, 0.0, 3 * _DAY_S) if tick.start_s >= start_s]
        assert list(ticks(events_s, start_s, 3 * _DAY_S)) == whole

    def test_a_visit_keeps_it_awake_for_a_quarter_of_an_hour(self) -> None:
        awake = [tick.awake for tick in ticks([0.0], 0.0, HOUR_S)]
        assert awake.count(True) == int(IDLE_S / TICK_S) - 1
        assert not awake[0]


class TestHours:
    @given(logs)
    def test_time_is_awake_or_asleep_and_adds_up(self, events_s: list[float]) -> None:
        for hour in hours(events_s, 0.0, 3 * _DAY_S, 0):
            assert hour.awake_s + sum(hour.asleep_s) == HOUR_S

    @given(logs | on_the_tick)
    def test_an_hour_is_what_its_ticks_are(self, events_s: list[float]) -> None:
        known = list(ticks(events_s, 0.0, 3 * _DAY_S))
        for number, hour in enumerate(hours(events_s, 0.0, 3 * _DAY_S, 0)):
            of_it = known[number * 12 : number * 12 + 12]
            assert hour.awake_s == TICK_S * sum(tick.awake for tick in of_it)
            for since, asleep_s in enumerate(hour.asleep_s):
                asleep = [tick for tick in of_it if not tick.awake and tick.recency == since]
                assert asleep_s == TICK_S * len(asleep)

    @given(logs)
    def test_visits_are_events_after_a_silence(self, events_s: list[float]) -> None:
        silences = sum(b - a > IDLE_S for a, b in pairwise(events_s))
        expected = silences + bool(events_s)
        assert sum(sum(hour.visits) for hour in hours(events_s, 0.0, 3 * _DAY_S, 0)) == expected

    def test_cells_follow_the_week_and_begin_anew(self) -> None:
        cells = [hour.cell for hour in hours([], 0.0, 2 * _DAY_S, HOURS_A_WEEK - 24)]
        assert cells == [*range(HOURS_A_WEEK - 24, HOURS_A_WEEK), *range(24)]
