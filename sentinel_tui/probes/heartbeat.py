"""Dead man's switches: the service reports in, and its silence is the failure. Pure."""

from __future__ import annotations

from sentinel_tui.config.checks import HeartbeatCheck
from sentinel_tui.domain.monitoring.observations import FailurePhase, Observation, Outcome
from sentinel_tui.text import clean_text, format_duration


def due_ms(check: HeartbeatCheck, last_beat_ms: int) -> int:
    """When silence after the last beat becomes a failure, grace included."""
    return last_beat_ms + round((check.every_s + check.grace_s) * 1_000)


def is_missed(check: HeartbeatCheck, last_beat_ms: int, now_ms: int) -> bool:
    """Whether a beat is overdue."""
    return now_ms > due_ms(check, last_beat_ms)


def beat_observation(at_ms: int, *, ok: bool = True, message: str = "") -> Observation:
    """What a beat says.

    Args:
        at_ms: When it came.
        ok: Whether the service reports that all is well.
        message: What it says besides; cleaned here.
    """
    if ok:
        return Observation(at_ms=at_ms, outcome=Outcome.OK)
    said = clean_text(message, 300)
    return Observation(
        at_ms=at_ms,
        outcome=Outcome.FAIL,
        phase=FailurePhase.ASSERTION,
        error=f"it reports: {said}" if said else "it reports a failure",
    )


def missed(check: HeartbeatCheck, last_beat_ms: int, now_ms: int) -> Observation:
    """What silence says, once `is_missed`."""
    silence = format_duration((now_ms - last_beat_ms) / 1_000)
    every = format_duration(check.every_s)
    return Observation(
        at_ms=now_ms,
        outcome=Outcome.FAIL,
        phase=FailurePhase.TIMEOUT,
        error=f"no beat for {silence}, one is due every {every}",
    )
