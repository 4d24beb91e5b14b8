"""How long the history of alerting is kept: incidents, alerts, what was told, and silences."""

from __future__ import annotations

from sentinel_tui.store.database import Database
from sentinel_tui.store.layout import DAY_MS

HISTORY_DAYS = 400
"""Incidents and all that belongs to them, from their end: a year and a month, to compare with."""
BODY_DAYS = 90
"""The texts of messages; that they were sent, and when, is kept for as long as their incidents."""

_BATCH_INCIDENTS = 100
_BATCH_ROWS = 1_000

_PARTS_OF_INCIDENTS = ("incident_notes", "notifications", "alerts")
_OLD_ROWS = (
    ("alerts", "incident_id = 0 AND resolved_ms < ?"),
    ("notifications", "incident_id = 0 AND created_ms < ?"),
    ("messages", "next_try_ms IS NULL AND created_ms < ?"),
    ("silences", "ended_ms < ?"),
)
"""What is part of no incident, or of several."""


def forget(db: Database, now_ms: int) -> bool:
    """Let go of one batch of alerting history that is older than it is kept.

    What is still open or under way is kept, however old it is.

    Returns:
        Whether anything was let go of.
    """
    before_ms = now_ms - HISTORY_DAYS * DAY_MS
    forgotten = _forget_incidents(db, before_ms)
    for table, condition in _OLD_ROWS:
        forgotten += db.write(
            f"DELETE FROM {table} WHERE rowid IN "  # noqa: S608 (own words)
            f"(SELECT rowid FROM {table} WHERE {condition} LIMIT {_BATCH_ROWS})",
            (before_ms,),
        )
    forgotten += db.write(
        "UPDATE messages SET body = '' WHERE rowid IN (SELECT rowid FROM messages "
        "WHERE next_try_ms IS NULL AND body <> '' AND created_ms < ? LIMIT ?)",
        (now_ms - BODY_DAYS * DAY_MS, _BATCH_ROWS),
    )
    return forgotten > 0


def _forget_incidents(db: Database, before_ms: int) -> int:
    old = db.rows(
        "SELECT id FROM incidents WHERE resolved_ms < ? ORDER BY id LIMIT ?",
        (before_ms, _BATCH_INCIDENTS),
    )
    for table in _PARTS_OF_INCIDENTS:
        db.write_many(f"DELETE FROM {table} WHERE incident_id = ?", old)  # noqa: S608 (own words)
    db.write_many("DELETE FROM incidents WHERE id = ?", old)
    return len(old)
