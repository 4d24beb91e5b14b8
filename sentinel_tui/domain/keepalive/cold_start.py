"""Cold starts: how long a sleeping service takes to answer, which is never its latency."""

from __future__ import annotations

from sentinel_tui.domain.monitoring.observations import Observation
from sentinel_tui.domain.monitoring.states import CheckState, State, Thresholds, may_be_asleep

_SHORTEST_S = 2.0
"""A first answer faster than this after a long silence shows that the service was awake."""


def cold_start_ms(before: CheckState, seen: Observation, rules: Thresholds) -> float | None:
    """How long the service took to wake, when `seen` is its first good answer after sleep.

    Counted from the first sign of waking, or, where the platform held the request open until the
    service was there, from the start of that request.

    Returns:
        Milliseconds, or None when `seen` is an ordinary answer, or when we lost sight of the
        service meanwhile and cannot tell.
    """
    if not seen.good or rules.sleeps_after_s is None or before.sheet is not None:
        return None
    if before.verdict is State.WAKING and before.wake_started_ms is not None:
        return float(seen.end_ms - before.wake_started_ms)
    if seen.timings.total_ms >= _SHORTEST_S * 1_000 and may_be_asleep(before, seen.at_ms, rules):
        return seen.timings.total_ms
    return None
