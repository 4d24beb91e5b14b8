"""What Bunny writes instants, numbers and texts like, and how each is read without trusting it.

Its descriptions leave much open: instants come with and without a zone, and any field may be null.
Every reader here takes whatever JSON can hold, and says None, or an empty text, for what is not
of its kind; so one broken field costs that field and nothing beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sentinel_tui.text import clean_text

MOST_COUNTED = 2**53
"""Larger numbers are nobody's views; they would lose digits, and not fit into a store."""

_LONGEST_INSTANT = 40
_EPOCH_DIGITS_S = range(9, 12)
_EPOCH_DIGITS_MS = range(12, 15)


def instant_ms(written: object) -> int | None:
    """An instant in milliseconds since 1970 UTC, or None where it is none.

    Args:
        written: ISO 8601, taken for UTC where it names no zone; or seconds or milliseconds since
            1970, as text or a number.
    """
    text = str(written) if type(written) is int else written
    if not isinstance(text, str) or len(text) > _LONGEST_INSTANT:
        return None
    if text.isascii() and text.isdecimal():
        if len(text) in _EPOCH_DIGITS_S:
            return 1_000 * int(text)
        return int(text) if len(text) in _EPOCH_DIGITS_MS else None
    try:
        moment = datetime.fromisoformat(text)
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        at_ms = round(zoned.timestamp() * 1_000)
    except (ValueError, OverflowError):
        return None
    return at_ms if at_ms >= 0 else None


def amount(value: object) -> float | None:
    """A number of seconds, bytes or the like; None where it is none that could be."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Never true of what JSON lets pass for a number and is none: NaN and Infinity.
    return float(value) if 0 <= value <= MOST_COUNTED else None


def count(value: object) -> int | None:
    """A whole number of views or the like; None where it is none that could be."""
    number = amount(value)
    return None if number is None or not number.is_integer() else int(number)


def line(value: object, limit: int) -> str:
    """Text on one line, cleaned and at most `limit` long; empty where there is none."""
    return clean_text(value, limit) if isinstance(value, str) else ""


def words(value: object, limit: int, most: int) -> tuple[str, ...]:
    """The parts of a list written with commas, each once and cleaned; at most `most` of them."""
    if not isinstance(value, str):
        return ()
    parts = (clean_text(part, limit) for part in value[: most * limit].split(","))
    return tuple(dict.fromkeys(filter(None, parts)))[:most]


def tables(value: object, most: int) -> Iterator[dict[str, Any]]:
    """The tables in a list, at most `most` of them; whatever else lies there is passed over."""
    rows = value[:most] if isinstance(value, list) else []
    return (row for row in rows if isinstance(row, dict))
