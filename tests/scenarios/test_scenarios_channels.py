"""Channels fail, and nothing that was to be told is lost."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from conftest import Start
from scenario_world import Watching, service, titles, told

from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.notifying.notices import ChannelHealth
from sentinel_tui.sandbox.world import World


@pytest.fixture
def shop(world: World) -> dict[str, Any]:
    return service("s-01", world.urls["s-01"])


class Mailbox:
    """What a real mail server took."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    @property
    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        return "250 OK"


@asynccontextmanager
async def mail_server(mailbox: Mailbox, port: int = 0) -> AsyncIterator[int]:
    """The port of a mail server that is there while this lasts."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailbox, hostname="localhost", loop=loop), "127.0.0.1", port
    )
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await server.wait_closed()


def mail_to(port: int) -> dict[str, Any]:
    return {
        "name": "mail",
        "kind": "smtp",
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "sentinel@example.com",
        "recipients": ["me@example.com"],
    }


def health(engine: Watching, channel: str) -> ChannelHealth:
    with closing(engine.read()) as reader:
        return next(one for one in reader.channels() if one.name == channel)


async def test_an_hour_without_the_channel_ends_in_one_message_that_tells_all(
    watching: Start, world: World, shop, inbox
) -> None:
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(45)
        await world.break_service("inbox", "refuse", 3_600)
        await world.break_service("s-01", "500", 600)
        await engine.advance(1_200)
        assert health(engine, "inbox").failing_since_ms is not None
        assert [alert.open for alert in engine.alerts(Rule.CHANNEL)] == [True]
        await engine.advance(2_400)
        assert told(world) == []
        # The next try is at most an hour, and a fifth, after the last one.
        await engine.advance(4_400)
        (message,) = told(world)
        assert "s-01 was down 12:00 to 12:1" in message["title"]
        assert "delivered late" in message["title"]
        assert world.inbox.refused == 0
        assert health(engine, "inbox").failing_since_ms is None
        assert not any(incident.open for incident in engine.incidents())


async def test_an_outage_arrives_by_mail_and_so_does_its_end(
    watching: Start, world: World, shop
) -> None:
    mailbox = Mailbox()
    async with mail_server(mailbox) as port, watching(shop, channels=[mail_to(port)]) as engine:
        await engine.advance(45)
        await world.break_service("s-01", "500", 300)
        await engine.advance(800)
        assert engine.state("s-01") is State.UP
    alarm, recovery = mailbox.subjects
    assert "s-01 is DOWN" in alarm
    assert "s-01 was down" in recovery
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 2


async def test_a_mail_server_that_comes_back_gets_what_waited(
    watching: Start, world: World, shop
) -> None:
    mailbox = Mailbox()
    async with mail_server(mailbox) as port:
        pass
    async with watching(shop, channels=[mail_to(port)]) as engine:
        await engine.advance(45)
        await world.break_service("s-01", "500", 1_200)
        await engine.advance(300)
        async with mail_server(mailbox, port):
            await engine.advance(1_500)
    assert len(mailbox.mails) == 2
    assert "DOWN" in mailbox.subjects[0]
    assert "was down" in mailbox.subjects[1]


async def test_a_broken_channel_holds_up_no_other(
    watching: Start, world: World, shop, inbox
) -> None:
    mailbox = Mailbox()
    async with (
        mail_server(mailbox) as port,
        watching(shop, channels=[inbox, mail_to(port)]) as engine,
    ):
        await engine.advance(45)
        await world.break_service("inbox", "hang", 3_600)
        await world.break_service("s-01", "500", 1_800)
        await engine.advance(150)
        assert len(mailbox.mails) == 1
        await engine.advance(600)
        assert any("cannot deliver" in subject for subject in mailbox.subjects)
    assert titles(world) == []


async def test_a_channel_that_is_taken_out_and_put_back_is_told_what_still_holds(
    watching: Start, world: World, shop, inbox
) -> None:
    async with watching(shop, channels=[inbox]) as engine:
        await engine.advance(45)
        await world.break_service("inbox", "refuse", 600)
        await world.break_service("s-01", "500", 1_500)
        await engine.advance(300)
        await engine.reload(shop)
        await engine.advance(600)
        assert told(world) == []
        await engine.reload(shop, channels=[inbox])
        await engine.advance(120)
        (alarm,) = titles(world)
        assert "s-01 is DOWN" in alarm
        await engine.advance(900)
        assert len(told(world)) == 2
        assert not any(incident.open for incident in engine.incidents())
