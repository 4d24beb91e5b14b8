"""Alerts with one cause are one incident, written with them."""

from __future__ import annotations

from functools import partial

import pytest
from store_looks import T0_MS, OpenWriter, Watch, bad, good, rows_of, service
from store_telling import HOUR_MS, MINUTE_MS, Desk, found, orders

from sentinel_tui.domain.monitoring.alerts import Rule, Severity
from sentinel_tui.domain.monitoring.incidents import REOPEN_S, Incident
from sentinel_tui.errors import StoreError
from sentinel_tui.store import recorder
from sentinel_tui.store.incidents import load_incident
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.writer import StoreWriter

WARNING = Severity.WARNING


def incidents(reader: Reader) -> list[Incident]:
    return sorted(reader.incidents(), key=lambda incident: incident.id)


def only(known: list[Incident]) -> Incident:
    (incident,) = known
    return incident


async def test_an_outage_is_an_incident_from_its_first_failure_to_its_end(
    watch: Watch, reader: Reader
) -> None:
    await watch.see(good(T0_MS), bad(T0_MS + 30_000), bad(T0_MS + 60_000))
    (incident,) = incidents(reader)
    assert incident.open
    assert (incident.cause, incident.severity) == ("availability/curator", Severity.CRITICAL)
    assert (incident.services, incident.opened_ms) == (("curator",), T0_MS + 30_000)
    await watch.see(good(T0_MS + 90_000))
    (incident,) = incidents(reader)
    assert incident.resolved_ms == T0_MS + 90_000
    assert [alert.incident for alert in reader.alerts()] == [incident.id]


async def test_a_recorded_alert_tells_its_incident(watch: Watch) -> None:
    (alert,) = await watch.see(bad(T0_MS))
    assert alert.incident == 1


async def test_looks_that_change_no_alert_ask_nothing_more(watch: Watch) -> None:
    await watch.see(good(T0_MS), bad(T0_MS + 1))
    asked: list[str] = []
    await watch.writer.run_alone(lambda db: db.raw.set_trace_callback(asked.append))
    await watch.see(good(T0_MS + 30_000, latency_ms=80.0))
    await watch.writer.run_alone(lambda db: db.raw.set_trace_callback(None))
    asked_of_alerts = [sql for sql in asked if "incidents" in sql]
    assert asked_of_alerts, "the recovery above is followed"
    asked.clear()
    await watch.writer.run_alone(lambda db: db.raw.set_trace_callback(asked.append))
    await watch.see(good(T0_MS + 60_000))
    await watch.writer.run_alone(lambda db: db.raw.set_trace_callback(None))
    tables = ("incidents", "notifications", "messages", "silences", "channels")
    assert [sql for sql in asked if any(table in sql for table in tables)] == []


async def test_all_that_has_one_cause_is_one_incident(desk: Desk, reader: Reader) -> None:
    await desk.fail("api")
    await desk.raise_(found("api", Rule.FLAPPING, severity=WARNING))
    await desk.mend("api")
    (incident,) = incidents(reader)
    assert incident.open, "one of its alerts still holds"
    await desk.mend("api", Rule.FLAPPING)
    assert not only(incidents(reader)).open


async def test_one_cause_has_one_open_incident_whatever_is_replayed(
    watch: Watch, writer: StoreWriter, reader: Reader, open_writer: OpenWriter
) -> None:
    judged = [watch.judge("curator", bad(T0_MS))]
    job = partial(recorder.record, judgements=judged, at_ms=T0_MS)
    for _ in range(3):
        await writer.run(job)
    writer.close()
    again = open_writer()
    await again.run(job)
    await again.run(partial(recorder.tend, now_ms=T0_MS + MINUTE_MS))
    assert len(incidents(reader)) == 1
    with pytest.raises(StoreError, match="UNIQUE"):
        await rows_of(
            again,
            "INSERT INTO incidents (cause, title, severity, services, opened_ms, reopened, "
            "acknowledged_by) SELECT cause, title, severity, services, opened_ms, 0, '' "
            "FROM incidents",
        )


async def test_what_comes_back_soon_is_the_same_incident(desk: Desk, reader: Reader) -> None:
    await desk.fail()
    await desk.after(minutes=1)
    await desk.mend()
    await desk.after(seconds=REOPEN_S - 1)
    await desk.fail()
    incident = only(incidents(reader))
    assert (incident.open, incident.reopened) == (True, 1)


async def test_what_comes_back_late_is_another_incident(desk: Desk, reader: Reader) -> None:
    await desk.fail()
    await desk.mend()
    await desk.after(seconds=REOPEN_S + 1)
    await desk.fail()
    assert [incident.open for incident in incidents(reader)] == [False, True]


async def test_a_parent_takes_over_what_its_child_began(watch: Watch, reader: Reader) -> None:
    watch.writer.orders = orders("mail")
    await watch.configure(service("gateway"), service("api"))
    await watch.see(good(T0_MS), name="gateway")
    await watch.see(bad(T0_MS + 1_000), name="api")
    assert only(incidents(reader)).cause == "availability/api"
    await watch.see(bad(T0_MS + 2_000), name="gateway")
    incident = only(incidents(reader))
    assert incident.cause == "availability/gateway"
    assert incident.services == ("gateway", "api")


async def test_a_child_that_fails_with_its_parent_joins_it(watch: Watch, reader: Reader) -> None:
    watch.writer.orders = orders("mail")
    await watch.configure(service("gateway"), service("api"))
    await watch.see(bad(T0_MS), name="gateway")
    await watch.see(bad(T0_MS + 1_000), name="api")
    assert only(incidents(reader)).services == ("gateway", "api")


async def test_acknowledging_an_alert_takes_on_its_whole_incident(
    desk: Desk, reader: Reader
) -> None:
    await desk.raise_(found(), found(rule=Rule.FLAPPING, severity=WARNING))
    await desk.do(recorder.acknowledge, alert_id=2, at_ms=T0_MS + 5, by="tui")
    incident = only(incidents(reader))
    assert (incident.acknowledged_ms, incident.acknowledged_by) == (T0_MS + 5, "tui")
    assert {alert.acknowledged_ms for alert in reader.alerts()} == {T0_MS + 5}


async def test_an_acknowledgement_is_renewed_only_once_it_no_longer_counts(
    desk: Desk, reader: Reader
) -> None:
    await desk.fail()
    acknowledge = partial(desk.do, recorder.acknowledge_incident, incident_id=1)
    await acknowledge(at_ms=T0_MS + 5, by="tui")
    assert (await acknowledge(at_ms=T0_MS + 9, by="cli")).acknowledged_ms == T0_MS + 5
    later_ms = T0_MS + 4 * HOUR_MS + 6
    assert (await acknowledge(at_ms=later_ms, by="cli")).acknowledged_by == "cli"
    assert [alert.acknowledged_ms for alert in reader.alerts()] == [later_ms]


async def test_an_alert_that_joins_is_acknowledged_with_the_next_word(
    desk: Desk, reader: Reader
) -> None:
    await desk.fail()
    await desk.do(recorder.acknowledge_incident, incident_id=1, at_ms=T0_MS + 5, by="tui")
    await desk.raise_(found(rule=Rule.FLAPPING, severity=WARNING))
    await desk.do(recorder.acknowledge, alert_id=2, at_ms=T0_MS + 9, by="tui")
    assert [alert.acknowledged_ms for alert in reader.alerts()] == [T0_MS + 9, T0_MS + 5]
    assert only(incidents(reader)).acknowledged_ms == T0_MS + 5


async def test_a_rise_in_severity_undoes_an_acknowledgement(desk: Desk, reader: Reader) -> None:
    await desk.raise_(found(rule=Rule.CERTIFICATE, severity=WARNING))
    await desk.do(recorder.acknowledge_incident, incident_id=1, at_ms=T0_MS + 5, by="tui")
    await desk.raise_(found(rule=Rule.CERTIFICATE, reason="it ends in 2 days"))
    incident = only(incidents(reader))
    assert (incident.severity, incident.acknowledged_ms) == (Severity.CRITICAL, None)
    assert "it ends in 2 days" in incident.title
    assert [alert.acknowledged_ms for alert in reader.alerts()] == [None]


@pytest.mark.parametrize("over", [False, True])
async def test_only_an_open_incident_can_be_taken_on(desk: Desk, over: bool) -> None:
    if over:
        await desk.fail()
        await desk.mend()
    with pytest.raises(StoreError, match="over" if over else "no incident 1"):
        await desk.do(recorder.acknowledge_incident, incident_id=1, at_ms=T0_MS, by="tui")


async def test_notes_are_kept_with_their_incident(desk: Desk, reader: Reader) -> None:
    await desk.fail()
    await desk.do(recorder.add_note, incident_id=1, at_ms=T0_MS + 9, by="tui", text="disk full")
    assert [note.text for note in reader.notes(1)] == ["disk full"]
    with pytest.raises(StoreError, match="no incident 2"):
        await desk.do(recorder.add_note, incident_id=2, at_ms=T0_MS, by="tui", text="?")


async def test_services_taken_out_end_their_incident(watch: Watch, reader: Reader) -> None:
    await watch.see(bad(T0_MS))
    await watch.configure(service("public"))
    await watch.writer.run(partial(recorder.resolve_gone, at_ms=T0_MS + 5))
    assert only(incidents(reader)).resolved_ms == T0_MS + 5


async def test_open_alerts_from_before_incidents_are_adopted(desk: Desk, reader: Reader) -> None:
    await desk.fail()
    await rows_of(desk.writer, "UPDATE alerts SET incident_id = 0")
    await rows_of(desk.writer, "DELETE FROM incidents")
    await rows_of(desk.writer, "DELETE FROM notifications")
    await desk.after(minutes=1)
    incident = only(incidents(reader))
    assert incident.opened_ms == T0_MS
    assert await desk.do(load_incident, incident_id=incident.id) == incident
    assert [alert.incident for alert in reader.alerts()] == [incident.id]


async def test_incidents_that_were_lost_with_a_damaged_store_stop_nothing(
    watch: Watch, reader: Reader
) -> None:
    watch.writer.orders = orders("mail")
    await watch.configure(service("curator"), service("public"))
    await watch.see(bad(T0_MS), name="curator")
    await watch.see(bad(T0_MS), name="public")
    await rows_of(watch.writer, "DELETE FROM incidents")
    (over,) = await watch.see(good(T0_MS + 30_000), name="curator")
    assert not over.open
    now_ms = T0_MS + MINUTE_MS
    await watch.writer.run(partial(recorder.tend, now_ms=now_ms))
    claim = partial(recorder.claim, channel="mail", now_ms=now_ms + MINUTE_MS, zone="UTC")
    message = await watch.writer.run(claim)
    assert only(incidents(reader)).services == ("public",)
    assert message is not None
    assert "public" in message.title


async def test_a_service_can_be_shown_as_suppressed(watch: Watch, reader: Reader) -> None:
    for parent in ("gateway", ""):
        job = partial(recorder.set_suppressed, service="curator", parent=parent)
        await watch.writer.run(job)
        assert reader.services()[0].suppressed_by == parent
