"""What the store weighs and holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sentinel_tui.store.driver import SQLITE_VERSION, Connection
from sentinel_tui.store.guard import Space, wal_path
from sentinel_tui.store.layout import DAY_MS

_LEAST_SPAN_DAYS = 1 / 24
_LOOK_BYTES = 24
"""What an observation takes, measured."""
_MINUTES_BYTES = 4 * 1_440 * 36
"""A check's minutes: those of three days, and of the day that is not over."""
_HOURS_BYTES_A_DAY = 24 * 110


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What `sentinel store info` shows.

    Attributes:
        path: The file.
        size_bytes: Its size.
        wal_bytes: The size of its write-ahead log.
        free_bytes: Space inside the file that new rows fill before it grows.
        device_free_bytes: Space left on the device.
        rows: How many rows each table has.
        layout_version: Which migrations it has.
        sqlite_version: The SQLite that reads it.
        journal_mode: `wal`, or `delete` where SQLite is too old for that.
        oldest_ms: The oldest observation kept, or None.
        newest_ms: The newest observation, or None.
    """

    path: Path
    size_bytes: int
    wal_bytes: int
    free_bytes: int
    device_free_bytes: int
    rows: dict[str, int]
    layout_version: int
    sqlite_version: str
    journal_mode: str
    oldest_ms: int | None
    newest_ms: int | None

    def forecast_bytes(self, raw_days: int) -> int | None:
        """The size at which the store settles when observations are kept this many days.

        None while there is less than an hour of observations to judge by.
        """
        if self.oldest_ms is None or self.newest_ms is None:
            return None
        span_days = (self.newest_ms - self.oldest_ms) / DAY_MS
        if span_days < _LEAST_SPAN_DAYS:
            return None
        looks_a_day = self.rows["metrics"] / span_days
        rollups_a_check = _MINUTES_BYTES + raw_days * _HOURS_BYTES_A_DAY
        return round(looks_a_day * raw_days * _LOOK_BYTES + self.rows["checks"] * rollups_a_check)


def read_info(connection: Connection, path: Path) -> StoreInfo:
    """Weigh and count a store."""

    def pragma(name: str) -> int:
        value: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
        return value

    oldest_ms, newest_ms = connection.execute(
        "SELECT (SELECT min(at_ms) FROM metrics), (SELECT max(at_ms) FROM metrics)"
    ).fetchone()
    wal = wal_path(path)
    return StoreInfo(
        path=path,
        size_bytes=pragma("page_count") * pragma("page_size"),
        wal_bytes=wal.stat().st_size if wal.exists() else 0,
        free_bytes=pragma("freelist_count") * pragma("page_size"),
        device_free_bytes=Space.of(path.parent).free_bytes,
        rows=_rows(connection),
        layout_version=pragma("user_version"),
        sqlite_version=".".join(map(str, SQLITE_VERSION)),
        journal_mode=str(connection.execute("PRAGMA journal_mode").fetchone()[0]),
        oldest_ms=oldest_ms,
        newest_ms=newest_ms,
    )


def _rows(connection: Connection) -> dict[str, int]:
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
        "ORDER BY name"
    ).fetchall()
    # The names come from the store's own list of tables; SQLite takes no parameter in their place.
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
        for (name,) in tables
    }
