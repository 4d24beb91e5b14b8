"""Saving what can be read of a damaged store.

SQLite's own `.recover` is not part of any Python driver. Walking each table along its primary key
and stepping over what cannot be read loses only the rows of the damaged pages. The damaged file is
kept aside, never written to.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

from sentinel_tui.errors import StoreError
from sentinel_tui.paths import Paths
from sentinel_tui.store.database import Database
from sentinel_tui.store.driver import Connection, open_reader, sqlite
from sentinel_tui.store.guard import create_private, wal_path
from sentinel_tui.store.migrate import migrate

_CHUNK_ROWS = 1_000
_LARGEST_STEP = 2**44
"""Beyond every key there is: instants in milliseconds have 41 bits."""

_COLUMNS = "SELECT name, pk FROM pragma_table_info(?)"
_UNREADABLE = (sqlite.DatabaseError, UnicodeDecodeError)
_Key = tuple[int, ...]
_Row = tuple[Any, ...]


@dataclass(slots=True)
class Salvaged:
    """What was saved.

    Attributes:
        rows: Saved rows by table.
        holes: Stretches that had to be stepped over.
    """

    rows: dict[str, int] = field(default_factory=dict)
    holes: int = 0


def set_aside_and_salvage(paths: Paths, now_ms: int) -> str:
    """Put a fresh store with everything readable in the place of a damaged one.

    A kill in between leaves the damaged store in place, and the next start begins again.

    Args:
        paths: The watch whose store is damaged; nobody may have it open for writing.
        now_ms: The instant in the name under which the damaged file is kept.

    Returns:
        What happened, in one line for the owner.

    Raises:
        StoreError: There is no room for a second store, or the folder cannot be written.
    """
    fresh = paths.store.with_name(".salvaged.db")
    moment = datetime.fromtimestamp(now_ms / 1_000, UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = paths.store.with_name(f"{paths.store.name}.damaged-{moment}")
    try:
        for leftover in (fresh, fresh.with_name(fresh.name + "-journal")):
            leftover.unlink(missing_ok=True)
        saved = salvage(paths.store, fresh)
        _swap(paths.store, fresh, aside)
    except OSError as error:
        raise StoreError(
            f"{paths.store} is damaged and cannot be mended: {error.strerror}",
            "make room in its folder, or put back a copy from the backups folder",
        ) from error
    total = sum(saved.rows.values())
    return (
        f"the store was damaged; {total} rows were saved into a new one, "
        f"{saved.holes} unreadable stretches were lost; the damaged file is kept as {aside.name}"
    )


def salvage(damaged: Path, target: Path) -> Salvaged:
    """Copy every readable row of a damaged store into a new one.

    Args:
        damaged: The damaged store; only read.
        target: Where to make the new one.

    Raises:
        StoreError: The new store cannot be written.
    """
    saved = Salvaged()
    create_private(target)
    db = Database(target)
    db.connect()
    try:
        migrate(db)
        # Rows may have lost what they refer to; that is no reason to lose them as well.
        db.pragma("foreign_keys", 0)
        with suppress(StoreError, sqlite.DatabaseError), closing(open_reader(damaged)) as source:
            for table in _tables(db, source):
                with db.atomic():
                    _save_table(source, db, table, saved)
    finally:
        db.close()
    return saved


def _swap(store: Path, fresh: Path, aside: Path) -> None:
    """Let the fresh store take the damaged one's name; at no moment is there none."""
    os.link(store, aside)
    wal = wal_path(store)
    if wal.exists() and wal.stat().st_size:
        wal.rename(wal_path(aside))
    wal.unlink(missing_ok=True)
    store.with_name(store.name + "-shm").unlink(missing_ok=True)
    fresh.replace(store)
    descriptor = os.open(store.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of both stores: its name, the columns both have, and what orders its rows."""

    name: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]


def _tables(db: Database, source: Connection) -> list[_Table]:
    """What the damaged store, which may be of an older layout, has of the new one's tables."""
    names = db.rows(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
        "AND name <> 'schema_migration'"
    )
    tables = []
    for (name,) in names:
        there = {column for column, _ in source.execute(_COLUMNS, (name,)).fetchall()}
        columns = [
            (column, place) for column, place in db.rows(_COLUMNS, (name,)) if column in there
        ]
        keys = [column for column, place in sorted(columns, key=itemgetter(1)) if place]
        if columns:
            # Only tables without rowids have a key of several columns.
            tables.append(
                _Table(
                    name,
                    tuple(column for column, _ in columns),
                    tuple(keys) if len(keys) > 1 else ("rowid",),
                )
            )
    return tables


def _save_table(source: Connection, db: Database, table: _Table, saved: Salvaged) -> None:
    walk = _Walk(source, table)
    places = ", ".join("?" * len(table.columns))
    insert = (
        f"INSERT OR REPLACE INTO {table.name} ({', '.join(table.columns)}) "  # noqa: S608 (own schema)
        f"VALUES ({places})"
    )
    saved.rows[table.name] = sum(_insert(db, insert, rows) for rows in walk.chunks())
    saved.holes += walk.holes


def _insert(db: Database, sql: str, rows: list[_Row]) -> int:
    """Insert rows; where one of them holds nonsense, all but that one."""
    try:
        with db.atomic():
            db.write_many(sql, rows)
    except sqlite.IntegrityError:
        if len(rows) == 1:
            return 0
        middle = len(rows) // 2
        return _insert(db, sql, rows[:middle]) + _insert(db, sql, rows[middle:])
    return len(rows)


class _Walk:
    """Goes through a table along its primary key, over what cannot be read.

    Attributes:
        holes: Stretches stepped over so far.
    """

    def __init__(self, source: Connection, table: _Table) -> None:
        self.holes = 0
        self._source = source
        self._width = len(table.keys)
        keys = ", ".join(table.keys)
        places = ", ".join("?" * len(table.keys))
        self._select = (
            f"SELECT {keys}, {', '.join(table.columns)} FROM {table.name} "  # noqa: S608 (own schema)
            f"WHERE ({keys}) >= ({places}) ORDER BY {keys} LIMIT "
        )

    def chunks(self) -> Iterator[list[_Row]]:
        """The readable rows, some at a time."""
        start: _Key = (0,) * self._width
        while True:
            rows, whole = self._read(start)
            if not whole:
                # The driver steps ahead of what it hands out, so the row before the unreadable
                # one is lost with it; asked for alone it is there.
                row = self._next_row(self._after(rows[-1]) if rows else start)
                rows += [row] if row else []
            yield [row[self._width :] for row in rows]
            if not rows or (whole and len(rows) < _CHUNK_ROWS):
                return
            start = self._after(rows[-1])

    def _read(self, start: _Key) -> tuple[list[_Row], bool]:
        """Rows from a key on, and whether all that were asked for could be read."""
        rows: list[_Row] = []
        try:
            for row in self._source.execute(f"{self._select}{_CHUNK_ROWS}", start):
                if not self._follows(row, self._after(rows[-1]) if rows else start):
                    return rows, False
                rows.append(row)
        except _UNREADABLE:
            return rows, False
        return rows, True

    def _next_row(self, start: _Key) -> _Row | None:
        """The first readable row from a key on; None when there is none."""
        readable, row = self._row_from(start)
        if readable:
            return row
        self.holes += 1
        for column in reversed(range(self._width)):
            step = 1
            while step <= _LARGEST_STEP:
                if self._row_from(_stepped(start, column, step))[0]:
                    return self._nearest(start, column, step)
                step *= 2
        return None

    def _nearest(self, start: _Key, column: int, step: int) -> _Row | None:
        """The first readable row behind a hole that is left somewhere in the last doubling."""
        low, high = step // 2, step
        while high - low > 1:
            middle = (low + high) // 2
            if self._row_from(_stepped(start, column, middle))[0]:
                high = middle
            else:
                low = middle
        return self._row_from(_stepped(start, column, high))[1]

    def _row_from(self, key: _Key) -> tuple[bool, _Row | None]:
        """Whether reading from a key on works, and the row found there."""
        try:
            rows = self._source.execute(f"{self._select}1", key).fetchall()
        except _UNREADABLE:
            return False, None
        if rows and not self._follows(rows[0], key):
            return False, None
        return True, rows[0] if rows else None

    def _follows(self, row: _Row, start: _Key) -> bool:
        """Whether a row's key is what it should be; a damaged page may hold anything."""
        key = row[: self._width]
        return all(isinstance(part, int) for part in key) and key >= start

    def _after(self, row: _Row) -> _Key:
        key = row[: self._width]
        return (*key[:-1], key[-1] + 1)


def _stepped(key: _Key, column: int, step: int) -> _Key:
    """The key further on in one column, with the columns after it at their beginning."""
    rest = (0,) * (len(key) - column - 1)
    return (*key[:column], key[column] + step, *rest)
