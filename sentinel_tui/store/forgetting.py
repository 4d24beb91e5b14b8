"""How long history is kept: of alerting, of keeping awake, and of acting."""

from __future__ import annotations

from collections.abc import Iterator

from sentinel_tui.store.database import Database
from sentinel_tui.store.layout import DAY_MS

HISTORY_DAYS = 400
"""Incidents and all that belongs to them, from their end: a year and a month, to compare with."""
BODY_DAYS = 90
"""The texts of messages; that they were sent, and when, is kept for as long as their incidents."""
VISIT_DAYS = 120
"""Visits: after four half-lives of what a rhythm remembers they hardly count any more."""

_BATCH_INCIDENTS = 100
_BATCH_ROWS = 1_000

_PARTS_OF_INCIDENTS = ("incident_notes", "notifications", "alerts")
_OLD_ROWS = (
    ("alerts", "incident_id = 0 AND resolved_ms < ?"),
    ("notifications", "incident_id = 0 AND created_ms < ?"),
    ("messages", "next_try_ms IS NULL AND created_ms < ?"),
    ("silences", "ended_ms < ?"),
    ("deploys", "created_ms < ? AND status NOT IN ('live', 'under way')"),
    ("host_events", "at_ms < ?"),
    ("awake_stretches", "end_ms < ? AND NOT open"),
    ("hours_corrections", "at_ms < ?"),
    ("mode_settings", "ended_ms < ?"),
    ("actions", "created_ms < ? AND ended_ms IS NOT NULL"),
    ("tunings", "undone_ms < ?"),
    ("freezes", "ended_ms < ?"),
)
"""What is part of no incident, or of several. The audit is kept for good."""

_OLD_VISITS = "service_key IN (SELECT key FROM services) AND at_ms < ?"

_HELD_SINCE = (("hosted_services", "since_ms"), ("mode_changes", "at_ms"))
"""Rows that hold until the next one of the same service, and since when."""


def forget(db: Database, now_ms: int) -> bool:
    """Let go of one batch of history that is older than it is kept.

    What is still open, under way or in force is kept, however old it is.

    Returns:
        Whether anything was let go of.
    """
    before_ms = now_ms - HISTORY_DAYS * DAY_MS
    forgotten = _forget_incidents(db, before_ms)
    forgotten += _forget_bodies(db, now_ms - BODY_DAYS * DAY_MS)
    for table, condition, until_ms in _old_rows(now_ms, before_ms):
        if forgotten < _BATCH_ROWS:
            forgotten += _delete(db, table, condition, until_ms)
    return forgotten > 0


def _old_rows(now_ms: int, before_ms: int) -> Iterator[tuple[str, str, int]]:
    """What may go: tables, which of their rows, and the instant that the condition asks for."""
    yield "visits", _OLD_VISITS, now_ms - VISIT_DAYS * DAY_MS
    for table, condition in _OLD_ROWS:
        yield table, condition, before_ms
    for table, instant in _HELD_SINCE:
        yield table, _followed(table, instant), before_ms


def _forget_bodies(db: Database, before_ms: int) -> int:
    return db.write(
        "UPDATE messages SET body = '' WHERE rowid IN (SELECT rowid FROM messages "
        "WHERE next_try_ms IS NULL AND body <> '' AND created_ms < ? LIMIT ?)",
        (before_ms, _BATCH_ROWS),
    )


def _delete(db: Database, table: str, condition: str, before_ms: int) -> int:
    """Delete one batch of rows; returns how many."""
    return db.write(
        f"DELETE FROM {table} WHERE rowid IN "  # noqa: S608 (own words)
        f"(SELECT rowid FROM {table} WHERE {condition} LIMIT {_BATCH_ROWS})",
        (before_ms,),
    )


def _followed(table: str, instant: str) -> str:
    """Chooses old rows that another old one followed; what holds since long ago still holds."""
    return (
        f"{instant} < ?1 AND EXISTS (SELECT 1 FROM {table} later "  # noqa: S608 (own words)
        f"WHERE later.service = {table}.service AND later.{instant} > {table}.{instant} "
        f"AND later.{instant} < ?1)"
    )


def _forget_incidents(db: Database, before_ms: int) -> int:
    old = db.rows(
        "SELECT id FROM incidents WHERE resolved_ms < ? ORDER BY id LIMIT ?",
        (before_ms, _BATCH_INCIDENTS),
    )
    for table in _PARTS_OF_INCIDENTS:
        db.write_many(f"DELETE FROM {table} WHERE incident_id = ?", old)  # noqa: S608 (own words)
    db.write_many("DELETE FROM incidents WHERE id = ?", old)
    return len(old)
