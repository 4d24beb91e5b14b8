"""Looks at a TLS handshake and the certificate it shows."""

from __future__ import annotations

from sentinel_tui.config.checks import TlsCheck
from sentinel_tui.domain.monitoring.observations import Certificate, FailurePhase
from sentinel_tui.probes.faults import ProbeFailure
from sentinel_tui.probes.network import Network
from sentinel_tui.probes.stream import Untrusted
from sentinel_tui.probes.tls_contexts import TlsContexts
from sentinel_tui.probes.trail import Trail


async def look(
    check: TlsCheck, network: Network, contexts: TlsContexts, trail: Trail, now_ms: int
) -> None:
    """Connect and shake hands.

    Raises:
        ProbeFailure: There is no handshake, or the certificate is not trusted or another.
        OwnFault: This machine cannot connect, or the list of trusted certificates is missing.
    """
    context = contexts.context(ca_file=check.ca_file)
    stream = await network.connect(check.host, check.port, trail)
    try:
        await stream.start_tls(context, check.host)
    except Untrusted as untrusted:
        raise await network.explain(untrusted, trail, now_ms) from untrusted
    finally:
        stream.close()
    problem = fingerprint_problem(check.fingerprint, trail.certificate)
    if problem:
        raise ProbeFailure(FailurePhase.ASSERTION, problem)


def fingerprint_problem(expected: str, seen: Certificate | None) -> str:
    """What is wrong with a certificate's fingerprint, or empty; nothing expected is never wrong."""
    found = seen.fingerprint if seen else "missing"
    if expected in ("", found):
        return ""
    return f"the certificate's fingerprint is {found}, expected {expected}"
