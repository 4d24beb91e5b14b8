"""Redirects are followed as far as is safe, and no step further."""

from __future__ import annotations

import httpx
import pytest
from hostile import HostileServers, left_behind, unused_port

from sentinel_tui.config.checks import HttpCheck
from sentinel_tui.config.secrets import Secret
from sentinel_tui.domain.addresses import NOT_FORBIDDEN, PUBLIC_ONLY
from sentinel_tui.domain.monitoring.observations import FailurePhase, Outcome
from sentinel_tui.probes.faults import ProbeFailure
from sentinel_tui.probes.prober import Prober
from sentinel_tui.probes.redirects import MOST_HOPS, Hop, is_redirect, next_hop

PUBLIC_IP = "93.184.215.14"
START = Hop("GET", httpx.URL("https://shop.example/cart?x=1"))


def test_a_relative_location_stays_at_the_origin() -> None:
    hop = next_hop(START, 302, "../login", PUBLIC_IP)

    assert str(hop.url) == "https://shop.example/login"
    assert hop.trusted


@pytest.mark.parametrize(
    "location",
    [
        "https://other.example/",
        "https://shop.example:8443/",
        "//cdn.shop.example/",
        "https://SHOP.example.evil.example/",
    ],
)
def test_another_origin_is_not_trusted(location: str) -> None:
    assert not next_hop(START, 302, location, PUBLIC_IP).trusted


def test_trust_that_was_lost_does_not_come_back() -> None:
    away = next_hop(START, 302, "https://other.example/", PUBLIC_IP)

    assert not next_hop(away, 302, "https://shop.example/", PUBLIC_IP).trusted


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("http://shop.example/", "from https"),
        ("https://shop.example/cart?x=1", "circle"),
        ("https://user:hunter22@shop.example/", "user name"),
        ("ftp://shop.example/", "no web address"),
        ("file:///etc/passwd", "no web address"),
        ("https://shop.example:99999/", "port"),
        ("https://shop.example:0/", "port"),
        ("https://[::1/", "no usable address"),
        ("/" + "x" * 3_000, "no usable address"),
        ("/a\x1b[31m", "no usable address"),
    ],
)
def test_what_is_not_followed(location: str, says: str) -> None:
    with pytest.raises(ProbeFailure, match=says) as failure:
        next_hop(START, 302, location, PUBLIC_IP)

    assert failure.value.phase is FailurePhase.ASSERTION
    assert "hunter22" not in failure.value.error


@pytest.mark.parametrize(
    ("method", "status", "expected"),
    [
        ("POST", 301, "GET"),
        ("POST", 302, "GET"),
        ("POST", 303, "GET"),
        ("POST", 307, "POST"),
        ("PUT", 308, "PUT"),
        ("HEAD", 302, "HEAD"),
        ("GET", 303, "GET"),
    ],
)
def test_the_method_of_the_next_request(method: str, status: int, expected: str) -> None:
    hop = next_hop(Hop(method, START.url, with_body=method == "POST"), status, "/next", PUBLIC_IP)

    assert hop.method == expected
    assert hop.with_body == (method == "POST" and expected == "POST")


def test_a_body_is_not_taken_to_another_origin() -> None:
    with pytest.raises(ProbeFailure, match="body"):
        next_hop(Hop("POST", START.url, with_body=True), 307, "https://other.example/", PUBLIC_IP)


def test_only_a_private_sender_may_lead_to_private_addresses() -> None:
    assert next_hop(START, 302, "/a", PUBLIC_IP).allowed == PUBLIC_ONLY
    private = next_hop(START, 302, "/a", "10.0.0.7")
    assert private.allowed == NOT_FORBIDDEN
    outside = next_hop(private, 302, "/b", PUBLIC_IP)
    assert outside.allowed == PUBLIC_ONLY
    assert next_hop(outside, 302, "/c", "10.0.0.7").allowed == PUBLIC_ONLY


@pytest.mark.parametrize(
    ("status", "location", "expected"),
    [(302, "/", True), (302, "", False), (304, "/", False), (201, "/", False), (300, "/", False)],
)
def test_which_answers_redirect(status: int, location: str, expected: bool) -> None:
    assert is_redirect(status, location) is expected


async def test_redirects_are_followed_and_their_phases_added(
    hostile: HostileServers, prober: Prober
) -> None:
    last = hostile.serve(hostile.answers_with(b"here"))
    first = hostile.serve(hostile.redirects(f"http://127.0.0.1:{last}/there"))

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{first}/", contains="here"))

    assert (seen.outcome, seen.status) == (Outcome.OK, 200), seen
    assert seen.address == f"127.0.0.1:{last}"
    assert [head.split()[1] for head in hostile.requests] == [b"/", b"/there"]
    assert left_behind(first) == left_behind(last) == []


async def test_a_redirect_is_an_answer_where_none_are_followed(
    hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(hostile.redirects("/elsewhere"))
    check = HttpCheck(url=f"http://127.0.0.1:{port}/", follow_redirects=False, status=["302"])

    seen = await prober.look(check)

    assert (seen.outcome, seen.status) == (Outcome.OK, 302)
    assert len(hostile.requests) == 1


async def test_a_circle_ends(hostile: HostileServers, prober: Prober) -> None:
    port = hostile.serve(hostile.redirects("/"))

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/"))

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.ASSERTION)
    assert "circle" in seen.error
    assert len(hostile.requests) == 1


async def test_redirects_for_ever_end(hostile: HostileServers, prober: Prober) -> None:
    port = hostile.serve(hostile.redirects_on(hops=50))

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/"))

    assert (seen.outcome, seen.phase, seen.status) == (Outcome.FAIL, FailurePhase.ASSERTION, 302)
    assert f"more than the {MOST_HOPS}" in seen.error
    assert len(hostile.requests) == MOST_HOPS + 1
    assert left_behind(port) == []


@pytest.mark.parametrize("host", ["169.254.169.254", "[fd00:ec2::254]", "[::ffff:169.254.169.254]"])
async def test_no_redirect_leads_to_a_clouds_secrets(
    host: str, hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(hostile.redirects(f"http://{host}/latest/meta-data/"))

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/"))

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.CONNECT)
    assert seen.error.startswith("no probe may be sent to")


async def test_not_even_the_configuration_leads_there(prober: Prober) -> None:
    seen = await prober.look(HttpCheck(url="http://169.254.169.254/"))

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.CONNECT)


async def test_credentials_stay_with_the_first_origin(
    hostile: HostileServers, prober: Prober
) -> None:
    last = hostile.serve(hostile.answers_with(b""))
    first = hostile.serve(hostile.redirects(f"http://127.0.0.1:{last}/"))
    check = HttpCheck(
        url=f"http://127.0.0.1:{first}/",
        headers={"X-Plain": "plain-value"},
        secret_headers={"X-Api-Key": Secret("secret-value-1")},
        bearer=Secret("secret-value-2"),
    )

    seen = await prober.look(check)

    sent, followed = hostile.requests
    assert seen.outcome is Outcome.OK
    for value in (b"plain-value", b"secret-value-1", b"Bearer secret-value-2"):
        assert value in sent
        assert value not in followed


async def test_credentials_go_along_within_the_origin(
    hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(hostile.redirects_on(hops=1))
    check = HttpCheck(url=f"http://127.0.0.1:{port}/", bearer=Secret("secret-value-3"))

    seen = await prober.look(check)

    assert seen.outcome is Outcome.OK
    assert [b"secret-value-3" in head for head in hostile.requests] == [True, True]


async def test_a_redirect_to_nobody_fails_to_connect(
    hostile: HostileServers, prober: Prober
) -> None:
    nobody = unused_port()
    port = hostile.serve(hostile.redirects(f"http://127.0.0.1:{nobody}/"))

    seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/"))

    assert (seen.phase, seen.status) == (FailurePhase.CONNECT, None)
    assert seen.error == f"refused by 127.0.0.1:{nobody}"
