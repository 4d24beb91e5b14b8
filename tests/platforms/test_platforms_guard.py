"""The guard in front of every platform: when it asks again, when it waits, when it gives up."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Coroutine
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest
from receivers import Reader, Receiver, Writer, answer, hangs_up, serving

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.trust import system_trust
from sentinel_tui.errors import PlatformRefused, PlatformUnavailable, PlatformUnsure
from sentinel_tui.platforms.guard import Guard

_FAILED = answer(b"{}", status="500 Internal Server Error")


def guard(port: int, clock: FakeClock) -> Guard:
    return Guard(f"http://127.0.0.1:{port}", {}, clock, allow_private=True)


async def waited_s(clock: FakeClock, question: Coroutine[Any, Any, Any]) -> float:
    """How long the clock has to move until the question is answered, to half a second."""
    began_s = clock.elapsed_s()
    asked = asyncio.create_task(question)
    while not (await asyncio.wait([asked], timeout=0.02))[0]:
        await clock.advance(0.5)
    await asked
    return clock.elapsed_s() - began_s


async def test_a_read_is_asked_again_and_a_write_never(
    receiver: Receiver, clock: FakeClock
) -> None:
    receiver.answers = [_FAILED, answer(b"[1]")]
    one = guard(receiver.port, clock)
    assert await waited_s(clock, one.read("/x")) > 0
    receiver.answers = [_FAILED]
    sent_before = len(receiver.requests)
    with pytest.raises(PlatformUnsure):
        await one.write("POST", "/x", bucket="x")
    assert len(receiver.requests) == sent_before + 1


async def test_a_write_that_reached_nobody_changed_nothing_and_one_cut_off_is_unsure(
    unused_port: int, clock: FakeClock
) -> None:
    with pytest.raises(PlatformUnavailable):
        await guard(unused_port, clock).write("POST", "/x", bucket="x")
    async with serving(hangs_up) as port:
        with pytest.raises(PlatformUnsure):
            await guard(port, clock).write("POST", "/x", bucket="x")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("400 Bad Request", PlatformRefused),
        ("402 Payment Required", PlatformRefused),
        ("409 Conflict", PlatformRefused),
        ("408 Request Timeout", PlatformUnsure),
        ("429 Too Many Requests", PlatformUnsure),
        ("502 Bad Gateway", PlatformUnsure),
    ],
)
async def test_a_refusal_of_a_write_counts_only_where_nothing_can_have_been_done(
    receiver: Receiver, clock: FakeClock, status: str, error: type[Exception]
) -> None:
    receiver.answers = [answer(b'{"message": "no"}', status=status)]
    with pytest.raises(error) as refused:
        await guard(receiver.port, clock).write("POST", "/x", bucket="x")
    assert type(refused.value) is error


@pytest.mark.parametrize("form", ["seconds", "instant", "date"])
async def test_a_used_up_limit_is_waited_for_in_whatever_form_it_is_told(
    receiver: Receiver, clock: FakeClock, form: str
) -> None:
    then_s = clock.now_ms() / 1_000 + 20
    header = {
        "seconds": "RateLimit-Reset: 20",
        "instant": f"RateLimit-Reset: {then_s:.0f}",
        "date": f"Retry-After: {format_datetime(datetime.fromtimestamp(then_s, UTC), usegmt=True)}",
    }[form]
    receiver.answers = [answer(b"[]", header, "RateLimit-Remaining: 0"), answer(b"[]")]
    one = guard(receiver.port, clock)
    assert await waited_s(clock, one.read("/x")) == 0
    assert 18 <= await waited_s(clock, one.read("/x")) <= 21


async def test_a_limit_of_one_kind_of_calls_holds_up_no_other(
    receiver: Receiver, clock: FakeClock
) -> None:
    receiver.answers = [answer(b"", "RateLimit-Reset: 50", "RateLimit-Remaining: 0"), answer(b"[]")]
    one = guard(receiver.port, clock)
    await one.write("POST", "/a", bucket="a")
    assert await waited_s(clock, one.write("POST", "/b", bucket="b")) == 0


async def test_nobody_waits_for_an_hour(receiver: Receiver, clock: FakeClock) -> None:
    receiver.answers = [answer(b"{}", "Retry-After: 2346", status="429 Too Many Requests")]
    one = guard(receiver.port, clock)
    with pytest.raises(PlatformUnsure):
        await one.write("POST", "/a", bucket="a")
    with pytest.raises(PlatformUnavailable, match="2346 s"):
        await one.write("POST", "/a", bucket="a")
    assert len(receiver.requests) == 1


async def test_a_platform_that_keeps_failing_is_left_alone_and_then_asked_once(
    receiver: Receiver, clock: FakeClock
) -> None:
    receiver.answers = [_FAILED]
    one = guard(receiver.port, clock)
    errors = 0
    while errors < 5:
        with pytest.raises(PlatformUnsure):
            await one.write("POST", "/x", bucket="x")
        errors += 1
    for _ in range(3):
        with pytest.raises(PlatformUnavailable, match="in a row"):
            await one.write("POST", "/x", bucket="x")
    assert len(receiver.requests) == errors

    await clock.advance(61)
    with pytest.raises(PlatformUnsure):
        await one.write("POST", "/x", bucket="x")
    with pytest.raises(PlatformUnavailable, match="in a row"):
        await one.write("POST", "/x", bucket="x")

    await clock.advance(61)
    receiver.answers = [answer(b"[]")]
    await one.write("POST", "/x", bucket="x")
    assert one.failures == 0


@pytest.mark.usefixtures("trusted")
async def test_the_system_is_asked_once_whom_it_trusts_and_again_after_a_failure(
    receiver: Receiver,
    server_tls: ssl.SSLContext,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = 0

    def counting() -> ssl.SSLContext:
        nonlocal asked
        asked += 1
        return system_trust()

    monkeypatch.setattr("sentinel_tui.platforms.guard.system_trust", counting)
    silent = False

    async def behave(reader: Reader, writer: Writer) -> None:
        if not silent:
            await receiver.behave(reader, writer)

    receiver.answers = [answer(b"[]")]
    async with serving(behave, server_tls) as port:
        one = Guard(f"https://localhost:{port}", {}, clock, allow_private=True)
        for _ in range(3):
            await one.read("/x")
        assert asked == 1
        silent = True
        with pytest.raises(PlatformUnsure):
            await one.write("POST", "/x", bucket="x")
        silent = False
        await one.read("/x")
    assert asked == 2
