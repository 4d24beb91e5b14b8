"""The writing connection: peewee's database with the store's pragmas and plain SQL beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peewee import Model, SqliteDatabase

from sentinel_tui.domain.notifying.policy import Orders
from sentinel_tui.store.driver import Connection

Value = int | float | str | bytes | None
"""What a STRICT column takes."""

_BUSY_S = 5
_JOURNAL_LIMIT_BYTES = 64 * 1_048_576
_CACHE_KIB = 8_000


class Database(SqliteDatabase):
    """The one connection that writes.

    peewee declares and migrates the tables and writes single rows; what happens for every
    observation is plain SQL, which is several times faster.

    Attributes:
        samples_dropped: Set while space is scarce: single observations are not recorded, states,
            alerts and intents still are.
        orders: What the engine goes by: whom to tell what, and what depends on what.
    """

    def __init__(self, path: Path) -> None:
        # Only takes before the first page is written; later it would only touch the file.
        is_new = not path.exists() or path.stat().st_size == 0
        # autoconnect is off so that no other thread ever opens a connection by mistake.
        super().__init__(
            str(path),
            pragmas=(
                *((("auto_vacuum", "INCREMENTAL"),) if is_new else ()),
                ("foreign_keys", 1),
                ("journal_size_limit", _JOURNAL_LIMIT_BYTES),
                ("cache_size", -_CACHE_KIB),
                ("trusted_schema", 0),
                ("cell_size_check", 1),
                ("synchronous", "NORMAL"),
            ),
            timeout=_BUSY_S,
            lock_type="IMMEDIATE",
            autoconnect=False,
        )
        self.path = path
        self.samples_dropped = False
        self.orders = Orders()

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Within the block a lock that somebody else holds is an answer, not worth a wait."""
        self.pragma("busy_timeout", 0)
        try:
            yield
        finally:
            self.pragma("busy_timeout", _BUSY_S * 1_000)

    @property
    def raw(self) -> Connection:
        """The driver's own connection, for the thread that opened it."""
        connection: Connection = self.connection()  # type: ignore[no-untyped-call] # so in its stubs
        return connection

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query; none of its cursors stays open."""
        return self.raw.execute(sql, values).fetchall()

    def row(self, sql: str, values: Sequence[Value] = ()) -> tuple[Any, ...] | None:
        """The first row of a query, or None."""
        found = self.rows(sql, values)
        return found[0] if found else None

    def write(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Run one writing statement; returns how many rows it changed."""
        return self.raw.execute(sql, values).rowcount

    def write_many(self, sql: str, values: Iterable[Sequence[Value]]) -> None:
        """Run one writing statement for each row of values."""
        self.raw.executemany(sql, values)

    def insert(self, model: type[Model], **values: Value) -> int:
        """Add a row; returns its number."""
        number: int = model.insert(**values).execute(self)
        return number
