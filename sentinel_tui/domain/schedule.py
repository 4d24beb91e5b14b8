"""Cron expressions in a time zone, without the autumn double.

croniter runs a fixed-hour job twice on the night the clocks go back, because the same local minute
exists twice; here the second one is skipped.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from croniter import croniter
from croniter.croniter import CroniterError

_EXTENSIONS = re.compile(r"@|(?<![A-Z])[RH](?![A-Z])", re.IGNORECASE)
"""croniter's random and hashed forms, and its named schedules."""


def check_cron(expression: str) -> None:
    """Refuse what is not a plain five-field cron expression.

    Raises:
        ValueError: It has another number of fields, uses croniter's random or hashed forms, or
            names a date that never comes.
    """
    if len(expression.split()) != 5 or _EXTENSIONS.search(expression):
        raise ValueError(
            "expected five fields: minute hour day month weekday, such as '17 4 * * *'"
        )
    if not croniter.is_valid(expression, strict=True):
        raise ValueError(f"{expression!r} names no date that can come")


def next_run_ms(expression: str, zone: str, after_ms: int) -> int:
    """The first instant after `after_ms` at which the expression holds in the zone.

    Raises:
        ValueError: The expression never holds.
    """
    place = ZoneInfo(zone)
    after = datetime.fromtimestamp(after_ms / 1_000, place)
    runs = croniter(expression, after, ret_type=datetime)
    try:
        run: datetime = runs.get_next(datetime)
        while _is_second_of_its_kind(run, expression):
            run = runs.get_next(datetime)
    except CroniterError as error:
        raise ValueError(f"{expression!r} never comes") from error
    return _to_ms(run)


def wall_ms(day: date, minute: int, zone: str, *, last: bool = False) -> int:
    """The instant at which the clock on the wall shows a minute of a day.

    A minute that the clocks skip is taken for the moment they are put forward.

    Args:
        day: The day, as the wall has it.
        minute: Minute of that day, 0 to 1439.
        zone: IANA name of the zone.
        last: Where the clocks show it twice, the second time instead of the first.
    """
    place = ZoneInfo(zone)
    shown = datetime.combine(day, time(*divmod(minute, 60)), place)
    first_ms, second_ms = _to_ms(shown), _to_ms(shown.replace(fold=1))
    if second_ms < first_ms:
        # Only a minute that is skipped has its second reading before its first.
        return _change_ms(place, second_ms, first_ms)
    return second_ms if last else first_ms


def _change_ms(place: ZoneInfo, before_ms: int, after_ms: int) -> int:
    """The moment between two instants at which the clocks are changed."""
    offset = datetime.fromtimestamp(after_ms / 1_000, place).utcoffset()
    while after_ms - before_ms > 1:
        middle_ms = (before_ms + after_ms) // 2
        if datetime.fromtimestamp(middle_ms / 1_000, place).utcoffset() == offset:
            after_ms = middle_ms
        else:
            before_ms = middle_ms
    return after_ms


def _to_ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1_000)


def _is_second_of_its_kind(run: datetime, expression: str) -> bool:
    """Whether a fixed-hour job already ran at this local minute, before the clocks went back."""
    fixed_hour = "*" not in expression.split()[1]
    return fixed_hour and run.fold == 1
