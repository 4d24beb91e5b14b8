"""Whose file it is, and which layout it has."""

from __future__ import annotations

from pathlib import Path

from sentinel_tui.errors import StoreError, StoreTooNew
from sentinel_tui.store.driver import Connection
from sentinel_tui.store.layout import APPLICATION_ID, LAYOUT_VERSION


def layout_of(connection: Connection, path: Path) -> int:
    """The layout of a store; 0 when it is empty or was never finished.

    Raises:
        StoreError: It is the database of another program.
        StoreTooNew: A newer Sentinel wrote it.
    """
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
        return 0
    if _header(connection, "application_id") != APPLICATION_ID:
        raise StoreError(
            f"{path} is a database of another program", "choose another place with --data-dir"
        )
    version = _header(connection, "user_version")
    if version > LAYOUT_VERSION:
        raise StoreTooNew(
            f"{path} was written by a newer Sentinel "
            f"(layout {version}; this one knows {LAYOUT_VERSION})",
            "upgrade Sentinel, or put back a copy from the backups folder",
        )
    return version


def _header(connection: Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
