"""Our own network: witnesses on real loopback sockets, and rounds on a clock the test holds."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.network import NetworkOptions
from sentinel_tui.engine.own_network import (
    DEADLINE_S,
    OwnNetwork,
    Questions,
    default_gateway,
    is_loopback,
)

ANYWHERE = socket.inet_ntoa(bytes(4))

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server on loopback; gives its port."""
    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def answering(answer: bytes, asked: list[bytes] | None = None) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        if asked is not None:
            asked.append(request)
        writer.write(answer)
        writer.close()

    return talk


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await reader.read()
    finally:
        writer.close()


def closed_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture
def questions() -> Iterator[Questions]:
    asking = Questions()
    yield asking
    asking.close()


class TestHostAndPort:
    async def test_one_that_takes_connections_answers(self, questions: Questions) -> None:
        async with listening(hang_up) as port:
            assert await questions.ask(f"127.0.0.1:{port}") is True

    async def test_a_refusal_is_no_answer(self, questions: Questions) -> None:
        assert await questions.ask(f"127.0.0.1:{closed_port()}") is False

    async def test_a_name_is_looked_up(self, questions: Questions) -> None:
        async with listening(hang_up) as port:
            assert await questions.ask(f"localhost:{port}") is True

    async def test_ipv6_is_written_in_brackets(self, questions: Questions) -> None:
        with socket.socket(socket.AF_INET6) as sock:
            try:
                sock.bind(("::1", 0))
            except OSError:
                pytest.skip("this machine has no IPv6 loopback")
            sock.listen()
            assert await questions.ask(f"[::1]:{sock.getsockname()[1]}") is True


class TestUrl:
    @pytest.mark.parametrize("status", ["204 No Content", "200 OK", "299"])
    async def test_success_is_an_answer(self, questions: Questions, status: str) -> None:
        async with listening(answering(f"HTTP/1.1 {status}\r\n\r\n".encode())) as port:
            assert await questions.ask(f"http://127.0.0.1:{port}/generate_204") is True

    @pytest.mark.parametrize(
        "answer",
        [
            b"HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n",
            b"HTTP/1.1 511 Network Authentication Required\r\n\r\n",
            b"HTTP/1.1 2",
            b"SSH-2.0-OpenSSH 200\r\n",
            b"",
        ],
        ids=["redirect", "portal", "cut short", "no http", "nothing"],
    )
    async def test_anything_else_is_none(self, questions: Questions, answer: bytes) -> None:
        async with listening(answering(answer)) as port:
            assert await questions.ask(f"http://127.0.0.1:{port}/") is False

    async def test_it_asks_for_the_path_and_names_the_host(self, questions: Questions) -> None:
        asked: list[bytes] = []
        async with listening(answering(b"HTTP/1.1 204 No Content\r\n\r\n", asked)) as port:
            await questions.ask(f"http://127.0.0.1:{port}/are/you?there=1")
            await questions.ask(f"http://127.0.0.1:{port}")
        lines = [request.split(b"\r\n") for request in asked]
        assert [line[0] for line in lines] == [
            b"GET /are/you?there=1 HTTP/1.1",
            b"GET / HTTP/1.1",
        ]
        assert f"Host: 127.0.0.1:{port}".encode() in lines[0]

    async def test_a_closed_port_is_no_answer(self, questions: Questions) -> None:
        assert await questions.ask(f"http://127.0.0.1:{closed_port()}/") is False

    async def test_a_trusted_certificate_is_believed(
        self, questions: Questions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        async with self._serving(authority) as port:
            assert await questions.ask(f"https://127.0.0.1:{port}/") is True
            assert await questions.ask(f"https://127.0.0.1:{port}/") is True

    async def test_a_certificate_that_nobody_trusts_is_not(self, questions: Questions) -> None:
        async with self._serving(trustme.CA()) as port:
            assert await questions.ask(f"https://127.0.0.1:{port}/") is False

    @asynccontextmanager
    async def _serving(self, authority: trustme.CA) -> AsyncIterator[int]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        talk = answering(b"HTTP/1.1 204 No Content\r\n\r\n")
        async with listening(talk, context) as port:
            yield port


HEADING = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"


def route(gateway: str, *, destination: str = ANYWHERE, flags: int = 3, metric: int = 0) -> str:
    def number(address: str) -> str:
        return f"{struct.unpack('=I', socket.inet_aton(address))[0]:08X}"

    mask = "00000000" if destination == ANYWHERE else "00FFFFFF"
    fields = ["eth0", number(destination), number(gateway), f"{flags:04X}", "0", "0", str(metric)]
    return "\t".join([*fields, mask, "0", "0", "0"]) + "\n"


class TestGateway:
    def test_it_stands_in_the_default_route(self) -> None:
        routes = HEADING + route(ANYWHERE, destination="192.0.2.0", flags=1) + route("192.0.2.1")
        assert default_gateway(routes) == "192.0.2.1"

    def test_of_several_the_nearest_is_meant(self) -> None:
        routes = HEADING + route("192.0.2.1", metric=600) + route("192.0.2.9", metric=100)
        assert default_gateway(routes) == "192.0.2.9"

    @pytest.mark.parametrize(
        "routes",
        ["", HEADING, HEADING + route(ANYWHERE, flags=1), HEADING + route("192.0.2.1", flags=2)],
        ids=["empty", "no routes", "no gateway", "interface down"],
    )
    def test_there_may_be_none(self, routes: str) -> None:
        assert default_gateway(routes) is None

    async def test_a_refusal_shows_that_it_is_there(self, tmp_path: Path) -> None:
        # Where something listens on one of the ports it is a connection instead: just as good.
        assert await self._ask(tmp_path, HEADING + route("127.0.0.1")) is True

    async def test_an_address_that_cannot_be_reached_is_no_answer(self, tmp_path: Path) -> None:
        # The broadcast address: refused by the machine itself, before anything is sent.
        assert await self._ask(tmp_path, HEADING + route("255.255.255.255")) is False

    async def test_without_a_default_route_it_cannot_be_asked(self, tmp_path: Path) -> None:
        assert await self._ask(tmp_path, HEADING) is None

    async def test_without_a_table_of_routes_it_cannot_be_asked(self, tmp_path: Path) -> None:
        questions = Questions(tmp_path / "there is none")
        assert await questions.ask("gateway") is None

    async def _ask(self, tmp_path: Path, routes: str) -> bool | None:
        table = tmp_path / "route"
        table.write_text(routes, encoding="ascii")
        return await Questions(table).ask("gateway")


class Witnesses:
    """Witnesses that the test holds: what each answers, and after how long."""

    def __init__(self, clock: FakeClock, **answers: tuple[bool | None, float]) -> None:
        self.clock = clock
        self.answers = answers
        self.asked: Counter[str] = Counter()
        self.under_way = 0

    async def ask(self, witness: str) -> bool | None:
        self.asked[witness] += 1
        answer, takes_s = self.answers[witness]
        self.under_way += 1
        try:
            await self.clock.sleep(takes_s)
        finally:
            self.under_way -= 1
        return answer

    def network(self, needed: int = 2) -> OwnNetwork:
        return OwnNetwork(self.clock, list(self.answers), needed, self.ask)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


async def after(clock: FakeClock, seconds: float, *waiting: Awaitable[bool]) -> list[bool | None]:
    """What each of them gives once so many seconds have passed; None while it still waits."""
    tasks = [asyncio.ensure_future(one) for one in waiting]
    await clock.advance(seconds)
    answers = [task.result() if task.done() else None for task in tasks]
    for task in tasks:
        task.cancel()
    return answers


class TestQuorum:
    @pytest.mark.parametrize(
        ("answers", "online"),
        [
            ((True, True, True), True),
            ((True, True, False), True),
            ((True, False, False), False),
            ((False, False, False), False),
            ((None, True, True), True),
            ((None, True, False), False),
            ((None, None, True), True),
            ((None, None, False), False),
            ((None, None, None), True),
        ],
    )
    async def test_enough_of_those_that_can_be_asked(
        self, clock: FakeClock, answers: tuple[bool | None, ...], online: bool
    ) -> None:
        witnesses = Witnesses(clock, **{f"w{n}": (one, 0.1) for n, one in enumerate(answers)})
        network = witnesses.network()
        assert await after(clock, 1, network.online_since(clock.elapsed_s())) == [online]

    async def test_without_witnesses_nobody_is_doubted(self, clock: FakeClock) -> None:
        network = OwnNetwork(clock, [], 2)
        assert await network.online_since(clock.elapsed_s())
        assert not network.may_doubt("example.org")

    async def test_enough_answers_are_enough(self, clock: FakeClock) -> None:
        witnesses = Witnesses(clock, a=(True, 0.1), b=(True, 0.1), c=(True, 2.9))
        network = witnesses.network()
        assert await after(clock, 0.2, network.online_since(clock.elapsed_s())) == [True]
        await clock.settle()
        assert witnesses.under_way == 0

    async def test_a_witness_has_its_time_and_no_more(self, clock: FakeClock) -> None:
        witnesses = Witnesses(clock, a=(True, DEADLINE_S - 0.1), b=(True, DEADLINE_S + 0.1))
        begin_s = clock.elapsed_s()
        waiting = asyncio.ensure_future(witnesses.network().online_since(begin_s))
        await clock.advance(DEADLINE_S - 0.05)
        assert not waiting.done()
        await clock.advance(0.05)
        assert waiting.done()
        assert not waiting.result()

    async def test_a_fault_of_our_own_is_no_lost_network(
        self, clock: FakeClock, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def ask(witness: str) -> bool:
            raise ZeroDivisionError

        assert await OwnNetwork(clock, ["a", "b"], 2, ask).online_since(0.0)
        assert "Sentinel itself" in caplog.text


class TestRounds:
    async def test_whoever_doubts_at_the_same_time_shares_a_round(self, clock: FakeClock) -> None:
        witnesses = Witnesses(clock, a=(True, 1.0), b=(True, 1.0))
        network, now_s = witnesses.network(), clock.elapsed_s()
        answers = await after(clock, 2, *(network.online_since(now_s) for _ in range(20)))
        assert answers == [True] * 20
        assert witnesses.asked == {"a": 1, "b": 1}

    async def test_an_answer_serves_every_look_that_had_ended_before_it(
        self, clock: FakeClock
    ) -> None:
        witnesses = Witnesses(clock, a=(False, 1.0), b=(False, 1.0))
        network, now_s = witnesses.network(), clock.elapsed_s()
        await after(clock, 2, network.online_since(now_s))
        assert await network.online_since(now_s - 5) is False
        assert witnesses.asked == {"a": 1, "b": 1}

    async def test_an_answer_older_than_the_look_does_not_count(self, clock: FakeClock) -> None:
        witnesses = Witnesses(clock, a=(False, 0.1), b=(False, 0.1))
        network = witnesses.network()
        assert await after(clock, 1, network.online_since(clock.elapsed_s())) == [False]
        witnesses.answers = {"a": (True, 0.1), "b": (True, 0.1)}
        assert await after(clock, 1, network.online_since(clock.elapsed_s())) == [True]

    async def test_looks_that_end_during_a_round_share_the_next_one(self, clock: FakeClock) -> None:
        witnesses = Witnesses(clock, a=(False, 2.0), b=(False, 2.0))
        network = witnesses.network()
        first = asyncio.ensure_future(network.online_since(clock.elapsed_s()))
        later = []
        for _ in range(3):
            await clock.advance(0.5)
            later.append(asyncio.ensure_future(network.online_since(clock.elapsed_s())))
        await clock.advance(0.5)
        assert first.done()
        assert not any(one.done() for one in later)
        witnesses.answers = {"a": (True, 0.1), "b": (True, 0.1)}
        await clock.advance(2.0)
        # The next round had begun by the old answers.
        assert [await one for one in later] == [False] * 3
        assert witnesses.asked == {"a": 2, "b": 2}

    async def test_who_no_longer_waits_leaves_the_others_their_round(
        self, clock: FakeClock
    ) -> None:
        witnesses = Witnesses(clock, a=(True, 1.0), b=(True, 1.0))
        network, now_s = witnesses.network(), clock.elapsed_s()
        impatient = asyncio.ensure_future(network.online_since(now_s))
        patient = asyncio.ensure_future(network.online_since(now_s))
        await clock.advance(0.5)
        impatient.cancel()
        await clock.advance(1.0)
        assert impatient.cancelled()
        assert patient.result()


class TestOverTheNetwork:
    async def test_it_asks_real_witnesses(self, clock: FakeClock) -> None:
        no_content = answering(b"HTTP/1.1 204 No Content\r\n\r\n")
        async with listening(hang_up) as tcp, listening(no_content) as http:
            witnesses = [f"127.0.0.1:{tcp}", f"http://127.0.0.1:{http}/", "127.0.0.1:1"]
            network = OwnNetwork(clock, witnesses, 2)
            assert await network.online_since(clock.elapsed_s())
            strict = OwnNetwork(clock, witnesses, 3)
            assert not await strict.online_since(clock.elapsed_s())
            network.close()
            strict.close()

    async def test_a_witness_that_says_nothing_is_given_up_in_time(self, clock: FakeClock) -> None:
        async with listening(say_nothing) as port:
            network = OwnNetwork(clock, [f"http://127.0.0.1:{port}/"], 1)
            asked = asyncio.ensure_future(network.online_since(clock.elapsed_s()))
            done, _ = await asyncio.wait((asked,), timeout=0.2)
            assert not done
            await clock.advance(DEADLINE_S)
            assert await asked is False


class TestLoopback:
    @pytest.mark.parametrize(
        "host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "LocalHost.", "a.localhost"]
    )
    def test_this_machine(self, host: str) -> None:
        assert is_loopback(host)

    @pytest.mark.parametrize(
        "host", ["192.0.2.1", "example.org", "2001:db8::1", "", "localhost.org"]
    )
    def test_elsewhere(self, host: str) -> None:
        assert not is_loopback(host)

    def test_witnesses_outside_say_nothing_about_this_machine(self, clock: FakeClock) -> None:
        network = OwnNetwork(clock, ["127.0.0.1:53", "192.0.2.1:53"], 2)
        assert not network.all_loopback
        assert not network.may_doubt("localhost")
        assert network.may_doubt("example.org")

    def test_witnesses_on_this_machine_do(self, clock: FakeClock) -> None:
        network = OwnNetwork(clock, ["http://127.0.0.1:8080/", "[::1]:53"], 2)
        assert network.all_loopback
        assert network.may_doubt("127.0.0.1")
        assert network.may_doubt("example.org")

    @pytest.mark.parametrize("witness", NetworkOptions().witnesses)
    def test_the_witnesses_of_the_defaults_are_outside(
        self, clock: FakeClock, witness: str
    ) -> None:
        assert not OwnNetwork(clock, [witness], 1).all_loopback
