"""Bringing a store up to the layout of this program."""

from __future__ import annotations

from pathlib import Path

from playhouse.migrations import Runner  # type: ignore[import-untyped] # stubs leave it out

from sentinel_tui.store.database import Database
from sentinel_tui.store.layout import APPLICATION_ID, LAYOUT_VERSION

_FOLDER = Path(__file__).parent / "migrations"


def migrate(db: Database) -> list[str]:
    """Apply what is missing, each migration in a transaction of its own.

    A kill in between leaves a store that the next start completes: the header's version is
    written last, and is derived from what was applied.

    Returns:
        The names of the migrations that were applied.
    """
    db.pragma("application_id", APPLICATION_ID)
    applied: list[str] = Runner(db, str(_FOLDER)).up()
    db.pragma("user_version", LAYOUT_VERSION)
    return applied
