"""What is let go of, how much at a time, and how the files stay small."""

from __future__ import annotations

from contextlib import closing
from functools import partial

import pytest
from store_looks import T0_MS, OpenWriter, Watch, rows_of

from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.paths import Paths
from sentinel_tui.store.driver import open_reader, wal_is_safe
from sentinel_tui.store.guard import wal_path
from sentinel_tui.store.layout import DAY_MS, Floor
from sentinel_tui.store.retention import BATCH_ROWS, checkpoint, prune
from sentinel_tui.store.rollups import roll_up
from sentinel_tui.store.writer import Database, StoreWriter

LIMITS = RetentionOptions(raw_days=2, minute_days=1, hour_days=7)
NOON_MS = Floor.DAY.start_ms(T0_MS) + DAY_MS // 2
STEP_MS = 20_000

needs_wal = pytest.mark.skipif(not wal_is_safe(), reason="this SQLite gets no write-ahead log")


def add_looks(db: Database, key: int, days: float, step_ms: int = STEP_MS) -> None:
    start_ms = NOON_MS - round(days * DAY_MS)
    db.write_many(
        "INSERT INTO metrics (at_ms, check_key, outcome, status, latency_us) "
        "VALUES (?, ?, 0, 200, ?)",
        ((at_ms, key, at_ms % 90_000) for at_ms in range(start_ms, NOON_MS, step_ms)),
    )


async def filled(watch: Watch, days: float, step_ms: int = STEP_MS) -> int:
    """Looks over some days, rolled up; returns the check's key."""
    key = watch.keys["curator", "http"]
    await watch.writer.run(partial(add_looks, key=key, days=days, step_ms=step_ms))
    await watch.writer.run(partial(roll_up, now_ms=NOON_MS))
    return key


async def prune_once(writer: StoreWriter, limits: RetentionOptions = LIMITS) -> tuple[bool, int]:
    """Whether more is to be done, and how many rows one batch deleted."""

    def job(db: Database) -> tuple[bool, int]:
        before = db.raw.total_changes
        more = prune(db, NOON_MS, limits)
        return more, db.raw.total_changes - before

    return await writer.run(job)


async def oldest_ms(writer: StoreWriter, floor: Floor | None = None) -> int:
    if floor is None:
        ((at_ms,),) = await rows_of(writer, "SELECT min(at_ms) FROM metrics")
    else:
        ((at_ms,),) = await rows_of(
            writer, "SELECT min(start_ms) FROM rollups WHERE floor = ?", floor.value
        )
    return int(str(at_ms))


async def test_everything_is_kept_for_as_long_as_was_asked(watch: Watch) -> None:
    await filled(watch, days=9, step_ms=60_000)
    while (await prune_once(watch.writer))[0]:
        pass
    today_ms = Floor.DAY.start_ms(NOON_MS)
    assert await oldest_ms(watch.writer) == NOON_MS - 2 * DAY_MS
    assert await oldest_ms(watch.writer, Floor.MINUTE) == today_ms - DAY_MS
    assert await oldest_ms(watch.writer, Floor.HOUR) == today_ms - 7 * DAY_MS
    assert await oldest_ms(watch.writer, Floor.DAY) == today_ms - 9 * DAY_MS, "kept for good"


async def test_no_batch_is_large(watch: Watch) -> None:
    await filled(watch, days=4)
    batches = []
    more = True
    while more:
        more, deleted = await prune_once(watch.writer)
        batches.append(deleted)
    assert len(batches) > 3
    assert max(batches) == BATCH_ROWS
    assert await prune_once(watch.writer) == (False, 0)


async def test_looks_of_the_same_instant_do_not_stop_the_pruning(
    watch: Watch, writer: StoreWriter
) -> None:
    def crowd(db: Database) -> None:
        db.write_many(
            "INSERT INTO metrics (at_ms, check_key, outcome) VALUES (?, ?, 0)",
            ((NOON_MS - 3 * DAY_MS, key) for key in range(BATCH_ROWS * 2 + 10)),
        )

    await writer.run(crowd)
    await writer.run(partial(roll_up, now_ms=NOON_MS))
    deleted = [await prune_once(writer) for _ in range(3)]
    assert [rows for _, rows in deleted] == [BATCH_ROWS, BATCH_ROWS, 10]


async def test_nothing_goes_before_it_is_rolled_up(watch: Watch) -> None:
    key = watch.keys["curator", "http"]
    await watch.writer.run(partial(add_looks, key=key, days=9, step_ms=60_000))
    assert await prune_once(watch.writer) == (False, 0)
    await watch.writer.run(partial(roll_up, now_ms=NOON_MS - 8 * DAY_MS))
    while (await prune_once(watch.writer))[0]:
        pass
    assert await oldest_ms(watch.writer) == NOON_MS - 8 * DAY_MS
    await watch.writer.run(partial(roll_up, now_ms=NOON_MS))
    ((looks,),) = await rows_of(
        watch.writer, "SELECT sum(count) FROM rollups WHERE floor = ?", Floor.DAY.value
    )
    assert looks == 9 * DAY_MS // 60_000


async def test_a_store_that_nears_its_size_lets_go_of_the_oldest_early(
    watch: Watch, writer: StoreWriter
) -> None:
    await filled(watch, days=1.5)

    def tighten(db: Database) -> None:
        db.pragma("max_page_count", db.pragma("page_count") + 1)

    await writer.run_alone(tighten)
    more, deleted = await prune_once(writer, RetentionOptions())
    assert more
    assert deleted == BATCH_ROWS
    while (await prune_once(writer, RetentionOptions()))[0]:
        pass
    assert NOON_MS - 1.5 * DAY_MS < await oldest_ms(writer) < NOON_MS, "but not of all"


async def test_free_pages_go_back_to_the_device(
    watch: Watch, writer: StoreWriter, paths: Paths
) -> None:
    def clutter(db: Database) -> None:
        db.write_many(
            "INSERT INTO events (at_ms, kind, service, text) VALUES (1, 'engine', '', ?)",
            (("x" * 3_000,) for _ in range(5_000)),
        )

    await writer.run(clutter)
    await filled(watch, days=0.01)
    await writer.run_alone(checkpoint)
    large = paths.store.stat().st_size
    await writer.run(lambda db: db.write("DELETE FROM events"))
    while (await prune_once(writer))[0]:
        pass
    await writer.run_alone(checkpoint)
    assert paths.store.stat().st_size < large / 2


@needs_wal
async def test_a_checkpoint_empties_a_log_that_grew(writer: StoreWriter, paths: Paths) -> None:
    def clutter(db: Database) -> None:
        db.pragma("wal_autocheckpoint", 0)
        db.write_many(
            "INSERT INTO events (at_ms, kind, service, text) VALUES (1, 'engine', '', ?)",
            (("x" * 100_000,) for _ in range(700)),
        )

    await writer.run(clutter)
    assert wal_path(paths.store).stat().st_size > 64 * 1_048_576
    assert (await writer.run_alone(checkpoint)).wal_bytes == 0


@needs_wal
async def test_a_reader_that_holds_on_never_holds_up_the_writer(
    writer: StoreWriter, paths: Paths
) -> None:
    def clutter(db: Database) -> None:
        db.write_many(
            "INSERT INTO events (at_ms, kind, service, text) VALUES (1, 'engine', '', ?)",
            (("x" * 100_000,) for _ in range(700)),
        )

    await writer.run(clutter)
    with closing(open_reader(paths.store)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM events").fetchall()
        await writer.run(clutter)
        stuck = await writer.run_alone(checkpoint)
        assert stuck.wal_bytes > 0
        assert stuck.warning == "", "not large enough to bother anybody"
        connection.execute("ROLLBACK")
    await writer.run(lambda db: db.write("DELETE FROM events"))
    assert (await writer.run_alone(checkpoint)).wal_bytes == 0


async def test_the_ballast_comes_back_when_there_is_room(
    open_writer: OpenWriter, paths: Paths
) -> None:
    writer = open_writer()
    ballast = paths.data_dir / "ballast"
    taken = ballast.stat().st_blocks * 512
    assert taken >= 16 * 1_048_576, "it really holds space"
    ballast.unlink()
    await writer.run_alone(checkpoint)
    assert ballast.stat().st_blocks * 512 == taken
