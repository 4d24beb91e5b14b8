"""The way from a host name to an open connection, for all kinds of probes."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Collection

from sentinel_tui.domain.addresses import ANYWHERE, Reach, reach
from sentinel_tui.domain.monitoring.observations import Certificate, FailurePhase
from sentinel_tui.probes.certificates import SeenCertificates, trust_problem
from sentinel_tui.probes.faults import OwnFault, ProbeFailure, said, socket_fault
from sentinel_tui.probes.name_servers import name_server_answers
from sentinel_tui.probes.resolver import (
    Address,
    IpVersion,
    Resolver,
    is_wanted,
    literal_address,
)
from sentinel_tui.probes.stream import Peer, ProbeStream, Untrusted
from sentinel_tui.probes.trail import Trail

_PATIENCE_S = 2.0
"""How long one of several addresses is given before the next one is tried."""


class Network:
    """Opens connections. Belongs to one event loop; holds no connection itself."""

    def __init__(self) -> None:
        self._resolver = Resolver()
        self._certificates = SeenCertificates()

    def close(self) -> None:
        """Give back what lookups hold."""
        self._resolver.close()

    async def addresses(self, host: str, ip_version: IpVersion, trail: Trail) -> list[Address]:
        """The addresses of `host`, which may be one itself.

        Raises:
            ProbeFailure: There is none, in phase dns.
            OwnFault: This machine cannot ask.
        """
        literal = literal_address(host)
        if literal is not None:
            found = [literal]
        else:
            trail.enter(FailurePhase.DNS)
            try:
                found = await self._resolver.addresses(host, ip_version, trail)
            except OSError as error:
                raise await _lookup_fault(error, host) from error
        wanted = [address for address in found if is_wanted(address, ip_version)]
        if not wanted:
            raise ProbeFailure(FailurePhase.DNS, f"{said(host)} has no IPv{ip_version} address")
        return wanted

    async def connect(
        self,
        host: str,
        port: int,
        trail: Trail,
        *,
        ip_version: IpVersion = "any",
        allowed: Collection[Reach] = ANYWHERE,
    ) -> ProbeStream:
        """A TCP connection to the first address that takes one.

        Args:
            host: A name or an address.
            port: The port.
            trail: Where to mark what is under way.
            ip_version: Which family of addresses to use.
            allowed: Which addresses may be talked to at all.

        Raises:
            ProbeFailure: None did, in phase dns or connect.
            OwnFault: This machine cannot connect.
        """
        found = await self.addresses(host, ip_version, trail)
        permitted = [address for address in found if reach(address.ip) in allowed]
        if not permitted:
            where = found[0].ip if host == found[0].ip else f"{found[0].ip}, where {host} leads"
            raise ProbeFailure(FailurePhase.CONNECT, f"no probe may be sent to {where}")
        trail.enter(FailurePhase.CONNECT)
        return await self._connect_first([Peer(address, port) for address in permitted], trail)

    async def explain(self, untrusted: Untrusted, trail: Trail, now_ms: int) -> ProbeFailure:
        """The failure in a sentence that names the certificate, fetched once more without trust.

        Args:
            untrusted: The failure as it was met.
            trail: Gets the certificate, and the failure itself in case the deadline comes first.
            now_ms: Now, UTC.
        """
        trail.found = untrusted
        trail.enter(FailurePhase.ASSERTION)
        seen = await self._untrusted_certificate(untrusted)
        trail.certificate = trail.certificate or seen
        sentence = trust_problem(untrusted.reason, untrusted.host, seen, now_ms)
        return ProbeFailure(FailurePhase.TLS, sentence)

    async def _connect_first(self, peers: list[Peer], trail: Trail) -> ProbeStream:
        fault: ProbeFailure | OwnFault | None = None
        for peer in peers:
            trail.address = str(peer)
            patience_s = None if peer is peers[-1] else _PATIENCE_S
            try:
                async with asyncio.timeout(patience_s):
                    return ProbeStream(await _open(peer), peer, trail, self._certificates)
            except OSError as error:
                # A refusal says more than a missing route: the service may have a second family
                # of addresses that this machine cannot reach.
                if not isinstance(fault, ProbeFailure):
                    fault = _connect_fault(error, peer)
        if fault is None:
            raise ValueError("no address to connect to")
        raise fault

    async def _untrusted_certificate(self, untrusted: Untrusted) -> Certificate | None:
        blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        blind.check_hostname = False
        blind.verify_mode = ssl.CERT_NONE
        trail = Trail()
        try:
            stream = await self._connect_first([untrusted.peer], trail)
        except (ProbeFailure, OwnFault):
            return None
        try:
            await stream.start_tls(blind, untrusted.host)
        except (ProbeFailure, OwnFault, ValueError):
            return None
        finally:
            stream.close()
        return trail.certificate


async def _open(peer: Peer) -> socket.socket:
    sock = socket.socket(peer.address.family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(sock, peer.address.sockaddr(peer.port))
    except BaseException:
        sock.close()
        raise
    return sock


def _connect_fault(error: OSError, peer: Peer) -> ProbeFailure | OwnFault:
    if isinstance(error, TimeoutError) and error.errno is None:
        return ProbeFailure(FailurePhase.CONNECT, f"no connection to {peer}")
    return socket_fault(error, FailurePhase.CONNECT, str(peer))


async def _lookup_fault(error: OSError, host: str) -> ProbeFailure | OwnFault:
    name = said(host)
    match error.errno:
        case socket.EAI_AGAIN:
            # The system says the same of a broken zone and of a name server that is not there.
            if await name_server_answers():
                return ProbeFailure(FailurePhase.DNS, f"the name server cannot resolve {name}")
            return OwnFault("the name server of this machine does not answer")
        case socket.EAI_MEMORY | socket.EAI_SYSTEM:
            return OwnFault(f"this machine cannot look up {name}: {said(error.strerror)}")
        case _:
            return ProbeFailure(FailurePhase.DNS, f"there is no host {name}")
