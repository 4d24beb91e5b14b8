"""What an outage cost in views: what would have been watched, had nothing been down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lost:
    """Views and time that were not watched.

    Attributes:
        library: Of which library.
        expected_views: How many views were to be expected meanwhile.
        seen_views: How many there were.
        views: How many were lost: the difference, not below 0.
        views_low: The lower end of its interval of 90 %.
        views_high: The upper end.
        watch_s: How long would have been watched besides.
        watch_low_s: The lower end of its interval.
        watch_high_s: The upper end.
        weeks: How many weeks the expectation rests on.
    """

    library: str
    expected_views: float
    seen_views: int
    views: float
    views_low: float
    views_high: float
    watch_s: float
    watch_low_s: float
    watch_high_s: float
    weeks: int
