"""How long history is kept: of alerting, of keeping awake, and of acting."""

from __future__ import annotations

from functools import partial

import pytest
from past_keeping import KEEPING_STORY
from store_keeping import a_deploy, an_action
from store_looks import T0_MS, rows_of, service
from store_telling import MINUTE_MS, Desk, orders

from sentinel_tui.domain.autonomy.actions import Knob, Tuning
from sentinel_tui.domain.keepalive.awake import Cause, Stretch
from sentinel_tui.domain.keepalive.modes import Mode, ModeSetting
from sentinel_tui.domain.monitoring.silences import SilenceKind
from sentinel_tui.store import recorder
from sentinel_tui.store.forgetting import BODY_DAYS, HISTORY_DAYS, VISIT_DAYS, forget
from sentinel_tui.store.layout import DAY_MS
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.writer import Database

HISTORY = ("incidents", "alerts", "incident_notes", "notifications", "messages", "silences")


async def outage(desk: Desk, service: str = "api", *, over: bool = True) -> None:
    """An outage with all that comes with it."""
    await desk.fail(service)
    await desk.after(minutes=1)
    await desk.deliver()
    (number,) = (await rows_of(desk.writer, "SELECT max(id) FROM incidents"))[0]
    await desk.do(recorder.add_note, incident_id=number, at_ms=desk.now_ms, by="tui", text="oh")
    silence = await desk.do(
        recorder.add_silence,
        kind=SilenceKind.SILENCE,
        match=service,
        start_ms=desk.now_ms,
        end_ms=None,
        until_healthy=False,
        reason="",
        by="tui",
    )
    if over:
        await desk.mend(service)
        await desk.after(minutes=10)
        await desk.deliver()
        await desk.do(recorder.end_silence, silence_id=silence.id, at_ms=desk.now_ms)


async def counts(desk: Desk) -> dict[str, object]:
    return {
        table: (await rows_of(desk.writer, f"SELECT count(*) FROM {table}"))[0][0]  # noqa: S608 (own names)
        for table in HISTORY
    }


async def forget_all(desk: Desk, now_ms: int) -> int:
    """Forget until nothing is left to forget; returns the most rows that one batch changed."""

    def batch(db: Database) -> tuple[bool, int]:
        before = db.raw.total_changes
        return forget(db, now_ms), db.raw.total_changes - before

    largest, more = 0, True
    while more:
        more, changed = await desk.writer.run(batch)
        largest = max(largest, changed)
    return largest


async def test_what_is_over_is_kept_for_more_than_a_year_and_then_goes_whole(desk: Desk) -> None:
    await outage(desk)
    key = await desk.do(recorder.queue_test, channel="mail", now_ms=desk.now_ms)
    assert [message.key for message in await desk.deliver()] == [key]
    before = await counts(desk)
    await forget_all(desk, desk.now_ms + (HISTORY_DAYS - 1) * DAY_MS)
    assert await counts(desk) == before
    await forget_all(desk, desk.now_ms + (HISTORY_DAYS + 1) * DAY_MS)
    assert set((await counts(desk)).values()) == {0}


async def test_what_still_goes_on_is_kept_however_old(desk: Desk, reader: Reader) -> None:
    await outage(desk, over=False)
    (before,) = reader.incidents()
    await desk.employ(orders("mail", "ntfy"))
    await desk.fail("public")
    await desk.after(minutes=1)
    waiting = await desk.claim("ntfy")
    await forget_all(desk, desk.now_ms + 3 * HISTORY_DAYS * DAY_MS)
    assert before in reader.incidents()
    assert len(reader.notes(before.id)) == 1
    assert len(reader.silences()) == 1
    assert waiting is not None
    assert waiting.key in [message.key for message in reader.messages("ntfy")]


async def test_texts_go_sooner_than_the_facts(desk: Desk, reader: Reader) -> None:
    await outage(desk)
    await forget_all(desk, desk.now_ms + (BODY_DAYS - 1) * DAY_MS)
    assert all(message.body for message in reader.messages())
    await forget_all(desk, desk.now_ms + (BODY_DAYS + 1) * DAY_MS)
    assert not any(message.body for message in reader.messages())
    assert all(message.title for message in reader.messages())


async def test_alerts_from_before_incidents_go_as_well(desk: Desk) -> None:
    await outage(desk)
    await rows_of(desk.writer, "UPDATE alerts SET incident_id = 0")
    await forget_all(desk, desk.now_ms + (HISTORY_DAYS + 1) * DAY_MS)
    assert (await counts(desk))["alerts"] == 0


LIVED_THROUGH = (
    *("hosted_services", "deploys", "host_events", "awake_stretches", "hours_corrections"),
    *("mode_settings", "mode_changes", "actions", "tunings", "freezes", "visits"),
)


async def kept(desk: Desk) -> dict[str, object]:
    return {
        table: (await rows_of(desk.writer, f"SELECT count(*) FROM {table}"))[0][0]  # noqa: S608 (own names)
        for table in LIVED_THROUGH
    }


async def live_through_a_day(desk: Desk) -> int:
    """All that may befall keeping and acting; returns when the last of it happened."""
    await desk.do(recorder.register, services=[service("nap"), service("blog")])
    for minute, job in KEEPING_STORY:
        await desk.do(job, now_ms=T0_MS + minute * MINUTE_MS)
    return T0_MS + KEEPING_STORY[-1][0] * MINUTE_MS


async def test_what_was_kept_awake_and_acted_upon_is_kept_as_long(desk: Desk) -> None:
    end_ms = await live_through_a_day(desk)
    before = await kept(desk)
    assert all(before.values())
    await forget_all(desk, T0_MS + VISIT_DAYS * DAY_MS)
    assert await kept(desk) == before
    await forget_all(desk, T0_MS + HISTORY_DAYS * DAY_MS)
    assert await kept(desk) == {**before, "visits": 0}
    await forget_all(desk, end_ms + HISTORY_DAYS * DAY_MS + 1)
    # How a service stands, its mode and what is live still holds, however old it is.
    lasting = {"hosted_services": 1, "mode_changes": 1, "deploys": 1}
    assert await kept(desk) == {**dict.fromkeys(LIVED_THROUGH, 0), **lasting}


async def test_what_is_open_or_in_force_is_kept_however_old(desk: Desk, reader: Reader) -> None:
    curator = service()
    await desk.do(recorder.register, services=[curator])
    awake = Stretch("curator", T0_MS, T0_MS + 1, Cause.PLAN, open=True)
    setting = ModeSetting("", Mode.ECONOMY, T0_MS, None, "tui")
    tuning = Tuning("curator", "http", Knob.INTERVAL, 60.0, 30.0, "it fails often", T0_MS)
    action = await desk.do(recorder.propose, action=an_action())
    tuned = await desk.do(recorder.add_tuning, tuning=tuning)
    frozen = await desk.do(recorder.freeze, at_ms=T0_MS, by="cli", reason="")
    await desk.do(recorder.save_deploys, deploys=[a_deploy()])
    await desk.do(recorder.save_stretches, stretches=[awake])
    await desk.do(recorder.set_mode, setting=setting)
    await forget_all(desk, T0_MS + 3 * HISTORY_DAYS * DAY_MS)
    assert (reader.actions(), reader.tunings(), reader.frozen()) == ([action], [tuned], frozen)
    assert (reader.deploys(), reader.mode_settings()) == ([a_deploy()], [setting])
    assert reader.awake(T0_MS, T0_MS + 1) == [awake]


async def test_the_audit_is_kept_for_good(desk: Desk, reader: Reader) -> None:
    await live_through_a_day(desk)
    before = reader.audit()
    await forget_all(desk, T0_MS + 9 * HISTORY_DAYS * DAY_MS)
    assert reader.actions() == []
    assert reader.audit() == before
    assert reader.broken_audit_entry() is None


@pytest.mark.parametrize("table", ["messages", "alerts"])
async def test_no_batch_is_large(desk: Desk, table: str) -> None:
    columns = {
        "messages": "(key, channel, severity, kind, title, body, incidents, created_ms, attempts, "
        "error, dead, unsure) SELECT value, 'mail', 'WARNING', 'alarm', '', 'x', '[]', ?, 1, '', "
        "0, 0",
        "alerts": "(fingerprint, rule, severity, service, check_name, opened_ms, resolved_ms, "
        "reason, resolution) SELECT value, 'down', 'CRITICAL', 'api', 'http', 1, ?, '', ''",
    }
    numbers = "WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT 5000)"
    sql = f"{numbers} INSERT INTO {table} {columns[table]} FROM n"
    await desk.writer.run(partial(Database.write, sql=sql, values=(T0_MS,)))
    assert await forget_all(desk, T0_MS + (HISTORY_DAYS + 1) * DAY_MS) <= 2_000
    assert (await counts(desk))[table] == 0
