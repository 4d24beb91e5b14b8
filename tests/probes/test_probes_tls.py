"""Handshakes and certificates: what is trusted passes, everything else says what is wrong."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme
from hostile import (
    OK_HEAD,
    HostileServers,
    Reader,
    Writer,
    hangs_up,
    left_behind,
    proper_answer,
    says_nothing,
    unused_port,
)
from identities import blocking_server, ca_file, expired, not_yet_valid, self_signed, server_context

from sentinel_tui.config.checks import HttpCheck, TlsCheck
from sentinel_tui.domain.monitoring.observations import FailurePhase, Observation, Outcome
from sentinel_tui.probes.prober import Prober

SHORT_S = 0.3


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path) -> Path:
    """A file with our authority's certificate."""
    return ca_file(authority, tmp_path)


@pytest.fixture
def server(authority: trustme.CA) -> ssl.SSLContext:
    return server_context(authority.issue_cert("127.0.0.1", "localhost"))


async def look_both_ways(prober: Prober, port: int, trusted: Path) -> list[Observation]:
    """A TLS check and an HTTPS check of the same server."""
    return [
        await prober.look(TlsCheck(host="127.0.0.1", port=port, ca_file=trusted)),
        await prober.look(HttpCheck(url=f"https://127.0.0.1:{port}/", ca_file=trusted)),
    ]


async def test_a_trusted_certificate_is_reported(
    hostile: HostileServers, prober: Prober, server: ssl.SSLContext, trusted: Path
) -> None:
    port = hostile.serve(hostile.answers_with(b"ok"), server)

    for seen in await look_both_ways(prober, port, trusted):
        assert seen.outcome is Outcome.OK, seen
        assert seen.timings.tls_ms is not None
        assert seen.certificate is not None
        assert seen.certificate.subject == "127.0.0.1"
        assert "trustme" in seen.certificate.issuer
        assert len(seen.certificate.fingerprint) == 64
        assert seen.certificate.not_before_ms < seen.at_ms < seen.certificate.not_after_ms
    assert left_behind(port) == []


@pytest.mark.parametrize(
    ("identity", "says"),
    [
        (expired, "the certificate of 127.0.0.1 expired 3.0 days ago, on 20"),
        (not_yet_valid, "is not valid yet, only from 20"),
        (lambda authority: authority.issue_cert("other.example"), "for other.example, not for"),
        (lambda _: trustme.CA(organization_name="Nobody").issue_cert("127.0.0.1"), "(Nobody"),
    ],
)
async def test_a_certificate_that_is_not_trusted_says_why_and_is_reported(
    identity: Callable[[trustme.CA], trustme.LeafCert],
    says: str,
    hostile: HostileServers,
    prober: Prober,
    authority: trustme.CA,
    trusted: Path,
) -> None:
    port = hostile.serve(hostile.answers_with(b""), server_context(identity(authority)))

    for seen in await look_both_ways(prober, port, trusted):
        assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.TLS), seen
        assert says in seen.error
        assert seen.certificate is not None
        assert seen.certificate.not_after_ms > seen.certificate.not_before_ms
    assert hostile.requests == []
    assert left_behind(port) == []


async def test_a_self_signed_certificate_says_so(
    hostile: HostileServers, prober: Prober, tmp_path: Path, trusted: Path
) -> None:
    port = hostile.serve(hostile.answers_with(b""), self_signed(tmp_path))

    for seen in await look_both_ways(prober, port, trusted):
        assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.TLS)
        assert "self-signed" in seen.error


async def test_without_a_ca_file_only_the_systems_authorities_count(
    hostile: HostileServers, prober: Prober, server: ssl.SSLContext
) -> None:
    port = hostile.serve(hostile.answers_with(b""), server)

    seen = await prober.look(HttpCheck(url=f"https://127.0.0.1:{port}/"))

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.TLS)
    assert "nobody trusted here" in seen.error


async def test_a_port_without_tls_says_so(
    hostile: HostileServers, prober: Prober, trusted: Path
) -> None:
    async def talks_plainly(reader: Reader, writer: Writer) -> None:
        await reader.read(1)
        writer.write(proper_answer(b"speak http", status="400 Bad Request"))
        await writer.drain()
        await reader.read()

    port = hostile.serve(talks_plainly)

    for seen in await look_both_ways(prober, port, trusted):
        assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.TLS)
        assert seen.error == f"127.0.0.1:{port} does not speak TLS on this port"


async def test_a_handshake_that_stalls_is_cut_off(
    hostile: HostileServers, prober: Prober, trusted: Path
) -> None:
    port = hostile.serve(says_nothing)

    for check in (
        TlsCheck(host="127.0.0.1", port=port, ca_file=trusted),
        HttpCheck(url=f"https://127.0.0.1:{port}/", ca_file=trusted),
    ):
        seen = await prober.look(check, timeout_s=SHORT_S)
        assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.TIMEOUT)
        assert "no TLS handshake" in seen.error
        assert seen.wake_hint is None
        assert left_behind(port) == []


async def test_a_handshake_that_is_hung_up_on(
    hostile: HostileServers, prober: Prober, trusted: Path
) -> None:
    port = hostile.serve(hangs_up)

    for seen in await look_both_ways(prober, port, trusted):
        assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.TLS), seen
        assert "during the TLS handshake" in seen.error


@pytest.fixture
def clients() -> trustme.CA:
    """Who vouches for clients."""
    return trustme.CA()


@pytest.fixture
def client_pem(clients: trustme.CA, tmp_path: Path) -> Path:
    """A client certificate with its key."""
    pem = tmp_path / "client.pem"
    clients.issue_cert("sentinel.example").private_key_and_cert_chain_pem.write_to_path(str(pem))
    return pem


async def test_a_client_certificate_is_presented(
    prober: Prober, authority: trustme.CA, clients: trustme.CA, trusted: Path, client_pem: Path
) -> None:
    context = server_context(authority.issue_cert("127.0.0.1"), wants_client_of=clients)
    with blocking_server(context, proper_answer(b"")) as port:
        check = HttpCheck(url=f"https://127.0.0.1:{port}/", ca_file=trusted)
        without = await prober.look(check)
        presented = await prober.look(check.model_copy(update={"client_certificate": client_pem}))

    assert (without.outcome, without.phase) == (Outcome.FAIL, FailurePhase.TLS), without
    assert without.error == f"127.0.0.1:{port} wants a client certificate"
    assert presented.outcome is Outcome.OK, presented


async def test_a_fingerprint_pins_the_certificate(
    hostile: HostileServers, prober: Prober, server: ssl.SSLContext, trusted: Path
) -> None:
    port = hostile.serve(hostile.keeps_silent(), server)
    check = TlsCheck(host="127.0.0.1", port=port, ca_file=trusted)
    first = await prober.look(check)
    assert first.certificate is not None
    right = ":".join(first.certificate.fingerprint[i : i + 2].upper() for i in range(0, 64, 2))

    same = await prober.look(check.model_validate(check.model_dump() | {"fingerprint": right}))
    other = await prober.look(check.model_copy(update={"fingerprint": "0" * 64}))

    assert same.outcome is Outcome.OK
    assert (other.outcome, other.phase) == (Outcome.FAIL, FailurePhase.ASSERTION)
    assert first.certificate.fingerprint in other.error


async def test_a_missing_ca_file_is_our_own_fault(prober: Prober, tmp_path: Path) -> None:
    for check in (
        TlsCheck(host="127.0.0.1", port=unused_port(), ca_file=tmp_path / "gone.pem"),
        HttpCheck(url=f"https://127.0.0.1:{unused_port()}/", ca_file=tmp_path / "gone.pem"),
    ):
        seen = await prober.look(check)
        assert (seen.outcome, seen.phase) == (Outcome.INCONCLUSIVE, None)
        assert "gone.pem" in seen.error
        assert "No such file" in seen.error


async def test_a_broken_ca_file_is_our_own_fault(prober: Prober, tmp_path: Path) -> None:
    (tmp_path / "broken.pem").write_text("no certificate")
    check = TlsCheck(host="127.0.0.1", port=unused_port(), ca_file=tmp_path / "broken.pem")

    seen = await prober.look(check)

    assert seen.outcome is Outcome.INCONCLUSIVE
    assert "not a usable PEM file" in seen.error


async def test_a_broken_client_certificate_is_our_own_fault(
    prober: Prober, tmp_path: Path, trusted: Path
) -> None:
    (tmp_path / "client.pem").write_text("no certificate")
    check = HttpCheck(
        url=f"https://127.0.0.1:{unused_port()}/",
        ca_file=trusted,
        client_certificate=tmp_path / "client.pem",
    )

    seen = await prober.look(check)

    assert seen.outcome is Outcome.INCONCLUSIVE
    assert "not a usable PEM file" in seen.error


async def test_a_ca_file_that_changes_counts_at_once(
    hostile: HostileServers, prober: Prober, server: ssl.SSLContext, tmp_path: Path, trusted: Path
) -> None:
    port = hostile.serve(hostile.answers_with(b""), server)
    changing = tmp_path / "changing.pem"
    trustme.CA().cert_pem.write_to_path(str(changing))
    check = HttpCheck(url=f"https://127.0.0.1:{port}/", ca_file=changing)

    before = await prober.look(check)
    changing.write_bytes(trusted.read_bytes())
    after = await prober.look(check)

    assert before.phase is FailurePhase.TLS
    assert after.outcome is Outcome.OK, after


async def test_a_redirect_from_https_to_http_is_refused(
    hostile: HostileServers, prober: Prober, server: ssl.SSLContext, trusted: Path
) -> None:
    port = hostile.serve(hostile.redirects("http://127.0.0.1:9/"), server)

    seen = await prober.look(HttpCheck(url=f"https://127.0.0.1:{port}/", ca_file=trusted))

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.ASSERTION)
    assert "from https to http" in seen.error


async def test_a_client_certificate_stays_with_the_first_origin(
    prober: Prober, authority: trustme.CA, clients: trustme.CA, trusted: Path, client_pem: Path
) -> None:
    context = server_context(authority.issue_cert("127.0.0.1"), wants_client_of=clients)
    with blocking_server(context, proper_answer(b"")) as last:
        elsewhere = f"Location: https://127.0.0.1:{last}/"
        with blocking_server(context, proper_answer(b"", elsewhere, status="302 Found")) as first:
            check = HttpCheck(
                url=f"https://127.0.0.1:{first}/", ca_file=trusted, client_certificate=client_pem
            )
            seen = await prober.look(check)

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, FailurePhase.TLS), seen
    assert seen.error == f"127.0.0.1:{last} wants a client certificate"


async def test_a_body_that_ends_without_a_tls_goodbye_still_counts(
    hostile: HostileServers, prober: Prober, server: ssl.SSLContext, trusted: Path
) -> None:
    async def aborts(reader: Reader, writer: Writer) -> None:
        await hostile.head(reader)
        writer.write(OK_HEAD + b"\r\nall of it")
        await writer.drain()
        sock = writer.get_extra_info("socket")
        sock.shutdown(1)
        await reader.read()

    port = hostile.serve(aborts, server)

    seen = await prober.look(
        HttpCheck(url=f"https://127.0.0.1:{port}/", ca_file=trusted, contains="all of it")
    )

    assert seen.outcome is Outcome.OK, seen
