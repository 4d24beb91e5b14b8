"""Recurring maintenance: once each time it is due, also on the nights the clocks are changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinel_tui.domain.monitoring.maintenance import next_start_ms, occurrence
from sentinel_tui.domain.monitoring.silences import Window

PARIS, NEW_YORK = "Europe/Paris", "America/New_York"
MINUTE, HOUR = 60_000, 3_600_000


def ms(text: str, zone: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1_000)


def window(cron: str, zone: str = PARIS, duration_s: float = 3_600.0) -> Window:
    return Window("nightly", "api", cron, zone, duration_s)


def occurrences(of: Window, start_ms: int, end_ms: int) -> list[tuple[int, int]]:
    """Every occurrence that anybody sees who looks each minute, in order."""
    looked = (occurrence(of, now_ms) for now_ms in range(start_ms, end_ms, MINUTE))
    return sorted({found for found in looked if found is not None})


def test_it_holds_from_its_first_to_before_its_last_moment() -> None:
    nightly = window("30 3 * * *")
    start_ms = ms("2026-11-18T03:30", PARIS)
    held = (start_ms, start_ms + HOUR)
    assert occurrence(nightly, start_ms - 1) is None
    assert occurrence(nightly, start_ms) == held
    assert occurrence(nightly, start_ms + HOUR - 1) == held
    assert occurrence(nightly, start_ms + HOUR) is None


def test_the_next_one_is_after_now() -> None:
    nightly = window("30 3 * * *")
    start_ms = ms("2026-11-18T03:30", PARIS)
    assert next_start_ms(nightly, start_ms - 1) == start_ms
    assert next_start_ms(nightly, start_ms) == start_ms + 24 * HOUR


@pytest.mark.parametrize(
    ("zone", "cron", "night", "start"),
    [
        (PARIS, "30 2 * * *", "2026-10-25T00:00", "2026-10-25T02:30"),
        (NEW_YORK, "30 1 * * *", "2026-11-01T00:00", "2026-11-01T01:30"),
        (PARIS, "30 2 * * *", "2026-03-29T00:00", "2026-03-29T03:00"),
        (NEW_YORK, "30 2 * * *", "2026-03-08T00:00", "2026-03-08T03:00"),
    ],
)
def test_on_the_night_of_the_change_it_comes_once_and_lasts_as_long_as_it_says(
    zone: str, cron: str, night: str, start: str
) -> None:
    night_ms = ms(night, zone)
    found = occurrences(window(cron, zone, 1_800.0), night_ms, night_ms + 8 * HOUR)
    start_ms = ms(start, zone)
    assert found == [(start_ms, start_ms + HOUR // 2)]


def test_one_that_spans_the_change_lasts_as_long_as_it_says() -> None:
    evening_ms = ms("2026-10-24T23:00", PARIS)
    (found,) = occurrences(window("0 23 * * *", PARIS, 6 * 3_600.0), evening_ms, evening_ms + HOUR)
    assert found == (evening_ms, evening_ms + 6 * HOUR)


def test_of_two_that_overlap_the_older_is_given_until_it_ends() -> None:
    half_hourly = window("*/30 * * * *", "UTC", 2_400.0)
    start_ms = ms("2026-11-18T10:00", "UTC")
    assert occurrence(half_hourly, start_ms + 35 * MINUTE) == (start_ms, start_ms + 40 * MINUTE)
    later_ms = start_ms + 30 * MINUTE
    assert occurrence(half_hourly, start_ms + 40 * MINUTE) == (later_ms, later_ms + 40 * MINUTE)


def test_a_date_that_never_comes_is_an_error() -> None:
    with pytest.raises(ValueError, match="never comes"):
        occurrence(window("0 0 30 2 *"), 0)


@settings(max_examples=20)
@given(
    zone=st.sampled_from([PARIS, NEW_YORK]),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    change=st.sampled_from(["2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01"]),
)
def test_a_daily_window_begins_once_on_every_local_day(
    zone: str, hour: int, minute: int, change: str
) -> None:
    daily = window(f"{minute} {hour} * * *", zone)
    at_ms = ms(f"{change}T00:00", zone) - 24 * HOUR - 1
    days = []
    for _ in range(4):
        at_ms = next_start_ms(daily, at_ms)
        assert occurrence(daily, at_ms) == (at_ms, at_ms + HOUR)
        days.append(datetime.fromtimestamp(at_ms / 1_000, ZoneInfo(zone)).date())
    assert days == [days[0] + timedelta(days=index) for index in range(4)]
