"""Recurring maintenance: when a window holds, and when it holds next."""

from __future__ import annotations

from sentinel_tui.domain.monitoring.silences import Window
from sentinel_tui.domain.schedule import next_run_ms


def occurrence(window: Window, now_ms: int) -> tuple[int, int] | None:
    """The occurrence that holds now, as (start, end), or None.

    A window of a fixed hour comes once in the night in which the clocks go back, and in the night
    in which they go forward when its missing hour is over. It lasts as long as it says, whatever
    the clocks on the wall do meanwhile. Where occurrences overlap, the older one is given.

    Raises:
        ValueError: Its cron expression names a date that never comes.
    """
    length_ms = round(window.duration_s * 1_000)
    start_ms = next_run_ms(window.cron, window.zone, now_ms - length_ms)
    return (start_ms, start_ms + length_ms) if start_ms <= now_ms else None


def next_start_ms(window: Window, now_ms: int) -> int:
    """When the window begins next, after now.

    Raises:
        ValueError: Its cron expression names a date that never comes.
    """
    return next_run_ms(window.cron, window.zone, now_ms)
