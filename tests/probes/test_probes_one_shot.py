"""One look at any URL, without a configuration."""

from __future__ import annotations

import json

import pytest
from hostile import HostileServers, says_nothing, unused_port

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.checks import (
    DnsCheck,
    DomainCheck,
    HttpCheck,
    IcmpCheck,
    TcpCheck,
    TlsCheck,
)
from sentinel_tui.domain.monitoring.observations import (
    Certificate,
    FailurePhase,
    Observation,
    Outcome,
    PhaseTimings,
)
from sentinel_tui.errors import UsageError
from sentinel_tui.probes.one_shot import as_json, check_for, check_once


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.example/a?b", HttpCheck(url="https://shop.example/a?b")),
        ("http://127.0.0.1:8080", HttpCheck(url="http://127.0.0.1:8080")),
        ("tcp://db.example:5432", TcpCheck(host="db.example", port=5432)),
        ("tcp://[::1]:25", TcpCheck(host="::1", port=25)),
        ("tls://shop.example", TlsCheck(host="shop.example")),
        ("tls://shop.example:8443", TlsCheck(host="shop.example", port=8443)),
        ("dns://shop.example", DnsCheck(host="shop.example")),
        ("ping://shop.example", IcmpCheck(host="shop.example")),
        ("domain://shop.example", DomainCheck(domain="shop.example")),
    ],
)
def test_urls_and_the_checks_they_stand_for(url: str, expected: object) -> None:
    assert check_for(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.example",
        "ftp://shop.example",
        "file:///etc/passwd",
        "https://",
        "https://me:hunter22@shop.example/",
        "https://shop.example:99999/",
        "https://[::1/",
        "tcp://db.example",
        "tcp://db.example:0",
        "tls://",
        "dns://",
        "ping://a b",
        "domain://localhost",
        "https://shop.example/\x1b[31m",
    ],
)
def test_what_cannot_be_looked_at_is_a_usage_error(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_for(url)

    assert "\x1b" not in str(refused.value)
    assert "hunter22" not in str(refused.value)
    assert "https://HOST" in refused.value.hint


async def test_a_look_that_goes_well(hostile: HostileServers) -> None:
    port = hostile.serve(hostile.answers_with(b"hello"))
    clock = FakeClock()

    seen = await check_once(f"http://127.0.0.1:{port}/", 10.0, clock)

    assert (seen.outcome, seen.at_ms) == (Outcome.OK, clock.now_ms())


async def test_the_deadline_is_the_callers(hostile: HostileServers) -> None:
    port = hostile.serve(says_nothing)

    seen = await check_once(f"http://127.0.0.1:{port}/", 0.2)

    assert seen.phase is FailurePhase.TIMEOUT
    assert "within 0.2 s" in seen.error


async def test_a_look_that_fails_as_json() -> None:
    url = f"http://127.0.0.1:{unused_port()}/"

    answer = json.loads(json.dumps(as_json(url, await check_once(url, 10.0))))

    assert answer["url"] == url
    assert answer["outcome"] == "fail"
    assert answer["phase"] == "connect"
    assert answer["status"] is None
    assert answer["latency_ms"] is None
    assert answer["error"].startswith("refused by 127.0.0.1")
    assert set(answer["timings_ms"]) == {"dns", "connect", "tls", "first_byte", "body", "total"}
    assert "certificate" not in answer


def test_json_of_a_certificate() -> None:
    certificate = Certificate("ab" * 32, "shop.example", "Somebody R1", 1, 2)
    seen = Observation(
        at_ms=0,
        outcome=Outcome.SLOW,
        timings=PhaseTimings(tls_ms=3.5, total_ms=9.0),
        latency_ms=9.0,
        status=200,
        certificate=certificate,
    )

    answer = as_json("https://shop.example", seen)

    assert (answer["outcome"], answer["phase"], answer["latency_ms"]) == ("slow", None, 9.0)
    assert answer["timings_ms"]["tls"] == 3.5
    assert answer["certificate"]["subject"] == "shop.example"
    assert answer["certificate"]["not_after_ms"] == 2
