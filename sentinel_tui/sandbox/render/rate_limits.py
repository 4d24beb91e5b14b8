"""How many calls an API takes in a window, counted as Render was observed to count."""

from __future__ import annotations

from dataclasses import dataclass, field

_WINDOW_S = 60.0

GET_LIMIT = 400
SERVICE_WRITE_LIMIT = 10
"""Changing, deploying, suspending, resuming or scaling one service."""
OTHER_WRITE_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a window.

    Attributes:
        limit: Calls a window takes.
        remaining: Calls it takes still; below zero the call was one too many.
        reset_s: Seconds until the next window.
    """

    limit: int
    remaining: int
    reset_s: int


@dataclass(slots=True)
class RateLimits:
    """Counts calls by bucket in windows of a minute."""

    _counts: dict[tuple[str, int], int] = field(default_factory=dict)

    def spend(self, bucket: str, limit: int, now_s: float) -> Allowance:
        """Count one call."""
        window = int(now_s // _WINDOW_S)
        count = self._counts.get((bucket, window), 0) + 1
        self._counts[bucket, window] = count
        return Allowance(limit, limit - count, int((window + 1) * _WINDOW_S - now_s))
