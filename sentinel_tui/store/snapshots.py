"""A reading connection on which every answer is one consistent moment of the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sentinel_tui.errors import StoreError
from sentinel_tui.paths import Paths
from sentinel_tui.store.driver import Connection, open_reader, sqlite, store_error
from sentinel_tui.store.identity import layout_of
from sentinel_tui.store.layout import LAYOUT_VERSION


class Snapshots:
    """Opens a store for reading, and follows it when another file takes its place.

    Args:
        paths: The watch whose store is read.

    Raises:
        StoreError: There is no store yet, or it cannot be read.
        StoreTooNew: A newer Sentinel wrote it.
    """

    def __init__(self, paths: Paths) -> None:
        self._path = paths.store
        self._reopened = 0
        self._open()

    def close(self) -> None:
        """Let go of the store."""
        self._connection.close()

    def data_version(self) -> int:
        """A number that differs from the last one when anything was written in between.

        Raises:
            StoreError: The store cannot be read.
        """
        if _inode(self._path) != self._inode:
            # Salvage put another file in its place; the old one never changes again.
            self.close()
            self._open()
            self._reopened += 1
        with self._snapshot() as connection:
            version: int = connection.execute("PRAGMA data_version").fetchone()[0]
        return (self._reopened << 32) + version

    def _open(self) -> None:
        self._inode = _inode(self._path)
        if self._inode is None:
            raise StoreError(
                f"there is no store at {self._path} yet", "start the engine: sentinel engine"
            )
        self._connection = open_reader(self._path)
        try:
            with self._snapshot() as connection:
                if layout_of(connection, self._path) < LAYOUT_VERSION:
                    raise StoreError(
                        f"{self._path} is still being made or upgraded",
                        "try again in a moment; if it stays so, restart the engine",
                    )
        except StoreError:
            self.close()
            raise

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        """One consistent moment of the store, and Sentinel's own errors for what goes wrong."""
        try:
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            except BaseException:
                self._end("ROLLBACK")
                raise
            self._end("COMMIT")
        except sqlite.Error as error:
            raise store_error(error, self._path) from error

    def _end(self, how: str) -> None:
        # An error of the disk may have ended the transaction already.
        if self._connection.in_transaction:
            self._connection.execute(how)


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None
