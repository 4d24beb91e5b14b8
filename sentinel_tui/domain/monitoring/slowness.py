"""Slowness: when answers that are right count as too slow, and when no longer.

A look is slow over the owner's own limit (`Outcome.SLOW`), or over the seasonal one: a multiple of
the median that is usual at this hour, but never below a floor. Slowness is confirmed by several
slow looks in a row, or as many among the last five. While it lasts that long, the 95th percentile
of those five is over the limit at each of as many looks; the percentile alone would not do, for
one outlier rules it for five looks. Slowness ends after several looks with the percentile below
0.8 of the limit. The limit by which a check became slow is frozen until then: otherwise the slow
looks would become the usual, and end it by themselves.
"""

from __future__ import annotations

from dataclasses import replace

from sentinel_tui.domain.monitoring.check_state import CheckState, Thresholds
from sentinel_tui.domain.monitoring.observations import Observation, Outcome

RECENT_LOOKS = 5
CLEARED_BELOW = 0.8
"""Share of the limit below which a slow check is fast again."""


def count_speed(check: CheckState, seen: Observation, rules: Thresholds) -> CheckState:
    """The check after a good look, with its slow and fast looks counted.

    A look without a latency, such as a cold start, says nothing about speed.
    """
    if seen.latency_ms is None:
        return check
    limit_ms = limit_of(check, rules)
    recent_ms = (*check.recent_ms, seen.latency_ms)[-RECENT_LOOKS:]
    if seen.outcome is Outcome.SLOW or _over(seen.latency_ms, limit_ms):
        slow_looks, fast_looks = check.slow_looks + 1, 0
        among_recent = sum(_over(latency_ms, limit_ms) for latency_ms in recent_ms)
        if among_recent >= rules.slow_cycles:
            slow_looks = max(slow_looks, among_recent)
    else:
        slow_looks, fast_looks = _after_fast(check, rules, limit_ms, p95_ms(recent_ms))
    return replace(
        check,
        slow_looks=slow_looks,
        fast_looks=fast_looks,
        recent_ms=recent_ms,
        slow_limit_ms=limit_ms if slow_looks >= rules.slow_cycles else None,
    )


def is_slow(check: CheckState, rules: Thresholds) -> bool:
    """Whether slowness is confirmed."""
    return check.slow_looks >= rules.slow_cycles


def limit_of(check: CheckState, rules: Thresholds) -> float | None:
    """The latency over which a look is slow; None where only the owner's own limit counts."""
    if is_slow(check, rules):
        return check.slow_limit_ms
    if rules.usual_ms is None:
        return None
    return max(rules.slow_floor_ms, rules.slow_factor * rules.usual_ms)


def p95_ms(latencies_ms: tuple[float, ...]) -> float:
    """The 95th percentile by nearest rank, which of up to 20 values is the largest."""
    return max(latencies_ms)


def slow_reason(check: CheckState, seen: Observation) -> str:
    """Why a check is called slow, in one line."""
    if seen.error or check.slow_limit_ms is None:
        return seen.error or "slower than allowed"
    p95 = p95_ms(check.recent_ms)
    return f"slower than usual: p95 {p95:,.0f} ms, limit {check.slow_limit_ms:,.0f} ms"


def _after_fast(
    check: CheckState, rules: Thresholds, limit_ms: float | None, p95: float
) -> tuple[int, int]:
    """The slow and the fast looks after one that was not slow itself."""
    if not is_slow(check, rules):
        return 0, check.fast_looks + 1
    if limit_ms is not None and p95 >= CLEARED_BELOW * limit_ms:
        return check.slow_looks, 0
    fast_looks = check.fast_looks + 1
    return (check.slow_looks if fast_looks < rules.fast_cycles else 0), fast_looks


def _over(latency_ms: float, limit_ms: float | None) -> bool:
    return limit_ms is not None and latency_ms > limit_ms
