"""Which part of the world an address belongs to, however it is written.

An answer may send a probe elsewhere by a redirect, and a message goes to whatever the name of its
receiver resolves to. Where either leads is judged by the address that is about to be connected to,
never by the name, because a name can resolve to anything.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")
_PROTOCOL_ASSIGNMENTS = IPv4Network("192.0.0.0/24")
_METADATA = frozenset(
    {
        ip_address("100.100.100.200"),  # Alibaba
        ip_address("168.63.129.16"),  # Azure
        ip_address("fd00:ec2::254"),  # AWS
    }
)


class Reach(Enum):
    """Who can reach an address."""

    PUBLIC = "public"
    PRIVATE = "private"
    """This machine or its own network."""
    FORBIDDEN = "forbidden"
    """Link-local, multicast, or where a cloud hands its secrets to whoever asks from inside."""


ANYWHERE = frozenset(Reach)
"""For what the owner names in the configuration and no answer can change."""
NOT_FORBIDDEN = frozenset({Reach.PUBLIC, Reach.PRIVATE})
PUBLIC_ONLY = frozenset({Reach.PUBLIC})


@lru_cache(maxsize=4_096)
def reach(ip: str) -> Reach:
    """Who can reach `ip`, a literal address; one that wraps another is judged by that one."""
    address = _unwrapped(ip_address(ip))
    if address.is_link_local or address.is_multicast or address in _METADATA:
        return Reach.FORBIDDEN
    if isinstance(address, IPv4Address) and address in _PROTOCOL_ASSIGNMENTS:
        return Reach.PRIVATE
    return Reach.PUBLIC if address.is_global else Reach.PRIVATE


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address inside an IPv6 one: mapped, 6to4, Teredo or NAT64."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)
