"""What follows from one look: the one place where state, alerts and cold starts come together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sentinel_tui.domain.keepalive.cold_start import cold_start_ms
from sentinel_tui.domain.monitoring.alerts import Finding, certificate_finding, findings
from sentinel_tui.domain.monitoring.observations import Observation
from sentinel_tui.domain.monitoring.states import (
    CheckState,
    State,
    Thresholds,
    Transition,
    fold,
    transition,
    worst,
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One look and all that follows from it; stored in one transaction or not at all.

    Attributes:
        service: The service's id.
        check: The check's name within it.
        seen: The look; without a latency when it was a cold start.
        state: The check's state after it.
        change: What the check shows now that it did not before.
        service_state: What the whole service shows after it.
        service_change: The same change for the whole service.
        findings: Alerts that open or resolve.
        cold_start_ms: How long the service took to wake, when this was its first good answer.
    """

    service: str
    check: str
    seen: Observation
    state: CheckState
    change: Transition | None
    service_state: State
    service_change: Transition | None
    findings: tuple[Finding, ...] = ()
    cold_start_ms: float | None = None


def judge(
    service: str,
    check: str,
    checks: Mapping[str, CheckState],
    seen: Observation,
    rules: Thresholds,
    *,
    warn_of_certificates: bool = True,
) -> Judgement:
    """Judge one look.

    Args:
        service: The service's id.
        check: Which of its checks looked.
        checks: The states of all its checks before the look, by name; `check` among them.
        seen: What was seen.
        rules: The check's thresholds.
        warn_of_certificates: Whether an ending certificate is an alert.
    """
    before = checks[check]
    after = fold(before, seen, rules)
    woke_ms = cold_start_ms(before, seen, rules)
    found = findings(service, check, before, after)
    if seen.certificate is not None and warn_of_certificates:
        found.append(certificate_finding(service, check, seen.certificate, seen.at_ms))
    return Judgement(
        service=service,
        check=check,
        seen=seen if woke_ms is None else replace(seen, latency_ms=None),
        state=after,
        change=transition(before, after),
        service_state=service_state({**checks, check: after}),
        service_change=service_transition(checks, {**checks, check: after}),
        findings=tuple(found),
        cold_start_ms=woke_ms,
    )


def service_state(checks: Mapping[str, CheckState]) -> State:
    """What a service shows: the worst of its checks."""
    return worst(check.state for check in checks.values())


def service_transition(
    before: Mapping[str, CheckState], after: Mapping[str, CheckState]
) -> Transition | None:
    """The change of what a service shows, dated to the check that brought it about.

    Never dated before a change that an earlier look brought, so that the service's log runs one
    way: a check that is found down since long ago adds to it only from there on.
    """
    was, now = service_state(before), service_state(after)
    if was is now:
        return None
    cause = max(
        (check for check in after.values() if check.state is now),
        key=lambda check: check.since_ms,
        default=CheckState(),
    )
    known_ms = max((check.since_ms for check in before.values()), default=0)
    moved_ms = [
        check.since_ms
        for name, check in after.items()
        if name not in before or before[name].state is not check.state
    ]
    return Transition(max([known_ms, *moved_ms]), was, now, cause.reason)
