"""What readers are told of incidents, of what was told about them, and of silences."""

from __future__ import annotations

from functools import partial

import pytest
from store_looks import QUICK, T0_MS, Watch, bad, good, service

from sentinel_tui.domain.monitoring.silences import SilenceKind
from sentinel_tui.domain.monitoring.states import State, Thresholds
from sentinel_tui.domain.notifying.notices import NoticeKind, NoticeStatus
from sentinel_tui.domain.notifying.policy import ChannelPolicy, NotifyPolicy, Orders
from sentinel_tui.domain.records import EntryKind, TimelineEntry
from sentinel_tui.store import recorder
from sentinel_tui.store.layout import DAY_MS
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.rollups import roll_up
from sentinel_tui.store.writer import Database, StoreWriter

MINUTE_MS, HOUR_MS = 60_000, 3_600_000


@pytest.fixture
async def watch(writer: StoreWriter) -> Watch:
    """A watch over two services of which one needs the other, and a channel that is told."""
    writer.orders = Orders(
        policy=NotifyPolicy((ChannelPolicy("mail"),), wait_critical_s=0.0),
        depends_on={"shop": ("gateway",)},
    )
    await writer.run(partial(recorder.register_channels, channels=[("mail", "smtp")]))
    watch = Watch(writer)
    await watch.configure(
        service("gateway", tags=["edge"]), service("shop", depends_on=["gateway"]), service("blog")
    )
    return watch


async def outage(watch: Watch, name: str, at_ms: int, length_ms: int = MINUTE_MS) -> None:
    """A service goes down and comes back."""
    await watch.see(bad(at_ms), good(at_ms + length_ms), name=name)


async def test_one_outage_with_all_it_took_down_is_one_incident(
    watch: Watch, reader: Reader
) -> None:
    await watch.see(bad(T0_MS), name="gateway")
    await watch.see(bad(T0_MS + 1_000), name="shop")
    (incident,) = reader.incidents()
    assert incident.services == ("gateway", "shop")
    alerts = reader.incident_alerts(incident.id)
    assert [(alert.service, alert.incident) for alert in alerts] == [
        ("gateway", incident.id),
        ("shop", incident.id),
    ]
    assert reader.incident(incident.id) == incident
    assert reader.incident(99) is None
    assert reader.incident_timeline(99) == reader.incident_alerts(99) == reader.notes(99) == []


async def test_incidents_are_read_newest_first_and_page_by_page(
    watch: Watch, reader: Reader
) -> None:
    for n in range(5):
        await outage(watch, ("gateway", "blog")[n % 2], T0_MS + n * HOUR_MS)
    await watch.see(bad(T0_MS + 9 * HOUR_MS), name="blog")
    every = reader.incidents()
    assert [one.id for one in every] == sorted((one.id for one in every), reverse=True)
    first = reader.incidents(limit=2)
    assert [*first, *reader.incidents(before_id=first[-1].id)] == every
    assert [one.open for one in reader.incidents(open_only=True)] == [True]
    assert {one.services for one in reader.incidents(service="blog")} == {("blog",)}
    window = reader.incidents(start_ms=T0_MS + HOUR_MS, end_ms=T0_MS + 2 * HOUR_MS + 1)
    assert [one.opened_ms for one in window] == [T0_MS + 2 * HOUR_MS, T0_MS + HOUR_MS]
    later = reader.incidents(start_ms=T0_MS + 20 * HOUR_MS)
    assert later == reader.incidents(open_only=True), "what goes on belongs to every later window"


async def test_an_incident_tells_its_whole_story_oldest_first(watch: Watch, reader: Reader) -> None:
    await watch.see(good(T0_MS), name="gateway")
    await watch.see(bad(T0_MS + MINUTE_MS), name="gateway")
    (alert,) = reader.alerts()

    def meanwhile(db: Database) -> None:
        recorder.begin_intent(
            db, key=None, verb="probe", service="gateway", arguments={}, source="tui",
            at_ms=T0_MS + 2 * MINUTE_MS,
        )  # fmt: skip
        message = recorder.claim(db, "mail", T0_MS + 3 * MINUTE_MS, "UTC")
        assert message is not None
        recorder.delivered(db, message.key, T0_MS + 3 * MINUTE_MS)
        recorder.acknowledge(db, alert.id, T0_MS + 4 * MINUTE_MS, "tui")
        recorder.add_silence(
            db, kind=SilenceKind.SILENCE, match="tag:edge", start_ms=T0_MS + 5 * MINUTE_MS,
            end_ms=T0_MS + HOUR_MS, until_healthy=False, reason="the switch", by="tui",
        )  # fmt: skip
        recorder.add_silence(
            db, kind=SilenceKind.SILENCE, match="blog", start_ms=T0_MS + 5 * MINUTE_MS,
            end_ms=None, until_healthy=True, reason="", by="tui",
        )  # fmt: skip
        recorder.add_event(db, T0_MS + 6 * MINUTE_MS, EntryKind.DEPLOY, "v2 is live", "gateway")

    await watch.writer.run(meanwhile)
    await outage(watch, "blog", T0_MS + 7 * MINUTE_MS)
    await watch.see(good(T0_MS + 8 * MINUTE_MS), name="gateway")
    await watch.writer.run(
        partial(recorder.add_note, incident_id=1, at_ms=T0_MS + DAY_MS, by="cli", text="a cable")
    )
    story = reader.incident_timeline(1)
    assert [entry.at_ms for entry in story] == sorted(entry.at_ms for entry in story)
    assert [(entry.kind, entry.text) for entry in story] == [
        (EntryKind.STATE, "answers as it should"),
        (EntryKind.LOOK, "http: HTTP 503"),
        (EntryKind.STATE, "HTTP 503"),
        (EntryKind.ALERT, "down: HTTP 503"),
        (EntryKind.INTENT, "probe by tui: started"),
        (EntryKind.NOTIFICATION, "alarm sent over mail"),
        (EntryKind.ACKNOWLEDGED, "down by tui"),
        (EntryKind.SILENCE, "silence of tag:edge for 55m by tui: the switch"),
        (EntryKind.DEPLOY, "v2 is live"),
        (EntryKind.STATE, "recovered"),
        (EntryKind.RESOLVED, "down: recovered"),
        (EntryKind.NOTE, "cli: a cable"),
    ]
    assert {entry.service for entry in story} == {"gateway", ""}
    assert reader.incident_timeline(1, limit=2) == story[-2:]


async def test_the_general_timeline_tells_of_notes_notifications_and_silences(
    watch: Watch, reader: Reader
) -> None:
    await watch.see(bad(T0_MS), name="gateway")

    def more(db: Database) -> None:
        message = recorder.claim(db, "mail", T0_MS + 1_000, "UTC")
        assert message is not None
        recorder.delivered(db, message.key, T0_MS + 1_000)
        recorder.add_note(db, 1, T0_MS + 2_000, "tui", "on it")
        begun = recorder.add_silence(
            db, kind=SilenceKind.MAINTENANCE, match="gateway", start_ms=T0_MS + 3_000,
            end_ms=None, until_healthy=True, reason="", by="tui",
        )  # fmt: skip
        recorder.end_silence(db, begun.id, T0_MS + 4_000)

    await watch.writer.run(more)

    def told(service: str) -> list[TimelineEntry]:
        kinds = (EntryKind.NOTE, EntryKind.NOTIFICATION, EntryKind.SILENCE)
        entries = reader.timeline(T0_MS, T0_MS + HOUR_MS, service=service)
        return [entry for entry in entries if entry.kind in kinds]

    assert [entry.text for entry in told("")] == [
        "maintenance of gateway ended",
        "maintenance of gateway until healthy by tui",
        "tui: on it",
        "alarm sent over mail",
    ]
    assert told("gateway") == told("")
    assert told("blog") == []
    assert reader.timeline(T0_MS, T0_MS + 2_000, service="gateway")[0].text == (
        "alarm sent over mail"
    )


async def test_notices_messages_and_channels_tell_how_far_things_got(
    watch: Watch, reader: Reader
) -> None:
    await outage(watch, "gateway", T0_MS)
    await watch.see(bad(T0_MS + HOUR_MS), name="blog")
    waiting = reader.notices()
    assert {notice.status for notice in waiting} == {NoticeStatus.QUEUED}
    assert reader.channels()[0].waiting == len(waiting)
    assert {one.incident for one in reader.notices(1)} == {1}
    assert len(reader.notices(limit=1)) == 1

    def send(db: Database) -> None:
        at_ms = T0_MS + 2 * HOUR_MS
        first = recorder.claim(db, "mail", at_ms, "UTC")
        assert first is not None
        recorder.delivered(db, first.key, at_ms)
        key = recorder.queue_test(db, "mail", at_ms + 1)
        test = recorder.claim(db, "mail", at_ms + 1, "UTC")
        assert test is not None
        assert key in test.key
        recorder.failed(db, test.key, at_ms + 2, "refused", final=True)

    await watch.writer.run(send)
    newest, oldest = reader.messages()
    assert (newest.kind, newest.dead, newest.error) == (NoticeKind.TEST, True, "refused")
    assert oldest.sent_ms == T0_MS + 2 * HOUR_MS
    assert 1 in oldest.incidents
    assert reader.messages("mail", limit=1) == [newest]
    assert reader.messages(since_ms=newest.created_ms) == [newest]
    assert reader.messages("other") == []
    (channel,) = reader.channels()
    assert (channel.name, channel.kind, channel.dead) == ("mail", "smtp", 1)
    assert channel.last_sent_ms == T0_MS + 2 * HOUR_MS
    assert channel.waiting == sum(one.status is NoticeStatus.QUEUED for one in reader.notices())


async def test_silences_are_read_as_they_hold(watch: Watch, reader: Reader) -> None:
    def begin(db: Database) -> None:
        for n, end_ms in enumerate((T0_MS + HOUR_MS, None, T0_MS + 3 * HOUR_MS)):
            recorder.add_silence(
                db, kind=SilenceKind.SILENCE, match="blog", start_ms=T0_MS + n, end_ms=end_ms,
                until_healthy=end_ms is None, reason="", by="cli",
            )  # fmt: skip
        recorder.end_silence(db, 3, T0_MS + 2 * HOUR_MS)

    await watch.writer.run(begin)
    every = reader.silences()
    assert [one.id for one in every] == [3, 2, 1]
    for at_ms in (T0_MS - 1, T0_MS, T0_MS + HOUR_MS, T0_MS + 2 * HOUR_MS, T0_MS + DAY_MS):
        assert reader.silences(active_at_ms=at_ms) == [one for one in every if one.holds(at_ms)]
    assert reader.silences(limit=1) == every[:1]


async def test_the_time_in_each_state_adds_up_to_the_uptime(watch: Watch, reader: Reader) -> None:
    await watch.see(good(T0_MS), name="blog")
    for n in range(3):
        await outage(watch, "blog", T0_MS + (n + 1) * HOUR_MS, (n + 1) * MINUTE_MS)
    window = (T0_MS - HOUR_MS, T0_MS + 6 * HOUR_MS)
    times, uptimes = reader.state_times(*window), reader.uptimes(*window)
    assert times["blog"].by_state_ms[State.DOWN] == 6 * MINUTE_MS
    assert {name: one.uptime for name, one in times.items()} == uptimes
    assert reader.state_times(*window, service="blog") == {"blog": times["blog"]}


async def test_windows_for_budgets_end_now(watch: Watch, reader: Reader) -> None:
    await watch.see(good(T0_MS - 2 * DAY_MS), name="blog")
    await outage(watch, "blog", T0_MS - HOUR_MS, 10 * MINUTE_MS)
    await watch.see(bad(T0_MS - 2 * MINUTE_MS), name="blog")
    windows = reader.bad_windows(T0_MS, (300, 3_600, 86_400))
    assert windows["blog"] == {
        300: (3 * MINUTE_MS, 2 * MINUTE_MS),
        3_600: (48 * MINUTE_MS, 12 * MINUTE_MS),
        86_400: (DAY_MS - 12 * MINUTE_MS, 12 * MINUTE_MS),
    }
    assert windows["gateway"][300] == (0, 0)
    assert reader.bad_windows(T0_MS, ()) == {"gateway": {}, "shop": {}, "blog": {}}


async def test_the_fresh_looks_of_a_confirmation_are_one_failed_cycle(
    watch: Watch, reader: Reader
) -> None:
    assert QUICK.burst_s == ()
    watch.rules = Thresholds()
    burst_ms = (0, 2_000, 5_000, 10_000)
    for cycle in range(3):
        at_ms = T0_MS + cycle * 30_000
        await watch.see(*(bad(at_ms + fresh_ms) for fresh_ms in burst_ms), name="blog")
    await watch.see(good(T0_MS + 90_000), name="blog")
    assert reader.failed_looks(T0_MS, T0_MS + HOUR_MS) == {
        "gateway": (0, 0),
        "shop": (0, 0),
        "blog": (12, 3),
    }
    assert reader.failed_looks(T0_MS + 30_000, T0_MS + 60_000)["blog"] == (4, 1)


async def test_failed_looks_of_days_are_read_from_hours(watch: Watch, reader: Reader) -> None:
    for n in range(40):
        await watch.see(bad(T0_MS + n * HOUR_MS + 90_000), name="blog")
    window = (T0_MS + MINUTE_MS, T0_MS + 40 * HOUR_MS)
    single = reader.failed_looks(*window)
    await watch.writer.run(partial(roll_up, now_ms=T0_MS + 30 * HOUR_MS + 17 * MINUTE_MS))
    assert (
        reader.failed_looks(*window)
        == single
        == {
            "gateway": (0, 0),
            "shop": (0, 0),
            "blog": (40, 40),
        }
    )


async def test_a_service_that_flaps_is_shown_as_it(watch: Watch, reader: Reader) -> None:
    for n in range(12):
        await outage(watch, "blog", T0_MS + n * 2 * MINUTE_MS)
    state = watch.states["blog", "http"]
    assert state.flapping
    shown = next(one for one in reader.services() if one.id == "blog")
    assert shown.checks[0].state is state.state is State.FLAPPING


async def test_whose_outage_stands_behind_another_is_told(watch: Watch, reader: Reader) -> None:
    await watch.writer.run(partial(recorder.set_suppressed, service="shop", parent="gateway"))
    assert [one.suppressed_by for one in reader.services()] == ["", "gateway", ""]
