"""TCP connections, and what is said over them."""

from __future__ import annotations

import asyncio

import pytest
from hostile import (
    Behaviour,
    HostileServers,
    Reader,
    Writer,
    hangs_up,
    left_behind,
    says_nothing,
    unused_port,
)

from sentinel_tui.config.checks import TcpCheck
from sentinel_tui.domain.monitoring.observations import FailurePhase, Outcome
from sentinel_tui.probes.prober import Prober
from sentinel_tui.probes.tcp import unescape


async def redis(reader: Reader, writer: Writer) -> None:
    if await reader.readline() == b"PING\r\n":
        writer.write(b"+PO")
        await writer.drain()
        writer.write(b"NG\r\n")
    await writer.drain()
    await reader.read()


async def smtp(reader: Reader, writer: Writer) -> None:
    writer.write(b"220 mail.example ESMTP \x1b[31m\r\n")
    await writer.drain()
    await reader.read()


async def babbles(reader: Reader, writer: Writer) -> None:
    while not writer.is_closing():
        writer.write(b"bla " * 10_000)
        await writer.drain()
        await asyncio.sleep(0)  # draining does not wait while the other side keeps up


async def leaves(reader: Reader, writer: Writer) -> None:
    writer.write(b"go away\n")
    await writer.drain()
    writer.close()


async def test_a_connection_is_enough(hostile: HostileServers, prober: Prober) -> None:
    port = hostile.serve(says_nothing)

    seen = await prober.look(TcpCheck(host="127.0.0.1", port=port))

    assert (seen.outcome, seen.status) == (Outcome.OK, None)
    assert seen.latency_ms == seen.timings.total_ms == seen.timings.connect_ms
    assert left_behind(port) == []


@pytest.mark.parametrize("send", ["PING\r\n", r"PING\r\n", r"P\x49NG\r\n"])
async def test_a_question_and_its_answer(
    send: str, hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(redis)

    seen = await prober.look(TcpCheck(host="127.0.0.1", port=port, send=send, expect="+PONG"))

    assert seen.outcome is Outcome.OK, seen
    assert seen.timings.first_byte_ms is not None


async def test_a_greeting(hostile: HostileServers, prober: Prober) -> None:
    port = hostile.serve(smtp)

    assert (await prober.look(TcpCheck(host="127.0.0.1", port=port, expect="220 "))).good


async def test_the_wrong_greeting_is_a_timeout(hostile: HostileServers, prober: Prober) -> None:
    port = hostile.serve(smtp)

    seen = await prober.look(TcpCheck(host="127.0.0.1", port=port, expect="SSH-"), timeout_s=0.3)

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.TIMEOUT)
    assert "does not contain 'SSH-' in time" in seen.error
    assert "220 mail.example" in seen.kept
    assert "\x1b" not in seen.kept
    assert left_behind(port) == []


async def test_an_endless_answer_ends(hostile: HostileServers, prober: Prober) -> None:
    port = hostile.serve(babbles)

    seen = await prober.look(TcpCheck(host="127.0.0.1", port=port, expect="sense"), timeout_s=20)

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.ASSERTION)
    assert seen.kept.startswith("bla bla")


@pytest.mark.parametrize(
    ("behaviour", "says", "kept"),
    [(leaves, "does not contain 'hello'", "go away"), (hangs_up, "said nothing", "")],
)
async def test_a_server_that_leaves_first(
    behaviour: Behaviour, says: str, kept: str, hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(behaviour)

    seen = await prober.look(TcpCheck(host="127.0.0.1", port=port, expect="hello"))

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.ASSERTION), seen
    assert says in seen.error
    assert seen.kept.strip() == kept


async def test_a_refusal(prober: Prober) -> None:
    port = unused_port()

    seen = await prober.look(TcpCheck(host="127.0.0.1", port=port))

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.CONNECT)
    assert seen.error == f"refused by 127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("plain", "plain"),
        (r"a\r\n", "a\r\n"),
        (r"\t\0\x41", "\t\0A"),
        (r"C:\\new", r"C:\new"),
        (r"\q\x4", r"\q\x4"),
        ("é\\n", "é\n"),
    ],
)
def test_escapes(written: str, meant: str) -> None:
    assert unescape(written) == meant
