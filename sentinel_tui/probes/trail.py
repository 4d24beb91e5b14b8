"""How far one look came, and how long each phase took."""

from __future__ import annotations

from time import perf_counter

from sentinel_tui.domain.monitoring.observations import Certificate, FailurePhase, PhaseTimings
from sentinel_tui.probes.faults import ProbeFailure


class Trail:
    """What one look has come past so far; a deadline that cuts it off finds everything here.

    Phases entered twice, as redirects do, add up. The total is theirs alone: our own work before
    the first one and while judging, in phase assertion, is no part of a service's latency.

    Attributes:
        phase: What is under way.
        address: Who is talked to, such as `127.0.0.1:80`; empty before that is known.
        status: The protocol's number of the answer, once it is known.
        certificate: The first certificate that was presented.
        found: A failure that is already certain, while more of the answer is being read.
        own_fault: What on our own side holds the look up, or empty.
    """

    __slots__ = (
        "_begun",
        "_since",
        "_spent",
        "address",
        "certificate",
        "found",
        "own_fault",
        "phase",
        "status",
    )

    def __init__(self) -> None:
        self._begun = self._since = perf_counter()
        self._spent: dict[FailurePhase, float] = {}
        self.phase = FailurePhase.ASSERTION
        self.address = ""
        self.status: int | None = None
        self.certificate: Certificate | None = None
        self.found: ProbeFailure | None = None
        self.own_fault = ""

    def enter(self, phase: FailurePhase) -> None:
        """The phase that was under way ends, `phase` begins."""
        now = perf_counter()
        self._spent[self.phase] = self._spent.get(self.phase, 0.0) + now - self._since
        self._since = now
        self.phase = phase

    @property
    def elapsed_s(self) -> float:
        """Seconds since the look began, our own work included."""
        return perf_counter() - self._begun

    def timings(self) -> PhaseTimings:
        """Every phase, once the look has ended."""
        self.enter(FailurePhase.ASSERTION)
        own_s = self._spent.pop(FailurePhase.ASSERTION)
        return PhaseTimings(
            dns_ms=self._spent_ms(FailurePhase.DNS),
            connect_ms=self._spent_ms(FailurePhase.CONNECT),
            tls_ms=self._spent_ms(FailurePhase.TLS),
            first_byte_ms=self._spent_ms(FailurePhase.FIRST_BYTE),
            body_ms=self._spent_ms(FailurePhase.BODY),
            total_ms=_ms(self._since - self._begun - own_s),
        )

    def _spent_ms(self, phase: FailurePhase) -> float | None:
        spent_s = self._spent.get(phase)
        return None if spent_s is None else _ms(spent_s)


def _ms(seconds: float) -> float:
    return round(seconds * 1_000, 3)
