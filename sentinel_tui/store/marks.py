"""Instants up to which something has been done (`layout.Mark`)."""

from __future__ import annotations

from sentinel_tui.store.database import Database
from sentinel_tui.store.rows import mark


def read_mark(db: Database, name: str) -> int | None:
    """The instant, or None when nothing was done yet."""
    return mark(db.raw, name)


def set_mark(db: Database, name: str, at_ms: int) -> None:
    """Move a mark."""
    db.write("INSERT OR REPLACE INTO marks (name, at_ms) VALUES (?, ?)", (name, at_ms))


def lower_mark(db: Database, name: str, at_ms: int) -> None:
    """Move a mark back to an instant that came late; never forward."""
    db.write("UPDATE marks SET at_ms = ? WHERE name = ? AND at_ms > ?", (at_ms, name, at_ms))
