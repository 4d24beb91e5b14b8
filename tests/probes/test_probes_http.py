"""What an HTTP check asks, expects and reports."""

from __future__ import annotations

import asyncio
import base64
import gzip
from dataclasses import fields
from typing import Any

import pytest
from hostile import HostileServers, Reader, Writer, left_behind, proper_answer

from sentinel_tui.config.checks import HttpCheck
from sentinel_tui.config.secrets import Secret
from sentinel_tui.domain.monitoring.observations import (
    FailurePhase,
    Outcome,
    PhaseTimings,
    WakeHint,
)
from sentinel_tui.probes.prober import Prober

CANARY = "canary-5f2c-Zz+/="


async def test_a_good_answer_has_phases_that_make_up_its_latency(
    hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(hostile.answers_with(b"hello"))

    seen = await prober.look(HttpCheck(url=f"http://localhost:{port}/", ip_version="4"), attempt=2)

    assert (seen.outcome, seen.phase, seen.status, seen.error) == (Outcome.OK, None, 200, "")
    assert seen.attempt == 2
    assert seen.address == f"127.0.0.1:{port}"
    assert seen.kept == ""
    assert seen.latency_ms == seen.timings.total_ms
    assert seen.timings.dns_ms is not None
    assert seen.timings.tls_ms is None
    phases = [getattr(seen.timings, field.name) for field in fields(PhaseTimings)][:-1]
    rounding_ms = 0.01
    assert 0 < sum(phase or 0 for phase in phases) <= seen.timings.total_ms + rounding_ms


async def test_a_literal_address_needs_no_lookup(hostile: HostileServers, prober: Prober) -> None:
    port = hostile.serve(hostile.answers_with(b""))

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/"))

    assert seen.timings.dns_ms is None


async def test_ipv6_and_its_brackets(prober: Prober, hostile: HostileServers) -> None:
    try:
        port = hostile.serve(hostile.answers_with(b""), host="::1")
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")

    seen = await prober.look(HttpCheck(url=f"http://[::1]:{port}/", ip_version="6"))

    assert (seen.outcome, seen.address) == (Outcome.OK, f"[::1]:{port}")
    assert f"Host: [::1]:{port}".encode() in hostile.requests[0]


async def test_the_request_is_what_the_check_says(hostile: HostileServers) -> None:
    got: list[bytes] = []

    async def reads_all(reader: Reader, writer: Writer) -> None:
        got.append(await hostile.head(reader))
        got.append(await reader.readexactly(len("naïve".encode())))
        writer.write(proper_answer(b""))
        await writer.drain()
        await reader.read()

    port = hostile.serve(reads_all)
    check = HttpCheck(
        url=f"http://127.0.0.1:{port}/a?b=c",
        method="PUT",
        headers={"Accept": "application/json", "X-Note": "é"},
        secret_headers={"X-Api-Key": Secret(CANARY)},
        basic_user="me",
        basic_password=Secret("pass-word"),
        body="naïve",
    )

    async with Prober(user_agent="Watcher/1") as prober:
        seen = await prober.look(check)

    head, body = got
    lines = head.decode().split("\r\n")
    pair = base64.b64encode(b"me:pass-word").decode()
    assert seen.outcome is Outcome.OK, seen
    assert lines[0] == "PUT /a?b=c HTTP/1.1"
    for line in (
        f"Host: 127.0.0.1:{port}",
        "user-agent: Watcher/1",
        "accept: application/json",
        "x-note: é",
        f"x-api-key: {CANARY}",
        f"authorization: Basic {pair}",
        "Content-Length: 6",
    ):
        assert line in lines
    assert body == "naïve".encode()


async def test_a_post_without_body_says_that_it_has_none(
    hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(hostile.answers_with(b""))

    await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/", method="POST"))

    assert b"content-length: 0" in hostile.requests[0].lower()


async def test_a_head_has_no_body_however_large_it_would_be(
    hostile: HostileServers, prober: Prober
) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\nContent-Encoding: gzip\r\n\r\n"
    port = hostile.serve(hostile.answers(answer))

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/", method="HEAD"))

    assert seen.outcome is Outcome.OK, seen


@pytest.mark.parametrize(
    "headers",
    [("Content-Encoding: gzip",), ("Content-Encoding: X-GZIP", "Content-Type: text/html")],
)
async def test_gzip_is_unpacked(
    headers: tuple[str, ...], hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(hostile.answers_with(gzip.compress(b"needle" * 1_000), *headers))

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/", contains="needle"))

    assert seen.outcome is Outcome.OK, seen


@pytest.mark.parametrize(
    ("expectations", "error"),
    [
        ({"status": ["204"]}, "status 200, expected 204"),
        ({"contains": "missing"}, "the body does not contain 'missing'"),
        ({"lacks": "ready"}, "the body contains 'ready', which it must not"),
        ({"matches": "^no"}, "the body does not match ^no"),
        ({"json": [{"path": "status", "is": "bad"}]}, 'json status is "ready", expected "bad"'),
        ({"expect_headers": {"X-Not": ""}}, "header X-Not is missing"),
    ],
)
async def test_an_answer_that_is_not_as_expected_is_kept(
    expectations: dict[str, Any], error: str, hostile: HostileServers, prober: Prober
) -> None:
    body = b'{"status": "ready"}'
    port = hostile.serve(hostile.answers_with(body))

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/", **expectations))

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.ASSERTION)
    assert seen.error == error
    assert seen.kept == body.decode()
    assert seen.latency_ms is None


async def test_a_pattern_that_takes_for_ever_is_no_verdict(
    hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(hostile.answers_with(b"a" * 100 + b"b"))

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/", matches="(a+)+$"))

    assert seen.outcome is Outcome.INCONCLUSIVE
    assert "takes too long" in seen.error


async def test_slower_than_allowed_is_slow_and_says_so(
    hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(hostile.answers_with(b""))
    check = HttpCheck(url=f"http://127.0.0.1:{port}/", max_latency_s=0.000_001)

    seen = await prober.look(check)

    assert (seen.outcome, seen.phase) == (Outcome.SLOW, None)
    assert seen.latency_ms == seen.timings.total_ms
    assert seen.error.startswith("took ")
    assert "allowed" in seen.error


@pytest.mark.parametrize(
    ("status", "headers", "body", "hint"),
    [
        ("429 Too Many", ("x-render-routing: hibernate-rate-limited",), b"", WakeHint.HIBERNATING),
        ("200 OK", ("x-render-routing: hibernate-loading",), b"", WakeHint.HIBERNATING),
        (
            "200 OK",
            ("Content-Type: text/html",),
            b"<h1>SERVICE\nWAKING UP</h1>",
            WakeHint.LOADING_PAGE,
        ),
        ("502 Bad Gateway", (), b"", WakeHint.GATEWAY),
        ("503 Unavailable", ("x-render-routing: suspend",), b"", None),
        ("500 Error", (), b"", None),
    ],
)
async def test_an_answer_of_the_platform_is_no_good_answer(
    status: str,
    headers: tuple[str, ...],
    body: bytes,
    hint: WakeHint | None,
    hostile: HostileServers,
    prober: Prober,
) -> None:
    port = hostile.serve(hostile.answers_with(body, *headers, status=status))

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/"))

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.ASSERTION), seen
    assert seen.wake_hint is hint


async def test_a_page_that_holds_what_is_expected_is_no_loading_page(
    hostile: HostileServers, prober: Prober
) -> None:
    page = b"<p>Our service is waking up early. Buy now!</p>"
    port = hostile.serve(hostile.answers_with(page, "Content-Type: text/html"))

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/", contains="Buy now"))

    assert (seen.outcome, seen.wake_hint) == (Outcome.OK, None), seen


async def test_secrets_never_come_back(hostile: HostileServers, prober: Prober) -> None:
    async def echoes(reader: Reader, writer: Writer) -> None:
        head = await hostile.head(reader)
        quiet = head.replace(b"\r\n", b" | ")
        writer.write(proper_answer(quiet * 20, f"X-Echo: {quiet.decode()}", status="500 Echo"))
        await writer.drain()
        await reader.read()

    port = hostile.serve(echoes)
    wrong_status = HttpCheck(
        url=f"http://127.0.0.1:{port}/?key=query-canary",
        secret_headers={"X-Api-Key": Secret(CANARY)},
        basic_user="me",
        basic_password=Secret("basic-canary-1"),
    )
    wrong_header = wrong_status.model_copy(
        update={"status": ["500"], "expect_headers": {"X-Echo": "^nothing$"}}
    )

    for check in (wrong_status, wrong_header):
        seen = await prober.look(check)
        pair = base64.b64encode(b"me:basic-canary-1").decode()
        assert seen.outcome is Outcome.FAIL
        assert "X-Api-Key" in seen.kept or "x-api-key" in seen.kept
        for secret in (CANARY, "basic-canary-1", pair, pair[4:-4]):
            assert secret not in repr(seen)


async def test_a_secret_that_does_not_resolve_is_our_own_fault(
    hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(hostile.answers_with(b""))
    check = HttpCheck(
        url=f"http://127.0.0.1:{port}/", bearer=Secret("env:SENTINEL_TEST_THAT_IS_NOT_SET")
    )

    seen = await prober.look(check)

    assert seen.outcome is Outcome.INCONCLUSIVE
    assert "SENTINEL_TEST_THAT_IS_NOT_SET" in seen.error
    assert hostile.requests == []


async def test_looks_at_the_same_time_do_not_mix(hostile: HostileServers, prober: Prober) -> None:
    ports = [hostile.serve(hostile.answers_with(f"n{number}".encode())) for number in range(5)]

    seen = await asyncio.gather(
        *(
            prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/", contains=f"n{number % 5}"))
            for number, port in enumerate(ports * 4)
        )
    )

    assert [one.outcome for one in seen] == [Outcome.OK] * 20
    assert [one.address for one in seen] == [f"127.0.0.1:{port}" for port in ports * 4]
    assert all(left_behind(port) == [] for port in ports)


async def test_every_look_has_a_connection_of_its_own(
    hostile: HostileServers, prober: Prober
) -> None:
    connections: list[object] = []

    async def stays(reader: Reader, writer: Writer) -> None:
        connections.append(writer.get_extra_info("peername"))
        while await hostile.head(reader):
            writer.write(proper_answer(b""))

    port = hostile.serve(stays)

    for _ in range(3):
        assert (await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/"))).good

    assert len(set(connections)) == 3


async def test_a_proxy_in_the_environment_is_not_used(
    hostile: HostileServers, prober: Prober, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    port = hostile.serve(hostile.answers_with(b""))

    assert (await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/"))).good


async def test_a_cookie_is_not_sent_back(hostile: HostileServers, prober: Prober) -> None:
    port = hostile.serve(hostile.answers_with(b"", "Set-Cookie: a=b"))

    for _ in range(2):
        await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/"))

    assert b"cookie" not in hostile.requests[1].lower()
