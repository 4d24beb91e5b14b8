"""Mail over a real SMTP server: secured or refused, one Message-ID each, nothing injected."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import logging
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from receivers import Behaviour, Reader, Writer, hangs_up, keeps_silent, serving

from sentinel_tui.config.channels import SmtpChannel
from sentinel_tui.domain.monitoring.alerts import Severity
from sentinel_tui.platforms.notify import smtp
from sentinel_tui.platforms.notify.channel import DeliveryError
from sentinel_tui.platforms.notify.smtp import Smtp

PASSWORD = "canary-mail-password"


class Mailbox:
    """What an SMTP server took, and what it refuses."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.secured: list[bool] = []
        self.data_reply = "250 OK"
        self.refused = ""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == self.refused:
            return "550 5.1.1 no such mailbox \x1b[31m"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        assert isinstance(envelope.content, bytes)
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        self.secured.append(session.ssl is not None)
        return self.data_reply


def authenticate(
    server: SMTP, session: Any, envelope: Envelope, mechanism: str, data: LoginPassword
) -> AuthResult:
    return AuthResult(success=data == LoginPassword(b"me", PASSWORD.encode()), handled=False)


@contextlib.asynccontextmanager
async def mail_server(
    mailbox: Mailbox, *, tls: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[int]:
    """The port of a mail server; `tls` from the first byte, `tls_context` by STARTTLS."""
    loop = asyncio.get_running_loop()
    talks: list[SMTP] = []

    def talk() -> SMTP:
        talks.append(SMTP(mailbox, hostname="localhost", loop=loop, **options))
        return talks[-1]

    server = await loop.create_server(talk, "127.0.0.1", 0, ssl=tls)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for one in talks:
            if one.transport is not None:
                one.transport.abort()
        await server.wait_closed()
        await asyncio.sleep(0.05)


def channel(port: int, **options: object) -> Smtp:
    table: dict[str, object] = {
        "name": "mail",
        "kind": "smtp",
        "host": "localhost",
        "port": port,
        "security": "none",
        "sender": "sentinel@example.com",
        "recipients": ["me@example.com", "you@example.com"],
    }
    return Smtp(SmtpChannel.model_validate(table | options))


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


async def test_a_mail_arrives_with_its_words(mailbox: Mailbox, message) -> None:
    async with mail_server(mailbox) as port:
        await channel(port).send(message())

    (mail,) = mailbox.mails
    assert mail["Subject"] == message().title
    assert mail.get_content().splitlines() == message().body.splitlines()
    assert mail.get_content_type() == "text/plain"
    assert mail["From"].addresses[0].addr_spec == "sentinel@example.com"
    assert mailbox.envelopes[0].rcpt_tos == ["me@example.com", "you@example.com"]
    assert mailbox.secured == [False]


async def test_the_message_id_comes_from_the_key(mailbox: Mailbox, message) -> None:
    async with mail_server(mailbox) as port:
        for key in ("7/alarm", "7/alarm", "8/alarm"):
            await channel(port).send(message(key=key))
        await channel(port).send(message(key="7/alarm", created_ms=1_800_000_000_000))
    first, again, other, anew = (mail["Message-ID"] for mail in mailbox.mails)
    assert first == again
    assert len({first, other, anew}) == 3
    assert first.endswith("@example.com>")
    assert mailbox.mails[0]["Date"].datetime.timestamp() == message().created_ms // 1_000


async def test_only_what_is_critical_is_important(mailbox: Mailbox, message) -> None:
    async with mail_server(mailbox) as port:
        await channel(port).send(message())
        await channel(port).send(message(severity=Severity.WARNING))
    assert [mail["Importance"] for mail in mailbox.mails] == ["high", None]


@pytest.mark.parametrize(
    "title", ["Café « ☕ » est tombé", "日本語の件名" * 8, "a" * 500, "x\r\nBcc: evil@example.com"]
)
async def test_any_title_is_one_header(mailbox: Mailbox, message, title: str) -> None:
    async with mail_server(mailbox) as port:
        await channel(port).send(message(title=title))
    (mail,) = mailbox.mails
    assert mail["Subject"].split() == title.split()
    assert mail["Bcc"] is None
    assert set(mailbox.envelopes[0].rcpt_tos) == {"me@example.com", "you@example.com"}


@pytest.mark.parametrize("body", ["", ".\n.\n..", "é" * 3_000, "a" * 3_000, "From me\n.\nQUIT"])
async def test_any_body_arrives_whole(mailbox: Mailbox, message, body: str) -> None:
    async with mail_server(mailbox) as port:
        await channel(port).send(message(body=body))
    assert mailbox.mails[0].get_content().replace("\r\n", "\n").rstrip("\n") == body


# -- security ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("trusted")
async def test_starttls_and_a_password(
    mailbox: Mailbox, message, server_tls: ssl.SSLContext
) -> None:
    wants = {"tls_context": server_tls, "require_starttls": True, "authenticator": authenticate}
    async with mail_server(mailbox, auth_required=True, **wants) as port:
        await channel(port, security="starttls", user="me", password=PASSWORD).send(message())
    assert mailbox.secured == [True]


@pytest.mark.usefixtures("trusted")
async def test_tls_from_the_first_byte(
    mailbox: Mailbox, message, server_tls: ssl.SSLContext
) -> None:
    async with mail_server(mailbox, tls=server_tls) as port:
        await channel(port, security="tls").send(message())
    assert len(mailbox.mails) == 1


async def test_a_server_without_starttls_is_told_nothing(mailbox: Mailbox, message) -> None:
    async with mail_server(mailbox) as port:
        with pytest.raises(DeliveryError, match="STARTTLS") as refused:
            await channel(port, security="starttls", user="me", password=PASSWORD).send(message())
    assert not refused.value.final
    assert mailbox.mails == []


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # asyncio's server, of what we hung up on
@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_nobody_trusts_is_told_nothing(
    mailbox: Mailbox, message, server_tls: ssl.SSLContext, security: str
) -> None:
    how = {"tls": server_tls} if security == "tls" else {"tls_context": server_tls}
    async with mail_server(mailbox, **how) as port:
        with pytest.raises(DeliveryError, match="certificate of localhost is not trusted"):
            await channel(port, security=security).send(message())
    assert mailbox.mails == []


@pytest.mark.usefixtures("trusted")
async def test_a_wrong_password_is_the_last_word_and_not_quoted(
    mailbox: Mailbox, message, server_tls: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "sentinel_tui")
    async with mail_server(mailbox, tls_context=server_tls, authenticator=authenticate) as port:
        wrong = channel(port, security="starttls", user="me", password="canary-wrong-one")
        with pytest.raises(DeliveryError, match="535") as refused:
            await wrong.send(message())
    assert refused.value.final
    assert "canary" not in refused.value.error + repr(refused.value) + caplog.text


# -- what servers answer ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "final"), [("451 4.3.0 later", False), ("554 5.7.1 spam \x1b[31m", True)]
)
async def test_whether_a_refusal_is_the_last_word(
    mailbox: Mailbox, message, reply: str, final: bool
) -> None:
    mailbox.data_reply = reply
    async with mail_server(mailbox) as port:
        with pytest.raises(DeliveryError, match=reply[:3]) as refused:
            await channel(port).send(message())
    assert refused.value.final is final
    assert refused.value.error.isprintable()


async def test_who_got_it_is_not_told_again_for_the_others(
    mailbox: Mailbox, message, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox.refused = "you@example.com"
    async with mail_server(mailbox) as port:
        await channel(port).send(message())
    assert mailbox.envelopes[0].rcpt_tos == ["me@example.com"]
    assert "you@example.com" in caplog.text
    assert "\x1b" not in caplog.text


async def test_when_nobody_can_get_it_that_is_the_last_word(mailbox: Mailbox, message) -> None:
    mailbox.refused = "me@example.com"
    async with mail_server(mailbox) as port:
        with pytest.raises(DeliveryError, match="no such mailbox") as refused:
            await channel(port, recipients=["me@example.com"]).send(message())
    assert refused.value.final


async def test_nobody_listens(unused_port: int, message) -> None:
    with pytest.raises(DeliveryError, match="refused") as refused:
        await channel(unused_port).send(message())
    assert not refused.value.final


# -- hostile servers --------------------------------------------------------------------------


def greets_with(start: bytes, drop: bytes, pause_s: float = 0.0) -> Behaviour:
    async def behave(reader: Reader, writer: Writer) -> None:
        writer.write(start)
        while not writer.is_closing():
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(pause_s)

    return behave


HOSTILE: dict[str, Behaviour] = {
    "silence": keeps_silent,
    "a hang-up": hangs_up,
    "a greeting that drips": greets_with(b"", b"2", 0.02),
    "a greeting without an end": greets_with(b"", b"220-hello\r\n"),
    "one endless line": greets_with(b"220 ", b"x" * 1_000),
    "garbage": greets_with(b"\x00\xff\r\n", b"\xff\r\n"),
    "a refusal": greets_with(b"554 no\r\n", b"", 0.02),
}


@pytest.mark.parametrize("security", ["none", "tls"])
@pytest.mark.parametrize("behave", HOSTILE.values(), ids=HOSTILE)
async def test_no_server_holds_anything_up(
    message, monkeypatch: pytest.MonkeyPatch, behave: Behaviour, security: str
) -> None:
    monkeypatch.setattr(smtp, "_DEADLINE_S", 0.3)
    before = threading.active_count()
    async with serving(behave) as port:
        with pytest.raises(DeliveryError) as refused:
            async with asyncio.timeout(5):
                await channel(port, security=security).send(message())
        await eventually(lambda: threading.active_count() == before)
    assert refused.value.error.isprintable()


async def test_a_server_that_took_it_may_be_silent_then(
    mailbox: Mailbox, message, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silence(self: object, *_: object) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(SMTP, "smtp_QUIT", silence)
    async with mail_server(mailbox) as port, asyncio.timeout(5):
        await channel(port).send(message())
    assert len(mailbox.mails) == 1


async def test_a_server_that_took_it_may_be_gone_then(
    mailbox: Mailbox, message, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(self: object, *_: object) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(smtp._Talk, "putcmd", refusing("quit", smtp._Talk.putcmd, gone))
    async with mail_server(mailbox) as port:
        await channel(port).send(message())
    assert len(mailbox.mails) == 1


def refusing(
    word: str, put: Callable[..., None], instead: Callable[..., None]
) -> Callable[..., None]:
    def putcmd(self: object, command: str, arguments: str = "") -> None:
        (instead if command == word else put)(self, command, arguments)

    return putcmd


async def test_what_was_given_up_while_it_connected_does_not_arrive_after_all(
    mailbox: Mailbox, message, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, connect = threading.Event(), socket.create_connection

    def slowly(*where: Any, **how: Any) -> socket.socket:
        gate.wait(10)
        return connect(*where, **how)

    monkeypatch.setattr(smtp, "_DEADLINE_S", 0.1)
    monkeypatch.setattr(smtp.socket, "create_connection", slowly)
    before = threading.active_count()
    async with mail_server(mailbox) as port:
        with pytest.raises(DeliveryError, match="in time"):
            await channel(port).send(message())
        gate.set()
        await eventually(lambda: threading.active_count() == before)
    assert mailbox.mails == []


async def eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.01)
