"""From a name to a connection: which address is taken, and whose fault it is when none is."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import dns.rcode
import dns.resolver
import pytest
from hostile import HostileServers, left_behind, says_nothing, unused_port
from name_server import NameServer, zone

from sentinel_tui.config.checks import HttpCheck, TcpCheck
from sentinel_tui.domain.monitoring.observations import FailurePhase, Outcome
from sentinel_tui.probes import network
from sentinel_tui.probes.prober import Prober


class System:
    """Stands for what the operating system knows of names."""

    def __init__(self) -> None:
        self.knows: list[str] = []
        self.error: socket.gaierror | None = None

    def getaddrinfo(self, *_: object, **__: object) -> list[tuple[object, ...]]:
        if self.error is not None:
            raise self.error
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 0)) for ip in self.knows]


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    one = System()
    monkeypatch.setattr(socket, "getaddrinfo", one.getaddrinfo)
    return one


@pytest.fixture
def swallower() -> Iterator[tuple[str, int]]:
    """A port at which connections neither open nor fail: its queue is full."""
    listener = socket.socket()
    listener.bind(("127.0.0.2", 0))
    listener.listen(0)
    port = listener.getsockname()[1]
    waiting = []
    for _ in range(4):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(("127.0.0.2", port))
        waiting.append(one)
    yield "127.0.0.2", port
    for one in (*waiting, listener):
        one.close()


async def test_the_next_address_is_taken_where_the_first_refuses(
    hostile: HostileServers, prober: Prober, system: System
) -> None:
    port = hostile.serve(says_nothing)
    system.knows = ["127.0.0.3", "127.0.0.1"]

    seen = await prober.look(TcpCheck(host="shop.example", port=port))

    assert (seen.outcome, seen.address) == (Outcome.OK, f"127.0.0.1:{port}")
    assert left_behind(port) == []


async def test_the_next_address_is_taken_where_the_first_is_silent(
    prober: Prober,
    system: System,
    swallower: tuple[str, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(network, "_PATIENCE_S", 0.1)
    silent, port = swallower
    with socket.create_server(("127.0.0.1", port)):
        system.knows = [silent, "127.0.0.1"]
        seen = await prober.look(TcpCheck(host="shop.example", port=port))

    assert (seen.outcome, seen.address) == (Outcome.OK, f"127.0.0.1:{port}"), seen


async def test_a_connection_that_neither_opens_nor_fails_is_cut_off(
    prober: Prober, swallower: tuple[str, int]
) -> None:
    host, port = swallower

    seen = await prober.look(TcpCheck(host=host, port=port), timeout_s=0.3)

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.TIMEOUT)
    assert seen.error == f"no connection to {host}:{port} within 0.3 s"


async def test_all_addresses_refuse(prober: Prober, system: System) -> None:
    system.knows = ["127.0.0.1", "127.0.0.3"]
    port = unused_port()

    seen = await prober.look(TcpCheck(host="shop.example", port=port))

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.CONNECT)
    assert seen.error == f"refused by 127.0.0.1:{port}"


async def test_a_name_may_not_hide_a_forbidden_address(prober: Prober, system: System) -> None:
    system.knows = ["169.254.169.254"]

    seen = await prober.look(HttpCheck(url="http://innocent.example/"))

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.CONNECT)
    assert seen.error == "no probe may be sent to 169.254.169.254, where innocent.example leads"


async def test_of_several_addresses_only_the_permitted_are_tried(
    hostile: HostileServers, prober: Prober, system: System
) -> None:
    port = hostile.serve(hostile.answers_with(b""))
    system.knows = ["169.254.169.254", "127.0.0.1"]

    seen = await prober.look(HttpCheck(url=f"http://shop.example:{port}/"))

    assert (seen.outcome, seen.address) == (Outcome.OK, f"127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("code", "outcome", "phase"),
    [
        (socket.EAI_NONAME, Outcome.FAIL, FailurePhase.DNS),
        (socket.EAI_FAIL, Outcome.FAIL, FailurePhase.DNS),
        (socket.EAI_MEMORY, Outcome.INCONCLUSIVE, None),
        (socket.EAI_SYSTEM, Outcome.INCONCLUSIVE, None),
    ],
)
async def test_what_the_system_says_of_a_name(
    code: int, outcome: Outcome, phase: FailurePhase | None, prober: Prober, system: System
) -> None:
    system.error = socket.gaierror(code, "as it says")

    seen = await prober.look(TcpCheck(host="shop.example", port=80))

    assert (seen.outcome, seen.phase) == (outcome, phase)
    assert "shop.example" in seen.error


@pytest.mark.parametrize("alive", [True, False])
async def test_a_name_that_cannot_be_looked_up_just_now(
    alive: bool, prober: Prober, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = NameServer(zone(rcode=dns.rcode.SERVFAIL))

    class Configuration:
        nameservers = ("127.0.0.1",)
        port = server.port if alive else unused_port()

    monkeypatch.setattr(dns.resolver, "Resolver", Configuration)
    system.error = socket.gaierror(socket.EAI_AGAIN, "temporary failure")

    seen = await prober.look(TcpCheck(host="shop.example", port=80))
    server.close()

    expected = (Outcome.FAIL, FailurePhase.DNS) if alive else (Outcome.INCONCLUSIVE, None)
    assert (seen.outcome, seen.phase) == expected
