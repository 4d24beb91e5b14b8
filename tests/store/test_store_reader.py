"""What readers are told, and that they never get in the writer's way."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from functools import partial
from itertools import pairwise

import pytest
from store_looks import QUICK, T0_MS, OpenWriter, Watch, bad, good, service

from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.domain.monitoring.alerts import Rule
from sentinel_tui.domain.monitoring.states import State
from sentinel_tui.domain.monitoring.uptime import Uptime
from sentinel_tui.domain.records import EngineRecord, EntryKind, SeriesPoint, WorkerRecord
from sentinel_tui.domain.stats.histogram import RELATIVE_ERROR
from sentinel_tui.errors import StoreError
from sentinel_tui.paths import Paths
from sentinel_tui.store import recorder
from sentinel_tui.store.driver import SQLITE_VERSION, open_reader, sqlite
from sentinel_tui.store.layout import DAY_MS, LAYOUT_VERSION, Floor
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.retention import prune
from sentinel_tui.store.rollups import roll_up
from sentinel_tui.store.writer import Database, StoreWriter

HOUR_MS, MINUTE_MS = 3_600_000, 60_000
MIDNIGHT_MS = Floor.DAY.start_ms(T0_MS)


def add_looks(db: Database, key: int, start_ms: int, end_ms: int, step_ms: int = 30_000) -> None:
    """Looks whose latency tells their time: 1 ms at midnight, then 1 ms more each hour."""
    db.write_many(
        "INSERT INTO metrics (at_ms, check_key, outcome, status, latency_us) "
        "VALUES (?, ?, 0, 200, ?)",
        (
            (at_ms, key, 1_000 + (at_ms - start_ms) // HOUR_MS * 1_000)
            for at_ms in range(start_ms, end_ms, step_ms)
        ),
    )


def measured(points: list[SeriesPoint]) -> list[SeriesPoint]:
    return [point for point in points if point.count]


def test_without_a_store_the_reader_says_what_to_do(paths: Paths) -> None:
    with pytest.raises(StoreError, match="no store") as missing:
        Reader(paths)
    assert "sentinel engine" in missing.value.hint
    assert not paths.data_dir.exists(), "reading makes nothing"


def test_a_reader_cannot_write(writer: StoreWriter, paths: Paths) -> None:
    with closing(open_reader(paths.store)) as connection:
        with pytest.raises(sqlite.OperationalError):
            connection.execute("DELETE FROM engine_lease")
        connection.execute("PRAGMA query_only = 0")
        with pytest.raises(sqlite.OperationalError):
            connection.execute("DELETE FROM engine_lease")


async def test_the_data_version_changes_with_every_commit_and_only_then(
    watch: Watch, reader: Reader
) -> None:
    versions = [reader.data_version(), reader.data_version()]
    assert versions[0] == versions[1]
    for n in range(3):
        await watch.see(good(T0_MS + n))
        versions.append(reader.data_version())
        reader.services()
        assert reader.data_version() == versions[-1]
    assert len(set(versions)) == 4


async def test_a_reader_holds_nothing_up(watch: Watch, reader: Reader) -> None:
    for n in range(5):
        await watch.see(bad(T0_MS + n * MINUTE_MS), good(T0_MS + n * MINUTE_MS + 1))
        reader.services()
        reader.timeline(0, T0_MS * 2)
        reader.alerts()
        reader.series(1, T0_MS, T0_MS + HOUR_MS, 60)
        busy, *_ = (
            await watch.writer.run_alone(lambda db: db.rows("PRAGMA wal_checkpoint(TRUNCATE)"))
        )[0]
        assert not busy


async def test_a_reader_follows_when_another_file_takes_the_stores_place(
    watch: Watch, reader: Reader, paths: Paths, open_writer: OpenWriter
) -> None:
    await watch.see(good(T0_MS))
    before = reader.data_version()
    watch.writer.close()
    for file in paths.data_dir.glob("sentinel.db*"):
        file.unlink()
    open_writer()
    assert reader.data_version() != before
    assert reader.services() == []


@pytest.mark.parametrize("rolled", [False, True])
@pytest.mark.parametrize(
    ("hours", "points"), [(1, 120), (1, 60), (6, 72), (24, 144), (24, 24), (48, 48), (48, 7)]
)
async def test_a_series_holds_every_look_once(
    watch: Watch, reader: Reader, hours: int, points: int, rolled: bool
) -> None:
    end_ms = MIDNIGHT_MS + 48 * HOUR_MS
    key = watch.keys["curator", "http"]
    await watch.writer.run(partial(add_looks, key=key, start_ms=MIDNIGHT_MS, end_ms=end_ms))
    if rolled:
        await watch.writer.run(partial(roll_up, now_ms=end_ms - 90_000))
    start_ms = end_ms - hours * HOUR_MS
    series = reader.series(key, start_ms, end_ms, points)
    assert len(series) == points
    assert series[0].at_ms == start_ms
    width_ms = (end_ms - start_ms) / points
    assert all(abs(b.at_ms - a.at_ms - width_ms) <= 1 for a, b in pairwise(series))
    assert sum(point.count for point in series) == hours * 120


async def test_a_series_knows_its_percentiles(watch: Watch, reader: Reader) -> None:
    latencies_ms = [10.0] * 90 + [500.0] * 9 + [2_000.0]
    looks = [good(T0_MS + n * 500, latency_ms) for n, latency_ms in enumerate(latencies_ms)]
    await watch.see(*looks, bad(T0_MS + 51_000))
    (point,) = reader.series(watch.keys["curator", "http"], T0_MS, T0_MS + MINUTE_MS, 1)
    assert point.p50_ms == pytest.approx(10.0, rel=RELATIVE_ERROR)
    assert point.p95_ms == pytest.approx(500.0, rel=RELATIVE_ERROR)
    assert (point.max_ms, point.count, point.failures) == (2_000.0, 101, 1)


async def test_slices_without_a_look_are_empty(watch: Watch, reader: Reader) -> None:
    await watch.see(good(T0_MS + 5 * MINUTE_MS))
    series = reader.series(watch.keys["curator", "http"], T0_MS, T0_MS + 10 * MINUTE_MS, 10)
    assert [point.at_ms for point in measured(series)] == [T0_MS + 5 * MINUTE_MS]
    empty = series[0]
    assert (empty.p50_ms, empty.p95_ms, empty.max_ms, empty.failures) == (None, None, None, 0)


@pytest.mark.parametrize("days", [1, 7, 30])
async def test_a_young_store_is_drawn_once_and_where_it_belongs(
    watch: Watch, reader: Reader, days: int
) -> None:
    begin_ms = MIDNIGHT_MS + 16 * HOUR_MS + 48 * MINUTE_MS
    end_ms = begin_ms + 10 * MINUTE_MS
    key = watch.keys["curator", "http"]
    await watch.writer.run(partial(add_looks, key=key, start_ms=begin_ms, end_ms=end_ms))
    await watch.writer.run(partial(roll_up, now_ms=end_ms))
    series = reader.series(key, end_ms - days * DAY_MS, end_ms, 96)
    assert sum(point.count for point in series) == 10 * 2
    assert measured(series)[0].at_ms > begin_ms - days * DAY_MS / 96


async def test_what_was_pruned_to_hours_is_drawn_from_hours(watch: Watch, reader: Reader) -> None:
    end_ms = MIDNIGHT_MS + 7 * DAY_MS
    key = watch.keys["curator", "http"]
    job = partial(add_looks, key=key, start_ms=MIDNIGHT_MS, end_ms=end_ms, step_ms=MINUTE_MS)
    await watch.writer.run(job)
    await watch.writer.run(partial(roll_up, now_ms=end_ms))
    limits = RetentionOptions(raw_days=1, minute_days=1, hour_days=30)
    while await watch.writer.run(partial(prune, now_ms=end_ms, limits=limits)):
        pass
    series = reader.series(key, MIDNIGHT_MS, end_ms, 7 * 24 * 4)
    assert all(point.count for point in series), "narrow slices show the hour they lie in"
    rising = [point.p50_ms or 0.0 for point in series]
    assert all(b >= a * (1 - 2 * RELATIVE_ERROR) for a, b in pairwise(rising))
    (summary,) = reader.summaries(MIDNIGHT_MS, end_ms).values()
    assert summary.count == 7 * 24 * 60


@pytest.mark.parametrize("hours", [1, 2, 12, 30, 71])
async def test_summaries_count_every_look_once(watch: Watch, reader: Reader, hours: int) -> None:
    now_ms = MIDNIGHT_MS + 3 * DAY_MS + 10 * HOUR_MS
    key = watch.keys["curator", "http"]
    await watch.writer.run(partial(add_looks, key=key, start_ms=MIDNIGHT_MS, end_ms=now_ms))
    await watch.writer.run(partial(roll_up, now_ms=now_ms - 3 * MINUTE_MS))
    (summary,) = reader.summaries(now_ms - hours * HOUR_MS, now_ms).values()
    assert summary.count == hours * 120
    assert summary.max_ms == 1 + (now_ms - 1 - MIDNIGHT_MS) // HOUR_MS
    assert summary.min_ms == summary.max_ms - hours + 1
    assert summary.p50_ms == pytest.approx((summary.min_ms + summary.max_ms) / 2, rel=0.06)
    assert summary.min_ms <= summary.p50_ms <= summary.p95_ms <= summary.p99_ms <= summary.max_ms


@pytest.mark.parametrize("rolled", [False, True])
@pytest.mark.parametrize("hours", [1, 5, 24, 72])
async def test_one_check_is_summed_up_as_among_all(
    watch: Watch, reader: Reader, hours: int, rolled: bool
) -> None:
    end_ms = MIDNIGHT_MS + 80 * HOUR_MS
    key = watch.keys["curator", "http"]
    await watch.writer.run(partial(add_looks, key=key, start_ms=MIDNIGHT_MS, end_ms=end_ms))
    if rolled:
        await watch.writer.run(partial(roll_up, now_ms=end_ms - 90_000))
    start_ms = end_ms - hours * HOUR_MS
    alone = reader.summary(key, start_ms, end_ms)
    among = reader.summaries(start_ms, end_ms)[key]
    assert (alone.count, alone.failures) == (among.count, among.failures)
    assert (alone.min_ms, alone.max_ms) == (among.min_ms, among.max_ms)
    assert alone.p95_ms == pytest.approx(among.p95_ms, rel=2 * RELATIVE_ERROR)


async def test_a_past_window_is_summed_up_too(watch: Watch, reader: Reader) -> None:
    now_ms = MIDNIGHT_MS + 5 * DAY_MS
    key = watch.keys["curator", "http"]
    await watch.writer.run(partial(add_looks, key=key, start_ms=MIDNIGHT_MS, end_ms=now_ms))
    await watch.writer.run(partial(roll_up, now_ms=now_ms))
    window = (MIDNIGHT_MS + 5 * HOUR_MS, MIDNIGHT_MS + 3 * DAY_MS + 7 * HOUR_MS)
    (summary,) = reader.summaries(*window).values()
    assert summary.count == (window[1] - window[0]) // 30_000


async def test_uptime_is_counted_from_the_changes(watch: Watch, reader: Reader) -> None:
    watch.rules = QUICK
    await watch.see(good(T0_MS), bad(T0_MS + 60_000), good(T0_MS + 90_000))
    assert reader.uptimes(T0_MS - 50_000, T0_MS + 100_000) == {
        "curator": Uptime(up_ms=70_000, down_ms=30_000)
    }
    assert reader.uptimes(T0_MS + 70_000, T0_MS + 80_000)["curator"].ratio == 0.0


async def test_whole_days_and_edges_add_up_to_the_same_uptime(watch: Watch, reader: Reader) -> None:
    watch.rules = QUICK
    await watch.see(good(T0_MS))
    for day in range(6):
        start_ms = T0_MS + day * DAY_MS + day * HOUR_MS
        await watch.see(bad(start_ms + HOUR_MS), good(start_ms + HOUR_MS + 7 * MINUTE_MS))
    end_ms = T0_MS + 6 * DAY_MS
    windows = [(T0_MS + n * 5 * HOUR_MS, end_ms - n * 7 * HOUR_MS) for n in range(8)]
    from_changes = [reader.uptimes(*window) for window in windows]
    await watch.writer.run(partial(roll_up, now_ms=end_ms))
    assert [reader.uptimes(*window) for window in windows] == from_changes
    await watch.writer.run(
        partial(recorder.add_gap, from_ms=T0_MS + DAY_MS, to_ms=T0_MS + 2 * DAY_MS, reason="off")
    )
    with_gap = reader.uptimes(*windows[0])["curator"]
    assert with_gap.excluded_ms == DAY_MS
    await watch.writer.run(partial(roll_up, now_ms=end_ms))
    assert reader.uptimes(*windows[0])["curator"] == with_gap


def engine(**facts: object) -> EngineRecord:
    defaults: dict[str, object] = {
        "pid": 4_711,
        "host": "box",
        "version": "0.1.0",
        "started_ms": T0_MS,
        "beat_ms": T0_MS,
        "workers": (WorkerRecord("probing", T0_MS, 2, "boom", T0_MS + 9),),
    }
    return EngineRecord(**{**defaults, **facts})


async def test_an_engine_that_fell_silent_claims_no_uptime(watch: Watch, reader: Reader) -> None:
    await watch.see(good(T0_MS))
    await watch.writer.run(partial(recorder.beat, engine=engine(beat_ms=T0_MS + HOUR_MS)))
    seen = reader.uptimes(T0_MS, T0_MS + 3 * HOUR_MS)["curator"]
    assert seen == Uptime(up_ms=HOUR_MS, excluded_ms=2 * HOUR_MS)
    cells = reader.state_cells(T0_MS, T0_MS + 3 * HOUR_MS, 3)["curator"]
    assert cells == [State.UP, State.UNKNOWN, State.UNKNOWN]


async def test_state_cells_show_the_worst_of_each_slice(watch: Watch, reader: Reader) -> None:
    watch.rules = QUICK
    await watch.see(good(T0_MS + 10), bad(T0_MS + 250), good(T0_MS + 270))
    cells = reader.state_cells(T0_MS - 100, T0_MS + 400, 5)
    assert cells == {"curator": [None, State.UP, State.UP, State.DOWN, State.UP]}


async def test_the_engine_is_read_as_it_described_itself(watch: Watch, reader: Reader) -> None:
    assert reader.engine() is None
    assert await watch.writer.run(recorder.last_beat_ms) is None
    for said in (engine(), engine(beat_ms=T0_MS + 5, stopped_ms=T0_MS + 5, workers=())):
        await watch.writer.run(partial(recorder.beat, engine=said))
        assert reader.engine() == said
    assert await watch.writer.run(recorder.last_beat_ms) == T0_MS + 5


async def test_alerts_are_read_newest_first_and_page_by_page(
    writer: StoreWriter, reader: Reader
) -> None:
    watch = Watch(writer)
    await watch.configure(service("curator"), service("public"))
    for n in range(4):
        for name in ("curator", "public"):
            await watch.see(bad(T0_MS + n * 1_000), good(T0_MS + n * 1_000 + 500), name=name)
    await watch.see(bad(T0_MS + 9_000))
    every = reader.alerts()
    assert [alert.id for alert in every] == sorted((alert.id for alert in every), reverse=True)
    assert sum(alert.rule is Rule.DOWN for alert in every) == 2 * 4 + 1
    first = reader.alerts(limit=4)
    rest = reader.alerts(before_id=first[-1].id)
    assert [*first, *rest] == every
    assert {alert.service for alert in reader.alerts(service="public")} == {"public"}
    opened = reader.alerts(open_only=True)
    assert all(alert.open for alert in opened)
    assert [alert.service for alert in opened if alert.rule is Rule.DOWN] == ["curator"]
    assert reader.alert(every[3].id) == every[3]
    assert reader.alert(10_000) is None


async def test_the_timeline_tells_everything_newest_first(watch: Watch, reader: Reader) -> None:
    watch.rules = QUICK
    await watch.see(good(T0_MS))
    (alert,) = await watch.see(bad(T0_MS + 1_000))

    def more(db: Database) -> None:
        recorder.acknowledge(db, alert.id, T0_MS + 2_000, "tui")
        recorder.begin_intent(
            db, key=None, verb="wake", service="curator", arguments={}, source="cli",
            at_ms=T0_MS + 3_000,
        )  # fmt: skip
        recorder.add_gap(db, T0_MS + 4_000, T0_MS + 5_000, "the machine slept")
        recorder.add_event(db, T0_MS + 6_000, EntryKind.ENGINE, "engine stopped")

    await watch.writer.run(more)
    await watch.see(good(T0_MS + 7_000))
    entries = reader.timeline(T0_MS, T0_MS + 8_000)
    assert [entry.at_ms for entry in entries] == sorted(
        (entry.at_ms for entry in entries), reverse=True
    )
    assert [(entry.kind, entry.text) for entry in entries] == [
        (EntryKind.RESOLVED, "down: recovered"),
        (EntryKind.STATE, "recovered"),
        (EntryKind.ENGINE, "engine stopped"),
        (EntryKind.GAP, "not watching for 1s: the machine slept"),
        (EntryKind.INTENT, "wake by cli: started"),
        (EntryKind.ACKNOWLEDGED, "down by tui"),
        (EntryKind.ALERT, "down: HTTP 503"),
        (EntryKind.STATE, "HTTP 503"),
        (EntryKind.STATE, "answers as it should"),
    ]
    assert entries[1].state is State.UP
    assert entries[6].severity == "CRITICAL"
    assert reader.timeline(T0_MS, T0_MS + 8_000, limit=2) == entries[:2]
    assert reader.timeline(T0_MS, T0_MS + 1_000) == entries[-1:]
    kinds = {entry.kind for entry in reader.timeline(T0_MS, T0_MS + 8_000, service="curator")}
    assert EntryKind.ENGINE not in kinds
    assert EntryKind.STATE in kinds


async def test_what_the_store_weighs(watch: Watch, reader: Reader, paths: Paths) -> None:
    assert reader.info().forecast_bytes(30) is None, "nothing to judge by"
    key = watch.keys["curator", "http"]
    await watch.writer.run(partial(add_looks, key=key, start_ms=T0_MS, end_ms=T0_MS + 3 * DAY_MS))
    info = reader.info()
    assert info.rows["metrics"] == 3 * 2_880
    assert (info.oldest_ms, info.newest_ms) == (T0_MS, T0_MS + 3 * DAY_MS - 30_000)
    assert info.layout_version == LAYOUT_VERSION
    assert info.sqlite_version == ".".join(map(str, SQLITE_VERSION))
    assert info.path == paths.store
    assert info.size_bytes > info.rows["metrics"] * 20
    forecasts = [info.forecast_bytes(days) or 0 for days in (3, 30)]
    assert forecasts[0] == pytest.approx(info.size_bytes, rel=0.5)
    assert forecasts[1] > forecasts[0]


def test_reading_needs_neither_peewee_nor_the_configuration() -> None:
    script = (
        "import sys, sentinel_tui.store.queries; "
        "print(*sorted({name.partition('.')[0] for name in sys.modules} "
        "& {'peewee', 'playhouse', 'pydantic', 'httpx', 'textual', 'asyncio'}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert ran.stdout.strip() == ""
