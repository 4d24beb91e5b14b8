"""From what is to be told to what a channel took: nothing lost, nothing told twice."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from store_looks import OpenWriter, rows_of
from store_telling import HOUR_MS, SECOND_MS, WAIT_S, Desk, found, kinds, orders

from sentinel_tui.domain.monitoring.alerts import Finding, Rule, Severity
from sentinel_tui.domain.notifying.notices import NoticeKind, NoticeStatus
from sentinel_tui.domain.notifying.pace import GIVE_UP_S, MOST_MESSAGES, WINDOW_S, retry_in_s
from sentinel_tui.errors import StoreError
from sentinel_tui.store import recorder
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.writer import Database


def statuses(reader: Reader, channel: str = "mail") -> dict[str, NoticeStatus]:
    """What became of each notice of a channel, by the occasion and its count."""
    return {
        notice.key.rpartition("/")[0]: notice.status
        for notice in reader.notices(limit=500)
        if notice.channel == channel
    }


async def test_an_alarm_and_its_notice_are_written_together(desk: Desk, reader: Reader) -> None:
    await desk.fail()
    assert statuses(reader) == {"1/alarm/0": NoticeStatus.QUEUED}
    failing = partial(desk.raise_, found(rule=Rule.FLAPPING), found(rule=Rule.STOPPED), service="x")
    await rows_of(
        desk.writer,
        "CREATE TEMP TRIGGER fails BEFORE INSERT ON notifications BEGIN SELECT raise(ABORT, 'x');"
        "END",
    )
    with pytest.raises(StoreError):
        await failing()
    assert len(reader.alerts()) == 1, "no alert without what is told of it"
    assert len(reader.incidents()) == 1


async def test_what_could_not_go_out_becomes_one_late_message(desk: Desk, reader: Reader) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    tries = []
    for _ in range(6):
        tries.append(await desk.refuse())
        await desk.after(minutes=10)
    assert len({message.key for message in tries if message}) == 1
    await desk.mend()
    await desk.after(hours=1)
    (late,) = await desk.deliver()
    assert "was down" in late.title
    assert set(statuses(reader).values()) == {NoticeStatus.SENT}
    await desk.after(hours=30)
    assert await desk.deliver() == []


async def test_a_message_that_died_with_its_engine_is_claimed_again_as_it_was(
    desk: Desk, open_writer: OpenWriter
) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    before = await desk.claim()
    assert before is not None
    told = desk.writer.orders
    desk.writer.close()
    desk.writer = open_writer()
    await desk.employ(told)
    await desk.mend()
    await desk.after(minutes=3)
    again = await desk.claim()
    assert again is not None
    assert (again.key, again.title, again.body) == (before.key, before.title, before.body)
    assert again.attempts == before.attempts + 1


async def test_a_try_whose_end_nobody_knows_is_never_put_together_anew(desk: Desk) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    await desk.refuse()
    await desk.after(minutes=1)
    begun = await desk.claim()
    await desk.mend()
    await desk.after(minutes=1)
    again = await desk.claim()
    assert begun is not None
    assert again is not None
    assert (again.key, again.body) == (begun.key, begun.body)


async def test_a_message_that_may_have_arrived_stays_as_it_is_even_when_it_fails_again(
    desk: Desk,
) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    begun = await desk.claim()
    refused = await desk.refuse()
    await desk.mend()
    await desk.after(minutes=1)
    alarm, recovery = await desk.deliver()
    assert begun is not None
    assert refused is not None
    assert {(one.key, one.body) for one in (begun, refused, alarm)} == {(begun.key, begun.body)}
    assert recovery.kind is NoticeKind.RECOVERY


async def test_a_failed_message_with_no_news_keeps_its_key_and_its_text(desk: Desk) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    tries = []
    for _ in range(4):
        tries.append(await desk.refuse())
        await desk.after(hours=1)
    (message,) = await desk.deliver()
    assert {(one.key, one.body) for one in tries if one} == {(message.key, message.body)}
    assert message.attempts == len(tries) + 1


async def test_a_restart_or_a_reload_sends_nothing_again(
    desk: Desk, open_writer: OpenWriter
) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    await desk.deliver()
    told = desk.writer.orders
    for _ in range(3):
        desk.writer.close()
        desk.writer = open_writer()
        await desk.employ(told)
        await desk.raise_(found())
        await desk.after(minutes=1)
        assert await desk.deliver() == []
    await desk.mend()
    await desk.after(minutes=10)
    assert kinds(await desk.deliver()) == [NoticeKind.RECOVERY]


async def test_a_failing_channel_is_tried_less_and_less(desk: Desk, reader: Reader) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    waits_s = []
    for attempt in range(1, 9):
        assert await desk.refuse() is not None
        (message,) = reader.messages("mail")
        assert message.next_try_ms is not None
        wait_s = (message.next_try_ms - desk.now_ms) / 1_000
        assert wait_s == retry_in_s(attempt, 0.0, None)
        waits_s.append(wait_s)
        await desk.after(seconds=wait_s - 1)
        assert await desk.claim() is None, "not before its time"
        await desk.after(seconds=1)
    assert waits_s == sorted(waits_s)
    assert waits_s[0] < waits_s[-1]


async def test_a_receiver_that_names_its_time_is_taken_at_its_word(
    desk: Desk, reader: Reader
) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    await desk.refuse(retry_after_s=77)
    (message,) = reader.messages("mail")
    assert message.next_try_ms == desk.now_ms + 77 * SECOND_MS


async def test_a_channel_that_works_again_waits_no_longer(desk: Desk, reader: Reader) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    for _ in range(4):
        await desk.refuse()
        await desk.after(minutes=10)
    await desk.refuse()
    key = await desk.do(recorder.queue_test, channel="mail", now_ms=desk.now_ms)
    tested, alarm = await desk.deliver()
    assert (tested.key, tested.kind) == (key, NoticeKind.TEST)
    assert alarm.kind is NoticeKind.ALARM
    (health,) = reader.channels()
    assert (health.failing_since_ms, health.error, health.waiting) == (None, "", 0)


async def test_when_our_own_network_is_back_nothing_waits_any_longer(desk: Desk) -> None:
    offline = Finding("offline", Rule.OFFLINE, True, Severity.WARNING, desk.now_ms, "no witness")
    await desk.do(recorder.raise_finding, finding=offline)
    await desk.after(minutes=1)
    for _ in range(4):
        await desk.refuse()
        await desk.after(minutes=2)
    assert await desk.claim() is None
    over = replace(offline, holds=False, at_ms=desk.now_ms)
    await desk.do(recorder.raise_finding, finding=over)
    (late,) = await desk.deliver()
    assert "was offline" in late.title


async def test_a_message_is_given_up_after_a_day(desk: Desk, reader: Reader) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    began_ms = desk.now_ms
    while await desk.refuse() is not None:
        (message,) = reader.messages("mail")
        if message.dead:
            break
        await desk.after(hours=1)
    assert desk.now_ms - began_ms >= GIVE_UP_S * 1_000
    assert desk.now_ms - began_ms < GIVE_UP_S * 1_000 + HOUR_MS
    assert message.error == "connection refused"
    assert statuses(reader)["1/alarm/0"] is NoticeStatus.DEAD
    (health,) = reader.channels()
    assert (health.dead, health.failing_since_ms) == (1, began_ms)


async def test_what_is_refused_for_good_is_given_up_at_once(desk: Desk, reader: Reader) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    await desk.refuse(final=True)
    assert await desk.claim() is None
    assert statuses(reader)["1/alarm/0"] is NoticeStatus.DEAD
    (health,) = reader.channels()
    assert (health.dead, health.error) == (1, "connection refused")


async def test_a_channel_that_takes_nothing_is_told_of_over_the_others(desk: Desk) -> None:
    await desk.employ(orders("mail", "ntfy"))
    broken = Finding(
        "channel/mail", Rule.CHANNEL, True, Severity.WARNING, desk.now_ms, "mail: refused"
    )
    await desk.do(recorder.raise_finding, finding=broken)
    await desk.after(minutes=1)
    (told,) = await desk.deliver("ntfy")
    assert "cannot deliver" in told.title
    assert await desk.deliver("mail") == []


async def test_a_channel_that_is_taken_out_is_told_nothing_more(desk: Desk, reader: Reader) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    await desk.refuse()
    broken = Finding(
        "channel/mail", Rule.CHANNEL, True, Severity.WARNING, desk.now_ms, "mail: refused"
    )
    await desk.do(recorder.raise_finding, finding=broken)
    await desk.employ(orders("ntfy"))
    await desk.after(minutes=10)
    assert await desk.claim() is None
    assert set(statuses(reader).values()) == {NoticeStatus.DROPPED}
    assert [alert.rule for alert in reader.alerts(open_only=True)] == [Rule.DOWN]
    assert [channel.name for channel in reader.channels()] == ["ntfy"]
    await desk.after(seconds=WAIT_S)
    assert kinds(await desk.deliver("ntfy")) == [NoticeKind.ALARM], "the new one is told"
    await desk.mend()
    await desk.after(hours=1)
    await desk.deliver("ntfy")
    assert await desk.do(recorder.tend, now_ms=desk.now_ms) is None, "nothing waits for the old one"


async def test_no_channel_gets_more_than_its_fill_and_then_everything_at_once(
    desk: Desk, reader: Reader
) -> None:
    services = [f"s{number:02}" for number in range(30)]
    for name in services:
        await desk.fail(name)
        await desk.after(seconds=WAIT_S)
        await desk.deliver()
    sent = [message.sent_ms for message in reader.messages("mail", limit=100)]
    for sent_ms in sent:
        assert sent_ms is not None
        window = [one for one in sent if one and 0 <= one - sent_ms < WINDOW_S * 1_000]
        assert len(window) <= MOST_MESSAGES
    await desk.after(seconds=WINDOW_S)
    await desk.deliver()
    assert set(statuses(reader).values()) == {NoticeStatus.SENT}
    told = {incident for message in desk.sent for incident in message.incidents}
    assert len(told) == len(services), "nobody was left out"
    assert len(desk.sent) < len(services)


async def test_a_test_overtakes_everything_and_is_tried_once(desk: Desk, reader: Reader) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    await desk.refuse()
    keys = [
        await desk.do(recorder.queue_test, channel="mail", now_ms=desk.now_ms - ago_ms)
        for ago_ms in (1, 0)
    ]
    assert len(set(keys)) == 2
    first = await desk.refuse()
    assert first is not None
    assert (first.key, first.kind) == (keys[0], NoticeKind.TEST)
    (dead,) = (message for message in reader.messages("mail") if message.dead)
    assert dead.key == keys[0]


async def test_only_a_channel_that_is_there_can_be_tested(desk: Desk) -> None:
    with pytest.raises(StoreError, match="no channel 'pigeon'") as refused:
        await desk.do(recorder.queue_test, channel="pigeon", now_ms=desk.now_ms)
    assert "mail" in refused.value.hint


async def test_tending_says_when_something_is_due(desk: Desk) -> None:
    assert await desk.do(recorder.tend, now_ms=desk.now_ms) is None
    await desk.fail()
    due_ms = desk.now_ms + WAIT_S * SECOND_MS
    assert await desk.do(recorder.tend, now_ms=desk.now_ms) == due_ms
    await desk.after(seconds=WAIT_S)
    await desk.refuse()
    assert await desk.do(recorder.tend, now_ms=desk.now_ms) == desk.now_ms + 5 * SECOND_MS


async def test_an_end_that_comes_twice_changes_nothing(desk: Desk, reader: Reader) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    (message,) = await desk.deliver()
    sent_ms = desk.now_ms
    await desk.after(minutes=1)
    await desk.do(recorder.delivered, key=message.key, at_ms=desk.now_ms)
    await desk.do(recorder.delivered, key="unheard of", at_ms=desk.now_ms)
    await desk.do(recorder.failed, key=message.key, at_ms=desk.now_ms, error="late", final=True)
    (kept,) = reader.messages("mail")
    assert (kept.sent_ms, kept.dead, kept.error) == (sent_ms, False, "")


async def test_news_ends_a_pause_with_one_more_try(desk: Desk) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    for _ in range(6):
        assert await desk.refuse() is not None
        await desk.after(hours=1)
    assert await desk.refuse() is not None
    await desk.fail("blog")
    assert await desk.claim() is None, "what is not due yet is no news"
    await desk.after(seconds=WAIT_S)
    (message,) = await desk.deliver()
    assert {"API", "blog"} <= set(message.body.replace(",", " ").replace(":", " ").split())


async def test_each_piece_of_news_ends_one_pause_and_no_more(desk: Desk) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    for _ in range(6):
        await desk.refuse()
        await desk.after(hours=1)
    await desk.refuse()
    await desk.fail("blog")
    await desk.after(seconds=WAIT_S)
    assert await desk.refuse() is not None
    await desk.after(seconds=WAIT_S)
    assert await desk.refuse() is None


async def test_no_recovery_is_told_while_the_service_fails_again(desk: Desk) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    await desk.deliver()
    await desk.after(minutes=4)
    await desk.mend()
    await suspect(desk, "api")
    await desk.after(minutes=1, seconds=10)
    assert await desk.deliver() == []
    await suspect(desk, "api", state="UP")
    await desk.after(seconds=10)
    assert kinds(await desk.deliver()) == [NoticeKind.RECOVERY]


async def test_a_doubt_that_does_not_end_holds_no_recovery_for_ever(desk: Desk) -> None:
    await desk.fail()
    await desk.after(seconds=WAIT_S)
    await desk.deliver()
    await desk.mend()
    await suspect(desk, "api")
    for _ in range(60):
        await desk.after(seconds=10)
    assert kinds(await desk.deliver()) == [NoticeKind.RECOVERY]


async def suspect(desk: Desk, service: str, state: str = "SUSPECT") -> None:
    """Have a service shown as failing, though not confirmed."""

    def job(db: Database) -> None:
        db.write(
            "INSERT INTO services (id, name, role, position, tags, depends_on, sleeps, state, "
            "since_ms, reason, gone) VALUES (?, ?, 'other', 0, '[]', '[]', 0, ?, 0, '', 0) "
            "ON CONFLICT (id) DO UPDATE SET state = excluded.state",
            (service, service, state),
        )

    await desk.writer.run(job)
