"""What a tick of looks leaves in the store."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_looks import QUICK, T0_MS, OpenWriter, Watch, bad, good, rows_of, service

from sentinel_tui.config.checks import HttpCheck, TcpCheck
from sentinel_tui.domain.monitoring.observations import (
    Certificate,
    Observation,
    Outcome,
    PhaseTimings,
    WakeHint,
)
from sentinel_tui.domain.monitoring.states import CheckState, State, Thresholds, pause, transition
from sentinel_tui.errors import StoreError
from sentinel_tui.store import recorder
from sentinel_tui.store.layout import FAILURES_KEPT
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.rows import state_from_row, state_values
from sentinel_tui.store.writer import Database, StoreWriter

MINUTE_MS = 60_000
instants = st.none() | st.integers(0, 2**45)
counters = st.integers(0, 1_000)
latencies_ms = st.integers(0, 10**9).map(lambda latency_us: latency_us / 1_000)


@given(
    st.builds(
        CheckState,
        verdict=st.sampled_from(State),
        sheet=st.sampled_from([None, State.PAUSED, State.MAINT, State.ASLEEP, State.UNKNOWN]),
        since_ms=st.integers(0, 2**45),
        reason=st.text(st.characters(codec="utf-8")),
        last_ms=instants,
        last_good_ms=instants,
        burst_step=counters,
        failed_cycles=counters,
        first_failure_ms=instants,
        good_cycles=counters,
        first_good_ms=instants,
        slow_looks=counters,
        fast_looks=counters,
        wake_started_ms=instants,
        settled=st.sampled_from([None, State.UP, State.DOWN]),
        flips=st.integers(0, 2**20 - 1),
        flapping=st.booleans(),
        recent_ms=st.lists(latencies_ms, max_size=5).map(tuple),
        slow_limit_ms=st.none() | latencies_ms,
        certificate=st.text("0123456789abcdef", max_size=64),
    )
)
def test_every_state_survives_its_columns(state: CheckState) -> None:
    assert state_from_row(state_values(state)) == state


async def test_a_restart_finds_every_state_as_it_was(watch: Watch, open_writer: OpenWriter) -> None:
    await watch.see(good(T0_MS), bad(T0_MS + MINUTE_MS), bad(T0_MS + 2 * MINUTE_MS))
    watch.writer.close()
    assert await open_writer().run(recorder.load_states) == watch.states


async def test_an_observation_is_stored_to_the_microsecond(watch: Watch, reader: Reader) -> None:
    await watch.see(good(T0_MS, latency_ms=80.123))
    assert await rows_of(watch.writer, "SELECT * FROM metrics") == [
        (T0_MS, watch.keys["curator", "http"], Outcome.OK, 200, 80_123)
    ]
    (check,) = reader.services()[0].checks
    assert check.latency_ms == 80.123
    assert check.timings == good(T0_MS, latency_ms=80.123).timings
    assert (check.last_ms, check.outcome, check.status) == (T0_MS, Outcome.OK, 200)


async def test_a_tick_is_stored_whole_or_not_at_all(watch: Watch) -> None:
    judged = [watch.judge("curator", good(T0_MS)), (999, watch.judge("curator", bad(T0_MS + 1))[1])]
    with pytest.raises(StoreError):
        await watch.writer.run(partial(recorder.record, judgements=judged, at_ms=T0_MS))
    left = await rows_of(
        watch.writer,
        "SELECT (SELECT count(*) FROM metrics), (SELECT count(*) FROM state_changes), "
        "(SELECT count(*) FROM alerts), (SELECT count(*) FROM failures)",
    )
    assert left == [(0, 0, 0, 0)]


async def test_an_outage_opens_one_alert_and_its_end_resolves_it(watch: Watch) -> None:
    opened = await watch.see(good(T0_MS), bad(T0_MS + 30_000), bad(T0_MS + 60_000))
    (resolved,) = await watch.see(good(T0_MS + 90_000))
    (alert,) = opened
    assert alert.open
    assert (alert.rule, alert.severity, alert.service, alert.check) == (
        "down",
        "CRITICAL",
        "curator",
        "http",
    )
    assert alert.opened_ms == T0_MS + 30_000
    assert resolved == replace(
        alert, resolved_ms=T0_MS + 90_000, resolution="recovered", acknowledged_ms=None
    )


async def test_replaying_a_tick_adds_nothing(watch: Watch, reader: Reader) -> None:
    await watch.see(good(T0_MS))
    judged = [watch.judge("curator", bad(T0_MS + 30_000))]
    job = partial(recorder.record, judgements=judged, at_ms=T0_MS + 30_000)
    assert len(await watch.writer.run(job)) == 1
    assert await watch.writer.run(job) == []
    assert len(reader.alerts(open_only=True)) == 1
    assert await rows_of(watch.writer, "SELECT count(*) FROM metrics") == [(2,)]
    changes = await rows_of(
        watch.writer, "SELECT before, after FROM state_changes WHERE check_key IS NULL ORDER BY id"
    )
    assert changes == [("UNKNOWN", "UP"), ("UP", "DOWN")]


async def test_the_store_itself_refuses_a_second_open_alert(watch: Watch) -> None:
    await watch.see(bad(T0_MS))
    with pytest.raises(StoreError, match="UNIQUE"):
        await rows_of(
            watch.writer,
            "INSERT INTO alerts (fingerprint, rule, severity, service, check_name, opened_ms, "
            "reason, resolution) SELECT fingerprint, rule, severity, service, check_name, "
            "opened_ms, reason, '' FROM alerts",
        )


async def test_the_same_rule_may_open_again_later(watch: Watch, reader: Reader) -> None:
    for start_ms in (T0_MS, T0_MS + 10 * MINUTE_MS):
        await watch.see(bad(start_ms), good(start_ms + MINUTE_MS))
    newest, oldest = reader.alerts()
    assert newest.fingerprint == oldest.fingerprint
    assert newest.id > oldest.id


def expiring(days: float) -> Observation:
    end_ms = T0_MS + round(days * 86_400_000)
    certificate = Certificate("ab", "example.org", "CA", end_ms - 90 * 86_400_000, end_ms)
    return replace(good(T0_MS), certificate=certificate)


async def test_a_worse_finding_raises_the_alert_and_asks_for_attention_again(
    watch: Watch, reader: Reader
) -> None:
    (warning,) = await watch.see(expiring(days=20))
    await watch.writer.run(partial(recorder.acknowledge, alert_id=warning.id, at_ms=5, by="tui"))
    assert await watch.see(expiring(days=19)) == [], "nothing new to say"
    (critical,) = await watch.see(expiring(days=3))
    assert (warning.severity, critical.severity) == ("WARNING", "CRITICAL")
    assert critical.id == warning.id
    assert critical.acknowledged_ms is None
    assert await watch.see(expiring(days=20)) == [], "it does not fall back by itself"
    assert reader.services()[0].checks[0].certificate_ends_ms == T0_MS + 20 * 86_400_000


async def test_acknowledging(watch: Watch, reader: Reader) -> None:
    (alert,) = await watch.see(bad(T0_MS))

    def acknowledge(db: Database, at_ms: int, number: int = alert.id) -> object:
        return recorder.acknowledge(db, number, at_ms, "cli")

    first = await watch.writer.run(partial(acknowledge, at_ms=T0_MS + 1))
    again = await watch.writer.run(partial(acknowledge, at_ms=T0_MS + 99))
    assert first == again == reader.alert(alert.id)
    assert reader.alert(alert.id) == replace(alert, acknowledged_ms=T0_MS + 1)
    with pytest.raises(StoreError, match="no alert 77"):
        await watch.writer.run(partial(acknowledge, at_ms=1, number=77))
    await watch.see(good(T0_MS + MINUTE_MS))
    with pytest.raises(StoreError, match="already over"):
        await watch.writer.run(partial(acknowledge, at_ms=1))


async def test_the_answers_of_the_newest_failures_are_kept(watch: Watch, reader: Reader) -> None:
    await watch.see(*(bad(T0_MS + n, kept=f"answer {n}") for n in range(FAILURES_KEPT + 5)))
    failures = reader.failures("curator", limit=1_000)
    assert [failure.kept for failure in failures] == [
        f"answer {n}" for n in reversed(range(5, FAILURES_KEPT + 5))
    ]
    newest = failures[0]
    assert (newest.service, newest.check, newest.status) == ("curator", "http", 503)
    assert (newest.phase, newest.error, newest.address) == ("assertion", "HTTP 503", "192.0.2.7")
    assert newest.timings.total_ms == 12.0


SLEEPY = Thresholds(burst_s=(), confirm_cycles=1, sleeps_after_s=900.0, wake_deadline_s=120.0)


async def test_a_wake_is_a_cold_start_and_never_a_latency_or_a_failure(
    watch: Watch, reader: Reader
) -> None:
    watch.rules = SLEEPY
    loading = bad(T0_MS + 3_600_000, wake_hint=WakeHint.HIBERNATING)
    woke = good(T0_MS + 3_620_000, latency_ms=3_000.0)
    await watch.see(good(T0_MS), loading, woke)
    (cold_start,) = reader.cold_starts("curator")
    assert cold_start.duration_ms == 23_000.0
    assert cold_start.at_ms == woke.end_ms
    assert reader.services()[0].cold_start_ms == 23_000.0
    assert reader.failures("curator") == []
    (summary,) = reader.summaries(T0_MS, T0_MS + 4_000_000).values()
    assert (summary.failures, summary.max_ms) == (0, 80.0)


async def test_a_service_that_did_not_wake_in_time_has_failed(watch: Watch, reader: Reader) -> None:
    watch.rules = SLEEPY
    hints = [bad(T0_MS + ms, wake_hint=WakeHint.HIBERNATING) for ms in (0, 60_000, 130_000)]
    await watch.see(*hints)
    assert reader.services()[0].state is State.DOWN
    assert len(reader.failures("curator")) == 1


async def test_a_service_shows_the_worst_of_its_checks(writer: StoreWriter, reader: Reader) -> None:
    watch = Watch(writer)
    checks = [TcpCheck(name="port", host="example.org", port=443)]
    await watch.configure(service(checks=checks))
    await watch.see(good(T0_MS))
    await watch.see(bad(T0_MS + 1_000), check="port")
    await watch.see(good(T0_MS + 2_000))
    (record,) = reader.services()
    assert record.state is State.DOWN
    assert [check.state for check in record.checks] == [State.UP, State.DOWN]
    assert [check.name for check in record.checks] == ["http", "port"]


async def test_changes_of_a_service_follow_one_another(writer: StoreWriter) -> None:
    watch = Watch(writer, Thresholds((), 2, 1, recover_after_s=0))
    await watch.configure(service(checks=[HttpCheck(name="api", url="https://example.org/")]))
    for n in range(40):
        seen = bad(T0_MS + n * 1_000) if n % 7 < 4 else good(T0_MS + n * 1_000)
        await watch.see(seen, check="http" if n % 3 else "api")
    changes = await rows_of(
        writer,
        "SELECT at_ms, before, after FROM state_changes WHERE check_key IS NULL ORDER BY id",
    )
    assert len(changes) > 3
    for (earlier_ms, _, was), (later_ms, before, _) in pairwise(changes):
        assert was == before
        assert earlier_ms <= later_ms


async def test_a_service_heals_when_its_bad_check_is_taken_out(
    writer: StoreWriter, reader: Reader
) -> None:
    watch = Watch(writer, QUICK)
    await watch.configure(service(checks=[TcpCheck(name="port", host="example.org", port=1)]))
    await watch.see(good(T0_MS))
    await watch.see(bad(T0_MS + 1_000), check="port")
    await watch.configure(service())
    resolved = await writer.run(partial(recorder.resolve_gone, at_ms=T0_MS + 5_000))
    await watch.see(good(T0_MS + 9_000))
    assert [(alert.resolved_ms, alert.resolution) for alert in resolved] == [
        (T0_MS + 5_000, "no longer watched")
    ]
    (record,) = reader.services()
    assert (record.state, record.since_ms) == (State.UP, T0_MS + 9_000)


async def test_what_is_taken_out_keeps_its_history_and_comes_back(
    writer: StoreWriter, reader: Reader
) -> None:
    watch = Watch(writer)
    await watch.configure(service("curator"), service("public"))
    keys = watch.keys
    await watch.see(good(T0_MS), name="public")
    await watch.configure(service("curator"))
    assert [record.id for record in reader.services()] == ["curator"]
    assert set(watch.states) == {("curator", "http")}
    assert reader.timeline(T0_MS, T0_MS + 1, service="public")
    await watch.configure(service("public", name="Shop"), service("curator"))
    assert watch.keys == keys
    assert [(record.id, record.name) for record in reader.services()] == [
        ("public", "Shop"),
        ("curator", "curator"),
    ]
    assert reader.services()[0].state is State.UP


async def test_the_configuration_is_shown_without_what_a_query_may_hide(
    writer: StoreWriter, reader: Reader
) -> None:
    watch = Watch(writer)
    await watch.configure(
        service(
            url="https://example.org/health?token=hunter2",
            checks=[HttpCheck(name="post", method="POST", url="https://example.org/x")],
            tags=["video"],
            depends_on=["public"],
            sleeps={"after": "15m", "expected_wake": "40s"},
        )
    )
    (record,) = reader.services()
    assert record.checks[0].target == "https://example.org/health?…"
    assert record.checks[1].target == "POST https://example.org/x"
    assert (record.tags, record.depends_on) == (("video",), ("public",))
    assert (record.sleeps, record.expected_wake_s) == (True, 40.0)
    assert (record.state, record.primary) == (State.UNKNOWN, record.checks[0])


@pytest.mark.parametrize(
    ("check", "target"),
    [
        ({"kind": "tcp", "host": "db.example.org", "port": 5432}, "db.example.org:5432"),
        ({"kind": "tls", "host": "example.org"}, "example.org:443"),
        ({"kind": "dns", "host": "example.org", "record": "MX"}, "MX example.org"),
        ({"kind": "heartbeat", "every": "1h"}, "a beat every 1h"),
        ({"kind": "icmp", "host": "192.0.2.1"}, "192.0.2.1"),
    ],
)
async def test_every_kind_of_check_says_what_it_looks_at(
    writer: StoreWriter, reader: Reader, check: dict[str, object], target: str
) -> None:
    watch = Watch(writer)
    await watch.configure(service(url=None, checks=[check]))
    (record,) = reader.services()[0].checks
    assert (record.kind, record.name, record.target) == (check["kind"], check["kind"], target)


async def test_a_check_that_only_failed_has_no_latency(watch: Watch, reader: Reader) -> None:
    await watch.see(bad(T0_MS))
    (summary,) = reader.summaries(T0_MS, T0_MS + 1).values()
    assert (summary.count, summary.failures, summary.p95_ms) == (1, 1, None)
    (point,) = reader.series(watch.keys["curator", "http"], T0_MS, T0_MS + 1, 1)
    assert (point.count, point.failures, point.p95_ms) == (1, 1, None)


async def test_a_pause_is_stored_without_a_look(watch: Watch, reader: Reader) -> None:
    await watch.see(good(T0_MS))
    before = watch.states["curator", "http"]
    after = pause(before, T0_MS + 500, "paused by tui")
    change = transition(before, after)

    def job(db: Database) -> None:
        recorder.save_state(db, "curator", "http", after, change, State.PAUSED, change)
        recorder.set_paused(db, "curator", True, T0_MS + 500)

    await watch.writer.run(job)
    await watch.writer.run(job)
    (record,) = reader.services()
    assert (record.state, record.since_ms, record.paused) == (State.PAUSED, T0_MS + 500, True)
    assert (await watch.writer.run(recorder.load_states))["curator", "http"] == after
    await watch.writer.run(lambda db: recorder.set_paused(db, "curator", False, T0_MS + 900))
    assert not reader.services()[0].paused


async def test_wakes_and_next_looks_are_noted(watch: Watch, reader: Reader) -> None:
    key = watch.keys["curator", "http"]
    await watch.writer.run(lambda db: recorder.set_wake(db, "curator", 1_000, 2_000))
    await watch.writer.run(lambda db: recorder.set_next_looks(db, {key: 3_000}))
    (record,) = reader.services()
    assert (record.last_wake_ms, record.next_wake_ms) == (1_000, 2_000)
    assert record.checks[0].next_ms == 3_000


async def test_while_space_is_scarce_samples_are_dropped_and_nothing_else(
    watch: Watch, reader: Reader
) -> None:
    judged = [watch.judge("curator", bad(T0_MS))]

    def starved(db: Database) -> list[object]:
        db.samples_dropped = True
        return [*recorder.record(db, judged, T0_MS)]

    assert len(await watch.writer.run(starved)) == 1
    assert await rows_of(watch.writer, "SELECT count(*) FROM metrics") == [(0,)]
    assert reader.services()[0].state is State.DOWN
    assert len(reader.failures("curator")) == 1


async def test_an_intent_is_written_once_for_each_key(writer: StoreWriter) -> None:
    def begin(db: Database, key: str | None) -> int:
        return recorder.begin_intent(
            db, key=key, verb="wake", service="curator", arguments={"n": 1}, source="cli", at_ms=7
        )

    first = await writer.run(partial(begin, key="abc"), durable=True)
    assert await writer.run(partial(begin, key="abc")) == first
    assert await writer.run(partial(begin, key="abd")) != first
    assert await writer.run(partial(begin, key=None)) != await writer.run(partial(begin, key=None))

    async def now() -> object:
        return await writer.run(partial(recorder.intent, intent_id=first))

    assert await now() == recorder.IntentRecord(first, "wake", "curator", "started", {})
    for status, result in (("done", {"state": "UP"}), ("failed", {})):
        await writer.run(
            lambda db, status=status, result=result: recorder.finish_intent(
                db, first, status, result, 9
            )
        )
    assert await now() == recorder.IntentRecord(first, "wake", "curator", "done", {"state": "UP"})
    assert await writer.run(partial(recorder.intent, intent_id=10_000)) is None


async def test_inconclusive_looks_count_for_nothing(watch: Watch, reader: Reader) -> None:
    lost = Observation(T0_MS + 1, Outcome.INCONCLUSIVE, PhaseTimings(), error="no network")
    await watch.see(good(T0_MS), lost)
    (summary,) = reader.summaries(T0_MS, T0_MS + 10).values()
    assert summary.count == 1
    assert reader.services()[0].state is State.UNKNOWN
