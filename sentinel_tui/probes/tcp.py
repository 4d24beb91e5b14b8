"""Looks at a TCP port, and at what it says."""

from __future__ import annotations

import asyncio
import re

from sentinel_tui.config.checks import TcpCheck
from sentinel_tui.domain.monitoring.observations import FailurePhase
from sentinel_tui.probes.faults import ProbeFailure, said
from sentinel_tui.probes.network import Network
from sentinel_tui.probes.stream import ProbeStream
from sentinel_tui.probes.trail import Trail

_MOST_BYTES = 65_536
_ESCAPE = re.compile(r"\\(r|n|t|0|\\|x[0-9a-fA-F]{2})")
_ESCAPED = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}


async def look(check: TcpCheck, network: Network, trail: Trail) -> None:
    """Connect; send and wait for what is expected, where the check says so.

    Raises:
        ProbeFailure: There is no connection, or another answer.
        OwnFault: This machine cannot connect.
    """
    stream = await network.connect(check.host, check.port, trail, ip_version=check.ip_version)
    try:
        if check.send:
            await stream.write(unescape(check.send).encode())
        if check.expect:
            await _expect(check.expect, stream, trail)
    finally:
        stream.close()


def unescape(text: str) -> str:
    r"""`text` with `\r`, `\n`, `\t`, `\0`, `\\` and `\x1b` replaced by what they stand for."""
    return _ESCAPE.sub(
        lambda found: _ESCAPED.get(found[1]) or chr(int(found[1].removeprefix("x"), 16)), text
    )


async def _expect(expected: str, stream: ProbeStream, trail: Trail) -> None:
    wanted = expected.encode()
    missing = f"the answer of {stream.peer} does not contain {said(expected)!r}"
    received = bytearray()
    while wanted not in received:
        if len(received) >= _MOST_BYTES:
            raise _unlike(FailurePhase.ASSERTION, missing, received)
        try:
            part = await stream.read(_MOST_BYTES)
        except asyncio.CancelledError:
            if received:
                trail.found = _unlike(FailurePhase.TIMEOUT, f"{missing} in time", received)
            raise
        if not part:
            problem = missing if received else f"{stream.peer} said nothing"
            raise _unlike(FailurePhase.ASSERTION, problem, received)
        received += part


def _unlike(phase: FailurePhase, problem: str, received: bytearray) -> ProbeFailure:
    return ProbeFailure(phase, problem, kept=received.decode("utf-8", "replace"))
