"""The hours ledger: every hour once, by the platform's calendar, with an honest forecast."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.keepalive.hours_ledger import (
    DAY_MS,
    FREE_HOURS,
    HOUR_MS,
    Awake,
    Correction,
    daily_hours,
    forecast,
    hours_between,
    merged,
    month_of,
    used_h,
)


def at(*when: int) -> int:
    return round(datetime(*when, tzinfo=UTC).timestamp() * 1_000)


NOW = at(2026, 11, 22, 12)
stretches = st.lists(
    st.tuples(st.integers(0, 1_000), st.integers(0, 1_000)).map(
        lambda pair: Awake(
            NOW - 1_000 * HOUR_MS + min(pair) * HOUR_MS, NOW - 1_000 * HOUR_MS + max(pair) * HOUR_MS
        )
    ),
    max_size=20,
)


class TestMonth:
    def test_it_begins_at_midnight_utc_on_the_first(self) -> None:
        assert month_of(NOW).start_ms == at(2026, 11, 1)
        assert month_of(NOW).end_ms == at(2026, 12, 1)

    def test_december_ends_in_the_next_year(self) -> None:
        assert month_of(at(2026, 12, 31, 23)).end_ms == at(2027, 1, 1)

    @given(st.integers(at(2020, 1, 1), at(2040, 1, 1)))
    def test_every_instant_lies_in_its_month_of_28_to_31_days(self, at_ms: int) -> None:
        month = month_of(at_ms)
        assert month.start_ms <= at_ms < month.end_ms
        assert 28 * DAY_MS <= month.end_ms - month.start_ms <= 31 * DAY_MS


class TestMerged:
    @given(stretches)
    def test_nothing_overlaps_and_nothing_is_lost(self, some: list[Awake]) -> None:
        whole = merged(some)
        assert all(a.end_ms < b.start_ms for a, b in pairwise(whole))
        hours = {h for one in some for h in range(one.start_ms // HOUR_MS, one.end_ms // HOUR_MS)}
        assert sum(one.end_ms - one.start_ms for one in whole) == len(hours) * HOUR_MS

    @given(stretches)
    def test_it_does_not_matter_how_often_it_was_written_down(self, some: list[Awake]) -> None:
        assert merged([*some, *some]) == merged(some)


class TestUsed:
    def test_services_add_up_and_last_month_does_not_count(self) -> None:
        october = Awake(at(2026, 10, 31, 20), at(2026, 11, 1, 2))
        awake = {"a": [october], "b": [Awake(at(2026, 11, 3), at(2026, 11, 3, 5))]}
        assert used_h(awake, NOW) == 2 + 5

    def test_a_correction_replaces_what_came_before_it(self) -> None:
        awake = {"a": [Awake(at(2026, 11, 10), at(2026, 11, 10, 8))]}
        correction = Correction(at(2026, 11, 10, 6), 92.65)
        assert used_h(awake, NOW, correction) == 92.65 + 2

    def test_a_correction_of_another_month_no_longer_counts(self) -> None:
        awake = {"a": [Awake(at(2026, 11, 10), at(2026, 11, 10, 8))]}
        assert used_h(awake, NOW, Correction(at(2026, 10, 30), 700)) == 8

    def test_what_is_still_to_come_is_not_used_yet(self) -> None:
        assert used_h({"a": [Awake(NOW - HOUR_MS, NOW + HOUR_MS)]}, NOW) == 1

    @given(stretches)
    def test_a_day_has_at_most_24_hours_of_one_service(self, some: list[Awake]) -> None:
        days = daily_hours({"a": some}, NOW, 14)
        assert len(days) == 14
        assert all(0 <= day <= 24 for day in days)
        assert abs(sum(days) - hours_between(some, NOW - 14 * DAY_MS, NOW)) < 1e-6


class TestForecast:
    def test_four_services_around_the_clock_end_on_the_eighth_day(self) -> None:
        start = at(2026, 11, 1)
        told = forecast(0.0, [96.0] * 7, FREE_HOURS, start)
        assert told is not None
        assert told.exhausted_p50_ms is not None
        assert (told.exhausted_p50_ms - start) // DAY_MS == 7

    def test_one_service_around_the_clock_lasts_the_month(self) -> None:
        told = forecast(0.0, [24.0] * 7, FREE_HOURS, at(2026, 12, 1))
        assert told is not None
        assert told.exhausted_p50_ms is None
        assert told.p50_h == 744

    def test_uneven_days_make_the_bad_case_worse_than_the_usual_one(self) -> None:
        told = forecast(100.0, [2.0, 30.0, 5.0, 40.0], 300, NOW)
        assert told is not None
        assert told.p90_h > told.p50_h
        assert told.exhausted_p90_ms is not None
        assert told.exhausted_p50_ms is None or told.exhausted_p90_ms <= told.exhausted_p50_ms

    def test_a_budget_that_is_used_up_is_used_up_now(self) -> None:
        told = forecast(750.0, [1.0, 1.0], 750, NOW)
        assert told is not None
        assert told.exhausted_p50_ms == NOW

    def test_who_sleeps_all_day_never_runs_out(self) -> None:
        told = forecast(10.0, [0.0, 0.0], 750, NOW)
        assert told is not None
        assert (told.p50_h, told.exhausted_p90_ms) == (10.0, None)

    def test_a_single_day_is_too_little(self) -> None:
        assert forecast(10.0, [5.0], 750, NOW) is None
