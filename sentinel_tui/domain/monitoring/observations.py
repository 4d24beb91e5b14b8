"""What one look at a service saw."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Outcome(IntEnum):
    """How a check ended. The numbers are stored; never renumber them."""

    OK = 0
    SLOW = 1
    """Right, but over the check's maximum latency."""
    FAIL = 2
    INCONCLUSIVE = 3
    """Says nothing about the service: the fault was ours (no network, no sockets, a clock jump)."""

    @property
    def word(self) -> str:
        """The word of the command line and of JSON: ok, slow, fail, inconclusive."""
        return self.name.lower()


class FailurePhase(StrEnum):
    """Where a check failed. `TIMEOUT` is the check's own deadline; the error says what it cut."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    SEND = "send"
    FIRST_BYTE = "first_byte"
    BODY = "body"
    ASSERTION = "assertion"
    TIMEOUT = "timeout"


class WakeHint(StrEnum):
    """How an answer that came from the platform, not from the service, gave itself away."""

    HIBERNATING = "hibernating"
    """The platform says so: its routing header, or 429 `hibernate-rate-limited`."""
    LOADING_PAGE = "loading_page"
    """A page for browsers stands in for the service."""
    GATEWAY = "gateway"
    """502, 503 or 504: ambiguous, waking only for a service that may have been asleep."""
    SILENCE = "silence"
    """No first byte before the deadline: ambiguous in the same way."""


@dataclass(frozen=True, slots=True)
class PhaseTimings:
    """How long each phase took, in milliseconds; None where a phase was not reached or not used."""

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    """From the end of the request to the first byte of the answer."""
    body_ms: float | None = None
    total_ms: float = 0.0


class ExpiryKind(StrEnum):
    """What ends when its time is over."""

    CERTIFICATE = "certificate"
    DOMAIN = "domain"
    """A domain name's registration."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a server may call itself for a while: its certificate, or a domain's registration.

    Attributes:
        fingerprint: What tells one from the next: SHA-256 of the certificate, hexadecimal.
        subject: Its first name, cleaned; the domain's name for a registration.
        issuer: Who signed it, or keeps the registration, cleaned.
        not_before_ms: Start of its lifetime, UTC.
        not_after_ms: End of its lifetime, UTC.
        kind: Which of the two it is.
    """

    fingerprint: str
    subject: str
    issuer: str
    not_before_ms: int
    not_after_ms: int
    kind: ExpiryKind = ExpiryKind.CERTIFICATE


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at a service.

    Attributes:
        at_ms: When the look began, UTC.
        outcome: How it ended.
        timings: How long each phase took; `timings.total_ms` is the whole of it.
        latency_ms: What counts as the service's latency; None when it failed or was waking. A look
            without one says nothing about speed.
        phase: Where it failed; None when it did not.
        status: HTTP status, or the protocol's own number; None where there is none.
        error: What went wrong in one cleaned line; empty when nothing did.
        kept: The first KiB of a failed answer, cleaned; empty when there was none.
        address: The address that was talked to, or empty.
        wake_hint: How the answer showed that a platform gave it for a sleeping service.
        certificate: What the server presented, or what is registered, where the check saw one.
        attempt: 0 for a scheduled look, 1 and up for the confirmations that follow a failure.
    """

    at_ms: int
    outcome: Outcome
    timings: PhaseTimings = PhaseTimings()
    latency_ms: float | None = None
    phase: FailurePhase | None = None
    status: int | None = None
    error: str = ""
    kept: str = ""
    address: str = ""
    wake_hint: WakeHint | None = None
    certificate: Certificate | None = None
    attempt: int = 0

    @property
    def good(self) -> bool:
        """The service answered as it should, fast or slow."""
        return self.outcome in (Outcome.OK, Outcome.SLOW)

    @property
    def end_ms(self) -> int:
        """When the look ended, UTC."""
        return self.at_ms + round(self.timings.total_ms)
