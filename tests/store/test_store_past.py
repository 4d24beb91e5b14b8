"""What a replay shows: the very answers that were given at that instant."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from typing import Any

import pytest
from past_day import (
    HOUR_MS,
    MINUTE_MS,
    MINUTES,
    START_MS,
    Day,
    answers,
    live_through,
)
from store_looks import T0_MS, OpenWriter, Watch, bad, good, service

from sentinel_tui.clock import FakeClock
from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.domain.autonomy.actions import Step
from sentinel_tui.domain.hosting import DeployStatus
from sentinel_tui.domain.monitoring.observations import Outcome
from sentinel_tui.domain.monitoring.states import State, Thresholds
from sentinel_tui.domain.notifying.policy import Orders
from sentinel_tui.paths import Paths
from sentinel_tui.store import past_views, recorder
from sentinel_tui.store.driver import sqlite
from sentinel_tui.store.layout import DAY_MS, Floor
from sentinel_tui.store.models import TABLES
from sentinel_tui.store.past import PastReader
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.retention import prune
from sentinel_tui.store.rollups import roll_up
from sentinel_tui.store.writer import StoreWriter

ASKED = frozenset(
    (
        *range(0, MINUTES, 13),
        *range(10, 13),
        *range(61, 71),
        *range(119, 140),
        *range(227, 284, 3),
        *range(300, 345, 5),
        MINUTES - 1,
    )
)
"""Minutes of the day in which the screen was looked at; most of them where something happens."""

TIMELESS = {"engine_lease", "usual_latencies"}
"""Tables that say nothing about what was; no screen reads them."""

PLANNED = {
    *("due_ms", "end_ms", "next_try_ms", "next_wake_ms", "next_ms"),
    *("until_ms", "expires_ms", "exhausted_ms"),
}
"""Columns that tell what was still to come."""

Said = dict[int, dict[str, Any]]
"""What the reader said, by minute and by what was asked."""

Seek = Callable[[int], PastReader]


@pytest.fixture
async def said(writer: StoreWriter, reader: Reader, clock: FakeClock) -> Said:
    """A day is recorded, and looked at in its course."""
    await clock.advance((START_MS - clock.now_ms()) / 1_000)
    found: Said = {}

    def look_at(minute: int) -> None:
        if minute in ASKED:
            found[minute] = answers(reader, START_MS + minute * MINUTE_MS)

    await live_through(Day(writer, clock), look_at)
    return found


@pytest.fixture
def seek(writer: StoreWriter, paths: Paths) -> Iterator[Seek]:
    """Seeks an instant; all with the same reader."""
    with closing(PastReader(paths, T0_MS)) as past:

        def to(at_ms: int) -> PastReader:
            past.seek(at_ms)
            return past

        yield to


@pytest.fixture
async def watch(writer: StoreWriter) -> Watch:
    """A watch that confirms a failure by three looks, and a recovery by two."""
    watch = Watch(writer, Thresholds(burst_s=(), confirm_cycles=3, recover_after_s=0))
    await watch.configure(service())
    return watch


async def test_every_answer_is_the_one_that_was_given(said: Said, seek: Seek) -> None:
    _is_worth_a_replay(said)
    minutes = list(said)
    random.Random(0).shuffle(minutes)  # noqa: S311 (a replay goes to and fro)
    for minute in minutes:
        at_ms = START_MS + minute * MINUTE_MS
        told = answers(seek(at_ms), at_ms)
        assert _newest_ms(seek(at_ms)) <= at_ms
        differing = [about for about, answer in said[minute].items() if told[about] != answer]
        assert {about: told[about] for about in differing} == {
            about: said[minute][about] for about in differing
        }, f"minute {minute}"


def _is_worth_a_replay(said: Said) -> None:
    """Whether something happened on that day that a replay could get wrong."""
    states = {one.state for told in said.values() for one in told["services"]}
    assert states >= {State.UP, State.DOWN, State.WAKING, State.PAUSED, State.DEGRADED}
    assert any(one.suppressed_by for told in said.values() for one in told["services"])
    last = said[MINUTES - 1]
    kinds = {entry.kind for entry in last["timeline"]}
    assert kinds >= {"note", "notification", "silence", "acknowledged", "gap", "intent"}
    assert kinds >= {"deploy", "platform", "mode", "action", "tuning"}
    assert {one.step for told in said.values() for one in told["actions"]} >= {
        *(Step.WAITING, Step.APPROVED, Step.STARTED, Step.DONE, Step.VERIFIED)
    }
    assert len({str(told["hosted"]) for told in said.values()}) > len(last["hosted"])
    assert {one.status for told in said.values() for one in told["deploys"]} == {
        *(DeployStatus.UNDER_WAY, DeployStatus.LIVE, DeployStatus.REPLACED, DeployStatus.FAILED)
    }
    assert any(one.reopened for one in last["incidents"])
    for about in ("days", "hours", "heat", "uniques", "viewings", "card rows", "study", "themes"):
        assert len({str(told[about]) for told in said.values()}) > 1, about
    gone = [told["engine"] for told in said.values() if not told["watching"]]
    assert gone


def _newest_ms(past: PastReader) -> int:
    """The newest instant in any table that can be read, other than what was planned then."""
    connection = past._connection
    newest = [0]
    for table in TABLES:
        name = table._meta.table_name
        for column in past_views.columns_of(connection, name):
            if name not in TIMELESS and column.endswith("_ms") and column not in PLANNED:
                (found,) = connection.execute(f"SELECT max({column}) FROM {name}").fetchone()  # noqa: S608 (own names)
                newest.append(found or 0)
    for floor in Floor:
        (start_ms,) = connection.execute(
            "SELECT max(start_ms) FROM rollups WHERE floor = ?", (int(floor),)
        ).fetchone()
        newest.append((start_ms or -floor.length_ms) + floor.length_ms)
    (day_ms,) = connection.execute("SELECT max(day_ms) FROM uptime_days").fetchone()
    newest.append((day_ms or -DAY_MS) + DAY_MS)
    return max(newest)


async def test_before_the_first_look_there_was_nothing(watch: Watch, seek: Seek) -> None:
    await watch.see(*(bad(T0_MS + n * MINUTE_MS) for n in range(5)))
    before = seek(T0_MS - 1)
    assert before.services() == []
    assert before.incidents() == before.alerts() == before.silences() == before.messages() == []
    assert before.timeline(0, T0_MS * 2) == []
    assert before.summaries(0, T0_MS * 2) == {}
    assert seek(T0_MS).summaries(0, T0_MS * 2) != {}


async def test_an_outage_shows_from_its_first_failed_look(
    watch: Watch, reader: Reader, seek: Seek
) -> None:
    await watch.see(good(T0_MS))
    shown = []
    for n in range(1, 4):
        await watch.see(bad(T0_MS + n * MINUTE_MS))
        shown.append(reader.services()[0].state)
    assert shown == [State.SUSPECT, State.SUSPECT, State.DOWN]
    for n in range(1, 4):
        past = seek(T0_MS + n * MINUTE_MS)
        assert past.services()[0].state is State.DOWN
        assert [alert.opened_ms for alert in past.alerts(open_only=True)] == [T0_MS + MINUTE_MS]


async def test_what_was_found_out_later_is_not_told(watch: Watch, seek: Seek) -> None:
    for n in range(6):
        await watch.see((bad if 1 <= n < 4 else good)(T0_MS + n * MINUTE_MS))
    await watch.writer.run(
        partial(recorder.add_note, incident_id=1, at_ms=T0_MS + HOUR_MS, by="tui", text="a cable")
    )
    open_then = seek(T0_MS + 3 * MINUTE_MS)
    (incident,) = open_then.incidents(open_only=True)
    assert (incident.open, open_then.notes(incident.id)) == (True, [])
    (alert,) = open_then.alerts()
    assert (alert.open, alert.resolution) == (True, "")
    over = seek(T0_MS + 30 * MINUTE_MS)
    assert over.incidents(open_only=True) == over.notes(incident.id) == []
    assert [note.text for note in seek(T0_MS + 2 * HOUR_MS).notes(incident.id)] == ["a cable"]


async def test_an_incident_grows_as_it_did(writer: StoreWriter, seek: Seek) -> None:
    writer.orders = Orders(depends_on={"shop": ("gateway",), "blog": ("gateway",)})
    watch = Watch(writer)
    names = ("gateway", "shop", "blog")
    await watch.configure(*map(service, names))
    for n, name in enumerate(names):
        await watch.see(bad(T0_MS + n * MINUTE_MS), name=name)
    for n, name in enumerate(names):
        await watch.see(good(T0_MS + (n + 3) * MINUTE_MS), name=name)
    grown = [seek(T0_MS + n * MINUTE_MS).incidents() for n in range(6)]
    assert [one.services for (one,) in grown] == [names[:1], names[:2], *[names] * 4]
    assert [one.open for (one,) in grown] == [True] * 5 + [False]
    assert len(seek(T0_MS + MINUTE_MS).incident_alerts(1)) == 2


async def test_a_service_shows_while_it_was_watched(watch: Watch, seek: Seek) -> None:
    await watch.see(good(T0_MS), good(T0_MS + HOUR_MS))
    await watch.configure(service("public"))
    await watch.see(good(T0_MS + 2 * HOUR_MS), name="public")

    def shown(at_ms: int) -> list[str]:
        return [one.id for one in seek(at_ms).services()]

    assert shown(T0_MS + HOUR_MS // 2) == ["curator"]
    assert shown(T0_MS + HOUR_MS) == ["curator"]
    assert shown(T0_MS + 3 * HOUR_MS) == ["public"]


@pytest.mark.parametrize("raw_days", [1, 30])
async def test_last_looks_are_found_however_long_ago(
    writer: StoreWriter, seek: Seek, raw_days: int
) -> None:
    watch = Watch(writer)
    await watch.configure(service("daily"), service("often"))
    end_ms = T0_MS + 4 * DAY_MS
    for day in range(4):
        await watch.see(good(T0_MS + day * DAY_MS, 500.0), name="daily")
    for hour in range(4 * 24):
        await watch.see(good(T0_MS + hour * HOUR_MS + 7), name="often")
    await writer.run(partial(roll_up, now_ms=end_ms))
    while await writer.run(
        partial(prune, now_ms=end_ms, limits=RetentionOptions(raw_days=raw_days))
    ):
        pass
    daily, often = seek(T0_MS + 2 * DAY_MS - HOUR_MS).services()
    look = daily.checks[0]
    assert (look.state, look.outcome) == (State.UP, Outcome.OK)
    assert look.last_ms == T0_MS + DAY_MS
    assert look.latency_ms == pytest.approx(500.0, rel=0.02)
    assert often.checks[0].last_ms is not None
    assert 0 <= T0_MS + 2 * DAY_MS - HOUR_MS - often.checks[0].last_ms <= HOUR_MS + 7


async def test_figures_outlive_the_single_looks(watch: Watch, seek: Seek) -> None:
    key = watch.keys["curator", "http"]
    end_ms = T0_MS + 5 * DAY_MS
    for n in range(5 * 24 * 4):
        await watch.see(good(T0_MS + n * HOUR_MS // 4))
    await watch.writer.run(partial(roll_up, now_ms=end_ms))
    at_ms = T0_MS + 2 * DAY_MS
    before = seek(at_ms)
    day, hour = (at_ms - DAY_MS, at_ms), (at_ms - HOUR_MS, at_ms)
    kept = [before.summaries(*day)[key].count, before.summaries(*hour)[key].count]
    limits = RetentionOptions(raw_days=1, minute_days=1)
    while await watch.writer.run(partial(prune, now_ms=end_ms, limits=limits)):
        pass
    after = seek(at_ms)
    assert [after.summaries(*day)[key].count, after.summaries(*hour)[key].count] == kept
    assert sum(point.count for point in after.series(key, *day, 24)) == kept[0]


def test_no_table_is_forgotten(seek: Seek) -> None:
    connection = seek(T0_MS)._connection
    rows = connection.execute("SELECT name FROM temp.sqlite_master").fetchall()
    hidden = {name for (name,) in rows} - {"moment"}
    assert hidden == {table._meta.table_name for table in TABLES} - TIMELESS
    for table in hidden:
        names = connection.execute(
            "SELECT name FROM pragma_table_info(?, 'temp')", (table,)
        ).fetchall()
        assert [name for (name,) in names] == past_views.columns_of(connection, table), table


def test_the_past_cannot_be_changed(seek: Seek) -> None:
    connection = seek(T0_MS)._connection
    for sql in ("DELETE FROM main.marks", "DELETE FROM alerts", "CREATE TABLE main.t (a)"):
        with pytest.raises(sqlite.OperationalError):
            connection.execute(sql)


async def test_only_a_seek_makes_it_another_store(watch: Watch, seek: Seek) -> None:
    past = seek(T0_MS)
    version = past.data_version()
    await watch.see(good(T0_MS + MINUTE_MS))
    assert past.data_version() == version
    assert seek(T0_MS + MINUTE_MS).data_version() != version
    assert past.at_ms == T0_MS + MINUTE_MS


async def test_a_replay_holds_nothing_up(watch: Watch, seek: Seek) -> None:
    for n in range(4):
        await watch.see(good(T0_MS + n * MINUTE_MS))
        seek(T0_MS + n * MINUTE_MS).services()
        rows = await watch.writer.run_alone(lambda db: db.rows("PRAGMA wal_checkpoint(TRUNCATE)"))
        assert not rows[0][0]


def test_the_same_reader_serves_again_after_a_salvage(
    paths: Paths, writer: StoreWriter, open_writer: OpenWriter
) -> None:
    with closing(PastReader(paths, T0_MS)) as past:
        writer.close()
        for file in paths.data_dir.glob("sentinel.db*"):
            file.unlink()
        open_writer()
        past.seek(T0_MS + 1)
        assert past.services() == []
