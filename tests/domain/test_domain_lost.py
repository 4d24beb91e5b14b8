"""What an outage cost: by the hours before it, with an interval that keeps its word."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sentinel_tui.domain.video.catalog import HOUR_MS, HourCount
from sentinel_tui.domain.video.losing import FEWEST_WEEKS, WEEKS, lost

WEEK_H = 168
MONDAY_MS = int(datetime(2026, 1, 5, tzinfo=UTC).timestamp() * 1_000)


def at(hour):
    return MONDAY_MS + hour * HOUR_MS


def usual(hour):
    """Nobody at night, ten views an hour by day, twenty at weekends."""
    return (20 if hour % WEEK_H >= 120 else 10) if 8 <= hour % 24 < 22 else 0


def steady(hours, factor=1):
    return [
        HourCount(at(hour), factor * usual(hour), factor * usual(hour) * 60.0)
        for hour in range(hours)
        if usual(hour)
    ]


def without(hours, first, last):
    return [one for one in hours if not at(first) <= one.at_ms < at(last)]


def test_what_is_always_there_and_was_not_is_lost():
    noon = 4 * WEEK_H + 12
    counts = without(steady(noon + 3), noon, noon + 3)
    found = lost(counts, at(noon), at(noon + 3), library="films", counted_to_ms=at(noon + 3))
    assert found.library == "films"
    assert found.expected_views == pytest.approx(30)
    assert (found.seen_views, found.weeks) == (0, 4)
    assert found.views == pytest.approx(30)
    assert found.views_low < 30 < found.views_high
    assert found.watch_s == pytest.approx(1_800)
    assert found.watch_low_s < 1_800 < found.watch_high_s


def test_at_night_and_when_all_was_watched_as_ever_nothing_is_lost():
    counts = steady(4 * WEEK_H + 24)
    for first in (2, 12):
        start = 4 * WEEK_H + first
        found = lost(counts, at(start), at(start + 2), library="films", counted_to_ms=at(start + 2))
        assert found.views == pytest.approx(0)
        assert found.views_low == 0
        assert found.watch_s == pytest.approx(0)


def test_time_is_lost_with_the_views_although_somebody_watched_long():
    noon = 4 * WEEK_H + 12
    varied = [
        HourCount(one.at_ms, one.views, one.views * (20.0 if one.at_ms // HOUR_MS % 2 else 100.0))
        for one in without(steady(noon), noon, noon + 1)
    ]
    counts = [*varied, HourCount(at(noon), 2, 700.0)]
    found = lost(counts, at(noon), at(noon + 1), library="films")
    assert found.views == pytest.approx(8)
    assert 0 < found.watch_s == pytest.approx(8 * 60, rel=0.1)
    assert found.watch_low_s <= found.watch_s <= found.watch_high_s


def test_an_hour_that_was_down_in_part_is_credited_with_its_other_part():
    noon = 4 * WEEK_H + 12
    half = HourCount(at(noon), 5, 300.0)
    counts = [*without(steady(noon), noon, noon + 1), half]
    found = lost(counts, at(noon) + HOUR_MS // 2, at(noon + 1), library="films")
    assert found.expected_views == pytest.approx(5)
    assert found.seen_views == 0
    assert found.views == pytest.approx(5)


def test_the_level_is_that_of_the_last_two_weeks():
    noon = 8 * WEEK_H + 12
    counts = [
        one if one.at_ms < at(6 * WEEK_H) else HourCount(one.at_ms, 3 * one.views, 3 * one.watch_s)
        for one in steady(noon)
    ]
    found = lost(counts, at(noon), at(noon + 1), library="films", counted_to_ms=at(noon + 1))
    assert found.expected_views == pytest.approx(30, rel=0.02)


def test_hours_that_other_outages_spoilt_are_no_evidence():
    noon = 4 * WEEK_H + 12
    spoilt = [(2 * WEEK_H, 2 * WEEK_H + 24), (3 * WEEK_H + 5, 4 * WEEK_H)]
    counts = steady(noon)
    for first, last in spoilt:
        counts = without(counts, first, last)
    outages = [(at(first) + 1, at(last) - 1) for first, last in spoilt]
    asked = {"library": "films", "counted_to_ms": at(noon + 1)}
    told = lost(counts, at(noon), at(noon + 1), outages=outages, **asked)
    untold = lost(counts, at(noon), at(noon + 1), **asked)
    assert told.expected_views == pytest.approx(10)
    assert untold.expected_views < 9


def test_of_an_hour_that_was_always_down_nothing_is_expected():
    noon = 3 * WEEK_H + 12
    outages = [(at(12 + week * WEEK_H), at(13 + week * WEEK_H)) for week in range(3)]
    found = lost(steady(noon + 1), at(noon), at(noon + 1), library="films", outages=outages)
    assert (found.expected_views, found.views_high) == (0, 0)


def test_a_rush_that_does_not_come_back_is_not_expected():
    noon = 6 * WEEK_H + 12
    counts = [
        HourCount(one.at_ms, 4_000, one.watch_s) if one.at_ms == at(WEEK_H + 12) else one
        for one in steady(noon)
    ]
    found = lost(counts, at(noon), at(noon + 1), library="films", counted_to_ms=at(noon + 1))
    assert found.expected_views == pytest.approx(10, rel=0.6)


def test_weeks_follow_the_clocks_of_those_who_watch():
    """Clocks go forward on 29 March; what is watched at noon is watched an hour earlier in UTC."""
    zone = ZoneInfo("Europe/Paris")
    counts = [
        HourCount(at(hour), 50, 50.0)
        for hour in range(8 * WEEK_H, 12 * WEEK_H)
        if datetime.fromtimestamp(at(hour) / 1_000, zone).hour == 12
    ]
    noon_ms = int(datetime(2026, 3, 30, 12, tzinfo=zone).timestamp() * 1_000)
    asked = {"library": "films", "counted_to_ms": noon_ms + HOUR_MS}
    local = lost(counts, noon_ms, noon_ms + HOUR_MS, zone=zone, **asked)
    utc = lost(counts, noon_ms, noon_ms + HOUR_MS, **asked)
    assert local.expected_views == pytest.approx(50)
    assert utc.expected_views < 25


def test_with_less_than_two_weeks_nothing_is_said():
    first = 8  # the hour of the first views, when the counting began
    enough = first + FEWEST_WEEKS * WEEK_H
    counts = steady(6 * WEEK_H)
    assert lost(counts, at(enough - 1), at(enough), library="films") is None
    assert lost(counts, at(enough), at(enough + 1), library="films") is not None
    assert lost([], at(0), at(1), library="films") is None


def test_hours_that_are_not_counted_yet_are_not_lost():
    noon = 4 * WEEK_H + 12
    counts = steady(noon)
    assert lost(counts, at(noon), at(noon + 3), library="films") is None
    assert lost(counts, at(noon), at(noon + 3), library="films", counted_to_ms=at(noon)) is None
    two = lost(counts, at(noon), at(noon + 3), library="films", counted_to_ms=at(noon + 2))
    assert two.expected_views == pytest.approx(20)


def test_a_library_that_nobody_watches_loses_nothing():
    counts = [HourCount(at(hour), 0, 0.0) for hour in range(3 * WEEK_H)]
    found = lost(counts, at(3 * WEEK_H - 2), at(3 * WEEK_H), library="films")
    assert (found.views, found.views_high, found.watch_high_s) == (0, 0, 0)


@pytest.mark.parametrize(("level", "weeks", "hours"), [(0.5, 8, 6), (5, 3, 6), (60, 8, 24)])
def test_the_interval_holds_nine_in_ten_where_viewers_come_in_bunches(level, weeks, hours):
    held, tries = 0, 60
    for seed in range(tries):
        random = np.random.default_rng(seed)
        course = np.arange(weeks * WEEK_H + hours)
        day = np.exp(random.normal(0, 0.3, len(course) // 24 + 1))[course // 24]
        mean = level * day * (1 + 0.8 * np.sin(course / 24 * 2 * np.pi))
        views = random.poisson(mean * random.gamma(3, 1 / 3, len(course)))
        counts = [
            HourCount(at(int(hour)), int(one), 60.0 * one)
            for hour, one in zip(course, views, strict=True)
        ]
        start = weeks * WEEK_H
        end_ms = at(start + hours)
        found = lost(counts[:start], at(start), end_ms, library="films", counted_to_ms=end_ms)
        held += found.views_low <= views[start:].sum() <= found.views_high
    assert stats.binomtest(held, tries, 0.85, alternative="less").pvalue > 0.01


@settings(max_examples=40)
@given(
    views=st.lists(st.integers(0, 50), min_size=3 * WEEK_H, max_size=3 * WEEK_H),
    first_min=st.integers(0, 20 * 60),
    length_min=st.integers(1, 50 * 60),
)
def test_whatever_was_counted_the_interval_is_one(views, first_min, length_min):
    counts = [HourCount(at(hour), one, one * 30.0) for hour, one in enumerate(views)]
    from_ms = at(2 * WEEK_H + 1) + first_min * 60_000
    found = lost(counts, from_ms, from_ms + length_min * 60_000, library="films")
    assert 0 <= found.views_low <= found.views <= found.views_high
    assert 0 <= found.watch_low_s <= found.watch_s <= found.watch_high_s
    assert found.weeks <= WEEKS
