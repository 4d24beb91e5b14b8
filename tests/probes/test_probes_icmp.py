"""Pings: the packets, and what happens where they are not permitted."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel_tui.config.checks import IcmpCheck
from sentinel_tui.domain.monitoring.observations import Outcome
from sentinel_tui.probes.icmp import echo_request, is_reply
from sentinel_tui.probes.prober import Prober

PAYLOAD = b"sixteen bytes ok"
IPV4_HEADER = bytes([0x45]) + bytes(19)


def ones_complement_sum(packet: bytes) -> int:
    total = sum(int.from_bytes(packet[i : i + 2], "big") for i in range(0, len(packet), 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


@given(st.integers(0, 0xFFFF), st.binary(min_size=16, max_size=16))
def test_the_checksum_of_a_request_adds_up(sequence: int, payload: bytes) -> None:
    packet = echo_request(socket.AF_INET, sequence, payload)

    assert ones_complement_sum(packet) == 0xFFFF
    assert packet[0] == 8
    assert packet[8:] == payload


def test_an_ipv6_request_leaves_the_checksum_to_the_system() -> None:
    packet = echo_request(socket.AF_INET6, 1, PAYLOAD)

    assert packet[0] == 128
    assert packet[2:4] == b"\0\0"


@pytest.mark.parametrize(
    ("family", "packet", "expected"),
    [
        (socket.AF_INET, b"\x00\x00\x12\x34\x00\x01\x00\x01" + PAYLOAD, True),
        (socket.AF_INET, IPV4_HEADER + b"\x00\x00\x12\x34\x00\x01\x00\x01" + PAYLOAD, True),
        (socket.AF_INET6, b"\x81\x00\x12\x34\x00\x01\x00\x01" + PAYLOAD, True),
        (socket.AF_INET, b"\x08\x00\x12\x34\x00\x01\x00\x01" + PAYLOAD, False),
        (socket.AF_INET, b"\x00\x00\x12\x34\x00\x01\x00\x01" + PAYLOAD[::-1], False),
        (socket.AF_INET, b"\x00\x00", False),
        (socket.AF_INET, b"\x4f", False),
        (socket.AF_INET, b"", False),
        (socket.AF_INET6, b"", False),
    ],
)
def test_replies(family: int, packet: bytes, expected: bool) -> None:
    assert is_reply(family, packet, PAYLOAD) is expected


async def test_a_ping_is_answered_or_says_how_to_permit_it(prober: Prober) -> None:
    seen = await prober.look(IcmpCheck(host="127.0.0.1"))

    if may_ping():
        assert seen.outcome is Outcome.OK, seen
        assert seen.timings.first_byte_ms is not None
    else:
        assert seen.outcome is Outcome.INCONCLUSIVE
        assert "ping_group_range" in seen.error
    assert seen.address == "127.0.0.1"


def may_ping() -> bool:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP).close()
    except OSError:
        return False
    return True
