"""Silences and maintenance, as they were asked for and as they ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sentinel_tui.domain.monitoring.silences import Silence, SilenceKind
from sentinel_tui.store.driver import Connection

SELECT_SILENCES = (
    "SELECT id, kind, match, start_ms, end_ms, until_healthy, reason, author, ended_ms "
    "FROM silences "
)
"""Reads silences with the columns in the order of a `Silence`'s fields."""


def silences(connection: Connection, active_at_ms: int | None, limit: int) -> list[Silence]:
    """See `queries.Reader.silences`."""
    sql = SELECT_SILENCES + (
        "WHERE ? IS NULL OR (start_ms <= ? AND coalesce(ended_ms, end_ms, ? + 1) > ?) "
        "ORDER BY start_ms DESC, id DESC LIMIT ?"
    )
    values = (active_at_ms, active_at_ms, active_at_ms, active_at_ms, limit)
    return [silence_from_row(row) for row in connection.execute(sql, values).fetchall()]


def silence_from_row(row: Sequence[Any]) -> Silence:
    """The silence in a row of `SELECT_SILENCES`."""
    number, kind, match, start_ms, end_ms, until_healthy, *rest = row
    return Silence(number, SilenceKind(kind), match, start_ms, end_ms, bool(until_healthy), *rest)
