"""Hours of the week, on every night of the year: also on the two on which the clocks change."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from domain_outbox import HOUR, MINUTE, at
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.domain.notifying.hours import holds, next_end_ms, next_start_ms
from sentinel_tui.domain.notifying.policy import Hours
from sentinel_tui.domain.schedule import wall_ms

PARIS, NEW_YORK = "Europe/Paris", "America/New_York"
CHANGES = [
    (PARIS, date(2026, 3, 29)),
    (PARIS, date(2026, 10, 25)),
    (NEW_YORK, date(2026, 3, 8)),
    (NEW_YORK, date(2026, 11, 1)),
]

some_hours = st.builds(
    Hours,
    from_minute=st.integers(0, 1_439),
    to_minute=st.integers(0, 1_439),
    zone=st.sampled_from([PARIS, NEW_YORK, "UTC", "Asia/Kolkata", "Australia/Lord_Howe"]),
    days=st.frozensets(st.integers(0, 6), min_size=1),
)
instants = st.one_of(
    st.integers(at("2026-01-01 00:00"), at("2027-12-31 00:00")),
    st.builds(
        lambda change, minutes: at(f"{change[1]} 00:00", change[0]) + minutes * MINUTE,
        st.sampled_from(CHANGES),
        st.integers(-600, 1_500),
    ),
)


class TestNights:
    NIGHT = Hours(22 * 60, 7 * 60, PARIS)

    @pytest.mark.parametrize(
        ("time", "within"),
        [("21:59", False), ("22:00", True), ("23:30", True), ("06:59", True), ("07:00", False)],
    )
    def test_they_reach_into_the_next_day(self, time: str, within: bool) -> None:
        assert holds(self.NIGHT, at(f"2026-11-18 {time}", PARIS)) is within

    @pytest.mark.parametrize(
        ("day", "hours"), [("2026-03-28", 8), ("2026-10-24", 10), ("2026-11-18", 9)]
    )
    def test_they_are_longer_or_shorter_where_the_clocks_change(self, day: str, hours: int) -> None:
        start_ms = next_start_ms(self.NIGHT, at(f"{day} 12:00", PARIS))
        assert start_ms == at(f"{day} 22:00", PARIS)
        end_ms = next_end_ms(self.NIGHT, start_ms)
        assert end_ms == start_ms + hours * HOUR

    def test_days_are_those_on_which_they_begin(self) -> None:
        friday_night = Hours(22 * 60, 7 * 60, PARIS, frozenset({4}))
        assert holds(friday_night, at("2026-11-21 06:00", PARIS))
        assert not holds(friday_night, at("2026-11-20 06:00", PARIS))

    def test_around_the_clock_there_is_no_gap(self) -> None:
        always = Hours(0, 0, PARIS)
        assert all(holds(always, at("2026-10-24 00:00", PARIS) + n * HOUR) for n in range(72))

    def test_hours_on_no_day_never_come(self) -> None:
        never = Hours(0, 60, days=frozenset())
        assert (next_start_ms(never, 0), next_end_ms(never, 0)) == (None, None)
        assert not holds(never, 0)


class TestMinutesThatAreSkippedOrShownTwice:
    def test_a_skipped_beginning_is_the_change_itself(self) -> None:
        hours = Hours(2 * 60 + 30, 5 * 60, PARIS)
        assert next_start_ms(hours, at("2026-03-29 00:00", PARIS)) == at("2026-03-29 03:00", PARIS)

    def test_a_skipped_end_is_the_change_itself(self) -> None:
        hours = Hours(0, 2 * 60 + 30, NEW_YORK)
        change_ms = at("2026-03-08 03:00", NEW_YORK)
        assert next_end_ms(hours, change_ms - HOUR) == change_ms

    def test_a_doubled_minute_begins_with_its_first_and_ends_with_its_last_showing(self) -> None:
        hours = Hours(60 + 15, 60 + 45, NEW_YORK)
        start_ms = next_start_ms(hours, at("2026-11-01 00:00", NEW_YORK))
        assert start_ms == at("2026-11-01 01:15", NEW_YORK)
        assert next_end_ms(hours, start_ms) == start_ms + HOUR + 30 * MINUTE

    def test_hours_that_are_skipped_whole_hold_at_no_moment(self) -> None:
        hours = Hours(2 * 60 + 10, 2 * 60 + 50, PARIS)
        night_ms = at("2026-03-29 00:00", PARIS)
        assert not any(holds(hours, night_ms + n * MINUTE) for n in range(300))


@given(some_hours, instants)
def test_what_the_wall_shows_within_them_lies_within_them(hours: Hours, at_ms: int) -> None:
    shown = datetime.fromtimestamp(at_ms / 1_000, ZoneInfo(hours.zone))
    minute = shown.hour * 60 + shown.minute
    overnight = hours.to_minute <= hours.from_minute
    today, yesterday = shown.weekday(), (shown - timedelta(days=1)).weekday()
    if overnight:
        within = (minute >= hours.from_minute and today in hours.days) or (
            minute < hours.to_minute and yesterday in hours.days
        )
    else:
        within = hours.from_minute <= minute < hours.to_minute and today in hours.days
    if within:
        assert holds(hours, at_ms)


@given(some_hours, instants)
def test_beginnings_and_ends_are_where_it_changes(hours: Hours, at_ms: int) -> None:
    start_ms = next_start_ms(hours, at_ms)
    assert start_ms is not None
    assert start_ms >= at_ms
    assert next_start_ms(hours, start_ms) == start_ms
    end_ms = next_end_ms(hours, at_ms)
    assert end_ms is not None
    assert end_ms > at_ms
    if holds(hours, at_ms):
        assert holds(hours, end_ms - 1)
        assert end_ms - at_ms <= 26 * HOUR
    else:
        assert start_ms < end_ms or wall_is_skipped(hours, start_ms)


def wall_is_skipped(hours: Hours, start_ms: int) -> bool:
    """Whether the clocks skip the hours whole on that day."""
    end_ms = next_end_ms(hours, start_ms - 1)
    return end_ms == start_ms


@given(st.sampled_from(CHANGES), st.integers(-1, 1), st.integers(0, 1_439), st.booleans())
def test_the_wall_shows_what_was_asked_for(
    change: tuple[str, date], days: int, minute: int, last: bool
) -> None:
    zone, day = change[0], change[1] + timedelta(days=days)
    found = datetime.fromtimestamp(wall_ms(day, minute, zone, last=last) / 1_000, ZoneInfo(zone))
    assert found.date() == day
    shown = found.hour * 60 + found.minute
    before = datetime.fromtimestamp(found.timestamp() - 60, ZoneInfo(zone))
    skipped = found.utcoffset() != before.utcoffset()
    assert shown == minute or (skipped and shown > minute)
