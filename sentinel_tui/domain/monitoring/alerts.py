"""Which alerts a change of state opens or resolves.

An alert is a rule that holds for a check. Its identity is `fingerprint`, so that a restart, a
reload or a repeated look never opens it twice; a store keeps at most one open alert for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sentinel_tui.domain.monitoring.observations import Certificate
from sentinel_tui.domain.monitoring.states import CheckState, State

_DAY_MS = 86_400_000
_HEALTHY = frozenset({State.UP, State.DEGRADED})


class Severity(StrEnum):
    """How much an alert matters."""

    WARNING = "WARNING"
    CRITICAL = "CRITICAL"


class Rule(StrEnum):
    """What an alert says."""

    DOWN = "down"
    DEGRADED = "degraded"
    CERTIFICATE = "certificate"
    STOPPED = "stopped"
    """The check itself no longer runs: a fault of Sentinel, told like any other."""
    WORKER = "worker"
    """One of Sentinel's workers keeps failing."""
    STORAGE = "storage"
    """Sentinel cannot record what it sees."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that holds, or no longer holds.

    Attributes:
        fingerprint: The alert's identity: rule and what it is about.
        rule: Which rule.
        holds: True opens the alert (or raises its severity), False resolves it.
        severity: How much it matters; of no meaning where it no longer holds.
        at_ms: Since when, dated back.
        reason: Why, in one line.
    """

    fingerprint: str
    rule: Rule
    holds: bool
    severity: Severity
    at_ms: int
    reason: str


def fingerprint(rule: Rule, service: str, check: str = "", detail: str = "") -> str:
    """The identity of an alert."""
    return "/".join(part for part in (rule, service, check, detail) if part)


def findings(service: str, check: str, before: CheckState, after: CheckState) -> list[Finding]:
    """What a look changed about the alerts of one check.

    A pause, a gap in our own sight, waking and suspicion open nothing and resolve nothing: an
    alarm ends only when the check is confirmed healthy, so that each has exactly one recovery.
    """
    if before.verdict is after.verdict or after.sheet is not None:
        return []
    found = []
    if after.verdict is State.DOWN:
        found.append(_finding(Rule.DOWN, service, check, after, Severity.CRITICAL))
    if after.verdict is State.DEGRADED:
        found.append(_finding(Rule.DEGRADED, service, check, after, Severity.WARNING))
    if after.verdict in _HEALTHY:
        found.append(_finding(Rule.DOWN, service, check, after, None))
    if after.verdict in (State.UP, State.DOWN):
        found.append(_finding(Rule.DEGRADED, service, check, after, None))
    return found


def certificate_finding(service: str, check: str, certificate: Certificate, now_ms: int) -> Finding:
    """What a certificate's remaining lifetime says.

    Warns at min(21 days, a third of the lifetime), is critical at min(7 days, a sixth), so that
    certificates of a day and of a year are both told in time.
    """
    left_ms = certificate.not_after_ms - now_ms
    lifetime_ms = max(0, certificate.not_after_ms - certificate.not_before_ms)
    critical = left_ms <= min(7 * _DAY_MS, lifetime_ms / 6)
    warning = left_ms <= min(21 * _DAY_MS, lifetime_ms / 3)
    return Finding(
        fingerprint=fingerprint(Rule.CERTIFICATE, service, check),
        rule=Rule.CERTIFICATE,
        holds=critical or warning,
        severity=Severity.CRITICAL if critical else Severity.WARNING,
        at_ms=now_ms,
        reason=_certificate_reason(certificate, left_ms),
    )


def _certificate_reason(certificate: Certificate, left_ms: int) -> str:
    days = left_ms / _DAY_MS
    if days <= 0:
        return f"certificate of {certificate.subject} expired {-days:.1f} days ago"
    return f"certificate of {certificate.subject} expires in {days:.1f} days"


def _finding(
    rule: Rule, service: str, check: str, after: CheckState, severity: Severity | None
) -> Finding:
    return Finding(
        fingerprint=fingerprint(rule, service, check),
        rule=rule,
        holds=severity is not None,
        severity=severity or Severity.WARNING,
        at_ms=after.since_ms,
        reason=after.reason,
    )
