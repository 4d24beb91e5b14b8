"""Waking: telling a service that is being started from one that is broken."""

from __future__ import annotations

from sentinel_tui.domain.monitoring.check_state import CheckState, State, Thresholds
from sentinel_tui.domain.monitoring.observations import Observation, WakeHint


def is_waking(check: CheckState, seen: Observation, rules: Thresholds) -> bool:
    """Whether a failed look only shows that a sleeping service is being started.

    The platform's own word is enough. A bare 503 or silence is not: it counts only where the
    service had time to fall asleep, or is known to be starting.
    """
    if rules.sleeps_after_s is None or seen.wake_hint is None or check.verdict is State.DOWN:
        return False
    if seen.wake_hint in (WakeHint.HIBERNATING, WakeHint.LOADING_PAGE):
        return True
    return check.verdict is State.WAKING or may_be_asleep(check, seen.at_ms, rules)


def may_be_asleep(check: CheckState, at_ms: int, rules: Thresholds) -> bool:
    """Whether the service had time to fall asleep since it last answered."""
    if rules.sleeps_after_s is None:
        return False
    return check.last_good_ms is None or at_ms - check.last_good_ms >= rules.sleeps_after_s * 1_000
