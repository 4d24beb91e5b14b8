"""Questions to a name server, and what its answers must be like."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import dns.rcode
import dns.resolver
import pytest
from hostile import unused_port
from name_server import Answer, NameServer, forged_first, silence, truncated, zone

from sentinel_tui.config.checks import DnsCheck
from sentinel_tui.domain.monitoring.observations import FailurePhase, Outcome
from sentinel_tui.probes.dns import parse_name_server
from sentinel_tui.probes.name_servers import NameServer as Where
from sentinel_tui.probes.name_servers import name_server_answers
from sentinel_tui.probes.prober import Prober

Serve = Callable[[Answer], NameServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[NameServer] = []

    def start(answer: Answer) -> NameServer:
        servers.append(NameServer(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def ask(server: NameServer, **expectations: str) -> DnsCheck:
    return DnsCheck.model_validate(
        {"host": "shop.example", "resolver": server.address} | expectations
    )


@pytest.mark.parametrize(
    ("records", "expectations", "problem"),
    [
        (["shop.example. 60 IN A 192.0.2.1"], {}, ""),
        (["shop.example. 60 IN A 192.0.2.1"], {"contains": "192.0.2.1"}, ""),
        (["shop.example. 60 IN A 192.0.2.1"], {"contains": "192.0.2.7"}, "192.0.2.1"),
        (
            ["shop.example. 60 IN CNAME cdn.example.", "cdn.example. 60 IN A 192.0.2.1"],
            {"contains": "192.0.2.1"},
            "",
        ),
        (["shop.example. 60 IN CNAME cdn.example."], {"record": "CNAME", "contains": "CDN."}, ""),
        (["shop.example. 60 IN MX 10 mail.example."], {"record": "MX", "contains": "mail"}, ""),
        (['shop.example. 60 IN TXT "v=spf1 -all"'], {"record": "TXT", "contains": "spf1"}, ""),
        ([], {}, "shop.example has no A record"),
        (["shop.example. 60 IN A 192.0.2.1"], {"record": "AAAA"}, "has no AAAA record"),
        (["shop.example. 60 IN A 192.0.2.1"], {"rcode": "NXDOMAIN"}, "expected NXDOMAIN"),
    ],
)
async def test_answers(
    records: list[str], expectations: dict[str, str], problem: str, serve: Serve, prober: Prober
) -> None:
    seen = await prober.look(ask(serve(zone(*records)), **expectations))

    if problem:
        assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.ASSERTION), seen
        assert problem in seen.error
        assert "shop.example" in seen.kept
    else:
        assert (seen.outcome, seen.error) == (Outcome.OK, "")
        assert seen.timings.first_byte_ms is not None
    assert seen.status == dns.rcode.NOERROR


async def test_a_name_that_must_not_exist(serve: Serve, prober: Prober) -> None:
    server = serve(zone(rcode=dns.rcode.NXDOMAIN))

    wanted = await prober.look(ask(server, rcode="NXDOMAIN"))
    unwanted = await prober.look(ask(server))

    assert (wanted.outcome, wanted.status) == (Outcome.OK, 3)
    assert (unwanted.outcome, unwanted.phase) == (Outcome.FAIL, FailurePhase.ASSERTION)
    assert unwanted.error == "NXDOMAIN for shop.example, expected NOERROR"


async def test_an_answer_too_large_for_a_datagram_comes_by_tcp(
    serve: Serve, prober: Prober
) -> None:
    seen = await prober.look(ask(serve(truncated), contains="192.0.2.9"))

    assert seen.outcome is Outcome.OK, seen


async def test_what_is_no_answer_to_the_question_is_not_believed(
    serve: Serve, prober: Prober
) -> None:
    seen = await prober.look(ask(serve(forged_first), contains="192.0.2.1"))

    assert seen.outcome is Outcome.OK, seen


async def test_silence_is_a_timeout(serve: Serve, prober: Prober) -> None:
    server = serve(silence)

    seen = await prober.look(ask(server), timeout_s=0.3)

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.TIMEOUT)
    assert server.address in seen.error
    assert seen.wake_hint is None


async def test_nobody_listens(prober: Prober) -> None:
    check = DnsCheck(host="shop.example", resolver=f"127.0.0.1:{unused_port()}")

    seen = await prober.look(check)

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.CONNECT)
    assert seen.error == f"refused by {check.resolver}"


async def test_an_address_is_asked_for_by_its_reverse_name(serve: Serve, prober: Prober) -> None:
    server = serve(zone("1.2.0.192.in-addr.arpa. 60 IN PTR shop.example."))
    check = DnsCheck(
        host="192.0.2.1", record="PTR", contains="shop.example", resolver=server.address
    )

    seen = await prober.look(check)

    assert seen.outcome is Outcome.OK, seen
    assert server.asked == ["1.2.0.192.in-addr.arpa. IN PTR"]


async def test_hostile_records_are_harmless(serve: Serve, prober: Prober) -> None:
    server = serve(zone(r'shop.example. 60 IN TXT "\027[31m\226\128\174evil"'))

    seen = await prober.look(ask(server, record="TXT", contains="missing"))

    assert seen.outcome is Outcome.FAIL
    assert "\x1b" not in seen.error + seen.kept
    assert "\u202e" not in seen.error + seen.kept


@pytest.mark.parametrize("known", [True, False])
async def test_without_a_resolver_the_systems_name_servers_are_asked(
    known: bool, serve: Serve, prober: Prober, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(zone("shop.example. 60 IN A 192.0.2.1"))

    class Configuration:
        nameservers = ("127.0.0.1",) if known else ()
        port = server.port

    monkeypatch.setattr(dns.resolver, "Resolver", Configuration)

    seen = await prober.look(DnsCheck(host="shop.example"))

    assert seen.outcome is (Outcome.OK if known else Outcome.INCONCLUSIVE), seen


@pytest.mark.parametrize(
    ("written", "where"),
    [
        ("9.9.9.9", Where("9.9.9.9", 53)),
        ("9.9.9.9:5353", Where("9.9.9.9", 5353)),
        ("2620:fe::9", Where("2620:fe::9", 53)),
        ("[2620:fe::9]:5353", Where("2620:fe::9", 5353)),
    ],
)
def test_resolvers_as_they_are_written(written: str, where: Where) -> None:
    assert parse_name_server(written) == where


async def test_a_name_server_shows_life_whatever_it_answers(serve: Serve) -> None:
    alive = serve(zone(rcode=dns.rcode.REFUSED))
    dead = Where("127.0.0.1", unused_port())

    assert await name_server_answers([Where("127.0.0.1", alive.port)])
    assert await name_server_answers([dead, Where("127.0.0.1", alive.port)])
    assert not await name_server_answers([dead])
    assert not await name_server_answers([])
