"""Opening a store for writing: everything that must be true before the first job runs."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from peewee import PeeweeException

from sentinel_tui.clock import Clock
from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.errors import StoreError
from sentinel_tui.paths import Paths
from sentinel_tui.store import lease
from sentinel_tui.store.backup import backup, check
from sentinel_tui.store.database import Database
from sentinel_tui.store.driver import (
    SQLITE_VERSION,
    is_damage,
    open_reader,
    sqlite,
    store_error,
    wal_is_safe,
)
from sentinel_tui.store.guard import Ballast, create_private, prepare_folder
from sentinel_tui.store.identity import layout_of
from sentinel_tui.store.layout import LAYOUT_VERSION
from sentinel_tui.store.migrate import migrate
from sentinel_tui.store.salvage import set_aside_and_salvage


@dataclass(frozen=True, slots=True)
class Opened:
    """A store ready for writing.

    Attributes:
        db: Its writing connection.
        epoch: The lease's epoch.
        notices: What the owner should know, one line each.
    """

    db: Database
    epoch: int
    notices: tuple[str, ...]


def open_for_writing(
    paths: Paths, clock: Clock, limits: RetentionOptions, holder: lease.Holder
) -> Opened:
    """Open a store, make or mend or migrate it where needed, and take the lease.

    Raises:
        StoreUnsafe: It lies where, or is owned so, that it cannot be kept safe.
        StoreTooNew: A newer Sentinel wrote it.
        StoreError: It cannot be opened.
    """
    try:
        prepare_folder(paths)
        if not paths.store.exists():
            create_private(paths.store)
    except OSError as error:
        raise StoreError(
            f"{paths.data_dir} cannot hold a store: {error.strerror}",
            "choose another place with --data-dir",
        ) from error
    notices = []
    if _is_damaged(paths.store):
        notices.append(set_aside_and_salvage(paths, clock.now_ms()))
    db = Database(paths.store)
    try:
        db.connect()
        layout = layout_of(db.raw, paths.store)
        notices += _choose_journal(db)
        if 0 < layout < LAYOUT_VERSION:
            before = f"before-{LAYOUT_VERSION}"
            backup(paths, paths.backups, clock.now_ms(), limits.backups_kept, before)
        migrate(db)
        _limit_size(db, limits.max_store_mb)
        with db.atomic():
            epoch = lease.take(db, holder, clock.now_ms())
    except (sqlite.Error, PeeweeException) as error:
        db.close()
        raise store_error(error, paths.store) from error
    except StoreError:
        db.close()
        raise
    Ballast(paths.data_dir).lay()
    return Opened(db, epoch, tuple(notices))


def _is_damaged(store: Path) -> bool:
    """Whether the file needs mending. Looked for only after a stop that was not clean."""
    try:
        with closing(open_reader(store)) as connection:
            if layout_of(connection, store) == 0 or lease.stopped_cleanly(connection):
                return False
    except sqlite.Error as error:
        if is_damage(error):
            return True
        raise store_error(error, store) from error
    return bool(check(store, quick=True))


def _choose_journal(db: Database) -> list[str]:
    if wal_is_safe():
        db.pragma("journal_mode", "WAL")
        return []
    db.pragma("journal_mode", "DELETE")
    version = ".".join(map(str, SQLITE_VERSION))
    return [
        f"SQLite {version} can lose commits in WAL mode, so a slower rollback journal is used; "
        "SQLite 3.51.3 or newer mends it"
    ]


def _limit_size(db: Database, max_store_mb: int) -> None:
    pages = max_store_mb * 1_048_576 // db.pragma("page_size")
    db.pragma("max_page_count", pages)
