"""The ingest server speaks HTTP with anybody, and is held up by nobody."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from ingest_world import WITHIN_S, Caller, answers_in, request

from sentinel_tui.engine.ingest.limits import LARGEST_BODY_BYTES, Limits
from sentinel_tui.engine.ingest.messages import Answer, Refusal, Request, json_answer
from sentinel_tui.engine.ingest.server import IngestServer
from sentinel_tui.errors import EngineError

_QUICK = Limits(idle_s=0.3, head_s=0.2, body_s=0.2)
"""Impatient, so that a test need not wait."""


class Echo:
    """Answers with what it was asked; `/refused` is not worth reading, and `/failing` fails."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def admit(self, request: Request) -> None:
        if request.path == "/refused":
            raise Refusal(404, "not_found", "there is nothing here")

    async def answer(self, request: Request) -> Answer:
        if request.path == "/failing":
            raise ZeroDivisionError("a fault of our own")
        self.bodies.append(request.body)
        return json_answer(200, {"path": request.path, "length": len(request.body)})


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
async def served(echo: Echo) -> AsyncIterator[Callable[..., Caller]]:
    """Starts servers: `await served(limits)`."""
    servers: list[IngestServer] = []

    async def start(limits: Limits | None = None) -> Caller:
        server = IngestServer(echo, limits or Limits())
        servers.append(server)
        await server.start("127.0.0.1:0")
        return Caller(server.port)

    yield start
    for server in servers:
        await server.stop()


async def test_several_requests_come_over_one_connection_even_at_once(served, echo: Echo) -> None:
    caller = await served()
    one = request("POST", "/3", b"x" * 3, connection="keep-alive")
    first, second = await caller.say(one + request("POST", "/5", b"x" * 5))
    assert (first.json, second.json) == ({"path": "/3", "length": 3}, {"path": "/5", "length": 5})


async def test_a_request_that_comes_in_crumbs_is_a_whole_one(served) -> None:
    caller = await served()
    said = request("POST", "/crumbs", b"0123456789")
    (answered,) = await caller.say(*(said[at : at + 7] for at in range(0, len(said), 7)))
    assert answered.json["length"] == 10


async def test_a_client_that_asks_first_is_told_to_go_on(served) -> None:
    caller = await served()
    async with caller.connected() as (reader, writer), asyncio.timeout(WITHIN_S):
        writer.write(request("POST", "/", b"body", expect="100-continue")[: -len(b"body")])
        assert b"100" in await reader.readuntil(b"\r\n\r\n")
        writer.write(b"body")
        (answered,) = answers_in(await reader.read())
    assert answered.json["length"] == 4


@pytest.mark.parametrize(
    "said",
    [
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-le",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhal",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nha",
    ],
)
async def test_whoever_does_not_get_on_hears_so(served, echo: Echo, said: bytes) -> None:
    (answered,) = await (await served(_QUICK)).say(said)
    assert (answered.status, answered.code) == (408, "too_slow")
    assert answered.headers["connection"] == "close"
    assert echo.bodies == []


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        (b"\x16\x03\x01 a TLS hello\r\n\r\n", 400, "no_http"),
        (b"GET / HTTP/1.1\r\nhost: x\r\ncookie: " + b"x" * 20_000 + b"\r\n\r\n", 431, "too_large"),
        (b"GET / HTTP/1.1\r\nhost: x\r\ncookie: " + b"x" * 90_000, 431, "no_http"),
        (b"GET / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n", 400, "no_http"),
        (
            b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n"
            b"0\r\n\r\n",
            400,
            "two_lengths",
        ),
        (request("POST", "/", b"x" * (LARGEST_BODY_BYTES + 1)), 413, "too_large"),
        (request("POST", "/refused", b"x" * 1_000), 404, "not_found"),
    ],
)
async def test_whoever_is_endless_or_odd_hears_why_and_is_hung_up_on(
    served, echo: Echo, said: bytes, status: int, code: str
) -> None:
    (answered,) = await (await served()).say(said)
    assert (answered.status, answered.code) == (status, code)
    assert answered.headers["connection"] == "close"
    assert echo.bodies == []


async def test_chunks_without_an_end_are_stopped(served, echo: Echo) -> None:
    chunk = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
    head = request("POST", "/", transfer_encoding="chunked", connection="keep-alive")
    (answered,) = await (await served()).say(head, *[chunk] * 40)
    assert (answered.status, answered.code) == (413, "too_large")


async def test_who_says_nothing_is_hung_up_on_without_a_word(served) -> None:
    assert await (await served(_QUICK)).say() == []


async def test_a_fault_of_our_own_is_admitted_and_ends_nothing(served) -> None:
    caller = await served()
    failing = request("POST", "/failing", b"x", connection="keep-alive")
    failed, after = await caller.say(failing + request("GET", "/"))
    assert (failed.status, failed.code, after.status) == (500, "failed", 200)
    assert b"fault of our own" not in failed.body


async def test_head_gets_the_head_alone(served) -> None:
    caller = await served()
    async with caller.connected() as (reader, writer), asyncio.timeout(WITHIN_S):
        writer.write(request("HEAD", "/"))
        heard = await reader.read()
    assert heard.startswith(b"HTTP/1.1 200")
    assert heard.endswith(b"\r\n\r\n")


async def test_no_address_takes_more_than_its_share_of_connections(served) -> None:
    limits = Limits(connections_of_one=3)
    caller = await served(limits)
    async with AsyncExitStack() as lying:
        for _ in range(limits.connections_of_one):
            await lying.enter_async_context(caller.connected())
        (answered,) = await caller.say(request("GET", "/"))
        assert (answered.status, answered.code) == (503, "too_many")
        assert "retry-after" in answered.headers
    # Once they are gone there is room again.
    async with asyncio.timeout(WITHIN_S):
        while (await caller.ask("GET", "/")).status != 200:
            continue


async def test_all_addresses_together_take_no_more_than_there_is(served) -> None:
    limits = Limits(connections=2)
    caller = await served(limits)
    async with AsyncExitStack() as lying:
        for _ in range(limits.connections):
            await lying.enter_async_context(caller.connected())
        assert (await caller.ask("GET", "/")).status == 503


async def test_a_socket_file_is_for_its_owner_and_group_and_goes_with_the_server(
    tmp_path: Path, echo: Echo
) -> None:
    path = tmp_path / "ingest.sock"
    server = IngestServer(echo)
    await server.start(f"unix:{path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert (await Caller(str(path)).ask("GET", "/here")).json["path"] == "/here"
    with pytest.raises(EngineError, match="another program listens there"):
        await IngestServer(echo).start(f"unix:{path}")
    await server.stop()
    assert not path.exists()


async def test_what_a_killed_engine_left_of_a_socket_file_is_no_hindrance(
    tmp_path: Path, echo: Echo
) -> None:
    path = tmp_path / "ingest.sock"
    left = await asyncio.start_unix_server(lambda reader, writer: None, path)
    left.close()
    await left.wait_closed()
    server = IngestServer(echo)
    await server.start(f"unix:{path}")
    assert (await Caller(str(path)).ask("GET", "/")).status == 200
    await server.stop()


async def test_where_somebody_else_listens_it_says_so(served, echo: Echo) -> None:
    server = IngestServer(echo)
    await server.start("127.0.0.1:0")
    with pytest.raises(EngineError, match=f"nobody can listen at 127.0.0.1:{server.port}"):
        await IngestServer(echo).start(f"127.0.0.1:{server.port}")
    await server.stop()
