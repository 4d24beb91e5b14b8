"""What holds for every look: deadlines, cancellation, and whose fault a failure is."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import socket
from collections.abc import Iterator

import pytest
from hostile import HostileServers, left_behind, says_nothing, unused_port

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.checks import Check, HeartbeatCheck, HttpCheck, TcpCheck, TlsCheck
from sentinel_tui.domain.monitoring.observations import FailurePhase, Outcome
from sentinel_tui.probes.faults import OwnFault, ProbeFailure, socket_fault
from sentinel_tui.probes.prober import Prober, _deadline_fault
from sentinel_tui.probes.trail import Trail

ANY_PORT = 9


def checks_of(port: int) -> list[Check]:
    """One check of each kind that opens a connection."""
    return [
        HttpCheck(url=f"http://127.0.0.1:{port}/"),
        HttpCheck(url=f"https://127.0.0.1:{port}/"),
        TcpCheck(host="127.0.0.1", port=port, expect="never"),
        TlsCheck(host="127.0.0.1", port=port),
    ]


async def test_cancellation_passes_through_and_leaves_nothing(
    hostile: HostileServers, prober: Prober
) -> None:
    port = hostile.serve(says_nothing)

    for check in checks_of(port):
        look = asyncio.create_task(prober.look(check))
        while len(left_behind(port)) < 2:  # the look's task, and then its connection
            await asyncio.sleep(0)
        look.cancel()
        with pytest.raises(asyncio.CancelledError):
            await look
        assert left_behind(port) == []


async def test_a_look_has_the_time_at_which_it_began(hostile: HostileServers) -> None:
    clock = FakeClock()
    port = hostile.serve(hostile.answers_with(b""))

    async with Prober(clock=clock) as prober:
        seen = await prober.look(HttpCheck(url=f"http://127.0.0.1:{port}/"), attempt=3)

    assert (seen.at_ms, seen.attempt) == (clock.now_ms(), 3)


async def test_a_heartbeat_cannot_be_looked_at(prober: Prober) -> None:
    seen = await prober.look(HeartbeatCheck())

    assert seen.outcome is Outcome.INCONCLUSIVE
    assert "reports in" in seen.error


async def test_a_mistake_of_our_own_is_logged_and_no_verdict(
    hostile: HostileServers, prober: Prober, caplog: pytest.LogCaptureFixture
) -> None:
    port = hostile.serve(hostile.answers_with(b""))
    check = HttpCheck(url=f"http://127.0.0.1:{port}/")
    impossible = check.model_copy(update={"status": None})

    seen = await prober.look(impossible)

    assert seen.outcome is Outcome.INCONCLUSIVE
    assert "TypeError" in seen.error
    assert "Traceback" in caplog.text
    assert left_behind(port) == []


async def test_a_url_that_no_client_can_request_is_no_verdict(prober: Prober) -> None:
    seen = await prober.look(HttpCheck(url="http://é!.example/"))

    assert seen.outcome is Outcome.INCONCLUSIVE
    assert "cannot be requested" in seen.error


@pytest.mark.parametrize(
    "host", ["does-not-exist.invalid", "a" * 63 + ".invalid", "under_score.invalid"]
)
async def test_a_name_that_nobody_knows(host: str, prober: Prober) -> None:
    seen = await prober.look(TcpCheck(host=host, port=80))

    # Where there is no name server to ask, that is our own fault and no verdict on the service.
    assert seen.outcome in (Outcome.FAIL, Outcome.INCONCLUSIVE)
    if seen.outcome is Outcome.FAIL:
        assert seen.phase is FailurePhase.DNS
        assert host[:60] in seen.error
    assert seen.timings.dns_ms is not None


async def test_an_address_of_the_wrong_family(prober: Prober) -> None:
    seen = await prober.look(TcpCheck(host="127.0.0.1", port=unused_port(), ip_version="6"))

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.DNS)
    assert seen.error == "127.0.0.1 has no IPv6 address"


async def test_ipv6(prober: Prober) -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with listener:
        port = listener.getsockname()[1]
        seen = await prober.look(TcpCheck(host="::1", port=port))

    assert (seen.outcome, seen.address) == (Outcome.OK, f"[::1]:{port}")


@pytest.fixture
def no_descriptors_left() -> Iterator[None]:
    """As few file descriptors as are open already."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_no_descriptors_left_is_our_own_fault(
    hostile: HostileServers, prober: Prober, no_descriptors_left: None
) -> None:
    seen = [await prober.look(check) for check in checks_of(ANY_PORT)]

    assert {one.outcome for one in seen} == {Outcome.INCONCLUSIVE}
    assert all("file descriptors" in one.error for one in seen)


@pytest.mark.parametrize(
    "code",
    [
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOBUFS,
        errno.ENOMEM,
        errno.ENETUNREACH,
        errno.ENETDOWN,
        errno.EADDRNOTAVAIL,
        errno.EAFNOSUPPORT,
        errno.EPERM,
    ],
)
def test_what_is_our_own_fault(code: int) -> None:
    fault = socket_fault(OSError(code, os.strerror(code)), FailurePhase.CONNECT, "192.0.2.1:80")

    assert isinstance(fault, OwnFault)
    assert str(fault).startswith("192.0.2.1:80: ")


@pytest.mark.parametrize(
    ("code", "phase", "says"),
    [
        (errno.ECONNREFUSED, FailurePhase.CONNECT, "refused by 192.0.2.1:80"),
        (errno.EHOSTUNREACH, FailurePhase.CONNECT, "no route to 192.0.2.1:80"),
        (errno.ETIMEDOUT, FailurePhase.CONNECT, "192.0.2.1:80 stopped answering"),
        (errno.ECONNRESET, FailurePhase.TLS, "broke the connection off during the TLS handshake"),
        (errno.ECONNRESET, FailurePhase.BODY, "in the middle of its answer"),
        (errno.EPIPE, FailurePhase.SEND, "while the request was sent"),
        (errno.EIO, FailurePhase.BODY, "192.0.2.1:80: "),
    ],
)
def test_what_is_the_services_fault(code: int, phase: FailurePhase, says: str) -> None:
    fault = socket_fault(OSError(code, os.strerror(code)), phase, "192.0.2.1:80")

    assert isinstance(fault, ProbeFailure)
    assert fault.phase is phase
    assert says in fault.error


def test_a_deadline_that_came_far_too_late_is_our_own_fault() -> None:
    trail = Trail()
    trail._begun -= 60  # as if the process had been stopped for a minute

    fault = _deadline_fault(HttpCheck(url="http://service.example/"), trail, 10.0)

    assert isinstance(fault, OwnFault)
    assert "held up for 50" in str(fault)
