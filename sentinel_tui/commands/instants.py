"""Instants as people write them: `14:02`, `2026-11-21 14:02`, in a time zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from sentinel_tui.errors import UsageError

_TIME = re.compile(r"(\d{1,2})[:h](\d{2})(?::(\d{2}))?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1970, 9000
"""Between them every zone can tell every time of day."""

_HINT = "write it like 14:02, or 2026-11-21 14:02"


def read_instant(text: str, day: str, now_ms: int, zone: tzinfo) -> int:
    """The instant that was written, in milliseconds.

    A time without a date is the last time it was that late. Of the two that autumn has it is the
    first one; what spring leaves out is refused.

    Args:
        text: A time of day, or a date and one.
        day: A date where `text` has none, or empty.
        now_ms: The present.
        zone: The time zone in which it is meant.

    Raises:
        UsageError: It is no instant, never was or is still to come.
    """
    written_day, _, time = text.strip().replace("T", " ").rpartition(" ")
    if written_day and day:
        raise UsageError("the date is given twice", _HINT)
    hour, minute, second = _time(time, text)
    now = datetime.fromtimestamp(now_ms / 1_000, zone)
    chosen = _date(written_day or day) if written_day or day else now.date()
    at = _there(chosen, (hour, minute, second), zone)
    if at > now and not (written_day or day):
        at = _there(chosen - timedelta(days=1), (hour, minute, second), zone)
    if at > now:
        raise UsageError(f"{at:%Y-%m-%d %H:%M} is still to come", "name an instant of the past")
    return round(at.timestamp() * 1_000)


def read_coming(text: str, now_ms: int, zone: tzinfo) -> int:
    """The instant to come that was written, in milliseconds.

    A time without a date is the next time it is that late.

    Args:
        text: A time of day, or a date and one.
        now_ms: The present.
        zone: The time zone in which it is meant.

    Raises:
        UsageError: It is no instant, never comes or has passed.
    """
    written_day, _, time = text.strip().replace("T", " ").rpartition(" ")
    hour, minute, second = _time(time, text)
    now = datetime.fromtimestamp(now_ms / 1_000, zone)
    chosen = _date(written_day) if written_day else now.date()
    at = _there(chosen, (hour, minute, second), zone)
    if at <= now and not written_day:
        at = _there(chosen + timedelta(days=1), (hour, minute, second), zone)
    if at <= now:
        raise UsageError(f"{at:%Y-%m-%d %H:%M} has passed", "name an instant to come")
    return round(at.timestamp() * 1_000)


def _time(time: str, text: str) -> tuple[int, int, int]:
    found = _TIME.fullmatch(time)
    if found is None:
        raise UsageError(f"{text!r} is no instant", _HINT)
    hour, minute, second = (int(part or 0) for part in found.groups())
    if hour > 23 or minute > 59 or second > 59:
        raise UsageError(f"{time} is no time of day", _HINT)
    return hour, minute, second


def _date(day: str) -> date:
    try:
        if not _DATE.fullmatch(day.strip()):
            raise ValueError
        read = date.fromisoformat(day.strip())
        if not _FIRST_YEAR <= read.year <= _LAST_YEAR:
            raise ValueError
    except ValueError:
        raise UsageError(f"{day!r} is no date", "write it like 2026-11-21") from None
    return read


def _there(day: date, time: tuple[int, int, int], zone: tzinfo) -> datetime:
    at = datetime(day.year, day.month, day.day, *time, tzinfo=zone)
    # A wall clock that jumped over this time comes back as another one.
    if at.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at.replace(tzinfo=None):
        raise UsageError(
            f"{at:%Y-%m-%d %H:%M} never was in {zone}", "the clocks went forward; name a later time"
        )
    return at
