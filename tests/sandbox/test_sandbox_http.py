"""The little HTTP server: it answers, goes away, comes back, and never leaves loopback."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest

from sentinel_tui.clock import FakeClock
from sentinel_tui.sandbox.http.messages import Request, Response, json_response, page
from sentinel_tui.sandbox.http.server import LoopbackServer
from sentinel_tui.sandbox.port import LOOPBACK


class Echo:
    """Answers with what it was asked, and remembers it."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self.holding = asyncio.Event()
        self.held = 0

    async def __call__(self, request: Request) -> Response | None:
        self.asked.append(request)
        if request.path == "/silence":
            return None
        if request.path == "/hold":
            self.held += 1
            try:
                await self.holding.wait()
            finally:
                self.held -= 1
        if request.path == "/drip":
            return Response(200, b"slow", byte_every_s=1.0)
        return json_response(path=request.path, query=request.query, body=request.body.decode())


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
async def server(echo: Echo, clock: FakeClock) -> AsyncIterator[LoopbackServer]:
    server = LoopbackServer(echo, clock)
    server.listen()
    yield server
    await server.stop()


def url(server: LoopbackServer, path: str = "/") -> str:
    return f"http://{LOOPBACK}:{server.port}{path}"


async def raw(server: LoopbackServer, sent: bytes) -> bytes:
    """What comes back for some bytes, until the server closes."""
    reader, writer = await asyncio.open_connection(LOOPBACK, server.port)
    try:
        writer.write(sent)
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


class TestAnswers:
    async def test_a_request_arrives_whole(self, server: LoopbackServer, echo: Echo) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(
                url(server, "/a/b?c=d"), content=b"x", headers={"X-One": "1"}
            )
        assert answer.json() == {"path": "/a/b", "query": "c=d", "body": "x"}
        assert echo.asked[0].method == "POST"
        assert echo.asked[0].headers["x-one"] == "1"

    async def test_a_connection_serves_one_request_after_another(
        self, server: LoopbackServer
    ) -> None:
        reader, writer = await asyncio.open_connection(LOOPBACK, server.port)
        for path in (b"/1", b"/2", b"/3"):
            writer.write(b"GET " + path + b" HTTP/1.1\r\nhost: x\r\n\r\n")
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            assert path in await asyncio.wait_for(reader.readline(), 10)
        writer.close()

    async def test_head_gets_no_body(self, server: LoopbackServer) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            whole = await client.get(url(server))
            head = await client.head(url(server))
        assert head.content == b""
        assert head.headers["content-length"] == str(len(whole.content))

    async def test_it_can_hang_up_without_a_word(self, server: LoopbackServer) -> None:
        assert await raw(server, b"GET /silence HTTP/1.1\r\nhost: x\r\n\r\n") == b""

    async def test_a_body_can_drip(self, server: LoopbackServer, clock: FakeClock) -> None:
        reader, writer = await asyncio.open_connection(LOOPBACK, server.port)
        writer.write(b"GET /drip HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        assert b"content-length: 4" in head
        for byte in b"slow":
            await clock.advance(0.9)
            assert reader._buffer == b""
            await clock.advance(0.1)
            assert await asyncio.wait_for(reader.readexactly(1), 10) == bytes([byte])
        writer.close()

    async def test_a_client_that_breaks_off_disturbs_nobody(
        self, server: LoopbackServer, clock: FakeClock
    ) -> None:
        client = socket.create_connection((LOOPBACK, server.port), timeout=10)
        client.sendall(b"GET /drip HTTP/1.1\r\nhost: x\r\n\r\n")
        await clock.advance(1)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()  # with a reset
        await clock.advance(10)
        async with httpx.AsyncClient(trust_env=False) as next_client:
            assert (await next_client.get(url(server))).status_code == 200

    async def test_a_request_is_given_up_when_its_client_leaves(
        self, server: LoopbackServer, echo: Echo, clock: FakeClock
    ) -> None:
        _, writer = await asyncio.open_connection(LOOPBACK, server.port)
        writer.write(b"GET /hold HTTP/1.1\r\nhost: x\r\n\r\n")
        await reached(clock, lambda: echo.held == 1)
        writer.close()
        await reached(clock, lambda: echo.held == 0)


async def reached(clock: FakeClock, condition) -> None:
    for _ in range(1_000):
        if condition():
            return
        await clock.settle()
    raise AssertionError("it never came to that")


class TestNonsense:
    @pytest.mark.parametrize(
        ("sent", "status"),
        [
            (b"hello\r\n\r\n", b"400"),
            (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
            (b"GET /" + b"a" * 20_000, b"431"),
            (
                b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 70000\r\n\r\n" + b"b" * 70_000,
                b"413",
            ),
        ],
    )
    async def test_it_is_refused_and_the_connection_closed(
        self, server: LoopbackServer, sent: bytes, status: bytes
    ) -> None:
        assert (await raw(server, sent)).startswith(b"HTTP/1.1 " + status)

    async def test_half_a_request_is_no_request(self, server: LoopbackServer, echo: Echo) -> None:
        _, writer = await asyncio.open_connection(LOOPBACK, server.port)
        writer.write(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf")
        writer.close()
        await writer.wait_closed()
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(url(server, "/next"))
        assert [request.path for request in echo.asked] == ["/next"]


class TestListener:
    async def test_it_comes_back_on_the_same_port(self, server: LoopbackServer) -> None:
        port = server.port
        await server.refuse()
        assert not server.listening
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(LOOPBACK, port)
        server.listen()
        assert server.port == port
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(url(server))).status_code == 200

    async def test_nobody_can_take_its_port_meanwhile(self, server: LoopbackServer) -> None:
        await server.refuse()
        with socket.socket() as thief, pytest.raises(OSError, match="in use"):
            thief.bind((LOOPBACK, server.port))

    async def test_refusing_breaks_off_what_is_under_way(
        self, server: LoopbackServer, echo: Echo, clock: FakeClock
    ) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            asking = asyncio.create_task(client.get(url(server, "/hold")))
            await reached(clock, lambda: echo.held == 1)
            await server.refuse()
            with pytest.raises(httpx.TransportError):
                await asking

    async def test_doing_it_twice_is_doing_it_once(self, server: LoopbackServer) -> None:
        server.listen()
        await server.refuse()
        await server.refuse()
        server.listen()
        assert server.listening

    async def test_the_port_is_given_back_in_the_end(self, echo: Echo, clock: FakeClock) -> None:
        server = LoopbackServer(echo, clock)
        server.listen()
        await server.refuse()
        await server.stop()
        with socket.socket() as next_owner:
            next_owner.bind((LOOPBACK, server.port))

    async def test_it_listens_on_loopback_and_nowhere_else(self, server: LoopbackServer) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as route:
            try:
                route.connect(("192.0.2.1", 9))
            except OSError:
                pytest.skip("this machine has no other address than loopback")
            outside = route.getsockname()[0]
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(outside, server.port)


def test_who_wants_a_page_says_so() -> None:
    browser = Request("GET", "/", headers={"accept": "text/HTML,application/xml;q=0.9"})
    program = Request("GET", "/", headers={"accept": "*/*"})
    assert (browser.wants_html, program.wants_html) == (True, False)
    assert page("Title", "Text").content_type.startswith("text/html")


async def test_a_client_that_came_in_the_instant_of_stopping_is_let_go(
    echo: Echo, clock: FakeClock
) -> None:
    server = LoopbackServer(echo, clock)
    server.listen()
    with socket.create_connection((LOOPBACK, server.port), timeout=10) as client:
        await asyncio.sleep(0)  # the connection is accepted, its task has not run yet
        await server.stop()
        with suppress(ConnectionResetError):
            assert client.recv(1) == b""
    assert echo.asked == []
