"""Who is told what, and when: one story, few messages, and an end to each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from store_looks import T0_MS, Watch, bad, good, service
from store_telling import MINUTE_MS, SECOND_MS, STEPS, WAIT_S, Desk, found, kinds, orders

from sentinel_tui.clock import FakeClock
from sentinel_tui.domain.monitoring.alerts import Rule, Severity
from sentinel_tui.domain.monitoring.silences import SilenceKind
from sentinel_tui.domain.notifying.notices import NoticeKind
from sentinel_tui.domain.notifying.policy import ChannelPolicy
from sentinel_tui.errors import StoreError
from sentinel_tui.store import recorder


async def silence(desk: Desk, kind: SilenceKind, minutes: float) -> int:
    begun = await desk.do(
        recorder.add_silence,
        kind=kind,
        match="api",
        start_ms=desk.now_ms,
        end_ms=desk.now_ms + round(minutes * MINUTE_MS),
        until_healthy=False,
        reason="",
        by="tui",
    )
    return begun.id


async def test_an_alarm_waits_for_others_of_its_kind_and_then_goes_out_once(desk: Desk) -> None:
    await desk.fail()
    assert await desk.deliver() == []
    await desk.after(seconds=WAIT_S)
    (alarm,) = await desk.deliver()
    assert "API is DOWN" in alarm.title
    assert await desk.deliver() == []


async def test_a_recovery_follows_its_alarm(desk: Desk) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    await desk.deliver()
    await desk.after(minutes=7)
    await desk.mend()
    (recovery,) = await desk.deliver()
    assert recovery.kind is NoticeKind.RECOVERY
    await desk.after(hours=30)
    assert await desk.deliver() == []


async def test_an_outage_that_is_over_before_its_alarm_is_one_late_message(desk: Desk) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S / 2)
    await desk.mend()
    await desk.after(seconds=WAIT_S)
    (message,) = await desk.deliver()
    assert "was down" in message.title


@pytest.mark.parametrize("kind", list(SilenceKind))
async def test_a_recovery_comes_through_silence_and_maintenance(
    desk: Desk, kind: SilenceKind
) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    await desk.deliver()
    await desk.after(minutes=10)
    await silence(desk, kind, minutes=60)
    await desk.after(minutes=10)
    await desk.mend()
    assert kinds(await desk.deliver()) == [NoticeKind.RECOVERY]


@pytest.mark.parametrize("kind", list(SilenceKind))
async def test_what_goes_on_is_told_when_the_silence_ends(desk: Desk, kind: SilenceKind) -> None:
    await silence(desk, kind, minutes=60)
    await desk.fail()
    await desk.after(minutes=59)
    assert await desk.deliver() == []
    await desk.after(minutes=2)
    assert kinds(await desk.deliver()) == []
    await desk.after(seconds=WAIT_S)
    assert kinds(await desk.deliver()) == [NoticeKind.ALARM]


async def test_what_is_over_when_the_silence_ends_is_never_told(desk: Desk) -> None:
    await silence(desk, SilenceKind.SILENCE, minutes=60)
    await desk.fail()
    await desk.after(minutes=30)
    await desk.mend()
    await desk.after(hours=2)
    assert await desk.deliver() == []


async def test_a_silence_of_one_service_does_not_hide_another(desk: Desk) -> None:
    await silence(desk, SilenceKind.SILENCE, minutes=60)
    await desk.fail("api")
    await desk.fail("public")
    await desk.after(seconds=WAIT_S)
    (message,) = await desk.deliver()
    assert "public" in message.title
    assert "API" not in message.title


async def test_whoever_is_not_answered_is_reminded_until_somebody_takes_it_on(desk: Desk) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    await desk.deliver()
    await desk.after(hours=4)
    assert kinds(await desk.deliver()) == [NoticeKind.REMINDER]
    await desk.do(recorder.acknowledge_incident, incident_id=1, at_ms=desk.now_ms, by="tui")
    await desk.after(hours=3.9)
    assert await desk.deliver() == []
    await desk.after(hours=0.2)
    assert kinds(await desk.deliver()) == [NoticeKind.REMINDER], "it no longer counts"


async def test_each_step_of_the_escalation_tells_more_people(desk: Desk) -> None:
    await desk.employ(orders("mail", steps=STEPS))
    await desk.fail()
    await desk.after(minutes=29)
    assert await desk.deliver("pager") == []
    await desk.after(minutes=1)
    assert kinds(await desk.deliver("pager")) == [NoticeKind.ESCALATION]
    await desk.do(recorder.acknowledge_incident, incident_id=1, at_ms=desk.now_ms, by="tui")
    await desk.after(hours=1)
    assert await desk.deliver("phone") == [], "somebody took it on"
    await desk.mend()
    assert kinds(await desk.deliver("pager")) == [NoticeKind.RECOVERY]


async def test_an_escalation_can_be_asked_for(desk: Desk) -> None:
    await desk.employ(orders("mail", steps=STEPS))
    await desk.fail()
    for channel in ("pager", "phone"):
        names = await desk.do(recorder.escalate, incident_id=1, now_ms=desk.now_ms)
        assert names == [channel]
        assert kinds(await desk.deliver(channel)) == [NoticeKind.ESCALATION]
    with pytest.raises(StoreError, match="nobody left"):
        await desk.do(recorder.escalate, incident_id=1, now_ms=desk.now_ms)
    await desk.after(hours=2)
    assert await desk.deliver("pager") == [], "the steps were taken"


async def test_only_an_open_incident_can_be_escalated(desk: Desk) -> None:
    with pytest.raises(StoreError, match="no incident 9"):
        await desk.do(recorder.escalate, incident_id=9, now_ms=desk.now_ms)
    await desk.fail()
    await desk.mend()
    with pytest.raises(StoreError, match="over"):
        await desk.do(recorder.escalate, incident_id=1, now_ms=desk.now_ms)


async def test_a_channel_is_told_only_what_concerns_it(desk: Desk) -> None:
    await desk.employ(
        orders(
            ChannelPolicy("severe", least=Severity.CRITICAL),
            ChannelPolicy("tagged", match="tag:public"),
            ChannelPolicy("last", escalation_only=True),
        )
    )
    await desk.raise_(found(rule=Rule.DEGRADED, severity=Severity.WARNING))
    await desk.fail("backup")
    await desk.after(minutes=5)
    told = {
        name: [message.title for message in await desk.deliver(name)]
        for name in ("severe", "tagged", "last")
    }
    assert [len(titles) for titles in told.values()] == [1, 1, 0]
    assert "backup" in told["severe"][0]
    assert "API" in told["tagged"][0]


async def test_times_are_told_in_the_owners_zone(desk: Desk, clock: FakeClock) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    message = await desk.do(
        recorder.claim, channel="mail", now_ms=desk.now_ms, zone="Asia/Kathmandu"
    )
    assert message is not None
    assert datetime.fromtimestamp(T0_MS / 1_000, UTC).strftime("%H:%M") == "08:00"
    assert "13:45" in message.title


async def test_an_hour_of_flapping_is_two_messages(desk: Desk) -> None:
    for _ in range(15):
        for change in (desk.fail, desk.mend):
            await change()
            for _ in range(2):
                await desk.after(minutes=1)
                await desk.deliver()
    await desk.after(minutes=10)
    await desk.deliver()
    assert kinds(desk.sent) == [NoticeKind.ALARM, NoticeKind.RECOVERY]


async def test_a_gateway_that_fails_with_its_children_is_one_message(watch: Watch) -> None:
    children = [f"child{number}" for number in range(10)]
    desk = Desk(watch.writer)
    told = orders("mail")
    await desk.employ(replace(told, depends_on=dict.fromkeys(children, ("gateway",))))
    await watch.configure(service("gateway"), *map(service, children))
    await watch.see(bad(T0_MS), name=children[0])
    for name in ("gateway", *children[1:]):
        await watch.see(bad(T0_MS + 5 * SECOND_MS), name=name)
    await desk.after(seconds=WAIT_S)
    (message,) = await desk.deliver()
    assert "gateway" in message.title
    await desk.after(minutes=7)
    for name in (*children, "gateway"):
        await watch.see(good(desk.now_ms), name=name)
    assert kinds(await desk.deliver()) == [NoticeKind.RECOVERY]
