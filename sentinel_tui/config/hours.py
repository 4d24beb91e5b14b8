"""Hours of the week, as owners write them."""

from __future__ import annotations

import re
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, WithJsonSchema

from sentinel_tui.config.base import Mistake, Options
from sentinel_tui.config.values import TimeZone

_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
"""A day of the week."""

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
"""The days of the week, Monday first."""


def _time_of_day(text: str) -> str:
    if not _TIME.fullmatch(text):
        raise Mistake("is no time of day", 'hours and minutes such as "22:00"; midnight is "00:00"')
    return text


def minute_of_day(text: str) -> int:
    """The minute of the day, 0 to 1439, of a time that has been checked: "07:30" is 450."""
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


TimeOfDay = Annotated[
    str,
    AfterValidator(_time_of_day),
    WithJsonSchema({"type": "string", "format": "time-of-day", "pattern": f"^{_TIME.pattern}$"}),
]
"""A time of day such as `22:00`."""


class HoursOptions(Options):
    """Hours of the week. What ends at or before its beginning ends on the next day."""

    from_: TimeOfDay = Field(alias="from")
    """When they begin."""
    to: TimeOfDay
    """When they end."""
    days: list[Weekday] = Field(default_factory=lambda: list(WEEKDAYS), min_length=1)
    """The days on which they begin."""
    zone: TimeZone | None = None
    """The time zone they are meant in; that of `[display]` when left out."""


class QuietHours(HoursOptions):
    """Hours in which a WARNING waits until morning."""

    hide_critical: bool = False
    """Let CRITICAL wait as well."""
