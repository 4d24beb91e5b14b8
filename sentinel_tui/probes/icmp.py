"""Pings, by the datagram sockets that some systems grant to ordinary users."""

from __future__ import annotations

import asyncio
import os
import socket
import struct

from sentinel_tui.config.checks import IcmpCheck
from sentinel_tui.domain.monitoring.observations import FailurePhase
from sentinel_tui.probes.faults import OwnFault, socket_fault
from sentinel_tui.probes.network import Network
from sentinel_tui.probes.resolver import Address
from sentinel_tui.probes.trail import Trail

_PATIENCE_S = 1.0
"""How long until the next echo request, because any network may lose one."""
_HEADER = struct.Struct("!BBHHH")
_REQUEST: dict[int, int] = {socket.AF_INET: 8, socket.AF_INET6: 128}
_REPLY: dict[int, int] = {socket.AF_INET: 0, socket.AF_INET6: 129}
_PROTOCOL: dict[int, int] = {
    socket.AF_INET: socket.IPPROTO_ICMP,
    socket.AF_INET6: socket.IPPROTO_ICMPV6,
}
_NOT_PERMITTED = (
    "this user may not ping; permit it with: sysctl -w net.ipv4.ping_group_range='0 2147483647'"
)


async def look(check: IcmpCheck, network: Network, trail: Trail) -> None:
    """Send echo requests until one is answered or the caller's deadline comes.

    Raises:
        ProbeFailure: The host cannot be found or reached.
        OwnFault: This user may not ping, or this machine cannot.
    """
    addresses = await network.addresses(check.host, "any", trail)
    address = addresses[0]
    trail.address = address.ip
    with _open(address) as sock:
        try:
            sock.connect(address.sockaddr(0))  # only sets the destination
            await _ping(sock, address.family, trail)
        except OSError as error:
            raise socket_fault(error, FailurePhase.CONNECT, address.ip) from error


def echo_request(family: int, sequence: int, payload: bytes) -> bytes:
    """An echo request; the system fills in the identifier, and for IPv6 the checksum."""
    blank = _HEADER.pack(_REQUEST[family], 0, 0, 0, sequence)
    checksum = _checksum(blank + payload) if family == socket.AF_INET else 0
    return _HEADER.pack(_REQUEST[family], 0, checksum, 0, sequence) + payload


def is_reply(family: int, packet: bytes, payload: bytes) -> bool:
    """Whether a packet answers the request that carried `payload`."""
    if family == socket.AF_INET and packet[:1] and packet[0] >> 4 == 4:
        packet = packet[(packet[0] & 0x0F) * 4 :]  # macOS hands the IP header over too
    return (
        len(packet) >= _HEADER.size
        and packet[0] == _REPLY[family]
        and packet[_HEADER.size :] == payload
    )


def _open(address: Address) -> socket.socket:
    try:
        sock = socket.socket(address.family, socket.SOCK_DGRAM, _PROTOCOL[address.family])
    except PermissionError as error:
        raise OwnFault(_NOT_PERMITTED) from error
    except OSError as error:
        fault = socket_fault(error, FailurePhase.CONNECT, address.ip)
        raise OwnFault(str(fault)) from error
    sock.setblocking(False)
    return sock


async def _ping(sock: socket.socket, family: int, trail: Trail) -> None:
    loop = asyncio.get_running_loop()
    payload = os.urandom(16)
    sequence = 0
    while True:
        sequence = (sequence + 1) & 0xFFFF
        trail.enter(FailurePhase.FIRST_BYTE)
        await loop.sock_sendall(sock, echo_request(family, sequence, payload))
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while not is_reply(family, await loop.sock_recv(sock, 1_500), payload):
                    pass
                return
        except TimeoutError:
            continue


def _checksum(packet: bytes) -> int:
    total: int = sum(struct.unpack(f"!{len(packet) // 2}H", packet))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
