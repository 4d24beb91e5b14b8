"""One connection: a bare non-blocking socket, with TLS through a memory BIO.

A probe needs what asyncio's transports hide: each phase apart, an end that leaves nothing behind
however it comes, and half the CPU. httpcore drives it through its own stream interface.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable
from typing import Any, NamedTuple, Self, TypeVar

import httpcore

from sentinel_tui.domain.monitoring.observations import FailurePhase
from sentinel_tui.probes.certificates import SeenCertificates
from sentinel_tui.probes.faults import ProbeFailure, said, socket_fault
from sentinel_tui.probes.resolver import Address
from sentinel_tui.probes.trail import Trail

_READ_BYTES = 16_384
_SIP_BYTES = 1_024
_ALPN_HTTP2 = "h2"
_NO_TLS_REASONS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"})

T = TypeVar("T")


class Peer(NamedTuple):
    """The other end of a connection."""

    address: Address
    port: int

    def __str__(self) -> str:
        return self.address.with_port(self.port)


class SendFailure(ProbeFailure, httpcore.WriteError):
    """The request was not taken.

    A `WriteError` too, because httpcore then still reads an answer that the server gave before
    it closed.
    """


class Untrusted(ProbeFailure):
    """The certificate did not pass.

    Attributes:
        reason: What OpenSSL said.
        host: Whose certificate it should have been.
        peer: Where it was presented.
    """

    def __init__(self, reason: ssl.SSLCertVerificationError, host: str, peer: Peer) -> None:
        super().__init__(FailurePhase.TLS, reason.verify_message)
        self.reason = reason
        self.host = host
        self.peer = peer


class ProbeStream(httpcore.AsyncNetworkStream):
    """A connection that marks on a trail what is under way.

    Deadlines are the caller's: the `timeout` arguments of the interface are not used, because a
    limit for each single read never ends against a server that drips.

    Attributes:
        peer: The other end.
        received_bytes: How much came, TLS apart.
    """

    def __init__(
        self, sock: socket.socket, peer: Peer, trail: Trail, certificates: SeenCertificates
    ) -> None:
        self.peer = peer
        self._sock = sock
        self._trail = trail
        self._certificates = certificates
        self._loop = asyncio.get_running_loop()
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._sip_bytes = _READ_BYTES
        self.received_bytes = 0
        self._most_bytes = 0
        self._too_much: ProbeFailure | None = None
        self._send_failure: SendFailure | None = None

    @property
    def speaks_http2(self) -> bool:
        """Whether HTTP/2 was agreed upon."""
        return self._tls is not None and self._tls.selected_alpn_protocol() == _ALPN_HTTP2

    def accept_at_most(self, most_bytes: int, otherwise: ProbeFailure) -> None:
        """Stop reading after `most_bytes` since the connection began, with that failure."""
        self._most_bytes = most_bytes
        self._too_much = otherwise

    def read_in_sips(self) -> None:
        """From now on read little at a time: a kilobyte of tiny pieces is work enough."""
        self._sip_bytes = _SIP_BYTES

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The next bytes; none at the end.

        Raises:
            ProbeFailure: The connection broke, or more came than is accepted.
            OwnFault: This machine cannot go on.
        """
        if self._too_much is not None and self.received_bytes >= self._most_bytes:
            raise self._too_much
        if self.received_bytes > _READ_BYTES:
            # A socket that always has more to read never gives way to the loop by itself, and no
            # deadline would ever come.
            await asyncio.sleep(0)
        if self._trail.phase not in (FailurePhase.FIRST_BYTE, FailurePhase.BODY):
            self._trail.enter(FailurePhase.FIRST_BYTE)
        data = await self._receive(min(max_bytes, self._sip_bytes))
        self.received_bytes += len(data)
        if data and self._trail.phase is FailurePhase.FIRST_BYTE and not self.speaks_http2:
            self._trail.enter(FailurePhase.BODY)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of `buffer`.

        Raises:
            SendFailure: The other side does not take it.
            OwnFault: This machine cannot go on.
        """
        if not buffer:
            return
        answering = self._trail.phase is FailurePhase.BODY
        if not answering:
            self._trail.enter(FailurePhase.SEND)
        try:
            if self._tls is None:
                await self._loop.sock_sendall(self._sock, buffer)
            else:
                await self._drive(self._tls.write, buffer)
        except ssl.SSLError as error:
            raise ProbeFailure(FailurePhase.TLS, self._tls_sentence(error)) from error
        except OSError as error:
            fault = socket_fault(error, FailurePhase.SEND, str(self.peer))
            if not isinstance(fault, ProbeFailure):
                raise fault from error
            self._send_failure = SendFailure(FailurePhase.SEND, fault.error)
            raise self._send_failure from error
        if not answering:
            self._trail.enter(FailurePhase.FIRST_BYTE)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> Self:
        """Secure the connection, and keep the certificate on the trail.

        Raises:
            Untrusted: The certificate did not pass.
            ProbeFailure: There was no handshake.
        """
        self._trail.enter(FailurePhase.TLS)
        try:
            self._tls = ssl_context.wrap_bio(
                self._incoming, self._outgoing, server_hostname=server_hostname
            )
            await self._drive(self._tls.do_handshake)
        except ssl.SSLCertVerificationError as error:
            self._send_alert()
            raise Untrusted(error, server_hostname or "", self.peer) from error
        except ssl.SSLError as error:
            self._send_alert()
            raise ProbeFailure(FailurePhase.TLS, self._tls_sentence(error)) from error
        except OSError as error:
            raise socket_fault(error, FailurePhase.TLS, str(self.peer)) from error
        except ValueError as error:
            problem = f"no certificate can name {server_hostname}"
            raise ProbeFailure(FailurePhase.TLS, problem) from error
        if self._trail.certificate is None:
            self._trail.certificate = self._certificates.of(self._tls)
        return self

    async def aclose(self) -> None:
        """See `close`."""
        self.close()

    def close(self) -> None:
        """Give the socket back at once; nothing is waited for."""
        self._sock.close()

    def get_extra_info(self, info: str) -> Any:
        """The `ssl_object`, which httpcore asks for the agreed protocol; else None."""
        return self._tls if info == "ssl_object" else None

    async def _receive(self, most_bytes: int) -> bytes:
        phase = self._trail.phase
        try:
            if self._tls is None:
                data = await self._loop.sock_recv(self._sock, most_bytes)
            else:
                data = await self._drive(self._tls.read, most_bytes)
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            data = b""  # few servers say goodbye; HTTP knows by itself whether something is missing
        except ssl.SSLError as error:
            raise ProbeFailure(FailurePhase.TLS, self._tls_sentence(error)) from error
        except OSError as error:
            if self._send_failure is not None:
                raise self._send_failure from error
            raise socket_fault(error, phase, str(self.peer)) from error
        if not data and self._send_failure is not None:
            raise self._send_failure
        return data

    async def _drive(self, step: Callable[..., T], *arguments: object) -> T:
        """Take one step of TLS, moving its bytes between the BIOs and the socket."""
        while True:
            try:
                result = step(*arguments)
            except ssl.SSLWantReadError:
                await self._flush()
                received = await self._loop.sock_recv(self._sock, _READ_BYTES)
                if received:
                    self._incoming.write(received)
                else:
                    self._incoming.write_eof()
            else:
                await self._flush()
                return result

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await self._loop.sock_sendall(self._sock, self._outgoing.read())

    def _send_alert(self) -> None:
        """Tell the server why we go, so that its log says so too; it may not care."""
        with contextlib.suppress(OSError):
            self._sock.send(self._outgoing.read())

    def _tls_sentence(self, error: ssl.SSLError) -> str:
        if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
            return f"{self.peer} closed the connection during the TLS handshake"
        reason = error.reason or ""
        if reason in _NO_TLS_REASONS:
            return f"{self.peer} does not speak TLS on this port"
        if reason.endswith("ALERT_CERTIFICATE_REQUIRED"):
            return f"{self.peer} wants a client certificate"
        words = reason.replace("_", " ").lower()
        return f"{self.peer}: TLS failed: {words or said(error, 200)}"
