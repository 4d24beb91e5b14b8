"""Which alerts a change of state opens or resolves.

An alert is a rule that holds for a check. Its identity is `fingerprint`, so that a restart, a
reload or a repeated look never opens it twice; a store keeps at most one open alert for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sentinel_tui.domain.monitoring.observations import Certificate, ExpiryKind
from sentinel_tui.domain.monitoring.states import HEALTHY, CheckState, State

_DAY_MS = 86_400_000
_TOLD_OF_FINGERPRINT = 16


class Severity(StrEnum):
    """How much an alert matters."""

    WARNING = "WARNING"
    CRITICAL = "CRITICAL"


class Rule(StrEnum):
    """What an alert says."""

    DOWN = "down"
    DEGRADED = "degraded"
    FLAPPING = "flapping"
    CERTIFICATE = "certificate"
    DOMAIN = "domain"
    """A domain name's registration ends."""
    BUDGET = "budget"
    """The error budget of a service's objective is being spent too fast."""
    COLD_START = "cold start"
    """A sleeping service takes longer to wake than it did before a deploy."""
    HOURS = "hours"
    """The month's hours of a workspace will not last, or are used up."""
    HOSTING = "hosting"
    """The hosting platform cannot be asked."""
    LIBRARY = "library"
    """A library of videos cannot be read."""
    ACTION = "action"
    """What came of an action is unknown, or it made things worse."""
    OFFLINE = "offline"
    """Sentinel's own network is gone: it sees nothing."""
    CHANNEL = "channel"
    """A notification channel takes no messages."""
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
    if after.sheet is not None:
        return []
    found = _flapping(service, check, before, after)
    if before.verdict is after.verdict:
        return found
    # Under FLAPPING the date of what is shown says nothing about the verdict below it.
    hidden = before.state is after.state
    at_ms = after.last_ms if hidden and after.last_ms is not None else after.since_ms
    if after.verdict is State.DOWN:
        found.append(_finding(Rule.DOWN, service, check, at_ms, after.reason, Severity.CRITICAL))
    if after.verdict is State.DEGRADED:
        found.append(_finding(Rule.DEGRADED, service, check, at_ms, after.reason, Severity.WARNING))
    if after.verdict in HEALTHY:
        found.append(_finding(Rule.DOWN, service, check, at_ms, after.reason))
    if after.verdict in (State.UP, State.DOWN):
        found.append(_finding(Rule.DEGRADED, service, check, at_ms, after.reason))
    return found


def expiry_severity(left_ms: float, lifetime_ms: float) -> Severity | None:
    """How much an end in sight matters; None while it is far off.

    Warns at min(21 days, a third of the lifetime), is critical at min(7 days, a sixth), so that
    certificates of a day and of a year are both told in time.
    """
    if left_ms <= min(7 * _DAY_MS, lifetime_ms / 6):
        return Severity.CRITICAL
    if left_ms <= min(21 * _DAY_MS, lifetime_ms / 3):
        return Severity.WARNING
    return None


def expiry_findings(
    service: str, check: str, known: str, certificate: Certificate, now_ms: int
) -> list[Finding]:
    """What a look at a certificate, or at a domain's registration, says about its alerts.

    Args:
        service: The service's id.
        check: The check that saw it.
        known: The fingerprint seen before this look, or empty.
        certificate: What was seen.
        now_ms: When it was seen.
    """
    found = []
    if certificate.fingerprint != known:
        found.append(_replaced(service, check, known, certificate, now_ms))
    # As long as it is the same one, its end only comes nearer: there is nothing to resolve.
    if _expiry_severity(certificate, now_ms) is not None:
        found.append(certificate_finding(service, check, certificate, now_ms))
    return found


def certificate_finding(service: str, check: str, certificate: Certificate, now_ms: int) -> Finding:
    """What the remaining lifetime of a certificate or a registration says.

    Its alert is its own, by its fingerprint: it is told once, and ends when another takes its
    place.
    """
    severity = _expiry_severity(certificate, now_ms)
    return Finding(
        fingerprint=_expiry_fingerprint(service, check, certificate, certificate.fingerprint),
        rule=_expiry_rule(certificate),
        holds=severity is not None,
        severity=severity or Severity.WARNING,
        at_ms=now_ms,
        reason=_expiry_reason(certificate, certificate.not_after_ms - now_ms),
    )


def _expiry_severity(certificate: Certificate, now_ms: int) -> Severity | None:
    lifetime_ms = max(0, certificate.not_after_ms - certificate.not_before_ms)
    return expiry_severity(certificate.not_after_ms - now_ms, lifetime_ms)


def _expiry_rule(certificate: Certificate) -> Rule:
    return Rule.DOMAIN if certificate.kind is ExpiryKind.DOMAIN else Rule.CERTIFICATE


def _expiry_fingerprint(service: str, check: str, certificate: Certificate, which: str) -> str:
    return fingerprint(_expiry_rule(certificate), service, check, which[:_TOLD_OF_FINGERPRINT])


def _replaced(
    service: str, check: str, known: str, certificate: Certificate, now_ms: int
) -> Finding:
    """The end of the alert about what was there before.

    Where nothing is known of that, of an alert from the time before they were told apart by
    fingerprints, which an old store may still hold open.
    """
    change = "was renewed" if known else "is told by its fingerprint from now on"
    return Finding(
        fingerprint=_expiry_fingerprint(service, check, certificate, known),
        rule=_expiry_rule(certificate),
        holds=False,
        severity=Severity.WARNING,
        at_ms=now_ms,
        reason=f"{_expiry_subject(certificate)} {change}",
    )


def _expiry_reason(certificate: Certificate, left_ms: int) -> str:
    subject, days = _expiry_subject(certificate), left_ms / _DAY_MS
    if days <= 0:
        return f"{subject} expired {-days:.1f} days ago"
    return f"{subject} expires in {days:.1f} days"


def _expiry_subject(certificate: Certificate) -> str:
    if certificate.kind is ExpiryKind.DOMAIN:
        return f"registration of {certificate.subject}"
    return f"certificate of {certificate.subject}"


def _flapping(service: str, check: str, before: CheckState, after: CheckState) -> list[Finding]:
    """Opens as flapping begins; ends once it has ended and the check is healthy."""
    at_ms = after.since_ms
    if after.flapping:
        reason = "goes up and down too often to be believed"
        begun = _finding(Rule.FLAPPING, service, check, at_ms, reason, Severity.WARNING)
        return [] if before.flapping else [begun]
    if after.verdict in HEALTHY and (before.flapping or before.verdict is State.DOWN):
        return [_finding(Rule.FLAPPING, service, check, at_ms, "stays as it is again")]
    return []


def _finding(
    rule: Rule,
    service: str,
    check: str,
    at_ms: int,
    reason: str,
    severity: Severity | None = None,
) -> Finding:
    return Finding(
        fingerprint=fingerprint(rule, service, check),
        rule=rule,
        holds=severity is not None,
        severity=severity or Severity.WARNING,
        at_ms=at_ms,
        reason=reason,
    )
