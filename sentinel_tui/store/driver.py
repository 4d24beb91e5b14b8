"""The one place that chooses the SQLite library.

Two SQLite libraries in one process drop each other's file locks, and then commits vanish; so every
connection is made with the library chosen here. It is also the only code that ever opens the
store's file: a plain `open()` and `close()` in the engine would drop the locks in the same way.

SQLite up to 3.51.2 can lose commits in WAL mode (sqlite.org/wal.html#walresetbug). The wheel of
`pysqlite3` brings a repaired one where there is such a wheel; elsewhere the standard library's is
used, and a library with the fault gets a rollback journal instead of a WAL.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sentinel_tui.errors import StoreError, StoreFull

if TYPE_CHECKING:
    import sqlite3 as sqlite
    from sqlite3 import Connection
else:
    # The same choice as peewee's, which must not end up with the other library.
    import sqlite3 as sqlite

    try:
        from pysqlite3 import dbapi2
    except ImportError:
        pass
    else:
        if dbapi2.sqlite_version_info >= sqlite.sqlite_version_info:
            sqlite = dbapi2
    Connection = sqlite.Connection

__all__ = ["SQLITE_VERSION", "Connection", "open_reader", "sqlite", "store_error", "wal_is_safe"]

SQLITE_VERSION: tuple[int, ...] = tuple(sqlite.sqlite_version_info)
"""The version of the SQLite in use."""

READER_WAIT_MS = 2_000
"""How long a reader waits for a lock; only a rollback journal ever makes it."""

_REPAIRED = (3, 51, 3)
_REPAIRED_BRANCHES = ((3, 50, 7), (3, 44, 6))
_FULL, _CORRUPT, _NOT_A_DATABASE = 13, 11, 26


def wal_is_safe(version: tuple[int, ...] = SQLITE_VERSION) -> bool:
    """Whether this SQLite keeps what it acknowledged in WAL mode."""
    if version >= _REPAIRED:
        return True
    return any(version[:2] == branch[:2] and version >= branch for branch in _REPAIRED_BRANCHES)


def open_reader(path: Path, *, immutable: bool = False) -> Connection:
    """A connection that can only read.

    Args:
        path: The database file.
        immutable: Promise that nothing changes it meanwhile, such as a finished backup; never
            for a live store, whose WAL would be overlooked.

    Raises:
        StoreError: The file cannot be opened.
    """
    mode = "mode=ro&immutable=1" if immutable else "mode=ro"
    try:
        connection = sqlite.connect(
            f"{path.resolve().as_uri()}?{mode}",
            uri=True,
            isolation_level=None,
            timeout=READER_WAIT_MS / 1_000,
        )
        connection.execute("PRAGMA query_only = 1")
        connection.execute("PRAGMA trusted_schema = 0")
    except sqlite.Error as error:
        raise store_error(error, path) from error
    return connection


def store_error(error: BaseException, path: Path) -> StoreError:
    """What a failure of SQLite means for the owner, as one of Sentinel's own errors."""
    code = _primary_code(error)
    if code == _FULL:
        return StoreFull(
            f"no space left for {path}",
            "free some space on that device, or raise retention.max_store_mb; "
            "Sentinel goes on watching and records again as soon as it can",
        )
    if code in (_CORRUPT, _NOT_A_DATABASE):
        return StoreError(
            f"{path} is damaged: {error}",
            "stop the engine and start it again: it sets the file aside and saves what can be read",
        )
    return StoreError(f"{path}: {error}")


def is_full(error: BaseException) -> bool:
    """Whether a failure means that the device, or the store's own limit, has no room left."""
    return _primary_code(error) == _FULL


def is_damage(error: BaseException) -> bool:
    """Whether a failure means that the file itself is damaged."""
    return _primary_code(error) in (_CORRUPT, _NOT_A_DATABASE)


def _primary_code(error: BaseException) -> int | None:
    """SQLite's result code; peewee keeps the original error in `orig`."""
    original = getattr(error, "orig", error)
    code = getattr(original, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
