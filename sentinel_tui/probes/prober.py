"""The one way to look at a service, whatever the kind of check."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from types import TracebackType
from typing import Self

from sentinel_tui.clock import Clock, SystemClock
from sentinel_tui.config.checks import (
    Check,
    DnsCheck,
    DomainCheck,
    HeartbeatCheck,
    HttpCheck,
    IcmpCheck,
    TcpCheck,
    TlsCheck,
)
from sentinel_tui.config.redaction import redact
from sentinel_tui.domain.monitoring.observations import (
    FailurePhase,
    Observation,
    Outcome,
    WakeHint,
)
from sentinel_tui.probes import dns, icmp, rdap, tcp, tls
from sentinel_tui.probes.faults import OwnFault, ProbeFailure
from sentinel_tui.probes.http import HttpProbe
from sentinel_tui.probes.network import Network
from sentinel_tui.probes.tls_contexts import TlsContexts
from sentinel_tui.probes.trail import Trail
from sentinel_tui.text import clean_block, clean_text, format_latency

_log = logging.getLogger(__name__)

_LONGEST_ERROR = 300
_REDACTED_CHARACTERS = 16_384
"""More than is kept in the end, so that a secret which this cut goes through lies beyond it."""
_HELD_UP_S = 1.0
"""A deadline that comes later than this after its time says that we were held up ourselves."""


class Prober:
    """Looks at services. Belongs to one event loop; shared by all checks.

    A look opens what it needs and closes it again: nothing is kept between two of them but TLS
    contexts and the threads that look names up.
    """

    def __init__(self, *, clock: Clock | None = None, user_agent: str = "Sentinel") -> None:
        """Prepare to look.

        Args:
            clock: Says when a look began.
            user_agent: How HTTP requests name themselves.
        """
        self._clock = clock or SystemClock()
        self._network = Network()
        self._contexts = TlsContexts()
        self._http = HttpProbe(self._network, self._contexts, self._clock, user_agent)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back what is kept between looks."""
        self._network.close()

    async def look(
        self, check: Check, *, attempt: int = 0, timeout_s: float | None = None
    ) -> Observation:
        """Look once. Whatever the other side does, there is an observation within the deadline.

        The latency of a good look is its total: from the first step, which is the name lookup,
        to the end of the body, redirects included.

        Args:
            check: What to look at.
            attempt: 0 for a scheduled look, 1 and up for confirmations.
            timeout_s: Another deadline than the check's own, all phases together.
        """
        at_ms = self._clock.now_ms()
        trail = Trail()
        fault = await self._fault(check, trail, check.timeout_s if timeout_s is None else timeout_s)
        timings = trail.timings()
        seen = Observation(
            at_ms=at_ms,
            outcome=Outcome.OK,
            timings=timings,
            status=trail.status,
            address=trail.address,
            certificate=trail.certificate,
            attempt=attempt,
        )
        if fault is not None:
            return _failed(seen, fault)
        if isinstance(check, DomainCheck):
            return seen  # how fast a registry answers is no property of the domain
        slowness = _slowness(check, timings.total_ms)
        outcome = Outcome.SLOW if slowness else Outcome.OK
        return replace(seen, outcome=outcome, latency_ms=timings.total_ms, error=slowness)

    async def _fault(
        self, check: Check, trail: Trail, deadline_s: float
    ) -> ProbeFailure | OwnFault | None:
        """Look, and say what went wrong."""
        try:
            async with asyncio.timeout(deadline_s):
                await self._look(check, trail)
        except (ProbeFailure, OwnFault) as fault:
            return fault
        except TimeoutError:
            return _deadline_fault(check, trail, deadline_s)
        except Exception as error:
            _log.exception("a probe of kind %s failed by itself", check.kind)
            return OwnFault(f"the probe itself failed: {type(error).__name__}; see the log")
        return None

    async def _look(self, check: Check, trail: Trail) -> None:
        match check:
            case HttpCheck():
                await self._http.look(check, trail)
            case TcpCheck():
                await tcp.look(check, self._network, trail)
            case DnsCheck():
                await dns.look(check, trail)
            case TlsCheck():
                now_ms = self._clock.now_ms()
                await tls.look(check, self._network, self._contexts, trail, now_ms)
            case IcmpCheck():
                await icmp.look(check, self._network, trail)
            case DomainCheck():
                await rdap.look(check, self._http, trail)
            case HeartbeatCheck():
                raise OwnFault("a heartbeat cannot be looked at, it reports in by itself")


def _failed(seen: Observation, fault: ProbeFailure | OwnFault) -> Observation:
    """The border: what was said outside becomes harmless here, and loses our secrets."""
    error = clean_text(redact(str(fault)), _LONGEST_ERROR)
    if isinstance(fault, OwnFault):
        return replace(seen, outcome=Outcome.INCONCLUSIVE, error=error)
    return replace(
        seen,
        outcome=Outcome.FAIL,
        phase=fault.phase,
        error=error,
        kept=clean_block(redact(fault.kept[:_REDACTED_CHARACTERS])),
        wake_hint=fault.wake_hint,
    )


def _slowness(check: Check, total_ms: float) -> str:
    """How a right answer was too slow, or empty."""
    allowed_s = getattr(check, "max_latency_s", None)
    if allowed_s is None or total_ms <= allowed_s * 1_000:
        return ""
    return f"took {format_latency(total_ms)}, at most {format_latency(allowed_s * 1_000)} allowed"


def _deadline_fault(check: Check, trail: Trail, deadline_s: float) -> ProbeFailure | OwnFault:
    if trail.elapsed_s > deadline_s + _HELD_UP_S:
        return OwnFault(f"Sentinel itself was held up for {trail.elapsed_s - deadline_s:.1f} s")
    if trail.own_fault:
        return OwnFault(trail.own_fault)
    if trail.found is not None:
        return trail.found
    sentence = _DEADLINE_SENTENCES[trail.phase]
    silent = trail.phase is FailurePhase.FIRST_BYTE
    if silent and isinstance(check, DnsCheck | IcmpCheck):  # there is no connection to speak of
        sentence = "no answer of {where} within {time}"
    return ProbeFailure(
        FailurePhase.TIMEOUT,
        sentence.format(where=trail.address, time=f"{deadline_s:g} s"),
        wake_hint=WakeHint.SILENCE if silent and isinstance(check, HttpCheck) else None,
    )


_DEADLINE_SENTENCES = {
    FailurePhase.DNS: "the name was not resolved within {time}",
    FailurePhase.CONNECT: "no connection to {where} within {time}",
    FailurePhase.TLS: "no TLS handshake within {time}: connected to {where}, then silence",
    FailurePhase.SEND: "{where} did not take the request within {time}",
    FailurePhase.FIRST_BYTE: "no answer within {time}: reached {where}, then silence",
    FailurePhase.BODY: "{where} did not end its answer within {time}",
    FailurePhase.ASSERTION: "not judged within {time}",
}
