"""What goes wrong in a look, told apart by whose fault it is, each in one human sentence.

The prober cleans and redacts the sentences as it makes observations of them. `said` is for what
has to be cut short before, because half a secret is no longer recognised.
"""

from __future__ import annotations

import errno
import os

from sentinel_tui.config.redaction import redact
from sentinel_tui.domain.monitoring.observations import FailurePhase, WakeHint
from sentinel_tui.text import clean_text

_OWN_FAULTS = {
    errno.EMFILE: "this process has no file descriptors left; raise its limit (ulimit -n)",
    errno.ENFILE: "this machine has no file descriptors left",
    errno.ENOBUFS: "this machine has no network buffers left",
    errno.ENOMEM: "this machine has no memory left",
    errno.ENETUNREACH: "this machine has no network that leads there",
    errno.ENETDOWN: "this machine's network is down",
    errno.EADDRNOTAVAIL: "this machine has no local address or port left for it",
    errno.EAFNOSUPPORT: "this machine does not speak that family of addresses",
    errno.EPERM: "this machine's own firewall forbids it",
    errno.EACCES: "this machine forbids it",
}


def said(value: object, limit: int = 100) -> str:
    """What somebody outside said, as part of a sentence: without secrets, harmless, and short."""
    return clean_text(redact(str(value)), limit)


class ProbeFailure(Exception):
    """The service did not do what it should.

    Attributes:
        phase: Where it failed.
        error: What went wrong, in one sentence.
        kept: The beginning of its answer, as it came.
        wake_hint: How the answer showed that a platform gave it for a sleeping service.
    """

    def __init__(
        self,
        phase: FailurePhase,
        error: str,
        *,
        kept: str = "",
        wake_hint: WakeHint | None = None,
    ) -> None:
        super().__init__(error)
        self.phase = phase
        self.error = error
        self.kept = kept
        self.wake_hint = wake_hint


class OwnFault(Exception):
    """Our own side failed, which says nothing about the service."""


def socket_fault(error: OSError, phase: FailurePhase, address: str) -> ProbeFailure | OwnFault:
    """The sentence for what the operating system said of a connection.

    Args:
        error: What it said.
        phase: What was under way.
        address: Who was talked to, such as `127.0.0.1:80`.
    """
    own = _OWN_FAULTS.get(error.errno or 0)
    if own is not None:
        return OwnFault(f"{address}: {own}")
    return ProbeFailure(phase, _sentence(error, phase, address))


def _sentence(error: OSError, phase: FailurePhase, address: str) -> str:
    match error.errno:
        case errno.ECONNREFUSED:
            return f"refused by {address}"
        case errno.ECONNRESET | errno.ECONNABORTED | errno.EPIPE:
            return f"{address} broke the connection off{_DURING.get(phase, '')}"
        case errno.EHOSTUNREACH:
            return f"no route to {address}"
        case errno.ETIMEDOUT:
            return f"{address} stopped answering"
        case _:
            reason = os.strerror(error.errno) if error.errno else said(error, 200)
            return f"{address}: {reason}"


_DURING = {
    FailurePhase.TLS: " during the TLS handshake",
    FailurePhase.SEND: " while the request was sent",
    FailurePhase.FIRST_BYTE: " without an answer",
    FailurePhase.BODY: " in the middle of its answer",
}
