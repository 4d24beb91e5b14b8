"""Instants as people write them, in their zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.commands.instants import read_coming, read_instant
from sentinel_tui.errors import UsageError

PARIS = ZoneInfo("Europe/Paris")


def ms(*parts: int, zone=PARIS) -> int:
    return round(datetime(*parts, tzinfo=zone).timestamp() * 1_000)


NOW_MS = ms(2026, 11, 22, 15, 30)


@pytest.mark.parametrize(
    ("text", "day", "meant"),
    [
        ("14:02", "", (2026, 11, 22, 14, 2)),
        ("14h02", "", (2026, 11, 22, 14, 2)),
        ("14:02:30", "", (2026, 11, 22, 14, 2, 30)),
        ("15:31", "", (2026, 11, 21, 15, 31)),
        ("2026-11-21 14:02", "", (2026, 11, 21, 14, 2)),
        ("2026-11-21T14:02", "", (2026, 11, 21, 14, 2)),
        ("14:02", "2026-10-03", (2026, 10, 3, 14, 2)),
    ],
)
def test_times_are_read_in_their_zone(text, day, meant):
    assert read_instant(text, day, NOW_MS, PARIS) == ms(*meant)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("", ""),
        ("noon", ""),
        ("25:00", ""),
        ("12:60", ""),
        ("2026-13-01 12:00", ""),
        ("0001-01-01 00:00", ""),
        ("9999-12-31 23:59", ""),
        ("2026-11-21 14:02", "2026-11-21"),
        ("14:02", "yesterday"),
        ("2026-11-23 10:00", ""),
        ("15:31", "2026-11-22"),
    ],
)
def test_what_is_no_instant_of_the_past_is_refused(text, day):
    with pytest.raises(UsageError) as refused:
        read_instant(text, day, NOW_MS, PARIS)
    assert refused.value.hint


def test_of_the_two_in_autumn_it_is_the_first_one():
    first = read_instant("2026-10-25 02:30", "", NOW_MS, PARIS)
    assert datetime.fromtimestamp(first / 1_000, UTC).hour == 0


def test_what_spring_leaves_out_never_was():
    with pytest.raises(UsageError, match="never was"):
        read_instant("2026-03-29 02:30", "", NOW_MS, PARIS)


@given(st.text(), st.text())
def test_reading_raises_nothing_but_a_usage_error(text, day):
    try:
        read_instant(text, day, NOW_MS, PARIS)
    except UsageError:
        return


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("18:00", (2026, 11, 22, 18, 0)),
        ("15:30", (2026, 11, 23, 15, 30)),
        ("08:00", (2026, 11, 23, 8, 0)),
        ("2026-11-22 18:00", (2026, 11, 22, 18, 0)),
        ("2027-03-29 03:00", (2027, 3, 29, 3, 0)),
    ],
)
def test_a_time_to_come_is_the_next_one(text, meant):
    assert read_coming(text, NOW_MS, PARIS) == ms(*meant)


@pytest.mark.parametrize(
    "text", ["2026-11-22 15:30", "2026-11-21 18:00", "25:00", "2027-03-28 02:30"]
)
def test_what_never_comes_is_refused(text):
    with pytest.raises(UsageError) as refused:
        read_coming(text, NOW_MS, PARIS)
    assert refused.value.hint
