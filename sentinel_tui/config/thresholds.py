"""From the options of a service to what the state machine goes by."""

from __future__ import annotations

from dataclasses import replace

from sentinel_tui.config.checks import Check, DomainCheck, HeartbeatCheck
from sentinel_tui.config.model import Service
from sentinel_tui.domain.monitoring.states import Thresholds


def thresholds_for(service: Service, check: Check) -> Thresholds:
    """When the verdict of `check` changes.

    A heartbeat is not asked again, it is waited for: its grace has confirmed the silence already,
    and one beat proves that the service is back. A registry is asked once a day: its word, repeated
    within seconds, is not waited for over days.
    """
    options, sleeps = service.thresholds, service.sleeps
    thresholds = Thresholds(
        burst_s=tuple(options.burst_s),
        confirm_cycles=options.confirm_cycles,
        recover_cycles=options.recover_cycles,
        recover_after_s=options.recover_after_s,
        slow_cycles=options.slow_cycles,
        fast_cycles=options.fast_cycles,
        slow_factor=options.slow_factor,
        slow_floor_ms=options.slow_floor_s * 1_000,
        sleeps_after_s=sleeps.after_s if sleeps else None,
        wake_deadline_s=sleeps.wake_timeout_s if sleeps else Thresholds().wake_deadline_s,
    )
    if isinstance(check, HeartbeatCheck):
        thresholds = replace(thresholds, burst_s=())
    if isinstance(check, HeartbeatCheck | DomainCheck):
        thresholds = replace(thresholds, confirm_cycles=1, recover_cycles=1, recover_after_s=0.0)
    return thresholds
