"""Receivers, certificates and messages for the tests of the channels."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest
import trustme
from receivers import Receiver, serving

from sentinel_tui.clock import FakeClock
from sentinel_tui.config import redaction
from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.domain.notifying.notices import Message, NoticeKind

CreateMessage = Callable[..., Message]


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test starts with no secret known; a process otherwise never forgets one."""
    monkeypatch.setattr(redaction, "_known", redaction.Redactor())


@pytest.fixture(autouse=True)
async def nothing_left_behind() -> AsyncIterator[None]:
    """After each test no task, no open socket and no child process of its own is left."""
    before = set(psutil.Process().children(recursive=True))
    yield
    gc.collect()  # a socket that nobody closed warns now, in the test that left it
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert set(psutil.Process().children(recursive=True)) <= before


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    one = Receiver()
    async with serving(one.behave) as port:
        one.port = port
        yield one


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """What a server on this machine presents."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This system trusts the authority."""
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


@pytest.fixture
def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture
def message() -> CreateMessage:
    """A message, with whatever is different about it."""

    def create(**different: object) -> Message:
        usual: dict[str, object] = {
            "key": "7-alarm-0-phone",
            "channel": "phone",
            "severity": Severity.CRITICAL,
            "title": "Monetizer is DOWN",
            "body": "since 14:02 UTC\nrefused by 127.0.0.1:80 · ✖",
            "kind": NoticeKind.ALARM,
            "incidents": (7,),
            "created_ms": 1_790_000_000_123,
        }
        return Message(**(usual | different))  # type: ignore[arg-type]

    return create
