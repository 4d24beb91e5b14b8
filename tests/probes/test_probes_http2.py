"""HTTP/2, where it is asked for: the same promises as over HTTP/1.1."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import trustme
from hostile import HostileServers, Reader, Writer, left_behind
from identities import ca_file, server_context

from sentinel_tui.config.checks import HttpCheck
from sentinel_tui.domain.monitoring.observations import FailurePhase, Outcome, WakeHint
from sentinel_tui.probes.prober import Prober

pytest.importorskip("h2")
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

SHORT_S = 0.3
SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
PING = b"\x00\x00\x08\x06\x00\x00\x00\x00\x00" + b"sentinel"

Answer = Callable[[H2Connection, int, Writer], Awaitable[None]]


class Server:
    """An HTTP/2 server that answers each request in its own way."""

    def __init__(self, hostile: HostileServers, authority: trustme.CA, folder: Path) -> None:
        self._hostile = hostile
        self._context = server_context(
            authority.issue_cert("127.0.0.1"), protocols=("h2", "http/1.1")
        )
        self._ca_file = ca_file(authority, folder)

    def check(self, answer: Answer, **expectations: object) -> HttpCheck:
        async def behave(reader: Reader, writer: Writer) -> None:
            connection = H2Connection(H2Configuration(client_side=False))
            connection.initiate_connection()
            writer.write(connection.data_to_send())
            while data := await reader.read(65_536):
                for event in connection.receive_data(data):
                    if isinstance(event, RequestReceived):
                        await answer(connection, event.stream_id, writer)
                writer.write(connection.data_to_send())

        port = self._hostile.serve(behave, self._context)
        url = f"https://127.0.0.1:{port}/"
        return HttpCheck(url=url, http2=True, ca_file=self._ca_file, **expectations)


@pytest.fixture
def server(hostile: HostileServers, authority: trustme.CA, tmp_path: Path) -> Server:
    return Server(hostile, authority, tmp_path)


def head(connection: H2Connection, stream: int, status: str = "200", end: bool = False) -> None:
    connection.send_headers(stream, [(":status", status)], end_stream=end)


async def proper(connection: H2Connection, stream: int, writer: Writer) -> None:
    head(connection, stream)
    connection.send_data(stream, b"over two", end_stream=True)


async def wrong_status(connection: H2Connection, stream: int, writer: Writer) -> None:
    head(connection, stream, "503")
    connection.send_data(stream, b"not now", end_stream=True)


async def silence(connection: H2Connection, stream: int, writer: Writer) -> None:
    await asyncio.sleep(60)


async def body_stops(connection: H2Connection, stream: int, writer: Writer) -> None:
    head(connection, stream)
    connection.send_data(stream, b"half")
    writer.write(connection.data_to_send())
    await asyncio.sleep(60)


async def endless_body(connection: H2Connection, stream: int, writer: Writer) -> None:
    head(connection, stream)
    writer.write(connection.data_to_send())
    frame = (16_384).to_bytes(3, "big") + b"\x00\x00" + stream.to_bytes(4, "big") + bytes(16_384)
    await flood(writer, frame)


async def empty_frames(connection: H2Connection, stream: int, writer: Writer) -> None:
    head(connection, stream)
    writer.write(connection.data_to_send())
    await flood(writer, b"\x00\x00\x00\x00\x00" + stream.to_bytes(4, "big"))


async def pings(connection: H2Connection, stream: int, writer: Writer) -> None:
    await flood(writer, PING)


async def settings(connection: H2Connection, stream: int, writer: Writer) -> None:
    await flood(writer, SETTINGS)


async def oversize_frame(connection: H2Connection, stream: int, writer: Writer) -> None:
    writer.write(b"\xff\xff\xff\x00\x00" + stream.to_bytes(4, "big") + bytes(100_000))
    await writer.drain()


async def forbidden_frame(connection: H2Connection, stream: int, writer: Writer) -> None:
    writer.write(b"\x00\x00\x01\x00\x00\x00\x00\x00\x00x")  # data of stream 0, which has none
    await writer.drain()


async def goes_away(connection: H2Connection, stream: int, writer: Writer) -> None:
    connection.close_connection(error_code=1)
    writer.write(connection.data_to_send())
    writer.close()


async def resets_stream(connection: H2Connection, stream: int, writer: Writer) -> None:
    connection.reset_stream(stream, error_code=2)


async def resets_in_body(connection: H2Connection, stream: int, writer: Writer) -> None:
    head(connection, stream)
    connection.send_data(stream, b"half")
    connection.reset_stream(stream, error_code=2)


async def flood(writer: Writer, frame: bytes) -> None:
    many = frame * (1 + 65_536 // len(frame))
    while not writer.is_closing():
        writer.write(many)
        await writer.drain()
        await asyncio.sleep(0)  # draining does not wait while the other side keeps up


async def test_a_proper_answer(server: Server, prober: Prober) -> None:
    seen = await prober.look(server.check(proper, contains="over two"))

    assert (seen.outcome, seen.status) == (Outcome.OK, 200), seen
    assert seen.timings.first_byte_ms is not None
    assert seen.timings.body_ms is not None
    assert seen.certificate is not None


async def test_http_1_is_spoken_where_it_is_not_asked_for(
    hostile: HostileServers, authority: trustme.CA, tmp_path: Path, prober: Prober
) -> None:
    context = server_context(authority.issue_cert("127.0.0.1"), protocols=("h2", "http/1.1"))
    port = hostile.serve(hostile.answers_with(b""), context)
    check = HttpCheck(url=f"https://127.0.0.1:{port}/", ca_file=ca_file(authority, tmp_path))

    assert (await prober.look(check)).outcome is Outcome.OK
    assert hostile.requests[0].startswith(b"GET / HTTP/1.1")


async def test_a_server_without_http_2_is_asked_in_http_1(
    hostile: HostileServers, authority: trustme.CA, tmp_path: Path, prober: Prober
) -> None:
    port = hostile.serve(
        hostile.answers_with(b""), server_context(authority.issue_cert("127.0.0.1"))
    )
    check = HttpCheck(
        url=f"https://127.0.0.1:{port}/", http2=True, ca_file=ca_file(authority, tmp_path)
    )

    assert (await prober.look(check)).outcome is Outcome.OK


@pytest.mark.parametrize(
    ("answer", "phase", "hint"),
    [
        (wrong_status, FailurePhase.ASSERTION, WakeHint.GATEWAY),
        (silence, FailurePhase.TIMEOUT, WakeHint.SILENCE),
        (body_stops, FailurePhase.TIMEOUT, None),
        (endless_body, FailurePhase.BODY, None),
        (empty_frames, FailurePhase.BODY, None),
        (pings, FailurePhase.FIRST_BYTE, None),
        (settings, FailurePhase.FIRST_BYTE, None),
        (oversize_frame, FailurePhase.FIRST_BYTE, None),
        (forbidden_frame, FailurePhase.FIRST_BYTE, None),
        (goes_away, FailurePhase.FIRST_BYTE, None),
        (resets_stream, FailurePhase.FIRST_BYTE, None),
        (resets_in_body, FailurePhase.BODY, None),
    ],
)
async def test_every_misbehaviour_is_one_typed_failure(
    answer: Answer, phase: FailurePhase, hint: WakeHint | None, server: Server, prober: Prober
) -> None:
    check = server.check(answer)
    deadline_s = SHORT_S if phase is FailurePhase.TIMEOUT else 20.0

    seen = await prober.look(check, timeout_s=deadline_s)

    assert (seen.outcome, seen.phase) == (Outcome.FAIL, phase), seen
    assert seen.wake_hint is hint
    assert left_behind(int(seen.address.rpartition(":")[2])) == []
