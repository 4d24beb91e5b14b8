"""What follows from one look: the one place where state, alerts and cold starts come together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sentinel_tui.domain.keepalive.awake import Cause
from sentinel_tui.domain.keepalive.cold_start import cold_start_ms
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, expiry_findings, findings
from sentinel_tui.domain.monitoring.dependencies import RAISE, Ruling, RulingKind
from sentinel_tui.domain.monitoring.observations import Observation
from sentinel_tui.domain.monitoring.states import (
    CheckState,
    State,
    Thresholds,
    Transition,
    fold,
    lift,
    transition,
    worst,
)

SUPPRESSIBLE = frozenset({Rule.DOWN, Rule.DEGRADED, Rule.FLAPPING, Rule.BUDGET})
"""Alarms that a failing parent explains; an ending certificate it does not."""


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
        withheld: Alerts that would open, were it not for a parent; to be decided again later.
        cold_start_ms: How long the service took to wake, when this was its first good answer.
        cold_start_cause: What woke it then.
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
    withheld: tuple[Finding, ...] = ()
    cold_start_cause: Cause = Cause.PLAN


def judge(
    service: str,
    check: str,
    checks: Mapping[str, CheckState],
    seen: Observation,
    rules: Thresholds,
    *,
    warn_of_certificates: bool = True,
    ruling: Ruling = RAISE,
) -> Judgement:
    """Judge one look.

    Args:
        service: The service's id.
        check: Which of its checks looked.
        checks: The states of all its checks before the look, by name; `check` among them.
        seen: What was seen.
        rules: The check's thresholds.
        warn_of_certificates: Whether an ending certificate or registration is an alert.
        ruling: What becomes of alarms about this service, by what its parents are in.
    """
    before = checks[check]
    woke_ms = _cold_start_ms(before, seen, rules)
    counted = seen if woke_ms is None else replace(seen, latency_ms=None)
    after = fold(before, counted, rules)
    found = findings(service, check, before, after)
    if seen.certificate is not None and warn_of_certificates and after.sheet is None:
        found += expiry_findings(service, check, before.certificate, seen.certificate, seen.at_ms)
    raised, withheld = split(found, ruling)
    after_all = {**checks, check: after}
    change = transition(before, after)
    return Judgement(
        service=service,
        check=check,
        seen=counted,
        state=after,
        change=change,
        service_state=service_state(after_all),
        service_change=service_transition(checks, after_all) if change else None,
        findings=raised,
        cold_start_ms=woke_ms,
        withheld=withheld,
    )


def split(
    found: Sequence[Finding], ruling: Ruling
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """What of the findings is told, and what is withheld by a ruling. No end is ever withheld."""
    if ruling.kind is RulingKind.RAISE:
        return tuple(found), ()
    told = tuple(one for one in found if not one.holds or one.rule not in SUPPRESSIBLE)
    return told, tuple(one for one in found if one not in told)


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


def _cold_start_ms(before: CheckState, seen: Observation, rules: Thresholds) -> float | None:
    if before.sheet in (State.ASLEEP, State.WAKING):
        # Planned sleep is no gap in our sight: the first answer after it may well be a wake.
        before = lift(before, seen.at_ms)
    return cold_start_ms(before, seen, rules)
