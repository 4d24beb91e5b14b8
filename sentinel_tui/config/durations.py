"""Durations as owners write them: `interval = "30s"`, `after = "15m"`, or plain seconds."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from sentinel_tui.config.base import Mistake
from sentinel_tui.text import parse_duration_s

_EXPECTED = "a duration such as 30s, 5m, 1h30m or 7d"


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Mistake("is no duration", _EXPECTED)
    try:
        seconds = parse_duration_s(value) if isinstance(value, str) else float(value)
    except (ValueError, OverflowError):
        raise Mistake("is no duration", _EXPECTED) from None
    if not 0 <= seconds < float("inf"):
        raise Mistake("is no duration", "a duration of zero or more")
    return seconds


Seconds = Annotated[
    float,
    BeforeValidator(_seconds),
    WithJsonSchema(
        {
            "type": ["string", "number"],
            "format": "time-span",
            "examples": ["30s", "5m", "1h30m", 90],
        }
    ),
]
"""A duration in seconds, read from text with units or from a number."""
