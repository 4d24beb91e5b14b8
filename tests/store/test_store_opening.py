"""What must be true before the first row is written."""

from __future__ import annotations

import os
import sqlite3  # noqa: TID251 (plays another program that made a database)
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from textwrap import dedent

import pytest
from playhouse.schema_diff import diff_models
from store_looks import OpenWriter, rows_of

from sentinel_tui.clock import FakeClock
from sentinel_tui.errors import StoreError, StoreTooNew, StoreUnsafe
from sentinel_tui.paths import Paths
from sentinel_tui.store import driver, models, opening
from sentinel_tui.store.database import Database
from sentinel_tui.store.layout import APPLICATION_ID, LAYOUT_VERSION
from sentinel_tui.store.queries import Reader
from sentinel_tui.store.writer import StoreWriter


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_can_read_the_store(writer: StoreWriter, paths: Paths) -> None:
    assert mode(paths.data_dir) == 0o700
    assert {mode(file) for file in paths.data_dir.iterdir()} == {0o600}


async def test_the_file_says_whose_it_is(writer: StoreWriter) -> None:
    assert await rows_of(writer, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert await rows_of(writer, "PRAGMA user_version") == [(LAYOUT_VERSION,)]


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal" if driver.wal_is_safe() else "delete"),
        ("auto_vacuum", 2),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("busy_timeout", 5_000),
        ("journal_size_limit", 64 * 1_048_576),
    ],
)
async def test_the_writing_connection_is_set_up(
    writer: StoreWriter, pragma: str, value: object
) -> None:
    assert await rows_of(writer, f"PRAGMA {pragma}") == [(value,)]


async def test_no_file_is_mapped_into_memory(writer: StoreWriter) -> None:
    assert await rows_of(writer, "PRAGMA mmap_size") in ([], [(0,)])


async def test_tables_refuse_a_value_of_the_wrong_kind(writer: StoreWriter) -> None:
    with pytest.raises(StoreError, match="cannot store TEXT"):
        await rows_of(writer, "INSERT INTO gaps (from_ms, to_ms, reason) VALUES ('soon', 2, 'x')")


async def test_every_table_is_strict(writer: StoreWriter) -> None:
    loose = await rows_of(
        writer,
        "SELECT name FROM pragma_table_list "
        "WHERE type = 'table' AND NOT strict AND name NOT LIKE 'sqlite%'",
    )
    assert loose == [("schema_migration",)], "but for the migration library's own table"


async def test_migrations_end_in_the_tables_of_the_models(writer: StoreWriter) -> None:
    def differences(db: Database) -> bool:
        with db.bind_ctx(models.TABLES):
            return bool(diff_models(db, list(models.TABLES)))

    assert not await writer.run(differences)


def test_a_store_is_opened_again_with_a_greater_epoch(open_writer: OpenWriter) -> None:
    first = open_writer()
    first.close()
    assert open_writer().epoch == first.epoch + 1


def test_a_newer_store_is_refused_by_writer_and_reader(
    open_writer: OpenWriter, paths: Paths
) -> None:
    open_writer().close()
    with closing(driver.sqlite.connect(paths.store, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA user_version = {LAYOUT_VERSION + 1}")
    with pytest.raises(StoreTooNew) as refused:
        open_writer()
    assert "upgrade" in refused.value.hint
    with pytest.raises(StoreTooNew):
        Reader(paths)


def test_the_database_of_another_program_is_left_alone(
    open_writer: OpenWriter, paths: Paths
) -> None:
    paths.data_dir.mkdir(mode=0o700)
    with closing(sqlite3.connect(paths.store)) as connection:
        connection.execute("CREATE TABLE recipes (name)")
    paths.store.chmod(0o600)
    with pytest.raises(StoreError, match="another program"):
        open_writer()
    with closing(sqlite3.connect(paths.store)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]


@pytest.mark.parametrize("loosened", ["folder", "file"])
def test_a_store_that_others_may_write_is_refused(
    open_writer: OpenWriter, paths: Paths, loosened: str
) -> None:
    open_writer().close()
    (paths.data_dir if loosened == "folder" else paths.store).chmod(0o777)
    with pytest.raises(StoreUnsafe) as refused:
        open_writer()
    assert "chmod go-w" in refused.value.hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_store_of_another_user_is_refused(open_writer: OpenWriter, paths: Paths) -> None:
    open_writer().close()
    os.chown(paths.store, 12_345, 12_345)
    with pytest.raises(StoreUnsafe, match="another user"):
        open_writer()


def test_a_start_that_was_killed_while_making_the_tables_is_completed(
    open_writer: OpenWriter, paths: Paths
) -> None:
    open_writer().close()
    with closing(driver.sqlite.connect(paths.store, isolation_level=None)) as connection:
        connection.execute("DELETE FROM schema_migration")
        connection.execute("PRAGMA user_version = 0")
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (name,) in tables.fetchall():
            if name != "schema_migration":
                connection.execute(f"DROP TABLE {name}")
    with pytest.raises(StoreError, match="still being made"):
        Reader(paths)
    open_writer()
    Reader(paths).close()


def test_an_older_store_is_copied_before_it_is_migrated(
    open_writer: OpenWriter, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_writer().close()
    assert not paths.backups.exists()
    monkeypatch.setattr(opening, "LAYOUT_VERSION", LAYOUT_VERSION + 1)
    open_writer()
    (copy,) = paths.backups.iterdir()
    with closing(driver.open_reader(copy, immutable=True)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (LAYOUT_VERSION,)


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 0), True),
    ],
)
def test_the_versions_that_lose_commits_are_known(version: tuple[int, ...], safe: bool) -> None:
    assert driver.wal_is_safe(version) is safe


@pytest.mark.skipif(
    driver.wal_is_safe(sqlite3.sqlite_version_info),
    reason="this Python's own SQLite is repaired",
)
def test_a_vulnerable_sqlite_gets_no_wal_and_says_so(paths: Paths) -> None:
    script = """
        import asyncio, sys
        sys.modules["pysqlite3"] = None
        from pathlib import Path
        from sentinel_tui.clock import SystemClock
        from sentinel_tui.config.model import RetentionOptions
        from sentinel_tui.paths import Paths
        from sentinel_tui.store.writer import Holder, StoreWriter

        paths = Paths(Path(sys.argv[1]) / "c", Path(sys.argv[1]))
        writer = StoreWriter.open(paths, SystemClock(), RetentionOptions(), Holder.here())
        print(asyncio.run(writer.run(lambda db: db.pragma("journal_mode"))), *writer.notices)
        writer.close()
    """
    ran = subprocess.run(
        [sys.executable, "-c", dedent(script), str(paths.data_dir)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    journal, notice = ran.stdout.split(" ", 1)
    assert journal == "delete"
    assert "can lose commits in WAL mode" in notice


def test_the_lease_tells_who_writes(writer: StoreWriter, paths: Paths, clock: FakeClock) -> None:
    with closing(driver.open_reader(paths.store)) as connection:
        row = connection.execute(
            "SELECT holder, taken_ms, released_ms FROM engine_lease"
        ).fetchone()
    holder, taken_ms, released_ms = row
    assert f":{os.getpid()}:" in holder
    assert taken_ms == clock.now_ms()
    assert released_ms is None


def test_a_clean_stop_is_marked(open_writer: OpenWriter, paths: Paths, clock: FakeClock) -> None:
    open_writer().close()
    with closing(driver.open_reader(paths.store)) as connection:
        released = connection.execute("SELECT released_ms FROM engine_lease").fetchall()
    assert released == [(clock.now_ms(),)]
