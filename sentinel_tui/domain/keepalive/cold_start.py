"""Cold starts: how long a sleeping service takes to answer, which is never its latency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from sentinel_tui.domain.monitoring.observations import Observation
from sentinel_tui.domain.monitoring.states import CheckState, State, Thresholds, may_be_asleep
from sentinel_tui.domain.stats.rank_test import compare

_SHORTEST_S = 2.0
"""A first answer faster than this after a long silence shows that the service was awake."""
_ENOUGH = 5
"""How many cold starts must be known before their percentile is worth more than a guess."""
_ENOUGH_TO_COMPARE = 8
"""How many there must be on each side: with fewer, no difference can be certain enough."""
_SURE_Z = 3.09
_WORTH_RATIO = 1.2


def cold_start_ms(before: CheckState, seen: Observation, rules: Thresholds) -> float | None:
    """How long the service took to wake, when `seen` is its first good answer after sleep.

    Counted from the first sign of waking, or, where the platform held the request open until the
    service was there, from the start of that request.

    Returns:
        Milliseconds, or None when `seen` is an ordinary answer, or when we lost sight of the
        service meanwhile and cannot tell.
    """
    # Roused from planned sleep it lies under WAKING, and this look is the one that wakes it.
    if before.sheet not in (None, State.WAKING):
        return None
    if not seen.good or rules.sleeps_after_s is None:
        return None
    if before.verdict is State.WAKING and before.wake_started_ms is not None:
        return float(seen.end_ms - before.wake_started_ms)
    if seen.timings.total_ms >= _SHORTEST_S * 1_000 and may_be_asleep(before, seen.at_ms, rules):
        return seen.timings.total_ms
    return None


@dataclass(frozen=True, slots=True)
class Distribution:
    """How long cold starts take.

    Attributes:
        count: How many were measured.
        p50_ms: Half of them took no longer.
        p95_ms: Nineteen of twenty took no longer.
        max_ms: The longest one.
    """

    count: int
    p50_ms: float
    p95_ms: float
    max_ms: float


def distribution(durations_ms: Sequence[float]) -> Distribution | None:
    """How long cold starts take, by nearest rank; None where none was measured."""
    if not durations_ms:
        return None
    ordered = sorted(durations_ms)
    return Distribution(len(ordered), _rank(ordered, 0.50), _rank(ordered, 0.95), ordered[-1])


def expected_ms(durations_ms: Sequence[float], fallback_ms: float) -> float:
    """How long before a service is needed it must be woken: the 95th percentile of what it took.

    Args:
        durations_ms: What its cold starts took.
        fallback_ms: What to reckon with until five of them are known.
    """
    known = distribution(durations_ms)
    if known is None or known.count < _ENOUGH:
        return fallback_ms
    return known.p95_ms


def slower_since(before_ms: Sequence[float], after_ms: Sequence[float]) -> str:
    """What to say when cold starts take longer since a deploy; empty: they do not, surely.

    It must be both certain (Mann-Whitney, p < .001) and worth talking about (a fifth longer), as
    latencies after a deploy are judged.

    Args:
        before_ms: What cold starts took before it.
        after_ms: What they took since.
    """
    if min(len(before_ms), len(after_ms)) < _ENOUGH_TO_COMPARE:
        return ""
    found = compare(before_ms, after_ms)
    if found.z < _SURE_Z or found.ratio < _WORTH_RATIO:
        return ""
    usual_s, now_s = median(before_ms) / 1_000, median(after_ms) / 1_000
    return (
        f"a cold start takes {now_s:.0f} s since the deploy, {usual_s:.0f} s before it "
        f"({found.ratio:.1f} times, {len(after_ms)} measured)"
    )


def _rank(ordered: Sequence[float], share: float) -> float:
    return ordered[ceil(share * len(ordered)) - 1]
