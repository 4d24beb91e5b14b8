"""A damaged store is mended at the next start, and little is lost."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from past_keeping import KEEPING_STORY
from store_looks import T0_MS, OpenWriter, Watch, bad, rows_of, service
from store_telling import MINUTE_MS, Desk, orders
from store_wounds import leaf_pages, page_size, root_page, zero_a_page, zero_pages

from sentinel_tui.errors import StoreError
from sentinel_tui.paths import Paths
from sentinel_tui.store import recorder
from sentinel_tui.store.action_reading import broken_audit_entry
from sentinel_tui.store.backup import check
from sentinel_tui.store.driver import open_reader, sqlite
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.salvage import salvage
from sentinel_tui.store.writer import Database

LOOKS = 20_000

KEEPING_AND_ACTING = {
    *("hosted_services", "deploys", "host_events", "awake_stretches", "visits"),
    *("hours_corrections", "mode_settings", "mode_changes", "plans"),
    *("actions", "audit", "tunings", "freezes"),
}


async def filled(watch: Watch) -> None:
    def looks(db: Database) -> None:
        db.write_many(
            "INSERT INTO metrics (at_ms, check_key, outcome, status, latency_us) "
            "VALUES (?, 1, 0, 200, ?)",
            ((T0_MS + 1_000 + n * 1_000, n) for n in range(LOOKS)),
        )

    await watch.see(*(bad(T0_MS + n, kept="x" * 900) for n in range(40)))
    await watch.writer.run(looks)
    watch.writer.close()


def count(store: Path, table: str) -> int:
    with closing(open_reader(store)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 (own name)


def mark_unclean(store: Path) -> None:
    """As if the engine had been killed."""
    with closing(sqlite.connect(store, isolation_level=None)) as connection:
        connection.execute("UPDATE engine_lease SET released_ms = NULL")


async def test_every_row_of_a_sound_store_is_saved(
    watch: Watch, paths: Paths, tmp_path: Path
) -> None:
    desk = Desk(watch.writer)
    await desk.employ(orders("mail"))
    await desk.fail()
    await desk.after(minutes=1)
    await desk.deliver()
    for number in range(3):
        note = {"incident_id": 1, "at_ms": T0_MS + number, "by": "tui", "text": "looking"}
        await desk.do(recorder.add_note, **note)
    await watch.configure(service(), service("nap"), service("blog"))
    for minute, job in KEEPING_STORY:
        await watch.writer.run(partial(job, now_ms=T0_MS + minute * MINUTE_MS))
    await filled(watch)
    with closing(open_reader(paths.store)) as connection:
        found = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
            "AND name <> 'schema_migration'"
        ).fetchall()
    before = {name: count(paths.store, name) for (name,) in found}
    assert {name for name, rows in before.items() if rows} >= KEEPING_AND_ACTING
    assert {"incidents", "incident_notes", "notifications", "messages", "channels"} <= {
        name for name, rows in before.items() if rows
    }
    saved = salvage(paths.store, tmp_path / "saved.db")
    assert saved.rows == before
    assert {name: count(tmp_path / "saved.db", name) for name in before} == before
    with closing(open_reader(tmp_path / "saved.db")) as connection:
        assert broken_audit_entry(connection) is None


@pytest.mark.parametrize("table", ["metrics", "failures"])
async def test_only_the_rows_of_a_lost_page_are_lost(
    watch: Watch, paths: Paths, tmp_path: Path, table: str
) -> None:
    await filled(watch)
    before = {name: count(paths.store, name) for name in ("metrics", "failures", "state_changes")}
    pages = len(leaf_pages(paths.store, table))
    zero_a_page(paths.store, table, leaf=pages // 2)
    saved = salvage(paths.store, tmp_path / "saved.db")
    after = {name: count(tmp_path / "saved.db", name) for name in before}
    assert saved.holes == 1
    lost = before[table] - after[table]
    assert 0 < lost <= 3 * before[table] / pages
    assert {name for name in before if before[name] != after[name]} == {table}
    assert check(tmp_path / "saved.db") == []


async def test_whatever_page_is_lost_the_rest_is_saved(
    watch: Watch, paths: Paths, tmp_path: Path
) -> None:
    await filled(watch)
    size = page_size(paths.store)
    sound = paths.store.read_bytes()
    dice = random.Random(7)  # noqa: S311 (which pages, not which secrets)
    for trial in range(10):
        paths.store.write_bytes(sound)
        # The first page is the file's own table of contents: without it nothing has a name.
        zero_pages(paths.store, dice.sample(range(2, len(sound) // size), 2), size)
        target = tmp_path / f"saved-{trial}.db"
        salvage(paths.store, target)
        assert check(target) == []


async def test_a_lost_root_loses_its_table_and_no_other(
    watch: Watch, paths: Paths, tmp_path: Path
) -> None:
    await filled(watch)
    zero_pages(paths.store, [root_page(paths.store, "failures")], page_size(paths.store))
    saved = salvage(paths.store, tmp_path / "saved.db")
    assert saved.rows["failures"] == 0
    assert saved.rows["metrics"] == LOOKS + 40


async def test_a_start_after_a_crash_mends_the_store_and_says_so(
    watch: Watch, open_writer: OpenWriter, paths: Paths
) -> None:
    await filled(watch)
    mark_unclean(paths.store)
    zero_a_page(paths.store, "metrics", leaf=3)
    wounded = paths.store.read_bytes()
    writer = open_writer()
    (notice,) = writer.notices
    assert "was damaged" in notice
    (aside,) = paths.data_dir.glob("sentinel.db.damaged-*Z")
    assert aside.name in notice
    assert aside.read_bytes() == wounded, "the damaged file is kept as it was"
    assert writer.epoch == watch.writer.epoch + 1, "epochs go on growing"
    assert check(paths.store) == []
    with closing(Reader(paths)) as reader:
        assert len(reader.alerts()) == 1
        assert reader.services()[0].id == "curator"
    await writer.run(lambda db: db.write("DELETE FROM events"))


async def test_after_a_clean_stop_the_file_is_not_checked(
    watch: Watch, open_writer: OpenWriter, paths: Paths
) -> None:
    await filled(watch)
    zero_a_page(paths.store, "failures", leaf=1)
    assert open_writer().notices == ()


async def test_a_sound_store_is_left_alone_after_a_crash(
    watch: Watch, open_writer: OpenWriter, paths: Paths
) -> None:
    await filled(watch)
    mark_unclean(paths.store)
    inode = paths.store.stat().st_ino
    writer = open_writer()
    assert writer.notices == ()
    assert paths.store.stat().st_ino == inode
    assert await rows_of(writer, "SELECT count(*) FROM metrics") == [(LOOKS + 40,)]


def test_what_is_no_database_is_set_aside(open_writer: OpenWriter, paths: Paths) -> None:
    paths.data_dir.mkdir(mode=0o700)
    paths.store.write_bytes(b"not a database at all" * 500)
    paths.store.chmod(0o600)
    writer = open_writer()
    assert "was damaged" in writer.notices[0]
    with closing(Reader(paths)) as reader:
        assert reader.services() == []


async def test_damage_found_while_running_is_mended_by_the_next_start(
    watch: Watch, open_writer: OpenWriter, paths: Paths
) -> None:
    await filled(watch)
    zero_a_page(paths.store, "failures", leaf=1)
    running = open_writer()
    with pytest.raises(StoreError, match="damaged"):
        await rows_of(running, "SELECT sum(length(kept)) FROM failures")
    await asyncio.to_thread(running.close)
    assert "was damaged" in open_writer().notices[0]


async def test_a_kill_while_mending_leaves_it_to_the_next_start(
    watch: Watch, open_writer: OpenWriter, paths: Paths
) -> None:
    await filled(watch)
    mark_unclean(paths.store)
    zero_a_page(paths.store, "metrics", leaf=3)
    script = (
        "import os, sys; from pathlib import Path; from sentinel_tui.paths import Paths; "
        "from sentinel_tui.store import salvage; "
        "salvage._swap = lambda *names: os.kill(os.getpid(), 9); "
        "salvage.set_aside_and_salvage(Paths(Path('c'), Path(sys.argv[1])), 1)"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script, str(paths.data_dir)], check=False, timeout=60
    )
    assert killed.returncode == -9
    assert "was damaged" in open_writer().notices[0]
    with closing(Reader(paths)) as reader:
        assert reader.services()[0].id == "curator"
