"""Messages reach their channels: in time, once, past slow and broken neighbours, after a death."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity, fingerprint
from sentinel_tui.domain.notifying.notices import ChannelHealth, Message, NoticeKind, NoticeStatus
from sentinel_tui.domain.notifying.policy import ChannelPolicy, NotifyPolicy, Orders
from sentinel_tui.domain.records import AlertRecord
from sentinel_tui.engine.own_alerts import OwnAlerts
from sentinel_tui.engine.recording import Recording
from sentinel_tui.engine.workers.notifier import FAILING_AFTER_S, SEND_WITHIN_S, Notifier
from sentinel_tui.errors import StoreError, StoreFull
from sentinel_tui.paths import Paths
from sentinel_tui.platforms.notify.channel import DeliveryError
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.recorder import (
    queue_test,
    raise_finding,
    register_channels,
)
from sentinel_tui.store.writer import StoreWriter


class Line:
    """A channel's other side: takes what it is sent, or does what the test says."""

    def __init__(self) -> None:
        self.tried: list[Message] = []
        self.taken: list[Message] = []
        self.trouble: Exception | None = None
        self.is_open = asyncio.Event()
        self.is_open.set()

    async def send(self, message: Message) -> None:
        self.tried.append(message)
        await self.is_open.wait()
        if self.trouble is not None:
            raise self.trouble
        self.taken.append(message)

    @property
    def titles(self) -> list[str]:
        return [message.title for message in self.taken]


class World:
    """A notifier at work on a real store."""

    def __init__(self, paths: Paths, clock: FakeClock, writer: StoreWriter, *names: str) -> None:
        self.paths, self.clock, self.writer = paths, clock, writer
        self.lines = {name: Line() for name in names}
        self.recording = Recording(writer, clock)
        self.own_alerts = OwnAlerts(self.recording, self.alerts())
        self.beats = 0
        self.start()

    def start(self) -> None:
        """A notifier as it comes to life with an engine."""
        self.notifier = Notifier(self.clock, self.writer, self.lines, self.own_alerts, "UTC")
        self.task = asyncio.create_task(self.notifier.run(self._beat))

    def _beat(self) -> None:
        self.beats += 1

    async def kill(self) -> None:
        """End the notifier wherever it is."""
        self.task.cancel()
        with suppress(asyncio.CancelledError, StoreError):
            await self.task

    async def go_on(self, seconds: float) -> None:
        """Let time pass; the store is real, so each step waits for it."""
        step_s = 1.0 if seconds <= 130 else 15.0
        for _ in range(round(seconds / step_s)):
            await self.clock.advance(step_s)
            for _ in range(4):
                # Tended, claimed, sent, noted: each is one round through the writer's thread.
                await self.writer.run(lambda db: None)
                await self.clock.settle()
            await self.recording.flush()

    async def finding(self, service: str, *, holds: bool = True) -> None:
        """A service goes down, or is up again."""
        found = Finding(
            fingerprint=fingerprint(Rule.DOWN, service, "http"),
            rule=Rule.DOWN,
            holds=holds,
            severity=Severity.CRITICAL,
            at_ms=self.clock.now_ms(),
            reason="refused" if holds else "recovered",
        )
        job = partial(raise_finding, finding=found, service=service, check="http")
        await self.writer.run(job, durable=True)
        self.notifier.nudge()

    def alerts(self) -> list[AlertRecord]:
        with closing(Reader(self.paths)) as reader:
            return reader.alerts(open_only=True)

    def messages(self) -> list[Message]:
        with closing(Reader(self.paths)) as reader:
            return reader.messages()

    def health(self, channel: str) -> ChannelHealth:
        with closing(Reader(self.paths)) as reader:
            return next(one for one in reader.channels() if one.name == channel)


@pytest.fixture
async def world(paths: Paths, clock: FakeClock, writer: StoreWriter) -> AsyncIterator[World]:
    """Two channels, told of everything."""
    names = ("ops", "mail")
    channels = tuple(ChannelPolicy(name) for name in names)
    writer.orders = Orders(policy=NotifyPolicy(channels=channels), names={"api": "The API"})
    await writer.run(partial(register_channels, channels=[(name, "webhook") for name in names]))
    world = World(paths, clock, writer, *names)
    yield world
    await world.kill()


async def test_an_outage_is_told_over_every_channel_and_so_is_its_end(world: World) -> None:
    await world.finding("api")
    await world.go_on(60)
    for line in world.lines.values():
        assert line.titles == [line.taken[0].title]
        assert "The API is DOWN" in line.titles[0]
    await world.go_on(300)
    await world.finding("api", holds=False)
    await world.go_on(20)
    for line in world.lines.values():
        assert [one.kind for one in line.taken] == [NoticeKind.ALARM, NoticeKind.RECOVERY]


async def test_it_is_sent_when_it_is_due_and_not_before(world: World, clock: FakeClock) -> None:
    await world.go_on(3)
    began_ms = clock.now_ms()
    await world.finding("api")
    await world.go_on(60)
    wait_s = world.writer.orders.policy.wait_critical_s
    for message in world.messages():
        assert message.sent_ms is not None
        assert 0 <= (message.sent_ms - began_ms) / 1_000 - wait_s <= 3


async def test_what_happens_together_is_told_together(world: World) -> None:
    for service in ("api", "shop", "blog"):
        await world.finding(service)
    await world.go_on(60)
    assert len(world.lines["ops"].taken) == 1
    assert len(world.lines["ops"].taken[0].incidents) == 3


async def test_a_slow_channel_holds_up_nobody(world: World) -> None:
    world.lines["ops"].is_open.clear()
    await world.finding("api")
    await world.go_on(25)
    assert world.lines["mail"].titles
    assert world.lines["ops"].tried
    assert not world.lines["ops"].taken


async def test_a_channel_that_never_answers_is_cut_off_and_tried_again(world: World) -> None:
    ops = world.lines["ops"]
    ops.is_open.clear()
    await world.finding("api")
    await world.go_on(SEND_WITHIN_S + 25)
    assert "within" in world.health("ops").error
    ops.is_open.set()
    await world.go_on(30)
    assert len(ops.taken) == 1
    assert {message.key for message in ops.tried} == {ops.taken[0].key}
    assert world.health("ops").failing_since_ms is None


async def test_an_alarm_and_a_recovery_that_both_could_not_go_out_are_one_late_message(
    world: World,
) -> None:
    ops = world.lines["ops"]
    ops.trouble = DeliveryError("no route to host")
    await world.finding("api")
    await world.go_on(420)
    await world.finding("api", holds=False)
    await world.go_on(1_800)
    assert len(ops.tried) >= 3
    assert len(world.lines["mail"].taken) >= 2
    ops.trouble = None
    # The longest pause between two tries is an hour, give or take a fifth.
    await world.go_on(4_400)
    late = [title for title in ops.titles if "The API" in title]
    assert len(late) == 1
    assert "was down" in late[0]
    assert "delivered late" in late[0]


async def test_a_channel_that_fails_for_long_is_an_alert_told_over_the_others(
    world: World,
) -> None:
    ops, mail = world.lines["ops"], world.lines["mail"]
    ops.trouble = DeliveryError("401 unauthorised")
    await world.finding("api")
    await world.go_on(FAILING_AFTER_S + 120)
    (alert,) = [one for one in world.alerts() if one.rule is Rule.CHANNEL]
    assert (alert.service, alert.severity) == ("", Severity.WARNING)
    assert "ops" in alert.fingerprint
    assert "401 unauthorised" in alert.reason
    assert any("cannot deliver" in title for title in mail.titles)
    ops.trouble = None
    await world.go_on(3_600)
    assert [one for one in world.alerts() if one.rule is Rule.CHANNEL] == []
    assert any("could not deliver" in title for title in mail.titles)
    assert not any("deliver" in title.replace("delivered late", "") for title in ops.titles)


async def test_a_channel_that_stumbles_is_none(world: World) -> None:
    world.lines["ops"].trouble = DeliveryError("503")
    await world.finding("api")
    await world.go_on(60)
    world.lines["ops"].trouble = None
    await world.go_on(FAILING_AFTER_S)
    assert [one.rule for one in world.alerts()] == [Rule.DOWN]


async def test_what_a_channel_refuses_for_good_is_not_tried_again(world: World) -> None:
    ops = world.lines["ops"]
    ops.trouble = DeliveryError("400 bad request", final=True)
    await world.finding("api")
    await world.go_on(600)
    assert len(ops.tried) == 1
    assert world.health("ops").dead == 1
    (message,) = [one for one in world.messages() if one.channel == "ops"]
    assert message.dead


async def test_a_receiver_that_asks_for_time_gets_it(world: World) -> None:
    ops = world.lines["ops"]
    ops.trouble = DeliveryError("429", retry_after_s=120)
    await world.finding("api")
    await world.go_on(30)
    await world.go_on(100)
    assert len(ops.tried) == 1
    await world.go_on(40)
    assert len(ops.tried) == 2


@pytest.mark.parametrize("fault", [ValueError("our own fault"), asyncio.CancelledError()])
async def test_a_fault_of_a_channel_is_a_failure_like_any_other(
    world: World, fault: Exception
) -> None:
    ops = world.lines["ops"]
    ops.trouble = fault
    await world.finding("api")
    await world.go_on(30)
    assert world.health("ops").failing_since_ms is not None
    ops.trouble = None
    await world.go_on(60)
    assert len(ops.taken) == 1


async def test_killed_while_sending_it_sends_the_same_again(world: World) -> None:
    ops = world.lines["ops"]
    ops.is_open.clear()
    await world.finding("api")
    await world.go_on(25)
    await world.kill()
    (begun,) = ops.tried
    ops.is_open.set()
    await world.finding("shop")
    world.start()
    await world.go_on(60)
    again = ops.taken[0]
    assert (again.key, again.title, again.body) == (begun.key, begun.title, begun.body)
    assert len([one for one in ops.taken if one.key == begun.key]) == 1
    with closing(Reader(world.paths)) as reader:
        assert {one.status for one in reader.notices()} == {NoticeStatus.SENT}


async def test_killed_while_waiting_nothing_is_lost(world: World) -> None:
    await world.finding("api")
    await world.kill()
    await world.go_on(600)
    assert world.lines["ops"].tried == []
    world.start()
    await world.go_on(15)
    assert len(world.lines["ops"].taken) == 1


async def test_an_alert_of_an_earlier_engine_ends_when_the_channel_works_again(
    world: World,
) -> None:
    world.lines["ops"].trouble = DeliveryError("503")
    await world.finding("api")
    await world.go_on(FAILING_AFTER_S + 60)
    await world.kill()
    world.lines["ops"].trouble = None
    world.own_alerts = OwnAlerts(world.recording, world.alerts())
    world.start()
    await world.go_on(3_600)
    assert [one.rule for one in world.alerts()] == [Rule.DOWN]


async def test_a_test_message_goes_out_at_once(world: World) -> None:
    await world.go_on(5)
    job = partial(queue_test, channel="ops", now_ms=world.clock.now_ms())
    await world.writer.run(job, durable=True)
    world.notifier.nudge()
    await world.go_on(3)
    assert [one.kind for one in world.lines["ops"].taken] == [NoticeKind.TEST]
    assert world.lines["mail"].taken == []


async def test_channels_can_be_exchanged(world: World) -> None:
    world.lines["ops"].trouble = DeliveryError("503")
    await world.finding("api")
    await world.go_on(FAILING_AFTER_S + 60)
    phone = Line()
    policy = NotifyPolicy(channels=(ChannelPolicy("phone"),))
    world.writer.orders = Orders(policy=policy)
    await world.writer.run(partial(register_channels, channels=[("phone", "ntfy")]))
    world.notifier.use({"phone": phone}, "Europe/Paris")
    await world.go_on(60)
    assert any("The API is DOWN" in title for title in phone.titles)
    assert [one.rule for one in world.alerts()] == [Rule.DOWN]


@dataclass
class FullDisk:
    """Refuses jobs by name for want of room, as the store does; the others it hands on."""

    writer: StoreWriter
    refused: frozenset[str] = frozenset()

    async def run(self, job: partial[Any], **how: Any) -> Any:
        if getattr(job, "func", job).__name__ in self.refused:
            raise StoreFull("no space left")
        return await StoreWriter.run(self.writer, job, **how)


@pytest.fixture
def disk(world: World, monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    disk = FullDisk(world.writer)
    monkeypatch.setattr(world.writer, "run", disk.run)
    return disk


async def test_a_message_that_arrived_while_the_disk_was_full_is_not_sent_again(
    world: World, disk: FullDisk
) -> None:
    ops = world.lines["ops"]
    ops.is_open.clear()
    await world.finding("api")
    await world.go_on(25)
    disk.refused = frozenset({"tend", "claim", "delivered", "failed"})
    ops.is_open.set()
    await world.go_on(30)
    assert len(ops.taken) == 1
    disk.refused = frozenset()
    await world.go_on(30)
    assert len(ops.tried) == 1
    assert {one.sent_ms is None for one in world.messages()} == {False}


async def test_what_cannot_be_kept_is_not_sent_until_there_is_room(
    world: World, disk: FullDisk
) -> None:
    disk.refused = frozenset({"claim"})
    await world.finding("api")
    await world.go_on(60)
    assert world.lines["ops"].tried == []
    disk.refused = frozenset()
    await world.go_on(20)
    assert len(world.lines["ops"].taken) == 1


async def test_a_store_that_is_lost_ends_the_worker(world: World) -> None:
    await world.finding("api")
    await world.go_on(3)
    world.writer.close()
    await world.clock.advance(20)
    with pytest.raises(StoreError):
        await world.task


async def test_it_shows_life_and_rests_while_there_is_nothing_to_do(world: World) -> None:
    await world.go_on(120)
    assert 10 <= world.beats <= 15
