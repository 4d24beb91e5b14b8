"""Takes fields out of what was told, each checked and clean, or says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sentinel_tui.text import clean_text

LONGEST_ID = 100

_PLAIN = re.compile(r"[!-~]{1,100}")
_AHEAD_MS = 5 * 60_000
_EARLIEST_MS = 1_000_000_000_000
"""September 2001. What is said to be older was written in another unit."""
_MS_FROM = 100_000_000_000
"""A number from here on is milliseconds since 1970, below it seconds."""
_LONGEST_S = 10_000_000.0


class Unfit(Exception):
    """An event that cannot be taken.

    Attributes:
        field: What in it is wrong, or empty.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def members(raw: object, known: frozenset[str]) -> dict[str, Any]:
    """The members of an event.

    Raises:
        Unfit: It is no object, or has a member that is not known.
    """
    if not isinstance(raw, dict):
        raise Unfit("", "an event is a JSON object")
    if not known.issuperset(raw):
        odd = clean_text(next(name for name in raw if name not in known), 40)
        raise Unfit(odd, f"there is no field {odd}; there is {', '.join(sorted(known))}")
    return raw


def identifier(raw: Mapping[str, Any], name: str, *, needed: bool = True) -> str:
    """A text that names something and is kept exactly as it was told; empty where it is missing.

    Raises:
        Unfit: It is missing and needed, no text, too long, or holds what cannot be shown.
    """
    value = raw.get(name)
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        return value
    if value is None or value == "":
        if needed:
            raise Unfit(name, f"{name} is missing")
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_ID or clean_text(value) != value:
        raise Unfit(name, f"{name} is a text of up to {LONGEST_ID} characters that can be shown")
    return value


def instant_ms(raw: Mapping[str, Any], name: str, now_ms: int) -> int:
    """When: a number of seconds or milliseconds since 1970 or an ISO 8601 text; else now.

    Raises:
        Unfit: It is no time, lies in the future, or was meant in another unit.
    """
    value = raw.get(name)
    if value is None:
        return now_ms
    at_ms = _since_1970_ms(value)
    if at_ms is None:
        raise Unfit(name, f"{name} is a time: seconds or milliseconds since 1970, or ISO 8601")
    if at_ms > now_ms + _AHEAD_MS:
        raise Unfit(name, f"{name} lies more than 5 minutes in the future")
    if at_ms < _EARLIEST_MS:
        raise Unfit(name, f"{name} lies before September 2001; is it in another unit?")
    return at_ms


def number(raw: Mapping[str, Any], name: str) -> float | None:
    """A number of zero or more, or None where it is missing.

    Raises:
        Unfit: It is something else.
    """
    value = raw.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit(name, f"{name} is a number")
    if not 0 <= value <= _LONGEST_S * 1_000:
        raise Unfit(name, f"{name} is a number of zero or more, and of a sensible size")
    return float(value)


def _since_1970_ms(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        if not 0 <= value < 2**53:
            return None
        return round(value) if value >= _MS_FROM else round(value * 1_000)
    if not isinstance(value, str) or len(value) > LONGEST_ID:
        return None
    try:
        moment = datetime.fromisoformat(value)
        # Without an offset it is meant in UTC, as everything Sentinel keeps.
        zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return round(zoned.timestamp() * 1_000)
    except (ValueError, OverflowError):
        return None
