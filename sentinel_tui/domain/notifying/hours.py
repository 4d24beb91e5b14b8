"""Hours of the week in a time zone: whether they hold, and when they begin and end.

They are spans of real time, one for each day on which they begin. Where a change of the clocks
shows a minute twice they begin with its first showing and end with its last; where it skips a
minute they begin or end with the change. So nothing that the clock on the wall shows within the
hours lies outside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sentinel_tui.domain.notifying.policy import Hours
from sentinel_tui.domain.schedule import wall_ms

_A_WEEK_ON = 8
"""Days from today to the same day of next week, both counted."""


def holds(hours: Hours, at_ms: int) -> bool:
    """Whether an instant lies within the hours."""
    spans = _spans(hours, at_ms, days=1)
    return any(start_ms <= at_ms < end_ms for start_ms, end_ms in spans)


def next_start_ms(hours: Hours, at_ms: int) -> int | None:
    """When the hours begin next, at `at_ms` or later; None when they never do."""
    return next((start_ms for start_ms, _ in _spans(hours, at_ms) if start_ms >= at_ms), None)


def next_end_ms(hours: Hours, at_ms: int) -> int | None:
    """When the hours that hold end, or else the next ones; None when they never begin.

    Hours that follow each other without a break, such as every day around the clock, end each
    day: ask again from there.
    """
    return next((end_ms for _, end_ms in _spans(hours, at_ms) if end_ms > at_ms), None)


def _spans(hours: Hours, at_ms: int, days: int = _A_WEEK_ON) -> Iterator[tuple[int, int]]:
    """The spans that begin on the day before an instant and on `days` from its own day on."""
    today = datetime.fromtimestamp(at_ms / 1_000, ZoneInfo(hours.zone)).date()
    for offset in range(-1, days):
        begins = today + timedelta(days=offset)
        if begins.weekday() in hours.days:
            yield _span(hours, begins)


def _span(hours: Hours, begins: date) -> tuple[int, int]:
    overnight = hours.to_minute <= hours.from_minute
    ends = begins + timedelta(days=1) if overnight else begins
    start_ms = wall_ms(begins, hours.from_minute, hours.zone)
    return start_ms, wall_ms(ends, hours.to_minute, hours.zone, last=True)
