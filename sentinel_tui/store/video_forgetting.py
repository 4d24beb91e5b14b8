"""How long what is known of videos is kept.

Counts of days and hours are small and kept for good, as the rollups of observations by day are.
"""

from __future__ import annotations

from sentinel_tui.store.database import Database
from sentinel_tui.store.forgetting import HISTORY_DAYS
from sentinel_tui.store.layout import DAY_MS

STUDY_DAYS = 35
"""Studies of every day; of the days before, one a week for as long as history is kept."""

_BATCH_ROWS = 1_000
_BATCH_VIDEOS = 10
_DAYS_FROM_MONDAY = 3
"""The epoch began on a Thursday."""

_OUTLIVED_STUDY = (
    "SELECT day_ms FROM studies WHERE day_ms < ? "  # noqa: S608 (own number)
    f"OR (day_ms < ? AND (day_ms / {DAY_MS} + {_DAYS_FROM_MONDAY}) % 7 <> 0) "
    "ORDER BY day_ms LIMIT 1"
)
_PARTS_OF_VIDEOS = ("video_days", "video_heat", "unique_estimates")


def forget_videos(db: Database, now_ms: int, event_days: int) -> bool:
    """Let go of one batch of what is older than it is kept.

    Args:
        db: The store.
        now_ms: The instant of the pass.
        event_days: How long reports of players are kept, from when they came. What they told
            lives on in views; and one that is repeated after that is no longer known.

    Returns:
        Whether anything was let go of.
    """
    before_ms = now_ms - HISTORY_DAYS * DAY_MS
    return bool(
        _forget_events(db, now_ms - event_days * DAY_MS)
        or _forget_rows(db, "viewings", "start_ms", before_ms)
        or _forget_rows(db, "user_actions", "timestamp", before_ms)
        or _forget_study(db, before_ms, now_ms - STUDY_DAYS * DAY_MS)
        or _forget_gone(db, before_ms)
    )


def _forget_events(db: Database, before_ms: int) -> int:
    return db.write(
        "DELETE FROM view_events WHERE key IN (SELECT key FROM view_events "
        "WHERE received_ms < ? AND folded ORDER BY received_ms LIMIT ?)",
        (before_ms, _BATCH_ROWS),
    )


def _forget_rows(db: Database, table: str, instant: str, before_ms: int) -> int:
    return db.write(
        f"DELETE FROM {table} WHERE rowid IN "  # noqa: S608 (own words)
        f"(SELECT rowid FROM {table} WHERE {instant} < ? LIMIT {_BATCH_ROWS})",
        (before_ms,),
    )


def _forget_study(db: Database, before_ms: int, daily_ms: int) -> int:
    """Let go of figures of the oldest study that is not kept, and in the end of itself."""
    row = db.row(_OUTLIVED_STUDY, (before_ms, daily_ms))
    if row is None:
        return 0
    (day_ms,) = row
    figures = db.write(
        "DELETE FROM video_analytics WHERE id IN "
        "(SELECT id FROM video_analytics WHERE day_ms = ? LIMIT ?)",
        (day_ms, _BATCH_ROWS),
    )
    if figures:
        return figures
    db.write("DELETE FROM content_trends WHERE day_ms = ?", (day_ms,))
    return db.write("DELETE FROM studies WHERE day_ms = ?", (day_ms,))


def _forget_gone(db: Database, before_ms: int) -> int:
    """Let go of videos that are gone for long, with all that was counted of them."""
    gone = db.rows(
        "SELECT key, id FROM videos WHERE gone_ms < ? LIMIT ?", (before_ms, _BATCH_VIDEOS)
    )
    for table in _PARTS_OF_VIDEOS:
        db.write_many(f"DELETE FROM {table} WHERE video_key = ?", ((key,) for key, _ in gone))  # noqa: S608 (own words)
    db.write_many("DELETE FROM video_analytics WHERE video_id = ?", ((one,) for _, one in gone))
    db.write_many("DELETE FROM themes WHERE video = ?", ((one,) for _, one in gone))
    db.write_many("DELETE FROM videos WHERE key = ?", ((key,) for key, _ in gone))
    return len(gone)
