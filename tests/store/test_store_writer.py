"""One writer: groups, savepoints, durability, fencing, and what happens when the disk is full."""

from __future__ import annotations

import asyncio
import threading
from contextlib import closing
from functools import partial

import pytest
from store_looks import OpenWriter, rows_of
from store_telling import orders

from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.domain.records import EntryKind
from sentinel_tui.errors import StoreError, StoreFull, StoreUnsafe
from sentinel_tui.paths import Paths
from sentinel_tui.store.driver import open_reader
from sentinel_tui.store.recorder import add_event
from sentinel_tui.store.writer import Database, StoreWriter, Succession

NORMAL, FULL = 1, 2


def note(text: str, db: Database) -> None:
    add_event(db, 1, EntryKind.ENGINE, text)


async def notes(writer: StoreWriter) -> list[str]:
    return [str(row[0]) for row in await rows_of(writer, "SELECT text FROM events ORDER BY id")]


def committed(paths: Paths) -> list[str]:
    """The notes that another connection sees."""
    with closing(open_reader(paths.store)) as connection:
        rows = connection.execute("SELECT text FROM events ORDER BY id").fetchall()
    return [text for (text,) in rows]


async def held_up(writer: StoreWriter) -> threading.Event:
    """Keep the writer's thread busy until the event is set, so that jobs gather behind it."""
    started, go_on = threading.Event(), threading.Event()

    def hold(db: Database) -> None:
        started.set()
        go_on.wait(10)

    asyncio.get_running_loop().create_task(writer.run_alone(hold))
    await asyncio.to_thread(started.wait, 10)
    return go_on


async def transactions(writer: StoreWriter) -> int:
    """How many transactions there were: each renews the lease, beside what its jobs change."""
    changed = await writer.run_alone(lambda db: db.raw.total_changes)
    return changed - len(await notes(writer))


async def test_a_job_gives_its_result_once_it_is_committed(
    writer: StoreWriter, paths: Paths
) -> None:
    number = await writer.run(lambda db: db.write("UPDATE engine_lease SET epoch = epoch") + 41)
    assert number == 42
    await writer.run(partial(note, "here"))
    assert committed(paths) == ["here"]


async def test_jobs_that_wait_together_share_a_transaction(writer: StoreWriter) -> None:
    before = await transactions(writer)
    go_on = await held_up(writer)
    waiting = [asyncio.ensure_future(writer.run(partial(note, str(n)))) for n in range(100)]
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(*waiting)
    assert await transactions(writer) - before <= 3, "one, and those that count them"
    assert await notes(writer) == [str(n) for n in range(100)], "in the order they came"


async def test_a_transaction_does_not_grow_without_end(writer: StoreWriter) -> None:
    def many(db: Database) -> None:
        for _ in range(600):
            note("row", db)

    before = await transactions(writer)
    go_on = await held_up(writer)
    waiting = [asyncio.ensure_future(writer.run(many)) for _ in range(3)]
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(*waiting)
    assert await transactions(writer) - before >= 3


async def test_a_failing_job_spoils_no_other_and_leaves_nothing(writer: StoreWriter) -> None:
    def half_done(db: Database) -> None:
        note("half", db)
        raise ZeroDivisionError("mine")

    go_on = await held_up(writer)
    waiting = [
        asyncio.ensure_future(writer.run(job))
        for job in (partial(note, "before"), half_done, partial(note, "after"))
    ]
    await asyncio.sleep(0)
    go_on.set()
    first, failed, last = await asyncio.gather(*waiting, return_exceptions=True)
    assert (first, last) == (None, None)
    assert isinstance(failed, ZeroDivisionError)
    assert await notes(writer) == ["before", "after"]


async def test_what_sqlite_refuses_is_one_of_our_errors(writer: StoreWriter) -> None:
    with pytest.raises(StoreError, match="no such table"):
        await rows_of(writer, "SELECT * FROM nowhere")
    await writer.run(partial(note, "still writing"))


async def test_a_job_is_done_even_when_nobody_waits_for_it_any_more(writer: StoreWriter) -> None:
    go_on = await held_up(writer)
    waiting = asyncio.ensure_future(writer.run(partial(note, "kept")))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go_on.set()
    assert await notes(writer) == ["kept"]


async def test_only_durable_jobs_wait_for_the_disk(writer: StoreWriter) -> None:
    def synchronous(db: Database) -> int:
        return int(db.pragma("synchronous"))

    assert await writer.run(synchronous) == NORMAL
    assert await writer.run(synchronous, durable=True) == FULL
    assert await writer.run(synchronous) == NORMAL


async def test_new_orders_hold_from_the_next_job_on(writer: StoreWriter) -> None:
    for told in (orders("mail"), orders("ntfy")):
        writer.orders = told
        assert await writer.run(lambda db: db.orders) is told
        assert writer.orders is told


async def test_a_job_alone_runs_outside_any_transaction(writer: StoreWriter) -> None:
    assert await writer.run(lambda db: db.raw.in_transaction)
    assert not await writer.run_alone(lambda db: db.raw.in_transaction)


async def test_a_job_alone_that_fails_says_why(writer: StoreWriter) -> None:
    with pytest.raises(StoreError, match="no such table"):
        await writer.run_alone(lambda db: db.rows("SELECT * FROM nowhere"))
    with pytest.raises(ZeroDivisionError):
        await writer.run_alone(lambda db: 1 // 0)
    await writer.run(partial(note, "still writing"))


async def test_losing_the_whole_folder_is_an_error_and_no_silence(
    writer: StoreWriter, paths: Paths
) -> None:
    paths.data_dir.rename(paths.data_dir.with_name("elsewhere"))
    with pytest.raises(StoreError):
        await writer.run(partial(note, "into nowhere"))
    with pytest.raises(StoreError):
        await writer.run(partial(note, "again"))


async def test_closing_carries_out_what_waits_and_then_refuses(
    writer: StoreWriter, paths: Paths
) -> None:
    go_on = await held_up(writer)
    waiting = [asyncio.ensure_future(writer.run(partial(note, str(n)))) for n in range(5)]
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.to_thread(writer.close)
    await asyncio.gather(*waiting)
    assert committed(paths) == ["0", "1", "2", "3", "4"]
    with pytest.raises(StoreError, match="closed"):
        await writer.run(partial(note, "late"))
    writer.close()


async def test_a_second_epoch_makes_the_first_writer_lose(
    writer: StoreWriter, open_writer: OpenWriter, paths: Paths
) -> None:
    await writer.run(partial(note, "first"))
    second = open_writer()
    with pytest.raises(StoreError, match="took over"):
        await writer.run(partial(note, "stale"), durable=True)
    assert writer.lost
    with pytest.raises(StoreError, match="took over"):
        await writer.run(partial(note, "stale again"))
    await second.run(partial(note, "second"))
    assert not second.lost
    assert committed(paths) == ["first", "second"]


async def test_a_loser_does_not_mark_a_clean_stop(
    writer: StoreWriter, open_writer: OpenWriter
) -> None:
    second = open_writer()
    with pytest.raises(StoreError):
        await writer.run(partial(note, "stale"))
    writer.close()
    assert await rows_of(second, "SELECT released_ms FROM engine_lease") == [(None,)]


@pytest.mark.parametrize("which", ["sentinel.db", "sentinel.db-wal"])
async def test_a_replaced_or_deleted_file_is_noticed_before_the_next_commit(
    writer: StoreWriter, paths: Paths, which: str
) -> None:
    await writer.run(partial(note, "seen"))
    victim = paths.data_dir / which
    victim.rename(victim.with_name("moved"))
    with pytest.raises(StoreUnsafe, match="replaced or deleted"):
        await writer.run(partial(note, "into nowhere"))
    assert writer.lost


def limited(megabytes: int) -> RetentionOptions:
    return RetentionOptions.model_construct(
        **{**RetentionOptions().model_dump(), "max_store_mb": megabytes}
    )


def fill(db: Database) -> None:
    for _ in range(100):
        note("x" * 4_000, db)


async def overfill(writer: StoreWriter) -> None:
    for _ in range(20):
        await writer.run(fill)


async def test_a_full_store_says_so_and_records_again_when_there_is_room(
    open_writer: OpenWriter, paths: Paths
) -> None:
    writer = open_writer(limited(2))
    with pytest.raises(StoreFull) as full:
        await overfill(writer)
    assert "free some space" in full.value.hint
    assert "no space" in writer.trouble
    assert not (paths.data_dir / "ballast").exists(), "given up to make room"
    assert await notes(writer), "what was there before is still there, and can be read"
    await writer.run(lambda db: db.write("DELETE FROM events"))
    await writer.run(fill)
    assert writer.trouble == ""
    assert len(await notes(writer)) == 100


async def test_what_follows_what_found_no_room_is_not_known_before_it(
    open_writer: OpenWriter,
) -> None:
    writer = open_writer(limited(2))
    with pytest.raises(StoreFull):
        await overfill(writer)
    told_before, succession = await notes(writer), Succession()
    with pytest.raises(StoreFull):
        await writer.run(fill, succession=succession)
    await writer.run(partial(note, "of others"))
    with pytest.raises(StoreFull):
        await writer.run(partial(note, "small enough"), succession=succession)
    assert await notes(writer) == [*told_before, "of others"]


async def test_the_largest_size_is_kept(open_writer: OpenWriter, paths: Paths) -> None:
    writer = open_writer(limited(2))
    with pytest.raises(StoreFull):
        await overfill(writer)
    writer.close()
    assert paths.store.stat().st_size <= 2 * 1_048_576


async def test_errors_never_show_what_was_being_stored(writer: StoreWriter) -> None:
    with pytest.raises(StoreError) as refused:
        await rows_of(
            writer, "INSERT INTO gaps (from_ms, to_ms, reason) VALUES (?, 2, 'x')", "hunter2"
        )
    assert "hunter2" not in str(refused.value)


def test_an_impossible_place_is_an_error_in_the_opener(
    open_writer: OpenWriter, paths: Paths
) -> None:
    paths.data_dir.write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="cannot hold a store"):
        open_writer()
