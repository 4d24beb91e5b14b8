"""What the owner hears: one message for one cause, none lost, and what is said about it counts."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from engine_world import Answer, Network, Phone, Watching, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.incidents import Incident
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.records import EntryKind
from sentinel_tui.errors import SentinelError, UsageError

_PHONE = {"channels": [{"name": "phone", "kind": "terminal"}]}


def _fail(network: Network, *names: str) -> None:
    network.answers = lambda check: Answer.failing() if check in names else Answer()


def _incidents(engine: Watching) -> list[Incident]:
    with closing(engine.read()) as reader:
        return reader.incidents()


async def test_an_alarm_and_its_recovery_arrive_in_time(
    watching, network: Network, phone: Phone
) -> None:
    async with watching(service("shop"), **_PHONE) as engine:
        await engine.advance(40)
        _fail(network, "shop")
        await engine.advance(150)
        assert len(phone.arrived) == 1
        _fail(network)
        await engine.advance(400)
        assert len(phone.arrived) == 2
        assert len({message.key for message in phone.arrived}) == 2


async def test_flapping_for_an_hour_makes_two_messages(
    watching, network: Network, clock: FakeClock, phone: Phone
) -> None:
    async with watching(service("shop"), **_PHONE) as engine:
        await engine.advance(40)
        begun_s = clock.elapsed_s()
        network.answers = lambda check: (
            Answer.failing() if (clock.elapsed_s() - begun_s) % 240 < 140 else Answer()
        )
        await engine.advance(3_600)
        _fail(network)
        await engine.advance(1_200)
        assert engine.state("shop") is State.UP
        assert len(phone.arrived) == 2
        assert not any(incident.open for incident in _incidents(engine))


async def test_an_hour_without_the_channel_loses_nothing_and_ends_in_one_message(
    watching, network: Network, phone: Phone
) -> None:
    phone.reachable = False
    async with watching(service("shop"), **_PHONE) as engine:
        await engine.advance(40)
        _fail(network, "shop")
        await engine.advance(600)
        _fail(network)
        await engine.advance(3_000)
        assert phone.arrived == []
        assert 5 <= phone.tries <= 20
        phone.reachable = True
        # The next try is an hour after the last one, give or take a fifth.
        await engine.advance(4_400)
        (message,) = phone.arrived
        assert "shop" in message.title + message.body
        assert "was down" in (message.title + message.body).lower()


@pytest.mark.parametrize("when_s", [110, 130, 160])
async def test_a_restart_around_an_alarm_neither_loses_nor_repeats_it(
    watching, network: Network, phone: Phone, when_s: int
) -> None:
    async with watching(service("shop"), **_PHONE) as engine:
        await engine.advance(40)
        _fail(network, "shop")
        await engine.advance(when_s)
    async with watching(service("shop"), **_PHONE) as engine:
        await engine.advance(200)
        assert len({message.key for message in phone.arrived}) == 1
    async with watching(service("shop"), **_PHONE) as engine:
        await engine.advance(60)
        assert len({message.key for message in phone.arrived}) == 1


async def test_being_offline_is_one_message_of_our_own_at_most(
    watching, network: Network, phone: Phone
) -> None:
    async with watching(*(service(f"s-{n}") for n in range(20)), **_PHONE) as engine:
        await engine.advance(60)
        network.online = phone.reachable = False
        network.answers = lambda check: Answer.failing()
        await engine.advance(420)
        network.online = phone.reachable = True
        _fail(network)
        await engine.advance(900)
        assert {alert.rule for alert in engine.alerts()} <= {Rule.OFFLINE, Rule.CHANNEL}
        assert {one for message in phone.arrived for one in message.incidents} <= {
            incident.id for incident in _incidents(engine) if not incident.services
        }


async def test_an_acknowledged_incident_covers_its_alerts(watching, network: Network) -> None:
    async with watching(service("shop")) as engine:
        await engine.advance(40)
        _fail(network, "shop")
        await engine.advance(150)
        (incident,) = _incidents(engine)
        said = await engine.ask("acknowledge", incident=incident.id)
        assert said["acknowledged_ms"] is not None
        assert engine.alerts()[0].acknowledged_ms == said["acknowledged_ms"]


async def test_an_acknowledged_alert_covers_its_incident(watching, network: Network) -> None:
    async with watching(service("shop")) as engine:
        await engine.advance(40)
        _fail(network, "shop")
        await engine.advance(150)
        said = await engine.ask("acknowledge", alert=engine.alerts()[0].id)
        (incident,) = _incidents(engine)
        assert said["incident"] == incident.id
        assert incident.acknowledged_ms == said["acknowledged_ms"]


@pytest.mark.parametrize("arguments", [{}, {"alert": 1, "incident": 1}])
async def test_one_thing_is_acknowledged_at_a_time(watching, arguments: dict[str, Any]) -> None:
    async with watching(service("shop")) as engine:
        with pytest.raises(UsageError, match="either an alert or an incident"):
            await engine.ask("acknowledge", **arguments)


async def test_a_note_stays_with_its_incident(watching, network: Network) -> None:
    async with watching(service("shop")) as engine:
        await engine.advance(40)
        _fail(network, "shop")
        await engine.advance(150)
        (incident,) = _incidents(engine)
        text = "the \x1b[31mdisk\x1b[0m is full"
        said = await engine.ask("note", incident=incident.id, text=text)
        assert "\x1b" not in said["text"]
        with closing(engine.read()) as reader:
            (note,) = reader.notes(incident.id)
        assert note.text == said["text"]
        for refused in ({"incident": 99, "text": "x"}, {"incident": incident.id, "text": ""}):
            with pytest.raises(SentinelError):
                await engine.ask("note", **refused)


async def test_an_escalation_by_hand_tells_the_next_at_once(
    watching, network: Network, phone: Phone
) -> None:
    options = {
        "channels": [
            {"name": "phone", "kind": "terminal"},
            {"name": "boss", "kind": "terminal", "escalation_only": True},
        ],
        "notifications": {"escalation": [{"after": "4h", "channels": ["boss"]}]},
    }
    async with watching(service("shop"), **options) as engine:
        await engine.advance(40)
        _fail(network, "shop")
        await engine.advance(200)
        assert [message.channel for message in phone.arrived] == ["phone"]
        (incident,) = _incidents(engine)
        assert (await engine.ask("escalate", incident=incident.id))["channels"] == ["boss"]
        await engine.advance(5)
        assert [message.channel for message in phone.arrived] == ["phone", "boss"]
        with pytest.raises(SentinelError):
            await engine.ask("escalate", incident=incident.id)


async def test_a_deploy_and_the_looks_that_failed_after_it_are_told_with_the_incident(
    watching, network: Network
) -> None:
    async with watching(service("shop")) as engine:
        await engine.advance(40)
        await engine.ask("deployed", service="shop", text="v1.4\x1b[2J")
        _fail(network, "shop")
        await engine.advance(200)
        (incident,) = _incidents(engine)
        with closing(engine.read()) as reader:
            timeline = reader.incident_timeline(incident.id)
        told = [entry for entry in timeline if entry.kind in (EntryKind.DEPLOY, EntryKind.LOOK)]
        assert [entry.kind for entry in told] == [EntryKind.DEPLOY, EntryKind.LOOK]
        assert "\x1b" not in told[0].text
        assert "looks)" in told[1].text
        with pytest.raises(SentinelError, match="no service"):
            await engine.ask("deployed", service="shpo")


@pytest.mark.parametrize("reachable", [True, False])
async def test_a_test_message_tells_what_became_of_it(
    watching, phone: Phone, reachable: bool
) -> None:
    phone.reachable = reachable
    async with watching(service("shop"), **_PHONE) as engine:
        await engine.advance(20)
        said = await engine.ask("notify_test", channel="phone")
        assert said["sent"] is reachable
        assert bool(said["error"]) is not reachable
        assert len(phone.arrived) == int(reachable)
        with pytest.raises(SentinelError, match="no channel 'nobody'"):
            await engine.ask("notify_test", channel="nobody")
