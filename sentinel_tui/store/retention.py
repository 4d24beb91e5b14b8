"""Letting go of what is no longer kept, a little at a time, and keeping the files small."""

from __future__ import annotations

from dataclasses import dataclass

from sentinel_tui.config.model import RetentionOptions
from sentinel_tui.store.database import Database
from sentinel_tui.store.forgetting import forget
from sentinel_tui.store.guard import Ballast, processes_with, wal_path
from sentinel_tui.store.layout import DAY_MS, Floor, Mark
from sentinel_tui.store.marks import read_mark
from sentinel_tui.store.video_forgetting import forget_videos
from sentinel_tui.text import format_bytes

BATCH_ROWS = 2_000
"""The most rows deleted at once: a deletion of 2,000 holds up the writer for some 13 ms."""

_FREE_PAGES_KEPT = 1_000
"""Free pages worth keeping: new rows fill them, and the file need not grow again."""

_VACUUM_PAGES = 500
_NEARLY_FULL = 0.95
_TRUNCATE_WAL_BYTES = 64 * 1_048_576
_WARN_WAL_BYTES = 256 * 1_048_576


def prune(db: Database, now_ms: int, limits: RetentionOptions) -> bool:
    """Delete one batch of what is older than it is kept, or give free pages back to the device.

    Nothing is deleted before it is rolled up. A store that nears its largest size lets go of its
    oldest observations early, because keeping the newest matters more.

    Args:
        db: The store.
        now_ms: The instant of the pass.
        limits: How long each kind of row is kept.

    Returns:
        Whether there is more to do.
    """
    rolled_ms = read_mark(db, Mark.ROLLED)
    if rolled_ms is None:
        return _forget_history(db, now_ms, limits)
    raw_until_ms = rolled_ms if _nearly_full(db) else now_ms - limits.raw_days * DAY_MS
    deleted = _prune_metrics(db, min(raw_until_ms, rolled_ms))
    # By whole days, because a day's hours and an hour's minutes are only worth something together.
    today_ms = Floor.DAY.start_ms(min(now_ms, rolled_ms))
    if not deleted:
        deleted = _prune_rollups(db, Floor.MINUTE, today_ms - limits.minute_days * DAY_MS)
    if not deleted:
        deleted = _prune_rollups(db, Floor.HOUR, today_ms - limits.hour_days * DAY_MS)
    return deleted or _forget_history(db, now_ms, limits) or _give_back(db)


def _forget_history(db: Database, now_ms: int, limits: RetentionOptions) -> bool:
    return forget(db, now_ms) or forget_videos(db, now_ms, limits.event_days)


def _prune_metrics(db: Database, until_ms: int) -> bool:
    batch_end = db.row(
        "SELECT at_ms, check_key FROM metrics ORDER BY at_ms, check_key LIMIT 1 OFFSET ?",
        (BATCH_ROWS,),
    )
    end = min((until_ms, 0), batch_end) if batch_end else (until_ms, 0)
    return db.write("DELETE FROM metrics WHERE (at_ms, check_key) < (?, ?)", end) > 0


def _prune_rollups(db: Database, floor: Floor, until_ms: int) -> bool:
    keys = db.rows(
        "SELECT key FROM checks WHERE (SELECT min(start_ms) FROM rollups "
        "WHERE floor = ? AND check_key = key) < ?",
        (int(floor), until_ms),
    )
    left = BATCH_ROWS
    for (key,) in keys:
        left -= _prune_check(db, floor, key, until_ms, left)
        if left <= 0:
            break
    return left < BATCH_ROWS


def _prune_check(db: Database, floor: Floor, check_key: int, until_ms: int, most: int) -> int:
    batch_end = db.row(
        "SELECT start_ms FROM rollups WHERE floor = ? AND check_key = ? "
        "ORDER BY start_ms LIMIT 1 OFFSET ?",
        (int(floor), check_key, most),
    )
    return db.write(
        "DELETE FROM rollups WHERE floor = ? AND check_key = ? AND start_ms < ?",
        (int(floor), check_key, min(until_ms, batch_end[0]) if batch_end else until_ms),
    )


def _nearly_full(db: Database) -> bool:
    used = db.pragma("page_count") - db.pragma("freelist_count")
    return bool(used > _NEARLY_FULL * db.pragma("max_page_count"))


def _give_back(db: Database) -> bool:
    if db.pragma("freelist_count") <= _FREE_PAGES_KEPT:
        return False
    # Fetched, because the pragma frees one page for each row that is read of it.
    db.rows(f"PRAGMA incremental_vacuum({_VACUUM_PAGES})")
    return True


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How the write-ahead log stands after a checkpoint.

    Attributes:
        wal_bytes: Its size.
        warning: What the owner should know about it, or an empty string.
    """

    wal_bytes: int
    warning: str = ""


def checkpoint(db: Database) -> Checkpoint:
    """Move the write-ahead log into the store; runs outside any transaction (`run_alone`).

    A reader that holds on to an old moment keeps the log from shrinking. Nobody waits for it: the
    next pass tries again, and a log that grows far is told with the processes that read it.
    """
    Ballast(db.path.parent).lay()
    wal = wal_path(db.path)
    if not wal.exists():
        return Checkpoint(0)
    db.rows("PRAGMA wal_checkpoint(PASSIVE)")
    if wal.stat().st_size > _TRUNCATE_WAL_BYTES:
        with db.impatient():
            db.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    size_bytes = wal.stat().st_size
    if size_bytes <= _WARN_WAL_BYTES:
        return Checkpoint(size_bytes)
    readers = ", ".join(map(str, processes_with(wal))) or "unknown"
    return Checkpoint(
        size_bytes,
        f"the store's log grew to {format_bytes(size_bytes)}: a reader holds on to an old moment "
        f"(processes that have it open: {readers}); end it to shrink the log",
    )
