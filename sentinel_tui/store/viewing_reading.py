"""What players and owners reported: views put together from events, and the owner's actions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sentinel_tui.domain.behaviour.actions import OwnerAction
from sentinel_tui.domain.video.events import View
from sentinel_tui.store.driver import Connection

_VIEWINGS = (
    "SELECT viewer, video, library, start_ms, watch_s, furthest_s, ended FROM viewings "
    "WHERE start_ms >= ? AND start_ms < ? "
)
_ACTIONS = "SELECT id, action, service, timestamp, context, duration_ms FROM user_actions "


def viewings(
    connection: Connection, start_ms: int, end_ms: int, library: str, video: str
) -> list[View]:
    """See `queries.Reader.viewings`."""
    sql = _VIEWINGS
    values: list[int | str] = [start_ms, end_ms]
    chosen = {"library": library, "video": video}
    for column, wanted in chosen.items():
        if wanted:
            sql += f"AND {column} = ? "
            values.append(wanted)
    rows = connection.execute(sql + "ORDER BY start_ms, id", values).fetchall()
    return [_view(row) for row in rows]


def views_by_video(connection: Connection, start_ms: int) -> dict[str, list[View]]:
    """The views since an instant, by video, the earliest first."""
    sql = _VIEWINGS.replace("AND start_ms < ?", "") + "ORDER BY start_ms, id"
    found: dict[str, list[View]] = {}
    for row in connection.execute(sql, (start_ms,)).fetchall():
        found.setdefault(row[1], []).append(_view(row))
    return found


def owner_actions(
    connection: Connection, start_ms: int, end_ms: int, limit: int
) -> list[OwnerAction]:
    """See `queries.Reader.owner_actions`."""
    sql = _ACTIONS + "WHERE timestamp >= ? AND timestamp < ? ORDER BY timestamp DESC, id LIMIT ?"
    rows = connection.execute(sql, (start_ms, end_ms, limit)).fetchall()
    return [
        OwnerAction(number, action, service, at_ms, json.loads(context), duration_ms)
        for number, action, service, at_ms, context, duration_ms in rows
    ]


def view_events_received(connection: Connection) -> int:
    """See `queries.Reader.view_events_received`."""
    # Each got the next number, and those that are let go of are the oldest.
    row = connection.execute("SELECT coalesce(max(key), 0) FROM view_events").fetchone()
    return int(row[0])


def _view(row: Sequence[Any]) -> View:
    *said, ended = row
    values = (*said, bool(ended))
    return View(*values)
